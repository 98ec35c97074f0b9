"""Milliseconds of an autosave, beside a bare signed-in Django view with one UPDATE.

    .venv/bin/python -m tests.bench.autosave

All run in this process through Django's test client, in turns, behind the portal's whole middleware; the bare view a
second time behind that of a new Django project. The text is 2,000 characters, in an area with its measures; a second
figure is the same with a status changed too. In a test database of its own, on the server that DATABASE_URL names,
SQLite without it. Beside the time that passed stands this process's own, which a busy machine changes less (on
PostgreSQL it lacks the server's share). The yardstick is 3 times.
"""

# ruff: noqa: E402 - models are imported once Django is set up

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp())
django.setup()

from django.contrib.auth.decorators import login_required
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from assignments.models import Plan, User
from plan_portal.urls import urlpatterns as portal_patterns
from reports import deadlines, demo, opening
from reports.models import Report, ReportPart

ROUNDS = 400
YARDSTICK = 3
TEXT = "Trong năm tổ chức 12 hội nghị cho 1.260 lượt người, trong đó nữ 54%. " * 29
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


def a_report() -> tuple[Report, User]:
    """Return a report of the real plan and the clerk who writes it."""
    with redirect_stdout(sys.stderr):
        call_command("load_plan", "assignments/data/ke-hoach-96.toml")
    plan, now = Plan.objects.get(), timezone.now()
    demo.make_people(plan, now)
    opening.open_cycle(plan, deadlines.day_of(now).year, by=None, now=now)
    report = Report.objects.select_related("cycle__plan", "agency").get(agency__slug="so-y-te")
    return report, User.objects.get(email="chuyen-vien@so-y-te.example")


def sending(client: Client, address: str, form: dict) -> Callable[[], HttpResponse]:
    """Return what sends a form as a browser does, with its body made ready."""
    body = urlencode(form)
    kind = "application/x-www-form-urlencoded"
    return lambda: client.post(address, body, content_type=kind, headers={"HX-Request": "true"})


@override_settings(ROOT_URLCONF=__name__)
def compare() -> None:
    """Save in turns in three ways; print the medians and how many times the bare view's they are."""
    report, clerk = a_report()
    part = report.parts.get(key="noi-dung-4")
    tasks = [row.task.code for row in part.progress.select_related("task")]
    portal, project = Client(), Client()
    with override_settings(MIDDLEWARE=NEW_PROJECT):
        project.handler.load_middleware()
    for client in (portal, project):
        client.force_login(clerk)

    def update(client: Client, number: int) -> Callable[[], HttpResponse]:
        return sending(client, f"/bare/{part.pk}/", {"text": f"{TEXT}{number}"})

    def autosave(number: int, status: str) -> Callable[[], HttpResponse]:
        statuses = {f"status-{code}": "under_way" for code in tasks} | {f"status-{tasks[0]}": status}
        form = {"version": number, "page": "1" * 32, "edit": number, "text": f"{TEXT}{number}"}
        return sending(portal, report.url("part", part.key), form | statuses)

    ways: dict[str, Callable[[int], Callable[[], HttpResponse]]] = {
        "bare view": lambda number: update(portal, number),
        "bare view of a new project": lambda number: update(project, number),
        "autosave of a text": lambda number: autosave(2 * number, "under_way"),
        "autosave of a text and a status": lambda number: autosave(2 * number + 1, "done"),
    }
    clocks = {"passed": time.perf_counter, "own": time.thread_time}
    times: dict[tuple[str, str], list[float]] = {(way, clock): [] for way in ways for clock in clocks}
    for number in range(ROUNDS):
        for way, prepared in ways.items():
            send = prepared(number)
            started = {clock: read() for clock, read in clocks.items()}
            response = send()
            for clock, read in clocks.items():
                times[way, clock].append(read() - started[clock])
            assert response.status_code == 200, response.content.decode()
    medians = {key: statistics.median(values) * 1000 for key, values in times.items()}
    print(f"{connection.vendor}, {len(tasks)} measures, {ROUNDS} rounds in turns; the yardstick is {YARDSTICK} times")
    for way in ways:
        figures = (
            f"{medians[way, clock]:7.2f} ms {clock} {medians[way, clock] / medians['bare view', clock]:5.2f} times"
            for clock in clocks
        )
        print(f"{way:32}", *figures)


if __name__ == "__main__":
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0)
    try:
        compare()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
