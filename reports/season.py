"""The calendar of a year of reporting: what falls on which day, and on which days people do not work."""

import calendar
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reports import deadlines
from reports.milestones import reminded
from reports.models import CalendarException, Report, ReportingCycle

# Days shown after the last on-time day.
SHOWN_AFTER = 14


@dataclass(frozen=True)
class Entry:
    """Something that falls on a day: `tone` is one of the states' colours."""

    words: str
    tone: str = "secondary"


@dataclass(frozen=True)
class Day:
    """A day of the season, or one beside it that only fills its week."""

    date: datetime.date
    is_shown: bool
    is_off: bool
    entries: list[Entry] = field(default_factory=list)
    is_today: bool = False

    @property
    def weekday(self) -> str:
        return deadlines.WEEKDAYS[self.date.weekday()]


@dataclass(frozen=True)
class Month:
    """A month's weeks, each from Monday to Sunday; None where the week has days of another month."""

    first: datetime.date
    weeks: list[list[Day | None]]


def season_of(
    cycle: ReportingCycle, extended: Iterable[Report], exceptions: Iterable[CalendarException], today: datetime.date
) -> list[Month]:
    """Return the months from the opening to two weeks after the last on-time day, or the last extension.

    `extended` are the reports with a deadline of their own, `exceptions` the days corrected.
    """
    extended, corrected = list(extended), {exception.day: exception for exception in exceptions}
    last = max([cycle.last_day + datetime.timedelta(days=SHOWN_AFTER), *(report.last_day for report in extended)])
    entries = _entries(cycle, extended)
    day, months = cycle.opens_on.replace(day=1), []
    while day <= last:
        weeks = [
            [
                _day(date, cycle.opens_on, last, corrected, entries, today) if date.month == day.month else None
                for date in week
            ]
            for week in calendar.Calendar().monthdatescalendar(day.year, day.month)
        ]
        months.append(Month(day, [week for week in weeks if any(one and one.is_shown for one in week)]))
        day = (day + datetime.timedelta(days=31)).replace(day=1)
    return months


def _entries(cycle: ReportingCycle, extended: Iterable[Report]) -> Mapping[datetime.date, list[Entry]]:
    entries: dict[datetime.date, list[Entry]] = defaultdict(list)
    entries[cycle.opens_on].append(Entry("Mở kỳ báo cáo", "info"))
    entries[cycle.data_from].append(Entry("Số liệu từ ngày này", "info"))
    entries[cycle.data_to].append(Entry("Số liệu đến hết ngày này", "info"))
    entries[cycle.last_day].append(Entry("Ngày cuối nộp đúng hạn", "danger"))
    for group in reminded(cycle.milestones):
        for days in (*(-day for day in group.before), *group.after):
            words = "Lãnh đạo tỉnh thấy tên đơn vị quá hạn" if group.is_leaders else f"Nhắc {group.who}"
            entries[cycle.last_day + datetime.timedelta(days=days)].append(Entry(words, "primary"))
    own: dict[datetime.date, list[str]] = defaultdict(list)
    for report in extended:
        own[report.last_day].append(report.agency.short_name)
    for day, names in own.items():
        entries[day].append(Entry(f"Hạn riêng: {', '.join(names)}", "warning"))
    return entries


def _day(
    date: datetime.date,
    first: datetime.date,
    last: datetime.date,
    corrected: Mapping[datetime.date, CalendarException],
    entries: Mapping[datetime.date, list[Entry]],
    today: datetime.date,
) -> Day:
    correction = corrected.get(date)
    corrections = {date: correction.is_working_day} if correction else {}
    is_off, name = bool(deadlines.why_off(date, corrections)), deadlines.name_of(date)
    found = list(entries.get(date, ()))
    if correction:
        found.append(Entry(f"{'Ngày làm việc' if correction.is_working_day else 'Nghỉ'} ({correction.note})"))
    elif name:
        found.append(Entry(name))
    return Day(date, first <= date <= last, is_off, found if first <= date <= last else [], date == today)
