"""A season on pretended days is the season that the sweep would play; and the officers' pages about reminding."""

import datetime
import re

import pytest

from assignments.models import Role
from reports import deadlines, delivery, rehearsal, reminders, services
from reports.models import CycleEvent, Mail, MutedTopic, ReminderDue, Report, WaitingReminder
from tests import factories
from tests.conftest import fill

pytestmark = pytest.mark.long


def on(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=deadlines.VIETNAM)


def at(day: datetime.date, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, minute), deadlines.VIETNAM)


@pytest.fixture
def mixed(season, report, head, officer, second_officer, other_agency, focal_agency):
    """Sở Y tế waits for review, Sở Tư pháp's was returned and gets a second clerk in the midst of it all.

    Sở Tài chính has nobody; an officer is the focal agency's clerk too, and does without the list of who is late.
    """
    services.submit_report(fill(report), by=head, now=on(10, 1, 15))
    Report.objects.filter(agency=other_agency).update(status="returned", returned_at=on(10, 5))
    factories.MembershipFactory(agency=other_agency, valid_from=datetime.date(2026, 11, 5))
    factories.MembershipFactory(user=officer, agency=focal_agency, role=Role.CLERK)
    MutedTopic.objects.create(user=officer, topic="reminder_follow", muted_at=on(10, 1))
    return season


def rehearsed(cycle, **state) -> list[tuple]:
    """Return every mail of the season: day, person, subject, text, whether it leaves."""
    mails = []
    for day in rehearsal.play(cycle, rehearsal.season_days(cycle), from_the_start=True, **state):
        for mail, letter in day.letters():
            for one in [letter, letter.aside]:
                if one:
                    mails.append((day.day, mail.recipient.full_name, one.subject, one.text, not one.is_muted))
    return sorted(mails)


def played(cycle) -> list[tuple]:
    """Let the sweep go over the season, at midnight and in the morning, and return what became of its mails."""
    for day in rehearsal.season_days(cycle):
        morning = at(day, 7, 30)
        reminders.claim_due_reminders(at(day, 0))
        delivery.deliver_waiting(lambda now=morning: now)
    mails = Mail.objects.filter(kind=Mail.Kind.REMINDER).select_related("recipient")
    return sorted(
        (deadlines.day_of(mail.noticed_at), mail.recipient.full_name, mail.subject, mail.text, bool(mail.sent_at))
        for mail in mails
    )


def test_rehearsal_is_the_season_that_the_sweep_plays_mail_by_mail(mixed):
    expected = rehearsed(mixed)

    assert (Mail.objects.filter(kind="reminder").count(), ReminderDue.objects.count()) == (0, 0)
    assert WaitingReminder.objects.count() == 0
    assert len(expected) > 40
    assert played(mixed) == expected


def test_rehearsal_of_a_year_in_which_nobody_reports_is_that_season_too(season, report, head):
    """Nobody has reported yet, so that what is pretended is what is."""
    expected = rehearsed(season, nobody_reports=True)

    assert played(season) == expected


def test_rehearsal_of_nobody_reporting_forgets_what_was_reported(mixed):
    assert {text for *_, text, _ in rehearsed(mixed, nobody_reports=True) if "chờ thẩm tra" in text} == set()
    assert any("của Sở Y tế" in text for *_, text, _ in rehearsed(mixed, nobody_reports=True))


def test_coming_days_go_on_from_what_was_claimed(season, clerk):
    for day in (10, 26):
        reminders.claim_due_reminders(on(10, day))

    days = rehearsal.play(season, rehearsal.season_days(season, datetime.date(2026, 10, 26)))

    assert [day.day for day in days if any(mail.recipient == clerk for mail in day.mails)] == [
        datetime.date(2026, 11, day) for day in (2, 6, 8, 10, 12, 16)
    ]


# The pages


@pytest.fixture
def page(client, officer, time_machine):
    time_machine.move_to("2026-11-01 08:00+07:00")
    client.force_login(officer)

    def read(place, status=200, **fields):
        address = place if place.startswith("/") else f"/96-kh-ubnd-2018/2026/nhac-viec/{place}"
        response = client.post(address, fields, follow=True) if fields else client.get(address)
        assert response.status_code == status
        main = response.content.decode().partition("<main")[2].partition("</main>")[0].partition(">")[2]
        return " ".join(re.sub(r"<[^>]+>", " ", main).split())

    return read


def test_page_says_what_goes_out_when_and_to_whom(season, page):
    said = page("")

    assert "Thứ Hai, 02/11/2026: 4 thư" in said
    assert "Nông Thị Chuyên : mốc trước hạn 7 ngày (Sở Y tế)" in said
    assert "Chưa có đầu mối: Sở Tài chính . Thư gửi chuyên viên cơ quan đầu mối." in said
    assert "Từ ngày này, trang của lãnh đạo tỉnh nêu tên: " in said


def test_page_says_what_went_out_lately_and_what_became_of_it(season, page, clerk):
    reminders.claim_due_reminders(on(10, 26))
    delivery.deliver_waiting(lambda: on(10, 26))

    assert "Nông Thị Chuyên Sở Y tế đã gửi đến chuyenvien@so-y-te.example lúc 09:00 26/10/2026" in page("")


def test_pause_is_shown_with_its_reason_until_it_ends(season, page, client):
    said = page("pause/", reason="Chờ văn bản lùi hạn.")

    loud = "Đang tạm dừng nhắc kỳ báo cáo năm 2026 từ 08:00 01/11/2026, Vi Thị Đầu. Lý do: Chờ văn bản lùi hạn."
    assert loud in said
    assert loud in page("/96-kh-ubnd-2018/2026/")
    assert "Đã nhắc trở lại." in page("resume/", sure="1")
    assert loud not in page("/96-kh-ubnd-2018/2026/")
    assert CycleEvent.objects.filter(kind__startswith="reminders").count() == 2


def test_pause_without_a_reason_says_what_to_do(season, page):
    assert "Hãy ghi rõ lý do tạm dừng nhắc." in page("pause/", status=422, reason=" ")
    assert not CycleEvent.objects.filter(kind="reminders_paused").exists()


def test_pause_is_loud_on_the_administrators_home(season, page, client, administrator):
    page("pause/", reason="Chờ văn bản lùi hạn.")
    client.force_login(administrator)

    assert "Đang tạm dừng nhắc" in client.get("/").content.decode()


def test_rehearsal_page_shows_a_day_with_every_mail_in_full(season, page):
    said = page("dien-tap/?tinh-huong=khong-nop&ngay=2026-11-16")

    assert "Thứ Hai, 16/11/2026: " in said
    assert "Nông Thị Chuyên &lt;chuyenvien@so-y-te.example&gt;: Nhắc nộp báo cáo năm 2026" in said
    assert "Báo cáo đã quá hạn 7 ngày. Thực hiện yêu cầu" in said
    assert "Vi Thị Đầu &lt;dau-moi@so-ldtbxh.example&gt;: Nhắc việc: 4 báo cáo" in said
    assert "19/11/2026 : 0 thư, lãnh đạo tỉnh thấy 4 cơ quan quá hạn" in said


@pytest.mark.parametrize("asked", ["", "?ngay=khong-phai-ngay", "?ngay=2026-13-45", "?tinh-huong=khac"])
def test_rehearsal_page_begins_with_the_first_day(season, page, asked):
    assert "Thứ Bảy, 10/10/2026: 4 thư" in page(f"dien-tap/{asked}")
