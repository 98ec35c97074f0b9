"""The merged report: its preview for the focal agency, its published versions for everyone in the plan."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments import access as plan_access
from assignments.requests import SignedInRequest
from reports import access, consolidation, deadlines, services, workflow
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.html import preview_html
from reports.documents.orders import files_of
from reports.forms.steps import PublishForm
from reports.models import ReportingCycle


@require_safe
def consolidated(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show the published versions and, to the focal agency, the merged report as it stands."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    return consolidated_page(request, cycle)


def consolidated_page(
    request: SignedInRequest, cycle: ReportingCycle, form: PublishForm | None = None
) -> HttpResponse:
    """Render the page of the merged report, with the form that was refused where one was."""
    if not access.may_read_published(request.user, cycle):
        raise PermissionDenied("Báo cáo tổng hợp dành cho các cơ quan trong kế hoạch và lãnh đạo tỉnh.")
    context: dict = {
        "cycle": cycle,
        "versions": [(v, files_of(v)) for v in cycle.consolidated_reports.order_by("-version")],
        "form": form,
    }
    if access.reads_every_report(request.user, cycle):
        version = len(context["versions"]) + 1
        content = consolidation.consolidated_report(cycle, signer=request.user, version=version)
        context["reporting"] = content["reporting"]
        context["preview"] = preview_html(consolidated_report_tree(content))
    if plan_access.is_focal_head(request.user, cycle.plan):
        today = deadlines.day_of(timezone.now())
        context["publish_form"] = form or PublishForm(cycle, today)
    return render(request, "reports/consolidated_detail.html", context)


@require_POST
def publish(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Publish the merged report as it stands; it is frozen and its PDF is made."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_publish(request.user, cycle)
    now = timezone.now()
    form = PublishForm(cycle, deadlines.day_of(now), request.POST)
    if not form.is_valid():
        return consolidated_page(request, cycle, form)
    try:
        published = services.publish_consolidated_report(
            cycle,
            by=request.user,
            now=now,
            number=form.cleaned_data["number"],
            issued_on=form.cleaned_data["issued_on"],
        )
    except workflow.TransitionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Đã ban hành báo cáo tổng hợp, phiên bản {published.version}.")
    return redirect("consolidated", plan_slug, year)
