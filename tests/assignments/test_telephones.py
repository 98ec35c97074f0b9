"""Telephone numbers as they are written in offices, and what is none."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from assignments.admin import AgencyForm, UserForm
from assignments.fields import TelephoneField
from assignments.forms import HandOverForm, InviteForm, StandInForm
from assignments.pasted_rows import AGENCY_FIELDS, PEOPLE_FIELDS
from assignments.telephones import REFUSED, check_telephone, dialled
from reports.forms.calling import CallForm
from reports.forms.roll_call import RollCallForm


@pytest.mark.parametrize(
    "text",
    [
        "0205 3812 000",
        "0912.345.678",
        "0912-345-678",
        "0205–3812–000",
        "(0205) 3812 000",
        "+84 205 3812 000",
        "(+84) 205 3812 000",
        "113",
        "912345678",
        "0205 3812 000; 0912 345 678",
        "0205 3812 000/001",
        "0205 3812 000, 0912 345 678;",
        "0205 3812 000 máy lẻ 12",
        "0205 3812 000 (máy lẻ 12)",
        "0205 3812 000, MÁY LẺ: 12",
        "0205 3812 000 ext. 12; 0912 345 678",
        "0205 3812 000 (số máy lẻ 12)",
    ],
)
def test_number_that_can_be_dialled_is_taken(text):
    check_telephone(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "abc",
            "không có số",
            "12",
            "máy lẻ 12",
            "12 máy lẻ 345",
            "-",
            ";",
            "ĐT 0205 3812 000",
            "0912 345 678 (Hạnh)",
        ),
        *("0205 3812 000; không có", "0912 345 67O", "chưa có", "0205 3812 000 máy lẻ", "hanh@x.example"),
    ],
)
def test_what_nobody_can_dial_is_refused(text):
    with pytest.raises(ValidationError) as refusal:
        check_telephone(text)

    assert refusal.value.messages == [REFUSED]


def test_number_is_one_line_and_may_be_missing():
    assert TelephoneField().clean("  0205\u00a03812  000 ") == "0205 3812 000"
    assert TelephoneField(required=False).clean(" ") == ""


def test_number_that_is_too_long_is_refused_and_not_cut_by_the_browser():
    field = TelephoneField()

    assert "maxlength" not in field.widget.attrs
    with pytest.raises(ValidationError) as refusal:
        field.clean("0205 3812 000; 0912 345 678; 113")
    assert refusal.value.messages == ["Chỉ được nhập tối đa 30 ký tự (hiện có 32 ký tự). Vui lòng rút ngắn."]


@pytest.mark.parametrize(
    "form",
    [AgencyForm, UserForm, InviteForm, StandInForm, HandOverForm, CallForm, RollCallForm],
    ids=lambda f: f.__name__,
)
def test_every_box_for_a_number_is_checked(form: type[forms.Form]):
    boxes = {name: type(field) for name, field in form.base_fields.items() if name.endswith("telephone")}

    assert set(boxes.values()) == {TelephoneField}


@pytest.mark.parametrize("fields", [AGENCY_FIELDS, PEOPLE_FIELDS])
def test_pasted_numbers_are_checked(fields):
    with pytest.raises(ValidationError, match="Số điện thoại không hợp lệ"):
        fields["telephone"].clean("không có số")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0205 3812 000", "02053812000"),
        ("(0205) 3812.000", "02053812000"),
        ("+84 205 3812 000", "+842053812000"),
        ("0205 3812 000 / 0912 345 678", "02053812000"),
        ("0205 3812 000; 0912 345 678", "02053812000"),
        ("0205 3812 000 (máy lẻ 12)", "02053812000"),
        ("số cũ", ""),
    ],
)
def test_link_dials_the_first_number_without_its_extension(written, number):
    assert dialled(written) == number
