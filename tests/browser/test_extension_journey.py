"""A clerk asks for more time, an officer grants it, and the new date shows: every page on the way without a fault."""

import datetime

import pytest
from playwright.sync_api import Page, expect

from reports import deadlines, demo
from tests.browser.checks import faults, foreign_words, violations

pytestmark = pytest.mark.long

AGENCY = "huyen-van-quan"
CLERK = f"chuyen-vien@{AGENCY}.example"
OFFICER = f"dau-moi@{demo.FOCAL}.example"
REASON = "Chờ số liệu của 18 xã, thị trấn."
WIDTHS = (360, 1280)


def found_on(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, at every width."""
    found = [f"{word} is not Vietnamese" for word in foreign_words(page)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{page.url} at {width}: {fault}" for fault in faults(page, width) + violations(page)]
    return found


def test_clerk_asks_officer_grants_and_the_new_date_shows(writers):
    today = deadlines.day_of(datetime.datetime.now(datetime.UTC))
    common = datetime.date(today.year, 11, 9)
    wanted = max(common, today) + datetime.timedelta(days=10)
    clerk = writers.sign_in(CLERK, demo.PASSWORD)

    clerk.get_by_role("link", name="Xin gia hạn").click()
    assert found_on(clerk) == []
    clerk.get_by_label("Xin nộp đến hết ngày").fill(f"{wanted:%d/%m/%Y}")
    clerk.get_by_label("Lý do xin gia hạn").fill(REASON)
    clerk.get_by_role("button", name="Gửi đề nghị gia hạn").click()
    expect(clerk.get_by_text("Chờ cơ quan đầu mối trả lời", exact=True)).to_be_visible()
    assert found_on(clerk) == []

    officer = writers.sign_in(OFFICER, demo.PASSWORD)
    officer.get_by_role("link", name="1 đề nghị gia hạn chờ trả lời").first.click()
    expect(officer.get_by_text(REASON)).to_be_visible()
    assert found_on(officer) == []
    officer.get_by_role("link", name="Trả lời").click()
    officer.get_by_label("Đồng ý gia hạn").check()
    officer.get_by_label("Lý do", exact=False).last.fill("Đồng ý vì lý do khách quan.")
    assert found_on(officer) == []
    officer.get_by_role("button", name="Xem trước").click()
    expect(officer.get_by_text(f"1 đơn vị có hạn mới: hết ngày {wanted:%d/%m/%Y}")).to_be_visible()
    assert found_on(officer) == []
    officer.get_by_role("button", name="Gia hạn", exact=True).click()
    both = f"ạn gốc {common:%d/%m/%Y}, được gia hạn đến hết {wanted:%d/%m/%Y}"
    expect(officer.get_by_text(both).first).to_be_visible()

    clerk.goto(clerk.url.split("/96-kh")[0] + "/")
    expect(clerk.get_by_text(both).first).to_be_visible()
