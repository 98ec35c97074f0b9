import datetime
from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.requests import SignedInRequest
from reports import access, charts, consolidation, deadlines
from reports.consolidation.proposals import unmarked_proposals
from reports.documents import merged_charts
from reports.documents.orders import Files, files_of, files_of_all
from reports.heartbeats import standstill_for
from reports.models import CalendarException, ConsolidatedReport, ReportingCycle
from reports.standing import Standing, in_plan_order, standings


@require_safe
def summary(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show a leader the year on one screen: live counts and figures; words only as they were published."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_see_summary(request.user, cycle)
    now = timezone.now()
    newest = cycle.consolidated_reports.prefetch_related("signed_copies").order_by("-version").first()
    context: dict = {
        "cycle": cycle,
        "now": now,
        "standstill": standstill_for(request.user, now),
        "days_words": "" if deadlines.is_late(now, cycle.due_at) else deadlines.days_left_words(cycle.due_at, now),
        "newest": newest,
        "files": (files := newest and files_of(newest)),
        "earlier": _downloadable_before(newest) if newest and files and files.are_being_made else None,
        "decisions": decisions_of(newest),
        "unmarked": unmarked_proposals(newest.snapshot) if newest else 0,
        **_years(cycle),
    }
    if cycle.opened_at:
        context |= _reporting(cycle, now) | _areas(cycle) | _targets(cycle)
    return render(request, "reports/summary.html", context)


def decisions_of(published: ConsolidatedReport | None) -> list[dict]:
    """Return the proposals that a published version asks the People's Committee to decide, with their agencies."""
    if published is None:
        return []
    paragraphs = [paragraph for part in published.snapshot["parts"] for paragraph in part.get("paragraphs", ())]
    return [paragraph for paragraph in paragraphs if paragraph.get("for_decision")]


def _downloadable_before(newest: ConsolidatedReport) -> tuple[ConsolidatedReport, Files] | None:
    """Return the last version before one whose files are still being made that can be downloaded."""
    before = ConsolidatedReport.objects.filter(cycle=newest.cycle, version__lt=newest.version)
    versions = list(before.select_related("cycle__plan").prefetch_related("signed_copies").order_by("-version"))
    for version, files in zip(versions, files_of_all(versions), strict=True):
        if version.signed_copy or files.brief_pdf.made or files.report_pdf.made:
            return version, files
    return None


def _reporting(cycle: ReportingCycle, now: datetime.datetime) -> dict:
    """Return who has reported, who is late, and how the reports came in."""
    reports = cycle.reports.filter(excused_at=None).select_related("cycle__plan", "agency")
    rows = in_plan_order(standings(reports, now=now, corrections=CalendarException.objects.as_corrections()))
    state = consolidation.reporting_state(list(consolidation.reports_of(cycle)), set())
    return {
        "expected": len(rows),
        "received": sum(row.received_at is not None for row in rows),
        "accepted": sum(row.report.status == "accepted" for row in rows),
        "sent_again": [row for row in rows if row.received_at and row.is_owed],
        "overdue": (overdue := [row for row in rows if row.is_overdue]),
        "long_overdue": _long_overdue(cycle, overdue),
        "owed": [row for row in rows if row.is_owed and not row.is_overdue],
        "late": [row for row in rows if row.is_late and row.received_at],
        "nothing": [row for row in rows if row.says_nothing],
        "excused": state["excused"],
        "extended": state["extended"],
        "received_charts": _drawn(merged_charts.received_chart(state)),
    }


def _long_overdue(cycle: ReportingCycle, overdue: list[Standing]) -> list[Standing]:
    """Return who is overdue for so long that the year's milestones name them to the leaders."""
    days = cycle.leader_days
    if days is None:
        return []
    return [row for row in overdue if -deadlines.days_left(row.due_at, row.now) >= days]


def _areas(cycle: ReportingCycle) -> dict:
    """Return how many agencies have results in each area."""
    areas = consolidation.area_counts(cycle)
    counted = [{"number": row["area"].number, "counts": row} for row in areas]
    return {"areas": areas, "area_charts": _drawn(merged_charts.areas_chart(counted))}


def _targets(cycle: ReportingCycle) -> dict:
    """Return the merged figures beside their targets: those that are not met first."""
    targets = consolidation.targets_of(consolidation.merged_tables(cycle), cycle.year)
    return {
        "targets": targets,
        "met": [target for target in targets if target.met],
        "not_met": [target for target in targets if target.met is False],
        "not_due": [target for target in targets if target.met is None and target.value is not None],
        "without_figures": [target for target in targets if target.value is None],
        "target_charts": _drawn(merged_charts.target_charts(targets, cycle.year)),
    }


def _years(cycle: ReportingCycle) -> dict:
    """Return the plan's years side by side, up to the newest that was opened."""
    newest = cycle.plan.cycles.exclude(opened_at=None).order_by("-year").first()
    years = consolidation.years_of(newest) if newest else []
    return {"years": years, "year_charts": _drawn(merged_charts.years_chart(years))}


def _drawn(drawn: Iterable[charts.Chart]) -> list[dict]:
    return [{"title": chart.title, "svg": charts.svg(chart)} for chart in drawn]
