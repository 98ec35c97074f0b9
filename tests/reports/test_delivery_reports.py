"""Mails that come back: what a report says, which mail and address it marks, and what cannot be read."""

import datetime

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from assignments import addresses
from assignments.models import User
from reports import deadlines, delivery, delivery_reports, reminders, tasks
from reports.delivery_reports import Failure, failures_in, note_failures, read_mailbox
from reports.models import Mail
from tests.reports.imap_server import ImapServer

pytestmark = pytest.mark.long

LATE = datetime.datetime(2026, 11, 12, 9, 0, tzinfo=deadlines.VIETNAM)
LATER = LATE + datetime.timedelta(minutes=5)
CLERK = "chuyenvien@so-y-te.example"
GONE = "550 5.1.1 <chuyenvien@so-y-te.example>: Recipient address rejected: User unknown"

# As Postfix writes it.
REPORT = """\
From: MAILER-DAEMON@mail.langson.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: khong-tra-loi@langson.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="ranh-gioi"

--ranh-gioi
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system. Your message could not be delivered.

--ranh-gioi
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.langson.example
Arrival-Date: Thu, 12 Nov 2026 09:00:01 +0700

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.so-y-te.example
Diagnostic-Code: smtp; {words}

--ranh-gioi
Content-Description: Undelivered Message
Content-Type: {returned}

Message-ID: {message_id}
To: {recipient}
Subject: =?utf-8?b?TmjhuqFj?=

--ranh-gioi--
"""


def report(**changes) -> bytes:
    facts = {
        "recipient": CLERK, "action": "failed", "status": "5.1.1", "words": GONE, "message_id": "",
        "returned": "message/rfc822",
    }  # fmt: skip
    return REPORT.format_map(facts | changes).encode()


@pytest.fixture
def sent(season, clerk, mail_server):
    """The clerk's reminder, taken by a relay."""
    reminders.claim_due_reminders(LATE)
    delivery.deliver_waiting(lambda: LATE)
    return Mail.objects.get(recipient=clerk)


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_report_says_for_whom_and_which_mail(returned):
    content = report(message_id="<abc@langson.example>", returned=returned)

    assert failures_in(content) == [Failure(CLERK, "5.1.1", GONE, "<abc@langson.example>")]


def test_report_marks_the_mail_and_the_address(sent, clerk):
    assert note_failures(report(message_id=delivery.message_id(sent.key)), LATER) == 1

    sent.refresh_from_db()
    clerk.refresh_from_db()
    assert (sent.bounced_at, sent.bounce) == (LATER, GONE)
    assert (clerk.address_is_refused, clerk.refusal, clerk.refused_at) == (True, GONE, LATER)


def test_report_read_twice_keeps_the_first_time(sent):
    content = report(message_id=delivery.message_id(sent.key))
    note_failures(content, LATER)
    note_failures(content, LATER + datetime.timedelta(days=1))

    sent.refresh_from_db()
    assert sent.bounced_at == LATER


def test_mail_is_known_by_its_id_whatever_address_it_was_forwarded_to(sent, clerk):
    note_failures(report(message_id=delivery.message_id(sent.key), recipient="ca-nhan@elsewhere.example"), LATER)

    clerk.refresh_from_db()
    assert clerk.address_is_refused


def test_report_without_our_mail_marks_the_address_that_it_names(clerk):
    assert note_failures(report(recipient=CLERK.upper()), LATER) == 1

    clerk.refresh_from_db()
    assert clerk.address_is_refused


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "delayed", "status": "4.4.1"},
        {"action": "delivered", "status": "2.0.0"},
        {"action": "failed", "status": "4.4.7"},
        {"recipient": "ai-do@elsewhere.example"},
        {"status": "5.7.1"},
    ],
)
def test_report_of_something_else_marks_nothing(clerk, changes):
    assert note_failures(report(**changes), LATER) == 0
    assert not User.objects.exclude(refused_at=None).exists()


def test_refused_content_marks_the_mail_and_not_the_address(sent, clerk):
    note_failures(report(message_id=delivery.message_id(sent.key), status="5.7.1", words="550 5.7.1 Spam"), LATER)

    sent.refresh_from_db()
    clerk.refresh_from_db()
    assert (sent.bounce, clerk.refused_at) == ("550 5.7.1 Spam", None)


def test_report_of_a_mail_that_left_before_the_address_was_confirmed_marks_no_address(sent, clerk):
    addresses.confirm(clerk, now=LATE + datetime.timedelta(minutes=1))

    note_failures(report(message_id=delivery.message_id(sent.key)), LATER)

    clerk.refresh_from_db()
    assert not clerk.address_is_refused


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\xff\xfe",
        b"Subject: Hello\n\nI am on holiday.",
        b"Content-Type: multipart/report; boundary=x\n\nnothing",
        b"Content-Type: multipart/report; report-type=delivery-status\n\n--\n",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n\n--x--",
        report() + b" " * delivery_reports.MOST_BYTES,
        b"Content-Type: message/rfc822\n\n" * 5_000,
        b'Content-Type: multipart/report; boundary="x"\n\n--x\n' + b"Content-Type: message/rfc822\n\n" * 5_000,
        report(words="x\n" * 20_000, status="5.1.1" * 1_000, recipient=""),
    ],
)
def test_message_made_to_do_harm_marks_nothing_and_raises_nothing(clerk, content):
    note_failures(content, LATER)

    assert not User.objects.exclude(refused_at=None).exists()


def test_words_are_kept_short_and_on_one_line_and_without_what_a_database_refuses():
    [failure] = failures_in(report(words="550 \0 \x1b[31m " + "x" * 5_000))

    assert len(failure.words) <= 500
    assert "\0" not in failure.words


# Mailboxes


@pytest.fixture
def maildir(tmp_path):
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    return tmp_path


def test_maildir_is_read_once_and_kept(maildir, sent, clerk):
    (maildir / "new" / "1.host").write_bytes(b"rubbish")
    (maildir / "new" / "2.host").write_bytes(report(message_id=delivery.message_id(sent.key)))

    assert read_mailbox(f"maildir://{maildir}", LATER) == 1
    assert read_mailbox(f"maildir://{maildir}", LATER) == 0
    assert sorted(path.name for path in (maildir / "cur").iterdir()) == ["1.host:2,S", "2.host:2,S"]


def test_imap_mailbox_is_read_once_and_kept(sent, clerk):
    with ImapServer("bao-loi", "mat khau@1") as server:
        server.messages = [b"rubbish", report(message_id=delivery.message_id(sent.key)), report()]
        url = f"imap://bao-loi:mat%20khau%401@127.0.0.1:{server.port}/INBOX"

        assert read_mailbox(url, LATER) == 2
        assert (server.seen, server.mailbox) == ({1, 2, 3}, "INBOX")
        assert read_mailbox(url, LATER) == 0


@pytest.mark.parametrize("url", ["http://mail.example", "imap+ssl:///INBOX", "maildir:///khong/co"])
def test_mailbox_that_is_none_says_how_it_is_written(url, settings):
    settings.DELIVERY_REPORTS_URL = url

    with pytest.raises(CommandError, match=r"DELIVERY_REPORTS_URL|Maildir"):
        call_command("read_delivery_reports")


def test_command_reads_the_mailbox_and_says_how_many(maildir, sent, settings, capsys):
    settings.DELIVERY_REPORTS_URL = f"maildir://{maildir}"
    (maildir / "new" / "1.host").write_bytes(report())

    call_command("read_delivery_reports")

    assert capsys.readouterr().out == "Thư không tới đã ghi nhận: 1\n"


def test_sweep_reads_the_mailbox_once_in_a_while_and_only_where_there_is_one(maildir, clerk, settings):
    (maildir / "new" / "1.host").write_bytes(report())
    assert tasks.SWEEP["Thư không tới đã ghi nhận"]() == 0

    settings.DELIVERY_REPORTS_URL = f"maildir://{maildir}"
    assert tasks.SWEEP["Thư không tới đã ghi nhận"]() == 1
    (maildir / "new" / "2.host").write_bytes(report())
    assert tasks.SWEEP["Thư không tới đã ghi nhận"]() == 0
    cache.clear()
    assert tasks.SWEEP["Thư không tới đã ghi nhận"]() == 1
