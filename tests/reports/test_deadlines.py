"""The clock rules, in examples with dates."""

import datetime
import os
import time

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import deadlines

DUE_AT = deadlines.midnight(datetime.date(2026, 11, 10))
SECOND = datetime.timedelta(seconds=1)


def vietnam(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text, "%d/%m/%Y %H:%M:%S").replace(tzinfo=deadlines.VIETNAM)


def day(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=deadlines.VIETNAM).date()


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Ho_Chi_Minh"])
def _zone_of_the_server(request):
    """Set the process's own zone and Django's: neither may matter."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    with timezone.override(request.param):
        yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("_zone_of_the_server")
def test_midnight_of_10_november_is_17_hours_utc_of_the_ninth():
    assert datetime.datetime(2026, 11, 9, 17, 0, tzinfo=datetime.UTC) == DUE_AT


@pytest.mark.usefixtures("_zone_of_the_server")
@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime.datetime(2026, 11, 9, 16, 59, 59, tzinfo=datetime.UTC), day("09/11/2026")),
        (datetime.datetime(2026, 11, 9, 17, 0, 0, tzinfo=datetime.UTC), day("10/11/2026")),
        (datetime.datetime(2026, 11, 10, 16, 59, 59, tzinfo=datetime.UTC), day("10/11/2026")),
        (vietnam("10/11/2026 00:00:00"), day("10/11/2026")),
        (datetime.datetime(2026, 12, 31, 17, 0, 0, tzinfo=datetime.UTC), day("01/01/2027")),
    ],
)
def test_day_of_an_instant_is_the_day_in_vietnam(instant, expected):
    assert deadlines.day_of(instant) == expected


@pytest.mark.usefixtures("_zone_of_the_server")
@pytest.mark.parametrize(
    ("received_at", "late"),
    [
        (vietnam("09/11/2026 23:59:59"), False),
        (DUE_AT - datetime.timedelta(microseconds=1), False),
        (vietnam("10/11/2026 00:00:00"), True),
        (vietnam("10/11/2026 00:00:01"), True),
        (datetime.datetime(2026, 11, 9, 16, 59, 59, tzinfo=datetime.UTC), False),
        (datetime.datetime(2026, 11, 9, 17, 0, 0, tzinfo=datetime.UTC), True),
    ],
)
def test_report_is_late_from_the_second_on_which_the_deadline_begins(received_at, late):
    assert deadlines.is_late(received_at, DUE_AT) is late


@pytest.mark.usefixtures("_zone_of_the_server")
@pytest.mark.parametrize(
    ("due_at", "expected"),
    [
        (DUE_AT, day("09/11/2026")),
        (vietnam("09/11/2026 23:59:59"), day("09/11/2026")),
        (vietnam("10/11/2026 00:00:01"), day("10/11/2026")),
        (vietnam("10/11/2026 17:00:00"), day("10/11/2026")),
        (vietnam("01/01/2027 00:00:00"), day("31/12/2026")),
        (vietnam("01/03/2028 00:00:00"), day("29/02/2028")),
    ],
)
def test_last_day_is_the_last_on_which_a_report_can_be_on_time(due_at, expected):
    assert deadlines.last_day(due_at) == expected


@pytest.mark.usefixtures("_zone_of_the_server")
@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("01/10/2026 08:00:00", "còn 39 ngày"),
        ("07/11/2026 12:00:00", "còn 2 ngày"),
        ("08/11/2026 00:00:00", "còn 1 ngày"),
        ("08/11/2026 23:59:59", "còn 1 ngày"),
        ("09/11/2026 00:00:00", "hôm nay là ngày cuối"),
        ("09/11/2026 23:59:59", "hôm nay là ngày cuối"),
        ("10/11/2026 00:00:00", "quá hạn 1 ngày"),
        ("10/11/2026 23:59:59", "quá hạn 1 ngày"),
        ("11/11/2026 00:00:00", "quá hạn 2 ngày"),
        ("10/11/2027 00:00:00", "quá hạn 366 ngày"),
    ],
)
def test_days_left_are_said_as_people_count_them(now, words):
    assert deadlines.days_left_words(DUE_AT, vietnam(now)) == words
    assert deadlines.days_left_words(DUE_AT.astimezone(datetime.UTC), vietnam(now).astimezone(datetime.UTC)) == words


@pytest.mark.parametrize(
    ("date", "works", "why"),
    [
        ("09/11/2026", True, "Monday"),
        ("14/11/2026", False, "Saturday"),
        ("15/11/2026", False, "Sunday"),
        ("24/11/2026", False, "Ngày Văn hóa Việt Nam, from 2026"),
        ("24/11/2025", True, "an ordinary Monday in 2025"),
        ("22/08/2026", True, "Saturday worked for Monday 31/8"),
        ("31/08/2026", False, "swapped for Saturday 22/8"),
        ("01/09/2026", False, "Quốc khánh"),
        ("02/09/2026", False, "Quốc khánh"),
        ("03/09/2026", True, "Thursday"),
        ("16/02/2026", False, "the eve of Tết"),
        ("20/02/2026", False, "the fourth day of Tết"),
        ("23/02/2026", True, "the Monday after Tết"),
        ("26/04/2026", False, "Giỗ Tổ on a Sunday"),
        ("27/04/2026", False, "the day off for it"),
        ("30/04/2026", False, "Giải phóng miền Nam"),
        ("01/05/2026", False, "Quốc tế Lao động"),
        ("01/01/2027", False, "New Year"),
    ],
)
def test_working_days_are_vietnams(date, works, why):
    assert deadlines.is_working_day(day(date), {}) is works, why


@pytest.mark.parametrize(("date", "correction"), [("09/11/2026", False), ("14/11/2026", True), ("24/11/2026", True)])
def test_correction_wins_over_the_public_calendar(date, correction):
    assert deadlines.is_working_day(day(date), {day(date): correction}) is correction


# Returned when, and the last day on which it is on time again; the deadline itself was 10 November.
RETURNS = [
    ("16/11/2026 09:00:00", "23/11/2026", "Monday: over one week-end"),
    ("16/11/2026 23:59:59", "23/11/2026", "late in the evening is still that day"),
    ("17/11/2026 00:00:00", "25/11/2026", "Tuesday: over the holiday of 24/11"),
    ("17/11/2026 06:59:59", "25/11/2026", "the sixteenth in UTC"),
    ("20/11/2026 16:00:00", "30/11/2026", "Friday: over two week-ends and the holiday"),
    ("21/11/2026 10:00:00", "30/11/2026", "on a Saturday"),
    ("22/11/2026 10:00:00", "30/11/2026", "on a Sunday"),
    ("24/11/2026 10:00:00", "01/12/2026", "on the holiday"),
    ("30/12/2026 10:00:00", "07/01/2027", "over New Year"),
    ("01/02/2027 10:00:00", "15/02/2027", "over Tết: 4 to 10 February off"),
]


@pytest.mark.usefixtures("_zone_of_the_server")
@pytest.mark.parametrize(("returned", "last", "why"), RETURNS)
def test_return_after_the_deadline_gives_five_working_days(returned, last, why):
    due_at = deadlines.due_after_return(DUE_AT, vietnam(returned), {})

    assert deadlines.last_day(due_at) == day(last), why
    assert due_at == deadlines.midnight(day(last) + datetime.timedelta(days=1))
    assert deadlines.due_after_return(DUE_AT, vietnam(returned).astimezone(datetime.UTC), {}) == due_at


@pytest.mark.parametrize(
    ("returned", "last", "why"),
    [
        ("19/08/2026 10:00:00", "25/08/2026", "Saturday 22/8 is worked"),
        ("27/08/2026 10:00:00", "08/09/2026", "Monday 31/8 to Wednesday 2/9 are off"),
        ("12/02/2026 10:00:00", "26/02/2026", "over Tết: 16 to 20 February off"),
        ("24/04/2026 10:00:00", "06/05/2026", "Giỗ Tổ on 27/4, 30/4 and 1/5"),
    ],
)
def test_swapped_days_and_holidays_count_as_they_are_worked(returned, last, why):
    due_at = deadlines.due_after_return(vietnam("01/01/2026 00:00:00"), vietnam(returned), {})

    assert deadlines.last_day(due_at) == day(last), why


@pytest.mark.parametrize("returned", ["05/10/2026 09:00:00", "01/11/2026 09:00:00", "02/11/2026 23:00:00"])
def test_return_that_leaves_five_working_days_keeps_the_deadline(returned):
    assert deadlines.due_after_return(DUE_AT, vietnam(returned), {}) == DUE_AT


def test_return_in_the_last_week_moves_the_deadline():
    due_at = deadlines.due_after_return(DUE_AT, vietnam("03/11/2026 09:00:00"), {})

    assert deadlines.last_day(due_at) == day("10/11/2026")


def test_report_never_returned_keeps_its_deadline():
    assert deadlines.due_after_return(DUE_AT, None, {}) == DUE_AT


@pytest.mark.parametrize(
    ("corrections", "last"),
    [
        ({"24/11/2026": True}, "24/11/2026"),
        ({"21/11/2026": True}, "23/11/2026"),
        ({"18/11/2026": False, "19/11/2026": False}, "27/11/2026"),
    ],
)
def test_correction_moves_the_deadline_after_a_return(corrections, last):
    calendar = {day(text): works for text, works in corrections.items()}

    due_at = deadlines.due_after_return(DUE_AT, vietnam("17/11/2026 09:00:00"), calendar)

    assert deadlines.last_day(due_at) == day(last)


# What holds for every day

DAYS = st.dates(datetime.date(2018, 1, 1), datetime.date(2035, 12, 31))
INSTANTS = st.datetimes(
    datetime.datetime(2018, 1, 1),  # noqa: DTZ001 - the zone is drawn with it
    datetime.datetime(2035, 12, 31),  # noqa: DTZ001
    timezones=st.sampled_from([datetime.UTC, deadlines.VIETNAM]),
)


@given(DAYS)
def test_midnight_begins_its_day(date):
    begin = deadlines.midnight(date)

    assert deadlines.day_of(begin) == date
    assert deadlines.day_of(begin - SECOND) == date - datetime.timedelta(days=1)
    assert deadlines.last_day(begin) == date - datetime.timedelta(days=1)


@given(INSTANTS, INSTANTS)
def test_words_and_lateness_agree(due_at, now):
    words = deadlines.days_left_words(due_at, now)

    if deadlines.days_left(due_at, now) > 0:
        assert not deadlines.is_late(now, due_at)
    if words.startswith("quá hạn"):
        assert deadlines.is_late(now, due_at)


@settings(deadline=None)
@given(DAYS, st.dictionaries(DAYS, st.booleans(), max_size=20))
def test_return_gives_exactly_five_working_days_the_last_of_them_worked(returned_on, corrections):
    returned_at = deadlines.midnight(returned_on)

    last = deadlines.last_day(deadlines.due_after_return(returned_at, returned_at, corrections))

    given_days = [returned_on + datetime.timedelta(days=n) for n in range(1, (last - returned_on).days + 1)]
    worked = [deadlines.is_working_day(date, corrections) for date in given_days]
    assert sum(worked) == 5
    assert worked[-1]


@settings(deadline=None)
@given(INSTANTS, INSTANTS)
def test_return_never_shortens(due_at, returned_at):
    assert deadlines.due_after_return(due_at, returned_at, {}) >= due_at
