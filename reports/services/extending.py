"""More time for a report: asked for by its agency, granted or refused by an officer, or given unasked."""

import datetime
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from assignments.models import User
from reports import access, deadlines
from reports.models import CalendarException, Extension, Mail, Report, ReportEvent
from reports.services.outdating import mark_published_outdated
from reports.services.telling import tell
from reports.workflow import TransitionRefused

Kind = ReportEvent.Kind


def why_not_ask(report: Report) -> str:
    """Return why the agency cannot ask for more time now, whatever the day; empty where it can."""
    if report.cycle.closed_at:
        return f"Kỳ báo cáo năm {report.cycle.year} đã kết thúc. Báo cáo vẫn nộp được và được ghi là nộp chậm."
    if report.excused_at:
        return "Đơn vị được miễn báo cáo năm nay nên không cần gia hạn."
    if not report.is_owed:
        return "Báo cáo đã nộp nên không cần gia hạn."
    if report.extensions.open().exists():
        return "Đề nghị gia hạn trước của đơn vị đang chờ cơ quan đầu mối trả lời."
    return ""


def why_not_until(report: Report, until: datetime.datetime, now: datetime.datetime) -> str:
    """Return why a date is none that the report can be extended to; empty where it is one."""
    last, common = deadlines.last_day(until), deadlines.last_day(report.cycle.due_at)
    if last <= common:
        return f"Ngày được gia hạn phải sau hạn chung của kỳ báo cáo ({common:%d/%m/%Y})."
    if report.is_owed and last < deadlines.day_of(now):
        return f"Ngày {last:%d/%m/%Y} đã qua. Hãy chọn từ hôm nay trở đi."
    if last.year > report.cycle.year + 1:
        return f"Ngày được gia hạn phải trong năm {report.cycle.year} hoặc năm {report.cycle.year + 1}."
    return ""


def why_not_extend(report: Report) -> str:
    """Return why an officer cannot extend the report, whatever the day; empty where they can."""
    if report.cycle.closed_at:
        return f"Kỳ báo cáo năm {report.cycle.year} đã kết thúc. Hãy mở lại kỳ trước khi gia hạn."
    if report.excused_at:
        return "Đơn vị được miễn báo cáo năm nay."
    return ""


def why_not_grant(report: Report, until: datetime.datetime, now: datetime.datetime) -> str:
    """Return why an officer cannot extend the report to a date; empty where they can."""
    if refusal := why_not_extend(report):
        return refusal
    if until == report.extended_due_at:
        return f"Đơn vị đã được gia hạn đến hết ngày {deadlines.last_day(until):%d/%m/%Y}."
    return why_not_until(report, until, now)


def due_at_now(report: Report) -> datetime.datetime:
    """Return until when the report may be sent on time as things stand, five days after a return counted."""
    corrections = CalendarException.objects.as_corrections()
    return deadlines.due_after_return(report.due_at, report.returned_at, corrections)


@transaction.atomic
def ask_extension(
    report: Report, *, by: User, now: datetime.datetime, wanted_until: datetime.datetime, reason: str
) -> Extension:
    """Ask for more time, before the deadline or after it; the officers are told by mail."""
    _lock(report)
    if not access.works_for(by, report.agency):
        raise PermissionDenied("Chỉ cán bộ của cơ quan báo cáo được xin gia hạn.")
    due_at = due_at_now(report)
    refusal = why_not_ask(report) or why_not_until(report, wanted_until, now)
    if not refusal and wanted_until <= due_at:
        refusal = f"Ngày xin gia hạn phải sau hạn hiện nay của đơn vị ({deadlines.last_day(due_at):%d/%m/%Y})."
    if refusal or not reason.strip():
        raise TransitionRefused(refusal or "Hãy ghi rõ lý do xin gia hạn.")
    extension = Extension.objects.create(
        report=report, asked_at=now, asked_by=by, asked_reason=reason.strip(), wanted_until=wanted_until
    )
    note = f"Xin đến hết ngày {deadlines.last_day(wanted_until):%d/%m/%Y}"
    event = _note(report, Kind.EXTENSION_ASKED, by=by, now=now, reason=reason, note=note)
    if focal := report.cycle.plan.focal_agency:
        tell(Mail.Kind.EXTENSION_ASKED, access.officers_of(focal), event)
    return extension


@transaction.atomic
def grant_extension(
    report: Report, *, by: User, now: datetime.datetime, granted_until: datetime.datetime, reason: str
) -> Extension:
    """Give the report more time, asked for or not: its own deadline replaces the cycle's; the agency gets a mail."""
    _lock(report)
    access.check_is_officer(by, report.cycle)
    refusal = why_not_grant(report, granted_until, now)
    if refusal or not reason.strip():
        raise TransitionRefused(refusal or "Hãy ghi rõ lý do gia hạn.")
    extension = report.extensions.open().first() or Extension(report=report)
    extension.decision, extension.granted_until = Extension.Decision.GRANTED, granted_until
    _decide(extension, by=by, now=now, reason=reason)
    report.extended_due_at = granted_until
    report.save(update_fields=["extended_due_at"])
    words = deadlines.extension_words(report.cycle.due_at, granted_until)
    event = _note(report, Kind.EXTENSION_GRANTED, by=by, now=now, reason=reason, note=words)
    tell(Mail.Kind.EXTENSION_GRANTED, access.people_of(report.agency), event)
    mark_published_outdated(report.cycle, now)
    return extension


@transaction.atomic
def refuse_extension(report: Report, *, by: User, now: datetime.datetime, reason: str) -> Extension:
    """Refuse the open request with the reason; the deadline stays, and the agency is told by mail."""
    _lock(report)
    access.check_is_officer(by, report.cycle)
    extension = report.extensions.open().first()
    if extension is None:
        raise TransitionRefused("Không còn đề nghị gia hạn nào chờ trả lời. Hãy tải lại trang.")
    if not reason.strip():
        raise TransitionRefused("Hãy ghi rõ lý do không gia hạn.")
    extension.decision = Extension.Decision.REFUSED
    _decide(extension, by=by, now=now, reason=reason)
    note = f"Giữ hạn: hết ngày {deadlines.last_day(due_at_now(report)):%d/%m/%Y}"
    event = _note(report, Kind.EXTENSION_REFUSED, by=by, now=now, reason=reason, note=note)
    tell(Mail.Kind.EXTENSION_REFUSED, access.people_of(report.agency), event)
    return extension


def extend_many(
    reports: Iterable[Report], *, by: User, now: datetime.datetime, granted_until: datetime.datetime, reason: str
) -> tuple[list[Report], list[tuple[Report, str]]]:
    """Give several reports more time, each for itself, as `grant_extension` does.

    Returns those extended, and those refused with words for the user: one that is refused does not keep the others.
    """
    extended, refused = [], []
    for report in reports:
        try:
            grant_extension(report, by=by, now=now, granted_until=granted_until, reason=reason)
        except TransitionRefused as refusal:
            refused.append((report, str(refusal)))
        else:
            extended.append(report)
    return extended, refused


def _lock(report: Report) -> None:
    fields = ["status", "returned_at", "excused_at", "extended_due_at"]
    report.refresh_from_db(fields=fields, from_queryset=Report.objects.select_for_update(no_key=True))
    report.cycle.refresh_from_db(fields=["due_at", "closed_at"])


def _decide(extension: Extension, *, by: User, now: datetime.datetime, reason: str) -> None:
    extension.decided_at, extension.decided_by, extension.reason = now, by, reason.strip()
    extension.save()


def _note(
    report: Report, kind: ReportEvent.Kind, *, by: User, now: datetime.datetime, reason: str, note: str
) -> ReportEvent:
    return ReportEvent.objects.create(
        report=report,
        kind=kind,
        at=now,
        by=by,
        from_status=report.status,
        to_status=report.status,
        reason=reason.strip(),
        note=note,
    )
