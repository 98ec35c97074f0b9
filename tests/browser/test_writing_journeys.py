"""A clerk writes a whole report and a head submits it: by keyboard, on a narrow screen, without scripts."""

import pytest
from playwright.sync_api import Page, expect

from reports import demo
from tests.browser.writing import Keyboard, Mouse, fill_in

pytestmark = pytest.mark.long

TEXT = "Trong năm tổ chức 12 hội nghị cho 1.260 lượt người, trong đó nữ 54%."
WRITTEN = (
    *("chi-dao", "noi-dung-1", "noi-dung-2", "noi-dung-5", "nhiem-vu-14-1", "nhiem-vu-14-2"),
    *("kinh-phi", "danh-gia", "phuong-huong", "kien-nghi"),
)
NOTHING = ("noi-dung-3", "noi-dung-4", "noi-dung-6")

# About what a window on a desk is at 400 %.
NARROW = {"width": 360, "height": 640}
MODES = {
    "keyboard": ("huyen-trang-dinh", Keyboard, {}),
    "narrow": ("huyen-huu-lung", Mouse, {"viewport": NARROW}),
    "without scripts": ("huyen-binh-gia", Mouse, {"java_script_enabled": False}),
}


@pytest.mark.parametrize("mode", MODES)
def test_report_is_written_sent_up_and_submitted(writers, mode):
    agency, hands, options = MODES[mode]

    clerk, hand = sign_in(writers, f"chuyen-vien@{agency}.example", hands, options)
    hand.press(clerk.locator("main .btn-primary").first)
    expect(clerk.locator("#id_text")).to_be_visible()
    assert hand.presses <= 2, "from home to the first field"
    fill_in(clerk, dict.fromkeys(WRITTEN, TEXT), NOTHING, hand=hand)
    hand.press(clerk.get_by_role("button", name="Trình lãnh đạo"))
    expect(clerk.get_by_text("Đã trình lãnh đạo đơn vị duyệt.")).to_be_visible()

    head, hand = sign_in(writers, f"lanh-dao@{agency}.example", hands, options)
    hand.press(head.locator("main .btn-primary").first)
    hand.tick(head.get_by_label("Tôi đã kiểm tra nội dung báo cáo"))
    hand.press(head.get_by_role("button", name="Nộp báo cáo"))
    expect(head.get_by_role("heading", level=1, name="Phiếu tiếp nhận")).to_be_visible()
    assert hand.presses <= 4, "from a finished report to the receipt"


def sign_in(writers, email: str, hands: type[Mouse], options: dict) -> tuple[Page, Mouse]:
    """Sign in with these hands and return the home page, with hands that have pressed nothing yet."""
    page = writers.open("/", **options)
    hand = hands(page)
    hand.write(page.get_by_label("Địa chỉ thư điện tử"), email)
    hand.write(page.get_by_label("Mật khẩu"), demo.PASSWORD)
    hand.press(page.get_by_role("button", name="Đăng nhập"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Báo cáo của đơn vị")
    return page, hands(page)
