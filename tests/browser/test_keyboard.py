"""A clerk who has no mouse writes a part: whatever has the focus can be seen."""

from playwright.sync_api import Locator, Page, expect

from reports import demo

MOST_STOPS = 80
# About what a window on a desk is at 400 %.
ZOOMED = {"width": 360, "height": 560}

# Whether the focus shows, by an outline or a shadow (a status's button draws it on its label), and nothing lies
# over it.
FOCUS_SHOWS = """() => {
  const focused = document.activeElement;
  const drawn = focused.matches(".btn-check") ? focused.labels[0] : focused;
  const style = getComputedStyle(drawn);
  const is_free = ({left, top, width, height}) => [0.1, 0.5, 0.9].some(
    (part) => drawn.contains(document.elementFromPoint(left + part * width, top + part * height)));
  return (style.outlineStyle !== "none" || style.boxShadow !== "none") && [...drawn.getClientRects()].some(is_free);
}"""


def test_part_with_the_keyboard_alone_is_written_and_saved(demo_people):
    page = demo_people.open("/", viewport=ZOOMED)

    tab_to(page, page.get_by_role("link", name="Chuyển đến nội dung chính"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Địa chỉ thư điện tử"))
    page.keyboard.type("chuyen-vien@huyen-cao-loc.example")
    tab_to(page, page.get_by_label("Mật khẩu"))
    page.keyboard.type(demo.PASSWORD)
    page.keyboard.press("Enter")

    follow(page, page.get_by_role("link", name="Tiếp tục báo cáo"))
    follow(page, page.get_by_role("link", name="Nội dung 6"))
    for measure in page.locator("fieldset.measure").all():
        tab_to(page, measure.get_by_role("radio").first)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        expect(measure.get_by_role("radio", name="Hoàn thành")).to_be_checked()
    tab_to(page, page.locator("#id_text"))
    page.keyboard.type("Kiểm tra 04 cơ sở, không phát hiện vi phạm.")
    tab_to(page, page.get_by_role("button", name="Lưu nháp"))
    page.keyboard.press("Space")

    expect(page.get_by_text("Phần này đã đủ.")).to_be_visible()
    expect(page.locator("#id_text")).to_have_value("Kiểm tra 04 cơ sở, không phát hiện vi phạm.")


def follow(page: Page, link: Locator) -> None:
    tab_to(page, link)
    address = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != address)


def tab_to(page: Page, control: Locator) -> None:
    """Press Tab until the control has the focus, which shows at every stop on the way."""
    control.wait_for(state="attached")
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_SHOWS), page.evaluate("document.activeElement.outerHTML")
        if control.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{MOST_STOPS} times Tab do not lead to {control}")
