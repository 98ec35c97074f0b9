"""The one mail that reminds a person of all they owe that day."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.urls import reverse

from assignments.models import Agency, Plan, Role, User
from reports import completeness, deadlines, muting, pauses, reminders, waiting
from reports.changes import RETURNS, left_since_return
from reports.emails.contacts import officers_in_charge, people_lines
from reports.emails.letter import HeldBack, Letter, NothingToSay, one_line, rendered
from reports.models import (
    CalendarException,
    Extension,
    Mail,
    MailTopic,
    ReminderDue,
    Report,
    ReportingCycle,
    WaitingReminder,
)

MISSING_SHOWN = 8
# How many reports of some years wait for review.
CountAwaiting = Callable[[set[ReportingCycle]], int]
# What an officer is asked to do about a report of others'.
FOLLOWED = ("follow", "no_contact")

NOTHING_LEFT = "không còn việc cần nhắc khi thư đến giờ gửi"


@dataclass(frozen=True)
class ReminderItem:
    """One report in a reminder: what the reader is asked to do about it, and where.

    `task` is write (finish and submit), approve, follow (an officer chases) or no_contact (the agency has
    nobody to chase). `left` is what a returned report still waits for.
    """

    report: Report
    task: str
    due_at: datetime.datetime
    now: datetime.datetime
    focal_agency: Agency | None
    gaps: list[completeness.Missing] = field(default_factory=list)
    left: str = ""
    people: list[str] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        return self.report.cycle.plan

    @property
    def year(self) -> str:
        return str(self.report.cycle.year)

    @property
    def last_day(self) -> datetime.date:
        return deadlines.last_day(self.due_at)

    @property
    def days_words(self) -> str:
        return deadlines.days_left_words(self.due_at, self.now)

    @property
    def is_overdue(self) -> bool:
        return deadlines.is_late(self.now, self.due_at)

    @property
    def is_followed(self) -> bool:
        """Whether the reader is an officer who chases the agency, and not one of its people."""
        return self.task in FOLLOWED

    @property
    def is_complete(self) -> bool:
        return self.task == "write" and not self.gaps and not self.left

    @property
    def why_returned(self) -> str:
        """The focal agency's reason; what a head did not approve is the agency's own."""
        event = self.report.last_return if self.left else None
        return event.reason if event and event.kind in RETURNS else ""

    @property
    def missing(self) -> list[str]:
        return [gap.sentence for gap in self.gaps[:MISSING_SHOWN]]

    @property
    def more_missing(self) -> int:
        return len(self.gaps[MISSING_SHOWN:])

    @property
    def link(self) -> str:
        """The page where the reader goes on: the first missing part, or the check that comes before submitting."""
        if self.gaps:
            return settings.SITE_URL + self.report.url("part", self.gaps[0].part.key)
        return settings.SITE_URL + self.report.url("report" if self.is_followed else "check")

    @property
    def link_label(self) -> str:
        if self.gaps:
            return "Viết tiếp từ phần còn thiếu đầu tiên"
        return "Xem và duyệt báo cáo" if self.task == "approve" else "Kiểm tra và nộp báo cáo"

    @property
    def words(self) -> str:
        return one_line("emails/_reminder_words.txt", {"item": self})


@dataclass(frozen=True)
class WaitingItem:
    """Something that waits for the reader's decision: a report to review, or the merged report to approve."""

    row: WaitingReminder
    now: datetime.datetime
    corrections: deadlines.Corrections

    @property
    def is_review(self) -> bool:
        return self.row.report is not None

    @property
    def report(self) -> Report | None:
        return self.row.report

    @property
    def cycle(self) -> ReportingCycle:
        return self.row.cycle

    @property
    def year(self) -> str:
        return str(self.cycle.year)

    @property
    def since(self) -> datetime.datetime:
        return self.row.since

    @property
    def words(self) -> str:
        return one_line("emails/_waiting_words.txt", {"item": self})

    @property
    def days(self) -> int:
        """For how many working days it has waited."""
        since, today = deadlines.day_of(self.since), deadlines.day_of(self.now)
        return deadlines.working_days_since(since, today, self.corrections)

    @property
    def link(self) -> str:
        if self.report:
            return settings.SITE_URL + self.report.url("review")
        return settings.SITE_URL + self.cycle.url("consolidated")


def compose_reminder(mail: Mail, now: datetime.datetime) -> Letter:
    """Remind a person of what they still owe. Raises NothingToSay where that is nothing, HeldBack in a pause.

    Reminders that have lost their reason are recorded as skipped; those of a paused year are without a mail again.
    """
    pending = mail.reminders.filter(outcome=ReminderDue.Outcome.PENDING)
    rows = list(pending.select_related("report__cycle__plan", "report__agency").order_by("report"))
    facts = reminders.read_facts((row.report for row in rows), now)
    waiting_rows = _pending_waiting(mail)
    held = [row for row in rows if not row.asked_by_id and facts[row.report_id].is_paused]
    paused = pauses.paused_years() if waiting_rows else {}
    held_waiting = [row for row in waiting_rows if row.cycle.pk in paused]
    ReminderDue.objects.filter(pk__in=[row.pk for row in held]).update(mail=None)
    WaitingReminder.objects.filter(pk__in=[row.pk for row in held_waiting]).update(mail=None)

    left = [row for row in rows if row not in held]
    for row in left:
        row.why = reminders.why_not_due(row, facts[row.report_id], now)
    due = _without_skipped(ReminderDue, left)
    left_waiting = [row for row in waiting_rows if row not in held_waiting]
    _explain_waiting(left_waiting, now)
    due_waiting = _without_skipped(WaitingReminder, left_waiting)
    if not (due or due_waiting):
        if held or held_waiting:
            raise HeldBack(reminders.PAUSED)
        raise NothingToSay(NOTHING_LEFT)
    return digest(mail.recipient, due, due_waiting, facts, now)


def _pending_waiting(mail: Mail) -> list[WaitingReminder]:
    pending = mail.waiting_reminders.filter(outcome=ReminderDue.Outcome.PENDING)
    report, consolidation = "report__cycle__plan", "consolidation__cycle__plan"
    return list(pending.select_related(report, "report__agency", "report__taken_by", consolidation))


def _explain_waiting(rows: list[WaitingReminder], now: datetime.datetime) -> None:
    """Say of each row why it should not leave any more, where it should not."""
    if not rows:
        return
    facts = waiting.read_waiting({row.cycle for row in rows}, now)
    corrections = CalendarException.objects.as_corrections()
    for row in rows:
        row.why = waiting.why_not_waiting(row, facts, now, corrections)


def _without_skipped(model: type[ReminderDue | WaitingReminder], rows: list) -> list:
    """Return the rows that have not lost their reason; the others are recorded as skipped."""
    skipped = [row for row in rows if row.why]
    for row in skipped:
        row.outcome = ReminderDue.Outcome.SKIPPED
    model.objects.bulk_update(skipped, ["outcome", "why"])
    return [row for row in rows if not row.why]


def digest(
    recipient: User,
    due: list[ReminderDue],
    due_waiting: list[WaitingReminder],
    facts: Mapping[int, reminders.ReportFacts],
    now: datetime.datetime,
    *,
    count_awaiting: CountAwaiting | None = None,
) -> Letter:
    """Return the one mail that reminds a person of all they owe that day, without what they have switched off.

    The rows may be unsaved; what was switched off is set aside, or is all there is.
    """
    muted_topics = muting.muted_by(recipient)
    muted = [row for row in due if _topic(row, facts) in muted_topics]
    muted_waiting = [row for row in due_waiting if _waiting_topic(row) in muted_topics]
    wanted = [row for row in due if row not in muted]
    wanted_waiting = [row for row in due_waiting if row not in muted_waiting]
    aside = None
    if muted or muted_waiting:
        letter = reminder_letter(recipient, muted, facts, now, muted_waiting, count_awaiting=count_awaiting)
        aside = replace(letter, is_muted=True)
    if not (wanted or wanted_waiting):
        assert aside is not None
        return aside
    letter = reminder_letter(recipient, wanted, facts, now, wanted_waiting, count_awaiting=count_awaiting)
    return replace(letter, aside=aside)


def _topic(row: ReminderDue, facts: Mapping[int, reminders.ReportFacts]) -> MailTopic | None:
    """Return as what the row's recipient may switch it off; None where they may not."""
    if row.asked_by_id:
        return None
    return MailTopic.REMINDER_FOLLOW if _task(row, facts[row.report_id]) in FOLLOWED else None


def _waiting_topic(row: WaitingReminder) -> MailTopic:
    return MailTopic.REMINDER_REVIEW if row.report else MailTopic.REMINDER_DECISION


def _count_awaiting(cycles: set[ReportingCycle]) -> int:
    return Report.objects.awaiting_review().filter(cycle__in=cycles).count()


def reminder_letter(
    recipient: User,
    due: list[ReminderDue],
    facts: Mapping[int, reminders.ReportFacts],
    now: datetime.datetime,
    due_waiting: Iterable[WaitingReminder] = (),
    *,
    count_awaiting: CountAwaiting | None = None,
) -> Letter:
    """Return the words that remind one person of these rows, saved or not; `facts` are by the report's id.

    `count_awaiting` says how many reports of some years wait for review, where that is not what the database says.
    """
    due_waiting = list(due_waiting)
    plans = {row.report.cycle.plan for row in due} | {row.cycle.plan for row in due_waiting}
    focal_agencies = {plan: plan.focal_agency for plan in plans}
    people = people_lines({row.report.agency for row in due}, (Role.CLERK, Role.HEAD), now)
    items = [
        ReminderItem(
            report=row.report,
            task=(task := _task(row, facts[row.report_id])),
            due_at=facts[row.report_id].due_at,
            now=now,
            focal_agency=focal_agencies[row.report.cycle.plan],
            gaps=completeness.missing_in(row.report) if task == "write" else [],
            left=left_since_return(row.report) if task in ("write", "approve") else "",
            people=people[row.report.agency] if task == "follow" else [],
        )
        for row in due
    ]
    items.sort(key=lambda item: (item.due_at, item.report.participant_number, item.report.issuer_name))
    followed = [item for item in items if item.is_followed]
    corrections = CalendarException.objects.as_corrections() if due_waiting else {}
    waits = sorted((WaitingItem(row, now, corrections) for row in due_waiting), key=lambda item: item.since)
    reviews = [item for item in waits if item.is_review]
    context = {
        "recipient": recipient,
        "items": items,
        "own_items": [item for item in items if not item.is_followed],
        "followed_items": followed,
        "waits": waits,
        "reviews": reviews,
        "decisions": [item for item in waits if not item.is_review],
        "tasks": len(items) + len(waits),
        "contacts": officers_in_charge(focal_agencies.values(), now, reader=recipient),
        "password_link": settings.SITE_URL + reverse("account_reset_password"),
    }
    cycles = {item.report.cycle for item in followed} | {item.cycle for item in reviews}
    if cycles:
        context["awaiting_review"] = (count_awaiting or _count_awaiting)(cycles) - len(reviews)
        newest = max(cycles, key=lambda cycle: cycle.year)
        context["review_link"] = settings.SITE_URL + newest.url("queue")
        context["extensions_waiting"] = Extension.objects.open().filter(report__cycle__in=cycles).count()
        context["extensions_link"] = settings.SITE_URL + newest.url("extensions")
    return replace(rendered("reminder", context, due), waiting=due_waiting)


def _task(row: ReminderDue, facts: reminders.ReportFacts) -> str:
    """Return what the row's recipient is asked to do about the report."""
    heads, clerks = facts.people[Role.HEAD], facts.people[Role.CLERK]
    if row.recipient_id in heads and facts.status == Report.Status.AWAITING_APPROVAL:
        return "approve"
    if row.recipient_id in heads | clerks:
        return "write"
    return "follow" if heads | clerks else "no_contact"
