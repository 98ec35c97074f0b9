"""Writing a report: saving a part, saying that there was nothing to report."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from assignments.models import User
from reports.models import Report, ReportPart, TaskProgress
from reports.workflow import TransitionRefused


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
