"""Which addresses mail reaches: confirmed by the people themselves, refused by mail servers."""

import datetime
import re
import smtplib

from assignments.models import User

# RFC 3463: class 5 is for good; of what comes after it subject 1 is the address, 2 the mailbox, 4 the way to it. The
# rest (policy, content, the servers themselves) says nothing of the address. Nor do these: the sender's own address
# (5.1.7, 5.1.8), the length of one mail (5.2.3).
STATUS = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")
OF_THE_ADDRESS = frozenset({"1", "2", "4"})
OF_THE_MAILBOX = frozenset({"1", "2"})
OF_SOMETHING_ELSE = frozenset({("1", "7"), ("1", "8"), ("2", "3")})
# RFC 5321, to RCPT: no such mailbox, not here, no such name. 554 alone is also what a server says that takes nothing.
UNKNOWN_RECIPIENT = ("550", "551", "553")

Refusal = smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError


def answer_in(refusal: Refusal) -> tuple[int, str]:
    """Return the code and the whole answer with which a server refused a mail to one person."""
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        [(code, words)] = refusal.recipients.values()
        return code, f"{code} {as_text(words)}"
    return refusal.smtp_code, f"{refusal.smtp_code} {as_text(refusal.smtp_error)}"


def as_text(words: bytes | str) -> str:
    """Return a server's words as text that every database keeps."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return text.replace("\0", "")


def is_refused_for_good(refusal: Refusal) -> bool:
    """Tell whether a server said that the address takes no mail, and not that it does not like this one.

    What it says to the content (DATA) counts only where its status names the address or the mailbox.
    """
    _, answer = answer_in(refusal)
    asked_for_recipient = isinstance(refusal, smtplib.SMTPRecipientsRefused)
    status = STATUS.search(answer)
    if status:
        return _is_of(status, OF_THE_ADDRESS if asked_for_recipient else OF_THE_MAILBOX)
    return asked_for_recipient and answer.startswith(UNKNOWN_RECIPIENT)


def status_is_of_the_address(status: str) -> bool:
    """Tell whether an enhanced status code (RFC 3463), such as 5.1.1, says that an address takes no mail."""
    found = STATUS.fullmatch(status)
    return found is not None and _is_of(found, OF_THE_ADDRESS)


def _is_of(status: re.Match[str], subjects: frozenset[str]) -> bool:
    return status[1] in subjects and status.groups() not in OF_SOMETHING_ELSE


def mark_refused(
    address: str, answer: str, *, now: datetime.datetime, sent_at: datetime.datetime | None = None
) -> bool:
    """Mark an address as one that takes no mail, with the server's words; tell whether it is somebody's.

    What was sent before the person confirmed the address says nothing against it any more.
    """
    people = User.objects.filter(email=address)
    if sent_at:
        people = people.exclude(confirmed_address=address, confirmed_at__gt=sent_at)
    return bool(people.update(refused_address=address, refused_at=now, refusal=answer))


def confirm(user: User, *, now: datetime.datetime) -> None:
    """Keep that the person got what was mailed to their address; what a server said of it before is over."""
    User.objects.filter(pk=user.pk, email=user.email).update(
        confirmed_address=user.email, confirmed_at=now, refused_address="", refused_at=None, refusal=""
    )
