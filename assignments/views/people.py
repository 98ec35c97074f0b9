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
from assignments.colleagues import colleagues_of
from assignments.forms import FirstAdministratorForm, InviteForm, StandInForm
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
    return _people_page(request, agency)


def _people_page(
    request: SignedInRequest,
    agency: Agency,
    *,
    invite_form: InviteForm | None = None,
    stand_in_form: StandInForm | None = None,
    last_of_role: Membership | None = None,
) -> HttpResponse:
    """Render the page, with the form that was refused, or the role that is to be ended twice."""
    today = timezone.localdate()
    colleagues = colleagues_of([agency], today)[agency]
    memberships = [colleague.membership for colleague in colleagues if colleague.has_begun]
    context = {
        "agency": agency,
        "colleagues": colleagues,
        "givable_roles": access.givable_roles(request.user, agency),
        "invite_form": invite_form or InviteForm(agency, request.user),
        "stand_in_form": stand_in_form or StandInForm(memberships, request.user, today),
        "form": invite_form or stand_in_form,
        "last_of_role": last_of_role,
    }
    return render(request, "assignments/people_list.html", context)


@require_POST
def invite(request: SignedInRequest, agency_slug: str) -> HttpResponse:
    agency = access.get_people_agency_or_404(request.user, agency_slug)
    access.check_may_invite(request.user, agency)
    form = InviteForm(agency, request.user, request.POST)
    if not form.is_valid():
        return _people_page(request, agency, invite_form=form)
    try:
        services.invite(agency, **form.cleaned_data, by=request.user, now=timezone.now())
    except services.PeopleRefused as refusal:
        form.add_error("email", str(refusal))
        return _people_page(request, agency, invite_form=form)
    messages.success(request, f"Đã thêm người dùng và gửi thư tới {form.cleaned_data['email']}.")
    return redirect("agency_people", agency.slug)


@require_POST
def stand_in(request: SignedInRequest, agency_slug: str) -> HttpResponse:
    """Let somebody stand in for an absent person for a stated time."""
    agency = access.get_people_agency_or_404(request.user, agency_slug)
    access.check_may_invite(request.user, agency)
    memberships = list(agency.memberships.current().select_related("user", "agency", "stands_in_for"))
    form = StandInForm(memberships, request.user, timezone.localdate(), request.POST)
    if not form.is_valid():
        return _people_page(request, agency, stand_in_form=form)
    data = form.cleaned_data
    try:
        membership = services.stand_in(
            data["replaced"],
            **form.person,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            by=request.user,
            now=timezone.now(),
        )
    except services.PeopleRefused as refusal:
        form.add_error("replacement", str(refusal))
        return _people_page(request, agency, stand_in_form=form)
    messages.success(
        request,
        f"{membership.user} làm thay {membership.stands_in_for} từ {membership.valid_from:%d/%m/%Y} đến hết "
        f"{membership.valid_to:%d/%m/%Y}. Đã gửi thư tới {membership.user.email}.",
    )
    return redirect("agency_people", agency.slug)


@require_POST
def invite_again(request: SignedInRequest, agency_slug: str, membership_id: int) -> HttpResponse:
    agency = access.get_people_agency_or_404(request.user, agency_slug)
    membership = access.get_membership_or_404(agency, membership_id, timezone.localdate())
    try:
        services.invite_again(membership, by=request.user, now=timezone.now())
    except services.PeopleRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã gửi lại thư mời tới {membership.user.email}.")
    return redirect("agency_people", agency.slug)


@require_POST
def end_membership(request: SignedInRequest, agency_slug: str, membership_id: int) -> HttpResponse:
    """End a role; an agency's last clerk or head only when that is said a second time."""
    agency = access.get_people_agency_or_404(request.user, agency_slug)
    membership = access.get_membership_or_404(agency, membership_id, timezone.localdate())
    try:
        even_last = "even_last" in request.POST
        services.end_membership(membership, by=request.user, now=timezone.now(), even_last=even_last)
    except services.LastOfRole:
        return _people_page(request, agency, last_of_role=membership)
    except services.PeopleRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("agency_people", agency.slug)
    if membership.stands_in_for:
        messages.success(request, f"{membership.user} đã thôi làm thay {membership.stands_in_for}.")
    else:
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
            messages.success(request, "Đã tạo tài khoản quản trị. Việc tiếp theo: làm các bước thiết lập dưới đây.")
            return redirect("home")
    except services.PeopleRefused as refusal:
        return render(request, "assignments/first_administrator_refused.html", {"reason": refusal}, status=404)
    return render(request, "assignments/first_administrator.html", {"form": form})
