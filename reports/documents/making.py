"""Orders for documents carried out: a lease says who works on one, and for how long nobody else may.

The lease is renewed while the work goes on. A worker that dies leaves one that runs out, and the next one takes the
order over: at most LEASE and one sweep later. Only workers load this module, and WeasyPrint with it.
"""

import contextlib
import datetime
import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.models import F, Q, QuerySet

from reports import stopping
from reports.documents.docx import render_docx
from reports.documents.orders import tree_of
from reports.documents.pdf import RenderingError, render_pdf
from reports.documents.xlsx import render_xlsx
from reports.models import Document
from reports.models.document import MOST_ATTEMPTS

Clock = Callable[[], datetime.datetime]

LEASE = datetime.timedelta(seconds=20)
RENEWED_EVERY_SECONDS = 2
# A worker that was told to stop finishes what takes no longer; less than Celery waits before it puts the task back.
STOPPED_AFTER = datetime.timedelta(seconds=6)
# One round stops taking orders well before a task's hard time limit; it rings for the next before it ends.
ROUND = datetime.timedelta(seconds=30)

RENDERERS = {
    Document.Kind.PDF: render_pdf,
    Document.Kind.DOCX: render_docx,
    Document.Kind.XLSX: render_xlsx,
}

# What whoever asked for the document is told; the log says the rest.
UNPRINTABLE = "nội dung có chỗ không in được. Hãy báo người phụ trách hệ thống kèm địa chỉ của trang này."
OUT_OF_MEMORY = "máy chủ không đủ bộ nhớ cho văn bản dài như vậy. Hãy thử lại khi máy chủ ít việc hơn."
NOT_WRITTEN = "máy chủ không ghi được tệp, có thể vì ổ đĩa đã đầy. Hãy báo người phụ trách hệ thống rồi thử lại."
STOPPED = (
    f"máy chủ đã dừng giữa chừng {MOST_ATTEMPTS} lần, có thể vì thiếu bộ nhớ hoặc văn bản quá dài."
    " Hãy thử lại khi máy chủ ít việc hơn."
)
UNEXPECTED = "phần mềm gặp lỗi ngoài dự kiến, lỗi đã được ghi lại. Hãy thử lại hoặc báo người phụ trách hệ thống."

logger = logging.getLogger(__name__)


class Lease:
    """The right to make one document, for a while; renewing it says how far the work has come."""

    def __init__(self, document: Document, until: datetime.datetime, clock: Clock):
        self.document = document
        self.until = until
        self.clock = clock
        self.step = 0

    @classmethod
    def take(cls, clock: Clock) -> "Lease | None":
        """Take the oldest order that waits and that nobody works on; None where there is none.

        Of several workers at once the conditional update lets one through; the others look for the next.
        """
        while True:
            now = clock()
            waiting = _waiting(now).order_by("attempts", "requested_at", "pk")
            document = waiting.select_related(
                "submission", "consolidated_report", "signed_copy__submission", "printout"
            ).first()
            if document is None:
                return None
            until = now + LEASE
            taken = {"lease_until": until, "attempts": F("attempts") + 1, "step": 0, "failure": ""}
            if _waiting(now).filter(pk=document.pk).update(**taken):
                return cls(document, until, clock)

    def held(self) -> QuerySet[Document]:
        return Document.objects.filter(pk=self.document.pk, lease_until=self.until, made_at=None)

    def renew(self) -> bool:
        """Hold the order for another while; False where somebody else took it."""
        until = self.clock() + LEASE
        if not self.held().update(lease_until=until, step=self.step):
            return False
        self.until = until
        return True

    def hand_back(self) -> None:
        """Leave the order to another worker, at once and as if it had not been tried."""
        self.held().update(lease_until=None, attempts=F("attempts") - 1, step=0)


def make_waiting(clock: Clock, ring: Callable[[], object], should_stop: stopping.Asked = stopping.goes_on) -> int:
    """Make what waits, for one round; return how many documents were made.

    May run in several workers at once: whoever finds more than one order rings for one worker more. Told to stop,
    it goes on for a moment with what it has in hand, and hands it back.
    """
    _give_up_what_kills_its_workers(clock())
    started = clock()
    taken = made = 0
    while not should_stop() and (lease := Lease.take(clock)):
        taken += 1
        if taken == 1 and _waiting(clock()).exists():
            ring()
        made += make(lease, should_stop)
        if clock() - started > ROUND:
            ring()
            break
    return made


def make(lease: Lease, should_stop: stopping.Asked = stopping.goes_on) -> bool:
    """Make the document of a lease; tell whether it was made.

    What went wrong is kept with the document, in words for people, and logged. It is tried again when the lease has
    run out, as long as attempts are left.
    """
    document = lease.document
    kind = Document.Kind(document.kind)
    try:
        with _renewed(lease, should_stop), _steps_told(lease):
            content = RENDERERS[kind](tree_of(document.source, Document.Subject(document.subject)))
        if not lease.held().exists():
            return _lost(lease)
        name = _written(lease, content)
    except Exception as error:
        logger.exception("Document %s could not be made", document.address)
        lease.held().update(failure=_in_words(error))
        return False
    made = lease.held().update(
        file=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        made_at=lease.clock(),
        lease_until=None,
        failure="",
    )
    if not made:
        default_storage.delete(name)
        return _lost(lease)
    return True


def _waiting(now: datetime.datetime) -> QuerySet[Document]:
    return Document.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=now), made_at=None, attempts__lt=MOST_ATTEMPTS
    )


def _give_up_what_kills_its_workers(now: datetime.datetime) -> None:
    dead = Document.objects.filter(made_at=None, attempts__gte=MOST_ATTEMPTS, lease_until__lte=now, failure="")
    dead.update(failure=STOPPED)


def _in_words(error: Exception) -> str:
    if isinstance(error, RenderingError):
        return UNPRINTABLE
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY
    return NOT_WRITTEN if isinstance(error, OSError) else UNEXPECTED


def _lost(lease: Lease) -> bool:
    logger.warning("Document %s: the lease was lost to another worker", lease.document.address)
    return False


def _written(lease: Lease, content: bytes) -> str:
    """Write the file and return its name, which is this lease's alone: nobody writes over another's file."""
    document = lease.document
    name = document.file.field.generate_filename(document, f"{document.address}.{document.kind}")
    return default_storage.save(name, ContentFile(content))


@contextlib.contextmanager
def _renewed(lease: Lease, should_stop: stopping.Asked) -> Iterator[None]:
    """Renew the lease in a thread of its own: a layout goes on for longer than a lease without a pause.

    A worker that was told to stop will be killed before long: a moment later the thread hands the order back. Not
    inside a transaction: nobody else sees what it holds, and the thread would wait for its end.
    """
    if connection.in_atomic_block:
        yield
        return
    done = threading.Event()

    def renew() -> None:
        held = True
        told_at = None
        while held and not done.wait(RENEWED_EVERY_SECONDS):
            with contextlib.suppress(DatabaseError):  # the lease outlasts a dozen attempts
                if told_at is None and should_stop():
                    told_at = lease.clock()
                if told_at and lease.clock() - told_at >= STOPPED_AFTER:
                    lease.hand_back()
                    break
                held = lease.renew()
        connection.close()

    thread = threading.Thread(target=renew, name=f"lease of {lease.document.address}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class _StepHandler(logging.Handler):
    """Hears WeasyPrint count its steps ("Step 5 - Creating layout - Page 12")."""

    def __init__(self, lease: Lease):
        super().__init__()
        self.lease = lease

    def emit(self, record: logging.LogRecord) -> None:
        if step := re.match(r"Step (\d+)", record.getMessage()):
            self.lease.step = int(step[1])


@contextlib.contextmanager
def _steps_told(lease: Lease) -> Iterator[None]:
    progress = logging.getLogger("weasyprint.progress")
    handler = _StepHandler(lease)
    progress.addHandler(handler)
    try:
        yield
    finally:
        progress.removeHandler(handler)
