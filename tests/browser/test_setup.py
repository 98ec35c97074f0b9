"""An administrator sets up from the browser alone: agencies and people from Excel, a letterhead, a test mail."""

import re

import pytest
from playwright.sync_api import expect

from reports import demo
from tests.browser.checks import faults, violations
from tests.browser.inbox import link_in

pytestmark = pytest.mark.long

ADMINISTRATOR = "quan-tri@uy-ban-nhan-dan-tinh.example"
WRONG = "Tên cơ quan\tĐiện thoại\tSố trong kế hoạch\nSở Y tế\t0205 3812 345\t7\nSở Tư pháp\t0205 3812 346\t60"
PEOPLE = (
    "Họ và tên\tThư điện tử\tCơ quan\tVai trò\tChức vụ\n"
    "Bế Thị Nhiều\tnhieu@so-y-te.example\tso y te\tlãnh đạo\tPhó Giám đốc"
)


def test_administrator_sets_up_from_the_checklist(writers, inbox):
    page = writers.sign_in(ADMINISTRATOR, demo.PASSWORD)
    expect(page.get_by_role("heading", name="Việc thiết lập hệ thống")).to_be_visible()

    page.locator("#agencies").get_by_role("link", name="Nhập danh sách từ Excel").click()
    page.get_by_label("Bảng chép từ Excel").fill(WRONG)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_text("không có cơ quan số 60")).to_be_visible()
    expect(page.get_by_role("button", name="Ghi", exact=True)).to_have_count(0)
    expect(page.get_by_label("Bảng chép từ Excel")).to_have_value(WRONG)
    page.get_by_label("Bảng chép từ Excel").fill(WRONG.replace("60", "6"))
    page.get_by_role("button", name="Xem trước lại").click()
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.get_by_text("Đã ghi: thêm 0 cơ quan, sửa 2 cơ quan.")).to_be_visible()

    page.get_by_role("link", name="Thiết lập", exact=True).click()
    page.locator("#people").get_by_role("link", name=re.compile("Nhập danh sách từ Excel")).click()
    page.get_by_label("Bảng chép từ Excel").fill(PEOPLE)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_text("Lãnh đạo đơn vị, Sở Y tế")).to_be_visible()
    assert violations(page) + faults(page, 1280) == []
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.get_by_text("Đã ghi: 1 vai trò mới, 0 người được sửa. Thư mời đang được gửi.")).to_be_visible()
    invitation = inbox.wait_for("nhieu@so-y-te.example", "Mời sử dụng Cổng theo dõi kế hoạch")
    assert "/tai-khoan/mat-khau/" in link_in(invitation)

    page.goto("/thiet-lap/tieu-de/so-y-te/")
    page.get_by_label(re.compile(r"^\s*Tiêu đề văn bản")).fill("UBND tỉnh Lạng Sơn\n*Sở Y tế và Dân số tỉnh Lạng Sơn")
    expect(page.get_by_text("ô chỉ rộng 66 mm")).to_be_visible()
    assert violations(page) == []

    page.goto("/thiet-lap/")
    page.locator("#mail").get_by_role("link", name="Gửi thư thử").click()
    page.get_by_role("button", name="Gửi thư thử").click()
    expect(page.get_by_text("Thư đã đi")).to_be_visible()
    inbox.wait_for(ADMINISTRATOR, "Thư thử của Cổng theo dõi kế hoạch")
    page.goto("/thiet-lap/")
    expect(page.locator("#mail")).to_contain_text("✔ Xong")
