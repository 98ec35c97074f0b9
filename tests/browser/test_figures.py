"""The tables of figures under a clerk's hands: the keyboard alone, what is said back, no scripts."""

import datetime

import pytest
from playwright.sync_api import expect

from reports import deadlines, demo

pytestmark = pytest.mark.long

AGENCY = "so-thong-tin-va-truyen-thong"
CLERK = f"chuyen-vien@{AGENCY}.example"


@pytest.fixture
def address():
    return f"/96-kh-ubnd-2018/{datetime.datetime.now(deadlines.VIETNAM).year}/{AGENCY}/so-lieu/"


def test_keyboard_walks_the_table_and_every_number_is_saved_and_said_back(writers, address):
    page = writers.sign_in(CLERK, demo.PASSWORD, address)
    page.locator("#id_total-B1_1").focus()
    keyboard = page.keyboard

    keyboard.type("1260")
    keyboard.press("Enter")
    expect(page.locator("#id_total-B1_2")).to_be_focused()
    keyboard.type("20")
    keyboard.press("ArrowUp")
    expect(page.locator("#id_total-B1_1")).to_be_focused()
    keyboard.press("Tab")
    keyboard.type("630")
    keyboard.press("ArrowDown")
    expect(page.locator("#id_included-B1_2")).to_be_focused()
    keyboard.type("5")

    expect(page.locator("#notes-B1_1")).to_have_text("Đọc là 1.260.")
    expect(page.locator("#share-B1_1")).to_have_text("50%")
    expect(page.locator("#share-B1_2")).to_have_text("25%")
    expect(page.locator("#save-state")).to_contain_text("Đã lưu")
    page.reload()
    expect(page.locator("#id_total-B1_1")).to_have_value("1.260")
    expect(page.locator("#id_included-B1_2")).to_have_value("5")


def test_reason_is_asked_where_no_data_is_ticked(writers, address):
    page = writers.sign_in(CLERK, demo.PASSWORD, address)
    reason = page.locator("#id_reason-B8_1")
    expect(reason).to_be_hidden()

    page.locator("#id_no_data-B8_1").check()

    expect(page.locator("#notes-B8_1")).to_have_text("Hãy ghi lý do không có số liệu.")
    reason.fill("Chưa được giao dự toán.")
    expect(page.locator("#notes-B8_1")).to_have_text("")


def test_figures_are_filled_in_without_scripts(writers, address):
    page = writers.sign_in(CLERK, demo.PASSWORD, address, java_script_enabled=False)
    page.locator("#id_total-B3_1").fill("1.5")
    page.locator("#id_total-B3_2").fill("1 000")
    page.locator("#id_included-B3_2").fill("600")

    page.get_by_role("button", name="Lưu nháp").click()

    expect(page.get_by_role("heading", name="Chưa đọc được B3.1; các dòng khác đã lưu.")).to_be_visible()
    expect(page.locator("#id_total-B3_1")).to_have_value("1.5")
    expect(page.locator("#share-B3_2")).to_have_text("60%")
    page.locator("#id_total-B3_1").fill("15")
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã lưu nháp.")
    expect(page.locator("#id_total-B3_1")).to_have_value("15")
    expect(page.locator("#id_total-B3_2")).to_have_value("1.000")
