"""The clock rules: when something is due, how many days are left, what is late.

Days are days in Vietnam. Every function is pure: the instant comes in as `now`, the days off as `calendar`.
"""

import datetime
from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo

import holidays

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
WORKING_DAYS_AFTER_RETURN = 5
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
SATURDAY = 5

Corrections = Mapping[datetime.date, bool]


def midnight(day: datetime.date) -> datetime.datetime:
    """Return the instant at which a day begins in Vietnam."""
    return datetime.datetime.combine(day, datetime.time.min, VIETNAM)


def day_of(instant: datetime.datetime) -> datetime.date:
    """Return the day in Vietnam on which an instant falls."""
    return instant.astimezone(VIETNAM).date()


def last_day(due_at: datetime.datetime) -> datetime.date:
    """Return the last on-time day of an exclusive deadline.

    "Trước ngày 10/11" (Kế hoạch 96/KH-UBND, section V) is 10 November 00:00, so its last day is 9 November.
    """
    return day_of(due_at - datetime.timedelta(microseconds=1))


def after(day: datetime.date) -> datetime.datetime:
    """Return the exclusive deadline whose last on-time day is this one: what people type becomes what is kept."""
    return midnight(day + datetime.timedelta(days=1))


def is_late(received_at: datetime.datetime, due_at: datetime.datetime) -> bool:
    """Tell whether something that arrived at an instant came after the deadline, which is exclusive."""
    return received_at >= due_at


def days_left(due_at: datetime.datetime, now: datetime.datetime) -> int:
    """Return the days to the last on-time day: 0 on that day, negative when overdue."""
    return (last_day(due_at) - day_of(now)).days


def days_left_words(due_at: datetime.datetime, now: datetime.datetime) -> str:
    """Say how many days are left, as people read it."""
    days = days_left(due_at, now)
    if days > 0:
        return f"còn {days} ngày"
    if days == 0:
        return "hôm nay là ngày cuối"
    return f"quá hạn {-days} ngày"


def is_working_day(day: datetime.date, corrections: Corrections) -> bool:
    """Tell whether people work on a day: Vietnam's holidays, swapped days and working Saturdays count.

    `corrections` (day -> is it a working day) wins over the public calendar.
    """
    if day in corrections:
        return corrections[day]
    return _public_calendar(day.year).is_working_day(day)


@cache
def _public_calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year, language="vi")


def name_of(day: datetime.date) -> str:
    """Say what the public calendar calls a day: a holiday, a working day in exchange; empty for every other day."""
    calendar = _public_calendar(day.year)
    if day in calendar.weekend_workdays:
        return "Ngày làm bù"
    return calendar.get(day) or ""


def why_off(day: datetime.date, corrections: Corrections) -> str:
    """Say why people do not work on a day; empty for a working day."""
    if is_working_day(day, corrections):
        return ""
    return name_of(day) or ("ngày nghỉ theo điều chỉnh" if day.weekday() < SATURDAY else WEEKDAYS[day.weekday()])


def working_day_from(day: datetime.date, corrections: Corrections) -> datetime.date:
    """Return the day itself where people work on it, else the next on which they do."""
    while not is_working_day(day, corrections):
        day += datetime.timedelta(days=1)
    return day


def extension_words(due_at: datetime.datetime, extended_due_at: datetime.datetime | None) -> str:
    """Say both dates of a report whose deadline was extended, as every page, mail and document does; else nothing.

    `due_at` is the original one. Both are exclusive; what is read are last days.
    """
    if extended_due_at is None:
        return ""
    return f"hạn gốc {last_day(due_at):%d/%m/%Y}, được gia hạn đến hết {last_day(extended_due_at):%d/%m/%Y}"


def add_working_days(day: datetime.date, count: int, corrections: Corrections) -> datetime.date:
    """Return the day that is `count` working days after a day, which itself is not counted."""
    while count:
        day += datetime.timedelta(days=1)
        count -= is_working_day(day, corrections)
    return day


def working_days_since(day: datetime.date, today: datetime.date, corrections: Corrections) -> int:
    """Return how many working days have begun after a day, up to today, which is counted."""
    days = range(1, (today - day).days + 1)
    return sum(is_working_day(day + datetime.timedelta(days=gone), corrections) for gone in days)


def due_after_return(
    due_at: datetime.datetime, returned_at: datetime.datetime | None, corrections: Corrections
) -> datetime.datetime:
    """Return until when a report may be sent again: its due date, or five working days after the return.

    The later of the two counts. The result is exclusive, like `due_at`.
    """
    if returned_at is None:
        return due_at
    last = add_working_days(day_of(returned_at), WORKING_DAYS_AFTER_RETURN, corrections)
    return max(due_at, midnight(last + datetime.timedelta(days=1)))
