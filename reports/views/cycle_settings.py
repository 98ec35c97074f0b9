"""A year's dates, milestones, days off and end: what they are, what a change does, what was changed."""

import copy
import datetime
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments import access as plan_access
from assignments.models import User
from assignments.requests import SignedInRequest
from reports import access, deadlines, milestones, services
from reports.forms.cycles import CloseForm, DatesForm, DayForm, MilestonesForm, ReopenForm
from reports.models import CalendarException, CycleEvent, Extension, Report, ReportingCycle
from reports.pauses import pause_of
from reports.season import season_of
from reports.views.previews import (
    Effects,
    change_page,
    is_confirmed,
    say_who_is_told,
    tell,
    wants_preview,
    warn_of_day_off,
    warn_of_published,
)

FIELDS = {
    "opens_on": "Ngày mở kỳ",
    "data_from": "Số liệu từ ngày",
    "data_to": "Số liệu đến hết ngày",
    "due_at": "Ngày cuối nộp đúng hạn",
}
OF_DAY = {True: "ngày làm việc", False: "ngày nghỉ", None: "như lịch chung"}


@require_safe
def cycle_settings(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show a year's dates, milestones and calendar, and what was changed about them."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_set_dates(request.user, cycle)
    now = timezone.now()
    exceptions = list(CalendarException.objects.all())
    warnings = Effects()
    warn_of_day_off(cycle.last_day, {e.day: e.is_working_day for e in exceptions}, warnings)
    extended = cycle.reports.exclude(extended_due_at=None).filter(excused_at=None).select_related("cycle", "agency")
    context = {
        "cycle": cycle,
        "days_words": deadlines.days_left_words(cycle.due_at, now),
        "is_due": deadlines.is_late(now, cycle.due_at),
        "sentences": milestones.sentences(cycle.milestones),
        "pause": None if cycle.closed_at else pause_of(cycle),
        "months": season_of(cycle, extended, exceptions, deadlines.day_of(now)),
        "corrections": [e for e in exceptions if e.day.year in (cycle.year, cycle.year + 1)],
        "weekdays": ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "CN"),
        "warnings": warnings.warnings,
        "waiting": Extension.objects.open().filter(report__cycle=cycle).count(),
        "history": [(event, changes_of(event)) for event in cycle.events.select_related("by").order_by("-at", "-pk")],
        "is_officer": plan_access.is_officer(request.user, cycle.plan),
    }
    return render(request, "reports/cycle_settings.html", context)


def change_dates(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Change the four dates, after showing what that does."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_set_dates(request.user, cycle)
    form = DatesForm(cycle, request.POST or None)
    return _change(
        request,
        cycle,
        form,
        title=f"Sửa ngày của kỳ báo cáo năm {cycle.year}",
        done="Đã sửa ngày của kỳ báo cáo.",
        button="Sửa ngày",
        step=lambda now: services.change_cycle(
            cycle, by=request.user, now=now, dates=form.dates, reason=form.cleaned_data["reason"]
        ),
        effects=lambda now: _effects_of_dates(request.user, cycle, form.dates, now),
    )


def _effects_of_dates(user: User, cycle: ReportingCycle, dates: services.Dates, now: datetime.datetime) -> Effects:
    effects = Effects()
    for name, label in FIELDS.items():
        was, is_ = getattr(cycle, name), getattr(dates, name)
        if was != is_:
            effects.say(f"{label}: {_day(was):%d/%m/%Y} thành {_day(is_):%d/%m/%Y}")
    if not effects.lines:
        raise services.CycleChangeRefused("Chưa có ngày nào thay đổi so với hiện nay.")
    last = deadlines.last_day(dates.due_at)
    today = deadlines.day_of(now)
    if dates.due_at < cycle.due_at and last < today:
        effects.warn(f"Hạn mới {last:%d/%m/%Y} đã qua: các đơn vị chưa nộp thành quá hạn ngay")
    if not cycle.opened_at and dates.opens_on <= today:
        effects.warn("Ngày mở kỳ đã đến: kỳ báo cáo mở ngay sau khi sửa")
    if dates.data_to > last:
        effects.warn("Số liệu chốt sau ngày cuối nộp báo cáo; đơn vị phải ước số liệu những ngày còn lại")
    warn_of_day_off(last, CalendarException.objects.as_corrections(), effects)
    warn_of_published(cycle, effects)

    def change(report: Report) -> None:
        report.cycle.due_at = dates.due_at

    tell(services.preview(services.reports_to_preview(cycle), change, now=now), effects)
    return say_who_is_told(services.told_of_deadline(cycle, dates.due_at, by=user), effects)


def change_milestones(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Change when who is reminded, after showing what goes out at once."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_set_dates(request.user, cycle)
    form = MilestonesForm(cycle, request.POST or None)

    def effects(now: datetime.datetime) -> Effects:
        found = Effects([(sentence, []) for sentence in milestones.sentences(form.milestones)])

        def change(report: Report) -> None:
            report.cycle.milestones = form.milestones

        return tell(services.preview(services.reports_to_preview(cycle), change, now=now), found)

    return _change(
        request,
        cycle,
        form,
        title=f"Sửa mốc nhắc của kỳ báo cáo năm {cycle.year}",
        intro="Ghi số ngày trước hoặc sau ngày cuối nộp đúng hạn, cách nhau bằng dấu phẩy; số 0 ở ô “trước hạn” là "
        "chính ngày cuối. Mốc đã gửi cho một hạn thì không gửi lại cho hạn đó.",
        done="Đã sửa mốc nhắc.",
        button="Sửa mốc nhắc",
        step=lambda now: services.change_milestones(
            cycle, by=request.user, now=now, milestones=form.milestones, reason=form.cleaned_data["reason"]
        ),
        effects=effects,
    )


def correct_day(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Correct the public calendar by one day, after showing whose deadline moves."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_set_dates(request.user, cycle)
    form = DayForm(request.POST or None)

    def effects(now: datetime.datetime) -> Effects:
        day, found = form.cleaned_data["day"], Effects()
        if refusal := services.why_not_correct(cycle, day, form.is_working_day):
            raise services.CycleChangeRefused(refusal, "day")
        corrections = services.with_correction(day, form.is_working_day)
        found.say(f"{_weekday(day)} {day:%d/%m/%Y}: {OF_DAY[form.is_working_day]}{_in_public_calendar(day)}")
        if day == cycle.last_day:
            warn_of_day_off(day, corrections, found)
        reports = services.reports_to_preview(cycle)
        return tell(services.preview(reports, lambda report: None, now=now, corrections=corrections), found)

    return _change(
        request,
        cycle,
        form,
        title="Sửa ngày nghỉ, ngày làm bù",
        intro="Ngày nghỉ quyết định năm ngày làm việc sau khi trả lại báo cáo. Điều chỉnh này chung cho mọi kỳ.",
        done="Đã sửa ngày nghỉ, ngày làm bù.",
        button="Sửa ngày này",
        step=lambda now: services.correct_day(
            cycle,
            by=request.user,
            now=now,
            day=form.cleaned_data["day"],
            is_working_day=form.is_working_day,
            reason=form.cleaned_data["reason"],
        ),
        effects=effects,
    )


def close_cycle(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """End the year, after showing who has not sent."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_set_dates(request.user, cycle)
    form = CloseForm(request.POST or None)

    def effects(now: datetime.datetime) -> Effects:
        found = Effects()
        owed = [report for report in services.reports_to_preview(cycle) if report.is_owed]
        never = [report for report in owed if getattr(report, "first_received_at", None) is None]
        again = [report for report in owed if report not in never]
        found.say("Không gửi thư nhắc nào nữa")
        found.say("Báo cáo gửi sau khi kết thúc vẫn được tiếp nhận và ghi là nộp chậm")
        if never:
            found.warn(f"{len(never)} đơn vị được ghi là “Không gửi”", never)
        if again:
            found.warn(f"{len(again)} báo cáo đã trả lại được ghi là “không nộp lại”", again)
        warn_of_published(cycle, found)
        return found

    return _change(
        request,
        cycle,
        form,
        title=f"Kết thúc kỳ báo cáo năm {cycle.year}",
        done="Đã kết thúc kỳ báo cáo.",
        button="Kết thúc kỳ báo cáo",
        step=lambda now: services.close_cycle(cycle, by=request.user, now=now, reason=form.cleaned_data["reason"]),
        effects=effects,
        refusal=services.why_not_close(cycle, timezone.now()),
    )


def reopen_cycle(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Take the end of the year back, after showing what goes on."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_set_dates(request.user, cycle)
    form = ReopenForm(request.POST or None)

    def effects(now: datetime.datetime) -> Effects:
        found = Effects()
        found.say("Thư nhắc được gửi trở lại theo các mốc; sửa ngày và gia hạn được như trước khi kết thúc")
        warn_of_published(cycle, found)
        closed = services.reports_to_preview(cycle)
        reopened = copy.copy(cycle)
        reopened.closed_at = None

        def change(report: Report) -> None:
            report.cycle = reopened

        return tell(services.preview(closed, change, now=now), found)

    return _change(
        request,
        cycle,
        form,
        title=f"Mở lại kỳ báo cáo năm {cycle.year}",
        done="Đã mở lại kỳ báo cáo.",
        button="Mở lại kỳ báo cáo",
        step=lambda now: services.reopen_cycle(cycle, by=request.user, now=now, reason=form.cleaned_data["reason"]),
        effects=effects,
        refusal="" if cycle.closed_at else "Kỳ báo cáo chưa kết thúc nên không có gì để mở lại.",
    )


def _change(
    request: SignedInRequest,
    cycle: ReportingCycle,
    form: forms.Form,
    *,
    step: Callable[[datetime.datetime], object],
    effects: Callable[[datetime.datetime], Effects],
    done: str,
    title: str,
    button: str,
    intro: str = "",
    refusal: str = "",
) -> HttpResponse:
    """Take a change of the year through its two steps."""
    now, shown = timezone.now(), None
    back = cycle.url("cycle_settings")
    if wants_preview(request) and form.is_valid():
        try:
            shown = effects(now)
            if is_confirmed(request, shown):
                step(now)
                messages.success(request, done)
                return redirect(back)
        except services.CycleChangeRefused as error:
            shown = None
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return change_page(
        request,
        cycle,
        form,
        title=title,
        button=button,
        back=back,
        back_title=f"Kỳ báo cáo năm {cycle.year}",
        intro=intro,
        effects=shown,
        refusal=refusal,
    )


def changes_of(event: CycleEvent) -> list[str]:
    """Say what an event changed, one line each: what was and what is."""
    lines = []
    for name, (was, is_) in event.changes.items():
        if name == "milestones":
            lines += [
                f"Trước: {'. '.join(milestones.sentences(was))}",
                f"Nay: {'. '.join(milestones.sentences(is_))}",
            ]
        elif name in FIELDS:
            before = f"{_day_said(was):%d/%m/%Y} thành " if was else ""
            lines.append(f"{FIELDS[name]}: {before}{_day_said(is_):%d/%m/%Y}")
        else:
            lines.append(f"{_day_said(name):%d/%m/%Y}: {OF_DAY[was]} thành {OF_DAY[is_]}")
    return lines


def _day_said(text: str) -> datetime.date:
    """Read a date, or the last on-time day of a deadline, as an event keeps it."""
    if "T" in text:
        return deadlines.last_day(datetime.datetime.fromisoformat(text))
    return datetime.date.fromisoformat(text)


def _day(moment: datetime.date | datetime.datetime) -> datetime.date:
    return deadlines.last_day(moment) if isinstance(moment, datetime.datetime) else moment


def _in_public_calendar(day: datetime.date) -> str:
    why = deadlines.why_off(day, {})
    return f" (lịch chung: {f'nghỉ, {why}' if why else deadlines.name_of(day).lower() or 'ngày làm việc'})"


def _weekday(day: datetime.date) -> str:
    name = deadlines.WEEKDAYS[day.weekday()]
    return name[0].upper() + name[1:]
