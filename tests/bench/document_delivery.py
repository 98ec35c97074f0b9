"""Seconds until every document of a year is made by two workers, and milliseconds of a download beside a bare view.

    .venv/bin/python -m tests.bench.document_delivery

The demonstration's year: 24 agencies' reports, the merged report and the brief for leaders, each as PDF, Word and
Excel, made by Celery as script/server runs it (BROKER_URL names another broker). Then they are asked of gunicorn as
script/web runs it, in turns with a bare signed-in view that returns the same file: behind the portal's whole
middleware, and as a new Django project would. In a test database of its own, on the server that DATABASE_URL names,
SQLite without it. The yardstick is 1.5 times.
"""

# ruff: noqa: E402 - models are imported once Django is set up

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from pathlib import Path

import django

VAR_DIR = Path(os.environ.setdefault("VAR_DIR", tempfile.mkdtemp()))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
django.setup()

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import FileResponse, HttpRequest
from django.test import Client
from django.urls import path
from django.utils import timezone

from assignments.models import User
from plan_portal.celery import app
from plan_portal.urls import urlpatterns as portal_patterns
from reports import demo, tasks
from reports.documents import orders
from reports.models import ConsolidatedReport, Document, Submission
from tests.bench.autosave import NEW_PROJECT

ROUNDS = 200
YARDSTICK = 1.5
AGENCIES = 24
WORKERS = 2


@login_required
def bare(request: HttpRequest, pk: int) -> FileResponse:
    """Do what the yardstick does: return the file to somebody who is signed in."""
    return FileResponse(Document.objects.get(pk=pk).file.open(), as_attachment=True)


urlpatterns = [path("bare/<int:pk>/", bare), *portal_patterns]


def application(environ: dict, start_response: Callable) -> object:
    """Serve the portal with the bare view; gunicorn loads it, once."""
    return _application(environ, start_response)


if serving := os.environ.get("BENCH_SERVES"):
    settings.ROOT_URLCONF = __name__
    if serving == "new project":
        settings.MIDDLEWARE = NEW_PROJECT
    _application = get_wsgi_application()


def environment(**variables: str) -> dict[str, str]:
    """Return what a process needs to work on the test database."""
    database = connection.settings_dict
    address = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        address = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database['NAME']}"
    return os.environ | {"DATABASE_URL": address, "VAR_DIR": str(VAR_DIR)} | variables


@contextmanager
def server(serving: str):
    """Run gunicorn as script/web does, on the test database; yield its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    module = "tests.bench.document_delivery:application"
    command = ("gunicorn", module, "--bind", f"127.0.0.1:{port}", "--log-level", "error")
    workers = ("--worker-class", "gthread", "--workers", "1", "--threads", "4", "--no-control-socket")
    with (VAR_DIR / "gunicorn.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, *workers], env=environment(BENCH_SERVES=serving), stdout=log, stderr=log
        )
    try:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def workers():
    """Run Celery as script/server does."""
    command = ("celery", "--quiet", "-A", "plan_portal", "worker", "--concurrency", str(WORKERS))
    quiet = environment(PYTHONWARNINGS="ignore:You're running the worker")
    process = subprocess.Popen([sys.executable, "-m", *command, "--loglevel", "ERROR"], env=quiet)
    try:
        while not app.control.ping(timeout=1):
            pass
        yield
    finally:
        process.terminate()
        process.wait()


def play_a_year() -> tuple[Submission, ConsolidatedReport]:
    """Play the demonstration and leave the orders of one year; return a submission and the merged report."""
    with redirect_stdout(sys.stderr):
        call_command("load_plan", "assignments/data/ke-hoach-96.toml")
        call_command("load_indicators", "assignments/data/chi-tieu.toml")
    demo.load(timezone.now())
    agencies = Submission.objects.order_by("pk")[:AGENCIES]
    published = ConsolidatedReport.objects.get()
    Document.objects.all().delete()
    for source in [*agencies, published]:
        orders.order(source, now=timezone.now())
    connection.close()
    return Submission.objects.get(report__agency__slug="so-y-te", report__cycle=published.cycle), published


def make_all() -> None:
    """Ring once, as publishing does; print how long it takes until nothing waits."""
    count = Document.objects.count()
    with workers():
        started = time.perf_counter()
        tasks.make_documents.delay()
        while Document.objects.filter(made_at=None).exists():
            time.sleep(0.2)
        took = time.perf_counter() - started
    twice = Document.objects.filter(attempts__gt=1).count()
    size = sum(Document.objects.values_list("size", flat=True)) / 1024 / 1024
    broker = settings.CELERY_BROKER_URL.partition(":")[0]
    print(
        f"{count} documents of {AGENCIES} agencies, merged report and brief, {size:.1f} MB, {WORKERS} workers,"
        f" broker {broker}: {took:.1f} s, {twice} begun twice"
    )


def get(port: int, address: str, session: str, status: int = 200, **headers: str) -> float:
    """Ask for a file, signed in; return the milliseconds until the whole answer is here."""
    headers |= {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
    started = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", address, headers=headers)
    answer = line.getresponse()
    words = answer.read()
    line.close()
    took = (time.perf_counter() - started) * 1000
    assert answer.status == status, words.decode()
    return took


def session_of(email: str) -> str:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def compare_downloads(submission: Submission, published: ConsolidatedReport) -> None:
    """Ask in turns for each file in every way; print the medians and how many times the bare view's they are."""
    clerk = session_of("chuyen-vien@so-y-te.example")
    leader = session_of("lanh-dao-tinh@uy-ban-nhan-dan-tinh.example")
    cases = {
        "an agency's report": (orders.files_of(submission).report_pdf, clerk),
        "the merged report": (orders.files_of(published).report_pdf, leader),
        "the brief": (orders.files_of(published).brief_pdf, leader),
    }
    connection.close()
    print(f"{connection.vendor}, {ROUNDS} rounds in turns; the yardstick is {YARDSTICK} times")
    with server("portal") as portal, server("new project") as project:
        for case, (file, session) in cases.items():
            yardstick, etag = f"/bare/{file.made.pk}/", {"If-None-Match": f'"{file.made.address}"'}
            ways: dict[str, Callable[[], float]] = {
                "bare view": partial(get, portal, yardstick, session),
                "bare view of a new project": partial(get, project, yardstick, session),
                "the portal's": partial(get, portal, file.address, session),
                "its last 1,000 bytes": partial(get, portal, file.address, session, 206, Range="bytes=-1000"),
                "not modified": partial(get, portal, file.address, session, 304, **etag),
            }
            times: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(ROUNDS):
                for way, ask in ways.items():
                    times[way].append(ask())
            medians = {way: statistics.median(values) for way, values in times.items()}
            print(f"{case}, PDF of {file.made.size / 1024:.0f} KB")
            for way, median in medians.items():
                print(f"    {way:28} {median:7.2f} ms {median / medians['bare view']:5.2f} times")


if __name__ == "__main__":
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(VAR_DIR / "bench.sqlite3")
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        year = play_a_year()
        make_all()
        compare_downloads(*year)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
