from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments import access as plan_access
from assignments.models import Agency, Plan, Role
from assignments.requests import SignedInRequest
from reports import access, heartbeats, navigation
from reports.views.agency_home import agency_home


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


def administrator_home(request: SignedInRequest) -> HttpResponse:
    """Show an administrator what is not set up yet."""
    plans = list(Plan.objects.all())
    without_people = Agency.objects.none()
    if plans:
        reporting = plans[0].reporting_agencies()
        without_people = reporting.exclude(pk__in=access.agencies_with_people()).order_by("name")
    steps = [
        ("Kế hoạch đã được nạp", bool(plans), reverse("admin:assignments_plan_changelist")),
        ("Mọi cơ quan báo cáo đều có người dùng", bool(plans) and not without_people, reverse("agencies")),
        (
            "Kỳ báo cáo đã mở",
            any(navigation.current_cycle(plan) for plan in plans),
            reverse("admin:reports_reportingcycle_changelist"),
        ),
    ]
    context = {
        "steps": steps,
        "without_people": without_people,
        "is_scheduler_alive": heartbeats.is_scheduler_alive(timezone.now()),
        "last_sweep": heartbeats.last_sweep(),
    }
    return render(request, "reports/administrator_home.html", context)
