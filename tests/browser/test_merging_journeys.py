"""From the deadline to the published report: who is late, review, one merged report by several hands, its readers."""

import hashlib
import io
import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from playwright.sync_api import Download, Locator, Page, expect
from pypdf import PdfReader

from reports import demo
from tests import sample_files
from tests.browser.checks import faults, foreign_words, violations
from tests.browser.inbox import link_in, words_of
from tests.browser.november import ACCEPTED, SUBMITTED, lines_of
from tests.browser.portal import wait_until

pytestmark = pytest.mark.long

OFFICER, SECOND_OFFICER = f"dau-moi@{demo.FOCAL}.example", f"dau-moi-2@{demo.FOCAL}.example"
FOCAL_HEAD = f"lanh-dao@{demo.FOCAL}.example"
LEADER = f"lanh-dao-tinh@{demo.PROVINCE}.example"
CLERK, HEAD = "chuyen-vien@so-tu-phap.example", "lanh-dao@so-tu-phap.example"
LATE = 24 - len(ACCEPTED + SUBMITTED)

WIDTHS = (360, 768, 1280)
DOCUMENTS_MS = 120_000

REMARKS = {
    "noi-dung-1": "Đề nghị nêu rõ số hội nghị tổ chức ở các xã biên giới.",
    "danh-gia": "Đề nghị nêu nguyên nhân của từng hạn chế.",
}
MENDED = {
    "noi-dung-1": "Năm nay Sở tổ chức 12 hội nghị, trong đó 05 hội nghị ở các xã biên giới.",
    "danh-gia": "Hạn chế do báo cáo viên ở xã còn mỏng, kinh phí tập huấn bố trí muộn.",
}


@pytest.fixture
def database(november):
    with closing(psycopg2.connect(november.environment["DATABASE_URL"])) as connection:
        connection.autocommit = True
        yield connection.cursor()


@pytest.fixture
def place(database):
    database.execute("SELECT year FROM reports_reportingcycle")
    return f"/96-kh-ubnd-2018/{database.fetchone()[0]}"


@pytest.fixture
def paragraphs(database) -> Callable[[str], list[str]]:
    """Return what the database has of a part of the merged report, paragraph by paragraph."""

    def paragraphs_of(key: str) -> list[str]:
        database.execute(
            "SELECT text FROM reports_consolidatedparagraph AS paragraph "
            "JOIN reports_consolidationpart AS part ON part.id = part_id WHERE part.key = %s "
            "ORDER BY paragraph.position, paragraph.id",
            (key,),
        )
        return [text for (text,) in database.fetchall()]

    return paragraphs_of


@pytest.fixture
def published(november, database):
    """Return the number of the newest version and its code; where there is none yet, one is published."""
    newest = "SELECT version, code FROM reports_consolidatedreport ORDER BY version DESC LIMIT 1"
    database.execute(newest)
    if not database.rowcount:
        november.run("-m", "tests.browser.november", "publish")
        database.execute(newest)
    return database.fetchone()


# After the deadline


def test_officer_sees_who_is_late_and_urges_all_of_them_after_a_preview(mergers, november_inbox):
    page = mergers.sign_in(OFFICER, demo.PASSWORD)
    expect(page.get_by_role("heading", name=f"{LATE} cơ quan quá hạn")).to_be_visible()
    late = page.locator(".panel-danger.late-panel")
    expect(late).to_contain_text("Sở Tài chính")
    expect(late).not_to_contain_text("Sở Y tế")

    page.get_by_role("link", name=f"Đôn đốc {LATE} cơ quan quá hạn").click()
    expect(page.get_by_text("chuyen-vien@so-tai-chinh.example")).to_be_visible()
    preview = " ".join(page.locator("details[open]").inner_text().split())
    assert found_on(page) == []
    page.get_by_role("button", name="Gửi thư đôn đốc").first.click()

    expect(page.get_by_text(re.compile(rf"Đã gửi thư đôn đốc tới \d+ người của {LATE - 1} cơ quan"))).to_be_visible()
    for box in ("chuyen-vien", "lanh-dao"):
        letter = november_inbox.wait_for(f"{box}@so-tai-chinh.example", "Nhắc nộp báo cáo")
        assert " ".join(words_of(letter).split()[-12:]) in preview
    assert november_inbox.of("chuyen-vien@so-y-te.example", "Nhắc nộp báo cáo") == []


# The review


def test_remarked_parts_alone_unlock_and_the_mended_report_is_accepted(mergers, place, november_inbox):
    officer = mergers.sign_in(OFFICER, demo.PASSWORD)
    review = f"{place}/so-tu-phap/tham-tra/"
    return_with_remarks(officer)

    returned = november_inbox.wait_for(CLERK, "Trả lại để bổ sung")
    told = " ".join(words_of(returned).split())
    for key, remark in REMARKS.items():
        assert remark in told, key
    mend(mergers.sign_in(CLERK, demo.PASSWORD), link_in(returned), place)
    submit(mergers.sign_in(HEAD, demo.PASSWORD))

    officer.goto(review)
    expect(officer.get_by_text("Chưa chấp nhận được: còn ý kiến chưa kết thúc")).to_be_visible()
    officer.get_by_role("link", name="So với lần nộp 1").click()
    part = officer.locator("#phan-noi-dung-1")
    expect(part.locator("ins").filter(has_text="biên giới")).not_to_have_count(0)
    expect(part.locator("del").filter(has_text="1.260")).not_to_have_count(0)
    expect(officer.locator("#phan-noi-dung-2").get_by_text("Không thay đổi.")).to_be_visible()
    assert found_on(officer) == []
    for key in REMARKS:
        thread = officer.locator(f"#phan-{key} .thread")
        expect(thread).to_contain_text("Đã bổ sung")
        if not thread.get_by_role("button", name="Kết thúc ý kiến").is_visible():
            thread.get_by_text("Kết thúc ý kiến này").click()
        with officer.expect_navigation():  # the words on the page may still be those of the remark before
            thread.get_by_role("button", name="Kết thúc ý kiến").click()
        expect(officer.get_by_text("Đã kết thúc ý kiến về")).to_be_visible()
    officer.goto(review)
    officer.get_by_role("button", name="Chấp nhận").click()
    expect(officer.get_by_text("Đã chấp nhận báo cáo.")).to_be_visible()
    november_inbox.wait_for(CLERK, "Đã chấp nhận báo cáo")

    officer.get_by_role("link", name="Xem lại lần 1 và các ý kiến").click()
    expect(officer.locator("#phan-noi-dung-1")).to_contain_text(REMARKS["noi-dung-1"])
    expect(officer.locator("#phan-noi-dung-1")).to_contain_text("1.260 lượt người")


def return_with_remarks(page: Page) -> None:
    page.get_by_role("link", name=re.compile(r"^Chờ thẩm tra \(\d\)")).click()
    page.get_by_role("link", name="Sở Tư pháp", exact=True).click()
    page.get_by_role("button", name="Nhận thẩm tra").click()
    for key, remark in REMARKS.items():
        part = page.locator(f"#phan-{key}")
        part.locator(".new-remark summary").click()
        part.get_by_label("Ý kiến", exact=True).fill(remark)
        part.get_by_role("button", name="Nêu ý kiến").click()
        expect(page.get_by_text("Đã nêu ý kiến về")).to_be_visible()
    page.get_by_text("Trả lại đơn vị để sửa").click()
    chosen = [box.input_value() for box in page.get_by_role("checkbox").all() if box.is_checked()]
    assert chosen == list(REMARKS)
    page.get_by_role("button", name="Trả lại").click()
    expect(page.get_by_text("Đã trả lại báo cáo.")).to_be_visible()


def mend(page: Page, link: str, place: str) -> None:
    """Mend what is open, answer what was remarked and send it up."""
    page.goto(f"{place}/so-tu-phap/")
    parts = page.locator(".part-list li")
    expect(parts.filter(has_text="Mở để sửa")).to_have_count(len(REMARKS))
    expect(parts.filter(has_text="Đang khóa")).to_have_count(parts.count() - len(REMARKS))
    page.goto(link)
    for key, remark in REMARKS.items():
        page.goto(f"{place}/so-tu-phap/{key}/")
        expect(page.locator(".threads")).to_contain_text(remark)
        page.locator("#id_text").fill(MENDED[key])
        expect(page.locator("#save-state")).to_contain_text("Đã lưu")
        page.get_by_label("Nội dung trả lời").fill("Đã bổ sung trong nội dung.")
        page.get_by_role("button", name="Gửi trả lời").click()
        expect(page.locator(".threads")).to_contain_text("Đã bổ sung trong nội dung.")
        expect(page.locator("#id_text")).to_have_value(MENDED[key])
    page.goto(f"{place}/so-tu-phap/kiem-tra/")
    page.get_by_role("button", name="Trình lãnh đạo").click()
    expect(page.get_by_text("Đã trình lãnh đạo đơn vị duyệt.")).to_be_visible()


def submit(page: Page) -> None:
    page.get_by_role("link", name="Xem và duyệt báo cáo").click()
    page.get_by_label("Tôi đã kiểm tra nội dung báo cáo").check()
    page.get_by_role("button", name="Nộp báo cáo").click()
    expect(page.get_by_role("heading", name="Phiếu tiếp nhận báo cáo")).to_be_visible()


def test_second_officer_accepts_several_reports_at_once(mergers, place, november_inbox):
    page = mergers.sign_in(SECOND_OFFICER, demo.PASSWORD, f"{place}/hang-doi/")
    chosen = ("Sở Nội vụ", "Sở Thông tin và Truyền thông")
    for name in chosen:
        page.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check()

    page.get_by_role("button", name="Chấp nhận các báo cáo đã chọn").click()
    expect(page.get_by_role("heading", level=1, name="Chấp nhận 2 báo cáo")).to_be_visible()
    assert found_on(page) == []
    page.get_by_role("button", name="Chấp nhận 2 báo cáo").click()

    expect(page.get_by_text("Đã chấp nhận 2 báo cáo: Sở Nội vụ; Sở Thông tin và Truyền thông.")).to_be_visible()
    for slug in ("so-noi-vu", "so-thong-tin-va-truyen-thong"):
        november_inbox.wait_for(f"chuyen-vien@{slug}.example", "Đã chấp nhận báo cáo")


# Merging


def test_two_officers_write_one_merged_report_and_lose_nothing(mergers, place, paragraphs):
    first = mergers.sign_in(OFFICER, demo.PASSWORD, f"{place}/tong-hop/noi-dung-1/")
    second = mergers.sign_in(SECOND_OFFICER, demo.PASSWORD, f"{place}/tong-hop/noi-dung-2/")
    for page in (first, second):
        page.get_by_role("button", name=re.compile(r"^Đưa cả \d+ đoạn chưa dùng vào bài")).click()
        expect(page.get_by_text(re.compile(r"Đã đưa \d+ đoạn vào bài\."))).to_be_visible()
    before = {key: paragraphs(key) for key in ("noi-dung-1", "noi-dung-2")}

    # Different parts, at the same time: both are saved.
    first.get_by_label("Đoạn 1", exact=True).fill("Chuyên viên thứ nhất viết nội dung 1.")
    second.get_by_label("Đoạn 1", exact=True).fill("Chuyên viên thứ hai viết nội dung 2.")
    for page in (first, second):
        expect(page.locator("#save-state")).to_contain_text("Đã lưu")
    assert paragraphs("noi-dung-1") == ["Chuyên viên thứ nhất viết nội dung 1.", *before["noi-dung-1"][1:]]
    assert paragraphs("noi-dung-2") == ["Chuyên viên thứ hai viết nội dung 2.", *before["noi-dung-2"][1:]]

    # The same part: the later one is told, and both versions are kept.
    second.goto(f"{place}/tong-hop/noi-dung-1/")
    second.get_by_label("Đoạn 2", exact=True).fill("Chuyên viên thứ hai viết đoạn 2.")
    expect(second.locator("#save-state")).to_contain_text("Đã lưu")
    saved = paragraphs("noi-dung-1")
    first.get_by_label("Đoạn 2", exact=True).fill("Chuyên viên thứ nhất viết đoạn 2.")
    expect(first.locator("[data-conflict]")).to_be_visible()
    mergers.forgive("409", "htmx:")
    expect(first.get_by_label("Đoạn 2", exact=True)).to_have_value("Chuyên viên thứ nhất viết đoạn 2.")
    assert paragraphs("noi-dung-1") == saved
    assert found_on(first) == []
    first.get_by_role("button", name="Ghép cả hai").click()
    expect(first.get_by_text("Đã ghép hai bản và lưu.")).to_be_visible()

    both = paragraphs("noi-dung-1")
    assert [both[0], *both[2:]] == [saved[0], *saved[2:]]
    for words in ("Chuyên viên thứ nhất viết đoạn 2.", "Chuyên viên thứ hai viết đoạn 2."):
        assert words in both[1]


def test_two_officers_write_one_part_and_only_a_paragraph_that_both_change_is_asked_about(mergers, place, paragraphs):
    address = f"{place}/tong-hop/noi-dung-3/"
    first = mergers.sign_in(OFFICER, demo.PASSWORD, address)
    first.get_by_role("button", name=re.compile(r"^Đưa cả \d+ đoạn chưa dùng vào bài")).click()
    expect(first.get_by_text(re.compile(r"Đã đưa \d+ đoạn vào bài\."))).to_be_visible()
    second = mergers.sign_in(SECOND_OFFICER, demo.PASSWORD, address)
    before = paragraphs("noi-dung-3")

    # Different paragraphs, sentence by sentence, in turns and at once: everything joins, and each learns the other's.
    for number in range(4):
        add_to(first, "Đoạn 1", f" Thứ nhất, câu {number}.")
        add_to(second, "Đoạn 2", f" Thứ hai, câu {number}.")
        if number % 2:
            expect_saved(first)
            expect_saved(second)
    add_to(first, "Đoạn 1", " Hết.")
    expect_saved(first)
    one = before[0] + "".join(f" Thứ nhất, câu {number}." for number in range(4)) + " Hết."
    two = before[1] + "".join(f" Thứ hai, câu {number}." for number in range(4))
    assert paragraphs("noi-dung-3") == [one, two, *before[2:]]
    expect(first.get_by_label("Đoạn 2", exact=True)).to_have_value(two)
    expect(first.locator("#by-others")).to_contain_text("Đoạn 2 vừa được")
    first.evaluate("window.scrollTo(0, 0)")  # nothing lies half under the bar at the bottom
    assert found_on(first) == []
    add_to(second, "Đoạn 2", " Hết.")
    expect_saved(second)
    expect(second.get_by_label("Đoạn 1", exact=True)).to_have_value(one)

    # The same paragraph: what is being typed stays, both texts are shown, the other paragraph is saved.
    add_to(second, "Đoạn 1", " Thứ hai sửa.")
    expect_saved(second)
    add_to(first, "Đoạn 3", " Thêm.")
    first.get_by_label("Đoạn 1", exact=True).fill(one + " Thứ nhất sửa.")
    expect(first.locator("[data-conflict]")).to_be_visible()
    mergers.forgive("409", "htmx:")
    expect(first.get_by_label("Đoạn 1", exact=True)).to_have_value(one + " Thứ nhất sửa.")
    assert paragraphs("noi-dung-3")[:3] == [one + " Thứ hai sửa.", two + " Hết.", before[2] + " Thêm."]
    first.evaluate("window.scrollTo(0, 0)")  # nothing lies half under the bar at the bottom
    assert found_on(first) == []
    first.get_by_role("button", name="Ghép cả hai").click()
    expect(first.get_by_text("Đã ghép hai bản và lưu.")).to_be_visible()
    after = paragraphs("noi-dung-3")
    assert after == [
        f"{one} Thứ hai sửa.\n{one} Thứ nhất sửa.", two + " Hết.", before[2] + " Thêm.", *before[3:]
    ]  # fmt: skip

    # Another order is said, and no button of the old page moves anything.
    second.reload()
    second.locator(".paragraph-buttons summary").last.click()
    second.get_by_role("button", name="Lên trên").last.click()
    expect(second.locator(".merged-paragraph")).to_have_count(len(before))
    add_to(first, "Đoạn 1", " Nữa.")
    expect(first.locator("#by-others")).to_contain_text("Có người vừa thêm, bỏ hoặc chuyển đoạn")
    expect_saved(first)
    assert paragraphs("noi-dung-3") == [after[0] + " Nữa.", *after[1:-2], after[-1], after[-2]]


def add_to(page: Page, label: str, words: str) -> None:
    """Type words at the end of a paragraph."""
    box = page.get_by_label(label, exact=True)
    box.press("Control+End")
    box.press_sequentially(words, delay=5)


def expect_saved(page: Page) -> None:
    expect(page.locator("#bai-viet-form[data-unsaved]")).to_have_count(0)
    expect(page.locator("#save-state")).to_contain_text("Đã lưu")


def test_report_accepted_meanwhile_is_marked_new_and_changes_no_text(mergers, place, paragraphs):
    writer = mergers.sign_in(OFFICER, demo.PASSWORD, f"{place}/tong-hop/noi-dung-5/")
    writer.get_by_role("button", name=re.compile(r"^Đưa cả \d+ đoạn chưa dùng vào bài")).click()
    expect(writer.get_by_text(re.compile(r"Đã đưa \d+ đoạn vào bài\."))).to_be_visible()
    before = paragraphs("noi-dung-5")

    second = mergers.sign_in(SECOND_OFFICER, demo.PASSWORD, f"{place}/huyen-van-lang/tham-tra/")
    second.get_by_role("button", name="Chấp nhận").click()
    expect(second.get_by_text("Đã chấp nhận báo cáo.")).to_be_visible()
    writer.get_by_label("Đoạn 1", exact=True).fill("Viết trong lúc có báo cáo mới.")

    expect(writer.locator("#newcomers")).to_contain_text("Ủy ban nhân dân huyện Văn Lãng")
    assert paragraphs("noi-dung-5") == ["Viết trong lúc có báo cáo mới.", *before[1:]]
    assert found_on(writer) == []
    writer.reload()
    expect(writer.get_by_text("2 đoạn mới được chấp nhận từ khi bạn viết phần này")).to_be_visible()
    expect(writer.locator(".source").filter(has=writer.get_by_text("Mới", exact=True))).to_have_count(2)
    assert found_on(writer) == []
    writer.get_by_role("button", name="Đã xem, bỏ dấu “Mới”").click()
    expect(writer.locator(".source").filter(has=writer.get_by_text("Mới", exact=True))).to_have_count(0)
    assert paragraphs("noi-dung-5") == ["Viết trong lúc có báo cáo mới.", *before[1:]]


def test_officer_shortens_sets_aside_and_merges_paragraphs_and_copies_them(mergers, place, paragraphs):
    page = mergers.sign_in(
        OFFICER, demo.PASSWORD, f"{place}/tong-hop/noi-dung-6/", permissions=["clipboard-read", "clipboard-write"]
    )
    title = "Nội dung 6"
    kept, left = lines_of(title, "Ủy ban nhân dân huyện Tràng Định")
    joined = lines_of(title, "Sở Y tế")

    of(page, kept).get_by_role("button", name="Đưa vào bài").click()
    expect(page.get_by_text("Đã đưa 1 đoạn vào bài.")).to_be_visible()
    page.get_by_label("Đoạn 1", exact=True).fill("Huyện Tràng Định tổ chức 12 hội nghị.")
    page.get_by_role("button", name="Lưu nháp").last.click()
    expect(of(page, kept)).to_contain_text("Đã dùng, có rút gọn hoặc sửa")
    expect(page.locator(".merged-margin summary").first).to_contain_text("Ủy ban nhân dân huyện Tràng Định")

    of(page, left).get_by_role("button", name="Để riêng").click()
    expect(of(page, left)).to_contain_text("Để riêng, không dùng")
    for text in joined:
        of(page, text).get_by_role("checkbox").check()
    page.get_by_role("button", name="Gộp thành một đoạn").click()
    expect(page.get_by_text("Đã gộp 2 đoạn thành một đoạn của bài.")).to_be_visible()
    taken = page.locator("[id='nguon-agency.so-y-te'] .source")
    for text in joined:
        # What is used as it stands is shown shortened.
        expect(taken.filter(has_text=" ".join(text.split()[:8]))).to_contain_text("Đã dùng nguyên văn")
    expect(page.get_by_text(re.compile("2 dùng nguyên văn, 1 rút gọn hoặc sửa"))).to_be_visible()
    written = paragraphs("noi-dung-6")
    assert sorted(written) == sorted(["Huyện Tràng Định tổ chức 12 hội nghị.", " ".join(joined)])

    page.get_by_role("link", name="Sao chép sang Word").click()
    heading, *lines = page.get_by_label("Văn bản").input_value().splitlines()
    assert heading.startswith(f"{title}. ")
    assert lines == "\n".join(written).splitlines()
    assert found_on(page) == []
    page.get_by_role("button", name="Sao chép tất cả").click()
    expect(page.locator("[data-copied]")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()").splitlines() == [heading, *lines]
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Tải tệp văn bản (.txt)").click()
    assert content_of(downloading.value).decode("utf-8-sig").splitlines() == [heading, *lines]


def of(page: Page, text: str) -> Locator:
    """Return the source with these words."""
    return page.locator(".source").filter(has_text=text)


# Publishing


def test_merged_report_is_sent_back_mended_and_published(mergers, place, november_inbox, paragraphs):
    officer = mergers.sign_in(OFFICER, demo.PASSWORD, f"{place}/tong-hop/danh-gia/")
    write_first_paragraph(officer, "Nhận xét chung của cơ quan đầu mối.")
    ask_for_a_decision(officer, place)
    propose(officer, place)
    november_inbox.wait_for(FOCAL_HEAD, "Trình phê duyệt báo cáo tổng hợp")
    assert found_on(officer) == []
    officer.goto(f"{place}/tong-hop/danh-gia/")
    expect(officer.get_by_text("Bài đang khóa vì báo cáo tổng hợp đã trình lãnh đạo.")).to_be_visible()
    assert found_on(officer) == []

    head = mergers.sign_in(FOCAL_HEAD, demo.PASSWORD)
    head.get_by_role("link", name="Đọc và phê duyệt").click()
    assert found_on(head) == []
    head.get_by_role("link", name="Đọc bản trình").click()
    expect(head.get_by_text("Nhận xét chung của cơ quan đầu mối.")).to_be_visible()
    head.get_by_role("link", name="Phê duyệt hoặc chuyển lại").last.click()
    head.get_by_text("Chưa phê duyệt, chuyển lại chuyên viên").click()
    head.get_by_label("Lý do").fill("Đề nghị nêu rõ hạn chế ở cấp xã.")
    head.get_by_role("button", name="Chuyển lại kèm lý do").click()
    back = november_inbox.wait_for(OFFICER, "Chưa phê duyệt báo cáo tổng hợp")
    assert "Đề nghị nêu rõ hạn chế ở cấp xã." in words_of(back)

    officer.goto(f"{place}/tong-hop/")
    expect(officer.get_by_text("Lý do: Đề nghị nêu rõ hạn chế ở cấp xã.")).to_be_visible()
    assert found_on(officer) == []
    officer.goto(f"{place}/tong-hop/danh-gia/")
    write_first_paragraph(officer, "Nhận xét chung của cơ quan đầu mối: hạn chế chủ yếu ở cấp xã.")
    propose(officer, place)
    wait_until(
        lambda: len(november_inbox.of(FOCAL_HEAD, "Trình phê duyệt báo cáo tổng hợp")) == 2, "second mail", seconds=40
    )
    publish(head, place, "125")

    for reader in (CLERK, HEAD, LEADER, f"thuong-truc@{demo.COUNCIL}.example", SECOND_OFFICER):
        november_inbox.wait_for(reader, "Đã ban hành báo cáo tổng hợp")
    printed = squeezed(text_of(merged_report(officer, place)))
    assert squeezed("Số: 125/BC-SLĐTBXH") in printed
    assert squeezed("hạn chế chủ yếu ở cấp xã.") in printed
    said = squeezed(f"{LATE}/24 đơn vị chưa gửi báo cáo")
    assert said in printed or squeezed(f"{LATE}/24 cơ quan chưa gửi báo cáo") in printed
    assert [text for text in paragraphs("danh-gia") if squeezed(text) not in printed] == []


def write_first_paragraph(page: Page, text: str) -> None:
    """Write in the part's first paragraph, which is begun where there is none."""
    box = page.get_by_label("Đoạn 1", exact=True)
    if not box.count():
        page.get_by_role("button", name="Thêm đoạn ở cuối").click()
    box.fill(text)
    expect(page.locator("#save-state")).to_contain_text("Đã lưu")


def ask_for_a_decision(page: Page, place: str) -> None:
    page.goto(f"{place}/tong-hop/kien-nghi/")
    write_first_paragraph(page, "Đề nghị Ủy ban nhân dân tỉnh bố trí kinh phí riêng cho cấp xã.")
    page.get_by_label("Đề nghị UBND tỉnh quyết định").first.check()
    with page.expect_navigation():
        page.get_by_role("button", name="Lưu nháp").last.click()
    expect(page.get_by_label("Đề nghị UBND tỉnh quyết định").first).to_be_checked()


def propose(page: Page, place: str) -> None:
    page.goto(f"{place}/tong-hop/")
    page.get_by_role("link", name="Kiểm tra và trình lãnh đạo").click()
    page.get_by_label("Tôi đã kiểm tra bản tổng hợp").check()
    page.get_by_role("button", name="Trình lãnh đạo phê duyệt").click()
    expect(page.get_by_text("Đã trình lãnh đạo.")).to_be_visible()


def publish(page: Page, place: str, number: str) -> None:
    page.goto(f"{place}/tong-hop/")
    page.get_by_label(re.compile(r"^\s*Số, ký hiệu")).fill(number)
    page.get_by_label("Tôi đã đọc bản trình").check()
    page.get_by_role("button", name="Phê duyệt và ban hành").click()
    page.get_by_role("button", name="Xác nhận ban hành").click()
    expect(page.get_by_text("Đã ban hành báo cáo tổng hợp.")).to_be_visible()


def merged_report(page: Page, place: str) -> Download:
    """Download the newest version's PDF, as soon as the worker has made everything of it."""
    page.goto(f"{place}/tong-hop/")
    newest = page.locator("section[aria-labelledby^=phien-ban]").first
    expect(newest.get_by_text("Đang tạo bản")).to_have_count(0, timeout=DOCUMENTS_MS)
    with page.expect_download() as downloading:
        newest.get_by_role("link", name="Tải bản PDF", exact=True).click()
    return downloading.value


# Reading


def test_leader_reads_on_a_telephone_and_gets_brief_and_report(mergers, place, published):
    merged_report(mergers.sign_in(OFFICER, demo.PASSWORD), place)
    leader = mergers.sign_in(LEADER, demo.PASSWORD, viewport={"width": 360, "height": 740})
    assert leader.url.endswith("/tinh-hinh/")
    expect(leader.locator(".number-tile").first).to_contain_text(f"{len(ACCEPTED + SUBMITTED)}/24")
    expect(leader.get_by_role("heading", name=f"{LATE} cơ quan quá hạn")).to_be_visible()
    assert found_on(leader) == []

    leader.set_viewport_size({"width": 360, "height": 740})
    with leader.expect_download() as downloading:
        leader.get_by_role("link", name="Tải bản tóm tắt (PDF)").click()
    brief = PdfReader(io.BytesIO(content_of(downloading.value)))
    assert len(brief.pages) <= 4
    with leader.expect_download() as downloading:
        leader.get_by_role("link", name="Tải bản PDF của báo cáo tổng hợp").click()
    assert len(PdfReader(io.BytesIO(content_of(downloading.value))).pages) > 4


def test_anybody_verifies_a_published_file_and_not_a_changed_one(mergers, place, published):
    _, code = published
    report = content_of(merged_report(mergers.sign_in(OFFICER, demo.PASSWORD), place))
    grouped = "-".join(code[at : at + 4] for at in range(0, 12, 4))
    assert grouped in " ".join(page.extract_text() for page in PdfReader(io.BytesIO(report)).pages)

    page = mergers.open("/xac-thuc/")
    page.get_by_label("Mã tra cứu").fill(grouped.lower())
    page.get_by_role("button", name="Tra cứu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kiểm tra văn bản đã ban hành")
    expect(page.get_by_text(hashlib.sha256(report).hexdigest())).to_be_visible()
    assert found_on(page) == []

    drop(page, "bao-cao.pdf", report)
    expect(page.get_by_role("status")).to_contain_text("Khớp: “bao-cao.pdf” đúng là")
    assert found_on(page) == []
    drop(page, "da-sua.pdf", report + b"\n")
    expect(page.get_by_role("status")).to_contain_text("Không khớp: “da-sua.pdf”")
    assert found_on(page) == []


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file onto the box as from the desktop."""
    files = page.evaluate_handle(
        """([name, encoded]) => {
          const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
          const files = new DataTransfer();
          files.items.add(new File([bytes], name, {type: "application/pdf"}));
          return files;
        }""",
        [name, b64encode(content).decode()],
    )
    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": files})


def test_reopened_report_outdates_the_version_and_a_correction_says_what_changed(
    mergers, november, place, published, november_inbox
):
    version, code = published
    officer = mergers.sign_in(OFFICER, demo.PASSWORD, f"{place}/huyen-trang-dinh/tham-tra/")
    officer.get_by_text("Mở lại báo cáo đã chấp nhận").click()
    officer.get_by_label("Lý do").fill("Đơn vị đề nghị sửa số liệu.")
    officer.get_by_role("button", name="Mở lại").click()

    leader = mergers.sign_in(LEADER, demo.PASSWORD)
    expect(leader.get_by_text("đã có thay đổi so với văn bản đã ban hành")).to_be_visible()
    assert found_on(leader) == []
    officer.goto(f"{place}/tong-hop/")
    expect(officer.get_by_text("đã có thay đổi nên phiên bản này không còn mới")).to_be_visible()
    assert found_on(officer) == []

    # Words that no accepted report says are not proposed: the report comes again first.
    november.run("-m", "tests.browser.november", "send-again", "huyen-trang-dinh")
    officer.goto(f"{place}/tong-hop/danh-gia/")
    write_first_paragraph(officer, "Nhận xét đã đính chính theo số liệu của huyện Tràng Định.")
    officer.goto(f"{place}/tong-hop/noi-nhan/")
    officer.get_by_label(re.compile(r"^\s*Nội dung thay đổi")).fill("Đính chính số liệu của huyện Tràng Định.")
    officer.get_by_role("button", name="Ghi", exact=True).click()
    expect(officer.get_by_text("Đã ghi.")).to_be_visible()
    propose(officer, place)
    head = mergers.sign_in(FOCAL_HEAD, demo.PASSWORD, f"{place}/tong-hop/")
    head.get_by_role("link", name=f"So với phiên bản {version}, từng chữ").click()
    expect(head.locator("ins").filter(has_text="đính chính").first).to_be_visible()
    assert found_on(head) == []
    publish(head, place, "130")

    told = november_inbox.wait_for(LEADER, "Đã ban hành báo cáo tổng hợp")
    wait_until(
        lambda: any(f"phiên bản {version + 1}" in words_of(m) for m in november_inbox.of(LEADER, "Đã ban hành")),
        "the mail of the correction",
        seconds=40,
    )
    assert told
    printed = squeezed(text_of(merged_report(officer, place)))
    assert squeezed("Đính chính số liệu của huyện Tràng Định.") in printed
    versions = officer.locator("section[aria-labelledby^=phien-ban]")
    expect(versions).to_have_count(version + 1)
    expect(versions.last.get_by_role("link", name="Tải bản PDF", exact=True)).to_be_visible()
    assert found_on(officer) == []
    anybody = mergers.open(f"/xac-thuc/{code}/")
    expect(anybody.get_by_text("Đã được thay")).to_be_visible()
    assert found_on(anybody) == []


def test_signed_report_comes_first(mergers, place, published):
    officer = mergers.sign_in(OFFICER, demo.PASSWORD)
    merged_report(officer, place)
    officer.get_by_role("link", name=re.compile("Tải lên bản đã ký|Thay bản đã ký")).first.click()
    signed = sample_files.pdf("Bản đã ký")
    officer.get_by_label(re.compile("Bản đã ký")).set_input_files(
        {"name": "bao-cao-da-ky.pdf", "mimeType": "application/pdf", "buffer": signed}
    )
    assert found_on(officer) == []
    officer.get_by_role("button", name="Tải lên").click()

    expect(officer.get_by_text("Đã lưu bản ký của phiên bản")).to_be_visible()
    for reader, address in ((LEADER, f"{place}/tong-hop/"), (CLERK, f"{place}/tong-hop/"), (LEADER, "/")):
        page = mergers.sign_in(reader, demo.PASSWORD, address)
        files = page.get_by_role("link", name=re.compile("^Tải bản (đã ký|PDF|Word|Excel)")).all_inner_texts()
        assert files[0] == "Tải bản đã ký (PDF)", f"{reader} at {address}"
        with page.expect_download() as downloading:
            page.get_by_role("link", name="Tải bản đã ký (PDF)").first.click()
        assert content_of(downloading.value) == signed


# Looking


def found_on(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, at every width."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{page.url} at {width}: {fault}" for fault in faults(page, width) + violations(page)]
    return found + [f"{page.url}: {word} is not Vietnamese" for word in foreign_words(page)]


def content_of(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def text_of(download: Download) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content_of(download))).pages)


def squeezed(text: str) -> str:
    return "".join(text.split())
