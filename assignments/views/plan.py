"""The plan, for everyone signed in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments import access
from assignments.models import Participant
from assignments.plan_reading import areas_with_shares, paragraphs_of, participants_of
from assignments.plan_search import find_in_plan
from assignments.requests import SignedInRequest
from assignments.text import normalise

LONGEST_QUERY = 100


@require_safe
def plan_page(request: SignedInRequest, plan_slug: str) -> HttpResponse:
    """Show the areas with their measures and the agencies with their responsibilities."""
    plan = access.get_plan_or_404(request.user, plan_slug)
    participants = list(participants_of(plan))
    own_agencies = {membership.agency for membership in request.user.current_memberships}
    context = {
        "plan": plan,
        "areas": areas_with_shares(plan, participants, timezone.localdate()),
        "participants": participants,
        "own_participants": [p for p in participants if own_agencies & {p.agency, *p.members.all()}],
        "focal_agency": next((p.agency for p in participants if p.role == Participant.Role.FOCAL), None),
        "cited_documents": plan.cited_documents.all(),
    }
    return render(request, "assignments/plan_detail.html", context)


@require_safe
def full_text(request: SignedInRequest, plan_slug: str) -> HttpResponse:
    """Show the plan as it was printed, with an anchor for every paragraph."""
    plan = access.get_plan_or_404(request.user, plan_slug)
    return render(request, "assignments/plan_text.html", {"plan": plan, "paragraphs": paragraphs_of(plan)})


@require_safe
def search(request: SignedInRequest, plan_slug: str) -> HttpResponse:
    """Find words in everything the plan says, with or without their tone marks."""
    plan = access.get_plan_or_404(request.user, plan_slug)
    query = normalise(request.GET.get("q", "")).strip()[:LONGEST_QUERY]
    groups = find_in_plan(plan, query) if query else []
    context = {"plan": plan, "query": query, "groups": groups, "found": sum(len(group.hits) for group in groups)}
    return render(request, "assignments/plan_search.html", context)
