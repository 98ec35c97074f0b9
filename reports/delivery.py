"""The way of a mail to the mail server: leased, sent outside any transaction, marked with the server's answer.

A worker that is killed leaves a lease that runs out, and the mail is sent again under the same Message-ID:
none is lost, and at most the one that was under way arrives twice.
"""

import contextlib
import datetime
import hashlib
import logging
import smtplib
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import filebased, smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, PositiveSmallIntegerField, Q, QuerySet, When

from assignments import addresses
from reports import deadlines, emails, muting, stopping
from reports.models import Mail, ReminderDue, WaitingReminder

Clock = Callable[[], datetime.datetime]

# A server has EMAIL_TIMEOUT seconds for each answer, and the lease is renewed before each: it must be longer.
LEASE = datetime.timedelta(seconds=settings.EMAIL_TIMEOUT + 5)
# One round stops taking mails after so long and rings for the next, so that documents get their turn in between.
ROUND = datetime.timedelta(seconds=10)
LONGEST_PAUSE = datetime.timedelta(hours=1)
WHY_LENGTH = Mail._meta.get_field("why").max_length

logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Somebody else has taken the mail: it took longer than the lease."""


class Lease:
    """The right to send one mail, for a while."""

    def __init__(self, mail_id: int, until: datetime.datetime, clock: Clock):
        self.mail_id = mail_id
        self.until = until
        self.clock = clock

    @classmethod
    def take(cls, mail_id: int, clock: Clock) -> "Lease | None":
        """Take the lease, or return None where the mail has left, may not leave yet, or is somebody else's.

        Taking over a lease that ran out goes on with the attempt of a worker that died: it is not the mail's fault,
        and the server is not to be spared longer for it.
        """
        now = clock()
        until = now + LEASE
        attempts = Case(
            When(lease_until=None, then=F("attempts") + 1),
            default=F("attempts"),
            output_field=PositiveSmallIntegerField(),
        )
        taken = waiting(now).filter(pk=mail_id).update(lease_until=until, attempts=attempts)
        return cls(mail_id, until, clock) if taken else None

    def held(self) -> QuerySet[Mail]:
        return Mail.objects.filter(pk=self.mail_id, lease_until=self.until)

    def renew(self) -> None:
        """Hold the mail for another while. Raises LeaseLost where somebody else took it."""
        until = self.clock() + LEASE
        if not self.held().update(lease_until=until):
            raise LeaseLost(f"mail {self.mail_id}")
        self.until = until


def waiting(now: datetime.datetime) -> QuerySet[Mail]:
    """Return the mails that may leave now.

    Reminders stay until the morning, whenever they fell due, unless an officer asked for them.
    """
    waiting = Mail.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=now), sent_at=None, cancelled_at=None, due_from__lte=now
    )
    if now.astimezone(deadlines.VIETNAM).time() < settings.MAILS_LEAVE_FROM:
        asked_for = ReminderDue.objects.filter(mail=OuterRef("pk"), asked_by__isnull=False)
        waiting = waiting.exclude(Q(kind=Mail.Kind.REMINDER) & ~Exists(asked_for))
    return waiting


def ring_for_nobody() -> None:
    """Be the only worker."""


def deliver_waiting(
    clock: Clock, *, ring: Callable[[], object] = ring_for_nobody, should_stop: stopping.Asked = stopping.goes_on
) -> int:
    """Send every mail that may leave, for one round; return how many left.

    May run twice, and at the same time as itself: whoever finds more than one mail rings for one worker more, and
    whoever leaves some rings for the next round. Told to stop, it ends with the mail in its hands. A server that is
    not there ends the round; a mail that fails for a reason of its own does not keep the others, and its error is
    raised at the end.
    """
    started = clock()
    errors: list[Exception] = []
    sent = 0
    queue = list(waiting(started).values_list("pk", flat=True))
    if len(queue) > 1:
        ring()
    for mail_id in queue:
        if should_stop():
            break
        if clock() - started > ROUND:
            ring()
            break
        try:
            sent += deliver(mail_id, clock)
        except (OSError, smtplib.SMTPException) as error:
            errors.append(error)
            break
        except Exception as error:
            logger.exception("mail %s", mail_id)
            errors.append(error)
    if errors:
        raise ExceptionGroup("mails that did not leave", errors)
    return sent


def deliver(mail_id: int, clock: Clock) -> bool:
    """Send one mail, if it may leave and is nobody else's; tell whether it left.

    A refusal of this mail by the server is recorded, not raised: for good (5xx) the mail is given up, and where that
    is the address's fault the address is marked; for now (4xx) the mail is put off. Every other error puts it off
    and is raised.
    """
    lease = Lease.take(mail_id, clock)
    if lease is None:
        return False
    mail = Mail.objects.select_related(
        "recipient",
        "event__report__cycle__plan",
        "event__report__agency",
        "consolidation_event__consolidation__cycle__plan",
        "roll_call_entry__roll_call__cycle__plan",
    ).get(pk=mail_id)
    try:
        letter = emails.compose(mail, clock())
        _notice(mail, letter, clock())
        if letter.is_muted:
            _give_the_day_back(mail, muting.MUTED, clock())
            return False
        message = _message(mail, letter)
        with _open_connection(lease) as connection:
            connection.send_messages([message])
            _mark_sent(mail, letter, getattr(connection, "last_answer", ""), clock())
    except emails.HeldBack as reason:
        _give_the_day_back(mail, str(reason), clock())
        return False
    except emails.NothingToSay as reason:
        _cancel(mail, str(reason), clock())
        return False
    except LeaseLost:
        logger.warning("mail %s: the lease was lost to another worker", mail.key)
        return False
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refusal:
        code, answer = addresses.answer_in(refusal)
        logger.warning("mail %s: the server answered %s", mail.key, answer)
        if code >= 500:
            _give_up_refused(mail, refusal, answer, clock())
        else:
            _put_off(lease, mail, answer)
        return False
    except Exception as error:
        _put_off(lease, mail, str(error))
        raise
    logger.info("mail %s: sent", mail.key)
    return True


def message_id(key: str) -> str:
    """Return the Message-ID of the mail with this key: the same however often it is sent."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{settings.MAIL_MESSAGE_ID_DOMAIN}>"


def _message(mail: Mail, letter: emails.Letter) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[mail.recipient.email],
        headers={"Message-ID": message_id(mail.key), "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(letter.html, "text/html")
    return message


class SmtpBackend(smtp.EmailBackend):
    """Django's SMTP backend, renewing the lease before each answer that it waits for and keeping the last one."""

    def __init__(self, lease: Lease | None):
        super().__init__()
        self.lease = lease
        self.last_answer = ""

    @property
    def connection_class(self):
        backend = self

        class Client(super().connection_class):  # type: ignore[misc] # SMTP or SMTP_SSL, as the settings say
            def getreply(self):
                try:
                    if backend.lease:
                        backend.lease.renew()
                except LeaseLost:
                    self.close()
                    raise
                code, words = super().getreply()
                backend.last_answer = f"{code} {addresses.as_text(words)}"
                return code, words

        return Client

    def close(self) -> None:
        """Take leave of the server; what happens to the mail now is no longer this connection's."""
        self.lease = None
        super().close()


class FileBackend(filebased.EmailBackend):
    """Django's backend that writes mails to files, with one file for each mail."""

    def __init__(self, lease: Lease):
        super().__init__()
        name = f"{lease.clock().astimezone(deadlines.VIETNAM):%Y%m%d-%H%M%S}-{lease.mail_id}.log"
        self._fname = str(Path(self.file_path) / name)
        self.last_answer = f"đã ghi vào tệp {name}"


# Any other backend sends as well, and has no answer to keep.
BACKENDS: dict[str, Callable[[Lease], BaseEmailBackend]] = {
    "django.core.mail.backends.smtp.EmailBackend": SmtpBackend,
    "django.core.mail.backends.filebased.EmailBackend": FileBackend,
}


@contextlib.contextmanager
def _open_connection(lease: Lease) -> Iterator[BaseEmailBackend]:
    """Connect to what the settings name; what goes wrong when taking leave of the server is of no concern."""
    backend = BACKENDS.get(settings.EMAIL_BACKEND)
    connection = backend(lease) if backend else get_connection()
    connection.open()
    try:
        yield connection
    finally:
        with contextlib.suppress(Exception):
            connection.close()


def _notice(mail: Mail, letter: emails.Letter, now: datetime.datetime) -> None:
    """Let the recipient read the mail in the portal from now on, whatever the mail server says of it."""
    with transaction.atomic():
        Mail.objects.filter(pk=mail.pk, sent_at=None, cancelled_at=None).update(
            subject=letter.subject, text=letter.text, noticed_at=mail.noticed_at or now
        )
        if letter.aside:
            _notice_aside(mail, letter.aside, now)


def _notice_aside(mail: Mail, letter: emails.Letter, now: datetime.datetime) -> None:
    """Keep the part of a reminder that its recipient has switched off as a notice of its own."""
    aside, _ = Mail.objects.get_or_create(
        key=_given_up_key(mail),
        defaults={
            "kind": mail.kind,
            "recipient": mail.recipient,
            "due_from": mail.due_from,
            "cancelled_at": now,
            "why": muting.MUTED,
            "subject": letter.subject,
            "text": letter.text,
            "noticed_at": now,
        },
    )
    for rows in _carried_by(letter):
        rows.update(mail=aside, outcome=ReminderDue.Outcome.SKIPPED, why=muting.MUTED)


def _carried_by(letter: emails.Letter) -> tuple[QuerySet[ReminderDue], QuerySet[WaitingReminder]]:
    """Return the rows that a mail with these words carries."""
    return (
        ReminderDue.objects.filter(pk__in=[row.pk for row in letter.reminders]),
        WaitingReminder.objects.filter(pk__in=[row.pk for row in letter.waiting]),
    )


def _give_the_day_back(mail: Mail, why: str, now: datetime.datetime) -> None:
    """Give a mail up that was not to be; a reminder's key, the day's, is left to what comes yet."""
    with transaction.atomic():
        _cancel(mail, why, now)
        if mail.kind == Mail.Kind.REMINDER:
            Mail.objects.filter(pk=mail.pk).update(key=_given_up_key(mail))


def _given_up_key(mail: Mail) -> str:
    return f"{mail.key}:{mail.pk}"


def _mark_sent(mail: Mail, letter: emails.Letter, answer: str, now: datetime.datetime) -> None:
    with transaction.atomic():
        Mail.objects.filter(pk=mail.pk, sent_at=None, cancelled_at=None).update(
            sent_at=now,
            lease_until=None,
            address=mail.recipient.email,
            subject=letter.subject,
            text=letter.text,
            server_answer=answer,
        )
        for rows in _carried_by(letter):
            rows.update(outcome=ReminderDue.Outcome.SENT)


@transaction.atomic
def _give_up_refused(mail: Mail, refusal: addresses.Refusal, answer: str, now: datetime.datetime) -> None:
    """Give a mail up that the server refused for good; mark the address where it is the address that it refused."""
    _cancel(mail, f"máy chủ thư từ chối: {answer}", now, server_answer=answer)
    if addresses.is_refused_for_good(refusal):
        addresses.mark_refused(mail.recipient.email, answer, now=now)


def _cancel(mail: Mail, why: str, now: datetime.datetime, *, server_answer: str = "") -> None:
    """Give the mail up, and with it the reminders that it carries."""
    why = why[:WHY_LENGTH]
    with transaction.atomic():
        Mail.objects.filter(pk=mail.pk, sent_at=None, cancelled_at=None).update(
            cancelled_at=now,
            lease_until=None,
            why=why,
            address=mail.recipient.email if server_answer else "",
            server_answer=server_answer,
        )
        for rows in (mail.reminders, mail.waiting_reminders):
            pending = rows.filter(outcome=ReminderDue.Outcome.PENDING)
            pending.update(outcome=ReminderDue.Outcome.SKIPPED, why=why)


def _put_off(lease: Lease, mail: Mail, answer: str) -> None:
    """Let the mail go and try again after a pause that doubles with every attempt."""
    minutes = 2 ** min(mail.attempts - 1, 6)
    pause = min(datetime.timedelta(minutes=minutes), LONGEST_PAUSE)
    lease.held().update(lease_until=None, due_from=lease.clock() + pause, server_answer=answer)
