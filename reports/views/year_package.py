"""Everything that is final of a year, in one file."""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from assignments.requests import SignedInRequest
from reports import access
from reports.documents.year_package import package_of, stream
from reports.models import Consolidation, ConsolidationEvent


def year_package(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponseBase:
    """Show what the package of a year holds and lacks; a POST downloads it, and who did so is kept."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_take_the_year(request.user, cycle)
    draft = access.get_draft_or_404(cycle)
    return _download(request, draft) if request.method == "POST" else _page(request, draft)


def _page(request: SignedInRequest, draft: Consolidation) -> HttpResponse:
    cycle = draft.cycle
    downloads = draft.events.filter(kind=ConsolidationEvent.Kind.DOWNLOADED).select_related("by")
    context = {"cycle": cycle, "package": package_of(cycle), "downloads": downloads.order_by("-at")[:5]}
    return render(request, "reports/year_package.html", context)


def _download(request: SignedInRequest, draft: Consolidation) -> StreamingHttpResponse:
    package = package_of(draft.cycle)
    archive = stream(package)
    draft.events.create(
        kind=ConsolidationEvent.Kind.DOWNLOADED,
        at=timezone.now(),
        by=request.user,
        reason=f"{len(package.entries)} tệp, thiếu {len(package.missing)}",
    )
    headers = {
        "Content-Disposition": content_disposition_header(True, package.filename) or "",
        "Content-Length": str(len(archive)),
    }
    return StreamingHttpResponse(archive, content_type="application/zip", headers=headers)
