"""The pictures of the users' guides, of the demonstration on a pretended morning.

The portal runs in this process, where its clock can be set, so that taking a picture again changes it only where
the page has changed. GUIDE_IMAGES=folder keeps them: script/screenshots.
"""

import datetime
import io
import os
from contextlib import closing
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from PIL import Image
from playwright.sync_api import Browser, Page

from reports import deadlines, demo
from tests.browser.portal import connect_to_server

pytestmark = pytest.mark.long

MORNING = datetime.datetime(2026, 11, 20, 9, 0, tzinfo=deadlines.VIETNAM)
WIDE, NARROW, HEIGHT, TALL = 1280, 360, 800, 1100
COLOURS = 128
YEAR = "/96-kh-ubnd-2018/2026"

CLERK = "chuyen-vien@so-y-te.example"
OTHER_CLERK = "chuyen-vien@thanh-pho-lang-son.example"
HEAD = "lanh-dao@uy-ban-mttq-viet-nam-tinh.example"
OFFICER = "dau-moi@so-lao-dong-thuong-binh-va-xa-hoi.example"
LEADER = "lanh-dao-tinh@uy-ban-nhan-dan-tinh.example"
ADMINISTRATOR = "quan-tri@uy-ban-nhan-dan-tinh.example"

# Whose page, where, how wide, how high where it is not HEIGHT: by the picture's name.
PICTURES: dict[str, dict[str, tuple]] = {
    CLERK: {
        "trang-chinh": ("/", WIDE),
        "tra-loi-y-kien": (f"{YEAR}/so-y-te/y-kien/", WIDE),
        "thu-cua-toi": ("/thu-cua-toi/", WIDE),
    },
    OTHER_CLERK: {
        "cac-phan": (f"{YEAR}/thanh-pho-lang-son/", WIDE),
        "mot-phan": (f"{YEAR}/thanh-pho-lang-son/noi-dung-1/", WIDE),
        "mot-phan-dien-thoai": (f"{YEAR}/thanh-pho-lang-son/noi-dung-1/", NARROW),
        "so-lieu": (f"{YEAR}/thanh-pho-lang-son/so-lieu/", WIDE),
        "kiem-tra": (f"{YEAR}/thanh-pho-lang-son/kiem-tra/", WIDE),
        "xin-gia-han": (f"{YEAR}/thanh-pho-lang-son/xin-gia-han/", WIDE),
    },
    HEAD: {
        "lanh-dao-trang-chinh": ("/", WIDE),
        "duyet": (f"{YEAR}/uy-ban-mttq-viet-nam-tinh/kiem-tra/", WIDE),
        "nguoi-dung-don-vi": ("/co-quan/uy-ban-mttq-viet-nam-tinh/", WIDE),
    },
    OFFICER: {
        "theo-doi": (f"{YEAR}/", WIDE, TALL),
        "hang-doi": (f"{YEAR}/hang-doi/", WIDE),
        "tham-tra": (f"{YEAR}/so-tu-phap/tham-tra/", WIDE),
        "don-doc": (f"{YEAR}/don-doc/", WIDE),
        "diem-danh": (f"{YEAR}/diem-danh/", WIDE),
        "ky-bao-cao": (f"{YEAR}/ky-bao-cao/", WIDE),
        "gia-han": (f"{YEAR}/gia-han/", WIDE),
        "nhac-nho": (f"{YEAR}/nhac-nho/", WIDE),
        "tong-hop": (f"{YEAR}/tong-hop/", WIDE),
        "tong-hop-noi-dung": (f"{YEAR}/tong-hop/noi-dung-1/", WIDE, TALL),
    },
    LEADER: {
        "tinh-hinh": (f"{YEAR}/tinh-hinh/", WIDE),
        "tinh-hinh-dien-thoai": (f"{YEAR}/tinh-hinh/", NARROW),
    },
    ADMINISTRATOR: {
        "thiet-lap": ("/thiet-lap/", WIDE),
        "nhap-co-quan": ("/thiet-lap/co-quan/", WIDE),
        "nhap-nguoi-dung": ("/thiet-lap/nguoi-dung/", WIDE),
        "tieu-de": ("/thiet-lap/tieu-de/so-y-te/#khi-in", WIDE),
        "thu-thu": ("/thiet-lap/thu-thu/", WIDE),
        "co-quan": ("/co-quan/", WIDE),
    },
}


@pytest.fixture(scope="session")
def beside_the_browser(django_db_setup):
    """Let this thread ask the database beside the browser's loop, and end the connection that this opens at last."""
    name = connection.settings_dict["NAME"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield
    with closing(connect_to_server()) as server:
        others = "datname = %s AND pid <> pg_backend_pid()"
        server.cursor().execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}", [name])


@pytest.fixture
def portal_of_that_morning(beside_the_browser, transactional_db, live_server, settings):
    """The demonstration as it is that morning; return its address."""
    settings.DEMO = True
    # The browser's clock is another: a cookie that ends by that morning's would have ended.
    settings.CSRF_COOKIE_AGE = None
    # The test server finds static files by their own names.
    files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": files}
    settings.SITE_URL = "https://plan.example"
    with time_machine.travel(MORNING, tick=True) as clock:
        call_command("load_demo", verbosity=0)
        # The browser knows no host but this one.
        yield live_server.url.replace("localhost", "127.0.0.1"), clock


def sign_in(browser: Browser, address: str, email: str) -> Page:
    page = browser.new_context(base_url=address, locale="vi-VN", reduced_motion="reduce").new_page()
    page.goto("/")
    page.get_by_label("Địa chỉ thư điện tử").fill(email)
    page.get_by_label("Mật khẩu").fill(demo.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("button", name="Đăng xuất").wait_for()
    return page


def keep_small(picture: bytes, path: Path) -> None:
    """Write a picture with as many colours as a page has: a third of the bytes."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def test_every_picture_of_the_guides_can_be_taken(portal_of_that_morning, browser, tmp_path):
    address, clock = portal_of_that_morning
    folder = Path(os.environ.get("GUIDE_IMAGES", tmp_path))
    folder.mkdir(exist_ok=True)
    answers = {}
    for email, pictures in PICTURES.items():
        clock.move_to(MORNING)
        page = sign_in(browser, address, email)
        for name, (place, width, *height) in pictures.items():
            clock.move_to(MORNING)
            page.set_viewport_size({"width": width, "height": (height or [HEIGHT])[0]})
            answers[name] = page.goto(place, wait_until="load").status
            picture = page.screenshot(caret="initial", animations="disabled")
            keep_small(picture, folder / f"{name}.png")
        page.context.close()

    assert answers == {name: 200 for pictures in PICTURES.values() for name in pictures}
