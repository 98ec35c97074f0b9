"""What /health/status finds, to whom it says so, and that it has an answer in time whatever hangs."""

import datetime
import json
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, closing

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from plan_portal import probes
from plan_portal.probes import Finding
from reports import backlog, heartbeats, reminders, services
from reports.models import Mail
from tests.browser.portal import PROJECT, START_SECONDS, free_port, wait_until
from tests.reports.mail_server import MailServer

TOKEN = "Chỉ-kỹ-thuật-viên-biết"
STATUS = "/health/status"
MINUTE = datetime.timedelta(minutes=1)
CHECKS = ["database", "scheduler", "mails", "documents", "broker", "workers", "disk", "mail_server"]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def submission(complete_report, head, now):
    """What was submitted three hours ago; the mails that tell of it have not left."""
    return services.submit_report(complete_report, by=head, now=now - 180 * MINUTE)


@pytest.fixture
def token(settings):
    settings.HEALTH_TOKEN = TOKEN
    return {"Authorization": f"Bearer {TOKEN}"}


# Who may ask


def test_status_without_a_token_in_the_settings_does_not_exist(client, db):
    assert client.get(STATUS, headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN}])
def test_status_for_whoever_shows_another_token_is_refused(client, db, token, sent):
    response = client.get(STATUS, headers=sent)

    assert (response.status_code, response["WWW-Authenticate"], response.content) == (401, "Bearer", b"")


def test_status_names_every_check_and_answers_503_where_one_is_not_well(client, transactional_db, token):
    response = client.get(STATUS, headers=token)

    answer = response.json()
    assert response.status_code == 503
    assert answer["ok"] is False
    assert list(answer["checks"]) == CHECKS
    assert answer["checks"]["database"] == {"ok": True, "words": "answers, every migration is applied"}
    assert answer["checks"]["scheduler"] == {"ok": False, "words": "has never rung"}
    assert answer["checks"]["workers"] == {"ok": False, "words": "0 answered"}


def test_status_says_of_an_error_only_what_kind_it_is(client, transactional_db, token, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_USER = "127.0.0.1", free_port(), "portal"
    settings.EMAIL_HOST_PASSWORD = "Mật-khẩu-thư"
    settings.CELERY_BROKER_URL = f"redis://:secret@127.0.0.1:{free_port()}/0"

    response = client.get(STATUS, headers=token)

    checks = response.json()["checks"]
    assert checks["mail_server"] == checks["broker"] == {"ok": False, "words": "cannot be reached"}
    for text in (response.content.decode(), json.dumps(checks, ensure_ascii=False), caplog.text):
        for secret in ("127.0.0.1", "secret", "Mật-khẩu-thư", TOKEN):
            assert secret not in text


# What the database tells


def test_ready_says_when_a_migration_is_missing(client, db):
    assert client.get("/health/ready").content == b"ok\n"
    MigrationRecorder(connection).record_unapplied(*max(probes.newest_migrations()))

    response = client.get("/health/ready")

    assert (response.status_code, response.content) == (503, b"migrations\n")


@pytest.mark.parametrize(("minutes", "is_well"), [(0, True), (5, False)])
def test_scheduler_is_well_as_long_as_it_rings(db, now, minutes, is_well):
    heartbeats.record_sweep(now - minutes * MINUTE)

    finding = probes.database(now)["scheduler"]

    assert finding.is_well is is_well
    assert finding.words == f"last rang {'5 min' if minutes else '0 s'} ago"


def test_nothing_waits_where_nothing_was_ordered(db, now):
    found = probes.database(now)

    assert found["mails"] == Finding(True, "no mail waits")
    assert found["documents"] == Finding(True, "no document waits")


@pytest.mark.parametrize(("minutes", "is_well"), [(14, True), (16, False)])
def test_documents_and_mails_that_wait_for_too_long_are_not_well(submission, head, now, minutes, is_well):
    ordered = now - minutes * MINUTE
    submission.documents.update(requested_at=ordered)
    orders = submission.documents.count()
    Mail.objects.update(due_from=ordered)
    waiting = Mail.objects.count()

    found = probes.database(now)

    assert found["documents"] == Finding(is_well, f"{orders} wait, the oldest for {minutes} min")
    assert found["mails"] == Finding(is_well, f"{waiting} wait, the oldest for {minutes} min")


def test_mail_that_was_put_off_waits_since_it_was_ordered(submission, now):
    """Every attempt moves the moment of the next one away: that is no reason to be content."""
    mail = Mail.objects.earliest("pk")
    Mail.objects.exclude(pk=mail.pk).update(sent_at=now)
    Mail.objects.filter(pk=mail.pk).update(attempts=3, due_from=now + 4 * MINUTE)

    assert probes.database(now)["mails"] == Finding(False, "1 wait, the oldest for 3 h")


def test_reminder_that_fell_due_in_the_night_waits_since_the_morning(report, clerk, head, officer):
    night = datetime.datetime.fromisoformat("2026-11-06T00:10:00+07:00")
    morning = datetime.datetime.fromisoformat("2026-11-06T07:30:00+07:00")
    reminders.claim_due_reminders(night)
    assert backlog.mails(morning - MINUTE) == backlog.Backlog(0, None)
    waiting = Mail.objects.filter(attempts=0).count()

    assert backlog.mails(morning + MINUTE) == backlog.Backlog(waiting, morning)
    Mail.objects.update(attempts=1, due_from=morning + 2 * MINUTE)
    assert backlog.mails(morning + MINUTE) == backlog.Backlog(waiting, morning)


# The mail server


def test_mail_server_is_greeted_and_gets_nothing(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_SSL = "127.0.0.1", server.port, False

        found = probes.mail_server(timezone.now())

    assert found == {"mail_server": Finding(True, "answered 250")}
    assert (server.connections, server.messages) == (1, [])


# Whatever hangs


class Silence:
    """A server that takes every connection and never says a word."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._held = []
        threading.Thread(target=self._hold, daemon=True).start()

    def _hold(self):
        try:
            while True:
                self._held.append(self.listener.accept()[0])
        except OSError:
            return

    def close(self):
        for held in (self.listener, *self._held):
            held.close()


@pytest.fixture
def deaf_portal(tmp_path):
    """A web server whose database, broker and mail server take connections and say nothing; return its address."""
    port = free_port()
    with ExitStack() as stack:
        database, broker, mail = (stack.enter_context(closing(Silence())).port for _ in range(3))
        environment = os.environ | {
            "DATABASE_URL": f"postgres://portal:secret@127.0.0.1:{database}/portal",
            "BROKER_URL": f"redis://127.0.0.1:{broker}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
            "HEALTH_TOKEN": "token",
            "VAR_DIR": str(tmp_path),
            "WEB_PROCESSES": "1",
        }
        (tmp_path / "static").mkdir()
        web = subprocess.Popen(["script/web", "--bind", f"127.0.0.1:{port}"], cwd=PROJECT, env=environment)
        stack.callback(web.wait)
        stack.callback(web.kill)
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: _is_alive(address), "gunicorn answers", seconds=START_SECONDS)
        yield address
        web.terminate()
        web.wait(timeout=START_SECONDS)


def _is_alive(address):
    try:
        return urllib.request.urlopen(f"{address}/health/live", timeout=5).status == 200
    except OSError:
        return False


@pytest.mark.long
def test_status_has_an_answer_in_two_seconds_while_everything_hangs(deaf_portal):
    request = urllib.request.Request(f"{deaf_portal}{STATUS}", headers={"Authorization": "Bearer token"})
    for _ in range(3):
        started = time.monotonic()

        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=10)

        assert time.monotonic() - started < 2
        assert refusal.value.code == 503
        checks = json.loads(refusal.value.read())["checks"]
        assert checks.pop("disk")["ok"]
        silent = {"ok": False, "words": "does not answer in time"}
        mail_server = checks.pop("mail_server")
        assert mail_server == {"ok": False, "words": "takes the connection and does not answer"}
        assert checks == dict.fromkeys([name for name in CHECKS if name not in ("disk", "mail_server")], silent)
