"""Changing the tables of figures of a plan: what its officer keeps. Every function is one transaction."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max, QuerySet

from assignments.models import Indicator, IndicatorTable, Participant, Plan, Target


@transaction.atomic
def save_table(table: IndicatorTable) -> IndicatorTable:
    """Save a table, new ones behind the others; from now on it is the officer's and no proposal."""
    table.is_proposal = False
    if table.pk is None:
        table.position = _next_position(table.plan.indicator_tables.all())
    table.save()
    return table


@transaction.atomic
def save_indicator(
    indicator: Indicator, *, participants: Iterable[Participant], targets: Iterable[Target]
) -> Indicator:
    """Save an indicator with who answers it and all its targets, new ones at the end of their table.

    From now on it is the officer's and no proposal. Rows in reports stay as they are: a year's are added by
    opening it again.
    """
    indicator.is_proposal = False
    if indicator.pk is None:
        indicator.position = _next_position(indicator.table.indicators.all())
    indicator.save()
    indicator.participants.set(participants)
    indicator.targets.all().delete()
    for target in targets:
        target.indicator = indicator
    Target.objects.bulk_create(targets)
    return indicator


def _next_position(siblings: QuerySet) -> int:
    return (siblings.aggregate(last=Max("position"))["last"] or 0) + 1


def is_code_taken(plan: Plan, code: str, *, by_other_than: Indicator) -> bool:
    """Tell whether another indicator of the plan, in whichever table, has the code."""
    return Indicator.objects.filter(table__plan=plan, code=code).exclude(pk=by_other_than.pk).exists()
