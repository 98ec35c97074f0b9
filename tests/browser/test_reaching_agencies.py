"""An officer reaches the agencies: a call noted from the list, the letter beside it, the roll-call and its answer."""

import datetime
import re

import pytest
from playwright.sync_api import expect

from reports import deadlines, demo
from tests.browser.checks import faults, violations
from tests.browser.inbox import link_in

pytestmark = pytest.mark.long

OFFICER = f"dau-moi@{demo.FOCAL}.example"
LATE = "Ủy ban nhân dân thành phố Lạng Sơn"


def test_call_is_noted_from_the_list_without_scripts_and_stands_in_it(demo_people, demo_year):
    year = f"/96-kh-ubnd-2018/{demo_year}/"
    page = demo_people.sign_in(OFFICER, demo.PASSWORD, year, java_script_enabled=False)

    page.get_by_role("link", name=f"Ghi đã gọi {LATE}").click()
    to_call = page.get_by_role("link", name=re.compile("^Gọi ")).first
    expect(to_call).to_have_attribute("href", re.compile(r"^tel:\d+$"))
    page.get_by_label("Đã gọi, đã nhắc").check()
    page.get_by_label("Ghi chú").fill("Đang chờ phân công người.")
    page.get_by_role("button", name="Ghi cuộc gọi").click()

    expect(page.get_by_text(f"Đã ghi cuộc gọi tới {LATE}")).to_be_visible()
    page.get_by_role("link", name=f"Đã nhắc gì {LATE}").click()
    expect(page.get_by_role("row", name=re.compile("Đang chờ phân công người"))).to_contain_text("Đã gọi")


def test_letter_follows_what_is_ticked_and_the_chat_text_with_it(demo_people, demo_year):
    page = demo_people.sign_in(OFFICER, demo.PASSWORD, f"/96-kh-ubnd-2018/{demo_year}/cong-van-don-doc/")
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("checkbox", name=LATE).check()

    page.get_by_role("button", name="Xem lại").click()

    expect(page.get_by_label("Tin nhắn", exact=True)).to_have_value(re.compile(f"còn 1 cơ quan chưa gửi: {LATE}"))
    expect(page.get_by_text(f"Kính gửi: {LATE}.")).to_be_visible()


def test_roll_call_tells_before_it_is_sent_whom_it_reaches(demo_people, demo_year):
    page = demo_people.sign_in(OFFICER, demo.PASSWORD, f"/96-kh-ubnd-2018/{demo_year}/diem-danh/")

    expect(page.get_by_role("heading", name="1 cơ quan có thể không liên lạc được")).to_be_visible()
    expect(page.get_by_text("Sẽ gửi ngay")).to_contain_text("46 thư")
    page.get_by_text("Thư viết thế nào").click()
    expect(page.get_by_text("Đề nghị Ông/Bà mở trang dưới đây")).to_be_visible()


def test_roll_call_is_answered_from_the_mail_without_signing_in(writers, autumn, inbox):
    clerk, agency = "chuyen-vien@huyen-van-lang.example", "Ủy ban nhân dân huyện Văn Lãng"
    year = deadlines.day_of(datetime.datetime.now(datetime.UTC)).year
    officer = writers.sign_in(OFFICER, demo.PASSWORD, f"/96-kh-ubnd-2018/{year}/diem-danh/")
    officer.get_by_role("button", name="Gửi thư điểm danh").click()
    letter = link_in(inbox.wait_for(clerk, "Điểm danh đầu mối"))

    stranger = writers.open(letter)
    assert found_on(stranger) == []
    stranger.reload()
    expect(stranger.get_by_text("Đã ghi câu trả lời")).to_have_count(0)
    stranger.get_by_label("Người phụ trách mới", exact=False).fill("Hoàng Thị Mới")
    stranger.get_by_role("button", name="Tôi không còn phụ trách").click()
    expect(stranger.get_by_text("Đã ghi câu trả lời: không còn phụ trách")).to_be_visible()
    assert found_on(stranger) == []

    officer.reload()
    expect(officer.get_by_role("row", name=re.compile(agency)).filter(has_text="Hoàng Thị Mới")).to_be_visible()
    assert found_on(officer) == []


def found_on(page) -> list[str]:
    """Return what is wrong with the page as it stands, on a phone and on a desk."""
    found = []
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{page.url} at {width}: {fault}" for fault in faults(page, width) + violations(page)]
    return found
