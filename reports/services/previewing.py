"""What a change of dates, milestones or the calendar would do, before it is done. Nothing here writes."""

import copy
import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from reports import deadlines, reminders
from reports.models import CalendarException, Report, ReportingCycle
from reports.moved_deadlines import Moved


@dataclass(frozen=True)
class Firing:
    """A milestone that would send mails now: to how many people, about how many reports."""

    days: int
    people: int
    reports: int

    @property
    def words(self) -> str:
        if self.days > 0:
            when = f"{self.days} ngày sau hạn"
        else:
            when = f"{-self.days} ngày trước hạn" if self.days else "ngày cuối"
        return f"mốc {when}: {self.people} người, về {self.reports} báo cáo"


@dataclass(frozen=True)
class Preview:
    """What a change does to the reports of a cycle.

    `moved` are those that are owed and get another last day; `kept` those that keep an extension of their own while
    the cycle's deadline moves, `overtaken` the ones of them whose own day then lies before everybody's. `to_late`
    and `to_on_time` have come and would be judged anew. `firing` are the milestones that would send mails now or,
    where reminding is paused (`is_paused`), when it goes on.
    """

    moved: list[Moved] = field(default_factory=list)
    kept: list[Report] = field(default_factory=list)
    overtaken: list[Report] = field(default_factory=list)
    to_late: list[Report] = field(default_factory=list)
    to_on_time: list[Report] = field(default_factory=list)
    firing: list[Firing] = field(default_factory=list)
    is_paused: bool = False

    @property
    def days(self) -> list[tuple[datetime.date, list[Report]]]:
        """The new last days, each with the reports that get it, the earliest first."""
        found = defaultdict(list)
        for moved in self.moved:
            found[moved.after].append(moved.report)
        return sorted(found.items())


def preview(
    reports: Iterable[Report],
    change: Callable[[Report], object],
    *,
    now: datetime.datetime,
    corrections: deadlines.Corrections | None = None,
) -> Preview:
    """Return what becomes of the reports when `change` is made to a copy of each, and with other days off.

    The reports come with `first_received_at` and their cycle, plan and agency read ahead.
    """
    reports = list(reports)
    changed = [_changed(report, change) for report in reports]
    before = reminders.read_facts(reports, now)
    after = reminders.read_facts(changed, now, corrections)
    pairs = list(zip(reports, changed, strict=True))
    return Preview(
        moved=[
            Moved(old, deadlines.last_day(before[old.pk].due_at), deadlines.last_day(after[old.pk].due_at))
            for old, _ in pairs
            if old.is_owed and before[old.pk].due_at != after[old.pk].due_at
        ],
        kept=[old for old, new in pairs if _keeps_its_own(old, new)],
        overtaken=[old for old, new in pairs if _keeps_its_own(old, new) and old.due_at < new.cycle.due_at],
        to_late=[old for old, new in pairs if (_came_late(old), _came_late(new)) == (False, True)],
        to_on_time=[old for old, new in pairs if (_came_late(old), _came_late(new)) == (True, False)],
        firing=_firing(before, after, now),
        is_paused=any(facts.is_paused for facts in after.values()),
    )


def reports_to_preview(cycle: ReportingCycle) -> list[Report]:
    """Return the reports of a cycle as `preview` takes them, in the plan's order: none before the year is opened."""
    reports = cycle.reports.with_first_received_at().select_related("cycle__plan", "agency")
    # Grouping by the first submission, the query has lost the model's own order.
    return list(reports.order_by("participant_number", "agency__name"))


def with_correction(day: datetime.date, is_working_day: bool | None) -> dict[datetime.date, bool]:
    """Return the days off as they would be with one more corrected, or (None) no longer corrected."""
    corrections = CalendarException.objects.as_corrections()
    corrections.pop(day, None)
    return corrections if is_working_day is None else corrections | {day: is_working_day}


def _changed(report: Report, change: Callable[[Report], object]) -> Report:
    changed = copy.copy(report)
    changed._state = copy.copy(report._state)
    changed._state.fields_cache = report._state.fields_cache | {"cycle": copy.copy(report.cycle)}
    change(changed)
    return changed


def _keeps_its_own(old: Report, new: Report) -> bool:
    return old.is_owed and old.extended_due_at is not None and old.cycle.due_at != new.cycle.due_at


def _came_late(report: Report) -> bool | None:
    """Tell whether what came was late; None where nothing came."""
    received = getattr(report, "first_received_at", None)
    return None if received is None or report.excused_at else deadlines.is_late(received, report.due_at)


def _firing(
    before: Mapping[int, reminders.ReportFacts], after: Mapping[int, reminders.ReportFacts], now: datetime.datetime
) -> list[Firing]:
    people, found = defaultdict(set), defaultdict(set)
    for pk, facts in after.items():
        already = set(_due_unless_paused(before[pk], now))
        for reminder in _due_unless_paused(facts, now):
            if not reminder.why and reminder not in already:
                people[reminder.days].add(reminder.recipient_id)
                found[reminder.days].add(pk)
    return [Firing(days, len(people[days]), len(found[days])) for days in sorted(found)]


def _due_unless_paused(facts: reminders.ReportFacts, now: datetime.datetime) -> list[reminders.Reminder]:
    return reminders.due_reminders(replace(facts, pauses=()), now)
