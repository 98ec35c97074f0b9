"""An SMTP server on loopback with the moods of real ones: slow, refusing, silent once it has the mail, gone.

What it accepts is written down before it answers, as a mail server's queue is.
"""

import asyncio
import email.parser
import email.policy
import random
import socket
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

FOR_NOW = "451 4.7.1 Try again later"
FOR_GOOD = "550 5.1.1 No such mailbox"


@dataclass(frozen=True)
class Mood:
    """How the server treats mails: the seconds it takes, and how many in a hundred fare worse.

    It thinks about the recipient, where servers ask their lists, and it answers the mail itself `queueing` seconds
    after it has it: a sender that dies in between cannot know. `for_now` and `for_good` are refused (4xx, 5xx),
    `drop` cut off before and `hang` left without an answer after they are accepted; each but `for_good` only once.
    """

    thinking: tuple[float, float] = (0.0, 0.0)
    queueing: float = 0.01
    for_now: float = 0
    for_good: float = 0
    hang: float = 0
    drop: float = 0


@dataclass(frozen=True)
class Accepted:
    """A mail that the server took upon itself; `answered` is false where its 250 never left."""

    at: float
    message_id: str
    recipient: str
    answered: bool


class SmtpSink:
    """Start and stop it with `with`. What happens to whose mail depends on the seed and the person alone."""

    def __init__(self, log: Path, *, seed: int = 1, mood: Mood | None = None) -> None:
        self.log = log
        self.seed = seed
        self.mood = mood or Mood()
        self.accepted: list[Accepted] = []
        self.refused_for_good: set[str] = set()
        self.trouble: Counter[str] = Counter()
        self._troubled: set[str] = set()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "SmtpSink":
        self._file = self.log.open("a")
        self._controller.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._controller.stop()
        self._file.close()

    @property
    def reached(self) -> set[str]:
        """Return everybody who has a mail by now."""
        return {mail.recipient for mail in self.accepted}

    @property
    def doubled(self) -> dict[str, int]:
        """Return the Message-IDs that came more often than once, each with how often too many.

        Where the server kept its 250 to itself the sender had to send again: that is the server's doing.
        """
        came = Counter(mail.message_id for mail in self.accepted)
        unanswered = Counter(mail.message_id for mail in self.accepted if not mail.answered)
        extra = {name: count - 1 - min(count - 1, unanswered[name]) for name, count in came.items()}
        return {name: count for name, count in extra.items() if count}

    @property
    def ids_by_recipient(self) -> dict[str, set[str]]:
        ids: dict[str, set[str]] = {}
        for mail in self.accepted:
            ids.setdefault(mail.recipient, set()).add(mail.message_id)
        return ids

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(random.uniform(*self.mood.thinking))
        if self._fares("for_good", address):
            self.refused_for_good.add(address)
            return FOR_GOOD
        if self._fares_once("for_now", address):
            return FOR_NOW
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        [recipient] = envelope.rcpt_tos
        if self._fares_once("drop", recipient):
            server.transport.abort()
            return ""
        hangs = self._fares_once("hang", recipient)
        self._accept(envelope.content, recipient, answered=not hangs)
        await asyncio.sleep(3600 if hangs else self.mood.queueing)
        return f"250 2.0.0 Ok: queued as {len(self.accepted)}"

    def _accept(self, content: bytes, recipient: str, *, answered: bool) -> None:
        headers = email.parser.BytesParser(policy=email.policy.default).parsebytes(content, headersonly=True)
        mail = Accepted(time.time(), str(headers["Message-ID"]), recipient, answered)
        self._file.write(f"{mail.at:.3f}\t{mail.message_id}\t{recipient}\t{answered}\n")
        self._file.flush()
        self.accepted.append(mail)

    def _fares(self, trouble: str, address: str) -> bool:
        return random.Random(f"{self.seed} {trouble} {address}").random() < getattr(self.mood, trouble) / 100

    def _fares_once(self, trouble: str, address: str) -> bool:
        """Tell whether this happens to somebody's mail, and see to it that no more of the kind happens to it."""
        if address in self._troubled or not self._fares(trouble, address):
            return False
        self._troubled.add(address)
        self.trouble[trouble] += 1
        return True
