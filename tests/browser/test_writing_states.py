"""What a clerk sees while writing, in every state that a page of it can be in: accessible, and Vietnamese."""

from contextlib import closing

import psycopg2
import pytest
from playwright.sync_api import Page, expect

from reports import demo
from tests.browser.checks import faults, foreign_words, violations
from tests.reports.workbooks import filled

pytestmark = pytest.mark.long

AGENCY = "huyen-loc-binh"
CLERK, HEAD = f"chuyen-vien@{AGENCY}.example", f"lanh-dao@{AGENCY}.example"
WIDTHS = (360, 768, 1280)
HEIGHT = 900
# "Ủy ban nhân dân huyện Lộc Bình báo cáo kết quả" as an old file in TCVN3 has it.
IN_TCVN3 = "ñy ban nh©n d©n huyÖn Léc B×nh b¸o c¸o kÕt qu¶ c«ng t¸c b×nh ®¼ng giíi"


@pytest.fixture
def database(autumn):
    with closing(psycopg2.connect(autumn.environment["DATABASE_URL"])) as connection:
        connection.autocommit = True
        yield connection.cursor()


@pytest.fixture
def place(database):
    database.execute("SELECT max(year) FROM reports_reportingcycle")
    return f"/96-kh-ubnd-2018/{database.fetchone()[0]}/{AGENCY}"


def found_on(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, at every width."""
    place = page.url.rstrip("/").rpartition("/")[2]
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{place} at {width}: {fault}" for fault in faults(page, width) + violations(page)]
    return found + [f"{place}: {word} is not Vietnamese" for word in foreign_words(page)]


@pytest.mark.parametrize("address", ["/noi-dung-1/", "/nhiem-vu-14-1/", "/chi-dao/", "/so-lieu/", "/kiem-tra/", "/"])
def test_page_with_nothing_written_has_no_fault(writers, place, address):
    page = writers.sign_in(CLERK, demo.PASSWORD, place + address)

    assert found_on(page) == []


def test_home_with_nothing_written_has_no_fault(writers):
    page = writers.sign_in(CLERK, demo.PASSWORD)

    assert found_on(page) == []


def test_late_report_has_no_fault(writers, place, database):
    database.execute(
        "UPDATE reports_report SET extended_due_at = '2020-01-01T00:00+07' FROM assignments_agency "
        "WHERE assignments_agency.id = agency_id AND slug = %s",
        (AGENCY,),
    )

    page = writers.sign_in(CLERK, demo.PASSWORD)
    expect(page.get_by_text("quá hạn").first).to_be_visible()
    assert found_on(page) == []
    page.goto(place + "/kiem-tra/")
    assert found_on(page) == []


def test_refused_text_has_no_fault(writers, place):
    page = writers.sign_in(CLERK, demo.PASSWORD, place + "/noi-dung-2/")
    page.locator("#id_text").fill(IN_TCVN3)

    expect(page.locator("#id_text")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_text")).to_have_value(IN_TCVN3)
    errors = page.locator(".field-error").filter(has_text="TCVN3")
    expect(errors).to_be_visible()
    words = set(IN_TCVN3.split())
    assert [line for line in found_on(page) if not words & set(line.split())] == []
    writers.forgive("422", "htmx:")


def test_words_written_before_the_script_has_come_are_saved(writers, place):
    page = writers.sign_in(CLERK, demo.PASSWORD)
    on_the_way = []
    page.route("**/part.*js", lambda route: on_the_way.append(route))
    page.goto(place + "/phuong-huong/", wait_until="commit")

    page.locator("#id_text").fill("Mở 06 lớp bồi dưỡng.")
    expect(page.locator("#save-state")).to_contain_text("Chưa có gì để lưu")
    [script] = on_the_way
    script.continue_()

    expect(page.locator("#save-state")).to_contain_text("Đã lưu")
    page.unroute_all()
    page.reload()
    expect(page.locator("#id_text")).to_have_value("Mở 06 lớp bồi dưỡng.")


def test_two_texts_side_by_side_have_no_fault(writers, place):
    mine = writers.sign_in(CLERK, demo.PASSWORD, place + "/noi-dung-3/")
    theirs = writers.sign_in(HEAD, demo.PASSWORD, place + "/noi-dung-3/")
    theirs.locator("#id_text").fill("Bản của lãnh đạo.")
    expect(theirs.locator("#save-state")).to_contain_text("Đã lưu")

    mine.locator("#id_text").fill("Bản của chuyên viên.")

    expect(mine.locator("[data-conflict]")).to_be_visible()
    assert found_on(mine) == []
    writers.forgive("409", "htmx:")


def test_question_for_the_password_has_no_fault(writers, place):
    page = writers.sign_in(CLERK, demo.PASSWORD, place + "/danh-gia/")
    page.context.clear_cookies()
    page.locator("#id_text").fill("Viết khi phiên đã hết.")

    expect(page.get_by_role("dialog")).to_be_visible()
    assert found_on(page) == []
    writers.forgive("401", "403", "htmx:")


def test_figure_that_cannot_be_read_has_no_fault(writers, place):
    page = writers.sign_in(CLERK, demo.PASSWORD, place + "/so-lieu/")
    page.locator(".figure-number").first.fill("1,234.5")
    page.get_by_role("button", name="Lưu nháp").click()

    expect(page.locator(".figure-number").first).to_have_value("1,234.5")
    expect(page.locator(".figure-number").first).to_have_attribute("aria-invalid", "true")
    assert found_on(page) == []
    writers.forgive("422", "htmx:")


def test_workbook_that_is_none_has_no_fault(writers, place):
    page = writers.sign_in(CLERK, demo.PASSWORD, place + "/so-lieu/")
    no_workbook = {"name": "so-lieu.xlsx", "mimeType": "application/octet-stream", "buffer": b"khong phai Excel" * 9}
    page.locator("input[type=file]").set_input_files(no_workbook)
    page.get_by_role("button", name="Đọc tệp Excel").click()

    page.wait_for_url("**/upload/")
    assert found_on(page) == []


def test_workbook_that_was_filled_in_has_no_fault(writers, place):
    page = writers.sign_in(CLERK, demo.PASSWORD, place + "/so-lieu/")
    made = page.request.get(place + "/so-lieu/xlsx/").body()
    content = filled(made, {"Biểu B1!E6": 1200, "Biểu B1!F6": 480, "Biểu B1!E7": None})
    page.locator("input[type=file]").set_input_files(
        {"name": "so-lieu.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="Đọc tệp Excel").click()

    expect(page.get_by_role("heading", name="Xem lại số liệu đọc từ Excel")).to_be_visible()
    assert found_on(page) == []

    page.get_by_role("button", name="Ghi vào báo cáo").click()
    expect(page.get_by_text("từ tệp Excel.")).to_be_visible()


def test_declaration_that_nothing_happened_has_no_fault(writers, place):
    idle = "so-tu-phap"
    page = writers.sign_in(f"chuyen-vien@{idle}.example", demo.PASSWORD, place.replace(AGENCY, idle) + "/")
    page.get_by_role("link", name="Khai không phát sinh cả báo cáo").click()
    assert found_on(page) == []

    page.get_by_label("Lý do").fill("Trong năm đơn vị sắp xếp lại tổ chức.")
    page.get_by_role("button", name="Khai không phát sinh cả báo cáo").click()

    expect(page.get_by_text("Trong năm đơn vị sắp xếp lại tổ chức.").first).to_be_visible()
    for address in ("/", "/noi-dung-1/", "/kiem-tra/"):
        page.goto(place.replace(AGENCY, idle) + address)
        assert found_on(page) == []
