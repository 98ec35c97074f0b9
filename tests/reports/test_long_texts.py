"""Long texts as they are typed and pasted: old encodings refused, lists kept, length counted."""

import pytest

from reports.forms.fields import TEXT_MAX_LENGTH
from reports.forms.nothing import DeclareNothingForm
from reports.forms.steps import ReasonForm

TCVN3 = "TiÕp tôc triÓn khai thùc hiÖn ChØ thÞ"
VNI = "Tieáp tuïc trieån khai thöïc hieän Chæ thò"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def part(client, report, clerk):
    client.force_login(clerk)
    return report.parts.get(key="nhiem-vu-07-1")


@pytest.fixture
def address(report, part):
    return report.url("part", part.key)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TCVN3, "bảng mã cũ TCVN3 (phông chữ .VnTime): “TiÕp” đọc là “tiếp”"),
        (VNI, "bảng mã cũ VNI (phông chữ VNI-Times): “Tieáp” đọc là “tiếp”"),
    ],
)
def test_text_in_an_old_encoding_is_refused_with_what_to_do_and_stays_in_the_box(client, part, address, text, words):
    page = client.post(address, {"version": 0, "text": text}).content.decode()

    assert words in page
    assert "Hãy chuyển sang Unicode bằng công cụ chuyển mã của bộ gõ tiếng Việt" in page
    assert f"{text}</textarea>" in page
    part.refresh_from_db()
    assert (part.text, part.version) == ("", 0)


@pytest.mark.parametrize("field", ["text", "difficulties", "reason-NV-07.1"])
def test_every_long_text_of_a_part_is_checked_while_one_writes(client, part, address, field):
    answer = client.post(address, {"version": 0, "text": "", field: TCVN3}, **HTMX)

    assert answer.status_code == 422
    assert "bảng mã cũ TCVN3" in answer.content.decode()


@pytest.mark.parametrize("form", [DeclareNothingForm, ReasonForm])
def test_reasons_are_checked_too(form):
    assert "bảng mã cũ VNI" in form({"reason": VNI}).errors["reason"][0]


def test_list_pasted_from_word_is_kept_as_plain_dashes(client, part, address):
    client.post(address, {"version": 0, "text": "Kết quả:\r\n\uf0b7\tMột\r\no\tHai\r\n– Ba"})

    part.refresh_from_db()
    assert part.text == "Kết quả:\n- Một\n+ Hai\n- Ba"


def test_length_is_counted_under_the_box_in_vietnamese_numbers(client, report, part, address):
    part.text = "ế" * 1_260
    part.save()

    page = client.get(address).content.decode()

    assert '<span data-count>1.260</span>/50.000 ký tự<span data-over hidden class="' in page
    assert 'data-limit="50000"' in page


def test_text_that_is_too_long_is_counted_and_kept(client, part, address):
    text = "x" * (TEXT_MAX_LENGTH + 1)

    page = client.post(address, {"version": 0, "text": text}).content.decode()

    assert '<span data-count>50.001</span>/50.000 ký tự<span data-over class="' in page
    assert text in page
    part.refresh_from_db()
    assert part.text == ""
