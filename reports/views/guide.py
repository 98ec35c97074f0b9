"""The users' guides, for everybody who is signed in."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assignments.requests import SignedInRequest
from reports import guide as guides


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Show which guide is whose."""
    return render(request, "reports/guide.html", {"guide": guides.guide(guides.INDEX), "is_index": True})


@require_safe
def guide(request: SignedInRequest, name: str) -> HttpResponse:
    """Show one guide."""
    if name not in guides.names():
        raise Http404("Không có trang hướng dẫn này.")
    return render(request, "reports/guide.html", {"guide": guides.guide(name)})


@require_safe
def image(request: SignedInRequest, filename: str) -> FileResponse:
    """Hand out a picture of the guides."""
    if filename not in {path.name for path in guides.IMAGES.glob("*.png")}:
        raise Http404("Không có hình này.")
    return FileResponse((guides.IMAGES / filename).open("rb"), content_type="image/png")
