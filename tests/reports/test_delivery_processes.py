"""Workers as processes: two at once, and killed with SIGKILL at the points that hurt."""

import contextlib
import datetime
import time
from collections import Counter
from collections.abc import Callable, Iterator

import psycopg2
import pytest
from django.db import connection

from reports import deadlines, reminders
from reports.models import Mail, ReminderDue
from tests.reports.processes import PATIENCE, Worker, shared_database

pytestmark = pytest.mark.long

MORNING = datetime.datetime(2026, 11, 6, 9, 0, tzinfo=deadlines.VIETNAM)
LEASE_HELD = MORNING + datetime.timedelta(seconds=5)
LEASE_OVER = MORNING + datetime.timedelta(minutes=1)
EVERYBODY = [
    "chuyenvien@so-tu-phap.example",
    "chuyenvien@so-y-te.example",
    "dau-moi@so-ldtbxh.example",
    "giamdoc@so-ldtbxh.example",
    "lanhdao@so-y-te.example",
]

only_on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite cannot hold a worker up in the middle of its work"
)


@pytest.fixture
def workers(transactional_db, season, mail_server, tmp_path):
    """Start workers on the test's database and mail server: `with workers() as start: start(now).go()`.

    SQLite's test database is in this process's memory: the workers get it as a file, read back at the end.
    """

    @contextlib.contextmanager
    def workers() -> Iterator[Callable[..., Worker]]:
        started: list[Worker] = []
        with shared_database(tmp_path / "shared.sqlite3") as url:
            environment = {
                "DATABASE_URL": url,
                "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
                "VAR_DIR": str(tmp_path / "var"),
            }

            def start(now: datetime.datetime = MORNING) -> Worker:
                started.append(Worker("tests.reports.worker", now, environment))
                return started[-1]

            try:
                yield start
            finally:
                for worker in started:
                    worker.kill()
                    worker.process.communicate()

    return workers


@contextlib.contextmanager
def held_up(lock: str, *, waiting: int) -> Iterator[Callable[[], None]]:
    """Hold a lock of PostgreSQL; the yielded function waits until so many workers wait for it.

    SQLite lets one worker write at a time and the others wait by themselves: there it does nothing.
    """
    if connection.vendor != "postgresql":
        yield lambda: None
        return
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with contextlib.closing(psycopg2.connect(**{name: parameters.get(name) for name in names})) as holder:
        holder.cursor().execute(lock)

        def until_they_wait() -> None:
            deadline = time.monotonic() + PATIENCE
            with connection.cursor() as cursor:
                while time.monotonic() < deadline:
                    cursor.execute(
                        "SELECT count(*) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                    )
                    if cursor.fetchone()[0] == waiting:
                        return
                    time.sleep(0.05)
            raise AssertionError(f"no {waiting} workers wait for: {lock}")

        yield until_they_wait


def assert_nobody_is_left_out(mail_server) -> None:
    """Everybody got the mail, and the database says so."""
    assert sorted({message["To"] for message in mail_server.messages}) == EVERYBODY
    assert Mail.objects.filter(sent_at=None).count() == 0
    rows = ReminderDue.objects.exclude(recipient=None)
    assert list(rows.values_list("outcome", flat=True)) == ["sent"] * len(EVERYBODY)


def message_ids(mail_server) -> list[int]:
    """Return how often each Message-ID arrived, most often first."""
    counts = Counter(message["Message-ID"] for message in mail_server.messages)
    return sorted(counts.values(), reverse=True)


def test_two_workers_at_once_claim_and_send_everything_once(workers, mail_server):
    """Both have found the same reminders due before either can insert one."""
    with workers() as start:
        with held_up("LOCK TABLE reports_reminderdue IN SHARE MODE", waiting=2) as until_they_wait:
            both = [start().go(), start().go()]
            until_they_wait()
        assert all(worker.has_ended() for worker in both)

    assert_nobody_is_left_out(mail_server)
    assert message_ids(mail_server) == [1, 1, 1, 1, 1]
    assert Mail.objects.count() == 5


def test_two_workers_at_once_send_a_queued_mail_once(workers, mail_server):
    """Both have found the same mails waiting before either can take a lease."""
    reminders.claim_due_reminders(MORNING)
    with workers() as start:
        with held_up("SELECT 1 FROM reports_mail FOR UPDATE", waiting=2) as until_they_wait:
            both = [start().go(), start().go()]
            until_they_wait()
        assert all(worker.has_ended() for worker in both)

    assert_nobody_is_left_out(mail_server)
    assert message_ids(mail_server) == [1, 1, 1, 1, 1]


@only_on_postgresql
def test_worker_killed_between_the_claim_and_its_mail_loses_nothing(workers, mail_server):
    with workers() as start:
        with held_up("LOCK TABLE reports_mail IN SHARE MODE", waiting=1) as until_it_waits:
            worker = start().go()
            until_it_waits()
            worker.kill()
            assert not worker.has_ended()
        assert ReminderDue.objects.filter(outcome="pending", mail=None).count() == len(EVERYBODY)

        assert start(LEASE_HELD).go().has_ended()

    assert_nobody_is_left_out(mail_server)
    assert message_ids(mail_server) == [1, 1, 1, 1, 1]


def test_worker_killed_between_the_lease_and_the_sending_loses_nothing(workers, mail_server):
    with workers() as start:
        worker = start()
        mail_server.on["EHLO"] = worker.kill
        assert not worker.go().has_ended()
        mail_server.on.clear()

        assert start(LEASE_HELD).go().has_ended()
        assert len(mail_server.messages) == 4
        assert start(LEASE_OVER).go().has_ended()

    assert_nobody_is_left_out(mail_server)
    assert message_ids(mail_server) == [1, 1, 1, 1, 1]


def test_worker_killed_once_the_server_has_the_mail_sends_one_twice_under_one_message_id(workers, mail_server):
    with workers() as start:
        worker = start()
        mail_server.on["DATA"] = worker.kill
        assert not worker.go().has_ended()
        mail_server.on.clear()
        assert len(mail_server.messages) == 1

        assert start(LEASE_HELD).go().has_ended()
        assert len(mail_server.messages) == 5
        assert start(LEASE_OVER).go().has_ended()

    assert_nobody_is_left_out(mail_server)
    assert message_ids(mail_server) == [2, 1, 1, 1, 1]


@only_on_postgresql
def test_worker_killed_after_the_250_and_before_the_mark_sends_one_twice_under_one_message_id(workers, mail_server):
    """The mark waits for a lock on the mail's reminders: the server's answer has been read by then."""
    reminders.claim_due_reminders(MORNING)
    with workers() as start:
        with held_up("SELECT 1 FROM reports_reminderdue FOR UPDATE", waiting=1) as until_it_waits:
            worker = start().go()
            until_it_waits()
            assert len(mail_server.messages) == 1
            worker.kill()
            assert not worker.has_ended()

        assert start(LEASE_HELD).go().has_ended()
        assert len(mail_server.messages) == 5
        assert start(LEASE_OVER).go().has_ended()

    assert_nobody_is_left_out(mail_server)
    assert message_ids(mail_server) == [2, 1, 1, 1, 1]
