"""A person's mails as they are read in the portal, and the kinds they have switched off."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import deadlines, delivery, reminders, services
from reports.models import Mail, MutedTopic, ReminderDue, Report
from tests.conftest import fill

pytestmark = pytest.mark.long

PAGE = "/thu-cua-toi/"
MUTED = "người nhận đã tắt loại thư này"


def on(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=deadlines.VIETNAM)


def deliver(now: datetime.datetime) -> int:
    return delivery.deliver_waiting(lambda: now)


def mute(person, topic):
    return MutedTopic.objects.create(user=person, topic=topic, muted_at=on(10, 1))


def words(response) -> str:
    """Return the words of a page's main part."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def unread_in_header(client) -> list[str]:
    return re.findall(r'<span class="unread">(\d+)<', client.get(PAGE).content.decode())


@pytest.fixture
def submitted(season, report, clerk, head, officer):
    services.submit_report(fill(report), by=head, now=on(10, 20))
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


@pytest.fixture
def accepted(submitted, officer):
    """Its receipts have left; that it was accepted has not."""
    deliver(on(10, 20, 10))
    services.accept_report(submitted, by=officer, now=on(10, 21))
    return submitted


# When a notice is there


def test_mail_is_a_notice_from_the_moment_it_leaves(season, clerk, mail_server):
    reminders.claim_due_reminders(on(11, 2, 0))

    deliver(on(11, 2, 7, 0))
    assert list(clerk.mails.notices()) == []

    deliver(on(11, 2, 7, 30))
    [notice] = clerk.mails.notices()
    assert (notice.noticed_at, notice.read_at, notice.sent_at) == (on(11, 2, 7, 30), None, on(11, 2, 7, 30))


def test_mail_refused_for_good_is_a_notice_all_the_same(season, clerk, mail_server):
    mail_server.on["RCPT"] = lambda _: "550 5.1.1 No such user"
    reminders.claim_due_reminders(on(11, 2))

    deliver(on(11, 2))

    [notice] = clerk.mails.notices()
    assert notice.subject.startswith("Nhắc nộp báo cáo năm 2026")
    assert "Báo cáo còn thiếu:" in notice.text
    assert (notice.sent_at, notice.why) == (None, "máy chủ thư từ chối: 550 5.1.1 No such user")


def test_mail_that_finds_no_server_is_a_notice_with_the_words_of_its_last_try(season, clerk, settings, mail_server):
    reminders.claim_due_reminders(on(11, 2))
    ReminderDue.objects.exclude(recipient=clerk).delete()
    Mail.objects.exclude(recipient=clerk).delete()
    settings.EMAIL_PORT = 1

    with pytest.raises(ExceptionGroup):
        deliver(on(11, 2))
    [first] = clerk.mails.notices()
    settings.EMAIL_PORT = mail_server.port
    deliver(on(11, 3))

    [second] = clerk.mails.notices()
    assert (first.noticed_at, first.sent_at) == (on(11, 2), None)
    assert first.subject.endswith("còn 7 ngày")
    assert (second.noticed_at, second.sent_at) == (on(11, 2), on(11, 3))
    assert second.subject.endswith("còn 6 ngày")


def test_mail_that_lost_its_reason_is_no_notice(submitted, clerk, officer, mail_server):
    services.accept_report(submitted, by=officer, now=on(10, 21))
    submitted = Report.objects.select_related("cycle__plan", "agency").get(pk=submitted.pk)
    services.reopen_report(submitted, by=officer, now=on(10, 22), reason="Bổ sung.")
    deliver(on(10, 22))

    assert not clerk.mails.notices().filter(kind=Mail.Kind.REPORT_ACCEPTED).exists()


# What is switched off


def test_muted_mail_stays_a_notice_and_says_why_it_did_not_leave(accepted, clerk, head, mail_server):
    mute(clerk, "report_accepted")

    deliver(on(10, 21))

    assert mail_server.recipients == [head.email]
    mail = clerk.mails.get(kind=Mail.Kind.REPORT_ACCEPTED)
    assert mail.subject == "Đã chấp nhận báo cáo năm 2026 của Sở Y tế thực hiện Kế hoạch số 96/KH-UBND"
    assert (mail.noticed_at, mail.sent_at, mail.cancelled_at, mail.why, mail.address) == (
        on(10, 21), None, on(10, 21), MUTED, ""
    )  # fmt: skip


def test_muting_one_kind_leaves_the_others(submitted, clerk, head, mail_server):
    mute(clerk, "report_accepted")

    deliver(on(10, 20))

    assert mail_server.recipients == [clerk.email, head.email]


def test_muted_reminder_of_others_reports_is_kept_and_its_row_says_why(season, officer, mail_server):
    mute(officer, "reminder_follow")
    reminders.claim_due_reminders(on(11, 16))

    deliver(on(11, 16))

    assert officer.email not in mail_server.recipients
    [mail] = officer.mails.all()
    assert mail.subject.startswith("Nhắc việc: 4 báo cáo")
    assert mail.why == MUTED
    assert set(officer.reminders.values_list("outcome", "why", "mail")) == {("skipped", MUTED, mail.pk)}


def test_officer_who_reports_too_still_gets_the_reminder_of_the_own_report_alone(
    season, officer, focal_agency, mail_server
):
    """One mail for the agency's own report; what was switched off is a notice of its own."""
    officer.memberships.create(agency=focal_agency, role="clerk", valid_from=datetime.date(2018, 1, 1))
    mute(officer, "reminder_follow")
    reminders.claim_due_reminders(on(11, 16))

    deliver(on(11, 16))

    [message] = [message for message in mail_server.messages if message["To"] == officer.email]
    body = message.get_body(["plain"]).get_content()
    assert "Báo cáo năm 2026 của Sở Lao động - Thương binh và Xã hội" in body
    assert "Sở Y tế" not in body
    sent, aside = officer.mails.order_by("pk")
    assert sent.text == body.replace("\r\n", "\n")
    assert (aside.sent_at, aside.why, aside.noticed_at) == (None, MUTED, on(11, 16))
    assert "Sở Y tế" in aside.text
    assert sorted(officer.reminders.values_list("report__agency__slug", "outcome")) == [
        ("so-lao-dong-thuong-binh-va-xa-hoi", "sent"),
        ("so-tai-chinh", "skipped"),
        ("so-tu-phap", "skipped"),
        ("so-y-te", "skipped"),
    ]


def test_reminder_of_the_own_report_cannot_be_switched_off(season, clerk, mail_server):
    mute(clerk, "reminder_follow")
    reminders.claim_due_reminders(on(11, 16))

    deliver(on(11, 16))

    assert clerk.email in mail_server.recipients


def test_reminder_after_a_days_mail_that_was_switched_off_leaves_the_same_day(
    season, officer, other_agency, mail_server
):
    """A mail that was not sent by choice is not the one mail of the day."""
    later = deadlines.midnight(datetime.date(2026, 11, 24))
    Report.objects.filter(agency=other_agency).update(extended_due_at=later)
    mute(officer, "reminder_follow")
    reminders.claim_due_reminders(on(11, 16, 8))
    deliver(on(11, 16, 8))
    mail_server.messages.clear()
    officer.memberships.create(agency=other_agency, role="clerk", valid_from=datetime.date(2018, 1, 1))

    reminders.claim_due_reminders(on(11, 16))
    deliver(on(11, 16))

    assert mail_server.recipients == [officer.email]


# The page


def test_page_shows_every_mail_with_what_became_of_it(accepted, clerk, client, mail_server):
    mute(clerk, "report_accepted")
    deliver(on(10, 21))
    client.force_login(clerk)

    response = client.get(PAGE)

    said = words(response)
    assert said.startswith(
        "Thư của tôi Mọi thư hệ thống gửi đến chuyenvien@so-y-te.example đều đọc được tại đây, kể cả khi thư không "
        "đến hộp thư. Chọn loại thư muốn nhận . 2 thư chưa đọc. Đã đọc tất cả Chưa đọc Đã chấp nhận báo cáo năm 2026"
    )
    assert f"09:00 21/10/2026 · không gửi vào hộp thư: {MUTED}" in said
    assert "10:00 20/10/2026 · đã gửi đến chuyenvien@so-y-te.example lúc 10:00 20/10/2026" in said
    assert "/96-kh-ubnd-2018/2026/so-y-te/" in re.findall(
        r'<a href="http[^/]*//[^/]*([^"]*)"', response.content.decode()
    )


def test_page_without_mails_says_what_will_come(client, leader):
    client.force_login(leader)

    assert "Chưa có thư nào." in words(client.get(PAGE))


def test_page_shows_nobody_elses_mails(accepted, other_agency_clerk, client, mail_server):
    deliver(on(10, 21))
    client.force_login(other_agency_clerk)

    assert "Chưa có thư nào." in words(client.get(PAGE))


def test_reading_changes_nothing_until_the_button_is_pressed(accepted, clerk, client, mail_server):
    deliver(on(10, 21))
    client.force_login(clerk)

    assert unread_in_header(client) == ["2"]
    until = re.search(r'name="until" value="([^"]+)"', client.get(PAGE).content.decode())[1]
    response = client.post(f"{PAGE}read/", {"until": until})

    assert response["Location"] == PAGE
    assert unread_in_header(client) == []
    assert not Mail.objects.unread().filter(recipient=clerk).exists()


def test_what_came_after_the_page_was_opened_stays_unread(accepted, clerk, client, mail_server):
    client.force_login(clerk)
    until = re.search(r'name="until" value="([^"]+)"', client.get(PAGE).content.decode())[1]
    deliver(on(10, 21))

    client.post(f"{PAGE}read/", {"until": until})

    assert unread_in_header(client) == ["1"]


def test_reading_leaves_other_peoples_mails_unread(accepted, clerk, head, client, mail_server):
    client.force_login(clerk)

    client.post(f"{PAGE}read/", {"until": "2030-01-01T00:00:00+07:00"})

    assert Mail.objects.unread().get().recipient == head


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        (
            "clerk",
            ["report_sent_down", "report_accepted", "thread_opened", "consolidated_published"],
        ),
        ("head", ["report_sent_up", "report_accepted", "thread_opened", "consolidated_published"]),
        (
            "officer",
            [
                "reminder_follow",
                "reminder_review",
                "thread_answered",
                "consolidation_sent_back",
                "consolidated_published",
            ],
        ),
        (
            "focal_head",
            [
                "reminder_decision",
                "report_sent_up",
                "report_accepted",
                "thread_opened",
                "consolidation_proposed",
                "consolidated_published",
            ],
        ),
        ("leader", ["consolidated_published"]),
        ("administrator", []),
    ],
)
def test_page_offers_the_kinds_that_this_person_is_sent(request, client, cycle, who, offered):
    client.force_login(request.getfixturevalue(who))

    page = client.get(PAGE).content.decode()

    assert re.findall(r'name="wanted" value="(\w+)"', page) == offered
    assert len(re.findall(r'name="wanted"[^>]*checked', page)) == len(offered)


def test_page_says_what_cannot_be_switched_off_and_why(client, clerk):
    client.force_login(clerk)

    said = words(client.get(PAGE))

    assert (
        "Không tắt được Nhắc hạn nộp báo cáo của cơ quan mình : kế hoạch giao cơ quan báo cáo hằng năm đúng thời "
        "hạn; người soạn và người duyệt phải được báo trước hạn." in said
    )
    for kind in ("Thư đôn đốc của cơ quan đầu mối", "Báo cáo bị trả lại", "Phiếu tiếp nhận báo cáo", "gia hạn"):
        assert kind in said


def test_choice_is_kept_and_shown(client, clerk):
    client.force_login(clerk)

    client.post(f"{PAGE}choose/", {"wanted": ["thread_opened", "consolidated_published"]})

    assert sorted(clerk.muted_topics.values_list("topic", flat=True)) == ["report_accepted", "report_sent_down"]
    page = client.get(PAGE).content.decode()
    assert re.findall(r'name="wanted" value="(\w+)"[^>]*checked', page) == ["thread_opened", "consolidated_published"]

    client.post(f"{PAGE}choose/", {"wanted": ["report_accepted", "report_sent_down", "thread_opened"]})

    assert list(clerk.muted_topics.values_list("topic", flat=True)) == ["consolidated_published"]


def test_choice_keeps_what_was_muted_in_another_role(client, clerk):
    """Whoever stops being an officer and begins again finds their choice."""
    mute(clerk, "reminder_follow")
    client.force_login(clerk)

    client.post(f"{PAGE}choose/", {"wanted": []})

    assert "reminder_follow" in clerk.muted_topics.values_list("topic", flat=True)


def test_what_cannot_be_switched_off_is_refused(client, clerk):
    client.force_login(clerk)

    client.post(f"{PAGE}choose/", {"wanted": ["report_returned"]})

    assert list(clerk.muted_topics.all()) == []


def test_page_asks_as_often_for_many_mails(client, clerk, report):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return len(captured)

    def add(numbers):
        for number in numbers:
            event = report.events.create(kind="accepted", at=on(10, 20))
            Mail.objects.create(
                key=f"{number}", kind="report_accepted", recipient=clerk, event=event, due_from=on(10, 20),
                subject="Đã chấp nhận", text="https://cong.example/", noticed_at=on(10, 20), sent_at=on(10, 20),
            )  # fmt: skip

    client.force_login(clerk)
    add(range(1))
    client.get(PAGE)
    few = queries()

    add(range(1, 60))

    assert queries() == few
    assert "Trang 1/2 Cũ hơn ›" in words(client.get(PAGE))
