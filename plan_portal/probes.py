"""Whether everything that the portal needs is there and at work, asked side by side and answered in time.

Each answer is a few words for a technician and never an address, a name or a text: what went wrong is told by its
kind. A probe that has no answer in time is left behind in its thread, and for a while not begun again.
"""

import datetime
import logging
import shutil
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache

import redis
from celery import current_app
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from kombu.exceptions import OperationalError as BrokerError

from reports import backlog, heartbeats

# Who asks has an answer within two seconds, whatever hangs.
ANSWER_SECONDS = 1.6
PROBE_SECONDS = 1.0
# A probe that hangs is given up: what it asked may have come back without its hearing of it.
GIVEN_UP_SECONDS = 30
# What waits for longer stands still: a worker looks every 15 seconds, a document takes a minute.
MAIL_MAY_WAIT = datetime.timedelta(minutes=15)
DOCUMENT_MAY_WAIT = datetime.timedelta(minutes=15)
LEAST_FREE_BYTES = 2 * 1024**3
LEAST_FREE_SHARE = 0.05

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """What a probe found: is it well, and in a few words why."""

    is_well: bool
    words: str


Findings = dict[str, Finding]
Probe = Callable[[datetime.datetime], Findings]


@cache
def newest_migrations() -> frozenset[tuple[str, str]]:
    """Return the last migration of every app, by app and name. They are read once: they come with the program."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def waiting_migrations() -> bool:
    """Tell whether the database lacks migrations. Raises DatabaseError where it does not answer."""
    return not newest_migrations() <= MigrationRecorder(connection).applied_migrations().keys()


def database(now: datetime.datetime) -> Findings:
    """Look into the database: itself, when the scheduler last rang, and what waits to leave."""
    if waiting_migrations():
        missing = Finding(False, "migrations are not applied")
        return {"database": missing} | dict.fromkeys(("scheduler", "mails", "documents"), missing)
    return {
        "database": Finding(True, "answers, every migration is applied"),
        "scheduler": _scheduler(now),
        "mails": _waiting("mail", backlog.mails(now), MAIL_MAY_WAIT, now),
        "documents": _waiting("document", backlog.documents(), DOCUMENT_MAY_WAIT, now),
    }


def _scheduler(now: datetime.datetime) -> Finding:
    last = heartbeats.last_sweep()
    if last is None:
        return Finding(False, "has never rung")
    return Finding(heartbeats.is_scheduler_alive(now), f"last rang {_age(now - last)} ago")


def _waiting(what: str, waiting: backlog.Backlog, longest: datetime.timedelta, now: datetime.datetime) -> Finding:
    if waiting.oldest is None:
        return Finding(True, f"no {what} waits")
    age = now - waiting.oldest
    return Finding(age <= longest, f"{waiting.count} wait, the oldest for {_age(age)}")


def broker(now: datetime.datetime) -> Findings:
    if settings.CELERY_BROKER_URL.startswith("redis"):
        with redis.Redis.from_url(
            settings.CELERY_BROKER_URL, socket_connect_timeout=PROBE_SECONDS, socket_timeout=PROBE_SECONDS
        ) as client:
            client.ping()
        return {"broker": Finding(True, "answers")}
    return {"broker": Finding(settings.BROKER_DIR.is_dir(), "is a folder on this machine")}


def workers(now: datetime.datetime) -> Findings:
    count = len(current_app.control.ping(timeout=PROBE_SECONDS))
    return {"workers": Finding(count > 0, f"{count} answered")}


def disk(now: datetime.datetime) -> Findings:
    """Look at the disk that files are written to."""
    total, _, free = shutil.disk_usage(settings.VAR_DIR)
    is_enough = free >= LEAST_FREE_BYTES and free >= total * LEAST_FREE_SHARE
    return {"disk": Finding(is_enough, f"{free / 1024**3:.1f} GB free ({free * 100 // total} %)")}


def mail_server(now: datetime.datetime) -> Findings:
    """Greet the mail server and take leave; no mail is sent, and nobody signs in."""
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return {"mail_server": Finding(True, "mails are written to files on this machine")}
    kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    with kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=PROBE_SECONDS) as server:
        code, _ = server.ehlo()
    return {"mail_server": Finding(code == 250, f"answered {code}")}


# Every probe with the names of what it finds.
PROBES: dict[Probe, tuple[str, ...]] = {
    database: ("database", "scheduler", "mails", "documents"),
    broker: ("broker",),
    workers: ("workers",),
    disk: ("disk",),
    mail_server: ("mail_server",),
}

_lock = threading.Lock()
# Each probe's last attempt, and when it began.
_asked: dict[Probe, tuple[float, Future[Findings]]] = {}


def all_findings(now: datetime.datetime) -> Findings:
    """Ask every probe at once and return what each found within ANSWER_SECONDS."""
    deadline = time.monotonic() + ANSWER_SECONDS
    asked = {probe: _ask(probe, now) for probe in PROBES}
    return {
        name: finding
        for probe, future in asked.items()
        for name, finding in _answer(future, PROBES[probe], deadline).items()
    }


def _ask(probe: Probe, now: datetime.datetime) -> Future[Findings]:
    """Begin a probe in a thread, or return the attempt that is under way."""
    moment = time.monotonic()
    with _lock:
        began, future = _asked.get(probe, (0.0, None))
        if future and not future.done() and moment - began < GIVEN_UP_SECONDS:
            return future
        future = Future()
        _asked[probe] = moment, future
    # Not of a pool: a process that is told to end waits for those.
    threading.Thread(
        target=_carry_out, args=(probe, now, future), name=f"probe {probe.__name__}", daemon=True
    ).start()
    return future


def _carry_out(probe: Probe, now: datetime.datetime, future: Future[Findings]) -> None:
    try:
        future.set_result(probe(now))
    except Exception as error:
        future.set_exception(error)
    finally:
        connection.close()  # a thread has one of its own


def _answer(future: Future[Findings], names: tuple[str, ...], deadline: float) -> Findings:
    try:
        return future.result(timeout=max(0, deadline - time.monotonic()))
    except Exception as error:
        words = _in_words(error)
        logger.warning("health: %s: %s", names[0], words)
        return dict.fromkeys(names, Finding(False, words))


def _in_words(error: Exception) -> str:
    """Return what kind of error it is: its own words may name an address or an account."""
    if isinstance(error, TimeoutError | redis.TimeoutError):
        return "does not answer in time"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "takes the connection and does not answer"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, ssl.SSLError):
        return "its certificate is not accepted"
    if isinstance(error, ConnectionError | redis.ConnectionError | OperationalError | BrokerError):
        return "cannot be reached"
    return f"failed: {type(error).__name__}"


def _age(span: datetime.timedelta) -> str:
    seconds = max(0, round(span.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
