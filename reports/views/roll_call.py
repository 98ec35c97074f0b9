"""The roll-call: the officer's page, and the public one behind the link in the mail."""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments.requests import SignedInRequest
from reports import access, deadlines, roll_calls, services
from reports.contacts import contact_gaps
from reports.forms.roll_call import RollCallForm
from reports.models import ReportingCycle, RollCallEntry

# Links that lead nowhere, of one address, and answers to one link: a whole department sits behind one address.
GUESSES = {"roll_call": "60/m/ip"}
ANSWERS = {"roll_call_answer": "20/h/key"}


@require_http_methods(["GET", "HEAD", "POST"])
def roll_call(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show who is asked, how the mail reads and what came back; sent from there, ask them."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    if request.method == "POST":
        return _send(request, cycle)
    now = timezone.now()
    last = services.last_roll_call(cycle)
    people = services.people_to_ask(cycle, now)
    entries = last.entries.select_related("user", "agency", "mail") if last else RollCallEntry.objects.none()
    context = {
        "cycle": cycle,
        "people": people,
        "agencies": len({m.agency_id for m in people}),
        "why_not": services.why_not_to_call(cycle, now),
        "letter": services.sample_roll_call(cycle, people[0], now) if people else None,
        "last": last,
        "last_day": deadlines.last_day(last.closes_at) if last else None,
        # Who left first, then who is silent.
        "entries": sorted(entries, key=lambda entry: ("no_longer", "", "still").index(entry.answer)),
        "gaps": contact_gaps(cycle.plan, now),
    }
    return render(request, "reports/roll_call.html", context)


def _send(request: SignedInRequest, cycle: ReportingCycle) -> HttpResponse:
    try:
        called = services.call_roll(cycle, by=request.user, now=timezone.now())
    except services.RollCallRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã gửi thư điểm danh tới {called.entries.count()} người.")
    return redirect("roll_call", cycle.plan.slug, cycle.year)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Ask a person whether they are still the contact, and keep what they answer; GET changes nothing.

    Nothing is said but their own name and agency. Links that lead nowhere, and answers without end, are slowed (429).
    """
    if not _may_guess(request, dry_run=True):
        return ratelimit.respond_429(request)
    entry = roll_calls.entry_of(token)
    if entry is None:
        _may_guess(request)
        return _page(request, {"is_unknown": True}, status=404)
    now = timezone.now()
    if not services.may_answer(entry, now):
        return _page(request, {"is_over": True}, status=410)
    form = RollCallForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not ratelimit.consume(
        request, app="allauth.account", action="roll_call_answer", config=ANSWERS, key=str(entry.pk)
    ):
        return ratelimit.respond_429(request)
    if form.is_valid():
        services.answer_roll_call(entry, now=now, **form.cleaned_data)
        return redirect("roll_call_answer", token)
    return _page(request, {"entry": entry, "form": form, "last_day": deadlines.last_day(entry.roll_call.closes_at)})


def _may_guess(request: HttpRequest, *, dry_run: bool = False) -> bool:
    usage = ratelimit.consume(
        request, app="allauth.account", action="roll_call", config=GUESSES, limit_get=True, dry_run=dry_run
    )
    return usage is not None


def _page(request: HttpRequest, context: dict, status: int = 200) -> HttpResponse:
    """Render a page that no search engine is to keep."""
    response = render(request, "reports/roll_call_answer.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
