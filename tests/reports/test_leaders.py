"""The leaders' screen: what it says in every state of the year, and that no agency's words leak before publishing."""

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import Indicator, Membership, Plan, Role
from reports import deadlines, opening, services
from reports.models import Document, Report, ReportingCycle
from tests import factories, sample_files
from tests.conftest import DURING, YEAR, fill

pytestmark = pytest.mark.long

PAGE = "/96-kh-ubnd-2018/2026/tinh-hinh/"
PUBLISHED = DURING + datetime.timedelta(days=25)
ISSUED_ON = deadlines.day_of(PUBLISHED)
# What an agency wrote, in every place where it writes.
WORDS = "Chị Hoàng Thị Lộ bị bạo hành"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-14 08:30+07:00")


@pytest.fixture
def page(client, leader):
    """Return what a leader reads, as one line of words."""

    def read(address=PAGE):
        client.force_login(leader)
        response = client.get(address)
        assert response.status_code == 200
        return response

    return read


def words(response):
    """Return the words of a page's main part, drawings left out."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", main, flags=re.DOTALL).split())


def drawings(response):
    return re.findall(r"<figcaption>([^<]+)</figcaption><svg", response.content.decode())


def links(response):
    """Return the buttons of the page's documents."""
    return re.findall(r'<a class="btn [\w-]+(?: mb-1)?" href="([^"]+)">([^<]+)</a>', response.content.decode())


def submit(report, head, now=DURING, text=WORDS):
    services.submit_report(fill(Report.objects.get(pk=report.pk), text=text), by=head, now=now)
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


@pytest.fixture
def accepted(report, head, officer):
    submitted = submit(report, head)
    services.accept_report(submitted, by=officer, now=DURING)
    return submitted


def publish(cycle, by):
    return factories.publish(cycle, by=by, now=PUBLISHED, number="125/BC-SLĐTBXH", issued_on=ISSUED_ON)


# The states of a year


@pytest.fixture
def next_year(cycle):
    day = datetime.date
    return ReportingCycle.objects.create(
        plan=cycle.plan, year=2027, opens_on=day(2027, 10, 1), data_from=day(2027, 1, 1), data_to=day(2027, 10, 31),
        due_at=deadlines.midnight(day(2027, 11, 10)),
    )  # fmt: skip


def test_year_that_is_not_opened_says_when_it_is(page, next_year):
    response = page("/96-kh-ubnd-2018/2027/tinh-hinh/")

    assert (
        "Kế hoạch 96/KH-UBND, năm 2027 Kỳ báo cáo năm 2027 chưa mở nên chưa có số liệu. Kỳ mở ngày 01/10/2027; các "
        "cơ quan gửi báo cáo trước ngày 10/11/2027. Các năm"
    ) in words(response)
    assert f'<a href="{PAGE}">2026</a>' in response.content.decode()


def test_first_year_that_is_not_opened_has_no_years_beside_it(page, plan):
    day = datetime.date
    ReportingCycle.objects.create(
        plan=plan, year=2027, opens_on=day(2027, 10, 1), data_from=day(2027, 1, 1), data_to=day(2027, 10, 31),
        due_at=deadlines.midnight(day(2027, 11, 10)),
    )  # fmt: skip

    assert words(page("/96-kh-ubnd-2018/2027/tinh-hinh/")).endswith("trước ngày 10/11/2027.")


def test_year_in_which_nobody_has_sent_yet_says_so(page, cycle, time_machine):
    time_machine.move_to("2026-11-08 08:30+07:00")

    response = page()

    said = words(response)
    assert "Lúc 08:30 08/11/2026. Hạn gửi: trước 10/11/2026, còn 1 ngày." in said
    assert (
        "0/4 cơ quan đã gửi báo cáo 4 còn phải gửi, chưa quá hạn 0/0 mục tiêu đã đạt – việc cần quyết định: chưa ban "
        "hành báo cáo Cần quyết định"
    ) in said
    assert "Chưa có cơ quan nào gửi báo cáo. 4 cơ quan còn phải gửi, chưa quá hạn" in said
    assert "Sở Y tế: còn 1 ngày" in said
    assert "Chưa ban hành báo cáo tổng hợp. Đề xuất của các cơ quan hiện ở đây sau khi" in said
    assert "Kế hoạch chưa có mục tiêu bằng số cho năm 2026." in said
    assert "Nội dung thứ 1" in said
    assert drawings(response) == []


def test_late_agencies_are_named_first_and_counted_at_the_top(page, season, report, head, officer, other_agency):
    services.return_report(submit(report, head), by=officer, now=DURING, reason=WORDS, reopened_keys=["danh-gia"])
    other = Report.objects.select_related("cycle__plan", "agency").get(agency=other_agency)
    sent = datetime.datetime(2026, 11, 12, 9, 0, tzinfo=deadlines.VIETNAM)
    submit(other, factories.MembershipFactory(agency=other_agency, role=Role.HEAD).user, now=sent)

    response = page()

    said = words(response)
    assert (
        "Lúc 08:30 14/11/2026. Hạn gửi: trước 10/11/2026. 2/4 cơ quan đã gửi báo cáo, trong đó 1 bị "
        "trả lại chờ nộp lại 3 cơ quan quá hạn" in said
    )
    assert (
        "3 cơ quan quá hạn Sở Lao động - Thương binh và Xã hội: quá hạn 5 ngày Sở Tài chính: quá hạn 5 ngày "
        "Sở Y tế: quá hạn 5 ngày (đã trả lại để sửa) 1 cơ quan đã gửi nhưng chậm Sở Tư pháp, 12/11/2026"
    ) in said
    assert drawings(response) == ["Số đơn vị đã gửi báo cáo theo ngày", "Số đơn vị theo nội dung của Kế hoạch"]


@pytest.mark.parametrize(
    ("day", "milestones", "named"),
    [
        (18, None, []),
        (19, None, ["Quá hạn từ 10 ngày trở lên (2): Sở Tài chính; Sở Tư pháp."]),
        (14, [{"days": 5, "to": ["leader"]}], ["Quá hạn từ 5 ngày trở lên (2): Sở Tài chính; Sở Tư pháp."]),
        (30, [{"days": 7, "to": ["officer"]}], []),
    ],
)
def test_agencies_overdue_for_long_are_named_from_the_leaders_milestone_on(
    page, season, report, head, time_machine, day, milestones, named
):
    """Sở Lao động has a later due date of its own; Sở Y tế has reported."""
    submit(report, head)
    Report.objects.filter(agency__slug__startswith="so-lao-dong").update(
        extended_due_at=deadlines.midnight(datetime.date(2026, 12, 10))
    )
    season.milestones = milestones or season.milestones
    season.save()
    time_machine.move_to(f"2026-11-{day} 08:30+07:00")

    assert re.findall(r"Quá hạn từ [^.]*\.", words(page())) == named


def test_excused_agency_is_named_and_lowers_the_number(page, season, report, officer):
    Report.objects.filter(pk=report.pk).update(excused_at=DURING, excused_by=officer, excused_reason=WORDS)

    said = words(page())

    assert "0/3 cơ quan đã gửi báo cáo" in said
    assert "Được miễn báo cáo, không tính vào 3 cơ quan: Sở Y tế." in said


def test_areas_count_agencies_in_one_line_each(page, season, accepted):
    said = words(page())

    assert (
        "1/4 cơ quan có kết quả , 0 không phát sinh, 3 chưa có báo cáo. Nội dung thứ 1 "
        "1/4 cơ quan có kết quả , 0 không phát sinh, 3 chưa có báo cáo. Nội dung thứ 2"
    ) in said


# Targets


def test_targets_that_are_not_met_come_first_with_what_was_reached(
    page, plan, health_indicators, season, head, officer
):
    meetings, people = health_indicators
    meetings.targets.create(year=YEAR, value=3)
    people.targets.create(year=YEAR, value=40)
    for code, year in (("B3.3", 2030), ("B3.4", YEAR)):
        factories.IndicatorFactory(table=meetings.table, code=code, participants=meetings.participants.all())
        Indicator.objects.get(code=code).targets.create(year=year, value=9)
    report = opened_again(season, meetings)
    fill(report)
    report.parts.get(kind="figures").figures.filter(indicator__code="B3.4").update(
        total=None, has_no_data=True, reason=WORDS
    )
    services.submit_report(report, by=head, now=DURING)
    services.accept_report(report, by=officer, now=DURING)

    response = page()

    said = words(response)
    assert "1/4 mục tiêu đã đạt" in said
    assert (
        "Mục tiêu: đạt 1/4 Theo số liệu của 1/4 báo cáo đã được chấp nhận. "
        "Chưa đạt (1) B3.1 Số thử B3.1 (cuộc): 1 ; mục tiêu từ 3 trở lên. "
        "Đã đạt (1) B3.2 Số thử B3.2: 40% ; mục tiêu từ 40% trở lên. "
        "Chưa đến năm phải đạt (1) B3.3 Số thử B3.3 (người): 1 ; mục tiêu từ 9 trở lên (năm 2030). "
        "Chưa có số liệu (1) B3.4 Số thử B3.4 (người): chưa có số liệu ; mục tiêu từ 9 trở lên."
    ) in said
    assert [title for title in drawings(response) if "mục tiêu" in title] == [
        "Biểu thử B3: kết quả năm 2026 so với mục tiêu (B3.2)"
    ]


def opened_again(cycle, indicator):
    """Return Sở Y tế's report with the indicators that were added after the year was opened."""
    opening.open_cycle(cycle.plan, cycle.year, by=None, now=DURING)
    agency = indicator.participants.get().agency
    return Report.objects.select_related("cycle__plan", "agency").get(cycle=cycle, agency=agency)


# Documents


def test_published_report_is_offered_brief_first_and_in_one_click(page, season, accepted, focal_head):
    published = publish(season, focal_head)
    Document.objects.filter(consolidated_report=published).update(
        made_at=PUBLISHED, file="documents/2026/tep.pdf", sha256="0" * 64
    )

    response = page()

    assert links(response) == [
        ("/96-kh-ubnd-2018/2026/tong-hop/1/tom-tat/ban-tom-tat-2026.pdf", "Tải bản tóm tắt (PDF)"),
        ("/96-kh-ubnd-2018/2026/tong-hop/1/bao-cao-tong-hop-2026.pdf", "Tải bản PDF của báo cáo tổng hợp"),
    ]
    assert "Số 125/BC-SLĐTBXH, ngày 14/11/2026. Các bản và tệp khác" in words(response)
    assert "đã có thay đổi" not in words(response)


def test_signed_copy_stands_before_the_unsigned_one(page, season, accepted, focal_head, officer):
    published = publish(season, focal_head)
    Document.objects.filter(consolidated_report=published).update(
        made_at=PUBLISHED, file="documents/2026/tep.pdf", sha256="0" * 64
    )
    scan = SimpleUploadedFile("ban-ky.pdf", sample_files.pdf(), content_type="application/pdf")
    services.keep_signed_report(published, by=officer, now=PUBLISHED, scan=scan)

    response = page()

    assert [title for _, title in links(response)] == [
        "Tải bản tóm tắt (PDF)", "Tải bản đã ký (PDF)", "Tải bản PDF của báo cáo tổng hợp",
    ]  # fmt: skip
    [signed] = [address for address, title in links(response) if title == "Tải bản đã ký (PDF)"]
    file = page(signed)
    assert b"".join(file.streaming_content) == sample_files.pdf()
    file.close()


def test_documents_that_are_being_made_say_how_far_they_are(page, season, accepted, focal_head):
    publish(season, focal_head)

    response = page()

    assert links(response) == []
    assert "Các tệp của báo cáo này đang được tạo, thường xong sau ít phút." in words(response)


def test_version_before_is_offered_while_the_files_of_the_newest_are_being_made(
    page, season, accepted, focal_head, officer
):
    first = publish(season, focal_head)
    made = {"made_at": PUBLISHED, "file": "documents/2026/tep.pdf", "sha256": "0" * 64}
    Document.objects.filter(consolidated_report=first).update(**made)
    second = factories.publish(
        season, by=focal_head, now=PUBLISHED, number="126/BC-SLĐTBXH", issued_on=ISSUED_ON
    )  # fmt: skip

    response = page()

    said = words(response)
    assert "Các tệp của bản thứ 2 đang được tạo" in said
    assert "Trong khi chờ, vẫn tải được bản thứ 1, số 125/BC-SLĐTBXH, ngày 14/11/2026:" in said
    assert [address for address, _ in links(response)] == [first.brief_address("pdf"), first.file_address("pdf")]
    Document.objects.filter(consolidated_report=second).update(**made)
    assert [address for address, _ in links(page())] == [second.brief_address("pdf"), second.file_address("pdf")]


def test_outdated_report_says_since_when_and_that_the_page_is_newer(page, season, accepted, focal_head, officer):
    publish(season, focal_head)
    services.reopen_report(accepted, by=officer, now=PUBLISHED, reason=WORDS)

    said = words(page())

    assert (
        "Từ 09:00 14/11/2026 đã có thay đổi so với văn bản đã ban hành. Số liệu trên trang này là mới nhất; văn bản "
        "chưa có thay đổi đó, cơ quan đầu mối đang cập nhật."
    ) in said
    assert WORDS not in said


# Words, and only published ones


def ask_for_a_decision(cycle, text):
    """Keep a paragraph of the proposals for the People's Committee to decide."""
    part = cycle.consolidation.parts.get(key="kien-nghi")
    return part.paragraphs.create(position=99, text=text, for_decision=True)


def test_decisions_are_read_from_the_published_report_with_their_agencies(
    page, season, accepted, focal_head, officer
):
    services.take_over_all(season.consolidation, by=officer, now=DURING)
    proposals = season.consolidation.parts.get(key="kien-nghi")
    proposals.paragraphs.filter(text=WORDS).update(for_decision=True, text="Đề nghị bố trí kinh phí 2027.")
    ask_for_a_decision(season, "Đề nghị ban hành quy chế phối hợp.")
    publish(season, focal_head)
    ask_for_a_decision(season, "Đề nghị mới, chưa ban hành.")

    said = words(page())

    assert "2 việc cần quyết định" in said
    assert (
        "Cần quyết định (2) Đề nghị bố trí kinh phí 2027. (Sở Y tế) Đề nghị ban hành quy chế phối hợp. Gửi báo cáo"
    ) in said
    assert "chưa ban hành" not in said


def test_published_report_without_decisions_says_so(page, season, accepted, focal_head):
    publish(season, focal_head)

    said = words(page())

    assert "0 việc cần quyết định" in said
    assert "Báo cáo tổng hợp không đánh dấu kiến nghị nào cần UBND tỉnh quyết định" in said


def test_no_word_of_an_agency_is_there_before_it_is_published(page, season, accepted, officer):
    services.take_over_all(season.consolidation, by=officer, now=DURING)
    season.consolidation.parts.get(key="kien-nghi").paragraphs.update(for_decision=True)
    services.propose(season.consolidation, by=officer, now=DURING)

    response = page()

    assert accepted.submissions.get().content.count(WORDS) > 5
    assert WORDS in season.consolidation.proposed_content
    assert WORDS not in response.content.decode()


def test_words_of_a_published_part_that_asks_for_nothing_stay_in_the_document(page, season, accepted, focal_head):
    published = publish(season, focal_head)

    assert WORDS in published.content
    assert WORDS not in page().content.decode()


# Years


def test_years_stand_side_by_side_and_lead_to_each_other(page, plan, season, accepted):
    opened = datetime.datetime(2025, 10, 1, 8, 0, tzinfo=deadlines.VIETNAM)
    opening.open_cycle(plan, 2025, by=None, now=opened)

    this, last = page(), page("/96-kh-ubnd-2018/2025/tinh-hinh/")

    assert "Các năm Năm Đã gửi Gửi đúng hạn Gửi quá hạn 2025 0/4 0 0 2026 1/4 1 0" in words(this)
    assert '<th scope="row"><a href="/96-kh-ubnd-2018/2025/tinh-hinh/">2025</a></th>' in this.content.decode()
    assert '<th scope="row">2025</th>' in last.content.decode()
    assert "Tình hình gửi báo cáo qua các năm" in drawings(this)
    assert "Tình hình gửi báo cáo qua các năm" in drawings(last)


# Who reads it


def test_leader_of_any_body_that_the_plan_goes_to_begins_here(client, plan, cycle):
    council = factories.AgencyFactory(slug="hoi-dong-nhan-dan-tinh")
    plan.recipient_agencies.add(council)
    client.force_login(factories.MembershipFactory(agency=council, role=Role.LEADER).user)

    response = client.get("/", follow=True)

    assert response.redirect_chain == [(PAGE, 302)]
    assert f'href="{PAGE}" aria-current="page">Tình hình chung' in response.content.decode()


def test_leader_follows_only_the_plans_that_go_to_their_body(client, cycle):
    factories.MembershipFactory(role=Role.LEADER)
    leader = Membership.objects.get(role=Role.LEADER)
    factories.PlanFactory(number="97/KH-UBND")
    Plan.objects.get(number="97/KH-UBND").recipient_agencies.add(leader.agency)
    client.force_login(leader.user)

    assert client.get(PAGE).status_code == 403
    assert client.get("/96-kh-ubnd-2018/2026/tong-hop/").status_code == 403
    assert "Tình hình chung" not in client.get("/").content.decode()


def test_page_asks_as_often_for_many_indicators_decisions_and_years(
    page, plan, health_indicators, season, accepted, focal_head
):
    def queries():
        Document.objects.update(made_at=PUBLISHED, file="documents/2026/tep.pdf", sha256="0" * 64)
        page()
        with CaptureQueriesContext(connection) as captured:
            page()
        return len(captured)

    opening.open_cycle(plan, 2025, by=None, now=datetime.datetime(2025, 10, 1, tzinfo=deadlines.VIETNAM))
    health_indicators[0].targets.create(year=YEAR, value=3)
    ask_for_a_decision(season, "Đề nghị thứ nhất.")
    publish(season, focal_head)
    few = queries()

    for year in range(2019, 2025):
        opened = datetime.datetime(year, 10, 1, tzinfo=deadlines.VIETNAM)
        opening.open_cycle(plan, year, by=None, now=opened)
    table, own = health_indicators[0].table, health_indicators[0].participants.all()
    for indicator in factories.IndicatorFactory.create_batch(12, table=table, participants=own):
        indicator.targets.create(year=YEAR, value=5)
    opening.open_cycle(plan, YEAR, by=None, now=DURING)
    for number in range(9):
        ask_for_a_decision(season, f"Đề nghị {number}.")
    publish(season, focal_head)

    assert queries() == few
