"""The roll-call (điểm danh đầu mối): asking everybody of a plan's agencies whether they are still the contact."""

import datetime
from urllib.parse import unquote

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from assignments import addresses
from assignments.models import Membership, User
from reports import access, deadlines, emails, tasks
from reports.models import Mail, ReportingCycle, RollCall, RollCallEntry

PAUSE = datetime.timedelta(days=7)
DAYS_OPEN = 30


class RollCallRefused(Exception):
    """The roll is not called, or not answered, now; the words say why."""


def people_to_ask(cycle: ReportingCycle, now: datetime.datetime) -> list[Membership]:
    """Return who is asked: each clerk and head of the plan's agencies once, by agency and name."""
    agencies = cycle.plan.reporting_agencies().on(deadlines.day_of(now))
    memberships = Membership.objects.on(deadlines.day_of(now)).with_role(*access.AGENCY_ROLES)
    own = memberships.filter(agency__in=agencies).select_related("user", "agency")
    asked = {(m.agency_id, m.user_id): m for m in own.order_by("agency__name", "-role", "user__full_name")}
    return list(asked.values())


def last_roll_call(cycle: ReportingCycle) -> RollCall | None:
    """Return the newest roll-call of the plan, whatever year it was called in."""
    return RollCall.objects.filter(cycle__plan=cycle.plan_id).select_related("sent_by").order_by("sent_at").last()


def why_not_to_call(cycle: ReportingCycle, now: datetime.datetime) -> str:
    """Return why the roll may not be called now; empty where it may."""
    last = last_roll_call(cycle)
    if last and now < last.sent_at + PAUSE:
        again = deadlines.day_of(last.sent_at + PAUSE)
        return (
            f"Lần điểm danh gần nhất mới gửi ngày {deadlines.day_of(last.sent_at):%d/%m/%Y}. "
            f"Mỗi tuần gửi nhiều nhất một lần; từ ngày {again:%d/%m/%Y} có thể gửi lại."
        )
    return ""


def _closing(now: datetime.datetime) -> datetime.datetime:
    """Return the instant before which a roll-call that is sent now is answered."""
    return deadlines.midnight(deadlines.day_of(now) + datetime.timedelta(days=DAYS_OPEN + 1))


def sample_roll_call(cycle: ReportingCycle, membership: Membership, now: datetime.datetime) -> emails.Letter:
    """Return how the mail to one person would read now; its link leads nowhere."""
    link = settings.SITE_URL + reverse("roll_call_answer", args=["…"])
    return emails.roll_call_letter(membership, cycle, link=unquote(link), closes_at=_closing(now), now=now)


@transaction.atomic
def call_roll(cycle: ReportingCycle, *, by: User, now: datetime.datetime) -> RollCall:
    """Ask everybody by mail. Raises RollCallRefused within a week of the last time, and where nobody is there."""
    access.check_is_officer(by, cycle)
    # Two officers at the same moment: the second waits here, and then reads of the first.
    ReportingCycle.objects.select_for_update().get(pk=cycle.pk)
    if why := why_not_to_call(cycle, now):
        raise RollCallRefused(why)
    people = people_to_ask(cycle, now)
    if not people:
        raise RollCallRefused("Chưa cơ quan nào có chuyên viên hoặc lãnh đạo để điểm danh.")
    roll_call = RollCall.objects.create(cycle=cycle, sent_at=now, sent_by=by, closes_at=_closing(now))
    mails = Mail.objects.bulk_create(
        Mail(
            key=f"{Mail.Kind.ROLL_CALL}:{roll_call.pk}:{m.user_id}:{m.agency_id}",
            kind=Mail.Kind.ROLL_CALL,
            recipient=m.user,
            due_from=now,
        )
        for m in people
    )
    RollCallEntry.objects.bulk_create(
        RollCallEntry(roll_call=roll_call, user=m.user, agency=m.agency, address=m.user.email, mail=mail)
        for m, mail in zip(people, mails, strict=True)
    )
    tasks.deliver_mails.delay_on_commit()
    return roll_call


def may_answer(entry: RollCallEntry, now: datetime.datetime) -> bool:
    """Tell whether the person may answer now: the roll-call is open, and they have a role in the agency."""
    roles = Membership.objects.on(deadlines.day_of(now)).with_role(*access.AGENCY_ROLES)
    return entry.is_open(now) and roles.filter(user=entry.user_id, agency=entry.agency_id).exists()


@transaction.atomic
def answer_roll_call(
    entry: RollCallEntry,
    *,
    answer: str,
    now: datetime.datetime,
    successor_name: str = "",
    successor_telephone: str = "",
) -> None:
    """Keep what a person answered; the last answer counts. Raises RollCallRefused once it is over.

    Who is still the contact confirms the address that the question went to.
    """
    if not may_answer(entry, now):
        raise RollCallRefused("Lần điểm danh này đã kết thúc.")
    leaves = answer == RollCallEntry.Answer.NO_LONGER
    entry.answer, entry.answered_at = answer, now
    entry.successor_name = successor_name if leaves else ""
    entry.successor_telephone = successor_telephone if leaves else ""
    entry.save(update_fields=["answer", "answered_at", "successor_name", "successor_telephone"])
    if not leaves and entry.user.email == entry.address:
        addresses.confirm(entry.user, now=now)
