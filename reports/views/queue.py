"""What waits for an officer: submitted reports by risk, and accepting several of them at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assignments.requests import SignedInRequest
from reports import access, services
from reports.models import ReportingCycle
from reports.review_queue import waiting_for_agencies, waiting_for_review
from reports.views.follow import cycle_standings

# Of a submission's number in what a form sends: Python refuses to read thousands of digits.
MOST_DIGITS = 9
EVERYBODYS = "tat-ca"
FILTERS = {
    EVERYBODYS: ("Tất cả", lambda row, user: True),
    "cua-toi": ("Tôi đã nhận", lambda row, user: row.report.taken_by == user),
    "chua-ai-nhan": ("Chưa ai nhận", lambda row, user: row.report.taken_by is None),
}


@require_safe
def queue(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """List what waits for review, and what was returned and has not come again."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    standings = cycle_standings(request.user, cycle, timezone.now())
    rows = waiting_for_review(standings, cycle, request.user)
    chosen = request.GET.get("loc", EVERYBODYS)
    chosen = chosen if chosen in FILTERS else EVERYBODYS
    shown = [row for row in rows if FILTERS[chosen][1](row, request.user)]
    context = {
        "cycle": cycle,
        "rows": shown,
        "may_accept_some": any(not row.why_not_acceptable for row in shown),
        "filters": [
            (key, title, sum(test(row, request.user) for row in rows)) for key, (title, test) in FILTERS.items()
        ],
        "chosen": chosen,
        "returned": waiting_for_agencies(standings, cycle, request.user),
    }
    return render(request, "reports/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def accept_several(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """List the chosen reports to be confirmed; confirmed, accept each of them."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    if request.method == "POST":
        return _accept(request, cycle)
    chosen = set(request.GET.getlist("bao-cao"))
    if not chosen:
        messages.warning(request, "Chưa chọn báo cáo nào để chấp nhận. Hãy đánh dấu ở cột cuối của danh sách.")
        return redirect("queue", cycle.plan.slug, cycle.year)
    standings = cycle_standings(request.user, cycle, timezone.now())
    waiting = [row for row in waiting_for_review(standings, cycle, request.user) if row.choice in chosen]
    rows = [row for row in waiting if not row.why_not_acceptable]
    left_out = [row for row in waiting if row.why_not_acceptable]
    gone = len(chosen) - len(waiting)
    context = {"cycle": cycle, "rows": rows, "left_out": left_out, "gone": gone}
    return render(request, "reports/accept_several.html", context)


def _accept(request: SignedInRequest, cycle: ReportingCycle) -> HttpResponse:
    numbers = {}
    for choice in request.POST.getlist("bao-cao"):
        slug, _, number = choice.rpartition(".")
        if number.isdecimal() and len(number) <= MOST_DIGITS:
            numbers[slug] = int(number)
    reports = access.visible_to(request.user).filter(cycle=cycle, agency__slug__in=numbers)
    chosen = [(report, numbers[report.agency.slug]) for report in reports]
    accepted, refused = services.accept_several(chosen, by=request.user, now=timezone.now())
    if accepted:
        names = "; ".join(report.issuer_name for report in accepted)
        messages.success(request, f"Đã chấp nhận {len(accepted)} báo cáo: {names}.")
    for report, why in refused:
        messages.error(request, f"Chưa chấp nhận báo cáo của {report.issuer_name}: {why}")
    if not chosen:
        messages.warning(request, "Chưa có báo cáo nào được chọn.")
    return redirect("queue", cycle.plan.slug, cycle.year)
