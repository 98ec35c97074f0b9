"""An agency's home: what is owed, by when, how far it is, and the one thing to do next."""

import datetime
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import Membership, Role, User
from reports import deadlines, opening, services
from reports.models import ImplementationPlan, Report
from tests import factories
from tests import sample_files as sample
from tests.conftest import DURING, fill

pytestmark = pytest.mark.long

LATER = DURING + datetime.timedelta(hours=1)
START = "/96-kh-ubnd-2018/2026/so-y-te/"
REASON = "Bổ sung số liệu."


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(LATER, tick=False)


def at(report) -> Report:
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


def save(report, key, *, by, now=DURING, text="Đã viết."):
    part = report.parts.get(key=key)
    return services.save_part(part, by=by, now=now, version=part.version, text=text, progress={})


def home_of(client, person) -> str:
    client.force_login(person)
    return client.get("/").content.decode()


def words_of(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page.split("<main", 1)[1]).split())


def main_button(page: str) -> tuple[str, str]:
    """Return what the one main button says and where it leads."""
    [(address, label)] = re.findall(r'<a class="btn btn-primary btn-lg" href="([^"]+)">([^<]+)</a>', page)
    return label, address


# The card


def test_untouched_report_says_when_it_is_due_and_begins_at_its_first_part(client, report, clerk):
    page = home_of(client, clerk)

    words = words_of(page)
    assert "Hạn nộp hết ngày 09/11/2026 còn 20 ngày" in words
    assert "Đã xong 2/8 phần" in words
    assert "Sửa gần nhất chưa ai viết" in words
    assert "Còn 6 phần chưa đủ:" in words
    assert main_button(page) == ("Bắt đầu viết báo cáo", f"{START}chi-dao/")


def test_draft_goes_on_at_the_first_missing_part_and_names_who_wrote_last(client, report, clerk, head):
    save(report, "chi-dao", by=clerk)
    save(report, "danh-gia", by=head, now=LATER)

    page = home_of(client, clerk)

    assert "Sửa gần nhất Hoàng Văn Đứng Đánh giá chung, 10:00 20/10/2026" in words_of(page)
    assert main_button(page) == ("Viết tiếp: Nội dung 1", f"{START}noi-dung-1/")


def test_head_of_an_agency_whose_clerk_writes_is_shown_the_draft(client, report, clerk, head):
    assert main_button(home_of(client, head)) == ("Xem báo cáo đang soạn", f"{START}kiem-tra/")


def test_head_of_an_agency_without_a_clerk_writes(client, report, head):
    assert main_button(home_of(client, head)) == ("Bắt đầu viết báo cáo", f"{START}chi-dao/")


def test_complete_report_leads_to_the_check(client, complete_report, clerk, head):
    assert main_button(home_of(client, clerk)) == ("Kiểm tra và trình lãnh đạo", f"{START}kiem-tra/")
    assert main_button(home_of(client, head)) == ("Kiểm tra và nộp", f"{START}kiem-tra/")


def test_report_sent_up_is_the_heads_to_approve(client, complete_report, clerk, head):
    services.send_up(at(complete_report), by=clerk, now=DURING)

    assert main_button(home_of(client, head)) == ("Xem và duyệt báo cáo", f"{START}kiem-tra/")
    assert main_button(home_of(client, clerk)) == ("Xem báo cáo đã trình", f"{START}kiem-tra/")


def test_submitted_and_accepted_report_lead_to_the_receipt(client, complete_report, clerk, head, officer):
    services.submit_report(at(complete_report), by=head, now=DURING)
    submitted = main_button(home_of(client, clerk))
    services.accept_report(at(complete_report), by=officer, now=LATER)

    assert submitted == main_button(home_of(client, clerk)) == ("Xem phiếu tiếp nhận", f"{START}lan-nop/1/")


def test_returned_report_has_the_officers_note_on_top_and_goes_to_the_part_to_mend(
    client, complete_report, clerk, head, officer
):
    services.submit_report(at(complete_report), by=head, now=DURING)
    services.return_report(
        at(complete_report), by=officer, now=DURING, reason=REASON, reopened_keys=["noi-dung-2", "danh-gia"]
    )

    page = home_of(client, clerk)
    words = words_of(page)
    assert words.index("Bổ sung số liệu.") < words.index("Hạn nộp lại hết ngày 09/11/2026")
    assert "Cần sửa theo ý kiến trả lại: Nội dung 2. Nội dung thứ 2 Đánh giá chung" in words
    assert main_button(page) == ("Sửa: Nội dung 2", f"{START}noi-dung-2/")
    save(complete_report, "noi-dung-2", by=clerk, now=LATER)
    assert main_button(home_of(client, clerk)) == ("Sửa: Đánh giá chung", f"{START}danh-gia/")
    save(complete_report, "danh-gia", by=clerk, now=LATER)
    assert main_button(home_of(client, clerk)) == ("Kiểm tra và trình lãnh đạo", f"{START}kiem-tra/")


def test_returned_part_that_got_evidence_is_mended(client, complete_report, clerk, head, officer):
    services.submit_report(at(complete_report), by=head, now=DURING)
    services.return_report(
        at(complete_report), by=officer, now=DURING, reason=REASON, reopened_keys=["noi-dung-1", "danh-gia"]
    )
    progress = complete_report.parts.get(key="noi-dung-1").progress.get(task__code="ND-1.1")

    services.add_evidence(progress, by=clerk, now=LATER, name="a.pdf", file=io.BytesIO(sample.pdf()))

    page = home_of(client, clerk)
    assert "Cần sửa theo ý kiến trả lại: Đánh giá chung" in words_of(page)
    assert main_button(page) == ("Sửa: Đánh giá chung", f"{START}danh-gia/")


def test_reason_of_the_head_stays_on_top_until_the_report_is_sent_up_again(client, complete_report, clerk, head):
    services.send_up(at(complete_report), by=clerk, now=DURING)
    services.send_down(at(complete_report), by=head, now=DURING, reason=REASON)
    sent_down = words_of(home_of(client, clerk))
    services.send_up(at(complete_report), by=clerk, now=LATER)

    assert "Lãnh đạo chưa duyệt ngày 20/10/2026, Hoàng Văn Đứng Bổ sung số liệu." in sent_down
    assert "Bổ sung số liệu." not in words_of(home_of(client, clerk))


def test_late_report_says_by_how_many_days(client, report, clerk, time_machine):
    time_machine.move_to("2026-11-12 09:00+07:00")

    page = home_of(client, clerk)

    assert '<span class="text-danger fw-semibold">quá hạn 3 ngày</span>' in page
    assert "panel-danger" in page


def test_report_that_is_owed_comes_before_one_that_is_not(client, complete_report, clerk, head, budget_agency):
    factories.MembershipFactory(user=clerk, agency=budget_agency)
    services.submit_report(at(complete_report), by=head, now=DURING)

    words = words_of(home_of(client, clerk))

    assert words.index("Sở Tài chính: báo cáo năm 2026") < words.index("Sở Y tế: báo cáo năm 2026")


def test_from_home_to_the_first_field_is_one_click(client, report, clerk):
    _, address = main_button(home_of(client, clerk))

    assert 'name="text"' in client.get(address).content.decode()


def test_home_says_whether_the_agency_has_a_plan_of_its_own(client, report, clerk):
    without = words_of(home_of(client, clerk))
    ImplementationPlan.objects.create(
        plan=report.cycle.plan,
        agency=report.agency,
        number="12/KH-SYT",
        issued_on=datetime.date(2019, 2, 1),
        saved_at=DURING,
        saved_by=clerk,
    )

    assert "Kế hoạch triển khai của đơn vị: chưa khai. Ghi số, ngày hoặc lý do chưa có" in without
    assert "Kế hoạch triển khai của đơn vị: số 12/KH-SYT, ngày 01/02/2019. Xem hoặc sửa" in words_of(
        home_of(client, clerk)
    )


# People


def test_home_names_the_agencys_people_who_is_away_and_who_stands_in(client, report, agency, clerk, head):
    User.objects.filter(pk=clerk.pk).update(telephone="0912 000 111")
    Membership.objects.create(
        user=clerk,
        agency=agency,
        role=Role.HEAD,
        stands_in_for=head,
        valid_from=datetime.date(2026, 10, 19),
        valid_to=datetime.date(2026, 10, 30),
    )

    page = home_of(client, clerk)

    words = words_of(page)
    assert (
        "Hoàng Văn Đứng , Phó Giám đốc: lãnh đạo đơn vị "
        "vắng mặt 19/10/2026 - 30/10/2026: Nông Thị Chuyên làm thay" in words
    )
    assert "Nông Thị Chuyên : lãnh đạo đơn vị (làm thay Hoàng Văn Đứng đến hết 30/10/2026), 0912 000 111" in words
    assert 'href="/co-quan/so-y-te/"' in page


def test_officer_finds_the_own_agencys_report_from_every_page(client, cycle, officer):
    client.force_login(officer)

    page = client.get("/", follow=True).content.decode()

    assert (
        '<a class="nav-link" href="/96-kh-ubnd-2018/2026/so-lao-dong-thuong-binh-va-xa-hoi/">Báo cáo của đơn vị</a>'
        in page
    )


def test_officer_who_writes_too_comes_to_the_parts_of_the_own_report(client, cycle, officer, focal_agency):
    factories.MembershipFactory(user=officer, agency=focal_agency)
    client.force_login(officer)

    response = client.get("/96-kh-ubnd-2018/2026/so-lao-dong-thuong-binh-va-xa-hoi/")

    assert "Các phần của báo cáo" in response.content.decode()


# Years and queries


def test_home_asks_as_often_for_many_years(client, plan, complete_report, clerk, head):
    def queries() -> int:
        client.get("/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        return len(captured)

    def earlier(year: int) -> None:
        then = datetime.datetime(year, 10, 20, 9, 0, tzinfo=deadlines.VIETNAM)
        cycle, _ = opening.open_cycle(plan, year, by=None, now=then)
        services.submit_report(fill(at(cycle.reports.get(agency=complete_report.agency))), by=head, now=then)

    client.force_login(clerk)
    earlier(2025)
    few = queries()

    for year in range(2018, 2025):
        earlier(year)

    assert queries() == few
