"""Everything that people do to reports: writing, sending, deciding, publishing.

Every function is one transaction, takes who (`by`) and when (`now`), and raises PermissionDenied or an
exception whose words are for the user.
"""

import datetime
from collections.abc import Mapping

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from assignments.models import User
from reports import access, completeness, consolidation, deadlines, emails, snapshots, tasks
from reports.documents import orders
from reports.models import (
    ConsolidatedReport,
    Mail,
    Report,
    ReportEvent,
    ReportingCycle,
    ReportPart,
    Submission,
    TaskProgress,
)
from reports.workflow import TransitionRefused, apply_transition


class SaveConflict(Exception):
    """Somebody else saved this part since it was read; nothing was overwritten."""

    def __init__(self, part: ReportPart):
        saved = "Phần này đã thay đổi"
        if part.saved_at:
            saved = f"{part.saved_by} đã ghi phần này lúc {timezone.localtime(part.saved_at):%H:%M %d/%m/%Y}"
        super().__init__(
            f"{saved}, sau khi bạn mở trang. Nội dung của bạn chưa được ghi và vẫn còn trong ô bên dưới."
        )
        self.part = part


# Writing


@transaction.atomic
def save_part(
    part: ReportPart,
    *,
    by: User,
    now: datetime.datetime,
    version: int,
    text: str,
    difficulties: str = "",
    progress: Mapping[str, tuple[str, str]],
) -> ReportPart:
    """Save one part's draft; `progress` is task code -> (status, reason).

    `version` is the part's version that the writer read: where somebody saved since, SaveConflict is raised
    and nothing is written. Raises TransitionRefused where the report is not open for writing.
    """
    report = Report.objects.select_for_update(no_key=True).get(pk=part.report_id)
    part = ReportPart.objects.select_related("area", "saved_by").get(pk=part.pk)
    part.report = report
    if not part.is_writable:
        raise TransitionRefused(
            f"Phần này đang khóa vì báo cáo ở trạng thái “{report.get_status_display()}”. "
            "Nội dung bạn vừa nhập chưa được ghi; hãy sao chép lại trước khi rời trang."
        )
    if part.version != version:
        raise SaveConflict(part)
    part.text, part.difficulties = text, difficulties
    part.version += 1
    part.saved_at, part.saved_by = now, by
    part.save()
    for row in part.progress.select_related("task"):
        row.status, row.reason = progress.get(row.task.code, (row.status, row.reason))
        row.save(update_fields=["status", "reason"])
    report.writers.add(by)
    return part


def mark_nothing_to_report(
    part: ReportPart, *, by: User, now: datetime.datetime, version: int, reason: str
) -> ReportPart:
    """Say for a whole area that there was nothing to report, with the reason.

    Refused where a text was written: the two would contradict each other in the document.
    """
    if part.text.strip():
        raise TransitionRefused(
            f"{part.title} đã có nội dung. Nếu đúng là không phát sinh, hãy xóa nội dung, lưu nháp rồi bấm lại."
        )
    nothing = {p.task.code: (TaskProgress.Status.NOTHING_TO_REPORT, reason) for p in part.progress.all()}
    return save_part(
        part,
        by=by,
        now=now,
        version=version,
        text=part.text,
        difficulties=part.difficulties,
        progress=nothing,
    )


# Sending


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
    _mark_published_outdated(report.cycle, now)
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
    _mark_published_outdated(report.cycle, now)


# Deciding


def take_report(report: Report, *, by: User, now: datetime.datetime) -> None:
    """Take a submission for review: from now on the agency cannot withdraw it."""
    apply_transition(report, "take", by=by, now=now)


@transaction.atomic
def return_report(report: Report, *, by: User, now: datetime.datetime, reason: str, reopened_keys: list[str]) -> None:
    """Return the report with the reason; the agency, which is told by mail, may change the named parts.

    What the report lacks reopens too (a letter is entered without the tasks' statuses): with a gap in a part
    that stays locked it could never be submitted again.
    """
    event = apply_transition(report, "return", by=by, now=now, reason=reason)
    lacking = [gap.part.key for gap in completeness.missing_in(report)]
    _reopen_parts(report, reopened_keys + lacking)
    _tell_agency(Mail.Kind.REPORT_RETURNED, report, event)
    _mark_published_outdated(report.cycle, now)


@transaction.atomic
def accept_report(report: Report, *, by: User, now: datetime.datetime) -> None:
    """Accept the report: its words go into the merged report, and the agency is told by mail."""
    event = apply_transition(report, "accept", by=by, now=now)
    _tell_agency(Mail.Kind.REPORT_ACCEPTED, report, event)
    _mark_published_outdated(report.cycle, now)


@transaction.atomic
def reopen_report(report: Report, *, by: User, now: datetime.datetime, reason: str) -> None:
    """Reopen an accepted report, whole, with the reason."""
    event = apply_transition(report, "reopen", by=by, now=now, reason=reason)
    _reopen_parts(report, list(report.parts.values_list("key", flat=True)))
    _tell_agency(Mail.Kind.REPORT_RETURNED, report, event)
    _mark_published_outdated(report.cycle, now)


def _reopen_parts(report: Report, keys: list[str]) -> None:
    report.parts.update(is_reopened=False)
    report.parts.filter(key__in=keys).update(is_reopened=True)


def _tell_agency(kind: Mail.Kind, report: Report, event: ReportEvent) -> None:
    for person in access.people_of(report.agency):
        emails.queue(kind, recipient=person, event=event)
    tasks.deliver_mails.delay_on_commit()


# Publishing


@transaction.atomic
def publish_consolidated_report(
    cycle: ReportingCycle, *, by: User, now: datetime.datetime, number: str, issued_on: datetime.date
) -> ConsolidatedReport:
    """Publish the merged report as it stands and freeze it; a correction is the next version.

    Raises TransitionRefused where there is nothing to merge.
    """
    cycle = ReportingCycle.objects.select_for_update().select_related("plan").get(pk=cycle.pk)
    access.check_may_publish(by, cycle)
    version = cycle.consolidated_reports.count() + 1
    content = consolidation.consolidated_report(cycle, signer=by, version=version)
    if not any(part.get("paragraphs") for part in content["parts"]):
        raise TransitionRefused("Chưa có báo cáo nào được chấp nhận nên chưa thể ban hành báo cáo tổng hợp.")
    last = cycle.consolidated_reports.order_by("version").last()
    printed = (content, number, issued_on)
    if last and (last.snapshot | {"version": version}, last.number, last.issued_on) == printed:
        raise TransitionRefused(
            f"Không có gì thay đổi so với phiên bản {last.version} đã ban hành nên không tạo phiên bản mới."
        )
    text = snapshots.canonical(content)
    published = ConsolidatedReport.objects.create(
        cycle=cycle,
        version=version,
        content=text,
        sha256=snapshots.sha256(text),
        number=number,
        issued_on=issued_on,
        published_at=now,
        published_by=by,
    )
    accepted = cycle.reports.filter(status=Report.Status.ACCEPTED)
    ReportEvent.objects.bulk_create(
        ReportEvent(
            report=report,
            kind=ReportEvent.Kind.PUBLISHED,
            at=now,
            by=by,
            from_status=report.status,
            to_status=report.status,
            note=str(published),
        )
        for report in accepted
    )
    orders.order(published, now=now)
    tasks.make_documents.delay_on_commit()
    return published


def _mark_published_outdated(cycle: ReportingCycle, now: datetime.datetime) -> None:
    """Say that a published version no longer holds what the reports say.

    Waits for a publication under way, which may have read the reports before this change.
    """
    ReportingCycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)
    cycle.consolidated_reports.filter(outdated_at=None).update(outdated_at=now)
