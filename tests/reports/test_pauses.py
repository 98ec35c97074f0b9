"""Reminding that stands still: nothing is claimed, nothing leaves, and afterwards each report gets one reminder."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from reports import deadlines, delivery, reminders, services
from reports.models import CycleEvent, ReminderDue, WaitingReminder
from reports.pauses import pause_of
from tests.conftest import fill

REASON = "Chờ UBND tỉnh điều chỉnh hạn nộp."


def on(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=deadlines.VIETNAM)


def pause(season, officer, now):
    services.pause_reminders(season, by=officer, now=now, reason=REASON)


def deliver(now) -> int:
    return delivery.deliver_waiting(lambda: now)


def rows_of(report):
    return list(report.reminders.order_by("days").values_list("days", "outcome", "why"))


def test_paused_year_claims_nothing(season, officer, report, head):
    services.submit_report(fill(report), by=head, now=on(10, 5))
    pause(season, officer, on(10, 8))

    assert reminders.claim_due_reminders(on(11, 9)) == 0
    assert (ReminderDue.objects.count(), WaitingReminder.objects.count()) == (0, 0)


def test_resumed_year_reminds_once_and_logs_what_the_pause_met_with_its_reason(season, officer, report):
    reminders.claim_due_reminders(on(10, 10))
    deliver(on(10, 10))
    pause(season, officer, on(10, 20))
    services.resume_reminders(season, by=officer, now=on(11, 3))

    reminders.claim_due_reminders(on(11, 6))

    met = f"đang tạm dừng nhắc: {REASON}"
    assert sorted(set(rows_of(report))) == [
        (-30, "sent", ""),
        (-14, "skipped", met),
        (-7, "skipped", met),
        (-3, "pending", ""),
    ]


def test_reminder_claimed_before_the_pause_waits_for_its_end(season, officer, clerk, report, mail_server):
    """Claimed at midnight, paused at 7:00, resumed at 8:00: it leaves once, the same day."""
    reminders.claim_due_reminders(on(11, 2, 0))
    pause(season, officer, on(11, 2, 7))
    assert deliver(on(11, 2, 7, 30)) == 0
    assert rows_of(report) == [
        (-30, "skipped", "đã đến mốc nhắc sau"),
        (-14, "skipped", "đã đến mốc nhắc sau"),
        (-7, "pending", ""),
    ]
    reminders.claim_due_reminders(on(11, 2, 7, 45))
    assert report.reminders.get(days=-7).mail is None

    services.resume_reminders(season, by=officer, now=on(11, 2, 8))
    reminders.claim_due_reminders(on(11, 2, 8))
    deliver(on(11, 2, 8))

    assert mail_server.recipients.count(clerk.email) == 1
    assert report.reminders.get(days=-7).outcome == "sent"


def test_reminder_held_back_until_the_next_milestone_gives_way_to_it(season, officer, report, mail_server):
    reminders.claim_due_reminders(on(11, 2, 0))
    pause(season, officer, on(11, 2, 7))
    deliver(on(11, 2, 8))
    services.resume_reminders(season, by=officer, now=on(11, 6))
    reminders.claim_due_reminders(on(11, 6))
    deliver(on(11, 6))

    assert rows_of(report)[2:] == [(-7, "skipped", "đã đến mốc nhắc sau"), (-3, "sent", ""), (-3, "sent", "")]


def test_officer_urges_during_a_pause_all_the_same(season, officer, clerk, report, mail_server):
    reminders.claim_due_reminders(on(11, 2, 0))
    pause(season, officer, on(11, 2, 7))
    deliver(on(11, 2, 8))
    mine = list(season.reports.select_related("cycle__plan", "agency").filter(pk=report.pk))
    head_row = services.urge(mine, by=officer, now=on(11, 2, 9))

    deliver(on(11, 2, 9))

    assert [urging.why for urging in head_row if urging.recipient != clerk] == [""]
    assert "lanhdao@so-y-te.example" in mail_server.recipients


def test_pausing_and_resuming_twice_writes_one_event_each(season, officer):
    for _ in range(2):
        pause(season, officer, on(11, 2))
    assert pause_of(season).reason == REASON
    for _ in range(2):
        services.resume_reminders(season, by=officer, now=on(11, 3))

    assert pause_of(season) is None
    kinds = CycleEvent.objects.filter(kind__startswith="reminders").values_list("kind", "by__full_name", "reason")
    assert list(kinds) == [("reminders_paused", "Vi Thị Đầu", REASON), ("reminders_resumed", "Vi Thị Đầu", "")]


def test_pausing_is_for_officers(season, clerk, focal_head):
    for person in (clerk, focal_head):
        with pytest.raises(PermissionDenied):
            pause(season, person, on(11, 2))
        with pytest.raises(PermissionDenied):
            services.resume_reminders(season, by=person, now=on(11, 2))


# What the year's page says of it


SETTINGS = "/96-kh-ubnd-2018/2026/ky-bao-cao/"
MILESTONES = {
    "before-0": "30, 20, 7",
    "after-0": "",
    "before-1": "3, 1",
    "after-1": "1, 3",
    "before-2": "",
    "after-2": "7",
    "after-3": "10",
    "reason": REASON,
}
HELD = "Đang tạm dừng nhắc: không thư nhắc nào được gửi cho đến khi nhắc trở lại"
LATER = "Thư nhắc gửi khi nhắc trở lại, mốc 20 ngày trước hạn: 4 người, về 4 báo cáo"
AT_ONCE = "Thư nhắc gửi ngay trong giờ gửi thư, mốc 20 ngày trước hạn: 4 người, về 4 báo cáo"


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_years_page_says_beside_the_milestones_that_reminding_is_paused(client, season, officer, administrator):
    client.force_login(officer)
    assert "tạm dừng nhắc" not in text_of(client.get(SETTINGS))
    pause(season, officer, on(10, 20))

    page = text_of(client.get(SETTINGS))
    assert "<strong>Đang tạm dừng nhắc</strong> từ 09:00 20/10/2026: không thư nhắc nào được gửi" in page
    assert f'nhắc trở lại ở trang <a href="{season.url("reminding")}">Nhắc việc</a>.' in page

    client.force_login(administrator)
    assert "cho đến khi chuyên viên cơ quan đầu mối cho nhắc trở lại." in text_of(client.get(SETTINGS))


@pytest.mark.parametrize(("is_paused", "told"), [(True, [HELD, LATER]), (False, [AT_ONCE])])
def test_preview_of_milestones_says_that_nothing_leaves_during_a_pause(
    client, season, officer, time_machine, is_paused, told
):
    reminders.claim_due_reminders(on(10, 11))
    if is_paused:
        pause(season, officer, on(10, 19))
    time_machine.move_to(on(10, 20), tick=False)
    client.force_login(officer)

    effects = client.post(f"{SETTINGS}moc-nhac/", MILESTONES).context["effects"]

    assert [sentence for sentence, _ in effects.lines if "thư nhắc" in sentence.lower()] == told


def test_preview_that_sends_nothing_during_a_pause_says_why(client, season, officer, time_machine):
    pause(season, officer, on(10, 19))
    time_machine.move_to(on(10, 20), tick=False)
    client.force_login(officer)

    effects = client.post(f"{SETTINGS}lich/", {"day": "05/11/2026", "kind": "off", "reason": REASON}).context[
        "effects"
    ]

    assert [sentence for sentence, _ in effects.lines if "thư nhắc" in sentence] == [HELD]
