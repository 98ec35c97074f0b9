"""What an agency does with its report: send up, send down, submit, withdraw."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from assignments.requests import SignedInRequest
from reports import access, services, workflow
from reports.changes import left_since_return
from reports.forms.steps import ReasonForm, SendForm, SubmitForm
from reports.models import Report
from reports.views.agency import check_page


def take_step(
    request: SignedInRequest, report: Report, step: Callable[[], object], success: str, *, back_to: str = "report"
) -> HttpResponse:
    """Take one step and say how it went, on one of the report's pages."""
    try:
        step()
    except workflow.TransitionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, success)
    return redirect(report.url(back_to))


@require_POST
def send_up(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    workflow.check_may(request.user, report, "send_up")
    form = SendForm(request.POST, left=left_since_return(report))
    if not form.is_valid():
        return check_page(request, report, send_form=form)
    return take_step(
        request,
        report,
        lambda: services.send_up(report, by=request.user, now=timezone.now()),
        "Đã trình lãnh đạo đơn vị duyệt.",
    )


@require_POST
def send_down(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    workflow.check_may(request.user, report, "send_down")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return check_page(request, report, reason_form=form)
    return take_step(
        request,
        report,
        lambda: services.send_down(report, by=request.user, now=timezone.now(), reason=form.cleaned_data["reason"]),
        "Đã chuyển lại chuyên viên kèm lý do chưa duyệt.",
    )


@require_POST
def submit(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Submit the declared report and show its receipt, to whoever clicks again or second too."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    workflow.check_may(request.user, report, "submit")
    form = SubmitForm(request.POST, left=left_since_return(report))
    if not form.is_valid():
        return check_page(request, report, submit_form=form)
    try:
        submission = services.submit_report(
            report, by=request.user, now=timezone.now(), seen=form.cleaned_data["seen"]
        )
    except workflow.TransitionRefused as error:
        return _not_submitted(request, report, error)
    messages.success(request, "Đã nộp báo cáo. Đây là phiếu tiếp nhận.")
    return redirect(submission)


def _not_submitted(request: SignedInRequest, report: Report, refusal: workflow.TransitionRefused) -> HttpResponse:
    """Answer a submit that was refused: with the receipt where the report is submitted already."""
    submitted = access.submission_in_force(report)
    if submitted is None:
        messages.error(request, str(refusal))
        return redirect(report.url("check"))
    if submitted.submitted_by == request.user:
        messages.info(request, "Báo cáo đã được nộp trước đó. Đây là phiếu tiếp nhận.")
    else:
        at = timezone.localtime(submitted.submitted_at)
        messages.warning(
            request,
            f"{submitted.submitted_by} đã nộp báo cáo này lúc {at:%H:%M:%S %d/%m/%Y}. Đây là phiếu tiếp nhận.",
        )
    return redirect(submitted)


@require_POST
def withdraw(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    return take_step(
        request,
        report,
        lambda: services.withdraw_report(report, by=request.user, now=timezone.now()),
        "Đã thu hồi báo cáo. Đơn vị có thể sửa rồi nộp lại.",
    )
