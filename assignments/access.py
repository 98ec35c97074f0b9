"""Who may do what with plans, agencies and people: the only place in this app that decides.

A door takes the user and what the address says, and returns the object, raises Http404 for what the user
may not know of, or PermissionDenied (403) for what they know and may not do.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from assignments.models import Agency, Membership, Participant, Plan, Role, User


def get_plan_or_404(user: User, slug: str) -> Plan:
    """Return the plan: open to everyone who is signed in."""
    try:
        return Plan.objects.get(slug=slug)
    except Plan.DoesNotExist as error:
        raise Http404("Không có kế hoạch này.") from error


def _is_at(user: User, plan: Plan, place: Participant.Role, *roles: Role) -> bool:
    agencies = user.agencies_as(*roles)
    return bool(agencies) and plan.participants.filter(role=place, agency__in=agencies).exists()


def is_officer(user: User, plan: Plan) -> bool:
    """Tell whether the person is an officer of the agency that is focal in this plan."""
    return _is_at(user, plan, Participant.Role.FOCAL, Role.OFFICER)


def is_focal_head(user: User, plan: Plan) -> bool:
    """Tell whether the person is a head of the agency that is focal in this plan."""
    return _is_at(user, plan, Participant.Role.FOCAL, Role.HEAD)


def is_budget_officer(user: User, plan: Plan) -> bool:
    """Tell whether the person gathers the cost estimates of this plan."""
    return _is_at(user, plan, Participant.Role.BUDGET, Role.BUDGET_OFFICER)


def is_leader(user: User) -> bool:
    """Tell whether the person is one of the province's leaders."""
    return bool(user.agencies_as(Role.LEADER))


def people_agencies(user: User) -> list[Agency]:
    """Return the agencies whose people the user keeps: an administrator all, a head their own."""
    if user.is_administrator:
        return list(Agency.objects.all())
    return sorted(user.agencies_as(Role.HEAD), key=lambda agency: agency.name)


def get_people_agency_or_404(user: User, slug: str) -> Agency:
    """Return the agency whose people the user may see: a member their own, an administrator any.

    Raises Http404 for every other agency, there or not.
    """
    agencies = Agency.objects.all()
    if not user.is_administrator:
        agencies = agencies.filter(pk__in={m.agency_id for m in user.current_memberships})
    try:
        return agencies.get(slug=slug)
    except Agency.DoesNotExist as error:
        raise Http404("Không có cơ quan này.") from error


def invitable_roles(user: User, agency: Agency) -> list[Role]:
    """Return the roles that the user may give in the agency; none for who may not invite at all.

    A head invites clerks and heads of their own agency; every other role is the administrator's to give.
    """
    if user.is_administrator:
        return list(Role)
    if agency in user.agencies_as(Role.HEAD):
        return [Role.CLERK, Role.HEAD]
    return []


def check_may_invite(user: User, agency: Agency) -> None:
    """Raise PermissionDenied for a member who may not invite people into the agency."""
    if not invitable_roles(user, agency):
        raise PermissionDenied("Chỉ lãnh đạo đơn vị và quản trị hệ thống được mời người dùng.")


def check_may_end_membership(user: User, membership: Membership) -> None:
    """Raise PermissionDenied unless the role is one that the user could give."""
    if membership.role not in invitable_roles(user, membership.agency):
        raise PermissionDenied("Vai trò này do quản trị hệ thống quản lý.")
