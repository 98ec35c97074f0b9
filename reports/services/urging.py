"""Reminding agencies at once, because an officer asks for it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from assignments.models import Role, User
from reports import access, deadlines, emails, reminders, tasks
from reports.models import Mail, ReminderDue, Report, ReportEvent

ANOTHER_MAIL_TODAY = "hôm nay đã nhận một thư nhắc về báo cáo khác; mỗi người một thư nhắc một ngày"
CANCELLED_TODAY = "thư nhắc hôm nay của người này đã thôi gửi"
ON_ITS_WAY = "một thư nhắc về báo cáo này đang chờ gửi"
WHY_LENGTH = ReminderDue._meta.get_field("why").max_length


@dataclass(frozen=True)
class Urging:
    """A reminder that an officer's asking makes, or with `why` one that it does not make.

    `recipient` None: the agency has nobody. `is_claimed`: that person has a reminder of today already.
    """

    report: Report
    facts: reminders.ReportFacts
    days: int
    recipient: User | None
    why: str = ""
    is_claimed: bool = False

    @property
    def position(self) -> str:
        is_head = self.recipient is not None and self.recipient.pk in self.facts.people[Role.HEAD]
        return "lãnh đạo" if is_head else "chuyên viên"

    def row(self, by: User, now: datetime.datetime) -> ReminderDue:
        return ReminderDue(
            report=self.report,
            due_at=self.facts.due_at,
            days=self.days,
            recipient=self.recipient,
            lacks_contact=self.recipient is None,
            asked_by=by,
            claimed_at=now,
            outcome=ReminderDue.Outcome.SKIPPED if self.why else ReminderDue.Outcome.PENDING,
            why=self.why,
        )


def planned_urgings(reports: Iterable[Report], now: datetime.datetime) -> list[Urging]:
    """Return whom reminding now reaches, report by report, and who is passed over and why; writes nothing.

    What is not owed any more is left out. The reports come with their cycle, plan and agency read ahead; nine
    queries, however many.
    """
    reports = list(reports)
    facts = reminders.read_facts(reports, now)
    owed = [report for report in reports if facts[report.pk].is_owed]
    reminded = _reminded_today(owed, now)
    recipients = {report: _recipients(facts[report.pk], now) for report in owed}
    people = User.objects.in_bulk({person for found in recipients.values() for person in found})
    had_mail = _had_a_mail_today(people, now)
    urgings = []
    for report in owed:
        own, days = facts[report.pk], _days(facts[report.pk], now)
        for person in recipients[report]:
            why = reminded.get((report.pk, own.due_at, person), "")
            is_claimed = bool(why)
            why = why or had_mail.get(person, "")
            urgings.append(Urging(report, own, days, people[person], why, is_claimed))
        if not recipients[report]:
            urgings.append(Urging(report, own, days, None, reminders.NO_CONTACT))
    return urgings


@transaction.atomic
def urge(reports: Iterable[Report], *, by: User, now: datetime.datetime) -> list[Urging]:
    """Remind the agencies of what they owe, at once; return what `planned_urgings` says of them.

    The mails leave when the transaction is through, at any hour. Nobody is reminded twice of a report in a day: the
    rows are claims as a milestone's are. Each report that somebody is reminded of gets an event.
    """
    ids = [report.pk for report in reports]
    locked = Report.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids).order_by("pk")
    chosen = list(locked.select_related("cycle__plan", "agency"))
    for cycle in {report.cycle for report in chosen}:
        access.check_is_officer(by, cycle)
    urgings = planned_urgings(chosen, now)
    # A claim that the sweep made in this moment stands.
    rows = [urging.row(by, now) for urging in urgings if not urging.is_claimed]
    ReminderDue.objects.bulk_create(rows, ignore_conflicts=True)
    reminders.gather_into_mails(now)
    # Whatever the hour: a reminder of the morning waits for 07:30, one that an officer asks for does not.
    asked_for = Mail.objects.filter(reminders__in=ReminderDue.objects.filter(asked_by=by, claimed_at=now))
    asked_for.filter(_is_todays(now), attempts=0, sent_at=None, due_from__gt=now).update(due_from=now)
    _note(urgings, by, now)
    tasks.deliver_mails.delay_on_commit()
    return urgings


def sample_letters(urgings: list[Urging], by: User, now: datetime.datetime) -> list[tuple[Urging, emails.Letter]]:
    """Return how the mails read, one for each tone, with whom it goes to: composed as the mail itself is."""
    samples: dict[tuple[bool, str], Urging] = {}
    for urging in urgings:
        if not urging.why:
            samples.setdefault((urging.report.is_invited, urging.report.status), urging)
    letters = []
    for urging in samples.values():
        assert urging.recipient is not None
        facts = {urging.report.pk: urging.facts}
        letter = emails.reminder_letter(urging.recipient, [urging.row(by, now)], facts, now)
        letters.append((urging, letter))
    return letters


def _days(facts: reminders.ReportFacts, now: datetime.datetime) -> int:
    return -deadlines.days_left(facts.due_at, now)


def _recipients(facts: reminders.ReportFacts, now: datetime.datetime) -> list[int]:
    """Return whom to remind at the agency; nobody stands in for it, as the officer is the one who asks."""
    found = facts.recipients(reminders.urged_on(_days(facts, now)))
    return [person for person, lacks_contact in found.items() if person is not None and not lacks_contact]


def _reminded_today(reports: list[Report], now: datetime.datetime) -> dict[tuple, str]:
    """Return what became of today's reminders, and of those still on their way, by report, due date and person."""
    today = deadlines.midnight(deadlines.day_of(now))
    pending = Q(outcome=ReminderDue.Outcome.PENDING)
    rows = ReminderDue.objects.filter(pending | Q(claimed_at__gte=today) | Q(mail__sent_at__gte=today))
    rows = rows.filter(report__in=reports, recipient__isnull=False, channel=ReminderDue.Channel.MAIL)
    return {
        (row.report_id, row.due_at, row.recipient_id): _what_became_of(row)
        for row in rows.select_related("mail").order_by("claimed_at", "pk")
    }


def _what_became_of(row: ReminderDue) -> str:
    if row.outcome == ReminderDue.Outcome.SENT and row.mail and row.mail.sent_at:
        return f"đã nhắc lúc {row.mail.sent_at.astimezone(deadlines.VIETNAM):%H:%M} hôm nay"
    return row.why or ON_ITS_WAY


def _had_a_mail_today(people: Iterable[int], now: datetime.datetime) -> dict[int, str]:
    """Return by person what became of a mail of today that takes no more reminders."""
    mails = Mail.objects.filter(_is_todays(now), recipient__in=people)
    begun = mails.exclude(attempts=0, sent_at=None, cancelled_at=None)
    return {
        mail.recipient_id: f"{CANCELLED_TODAY}: {mail.why}"[:WHY_LENGTH] if mail.cancelled_at else ANOTHER_MAIL_TODAY
        for mail in begun
    }


def _is_todays(now: datetime.datetime) -> Q:
    return Q(kind=Mail.Kind.REMINDER, key__endswith=f":{deadlines.day_of(now):%Y-%m-%d}")


def _note(urgings: list[Urging], by: User, now: datetime.datetime) -> None:
    told: dict[Report, list[str]] = {}
    for urging in urgings:
        if urging.recipient and not urging.why:
            told.setdefault(urging.report, []).append(f"{urging.recipient} ({urging.recipient.email})")
    ReportEvent.objects.bulk_create(
        ReportEvent(
            report=report,
            kind=ReportEvent.Kind.URGED,
            at=now,
            by=by,
            from_status=report.status,
            to_status=report.status,
            note=f"Thư gửi {'; '.join(people)}.",
        )
        for report, people in told.items()
    )
