"""Reminders: which are due, for whom, and the rows that claim them, so that none is lost and none sent twice.

A milestone is due from its day until the next one's, so a night without a sweep changes nothing. Inserting
the row is the claim; a mail, one per person and day, gathers the rows that nobody has sent.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from assignments.models import Membership, Participant, Role
from reports import deadlines, waiting
from reports.models import (
    CalendarException,
    ConsolidatedReport,
    Mail,
    ReminderDue,
    Report,
    ReportingCycle,
    WaitingReminder,
)
from reports.pauses import Pause, paused_years, pauses_of

AGENCY_ROLES = (Role.CLERK, Role.HEAD)

LATER_MILESTONE = "đã đến mốc nhắc sau"
TOLD_ON_RETURN = "thư trả lại báo cáo đã nêu hạn nộp"
NO_CONTACT = "không có đầu mối"
ALREADY_SUBMITTED = "đã nộp trước khi thư được gửi"
EXCUSED = "được miễn báo cáo trước khi thư được gửi"
CYCLE_CLOSED = "kỳ báo cáo đã kết thúc trước khi thư được gửi"
DUE_DATE_MOVED = "hạn nộp đã thay đổi trước khi thư được gửi"
PAUSED = "đang tạm dừng nhắc"
WHY_LENGTH = ReminderDue._meta.get_field("why").max_length
NOT_FOR_THIS_PERSON = "không còn là việc của người nhận khi thư được gửi"


@dataclass(frozen=True)
class Milestone:
    """Who is reminded how many days before (negative) or after the last on-time day."""

    days: int
    roles: frozenset[str]


def urged_on(days: int) -> Milestone:
    """Return what an officer's own reminder counts as, so many days after (negative: before) the last on-time day."""
    return Milestone(days, frozenset(AGENCY_ROLES))


@dataclass(frozen=True)
class ReportFacts:
    """All that decides about a report's reminders.

    `due_at` is exclusive and counts a return; `milestones`, those with a mail, rise; `people` are ids by role: clerks
    and heads of the report's agency, officers of the focal one; `claimed` are the milestones and recipients of this
    due date that have their row, None being the row without a recipient.
    Once the year's merged report is published (`is_published`) officers chase nobody for it any more.
    """

    report_id: int
    status: Report.Status
    is_excused: bool
    due_at: datetime.datetime
    returned_on: datetime.date | None
    milestones: tuple[Milestone, ...]
    people: Mapping[Role, frozenset[int]]
    claimed: frozenset[tuple[int, int | None]] = frozenset()
    is_published: bool = False
    is_closed: bool = False
    pauses: tuple[Pause, ...] = ()

    @property
    def is_paused(self) -> bool:
        return any(pause.until is None for pause in self.pauses)

    @property
    def is_owed(self) -> bool:
        """Whether anybody is to be reminded of it: nobody is once its year was ended."""
        return (
            not self.is_closed
            and not self.is_excused
            and self.status not in (Report.Status.SUBMITTED, Report.Status.ACCEPTED)
        )

    def milestones_reached(self, now: datetime.datetime) -> list[Milestone]:
        days_gone = -deadlines.days_left(self.due_at, now)
        return [milestone for milestone in self.milestones if milestone.days <= days_gone]

    def was_told_on_return(self, milestone: Milestone) -> bool:
        """Tell whether the mail that returned the report came on the milestone's day or later."""
        return self.returned_on is not None and self.day_of(milestone) <= self.returned_on

    def day_of(self, milestone: Milestone) -> datetime.date:
        return deadlines.last_day(self.due_at) + datetime.timedelta(days=milestone.days)

    def why_passed_over(self, milestone: Milestone) -> str:
        """Return why a milestone that nobody claimed is not made up for."""
        if self.was_told_on_return(milestone):
            return TOLD_ON_RETURN
        for pause in self.pauses:
            if pause.covers(self.day_of(milestone)):
                return f"{PAUSED}: {pause.reason}"[:WHY_LENGTH]
        return LATER_MILESTONE

    def recipients(self, milestone: Milestone) -> dict[int | None, bool]:
        """Return who is to be reminded, each with whether that is because the agency has nobody.

        A report that waits for approval is the heads' to move, not the clerks'. Where nobody has the wanted role
        the agency's other people stand in, then the officers; None stands for nobody at all.
        """
        wanted = set(milestone.roles)
        if self.status == Report.Status.AWAITING_APPROVAL and Role.CLERK in wanted:
            wanted = wanted - {Role.CLERK} | {Role.HEAD}
        officers = [] if self.is_published else self._people([Role.OFFICER])
        people = officers if Role.OFFICER in wanted else []
        if wanted.intersection(AGENCY_ROLES):
            agency_people = self._people(wanted.intersection(AGENCY_ROLES)) or self._people(AGENCY_ROLES)
            if not agency_people:
                return dict.fromkeys(officers, True) or {None: True}
            people = people + agency_people
        return dict.fromkeys(people, False)

    def _people(self, roles: Iterable[str]) -> list[int]:
        return sorted(set().union(*(self.people.get(Role(role), frozenset()) for role in roles)))


@dataclass(frozen=True)
class Reminder:
    """A reminder that is due, or with `why` one that is passed over."""

    report_id: int
    due_at: datetime.datetime
    days: int
    recipient_id: int | None
    lacks_contact: bool = False
    why: str = ""

    def row(self, now: datetime.datetime) -> ReminderDue:
        """Return the row that claims it, unsaved."""
        return ReminderDue(
            report_id=self.report_id,
            due_at=self.due_at,
            days=self.days,
            recipient_id=self.recipient_id,
            lacks_contact=self.lacks_contact,
            claimed_at=now,
            outcome=ReminderDue.Outcome.SKIPPED if self.why else ReminderDue.Outcome.PENDING,
            why=self.why,
        )


def due_reminders(facts: ReportFacts, now: datetime.datetime) -> list[Reminder]:
    """Return the reminders that are due now and have no row yet.

    Only the newest milestone reached goes out; older ones that nobody claimed are passed over, in one row each. While
    reminding is paused nothing is claimed at all.
    """
    reached = facts.milestones_reached(now)
    if not facts.is_owed or facts.is_paused or not reached:
        return []
    newest = reached[-1]
    told_on_return = facts.was_told_on_return(newest)
    claimed_days = {days for days, _ in facts.claimed}
    passed_over = [
        Reminder(
            facts.report_id,
            facts.due_at,
            milestone.days,
            recipient_id=None,
            why=facts.why_passed_over(milestone),
        )
        for milestone in (reached if told_on_return else reached[:-1])
        if milestone.days not in claimed_days
    ]
    if told_on_return:
        return passed_over
    return passed_over + [
        Reminder(
            facts.report_id,
            facts.due_at,
            newest.days,
            recipient_id=recipient_id,
            lacks_contact=lacks_contact,
            why=NO_CONTACT if recipient_id is None else "",
        )
        for recipient_id, lacks_contact in facts.recipients(newest).items()
        if (newest.days, recipient_id) not in facts.claimed
    ]


def why_not_due(row: ReminderDue, facts: ReportFacts, now: datetime.datetime) -> str:
    """Return why a claimed reminder should not leave any more; empty while it should."""
    if facts.is_closed:
        return CYCLE_CLOSED
    if facts.is_excused:
        return EXCUSED
    if not facts.is_owed:
        return ALREADY_SUBMITTED
    if row.due_at != facts.due_at:
        return DUE_DATE_MOVED
    if row.asked_by_id:
        return "" if row.recipient_id in facts.recipients(urged_on(row.days)) else NOT_FOR_THIS_PERSON
    reached = facts.milestones_reached(now)
    if not reached or row.days != reached[-1].days:
        return LATER_MILESTONE
    if facts.was_told_on_return(reached[-1]):
        return TOLD_ON_RETURN
    if row.recipient_id not in facts.recipients(reached[-1]):
        return NOT_FOR_THIS_PERSON
    return ""


def read_facts(
    reports: Iterable[Report], now: datetime.datetime, corrections: deadlines.Corrections | None = None
) -> dict[int, ReportFacts]:
    """Return the facts of each report by its id: six queries, however many reports.

    `corrections` are the days off to count with, where not those that are kept.

    The reports come with their cycle, plan and agency read ahead.
    """
    reports = list(reports)
    if corrections is None:
        corrections = CalendarException.objects.as_corrections()
    focal_agencies = dict(
        Participant.objects.filter(
            role=Participant.Role.FOCAL, plan__in={report.cycle.plan_id for report in reports}
        ).values_list("plan_id", "agency_id")
    )
    people = defaultdict(set)
    memberships = Membership.objects.on(deadlines.day_of(now)).with_role(*AGENCY_ROLES, Role.OFFICER)
    agencies = {report.agency_id for report in reports} | set(focal_agencies.values())
    for agency_id, role, user_id in memberships.filter(agency__in=agencies).values_list(
        "agency_id", "role", "user_id"
    ):
        people[agency_id, role].add(user_id)
    claimed = defaultdict(set)
    rows = ReminderDue.objects.filter(report__in=reports, channel=ReminderDue.Channel.MAIL)
    for report_id, due_at, days, recipient_id in rows.values_list("report_id", "due_at", "days", "recipient_id"):
        claimed[report_id, due_at].add((days, recipient_id))

    cycles = {report.cycle_id for report in reports}
    published = set(ConsolidatedReport.objects.filter(cycle__in=cycles).values_list("cycle_id", flat=True))
    paused = pauses_of(cycles)

    facts = {}
    for report in reports:
        due_at = deadlines.due_after_return(report.due_at, report.returned_at, corrections)
        facts[report.pk] = ReportFacts(
            report_id=report.pk,
            status=Report.Status(report.status),
            is_excused=report.excused_at is not None,
            is_closed=report.cycle.closed_at is not None,
            due_at=due_at,
            returned_on=deadlines.day_of(report.returned_at) if report.returned_at else None,
            milestones=mail_milestones(report.cycle.milestones),
            people={
                Role.CLERK: frozenset(people[report.agency_id, Role.CLERK]),
                Role.HEAD: frozenset(people[report.agency_id, Role.HEAD]),
                Role.OFFICER: frozenset(people[focal_agencies.get(report.cycle.plan_id), Role.OFFICER]),
            },
            claimed=frozenset(claimed[report.pk, due_at]),
            is_published=report.cycle_id in published,
            pauses=tuple(paused.get(report.cycle_id, ())),
        )
    return facts


def mail_milestones(rows: list[dict]) -> tuple[Milestone, ...]:
    """Return the milestones that send mails: a leader is told by a page, which must not end the mails before it."""
    milestones = (Milestone(row["days"], frozenset(row["to"]) - {Role.LEADER}) for row in rows)
    return tuple(sorted((milestone for milestone in milestones if milestone.roles), key=lambda m: m.days))


def claim_due_reminders(now: datetime.datetime) -> int:
    """Claim every reminder that is due in an opened cycle and put it into a mail; return how many were due.

    May run twice, and at the same time as itself: a row that is there already is left alone.
    """
    reports = (
        Report.objects.owed()
        .filter(cycle__opened_at__lte=now, cycle__closed_at=None)
        .select_related("cycle__plan", "agency")
    )
    due = [reminder for facts in read_facts(reports, now).values() for reminder in due_reminders(facts, now)]
    ReminderDue.objects.bulk_create([reminder.row(now) for reminder in due], ignore_conflicts=True)
    paused = paused_years()
    cycles = ReportingCycle.objects.filter(opened_at__lte=now, closed_at=None).exclude(pk__in=paused)
    waiting_due = waiting.claim_waiting(cycles.select_related("plan"), now)
    gather_into_mails(now)
    return sum(not reminder.why for reminder in due) + waiting_due


def gather_into_mails(now: datetime.datetime) -> None:
    """Put every claimed reminder that has no mail yet into its recipient's mail of today.

    A mail that somebody has begun to send takes no more: what comes later waits for the next day's. So does what is
    paused until it goes on, unless an officer asked for it.
    """
    paused = paused_years()
    pending = {"outcome": ReminderDue.Outcome.PENDING, "mail": None}
    unmailed = [
        ReminderDue.objects.filter(**pending).exclude(report__cycle__in=paused, asked_by=None),
        WaitingReminder.objects.filter(**pending).exclude(
            Q(report__cycle__in=paused) | Q(consolidation__cycle__in=paused)
        ),
    ]
    if not _people_of(unmailed):
        return
    today = deadlines.day_of(now)
    with transaction.atomic():
        _join_unsent_mails(unmailed)
        for day in (today, today + datetime.timedelta(days=1)):
            people = _people_of(unmailed)
            Mail.objects.bulk_create(
                [
                    Mail(
                        key=f"reminder:{person}:{day:%Y-%m-%d}",
                        kind=Mail.Kind.REMINDER,
                        recipient_id=person,
                        due_from=datetime.datetime.combine(day, settings.MAILS_LEAVE_FROM, deadlines.VIETNAM),
                    )
                    for person in people
                ],
                ignore_conflicts=True,
            )
            _join_unsent_mails(unmailed)


def _join_unsent_mails(unmailed: list[QuerySet]) -> None:
    """Put reminders into the mails that nobody has begun to send; their rows are locked until the commit."""
    unsent = Mail.objects.filter(
        kind=Mail.Kind.REMINDER, attempts=0, sent_at=None, cancelled_at=None, recipient__in=_people_of(unmailed)
    )
    locked = [mail.pk for mail in unsent.order_by("pk").select_for_update()]
    mail = Mail.objects.filter(pk__in=locked, recipient=OuterRef("recipient")).order_by("due_from")
    if locked:
        for rows in unmailed:
            rows.update(mail=Subquery(mail.values("pk")[:1]))


def _people_of(unmailed: list[QuerySet]) -> list[int]:
    first, *others = (rows.order_by().values_list("recipient", flat=True) for rows in unmailed)
    return sorted(first.union(*others))
