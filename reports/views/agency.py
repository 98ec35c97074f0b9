"""What an agency's clerks and heads see of their report: the task list, the check before sending."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.requests import SignedInRequest
from reports import access, completeness, workflow
from reports.forms.steps import ReasonForm, SubmitForm
from reports.models import CalendarException, Report
from reports.standing import standing_of


@require_safe
def report(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show the report as a list of parts; who reads every report is taken to its review page."""
    report = access.get_report_or_404(request.user, plan_slug, year, agency_slug)
    if not access.works_for(request.user, report):
        return redirect(report.url("review"))
    context = frame(report) | {
        "states": completeness.part_states(report),
        "transitions": workflow.transitions_for(request.user, report),
        "events": report.events.select_related("by"),
        "submissions": report.submissions.select_related("submitted_by"),
    }
    return render(request, "reports/report_detail.html", context)


@require_safe
def check(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show everything on one page, what is missing first, and the next step."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    return check_page(request, report)


def check_page(
    request: SignedInRequest,
    report: Report,
    *,
    submit_form: SubmitForm | None = None,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    """Render the check page, with the form that was refused where one was."""
    states = completeness.part_states(report)
    context = frame(report) | {
        "states": states,
        "missing": [gap for state in states for gap in state.gaps],
        "actions": {t.action: t for t in workflow.transitions_for(request.user, report)},
        "submit_form": submit_form or SubmitForm(),
        "reason_form": reason_form or ReasonForm(),
        "form": submit_form or reason_form,
    }
    return render(request, "reports/report_check.html", context)


def frame(report: Report) -> dict:
    """Return what every page of a report shows at its top."""
    standing = standing_of(report, now=timezone.now(), corrections=CalendarException.objects.as_corrections())
    return {"report": report, "cycle": report.cycle, "standing": standing, "last_return": report.last_return}
