"""Who a person is to an agency, and who the people of an agency are today."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from assignments import access as plan_access
from assignments.models import Agency, Membership, Role, User
from reports.models import Mail, MailQuerySet, Report

AGENCY_ROLES = (Role.CLERK, Role.HEAD)


def is_clerk_of(user: User, report: Report) -> bool:
    return report.agency in user.agencies_as(Role.CLERK)


def is_head_of(user: User, report: Report) -> bool:
    return report.agency in user.agencies_as(Role.HEAD)


def works_for(user: User, agency: Agency) -> bool:
    """Tell whether the person is a clerk or a head of the agency."""
    return agency in user.agencies_as(*AGENCY_ROLES)


def acts_through(user: User, agency: Agency, *roles: Role) -> Membership | None:
    """Return the membership through which the person acts for the agency: the role named first that they hold.

    A role of their own comes before one in which they stand in for somebody.
    """
    held = [m for m in user.current_memberships if m.agency == agency and m.role in roles]
    return min(held, key=lambda m: (roles.index(Role(m.role)), m.stands_in_for is not None), default=None)


def is_officer_for(user: User, report: Report) -> bool:
    return plan_access.is_officer(user, report.cycle.plan)


def heads_of(agency: Agency):
    """Return today's memberships of the agency's heads."""
    return Membership.objects.current().with_role(Role.HEAD).filter(agency=agency)


def agencies_with_people() -> QuerySet:
    """Return the ids of the agencies that have an active clerk or head today."""
    return Membership.objects.current().with_role(*AGENCY_ROLES).values("agency")


def contacts_of(reports: list[Report]) -> dict[int, User]:
    """Return for each report (by id) the person to call: a clerk, or the head whose approval it waits for.

    Whoever is away is called last: somebody stands in.
    """
    current = Membership.objects.current().with_role(*AGENCY_ROLES)
    people = list(current.filter(agency__in=[r.agency_id for r in reports]).select_related("user").order_by("pk"))
    absent = {(m.agency_id, m.role, m.stands_in_for_id) for m in people}
    contacts = {}
    for report in reports:
        wanted = Role.HEAD if report.status == Report.Status.AWAITING_APPROVAL else Role.CLERK
        own = [m for m in people if m.agency_id == report.agency_id]
        own.sort(key=lambda m: (m.role != wanted, (m.agency_id, m.role, m.user_id) in absent))
        for membership in own[:1]:
            contacts[report.pk] = membership.user
    return contacts


def officers_of(focal: Agency) -> list[User]:
    """Return today's officers of the focal agency."""
    officers = Membership.objects.current().with_role(Role.OFFICER).filter(agency=focal)
    return [m.user for m in officers.select_related("user").order_by("user__full_name")]


def people_of(agency: Agency, *roles: Role) -> list[User]:
    """Return today's clerks and heads of an agency, or those with the roles, each once, by name."""
    current = Membership.objects.current().with_role(*(roles or AGENCY_ROLES)).filter(agency=agency)
    return list({m.user: m for m in current.select_related("user").order_by("user__full_name", "user")})


def people_of_each(agencies: Iterable[Agency]) -> dict[Agency, list[User]]:
    """Return today's clerks and heads of each agency by name: one query, however many agencies."""
    agencies = list(agencies)
    current = Membership.objects.current().with_role(*AGENCY_ROLES).filter(agency__in=agencies)
    people: dict[int, dict[User, None]] = {agency.pk: {} for agency in agencies}
    for membership in current.select_related("user").order_by("user__full_name", "user"):
        people[membership.agency_id][membership.user] = None
    return {agency: list(people[agency.pk]) for agency in agencies}


def memberships_of(agency: Agency) -> list[Membership]:
    """Return today's memberships of an agency's clerks and heads, clerks first, by name."""
    current = Membership.objects.current().with_role(*AGENCY_ROLES).filter(agency=agency)
    return list(current.select_related("user").order_by("role", "user__full_name", "user"))


def mails_to(user: User) -> MailQuerySet:
    """Return the mails that a person reads in the portal: those to themselves, newest first."""
    return Mail.objects.notices().filter(recipient=user)


def check_works_for(user: User, agency: Agency) -> None:
    if not works_for(user, agency):
        raise PermissionDenied("Chỉ cán bộ của cơ quan ghi được nội dung này.")


def check_has_own_reports(user: User) -> None:
    """Let clerks and heads search what their agencies wrote."""
    if not user.agencies_as(*AGENCY_ROLES):
        raise PermissionDenied("Trang này dành cho cán bộ của các cơ quan báo cáo.")
