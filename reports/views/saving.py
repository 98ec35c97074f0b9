"""What a page that saves while one writes is told: fragments that htmx puts in, and static/js/part.js understands.

200 saved, 409 somebody else saved since, 422 something cannot be taken, 423 not open for writing any more.
"""

from django.http import HttpResponse
from django.shortcuts import render

from assignments.requests import SignedInRequest
from reports.forms.part import DraftForm
from reports.merging import Difference
from reports.models import ReportPart


def saved(request: SignedInRequest, part: ReportPart, form: DraftForm) -> HttpResponse:
    """Say when the part was saved and by whom, and which version the page knows from now on."""
    return render(request, "reports/_saved.html", {"part": part, "edit": form.claim["edit"]})


def conflict(request: SignedInRequest, part: ReportPart, differences: list[Difference]) -> HttpResponse:
    """Show what somebody else saved, with the choices; the page's own version stays until one is made."""
    context = {"part": part, "differences": differences}
    return render(request, "reports/_saved_by_another.html", context, status=409)


def refused(request: SignedInRequest, form: DraftForm) -> HttpResponse:
    """Say at each field what is wrong with it; nothing was saved."""
    return render(request, "reports/_save_refused.html", {"form": form}, status=422)


def locked(request: SignedInRequest, words: str) -> HttpResponse:
    """Say why the part cannot be written any more."""
    return render(request, "reports/_save_locked.html", {"words": words}, status=423)
