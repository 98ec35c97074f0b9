"""Workers that die, or are told to stop, with a document or a mail in their hands."""

import time

import pytest
from django.utils import timezone

from reports import services
from reports.models import Document, Mail
from tests.conftest import fill
from tests.faults.season import people_due
from tests.faults.smtp_sink import Mood
from tests.faults.storm import rows_left
from tests.reports.test_document_processes import LINE

pytestmark = pytest.mark.faults


def order_pdf(report, head, *, lines: int) -> Document:
    """Submit a report whose parts have so many lines; return the order for its PDF, the only one."""
    services.submit_report(fill(report, text="\n".join([LINE] * lines)), by=head, now=timezone.now())
    Document.objects.exclude(kind="pdf").delete()
    Mail.objects.all().delete()
    return Document.objects.get()


def is_being_made(pdf: Document) -> bool:
    pdf.refresh_from_db()
    return pdf.lease_until is not None


def is_made(pdf: Document) -> bool:
    pdf.refresh_from_db()
    return pdf.is_ready


def test_pdf_of_a_killed_worker_is_made_by_another(make_stack, report, head, figures):
    pdf = order_pdf(report, head, lines=25)
    stack = make_stack()
    stack.start("worker-1", "beat")
    stack.wait_until(lambda: is_being_made(pdf), "the PDF is being made")

    stack.parts["worker-1"].is_wanted = False
    stack.parts["worker-1"].kill()
    killed_at = time.monotonic()
    stack.start("worker-2")
    stack.wait_until(lambda: is_made(pdf), "the PDF is made", seconds=180)

    assert pdf.attempts == 2
    seconds = time.monotonic() - killed_at
    figures.hold("PDF of a killed worker: seconds until another has made it", seconds, at_most=60)
    figures.judge()


def test_worker_told_to_stop_hands_back_its_pdf(make_stack, report, head, figures):
    """The PDF takes longer than a worker that is told to stop has time."""
    pdf = order_pdf(report, head, lines=300)
    stack = make_stack()
    stack.start("worker-1", "beat")
    stack.wait_until(lambda: is_being_made(pdf), "the PDF is being made")
    first_lease = pdf.lease_until
    stack.start("worker-2")

    stack.parts["worker-1"].ask_to_stop()
    asked_at = time.monotonic()
    stack.wait_until(lambda: not is_being_made(pdf), "the PDF is handed back")
    handed_back = time.monotonic() - asked_at
    stack.wait_until(lambda: is_being_made(pdf) and pdf.lease_until > first_lease, "worker-2 makes the PDF")
    taken_over = time.monotonic() - asked_at
    stack.parts["worker-1"].stop()
    stack.wait_until(lambda: is_made(pdf), "the PDF is made", seconds=600)

    assert pdf.attempts == 1
    figures.hold("PDF of a worker told to stop: seconds until handed back", handed_back, at_most=30)
    figures.hold("PDF of a worker told to stop: seconds until another makes it", taken_over, at_most=30)
    figures.judge()


def test_worker_told_to_stop_finishes_the_mails_in_its_hands(make_stack, sink, figures):
    sink.mood = Mood(thinking=(0.5, 1.5))
    people = people_due(60)
    stack = make_stack(SWEEP_SECONDS="2")
    stack.start("worker-1", "worker-2", "beat")
    stack.wait_until(lambda: len(sink.accepted) >= 8, "mails leave")

    worker = stack.parts["worker-1"]
    worker.ask_to_stop()
    asked_at = time.monotonic()
    stack.wait_until(lambda: not worker.is_running, "the worker ends", seconds=120)
    seconds = time.monotonic() - asked_at
    leased = Mail.objects.filter(sent_at=None, lease_until__gt=timezone.now()).count()
    stack.wait_until(lambda: not rows_left(), "every mail has left", seconds=300)

    assert (sink.reached, sink.doubled) == (set(people), {})
    assert leased <= 2  # those of the other worker's two processes
    figures.hold("worker told to stop while it sends mails: seconds until it ended", seconds, at_most=30)
    figures.judge()
