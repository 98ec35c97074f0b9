"""Writing a report part by part, as a clerk does, with the mouse or without."""

import unicodedata
from collections.abc import Mapping, Sequence

from playwright.sync_api import Locator, Page, expect

DONE, UNDER_WAY = "Hoàn thành", "Đang thực hiện"
NOTHING_TO_REPORT = "Không phát sinh cả nội dung"
MOST_STOPS = 90

# Whether the focus shows, by an outline or a shadow (a status's button draws it on its label), and nothing lies
# over it.
FOCUS_SHOWS = """() => {
  const focused = document.activeElement;
  const drawn = focused.matches(".btn-check, .visually-hidden[type=file]") ? focused.labels[0] : focused;
  const style = getComputedStyle(drawn);
  const is_free = ({left, top, width, height}) => [0.1, 0.5, 0.9].some(
    (part) => drawn.contains(document.elementFromPoint(left + part * width, top + part * height)));
  return (style.outlineStyle !== "none" || style.boxShadow !== "none") && [...drawn.getClientRects()].some(is_free);
}"""


class Mouse:
    """Works with the mouse; `presses` counts the clicks on links, buttons and boxes."""

    def __init__(self, page: Page):
        self.page = page
        self.presses = 0

    def press(self, control: Locator) -> None:
        self.presses += 1
        control.click()

    def tick(self, box: Locator) -> None:
        self.presses += 1
        box.check()

    def choose(self, group: Locator, name: str) -> None:
        group.get_by_text(name, exact=True).click()

    def select(self, control: Locator, option: str) -> None:
        control.select_option(label=option)

    def write(self, box: Locator, text: str) -> None:
        box.fill(text)


class Keyboard(Mouse):
    """Works with the keyboard alone; whatever has the focus on the way must show it."""

    def press(self, control: Locator) -> None:
        self.presses += 1
        self._tab_to(control)
        self.page.keyboard.press("Enter")

    def tick(self, box: Locator) -> None:
        self.presses += 1
        self._tab_to(box)
        self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def choose(self, group: Locator, name: str) -> None:
        self._tab_to(group.get_by_role("radio").first)
        self.page.keyboard.press("Space")
        while not group.get_by_role("radio", name=name, exact=True).is_checked():
            self.page.keyboard.press("ArrowRight")

    def select(self, control: Locator, option: str) -> None:
        self._tab_to(control)
        self.page.keyboard.type(option)

    def write(self, box: Locator, text: str) -> None:
        self._tab_to(box)
        self.page.keyboard.insert_text(text)

    def _tab_to(self, control: Locator) -> None:
        """Press Tab until the control has the focus, which shows at every stop on the way."""
        control.wait_for(state="attached")
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(FOCUS_SHOWS), self.page.evaluate("document.activeElement.outerHTML")
            if control.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{MOST_STOPS} times Tab do not lead to {control}")


def fill_in(page: Page, parts: Mapping[str, str], nothing: Sequence[str], *, hand: Mouse | None = None) -> None:
    """Write the part that is open and those after it, up to the check page; in `nothing` nothing happened."""
    hand = hand or Mouse(page)
    while not page.url.endswith("/kiem-tra/"):
        page.wait_for_load_state("domcontentloaded")
        key = page.url.rstrip("/").rsplit("/", 1)[1]
        if key in nothing:
            hand.press(page.get_by_role("button", name=NOTHING_TO_REPORT))
            expect(page.get_by_text("Đã ghi “Không phát sinh” cho cả")).to_be_visible()
            hand.press(page.get_by_role("navigation", name="Các phần").get_by_role("link").last)
        else:
            if key == "so-lieu":
                fill_in_figures(page, hand)
            else:
                for number, measure in enumerate(page.locator("fieldset.measure").all()):
                    hand.choose(measure, UNDER_WAY if number else DONE)
                write(page, parts[key], hand)
            hand.press(page.get_by_role("button", name="Lưu và sang phần sau"))
        page.wait_for_url(lambda url, key=key: not url.endswith(f"/{key}/"))
    expect(page.get_by_text("Báo cáo đã đầy đủ")).to_be_visible()


def fill_in_figures(page: Page, hand: Mouse) -> None:
    """Answer every row: half of a total, or yes."""
    for row in page.locator("tr.figure-row").all():
        for answer in row.locator(".figure-box").locator("select").all():
            hand.select(answer, "Có")
        for number, box in zip(("1.260", "630"), row.locator(".figure-number").all(), strict=False):
            hand.write(box, number)


def write(page: Page, text: str, hand: Mouse | None = None) -> None:
    """Write a part's text as some keyboards do, with every tone a letter of its own."""
    (hand or Mouse(page)).write(page.locator("#id_text"), unicodedata.normalize("NFD", text))
