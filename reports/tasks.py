"""Work for the worker. The database is the queue: a task that is lost or runs twice changes nothing."""

import logging

from celery import Task, shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError

from reports import delivery, delivery_reports, heartbeats, opening, reminders, stopping, uploads

logger = logging.getLogger(__name__)

MAILBOX_READ_EVERY_SECONDS = 300

# A round of documents ends before, with the longest of them; less than the broker waits for an answer.
DOCUMENTS_TIME_LIMIT = 240

# What time alone brings about, each step with its name for the person who runs it by hand.
SWEEP = {
    "Báo cáo được mở trong kỳ mới": lambda: opening.open_due_cycles(timezone.now()),
    "Kỳ sắp mở vừa báo cho cơ quan đầu mối": lambda: opening.announce_openings(timezone.now()),
    "Lần nhắc vừa đến hạn": lambda: reminders.claim_due_reminders(timezone.now()),
    "Thư đã gửi": lambda: _deliver_mails(),
    "Thư không tới đã ghi nhận": lambda: _read_delivery_reports(),
    "Văn bản đã tạo": lambda: _make_documents(),
    "Tệp gửi dở đã dọn": lambda: uploads.clear_given_up(timezone.now()),
}


def _read_delivery_reports() -> int:
    """Read the mailbox of delivery reports where there is one: once in a while, for a server of others'."""
    url = settings.DELIVERY_REPORTS_URL
    if not url or not cache.add("delivery_reports_read", True, timeout=MAILBOX_READ_EVERY_SECONDS):
        return 0
    return delivery_reports.read_mailbox(url, timezone.now())


def _make_documents() -> int:
    # WeasyPrint is loaded where it works: a web process imports this module too.
    from reports.documents import making

    return making.make_waiting(timezone.now, ring=lambda: _ring(make_documents), should_stop=stopping.is_told_to_stop)


def _deliver_mails() -> int:
    # When every worker has a round of its own to do, what was rung for it is forgotten.
    return delivery.deliver_waiting(
        timezone.now,
        ring=lambda: _ring(deliver_mails, expires=delivery.ROUND.total_seconds()),
        should_stop=stopping.is_told_to_stop,
    )


def _ring(task: Task, **options: float) -> None:
    """Wake one worker more; without a broker the next sweep goes on."""
    try:
        task.apply_async(**options)
    except OperationalError as error:
        logger.warning("The broker does not answer: %s", error)


@shared_task(time_limit=DOCUMENTS_TIME_LIMIT)
def make_documents() -> None:
    """Make the documents that were ordered."""
    _make_documents()


@shared_task
def deliver_mails() -> None:
    """Send every mail that may leave now."""
    _deliver_mails()


@shared_task(time_limit=DOCUMENTS_TIME_LIMIT)
def sweep() -> dict[str, int]:
    """Open the cycles, claim the reminders and send the mails whose time has come; return what was done.

    A step that fails does not keep the others; its error is raised at the end.
    """
    heartbeats.record_sweep(timezone.now())
    done: dict[str, int] = {}
    errors: list[Exception] = []
    for name, step in SWEEP.items():
        try:
            done[name] = step()
        except Exception as error:
            logger.exception("sweep: %s", name)
            errors.append(error)
    if errors:
        raise ExceptionGroup("sweep", errors)
    return done
