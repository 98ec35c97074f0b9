"""What would go out: a year's reminders on pretended days, by the very functions that decide on the real ones.

Nothing is written and nothing is sent. Reports, proposals and what was switched off stay as they are today.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db.models import Q

from assignments.models import Membership, User
from reports import deadlines, emails, reminders, waiting
from reports.milestones import milestone_words
from reports.models import CalendarException, Mail, ReminderDue, Report, ReportingCycle, WaitingReminder

# A season is played until so many days after the last on-time day, or the last milestone where that is later.
DAYS_AFTER = 21
DAY = datetime.timedelta(days=1)


@dataclass
class PlannedMail:
    """The one mail of a day to a person, with the unsaved rows that it would carry."""

    recipient: User
    rows: list[ReminderDue] = field(default_factory=list)
    waiting: list[WaitingReminder] = field(default_factory=list)

    @property
    def by_milestone(self) -> list[tuple[str, list[str]]]:
        """Return the agencies it is about by what it is that falls due."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            found.setdefault(f"mốc {milestone_words(row.days)}", []).append(row.report.issuer_name)
        for wait in self.waiting:
            words = f"chờ {'thẩm tra' if wait.report else 'phê duyệt'} {wait.working_days} ngày làm việc"
            name = wait.report.issuer_name if wait.report else "Báo cáo tổng hợp"
            found.setdefault(words, []).append(name)
        return list(found.items())


@dataclass
class PlannedDay:
    """A day on which something would go out; `named` are those whom the leaders' page begins to name."""

    now: datetime.datetime
    facts: dict[int, reminders.ReportFacts]
    mails: list[PlannedMail]
    without_contact: list[Report]
    named: list[Report]
    nobody_reports: bool

    @property
    def day(self) -> datetime.date:
        return deadlines.day_of(self.now)

    def letters(self) -> list[tuple[PlannedMail, emails.Letter]]:
        """Return every mail with its words, composed as the real one is."""
        count_awaiting = (lambda cycles: 0) if self.nobody_reports else None
        return [
            (
                mail,
                emails.digest(
                    mail.recipient, mail.rows, mail.waiting, self.facts, self.now, count_awaiting=count_awaiting
                ),
            )
            for mail in self.mails
        ]


def season_days(cycle: ReportingCycle, first: datetime.date | None = None) -> list[datetime.date]:
    """Return the days from the opening, or from a later one, until nothing more falls due."""
    dues = [cycle.due_at]
    dues += [due_at for due_at in cycle.reports.values_list("extended_due_at", flat=True) if due_at]
    after = max([DAYS_AFTER, *(row["days"] for row in cycle.milestones)])
    first = max(first, cycle.opens_on) if first else cycle.opens_on
    last = max(deadlines.last_day(max(dues)), first) + after * DAY
    return [first + gone * DAY for gone in range((last - first).days + 1)]


def play(
    cycle: ReportingCycle,
    days: Iterable[datetime.date],
    *,
    nobody_reports: bool = False,
    from_the_start: bool = False,
) -> Iterator[PlannedDay]:
    """Yield the days, of those given in order, on which something would go out.

    `nobody_reports` pretends that every report is still to be written, `from_the_start` that nobody was reminded of
    anything yet. Pauses are left out. The database is asked anew only for days on which people come or go.
    """
    reports = _reports_of(cycle, nobody_reports)
    by_id = {report.pk: report for report in reports}
    corrections = CalendarException.objects.as_corrections()
    changes = _days_of_change()
    claimed: dict[tuple, set] = {}
    read: dict[int, reminders.ReportFacts] = {}
    waits: list[waiting.WaitingFacts] = []
    people: dict[int, User] = {}
    for place, day in enumerate(days):
        now = datetime.datetime.combine(day, settings.MAILS_LEAVE_FROM, deadlines.VIETNAM)
        if place == 0 or day in changes:
            read = reminders.read_facts(reports, now, corrections)
            waits = [] if nobody_reports else waiting.read_waiting([cycle], now)
        facts = {}
        rows: list[ReminderDue] = []
        for report_id, own in read.items():
            known = claimed.setdefault((report_id, own.due_at), set() if from_the_start else set(own.claimed))
            facts[report_id] = replace(own, claimed=frozenset(known), pauses=())
            for reminder in reminders.due_reminders(facts[report_id], now):
                known.add((reminder.days, reminder.recipient_id))
                row = reminder.row(now)
                row.report = by_id[report_id]
                rows.append(row)
        due_waiting: list[WaitingReminder] = []
        for one in waits:
            known = claimed.setdefault(one.key, set() if from_the_start else set(one.claimed))
            due = waiting.due_waiting(replace(one, claimed=frozenset(known)), now, corrections)
            known.update((row.working_days, row.recipient_id) for row in due)
            due_waiting += due
        planned = PlannedDay(
            now=now,
            facts=facts,
            mails=_mails([row for row in rows if not row.why], [row for row in due_waiting if not row.why], people),
            without_contact=_once(row.report for row in rows if row.lacks_contact),
            named=[by_id[pk] for pk, own in facts.items() if _is_named_from(cycle, own, day)],
            nobody_reports=nobody_reports,
        )
        if planned.mails or planned.without_contact or planned.named:
            yield planned


def _reports_of(cycle: ReportingCycle, nobody_reports: bool) -> list[Report]:
    """Return the year's reports, in the state of a year in which nobody reports where that is asked for."""
    reports = list(cycle.reports.select_related("cycle__plan", "agency", "taken_by"))
    for report in reports:
        report.cycle = cycle
        if nobody_reports:
            report.status = Report.Status.DRAFT
            report.returned_at = report.taken_at = report.taken_by = None
    return reports


def _days_of_change() -> set[datetime.date]:
    """Return the days on which somebody's role begins, or is over."""
    periods = Membership.objects.values_list("valid_from", "valid_to")
    return {day for begin, end in periods for day in (begin, end and end + DAY) if day}


def _mails(rows: list[ReminderDue], due_waiting: list[WaitingReminder], people: dict[int, User]) -> list[PlannedMail]:
    """Return one mail for each person, by name; people are read once for the whole play."""
    rows_of: dict[int, list[ReminderDue]] = defaultdict(list)
    waiting_of: dict[int, list[WaitingReminder]] = defaultdict(list)
    for row in rows:
        if row.recipient_id is not None:
            rows_of[row.recipient_id].append(row)
    for wait in due_waiting:
        if wait.recipient_id is not None:
            waiting_of[wait.recipient_id].append(wait)
    recipients = rows_of.keys() | waiting_of.keys()
    people.update(User.objects.in_bulk(recipients - people.keys()) if recipients - people.keys() else {})
    mails = [PlannedMail(people[person], rows_of[person], waiting_of[person]) for person in recipients]
    return sorted(mails, key=lambda mail: (mail.recipient.full_name, mail.recipient.pk))


def _once(reports: Iterable[Report]) -> list[Report]:
    return list(dict.fromkeys(reports))


def _is_named_from(cycle: ReportingCycle, facts: reminders.ReportFacts, day: datetime.date) -> bool:
    days = cycle.leader_days
    return days is not None and facts.is_owed and day == deadlines.last_day(facts.due_at) + days * DAY


def carried_lately(cycle: ReportingCycle, since: datetime.datetime) -> list[Mail]:
    """Return the reminders of a year that left, or were given up, since a moment, newest first: three queries."""
    of_cycle = Q(reminders__report__cycle=cycle) | Q(waiting_reminders__report__cycle=cycle)
    of_cycle |= Q(waiting_reminders__consolidation__cycle=cycle)
    done = Q(sent_at__gte=since) | Q(cancelled_at__gte=since)
    mails = Mail.objects.filter(of_cycle, done, kind=Mail.Kind.REMINDER).select_related("recipient").distinct()
    return list(mails.prefetch_related("reminders__report", "waiting_reminders").order_by("-due_from", "-pk"))


def waiting_to_leave(cycle: ReportingCycle) -> list[Mail]:
    """Return the reminders of a year that are in a mail which has not left yet."""
    of_cycle = Q(reminders__report__cycle=cycle) | Q(waiting_reminders__report__cycle=cycle)
    mails = Mail.objects.filter(of_cycle, kind=Mail.Kind.REMINDER, sent_at=None, cancelled_at=None)
    return list(mails.select_related("recipient").distinct().order_by("due_from", "pk"))
