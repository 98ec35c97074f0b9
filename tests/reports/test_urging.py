"""Reminding at once: who gets a mail, who does not and why, and that nobody is reminded twice."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import completeness, deadlines, delivery, emails, opening, reminders, services
from reports.models import Mail, ReminderDue, Report, ReportEvent
from tests import factories

pytestmark = pytest.mark.long


def on(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=deadlines.VIETNAM)


LATE = on(11, 12)


def reports_of(season, *slugs):
    reports = season.reports.select_related("cycle__plan", "agency")
    return list(reports.filter(agency__slug__in=slugs) if slugs else reports)


def urge(season, officer, now, *slugs):
    return services.urge(reports_of(season, *slugs), by=officer, now=now)


def said(urgings) -> list[tuple[str, str, str]]:
    return [(u.report.agency.slug, u.recipient.full_name if u.recipient else "", u.why) for u in urgings]


def deliver(now) -> int:
    return delivery.deliver_waiting(lambda: now)


def test_plan_names_clerks_and_heads_and_the_agency_without_anybody(season):
    urgings = services.planned_urgings(reports_of(season), LATE)

    assert said(urgings) == [
        ("so-lao-dong-thuong-binh-va-xa-hoi", "Lương Văn Trưởng", ""),
        ("so-tai-chinh", "", "không có đầu mối"),
        ("so-tu-phap", "Lý Thị Khác", ""),
        ("so-y-te", "Nông Thị Chuyên", ""),
        ("so-y-te", "Hoàng Văn Đứng", ""),
    ]
    assert [u.position for u in urgings[-2:]] == ["chuyên viên", "lãnh đạo"]
    assert ReminderDue.objects.count() == 0


def test_plan_leaves_out_what_is_not_owed_any_more(season, complete_report, head):
    services.submit_report(complete_report, by=head, now=on(11, 2))

    assert services.planned_urgings(reports_of(season, "so-y-te"), LATE) == []


def test_plan_for_a_report_that_waits_for_its_head_names_the_head_alone(season, complete_report, clerk):
    services.send_up(complete_report, by=clerk, now=on(11, 2))

    assert said(services.planned_urgings(reports_of(season, "so-y-te"), LATE)) == [("so-y-te", "Hoàng Văn Đứng", "")]


def test_urging_sends_one_mail_to_each_person_at_once(season, officer, mail_server):
    urge(season, officer, LATE)

    assert deliver(LATE) == 4
    assert sorted(message["To"] for message in mail_server.messages) == [
        "chuyenvien@so-tu-phap.example",
        "chuyenvien@so-y-te.example",
        "giamdoc@so-ldtbxh.example",
        "lanhdao@so-y-te.example",
    ]
    assert list(
        ReminderDue.objects.order_by("report__participant_number", "recipient").values_list(
            "report__agency__slug", "days", "asked_by", "outcome", "why", "lacks_contact"
        )
    ) == [
        ("so-lao-dong-thuong-binh-va-xa-hoi", 3, officer.pk, "sent", "", False),
        ("so-tai-chinh", 3, officer.pk, "skipped", "không có đầu mối", True),
        ("so-tu-phap", 3, officer.pk, "sent", "", False),
        ("so-y-te", 3, officer.pk, "sent", "", False),
        ("so-y-te", 3, officer.pk, "sent", "", False),
    ]


def test_urging_at_ten_in_the_evening_of_the_last_day_leaves_at_once(season, officer, clerk, mail_server):
    evening = on(11, 9, hour=22)
    urge(season, officer, evening, "so-y-te")

    assert deliver(evening) == 2
    mail = Mail.objects.get(recipient=clerk)
    assert (mail.sent_at, mail.subject) == (
        evening,
        "Nhắc nộp báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND: hạn 09/11/2026, hôm nay là ngày cuối",
    )


@pytest.mark.parametrize("hour", [0, 5, 7])
def test_urging_before_the_morning_leaves_at_once_too(season, officer, mail_server, hour):
    night = on(11, 12, hour=hour, minute=5)
    urge(season, officer, night, "so-y-te")

    assert deliver(night) == 2


def test_reminder_that_nobody_asked_for_still_waits_for_the_morning(season, mail_server):
    reminders.claim_due_reminders(on(11, 12, hour=0))

    assert deliver(on(11, 12, hour=5)) == 0


def test_urging_twice_on_the_same_day_sends_one_mail(season, officer, second_officer, mail_server):
    urge(season, officer, LATE, "so-y-te")
    deliver(LATE)
    later = on(11, 12, hour=15)

    urgings = urge(season, second_officer, later, "so-y-te")

    assert said(urgings) == [
        ("so-y-te", "Nông Thị Chuyên", "đã nhắc lúc 09:00 hôm nay"),
        ("so-y-te", "Hoàng Văn Đứng", "đã nhắc lúc 09:00 hôm nay"),
    ]
    assert deliver(later) == 0
    assert (Mail.objects.count(), ReminderDue.objects.count(), len(mail_server.messages)) == (2, 2, 2)
    assert ReportEvent.objects.filter(kind="urged").count() == 1


def test_urging_twice_before_the_mail_left_sends_one_mail(season, officer, mail_server):
    urge(season, officer, LATE, "so-y-te")

    urgings = urge(season, officer, LATE + datetime.timedelta(seconds=1), "so-y-te")

    assert {u.why for u in urgings} == {"một thư nhắc về báo cáo này đang chờ gửi"}
    assert deliver(LATE + datetime.timedelta(seconds=2)) == 2


def test_urging_again_the_next_day_reminds_again(season, officer, mail_server):
    urge(season, officer, LATE, "so-tu-phap")
    deliver(LATE)

    urge(season, officer, on(11, 13), "so-tu-phap")

    assert deliver(on(11, 13)) == 1
    assert list(ReminderDue.objects.order_by("days").values_list("days", "outcome")) == [(3, "sent"), (4, "sent")]


def test_urging_on_the_day_of_a_milestone_adds_nothing_to_it(season, officer, mail_server):
    reminders.claim_due_reminders(on(11, 12, hour=0))
    deliver(on(11, 12, hour=8))

    urgings = urge(season, officer, LATE, "so-tu-phap")

    assert said(urgings) == [("so-tu-phap", "Lý Thị Khác", "đã nhắc lúc 08:00 hôm nay")]
    assert deliver(LATE) == 0


def test_milestone_of_a_day_on_which_somebody_urged_adds_nothing(season, officer, mail_server):
    night = on(11, 12, hour=0)
    urge(season, officer, night, "so-tu-phap")

    reminders.claim_due_reminders(night)

    rows = ReminderDue.objects.filter(report__agency__slug="so-tu-phap", recipient__isnull=False)
    assert list(rows.values_list("days", "asked_by")) == [(3, officer.pk)]


def test_urging_between_milestones_leaves_the_next_one_to_come(season, officer, mail_server):
    reminders.claim_due_reminders(on(11, 10))
    deliver(on(11, 10))
    urge(season, officer, on(11, 11), "so-tu-phap")
    reminders.claim_due_reminders(on(11, 12))

    rows = ReminderDue.objects.filter(report__agency__slug="so-tu-phap", recipient__isnull=False)
    assert list(rows.order_by("days").values_list("days", "asked_by")) == [(1, None), (2, officer.pk), (3, None)]


def test_person_who_had_a_mail_today_gets_no_second_one(season, officer, clerk, budget_agency, mail_server):
    urge(season, officer, LATE, "so-y-te")
    deliver(LATE)
    factories.MembershipFactory(user=clerk, agency=budget_agency)

    urgings = urge(season, officer, on(11, 12, hour=10), "so-tai-chinh")

    why = "hôm nay đã nhận một thư nhắc về báo cáo khác; mỗi người một thư nhắc một ngày"
    assert said(urgings) == [("so-tai-chinh", "Nông Thị Chuyên", why)]
    assert deliver(on(11, 12, hour=10)) == 0
    assert ReminderDue.objects.get(report__agency=budget_agency).why == why
    assert deliver(on(11, 13)) == 0


def test_person_whose_mail_of_today_was_given_up_is_named_with_the_reason(season, officer, clerk, budget_agency):
    key = f"reminder:{clerk.pk}:2026-11-12"
    given_up = {"cancelled_at": LATE, "why": "máy chủ thư từ chối: 550 no such user"}
    Mail.objects.create(key=key, kind="reminder", recipient=clerk, due_from=LATE, attempts=1, **given_up)
    factories.MembershipFactory(user=clerk, agency=budget_agency)

    urgings = services.planned_urgings(reports_of(season, "so-tai-chinh"), LATE)

    why = "thư nhắc hôm nay của người này đã thôi gửi: máy chủ thư từ chối: 550 no such user"
    assert said(urgings) == [("so-tai-chinh", "Nông Thị Chuyên", why)]


def test_person_of_two_agencies_gets_both_in_one_mail(season, officer, clerk, budget_agency, mail_server):
    factories.MembershipFactory(user=clerk, agency=budget_agency)

    urge(season, officer, LATE, "so-y-te", "so-tai-chinh")
    deliver(LATE)

    assert Mail.objects.get(recipient=clerk).reminders.count() == 2


def test_urging_of_a_report_sent_before_the_mail_left_is_not_sent(
    season, officer, complete_report, head, mail_server
):
    urge(season, officer, LATE, "so-y-te")
    services.submit_report(complete_report, by=head, now=LATE)

    deliver(LATE)

    rows = ReminderDue.objects.filter(report=complete_report)
    assert {(row.outcome, row.why) for row in rows} == {("skipped", reminders.ALREADY_SUBMITTED)}
    assert [message["Subject"] for message in mail_server.messages if "Nhắc" in message["Subject"]] == []


def test_urging_is_written_into_the_reports_history(season, officer, report):
    urge(season, officer, LATE)

    event = ReportEvent.objects.get(report=report, kind="urged")
    assert (event.by, event.at, event.from_status, event.to_status) == (officer, LATE, "draft", "draft")
    assert event.note == (
        "Thư gửi Nông Thị Chuyên (chuyenvien@so-y-te.example); Hoàng Văn Đứng (lanhdao@so-y-te.example)."
    )
    assert not ReportEvent.objects.filter(report__agency__slug="so-tai-chinh", kind="urged").exists()


def test_urging_is_the_officers_alone(season, focal_head, clerk):
    for person in (focal_head, clerk):
        with pytest.raises(PermissionDenied):
            urge(season, person, LATE)

    assert ReminderDue.objects.count() == 0


def test_invited_body_is_asked_in_softer_words(season, officer, report):
    Report.objects.filter(pk=report.pk).update(is_invited=True)

    letters = services.sample_letters(services.planned_urgings(reports_of(season), LATE), officer, LATE)

    assert [(u.report.agency.slug, "khẩn trương" in letter.text, "Trân trọng đề nghị" in letter.text) for u, letter in
            letters] == [("so-lao-dong-thuong-binh-va-xa-hoi", True, False), ("so-y-te", False, True)]  # fmt: skip


def test_sample_letter_lists_what_is_missing_and_no_words_of_the_draft(season, officer, report, clerk):
    report.parts.filter(key="danh-gia").update(text="Bản nháp chưa ai được đọc.")
    [urging, *_] = urgings = services.planned_urgings(reports_of(season, "so-y-te"), LATE)

    text = services.sample_letters(urgings, officer, LATE)[0][1].text

    for gap in completeness.missing_in(urging.report)[: emails.MISSING_SHOWN]:
        assert f"- {gap.sentence}\n" in text
    assert "Bản nháp chưa ai được đọc." not in text


def test_letter_of_a_report_left_as_it_was_returned_says_so_with_the_reason(
    season, officer, complete_report, head, clerk
):
    services.submit_report(complete_report, by=head, now=on(10, 20))
    report = reports_of(season, "so-y-te")[0]
    part = report.parts.get(key="danh-gia")
    services.open_thread(part, by=officer, now=on(10, 21), text="Số nào đúng?")
    services.return_report(
        reports_of(season, "so-y-te")[0],
        by=officer,
        now=on(10, 21),
        reason="Giải trình số.",
        reopened_keys=["danh-gia"],
    )
    urgings = services.planned_urgings(reports_of(season, "so-y-te"), LATE)

    [(_, letter)] = services.sample_letters(urgings, officer, LATE)

    assert "Báo cáo chưa sửa phần nào từ khi bị trả lại, còn 1 ý kiến chưa trả lời." in letter.text
    assert "Lý do trả lại:\nGiải trình số.\n" in letter.text
    assert "Báo cáo đã đủ nội dung" not in letter.text


def test_plan_asks_as_often_for_many_agencies(season, plan):
    with CaptureQueriesContext(connection) as few:
        services.planned_urgings(reports_of(season), LATE)
    for number in range(30, 54):
        factories.MembershipFactory(agency=factories.ParticipantFactory(plan=plan, number=number).agency)
    opening.open_cycle(plan, season.year, by=None, now=LATE)

    with CaptureQueriesContext(connection) as many:
        assert len(services.planned_urgings(reports_of(season), LATE)) == 29

    assert len(many) == len(few) == 10


# The pages


@pytest.fixture
def address(season, monkeypatch):
    for module in ("follow", "urging"):
        monkeypatch.setattr(f"reports.views.{module}.timezone.now", lambda: LATE)
    return season.get_absolute_url() + "don-doc/"


def test_three_clicks_from_home_remind_all_who_are_late(client, address, season, officer, mail_server):
    """Home, its button, the preview's button."""
    client.force_login(officer)
    home = client.get(client.get("/").url).content.decode()
    assert f'href="{address}">Đôn đốc 4 cơ quan quá hạn</a>' in home

    preview = " ".join(client.get(address).content.decode().split())
    assert "Dưới đây là mọi cơ quan quá hạn; bỏ dấu cơ quan không đôn đốc." in preview
    assert "Sẽ gửi ngay <strong>4 thư</strong> tới <strong>3 cơ quan</strong>" in preview
    assert "Nông Thị Chuyên (chuyên viên), chuyenvien@so-y-te.example" in preview
    assert 'không gửi, không có đầu mối</span>; gọi <a class="text-nowrap" href="tel:02053812000">' in preview
    assert "Kính gửi: Ông/Bà Lương Văn Trưởng" in preview
    chosen = re.findall(r'name="don-vi" value="([^"]+)" checked', preview)
    assert chosen == ["so-lao-dong-thuong-binh-va-xa-hoi", "so-tu-phap", "so-y-te"]

    response = client.post(address, {"don-vi": chosen}, follow=True)
    assert "Đã gửi thư đôn đốc tới 4 người của 3 cơ quan." in response.content.decode()
    assert deliver(LATE) == 4


def test_preview_writes_nothing(client, address, officer):
    client.force_login(officer)

    client.get(address)

    assert (Mail.objects.count(), ReminderDue.objects.count()) == (0, 0)


def test_preview_of_chosen_agencies_shows_them_alone(client, address, officer):
    client.force_login(officer)

    page = client.get(address, {"don-vi": ["so-tu-phap", "so-khong-co"]}).content.decode()

    assert re.findall(r'name="don-vi" value="([^"]+)"', page) == ["so-tu-phap"]


def test_preview_before_the_deadline_is_for_everybody_who_owes(client, address, officer, monkeypatch):
    monkeypatch.setattr("reports.views.urging.timezone.now", lambda: on(11, 9, hour=22))
    client.force_login(officer)

    page = client.get(address).content.decode()

    assert len(re.findall(r'name="don-vi"', page)) == 3
    assert "hôm nay là ngày cuối" in page


def test_sending_to_nobody_says_so(client, address, officer):
    client.force_login(officer)

    page = client.post(address, {}, follow=True).content.decode()

    assert "Không có thư nào được gửi: hãy chọn ít nhất một cơ quan còn gửi được thư." in page
    assert Mail.objects.count() == 0


def test_sending_says_who_was_passed_over(client, address, officer):
    client.force_login(officer)

    page = client.post(address, {"don-vi": ["so-tai-chinh", "so-tu-phap"]}, follow=True).content.decode()

    assert "Đã gửi thư đôn đốc tới 1 người của 1 cơ quan." in page
    assert "Không gửi tới: Sở Tài chính (không có đầu mối)." in page


def test_letter_reads_the_same_before_and_after_sending(season, officer, complete_report, mail_server):
    [(_, letter)] = services.sample_letters(
        services.planned_urgings(reports_of(season, "so-tu-phap"), LATE), officer, LATE
    )
    urge(season, officer, LATE, "so-tu-phap")
    deliver(LATE)

    sent = Mail.objects.get()
    assert sent.subject == letter.subject
    assert sent.text.splitlines()[:6] == letter.text.splitlines()[:6]
