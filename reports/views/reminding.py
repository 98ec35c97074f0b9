"""What reminds whom of a year, seen by its officers: what is coming, what left, a rehearsal, and a pause."""

import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from assignments.requests import SignedInRequest
from reports import access, deadlines, milestones, pauses, rehearsal, services
from reports.forms.reminding import PauseForm
from reports.models import ReportingCycle

LATELY = datetime.timedelta(days=14)
AS_TODAY, NOBODY_REPORTS = "hien-nay", "khong-nop"
STATES = {AS_TODAY: "Tình trạng báo cáo như hiện nay", NOBODY_REPORTS: "Không đơn vị nào nộp"}


@require_safe
def reminding(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show what will go out when and to whom, and what became of what went out lately."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    return _show(request, cycle, PauseForm())


def _show(request: SignedInRequest, cycle: ReportingCycle, form: PauseForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context = {
        "cycle": cycle,
        "form": form,
        "pause": pauses.pause_of(cycle),
        "sentences": milestones.sentences(cycle.milestones),
        "queued": rehearsal.waiting_to_leave(cycle),
        "coming": _coming(cycle, deadlines.day_of(now)),
        "lately": rehearsal.carried_lately(cycle, now - LATELY),
        "lately_days": LATELY.days,
    }
    return render(request, "reports/reminding.html", context, status=status)


def _coming(cycle: ReportingCycle, today: datetime.date) -> list[rehearsal.PlannedDay]:
    if cycle.opened_at is None or cycle.closed_at:
        return []
    return list(rehearsal.play(cycle, rehearsal.season_days(cycle, today)))


@require_safe
def rehearse(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show the mails of a whole season on pretended days, one day at a time."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    state = request.GET.get("tinh-huong", AS_TODAY)
    state = state if state in STATES else AS_TODAY
    days = list(
        rehearsal.play(
            cycle, rehearsal.season_days(cycle), nobody_reports=state == NOBODY_REPORTS, from_the_start=True
        )
    )
    wanted = _day_asked_for(request)
    place = next((place for place, day in enumerate(days) if day.day == wanted), 0)
    context = {
        "cycle": cycle,
        "states": STATES.items(),
        "state": state,
        "days": days,
        "mails": sum(len(day.mails) for day in days),
        "shown": (shown := days[place] if days else None),
        "before": days[place - 1] if place else None,
        "after": days[place + 1] if place + 1 < len(days) else None,
        "letters": shown.letters() if shown else [],
    }
    return render(request, "reports/rehearsal.html", context)


def _day_asked_for(request: SignedInRequest) -> datetime.date | None:
    try:
        return parse_date(request.GET.get("ngay", ""))
    except ValueError:
        return None


@require_POST
def pause(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Let reminding stand still, with the reason."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _show(request, cycle, form, status=422)
    services.pause_reminders(cycle, by=request.user, now=timezone.now(), reason=form.cleaned_data["reason"])
    messages.warning(
        request, "Đã tạm dừng nhắc kỳ này. Hệ thống không gửi thư nhắc cho đến khi bạn cho nhắc trở lại."
    )
    return redirect("reminding", plan_slug, year)


@require_POST
def resume(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Let the year be reminded of again."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    services.resume_reminders(cycle, by=request.user, now=timezone.now())
    messages.success(request, "Đã nhắc trở lại. Mỗi báo cáo còn phải nộp được nhắc một lần theo mốc gần nhất.")
    return redirect("reminding", plan_slug, year)
