"""Every role's pages on the demonstration, narrow and wide, and what they say to wrong input.

SCREENSHOTS=folder keeps a picture of every page at both widths.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from reports import demo

NARROW, WIDE = 360, 1280
HEIGHT = 900

# What a page has to be whatever it shows; the names of the faults are the keys.
FAULTS = """(width) => {
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = (element) => element.innerText.trim() || element.ariaLabel || element.title;
  const labelled = (control) => control.ariaLabel || [...control.labels].some((label) => label.innerText.trim());
  const ids = all("[id]").map((element) => element.id);
  return Object.entries({
    "wider than the screen": document.documentElement.scrollWidth > width,
    "no Vietnamese": document.documentElement.lang !== "vi",
    "no title": !/\\S \\| \\S/.test(document.title),
    "not one h1": all("h1").length !== 1,
    "control without label": all("input:not([type=hidden], [hidden]), select, textarea").some((c) => !labelled(c)),
    "link or button without name": all("a, button:not([hidden])").some((element) => !named(element)),
    "an id twice": new Set(ids).size !== ids.length,
    "a style in the page": all("[style], style").length > 0,
  }).filter(([name, is_so]) => is_so).map(([name]) => name);
}"""

OFFICER = "dau-moi@so-lao-dong-thuong-binh-va-xa-hoi.example"
FOCAL_HEAD = "lanh-dao@so-lao-dong-thuong-binh-va-xa-hoi.example"

# Who sees which pages; {year} is the address of the year that goes on, {last} of the one before.
PAGES = {
    None: ["/tai-khoan/dang-nhap/", "/tai-khoan/quen-mat-khau/", "/tai-khoan/quen-mat-khau/da-gui/"],
    "chuyen-vien@so-y-te.example": [
        "/",
        "{year}/so-y-te/",
        "{year}/so-y-te/noi-dung-1/",
        "{year}/so-y-te/noi-dung-4/",
        "{year}/so-y-te/kiem-tra/",
        "{year}/so-y-te/lan-nop/1/",
        "{last}/so-y-te/",
        "{year}/tong-hop/",
        "{last}/tong-hop/",
        "/co-quan/so-y-te/",
        "/tai-khoan/doi-mat-khau/",
        "/96-kh-ubnd-2018/",
        "/96-kh-ubnd-2018/toan-van/",
        "/96-kh-ubnd-2018/tim/?q=tao+hon",
    ],
    "lanh-dao@uy-ban-mttq-viet-nam-tinh.example": [
        "/",
        "{year}/uy-ban-mttq-viet-nam-tinh/kiem-tra/",
        "/co-quan/uy-ban-mttq-viet-nam-tinh/",
    ],
    "chuyen-vien@thanh-pho-lang-son.example": [
        "/",
        "{year}/thanh-pho-lang-son/noi-dung-6/",
        "{year}/thanh-pho-lang-son/nhiem-vu-14-1/",
        "{year}/thanh-pho-lang-son/kiem-tra/",
    ],
    OFFICER: [
        "/",
        "{year}/?loc=qua-han",
        "{year}/so-tu-phap/tham-tra/",
        "{year}/huyen-binh-gia/tham-tra/",
        "{year}/huyen-dinh-lap/tham-tra/",
        "{year}/huyen-dinh-lap/enter/",
        "{year}/tong-hop/",
    ],
    FOCAL_HEAD: ["{year}/tong-hop/"],
    "du-toan@so-tai-chinh.example": ["/"],
    "lanh-dao-tinh@uy-ban-nhan-dan-tinh.example": ["/", "{last}/tinh-hinh/"],
    "quan-tri@uy-ban-nhan-dan-tinh.example": [
        "/",
        "/co-quan/",
        "/co-quan/so-tai-chinh/",
        "/quan-tri/",
        "/quan-tri/reports/reportingcycle/",
    ],
}


@pytest.mark.parametrize("email", PAGES, ids=lambda email: (email or "nobody").replace("@", "-at-"))
def test_page_narrow_or_wide_has_no_fault(demo_people, demo_year, email):
    years = {"year": f"/96-kh-ubnd-2018/{demo_year}", "last": f"/96-kh-ubnd-2018/{demo_year - 1}"}
    page = demo_people.sign_in(email, demo.PASSWORD) if email else demo_people.open("/")

    faults = []
    for place, address in enumerate(PAGES[email]):
        page.set_viewport_size({"width": NARROW, "height": HEIGHT})
        page.goto(address.format(**years))
        for width in (NARROW, WIDE):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            faults += [f"{address} at {width}: {fault}" for fault in page.evaluate(FAULTS, width)]
            keep_picture(page, f"{email or 'nobody'}-{place + 1:02}-{width}")

    assert faults == []


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        # Hiding the caret would put a style into the page.
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, caret="initial")
