"""Writing one part of a report."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from assignments.requests import SignedInRequest
from reports import access, completeness, services, workflow
from reports.forms.part import NothingToReportForm, PartForm
from reports.models import Report, ReportPart
from reports.views.agency import frame


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


def _part_context(report: Report, part: ReportPart, form: PartForm) -> dict:
    siblings = list(report.parts.select_related("area"))
    place = [sibling.pk for sibling in siblings].index(part.pk)
    return frame(report) | {
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
