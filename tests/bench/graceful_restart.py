"""Requests that fail while the web processes are restarted under load: there must be none.

    .venv/bin/python -m tests.bench.graceful_restart [seconds]

script/web serves the portal as in production, two processes of four threads. Fifty requests a second are asked for:
pages of somebody who is signed in (15), autosaves of a report (10), health (25); half of them on connections that are
kept, half on new ones. Nothing is asked again: whatever is not the answer it should be has failed. Meanwhile the
server hears SIGHUP every ten seconds, and its workers end by themselves after some hundred requests too. In a test
database of its own, on the server that DATABASE_URL names, SQLite without it. The yardstick is 0.
"""

# ruff: noqa: E402 - models are imported once Django is set up

import http.client
import os
import queue
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import django

VAR_DIR = Path(os.environ.setdefault("VAR_DIR", tempfile.mkdtemp()))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests.bench.autosave import CSRF_SECRET, a_report
from tests.browser.portal import free_port

PROJECT = settings.BASE_DIR
A_SECOND = 50
RESTARTED_EVERY = 10
CLIENTS = 40
PATIENCE = 30
ENDS_AFTER = ("--max-requests", "150", "--max-requests-jitter", "50")


@dataclass
class Request:
    kind: str
    path: str
    form: dict | None = None
    is_on_new_connection: bool = False
    answer: int = 200


@dataclass
class Load:
    """Clients that ask what is put into `requests`, each on a connection that it keeps as long as the server does."""

    port: int
    session: str
    requests: "queue.SimpleQueue[Request | None]" = field(default_factory=queue.SimpleQueue)
    took: list[float] = field(default_factory=list)
    asked: Counter = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def ask(self) -> None:
        """Ask until there is nothing more to ask."""
        kept = self._connection()
        used = time.monotonic()
        while request := self.requests.get():
            # As browsers and proxies do: a connection that the server may be about to close is not used again.
            if time.monotonic() - used > 1:
                kept.close()
            line = self._connection() if request.is_on_new_connection else kept
            started = time.monotonic()
            try:
                status = self._answer(line, request)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(f"{request.kind}: {error!r}")
                kept.close()
            else:
                if status != request.answer:
                    self.failed.append(f"{request.kind}: {status}")
            self.took.append(time.monotonic() - started)
            self.asked[request.kind] += 1
            if request.is_on_new_connection:
                line.close()
            else:
                used = time.monotonic()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def _answer(self, line: http.client.HTTPConnection, request: Request) -> int:
        headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={CSRF_SECRET}",
            "Host": "127.0.0.1",
        }
        if request.is_on_new_connection:
            headers["Connection"] = "close"
        if request.form is None:
            line.request("GET", request.path, headers=headers)
        else:
            body = urlencode(request.form | {"csrfmiddlewaretoken": CSRF_SECRET})
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
            line.request("POST", request.path, body, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status


@contextmanager
def web(environment: dict[str, str]):
    """Run script/web on a free port; yield its process and port."""
    port = free_port()
    command = ["script/web", "--bind", f"127.0.0.1:{port}", *ENDS_AFTER]
    with (VAR_DIR / "web.log").open("w") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(300):
            with suppress(OSError, http.client.HTTPException):
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
                line.request("GET", "/health/ready")
                if line.getresponse().status == 200:
                    break
            time.sleep(0.1)
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def workers_of(process: subprocess.Popen) -> set[str]:
    return set(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())


def measure(seconds: int) -> None:
    report, clerk = a_report()
    part = report.parts.get(key="noi-dung-4")
    client = Client()
    client.force_login(clerk)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    call_command("collectstatic", "--noinput", verbosity=0)
    database = connection.settings_dict
    address = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        address = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database['NAME']}"
    connection.close()
    programs = Path(sys.executable).parent
    environment = os.environ | {
        "DATABASE_URL": address,
        "VAR_DIR": str(VAR_DIR),
        "PATH": f"{programs}:{os.environ['PATH']}",
    }

    def request_number(number: int) -> Request:
        is_new = number % 20 >= 10
        match number % 10:
            case 0 | 2 | 4 | 6:
                return Request("live", "/health/live", is_on_new_connection=is_new)
            case 8:
                return Request("ready", "/health/ready", is_on_new_connection=is_new)
            case 1 | 5:
                return Request("home", "/", is_on_new_connection=is_new)
            case 3:
                return Request("report", report.get_absolute_url(), is_on_new_connection=is_new)
        # One open page saves again and again, so that it never meets a save of somebody else.
        form = {"version": 0, "page": "1" * 32, "edit": number, "text": f"Đã tổ chức {number} hội nghị."}
        return Request("autosave", report.url("part", part.key), form, is_new)

    with web(environment) as (process, port):
        load = Load(port, session)
        clients = [threading.Thread(target=load.ask) for _ in range(CLIENTS)]
        for thread in clients:
            thread.start()
        seen = workers_of(process)
        restarts = 0
        started = time.monotonic()
        for number in range(seconds * A_SECOND):
            if number and number % (RESTARTED_EVERY * A_SECOND) == 0:
                process.send_signal(signal.SIGHUP)
                restarts += 1
            if number % A_SECOND == 0:
                seen |= workers_of(process)
            time.sleep(max(0, started + number / A_SECOND - time.monotonic()))
            load.requests.put(request_number(number))
        for _ in clients:
            load.requests.put(None)
        for thread in clients:
            thread.join()
    took = sorted(load.took)
    print(
        f"{connection.vendor}, {len(took)} requests in {time.monotonic() - started:.0f} s ({dict(load.asked)}),"
        f" {restarts} restarts, {len(seen)} workers;"
        f" median {statistics.median(took) * 1000:.0f} ms, 99 % {took[len(took) * 99 // 100] * 1000:.0f} ms,"
        f" longest {took[-1] * 1000:.0f} ms"
    )
    print(f"failed: {len(load.failed)} {Counter(load.failed).most_common(5)}; the yardstick is 0")


if __name__ == "__main__":
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(VAR_DIR / "bench.sqlite3")
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        measure(int(sys.argv[1]) if sys.argv[1:] else 60)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
