"""Writing one part of a report."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from assignments.requests import SignedInRequest
from reports import access, completeness, services, workflow
from reports.forms.nothing import NothingToReportForm
from reports.forms.part import DraftForm, PartForm
from reports.models import Report, ReportPart
from reports.views import saving
from reports.views.agency import frame
from reports.views.evidence import tasks_with_evidence
from reports.views.part_help import part_help
from reports.views.threads import with_answer_forms


def part(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str) -> HttpResponse:
    """Write one part: save the draft, by itself or with a button, or show it read-only where it is locked."""
    part = access.get_own_part_or_404(request.user, plan_slug, year, agency_slug, key)
    report = part.report
    form = PartForm(part, request.POST or None)
    if not form.is_valid():
        return saving.refused(request, form) if request.htmx else part_page(request, report, part, form)
    if form.gives_up:
        return part_page(request, report, part, PartForm(part), given_up=form)
    try:
        part = services.save_part(part, by=request.user, now=timezone.now(), **form.claim, **form.answers)
    except services.SaveConflict as error:
        differences = form.differences(error.part)
        if request.htmx:
            return saving.conflict(request, error.part, differences)
        return part_page(request, report, error.part, form, differences=differences)
    except workflow.TransitionRefused as error:
        if request.htmx:
            return saving.locked(request, str(error))
        messages.error(request, str(error))
        return part_page(request, report, part, form)
    if request.htmx:
        return saving.saved(request, part, form)
    return after_save(request, report, part, form)


def part_page(request: SignedInRequest, report: Report, part: ReportPart, form: PartForm, **context) -> HttpResponse:
    """Render a part's page with the form as it was filled in.

    `differences` are between the form and what somebody else saved in `part`; `given_up` is the form whose
    words were not taken.
    """
    if form.is_bound:
        form.show_again()
    context |= part_frame(request, report, part, form) | part_help(report, part, form)
    context |= {
        "evidence": tasks_with_evidence(part),
        "nothing_form": NothingToReportForm(initial={"version": part.version}),
    }
    return render(request, "reports/part_form.html", context)


def part_frame(request: SignedInRequest, report: Report, part: ReportPart, form: DraftForm) -> dict:
    """Return what every page on which a part is written shows: the report, the form, the parts around it.

    Where the part cannot be written any more, what was typed has no boxes and is shown as given up.
    """
    siblings = list(report.parts.select_related("area"))
    place = [sibling.pk for sibling in siblings].index(part.pk)
    framed = frame(report)
    context = framed | {
        "talks": with_answer_forms([thread for thread in framed["threads"] if thread.part_id == part.pk]),
        "part": part,
        "form": form,
        "goes_back_to_check": _goes_back_to_check(request),
        "following": siblings[place + 1] if place + 1 < len(siblings) else None,
        "preceding": siblings[place - 1] if place else None,
    }
    if form.is_bound and not part.is_writable:
        context["given_up"] = form
    return context


def _goes_back_to_check(request: SignedInRequest) -> bool:
    return request.GET.get("back") == "check"


def after_save(request: SignedInRequest, report: Report, part: ReportPart, form: DraftForm) -> HttpResponse:
    """Say what the saved part still lacks, and lead to where its button says."""
    gaps = completeness.missing_in_part(part)
    if form.merges:
        messages.warning(request, _what_was_merged(form, part))
    elif gaps:
        messages.warning(request, f"Đã lưu nháp. {' '.join(gap.sentence for gap in gaps)}")
    else:
        messages.success(request, f"Đã lưu {part.title}. Phần này đã đủ.")
    if "next" not in request.POST:
        return redirect(report.url("part", part.key))
    if _goes_back_to_check(request):
        return redirect(report.url("check"))
    following = report.parts.filter(position__gt=part.position, is_reopened=True).first()
    return redirect(report.url("part", following.key) if following else report.url("check"))


def _what_was_merged(form: DraftForm, part: ReportPart) -> str:
    words = "Đã ghép hai bản và lưu. Hãy đọc lại, bỏ những chỗ trùng nhau."
    kept = [
        f"{difference.label} giữ “{difference.saved_words}”, không lấy “{difference.my_words}”"
        for difference in form.overruled(part)
    ]
    return f"{words} Mức độ, số liệu khác nhau giữ theo bản đã lưu: {'; '.join(kept)}." if kept else words
