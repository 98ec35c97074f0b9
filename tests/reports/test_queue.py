"""What waits for an officer, by risk, and accepting several reports at once."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignments.models import Role
from reports import deadlines, opening, review_queue, services, standing
from reports.models import Comment, Mail, Report, Thread
from reports.navigation import places_for
from tests import factories
from tests.conftest import fill

pytestmark = pytest.mark.long


def on(month: int, day: int, hour: int = 9) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, tzinfo=deadlines.VIETNAM)


NOW = on(11, 20)


@pytest.fixture
def sent(cycle, officer):
    """Make an agency whose report is submitted at a time, after so many returns."""

    def make(number: int, name: str, at, *, returns: int = 0) -> Report:
        agency = factories.AgencyFactory(slug=f"co-quan-{number}", name=name)
        factories.ParticipantFactory(plan=cycle.plan, number=number, agency=agency)
        head = factories.MembershipFactory(agency=agency, role=Role.HEAD).user
        opening.open_cycle(cycle.plan, cycle.year, by=None, now=on(10, 1))
        report = fill(Report.objects.select_related("cycle__plan", "agency").get(agency=agency))
        for _ in range(returns):
            services.submit_report(report, by=head, now=on(10, 5))
            services.return_report(report, by=officer, now=on(10, 6), reason="Sửa.", reopened_keys=["danh-gia"])
        services.submit_report(report, by=head, now=at)
        return report

    return make


def remark(report, officer):
    part = report.parts.get(key="danh-gia")
    thread = Thread.objects.create(part=part, submission=report.submissions.last(), opened_at=NOW, opened_by=officer)
    Comment.objects.create(thread=thread, at=NOW, by=officer, text="Nêu rõ số liệu.")
    return thread


def standings_of(cycle):
    reports = Report.objects.filter(cycle=cycle).select_related("cycle__plan", "agency", "taken_by")
    return standing.standings(reports, now=NOW, corrections={})


def waiting(cycle, user):
    return review_queue.waiting_for_review(standings_of(cycle), cycle, user)


@pytest.fixture
def address(cycle, monkeypatch):
    for module in ("follow", "queue"):
        monkeypatch.setattr(f"reports.views.{module}.timezone.now", lambda: NOW)
    return reverse("queue", args=[cycle.plan.slug, cycle.year])


def test_queue_stands_by_risk_and_says_why(cycle, sent, officer):
    sent(20, "Chờ lâu", on(11, 1))
    sent(21, "Trả lại một lần", on(11, 2), returns=1)
    sent(22, "Trả lại hai lần", on(11, 3), returns=2)
    sent(23, "Nộp chậm", on(11, 14))
    sent(24, "Nộp hôm nay", NOW)
    sent(25, "Nộp chậm hơn", on(11, 13))

    rows = waiting(cycle, officer)

    assert [(row.report.issuer_name, row.reasons) for row in rows] == [
        ("Nộp chậm hơn", ["nộp chậm 4 ngày", "chờ 7 ngày"]),
        ("Nộp chậm", ["nộp chậm 5 ngày", "chờ 6 ngày"]),
        ("Nộp hôm nay", ["nộp chậm 11 ngày", "nộp hôm nay"]),
        ("Trả lại hai lần", ["đã trả lại 2 lần", "chờ 17 ngày"]),
        ("Chờ lâu", ["chờ 19 ngày"]),
        ("Trả lại một lần", ["đã trả lại 1 lần", "chờ 18 ngày"]),
    ]


def test_queue_lists_what_is_submitted_alone(cycle, sent, officer):
    services.accept_report(sent(20, "Đã chấp nhận", on(11, 1)), by=officer, now=on(11, 2))
    returned = sent(21, "Đã trả lại", on(11, 2))
    services.return_report(returned, by=officer, now=on(11, 18), reason="Sửa.", reopened_keys=["danh-gia"])

    assert waiting(cycle, officer) == []
    [row] = review_queue.waiting_for_agencies(standings_of(cycle), cycle, officer)
    assert (row.report, row.returns, row.last_return.by, row.standing.last_day) == (
        returned,
        1,
        officer,
        datetime.date(2026, 11, 26),  # 24 November is a holiday
    )


def test_who_had_a_part_in_a_report_may_not_accept_it(cycle, sent, officer, second_officer):
    written, clean = sent(20, "Có phần", on(11, 1)), sent(21, "Không có phần", on(11, 2))
    written.writers.add(officer)

    assert {row.report: row.why_not_acceptable for row in waiting(cycle, officer)} == {
        written: "bạn đã soạn, nhập, nộp hoặc trả lời về báo cáo này nên không thẩm tra",
        clean: "",
    }
    assert {row.why_not_acceptable for row in waiting(cycle, second_officer)} == {""}


def test_open_remark_keeps_a_report_from_being_chosen(client, address, cycle, sent, officer):
    thread = remark(sent(20, "Còn ý kiến", on(11, 1)), officer)
    client.force_login(officer)

    page = client.get(address).content.decode()

    assert "còn 1 ý kiến chưa kết thúc" in page
    assert 'name="bao-cao"' not in page
    Thread.objects.filter(pk=thread.pk).update(resolved_at=NOW, resolved_by=officer)
    assert 'name="bao-cao" value="co-quan-20.1"' in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("tat-ca", ["Của tôi", "Của người khác", "Chưa ai nhận"]),
        ("cua-toi", ["Của tôi"]),
        ("chua-ai-nhan", ["Chưa ai nhận"]),
        ("gi-do", ["Của tôi", "Của người khác", "Chưa ai nhận"]),
    ],
)
def test_filter_tells_mine_from_nobodys(client, address, sent, officer, second_officer, chosen, expected):
    services.take_report(sent(20, "Của tôi", on(11, 1)), by=officer, now=on(11, 4))
    services.take_report(sent(21, "Của người khác", on(11, 2)), by=second_officer, now=on(11, 4))
    sent(22, "Chưa ai nhận", on(11, 3))
    client.force_login(officer)

    page = client.get(address, {"loc": chosen}).content.decode()

    assert re.findall(r'/tham-tra/">([^<]+)</a>', page) == expected
    assert "Tôi đã nhận (1)" in page
    assert "Chưa ai nhận (1)" in page


def test_returned_report_is_shown_with_its_new_deadline(client, address, sent, officer):
    report = sent(20, "Huyện A", on(11, 2))
    services.return_report(report, by=officer, now=on(11, 3), reason="Sửa.", reopened_keys=["danh-gia"])
    client.force_login(officer)

    page = " ".join(client.get(address).content.decode().split())

    assert "Không có báo cáo nào chờ thẩm tra." in page
    assert "Đã trả lại, chưa nộp lại (1)" in page
    assert "quá hạn 10 ngày" in page
    assert '<td data-title="Trả lại">03/11/2026, Vi Thị Đầu</td>' in page


def test_place_in_the_navigation_is_the_officers(cycle, officer, focal_head):
    assert "Chờ thẩm tra" in [place.title for place in places_for(officer)]
    assert "Chờ thẩm tra" not in [place.title for place in places_for(focal_head)]


# Accepting several at once


def test_confirmation_lists_what_was_chosen_and_writes_nothing(client, address, sent, officer):
    first, second = sent(20, "Huyện A", on(11, 1)), sent(21, "Huyện B", on(11, 2))
    remark(second, officer)
    client.force_login(officer)

    chosen = ["co-quan-20.1", "co-quan-21.1", "co-quan-22.1"]
    page = " ".join(client.get(address + "accept/", {"bao-cao": chosen}).content.decode().split())

    assert re.findall(r'name="bao-cao" value="([^"]+)"', page) == ["co-quan-20.1"]
    assert "Huyện B: còn 1 ý kiến chưa kết thúc." in page
    assert "1 báo cáo đã chọn không còn ở trạng thái chờ thẩm tra" in page
    first.refresh_from_db()
    assert first.status == "submitted"


def test_accepting_several_accepts_each_and_tells_its_agency(client, address, sent, officer):
    reports = [sent(20, "Huyện A", on(11, 1)), sent(21, "Huyện B", on(11, 2))]
    client.force_login(officer)

    page = client.post(address + "accept/", {"bao-cao": ["co-quan-20.1", "co-quan-21.1"]}, follow=True)

    assert "Đã chấp nhận 2 báo cáo: Huyện A; Huyện B." in page.content.decode()
    assert {Report.objects.get(pk=report.pk).status for report in reports} == {"accepted"}
    assert Mail.objects.filter(kind="report_accepted").count() == 2


def test_accepting_several_refuses_what_changed_meanwhile_and_accepts_the_rest(client, address, sent, officer):
    anew, withdrawn, remarked, good = (
        sent(number, name, on(11, 1))
        for number, name in ((20, "Nộp lại"), (21, "Thu hồi"), (22, "Có ý kiến"), (23, "Huyện B"))
    )
    for report in (anew, withdrawn):
        services.withdraw_report(report, by=report.submissions.last().submitted_by, now=on(11, 2))
    services.submit_report(anew, by=anew.submissions.last().submitted_by, now=on(11, 3))
    remark(remarked, officer)
    client.force_login(officer)

    chosen = [f"co-quan-{number}.1" for number in (20, 21, 22, 23)]
    page = " ".join(client.post(address + "accept/", {"bao-cao": chosen}, follow=True).content.decode().split())

    changed = "cơ quan đã thu hồi hoặc nộp lần mới sau khi bạn mở trang. Hãy xem lại báo cáo."
    assert "Đã chấp nhận 1 báo cáo: Huyện B." in page
    assert f"Chưa chấp nhận báo cáo của Nộp lại: {changed}" in page
    assert f"Chưa chấp nhận báo cáo của Thu hồi: {changed}" in page
    assert "Chưa chấp nhận báo cáo của Có ý kiến: " in page
    statuses = {r.issuer_name: Report.objects.get(pk=r.pk).status for r in (anew, withdrawn, remarked, good)}
    assert statuses == {"Nộp lại": "submitted", "Thu hồi": "draft", "Có ý kiến": "submitted", "Huyện B": "accepted"}


def test_accepting_several_refuses_what_the_officer_had_a_part_in(client, address, sent, officer):
    report = sent(20, "Huyện A", on(11, 1))
    report.writers.add(officer)
    client.force_login(officer)

    page = client.post(address + "accept/", {"bao-cao": ["co-quan-20.1"]}, follow=True).content.decode()

    assert "Chưa chấp nhận báo cáo của Huyện A: Bạn không có quyền thực hiện việc này: Chấp nhận." in page
    report.refresh_from_db()
    assert report.status == "submitted"


@pytest.mark.parametrize("choice", ["", "co-quan-20", "co-quan-20.x", "khong-co.1", f"co-quan-20.{'9' * 5000}"])
def test_accepting_nothing_that_is_there_says_so(client, address, sent, officer, choice):
    sent(20, "Huyện A", on(11, 1))
    client.force_login(officer)

    page = client.post(address + "accept/", {"bao-cao": [choice]}, follow=True).content.decode()

    assert "Chưa có báo cáo nào được chọn." in page


@pytest.mark.parametrize("list_of", [review_queue.waiting_for_review, review_queue.waiting_for_agencies])
def test_queue_asks_as_often_for_many_reports(cycle, sent, officer, list_of):
    def questions() -> int:
        rows = standings_of(cycle)
        with CaptureQueriesContext(connection) as captured:
            list_of(rows, cycle, officer)
        return len(captured)

    returned = sent(20, "Trả lại", on(11, 1), returns=1)
    services.return_report(returned, by=officer, now=on(11, 3), reason="Sửa.", reopened_keys=["danh-gia"])
    sent(21, "Nộp", on(11, 1))
    few = questions()
    for number in range(22, 30):
        report = sent(number, f"Huyện {number}", on(11, 1), returns=1)
        if number % 2:
            services.return_report(report, by=officer, now=on(11, 3), reason="Sửa.", reopened_keys=["danh-gia"])

    assert questions() == few == 7
