"""The evidence of a part's tasks: adding it by a form, removing it, handing it out."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments.requests import SignedInRequest
from reports import access, services
from reports.files import FileRefused
from reports.models import Evidence, ReportPart, TaskProgress
from reports.views.stored import handed_out


def tasks_with_evidence(part: ReportPart) -> list[TaskProgress]:
    """Return the tasks of a part with the files that stand: two queries."""
    standing = Evidence.objects.standing().select_related("stored", "added_by")
    return list(part.progress.select_related("task").prefetch_related(Prefetch("evidence", standing)))


def evidence(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str, code: str
) -> HttpResponse:
    """Show the list of a task's files; a POST adds the files of a form, those that are good, and names the others."""
    progress = own_progress(request, plan_slug, year, agency_slug, key, code)
    if request.method != "POST":
        return _evidence_list(request, progress)
    for file in request.FILES.getlist("files"):
        try:
            added = services.add_evidence(
                progress, by=request.user, now=timezone.now(), name=file.name or "", file=file
            )
        except FileRefused as error:
            messages.error(request, f"{file.name}: {error}")
        else:
            messages.success(request, f"Đã thêm minh chứng “{added.name}” cho {code}.")
    if not request.FILES:
        messages.error(request, "Chưa chọn tệp nào. Hãy chọn tệp rồi bấm Gửi tệp.")
    return _back_to_task(progress)


@require_POST
def remove_evidence(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str, code: str, pk: int
) -> HttpResponse:
    """Take a file away: a script gets the new list, a form its page."""
    progress = own_progress(request, plan_slug, year, agency_slug, key, code)
    evidence = access.get_evidence_or_404(progress, pk)
    try:
        services.remove_evidence(evidence, by=request.user, now=timezone.now())
    except FileRefused as error:
        said, say = str(error), messages.error
    else:
        said, say = f"Đã gỡ “{evidence.name}”.", messages.success
    if request.htmx:
        return _evidence_list(request, progress, said)
    say(request, said)
    return _back_to_task(progress)


@require_safe
def evidence_file(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str, code: str, pk: int
) -> HttpResponseBase:
    """Hand out a file of what is being written, to the agency's own people."""
    evidence = access.get_evidence_or_404(own_progress(request, plan_slug, year, agency_slug, key, code), pk)
    return handed_out(request, evidence.stored, evidence.name)


@require_safe
def submitted_file(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int, code: str, sha256: str
) -> HttpResponseBase:
    """Hand out a file that a submission names, also where it was taken away since."""
    report = access.get_report_or_404(request.user, plan_slug, year, agency_slug)
    submission = access.get_submission_or_404(request.user, report, number)
    return handed_out(request, *access.get_submitted_file_or_404(submission, code, sha256))


def own_progress(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str, code: str
) -> TaskProgress:
    """Return a task of the person's own report."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    return access.get_progress_or_404(access.get_part_or_404(report, key), code)


def _evidence_list(request: SignedInRequest, progress: TaskProgress, said: str = "") -> HttpResponse:
    rows = progress.evidence.standing().select_related("stored", "added_by")
    context = {"row": progress, "part": progress.part, "files": rows, "said": said}
    return render(request, "reports/_evidence_list.html", context)


def _back_to_task(progress: TaskProgress) -> HttpResponse:
    part = progress.part
    return redirect(f"{part.report.url('part', part.key)}#minh-chung-{progress.task.code}")
