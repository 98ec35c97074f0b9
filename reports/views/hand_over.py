"""Handing a role over when somebody leaves an agency: what they wrote stays, and the page says what that is."""

from collections import defaultdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from assignments import access as plan_access
from assignments import services as people_services
from assignments.colleagues import colleagues_of
from assignments.forms import HandOverForm
from assignments.models import Agency, Membership, User
from assignments.requests import SignedInRequest
from reports.models import Report, ReportPart


def hand_over(request: SignedInRequest, agency_slug: str) -> HttpResponse:
    """Hand a role over to a successor; show before and after which parts of this year's report are whose."""
    agency = plan_access.get_people_agency_or_404(request.user, agency_slug)
    plan_access.check_may_invite(request.user, agency)
    today = timezone.localdate()
    memberships = [c.membership for c in colleagues_of([agency], today)[agency] if c.has_begun]
    form = HandOverForm(memberships, request.user, today, request.POST or None)
    written = _last_written_by(agency)
    if request.method == "POST" and form.is_valid():
        leaving = form.cleaned_data["replaced"]
        try:
            successor = people_services.hand_over(
                leaving, last_day=form.cleaned_data["last_day"], **form.person, by=request.user, now=timezone.now()
            )
        except people_services.PeopleRefused as refusal:
            form.add_error("replacement", str(refusal))
        else:
            messages.success(request, _handed_over(leaving, successor, written[leaving.user]))
            if leaving.user == request.user:
                return redirect("home")
            return redirect("agency_people", agency.slug)
    context = {"agency": agency, "form": form, "written": dict(written)}
    return render(request, "reports/hand_over.html", context)


def _handed_over(leaving: Membership, successor: Membership, parts: list[ReportPart]) -> str:
    sentences = [
        f"{successor.user} nhận vai trò {leaving.get_role_display().lower()} từ hôm nay; {leaving.user} giữ vai trò "
        f"đến hết {leaving.valid_to:%d/%m/%Y}."
    ]
    if parts:
        titles = ", ".join(part.title for part in parts)
        sentences.append(f"Các phần báo cáo do {leaving.user} ghi lần cuối vẫn ở cơ quan: {titles}.")
    return " ".join(sentences)


def _last_written_by(agency: Agency) -> defaultdict[User, list[ReportPart]]:
    """Return for each person the parts of the agency's newest report that they saved last: two queries."""
    parts: defaultdict[User, list[ReportPart]] = defaultdict(list)
    report = Report.objects.filter(agency=agency).order_by("-cycle__year").first()
    if report:
        for part in report.parts.select_related("area", "saved_by"):
            if part.saved_by:
                parts[part.saved_by].append(part)
    return parts
