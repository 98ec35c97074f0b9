"""Dates and numbers as they are written in Vietnam, read and printed."""

import datetime
import decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import formats, timezone


class Form(forms.Form):
    day = forms.DateField(required=False)
    moment = forms.DateTimeField(required=False)
    hour = forms.TimeField(required=False)
    amount = forms.DecimalField(required=False, localize=True)


def read(**data):
    """Return what a form reads, or the errors of the fields it refuses."""
    form = Form(data)
    return form.cleaned_data[next(iter(data))] if form.is_valid() else dict(form.errors)


def printed(template, value):
    return Template(template).render(Context({"value": value}))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("05/06/2026", datetime.date(2026, 6, 5)),
        ("5/6/2026", datetime.date(2026, 6, 5)),
        ("25/12/2026", datetime.date(2026, 12, 25)),
        ("05-06-2026", datetime.date(2026, 6, 5)),
        ("05.06.2026", datetime.date(2026, 6, 5)),
        ("2026-06-05", datetime.date(2026, 6, 5)),
    ],
)
def test_date_is_read_day_first(typed, day):
    assert read(day=typed) == day


@pytest.mark.parametrize("typed", ["13/25/2026", "31/02/2026", "12/31/2026", "5/6/26", "06/2026", "hôm nay"])
def test_date_that_is_none_is_refused_and_told_how(typed):
    assert read(day=typed) == {
        "day": ["Ngày không hợp lệ. Vui lòng nhập theo dạng ngày/tháng/năm, ví dụ: 09/11/2026"]
    }


@pytest.mark.parametrize("typed", ["10/11/2026 00:00", "00:00 10/11/2026", "2026-11-10T00:00", "10/11/2026"])
def test_moment_is_read_day_first_and_in_vietnam(typed):
    assert read(moment=typed) == datetime.datetime(2026, 11, 9, 17, 0, tzinfo=datetime.UTC)


def test_hour_is_read():
    assert read(hour="07:30") == datetime.time(7, 30)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1.234.567,8", "1234567.8"), ("1.500", "1500"), ("1500", "1500"), ("35,1", "35.1"), ("-2,5", "-2.5")],
)
def test_number_is_read_with_points_between_thousands_and_a_decimal_comma(typed, amount):
    assert read(amount=typed) == decimal.Decimal(amount)


@pytest.mark.parametrize(
    ("template", "value", "text"),
    [
        ("{{ value }}", datetime.date(2026, 6, 5), "05/06/2026"),
        ("{{ value }}", datetime.datetime(2026, 11, 9, 16, 59, tzinfo=datetime.UTC), "23:59 09/11/2026"),
        ("{{ value|date:'SHORT_DATE_FORMAT' }}", datetime.date(2026, 6, 5), "05/06/2026"),
        ("{{ value|date:'YEAR_MONTH_FORMAT' }}", datetime.date(2026, 6, 5), "06/2026"),
        ("{{ value|time }}", datetime.time(7, 5), "07:05"),
        ("{{ value }}", decimal.Decimal("1234567.8"), "1.234.567,8"),
        ("{{ value|floatformat:1 }}", 35.06, "35,1"),
    ],
)
def test_template_prints_as_a_vietnamese_document_does(template, value, text):
    assert printed(template, value) == text


def test_number_format_groups_thousands():
    assert formats.number_format(decimal.Decimal("1234567.80")) == "1.234.567,80"


def test_field_shows_back_what_it_reads():
    moment = datetime.datetime(2026, 11, 9, 17, 0, tzinfo=datetime.UTC)
    form = Form(initial={"day": datetime.date(2026, 6, 5), "moment": timezone.localtime(moment)})

    assert 'value="05/06/2026"' in str(form["day"])
    assert 'value="10/11/2026 00:00"' in str(form["moment"])


def test_week_begins_on_monday():
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


def test_admin_calendar_is_told_the_same(client, administrator):
    client.force_login(administrator)

    script = client.get("/quan-tri/jsi18n/").content.decode()

    assert '"FIRST_DAY_OF_WEEK": 1' in script
    assert '"DATE_INPUT_FORMATS": [\n      "%d/%m/%Y"' in script
