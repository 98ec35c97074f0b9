"""The review page and the agency's side of it: what stands where, and what one click makes of it."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports import deadlines, opening, services
from reports.figures import FigureInput
from reports.models import Thread
from tests.conftest import DURING, fill
from tests.reports.remarking import at, part_of

pytestmark = pytest.mark.long

REVIEW = "/96-kh-ubnd-2018/2026/so-y-te/tham-tra/"
THREADS = "/96-kh-ubnd-2018/2026/so-y-te/y-kien/"
PART = "/96-kh-ubnd-2018/2026/so-y-te/noi-dung-1/"
REMARK = "/96-kh-ubnd-2018/2026/so-y-te/tham-tra/noi-dung-1/remark/"
ASKED = "Đề nghị nêu số hội nghị theo từng huyện."
ANSWERED = "Trong đó Cao Lộc 5, Tràng Định 7 hội nghị."
REASON = "Bổ sung theo ý kiến thẩm tra."


def hours(number: int) -> datetime.datetime:
    return DURING + datetime.timedelta(hours=number)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(hours(100), tick=False)


@pytest.fixture
def submitted(health_indicators, complete_report, clerk, head):
    services.submit_report(complete_report, by=head, now=DURING)
    return at(complete_report)


@pytest.fixture
def thread(submitted, officer):
    return services.open_thread(part_of(submitted), by=officer, now=hours(1), text=ASKED)


@pytest.fixture
def mended(submitted, thread, officer, clerk, head):
    """Returned for its remark, changed and submitted a second time; the remark is answered."""
    services.return_report(
        at(submitted), by=officer, now=hours(2), reason=REASON, reopened_keys=["noi-dung-1", "so-lieu"]
    )
    part = part_of(submitted)
    services.save_part(
        part,
        by=clerk,
        now=hours(3),
        version=part.version,
        text="Đã tổ chức 15 hội nghị cho 1.260 lượt người.",
        progress={"ND-1.2": ("not_started", "Chưa có kinh phí.")},
    )
    figures = part_of(submitted, "so-lieu")
    services.save_figures(
        figures, by=clerk, now=hours(3), version=figures.version, answers={"B3.1": FigureInput(5)}, text=""
    )
    services.answer_thread(thread, by=clerk, now=hours(3), text=ANSWERED)
    services.submit_report(at(submitted), by=head, now=hours(4))
    return at(submitted)


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(person, address: str) -> str:
    response = browser(person).get(address)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def words_of(page: str) -> str:
    body = page.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub("<[^>]+>", " ", body).split())


def part_words(page: str, key: str) -> str:
    """Return the words of one part's section on the review page."""
    section = page.split(f'id="phan-{key}"', 1)[1].split("</section>", 1)[0].partition(">")[2]
    return " ".join(re.sub("<[^>]+>", " ", section).split())


# Reading


def test_part_stands_with_its_statuses_its_words_and_a_way_to_remark(submitted, officer):
    page = page_of(officer, REVIEW)

    assert part_words(page, "noi-dung-1") == (
        "Nội dung 1. Nội dung thứ 1 "
        "ND-1.1 Hoàn thành Giải pháp ND-1.1. ND-1.2 Hoàn thành Giải pháp ND-1.2. "
        "Đã tổ chức 12 hội nghị cho 1.260 lượt người. "
        "Nêu ý kiến về Nội dung 1 Ý kiến Nêu ý kiến"
    )
    assert part_words(page, "so-lieu").startswith(
        "Biểu số liệu Đã tổ chức 12 hội nghị cho 1.260 lượt người. Số liệu "
        "Chỉ tiêu Năm 2026 Năm 2025 Tăng, giảm B3.1 Số thử B3.1 (cuộc) 1 B3.2 Số thử B3.2 (người) 4/10 (40%)"
    )


def test_remarks_stand_beside_their_part_and_mark_it_in_the_list_of_parts(submitted, thread, officer):
    page = page_of(officer, REVIEW)

    assert (
        "Chờ đơn vị trả lời Vi Thị Đầu nêu ý kiến, 10:00 20/10/2026 Đề nghị nêu số hội nghị theo từng huyện. "
        "Kết thúc ý kiến này Lời kết (không bắt buộc) Kết thúc ý kiến"
    ) in part_words(page, "noi-dung-1")
    parts = page.split('aria-label="Các phần của báo cáo"', 1)[1].split("</nav>", 1)[0]
    assert re.findall(r"(\d) ý kiến", parts) == ["1"]
    assert "còn ý kiến chưa kết thúc ở Nội dung 1." in page
    assert ">Chấp nhận</button>" not in page
    assert "Nêu ý kiến thẩm tra 10:00:00 20/10/2026, Vi Thị Đầu Nội dung 1" in words_of(page)


def test_who_had_a_part_in_the_report_reads_its_remarks_and_decides_nothing(
    submitted, thread, officer, second_officer
):
    submitted.writers.add(second_officer)

    page = page_of(second_officer, REVIEW)

    assert ASKED in page
    assert "/remark/" not in page
    assert "/resolve/" not in page


def test_focal_head_reads_the_remarks_and_decides_nothing(submitted, thread, focal_head):
    page = page_of(focal_head, REVIEW)

    assert ASKED in page
    assert "/remark/" not in page
    assert "/resolve/" not in page


# Differences


def test_differences_from_the_last_round_are_one_click_away(mended, officer):
    page = page_of(officer, REVIEW)

    ways = page.split('aria-label="Cách xem"', 1)[1].split("</nav>", 1)[0]
    assert re.findall(r'class="nav-link( active)?" href="([^"]+)"[^>]*>([^<]+)<', ways) == [
        (" active", "?#noi-dung-nop", "Nội dung"),
        ("", "?so-sanh=lan-truoc#noi-dung-nop", "So với lần nộp 1"),
        ("", "?xem=van-ban#noi-dung-nop", "Như văn bản"),
    ]


def test_differences_from_the_last_round_are_shown_word_by_word_and_number_by_number(mended, officer):
    page = page_of(officer, REVIEW + "?so-sanh=lan-truoc")

    assert (
        '<p class="answer">Đã tổ chức <del><span class="visually-hidden">(bỏ: </span>12 '
        '<span class="visually-hidden">) </span></del><ins><span class="visually-hidden">(thêm: </span>15 '
        '<span class="visually-hidden">) </span></ins>hội nghị cho 1.260 lượt người.</p>'
    ) in page
    assert (
        "Mức độ thực hiện thay đổi Nhiệm vụ Trước Nay "
        "ND-1.2 Giải pháp ND-1.2. Hoàn thành Chưa thực hiện Lý do: (thêm: Chưa có kinh phí. )"
    ) in part_words(page, "noi-dung-1")
    assert "Số liệu thay đổi Chỉ tiêu Trước Nay Tăng, giảm B3.1 Số thử B3.1 1 5 +4" in part_words(page, "so-lieu")
    assert "B3.2" not in part_words(page, "so-lieu")
    assert part_words(page, "danh-gia").startswith("Đánh giá chung Không thay đổi.")
    parts = page.split('aria-label="Các phần của báo cáo"', 1)[1].split("</nav>", 1)[0]
    assert [key for key, mark in re.findall(r'#phan-([\w-]+)">[^/]*</a>(.*?)</li>', parts) if "khác" in mark] == [
        "noi-dung-1", "so-lieu",
    ]  # fmt: skip


def test_differences_from_last_year_compare_with_what_was_sent_then(plan, submitted, clerk, head, officer):
    opened = datetime.datetime(2025, 10, 1, 8, tzinfo=deadlines.VIETNAM)
    cycle, _ = opening.open_cycle(plan, 2025, by=None, now=opened)
    before = fill(cycle.reports.get(agency=submitted.agency), text="Đã tổ chức 9 hội nghị cho 1.260 lượt người.")
    services.submit_report(before, by=head, now=opened)

    page = page_of(officer, REVIEW + "?so-sanh=nam-truoc")

    assert "Đã tổ chức (bỏ: 9 ) (thêm: 12 ) hội nghị cho 1.260 lượt người." in part_words(page, "noi-dung-2")
    assert 'href="?so-sanh=nam-truoc#noi-dung-nop" aria-current="true">So với năm 2025<' in page


@pytest.mark.parametrize(
    "query", ["?so-sanh=lan-truoc", "?so-sanh=nam-truoc", "?so-sanh=khac", "?lan=khong", f"?lan={'9' * 5000}"]
)
def test_comparison_with_what_is_not_there_shows_the_words(submitted, officer, query):
    page = page_of(officer, REVIEW + query)

    assert "Đã tổ chức 12 hội nghị" in part_words(page, "noi-dung-1")
    assert "Không thay đổi" not in page


def test_document_is_shown_as_it_is_printed(submitted, officer):
    page = page_of(officer, REVIEW + "?xem=van-ban")

    assert "Độc lập - Tự do - Hạnh phúc" in page
    assert 'id="phan-' not in page


# Earlier rounds


def test_earlier_round_is_read_again_with_its_remarks_and_nothing_is_remarked_on_it(mended, officer, clerk):
    services.open_thread(part_of(mended, "danh-gia"), by=officer, now=hours(5), text="Ý kiến của lần hai.")

    page = page_of(officer, REVIEW + "?lan=1")

    assert "Đã tổ chức 12 hội nghị" in part_words(page, "noi-dung-1")
    assert ASKED in page
    assert "Ý kiến của lần hai." not in page
    assert "/remark/" not in page
    assert "Đây là lần nộp cũ" in page

    newest = page_of(officer, REVIEW)
    assert "Ý kiến của lần hai." in newest
    assert "nêu ở lần nộp 1" in part_words(newest, "noi-dung-1")


def test_remark_that_was_resolved_before_a_round_came_is_not_shown_with_it(mended, officer, clerk, head, thread):
    services.resolve_thread(thread, by=officer, now=hours(5))
    assert ASKED in page_of(officer, REVIEW)

    services.return_report(at(mended), by=officer, now=hours(6), reason=REASON, reopened_keys=["danh-gia"])
    services.submit_report(at(mended), by=head, now=hours(7))

    assert ASKED not in page_of(officer, REVIEW)
    assert ASKED in page_of(officer, REVIEW + "?lan=2")
    assert ASKED in page_of(clerk, "/96-kh-ubnd-2018/2026/so-y-te/lan-nop/1/")


def test_round_that_is_not_there_or_was_withdrawn_is_not_found(submitted, head, officer):
    services.withdraw_report(at(submitted), by=head, now=hours(1))
    services.submit_report(at(submitted), by=head, now=hours(2))

    assert browser(officer).get(REVIEW + "?lan=1").status_code == 404
    assert browser(officer).get(REVIEW + "?lan=7").status_code == 404


# Remarking and resolving


def test_remark_is_posted_and_leads_back_to_its_place(submitted, officer):
    response = browser(officer).post(REMARK + "?so-sanh=nam-truoc", {"text": ASKED})

    thread = Thread.objects.get()
    assert response["Location"] == f"{REVIEW}?so-sanh=nam-truoc#y-kien-{thread.pk}"
    page = browser(officer).get(REVIEW).content.decode()
    assert f'<article class="thread thread-warning" id="y-kien-{thread.pk}"' in page


def test_empty_remark_is_refused_beside_its_box(submitted, officer):
    page = browser(officer).post(REMARK, {"text": " "}).content.decode()

    assert not Thread.objects.exists()
    assert '<a href="#y-kien-noi-dung-1-text">Ý kiến</a>: Hãy viết ý kiến' in page
    assert '<details class="new-remark" open>' in page
    assert page.count("new-remark") == page.count("data-keeps-text") == 9


def test_remark_on_a_report_that_came_back_meanwhile_keeps_its_words(submitted, officer, second_officer):
    services.return_report(at(submitted), by=officer, now=hours(1), reason=REASON, reopened_keys=["noi-dung-1"])

    page = browser(second_officer).post(REMARK, {"text": ASKED}, follow=True).content.decode()

    assert "Chỉ nêu được ý kiến khi báo cáo đang chờ thẩm tra." in page
    assert f"Ý kiến chưa được ghi: “{ASKED}”" in page


def test_remark_is_resolved_with_a_last_word(submitted, thread, officer):
    response = browser(officer).post(f"{THREADS}{thread.pk}/resolve/", {"text": "Đã rõ."})

    assert response["Location"] == f"{REVIEW}#y-kien-{thread.pk}"
    page = page_of(officer, REVIEW)
    assert "Đã kết thúc" in part_words(page, "noi-dung-1")
    assert ">Chấp nhận</button>" in page


def test_remark_of_another_report_is_not_found(submitted, thread, officer, cycle, other_agency_clerk):
    foreign = f"/96-kh-ubnd-2018/2026/so-tu-phap/y-kien/{thread.pk}"

    assert browser(officer).post(f"{foreign}/resolve/", {}).status_code == 404
    assert browser(other_agency_clerk).post(f"{foreign}/answer/", {"text": ANSWERED}).status_code == 404
    assert browser(other_agency_clerk).get(THREADS).status_code == 404


# Returning


def test_return_offers_the_parts_with_open_remarks_and_only_those_unlock(submitted, thread, officer, clerk):
    page = page_of(officer, REVIEW)

    checked = re.findall(r'name="parts" value="([\w-]+)"[^>]*checked', page)
    assert checked == ["noi-dung-1"]
    assert "Đề nghị bổ sung, giải trình theo các ý kiến thẩm tra nêu tại từng phần." in page

    browser(officer).post("/96-kh-ubnd-2018/2026/so-y-te/return/", {"reason": REASON, "parts": checked})
    assert [part.key for part in submitted.parts.filter(is_reopened=True)] == ["noi-dung-1"]


def test_return_offers_every_part_where_nothing_was_remarked(submitted, officer):
    page = page_of(officer, REVIEW)

    assert len(re.findall(r'name="parts" value="[\w-]+"[^>]*checked', page)) == submitted.parts.count() == 9


# The agency's side


def test_agency_reads_and_answers_remarks_while_its_report_is_locked(submitted, thread, clerk, officer):
    page = page_of(clerk, THREADS)

    assert "Báo cáo đang ở trạng thái “Đã nộp” nên nội dung tạm khóa." in page
    assert ASKED in page
    response = browser(clerk).post(f"{THREADS}{thread.pk}/answer/", {"text": ANSWERED})
    assert response["Location"] == f"{THREADS}#y-kien-{thread.pk}"
    assert "Đơn vị đã trả lời" in page_of(clerk, THREADS)
    assert f"Nông Thị Chuyên trả lời, 13:00 24/10/2026 {ANSWERED}" in part_words(
        page_of(officer, REVIEW), "noi-dung-1"
    )


def test_empty_answer_is_refused_beside_its_box(submitted, thread, clerk):
    page = browser(clerk).post(f"{THREADS}{thread.pk}/answer/", {"text": ""}).content.decode()

    assert f'<a href="#loi-{thread.pk}-text">Nội dung trả lời</a>: Hãy viết câu trả lời.' in page
    assert thread.comments.count() == 1


def test_part_shows_its_own_remarks_and_an_answer_leads_back_to_it(submitted, thread, officer, clerk):
    services.open_thread(part_of(submitted, "danh-gia"), by=officer, now=hours(1), text="Vì sao chưa đạt?")
    services.return_report(at(submitted), by=officer, now=hours(2), reason=REASON, reopened_keys=["noi-dung-1"])

    page = page_of(clerk, PART)
    assert ASKED in page
    assert "Vì sao chưa đạt?" not in page

    response = browser(clerk).post(f"{THREADS}{thread.pk}/answer/?back=part", {"text": ANSWERED})
    assert response["Location"] == f"{PART}#y-kien-{thread.pk}"
    assert ANSWERED in page_of(clerk, PART)


def test_home_leads_to_the_remarks_that_wait_for_an_answer(submitted, thread, clerk):
    page = page_of(clerk, "/")
    assert f'href="{THREADS}">Trả lời ý kiến thẩm tra</a>' in page
    assert f"Ý kiến thẩm tra chờ trả lời: Nội dung 1 : {ASKED}" in words_of(page)

    services.answer_thread(thread, by=clerk, now=hours(2), text=ANSWERED)
    assert "chờ trả lời" not in page_of(clerk, "/")


def test_task_list_and_check_name_the_remarks(submitted, thread, clerk):
    for page in ("", "kiem-tra/"):
        words = words_of(page_of(clerk, f"/96-kh-ubnd-2018/2026/so-y-te/{page}"))
        assert f"1 ý kiến thẩm tra chờ trả lời Nội dung 1: {ASKED} Xem và trả lời ý kiến thẩm tra" in words


def test_head_who_checks_a_mended_report_sees_old_words_and_new(submitted, thread, officer, clerk, head):
    services.return_report(at(submitted), by=officer, now=hours(2), reason=REASON, reopened_keys=["noi-dung-1"])
    part = part_of(submitted)
    services.save_part(
        part, by=clerk, now=hours(3), version=part.version, text="Đã tổ chức 15 hội nghị.", progress={}
    )
    services.send_up(at(submitted), by=clerk, now=hours(4))

    page = page_of(head, "/96-kh-ubnd-2018/2026/so-y-te/kiem-tra/")

    words = words_of(page)
    assert page.count("Xem chỗ khác so với lần nộp 1") == 1
    assert (
        "Xem chỗ khác so với lần nộp 1 Đã tổ chức (bỏ: 12 ) (thêm: 15 ) hội nghị (bỏ: cho 1.260 lượt người ) ."
    ) in words


# Speed


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_review_page_asks_as_often_for_thirty_remarks_as_for_one(submitted, thread, officer, clerk):
    client = browser(officer)
    services.answer_thread(thread, by=clerk, now=hours(1), text=ANSWERED)
    few = queries(client, REVIEW)

    for number in range(29):
        key = ["noi-dung-1", "danh-gia", "kinh-phi"][number % 3]
        added = services.open_thread(part_of(submitted, key), by=officer, now=hours(2), text=f"Ý kiến {number}")
        services.answer_thread(added, by=clerk, now=hours(3), text=ANSWERED)
        if number % 2:
            services.resolve_thread(added, by=officer, now=hours(4), text="Đã rõ.")

    assert Thread.objects.count() == 30
    assert queries(client, REVIEW) == few
    agency = browser(clerk)
    assert queries(agency, THREADS) <= few
