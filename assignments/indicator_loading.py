"""Saving tables of figures that were read from their file."""

from dataclasses import dataclass

from django.db import transaction

from assignments.data_file import DataFileError
from assignments.indicator_file import WOMEN, IndicatorData, IndicatorsData, TableData
from assignments.models import Indicator, IndicatorTable, Participant, Plan, Target


@dataclass
class LoadedIndicators:
    """The plan whose tables were loaded, and how many tables and indicators were new."""

    plan: Plan
    tables: int
    indicators: int


@transaction.atomic
def load_indicators(data: IndicatorsData) -> LoadedIndicators:
    """Save what is new in the file: tables, and indicators by their codes, all marked as proposals.

    What is there already is the officer's and stays as it is, changed or not, retired or not; so the same file a
    second time changes nothing, and to correct a proposal is done on the officer's page. Raises DataFileError,
    and saves nothing, for a plan that is not loaded or an agency that it does not have.
    """
    plan = Plan.objects.select_for_update().filter(number=data.plan).first()
    if plan is None:
        raise DataFileError([f"plan: chưa nạp kế hoạch số {data.plan}, hãy nạp bằng load_plan trước"])
    participants = {participant.number: participant for participant in plan.participants.all()}
    problems = [
        place.key("agencies").problem(f"không có cơ quan số {number} trong kế hoạch")
        for place, indicator in data.every_indicator()
        for number in indicator.agencies
        if number not in participants
    ]
    if problems:
        raise DataFileError(problems)
    existing = set(Indicator.objects.filter(table__plan=plan).values_list("code", flat=True))
    loaded = LoadedIndicators(plan, 0, 0)
    for position, table_data in enumerate(data.tables, start=1):
        table, is_new = _bring_table(plan, table_data, position)
        loaded.tables += is_new
        for row_position, indicator in enumerate(table_data.indicators, start=1):
            if indicator.code not in existing:
                _create_indicator(table, indicator, row_position, participants)
                loaded.indicators += 1
    return loaded


def _bring_table(plan: Plan, data: TableData, position: int) -> tuple[IndicatorTable, bool]:
    words = {name: getattr(data, name) for name in ("title", "source", "first_year", "last_year")}
    return plan.indicator_tables.get_or_create(code=data.code, defaults={**words, "position": position})


def _create_indicator(
    table: IndicatorTable, data: IndicatorData, position: int, participants: dict[int, Participant]
) -> None:
    women = WOMEN if data.shape == Indicator.Shape.BY_SEX else ""
    indicator = Indicator.objects.create(
        table=table,
        code=data.code,
        name=data.name,
        unit=data.unit,
        shape=data.shape,
        factor=data.factor,
        decimals=data.decimals,
        total_label=data.total_label,
        included_label=data.included_label or women,
        merge=data.merge,
        better=data.better or "",
        guidance=data.guidance,
        position=position,
    )
    indicator.participants.set(participants[number] for number in data.agencies)
    Target.objects.bulk_create(
        Target(indicator=indicator, year=target.year, comparison=target.comparison, value=target.value)
        for target in data.targets
    )
