"""Sending a report: up to the head, down again, to the focal agency, back from there."""

import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from assignments.models import User
from reports import access, deadlines, snapshots, tasks
from reports.documents import orders
from reports.models import Report, Submission
from reports.services.outdating import mark_published_outdated
from reports.workflow import apply_transition


def send_up(report: Report, *, by: User, now: datetime.datetime) -> None:
    """Hand the complete report to the agency's head."""
    apply_transition(report, "send_up", by=by, now=now)


def send_down(report: Report, *, by: User, now: datetime.datetime, reason: str) -> None:
    """Hand the report back to the clerk, unapproved, with the reason."""
    apply_transition(report, "send_down", by=by, now=now, reason=reason)


@transaction.atomic
def submit_report(report: Report, *, by: User, now: datetime.datetime) -> Submission:
    """Submit the report: freeze what it says and issue the receipt.

    The same click twice makes one submission: the second finds the report submitted and is refused.
    """
    apply_transition(report, "submit", by=by, now=now)
    without_head = not access.is_head_of(by, report)
    content = snapshots.agency_report(report, signer=by)
    return _create_submission(report, content, by=by, now=now, received_at=now, without_head=without_head)


@transaction.atomic
def enter_report(
    report: Report,
    *,
    by: User,
    now: datetime.datetime,
    letter_number: str,
    received_on: datetime.date,
    scan: UploadedFile,
    texts: dict[str, str],
) -> Submission:
    """Enter a report that came by letter: its number, the day it came (which decides lateness), its scan.

    `texts` (part key -> text) are the letter's words as far as the officer copied them, and all that the
    submission says: what the agency was drafting stays in its draft, unread. Whoever enters a report has had a
    part in it and does not review it.
    """
    apply_transition(report, "enter", by=by, now=now, note=f"Báo cáo giấy số {letter_number}")
    for part in report.parts.filter(text="", key__in=[key for key, text in texts.items() if text]):
        part.text = texts[part.key]
        part.version += 1
        part.saved_at, part.saved_by = now, by
        part.save()
    letter = {"number": letter_number, "received_on": received_on.isoformat()}
    content = snapshots.entered_report(report, texts, signer=by, letter=letter)
    submission = _create_submission(
        report,
        content,
        by=by,
        now=now,
        received_at=deadlines.midnight(received_on),
        letter_number=letter_number,
        letter_scan=scan,
    )
    report.writers.add(by)
    return submission


def _create_submission(report: Report, content: dict, *, by: User, now: datetime.datetime, **facts) -> Submission:
    text = snapshots.canonical(content)
    submission = Submission.objects.create(
        report=report,
        number=report.submissions.count() + 1,
        content=text,
        sha256=snapshots.sha256(text),
        submitted_at=now,
        submitted_by=by,
        **facts,
    )
    mark_published_outdated(report.cycle, now)
    orders.order(submission, now=now)
    tasks.make_documents.delay_on_commit()
    return submission


@transaction.atomic
def withdraw_report(report: Report, *, by: User, now: datetime.datetime) -> None:
    """Take the newest submission back, as long as no officer has taken it for review."""
    apply_transition(report, "withdraw", by=by, now=now)
    newest = report.submissions.filter(withdrawn_at=None).latest("number")
    newest.withdrawn_at, newest.withdrawn_by = now, by
    newest.save(update_fields=["withdrawn_at", "withdrawn_by"])
    mark_published_outdated(report.cycle, now)
