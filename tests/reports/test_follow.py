"""The officer's home: the matrix with its filters, its list of who is late, and the same as an Excel file."""

import datetime
import io
import re

import pytest
from django.urls import reverse
from django.utils.http import urlencode
from openpyxl import load_workbook

from assignments.models import Role
from reports import deadlines, matrix, opening, services
from reports.models import Report
from tests import factories

BEFORE = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=deadlines.VIETNAM)
AFTER = datetime.datetime(2026, 11, 12, 9, 0, tzinfo=deadlines.VIETNAM)


@pytest.fixture
def clock(monkeypatch):
    """Set what time the views read."""

    def at(now):
        for module in ("follow", "urging", "queue"):
            monkeypatch.setattr(f"reports.views.{module}.timezone.now", lambda: now)

    at(AFTER)
    return at


@pytest.fixture
def districts(cycle):
    """Group 14 with two members that have nobody yet."""
    names = (("huyen-van-lang", "Huyện Văn Lãng"), ("huyen-van-quan", "Huyện Văn Quan"))
    members = [factories.AgencyFactory(slug=slug, name=name) for slug, name in names]
    group = factories.ParticipantFactory(plan=cycle.plan, number=14, agency=None, name="UBND các huyện, thành phố")
    group.members.set(members)
    opening.open_cycle(cycle.plan, cycle.year, by=None, now=BEFORE)
    return members


def page_of(client, who, cycle, **address):
    client.force_login(who)
    response = client.get(cycle.get_absolute_url(), address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def agencies_on(page: str) -> list[str]:
    return re.findall(r'/tham-tra/">([^<]+)</a>', page)


def submit(report, head, now=BEFORE):
    services.submit_report(report, by=head, now=now)
    return report


def test_page_lists_who_is_late_first_without_a_click(
    client, clock, cycle, complete_report, head, officer, districts
):
    submit(complete_report, head)

    page = page_of(client, officer, cycle)

    assert agencies_on(page) == [
        "Sở Lao động - Thương binh và Xã hội",
        "Sở Tài chính",
        "Sở Tư pháp",
        "Huyện Văn Lãng",
        "Huyện Văn Quan",
        "Sở Y tế",
    ]
    assert "<h2>5 cơ quan quá hạn</h2>" in page
    assert page.count("<strong>Quá hạn 3 ngày:</strong>") == 1
    assert "Đôn đốc 5 cơ quan quá hạn" in page
    # A group with somebody late stands open.
    assert "<details open><summary>UBND các huyện, thành phố (2)</summary>" in page


def test_group_without_anybody_late_is_closed(client, clock, cycle, officer, districts):
    clock(BEFORE)

    page = page_of(client, officer, cycle)

    assert "<details><summary>UBND các huyện, thành phố (2)</summary>" in page
    assert "Không có cơ quan nào quá hạn; còn 6 cơ quan chưa nộp." in page
    assert "Nhắc 6 cơ quan chưa nộp" in page


def test_page_shows_words_and_totals_of_the_matrix(client, clock, cycle, complete_report, head, officer):
    services.accept_report(submit(complete_report, head), by=officer, now=BEFORE)

    page = page_of(client, officer, cycle)

    words = re.findall(r'class="matrix-word">([^<]+)<', page)
    assert words[-8:] == ["Chấp nhận"] * 3 + ["Để trống"] + ["Chấp nhận"] * 4
    assert words[:8] == ["Quá hạn"] * 3 + ["Để trống"] + ["Quá hạn"] * 4
    sums = re.findall(r'class="matrix-cell matrix-sum">([^<]+)<', page)
    assert sums == ["1/4", "1/4", "1/4", "0/0", "1/4", "1/4", "1/4", "1/4", *"11101111"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"loc": "qua-han"}, ["Sở Lao động - Thương binh và Xã hội", "Sở Tài chính", "Sở Tư pháp"]),
        ({"loc": "cho-tham-tra"}, ["Sở Y tế"]),
        ({"loc": "qua-han", "q": "tu phap"}, ["Sở Tư pháp"]),
        ({"q": "TÀI"}, ["Sở Tài chính"]),
        ({"q": "khong co"}, []),
        ({"loc": "gi-do"}, ["Sở Lao động - Thương binh và Xã hội", "Sở Tài chính", "Sở Tư pháp", "Sở Y tế"]),
    ],
)
def test_filter_and_name_stand_in_the_address(
    client, clock, cycle, complete_report, head, officer, address, expected
):
    submit(complete_report, head)

    page = page_of(client, officer, cycle, **address)

    assert agencies_on(page) == expected


def test_page_without_an_answer_says_why_and_what_next(client, clock, cycle, officer):
    page = page_of(client, officer, cycle, q="khong co")

    assert "Không có cơ quan nào có tên chứa “khong co” ở tình trạng này." in page
    assert "Xem tất cả các cơ quan" in page


def test_telephone_of_the_contact_or_of_the_agency_is_there(client, clock, cycle, clerk, officer):
    clerk.telephone = "0912 345 678"
    clerk.save()

    page = page_of(client, officer, cycle, q="Y te")

    assert 'Nông Thị Chuyên<br><a class="text-nowrap" href="tel:0912345678">0912 345 678</a>' in page
    page = page_of(client, officer, cycle, q="Tai chinh")
    assert 'chưa có đầu mối</span><br><a class="text-nowrap" href="tel:02053812000">0205 3812 000</a>' in page


def test_only_what_is_owed_can_be_chosen_and_only_by_officers(
    client, clock, cycle, complete_report, head, officer, focal_head
):
    submit(complete_report, head)

    page = page_of(client, officer, cycle)

    assert re.findall(r'name="don-vi" value="([^"]+)"', page) == [
        "so-lao-dong-thuong-binh-va-xa-hoi",
        "so-tai-chinh",
        "so-tu-phap",
    ]
    page = page_of(client, focal_head, cycle)
    assert "don-doc" not in page.replace('action="' + cycle.get_absolute_url() + 'don-doc/"', "")
    assert 'name="don-vi"' not in page


def test_no_word_of_a_draft_is_on_the_page(client, clock, cycle, complete_report, officer):
    page = page_of(client, officer, cycle)

    assert "1.260 lượt người" not in page


# The Excel file


def workbook_of(client, who, cycle, **address):
    client.force_login(who)
    response = client.get(f"{cycle.get_absolute_url()}theo-doi.xlsx?{urlencode(address)}")
    assert response.status_code == 200
    assert 'filename="theo-doi-bao-cao-2026.xlsx"' in response["Content-Disposition"]
    return load_workbook(io.BytesIO(b"".join(response.streaming_content))).active


def rows_of(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


@pytest.mark.parametrize("address", [{}, {"loc": "qua-han"}, {"q": "so t"}, {"q": "khong co"}])
def test_workbook_says_what_the_page_says(client, clock, cycle, complete_report, head, officer, districts, address):
    services.accept_report(submit(complete_report, head), by=officer, now=BEFORE)
    page = page_of(client, officer, cycle, **address)

    headings, *rows = rows_of(workbook_of(client, officer, cycle, **address))

    agencies, totals = rows[:-3], rows[-3:]
    assert headings[5:13] == [column.short for column in matrix.columns_of(cycle)]
    assert [row[1] for row in agencies] == agencies_on(page)
    words = [word for row in agencies for word in row[5:13]]
    assert words == re.findall(r'class="matrix-word">([^<]+)<', page)
    assert [f"{row[13]}/{row[14]}" for row in agencies] == re.findall(
        r'</td> <td class="matrix-total" data-title="Đã nhận">([^<]+)</td> <td class="matrix-contact"> ', page
    )
    if agencies:
        sums = [f"{a}/{b}" for a, b in zip(totals[0][5:13], totals[2][5:13], strict=True)]
        shown = re.findall(r'class="matrix-cell matrix-sum">([^<]+)<', page)
        assert sums + [str(number) for number in totals[1][5:13]] == shown[-16:]


def test_workbook_says_when_and_of_whom(client, clock, cycle, officer):
    sheet = workbook_of(client, officer, cycle, loc="qua-han", q="Y te")

    assert sheet["A1"].value == "Theo dõi báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND"
    assert sheet["A2"].value == "Tình hình lúc 09:00 ngày 12/11/2026. Chỉ gồm: Quá hạn; tên có “Y te”."
    assert rows_of(sheet)[1] == [
        7, "Sở Y tế", "Đang soạn", "09/11/2026", "quá hạn 3 ngày",
        *["Quá hạn"] * 3, "Để trống", *["Quá hạn"] * 4, 0, 7,
        "", "chưa có đầu mối", "0205 3812 000",
    ]  # fmt: skip


def test_workbook_keeps_a_name_that_looks_like_a_formula(client, clock, cycle, officer, report):
    Report.objects.filter(pk=report.pk).update(issuer_name="=1+1")

    sheet = workbook_of(client, officer, cycle, q="=1+1")

    assert rows_of(sheet)[1][1] == "=1+1"
    assert sheet["B5"].data_type == "s"


def test_reports_of_heads_elsewhere_stay_out(client, cycle, other_agency):
    head = factories.MembershipFactory(agency=other_agency, role=Role.HEAD).user
    client.force_login(head)

    assert client.get(cycle.get_absolute_url()).status_code == 403
    assert client.get(cycle.get_absolute_url() + "theo-doi.xlsx").status_code == 403


def test_focal_agency_finds_what_agencies_said_of_their_funding(client, clock, complete_report, head, officer):
    submit(complete_report, head)
    address = re.search(r'href="([^"]+)">Kinh phí các cơ quan', page_of(client, officer, complete_report.cycle))[1]

    page = client.get(address).content.decode()

    assert "Đã tổ chức 12 hội nghị" in page


def test_budget_officer_goes_to_other_years_and_to_the_merged_report(client, cycle, budget_officer):
    next_year = opening.open_cycle(cycle.plan, cycle.year + 1, by=None, now=AFTER)[0]
    client.force_login(budget_officer)

    page = client.get(reverse("funding", args=[cycle.plan.slug, cycle.year])).content.decode()

    assert reverse("funding", args=[cycle.plan.slug, next_year.year]) in page
    assert reverse("consolidated", args=[cycle.plan.slug, next_year.year]) in page
