"""Every role's pages on the demonstration, narrow and wide, and what they say to wrong input.

SCREENSHOTS=folder keeps a picture of every page at both widths.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from reports import demo
from tests.browser.checks import faults, foreign_words, violations

pytestmark = pytest.mark.long

NARROW, MIDDLE, WIDE = 360, 768, 1280
HEIGHT = 900

OFFICER = "dau-moi@so-lao-dong-thuong-binh-va-xa-hoi.example"
FOCAL_HEAD = "lanh-dao@so-lao-dong-thuong-binh-va-xa-hoi.example"

# It is answered with 404, of which the browser complains.
STALE_LINK = "/diem-danh/khong-dung/"

# Who sees which pages; {year} is the address of the year that goes on, {last} of the one before, {code} that of
# the one report published.
PAGES = {
    None: [
        "/tai-khoan/dang-nhap/",
        "/tai-khoan/quen-mat-khau/",
        "/tai-khoan/quen-mat-khau/da-gui/",
        "/xac-thuc/",
        "/xac-thuc/?ma=7KQ2",
        "/xac-thuc/{code}/",
        STALE_LINK,
    ],
    "chuyen-vien@so-y-te.example": [
        "/",
        "{year}/so-y-te/",
        "{year}/so-y-te/noi-dung-1/",
        "{year}/so-y-te/noi-dung-4/",
        "{year}/so-y-te/kiem-tra/",
        "{year}/so-y-te/so-lieu/",
        "{year}/so-y-te/xem-truoc/",
        "{year}/so-y-te/phieu-trinh/",
        "{year}/so-y-te/lan-nop/1/",
        "{year}/so-y-te/nhac-nho/",
        "{year}/so-y-te/xem-truoc/",
        "{year}/so-y-te/phieu-trinh/",
        "{last}/so-y-te/",
        "{year}/tong-hop/",
        "{last}/tong-hop/",
        "/co-quan/so-y-te/",
        "/tai-khoan/doi-mat-khau/",
        "/96-kh-ubnd-2018/",
        "/96-kh-ubnd-2018/toan-van/",
        "/96-kh-ubnd-2018/tim/?q=tao+hon",
        "/tra-cuu/",
        "/tra-cuu/?q=tao+hon",
        "/96-kh-ubnd-2018/ke-hoach-trien-khai/so-y-te/",
    ],
    "chuyen-vien@so-tu-phap.example": ["/", "{year}/so-tu-phap/y-kien/"],
    "lanh-dao@uy-ban-mttq-viet-nam-tinh.example": [
        "/",
        "{year}/uy-ban-mttq-viet-nam-tinh/kiem-tra/",
        "/co-quan/uy-ban-mttq-viet-nam-tinh/",
        "/co-quan/uy-ban-mttq-viet-nam-tinh/hand-over/",
    ],
    "chuyen-vien@huyen-cao-loc.example": ["/", "{year}/huyen-cao-loc/", "{year}/huyen-cao-loc/xin-gia-han/"],
    "chuyen-vien@huyen-chi-lang.example": ["/", "{year}/huyen-chi-lang/xin-gia-han/"],
    "chuyen-vien@huyen-bac-son.example": ["/", "{year}/huyen-bac-son/"],
    "chuyen-vien@thanh-pho-lang-son.example": [
        "/",
        "{year}/thanh-pho-lang-son/noi-dung-1/",
        "{year}/thanh-pho-lang-son/noi-dung-6/",
        "{year}/thanh-pho-lang-son/nhiem-vu-14-1/",
        "{year}/thanh-pho-lang-son/so-lieu/",
        "{year}/thanh-pho-lang-son/kiem-tra/",
    ],
    OFFICER: [
        "/",
        "{year}/",
        "{year}/?loc=qua-han",
        "{year}/don-doc/",
        "{year}/nhac-nho/",
        "{year}/nhac-nho/?loc=khong-gui",
        "{year}/so-y-te/nhac-nho/",
        "{year}/huyen-dinh-lap/call/",
        "{year}/so-y-te/call/",
        "{year}/cong-van-don-doc/",
        "{year}/diem-danh/",
        "{year}/nhac-viec/",
        "{year}/nhac-viec/dien-tap/",
        "/thu-cua-toi/",
        "{year}/hang-doi/",
        "{year}/so-tu-phap/tham-tra/",
        "{year}/cong-an-tinh/tham-tra/?so-sanh=lan-truoc",
        "{year}/cong-an-tinh/tham-tra/?lan=1&so-sanh=nam-truoc",
        "{year}/cong-an-tinh/tham-tra/?xem=van-ban",
        "{year}/huyen-binh-gia/tham-tra/",
        "{year}/huyen-dinh-lap/tham-tra/",
        "{year}/huyen-dinh-lap/enter/",
        "{year}/huyen-dinh-lap/gia-han/",
        "{year}/huyen-dinh-lap/mien-bao-cao/",
        "{year}/huyen-bac-son/tham-tra/",
        "{year}/huyen-chi-lang/gia-han/",
        "{year}/ky-bao-cao/",
        "{year}/ky-bao-cao/ngay/",
        "{year}/ky-bao-cao/moc-nhac/",
        "{year}/ky-bao-cao/lich/",
        "{year}/ky-bao-cao/ket-thuc/",
        "{year}/gia-han/",
        "{year}/gia-han/nhieu-don-vi/",
        "{last}/ky-bao-cao/",
        "{year}/huong-dan/",
        "{year}/huong-dan/noi-dung-1/",
        "/96-kh-ubnd-2018/ke-hoach-trien-khai/",
        "{year}/tong-hop/",
        "{year}/tong-hop/chi-dao/",
        "{year}/tong-hop/noi-dung-1/",
        "{year}/tong-hop/noi-dung-2/",
        "{year}/tong-hop/so-lieu/",
        "{year}/tong-hop/kien-nghi/",
        "{year}/tong-hop/noi-dung-1/sao-chep/",
        "{year}/tong-hop/xem-truoc/",
        "{year}/tong-hop/thay-doi/",
        "{year}/tong-hop/noi-nhan/",
        "{year}/tong-hop/bo-nguon-cu/",
        "{year}/tong-hop/trinh/",
        "{year}/hang-doi/accept/",
        "{year}/tron-bo/",
        "{year}/tinh-hinh/",
        "{last}/",
        "{last}/tong-hop/",
        "{last}/tong-hop/kien-nghi/",
        "{last}/tong-hop/1/ban-ky/",
    ],
    FOCAL_HEAD: [
        "/",
        "{year}/",
        "{year}/tong-hop/",
        "{year}/tong-hop/xem-truoc/",
        "{year}/tong-hop/noi-dung-1/",
        "{last}/tong-hop/",
        "{last}/tron-bo/",
    ],
    "du-toan@so-tai-chinh.example": ["/", "{last}/tong-hop/"],
    "lanh-dao-tinh@uy-ban-nhan-dan-tinh.example": [
        "/",
        "{last}/tinh-hinh/",
        "{year}/tong-hop/",
        "{last}/tong-hop/",
    ],
    "thuong-truc@hoi-dong-nhan-dan-tinh.example": ["/", "{last}/tinh-hinh/"],
    "quan-tri@uy-ban-nhan-dan-tinh.example": [
        "/",
        "/co-quan/",
        "/co-quan/so-tai-chinh/",
        "/huong-dan-su-dung/",
        "/huong-dan-su-dung/quan-tri/",
        "/huong-dan-su-dung/chuyen-vien-dau-moi/",
        "/huong-dan-su-dung/han-nop/",
        "/thiet-lap/",
        "/thiet-lap/co-quan/",
        "/thiet-lap/nguoi-dung/",
        "/thiet-lap/thu-moi/",
        "/thiet-lap/tieu-de/",
        "/thiet-lap/tieu-de/so-y-te/",
        "/thiet-lap/ke-hoach/",
        "/thiet-lap/thu-thu/",
        "/quan-tri/",
        "/quan-tri/reports/reportingcycle/",
        "{year}/ky-bao-cao/",
    ],
}


@pytest.mark.parametrize("email", PAGES, ids=lambda email: (email or "nobody").replace("@", "-at-"))
def test_page_narrow_or_wide_has_no_fault(demo_people, demo_year, demo_code, email):
    plan = "/96-kh-ubnd-2018"
    places = {"year": f"{plan}/{demo_year}", "last": f"{plan}/{demo_year - 1}", "code": demo_code}
    page = demo_people.sign_in(email, demo.PASSWORD) if email else demo_people.open("/")

    found = []
    for place, address in enumerate(PAGES[email]):
        page.set_viewport_size({"width": NARROW, "height": HEIGHT})
        page.goto(address.format(**places))
        for width in (NARROW, MIDDLE, WIDE):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found += [f"{address} at {width}: {fault}" for fault in faults(page, width) + violations(page)]
            keep_picture(page, f"{email or 'nobody'}-{place + 1:02}-{width}")
        found += [f"{address}: {word} is not Vietnamese" for word in foreign_words(page)]
        if address == STALE_LINK:
            demo_people.forgive(STALE_LINK)

    assert found == []


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        # Hiding the caret would put a style into the page.
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, caret="initial")
