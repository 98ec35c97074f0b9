"""What can be proved of a year's reminding: every reminder, mail and noted call, with the mail server's own words.

Nothing is written here; as many queries for many reports as for few. What stands in a row is what it was when it
happened.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from assignments.models import Membership
from reports import access, deadlines
from reports.milestones import milestone_words
from reports.models import ContactCall, Mail, ReminderDue, Report, ReportingCycle, RollCallEntry

# A reminder without a recipient: the agency had none, or the milestone was passed over for all of them.
NOBODY, NO_ONE = "không có đầu mối", "không ai"
ROLL_CALL = "Điểm danh đầu mối"


class State(StrEnum):
    """What became of it, as a list says it."""

    SENT = "Đã gửi"
    WAITING = "Chờ gửi"
    NOT_SENT = "Không gửi"
    BOUNCED = "Bị trả về"
    CALLED = "Đã gọi"
    NOT_REACHED = "Không gặp"


@dataclass(frozen=True)
class Entry:
    """One thing that was done, or not done and why.

    `at` is when it fell due, was asked for or called; `done_at` when the mail left, None where none did. `address` is
    the mail address or the telephone number, as it was; `answer` the mail server's, word for word.
    """

    report: Report | None
    agency: str
    what: str
    at: datetime.datetime
    name: str
    address: str
    state: State
    done_at: datetime.datetime | None = None
    answer: str = ""
    why: str = ""
    by: str = ""

    @property
    def is_call(self) -> bool:
        return self.state in (State.CALLED, State.NOT_REACHED)

    @property
    def tone(self) -> str:
        """The colour's name, beside the word."""
        return {
            State.SENT: "success",
            State.CALLED: "success",
            State.WAITING: "info",
            State.NOT_SENT: "secondary",
            State.NOT_REACHED: "warning",
            State.BOUNCED: "danger",
        }[self.state]


def entries_of(cycle: ReportingCycle, reports: Iterable[Report]) -> list[Entry]:
    """Return everything about some of a cycle's reports, oldest first. They come with their agency read ahead."""
    by_id = {report.pk: report for report in reports}
    by_agency = {report.agency_id: report for report in by_id.values()}
    entries = [
        *(_of_reminder(row, by_id[row.report_id]) for row in _reminders(by_id)),
        *(_of_mail(mail, by_id[mail.event.report_id]) for mail in _mails(by_id) if mail.event),
        *(_of_year(mail, by_agency[agency]) for mail, agency in _mails_of_year(cycle, by_agency)),
        *(_of_call(call, by_id[call.report_id]) for call in _calls(by_id)),
        *(_of_question(asked, by_agency[asked.agency_id]) for asked in _questions(cycle, by_agency)),
    ]
    return sorted(entries, key=lambda entry: (entry.at, entry.agency))


def _reminders(reports: Iterable[int]) -> Iterable[ReminderDue]:
    rows = ReminderDue.objects.filter(report__in=reports).order_by("claimed_at", "pk")
    return rows.select_related("mail", "recipient", "asked_by")


def _mails(reports: Iterable[int]) -> Iterable[Mail]:
    mails = Mail.objects.filter(event__report__in=reports).order_by("event__at", "pk")
    return mails.select_related("recipient", "event__by").defer("text")


def _mails_of_year(cycle: ReportingCycle, agencies: Iterable[int]) -> Iterator[tuple[Mail, int]]:
    """Yield the mails to the agencies' people of a moved deadline, each with the agency whose they were that day."""
    mails = Mail.objects.filter(cycle_event__cycle=cycle, kind=Mail.Kind.DEADLINE_MOVED).order_by("pk")
    mails = mails.select_related("recipient", "cycle_event__by").defer("text")
    memberships = Membership.objects.filter(
        role__in=access.AGENCY_ROLES, agency__in=agencies, user__in=mails.values("recipient")
    )
    held = defaultdict(list)
    for membership in memberships:
        held[membership.user_id].append(membership)
    for mail in mails:
        assert mail.cycle_event is not None
        day = deadlines.day_of(mail.cycle_event.at)
        for agency in sorted({m.agency_id for m in held[mail.recipient_id] if _holds_on(m, day)}):
            yield mail, agency


def _holds_on(membership: Membership, day: datetime.date) -> bool:
    return membership.valid_from <= day and (membership.valid_to is None or day <= membership.valid_to)


def _calls(reports: Iterable[int]) -> Iterable[ContactCall]:
    return ContactCall.objects.filter(report__in=reports).select_related("by")


def _questions(cycle: ReportingCycle, agencies: Iterable[int]) -> Iterable[RollCallEntry]:
    asked = RollCallEntry.objects.filter(roll_call__cycle=cycle, agency__in=agencies).order_by("pk")
    return asked.select_related("roll_call__sent_by", "user", "mail__recipient")


def _of_reminder(row: ReminderDue, report: Report) -> Entry:
    state, mail = State.NOT_SENT, row.mail
    if row.outcome == ReminderDue.Outcome.PENDING:
        state = State.WAITING
    elif row.outcome == ReminderDue.Outcome.SENT:
        state = State.BOUNCED if mail and mail.bounced_at else State.SENT
    return Entry(
        report=report,
        agency=report.issuer_name,
        what=_what_was_due(row),
        at=row.claimed_at,
        name=_name_of(row),
        address=(mail and mail.address) or (row.recipient.email if row.recipient else ""),
        state=state,
        done_at=mail.sent_at if mail and row.outcome == ReminderDue.Outcome.SENT else None,
        answer=_answer(mail) if mail else "",
        why=row.why,
        by=row.asked_by.full_name if row.asked_by else "",
    )


def _what_was_due(row: ReminderDue) -> str:
    """Say which milestone it was, and how late the report really was where the mail left some days after it."""
    milestone = f"{milestone_words(row.days)} (hạn {deadlines.last_day(row.due_at):%d/%m/%Y})"
    if row.asked_by_id:
        return f"Đôn đốc: {milestone}"
    if row.recipient_id is None or deadlines.days_left(row.due_at, row.claimed_at) == -row.days:
        return f"Nhắc tự động, mốc {milestone}"
    return f"Nhắc tự động, mốc {milestone}; khi nhắc {deadlines.days_left_words(row.due_at, row.claimed_at)}"


def _name_of(row: ReminderDue) -> str:
    if row.recipient:
        return row.recipient.full_name
    return NOBODY if row.lacks_contact else NO_ONE


def _of_mail(mail: Mail, report: Report) -> Entry:
    assert mail.event is not None
    return Entry(
        report=report,
        agency=report.issuer_name,
        what=mail.get_kind_display(),
        at=mail.event.at,
        by=mail.event.by.full_name if mail.event.by else "",
        **_way_of(mail),
    )


def _of_year(mail: Mail, report: Report) -> Entry:
    assert mail.cycle_event is not None
    event = mail.cycle_event
    return Entry(
        report=report,
        agency=report.issuer_name,
        what=mail.get_kind_display(),
        at=event.at,
        by=event.by.full_name if event.by else "",
        **_way_of(mail),
    )


def _of_question(asked: RollCallEntry, report: Report) -> Entry:
    answered = ""
    if asked.answered_at:
        at = asked.answered_at.astimezone(deadlines.VIETNAM)
        answered = f": {asked.get_answer_display().lower()} (trả lời lúc {at:%H:%M %d/%m/%Y})"
    return Entry(
        report=report,
        agency=report.issuer_name,
        what=f"{ROLL_CALL}{answered}",
        at=asked.roll_call.sent_at,
        by=asked.roll_call.sent_by.full_name,
        **_way_of(asked.mail),
    )


def _way_of(mail: Mail) -> dict:
    """Return how far a mail came, in the words of an entry."""
    state = State.WAITING
    if mail.bounced_at:
        state = State.BOUNCED
    elif mail.sent_at:
        state = State.SENT
    elif mail.cancelled_at:
        state = State.NOT_SENT
    return {
        "name": mail.recipient.full_name,
        "address": mail.address or mail.recipient.email,
        "state": state,
        "done_at": mail.sent_at,
        "answer": _answer(mail),
        "why": mail.why,
    }


def _answer(mail: Mail) -> str:
    if mail.bounced_at:
        at = mail.bounced_at.astimezone(deadlines.VIETNAM)
        return f"{mail.server_answer}; báo không tới lúc {at:%H:%M %d/%m/%Y}: {mail.bounce}"
    return mail.server_answer


def _of_call(call: ContactCall, report: Report) -> Entry:
    note = f". {call.note}" if call.note else ""
    return Entry(
        report=report,
        agency=report.issuer_name,
        what=f"{call.words}{note}",
        at=call.at,
        name=call.name,
        address=call.telephone,
        state=State.NOT_REACHED if call.outcome == ContactCall.Outcome.NOT_REACHED else State.CALLED,
        done_at=call.at,
        by=call.by.full_name,
    )
