"""Starting a part from what the agency said the year before."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from assignments.requests import SignedInRequest
from reports import access, services, workflow
from reports.forms.part import PartForm
from reports.views.part import part_page


@require_POST
def start_from_last_year(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str
) -> HttpResponse:
    """Fill the empty box with last year's answer; whatever else was typed in the form is saved with it."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    part = access.get_part_or_404(report, key)
    form = PartForm(part, request.POST)
    if not form.is_valid():
        return part_page(request, report, part, form)
    try:
        services.start_from_last_year(part, by=request.user, now=timezone.now(), **form.claim, **form.answers)
    except services.SaveConflict as error:
        return part_page(request, report, error.part, form, differences=form.differences(error.part))
    except workflow.TransitionRefused as error:
        messages.error(request, str(error))
        return part_page(request, report, part, form)
    messages.success(request, f"Đã lấy nội dung báo cáo năm {report.cycle.year - 1}. Hãy cập nhật rồi lưu.")
    return redirect(report.url("part", key))
