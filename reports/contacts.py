"""Which agencies of a plan nobody is reached in, and why: the alarm before the season, and on the way through it."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assignments.models import Agency, Membership, Plan, Role, User
from reports import deadlines
from reports.access import AGENCY_ROLES
from reports.models import RollCall, RollCallEntry

# How long people have to answer a roll-call before their silence is told.
PATIENCE = datetime.timedelta(days=3)

NOBODY = "chưa có người dùng nào"
NO_CLERK = "không có chuyên viên báo cáo, chỉ có lãnh đạo"
UNCONFIRMED = "chưa ai đặt mật khẩu qua thư mời, nên chưa rõ thư có tới không"


@dataclass(frozen=True)
class Gap:
    """An agency that nobody is surely reached in: why, in words, and whom to call."""

    agency: Agency
    reasons: list[str]
    people: list[User]

    @property
    def telephones(self) -> list[tuple[str, str]]:
        """Return whom to call and under which number: the people, then the agency."""
        known = [(person.full_name, person.telephone) for person in self.people if person.telephone]
        return [*known, *([("cơ quan", self.agency.telephone)] if self.agency.telephone else [])]


def contact_gaps(plan: Plan, now: datetime.datetime) -> list[Gap]:
    """Return the plan's agencies that nobody is surely reached in, by name: four queries, however many."""
    today = deadlines.day_of(now)
    agencies = list(plan.reporting_agencies().on(today).order_by("name"))
    people: dict[int, list[Membership]] = defaultdict(list)
    memberships = Membership.objects.on(today).with_role(*AGENCY_ROLES).filter(agency__in=agencies)
    for membership in memberships.select_related("user").order_by("role", "user__full_name", "pk"):
        people[membership.agency_id].append(membership)
    asked: dict[int, list[RollCallEntry]] = defaultdict(list)
    roll_call = RollCall.objects.filter(cycle__plan=plan).last()
    if roll_call:
        for entry in roll_call.entries.select_related("user"):
            asked[entry.agency_id].append(entry)
    gaps = []
    for agency in agencies:
        own = people[agency.pk]
        reasons = [*reasons_of(own), *_said(own, asked[agency.pk], roll_call, now)]
        if reasons:
            gaps.append(Gap(agency, reasons, list(dict.fromkeys(membership.user for membership in own))))
    return gaps


def reasons_of(memberships: Sequence[Membership]) -> list[str]:
    """Return why nobody may be reached among an agency's clerks and heads, an empty list where somebody is."""
    people = dict.fromkeys(membership.user for membership in memberships)
    if not people:
        return [NOBODY]
    reasons = []
    if not any(membership.role == Role.CLERK for membership in memberships):
        reasons.append(NO_CLERK)
    if not any(person.address_is_confirmed for person in people):
        reasons.append(UNCONFIRMED)
    reasons += [
        f"thư không tới {person} ({person.email}): {person.refusal}" for person in people if person.address_is_refused
    ]
    return reasons


def _said(
    memberships: Iterable[Membership],
    entries: Iterable[RollCallEntry],
    roll_call: RollCall | None,
    now: datetime.datetime,
) -> list[str]:
    """Return what the newest roll-call says against it: who left and has the role still, or that nobody answered."""
    answers = _answers_of(memberships, entries)
    reasons = []
    for entry in answers.values():
        if entry.answer == RollCallEntry.Answer.NO_LONGER:
            successor = ", ".join(filter(None, (entry.successor_name, entry.successor_telephone)))
            reasons.append(
                f"{entry.user} trả lời không còn phụ trách{f'; người mới: {successor}' if successor else ''}"
            )
    is_silent = bool(answers) and not any(entry.answer for entry in answers.values())
    if roll_call and is_silent and now >= roll_call.sent_at + PATIENCE:
        reasons.append(f"chưa ai trả lời điểm danh ngày {deadlines.day_of(roll_call.sent_at):%d/%m/%Y}")
    return reasons


def _answers_of(memberships: Iterable[Membership], entries: Iterable[RollCallEntry]) -> Mapping[int, RollCallEntry]:
    """Return the entries of those who still have a role."""
    present = {membership.user_id for membership in memberships}
    return {entry.user_id: entry for entry in entries if entry.user_id in present}
