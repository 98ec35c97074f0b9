"""Excusing an agency from a year's report, and taking it back."""

import datetime

from django.db import transaction

from assignments.models import User
from reports import access
from reports.models import Mail, Report, ReportEvent
from reports.services.outdating import mark_published_outdated
from reports.services.telling import tell
from reports.workflow import TransitionRefused


@transaction.atomic
def excuse_report(report: Report, *, by: User, now: datetime.datetime, reason: str) -> None:
    """Excuse the agency from this year's report: it counts no more among those expected, and is told by mail.

    What was written stays. A report that was sent is not excused: it is returned or accepted.
    """
    _lock(report, by)
    if report.excused_at or not report.is_owed:
        words = "được miễn báo cáo" if report.excused_at else f"ở trạng thái “{report.get_status_display()}”"
        raise TransitionRefused(f"Không miễn được: báo cáo đã {words}. Hãy tải lại trang.")
    if not reason.strip():
        raise TransitionRefused("Hãy ghi rõ lý do miễn báo cáo.")
    report.excused_at, report.excused_by, report.excused_reason = now, by, reason.strip()
    _save(report)
    event = _note(report, ReportEvent.Kind.EXCUSED, by=by, now=now, reason=reason)
    tell(Mail.Kind.REPORT_EXCUSED, access.people_of(report.agency), event)
    mark_published_outdated(report.cycle, now)


@transaction.atomic
def end_excuse(report: Report, *, by: User, now: datetime.datetime, reason: str) -> None:
    """Take the excuse back with the reason: the agency owes the report again, by the deadline that stands."""
    _lock(report, by)
    if not report.excused_at:
        raise TransitionRefused("Báo cáo này không được miễn nên không có gì để thôi miễn. Hãy tải lại trang.")
    if not reason.strip():
        raise TransitionRefused("Hãy ghi rõ lý do thôi miễn báo cáo.")
    report.excused_at, report.excused_by, report.excused_reason = None, None, ""
    _save(report)
    event = _note(report, ReportEvent.Kind.EXCUSE_ENDED, by=by, now=now, reason=reason)
    tell(Mail.Kind.EXCUSE_ENDED, access.people_of(report.agency), event)
    mark_published_outdated(report.cycle, now)


def _lock(report: Report, by: User) -> None:
    fields = ["status", "excused_at", "excused_by", "excused_reason"]
    report.refresh_from_db(fields=fields, from_queryset=Report.objects.select_for_update(no_key=True))
    access.check_is_officer(by, report.cycle)


def _save(report: Report) -> None:
    report.save(update_fields=["excused_at", "excused_by", "excused_reason"])


def _note(report: Report, kind: ReportEvent.Kind, *, by: User, now: datetime.datetime, reason: str) -> ReportEvent:
    status = report.status
    return ReportEvent.objects.create(
        report=report, kind=kind, at=now, by=by, from_status=status, to_status=status, reason=reason.strip()
    )
