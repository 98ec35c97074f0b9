"""Reminding agencies at once: who would get which mail, then the sending."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments.requests import SignedInRequest
from reports import access, services
from reports.models import Report, ReportingCycle
from reports.services.urging import Urging
from reports.standing import Standing
from reports.views.follow import cycle_standings


@require_http_methods(["GET", "HEAD", "POST"])
def urge(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show whom an officer's reminder reaches and how it reads; sent from there, remind them."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    if request.method == "POST":
        return _send(request, cycle)
    now = timezone.now()
    owed = [row for row in cycle_standings(request.user, cycle, now) if row.is_owed]
    chosen = set(request.GET.getlist("don-vi"))
    # Nobody named: those who are late, or before the deadline everybody who has not sent.
    shown = [row for row in owed if row.report.agency.slug in chosen] if chosen else most_pressing(owed)
    urgings = services.planned_urgings([row.report for row in shown], now)
    sendable = [urging for urging in urgings if not urging.why]
    context = {
        "cycle": cycle,
        "rows": [(row, _of(row.report, urgings), _of(row.report, sendable)) for row in shown],
        "mails": len({urging.recipient for urging in sendable}),
        "agencies": len({urging.report for urging in sendable}),
        "letters": services.sample_letters(urgings, request.user, now),
        "is_choice": bool(chosen),
    }
    return render(request, "reports/urging.html", context)


def most_pressing(owed: list[Standing]) -> list[Standing]:
    """Return who is late, or before the deadline everybody who has not sent."""
    return [row for row in owed if row.is_overdue] or owed


def _of(report: Report, urgings: list[Urging]) -> list[Urging]:
    return [urging for urging in urgings if urging.report == report]


def _send(request: SignedInRequest, cycle: ReportingCycle) -> HttpResponse:
    chosen = access.visible_to(request.user).filter(cycle=cycle, agency__slug__in=request.POST.getlist("don-vi"))
    urgings = services.urge(chosen, by=request.user, now=timezone.now())
    told = [urging for urging in urgings if not urging.why]
    passed_over = [urging for urging in urgings if urging.why]
    if told:
        people, agencies = {urging.recipient for urging in told}, {urging.report for urging in told}
        messages.success(request, f"Đã gửi thư đôn đốc tới {len(people)} người của {len(agencies)} cơ quan.")
    else:
        messages.warning(request, "Không có thư nào được gửi: hãy chọn ít nhất một cơ quan còn gửi được thư.")
    if passed_over:
        lines = [
            f"{urging.report.issuer_name}{f', {urging.recipient}' if urging.recipient else ''} ({urging.why})"
            for urging in passed_over
        ]
        messages.warning(request, f"Không gửi tới: {'; '.join(lines)}.")
    return redirect(cycle)
