"""Who may do what with plans, agencies and people: the only place in this app that decides.

A door takes the user and what the address says, and returns the object, raises Http404 for what the user
may not know of, or PermissionDenied (403) for what they know and may not do.
"""

import datetime

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


def is_leader(user: User, plan: Plan) -> bool:
    """Tell whether the person is a leader in one of the bodies that this plan goes to."""
    bodies = user.agencies_as(Role.LEADER)
    return bool(bodies) and plan.recipient_agencies.filter(pk__in=[body.pk for body in bodies]).exists()


def may_have_leaders(agency: Agency) -> bool:
    """Tell whether people may be leaders in the agency: it is among the bodies that a plan goes to."""
    return agency.received_plans.exists()


def check_is_administrator(user: User) -> None:
    if not user.is_administrator:
        raise PermissionDenied("Trang này dành cho quản trị hệ thống.")


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


def get_membership_or_404(agency: Agency, membership_id: int, today: datetime.date) -> Membership:
    """Return a membership of today, or one that is to begin, in an agency that has passed its own door."""
    memberships = agency.memberships.not_over_by(today).select_related("user", "agency", "stands_in_for")
    try:
        return memberships.get(pk=membership_id)
    except Membership.DoesNotExist as error:
        raise Http404("Không có người dùng này trong cơ quan.") from error


def givable_roles(user: User, agency: Agency) -> list[Role]:
    """Return the roles that the user may give, and end, in the agency; none for who may not invite at all.

    A head keeps clerks and heads of their own agency, a head's stand-in nobody; every other role is the
    administrator's to give.
    """
    if user.is_administrator:
        return list(Role)
    own = [m for m in user.current_memberships if m.agency == agency and m.stands_in_for_id is None]
    if any(m.role == Role.HEAD for m in own):
        return [Role.CLERK, Role.HEAD]
    return []


def check_may_invite(user: User, agency: Agency) -> None:
    """Let heads in their own right, and administrators, invite people into the agency."""
    if not givable_roles(user, agency):
        raise PermissionDenied(
            "Chỉ lãnh đạo đơn vị (không phải người làm thay) và quản trị hệ thống được mời người dùng, "
            "giao người làm thay, bàn giao hoặc kết thúc vai trò."
        )


def check_may_give(user: User, agency: Agency, role: str) -> None:
    """Let the user give, or end, a role in the agency."""
    check_may_invite(user, agency)
    if role not in givable_roles(user, agency):
        raise PermissionDenied("Vai trò này do quản trị hệ thống quản lý.")
