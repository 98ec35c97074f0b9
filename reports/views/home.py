from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assignments import access as plan_access
from assignments.models import Plan, Role
from assignments.requests import SignedInRequest
from reports import access, navigation
from reports.views.agency_home import agency_home
from reports.views.setup import administrator_home


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Show people what they owe, or take them to the page that their role works on."""
    user = request.user
    if user.agencies_as(*access.AGENCY_ROLES) and not user.agencies_as(Role.OFFICER):
        return agency_home(request)
    for plan in Plan.objects.all():
        cycle = navigation.current_cycle(plan)
        if cycle is None:
            continue
        address = [plan.slug, cycle.year]
        if plan_access.is_officer(user, plan):
            return redirect("cycle", *address)
        if plan_access.is_leader(user, plan):
            return redirect("summary", *address)
        if plan_access.is_budget_officer(user, plan):
            return redirect("funding", *address)
    if user.is_administrator:
        return administrator_home(request)
    return render(request, "reports/home_empty.html", {"plans": Plan.objects.all()})
