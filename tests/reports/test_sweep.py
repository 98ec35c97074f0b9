"""The sweep, by beat and by hand: everything that time alone brings about."""

import datetime
from io import StringIO

import pytest
import time_machine
from django.core import mail as outgoing
from django.core.management import call_command

from plan_portal.celery import app
from reports import deadlines, tasks
from reports.models import Mail, ReminderDue, Report
from tests import factories

SEVEN_DAYS_BEFORE = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=deadlines.VIETNAM)


def send_reminders() -> str:
    output = StringIO()
    call_command("send_reminders", stdout=output)
    return output.getvalue()


def test_sweep_by_hand_opens_claims_sends_and_says_so(focal_agency, agency, clerk, officer):
    with time_machine.travel(SEVEN_DAYS_BEFORE, tick=False):
        assert send_reminders() == (
            "Báo cáo được mở trong kỳ mới: 2\n"
            "Kỳ sắp mở vừa báo cho cơ quan đầu mối: 0\n"
            "Lần nhắc vừa đến hạn: 2\n"
            "Thư đã gửi: 2\n"
            "Thư không tới đã ghi nhận: 0\n"
            "Văn bản đã tạo: 0\n"
            "Tệp gửi dở đã dọn: 0\n"
        )  # fmt: skip

        assert send_reminders() == (
            "Báo cáo được mở trong kỳ mới: 0\n"
            "Kỳ sắp mở vừa báo cho cơ quan đầu mối: 0\n"
            "Lần nhắc vừa đến hạn: 0\n"
            "Thư đã gửi: 0\n"
            "Thư không tới đã ghi nhận: 0\n"
            "Văn bản đã tạo: 0\n"
            "Tệp gửi dở đã dọn: 0\n"
        )  # fmt: skip

    assert sorted(message.to for message in outgoing.outbox) == [
        ["chuyenvien@so-y-te.example"],
        ["dau-moi@so-ldtbxh.example"],
    ]


def test_sweep_after_a_night_without_one_catches_up_once(season, clerk):
    for day in (-30, -10, -6, -6, -5, 0, 2):
        with time_machine.travel(SEVEN_DAYS_BEFORE + datetime.timedelta(days=day + 7), tick=False):
            tasks.sweep()

    to_clerk = [message for message in outgoing.outbox if message.to == [clerk.email]]
    assert [message.subject.split(": ")[1] for message in to_clerk] == [
        "hạn 09/11/2026, còn 30 ngày",
        "hạn 09/11/2026, còn 10 ngày",
        "hạn 09/11/2026, còn 6 ngày",
        "hạn 09/11/2026, hôm nay là ngày cuối",
        "hạn 09/11/2026, quá hạn 2 ngày",
    ]


def test_sweep_goes_on_where_a_step_fails_and_raises_at_the_end(season, clerk, caplog):
    """A plan whose reports are due on 31 February cannot be opened; everybody else's reminders leave."""
    factories.PlanFactory(report_due_day=31, report_due_month=2)

    with time_machine.travel(SEVEN_DAYS_BEFORE, tick=False), pytest.raises(ExceptionGroup) as raised:
        tasks.sweep()

    assert [type(error) for error in raised.value.exceptions] == [ValueError]
    assert "sweep: Báo cáo được mở trong kỳ mới" in caplog.text
    assert ReminderDue.objects.get(recipient=clerk).outcome == "sent"


def test_report_submitted_between_two_sweeps_of_a_night_gets_no_mail(season, report, clerk):
    with time_machine.travel(SEVEN_DAYS_BEFORE.replace(hour=0), tick=False):
        tasks.sweep()
    Report.objects.filter(pk=report.pk).update(status=Report.Status.SUBMITTED)
    with time_machine.travel(SEVEN_DAYS_BEFORE, tick=False):
        tasks.sweep()

    assert [message for message in outgoing.outbox if message.to == [clerk.email]] == []
    assert clerk.mails.get().why == "không còn việc cần nhắc khi thư đến giờ gửi"


def test_tasks_are_registered_and_the_sweep_is_on_the_beat(settings):
    app.loader.import_default_modules()

    assert {"reports.tasks.sweep", "reports.tasks.deliver_mails"} <= set(app.tasks)
    [entry] = settings.CELERY_BEAT_SCHEDULE.values()
    assert (entry["task"], entry["schedule"]) == ("reports.tasks.sweep", 15)


def test_deliver_mails_sends_what_waits(season):
    with time_machine.travel(SEVEN_DAYS_BEFORE, tick=False):
        tasks.SWEEP["Lần nhắc vừa đến hạn"]()
        tasks.deliver_mails()

    assert Mail.objects.filter(sent_at=SEVEN_DAYS_BEFORE).count() == len(outgoing.outbox) == 4
