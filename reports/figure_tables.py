"""The tables of figures of a report as they stand: each row with last year's answer, its target and its problems."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from assignments.models import Indicator, IndicatorTable, Target
from reports import last_year
from reports.figures import (
    NO_NUMBER,
    FigureInput,
    LastFigure,
    Problem,
    answer_of,
    change_percent,
    computed,
    format_number,
    has_jumped,
    plain,
    problems_of,
)
from reports.models import IndicatorValue, ReportPart

Shape = Indicator.Shape


@dataclass(frozen=True)
class Row:
    """What an agency answers to one indicator, and everything that it is read with."""

    value: IndicatorValue
    answer: FigureInput
    last: LastFigure | None
    year: int
    jump_percent: int

    @property
    def indicator(self) -> Indicator:
        return self.value.indicator

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def target(self) -> Target | None:
        """The next target that the indicator has from the report's year on."""
        return next_target(self.indicator, self.year)

    @property
    def problems(self) -> list[Problem]:
        return list(problems_of(self.indicator, self.answer, self.last, self.jump_percent))

    @property
    def has_jumped(self) -> bool:
        return has_jumped(self.indicator, self.answer, self.last, self.jump_percent)

    # In words, for pages

    @property
    def total_words(self) -> str:
        return _in_words(self.indicator, self.answer.total)

    @property
    def included_words(self) -> str:
        return format_number(self.answer.included)

    @property
    def computed_words(self) -> str:
        return computed_words(self.indicator, self.answer)

    @property
    def last_words(self) -> str:
        """Last year's number or numbers, as "85/205 (41,5%)"; empty where there are none."""
        if self.last is None or self.last.total is None:
            return ""
        if not self.indicator.is_split or self.last.included is None:
            return _in_words(self.indicator, self.last.total)
        share = computed_words(self.indicator, FigureInput(self.last.total, self.last.included))
        return f"{format_number(self.last.included)}/{format_number(self.last.total)} ({share})"

    @property
    def change_words(self) -> str:
        """By how much the share, the rate or the number changed since last year."""
        return change_words(self.indicator, self.answer, self.last)

    @property
    def target_words(self) -> str:
        target = self.target
        if target is None:
            return ""
        unit = "%" if "%" in self.indicator.computed_unit else ""
        value = f"{format_number(target.value)}{unit}"
        return f"{target.year}: {value if value == '100%' else f'{target.get_comparison_display()} {value}'}"


@dataclass(frozen=True)
class FigureTable:
    """A table with the rows that one agency answers."""

    table: IndicatorTable
    rows: list[Row]


def computed_words(indicator: Indicator, answer: FigureInput) -> str:
    """Return what is computed of an answer, "-" for a denominator of 0; empty where there is nothing to compute."""
    if not indicator.is_split or answer.total is None or answer.included is None:
        return ""
    number = computed(indicator, answer.total, answer.included)
    if number is None:
        return NO_NUMBER
    return f"{format_number(number)}{'%' if '%' in indicator.computed_unit else ''}"


def change_words(indicator: Indicator, answer: FigureInput, last: LastFigure | None) -> str:
    """Return the change since last year with its sign: of a share in points, else of the number, in percent too."""
    if last is None or indicator.shape == Shape.YES_NO:
        return ""
    if indicator.is_split:
        now, before = (computed(indicator, n.total, n.included) for n in (answer, last))
        unit = " điểm\u00a0%" if "%" in indicator.computed_unit else ""
        return "" if now is None or before is None else f"{_signed(now - before)}{unit}"
    if answer.total is None or last.total is None:
        return ""
    percent = change_percent(answer.total, last.total)
    return _signed(answer.total - last.total) + (f" ({_signed(percent)}%)" if percent else "")


def _signed(number: Decimal) -> str:
    return f"+{format_number(number)}" if number > 0 else format_number(number)


def _in_words(indicator: Indicator, number: Decimal | None) -> str:
    if indicator.shape == Shape.YES_NO and number is not None:
        return "Có" if number else "Không"
    return format_number(number)


# Reading


def rows_of(part: ReportPart) -> list[Row]:
    """Return the rows of a report's figures in order, as they stand now: three queries where there are any.

    A row whose indicator was retired is asked for no more, and left out unless somebody had answered it.
    """
    read = part.figures.select_related("indicator__table").prefetch_related("indicator__targets")
    values = [value for value in read if not value.indicator.is_retired or value.is_answered]
    if not values:
        return []
    cycle = part.report.cycle
    last = last_figures(last_year.of(part.report))
    return [
        Row(value, answer_of(value), last.get(value.indicator.code), cycle.year, cycle.jump_percent)
        for value in values
    ]


def last_figures(before: last_year.LastYear) -> dict[str, LastFigure]:
    """Return the figures that were submitted the year before, by the indicators' codes."""
    tables = (before.snapshot or {}).get("tables", [])
    return {
        row["code"]: LastFigure(before.year, _number(row["total"]), _number(row["included"]))
        for table in tables
        for row in table["rows"]
    }


def tables_of(rows: list[Row]) -> list[FigureTable]:
    """Return the rows under their tables, in the tables' order."""
    return [FigureTable(table, list(own)) for table, own in groupby(rows, key=lambda row: row.indicator.table)]


def sentences(part: ReportPart) -> Iterator[str]:
    """Yield what a report's figures still lack, one sentence for all rows that lack the same."""
    lacking: dict[str, list[str]] = {}
    for row in rows_of(part):
        for problem in row.problems:
            lacking.setdefault(problem.summary, []).append(row.code)
    for summary, codes in lacking.items():
        yield f"{part.title}: {summary} {', '.join(codes)}."


# As data


def snapshot_of(parts: list[ReportPart]) -> list[dict]:
    """Return the tables of the parts as a submission keeps them; numbers are plain decimal strings, or None."""
    rows = [row for part in parts if part.kind == ReportPart.Kind.FIGURES for row in rows_of(part)]
    return [
        {
            "code": table.table.code,
            "title": table.table.title,
            "source": table.table.source,
            "rows": [_row_snapshot(row) for row in table.rows],
        }
        for table in tables_of(rows)
    ]


def _row_snapshot(row: Row) -> dict:
    answer = row.answer
    return {
        **meaning_of(row.indicator, row.year),
        "total": plain_or_none(answer.total),
        "included": plain_or_none(answer.included),
        "has_no_data": answer.has_no_data,
        # A reason or an explanation that was written for another answer stays in the draft.
        "reason": answer.reason if answer.has_no_data else "",
        "explanation": answer.explanation,
        "basis": answer.basis,
        "last": row.last and last_snapshot(row.last),
    }


def meaning_of(indicator: Indicator, year: int) -> dict:
    """Return what a snapshot's row says of its indicator: how it is counted and merged, and what is aimed at."""
    target = next_target(indicator, year)
    return {
        "code": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "computed_unit": indicator.computed_unit,
        "shape": indicator.shape,
        "factor": indicator.factor,
        "total_label": indicator.total_label,
        "included_label": indicator.included_label,
        "merge": indicator.merge,
        "better": indicator.better,
        "target": target and {"year": target.year, "comparison": target.comparison, "value": plain(target.value)},
    }


def next_target(indicator: Indicator, year: int) -> Target | None:
    """Return the next target that an indicator has from a year on."""
    coming = [target for target in indicator.targets.all() if target.year >= year]
    return min(coming, key=lambda target: target.year, default=None)


def last_snapshot(last: LastFigure) -> dict:
    """Return last year's figure as a snapshot's row keeps it."""
    return {"year": last.year, "total": plain_or_none(last.total), "included": plain_or_none(last.included)}


def plain_or_none(number: Decimal | None) -> str | None:
    """Return a number as snapshots keep it."""
    return None if number is None else plain(number)


def _number(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
