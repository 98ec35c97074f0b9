"""One reporting year from the first invitation to the leader's PDF, with every process that production has.

Nothing is made behind the portal's back but the plan and the year's dates: everybody comes in by invitation,
and the reminders leave because beat rings, as they do on any other day.
"""

import datetime
import re
from collections import Counter
from pathlib import Path

from playwright.sync_api import Download, Page, expect
from pypdf import PdfReader

from reports import deadlines
from tests.browser.inbox import Inbox, link_in, subject_of, words_of
from tests.browser.portal import Portal, wait_until
from tests.browser.visitors import Visitors
from tests.browser.writing import fill_in, write

PASSWORD = "Núi-Mẫu-Sơn-1541"

ADMINISTRATOR = "quan-tri@langson.example"
LEADER = "lanh-dao@langson.example"
OFFICER = "dau-moi@so-ldtbxh.example"
FOCAL_HEAD = "giam-doc@so-ldtbxh.example"
HEAD = "giam-doc@so-y-te.example"
CLERK = "chuyen-vien@so-y-te.example"
OTHER_CLERK = "chuyen-vien@so-tu-phap.example"

INVITATION = "Mời sử dụng Cổng theo dõi kế hoạch"
REMINDER = "Nhắc nộp báo cáo"
REMINDER_OF_MANY = "Nhắc việc"
SENT_UP = "Trình duyệt báo cáo"
RECEIPT = "Phiếu tiếp nhận số"
RETURNED = "Trả lại để bổ sung"
ACCEPTED = "Đã chấp nhận báo cáo"
PROPOSED = "Trình phê duyệt báo cáo tổng hợp"
PUBLISHED = "Đã ban hành báo cáo tổng hợp"

HEALTH_PARTS = {
    "chi-dao": "Sở ban hành Kế hoạch số 35/KH-SYT ngày 12/02 và giao chỉ tiêu tới 21/21 đơn vị trực thuộc (100%).",
    "noi-dung-1": "Tổ chức 486 hội nghị, buổi nói chuyện chuyên đề cho 24.350 lượt người, trong đó nữ 58%.\n\n"
    "- Nội dung: hệ lụy của lựa chọn giới tính thai nhi, tảo hôn, hôn nhân cận huyết thống;\n"
    "- 1.658 nhân viên y tế thôn, bản thực hiện 96.400 lượt thăm hộ gia đình.",
    "noi-dung-3": "Nữ giữ chức vụ lãnh đạo từ cấp phòng trở lên là 218/486 người (44,9%), tăng 2,6 điểm phần trăm.",
    "noi-dung-4": "Tỷ lệ phụ nữ mang thai được khám thai đủ 04 lần trở lên đạt 87,6%; khám sàng lọc 15.260 phụ nữ.",
    "nhiem-vu-07-1": "Tỷ số giới tính khi sinh 10 tháng đầu năm là 112,1 bé trai/100 bé gái, giảm 0,5 điểm.",
    "kinh-phi": "Tổng kinh phí thực hiện 1.460 triệu đồng, đã sử dụng 1.239 triệu đồng, đạt 84,9% dự toán.",
    "danh-gia": "Công tác phối hợp ở cơ sở chặt chẽ hơn năm trước; tỷ số giới tính khi sinh còn cao ở ba huyện.",
    "phuong-huong": "Tiếp tục kiểm soát mất cân bằng giới tính khi sinh, nhân rộng 64 câu lạc bộ hiện có.",
    "kien-nghi": "",
}
FIGURES = 1  # the part that is all numbers
HEALTH_NOTHING = ("noi-dung-2", "noi-dung-5", "noi-dung-6")
MENDED = {
    "noi-dung-4": "Tỷ lệ phụ nữ mang thai được khám thai đủ 04 lần trở lên đạt 87,6%, tăng 1,7 điểm so với trước.",
}
RETURN_REASON = "Đề nghị bổ sung số liệu so sánh với năm trước ở nội dung 4."
JUSTICE_PARTS = {
    "chi-dao": "Giám đốc Sở giao Phòng Phổ biến, giáo dục pháp luật làm đầu mối thực hiện Kế hoạch.",
    "nhiem-vu-06-1": "Thẩm định 14 dự thảo văn bản quy phạm pháp luật, lồng ghép vấn đề bình đẳng giới ở 09 dự thảo.",
    "nhiem-vu-06-2": "Trợ giúp pháp lý 112 vụ việc cho phụ nữ bị bạo lực gia đình ở 11 huyện, thành phố.",
    "kinh-phi": "",
    "danh-gia": "Đội ngũ báo cáo viên pháp luật ở xã còn mỏng, nhất là người biết tiếng dân tộc thiểu số.",
    "phuong-huong": "Mở 06 lớp bồi dưỡng kỹ năng lồng ghép giới cho công chức tư pháp - hộ tịch.",
    "kien-nghi": "",
}
JUSTICE_NOTHING = tuple(f"noi-dung-{number}" for number in range(1, 7))


def test_year_from_the_first_invitation_to_the_leaders_pdf(people, portal, inbox, tmp_path):
    inbox.messages.clear()  # other journeys' mails
    pages = invite_everybody(people, inbox, portal.first_administrator_link)

    open_year(pages[OFFICER])
    portal.start_beat()
    clerk_fills_in(pages[CLERK])
    for address in (CLERK, HEAD, OTHER_CLERK, FOCAL_HEAD):
        inbox.wait_for(address, REMINDER)
    inbox.wait_for(OFFICER, REMINDER_OF_MANY)
    sweeps = sweeps_of(portal)
    send_up(pages[CLERK])
    inbox.wait_for(HEAD, SENT_UP)
    receipt = submit(pages[HEAD], number=1)
    printed = text_of(receipt, f"bao-cao-so-y-te-{today().year}.pdf", tmp_path)
    assert [text for text in HEALTH_PARTS.values() if squeezed(text) not in printed] == []

    return_report(pages[OFFICER])
    for address in (CLERK, HEAD):
        assert RETURN_REASON in words_of(inbox.wait_for(address, RETURNED))
    portal.run("manage.py", "send_reminders")
    clerk_mends(pages[CLERK], link_in(inbox.wait_for(CLERK, RETURNED)))
    send_up(pages[CLERK])
    wait_until(lambda: len(inbox.of(HEAD, SENT_UP)) == 2, "the second mail to the head", seconds=40)
    submit(pages[HEAD], number=2)
    accept(pages[OFFICER], "Sở Y tế")

    other_clerk_follows_the_reminder(pages[OTHER_CLERK], inbox)
    accept(pages[OFFICER], "Sở Tư pháp")

    propose(pages[OFFICER])
    inbox.wait_for(FOCAL_HEAD, PROPOSED)
    publish(pages[FOCAL_HEAD])
    merged = text_of(leaders_click(pages[LEADER]), f"bao-cao-tong-hop-{today().year}.pdf", tmp_path)
    merged_parts = [
        text
        for parts in (HEALTH_PARTS | MENDED, JUSTICE_PARTS)
        for key, text in parts.items()
        if key.startswith(("noi-dung", "nhiem-vu"))
    ]
    assert [text for text in merged_parts if squeezed(text) not in merged] == []
    assert squeezed(HEALTH_PARTS["noi-dung-4"]) not in merged

    for address in (CLERK, HEAD, OTHER_CLERK):
        inbox.wait_for(address, ACCEPTED)
    for address in (LEADER, OFFICER, CLERK, HEAD, OTHER_CLERK):
        inbox.wait_for(address, PUBLISHED)
    wait_until(lambda: sweeps_of(portal) > sweeps, "a sweep after the reminders", seconds=60)
    expected = {
        INVITATION: (LEADER, OFFICER, FOCAL_HEAD, HEAD, CLERK, OTHER_CLERK),
        REMINDER: (FOCAL_HEAD, HEAD, CLERK, OTHER_CLERK),
        REMINDER_OF_MANY: (OFFICER,),
        SENT_UP: (HEAD, HEAD),
        RECEIPT: (HEAD, CLERK, HEAD, CLERK, OTHER_CLERK),
        RETURNED: (HEAD, CLERK),
        ACCEPTED: (HEAD, CLERK, OTHER_CLERK),
        PROPOSED: (FOCAL_HEAD,),
        PUBLISHED: (LEADER, OFFICER, HEAD, CLERK, OTHER_CLERK),
    }
    assert census(inbox) == Counter((person, subject) for subject, to in expected.items() for person in to)
    returned = {identifier for identifier, words in portal.said("web") if re.match(r"POST \S+/return/ ", words)}
    assert returned & {identifier for identifier, words in portal.said("worker") if "mail report_returned" in words}
    assert {name for name, check in portal.status()["checks"].items() if not check["ok"]} == set()


# Coming in


def invite_everybody(people: Visitors, inbox: Inbox, first_link: str) -> dict[str, Page]:
    """Let the administrator invite heads, officer and leader, and a head the clerk; return everybody's page."""
    administrator = people.open(first_link)
    administrator.get_by_label(re.compile(r"^\s*Họ và tên")).fill("Chu Văn Trị")
    administrator.get_by_label(re.compile(r"^\s*Địa chỉ thư điện tử")).fill(ADMINISTRATOR)
    set_password(administrator, "Tạo tài khoản và đăng nhập")

    invited = (
        ("Ủy ban nhân dân tỉnh Lạng Sơn", LEADER, "Đoàn Thị Tỉnh", "Lãnh đạo tỉnh", "Phó Chủ tịch"),
        ("Sở Lao động - Thương binh và Xã hội", OFFICER, "Vi Thị Đầu", "Chuyên viên cơ quan đầu mối", "Chuyên viên"),
        ("Sở Lao động - Thương binh và Xã hội", FOCAL_HEAD, "Lương Văn Trưởng", "Lãnh đạo đơn vị", "Giám đốc"),
        ("Sở Y tế", HEAD, "Hoàng Văn Đứng", "Lãnh đạo đơn vị", "Phó Giám đốc"),
        ("Sở Tư pháp", OTHER_CLERK, "Lý Thị Khác", "Chuyên viên báo cáo", "Chuyên viên"),
    )
    for agency, *person in invited:
        administrator.get_by_role("link", name="Cơ quan, người dùng").first.click()
        administrator.get_by_role("link", name=agency, exact=True).click()
        invite(administrator, *person)
    pages = {email: come_in(people, inbox, email) for _, email, *_ in invited}

    pages[HEAD].get_by_role("link", name="Sở Y tế", exact=True).click()
    invite(pages[HEAD], CLERK, "Nông Thị Chuyên", "Chuyên viên báo cáo", "Chuyên viên")
    pages[CLERK] = come_in(people, inbox, CLERK)
    expect(pages[CLERK].get_by_text("Chưa có báo cáo nào cho đơn vị của bạn")).to_be_visible()
    return pages


def invite(page: Page, email: str, name: str, role: str, position: str) -> None:
    form = page.locator("form[action$='/invite/']")
    form.get_by_label(re.compile(r"^\s*Địa chỉ thư điện tử")).fill(email)
    form.get_by_label(re.compile(r"^\s*Họ và tên")).fill(name)
    form.get_by_label(re.compile(r"^\s*Vai trò")).select_option(label=role)
    form.get_by_label(re.compile(r"^\s*Chức vụ")).fill(position)
    form.get_by_role("button", name="Gửi thư mời").click()
    expect(page.get_by_text(f"Đã thêm người dùng và gửi thư tới {email}.")).to_be_visible()


def come_in(people: Visitors, inbox: Inbox, email: str) -> Page:
    """Follow the link of the invitation and set a password."""
    page = people.open(link_in(inbox.wait_for(email, INVITATION)))
    expect(page.get_by_text(f"Tài khoản: {email}")).to_be_visible()
    set_password(page, "Đặt mật khẩu và đăng nhập")
    return page


def set_password(page: Page, button: str) -> None:
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()


# The officer opens


def open_year(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text(f"Hệ thống tự mở vào ngày {today():%d/%m/%Y}")).to_be_visible()
    page.get_by_role("button", name=f"Mở kỳ báo cáo năm {today().year}").click()
    expect(page.get_by_text(f"Kỳ báo cáo năm {today().year} đã mở; tạo thêm 24 báo cáo.")).to_be_visible()
    expect(page.locator(".matrix tbody .matrix-agency a")).to_have_count(24)


# The agency writes and sends


def clerk_fills_in(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("còn 3 ngày")).to_be_visible()
    page.get_by_role("link", name="Bắt đầu viết báo cáo").click()
    fill_in(page, HEALTH_PARTS, HEALTH_NOTHING)


def send_up(page: Page) -> None:
    page.get_by_role("button", name="Trình lãnh đạo").click()
    expect(page.get_by_text("Đã trình lãnh đạo đơn vị duyệt.")).to_be_visible()


def submit(page: Page, *, number: int) -> Download:
    """Check, declare and submit; download the PDF from the receipt as soon as the worker has made it."""
    page.goto("/")
    page.get_by_role("link", name="Xem và duyệt báo cáo").click()
    page.get_by_label("Tôi đã kiểm tra nội dung báo cáo").check()
    page.get_by_role("button", name="Nộp báo cáo").click()
    expect(page.get_by_role("heading", name="Phiếu tiếp nhận báo cáo")).to_be_visible()
    expect(page.get_by_text(f"0{number}/PTN-96-KH-UBND/{today().year}", exact=True)).to_be_visible()
    second = re.compile(r"\d\d:\d\d:\d\d \d\d/\d\d/\d{4}")
    expect(page.locator("dd").filter(has_text=second).first).to_be_visible()
    expect(page.locator("dd.fingerprint")).to_have_text(re.compile("^[0-9a-f]{64}$"))
    return download(page)


def clerk_mends(page: Page, link: str) -> None:
    """Follow the mail of the return: of the parts only the one that the officer chose is open."""
    page.goto(link)
    expect(page.get_by_text(RETURN_REASON).first).to_be_visible()
    locked = len(HEALTH_PARTS) + len(HEALTH_NOTHING) + FIGURES - len(MENDED)
    expect(page.get_by_text("Đang khóa")).to_have_count(locked)
    for key, text in MENDED.items():
        page.locator(f"a[href$='/{key}/']").last.click()
        write(page, text)
        page.get_by_role("button", name="Lưu nháp").click()
        expect(page.get_by_text("Phần này đã đủ.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Sở Y tế, năm")).click()
    page.get_by_role("link", name="Kiểm tra và nộp").last.click()


def other_clerk_follows_the_reminder(page: Page, inbox: Inbox) -> None:
    """Start where the reminder leads, at the first missing part; submit alone, for no head has ever signed in."""
    reminder = inbox.wait_for(OTHER_CLERK, REMINDER)
    assert subject_of(reminder).endswith("còn 3 ngày")
    assert "Công tác lãnh đạo, chỉ đạo, triển khai: chưa có nội dung." in words_of(reminder)
    page.goto(link_in(reminder))
    assert page.url.endswith(f"/{today().year}/so-tu-phap/chi-dao/")
    fill_in(page, JUSTICE_PARTS, JUSTICE_NOTHING)
    page.get_by_label("Tôi đã kiểm tra nội dung báo cáo").check()
    page.get_by_role("button", name="Nộp báo cáo").click()
    expect(page.get_by_text("chuyên viên nộp; lãnh đạo đơn vị chưa sử dụng hệ thống")).to_be_visible()


# The focal agency decides


def return_report(page: Page) -> None:
    find_waiting(page, "Sở Y tế")
    page.get_by_role("button", name="Nhận thẩm tra").click()
    page.get_by_text("Trả lại đơn vị để sửa").click()
    page.get_by_label("Lý do").fill(RETURN_REASON)
    for box in page.get_by_role("checkbox").all():
        box.set_checked(box.input_value() in MENDED)
    page.get_by_role("button", name="Trả lại").click()
    expect(page.get_by_text("Đã trả lại báo cáo.")).to_be_visible()


def accept(page: Page, agency: str) -> None:
    find_waiting(page, agency)
    page.get_by_role("button", name="Chấp nhận").click()
    expect(page.get_by_text("Đã chấp nhận báo cáo.")).to_be_visible()


def find_waiting(page: Page, agency: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Chờ thẩm tra (1)").click()
    page.get_by_role("link", name=agency, exact=True).click()


def propose(page: Page) -> None:
    """Take everything that the agencies say into the merged report, part by part, and propose it."""
    page.goto("/")
    page.get_by_role("link", name="Báo cáo tổng hợp").click()
    overview = page.url
    parts = page.locator("th[scope=row] a").evaluate_all("links => links.map(link => link.href)")
    assert len(parts) == 12
    for part in parts:
        page.goto(part)
        for button in page.get_by_role("button", name=re.compile(r"^Đưa cả \d+ đoạn chưa dùng vào bài")).all():
            button.click()
            expect(page.get_by_text(re.compile(r"Đã đưa \d+ đoạn vào bài\."))).to_be_visible()
    page.goto(overview)
    page.get_by_role("link", name="Kiểm tra và trình lãnh đạo").click()
    page.get_by_label("Tôi đã kiểm tra bản tổng hợp").check()
    page.get_by_role("button", name="Trình lãnh đạo phê duyệt").click()
    expect(page.get_by_text("Đã trình lãnh đạo.")).to_be_visible()


def publish(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Báo cáo tổng hợp").click()
    page.get_by_label(re.compile(r"^\s*Số, ký hiệu")).fill("125/BC-SLĐTBXH")
    expect(page.get_by_label(re.compile(r"^\s*Ngày ban hành"))).to_have_value(f"{today():%d/%m/%Y}")
    page.get_by_label("Tôi đã đọc bản trình").check()
    page.get_by_role("button", name="Phê duyệt và ban hành").click()
    page.get_by_role("button", name="Xác nhận ban hành").click()
    expect(page.get_by_text("Đã ban hành báo cáo tổng hợp.")).to_be_visible()


# The leader reads


def leaders_click(page: Page) -> Download:
    page.goto("/")
    expect(page.locator(".number-tile").first).to_contain_text("2/24")
    return download(page)


def download(page: Page) -> Download:
    """Click the PDF's button, once it is there: the page asks by itself how far the worker is."""
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Tải bản PDF").click()
    return downloading.value


def text_of(download: Download, filename: str, folder: Path) -> str:
    """Return the words of a downloaded PDF without white space and page numbers, after a look at its name."""
    assert download.suggested_filename == filename
    path = folder / filename
    download.save_as(path)
    pages = (re.sub(r"^\s*\d+\s*$", "", page.extract_text(), flags=re.MULTILINE) for page in PdfReader(path).pages)
    return squeezed("".join(pages))


def squeezed(text: str) -> str:
    return "".join(text.split())


# Days, sweeps and mails


def today() -> datetime.date:
    return deadlines.day_of(datetime.datetime.now(datetime.UTC))


def sweeps_of(portal: Portal) -> int:
    """Return how many sweeps the worker has done."""
    return len(re.findall(r"Task reports\.tasks\.sweep\S+ succeeded", portal.log("worker")))


def census(inbox: Inbox) -> Counter:
    """Return how many mails of which kind everybody got; a Message-ID that came twice is none of them."""
    assert len({message["Message-ID"] for message in inbox.messages}) == len(inbox.messages)
    kinds = (INVITATION, REMINDER, REMINDER_OF_MANY, SENT_UP, RECEIPT, RETURNED, ACCEPTED, PROPOSED, PUBLISHED)
    subjects = [(message["To"], subject_of(message)) for message in inbox.messages]
    return Counter((to, next(filter(subject.startswith, kinds), subject)) for to, subject in subjects)
