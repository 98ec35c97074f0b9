"""Agencies' people: who they are, inviting them, ending their roles; and the first administrator of all."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from assignments import access, services
from assignments.forms import FirstAdministratorForm, InviteForm
from assignments.models import Agency, Membership, Plan, Role
from assignments.requests import SignedInRequest


@dataclass(frozen=True)
class AgencyRow:
    """An agency with its people of today, and whether a plan wants reports of it."""

    agency: Agency
    memberships: list[Membership]
    is_reporting: bool

    @property
    def people(self) -> int:
        return len({m.user_id for m in self.memberships})

    @property
    def lacks_contact(self) -> bool:
        """Whether nobody is there to write the report that the agency owes."""
        return self.is_reporting and not any(m.role in (Role.CLERK, Role.HEAD) for m in self.memberships)

    @property
    def has_signed_in(self) -> bool:
        return any(m.user.last_login for m in self.memberships)


@require_safe
def agencies(request: SignedInRequest) -> HttpResponse:
    """List every agency with how many people it has, those first that nobody can be reached in."""
    access.check_is_administrator(request.user)
    memberships = defaultdict(list)
    for membership in Membership.objects.current().with_role(*Role).select_related("user"):
        memberships[membership.agency_id].append(membership)
    reporting = {agency for plan in Plan.objects.all() for agency in plan.reporting_agencies()}
    rows = [
        AgencyRow(agency, memberships[agency.pk], agency in reporting)
        for agency in Agency.objects.on(timezone.localdate())
    ]
    rows.sort(key=lambda row: (not row.lacks_contact, not row.is_reporting))
    context = {"rows": rows, "lacking": sum(row.lacks_contact for row in rows)}
    return render(request, "assignments/agency_list.html", context)


@require_safe
def agency_people(request: SignedInRequest, agency_slug: str) -> HttpResponse:
    """Show an agency's people to their colleagues; heads and administrators invite and end roles here."""
    agency = access.get_people_agency_or_404(request.user, agency_slug)
    return _people_page(request, agency, InviteForm(agency, request.user))


def _people_page(request: SignedInRequest, agency: Agency, form: InviteForm) -> HttpResponse:
    memberships = agency.memberships.current().select_related("user")
    context = {
        "agency": agency,
        "memberships": sorted(memberships, key=_by_role_and_given_name),
        "givable_roles": access.givable_roles(request.user, agency),
        "form": form,
    }
    return render(request, "assignments/people_list.html", context)


def _by_role_and_given_name(membership: Membership) -> tuple:
    """Heads first; people of a role by given name, which is the last word."""
    order = [Role.HEAD, *(role for role in Role if role != Role.HEAD)]
    name = membership.user.full_name
    return order.index(Role(membership.role)), name.split()[-1:], name


@require_POST
def invite(request: SignedInRequest, agency_slug: str) -> HttpResponse:
    agency = access.get_people_agency_or_404(request.user, agency_slug)
    access.check_may_invite(request.user, agency)
    form = InviteForm(agency, request.user, request.POST)
    if not form.is_valid():
        return _people_page(request, agency, form)
    try:
        services.invite(agency, **form.cleaned_data, by=request.user, now=timezone.now())
    except services.PeopleRefused as refusal:
        form.add_error("email", str(refusal))
        return _people_page(request, agency, form)
    messages.success(request, f"Đã thêm người dùng và gửi thư tới {form.cleaned_data['email']}.")
    return redirect("agency_people", agency.slug)


@require_POST
def invite_again(request: SignedInRequest, agency_slug: str, membership_id: int) -> HttpResponse:
    agency = access.get_people_agency_or_404(request.user, agency_slug)
    membership = access.get_membership_or_404(agency, membership_id)
    try:
        services.invite_again(membership, by=request.user, now=timezone.now())
    except services.PeopleRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã gửi lại thư mời tới {membership.user.email}.")
    return redirect("agency_people", agency.slug)


@require_POST
def end_membership(request: SignedInRequest, agency_slug: str, membership_id: int) -> HttpResponse:
    agency = access.get_people_agency_or_404(request.user, agency_slug)
    membership = access.get_membership_or_404(agency, membership_id)
    try:
        services.end_membership(membership, by=request.user, now=timezone.now())
    except services.PeopleRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("agency_people", agency.slug)
    role = membership.get_role_display().lower()
    messages.success(request, f"{membership.user} đã thôi vai trò {role} của {agency}.")
    if membership.user == request.user:
        return redirect("home")
    return redirect("agency_people", agency.slug)


@login_not_required
@sensitive_post_parameters("password1", "password2")
def first_administrator(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever started the portal, and so holds the link, become its first administrator."""
    form = FirstAdministratorForm(request.POST or None)
    try:
        services.check_first_administrator_token(token)
        if form.is_valid():
            user = services.create_first_administrator(
                token,
                full_name=form.cleaned_data["full_name"],
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password1"],
                now=timezone.now(),
            )
            login(request, user)
            messages.success(request, "Đã tạo tài khoản quản trị. Việc tiếp theo: mời người dùng của các cơ quan.")
            return redirect("home")
    except services.PeopleRefused as refusal:
        return render(request, "assignments/first_administrator_refused.html", {"reason": refusal}, status=404)
    return render(request, "assignments/first_administrator.html", {"form": form})
