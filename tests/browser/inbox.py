"""The mails that the portal has sent, as they arrive."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from tests.reports.mail_server import MailServer

MAIL_SECONDS = 40


class Inbox(MailServer):
    """A mail server that can be waited for."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__(host)
        self._arrival = threading.Condition()
        self.on["DATA"] = self._tell

    def _tell(self, message: object) -> None:
        with self._arrival:
            self._arrival.notify_all()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Be a mail server that does not answer."""
        self.controller.stop()
        try:
            yield
        finally:
            self.controller = self.new_controller()
            self.controller.start()

    def of(self, address: str, subject: str) -> list[EmailMessage]:
        """Return a person's mails whose subject begins like this."""
        return [
            message
            for message in list(self.messages)
            if message["To"] == address and subject_of(message).startswith(subject)
        ]

    def wait_for(self, address: str, subject: str) -> EmailMessage:
        """Return the person's first mail whose subject begins like this, as soon as it is there."""
        with self._arrival:
            there = self._arrival.wait_for(lambda: self.of(address, subject), timeout=MAIL_SECONDS)
        arrived = [(message["To"], subject_of(message)) for message in self.messages]
        assert there, f"no mail {subject!r} to {address} within {MAIL_SECONDS} s; there are {arrived}"
        return there[0]


def subject_of(message: EmailMessage) -> str:
    """Return the subject without the space that folding the line left."""
    return message["Subject"].strip()


def words_of(message: EmailMessage) -> str:
    """Return the mail's plain text."""
    return message.get_body(preferencelist=("plain",)).get_content()


def link_in(message: EmailMessage) -> str:
    """Return the first address in the mail's plain text."""
    return re.search(r"https?://\S+", words_of(message))[0]
