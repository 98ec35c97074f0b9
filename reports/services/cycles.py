"""What the officer changes about a year: its dates, its milestones, the days off, its end."""

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction

from assignments.models import User
from reports import access, deadlines
from reports.models import CalendarException, CycleEvent, Extension, Mail, Report, ReportingCycle
from reports.moved_deadlines import moved_by
from reports.services.outdating import mark_published_outdated
from reports.services.telling import tell
from reports.standing import standings

Kind = CycleEvent.Kind


@dataclass(frozen=True)
class Dates:
    """The four dates of a year; `due_at` is exclusive."""

    opens_on: datetime.date
    data_from: datetime.date
    data_to: datetime.date
    due_at: datetime.datetime


@dataclass(frozen=True)
class Told:
    """Who is told that a year's deadline moves: the people of every agency whose own day moves, and officers."""

    people: dict[Report, list[User]]
    officers: list[User]

    @property
    def reports(self) -> list[Report]:
        """The reports of which somebody is told."""
        return [report for report, people in self.people.items() if people]

    @property
    def unreached(self) -> list[Report]:
        """The reports whose agencies have nobody to tell."""
        return [report for report, people in self.people.items() if not people]

    @property
    def agencies_people(self) -> list[User]:
        """The agencies' people, each once."""
        return list(dict.fromkeys(person for people in self.people.values() for person in people))


class CycleChangeRefused(Exception):
    """A change of a year that contradicts itself or comes at the wrong time; the words are for the user."""

    def __init__(self, words: str, field: str | None = None):
        super().__init__(words)
        self.field = field


def contradictions(cycle: ReportingCycle, dates: Dates) -> dict[str, str]:
    """Return what is wrong with a year's dates, by the field that should be mended; empty where they agree."""
    found = {}
    last = deadlines.last_day(dates.due_at)
    if dates.data_from.year not in (cycle.year - 1, cycle.year):
        found["data_from"] = f"Số liệu phải bắt đầu trong năm {cycle.year - 1} hoặc năm {cycle.year}."
    if dates.data_from > dates.data_to:
        found["data_to"] = "Ngày chốt số liệu phải bằng hoặc sau ngày bắt đầu số liệu."
    if dates.opens_on != cycle.opens_on and cycle.opened_at:
        found["opens_on"] = f"Kỳ đã mở ngày {deadlines.day_of(cycle.opened_at):%d/%m/%Y} nên không sửa ngày mở được."
    elif dates.opens_on.year != cycle.year:
        found["opens_on"] = f"Ngày mở kỳ báo cáo năm {cycle.year} phải trong năm {cycle.year}."
    if last <= dates.opens_on:
        found["due_at"] = f"Ngày cuối nộp đúng hạn phải sau ngày mở kỳ ({dates.opens_on:%d/%m/%Y})."
    elif last.year not in (cycle.year, cycle.year + 1):
        found["due_at"] = f"Ngày cuối nộp đúng hạn phải trong năm {cycle.year} hoặc năm {cycle.year + 1}."
    elif dates.data_from > last:
        found["data_from"] = f"Số liệu không thể bắt đầu sau ngày cuối nộp báo cáo ({last:%d/%m/%Y})."
    return found


def why_not_correct(cycle: ReportingCycle, day: datetime.date, is_working_day: bool | None) -> str:
    """Return why a day cannot be corrected so on the page of this year; empty where it can, or goes back."""
    if is_working_day is not None and day.year not in (cycle.year, cycle.year + 1):
        return f"Ngày phải trong năm {cycle.year} hoặc năm {cycle.year + 1}: kỳ báo cáo không dùng lịch của năm khác."
    return ""


def told_of_deadline(cycle: ReportingCycle, due_at: datetime.datetime, *, by: User) -> Told:
    """Return whom `change_cycle` tells when it moves the deadline to `due_at`: nobody before the year opens."""
    if not cycle.opened_at or due_at == cycle.due_at:
        return Told({}, [])
    owed = cycle.reports.owed().select_related("agency")
    corrections = CalendarException.objects.as_corrections()
    reports = [moved.report for moved in moved_by(owed, was=cycle.due_at, due_at=due_at, corrections=corrections)]
    people = access.people_of_each(report.agency for report in reports)
    focal = cycle.plan.focal_agency
    officers = access.officers_of(focal) if focal else []
    return Told(
        people={report: people[report.agency] for report in reports},
        officers=[officer for officer in officers if officer != by],
    )


@transaction.atomic
def change_cycle(cycle: ReportingCycle, *, by: User, now: datetime.datetime, dates: Dates, reason: str) -> CycleEvent:
    """Change the year's dates with the reason. Every report without an extension follows a moved `due_at`.

    Whoever has to know of the new deadline is told by mail: see `told_of_deadline`.
    """
    cycle = _locked(cycle, by)
    if wrong := contradictions(cycle, dates):
        field, words = next(iter(wrong.items()))
        raise CycleChangeRefused(words, field)
    if cycle.closed_at:
        raise CycleChangeRefused("Kỳ báo cáo đã kết thúc. Hãy mở lại kỳ trước khi sửa ngày.")
    changed = {name: date for name, date in asdict(dates).items() if getattr(cycle, name) != date}
    if not changed:
        raise CycleChangeRefused("Chưa có ngày nào thay đổi so với hiện nay.")
    _check_reason(reason)
    changes = {name: [_said(getattr(cycle, name)), _said(date)] for name, date in changed.items()}
    told = told_of_deadline(cycle, dates.due_at, by=by)
    for name, date in changed.items():
        setattr(cycle, name, date)
    cycle.save(update_fields=list(changed))
    event = _note(cycle, Kind.DATES_CHANGED, by=by, now=now, reason=reason, changes=changes)
    tell(Mail.Kind.DEADLINE_MOVED, [*told.agencies_people, *told.officers], event)
    return event


@transaction.atomic
def change_milestones(
    cycle: ReportingCycle, *, by: User, now: datetime.datetime, reason: str, milestones: list[dict]
) -> CycleEvent:
    """Change when who is reminded. A milestone that has gone out for a deadline does not go out again for it."""
    cycle = _locked(cycle, by)
    if milestones == cycle.milestones:
        raise CycleChangeRefused("Chưa có mốc nhắc nào thay đổi so với hiện nay.")
    if not milestones:
        raise CycleChangeRefused("Hãy giữ ít nhất một mốc nhắc.")
    _check_reason(reason)
    changes = {"milestones": [cycle.milestones, milestones]}
    cycle.milestones = milestones
    cycle.save(update_fields=["milestones"])
    return _note(cycle, Kind.MILESTONES_CHANGED, by=by, now=now, reason=reason, changes=changes)


@transaction.atomic
def correct_day(
    cycle: ReportingCycle,
    *,
    by: User,
    now: datetime.datetime,
    day: datetime.date,
    is_working_day: bool | None,
    reason: str,
) -> CycleEvent:
    """Say of a day that people work on it or not, against the public calendar; None goes back to that calendar.

    It holds for every year and plan; the event is the year's on whose page it was done.
    """
    cycle = _locked(cycle, by)
    if refusal := why_not_correct(cycle, day, is_working_day):
        raise CycleChangeRefused(refusal, "day")
    correction = CalendarException.objects.filter(day=day).first()
    was = correction.is_working_day if correction else None
    if is_working_day == was:
        raise CycleChangeRefused("Ngày này đã được ghi như vậy.", "is_working_day")
    _check_reason(reason)
    if is_working_day is None:
        CalendarException.objects.filter(day=day).delete()
    else:
        CalendarException.objects.update_or_create(
            day=day, defaults={"is_working_day": is_working_day, "note": reason.strip()[:200]}
        )
    changes = {day.isoformat(): [was, is_working_day]}
    return _note(cycle, Kind.CALENDAR_CORRECTED, by=by, now=now, reason=reason, changes=changes)


def why_not_close(cycle: ReportingCycle, now: datetime.datetime) -> str:
    """Return why a year cannot be ended yet; empty where it can."""
    if not cycle.opened_at:
        return "Kỳ báo cáo chưa mở."
    if cycle.closed_at:
        return "Kỳ báo cáo đã kết thúc."
    if not deadlines.is_late(now, cycle.due_at):
        return f"Hạn nộp {deadlines.last_day(cycle.due_at):%d/%m/%Y} chưa qua nên chưa kết thúc kỳ được."
    if waiting := Extension.objects.open().filter(report__cycle=cycle).count():
        return f"Còn {waiting} đề nghị gia hạn chưa trả lời. Hãy trả lời trước khi kết thúc kỳ."
    corrections = CalendarException.objects.as_corrections()
    in_time = [row for row in standings(cycle.reports.all(), now=now, corrections=corrections) if row.is_owed]
    in_time = [row for row in in_time if not row.is_overdue]
    if in_time:
        names = "; ".join(f"{row.report.issuer_name} (đến hết {row.last_day:%d/%m/%Y})" for row in in_time)
        return f"Còn đơn vị chưa hết hạn riêng: {names}."
    return ""


@transaction.atomic
def close_cycle(cycle: ReportingCycle, *, by: User, now: datetime.datetime, reason: str = "") -> CycleEvent:
    """End the year: nobody is reminded any more, and who never sent has not sent. Late reports are still taken."""
    cycle = _locked(cycle, by)
    if refusal := why_not_close(cycle, now):
        raise CycleChangeRefused(refusal)
    cycle.closed_at, cycle.closed_by = now, by
    cycle.save(update_fields=["closed_at", "closed_by"])
    return _note(cycle, Kind.CLOSED, by=by, now=now, reason=reason)


@transaction.atomic
def reopen_cycle(cycle: ReportingCycle, *, by: User, now: datetime.datetime, reason: str) -> CycleEvent:
    """Take the end of a year back with the reason: reminders go on, deadlines and extensions can be changed."""
    cycle = _locked(cycle, by)
    if not cycle.closed_at:
        raise CycleChangeRefused("Kỳ báo cáo chưa kết thúc nên không có gì để mở lại.")
    _check_reason(reason)
    cycle.closed_at, cycle.closed_by = None, None
    cycle.save(update_fields=["closed_at", "closed_by"])
    return _note(cycle, Kind.REOPENED, by=by, now=now, reason=reason)


def _locked(cycle: ReportingCycle, by: User) -> ReportingCycle:
    access.check_may_set_dates(by, cycle)
    locked = ReportingCycle.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("plan").get(pk=cycle.pk)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise CycleChangeRefused("Hãy ghi rõ lý do thay đổi.", "reason")


def _said(moment: datetime.date | datetime.datetime) -> str:
    if isinstance(moment, datetime.datetime):
        moment = moment.astimezone(deadlines.VIETNAM)
    return moment.isoformat()


def _note(
    cycle: ReportingCycle,
    kind: CycleEvent.Kind,
    *,
    by: User,
    now: datetime.datetime,
    reason: str,
    changes: Mapping | None = None,
) -> CycleEvent:
    if kind in CycleEvent.OUTDATE:
        mark_published_outdated(cycle, now)
    return CycleEvent.objects.create(
        cycle=cycle, kind=kind, at=now, by=by, reason=reason.strip(), changes=changes or {}
    )
