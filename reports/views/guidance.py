"""How to write each part: kept by the officers of the focal agency."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments.models import Plan
from assignments.requests import SignedInRequest
from reports import access, services
from reports import guidance as guidances
from reports.forms.guidance import GuidanceForm


@require_safe
def guidance(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """List the guidance of every part."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    context = {"cycle": cycle, "entries": guidances.entries(cycle.plan)}
    return render(request, "reports/guidance_list.html", context)


def edit(request: SignedInRequest, plan_slug: str, year: int, key: str) -> HttpResponse:
    """Write the guidance of one part."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    entry = _entry_or_404(cycle.plan, key)
    form = GuidanceForm(request.POST or None, initial={"text": entry.text})
    if request.method == "POST" and form.is_valid():
        services.save_guidance(cycle.plan, key, by=request.user, now=timezone.now(), text=form.cleaned_data["text"])
        messages.success(request, f"Đã lưu hướng dẫn phần {entry.title}.")
        return redirect("guidance", plan_slug, year)
    return render(request, "reports/guidance_form.html", {"cycle": cycle, "entry": entry, "form": form})


@require_POST
def restore(request: SignedInRequest, plan_slug: str, year: int, key: str) -> HttpResponse:
    """Bring back the starting text of one part."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    entry = _entry_or_404(cycle.plan, key)
    services.restore_guidance(cycle.plan, key)
    messages.success(request, f"Đã khôi phục hướng dẫn ban đầu của phần {entry.title}.")
    return redirect("guidance", plan_slug, year)


def _entry_or_404(plan: Plan, key: str) -> guidances.Entry:
    for entry in guidances.entries(plan):
        if entry.key == key:
            return entry
    raise Http404("Không có phần này.")
