"""Milliseconds of an autosave, beside a bare signed-in Django view with one UPDATE.

    .venv/bin/python -m tests.bench.autosave

Every way is asked in turns over HTTP, of gunicorn as the portal runs it: the portal serves the bare view itself,
behind its whole middleware, and a second process serves it as a new Django project would. The text is
2,000 characters, in an area with its measures; the last way changes a status too. In a test database of its own, on
the server that DATABASE_URL names, SQLite without it. The yardstick is 3 times.
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
from pathlib import Path
from urllib.parse import urlencode

import django

VAR_DIR = Path(os.environ.setdefault("VAR_DIR", tempfile.mkdtemp()))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
django.setup()

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from assignments.models import Plan, User
from plan_portal.urls import urlpatterns as portal_patterns
from reports import deadlines, demo, opening
from reports.models import Report, ReportPart

ROUNDS = 400
YARDSTICK = 3
TEXT = "Trong năm tổ chức 12 hội nghị cho 1.260 lượt người, trong đó nữ 54%. " * 29
CSRF_SECRET = "a" * 32
NEW_PROJECT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


@login_required
def bare(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what the yardstick does: one UPDATE by somebody who is signed in."""
    ReportPart.objects.filter(pk=pk).update(text=request.POST["text"])
    return HttpResponse("saved")


urlpatterns = [path("bare/<int:pk>/", bare), *portal_patterns]


def application(environ: dict, start_response: Callable) -> object:
    """Serve the portal with the bare view; gunicorn loads it, once."""
    return _application(environ, start_response)


if serving := os.environ.get("BENCH_SERVES"):
    settings.ROOT_URLCONF = __name__
    if serving == "new project":
        settings.MIDDLEWARE = NEW_PROJECT
    _application = get_wsgi_application()


@contextmanager
def server(serving: str):
    """Run gunicorn as script/web does, on the test database; yield its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    database = connection.settings_dict
    address = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        address = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database['NAME']}"
    environment = os.environ | {"BENCH_SERVES": serving, "DATABASE_URL": address, "VAR_DIR": str(VAR_DIR)}
    command = ("gunicorn", "tests.bench.autosave:application", "--bind", f"127.0.0.1:{port}", "--log-level", "error")
    workers = ("--worker-class", "gthread", "--workers", "1", "--threads", "4", "--no-control-socket")
    process = subprocess.Popen([sys.executable, "-m", *command, *workers], env=environment)
    try:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def a_report() -> tuple[Report, User]:
    """Return a report of the real plan and the clerk who writes it."""
    with redirect_stdout(sys.stderr):
        call_command("load_plan", "assignments/data/ke-hoach-96.toml")
    plan, now = Plan.objects.get(), timezone.now()
    demo.make_people(plan, now)
    opening.open_cycle(plan, deadlines.day_of(now).year, by=None, now=now)
    report = Report.objects.select_related("cycle__plan", "agency").get(agency__slug="so-y-te")
    return report, User.objects.get(email="chuyen-vien@so-y-te.example")


def post(port: int, address: str, form: dict, session: str) -> float:
    """Send a form as a page does, signed in; return the milliseconds until the whole answer is here."""
    body = urlencode(form | {"csrfmiddlewaretoken": CSRF_SECRET})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF_SECRET}",
        "HX-Request": "true",
    }
    started = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("POST", address, body, headers)
    answer = line.getresponse()
    words = answer.read()
    line.close()
    took = (time.perf_counter() - started) * 1000
    assert answer.status == 200, words.decode()
    return took


def compare() -> None:
    """Save in turns in every way; print the medians and how many times the bare view's they are."""
    report, clerk = a_report()
    part = report.parts.get(key="noi-dung-4")
    tasks = [row.task.code for row in part.progress.select_related("task")]
    client = Client()
    client.force_login(clerk)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    connection.close()

    def update(port: int, number: int) -> float:
        return post(port, f"/bare/{part.pk}/", {"text": f"{TEXT}{number}"}, session)

    def autosave(port: int, number: int, status: str) -> float:
        statuses = {f"status-{code}": "under_way" for code in tasks} | {f"status-{tasks[0]}": status}
        form = {"version": number, "page": "1" * 32, "edit": number, "text": f"{TEXT}{number}"}
        return post(port, report.url("part", part.key), form | statuses, session)

    with server("portal") as portal, server("new project") as project:
        ways: dict[str, Callable[[int], float]] = {
            "bare view": lambda number: update(portal, number),
            "bare view of a new project": lambda number: update(project, number),
            "autosave of a text": lambda number: autosave(portal, 2 * number, "under_way"),
            "autosave of a text and a status": lambda number: autosave(portal, 2 * number + 1, "done"),
        }
        times: dict[str, list[float]] = {way: [] for way in ways}
        for number in range(ROUNDS):
            for way, send in ways.items():
                times[way].append(send(number))
    medians = {way: statistics.median(values) for way, values in times.items()}
    print(f"{connection.vendor}, {len(tasks)} measures, {ROUNDS} rounds in turns; the yardstick is {YARDSTICK} times")
    for way, median in medians.items():
        print(f"{way:32} {median:7.2f} ms {median / medians['bare view']:5.2f} times")


if __name__ == "__main__":
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(VAR_DIR / "bench.sqlite3")
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        compare()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
