"""Saying that there was nothing to report, for an area or for the whole report, and taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from assignments.requests import SignedInRequest
from reports import access, services, workflow
from reports.forms.nothing import DeclareNothingForm, NothingToReportForm, VersionForm
from reports.models import Report, TaskProgress
from reports.views.actions import take_step
from reports.views.agency import frame


@require_POST
def mark(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str) -> HttpResponse:
    """Say for a whole area that there was nothing to report."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    part = access.get_part_or_404(report, key)
    form = NothingToReportForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Hãy ghi lý do không phát sinh rồi bấm lại.")
        return redirect(report.url("part", key))
    try:
        part = services.mark_nothing_to_report(part, by=request.user, now=timezone.now(), **form.cleaned_data)
    except (services.SaveConflict, workflow.TransitionRefused) as error:
        messages.error(request, str(error))
    else:
        keeps_some = any(row.status != TaskProgress.Status.NOTHING_TO_REPORT for row in part.task_rows)
        kept = ", trừ giải pháp đã ghi lý do chưa thực hiện" if keeps_some else ""
        messages.success(request, f"Đã ghi “Không phát sinh” cho cả {part.title}{kept}.")
    return redirect(report.url("part", key))


@require_POST
def clear(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str) -> HttpResponse:
    """Take back that there was nothing to report in a part."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    part = access.get_part_or_404(report, key)
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            services.clear_nothing_to_report(part, by=request.user, now=timezone.now(), **form.cleaned_data)
        except (services.SaveConflict, workflow.TransitionRefused) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Đã bỏ “Không phát sinh”. Hãy chọn lại mức độ thực hiện của từng nhiệm vụ.")
    return redirect(report.url("part", key))


def declare(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Say for the whole report, with the reason, that there was nothing to report."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    if request.method != "POST":
        return _page(request, report, DeclareNothingForm())
    form = DeclareNothingForm(request.POST)
    if not form.is_valid():
        return _page(request, report, form)
    try:
        services.declare_nothing(report, by=request.user, now=timezone.now(), reason=form.cleaned_data["reason"])
    except workflow.TransitionRefused as error:
        form.add_error(None, str(error))
        return _page(request, report, form)
    messages.success(request, "Đã khai không phát sinh. Báo cáo đã đủ để trình hoặc nộp.")
    return redirect(report.url("check"))


def _page(request: SignedInRequest, report: Report, form: DeclareNothingForm) -> HttpResponse:
    context = frame(report) | {"form": form, "answered": services.answered_parts(report)}
    return render(request, "reports/nothing_form.html", context)


@require_POST
def revoke(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Take back that there was nothing to report in the whole year."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    return take_step(
        request,
        report,
        lambda: services.revoke_nothing(report, by=request.user, now=timezone.now()),
        "Đã bỏ khai không phát sinh. Các phần của báo cáo mở lại để viết.",
    )
