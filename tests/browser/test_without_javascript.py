"""Every step that files a report works where scripts are switched off."""

from playwright.sync_api import expect

from reports import demo
from tests.browser.writing import fill_in

TEXT = "Trong năm tổ chức 12 hội nghị cho 1.260 lượt người, trong đó nữ 54%."
PARTS = ("noi-dung-5", "nhiem-vu-14-1", "nhiem-vu-14-2", "kinh-phi", "danh-gia", "phuong-huong", "kien-nghi")
NOTHING = ("noi-dung-6",)


def test_report_without_javascript_is_written_and_submitted(demo_people):
    clerk = demo_people.sign_in("chuyen-vien@thanh-pho-lang-son.example", demo.PASSWORD, java_script_enabled=False)
    clerk.locator("main li a").first.click()
    fill_in(clerk, dict.fromkeys(PARTS, TEXT), NOTHING)
    clerk.get_by_role("button", name="Trình lãnh đạo").click()
    expect(clerk.get_by_text("Đã trình lãnh đạo đơn vị duyệt.")).to_be_visible()

    head = demo_people.sign_in("lanh-dao@thanh-pho-lang-son.example", demo.PASSWORD, java_script_enabled=False)
    head.get_by_role("link", name="Xem và duyệt báo cáo").click()
    head.get_by_role("link", name="Kiểm tra và nộp").last.click()
    head.get_by_label("Tôi đã kiểm tra nội dung báo cáo").check()
    head.get_by_role("button", name="Nộp báo cáo").click()

    expect(head.get_by_role("heading", name="Phiếu tiếp nhận báo cáo")).to_be_visible()
    expect(head.get_by_text("Đang tạo bản PDF")).to_be_visible()
