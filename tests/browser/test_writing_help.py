"""What helps a clerk while writing, on the demonstration, where there is a year before."""

from contextlib import closing

import psycopg2
import pytest
from playwright.sync_api import Page, expect

from reports import demo
from tests.browser.checks import faults, foreign_words, violations

pytestmark = pytest.mark.long

WIDTHS = (360, 768, 1280)
WRITING, DECLARING = "thanh-pho-lang-son", "huyen-cao-loc"
OFFICER = "dau-moi@so-lao-dong-thuong-binh-va-xa-hoi.example"
TAKE_OVER = "Lấy nội dung năm"
OLD_TEXT = "TiÕp tôc triÓn khai thùc hiÖn ChØ thÞ"
REASON = "Trong năm huyện đang sắp xếp tổ chức bộ máy, chưa được giao nhiệm vụ thuộc Kế hoạch này."


@pytest.fixture
def year(demo_year):
    return f"/96-kh-ubnd-2018/{demo_year}"


@pytest.fixture
def empty(demo, demo_year):
    """Return what empties an agency's report, or one part of it."""

    def take_out(agency: str, key: str = "%") -> None:
        parts = (
            "SELECT reports_reportpart.id FROM reports_reportpart "
            "JOIN reports_report ON reports_report.id = report_id "
            "JOIN assignments_agency ON assignments_agency.id = agency_id "
            "JOIN reports_reportingcycle ON reports_reportingcycle.id = cycle_id "
            "WHERE slug = %s AND reports_reportingcycle.year = %s AND key LIKE %s"
        )
        with closing(psycopg2.connect(demo.environment["DATABASE_URL"])) as connection, connection as transaction:
            cursor = transaction.cursor()
            for table, values, column in (
                ("reports_reportpart", "text = '', difficulties = '', carried_from = NULL", "id"),
                ("reports_taskprogress", "status = '', reason = ''", "part_id"),
                ("reports_indicatorvalue", "total = NULL, included = NULL", "part_id"),
            ):
                cursor.execute(f"UPDATE {table} SET {values} WHERE {column} IN ({parts})", (agency, demo_year, key))

    return take_out


@pytest.fixture
def clerk(demo_people, year):
    """Open a page of an agency's report as its clerk."""

    def open_page(agency: str, place: str = "", **options) -> Page:
        email = f"chuyen-vien@{agency}.example"
        return demo_people.sign_in(email, demo.PASSWORD, f"{year}/{agency}/{place}", **options)

    return open_page


def assert_no_fault(page: Page) -> None:
    """Hold that the state the page is in has no fault, narrow or wide, and says everything in Vietnamese."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {fault}" for fault in faults(page, width) + violations(page)]
    assert found + foreign_words(page) == []


def test_last_years_answer_is_taken_over_and_its_mark_goes_while_one_writes(clerk, empty):
    empty(WRITING, "noi-dung-6")
    page = clerk(WRITING, "noi-dung-6/")
    page.get_by_role("button", name=TAKE_OVER).click()

    box, mark = page.locator("#id_text"), page.get_by_text("cần cập nhật", exact=False).first
    expect(page.get_by_text("Đã lấy nội dung báo cáo năm")).to_be_visible()
    expect(box).not_to_be_empty()
    expect(mark).to_be_visible()
    assert_no_fault(page)

    box.fill("Năm nay đã kiểm tra 12 đơn vị, không có vi phạm.")

    expect(page.locator("#save-state")).to_contain_text("Đã lưu")
    expect(page.locator("#carried-mark .state")).to_have_count(0)


def test_last_years_answer_stands_open_beside_the_box_and_closed_above_it(clerk, empty):
    empty(WRITING, "noi-dung-5")
    page = clerk(WRITING, "noi-dung-5/", viewport={"width": 1280, "height": 900})
    answer, box = page.locator("details.last-year"), page.locator("#id_text")
    assert answer.evaluate("details => details.open")
    assert answer.bounding_box()["x"] + answer.bounding_box()["width"] < box.bounding_box()["x"]

    page.set_viewport_size({"width": 360, "height": 800})
    page.reload()

    assert not answer.evaluate("details => details.open")
    assert answer.bounding_box()["y"] < box.bounding_box()["y"]


def test_last_years_answer_is_taken_over_without_scripts(clerk, empty):
    empty(WRITING, "nhiem-vu-14-1")
    page = clerk(WRITING, "nhiem-vu-14-1/", java_script_enabled=False)
    page.locator("details.last-year summary").click()
    page.get_by_role("button", name=TAKE_OVER).click()

    expect(page.locator("#id_text")).not_to_be_empty()
    expect(page.get_by_text("cần cập nhật", exact=False).first).to_be_visible()


def test_characters_are_counted_as_they_are_typed(clerk, empty, demo_people):
    empty(WRITING, "danh-gia")
    page = clerk(WRITING, "danh-gia/")
    line = page.locator("[data-counts]")

    page.locator("#id_text").fill("e\u0302\u0301" * 1_260)
    expect(line.locator("[data-count]")).to_have_text("1.260")
    expect(line.locator("[data-over]")).to_be_hidden()

    page.locator("#id_text").fill("x" * 50_001)
    expect(line.locator("[data-count]")).to_have_text("50.001")
    expect(line.locator("[data-over]")).to_have_text(", vượt quá giới hạn: chưa lưu được, hãy rút gọn")
    expect(page.locator("#id_text_error")).not_to_be_empty()
    demo_people.forgive("422")


def test_text_in_an_old_encoding_stays_in_the_box_with_what_to_do(clerk, empty, demo_people):
    empty(WRITING, "danh-gia")
    page = clerk(WRITING, "danh-gia/")

    page.locator("#id_text").fill(OLD_TEXT)

    expect(page.locator("#id_text_error")).to_contain_text("Hãy chuyển sang Unicode")
    expect(page.locator("#id_text")).to_have_value(OLD_TEXT)
    # Its old words are on the page as they were pasted.
    assert [word for word in foreign_words(page) if word not in OLD_TEXT] == []
    page.locator("#id_text").fill("")
    expect(page.locator("#save-state")).not_to_contain_text("Chưa lưu")
    demo_people.forgive("422")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_whole_report_is_declared_to_hold_nothing_and_taken_back(clerk, empty, has_scripts):
    page = clerk(DECLARING, "khong-phat-sinh/", java_script_enabled=has_scripts)
    declare, revoke = "Khai không phát sinh cả báo cáo", "Bỏ khai không phát sinh"
    if has_scripts:
        expect(page.get_by_text("Hãy xóa ở các phần này trước")).to_be_visible()
        assert_no_fault(page)

    empty(DECLARING)
    page.reload()
    page.get_by_role("button", name=declare).click()
    expect(page.get_by_text("Hãy ghi rõ lý do cả năm không phát sinh.").first).to_be_visible()
    if has_scripts:
        assert_no_fault(page)
    page.get_by_label("Lý do không phát sinh").fill(REASON)
    page.get_by_role("button", name=declare).click()
    expect(page.get_by_text("Đã khai không phát sinh. Báo cáo đã đủ để trình hoặc nộp.")).to_be_visible()

    for place in ("", "chi-dao/", "noi-dung-1/", "kiem-tra/", "khong-phat-sinh/"):
        page.goto(page.url.split(DECLARING)[0] + f"{DECLARING}/{place}")
        expect(page.get_by_role("button", name=revoke)).to_be_visible()
        expect(page.locator("#id_text")).to_have_count(0)
        if has_scripts:
            assert_no_fault(page)
    page.get_by_role("button", name=revoke).click()
    expect(page.get_by_text("Đã bỏ khai không phát sinh.")).to_be_visible()


def test_area_is_marked_and_taken_back_with_a_click_each(clerk, empty):
    empty(DECLARING, "noi-dung-2")
    page = clerk(DECLARING, "noi-dung-2/")

    page.get_by_role("button", name="Không phát sinh cả nội dung").click()
    expect(page.get_by_text("Đã ghi “Không phát sinh” cho cả Nội dung 2.")).to_be_visible()
    assert_no_fault(page)
    page.get_by_role("button", name="Bỏ “Không phát sinh”").click()

    expect(page.get_by_role("button", name="Không phát sinh cả nội dung")).to_be_visible()


def test_guidance_is_edited_and_restored(demo_people, year):
    page = demo_people.sign_in(OFFICER, demo.PASSWORD, f"{year}/huong-dan/kinh-phi/")

    page.get_by_label("Hướng dẫn viết").fill("")
    page.get_by_role("button", name="Lưu hướng dẫn").click()
    expect(page.get_by_text("(Không hiện hướng dẫn ở phần này)")).to_be_visible()
    assert_no_fault(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Khôi phục hướng dẫn ban đầu").click()

    expect(page.get_by_text("Đã khôi phục hướng dẫn ban đầu")).to_be_visible()
    expect(page.get_by_text("Dự toán được giao, đã sử dụng")).to_be_visible()


def test_search_is_free_of_faults_with_hits_and_without(clerk):
    page = clerk(WRITING)
    for query in ("doi thoai", "khong co o dau ca"):
        page.get_by_role("link", name="Tra cứu", exact=True).click()
        page.get_by_label("Tìm trong báo cáo của đơn vị").fill(query)
        page.get_by_role("button", name="Tìm").click()
        expect(page.get_by_role("status")).to_contain_text(f"“{query}”")
        assert_no_fault(page)
