"""What the focal agency follows all year: who has reported, who is late; and the funding parts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments import access as plan_access
from assignments.requests import SignedInRequest
from reports import access, consolidation, deadlines, opening
from reports.models import CalendarException, ReportingCycle, SignedCopy
from reports.standing import Standing, standings

FILTERS = {
    "tat-ca": ("Tất cả", lambda row: True),
    "cho-tham-tra": ("Chờ thẩm tra", lambda row: row.report.status == "submitted"),
    "qua-han": ("Quá hạn", lambda row: row.is_overdue),
    "chua-nop": ("Chưa nộp lần nào", lambda row: row.received_at is None and row.is_owed),
    "tra-lai": ("Đã trả lại", lambda row: row.report.status == "returned"),
    "khong-phat-sinh": ("Không phát sinh", lambda row: row.says_nothing),
    "da-chap-nhan": ("Đã chấp nhận", lambda row: row.report.status == "accepted"),
}


@require_safe
def cycle(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """List the cycle's reports, late ones first, with a filter that stands in the address."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_reads_every_agency(request.user, cycle.plan)
    rows = follow_rows(request, cycle)
    chosen = request.GET.get("loc", "tat-ca")
    chosen = chosen if chosen in FILTERS else "tat-ca"
    shown = [row for row in rows if FILTERS[chosen][1](row)]
    contacts = access.contacts_of([row.report for row in shown])
    numbered = {copy.submission.report_id: copy for copy in SignedCopy.objects.of_cycle(cycle)}
    context = {
        "cycle": cycle,
        "last_day": deadlines.last_day(cycle.due_at),
        "rows": [(row, contacts.get(row.report.pk), numbered.get(row.report.pk)) for row in shown],
        "filters": [(key, title, sum(map(test, rows))) for key, (title, test) in FILTERS.items()],
        "chosen": chosen,
        "years": cycle.plan.cycles.order_by("-year"),
        "may_open": plan_access.is_officer(request.user, cycle.plan),
    }
    return render(request, "reports/cycle_detail.html", context)


def follow_rows(request: SignedInRequest, cycle: ReportingCycle) -> list[Standing]:
    """Return the standings of a cycle's reports: overdue and owed first, then what waits for review."""
    rows = standings(
        access.visible_to(request.user).filter(cycle=cycle).select_related("taken_by", "cycle__plan", "agency"),
        now=timezone.now(),
        corrections=CalendarException.objects.as_corrections(),
    )
    return sorted(rows, key=lambda row: (not row.is_overdue, not row.is_owed, row.report.status != "submitted"))


@require_POST
def open_cycle(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Open the year before its date, or add agencies that have come since."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    _, made = opening.open_cycle(cycle.plan, year, by=request.user, now=timezone.now())
    messages.success(request, f"Kỳ báo cáo năm {year} đã mở; tạo thêm {made} báo cáo.")
    return redirect(cycle)


@require_safe
def funding(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show the funding parts of the newest submissions, and who has sent none."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_see_funding(request.user, cycle)
    rows, nothing, missing = consolidation.funding_parts(cycle)
    context = {"cycle": cycle, "rows": rows, "nothing": nothing, "missing": missing}
    return render(request, "reports/funding.html", context)
