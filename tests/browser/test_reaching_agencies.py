"""An officer reaches the agencies: a call noted from the list, the letter beside it, the roll-call and its answer."""

import re

import pytest
from playwright.sync_api import expect

from reports import demo

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
