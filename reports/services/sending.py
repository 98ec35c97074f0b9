"""Sending a report: up to the head, down again, to the focal agency, back from there."""

import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from assignments.models import Role, User
from reports import access, deadlines, snapshots, tasks
from reports.documents import orders
from reports.models import Mail, Report, ReportEvent, Submission
from reports.services.nothing import withdraw_declaration
from reports.services.outdating import mark_published_outdated
from reports.services.telling import tell
from reports.services.writing import claim_save, record_save
from reports.workflow import TransitionRefused, apply_transition

CHANGED_SINCE_SEEN = (
    "Báo cáo đã thay đổi sau khi bạn mở trang nên chưa nộp. "
    "Hãy xem lại nội dung, tình trạng mới dưới đây rồi xác nhận lại."
)


@transaction.atomic
def send_up(report: Report, *, by: User, now: datetime.datetime) -> None:
    """Hand the complete report to the agency's heads, who are told by mail."""
    event = apply_transition(report, "send_up", by=by, now=now, note=_standing_in(report, by, Role.CLERK))
    heads = access.people_of(report.agency, Role.HEAD)
    tell(Mail.Kind.REPORT_SENT_UP, [head for head in heads if head != by], event)


@transaction.atomic
def send_down(report: Report, *, by: User, now: datetime.datetime, reason: str) -> None:
    """Hand the report back, unapproved, with the reason; the agency's clerks are told by mail."""
    note = _standing_in(report, by, Role.HEAD)
    event = apply_transition(report, "send_down", by=by, now=now, reason=reason, note=note)
    clerks = access.people_of(report.agency, Role.CLERK)
    tell(Mail.Kind.REPORT_SENT_DOWN, [clerk for clerk in clerks if clerk != by], event)


@transaction.atomic
def submit_report(report: Report, *, by: User, now: datetime.datetime, seen: str | None = None) -> Submission:
    """Submit the report: freeze what it says, issue the receipt and mail a copy of it to the agency's people.

    `seen` is the hash of what the submitter has checked; where the report says something else by now, or
    somebody else has sent it down meanwhile, TransitionRefused is raised. The same click twice makes one
    submission: the second finds the report submitted and is refused.
    """
    acting = access.acts_through(by, report.agency, Role.HEAD, Role.CLERK)
    event = apply_transition(report, "submit", by=by, now=now, note=_standing_in(report, by, Role.HEAD, Role.CLERK))
    content = snapshots.agency_report(report, signer=by)
    if seen is not None and seen != snapshots.seen(content, event.from_status):
        raise TransitionRefused(CHANGED_SINCE_SEEN)
    return _create_submission(
        report,
        content,
        event,
        submitted_by=by,
        received_at=now,
        without_head=not access.is_head_of(by, report),
        on_behalf_of=acting and acting.stands_in_for,
    )


def _standing_in(report: Report, by: User, *roles: Role) -> str:
    """Return the words that the report's history shows where the person stands in for somebody."""
    acting = access.acts_through(by, report.agency, *roles)
    return f"làm thay {acting.stands_in_for}" if acting and acting.stands_in_for else ""


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
    part in it and does not review it. The agency's people, where it has any, get the receipt by mail.
    """
    event = apply_transition(report, "enter", by=by, now=now, note=f"Báo cáo giấy số {letter_number}")
    for part in report.parts.filter(text="", key__in=[key for key, text in texts.items() if text]):
        # In the name of no page: one that the agency has open still conflicts.
        claim_save(part, version=part.version, page="", edit=0)
        part.text = texts[part.key]
        reasons = [row.reason for row in part.task_rows]
        remarks = [words for row in part.figures.all() for words in (row.reason, row.explanation)]
        record_save(part, by=by, now=now, changed=True, words=[part.text, part.difficulties, *reasons, *remarks])
    withdraw_declaration(report, by=by, now=now, note="Thay bằng báo cáo giấy.")
    letter = {"number": letter_number, "received_on": received_on.isoformat()}
    content = snapshots.entered_report(report, texts, signer=by, letter=letter)
    submission = _create_submission(
        report,
        content,
        event,
        submitted_by=by,
        received_at=deadlines.midnight(received_on),
        letter_number=letter_number,
        letter_scan=scan,
    )
    report.writers.add(by)
    return submission


def _create_submission(report: Report, content: dict, event: ReportEvent, **facts) -> Submission:
    """Freeze what the report says as of the event, with its number in the year's register of receipts."""
    text = snapshots.canonical(content)
    cycle = report.cycle
    # It locks the cycle: receipts are numbered one after the other.
    mark_published_outdated(cycle, event.at)
    serial = Submission.objects.filter(report__cycle=cycle).count() + 1
    submission = Submission.objects.create(
        report=report,
        number=report.submissions.count() + 1,
        receipt_number=f"{serial:02}/PTN-{cycle.plan.number.replace('/', '-')}/{cycle.year}",
        content=text,
        sha256=snapshots.sha256(text),
        submitted_at=event.at,
        **facts,
    )
    orders.order(submission, now=event.at)
    tasks.make_documents.delay_on_commit()
    tell(Mail.Kind.REPORT_SUBMITTED, access.people_of(report.agency), event)
    return submission


@transaction.atomic
def withdraw_report(report: Report, *, by: User, now: datetime.datetime) -> None:
    """Take the newest submission back, as long as no officer has taken it for review."""
    note = _standing_in(report, by, Role.HEAD, Role.CLERK)
    apply_transition(report, "withdraw", by=by, now=now, note=note)
    newest = report.submissions.filter(withdrawn_at=None).latest("number")
    newest.withdrawn_at, newest.withdrawn_by = now, by
    newest.save(update_fields=["withdrawn_at", "withdrawn_by"])
    mark_published_outdated(report.cycle, now)
