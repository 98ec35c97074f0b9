"""Remarks of the focal agency on the parts of a report: opened and resolved by an officer, answered by the agency."""

import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from assignments.models import User
from reports import access, emails
from reports.models import Comment, Mail, Report, ReportEvent, ReportPart, Thread
from reports.workflow import TransitionRefused, apply_transition

NOT_UNDER_REVIEW = "Chỉ nêu được ý kiến khi báo cáo đang chờ thẩm tra. Hãy tải lại trang để xem tình trạng mới nhất."
RESOLVED_ALREADY = "Ý kiến này đã kết thúc. Hãy tải lại trang để xem tình trạng mới nhất."


@transaction.atomic
def open_thread(part: ReportPart, *, by: User, now: datetime.datetime, text: str) -> Thread:
    """Remark on a part of the newest submission, and take the report for review where nobody has yet.

    The agency's people are told by mail, once for all that is remarked within a few minutes. Raises
    TransitionRefused where the report does not wait for its review.
    """
    report = part.report
    access.check_may_review(by, report)
    _lock(report)
    if report.status != Report.Status.SUBMITTED or report.excused_at:
        raise TransitionRefused(NOT_UNDER_REVIEW)
    if report.taken_at is None:
        apply_transition(report, "take", by=by, now=now)
    submission = report.submissions.filter(withdrawn_at=None).latest("number")
    thread = Thread.objects.create(part=part, submission=submission, opened_at=now, opened_by=by)
    Comment.objects.create(thread=thread, at=now, by=by, text=text)
    event = _record(ReportEvent.Kind.THREAD_OPENED, thread, by=by, now=now)
    for person in access.people_of(report.agency):
        emails.queue_gathered(Mail.Kind.THREAD_OPENED, recipient=person, event=event)
    return thread


@transaction.atomic
def answer_thread(thread: Thread, *, by: User, now: datetime.datetime, text: str) -> None:
    """Answer a remark for the agency, in whatever state its report is; the officer who made it is told by mail.

    Where that officer has left, all officers are told. Raises TransitionRefused where the remark is resolved.
    """
    report = thread.part.report
    if not access.works_for(by, report.agency):
        raise PermissionDenied("Chỉ cán bộ của cơ quan báo cáo trả lời được ý kiến thẩm tra.")
    _lock_open(thread)
    Comment.objects.create(thread=thread, at=now, by=by, text=text)
    event = _record(ReportEvent.Kind.THREAD_ANSWERED, thread, by=by, now=now)
    focal = report.cycle.plan.focal_agency
    officers = access.officers_of(focal) if focal else []
    for officer in [thread.opened_by] if thread.opened_by in officers else officers:
        emails.queue_gathered(Mail.Kind.THREAD_ANSWERED, recipient=officer, event=event)


@transaction.atomic
def resolve_thread(thread: Thread, *, by: User, now: datetime.datetime, text: str = "") -> None:
    """Close a remark, with a last word where there is one. Raises TransitionRefused where it is resolved already."""
    access.check_may_review(by, thread.part.report)
    _lock_open(thread)
    thread.resolved_at, thread.resolved_by = now, by
    thread.save(update_fields=["resolved_at", "resolved_by"])
    if text:
        Comment.objects.create(thread=thread, at=now, by=by, text=text)
    _record(ReportEvent.Kind.THREAD_RESOLVED, thread, by=by, now=now)


def _lock(report: Report) -> None:
    """Keep every other step of the report out until the commit, and read how it stands."""
    report.refresh_from_db(
        fields=["status", "taken_at", "taken_by", "excused_at"],
        from_queryset=Report.objects.select_for_update(no_key=True),
    )


def _lock_open(thread: Thread) -> None:
    _lock(thread.part.report)
    thread.refresh_from_db(fields=["resolved_at", "resolved_by"])
    if not thread.is_open:
        raise TransitionRefused(RESOLVED_ALREADY)


def _record(kind: ReportEvent.Kind, thread: Thread, *, by: User, now: datetime.datetime) -> ReportEvent:
    report = thread.part.report
    return ReportEvent.objects.create(report=report, kind=kind, at=now, by=by, note=thread.part.title)
