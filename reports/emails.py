"""What the mails say: composed from the state at the moment they leave, in text and in HTML."""

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from assignments.models import Agency, Membership, Plan, Role, User
from reports import completeness, deadlines, muting, pauses, reminders, roll_calls, standing, waiting
from reports.announcement import facts_of_year
from reports.changes import RETURNS, left_since_return
from reports.models import (
    CalendarException,
    ConsolidationEvent,
    CycleEvent,
    Extension,
    Mail,
    MailTopic,
    ReminderDue,
    Report,
    ReportEvent,
    ReportingCycle,
    Submission,
    Thread,
    WaitingReminder,
)

MISSING_SHOWN = 8
# How many reports of some years wait for review.
CountAwaiting = Callable[[set[ReportingCycle]], int]
# What an officer is asked to do about a report of others'.
FOLLOWED = ("follow", "no_contact")
SUBJECT_LENGTH = Mail._meta.get_field("subject").max_length

# An event is told of as long as its report is in one of these states. A receipt proves what happened, wherever the
# report has gone since, unless the submission was withdrawn.
STILL_SO_IN = {
    Mail.Kind.REPORT_SENT_UP: (Report.Status.AWAITING_APPROVAL,),
    Mail.Kind.REPORT_SENT_DOWN: (Report.Status.DRAFT, Report.Status.RETURNED),
    Mail.Kind.REPORT_SUBMITTED: tuple(Report.Status),
    Mail.Kind.REPORT_RETURNED: (Report.Status.RETURNED, Report.Status.AWAITING_APPROVAL),
    Mail.Kind.REPORT_ACCEPTED: (Report.Status.ACCEPTED,),
    Mail.Kind.EXTENSION_ASKED: tuple(Report.Status),
    Mail.Kind.EXTENSION_GRANTED: tuple(Report.Status),
    Mail.Kind.EXTENSION_REFUSED: tuple(Report.Status),
    Mail.Kind.REPORT_EXCUSED: tuple(Report.Status),
    Mail.Kind.EXCUSE_ENDED: tuple(Report.Status),
    # The mail that says why a report came back names its remarks.
    Mail.Kind.THREAD_OPENED: (Report.Status.SUBMITTED,),
    Mail.Kind.THREAD_ANSWERED: tuple(Report.Status),
}

# Officers remark on one part after the other: a mail waits until nobody has for so long, and tells of all.
GATHERED_FOR = datetime.timedelta(minutes=10)

RECIPIENT_LEFT = "tài khoản của người nhận đã ngừng hoạt động"
NOTHING_LEFT = "không còn việc cần nhắc khi thư đến giờ gửi"
WITHDRAWN = "báo cáo đã được thu hồi trước khi thư được gửi"
RESOLVED = "ý kiến thẩm tra đã kết thúc trước khi thư được gửi"
MOVED_ON = "báo cáo đã chuyển sang bước khác trước khi thư được gửi"
CYCLE_MOVED_ON = "kỳ báo cáo đã mở hoặc đổi ngày mở trước khi thư được gửi"
NO_LONGER_ASKED = "không còn là đầu mối khi thư được gửi"
MERGED_REPORT_MOVED_ON = "báo cáo tổng hợp đã chuyển sang bước khác trước khi thư được gửi"


# The field of a mail that names what it tells of.
TOLD_AS: dict[type, str] = {
    ReportEvent: "event",
    ConsolidationEvent: "consolidation_event",
    CycleEvent: "cycle_event",
}


@dataclass(frozen=True)
class Letter:
    """A mail's words, and the reminders that it carries.

    `is_muted`: its recipient reads it in the portal alone. `aside` is the part of a reminder that they do.
    """

    subject: str
    text: str
    html: str
    reminders: list[ReminderDue] = field(default_factory=list)
    waiting: list[WaitingReminder] = field(default_factory=list)
    is_muted: bool = False
    aside: "Letter | None" = None


class NothingToSay(Exception):
    """The mail has lost its reason to leave; the words say why, for the record."""


class HeldBack(NothingToSay):
    """All that the mail was to say waits until reminding goes on: its rows are without a mail again."""


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
        return _one_line("emails/_reminder_words.txt", {"item": self})


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
        return _one_line("emails/_waiting_words.txt", {"item": self})

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


def queue(
    kind: Mail.Kind,
    *,
    recipient: User,
    event: ReportEvent | ConsolidationEvent | CycleEvent,
    due_from: datetime.datetime | None = None,
) -> None:
    """Queue the mail that tells one person of an event, once however often it is asked for.

    It leaves at once, or from `due_from` on; call it in the transaction that writes the event.
    """
    told = TOLD_AS[type(event)]
    Mail.objects.get_or_create(
        key=f"{kind}:{event.pk}:{recipient.pk}",
        defaults={"kind": kind, "recipient": recipient, told: event, "due_from": due_from or event.at},
    )


def queue_gathered(kind: Mail.Kind, *, recipient: User, event: ReportEvent) -> None:
    """Queue the mail that tells one person of all that happens to a report within a while, or put it off once more.

    Call it under the report's lock, in the transaction that writes the event. A mail that somebody has begun to send
    is left alone, and another one queued: the second update looks again under the mail's own lock.
    """
    due_from = event.at + GATHERED_FOR
    unsent = Mail.objects.filter(attempts=0, sent_at=None, cancelled_at=None)
    gathering = list(
        unsent.filter(kind=kind, recipient=recipient, event__report=event.report).values_list("pk", flat=True)
    )
    if not unsent.filter(pk__in=gathering).update(due_from=due_from):
        queue(kind, recipient=recipient, event=event, due_from=due_from)


def compose(mail: Mail, now: datetime.datetime) -> Letter:
    """Return the mail's words as of now. Raises NothingToSay where it should not leave any more.

    Reminders that have lost their reason are recorded as skipped.
    """
    if not mail.recipient.is_active:
        raise NothingToSay(RECIPIENT_LEFT)
    if mail.kind == Mail.Kind.REMINDER:
        return _compose_reminder(mail, now)
    if mail.kind == Mail.Kind.ROLL_CALL:
        return _compose_roll_call(mail, now)
    if mail.consolidation_event:
        letter = _compose_consolidation_event(mail, mail.consolidation_event, now)
    elif mail.cycle_event:
        letter = _compose_cycle_event(mail, mail.cycle_event, now)
    else:
        letter = _compose_event(mail, now)
    return replace(letter, is_muted=muting.is_muted(mail))


def _compose_reminder(mail: Mail, now: datetime.datetime) -> Letter:
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
    people = _people_lines({row.report.agency for row in due}, (Role.CLERK, Role.HEAD), now)
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
        "contacts": _officers_in_charge(focal_agencies.values(), now),
        "password_link": settings.SITE_URL + reverse("account_reset_password"),
    }
    cycles = {item.report.cycle for item in followed} | {item.cycle for item in reviews}
    if cycles:
        context["awaiting_review"] = (count_awaiting or _count_awaiting)(cycles) - len(reviews)
        newest = max(cycles, key=lambda cycle: cycle.year)
        context["review_link"] = settings.SITE_URL + newest.url("queue")
        context["extensions_waiting"] = Extension.objects.open().filter(report__cycle__in=cycles).count()
        context["extensions_link"] = settings.SITE_URL + newest.url("extensions")
    return replace(_letter("reminder", context, due), waiting=due_waiting)


def _task(row: ReminderDue, facts: reminders.ReportFacts) -> str:
    """Return what the row's recipient is asked to do about the report."""
    heads, clerks = facts.people[Role.HEAD], facts.people[Role.CLERK]
    if row.recipient_id in heads and facts.status == Report.Status.AWAITING_APPROVAL:
        return "approve"
    if row.recipient_id in heads | clerks:
        return "write"
    return "follow" if heads | clerks else "no_contact"


def _compose_event(mail: Mail, now: datetime.datetime) -> Letter:
    assert mail.event is not None
    event = mail.event
    report = event.report
    extension = _extension_of(event)
    if not _is_still_so(mail, event, extension):
        raise NothingToSay(MOVED_ON)
    submission = None
    if mail.kind == Mail.Kind.REPORT_SUBMITTED:
        submission = _submission_of(event)
        if submission.withdrawn_at:
            raise NothingToSay(WITHDRAWN)
    remarks = _remarks_of(mail, event)
    plan = report.cycle.plan
    focal_agency = plan.focal_agency
    due_at = deadlines.due_after_return(report.due_at, report.returned_at, CalendarException.objects.as_corrections())
    parts = list(report.parts.select_related("area"))
    context = {
        "recipient": mail.recipient,
        "event": event,
        "report": report,
        "plan": plan,
        "year": str(report.cycle.year),
        "focal_agency": focal_agency,
        "last_day": deadlines.last_day(due_at),
        "days_words": deadlines.days_left_words(due_at, now),
        "extension": extension,
        "reopened_parts": [part for part in parts if part.is_reopened],
        "parts_with_gaps": {gap.part.key for gap in completeness.missing_in(report)},
        "all_reopened": all(part.is_reopened for part in parts),
        "remarks": remarks,
        "submission": submission,
        "people": submission.snapshot.get("people") if submission else None,
        "is_late": submission and standing.came_late(submission),
        "working_days": deadlines.WORKING_DAYS_AFTER_RETURN,
        "link": settings.SITE_URL + (submission or report).get_absolute_url(),
        "check_link": settings.SITE_URL + report.url("check"),
        "threads_link": settings.SITE_URL + report.url("threads"),
        "review_link": settings.SITE_URL + report.url("review"),
        "extend_link": settings.SITE_URL + report.url("extend"),
        "contacts": _officers_in_charge([focal_agency], now),
    }
    context["words"] = _one_line(f"emails/_{mail.kind}_words.txt", context)
    return _letter(mail.kind, context)


def _is_still_so(mail: Mail, event: ReportEvent, extension: Extension | None) -> bool:
    """Tell whether what the mail tells of a report still holds."""
    kind, report = Mail.Kind(mail.kind), event.report
    if kind == Mail.Kind.REPORT_EXCUSED:
        return report.excused_at == event.at
    if report.excused_at or report.status not in STILL_SO_IN[kind]:
        return False
    if kind == Mail.Kind.EXTENSION_ASKED:
        return extension is not None and extension.decided_at is None
    # What was decided since is told of in a mail of its own.
    return extension is None or not report.extensions.filter(decided_at__gt=event.at).exists()


def _extension_of(event: ReportEvent) -> Extension | None:
    """Return the extension that an event of asking for it, or of deciding on it, is about."""
    if event.kind == ReportEvent.Kind.EXTENSION_ASKED:
        return event.report.extensions.filter(asked_at=event.at).last()
    if event.kind in (ReportEvent.Kind.EXTENSION_GRANTED, ReportEvent.Kind.EXTENSION_REFUSED):
        return event.report.extensions.filter(decided_at=event.at).last()
    return None


def _compose_cycle_event(mail: Mail, event: CycleEvent, now: datetime.datetime) -> Letter:
    """Tell officers that a year will open, unless it has, or its day was moved since."""
    cycle = event.cycle
    if cycle.opened_at or cycle.opens_on.isoformat() != event.changes["opens_on"][1]:
        raise NothingToSay(CYCLE_MOVED_ON)
    context = {
        "recipient": mail.recipient,
        "event": event,
        "cycle": cycle,
        "plan": cycle.plan,
        "year": str(cycle.year),
        "facts": facts_of_year(cycle),
        "settings_link": settings.SITE_URL + reverse("cycle_settings", args=[cycle.plan.slug, cycle.year]),
        "contacts": _officers_in_charge([cycle.plan.focal_agency], now),
    }
    context["words"] = _one_line(f"emails/_{mail.kind}_words.txt", context)
    return _letter(mail.kind, context)


def _compose_consolidation_event(mail: Mail, event: ConsolidationEvent, now: datetime.datetime) -> Letter:
    """Tell what became of the merged report, unless something else has become of it since."""
    news = event.consolidation.events.exclude(kind__in=ConsolidationEvent.BESIDE)
    if mail.kind == Mail.Kind.CONSOLIDATED_PUBLISHED:
        # What is published stays so until the next version is.
        news = news.filter(kind=ConsolidationEvent.Kind.PUBLISHED)
    if news.latest("at", "pk") != event:
        raise NothingToSay(MERGED_REPORT_MOVED_ON)
    cycle = event.consolidation.cycle
    focal_agency = cycle.plan.focal_agency
    published = event.published
    address = [cycle.plan.slug, cycle.year]
    context = {
        "recipient": mail.recipient,
        "event": event,
        "plan": cycle.plan,
        "year": str(cycle.year),
        "focal_agency": focal_agency,
        "published": published,
        "version": published.version if published else cycle.consolidated_reports.count() + 1,
        "changes": (published or event.consolidation).changes,
        "link": settings.SITE_URL + reverse("consolidated", args=address),
        "preview_link": settings.SITE_URL + reverse("consolidated_preview", args=address),
        "contacts": _officers_in_charge([focal_agency], now),
    }
    context["words"] = _one_line(f"emails/_{mail.kind}_words.txt", context)
    return _letter(mail.kind, context)


def _compose_roll_call(mail: Mail, now: datetime.datetime) -> Letter:
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
        "contacts": _officers_in_charge([focal_agency], now),
    }
    context["words"] = _one_line("emails/_roll_call_words.txt", context)
    return _letter("roll_call", context)


def _remarks_of(mail: Mail, event: ReportEvent) -> list[Thread]:
    """Return the open remarks that a mail tells of. Raises NothingToSay where it has nothing else to tell."""
    if mail.kind not in (Mail.Kind.REPORT_RETURNED, Mail.Kind.THREAD_OPENED, Mail.Kind.THREAD_ANSWERED):
        return []
    remarks = list(Thread.objects.open().filter(part__report=event.report).with_words())
    if mail.kind == Mail.Kind.THREAD_ANSWERED:
        remarks = [thread for thread in remarks if any(answer.at >= event.at for answer in thread.answers)]
    if mail.kind != Mail.Kind.REPORT_RETURNED and not remarks:
        raise NothingToSay(RESOLVED)
    return remarks


def _submission_of(event: ReportEvent) -> Submission:
    """Return the submission that an event of submitting, or of entering a letter, made."""
    made = event.report.submissions.filter(submitted_at=event.at, submitted_by=event.by)
    return made.select_related("submitted_by", "on_behalf_of").latest("number")


def receipt_copies(submission: Submission) -> QuerySet[Mail]:
    """Return the mails, sent or on their way, that carry a copy of the submission's receipt."""
    copies = Mail.objects.filter(kind=Mail.Kind.REPORT_SUBMITTED, cancelled_at=None)
    of_submission = copies.filter(event__report=submission.report, event__at=submission.submitted_at)
    return of_submission.select_related("recipient").order_by("recipient__full_name")


def _letter(name: str, context: dict, rows: Iterable[ReminderDue] = ()) -> Letter:
    subject = _one_line(f"emails/{name}_subject.txt", context)
    text = render_to_string(f"emails/{name}.txt", context)
    return Letter(
        subject=subject[:SUBJECT_LENGTH],
        text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
        html=render_to_string(f"emails/{name}.html", context | {"subject": subject}),
        reminders=list(rows),
    )


def _one_line(template: str, context: dict) -> str:
    """Return a template's words as plain text with its white space folded."""
    return " ".join(render_to_string(template, context).split())


def _officers_in_charge(focal_agencies: Iterable[Agency | None], now: datetime.datetime) -> list[str]:
    """Return whom to ask at each focal agency, with a telephone: its officers, or the agency itself."""
    agencies = sorted({agency for agency in focal_agencies if agency}, key=lambda agency: agency.name)
    officers = _people_lines(agencies, (Role.OFFICER,), now)
    return [
        f"{agency.name}: {'; '.join(officers[agency])}"
        if officers[agency]
        else _with_telephone(agency.name, agency.telephone)
        for agency in agencies
    ]


def _people_lines(
    agencies: Iterable[Agency], roles: tuple[Role, ...], now: datetime.datetime
) -> dict[Agency, list[str]]:
    """Return each agency's active people in these roles as text: name, position, telephone."""
    memberships = Membership.objects.on(deadlines.day_of(now)).with_role(*roles).filter(agency__in=agencies)
    people = {(m.agency, m.user): m for m in memberships.select_related("user", "agency")}
    lines: dict[Agency, list[str]] = {agency: [] for agency in agencies}
    for m in sorted(people.values(), key=lambda m: m.user.full_name):
        position = m.position or m.get_role_display().lower()
        telephone = m.user.telephone or m.agency.telephone
        lines[m.agency].append(_with_telephone(f"{m.user.full_name}, {position}", telephone))
    return lines


def _with_telephone(line: str, telephone: str) -> str:
    return f"{line}, điện thoại {telephone}" if telephone else line
