"""Letting go, in one step, of the sources of the merged report that no accepted report says any more."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assignments.requests import SignedInRequest
from reports import access, services, workflow
from reports.consolidation.sources import StaleParagraph, gather
from reports.forms.stale_sources import StaleForm


def drop_stale(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show every such source with what becomes of its paragraph, of all parts or of one; confirmed, do it."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    draft = access.get_draft_or_404(cycle)
    key = request.GET.get("phan", "")
    part = access.get_consolidation_part_or_404(request.user, cycle, key) if key else None
    back = reverse("consolidated", args=[plan_slug, year])
    if part:
        back = reverse("consolidation_part", args=[plan_slug, year, key])
    if draft.is_proposed:
        messages.error(request, services.ALREADY_PROPOSED)
        return redirect(back)
    gathered = gather(draft)
    shown = [(one.part, one.stale_paragraphs) for one in gathered.parts.values() if not part or one.part == part]
    stale: list[StaleParagraph] = [paragraph for _, paragraphs in shown for paragraph in paragraphs]
    form = StaleForm(stale, request.POST or None, seen=services.stale_seen(gathered))
    if request.method == "POST" and form.is_valid():
        try:
            sources, paragraphs = services.drop_stale(
                draft, part=part, by=request.user, now=timezone.now(), **form.answers
            )
        except workflow.TransitionRefused as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())
        gone = f", {paragraphs} đoạn bỏ cùng chữ" if paragraphs else ""
        messages.success(request, f"Đã bỏ {sources} nguồn không còn trong báo cáo được chấp nhận{gone}.")
        return redirect(back)
    rows = iter(form.rows)
    context = {
        "cycle": cycle,
        "part": part,
        "back": back,
        "form": form,
        "parts": [(one, [next(rows) for _ in paragraphs]) for one, paragraphs in shown if paragraphs],
        "count": sum(len(one.rows) for one in stale),
    }
    return render(request, "reports/consolidation_drop_stale.html", context)
