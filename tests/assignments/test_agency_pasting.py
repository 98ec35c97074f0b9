"""Agencies from Excel: read as it copies them, shown row by row, written as they were shown or not at all."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assignments.agency_pasting import preview_agencies, save_agencies
from assignments.models import Agency, Participant
from assignments.pasted_rows import AgenciesForm
from assignments.pasted_table import ListChanged
from tests import factories

ADDRESS = "/thiet-lap/co-quan/"


def pasted(*lines: str) -> str:
    """Return what Excel copies: cells written here between strokes."""
    return "\r\n".join(line.replace(" / ", "\t") for line in lines)


def rows_of(*lines: str):
    form = AgenciesForm({"text": pasted(*lines)})
    assert form.is_valid(), form.errors
    return form.rows


def preview_of(*lines: str):
    return preview_agencies(rows_of(*lines))


def problems_of(*lines: str) -> list[tuple[int, list[str]]]:
    return [(line.number, line.problems) for line in preview_of(*lines).errors]


@pytest.fixture
def group(plan):
    """Number 14 of the plan, the communes' group."""
    return Participant.objects.create(plan=plan, number=14, name="Ủy ban nhân dân các huyện, thành phố")


@pytest.fixture
def save(administrator):
    def save_rows(*lines: str):
        rows = rows_of(*lines)
        return save_agencies(rows, seen=preview_agencies(rows).mark, by=administrator, now=timezone.now())

    return save_rows


# What a row says


def test_row_of_a_new_commune_proposes_what_follows_from_its_name(group):
    preview = preview_of("Tên cơ quan / Số trong kế hoạch", "Ủy ban nhân dân xã Tràng Định / 14")

    [line] = preview.new
    assert line.number == 2
    assert {change.label: change.after for change in line.changes} == {
        "Tên cơ quan": "Ủy ban nhân dân xã Tràng Định",
        "Tên ngắn": "UBND xã Tràng Định",
        "Tiêu đề văn bản": "*Ủy ban nhân dân | *xã Tràng Định",
        "Ký hiệu": "UBND",
        "Chức vụ người ký": "TM. ỦY BAN NHÂN DÂN | CHỦ TỊCH",
        "Địa danh": "Lạng Sơn",
        "Tên trong địa chỉ": "xa-trang-dinh",
        "Từ ngày": "01/01/2004",
        "Số trong kế hoạch": "14 (thành viên của nhóm)",
    }


def test_row_of_a_known_agency_shows_what_changes_and_keeps_what_is_left_empty(agency):
    preview = preview_of("Tên cơ quan / Tên ngắn / Điện thoại", "so y te /  / 0205  3999 111")

    [line] = preview.changed
    assert (line.title, line.agency) == ("Sở Y tế", agency)
    assert [(c.label, c.before, c.after) for c in line.changes] == [("Điện thoại", "0205 3812 000", "0205 3999 111")]


def test_row_that_says_what_is_there_already_changes_nothing(agency):
    preview = preview_of("Sở Y tế / Sở Y tế / 7")

    assert (len(preview.same), preview.may_be_saved) == (1, False)


def test_name_changes_only_for_an_agency_named_by_its_address(agency):
    preview = preview_of("Tên cơ quan / Tên trong địa chỉ", "Sở Y tế và Dân số / so-y-te")

    [line] = preview.changed
    assert [(c.label, c.before, c.after) for c in line.changes] == [("Tên cơ quan", "Sở Y tế", "Sở Y tế và Dân số")]


def test_cell_of_several_lines_is_one_cell(agency):
    text = 'Tên cơ quan\tTiêu đề văn bản\nSở Y tế\t"UBND tỉnh Lạng Sơn\n*Sở Y tế Lạng Sơn"\n'
    form = AgenciesForm({"text": text})

    assert form.is_valid()
    [line] = preview_agencies(form.rows).changed
    assert line.agency.letterhead == [
        {"text": "UBND tỉnh Lạng Sơn", "bold": False},
        {"text": "Sở Y tế Lạng Sơn", "bold": True},
    ]


def test_quotation_mark_that_closes_nothing_is_a_letter(db):
    assert rows_of('Trung tâm "Ánh Sáng / TT Ánh Sáng', "Sở Y tế / Sở Y tế")[0].said["name"] == 'Trung tâm "Ánh Sáng'


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (" / Sở không tên", "Tên cơ quan: chưa điền."),
        ("Sở Y tế /  / mười", "Số trong kế hoạch: phải là một số, ví dụ 14."),
        ("Sở Y tế /  / 99", "Số trong kế hoạch: Kế hoạch số 96/KH-UBND không có cơ quan số 99; các số từ 6 đến 7."),
        (
            "Sở Y tế /  / 6",
            "Số trong kế hoạch: cơ quan đang ở số 7; mỗi cơ quan chỉ có một số. Hãy để trống cột này, hoặc sửa ở mục "
            "Quản trị, Cơ quan trong kế hoạch.",
        ),
        (
            "Sở Y tế /  /  / Sở Tư phap tỉnh",
            "Cơ quan chủ quản: không có cơ quan “Sở Tư phap tỉnh”. Có phải “Sở Tư pháp”?",
        ),
        (
            "Sở Y tế /  /  /  /  /  /  /  /  / so-khac",
            "Cơ quan này đã có tên trong địa chỉ là so-y-te, không đổi được. Hãy để trống cột đó, hoặc đặt tên cơ "
            "quan khác đi nếu là cơ quan mới.",
        ),
        ("Sở Y tế /  /  /  /  /  /  /  /  /  / 31/02/2025", "Từ ngày: không phải là một ngày. Viết như 01/07/2025."),
        (
            "Sở Mới /  /  /  /  /  /  /  /  /  / 01/07/2025 / 30/06/2025",
            "Đến hết ngày: phải bằng hoặc sau “Từ ngày”.",
        ),
        ("Sở Y tế" + " / " * 13 + "thừa", "Thừa ô ở cuối dòng: “thừa”. Hãy kiểm tra lại thứ tự các cột."),
    ],
)
def test_row_that_cannot_be_written_says_why(agency, other_agency, line, problem):
    assert problems_of(line) == [(1, [problem])]


def test_second_row_of_the_same_agency_is_refused(agency):
    assert problems_of("Sở Y tế", "SỞ Y TẾ") == [(2, ["Trùng cơ quan với dòng 1. Hãy bỏ một dòng."])]


def test_agencies_that_are_each_others_parents_are_refused(agency, other_agency):
    found = problems_of("Tên cơ quan / Cơ quan chủ quản", "Sở Y tế / Sở Tư pháp", "Sở Tư pháp / Sở Y tế")

    assert [problems for _, problems in found] == [
        ["Cơ quan chủ quản: hai cơ quan là chủ quản của nhau. Hãy sửa một dòng."]
    ] * 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  \n\t\n", "Chưa có dòng nào. Hãy chép các dòng trong Excel rồi dán vào ô."),
        ("Điện thoại\tKý hiệu\n1\t2", "Dòng tiêu đề thiếu cột “Tên cơ quan”."),
        ("Tên cơ quan\tĐiện thoại\tĐiện thoại\nA\t1\t2", "Dòng tiêu đề có hai cột “Điện thoại”. Hãy bỏ bớt một cột."),
        ("Tên cơ quan\tĐiện thoại", "Mới có dòng tiêu đề, chưa có dòng nào bên dưới."),
        ("a\n" * 2001, "Có 2001 dòng, mỗi lần dán tối đa 2000 dòng. Hãy chia ra vài lần."),
    ],
)
def test_text_that_is_no_such_table_is_refused_in_words(text, said):
    form = AgenciesForm({"text": text})

    assert form.errors["text"] == [said]


KNOWN = (
    "Tên cơ quan; Tên ngắn; Số trong kế hoạch; Cơ quan chủ quản; Điện thoại; Tiêu đề văn bản; Ký hiệu; Chức vụ người "
    "ký; Địa danh; Tên trong địa chỉ; Từ ngày; Đến hết ngày; Kế thừa của"
)
PEOPLES_PAGE = "Hãy dán ở trang “Nhập danh sách người dùng từ Excel”."
UNKNOWN = "Dòng tiêu đề có cột không nhận ra"
CHANGE = f"Hãy bỏ cột ấy, hoặc sửa tiêu đề thành một trong các cột: {KNOWN}."
IF_NOT = "Nếu không phải, hãy bỏ cột ấy."


@pytest.mark.parametrize(
    "header",
    [
        "Tên cơ quan / Số điện thoại",
        "TÊN ĐƠN VỊ * / SĐT.",
        "Cơ quan, đơn vị / ĐT:",
        "Tên cơ quan (bắt buộc) / Điện thoại cơ quan (nếu có)",
    ],
)
def test_columns_are_known_by_what_offices_call_them(agency, header):
    [row] = rows_of(header, "Sở Y tế / 0205 3999 111")

    assert row.said == {"name": "Sở Y tế", "telephone": "0205 3999 111"}


def test_numbering_and_remarks_are_passed_over_and_said(agency):
    form = AgenciesForm({"text": pasted("STT / Tên cơ quan / Tên viết tắt / Ghi chú", "1 / Sở Y tế / SYT / mới")})

    assert form.is_valid()
    assert [row.said for row in form.rows] == [{"name": "Sở Y tế", "short_name": "SYT"}]
    assert form.not_read == ["STT", "Ghi chú"]


def test_first_line_without_any_heading_is_data(agency):
    assert [row.said for row in rows_of("Sở Y tế / Sở Y tế / 7", "Sở Mới / SM")] == [
        {"name": "Sở Y tế", "short_name": "Sở Y tế", "number": 7},
        {"name": "Sở Mới", "short_name": "SM"},
    ]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Tên cơ quan / Số fax", f"{UNKNOWN}: “Số fax”. {CHANGE}"),
        ("STT / Danh mục / Trụ sở", f"{UNKNOWN}: “Danh mục”, “Trụ sở”. {CHANGE}"),
        (
            "Tên cơ quan / SĐT / Điện thoại cơ quan",
            "Dòng tiêu đề có hai cột “Điện thoại” (“SĐT”, “Điện thoại cơ quan”). Hãy bỏ bớt một cột.",
        ),
        (
            "Tên cơ quan /  / Điện thoại",
            "Cột thứ 2 có chữ nhưng không có tiêu đề. Hãy ghi tiêu đề cho cột ấy, hoặc bỏ cột.",
        ),
        (
            "Họ tên / Email / Số điện thoại",
            f"Đây là danh sách người dùng, có cột “Họ tên”, “Email”. {PEOPLES_PAGE} {IF_NOT}",
        ),
        (
            "Đơn vị / Thư điện tử / Vai trò",
            f"Đây là danh sách người dùng, có cột “Thư điện tử”, “Vai trò”. {PEOPLES_PAGE} {IF_NOT}",
        ),
    ],
)
def test_heading_that_is_none_of_the_columns_is_named_and_nothing_is_taken_as_data(header, said):
    form = AgenciesForm({"text": pasted(header, "Sở Y tế / a / 0205 3999 111")})

    assert form.errors["text"] == [said]
    assert form.rows == []


# Writing


def test_saved_rows_make_and_change_agencies_with_their_ties(group, agency, save):
    district = factories.AgencyFactory(slug="huyen-trang-dinh", name="Ủy ban nhân dân huyện Tràng Định")

    save(
        "Tên cơ quan / Số trong kế hoạch / Cơ quan chủ quản / Từ ngày / Đến hết ngày / Kế thừa của / Điện thoại",
        "Ủy ban nhân dân xã Tràng Định / 14 / Sở Mới / 01/07/2025 /  / Ủy ban nhân dân huyện Tràng Định",
        "Sở Mới / ",
        "Ủy ban nhân dân huyện Tràng Định /  /  /  / 30/06/2025",
        "Sở Y tế /  /  /  /  /  / 0205 1",
    )

    commune = Agency.objects.get(slug="xa-trang-dinh")
    assert (commune.parent.name, commune.valid_from) == ("Sở Mới", datetime.date(2025, 7, 1))
    assert list(group.members.all()) == [commune]
    district.refresh_from_db()
    assert (district.valid_to, list(district.successors.all())) == (datetime.date(2025, 6, 30), [commune])
    assert Agency.objects.get(slug="so-y-te").telephone == "0205 1"


def test_agency_that_takes_a_number_replaces_the_one_before(plan, agency, save):
    saved = save("Tên cơ quan / Số trong kế hoạch", "Sở Y tế và Dân số / 7")

    [line] = saved.new
    assert line.changes[-1].after == "7, thay Sở Y tế"
    assert plan.participants.get(number=7).agency.name == "Sở Y tế và Dân số"


def test_rows_are_written_only_as_they_were_shown(agency, administrator):
    rows = rows_of("Tên cơ quan / Điện thoại", "Sở Y tế / 0205 1")
    seen = preview_agencies(rows).mark
    Agency.objects.filter(pk=agency.pk).update(telephone="0205 2")

    with pytest.raises(ListChanged):
        save_agencies(rows, seen=seen, by=administrator, now=timezone.now())

    agency.refresh_from_db()
    assert agency.telephone == "0205 2"


def test_no_row_is_written_where_one_is_wrong(agency, administrator):
    rows = rows_of("Tên cơ quan / Điện thoại / Số trong kế hoạch", "Sở Y tế / 0205 1", "Sở Mới /  / 99")

    with pytest.raises(ListChanged):
        save_agencies(rows, seen=preview_agencies(rows).mark, by=administrator, now=timezone.now())

    assert Agency.objects.get(slug="so-y-te").telephone == "0205 3812 000"
    assert not Agency.objects.filter(name="Sở Mới").exists()


def queries_for(count: int, administrator) -> int:
    lines = [f"Ủy ban nhân dân xã Số {count} {number} / 14" for number in range(count)]
    rows = rows_of("Tên cơ quan / Số trong kế hoạch", *lines)
    with CaptureQueriesContext(connection) as captured:
        save_agencies(rows, seen=preview_agencies(rows).mark, by=administrator, now=timezone.now())
    return len(captured)


@pytest.mark.long
def test_saving_asks_as_often_for_thirty_rows_as_for_one(group, administrator):
    assert administrator.is_administrator  # read once

    assert queries_for(30, administrator) == queries_for(1, administrator)


# The pages


def seen_on(page) -> str:
    return re.search(r'name="seen" value="(\w+)"', page.content.decode()).group(1)


def test_page_shows_then_writes_and_loses_nothing_typed(client, administrator, agency):
    client.force_login(administrator)
    text = pasted("Tên cơ quan / Điện thoại", "Sở Y tế / 0205 1")

    shown = client.post(ADDRESS, {"text": text})
    agency.refresh_from_db()
    assert agency.telephone == "0205 3812 000"
    assert "Sở Y tế\t0205 1" in shown.content.decode()
    response = client.post(f"{ADDRESS}save/", {"text": text, "seen": seen_on(shown)})

    assert response.url == "/co-quan/"
    agency.refresh_from_db()
    assert agency.telephone == "0205 1"


def test_page_leads_to_the_one_that_takes_people(client, administrator, agency):
    client.force_login(administrator)

    page = client.post(ADDRESS, {"text": pasted("Họ tên / Email", "Nông Thị Mới / moi@so-y-te.example")})

    assert 'href="/thiet-lap/nguoi-dung/">Nhập danh sách người dùng từ Excel</a>' in page.content.decode()
    assert "Nông Thị Mới\tmoi@so-y-te.example" in page.content.decode()


def test_page_with_a_wrong_row_keeps_the_box_and_offers_no_writing(client, administrator, agency):
    client.force_login(administrator)

    page = client.post(ADDRESS, {"text": pasted("Tên cơ quan / Số trong kế hoạch", "Sở Y tế / 99")}).content.decode()

    assert "1 dòng cần sửa" in page
    assert "Sở Y tế\t99" in page
    assert "save/" not in page


def test_text_changed_after_the_preview_is_shown_again_instead_of_written(client, administrator, agency):
    client.force_login(administrator)
    shown = client.post(ADDRESS, {"text": pasted("Tên cơ quan / Điện thoại", "Sở Y tế / 0205 1")})

    changed = pasted("Tên cơ quan / Điện thoại", "Sở Y tế / 0205 9")
    page = client.post(f"{ADDRESS}save/", {"text": changed, "seen": seen_on(shown)})

    assert "Chưa ghi gì" in page.content.decode()
    agency.refresh_from_db()
    assert agency.telephone == "0205 3812 000"
