from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.requests import SignedInRequest
from reports import access, consolidation
from reports.documents.orders import files_of
from reports.models import CalendarException
from reports.standing import standings


@require_safe
def summary(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show a leader the year on one screen: live counts, who is late, the merged report's PDF."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_see_summary(request.user, cycle)
    rows = standings(
        cycle.reports.filter(excused_at=None).select_related("cycle__plan", "agency"),
        now=timezone.now(),
        corrections=CalendarException.objects.as_corrections(),
    )
    newest = cycle.consolidated_reports.order_by("-version").first()
    context = {
        "cycle": cycle,
        "expected": len(rows),
        "received": sum(row.received_at is not None for row in rows),
        "accepted": sum(row.report.status == "accepted" for row in rows),
        "late": [row for row in rows if row.is_late and row.received_at],
        "nothing": [row for row in rows if row.says_nothing],
        "overdue": [row for row in rows if row.is_overdue],
        "areas": consolidation.area_counts(cycle),
        "newest": newest,
        "files": files_of(newest) if newest else None,
        "years": cycle.plan.cycles.exclude(opened_at=None).order_by("-year"),
    }
    return render(request, "reports/summary.html", context)
