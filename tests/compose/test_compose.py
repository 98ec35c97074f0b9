"""The portal in containers: the whole year through Caddy, many reminders, kills, restarts, outages."""

import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.browser.portal import PROJECT, wait_until
from tests.browser.test_whole_year import HEALTH_PARTS, JUSTICE_PARTS, PASSWORD
from tests.browser.test_whole_year import (
    test_year_from_the_first_invitation_to_the_leaders_pdf as test_whole_year_in_containers,  # noqa: F401
)
from tests.compose.conftest import WEBS, WORKERS

pytestmark = pytest.mark.compose

REMINDERS = 1_000
SECONDS_BETWEEN_KILLS = 2.0
KILLED_UNTIL = 0.95
DELIVERED_SECONDS = 600
CAUGHT_UP_SECONDS = 90
BACK_SECONDS = 180
REQUESTS_A_SECOND = 50
SIGN_IN = "/tai-khoan/dang-nhap/"


def due(portal, name):
    """Let so many people more be due a reminder; return their addresses."""
    portal.run_script(PROJECT / "tests/compose/people_due.py", name, str(REMINDERS))
    return {f"{name}-{number}@langson.example" for number in range(1, REMINDERS + 1)}


def mails_to(inbox, people):
    return [message for message in list(inbox.messages) if message["To"] in people]


def lost(portal, inbox, name, people):
    """Return how many people have no mail, or have one that the database does not know of."""
    reached = {message["To"] for message in mails_to(inbox, people)}
    rows = portal.query(
        "SELECT u.email FROM reports_reminderdue r JOIN assignments_user u ON u.id = r.recipient_id"
        f" JOIN reports_mail m ON m.id = r.mail_id WHERE u.email LIKE '{name}-%' AND r.outcome = 'sent'"
        " AND m.sent_at IS NOT NULL"
    )
    return len(people - reached) + len(people - {email for [email] in rows})


def doubled(inbox, people):
    """Return how many mails came once too often, all under the Message-ID that they had before."""
    ids = Counter(message["Message-ID"] for message in mails_to(inbox, people))
    assert len(ids) == len({message["To"] for message in mails_to(inbox, people)})
    return ids.total() - len(ids)


def have_left(portal, inbox, name, people):
    """Tell, after a pause, whether everybody has a mail that the database knows of: asking takes its time."""
    time.sleep(2)
    return not lost(portal, inbox, name, people)


def workers_of(portal):
    return portal.status()["checks"]["workers"]["words"]


# What it is


WRITES = """
import pathlib
for place in ("/portal", "/etc", "/tmp", "/var/lib/plan_portal"):
    try:
        pathlib.Path(place, "written").touch()
        pathlib.Path(place, "written").unlink()
        print(place)
    except OSError:
        pass
"""


def test_containers_run_as_nobody_special_and_write_where_they_may(portal):
    assert portal.run("-c", "import os; print(os.getuid())") == "10001\n"
    assert portal.run("-c", WRITES).split() == ["/tmp", "/var/lib/plan_portal"]


def test_settings_of_the_containers_pass_the_deployment_check(portal):
    assert "no issues" in portal.run("-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING")


def test_status_is_well_within_two_seconds(portal, figures):
    portal.start_beat()
    wait_until(lambda: portal.status()["ok"], "all is well", seconds=120)
    started = time.monotonic()

    portal.status()

    figures("/health/status, all well, s", time.monotonic() - started, at_most=2)
    assert workers_of(portal) == f"{WORKERS} answered"


def test_id_of_a_request_is_caddys_and_not_the_visitors(portal):
    with portal.open(SIGN_IN, **{"X-Request-ID": "sent-by-a-stranger"}) as answer:
        identifier = answer.headers["X-Request-ID"]

    assert re.fullmatch(r"[0-9a-f-]{36}", identifier)

    assert identifier in {line["request_id"] for line in portal.lines("web")}


def test_log_of_no_container_holds_a_text_or_a_password(portal):
    texts = [text for text in (*HEALTH_PARTS.values(), *JUSTICE_PARTS.values(), PASSWORD) if text]
    logs = {name: portal.log(name) for name in ("web", "worker", "beat", "caddy", "db", "redis")}

    found = [(name, text) for name, log in logs.items() for text in texts if text[:40] in log]
    assert found == []
    secrets = [portal.environment[name] for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "HEALTH_TOKEN")]
    assert [name for name, log in logs.items() if any(secret in log for secret in secrets)] == []
    assert logs["web"]


# Many reminders


def test_reminders_without_kills_are_neither_lost_nor_doubled(portal, inbox, figures):
    portal.start_beat()
    people = due(portal, "lang")
    started = time.monotonic()

    wait_until(lambda: have_left(portal, inbox, "lang", people), "every reminder has left", seconds=DELIVERED_SECONDS)

    figures(
        f"{REMINDERS} reminders, {WORKERS} workers, no kills: s until the last has left", time.monotonic() - started
    )
    figures("  lost", lost(portal, inbox, "lang", people), at_most=0)
    figures("  doubled", doubled(inbox, people), at_most=0)


def test_reminders_while_workers_are_killed_are_not_lost_and_hardly_doubled(portal, inbox, figures):
    portal.start_beat()
    dice = random.Random(96)
    people = due(portal, "bao")
    wait_until(lambda: bool(mails_to(inbox, people)), "the first mail arrives", seconds=60)
    kills, redis = 0, ["SHUTDOWN NOSAVE", "FLUSHALL"]
    while (reached := len({message["To"] for message in mails_to(inbox, people)})) < KILLED_UNTIL * REMINDERS:
        time.sleep(dice.expovariate(1 / SECONDS_BETWEEN_KILLS))
        kills += portal.kill_worker_process(dice)
        if redis and reached > REMINDERS / (1 + len(redis)):
            portal.redis(*redis.pop().split())
    started = time.monotonic()
    wait_until(lambda: have_left(portal, inbox, "bao", people), "every reminder has left", seconds=DELIVERED_SECONDS)

    figures(f"{REMINDERS} reminders, {WORKERS} workers, Redis emptied and killed: kills of workers", kills)
    figures("  caught up after the last kill, s", time.monotonic() - started, at_most=CAUGHT_UP_SECONDS)
    figures("  lost", lost(portal, inbox, "bao", people), at_most=0)
    figures("  doubled, all under the Message-ID they had", doubled(inbox, people), at_most=kills / 10)


def test_workers_come_back_by_themselves(portal):
    wait_until(lambda: workers_of(portal) == f"{WORKERS} answered", "all are back", seconds=BACK_SECONDS)


# Restarts


def test_webs_restarted_one_after_the_other_fail_no_request(portal, figures):
    answers, stop = [], threading.Event()
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=40) as visitors:
        ticking = threading.Thread(target=_ask_steadily, args=(portal, visitors, answers, stop))
        ticking.start()
        try:
            time.sleep(5)
            for index in range(1, WEBS + 1):
                began = portal.web_began(index)
                # It may be gone before it has said that it was told.
                portal.compose("exec", "-T", "--index", str(index), "web", "sh", "-c", "kill -TERM 1", check=False)
                time.sleep(3)
                wait_until(lambda index=index: portal.is_healthy(index), f"web {index} is back", seconds=BACK_SECONDS)
                assert portal.web_began(index) != began
            time.sleep(5)
        finally:
            stop.set()
            ticking.join()
        took = time.monotonic() - started

    seconds = sorted(took for _, took in answers)
    figures(f"{WEBS} webs restarted under load: requests", len(answers))
    figures("  requests a second", len(answers) / took)
    figures("  slowest answer, s", seconds[-1])
    figures("  failed", sum(status != 200 for status, _ in answers), at_most=0)


def _ask_steadily(portal, visitors, answers, stop):
    """Send so many requests a second, whether those before have an answer or not."""
    began = time.monotonic()
    for number in range(1_000_000):
        if stop.is_set():
            return
        visitors.submit(_ask, portal, answers)
        time.sleep(max(0, began + number / REQUESTS_A_SECOND - time.monotonic()))


def _ask(portal, answers):
    started = time.monotonic()
    try:
        with portal.open(SIGN_IN, timeout=60) as answer:
            status = answer.status
            answer.read()
    except OSError as error:
        status = str(error)
    answers.append((status, time.monotonic() - started))


# Outages


def test_silent_redis_is_told_within_two_seconds_and_pages_are_served(portal, figures):
    portal.redis("CLIENT", "PAUSE", "15000")
    started = time.monotonic()

    status = portal.status()

    figures("/health/status while Redis hangs, s", time.monotonic() - started, at_most=2)
    assert status["checks"]["broker"] == {"ok": False, "words": "does not answer in time"}
    assert portal.is_ready()
    with portal.open(SIGN_IN) as answer:
        assert answer.status == 200


def test_absent_mail_server_is_told_and_takes_nothing_down(portal, inbox, figures):
    with inbox.away():
        started = time.monotonic()

        status = portal.status()

        figures("/health/status without a mail server, s", time.monotonic() - started, at_most=2)
        assert status["checks"]["mail_server"]["ok"] is False
        assert portal.is_ready()
