"""A real SMTP server on loopback that keeps what it gets and answers as it is told."""

import email
import email.policy
import socket
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class MailServer:
    """Start and stop it with `with`. `on["RCPT"]` is called with the address (for DATA: the message, after it is
    kept) and may return the answer to give instead of 250.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.messages: list[EmailMessage] = []
        self.connections = 0
        self.on: dict[str, Callable[[object], str | None]] = {}
        with socket.create_server((host, 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = self.new_controller()

    def new_controller(self) -> Controller:
        """Return what listens at the server's address once started; one that was stopped cannot start again."""
        return Controller(self, hostname=self.host, port=self.port)

    def __enter__(self) -> "MailServer":
        self.controller.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self.controller.stop()

    @property
    def recipients(self) -> list[str]:
        return sorted(message["To"] for message in self.messages)

    def _answer(self, command: str, value: object, default: str) -> str:
        return self.on.get(command, lambda _: None)(value) or default

    async def handle_EHLO(self, server: SMTP, session, envelope, hostname: str, responses: list[str]) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        self._answer("EHLO", hostname, "")
        return responses

    async def handle_RCPT(self, server: SMTP, session, envelope, address: str, options: list[str]) -> str:
        answer = self._answer("RCPT", address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append(message)
        return self._answer("DATA", message, f"250 2.0.0 Ok: queued as {len(self.messages)}")

    async def handle_QUIT(self, server: SMTP, session, envelope) -> str:
        return self._answer("QUIT", None, "221 Bye")
