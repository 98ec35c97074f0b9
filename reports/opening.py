"""Opening a reporting year: the cycle, and one report for every agency that owes one."""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from assignments.models import Agency, Assignment, ContentArea, Indicator, Plan, Task, User
from reports import access, deadlines, emails, outline
from reports.models import (
    Consolidation,
    ConsolidationPart,
    CycleEvent,
    IndicatorValue,
    Mail,
    Report,
    ReportEvent,
    ReportingCycle,
    ReportPart,
    TaskProgress,
)

# Days before a year opens by itself on which its officers are told.
ANNOUNCED_AHEAD = 7


def planned_cycle(plan: Plan, year: int) -> ReportingCycle:
    """Return the year's cycle with the usual dates, saved once: opens 1 October, due as the plan says.

    Figures are proposed from 15 December of the year before to 31 October, so that a report due in November
    can hold them; all four dates are the officer's to change.
    """
    due_on = datetime.date(year, plan.report_due_month, plan.report_due_day)
    cycle, _ = ReportingCycle.objects.get_or_create(
        plan=plan,
        year=year,
        defaults={
            "opens_on": datetime.date(year, 10, 1),
            "data_from": datetime.date(year - 1, 12, 15),
            "data_to": datetime.date(year, 10, 31),
            "due_at": deadlines.midnight(due_on),
        },
    )
    return cycle


@transaction.atomic
def open_cycle(plan: Plan, year: int, *, by: User | None, now: datetime.datetime) -> tuple[ReportingCycle, int]:
    """Open the year: one report for every reporting agency, with its assignments and figures fixed as of today.

    Doing it again changes nothing but adding agencies that have come since, and to reports that are still being
    written the rows of indicators that have. Returns the cycle and how many reports were made. `by` None is the
    system.
    """
    planned_cycle(plan, year)
    cycle = ReportingCycle.objects.select_for_update().select_related("plan").get(plan=plan, year=year)
    if cycle.opened_at is None:
        cycle.opened_at, cycle.opened_by = now, by
        cycle.save(update_fields=["opened_at", "opened_by"])
        CycleEvent.objects.create(cycle=cycle, kind=CycleEvent.Kind.OPENED, at=now, by=by)
    _begin_consolidation(cycle)
    day = deadlines.day_of(now)
    existing = set(cycle.reports.values_list("agency_id", flat=True))
    newcomers = [agency for agency in plan.reporting_agencies().on(day) if agency.pk not in existing]
    measures = {area: list(area.measures()) for area in cycle.plan.areas.all()}
    for agency in newcomers:
        _create_report(cycle, agency, measures, by=by, now=now)
    add_figures(cycle)
    return cycle, len(newcomers)


def _begin_consolidation(cycle: ReportingCycle) -> None:
    """Make the merged report's empty parts, once: its recipients are the plan's until an officer changes them."""
    # Not the copy that whoever issued the plan kept for the files.
    recipients = [name for name in cycle.plan.recipients if not name.startswith("Lưu:")]
    consolidation, is_new = Consolidation.objects.get_or_create(cycle=cycle, defaults={"recipients": recipients})
    if not is_new:
        return
    first, *others = outline.MERGED_PARTS
    rows = [ConsolidationPart(key=first, kind=ConsolidationPart.Kind.COMMON)]
    for area in cycle.plan.areas.all():
        key = outline.area_key(area.number)
        rows.append(ConsolidationPart(key=key, kind=ConsolidationPart.Kind.AREA, area=area))
    for key in others:
        kind = ConsolidationPart.Kind.FIGURES if key == outline.FIGURES else ConsolidationPart.Kind.COMMON
        rows.append(ConsolidationPart(key=key, kind=kind))
    for position, part in enumerate(rows, start=1):
        part.consolidation, part.position = consolidation, position
    ConsolidationPart.objects.bulk_create(rows)


def open_due_cycles(now: datetime.datetime) -> int:
    """Open every plan's cycle whose opening date has come; return how many reports were made."""
    made = 0
    today = deadlines.day_of(now)
    for plan in Plan.objects.all():
        cycle = planned_cycle(plan, today.year)
        if cycle.opened_at is None and cycle.opens_on <= today:
            made += open_cycle(plan, today.year, by=None, now=now)[1]
    return made


def announce_openings(now: datetime.datetime) -> int:
    """Tell the officers, once, of every year that opens by itself within a week; return how many were announced.

    A year whose day was moved since is announced again, a week before the new one.
    """
    today = deadlines.day_of(now)
    soon = ReportingCycle.objects.filter(
        opened_at=None, opens_on__gt=today, opens_on__lte=today + datetime.timedelta(days=ANNOUNCED_AHEAD)
    )
    return sum(_announce(cycle.pk, now) for cycle in soon)


@transaction.atomic
def _announce(pk: int, now: datetime.datetime) -> bool:
    cycle = ReportingCycle.objects.select_for_update(of=("self",)).select_related("plan").get(pk=pk)
    changes = {"opens_on": [None, cycle.opens_on.isoformat()]}
    if cycle.opened_at or cycle.events.filter(kind=CycleEvent.Kind.ANNOUNCED, changes=changes).exists():
        return False
    event = CycleEvent.objects.create(cycle=cycle, kind=CycleEvent.Kind.ANNOUNCED, at=now, changes=changes)
    morning = datetime.datetime.combine(deadlines.day_of(now), settings.MAILS_LEAVE_FROM, deadlines.VIETNAM)
    focal = cycle.plan.focal_agency
    for officer in access.officers_of(focal) if focal else []:
        emails.queue(Mail.Kind.CYCLE_ANNOUNCED, recipient=officer, event=event, due_from=max(now, morning))
    return True


def _create_report(
    cycle: ReportingCycle,
    agency: Agency,
    measures: dict[ContentArea, list[Task]],
    *,
    by: User | None,
    now: datetime.datetime,
) -> None:
    participant = cycle.plan.participant_of(agency)
    report = Report.objects.create(
        cycle=cycle,
        agency=agency,
        issuer_name=agency.name,
        participant_number=participant.number,
        is_invited=participant.is_invited,
    )
    assigned = dict(
        Assignment.objects.on(deadlines.day_of(now))
        .filter(agency=agency, task__plan=cycle.plan)
        .values_list("task_id", "part")
    )
    responsibilities = list(participant.responsibilities.all())
    rows: list[tuple[ReportPart, list[Task]]] = [(_common(report, "chi-dao"), [])]
    for area, area_measures in measures.items():
        part = ReportPart(report=report, kind=ReportPart.Kind.AREA, key=outline.area_key(area.number), area=area)
        rows.append((part, area_measures))
    for task in responsibilities:
        key = outline.responsibility_key(task.code)
        rows.append((ReportPart(report=report, kind=ReportPart.Kind.RESPONSIBILITY, key=key), [task]))
    rows += [(_common(report, key), []) for key in list(outline.COMMON_PARTS)[1:]]
    for position, (part, _) in enumerate(rows, start=1):
        part.position = position
    ReportPart.objects.bulk_create(part for part, _ in rows)
    TaskProgress.objects.bulk_create(
        TaskProgress(part=part, task=task, assigned_part=assigned.get(task.pk, ""))
        for part, part_tasks in rows
        for task in part_tasks
    )
    ReportEvent.objects.create(report=report, kind=ReportEvent.Kind.OPENED, at=now, by=by, to_status=report.status)


def add_figures(cycle: ReportingCycle) -> int:
    """Give every report that is being written the rows of figures that its agency is asked for and has not yet.

    The part that holds them is made with the first; where it is locked since a return, nothing is added. Returns
    how many rows were made.
    """
    missing = missing_figures(cycle)
    parts = {part.report_id: part for part in _figure_parts(cycle)}
    for report in missing:
        if report.pk not in parts:
            last = report.parts.aggregate(last=Max("position"))["last"] or 0
            parts[report.pk] = ReportPart.objects.create(
                report=report, kind=ReportPart.Kind.FIGURES, key=outline.FIGURES, position=last + 1
            )
    rows = [
        IndicatorValue(part=parts[report.pk], indicator=indicator)
        for report, indicators in missing.items()
        for indicator in indicators
    ]
    IndicatorValue.objects.bulk_create(rows)
    return len(rows)


def missing_figures(cycle: ReportingCycle) -> dict[Report, list[Indicator]]:
    """Return what `add_figures` would add: for every report that is being written its agency's new indicators."""
    asked = _asked_indicators(cycle)
    locked = {part.report_id for part in _figure_parts(cycle) if not part.is_reopened}
    existing = set(
        IndicatorValue.objects.filter(part__report__cycle=cycle).values_list("part__report_id", "indicator_id")
    )
    writing = cycle.reports.filter(
        status__in=[Report.Status.DRAFT, Report.Status.RETURNED], excused_at=None
    ).select_related("agency")
    missing = {
        report: [i for i in asked.get(report.agency_id, []) if (report.pk, i.pk) not in existing]
        for report in writing
        if report.pk not in locked
    }
    return {report: indicators for report, indicators in missing.items() if indicators}


def _asked_indicators(cycle: ReportingCycle) -> dict[int, list[Indicator]]:
    """Return the year's indicators by the id of the agency that answers them."""
    indicators = Indicator.objects.filter(
        table__in=cycle.plan.indicator_tables.for_year(cycle.year), is_retired=False
    ).prefetch_related("participants__members")
    asked: dict[int, list[Indicator]] = {}
    for indicator in indicators:
        participants = indicator.participants.all()
        own = {p.agency_id for p in participants if p.agency_id is not None}
        for agency_id in own | {member.pk for p in participants for member in p.members.all()}:
            asked.setdefault(agency_id, []).append(indicator)
    return asked


def _figure_parts(cycle: ReportingCycle) -> QuerySet[ReportPart]:
    return ReportPart.objects.filter(report__cycle=cycle, kind=ReportPart.Kind.FIGURES)


def _common(report: Report, key: str) -> ReportPart:
    return ReportPart(report=report, kind=ReportPart.Kind.COMMON, key=key)
