"""What a report still lacks before it can be sent: a list of rules, each returning the sentences a person reads."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Prefetch

from reports import figure_tables
from reports.models import Evidence, Report, ReportPart, TaskProgress

# Nghị định 09/2019/NĐ-CP wants a report on direction, results and assessment; funding and proposals may be empty.
REQUIRED_COMMON_PARTS = ("chi-dao", "danh-gia", "phuong-huong")

Status = TaskProgress.Status


@dataclass(frozen=True)
class Missing:
    """One thing that is missing: the part it belongs to and the sentence to read."""

    part: ReportPart
    sentence: str


@dataclass(frozen=True)
class PartState:
    """A part with what it lacks and the word for how far it is."""

    part: ReportPart
    gaps: list[Missing]

    @property
    def is_done(self) -> bool:
        return not self.gaps

    @property
    def label(self) -> str:
        statuses = {p.status for p in self.part.progress.all()}
        if self.part.report.nothing_at:
            return "Không phát sinh"
        if self.gaps:
            return "Chưa viết" if self.part.saved_at is None else "Còn thiếu"
        if statuses == {Status.NOTHING_TO_REPORT}:
            return "Không phát sinh"
        if not self.part.text.strip() and self.part.kind != ReportPart.Kind.FIGURES:
            return "Không bắt buộc"
        return "Đã đủ"

    @property
    def tone(self) -> str:
        if self.part.report.nothing_at:
            return "secondary"
        if self.gaps:
            return "secondary" if self.part.saved_at is None else "warning"
        return "success" if self.part.saved_at else "secondary"


def part_states(report: Report) -> list[PartState]:
    """Return every part of a report with its state: four queries, seven where it has figures."""
    return [PartState(part, missing_in_part(part)) for part in parts_of(report)]


def parts_of(report: Report) -> list[ReportPart]:
    """Return the report's parts in order, each with its progress, tasks and evidence read ahead: four queries."""
    evidence = Prefetch("progress__evidence", Evidence.objects.standing().select_related("stored", "added_by"))
    return list(report.parts.select_related("area", "saved_by").prefetch_related("progress__task", evidence))


def missing_in(report: Report) -> list[Missing]:
    """Return everything the report lacks, in the order of its parts; empty means complete."""
    return [gap for part in parts_of(report) for gap in missing_in_part(part)]


def missing_in_part(part: ReportPart) -> list[Missing]:
    """Return everything one part lacks: nothing where the whole report says that nothing happened."""
    if part.report.nothing_at:
        return []
    return [Missing(part, sentence) for rule in RULES for sentence in rule(part)]


def every_task_has_a_status(part: ReportPart) -> Iterator[str]:
    open_tasks = [p.task.code for p in part.progress.all() if not p.status]
    if open_tasks:
        yield f"{part.title}: chưa chọn mức độ thực hiện cho {', '.join(open_tasks)}."


def every_idle_task_has_a_reason(part: ReportPart) -> Iterator[str]:
    without = [p.task.code for p in part.progress.all() if p.lacks_reason]
    if without:
        yield f"{part.title}: chưa ghi lý do cho {', '.join(without)}."


def work_has_a_text(part: ReportPart) -> Iterator[str]:
    works = any(p.status in (Status.UNDER_WAY, Status.DONE) for p in part.progress.all())
    if works and not part.text.strip():
        yield f"{part.title}: chưa viết kết quả của việc đã làm hoặc đang làm."


def nothing_to_report_has_no_text(part: ReportPart) -> Iterator[str]:
    statuses = {p.status for p in part.progress.all()}
    if statuses == {Status.NOTHING_TO_REPORT} and part.text.strip():
        yield f"{part.title}: ghi “Không phát sinh” nhưng vẫn có nội dung; hãy chọn lại mức độ hoặc xóa nội dung."


def required_part_has_a_text(part: ReportPart) -> Iterator[str]:
    if part.key in REQUIRED_COMMON_PARTS and not part.text.strip():
        yield f"{part.title}: chưa có nội dung."


def every_figure_is_answered(part: ReportPart) -> Iterator[str]:
    if part.kind == ReportPart.Kind.FIGURES:
        yield from figure_tables.sentences(part)


RULES = (
    every_task_has_a_status,
    every_idle_task_has_a_reason,
    work_has_a_text,
    nothing_to_report_has_no_text,
    required_part_has_a_text,
    every_figure_is_answered,
)
