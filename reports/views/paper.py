"""Papers that agencies declare: the signed copy of a submission, their own implementation plans."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments import access as plan_access
from assignments.requests import SignedInRequest
from assignments.text import fold
from reports import access, deadlines, services
from reports.forms.paper import ImplementationPlanForm, SignedCopyForm
from reports.models import ImplementationPlan
from reports.views.stored import handed_out
from reports.workflow import TransitionRefused


def signed_copy(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int) -> HttpResponse:
    """Declare the number, day and scan of a submission's paper; a correction comes on top of what was declared."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    submission = access.get_submission_or_404(request.user, report, number)
    now = timezone.now()
    form = SignedCopyForm(submission, deadlines.day_of(now), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.declare_signed_copy(submission, by=request.user, now=now, **form.cleaned_data)
        except TransitionRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Đã ghi số {form.cleaned_data['number']}.")
        return redirect(submission)
    context = {"report": report, "cycle": report.cycle, "submission": submission, "form": form}
    return render(request, "reports/signed_copy_form.html", context)


@require_safe
def signed_copy_file(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int, pk: int
) -> HttpResponseBase:
    report = access.get_report_or_404(request.user, plan_slug, year, agency_slug)
    submission = access.get_submission_or_404(request.user, report, number)
    copy = access.get_signed_copy_or_404(submission, pk)
    assert copy.stored is not None
    return handed_out(request, copy.stored, copy.file_name)


@require_safe
def implementation_plans(request: SignedInRequest, plan_slug: str) -> HttpResponse:
    """List who has an implementation plan, who says why not yet, and who has said nothing."""
    plan = plan_access.get_plan_or_404(request.user, plan_slug)
    access.check_reads_every_agency(request.user, plan)
    rows = {row.agency_id: row for row in ImplementationPlan.objects.filter(plan=plan).select_related("stored")}
    agencies = sorted(plan.reporting_agencies(), key=lambda agency: fold(agency.name))
    context = {
        "plan": plan,
        "agencies": [(agency, rows.get(agency.pk)) for agency in agencies],
        "issued": sum(1 for row in rows.values() if row.number),
        "not_yet": sum(1 for row in rows.values() if not row.number),
        "silent": sum(1 for agency in agencies if agency.pk not in rows),
    }
    return render(request, "reports/implementation_plan_list.html", context)


def implementation_plan(request: SignedInRequest, plan_slug: str, agency_slug: str) -> HttpResponse:
    """Show an agency's own plan; its people write down number, day and file, or why there is none yet."""
    plan = plan_access.get_plan_or_404(request.user, plan_slug)
    agency = access.get_agency_of_plan_or_404(request.user, plan, agency_slug)
    row = ImplementationPlan.objects.filter(plan=plan, agency=agency).select_related("stored", "saved_by").first()
    now = timezone.now()
    if request.method == "POST":
        access.check_works_for(request.user, agency)
    form = ImplementationPlanForm(
        plan, agency, row, deadlines.day_of(now), request.POST or None, request.FILES or None
    )
    if request.method == "POST" and form.is_valid():
        services.save_implementation_plan(plan, agency, by=request.user, now=now, **form.cleaned_data)
        messages.success(request, "Đã ghi kế hoạch triển khai của đơn vị.")
        return redirect("implementation_plan", plan.slug, agency.slug)
    context = {
        "plan": plan,
        "agency": agency,
        "row": row,
        "form": form,
        "may_write": access.works_for(request.user, agency),
        "reads_every_agency": access.reads_every_agency(request.user, plan),
    }
    return render(request, "reports/implementation_plan.html", context)


@require_safe
def implementation_plan_file(request: SignedInRequest, plan_slug: str, agency_slug: str) -> HttpResponseBase:
    plan = plan_access.get_plan_or_404(request.user, plan_slug)
    agency = access.get_agency_of_plan_or_404(request.user, plan, agency_slug)
    row = ImplementationPlan.objects.filter(plan=plan, agency=agency).select_related("stored").first()
    if row is None or row.stored is None:
        raise Http404("Cơ quan này chưa gửi tệp kế hoạch triển khai.")
    return handed_out(request, row.stored, row.file_name)
