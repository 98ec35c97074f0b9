"""Which agency has sent which part: agencies by the parts of the merged report, each cell in one of a few states.

What the newest standing submission says decides. Of what an agency still writes only whether a part was begun
is told, never a word of it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db.models import FilteredRelation, Max, OuterRef, Q, Subquery

from assignments.models import Task
from reports import outline
from reports.models import Report, ReportingCycle, ReportPart, Submission, TaskProgress
from reports.standing import Standing, in_plan_order


class State(NamedTuple):
    """How a state is read: its word, the symbol that tells it without colours, the colour's name."""

    word: str
    symbol: str
    tone: str


MISSING, DRAFT, LATE, SUBMITTED, RETURNED, ACCEPTED, NOTHING, EXCUSED, EMPTY = (
    "missing", "draft", "late", "submitted", "returned", "accepted", "nothing", "excused", "empty",
)  # fmt: skip

# "late" is owed after its deadline, begun or not; "empty" is a part that the report does not have, or in which
# nothing was written.
STATES = {
    MISSING: State("Chưa có", "○", "secondary"),
    DRAFT: State("Đang soạn", "◔", "info"),
    LATE: State("Quá hạn", "!", "danger"),
    SUBMITTED: State("Đã nộp", "●", "primary"),
    RETURNED: State("Trả lại", "↩", "warning"),
    ACCEPTED: State("Chấp nhận", "✔", "success"),
    NOTHING: State("Không phát sinh", "∅", "secondary"),
    EXCUSED: State("Được miễn", "×", "secondary"),
    EMPTY: State("Để trống", "–", "secondary"),
}
RECEIVED = (SUBMITTED, ACCEPTED, NOTHING)
NOT_EXPECTED = (EXCUSED, EMPTY)

SHORT_TITLES = {
    "chi-dao": "Chỉ đạo",
    outline.FIGURES: "Số liệu",
    "kinh-phi": "Kinh phí",
    "danh-gia": "Đánh giá",
    "phuong-huong": "Phương hướng",
    "kien-nghi": "Kiến nghị",
}


@dataclass(frozen=True)
class Column:
    """A part of the merged report: an area, a common part, the figures. `short` fits over a narrow column."""

    key: str
    title: str
    short: str


@dataclass(frozen=True)
class Cell:
    column: Column
    key: str

    @property
    def state(self) -> State:
        return STATES[self.key]


@dataclass(frozen=True)
class Tally:
    """How many cells are in which state; what nobody has to send, or left empty, is not expected."""

    counts: Counter[str]

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> "Tally":
        return cls(Counter(cell.key for cell in cells))

    @property
    def received(self) -> int:
        return sum(self.counts[state] for state in RECEIVED)

    @property
    def accepted(self) -> int:
        return self.counts[ACCEPTED]

    @property
    def expected(self) -> int:
        return self.counts.total() - sum(self.counts[state] for state in NOT_EXPECTED)


@dataclass(frozen=True)
class Row:
    """One agency's report."""

    standing: Standing
    cells: list[Cell]

    @property
    def report(self) -> Report:
        return self.standing.report

    @cached_property
    def tally(self) -> Tally:
        return Tally.of(self.cells)


@dataclass(frozen=True)
class Block:
    """One place of the plan: an agency, or a group with the agencies that report for it, late ones first."""

    number: int
    name: str
    rows: list[Row]

    @property
    def is_group(self) -> bool:
        return len(self.rows) > 1

    @cached_property
    def late(self) -> int:
        return sum(row.standing.is_overdue for row in self.rows)

    @cached_property
    def totals(self) -> list[Tally]:
        return _totals(self.rows)

    @cached_property
    def tally(self) -> Tally:
        return _total(self.rows)


@dataclass(frozen=True)
class Matrix:
    """The columns, the rows in plan order, and how the rows stand in each column."""

    columns: list[Column]
    rows: list[Row]
    group_names: dict[int, str]

    @cached_property
    def totals(self) -> list[Tally]:
        """One tally for each column."""
        return _totals(self.rows) if self.rows else [Tally(Counter()) for _ in self.columns]

    @cached_property
    def tally(self) -> Tally:
        return _total(self.rows)

    @cached_property
    def blocks(self) -> list[Block]:
        """The rows by their place in the plan, places with somebody late first."""
        blocks = [
            Block(number, self.group_names.get(number, ""), sorted(rows, key=lambda row: not row.standing.is_overdue))
            for number, rows in groupby(self.rows, key=attrgetter("report.participant_number"))
        ]
        return sorted(blocks, key=lambda block: not block.late)

    def snapshot(self) -> dict:
        """Return the matrix as the merged report keeps it."""
        return {
            "columns": [{"key": column.key, "title": column.title} for column in self.columns],
            "rows": [
                {
                    "agency": row.report.issuer_name,
                    "number": row.report.participant_number,
                    "cells": [cell.key for cell in row.cells],
                }
                for row in self.rows
            ],
        }


def matrix_of(cycle: ReportingCycle, standings: Iterable[Standing]) -> Matrix:
    """Return the matrix of a cycle's reports, or of some of them: five queries, however many.

    Where a responsibility counts says `places_of`.
    """
    standings = in_plan_order(standings)
    reports = [standing.report for standing in standings]
    columns = columns_of(cycle)
    places = places_of(cycle)
    parts: dict[int, list[ReportPart]] = {}
    for part in ReportPart.objects.filter(report__in=reports).only("report_id", "key", "version", "is_reopened"):
        parts.setdefault(part.report_id, []).append(part)
    sent = _newest_submissions(reports)
    return Matrix(
        columns=columns,
        rows=[
            Row(
                standing=standing,
                cells=_cells(
                    standing, columns, places, parts.get(standing.report.pk, []), sent.get(standing.report.pk)
                ),
            )
            for standing in standings
        ],
        group_names=dict(cycle.plan.participants.values_list("number", "name")),
    )


def columns_of(cycle: ReportingCycle) -> list[Column]:
    """Return the parts of the merged report in its order: one query."""
    titles = {**outline.COMMON_PARTS, outline.FIGURES: outline.FIGURES_TITLE}
    first, *others = [Column(key, titles[key], SHORT_TITLES[key]) for key in outline.MERGED_PARTS]
    areas = [
        Column(outline.area_key(area.number), f"Nội dung {area.number}: {area.title}", f"Nội dung {area.number}")
        for area in cycle.plan.areas.all()
    ]
    return [first, *areas, *others]


def places_of(cycle: ReportingCycle) -> dict[str, str]:
    """Return for the part of each responsibility the one of the merged report where it counts and its words go.

    That is its main area, or the assessment where it has none. By their keys; every other part counts in that of
    its own key. One query.
    """
    main = FilteredRelation("task_areas", condition=Q(task_areas__is_main=True))
    tasks = Task.objects.filter(plan=cycle.plan_id, kind=Task.Kind.RESPONSIBILITY).annotate(main=main)
    return {
        outline.responsibility_key(code): outline.area_key(number) if number else outline.ASSESSMENT
        for code, number in tasks.order_by().values_list("code", "main__area__number")
    }


def parts_by_place(content: dict, places: dict[str, str]) -> dict[str, list[dict]]:
    """Return the parts of a submission by where they count: see `places_of`."""
    found: dict[str, list[dict]] = {}
    for part in content["parts"]:
        found.setdefault(places.get(part["key"], part["key"]), []).append(part)
    return found


def said(parts: Iterable[dict]) -> str:
    """Return what an agency says in the parts that count in one place: SUBMITTED, NOTHING or EMPTY.

    There is nothing only where it says so of everything that it was asked.
    """
    parts = list(parts)
    statuses = {task["status"] for part in parts for task in part["tasks"]}
    written = any(part["text"].strip() or part.get("difficulties", "").strip() for part in parts)
    if written or statuses - {"", TaskProgress.Status.NOTHING_TO_REPORT}:
        return SUBMITTED
    return NOTHING if statuses == {TaskProgress.Status.NOTHING_TO_REPORT} else EMPTY


def _newest_submissions(reports: list[Report]) -> dict[int, Submission]:
    standing = Q(withdrawn_at=None)
    newest = (
        Submission.objects.filter(standing, report=OuterRef("report"))
        .order_by()
        .values("report")
        .annotate(newest=Max("number"))
        .values("newest")
    )
    submissions = Submission.objects.filter(standing, report__in=reports, number=Subquery(newest)).order_by()
    return {submission.report_id: submission for submission in submissions.only("report_id", "content")}


def _cells(
    standing: Standing,
    columns: list[Column],
    places: dict[str, str],
    parts: list[ReportPart],
    submission: Submission | None,
) -> list[Cell]:
    """Return the cells of one report: what was sent and stays as it is, and what the agency owes."""
    report = standing.report
    owned: dict[str, list[ReportPart]] = {column.key: [] for column in columns}
    for part in parts:
        owned.setdefault(places.get(part.key, part.key), []).append(part)
    if report.excused_at:
        return [Cell(column, EXCUSED) for column in columns]
    sent = _sent(submission, places) if submission else {}
    # After a return the parts that did not reopen stay as they were sent.
    returned = submission is not None and standing.is_owed and report.returned_at is not None
    cells = []
    for column in columns:
        own = owned[column.key]
        if submission and (not standing.is_owed or (returned and not any(part.is_reopened for part in own))):
            state = sent.get(column.key, EMPTY)
            if state == SUBMITTED and report.status == Report.Status.ACCEPTED:
                state = ACCEPTED
        elif not own:
            state = EMPTY
        elif standing.is_overdue:
            state = LATE
        elif returned:
            state = RETURNED
        else:
            state = DRAFT if any(part.version for part in own) else MISSING
        cells.append(Cell(column, state))
    return cells


def _sent(submission: Submission, places: dict[str, str]) -> dict[str, str]:
    """Return for each column what was sent: submitted where something is said, nothing, or empty."""
    content = submission.snapshot
    told = parts_by_place(content, places)
    if content.get("nothing"):
        return dict.fromkeys(told, NOTHING)
    states = {key: said(parts) for key, parts in told.items()}
    if content.get("tables"):
        states[outline.FIGURES] = SUBMITTED
    return states


def _totals(rows: list[Row]) -> list[Tally]:
    return [Tally.of(cells) for cells in zip(*(row.cells for row in rows), strict=True)]


def _total(rows: list[Row]) -> Tally:
    return Tally.of(cell for row in rows for cell in row.cells)
