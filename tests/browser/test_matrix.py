"""The officer's matrix in a browser: on paper, without scripts, and the three clicks that remind all who are late."""

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from reports import demo

pytestmark = pytest.mark.long

OFFICER = f"dau-moi@{demo.FOCAL}.example"
A4_LANDSCAPE = (842, 595)
AGENCIES = 24


@pytest.fixture
def address(demo_year):
    return f"/96-kh-ubnd-2018/{demo_year}/"


def test_all_agencies_are_printed_on_one_sheet(demo_people, address):
    page = demo_people.sign_in(OFFICER, demo.PASSWORD, address)
    names = page.locator(".matrix tbody .matrix-agency a").all_inner_texts()
    assert len(names) == AGENCIES
    # A closed group is printed all the same.
    page.locator(".matrix-group details[open] summary").click()

    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages

    assert len(sheets) == 1
    assert tuple(round(float(side)) for side in sheets[0].mediabox[2:]) == A4_LANDSCAPE
    printed = " ".join(sheets[0].extract_text().split())
    assert [name for name in names if name not in printed] == []
    assert "Đã nhận / phải có" in printed
    assert "Chú giải:" in printed


def test_group_opens_and_closes_without_scripts(demo_people, address):
    page = demo_people.sign_in(OFFICER, demo.PASSWORD, address, java_script_enabled=False)
    member = page.get_by_role("link", name="Ủy ban nhân dân huyện Tràng Định", exact=True)
    group = page.locator(".matrix-group summary")
    expect(member).to_be_visible()  # somebody in the group is late

    group.focus()
    page.keyboard.press("Enter")
    expect(member).to_be_hidden()

    page.keyboard.press("Enter")
    expect(member).to_be_visible()


def test_reminding_all_who_are_late_is_two_clicks_from_home(demo_people, address):
    page = demo_people.sign_in(OFFICER, demo.PASSWORD, address)

    page.get_by_role("link", name="Đôn đốc").first.click()
    expect(page.get_by_role("heading", name="Thư viết thế nào")).to_be_visible()
    page.get_by_role("button", name="Gửi thư đôn đốc").first.click()

    expect(page.get_by_text("Đã gửi thư đôn đốc tới")).to_be_visible()
