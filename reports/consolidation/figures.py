"""The province's figures: agencies' answers to an indicator merged by its own rule, never by adding percentages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from assignments.models import Indicator
from assignments.models.indicator import why_not_merged
from reports import figure_rows, figure_tables
from reports.consolidation.reporting import MergedReport, merged_reports
from reports.figures import LastFigure
from reports.last_year import LastYear
from reports.models import IndicatorValue, ReportingCycle

Merge = Indicator.Merge
SPLIT = (Indicator.Shape.BY_SEX, Indicator.Shape.RATIO)


@dataclass(frozen=True)
class Answer:
    """What one agency's submission says to an indicator; `received_at` is when that submission arrived."""

    agency: str
    received_at: datetime
    total: Decimal | None = None
    included: Decimal | None = None
    has_no_data: bool = False
    basis: str = IndicatorValue.Basis.ACTUAL


@dataclass(frozen=True)
class YearBefore:
    """The province's figure of the year before, and whose numbers it is made of; nobody's where that is not known."""

    figure: LastFigure
    answers: list[Answer]


def merged_numbers(
    answers: Sequence[Answer], *, shape: str, unit: str, merge: str
) -> tuple[Decimal | None, Decimal | None]:
    """Return the province's total and included number; None where there is nothing, or nothing that may be merged.

    Sum and ratio of sums add totals to totals and parts to parts: a share or rate is computed of the two sums, and
    is never added. Latest is the answer of the submission that arrived last, as all of a cycle have one cut-off
    day; of several that arrived at once, the first in the plan's order. A rule that does not fit what is counted
    (percentages that would be added) merges nothing.
    """
    is_split = shape in SPLIT
    told = with_all_numbers(answers, shape)
    rule = fitting_rule(shape, unit, merge)
    if not told or rule == Merge.NONE:
        return None, None
    if rule == Merge.LATEST:
        newest = latest(told)
        return newest.total, newest.included if is_split else None
    total = sum((a.total for a in told if a.total is not None), Decimal())
    included = sum((a.included for a in told if a.included is not None), Decimal())
    return total, included if is_split else None


def with_all_numbers(answers: Iterable[Answer], shape: str) -> list[Answer]:
    """Return the answers that can be merged: half an answer is left out of both sums."""
    return [a for a in answers if a.total is not None and (a.included is not None or shape not in SPLIT)]


def fitting_rule(shape: str, unit: str, merge: str) -> str:
    """Return the rule by which an indicator merges: one that does not fit it is refused when it is written, and
    merges nothing where it was written before."""
    if not why_not_merged(shape, unit, merge):
        return merge
    return Merge.RATIO_OF_SUMS.value if shape == Indicator.Shape.RATIO else Merge.NONE.value


def latest(answers: Sequence[Answer]) -> Answer:
    """Return the answer that arrived last, the first of several."""
    return max(answers, key=lambda answer: answer.received_at)


def merged_tables(cycle: ReportingCycle) -> list[dict]:
    """Return the year's tables as they merge now, in the format of a snapshot: at most twelve queries.

    Each row has the merged `total` and `included`, last year's as `last`, `answers` by agency in the plan's order,
    and `missing`, the names of those who were asked and have no accepted answer. `last` is of the agencies that
    answered this year: with `agencies`, their number, where others answered last year too, and with `is_comparable`
    False the whole of last year where nobody can say what those agencies had.
    """
    return tables_of(cycle, merged_reports(cycle))


def tables_of(cycle: ReportingCycle, merged: Sequence[MergedReport]) -> list[dict]:
    """Return the year's tables, merged from the reports given."""
    asked = _asked(cycle)
    answers = answers_of(merged)
    indicators = [i for i in _indicators(asked) if not i.is_retired or i.code in answers]
    nothing = {one.report.pk: one for one in merged if one.content.get("nothing")}
    before = _year_before(cycle, indicators)
    tables = []
    for table, own in groupby(indicators, key=lambda indicator: indicator.table):
        rows = []
        for indicator in own:
            agencies = asked[indicator.pk]
            # Of a year in which nothing happened there is nothing to count.
            told = answers.get(indicator.code, []) + [
                Answer(agencies[pk], one.received_at, has_no_data=True)
                for pk, one in nothing.items()
                if pk in agencies
            ]
            rows.append(_row(indicator, cycle.year, told, list(agencies.values()), before.get(indicator.code)))
        tables.append({"code": table.code, "title": table.title, "source": table.source, "rows": rows})
    return tables


def answers_of(merged: Iterable[MergedReport]) -> dict[str, list[Answer]]:
    """Return what the reports answer, by the indicators' codes; a row without numbers and "no data" is no answer."""
    answers: dict[str, list[Answer]] = {}
    for one in merged:
        for row in (row for table in one.content.get("tables", ()) for row in table["rows"]):
            if row["has_no_data"] or row["total"] is not None:
                answers.setdefault(row["code"], []).append(
                    Answer(
                        agency=one.report.issuer_name,
                        received_at=one.received_at,
                        total=figure_rows.decimal(row["total"]),
                        included=figure_rows.decimal(row["included"]),
                        has_no_data=row["has_no_data"],
                        basis=row["basis"],
                    )
                )
    return answers


def _row(
    indicator: Indicator, year: int, told: list[Answer], asked: list[str], before: YearBefore | None
) -> dict[str, Any]:
    told = sorted(told, key=lambda answer: asked.index(answer.agency) if answer.agency in asked else len(asked))
    meaning = figure_tables.meaning_of(indicator, year)
    meaning["merge"] = fitting_rule(indicator.shape, indicator.unit, indicator.merge)
    total, included = merged_numbers(told, shape=indicator.shape, unit=indicator.unit, merge=indicator.merge)
    with_numbers = [answer for answer in told if not answer.has_no_data]
    names = {answer.agency for answer in told}
    newest = latest(with_numbers).agency if meaning["merge"] == Merge.LATEST and len(with_numbers) > 1 else ""
    return {
        **meaning,
        "total": figure_tables.plain_or_none(total),
        "included": figure_tables.plain_or_none(included),
        "has_no_data": bool(told) and not with_numbers,
        "reason": "",
        "explanation": f"Số mới nhất, của {newest}" if newest else "",
        "basis": "estimate" if any(answer.basis == "estimate" for answer in with_numbers) else "actual",
        "last": before and _last_of_the_same(before, told, indicator),
        "answers": [
            {
                "agency": answer.agency,
                "total": figure_tables.plain_or_none(answer.total),
                "included": figure_tables.plain_or_none(answer.included),
                "has_no_data": answer.has_no_data,
            }
            for answer in told
        ],
        "missing": [name for name in asked if name not in names],
    }


def _last_of_the_same(before: YearBefore, told: list[Answer], indicator: Indicator) -> dict[str, Any]:
    """Return last year's figure of the agencies that answered this year: a sum of fewer is no decline."""
    whole = figure_tables.last_snapshot(before.figure)
    now = with_all_numbers(told, indicator.shape)
    then = with_all_numbers(before.answers, indicator.shape)
    if not now or before.figure.total is None:
        return whole
    is_latest = fitting_rule(indicator.shape, indicator.unit, indicator.merge) == Merge.LATEST
    names = {latest(now).agency} if is_latest else {answer.agency for answer in now}
    same = [answer for answer in then if answer.agency in names]
    if len(same) < len(names):
        return whole | {"is_comparable": False}
    if len(same) == len(then):
        return whole
    numbers = merged_numbers(same, shape=indicator.shape, unit=indicator.unit, merge=indicator.merge)
    return figure_tables.last_snapshot(LastFigure(before.figure.year, *numbers)) | {"agencies": len(same)}


def _asked(cycle: ReportingCycle) -> dict[int, dict[int, str]]:
    """Return who is asked for each indicator, by its id: the reports' ids and agencies in the plan's order."""
    asked: dict[int, dict[int, str]] = {}
    values = IndicatorValue.objects.filter(part__report__cycle=cycle, part__report__excused_at=None)
    for indicator, report, agency in values.order_by(
        "part__report__participant_number", "part__report__agency__name"
    ).values_list("indicator_id", "part__report_id", "part__report__issuer_name"):
        asked.setdefault(indicator, {})[report] = agency
    return asked


def _indicators(asked: Iterable[int]) -> Iterable[Indicator]:
    return (
        Indicator.objects.filter(pk__in=list(asked))
        .select_related("table")
        .prefetch_related("targets")
        .order_by("table__position", "position")
    )


def _year_before(cycle: ReportingCycle, indicators: Sequence[Indicator]) -> dict[str, YearBefore]:
    """Return the province's figures of the year before: as published, else merged from that year's reports."""
    year = cycle.year - 1
    before = ReportingCycle.objects.select_related("plan").filter(plan=cycle.plan, year=year).first()
    if before is None:
        return {}
    published = before.consolidated_reports.order_by("version").last()
    if published and "tables" in (content := published.snapshot):
        figures = figure_tables.last_figures(LastYear(year, content))
        rows = [row for table in content["tables"] for row in table["rows"]]
        return {
            row["code"]: YearBefore(figures[row["code"]], _answers_in(row, published.published_at)) for row in rows
        }
    answers = answers_of(merged_reports(before))
    told = {indicator.code: answers.get(indicator.code, []) for indicator in indicators}
    return {
        indicator.code: YearBefore(
            LastFigure(
                year,
                *merged_numbers(
                    told[indicator.code], shape=indicator.shape, unit=indicator.unit, merge=indicator.merge
                ),
            ),
            told[indicator.code],
        )
        for indicator in indicators
    }


def _answers_in(row: dict, published_at: datetime) -> list[Answer]:
    """Return whose numbers a published row says it is made of; reports of the first years do not say it."""
    return [
        Answer(
            agency=answer["agency"],
            received_at=published_at,
            total=figure_rows.decimal(answer["total"]),
            included=figure_rows.decimal(answer["included"]),
            has_no_data=answer["has_no_data"],
        )
        for answer in row.get("answers", ())
    ]


# Targets


@dataclass(frozen=True)
class TargetRow:
    """A merged indicator beside what it should reach, in words and as numbers.

    `table` is the title of its table. `met` is None where nobody can say: no number, or a later year's target that
    is not reached yet.
    """

    table: str
    code: str
    name: str
    unit: str
    is_percent: bool
    value: Decimal | None
    value_words: str
    last_words: str
    aim: Decimal
    target_words: str
    met: bool | None
    met_words: str


def targets_of(tables: Iterable[dict], year: int) -> list[TargetRow]:
    """Return the rows of merged tables that have a target, in order; `year` is the report's."""
    return [
        TargetRow(
            table=table["title"],
            code=row["code"],
            name=row["name"],
            unit=row["computed_unit"],
            is_percent=figure_rows.is_percent(row),
            value=figure_rows.value_of(row),
            value_words=figure_rows.value_words(row),
            last_words=figure_rows.last_value_words(row),
            aim=Decimal(row["target"]["value"]),
            target_words=figure_rows.target_words(row, year),
            met=figure_rows.is_reached(row, year),
            met_words=figure_rows.reached_words(row, year),
        )
        for table in tables
        for row in table["rows"]
        if row["target"]
    ]
