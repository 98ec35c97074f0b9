"""What the same agency said the year before: beside the box, taken over, and said again."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports import deadlines, last_year, opening, services
from reports.models import Report, ReportPart
from reports.workflow import TransitionRefused
from tests.conftest import DURING, fill

pytestmark = pytest.mark.long

LAST_YEAR = datetime.datetime(2025, 10, 20, 9, 0, tzinfo=deadlines.VIETNAM)
ANSWER = (
    "Đã tổ chức 12 hội nghị tuyên truyền về bình đẳng giới cho 1.260 lượt người, trong đó nữ 640 người (50,8%); "
    "phát hành 3.000 tờ rơi bằng hai thứ tiếng tại các xã vùng cao và duy trì 05 câu lạc bộ."
)
OTHER = ANSWER.replace("12 hội nghị", "15 hội nghị").replace("1.260", "1.410").replace("(50,8%)", "(45,4%)")


@pytest.fixture
def report_before(plan, agency, focal_agency, budget_agency, other_agency):
    """Sở Y tế's report of 2025, written and not yet sent."""
    opened = datetime.datetime(2025, 10, 1, 8, 0, tzinfo=deadlines.VIETNAM)
    cycle = opening.open_cycle(plan, 2025, by=None, now=opened)[0]
    report = fill(cycle.reports.select_related("cycle__plan", "agency").get(agency=agency), text=ANSWER)
    report.parts.filter(key="nhiem-vu-07-1").update(difficulties="Thiếu kinh phí.")
    return report


@pytest.fixture
def sent_before(report_before, head):
    return services.submit_report(report_before, by=head, now=LAST_YEAR)


def part_of(report: Report, key: str) -> ReportPart:
    part = report.parts.select_related("area").get(key=key)
    part.report = report
    return part


def start(part: ReportPart, by, **changes) -> ReportPart:
    form = {"version": part.version, "text": "", "progress": {}} | changes
    return services.start_from_last_year(part, by=by, now=DURING, **form)


def save(part: ReportPart, by, text: str) -> ReportPart:
    part.refresh_from_db()
    return services.save_part(part, by=by, now=DURING, version=part.version, text=text, progress={})


# Beside the box


def test_last_answer_is_what_stood_in_the_newest_submission(sent_before, report_before, report, head):
    services.withdraw_report(report_before, by=head, now=LAST_YEAR)
    report_before.parts.filter(key="chi-dao").update(text="Bản nộp lần hai.")
    services.submit_report(report_before, by=head, now=LAST_YEAR)
    report_before.parts.filter(key="chi-dao").update(text="Chưa nộp.")

    answer = last_year.of(report).answer("chi-dao")

    assert (answer.year, answer.text) == (2025, "Bản nộp lần hai.")


def test_statuses_of_last_year_are_told_with_their_reasons(report_before, report, head):
    report_before.parts.get(key="noi-dung-1").progress.filter(task__code="ND-1.2").update(
        status="not_started", reason="Chưa có hướng dẫn."
    )
    services.submit_report(report_before, by=head, now=LAST_YEAR)

    assert last_year.of(report).answer("noi-dung-1").stated_tasks == [
        ("ND-1.1", "Hoàn thành", ""),
        ("ND-1.2", "Chưa thực hiện", "Chưa có hướng dẫn."),
    ]


def test_draft_of_last_year_is_no_answer_and_it_is_said_why(report_before, report):
    before = last_year.of(report)

    assert before.answer("chi-dao") is None
    assert before.why_none("chi-dao") == "Đơn vị không có báo cáo năm 2025 trên hệ thống."


def test_part_that_did_not_exist_last_year_says_so(sent_before, report):
    assert last_year.of(report).why_none("so-lieu") == "Báo cáo năm 2025 chưa có phần này."


def test_another_agencys_report_is_never_shown(sent_before, cycle, other_agency):
    assert last_year.of(cycle.reports.get(agency=other_agency)).snapshot is None


def test_part_page_shows_last_years_answer_with_a_button_to_take_it(client, sent_before, report, clerk):
    client.force_login(clerk)

    page = client.get(report.url("part", "nhiem-vu-07-1")).content.decode()

    assert "Báo cáo năm 2025 của đơn vị" in page
    assert ANSWER in page
    assert "Thiếu kinh phí." in page
    assert f'formaction="{report.url("start_from_last_year", "nhiem-vu-07-1")}"' in page


def test_part_page_says_why_there_is_no_answer(client, report, clerk):
    client.force_login(clerk)

    page = client.get(report.url("part", "chi-dao")).content.decode()

    assert "Đơn vị không có báo cáo năm 2025 trên hệ thống." in page
    assert "formaction" not in page


# Starting from it


def test_start_fills_the_empty_box_and_marks_where_it_came_from(sent_before, report, clerk):
    part = part_of(report, "nhiem-vu-07-1")

    start(part, clerk, progress={"NV-07.1": ("under_way", "")})

    part.refresh_from_db()
    assert (part.text, part.difficulties, part.carried_from) == (ANSWER, "Thiếu kinh phí.", 2025)
    assert (part.version, part.saved_by) == (1, clerk)
    assert "hoi nghi tuyen truyen" in part.search_text
    assert list(part.progress.values_list("status", flat=True)) == ["under_way"]


def test_start_keeps_difficulties_that_are_written(sent_before, report, clerk):
    part = start(part_of(report, "nhiem-vu-07-1"), clerk, difficulties="Thiếu người.")

    assert (part.text, part.difficulties) == (ANSWER, "Thiếu người.")


def test_start_over_a_text_is_refused_and_nothing_is_lost(sent_before, report, clerk):
    part = part_of(report, "chi-dao")

    with pytest.raises(TransitionRefused) as refusal:
        start(part, clerk, text="Đã viết dở")

    assert str(refusal.value) == (
        "Ô nội dung đã có chữ nên chưa lấy nội dung năm 2025: không có gì bị ghi đè. "
        "Nếu muốn lấy, hãy xóa nội dung trong ô rồi bấm lại."
    )
    part.refresh_from_db()
    assert (part.text, part.version) == ("", 0)


def test_start_after_somebody_else_wrote_is_a_conflict(sent_before, report, clerk, head):
    part = part_of(report, "chi-dao")
    services.save_part(part, by=head, now=DURING, version=0, text="Lãnh đạo viết.", progress={})

    with pytest.raises(services.SaveConflict):
        start(part, clerk, version=0)

    part.refresh_from_db()
    assert (part.text, part.carried_from) == ("Lãnh đạo viết.", None)


def test_start_without_a_last_answer_says_why(report, clerk):
    with pytest.raises(TransitionRefused) as refusal:
        start(part_of(report, "chi-dao"), clerk)

    assert str(refusal.value) == "Đơn vị không có báo cáo năm 2025 trên hệ thống."


def test_start_from_an_empty_last_answer_says_so(report_before, report, clerk, head):
    report_before.parts.filter(key="kien-nghi").update(text=" ")
    services.submit_report(report_before, by=head, now=LAST_YEAR)

    with pytest.raises(TransitionRefused) as refusal:
        start(part_of(report, "kien-nghi"), clerk)

    assert str(refusal.value) == "Báo cáo năm 2025 để trống phần này nên không có nội dung để lấy."


def test_page_gone_back_to_after_the_start_conflicts(sent_before, report, clerk):
    page = {"version": 0, "page": "1" * 32}
    part = start(part_of(report, "chi-dao"), clerk, **page, edit=1)

    with pytest.raises(services.SaveConflict):
        services.save_part(part, by=clerk, now=DURING, **page, edit=2, text="Gõ ở trang cũ.", progress={})

    assert part_of(report, "chi-dao").text == ANSWER


def test_button_takes_last_years_text_without_scripts(client, sent_before, report, clerk):
    client.force_login(clerk)
    address = report.url("start_from_last_year", "noi-dung-1")

    answer = client.post(address, {"version": 0, "text": "", "status-ND-1.1": "done"}, follow=True)

    part = part_of(report, "noi-dung-1")
    assert answer.redirect_chain == [(report.url("part", "noi-dung-1"), 302)]
    assert (part.text, part.carried_from) == (ANSWER, 2025)
    assert part.progress.get(task__code="ND-1.1").status == "done"
    assert "Lấy từ báo cáo năm 2025, cần cập nhật" in answer.content.decode()


def test_button_pressed_over_typed_text_keeps_it_in_the_box(client, sent_before, report, clerk):
    client.force_login(clerk)

    answer = client.post(
        report.url("start_from_last_year", "noi-dung-1"), {"version": 0, "text": "Đang viết dở dang"}
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Đang viết dở dang</textarea>" in page
    assert "Ô nội dung đã có chữ nên chưa lấy nội dung năm 2025" in page
    assert part_of(report, "noi-dung-1").text == ""


# The mark


def test_mark_stays_while_the_text_is_nearly_the_same(sent_before, report, clerk):
    part = start(part_of(report, "chi-dao"), clerk)

    part = save(part, clerk, ANSWER.replace("12 hội nghị", "15 hội nghị"))

    assert part.carried_from == 2025


@pytest.mark.parametrize("text", ["", "  \n", OTHER, "Viết lại từ đầu."])
def test_mark_goes_with_the_text_that_it_marks(sent_before, report, clerk, text):
    part = start(part_of(report, "chi-dao"), clerk)

    part = save(part, clerk, text)
    assert part.carried_from is None

    part = save(part, clerk, ANSWER)
    assert part.carried_from is None


def test_mark_is_shown_on_the_list_and_the_check_page(client, sent_before, report, clerk):
    start(part_of(report, "chi-dao"), clerk)
    client.force_login(clerk)

    for page in ("report", "check"):
        assert client.get(report.url(page)).content.decode().count("Lấy từ báo cáo năm 2025, cần cập nhật") == 1


# Saying it again


def test_similarity_counts_words_in_their_order():
    assert last_year.similarity("a b c d", "a b c d") == 100
    assert last_year.similarity(ANSWER, ANSWER.replace("12", "15")) == 97
    assert last_year.similarity(ANSWER, OTHER) == 0  # below what is spoken of
    assert last_year.similarity("", "a") == 0


def test_part_page_says_gently_that_a_text_is_last_years(client, sent_before, report, clerk):
    services.save_part(part_of(report, "chi-dao"), by=clerk, now=DURING, version=0, text=ANSWER, progress={})
    client.force_login(clerk)

    page = client.get(report.url("part", "chi-dao")).content.decode()

    assert "Nội dung giống 100% so với năm 2025." in page
    assert "cần cập nhật" not in page


def test_short_or_rewritten_text_is_not_called_the_same(sent_before, report):
    before = last_year.of(report)

    assert before.share("chi-dao", ANSWER) == 100
    assert before.share("chi-dao", OTHER) is None
    assert before.share("chi-dao", ANSWER[:70]) is None


def test_reviewer_sees_what_is_said_again_and_what_was_carried_over(
    client, sent_before, report, clerk, head, officer
):
    fill(report, text="Năm nay viết khác hẳn năm trước về mọi mặt của công tác.")
    services.save_part(part_of(report, "danh-gia"), by=clerk, now=DURING, version=0, text=ANSWER, progress={})
    part = part_of(report, "noi-dung-2")
    start(part, clerk, version=part.version)
    services.submit_report(report, by=head, now=DURING)
    client.force_login(officer)

    page = client.get(report.url("review")).content.decode()

    assert "Đánh giá chung: giống 100% so với năm 2025" in page
    assert "Nội dung 2. Nội dung thứ 2: giống 100% so với năm 2025;" in page
    assert page.count("Lấy từ báo cáo năm 2025, cần cập nhật") == 1


def test_submission_says_what_was_carried_over(sent_before, report, clerk, head):
    fill(report)
    part = part_of(report, "chi-dao")
    start(part, clerk, version=part.version)
    submission = services.submit_report(report, by=head, now=DURING)

    carried = {part["key"]: part["carried_from"] for part in submission.snapshot["parts"] if part["carried_from"]}
    assert carried == {"chi-dao": 2025}


def test_letter_that_is_entered_is_not_marked_by_the_draft(sent_before, report, clerk, officer):
    start(part_of(report, "chi-dao"), clerk)

    submission = services.enter_report(
        report,
        by=officer,
        now=DURING,
        letter_number="12/BC-SYT",
        received_on=deadlines.day_of(DURING),
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts={"chi-dao": "Theo báo cáo giấy."},
    )

    assert {part["carried_from"] for part in submission.snapshot["parts"]} == {None}


def test_longest_texts_are_compared():
    longest = " ".join([ANSWER] * 260)[:50_000]

    share = last_year.similarity(longest, longest.replace("hội nghị tuyên truyền", "lớp tập huấn"))

    assert share == 0
    assert last_year.similarity(longest, longest[:-40]) == 99
