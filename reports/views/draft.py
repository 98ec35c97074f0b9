"""A report before it is sent, on paper: how it will look, the draft to finish by hand, the slip for the head."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.models import User
from assignments.requests import SignedInRequest
from reports import access, completeness, snapshots
from reports.changes import changes_in
from reports.documents.agency_report import agency_report_tree
from reports.documents.approval_slip import approval_slip as slip_of
from reports.documents.docx import CONTENT_TYPE, render_docx
from reports.documents.html import preview_html
from reports.documents.tree import Document as Tree
from reports.models import CalendarException, Report
from reports.standing import standing_of

DRAFT_NOTE = "(Dự thảo, chưa nộp)"


@require_safe
def preview(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show the working text as the official document; what was sent is on its receipt."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    if _is_sent(report):
        return redirect(report.standing_submission)
    context = {
        "report": report,
        "cycle": report.cycle,
        "filename": _filename(report),
        "preview": preview_html(_draft(report, request.user)),
    }
    return render(request, "reports/preview.html", context)


@require_safe
def draft_docx(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, filename: str) -> HttpResponse:
    """Hand out the working text as a Word file marked as a draft: made here and now, kept nowhere."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    if filename != _filename(report):
        raise Http404("Không có tệp này.")
    if _is_sent(report):
        return redirect(report.standing_submission)
    response = HttpResponse(render_docx(_draft(report, request.user)), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{filename}.docx"'
    return response


@require_safe
def approval_slip(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show the slip that goes with a report to a head who approves on paper (phiếu trình)."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    parts = completeness.parts_of(report)
    standing = standing_of(report, now=timezone.now(), corrections=CalendarException.objects.as_corrections())
    changes = changes_in(report, parts)
    own = f" ({report.extension_words})" if report.extension_words else ""
    slip = slip_of(
        snapshots.agency_report(report, signer=request.user),
        due=f"hết ngày {standing.last_day:%d/%m/%Y}{own}",
        missing=[gap.sentence for part in parts for gap in completeness.missing_in_part(part)],
        changed=[part.title for part in changes.parts] if changes else None,
    )
    context = {"report": report, "cycle": report.cycle, "slip": slip}
    return render(request, "reports/approval_slip.html", context)


def _is_sent(report: Report) -> bool:
    return report.status in (Report.Status.SUBMITTED, Report.Status.ACCEPTED)


def _filename(report: Report) -> str:
    return f"du-thao-bao-cao-{report.agency.slug}-{report.cycle.year}"


def _draft(report: Report, signer: User) -> Tree:
    return replace(agency_report_tree(snapshots.agency_report(report, signer=signer)), note=DRAFT_NOTE)
