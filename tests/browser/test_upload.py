"""Evidence sent from a browser: several files at once, a line that breaks, a session that ends, no scripts."""

import os
import re
import time
from contextlib import closing

import psycopg2
import pytest
from playwright.sync_api import Page, Route, expect

from reports import demo
from tests import sample_files as sample
from tests.browser.checks import faults, foreign_words, violations

pytestmark = pytest.mark.long

AGENCY = "huyen-chi-lang"
CLERK = f"chuyen-vien@{AGENCY}.example"
NARROW, MIDDLE, WIDE = 360, 768, 1280
PIECES = 6
PAGE = {"name": "trang.pdf", "mimeType": "application/pdf", "buffer": b"<!doctype html>"}


@pytest.fixture
def database(autumn):
    with closing(psycopg2.connect(autumn.environment["DATABASE_URL"])) as connection:
        connection.autocommit = True
        yield connection.cursor()


@pytest.fixture
def open_part(writers, database):
    """Sign the clerk in and open a part."""

    def open_page(key: str, **options) -> Page:
        database.execute("SELECT max(year) FROM reports_reportingcycle")
        address = f"/96-kh-ubnd-2018/{database.fetchone()[0]}/{AGENCY}/{key}/"
        return writers.sign_in(CLERK, demo.PASSWORD, address, **options)

    return open_page


def pdf(name: str, *, size: int = 0) -> dict:
    """Return a PDF of the name with so many bytes of noise in it."""
    head, rest = sample.pdf(name).split(b"\n", 1)
    noise = os.urandom(size).replace(b"\n", b" ")
    content = head + b"\n% " + noise + b"\n" + rest
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def block(page: Page, number: int = 0):
    """Return what belongs to one task: its list and where files are chosen."""
    return page.locator(".evidence").nth(number)


def choose(page: Page, *files: dict, number: int = 0) -> None:
    block(page, number).locator("input[type=file]").set_input_files(list(files))


def slowly(route: Route) -> None:
    time.sleep(0.25)
    route.continue_()


def test_two_files_at_once_show_their_progress_and_leave_the_text_alone(open_part):
    page = open_part("noi-dung-1")
    page.locator("#id_text").press_sequentially("Đang gõ dở")
    page.route("**/upload/*/", slowly)

    choose(page, pdf("Biên bản hội nghị.pdf", size=1_500_000), pdf("Danh sách.pdf", size=1_500_000))

    for name in ("Biên bản hội nghị.pdf", "Danh sách.pdf"):
        expect(page.get_by_role("progressbar", name=f"Tiến độ gửi {name}")).to_be_visible()
    expect(block(page).get_by_text(re.compile(r"Đang gửi \d+ %")).first).to_be_visible()
    for name in ("Biên bản hội nghị.pdf", "Danh sách.pdf"):
        expect(block(page).get_by_role("link", name=name)).to_be_visible()
    expect(block(page).get_by_role("progressbar")).to_have_count(0)
    expect(page.locator("#id_text")).to_have_value("Đang gõ dở")
    with page.expect_download() as download:
        block(page).get_by_role("link", name="Biên bản hội nghị.pdf").click()
    assert download.value.suggested_filename == "Biên bản hội nghị.pdf"


def test_line_that_breaks_midway_goes_on_where_it_stopped(open_part, writers):
    page = open_part("noi-dung-2")
    sent = []
    page.on("request", lambda request: sent.append(request.method) if "/upload/" in request.url else None)
    page.route("**/upload/*/", slowly)

    choose(page, pdf("Kế hoạch.pdf", size=(PIECES - 1) * 512 * 1024))
    expect(block(page).get_by_text(re.compile(r"Đang gửi [3-6]\d %"))).to_be_visible()
    page.context.set_offline(True)
    expect(block(page).get_by_text("Mất mạng, sẽ gửi tiếp khi có mạng")).to_be_visible()
    before = sent.count("PATCH")
    page.context.set_offline(False)

    expect(block(page).get_by_role("link", name="Kế hoạch.pdf")).to_be_visible()
    assert (sent.count("POST"), "HEAD" in sent) == (1, True)
    assert sent.count("PATCH") - before < PIECES
    writers.forgive("ERR_INTERNET_DISCONNECTED")


def test_session_that_ended_is_asked_for_in_place(open_part, writers, database):
    page = open_part("noi-dung-3")
    database.execute("DELETE FROM django_session")

    choose(page, pdf("Ảnh chụp.pdf"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Mật khẩu").fill(demo.PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()

    expect(block(page).get_by_role("link", name="Ảnh chụp.pdf")).to_be_visible()
    writers.forgive("401")


def test_file_that_is_not_taken_stands_there_with_its_reason(open_part, writers):
    page = open_part("noi-dung-4")

    choose(page, PAGE, pdf("Được.pdf", size=3_000))

    expect(block(page).get_by_role("link", name="Được.pdf")).to_be_visible()
    refused = block(page).get_by_role("listitem").filter(has_text="trang.pdf")
    expect(refused).to_contain_text("Không nhận được loại tệp này")
    for width in (NARROW, MIDDLE, WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        assert faults(page, width) == []
        assert violations(page) == []
    # The x/y (z%) of the guidance.
    assert set(foreign_words(page)) <= {"x", "z"}
    refused.get_by_role("button", name="Bỏ khỏi danh sách: trang.pdf").click()
    expect(refused).to_have_count(0)
    writers.forgive("422")


def test_file_is_removed_without_leaving_the_page(open_part):
    page = open_part("noi-dung-5")
    choose(page, pdf("Nhầm.pdf"))
    page.locator("#id_text").press_sequentially("Đang gõ dở")

    block(page).get_by_role("button", name="Gỡ tệp Nhầm.pdf").click()

    expect(block(page).get_by_text("Đã gỡ “Nhầm.pdf”.")).to_be_visible()
    expect(block(page).get_by_text("Chưa có tệp nào.")).to_be_visible()
    expect(block(page).locator("input[type=file]")).to_be_focused()
    expect(page.locator("#id_text")).to_have_value("Đang gõ dở")


def test_file_is_chosen_by_the_keyboard_alone(open_part):
    page = open_part("noi-dung-5")
    page.get_by_label("Thêm tệp minh chứng cho ND-5.1").focus()

    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files([pdf("Bàn phím.pdf")])

    expect(block(page).get_by_role("link", name="Bàn phím.pdf")).to_be_visible()


def test_files_without_javascript_go_by_a_form(open_part):
    page = open_part("noi-dung-6", java_script_enabled=False)

    choose(page, pdf("Một.pdf"), pdf("Hai.pdf"), PAGE | {"name": "ba.pdf"})
    block(page).get_by_role("button", name="Gửi tệp").click()

    expect(page.get_by_text("Đã thêm minh chứng “Một.pdf” cho ND-6.1.")).to_be_visible()
    expect(page.get_by_text("ba.pdf: Không nhận được loại tệp này")).to_be_visible()
    expect(block(page).get_by_role("link", name="Hai.pdf")).to_be_visible()
    block(page).get_by_role("button", name="Gỡ tệp Hai.pdf").click()
    expect(page.get_by_text("Đã gỡ “Hai.pdf”.")).to_be_visible()
    expect(block(page).get_by_role("link", name="Hai.pdf")).to_have_count(0)
