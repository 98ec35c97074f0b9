"""Which places a person is shown at the top of every page, and whom to call."""

from dataclasses import dataclass

from django.urls import reverse

from assignments import access as plan_access
from assignments.models import Agency, Membership, Plan, Role, User
from reports import access
from reports.models import Mail, Report, ReportingCycle


@dataclass(frozen=True)
class Place:
    title: str
    address: str


def current_cycle(plan: Plan) -> ReportingCycle | None:
    """Return the newest year that has been opened, else the first that is planned."""
    return plan.cycles.exclude(opened_at=None).order_by("-year").first() or plan.cycles.order_by("year").first()


def places_for(user: User) -> list[Place]:
    """Return the places this person has something to do in."""
    places = [Place("Trang chính", reverse("home"))]
    for plan in Plan.objects.all():
        places.append(Place(f"Kế hoạch {plan.number}", plan.get_absolute_url()))
        cycle = current_cycle(plan)
        if cycle is None:
            continue
        address = [plan.slug, cycle.year]
        if access.reads_every_report(user, cycle):
            places.append(Place("Theo dõi", reverse("cycle", args=address)))
            if plan_access.is_officer(user, plan):
                places.append(Place("Chờ thẩm tra", reverse("queue", args=address)))
            places.append(Place("Báo cáo tổng hợp", reverse("consolidated", args=address)))
        if plan_access.is_officer(user, plan):
            places += [Place("Báo cáo của đơn vị", report.get_absolute_url()) for report in _own_reports(user, cycle)]
            places.append(Place("Hướng dẫn viết", reverse("guidance", args=address)))
        if plan_access.is_leader(user, plan) or access.reads_every_report(user, cycle):
            places.append(Place("Tình hình chung", reverse("summary", args=address)))
        if plan_access.is_budget_officer(user, plan):
            places.append(Place("Kinh phí", reverse("funding", args=address)))
            places.append(Place("Báo cáo tổng hợp", reverse("consolidated", args=address)))
    if user.agencies_as(*access.AGENCY_ROLES):
        places.append(Place("Tra cứu", reverse("search")))
    if user.is_administrator:
        places.append(Place("Thiết lập", reverse("setup")))
        places.append(Place("Cơ quan, người dùng", reverse("agencies")))
        places.append(Place("Quản trị", reverse("admin:index")))
    else:
        own = sorted({m.agency for m in user.current_memberships}, key=lambda agency: agency.name)
        places += [Place(agency.short_name, reverse("agency_people", args=[agency.slug])) for agency in own]
    return places


def unread_notices(user: User) -> int:
    """Return how many mails to this person they have not said that they read: one query."""
    return Mail.objects.unread().filter(recipient=user).count()


def _own_reports(officer: User, cycle: ReportingCycle) -> list[Report]:
    """Return what an officer's own agencies report: their home is the list of everybody's."""
    own = officer.agencies_as(Role.OFFICER, *access.AGENCY_ROLES)
    return list(access.visible_to(officer).filter(cycle=cycle, agency__in=own))


@dataclass(frozen=True)
class Contact:
    """Who to call with a question: the focal agency and, where known, its officer."""

    agency: Agency
    officer: User | None

    @property
    def telephone(self) -> str:
        return (self.officer and self.officer.telephone) or self.agency.telephone


def contact() -> Contact | None:
    """Return the focal agency of the newest plan with the officer in charge; None without a plan."""
    plan = Plan.objects.first()
    agency = plan and plan.focal_agency
    if not agency:
        return None
    officers = Membership.objects.current().with_role(Role.OFFICER).filter(agency=agency).select_related("user")
    first = officers.order_by("pk").first()
    return Contact(agency, first.user if first else None)
