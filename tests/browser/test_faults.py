"""Nothing that was typed is lost, and nothing that somebody saved is overwritten unseen, whatever breaks."""

import time
from contextlib import closing

import psycopg2
import pytest
from playwright.sync_api import Page, expect

from reports import demo

pytestmark = pytest.mark.long

AGENCY = "huyen-van-lang"
CLERK, HEAD = f"chuyen-vien@{AGENCY}.example", f"lanh-dao@{AGENCY}.example"
OFFLINE_SECONDS = 60
WORDS = "Trong năm tổ chức 12 hội nghị cho 1.260 lượt người, trong đó nữ 54%. "


@pytest.fixture
def database(autumn):
    with closing(psycopg2.connect(autumn.environment["DATABASE_URL"])) as connection:
        connection.autocommit = True
        yield connection.cursor()


@pytest.fixture
def saved(database):
    """Return what the database has of one of the agency's parts."""

    def read(key: str) -> str:
        database.execute(
            "SELECT text FROM reports_reportpart JOIN reports_report ON reports_report.id = report_id "
            "JOIN assignments_agency ON assignments_agency.id = agency_id WHERE slug = %s AND key = %s",
            (AGENCY, key),
        )
        return database.fetchone()[0]

    return read


@pytest.fixture
def write(writers, database):
    """Sign somebody in and open a part, which is empty at first."""

    def open_part(key: str, email: str = CLERK, **options) -> Page:
        database.execute("SELECT max(year) FROM reports_reportingcycle")
        address = f"/96-kh-ubnd-2018/{database.fetchone()[0]}/{AGENCY}/{key}/"
        return writers.sign_in(email, demo.PASSWORD, address, **options)

    return open_part


def type_in(page: Page, text: str, **options) -> None:
    page.locator("#id_text").press("Control+End")
    page.keyboard.type(text, **options)


def state(page: Page):
    return page.locator("#save-state")


def expect_saved(page: Page) -> None:
    expect(state(page)).to_contain_text("Đã lưu", timeout=60_000)
    expect(page.locator("form[data-unsaved]")).to_have_count(0)


def test_text_is_saved_while_one_writes_and_says_who_saved_it(write, saved):
    page = write("chi-dao")
    expect(state(page)).to_have_text("Chưa có gì để lưu")

    type_in(page, WORDS)

    expect(state(page)).to_contain_text("Đang lưu…")
    expect_saved(page)
    expect(state(page)).to_contain_text("Lưu lần cuối: ")
    assert saved("chi-dao") == WORDS
    page.reload()
    expect(page.locator("#id_text")).to_have_value(WORDS)


def test_click_on_a_link_right_after_the_last_key_saves_first(write, saved):
    page = write("kien-nghi")
    type_in(page, WORDS)

    page.get_by_role("link", name="Về danh sách các phần").click()

    page.wait_for_url("**/huyen-van-lang/")
    assert saved("kien-nghi") == WORDS


def test_network_off_keeps_the_text_and_sends_it_when_it_is_back(write, saved, writers):
    page = write("danh-gia")
    page.context.set_offline(True)

    type_in(page, WORDS)
    expect(state(page)).to_contain_text("Chưa lưu, đang thử lại")
    time.sleep(OFFLINE_SECONDS)
    type_in(page, "Viết tiếp khi mất mạng.")
    page.get_by_role("button", name="Lưu và sang phần sau").click()
    expect(state(page)).to_contain_text("Chưa lưu, đang thử lại")
    assert saved("danh-gia") == ""
    page.context.set_offline(False)

    expect_saved(page)
    assert saved("danh-gia") == WORDS + "Viết tiếp khi mất mạng."
    expect(page.locator("#id_text")).to_have_value(WORDS + "Viết tiếp khi mất mạng.")
    writers.forgive("net::ERR_INTERNET_DISCONNECTED", "htmx:")


def test_killed_server_that_is_started_again_gets_everything(write, saved, writers, autumn):
    page = write("phuong-huong")
    type_in(page, WORDS)
    expect_saved(page)

    autumn.kill_web()
    type_in(page, "Viết khi máy chủ đã dừng. ")
    expect(state(page)).to_contain_text("Chưa lưu, đang thử lại")
    autumn.start_web()
    type_in(page, "Viết khi máy chủ chạy lại.")

    expect_saved(page)
    assert saved("phuong-huong") == WORDS + "Viết khi máy chủ đã dừng. Viết khi máy chủ chạy lại."
    writers.forgive("net::ERR_", "htmx:")


def test_ended_session_asks_to_sign_in_in_place_and_saves(write, saved, writers, database):
    page = write("kinh-phi")
    type_in(page, WORDS)
    expect_saved(page)
    database.execute("DELETE FROM django_session")

    type_in(page, "Viết khi phiên đã hết.")

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Phiên làm việc đã hết")).to_be_visible()
    expect(dialog.get_by_label("Địa chỉ thư điện tử")).to_have_value(CLERK)
    expect(dialog.get_by_label("Mật khẩu")).to_be_focused()
    expect(state(page)).to_contain_text("Chưa lưu, đang thử lại")

    dialog.get_by_label("Mật khẩu").fill("khong-phai-mat-khau")
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect(dialog.get_by_role("alert").first).to_be_focused()
    expect(dialog).to_contain_text("mật khẩu không đúng")

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(state(page)).to_contain_text("phiên làm việc đã hết, nội dung vẫn còn trên trang này")
    page.keyboard.type(" Viết tiếp.")
    page.wait_for_timeout(2_000)
    expect(dialog).to_be_hidden()
    expect(page.locator("#id_text")).to_have_value(WORDS + "Viết khi phiên đã hết. Viết tiếp.")

    page.get_by_role("button", name="Đăng nhập lại").click()
    dialog.get_by_label("Mật khẩu").fill(demo.PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()

    expect(dialog).to_be_hidden()
    expect_saved(page)
    assert saved("kinh-phi") == WORDS + "Viết khi phiên đã hết. Viết tiếp."
    type_in(page, " Vẫn viết.")
    expect(page.locator("#id_text")).to_have_value(WORDS + "Viết khi phiên đã hết. Viết tiếp. Vẫn viết.")
    kept = page.evaluate("JSON.stringify([Object.values(localStorage), Object.values(sessionStorage)])")
    assert "hội nghị" not in kept
    writers.forgive("status of 401", "Error Code 401")


def test_ended_session_before_a_save_button_asks_to_sign_in_and_goes_on(write, saved, writers, database):
    page = write("nhiem-vu-14-1")
    database.execute("DELETE FROM django_session")
    type_in(page, WORDS)

    page.get_by_role("button", name="Lưu và sang phần sau").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Mật khẩu").fill(demo.PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()

    page.wait_for_url("**/nhiem-vu-14-2/")
    assert saved("nhiem-vu-14-1") == WORDS
    writers.forgive("status of 401", "Error Code 401")


def test_sign_in_in_another_window_is_enough(write, saved, writers, database):
    page = write("nhiem-vu-14-2")
    database.execute("DELETE FROM django_session")
    other = page.context.new_page()
    other.goto("/")
    other.get_by_label("Địa chỉ thư điện tử").fill(CLERK)
    other.get_by_label("Mật khẩu").fill(demo.PASSWORD)
    other.get_by_role("button", name="Đăng nhập").click()
    other.get_by_role("button", name="Đăng xuất").wait_for()

    page.bring_to_front()
    type_in(page, WORDS)

    expect_saved(page)
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert saved("nhiem-vu-14-2") == WORDS
    writers.forgive("status of 403", "Error Code 403")


def test_another_agencys_person_who_signs_in_instead_saves_nothing(write, saved, writers, database):
    page = write("noi-dung-1")
    database.execute("DELETE FROM django_session")
    type_in(page, WORDS)

    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Địa chỉ thư điện tử").fill("chuyen-vien@so-noi-vu.example")
    dialog.get_by_label("Mật khẩu").fill(demo.PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()
    dialog.get_by_role("button", name="Ghi tiếp với tên").click()

    expect(state(page)).to_contain_text("tài khoản đang đăng nhập không được ghi phần này")
    assert saved("noi-dung-1") == ""

    page.get_by_role("button", name="Đăng nhập lại").click()
    expect(dialog.get_by_label("Địa chỉ thư điện tử")).to_have_value(CLERK)
    dialog.get_by_label("Mật khẩu").fill(demo.PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập").click()
    expect_saved(page)
    assert saved("noi-dung-1") == WORDS
    writers.forgive("status of 401", "Error Code 401")
    writers.forgive("status of 404", "Error Code 404")


def test_five_hundred_quick_edits_on_a_slow_line_are_all_saved_without_a_conflict(write, saved):
    page = write("noi-dung-2")
    slow = {"offline": False, "latency": 2_000, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    text = (WORDS * 8)[:500]
    assert len(text) == 500

    type_in(page, text, delay=15)
    type_in(page, " Hết.")

    expect_saved(page)
    assert saved("noi-dung-2") == text + " Hết."
    expect(page.locator("[data-conflict]")).to_have_count(0)


def test_lost_answers_are_no_conflict_with_oneself(write, saved, writers):
    page = write("noi-dung-3")
    lost = []

    def lose_the_answer(route):
        """Let the server save, and the page never hear of it."""
        if route.request.method == "POST" and len(lost) < 3:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/noi-dung-3/", lose_the_answer)
    for number in range(6):
        type_in(page, f"Câu {number}. ")
        page.wait_for_timeout(700)

    expect_saved(page)
    assert lost == [200, 200, 200]
    assert saved("noi-dung-3") == "Câu 0. Câu 1. Câu 2. Câu 3. Câu 4. Câu 5. "
    expect(page.locator("[data-conflict]")).to_have_count(0)
    writers.forgive("net::ERR_FAILED", "htmx:")


def test_link_pressed_while_a_button_waits_leaves_the_button_working(write, saved, writers):
    page = write("danh-gia")
    before = saved("danh-gia")
    held = []

    def hold_the_first(route):
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/danh-gia/", hold_the_first)
    type_in(page, WORDS)
    page.get_by_role("button", name="Lưu nháp").click()
    page.get_by_role("link", name="Về danh sách các phần").click()
    expect(state(page)).to_contain_text("Đang lưu…")
    held[0].abort()
    expect_saved(page)

    page.get_by_role("button", name="Lưu và sang phần sau").click()

    page.wait_for_url(lambda url: not url.endswith("/danh-gia/"))
    assert saved("danh-gia") == before + WORDS
    writers.forgive("net::ERR_FAILED", "htmx:")


def test_text_that_is_too_long_says_so_at_the_box_and_stays(write, saved, writers):
    page = write("noi-dung-4")
    page.locator("#id_text").fill("ă" * 50_001)

    expect(page.locator("#id_text_error")).to_contain_text("50")
    expect(state(page)).to_contain_text("Chưa lưu. Có mục cần sửa")
    expect(page.locator("#id_text")).to_have_attribute("aria-invalid", "true")
    assert saved("noi-dung-4") == ""

    page.locator("#id_text").press("Control+End")
    page.keyboard.press("Backspace")
    expect_saved(page)
    expect(page.locator("#id_text_error")).to_be_empty()
    assert saved("noi-dung-4") == "ă" * 50_000
    writers.forgive("status of 422")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("Giữ nội dung của tôi", "Dòng chung.\nCủa lãnh đạo."),
        ("Lấy bản đã lưu", "Dòng chung.\nCủa chuyên viên."),
        ("Ghép cả hai", "Dòng chung.\nCủa chuyên viên.\nCủa lãnh đạo."),
    ],
)
@pytest.mark.parametrize("scripts", [True, False])
def test_two_people_in_one_part_choose_and_nothing_is_overwritten_before(
    write, saved, writers, database, choice, expected, scripts
):
    database.execute(
        "UPDATE reports_reportpart SET text = 'Dòng chung.' FROM reports_report r, assignments_agency a "
        "WHERE r.id = report_id AND a.id = agency_id AND slug = %s AND key = 'noi-dung-5'",
        (AGENCY,),
    )
    head = write("noi-dung-5", HEAD, java_script_enabled=scripts)
    clerk = write("noi-dung-5")
    type_in(clerk, "\nCủa chuyên viên.")
    expect_saved(clerk)

    if scripts:
        type_in(head, "\nCủa lãnh đạo.")
    else:
        head.locator("#id_text").fill("Dòng chung.\nCủa lãnh đạo.")
        head.get_by_role("button", name="Lưu nháp").click()

    panel = head.get_by_role("alert")
    expect(panel).to_contain_text("vừa lưu phần này")
    expect(panel).to_contain_text("Của chuyên viên.")
    expect(panel).to_contain_text("Của lãnh đạo.")
    expect(state(head)).to_contain_text("Chưa lưu")
    if scripts:
        type_in(head, " Viết thêm.")
        head.wait_for_timeout(1_500)
        for _ in " Viết thêm.":
            head.keyboard.press("Backspace")
    assert saved("noi-dung-5") == "Dòng chung.\nCủa chuyên viên."

    head.get_by_role("button", name=choice).click()

    expect(head.get_by_role("button", name="Ghép cả hai")).to_have_count(0)
    expect(head.locator("#id_text")).to_have_value(expected)
    assert saved("noi-dung-5") == expected
    if choice == "Lấy bản đã lưu":
        expect(head.get_by_text("Nội dung bạn đã nhập, không được ghi")).to_be_visible()
        expect(head.get_by_text("Của lãnh đạo.")).to_be_visible()
    if scripts:
        writers.forgive("status of 409")


def test_part_that_was_submitted_meanwhile_says_so_and_keeps_the_text(write, writers, database):
    page = write("noi-dung-6")
    database.execute(
        "UPDATE reports_report SET status = 'awaiting_approval' FROM assignments_agency a "
        "WHERE a.id = agency_id AND slug = %s",
        (AGENCY,),
    )

    type_in(page, WORDS)

    expect(state(page)).to_contain_text("Phần này đang khóa vì báo cáo ở trạng thái “Chờ lãnh đạo duyệt”")
    expect(page.locator("#id_text")).to_have_value(WORDS)
    database.execute(
        "UPDATE reports_report SET status = 'draft' FROM assignments_agency a WHERE a.id = agency_id AND slug = %s",
        (AGENCY,),
    )
    writers.forgive("status of 423")
