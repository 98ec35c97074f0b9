"""Saying that there was nothing to report, for an area or for a whole report, and taking it back."""

import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from assignments.models import User
from reports import access
from reports.models import Report, ReportEvent, ReportPart, TaskProgress
from reports.services.writing import SaveConflict, lock_part, save_part
from reports.workflow import TransitionRefused

Status = TaskProgress.Status


@transaction.atomic
def mark_nothing_to_report(
    part: ReportPart, *, by: User, now: datetime.datetime, version: int, reason: str
) -> ReportPart:
    """Say for a whole area that there was nothing to report; a task that has a reason of its own keeps it.

    Refused where a text was written, work was done or is under way, or evidence stands: the two would contradict
    each other in the document. Raises what `save_part` raises.
    """
    lock_part(part, by=by)
    if _answered(ReportPart.objects.filter(pk=part.pk)).exists():
        if version != part.version:
            raise SaveConflict(part)
        raise TransitionRefused(
            f"{part.title} đã có nội dung, minh chứng hoặc giải pháp ghi là đang thực hiện, hoàn thành. Nếu đúng là "
            "không phát sinh, hãy xóa nội dung, gỡ minh chứng, chọn “Không phát sinh” ở giải pháp đó, lưu nháp rồi "
            "bấm lại."
        )
    return save_part(
        part,
        by=by,
        now=now,
        version=version,
        text=part.text,
        difficulties=part.difficulties,
        progress={
            row.task.code: (Status.NOTHING_TO_REPORT, reason)
            for row in part.task_rows
            if row.status not in row.NEEDS_REASON or row.lacks_reason
        },
    )


def clear_nothing_to_report(part: ReportPart, *, by: User, now: datetime.datetime, version: int) -> ReportPart:
    """Take back, for every task of a part, that there was nothing to report: the tasks are unanswered again."""
    marked = part.progress.filter(status=Status.NOTHING_TO_REPORT).select_related("task")
    return save_part(
        part,
        by=by,
        now=now,
        version=version,
        text=part.text,
        difficulties=part.difficulties,
        progress={p.task.code: ("", "") for p in marked},
    )


@transaction.atomic
def declare_nothing(report: Report, *, by: User, now: datetime.datetime, reason: str) -> None:
    """Say for the whole report that there was nothing to report; its parts are locked until that is taken back.

    It is sent as any report. Raises TransitionRefused, naming the parts, where something was written.
    """
    _lock(report, by)
    if not report.is_open_for_writing or report.nothing_at:
        raise TransitionRefused(
            f"Chưa khai được: báo cáo ở trạng thái “{report.get_status_display()}”"
            f"{' và đã khai không phát sinh' if report.nothing_at else ''}. Hãy tải lại trang."
        )
    if not reason.strip():
        raise TransitionRefused("Hãy ghi rõ lý do không phát sinh.")
    answered = answered_parts(report)
    if answered:
        raise TransitionRefused(
            "Chưa khai được vì còn nội dung, số liệu, minh chứng hoặc nhiệm vụ ghi là có thực hiện ở: "
            f"{', '.join(part.title for part in answered)}. Nếu đúng là không phát sinh, hãy xóa các phần này trước."
        )
    report.nothing_at, report.nothing_by, report.nothing_reason = now, by, reason.strip()
    _save(report)
    report.writers.add(by)
    _note(report, ReportEvent.Kind.DECLARED_NOTHING, by=by, now=now, reason=report.nothing_reason)


@transaction.atomic
def revoke_nothing(report: Report, *, by: User, now: datetime.datetime) -> None:
    """Take the declaration back: every part is open for writing again, as none was answered."""
    _lock(report, by)
    if not report.is_open_for_writing or not report.nothing_at:
        raise TransitionRefused(
            f"Không có gì để bỏ khai, hoặc báo cáo đang khóa (trạng thái “{report.get_status_display()}”). "
            "Hãy tải lại trang."
        )
    withdraw_declaration(report, by=by, now=now)


def withdraw_declaration(report: Report, *, by: User, now: datetime.datetime, note: str = "") -> None:
    """Clear the declaration of a report that the caller has locked, and note it; nothing where there is none."""
    if not report.nothing_at:
        return
    report.nothing_at, report.nothing_by, report.nothing_reason = None, None, ""
    _save(report)
    report.parts.update(is_reopened=True)
    _note(report, ReportEvent.Kind.REVOKED_NOTHING, by=by, now=now, note=note)


def answered_parts(report: Report) -> list[ReportPart]:
    """Return the parts in which a text, a figure, a file or work done or under way stands, in order."""
    parts = _answered(report.parts.all()).values("pk")
    return list(report.parts.filter(pk__in=parts).select_related("area"))


def _answered(parts: QuerySet[ReportPart]) -> QuerySet[ReportPart]:
    written = ~Q(text="") | ~Q(difficulties="")
    worked = Q(progress__status__in=[Status.UNDER_WAY, Status.DONE])
    counted = Q(figures__total__isnull=False) | Q(figures__included__isnull=False)
    proved = Q(progress__evidence__isnull=False, progress__evidence__removed_at=None)
    return parts.filter(written | worked | counted | proved)


def _lock(report: Report, by: User) -> None:
    fields = ["status", "excused_at", "nothing_at", "nothing_by", "nothing_reason"]
    report.refresh_from_db(fields=fields, from_queryset=Report.objects.select_for_update(no_key=True))
    if not access.works_for(by, report.agency):
        raise PermissionDenied("Chỉ cán bộ của cơ quan báo cáo được ghi báo cáo này.")


def _save(report: Report) -> None:
    report.save(update_fields=["nothing_at", "nothing_by", "nothing_reason"])


def _note(report: Report, kind: ReportEvent.Kind, *, by: User, now: datetime.datetime, **words: str) -> None:
    status = report.status
    ReportEvent.objects.create(report=report, kind=kind, at=now, by=by, from_status=status, to_status=status, **words)
