"""Delivery reports (RFC 3464): mails that a relay took and could not deliver come back to a mailbox, read from here.

What lies in the mailbox was written by anybody: a report is believed no further than that an address is shown to take
no mail. It says so of the mail whose Message-ID it returns, or, without one, of the address that it names.
"""

import datetime
import email
import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.db import transaction

from assignments import addresses
from reports.delivery import message_id
from reports.models import Mail

# A report carries headers, or one of our mails: never as much as this.
MOST_BYTES = 1_000_000
MOST_AT_ONCE = 200
MOST_RECIPIENTS = 20
LONGEST_WORDS = 500
# Relays give up after five days or so.
MAIL_IS_KNOWN_FOR = datetime.timedelta(days=60)
TIMEOUT_SECONDS = 15
IMAP_PORTS = {"imap+ssl": 993, "imap+tls": 143, "imap": 143}

Handle = Callable[[bytes], object]

logger = logging.getLogger(__name__)


class MailboxUnusable(Exception):
    """The mailbox's address cannot be understood; the words say how it is written."""


@dataclass(frozen=True)
class Failure:
    """A mail that did not arrive for good: for whom, with which status, what the last server said, and which mail."""

    recipient: str
    status: str
    words: str
    message_id: str


def read_mailbox(url: str, now: datetime.datetime) -> int:
    """Read what is new in the mailbox and mark what it tells of; return how many failures were noted.

    `url` is imap+ssl://user:password@host/INBOX, imap+tls:// (STARTTLS) or maildir:///path. What was read is marked
    as seen and left there. Raises MailboxUnusable, OSError or imaplib's error.
    """
    noted = 0

    def handle(content: bytes) -> None:
        nonlocal noted
        noted += note_failures(content, now)

    if urlsplit(url).scheme == "maildir":
        _read_maildir(Path(unquote(urlsplit(url).path)), handle)
    else:
        _read_imap(url, handle)
    return noted


def note_failures(content: bytes, now: datetime.datetime) -> int:
    """Mark the mails and addresses that a message reports as failed; return how many were ours. May run twice."""
    failures = failures_in(content)
    if not failures:
        return 0
    sent = Mail.objects.filter(sent_at__gte=now - MAIL_IS_KNOWN_FOR)
    mails = {message_id(key): pk for pk, key in sent.values_list("pk", "key")}
    return sum(_note(failure, mails.get(failure.message_id), now) for failure in failures)


@transaction.atomic
def _note(failure: Failure, mail_id: int | None, now: datetime.datetime) -> bool:
    is_of_address = addresses.status_is_of_the_address(failure.status)
    if mail_id is None:
        if is_of_address:
            return addresses.mark_refused(failure.recipient, failure.words, now=now)
        return False
    mail = Mail.objects.select_for_update().get(pk=mail_id)
    if mail.bounced_at is None:
        mail.bounced_at, mail.bounce = now, failure.words
        mail.save(update_fields=["bounced_at", "bounce"])
    if is_of_address:
        addresses.mark_refused(mail.address, failure.words, now=now, sent_at=mail.sent_at)
    return True


# Reports


def failures_in(content: bytes) -> list[Failure]:
    """Return the failures for good that a message reports; none for whatever else it is, however it is made."""
    if len(content) > MOST_BYTES:
        return []
    try:
        return list(_failures(email.message_from_bytes(content)))
    except Exception as error:
        # Whoever sent it made it so: it must not keep the others from being read.
        logger.warning("A message in the mailbox of delivery reports cannot be read: %r", error)
        return []


def _failures(message: Message) -> Iterator[Failure]:
    if message.get_content_type() != "multipart/report":
        return
    parts = _inside(message)
    original = next(filter(None, map(_message_id_in, parts)), "")
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            # The first block is of the whole report.
            for block in _inside(part)[1 : MOST_RECIPIENTS + 1]:
                status = _words(block["Status"])
                if _words(block["Action"]).lower() == "failed" and status.startswith("5."):
                    yield Failure(_recipient(block), status[:12], _diagnosis(block, status), original)


def _inside(message: Message) -> list[Message]:
    """Return the messages that a message is made of."""
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _message_id_in(part: Message) -> str:
    """Return the Message-ID of the mail that comes back with a report, as a whole or by its headers."""
    if part.get_content_type() == "message/rfc822":
        return next((_words(returned["Message-ID"]) for returned in _inside(part)), "")
    payload = part.get_payload()
    if part.get_content_type() == "text/rfc822-headers" and isinstance(payload, str):
        return _words(email.message_from_string(payload)["Message-ID"])
    return ""


def _recipient(block: Message) -> str:
    """Return the address that we sent to, where a forwarding server says it, else the last one."""
    named = _words(block["Original-Recipient"]) or _words(block["Final-Recipient"])
    return named.rpartition(";")[2].strip(" <>").lower()


def _diagnosis(block: Message, status: str) -> str:
    words = _words(block["Diagnostic-Code"])
    return re.sub(r"^\w+;\s*", "", words) or f"{status} (không nêu lý do)"


def _words(header: object) -> str:
    """Return a header on one line, as text that every database keeps."""
    raw = str(header or "").encode("utf-8", "surrogateescape")
    return " ".join(addresses.as_text(raw).split())[:LONGEST_WORDS]


# Mailboxes


def _read_maildir(root: Path, handle: Handle) -> None:
    """Read what lies in new/ and move it to cur/ as seen."""
    if not (root / "new").is_dir():
        raise MailboxUnusable(f"{root} is no Maildir: it has no folder named new")
    (root / "cur").mkdir(exist_ok=True)
    for path in sorted((root / "new").iterdir())[:MOST_AT_ONCE]:
        with path.open("rb") as file:
            handle(file.read(MOST_BYTES + 1))
        path.rename(root / "cur" / f"{path.name}:2,S")


def _read_imap(url: str, handle: Handle) -> None:
    """Read what is unseen and mark it as seen."""
    parts = urlsplit(url)
    with _signed_in(url) as client:
        client.select(unquote(parts.path.strip("/")) or "INBOX")
        _, [found] = client.uid("SEARCH", "UNSEEN")
        for uid in (found or b"").split()[:MOST_AT_ONCE]:
            name = uid.decode()
            # No more than counts is fetched, whatever lies there; PEEK marks nothing until it was handled.
            _, fetched = client.uid("FETCH", name, f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)")
            for piece in fetched:
                if isinstance(piece, tuple):
                    handle(piece[1])
            client.uid("STORE", name, "+FLAGS", r"(\Seen)")


@contextmanager
def _signed_in(url: str) -> Iterator[imaplib.IMAP4]:
    parts = urlsplit(url)
    if parts.scheme not in IMAP_PORTS or not parts.hostname:
        raise MailboxUnusable("DELIVERY_REPORTS_URL begins with imap+ssl://, imap+tls:// or maildir://")
    port = parts.port or IMAP_PORTS[parts.scheme]
    client: imaplib.IMAP4
    if parts.scheme == "imap+ssl":
        context = ssl.create_default_context()
        client = imaplib.IMAP4_SSL(parts.hostname, port, ssl_context=context, timeout=TIMEOUT_SECONDS)
    else:
        client = imaplib.IMAP4(parts.hostname, port, timeout=TIMEOUT_SECONDS)
    try:
        if parts.scheme == "imap+tls":
            client.starttls(ssl.create_default_context())
        client.login(unquote(parts.username or ""), unquote(parts.password or ""))
        yield client
    finally:
        with suppress(Exception):
            client.logout()
