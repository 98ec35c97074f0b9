"""Account mails that a server refuses: what is said of the address, and where it is seen."""

import smtplib

import pytest
from django.utils import timezone

from assignments import addresses, tasks
from tests.reports.mail_server import MailServer


@pytest.fixture
def mail_server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def test_invitation_to_an_address_that_is_not_there_marks_it(clerk, mail_server):
    mail_server.on["RCPT"] = lambda _: "550 5.1.1 No such mailbox"

    tasks.send_password_link(clerk.pk)

    clerk.refresh_from_db()
    assert (clerk.address_is_refused, clerk.refusal) == (True, "550 5.1.1 No such mailbox")


def test_invitation_that_is_not_wanted_is_an_error_and_marks_nothing(clerk, mail_server):
    mail_server.on["RCPT"] = lambda _: "550 5.7.1 Relaying denied"

    with pytest.raises(smtplib.SMTPRecipientsRefused):
        tasks.send_password_link(clerk.pk)

    clerk.refresh_from_db()
    assert clerk.refused_at is None


@pytest.mark.parametrize(
    ("status", "is_of_address"), [("5.1.1", True), ("5.4.7", True), ("5.7.1", False), ("4.1.1", False), ("", False)]
)
def test_status_says_whether_it_is_the_address(status, is_of_address):
    assert addresses.status_is_of_the_address(status) == is_of_address


def test_people_page_says_that_mail_does_not_reach_a_person(client, clerk, head):
    addresses.mark_refused(clerk.email, "550 5.1.1 No such mailbox", now=timezone.now())
    client.force_login(head)

    page = client.get("/co-quan/so-y-te/").content.decode()

    assert page.count("Thư không tới") == 1
    assert "550 5.1.1 No such mailbox" in page
