"""A mail's way to the server: the lease, the answer, what is put off, given up or sent again."""

import datetime
import email
import email.policy
import socket
import threading
from pathlib import Path

import pytest

from reports import deadlines, delivery, emails, reminders, services
from reports.delivery import Lease
from reports.models import Mail, ReminderDue, Report

NIGHT = datetime.datetime(2026, 11, 2, 0, 0, 5, tzinfo=deadlines.VIETNAM)
MORNING = datetime.datetime(2026, 11, 2, 7, 30, tzinfo=deadlines.VIETNAM)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime.datetime = MORNING):
        self.now = now

    def __call__(self) -> datetime.datetime:
        return self.now

    def move(self, **duration: float) -> None:
        self.now += datetime.timedelta(**duration)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def mail(season, clerk):
    """The clerk's reminder of 2 November, alone in the queue."""
    reminders.claim_due_reminders(NIGHT)
    ReminderDue.objects.exclude(recipient=clerk).delete()
    Mail.objects.exclude(recipient=clerk).delete()
    return clerk.mails.get()


@pytest.fixture
def four_mails(season):
    reminders.claim_due_reminders(NIGHT)
    return Mail.objects.all()


# Sent


def test_mail_sent_keeps_the_servers_answer_and_its_words(mail, mail_server, clock):
    assert delivery.deliver_waiting(clock) == 1

    mail.refresh_from_db()
    [message] = mail_server.messages
    assert mail.server_answer == "250 2.0.0 Ok: queued as 1"
    assert (mail.sent_at, mail.lease_until, mail.attempts) == (MORNING, None, 1)
    assert mail.address == message["To"] == "chuyenvien@so-y-te.example"
    assert mail.subject == message["Subject"].strip()
    assert mail.text == message.get_body(["plain"]).get_content().replace("\r\n", "\n")
    assert message.get_body(["html"]).get_content().lstrip().startswith("<!DOCTYPE html>")
    assert message["Message-ID"] == delivery.message_id(mail.key)
    assert message["Auto-Submitted"] == "auto-generated"
    assert list(mail.reminders.values_list("outcome", "why")) == [("sent", "")]


def test_mail_sent_is_not_sent_again(mail, mail_server, clock):
    delivery.deliver_waiting(clock)
    clock.move(hours=1)

    assert delivery.deliver_waiting(clock) == 0
    assert len(mail_server.messages) == 1


def test_message_id_depends_on_the_mail_alone(settings):
    settings.MAIL_MESSAGE_ID_DOMAIN = "plan.langson.example"

    first = delivery.message_id("reminder:1:2026-11-02")

    assert first == delivery.message_id("reminder:1:2026-11-02")
    assert first != delivery.message_id("reminder:1:2026-11-03")
    assert first.startswith("<")
    assert first.endswith("@plan.langson.example>")


def test_reminders_wait_for_the_morning_and_events_do_not(season, complete_report, head, clerk, officer, mail_server):
    services.submit_report(complete_report, by=head, now=NIGHT)
    services.accept_report(complete_report, by=officer, now=NIGHT)
    reminders.claim_due_reminders(NIGHT)

    delivery.deliver_waiting(Clock(NIGHT))
    both = ["chuyenvien@so-y-te.example", "lanhdao@so-y-te.example"]
    assert sorted(mail_server.recipients) == sorted(both * 2)  # the receipt and the decision
    delivery.deliver_waiting(Clock(MORNING - datetime.timedelta(seconds=1)))
    assert len(mail_server.messages) == 4

    delivery.deliver_waiting(Clock(MORNING))
    assert sorted(message["To"] for message in mail_server.messages[4:]) == [
        "chuyenvien@so-tu-phap.example",
        "dau-moi@so-ldtbxh.example",
        "giamdoc@so-ldtbxh.example",
    ]


def test_reminder_held_up_over_night_waits_for_the_next_morning(mail, mail_server, clock):
    clock.move(hours=19)

    assert delivery.deliver_waiting(clock) == 0

    clock.move(hours=5)
    assert delivery.deliver_waiting(clock) == 1


def test_mail_to_a_file_names_the_file_as_answer(mail, settings, tmp_path, clock):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    delivery.deliver_waiting(clock)

    mail.refresh_from_db()
    [path] = Path(tmp_path).iterdir()
    assert mail.server_answer == f"đã ghi vào tệp {path.name}"
    assert path.name == f"20261102-073000-{mail.pk}.log"
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["Subject"].strip() == mail.subject


def test_mails_of_one_second_are_written_to_a_file_each(four_mails, settings, tmp_path, clock):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    assert delivery.deliver_waiting(clock) == 4

    assert len(list(Path(tmp_path).iterdir())) == 4


# Not sent


def test_report_submitted_before_the_mail_leaves_cancels_it(mail, report, mail_server, clock):
    Report.objects.filter(pk=report.pk).update(status=Report.Status.SUBMITTED)

    assert delivery.deliver_waiting(clock) == 0

    mail.refresh_from_db()
    assert mail_server.messages == []
    assert (mail.cancelled_at, mail.sent_at, mail.why) == (
        MORNING, None, "không còn việc cần nhắc khi thư đến giờ gửi"
    )  # fmt: skip
    assert list(mail.reminders.values_list("outcome", "why")) == [("skipped", "đã nộp trước khi thư được gửi")]


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_refusal_for_good_gives_the_mail_up_with_the_answer(mail, mail_server, clock, command):
    mail_server.on[command] = lambda _: "550 5.1.1 No such mailbox"

    assert delivery.deliver_waiting(clock) == 0

    mail.refresh_from_db()
    assert (mail.cancelled_at, mail.sent_at) == (MORNING, None)
    assert mail.server_answer == "550 5.1.1 No such mailbox"
    assert mail.why == "máy chủ thư từ chối: 550 5.1.1 No such mailbox"
    assert list(mail.reminders.values_list("outcome", "why")) == [("skipped", mail.why)]
    clock.move(days=1)
    assert delivery.deliver_waiting(clock) == 0
    assert mail_server.connections == 1


@pytest.mark.parametrize(
    ("command", "answer", "is_marked"),
    [
        ("RCPT", "550 5.1.1 No such mailbox", True),
        ("RCPT", "550 No such user here", True),
        ("RCPT", "553 Mailbox name not allowed", True),
        ("RCPT", "550 5.4.1 Recipient address rejected: Access denied", True),
        ("RCPT", "552 5.2.2 Mailbox full", True),
        ("DATA", "550 5.1.1 No such mailbox", True),
        # It is this server, or this mail, that is not wanted.
        ("RCPT", "550 5.7.1 Relaying denied", False),
        ("RCPT", "554 Transaction failed", False),
        ("RCPT", "550 5.1.8 Sender address rejected", False),
        ("DATA", "550 Message looks like spam", False),
        ("DATA", "554 5.7.1 Message rejected", False),
        ("DATA", "552 5.3.4 Message too big", False),
    ],
)
def test_refusal_marks_the_address_only_where_it_is_the_address_that_is_refused(
    mail, mail_server, clock, clerk, command, answer, is_marked
):
    mail_server.on[command] = lambda _: answer

    delivery.deliver_waiting(clock)

    clerk.refresh_from_db()
    assert (clerk.refused_address, clerk.refused_at, clerk.refusal) == (
        (clerk.email, MORNING, answer) if is_marked else ("", None, "")
    )
    assert clerk.address_is_refused == is_marked


def test_mark_says_nothing_of_an_address_that_came_after_it(mail, mail_server, clock, clerk):
    mail_server.on["RCPT"] = lambda _: "550 5.1.1 No such mailbox"
    delivery.deliver_waiting(clock)

    clerk.refresh_from_db()
    clerk.email = "moi@so-y-te.example"

    assert not clerk.address_is_refused


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_refusal_for_now_puts_the_mail_off(mail, mail_server, clock, command):
    mail_server.on[command] = lambda _: "451 4.7.1 Try again later"

    assert delivery.deliver_waiting(clock) == 0

    mail.refresh_from_db()
    assert (mail.sent_at, mail.cancelled_at, mail.lease_until) == (None, None, None)
    assert mail.server_answer == "451 4.7.1 Try again later"
    assert mail.due_from == MORNING + datetime.timedelta(minutes=1)
    mail_server.on.clear()
    clock.move(seconds=59)
    assert delivery.deliver_waiting(clock) == 0
    clock.move(seconds=1)
    assert delivery.deliver_waiting(clock) == 1


def test_pause_doubles_with_every_attempt_up_to_an_hour(mail, mail_server, clock):
    mail_server.on["RCPT"] = lambda _: "451 4.7.1 Try again later"

    pauses = []
    for _ in range(9):
        delivery.deliver_waiting(clock)
        mail.refresh_from_db()
        pauses.append((mail.due_from - clock.now).total_seconds() / 60)
        clock.now = mail.due_from

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_refused_mail_does_not_keep_the_others(four_mails, mail_server, clock):
    mail_server.on["RCPT"] = lambda address: "550 No" if address == "chuyenvien@so-y-te.example" else None

    assert delivery.deliver_waiting(clock) == 3
    assert len(mail_server.messages) == 3


def test_server_that_is_not_there_ends_the_round_after_one_try(four_mails, settings, clock):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.EMAIL_PORT = taken.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"

    with pytest.raises(ExceptionGroup) as raised:
        delivery.deliver_waiting(clock)

    assert [type(error) for error in raised.value.exceptions] == [ConnectionRefusedError]
    assert sorted(four_mails.values_list("attempts", flat=True)) == [0, 0, 0, 1]
    tried = four_mails.get(attempts=1)
    assert (tried.due_from, tried.lease_until) == (MORNING + datetime.timedelta(minutes=1), None)


def test_server_that_falls_silent_after_taking_the_mail_gets_it_again_under_the_same_message_id(
    mail, mail_server, clock, settings
):
    settings.EMAIL_TIMEOUT = 1
    given_up = threading.Event()

    def fall_silent(_: object) -> None:
        given_up.wait(timeout=30)

    mail_server.on["DATA"] = fall_silent

    with pytest.raises(ExceptionGroup):
        delivery.deliver_waiting(clock)
    mail_server.on.clear()
    given_up.set()
    clock.move(minutes=1)
    assert delivery.deliver_waiting(clock) == 1

    assert [message["Message-ID"] for message in mail_server.messages] == [delivery.message_id(mail.key)] * 2


def test_mail_that_cannot_be_made_is_put_off_and_the_others_leave(four_mails, mail_server, clock, clerk):
    mail = clerk.mails.get()
    type(clerk).objects.filter(pk=clerk.pk).update(email="hai dòng\n@so-y-te.example")

    with pytest.raises(ExceptionGroup):
        delivery.deliver_waiting(clock)

    mail.refresh_from_db()
    assert (mail.sent_at, mail.attempts, mail.lease_until) == (None, 1, None)
    assert mail.due_from == MORNING + datetime.timedelta(minutes=1)
    assert four_mails.filter(sent_at=MORNING).count() == 3


def test_server_that_hangs_up_after_its_250_does_not_undo_the_sending(mail, mail_server, clock):
    mail_server.on["QUIT"] = lambda _: "421 4.3.2 Going down"

    assert delivery.deliver_waiting(clock) == 1

    mail.refresh_from_db()
    assert mail.server_answer == "250 2.0.0 Ok: queued as 1"


def test_round_that_leaves_mails_ends_and_rings_for_the_next(four_mails, mail_server, clock):
    rung = []
    mail_server.on["QUIT"] = lambda _: clock.move(seconds=6)

    assert delivery.deliver_waiting(clock, ring=lambda: rung.append("ring")) == 2
    assert rung == ["ring", "ring"]
    assert delivery.deliver_waiting(clock, ring=lambda: rung.append("ring")) == 2
    assert rung == ["ring", "ring", "ring"]


def test_worker_that_finds_one_mail_rings_for_nobody(mail, mail_server, clock):
    rung = []

    assert delivery.deliver_waiting(clock, ring=lambda: rung.append("ring")) == 1

    assert rung == []


def test_worker_told_to_stop_ends_with_the_mail_in_its_hands(four_mails, mail_server, clock):
    told = []
    mail_server.on["RCPT"] = told.append

    assert delivery.deliver_waiting(clock, should_stop=lambda: bool(told)) == 1

    assert sorted(four_mails.values_list("attempts", "lease_until")) == [(0, None)] * 3 + [(1, None)]


def test_leased_mail_is_not_taken_by_another_worker(mail, clock):
    first = Lease.take(mail.pk, clock)

    assert first is not None
    assert Lease.take(mail.pk, clock) is None
    clock.move(seconds=19)
    assert Lease.take(mail.pk, clock) is None


def test_lease_that_ran_out_is_taken_again(mail, clock):
    Lease.take(mail.pk, clock)
    clock.move(seconds=20)

    assert Lease.take(mail.pk, clock) is not None
    mail.refresh_from_db()
    assert mail.attempts == 1


def test_lease_renewed_is_held_on(mail, clock):
    lease = Lease.take(mail.pk, clock)
    clock.move(seconds=15)
    lease.renew()
    clock.move(seconds=15)

    assert Lease.take(mail.pk, clock) is None


def test_lease_taken_over_cannot_be_renewed(mail, clock):
    lease = Lease.take(mail.pk, clock)
    clock.move(seconds=21)
    Lease.take(mail.pk, clock)

    with pytest.raises(delivery.LeaseLost):
        lease.renew()


def test_slow_server_is_waited_for_under_a_renewed_lease(mail, mail_server, clock):
    """Every answer takes 15 of the 20 seconds: the whole takes longer than one lease."""
    for command in ("EHLO", "RCPT", "DATA", "QUIT"):
        mail_server.on[command] = lambda _: clock.move(seconds=15)

    assert delivery.deliver_waiting(clock) == 1

    mail.refresh_from_db()
    assert mail.sent_at == MORNING + datetime.timedelta(seconds=45)


def test_worker_that_lost_its_lease_sends_nothing(mail, mail_server, clock):
    """Another worker takes the mail over while the first waits for the server's greeting."""
    mail_server.on["EHLO"] = lambda _: clock.move(seconds=21)

    def interrupted() -> datetime.datetime:
        if clock.now > MORNING:
            Lease.take(mail.pk, clock)
        return clock.now

    assert delivery.deliver(mail.pk, interrupted) is False

    assert mail_server.messages == []
    mail.refresh_from_db()
    assert (mail.sent_at, mail.attempts) == (None, 1)


def test_lease_outlasts_a_servers_answer(settings):
    assert delivery.LEASE.total_seconds() > settings.EMAIL_TIMEOUT
    assert delivery.ROUND.total_seconds() + 4 * settings.EMAIL_TIMEOUT <= settings.CELERY_TASK_TIME_LIMIT


def test_compose_at_the_last_moment_uses_the_day_the_mail_leaves(mail, mail_server, clock):
    clock.move(days=1)

    delivery.deliver_waiting(clock)

    assert mail_server.messages[0]["Subject"].endswith("hạn 09/11/2026, còn 6 ngày")
    assert emails.NOTHING_LEFT not in Mail.objects.values_list("why", flat=True)
