"""The mail that asks a person whether they are still the contact of an agency."""

import datetime

from django.conf import settings
from django.urls import reverse

from assignments.models import Membership, Role
from reports import deadlines, roll_calls
from reports.emails.contacts import officers_in_charge
from reports.emails.letter import Letter, NothingToSay, one_line, rendered
from reports.models import Mail, ReportingCycle

NO_LONGER_ASKED = "không còn là đầu mối khi thư được gửi"


def compose_roll_call(mail: Mail, now: datetime.datetime) -> Letter:
    """Ask a person whether they are still the contact, unless they have no role there any more."""
    entry = mail.roll_call_entry
    roles = Membership.objects.on(deadlines.day_of(now)).with_role(Role.CLERK, Role.HEAD)
    own = roles.filter(user=entry.user_id, agency=entry.agency_id).select_related("user", "agency")
    membership = own.order_by("role").first()
    if membership is None or not entry.is_open(now):
        raise NothingToSay(NO_LONGER_ASKED)
    called = entry.roll_call
    link = settings.SITE_URL + reverse("roll_call_answer", args=[roll_calls.token_of(entry)])
    return roll_call_letter(membership, called.cycle, link=link, closes_at=called.closes_at, now=now)


def roll_call_letter(
    membership: Membership,
    cycle: ReportingCycle,
    *,
    link: str,
    closes_at: datetime.datetime,
    now: datetime.datetime,
) -> Letter:
    """Return the words that ask a person whether they are still the contact of an agency."""
    focal_agency = cycle.plan.focal_agency
    context = {
        "recipient": membership.user,
        "agency": membership.agency,
        "role": membership.get_role_display().lower(),
        "plan": cycle.plan,
        "focal_agency": focal_agency,
        "last_day": deadlines.last_day(closes_at),
        "link": link,
        "contacts": officers_in_charge([focal_agency], now, reader=membership.user),
    }
    context["words"] = one_line("emails/_roll_call_words.txt", context)
    return rendered("roll_call", context)
