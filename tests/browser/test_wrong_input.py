"""What is typed wrongly is answered in sentences, where the eye and the screen reader begin, and is kept."""

import re

import pytest
from playwright.sync_api import Page, expect

from reports import demo

pytestmark = pytest.mark.long

OFFICER = "dau-moi@so-lao-dong-thuong-binh-va-xa-hoi.example"
FOCAL_HEAD = "lanh-dao@so-lao-dong-thuong-binh-va-xa-hoi.example"
REQUIRED = "Mục này bắt buộc phải điền hoặc chọn."


def test_sign_in_with_wrong_password_says_so(demo_people):
    page = demo_people.open("/")

    page.get_by_label("Địa chỉ thư điện tử").fill("chuyen-vien@so-noi-vu.example")
    page.get_by_label("Mật khẩu").fill("khong-phai-mat-khau")
    page.get_by_role("button", name="Đăng nhập").click()

    assert said(page) == ["Địa chỉ thư điện tử hoặc mật khẩu không đúng. Vui lòng kiểm tra và nhập lại."]
    expect(page.get_by_label("Địa chỉ thư điện tử")).to_have_value("chuyen-vien@so-noi-vu.example")


def test_submit_without_declaration_asks_for_it(demo_people, demo_year):
    page = demo_people.sign_in(
        "lanh-dao@uy-ban-mttq-viet-nam-tinh.example",
        demo.PASSWORD,
        f"/96-kh-ubnd-2018/{demo_year}/uy-ban-mttq-viet-nam-tinh/kiem-tra/",
    )

    page.get_by_role("button", name="Nộp báo cáo").click()

    assert said(page) == ["Hãy đánh dấu xác nhận đã kiểm tra trước khi nộp."]


def test_return_without_reason_asks_for_it(demo_people, demo_year):
    page = demo_people.sign_in(
        OFFICER, demo.PASSWORD, f"/96-kh-ubnd-2018/{demo_year}/so-ke-hoach-va-dau-tu/tham-tra/"
    )

    page.get_by_text("Trả lại đơn vị để sửa").click()
    page.get_by_role("checkbox", name="Kinh phí thực hiện").uncheck()
    page.get_by_role("button", name="Trả lại").click()

    assert said(page) == ["Lý do: Hãy ghi rõ lý do để người nhận lại biết cần sửa gì."]
    expect(page.get_by_role("checkbox", name="Kinh phí thực hiện")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Đánh giá chung")).to_be_checked()


def test_publish_with_bad_date_says_so_and_keeps_the_number(demo_people, demo_year):
    merged_report = f"/96-kh-ubnd-2018/{demo_year}/tong-hop/"
    officer = demo_people.sign_in(OFFICER, demo.PASSWORD, f"{merged_report}trinh/")
    officer.get_by_label("Tôi đã kiểm tra bản tổng hợp").check()
    officer.get_by_role("button", name="Trình lãnh đạo phê duyệt").click()
    page = demo_people.sign_in(FOCAL_HEAD, demo.PASSWORD, merged_report)

    box(page, "Số, ký hiệu").fill("301/BC-SLĐTBXH")
    box(page, "Ngày ban hành").fill("31/02/2026")
    page.get_by_label("Tôi đã đọc bản trình").check()
    page.get_by_role("button", name="Phê duyệt và ban hành").click()

    assert said(page) == [
        "Ngày ban hành: Ngày không hợp lệ. Vui lòng nhập theo dạng ngày/tháng/năm, ví dụ: 09/11/2026"
    ]
    expect(box(page, "Số, ký hiệu")).to_have_value("301/BC-SLĐTBXH")
    expect(box(page, "Ngày ban hành")).to_have_value("31/02/2026")
    expect(page.get_by_label("Tôi đã đọc bản trình")).to_be_checked()
    officer.get_by_role("button", name="Rút lại để sửa").click()


def test_enter_with_nothing_or_a_text_file_as_scan_says_what_is_wrong(demo_people, demo_year):
    page = demo_people.sign_in(OFFICER, demo.PASSWORD, f"/96-kh-ubnd-2018/{demo_year}/huyen-dinh-lap/enter/")

    page.get_by_role("button", name="Nhập báo cáo").click()

    assert said(page) == [
        f"Số, ký hiệu của báo cáo: {REQUIRED}",
        f"Ngày nhận được: {REQUIRED}",
        f"Bản chụp báo cáo (PDF, tối đa 20 MB): {REQUIRED}",
    ]

    box(page, "Số, ký hiệu").fill("98/BC-UBND")
    box(page, "Ngày nhận được").fill(f"20/12/{demo_year - 1}")
    box(page, "Đánh giá chung").fill("Việc phối hợp ở xã có chuyển biến.")
    scan = {"name": "ban-chup.pdf", "mimeType": "application/pdf", "buffer": b"khong phai PDF " * 70}
    box(page, "Bản chụp").set_input_files(scan)
    page.get_by_role("button", name="Nhập báo cáo").click()

    assert said(page) == [
        "Bản chụp báo cáo (PDF, tối đa 20 MB): Không nhận được loại tệp này: ở đây chỉ nhận PDF. Hãy mở tệp trên "
        "máy, lưu lại thành loại đó (đổi đuôi tên tệp là không đủ) rồi gửi lại."
    ]
    expect(box(page, "Số, ký hiệu")).to_have_value("98/BC-UBND")
    expect(box(page, "Ngày nhận được")).to_have_value(f"20/12/{demo_year - 1}")
    expect(box(page, "Đánh giá chung")).to_have_value("Việc phối hợp ở xã có chuyển biến.")


def test_invite_with_bad_address_says_so_and_keeps_the_name(demo_people):
    page = demo_people.sign_in("lanh-dao@so-noi-vu.example", demo.PASSWORD, "/co-quan/so-noi-vu/")

    box(page, "Địa chỉ thư điện tử").first.fill("nong.thi.moi")
    box(page, "Họ và tên").first.fill("Nông Thị Mới")
    page.get_by_role("button", name="Gửi thư mời").click()

    assert said(page) == [
        "Địa chỉ thư điện tử: Địa chỉ thư điện tử không hợp lệ. Vui lòng nhập đúng dạng, ví dụ: hoten@coquan.gov.vn"
    ]
    expect(box(page, "Họ và tên").first).to_have_value("Nông Thị Mới")


def box(page: Page, label: str):
    return page.get_by_label(re.compile(rf"^\s*{re.escape(label)}"))


def said(page: Page) -> list[str]:
    """Return the sentences of the summary, which has the focus and whose every link leads to a control."""
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    for link in summary.get_by_role("link").all():
        expect(page.locator(link.get_attribute("href"))).to_be_visible()
    return [" ".join(line.split()) for line in summary.get_by_role("listitem").all_inner_texts()]
