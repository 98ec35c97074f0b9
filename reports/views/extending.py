"""More time for a report: asking, answering, giving it unasked, to many at once; excusing an agency."""

import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.requests import SignedInRequest
from assignments.text import fold
from reports import access, deadlines, services
from reports.forms.extending import (
    AskExtensionForm,
    EndExcuseForm,
    ExcuseForm,
    ExtendForm,
    ExtendManyForm,
    choices_of,
)
from reports.models import CalendarException, Extension, Report, ReportingCycle
from reports.standing import standing_of, standings
from reports.views.agency import frame
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
from reports.workflow import TransitionRefused


def ask_extension(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Ask the focal agency for more time; show what was asked and answered so far."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    form = AskExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_extension(report, by=request.user, now=timezone.now(), **form.cleaned_data)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã gửi đề nghị gia hạn. Cơ quan đầu mối được báo qua thư điện tử.")
            return redirect(report.url("ask_extension"))
    context = frame(report) | {
        "form": form,
        "refusal": services.why_not_ask(report),
        "extensions": report.extensions.select_related("asked_by", "decided_by").order_by("-pk"),
    }
    return render(request, "reports/extension_ask.html", context)


def extend(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Answer an agency's request, or without one give it more time, after showing what that does."""
    report = access.get_report_of_officer_or_404(request.user, plan_slug, year, agency_slug)
    asked = report.extensions.open().select_related("asked_by").first()
    form = ExtendForm(asked, request.POST or None)
    now, shown = timezone.now(), None
    if asked is None and "decision" in request.POST:
        form.add_error(None, _answered_meanwhile(report))
    if wants_preview(request) and form.is_valid():
        try:
            shown = _effects_of_answer(report, form, now)
            if is_confirmed(request, shown):
                return _answer(request, report, form, now)
        except TransitionRefused as refusal:
            shown = None
            form.add_error(None, str(refusal))
    return change_page(
        request,
        report.cycle,
        form,
        title=f"{'Trả lời đề nghị gia hạn' if asked else 'Gia hạn'}: {report.issuer_name}",
        intro=_standing_words(report, now),
        button="Trả lời không gia hạn" if shown and form.refuses else "Gia hạn",
        back=report.url("review"),
        back_title=report.issuer_name,
        effects=shown,
        request_asked=asked,
        refusal=services.why_not_extend(report),
    )


def _answer(request: SignedInRequest, report: Report, form: ExtendForm, now: datetime.datetime) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    if form.refuses:
        services.refuse_extension(report, by=request.user, now=now, reason=reason)
        messages.success(request, f"Đã trả lời không gia hạn cho {report.issuer_name}.")
    else:
        until = form.cleaned_data["granted_until"]
        services.grant_extension(report, by=request.user, now=now, granted_until=until, reason=reason)
        messages.success(request, f"Đã gia hạn cho {report.issuer_name}: {report.extension_words}.")
    return redirect(report.cycle.url("extensions"))


def _answered_meanwhile(report: Report) -> str:
    answered = report.extensions.exclude(decided_at=None).select_related("decided_by").order_by("decided_at").last()
    if answered is None or answered.decided_by is None:
        return "Đơn vị không còn đề nghị nào chờ trả lời. Hãy mở lại trang này."
    return (
        f"{answered.decided_by.full_name} vừa trả lời đề nghị này ({answered.get_decision_display().lower()}) nên "
        "câu trả lời của bạn chưa được gửi. Hãy xem lại ở trang Gia hạn."
    )


def _effects_of_answer(report: Report, form: ExtendForm, now: datetime.datetime) -> Effects:
    """Return what answering, or extending one report unasked, does. Raises TransitionRefused where it cannot be."""
    if form.refuses:
        effects = Effects()
        effects.say(
            f"Không gia hạn: đơn vị giữ hạn hết ngày {deadlines.last_day(services.due_at_now(report)):%d/%m/%Y}"
        )
        people = access.people_of(report.agency)
        if people:
            effects.say(f"Báo bằng thư, kèm lý do: {len(people)} người của đơn vị")
        else:
            effects.warn("Đơn vị chưa có đầu mối để báo; hãy gọi điện")
        return effects
    until = form.cleaned_data["granted_until"]
    if refusal := services.why_not_grant(report, until, now):
        raise TransitionRefused(refusal)
    return _effects_on([report], until, now)


def _effects_on(reports: list[Report], until: datetime.datetime, now: datetime.datetime) -> Effects:
    effects = Effects()
    waiting = set(Extension.objects.open().filter(report__in=reports).values_list("report", flat=True))
    if asking := [report for report in reports if report.pk in waiting]:
        effects.say(f"Đồng ý với đề nghị gia hạn đang chờ của {len(asking)} đơn vị", asking)
    for day in sorted({report.last_day for report in reports if report.extended_due_at}):
        replaced = [report for report in reports if report.extended_due_at and report.last_day == day]
        effects.say(f"Thay hạn riêng đến hết ngày {day:%d/%m/%Y} của {len(replaced)} đơn vị", replaced)
    warn_of_day_off(deadlines.last_day(until), CalendarException.objects.as_corrections(), effects)
    shorter = [report for report in reports if until < report.due_at]
    if shorter:
        effects.warn("Ngày mới sớm hơn hạn riêng hiện nay của đơn vị", shorter)
    cycle = reports[0].cycle
    warn_of_published(cycle, effects)
    chosen = {report.pk for report in reports}
    to_preview = [report for report in services.reports_to_preview(cycle) if report.pk in chosen]

    def change(report: Report) -> None:
        report.extended_due_at = until

    tell(services.preview(to_preview, change, now=now), effects)
    people = access.people_of_each(report.agency for report in reports)
    return say_who_is_told(services.Told({report: people[report.agency] for report in reports}, []), effects)


def _standing_words(report: Report, now: datetime.datetime) -> str:
    row = standing_of(report, now=now, corrections=CalendarException.objects.as_corrections())
    due = f"Hạn hiện nay: hết ngày {row.last_day:%d/%m/%Y}"
    own = f" ({report.extension_words})" if report.extension_words else ""
    return f"{due}{own}. {row.label}{f', {row.days_words}' if row.days_words else ''}."


@require_safe
def extensions(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """List the requests that wait for an answer, and what was decided in the year."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    of_year = Extension.objects.filter(report__cycle=cycle)
    of_year = of_year.select_related("report__cycle__plan", "report__agency", "asked_by", "decided_by")
    rows = standings(
        cycle.reports.filter(extensions__in=Extension.objects.open()).select_related("cycle__plan", "agency"),
        now=timezone.now(),
        corrections=CalendarException.objects.as_corrections(),
    )
    standing = {row.report.pk: row for row in rows}
    context = {
        "cycle": cycle,
        "waiting": [(e, standing.get(e.report_id)) for e in of_year.open().order_by("asked_at", "pk")],
        "decided": of_year.exclude(decided_at=None).order_by("-decided_at", "-pk"),
    }
    return render(request, "reports/extension_list.html", context)


def extend_many(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Give several agencies more time, after showing who gets it."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    now, shown = timezone.now(), None
    owed = [report for report in _in_plan_order(cycle) if report.is_owed]
    form = ExtendManyForm(choices_of(owed), request.POST or None, initial={"agencies": request.GET.getlist("don-vi")})
    if wants_preview(request) and form.is_valid():
        chosen = [report for report in owed if report.agency.slug in form.cleaned_data["agencies"]]
        until = form.cleaned_data["granted_until"]
        refused = [(report, why) for report in chosen if (why := services.why_not_grant(report, until, now))]
        agreed = [report for report in chosen if report not in [one for one, _ in refused]]
        if agreed:
            shown = _effects_on(agreed, until, now)
            for report, why in refused:
                shown.warn(f"Không gia hạn: {why.rstrip('.')}", [report])
            if is_confirmed(request, shown):
                return _extend(request, cycle, chosen, until, form.cleaned_data["reason"], now)
        else:
            form.add_error(None, refused[0][1])
    return change_page(
        request,
        cycle,
        form,
        title="Gia hạn cho nhiều đơn vị",
        intro="Mỗi đơn vị được gia hạn riêng và nhận thư báo. Đề nghị đang chờ của đơn vị nào được coi là đồng ý.",
        button="Gia hạn cho các đơn vị này",
        back=cycle.url("extensions"),
        back_title="Gia hạn",
        effects=shown,
        refusal="" if owed else "Không còn đơn vị nào nợ báo cáo nên không có ai để gia hạn.",
    )


def _extend(
    request: SignedInRequest,
    cycle: ReportingCycle,
    chosen: list[Report],
    until: datetime.datetime,
    reason: str,
    now: datetime.datetime,
) -> HttpResponse:
    extended, refused = services.extend_many(chosen, by=request.user, now=now, granted_until=until, reason=reason)
    if extended:
        last = deadlines.last_day(until)
        messages.success(request, f"Đã gia hạn cho {len(extended)} đơn vị đến hết ngày {last:%d/%m/%Y}.")
    for report, why in refused:
        messages.warning(request, f"Không gia hạn cho {report.issuer_name}: {why}")
    return redirect(cycle.url("extensions"))


def _in_plan_order(cycle: ReportingCycle) -> list[Report]:
    reports = cycle.reports.select_related("cycle__plan", "agency")
    return sorted(reports, key=lambda report: (report.participant_number, fold(report.issuer_name)))


def excuse(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Excuse an agency from the year's report, or take that back, after showing what it means."""
    report = access.get_report_of_officer_or_404(request.user, plan_slug, year, agency_slug)
    form: forms.Form = (EndExcuseForm if report.excused_at else ExcuseForm)(request.POST or None)
    now, shown = timezone.now(), None
    step = services.end_excuse if report.excused_at else services.excuse_report
    done = "Đã thôi miễn báo cáo" if report.excused_at else "Đã miễn báo cáo"
    title = f"{'Thôi miễn báo cáo' if report.excused_at else 'Miễn báo cáo'} năm {year}"
    if wants_preview(request) and form.is_valid():
        shown = _effects_of_excuse(report, now)
        if is_confirmed(request, shown):
            try:
                step(report, by=request.user, now=now, reason=form.cleaned_data["reason"])
            except TransitionRefused as refusal:
                shown = None
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"{done}: {report.issuer_name}. Đơn vị được báo qua thư điện tử.")
                return redirect(report.url("review"))
    return change_page(
        request,
        report.cycle,
        form,
        title=f"{title}: {report.issuer_name}",
        intro=f"Đang được miễn báo cáo. Lý do: {report.excused_reason}" if report.excused_at else "",
        button="Thôi miễn báo cáo" if report.excused_at else "Miễn báo cáo",
        back=report.url("review"),
        back_title=report.issuer_name,
        effects=shown,
        refusal="" if report.excused_at or report.is_owed else "Báo cáo đã nộp nên không miễn được.",
    )


def _effects_of_excuse(report: Report, now: datetime.datetime) -> Effects:
    effects = Effects()
    expected = report.cycle.reports.filter(excused_at=None).count()
    if report.excused_at:
        effects.say(f"Số đơn vị phải báo cáo: {expected} thành {expected + 1}")
        effects.say(f"Đơn vị phải nộp báo cáo, hạn hết ngày {report.last_day:%d/%m/%Y}, và nhận thư nhắc trở lại")
        if deadlines.is_late(now, report.due_at):
            effects.warn("Hạn đã qua: đơn vị thành quá hạn ngay; có thể gia hạn riêng cho đơn vị sau đó")
    else:
        effects.say(f"Số đơn vị phải báo cáo: {expected} thành {expected - 1}")
        effects.say("Đơn vị không phải nộp báo cáo năm nay, không nhận thư nhắc; nội dung đã soạn vẫn được giữ")
        if report.extensions.open().exists():
            effects.warn("Đề nghị gia hạn đang chờ của đơn vị không còn được hiện")
    warn_of_published(report.cycle, effects)
    return effects
