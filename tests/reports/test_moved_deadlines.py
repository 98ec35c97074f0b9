"""A year's deadline that is moved: who is told of it, in which words, and when nobody is any more."""

import datetime

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import deadlines, delivery, emails, services
from reports.models import CycleEvent, Mail, Report
from reports.proof import entries_of
from tests import factories
from tests.conftest import DURING, fill

pytestmark = pytest.mark.long

WHY = "Công văn số 812/UBND-KGVX."
DATES = "/96-kh-ubnd-2018/2026/ky-bao-cao/ngay/"
SUBJECT = "Điều chỉnh hạn nộp báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND: hết ngày "


def on(month: int, day: int, hour: int = 9) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, tzinfo=deadlines.VIETNAM)


def move(cycle, by, day: int, *, month: int = 11, now: datetime.datetime = DURING) -> CycleEvent:
    """Move the year's last on-time day."""
    cycle.refresh_from_db()
    due_at = deadlines.after(datetime.date(2026, month, day))
    dates = factories.changed_dates(cycle, due_at=due_at)
    return services.change_cycle(cycle, by=by, now=now, dates=dates, reason=WHY)


def told() -> list[str]:
    """Return whom the mails of moved deadlines are to."""
    mails = Mail.objects.filter(kind=Mail.Kind.DEADLINE_MOVED).order_by("recipient__email")
    return list(mails.values_list("recipient__email", flat=True))


def letter_to(person, now: datetime.datetime = DURING) -> emails.Letter:
    return emails.compose(person.mails.filter(kind=Mail.Kind.DEADLINE_MOVED).latest("pk"), now)


def returned(report, head, officer, *, now: datetime.datetime) -> Report:
    services.submit_report(fill(report), by=head, now=on(10, 5))
    services.take_report(report, by=officer, now=now)
    services.return_report(report, by=officer, now=now, reason="Bổ sung.", reopened_keys=["chi-dao"])
    return report


# To whom


def test_clerks_heads_and_the_other_officers_are_told(season, officer, second_officer, focal_head):
    event = move(season, officer, 16)

    assert told() == [
        "chuyenvien@so-tu-phap.example",
        "chuyenvien@so-y-te.example",
        "dau-moi-2@so-ldtbxh.example",
        "giamdoc@so-ldtbxh.example",
        "lanhdao@so-y-te.example",
    ]
    assert set(Mail.objects.values_list("cycle_event", "due_from")) == {(event.pk, DURING)}


def test_administrator_who_moves_it_leaves_no_officer_out(season, administrator, officer):
    move(season, administrator, 16)

    assert officer.email in told()


def test_agency_that_has_sent_or_is_excused_is_not_told(season, report, head, officer, other_agency):
    services.submit_report(fill(report), by=head, now=DURING)
    other = season.reports.get(agency=other_agency)
    services.excuse_report(other, by=officer, now=DURING, reason="Sáp nhập.")

    move(season, officer, 16)

    assert told() == ["giamdoc@so-ldtbxh.example"]


@pytest.mark.parametrize("until", [12, 20])
def test_agency_that_keeps_its_extension_is_not_told(season, report, officer, until):
    granted_until = deadlines.after(datetime.date(2026, 11, until))
    services.grant_extension(report, by=officer, now=DURING, granted_until=granted_until, reason=WHY)

    move(season, officer, 16)

    assert told() == ["chuyenvien@so-tu-phap.example", "giamdoc@so-ldtbxh.example"]


def test_agency_whose_days_after_a_return_end_later_is_not_told(season, report, head, officer):
    returned(report, head, officer, now=on(11, 9))

    move(season, officer, 12, now=on(11, 9))

    assert told() == ["chuyenvien@so-tu-phap.example", "giamdoc@so-ldtbxh.example"]


def test_change_of_other_dates_and_of_a_year_that_is_not_open_tells_nobody(season, officer):
    dates = factories.changed_dates(season, data_to=datetime.date(2026, 11, 5))
    services.change_cycle(season, by=officer, now=DURING, dates=dates, reason=WHY)
    season.opened_at = None
    season.save()
    move(season, officer, 16)

    assert told() == []


def test_person_with_two_reports_gets_one_mail_of_both(season, clerk, other_agency, officer):
    factories.MembershipFactory(user=clerk, agency=other_agency)

    move(season, officer, 16)

    assert told().count(clerk.email) == 1
    letter = letter_to(clerk)
    assert "Sở Y tế: hạn nộp hết ngày 16/11/2026 (còn 27 ngày), trước đây hết ngày 09/11/2026.\n" in letter.text
    assert "Sở Tư pháp: hạn nộp hết ngày 16/11/2026 (còn 27 ngày), trước đây hết ngày 09/11/2026.\n" in letter.text


def test_move_tells_with_the_same_queries_however_many_agencies(season, officer):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            services.told_of_deadline(season, deadlines.after(datetime.date(2026, 11, 16)), by=officer)
        return len(captured)

    before = queries()
    for _ in range(3):
        participant = factories.ParticipantFactory(plan=season.plan, number=20 + season.reports.count())
        factories.MembershipFactory(agency=participant.agency)
        season.reports.create(agency=participant.agency, issuer_name=participant.name, participant_number=20)

    assert queries() == before


# In which words


def test_mail_to_an_agency_names_both_days_the_reason_and_whom_to_ask(season, clerk, officer):
    move(season, officer, 16)

    letter = letter_to(clerk)

    assert letter.subject == f"{SUBJECT}16/11/2026"
    assert letter.text == (
        "Kính gửi: Ông/Bà Nông Thị Chuyên\n"
        "\n"
        "Hạn nộp chung của báo cáo năm 2026 về kết quả thực hiện Kế hoạch số 96/KH-UBND được điều chỉnh: trước đây "
        "hết ngày 09/11/2026, nay hết ngày 16/11/2026.\n"
        "\n"
        "Lý do:\n"
        f"{WHY}\n"
        "\n"
        "Sở Y tế: hạn nộp hết ngày 16/11/2026 (còn 27 ngày), trước đây hết ngày 09/11/2026.\n"
        "Đề nghị Sở Y tế hoàn thành và nộp báo cáo trong thời hạn trên.\n"
        "\n"
        "Mở báo cáo:\n"
        f"{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/\n"
        "\n"
        "Cần hỗ trợ, đề nghị liên hệ Sở Lao động - Thương binh và Xã hội: Vi Thị Đầu, chuyên viên cơ quan "
        "đầu mối, điện thoại 0205 3871 234.\n"
        "\n"
        "Thư do Cổng theo dõi kế hoạch gửi tự động, đề nghị không trả lời thư này.\n"
    )
    assert "hết ngày <b>16/11/2026</b>" in letter.html
    assert WHY in letter.html


def test_mail_of_a_returned_report_counts_its_own_days(season, report, clerk, head, officer):
    returned(report, head, officer, now=on(11, 3))

    move(season, officer, 16, now=on(11, 4))

    letter = letter_to(clerk, on(11, 4))
    assert "Sở Y tế: hạn nộp hết ngày 16/11/2026 (còn 12 ngày), trước đây hết ngày 10/11/2026.\n" in letter.text


def test_mail_to_an_invited_body_requests_and_never_orders(season, report, clerk, officer):
    Report.objects.filter(pk=report.pk).update(is_invited=True)

    move(season, officer, 16)

    letter = letter_to(clerk)
    assert "Sở Y tế: thời hạn đề nghị hết ngày 16/11/2026" in letter.text
    assert "Trân trọng đề nghị Quý cơ quan gửi báo cáo trong thời hạn trên.\n" in letter.text


def test_mail_of_a_day_that_has_gone_by_asks_to_hurry(season, clerk, officer):
    move(season, officer, 18, month=10)

    letter = letter_to(clerk)
    assert "(quá hạn 2 ngày), trước đây hết ngày 09/11/2026.\n" in letter.text
    assert "Đề nghị Sở Y tế khẩn trương hoàn thành và nộp báo cáo.\n" in letter.text


def test_mail_to_another_officer_counts_agencies_and_says_who_did_it(season, report, officer, second_officer):
    granted_until = deadlines.after(datetime.date(2026, 11, 20))
    services.grant_extension(report, by=officer, now=DURING, granted_until=granted_until, reason=WHY)

    move(season, officer, 16)

    letter = letter_to(second_officer)
    assert letter.subject == f"{SUBJECT}16/11/2026"
    assert (
        "nay hết ngày 16/11/2026. Người điều chỉnh: Vi Thị Đầu. 3 cơ quan chưa nộp báo cáo nay theo hạn mới; "
        "1 cơ quan giữ hạn riêng đã được gia hạn.\n"
    ) in letter.text
    assert f"Xem kỳ báo cáo:\n{settings.SITE_URL}/96-kh-ubnd-2018/2026/ky-bao-cao/\n" in letter.text


# When it has nothing to say any more


def test_mail_does_not_leave_once_the_deadline_moved_again(season, clerk, officer):
    move(season, officer, 16)
    first = clerk.mails.get(kind=Mail.Kind.DEADLINE_MOVED)
    move(season, officer, 20)
    move(season, officer, 16)

    with pytest.raises(emails.NothingToSay, match="hạn nộp đã thay đổi lần nữa"):
        emails.compose(first, DURING)
    assert letter_to(clerk).subject == f"{SUBJECT}16/11/2026"


def test_mail_leaves_though_another_date_changed_since(season, clerk, officer):
    move(season, officer, 16)
    dates = factories.changed_dates(season, data_to=datetime.date(2026, 11, 5), last_day=datetime.date(2026, 11, 16))
    services.change_cycle(season, by=officer, now=DURING, dates=dates, reason=WHY)

    assert letter_to(clerk).subject == f"{SUBJECT}16/11/2026"


def test_mail_does_not_leave_to_an_agency_that_has_sent_meanwhile(season, report, clerk, head, officer):
    move(season, officer, 16)
    services.submit_report(fill(report), by=head, now=DURING)

    with pytest.raises(emails.NothingToSay, match="cơ quan đã nộp"):
        letter_to(clerk)


# Where it is read and proved


def test_mail_is_a_notice_and_stands_in_the_list_of_its_agency(season, clerk, head, officer, mail_server):
    move(season, officer, 16)
    delivery.deliver_waiting(lambda: DURING)

    [notice] = clerk.mails.notices()
    assert notice.subject == f"{SUBJECT}16/11/2026"
    reports = season.reports.select_related("agency")
    entries = [entry for entry in entries_of(season, reports) if entry.what == "Điều chỉnh hạn nộp chung"]
    assert [(entry.agency, entry.name, entry.state.value, entry.by) for entry in entries] == [
        ("Sở Lao động - Thương binh và Xã hội", "Lương Văn Trưởng", "Đã gửi", "Vi Thị Đầu"),
        ("Sở Tư pháp", "Lý Thị Khác", "Đã gửi", "Vi Thị Đầu"),
        ("Sở Y tế", "Hoàng Văn Đứng", "Đã gửi", "Vi Thị Đầu"),
        ("Sở Y tế", "Nông Thị Chuyên", "Đã gửi", "Vi Thị Đầu"),
    ]


def test_page_says_who_will_be_told_before_it_is_done(client, season, officer, second_officer, time_machine):
    time_machine.move_to(DURING, tick=False)
    client.force_login(officer)
    typed = {
        "opens_on": "01/10/2026",
        "data_from": "15/12/2025",
        "data_to": "31/10/2026",
        "due_at": "16/11/2026",
        "reason": WHY,
    }

    effects = client.post(DATES, typed).context["effects"]

    assert effects.lines[-2:] == [
        (
            "Báo hạn mới bằng thư, kèm lý do: 4 người ở 3 đơn vị",
            ["Sở Lao động - Thương binh và Xã hội", "Sở Tư pháp", "Sở Y tế"],
        ),
        ("Báo hạn mới cho 1 chuyên viên đầu mối khác", []),
    ]
    assert (
        "1 đơn vị có hạn mới nhưng chưa có đầu mối để báo; hãy gọi điện",
        ["Sở Tài chính"],
    ) in effects.warnings
    assert told() == []
