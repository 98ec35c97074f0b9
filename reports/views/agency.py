"""What an agency's clerks and heads see: the task list, one part, the check before sending."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments.requests import SignedInRequest
from reports import access, completeness, services, workflow
from reports.forms import NothingToReportForm, PartForm, ReasonForm, SubmitForm
from reports.models import CalendarException, Report, ReportPart
from reports.standing import standing_of


@require_safe
def report(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show the report as a list of parts; who reads every report is taken to its review page."""
    report = access.get_report_or_404(request.user, plan_slug, year, agency_slug)
    if not access.works_for(request.user, report):
        return redirect(report.url("review"))
    context = _frame(report) | {
        "states": completeness.part_states(report),
        "transitions": workflow.transitions_for(request.user, report),
        "events": report.events.select_related("by"),
        "submissions": report.submissions.select_related("submitted_by"),
    }
    return render(request, "reports/report_detail.html", context)


def part(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str) -> HttpResponse:
    """Write one part: save the draft, or show it read-only where it is locked."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    part = access.get_part_or_404(report, key)
    form = PartForm(part, request.POST or None)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            services.save_part(
                part,
                by=request.user,
                now=timezone.now(),
                version=form.cleaned_data["version"],
                text=form.cleaned_data["text"],
                difficulties=form.cleaned_data.get("difficulties", ""),
                progress=form.progress,
            )
        except services.SaveConflict as error:
            conflict = error.part
            form = PartForm(part, {**request.POST.dict(), "version": conflict.version})
        except workflow.TransitionRefused as error:
            messages.error(request, str(error))
        else:
            return _after_save(request, report, part)
    return render(request, "reports/part_form.html", _part_context(report, part, form) | {"conflict": conflict})


@require_POST
def nothing(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str) -> HttpResponse:
    """Say for a whole area that there was nothing to report."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    part = access.get_part_or_404(report, key)
    form = NothingToReportForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Hãy ghi lý do không phát sinh rồi bấm lại.")
        return redirect(report.url("part", part.key))
    try:
        services.mark_nothing_to_report(part, by=request.user, now=timezone.now(), **form.cleaned_data)
    except (services.SaveConflict, workflow.TransitionRefused) as error:
        messages.error(request, str(error))
        return redirect(report.url("part", part.key))
    return _after_save(request, report, part)


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
    context = _frame(report) | {
        "states": states,
        "missing": [gap for state in states for gap in state.gaps],
        "actions": {t.action: t for t in workflow.transitions_for(request.user, report)},
        "submit_form": submit_form or SubmitForm(),
        "reason_form": reason_form or ReasonForm(),
        "form": submit_form or reason_form,
    }
    return render(request, "reports/report_check.html", context)


def _frame(report: Report) -> dict:
    """Return what every page of a report shows at its top."""
    standing = standing_of(report, now=timezone.now(), corrections=CalendarException.objects.as_corrections())
    return {"report": report, "cycle": report.cycle, "standing": standing, "last_return": report.last_return}


def _part_context(report: Report, part: ReportPart, form: PartForm) -> dict:
    siblings = list(report.parts.select_related("area"))
    place = [sibling.pk for sibling in siblings].index(part.pk)
    return _frame(report) | {
        "part": part,
        "form": form,
        "nothing_form": NothingToReportForm(initial={"version": part.version}),
        "following": siblings[place + 1] if place + 1 < len(siblings) else None,
        "preceding": siblings[place - 1] if place else None,
    }


def _after_save(request: SignedInRequest, report: Report, part: ReportPart) -> HttpResponse:
    part.refresh_from_db()
    part.report = report
    gaps = completeness.missing_in_part(part)
    if gaps:
        messages.warning(request, f"Đã lưu nháp. {' '.join(gap.sentence for gap in gaps)}")
    else:
        messages.success(request, f"Đã lưu {part.title}. Phần này đã đủ.")
    if "next" in request.POST:
        following = report.parts.filter(position__gt=part.position, is_reopened=True).first()
        return redirect(report.url("part", following.key) if following else report.url("check"))
    return redirect(report.url("part", part.key))
