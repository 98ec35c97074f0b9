"""Writing the tables of figures of a report."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from assignments.requests import SignedInRequest
from reports import access, guidance, outline, services, workflow
from reports.forms.figures import FiguresForm
from reports.models import Report, ReportPart
from reports.views import saving
from reports.views.part import after_save, part_frame


def figures(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Write the tables: save the rows that can be read, or show them read-only where they are locked."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    part = access.get_part_or_404(report, outline.FIGURES)
    form = FiguresForm(part, request.POST or None)
    if not form.is_bound or not form.can_be_saved:
        return saving.refused(request, form) if request.htmx else _page(request, report, part, form)
    if form.gives_up:
        return _page(request, report, part, FiguresForm(part), given_up=form)
    try:
        part = services.save_figures(part, by=request.user, now=timezone.now(), **form.claim, **form.answers)
    except services.SaveConflict as error:
        differences = form.differences(error.part)
        if request.htmx:
            return saving.conflict(request, error.part, differences)
        return _page(request, report, error.part, form, differences=differences)
    except workflow.TransitionRefused as error:
        if request.htmx:
            return saving.locked(request, str(error))
        messages.error(request, str(error))
        part = access.get_part_or_404(report, outline.FIGURES)
        return _page(request, report, part, FiguresForm(part), given_up=form)
    if request.htmx:
        context = {"part": part, "form": form, "edit": form.claim["edit"]}
        return render(request, "reports/_figures_saved.html", context, status=422 if form.errors else 200)
    if form.errors and not form.was_overtaken(part):
        return _page(request, report, part, form)
    return after_save(request, report, part, form)


def _page(request: SignedInRequest, report: Report, part: ReportPart, form: FiguresForm, **context) -> HttpResponse:
    """Render the page with the form as it was filled in.

    `differences` are between the form and what somebody else saved in `part`; `given_up` is the form whose
    figures were not taken.
    """
    context |= part_frame(request, report, part, form) | {
        "last_year": report.cycle.year - 1,
        "guidance": guidance.text_for(report.cycle.plan, part),
    }
    return render(request, "reports/figures_form.html", context)
