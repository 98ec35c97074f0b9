"""Writing a report part by part, as a clerk does."""

import unicodedata
from collections.abc import Mapping, Sequence

from playwright.sync_api import Page, expect

DONE, UNDER_WAY = "Hoàn thành", "Đang thực hiện"


def fill_in(page: Page, parts: Mapping[str, str], nothing: Sequence[str]) -> None:
    """Write the part that is open and those after it, up to the check page; in `nothing` nothing happened."""
    while not page.url.endswith("/kiem-tra/"):
        key = page.url.rstrip("/").rsplit("/", 1)[1]
        if key in nothing:
            page.get_by_role("button", name="Không phát sinh cả nội dung").click()
            expect(page.get_by_text("Phần này đã đủ.")).to_be_visible()
            page.get_by_role("navigation", name="Các phần").get_by_role("link").last.click()
        else:
            for number, measure in enumerate(page.locator("fieldset.measure").all()):
                measure.get_by_text(UNDER_WAY if number else DONE, exact=True).click()
            write(page, parts[key])
            page.get_by_role("button", name="Lưu và sang phần sau").click()
        page.wait_for_url(lambda url, key=key: not url.endswith(f"/{key}/"))
    expect(page.get_by_text("Báo cáo đã đầy đủ")).to_be_visible()


def write(page: Page, text: str) -> None:
    """Write a part's text as some keyboards do, with every tone a letter of its own."""
    page.locator("#id_text").fill(unicodedata.normalize("NFD", text))
