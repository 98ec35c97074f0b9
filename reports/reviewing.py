"""A round of a report as its reviewer reads it: part by part, each with its remarks and how it differs."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from reports import differences, figure_rows
from reports.differences import PartDifference
from reports.models import Report, ReportPart, Submission, TaskProgress, Thread

TONES = {"": "secondary", "not_started": "warning", "under_way": "info", "done": "success"}


@dataclass(frozen=True)
class Figure:
    """A row of a table of figures, in words."""

    code: str
    name: str
    unit: str
    now: str
    last_year: str
    change: str
    remarks: list[str]


@dataclass(frozen=True)
class Section:
    """A part as it was submitted; `difference` is None where nothing is compared."""

    part: ReportPart
    told: dict[str, Any]
    tasks: list[dict[str, Any]]
    figures: list[Figure]
    threads: list[Thread]
    difference: PartDifference | None

    @property
    def open_threads(self) -> list[Thread]:
        return [thread for thread in self.threads if thread.is_open]

    @property
    def says_nothing(self) -> bool:
        """Whether there is no word in it."""
        return not (self.told["text"] or self.told["difficulties"] or self.tasks or self.figures)


def sections_of(
    submission: Submission, content: dict[str, Any], *, before: dict[str, Any] | None = None
) -> list[Section]:
    """Return the parts of a submission, whose `content` is its snapshot; `before` is the one to compare with.

    Four queries, however many parts and remarks there are.
    """
    report = submission.report
    threads = defaultdict(list)
    for thread in threads_of(submission):
        threads[thread.part_id].append(thread)
    parts = {part.key: part for part in report.parts.select_related("area")}
    compared = differences.between(before, content) if before else {}
    rows = [row for table in content.get("tables") or () for row in table["rows"]]
    # What is said of the whole report is not said again of every task.
    reasons = not content.get("nothing")
    sections = []
    for told in content["parts"]:
        part = parts[told["key"]]
        part.report = report
        sections.append(
            Section(
                part=part,
                told=told,
                # A letter is entered without statuses.
                tasks=[] if content["letter"] else [_task(submission, task, reasons) for task in told["tasks"]],
                figures=[_figure(row) for row in rows] if told["kind"] == ReportPart.Kind.FIGURES else [],
                threads=threads[part.pk],
                difference=compared.get(told["key"]),
            )
        )
    return sections


def threads_of(submission: Submission) -> list[Thread]:
    """Return the remarks of a round: made on it, or open when it came."""
    threads = Thread.objects.filter(part__report=submission.report_id, submission__number__lte=submission.number)
    return [
        thread
        for thread in threads.with_words()
        if thread.resolved_at is None or thread.resolved_at >= submission.submitted_at
    ]


def round_before(report: Report, number: int) -> Submission | None:
    """Return the submission before the one with this number, withdrawn ones aside."""
    return report.submissions.filter(withdrawn_at=None, number__lt=number).last()


def _task(submission: Submission, task: dict[str, Any], reasons: bool) -> dict[str, Any]:
    """Return a task with the word and the colour for its status, and with the addresses of its files."""
    url, number, code = submission.report.url, submission.number, task["code"]
    return task | {
        "label": TaskProgress.Status(task["status"]).label if task["status"] else "Chưa chọn mức độ",
        "tone": TONES.get(task["status"], "secondary"),
        "reason": task["reason"] if reasons else "",
        "files": [
            file | {"address": url("submitted_file", number, code, file["sha256"])}
            for file in task.get("evidence", ())
        ],
    }


def _figure(row: dict[str, Any]) -> Figure:
    return Figure(
        code=row["code"],
        name=row["name"],
        unit=row["unit"],
        now=differences.figure_words(row),
        last_year=figure_rows.last_words(row),
        change=figure_rows.change_words(row),
        remarks=[words for words in (row["reason"], row["explanation"]) if words],
    )
