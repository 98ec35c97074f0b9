"""The portal as it runs in production: gunicorn, a Celery worker and beat, each a process of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis
from psycopg2 import sql

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 10
LOG_TAIL = 6_000


class Portal:
    """A portal with a PostgreSQL database, Redis databases and a folder of its own; use it with `with`.

    DATABASE_URL and TEST_REDIS_URL name the servers, as `script/test` starts them. `redis_databases` are the
    numbers of the broker's and the cache's; `static` is the folder of the collected static files; `variables`
    are further variables of the portal's environment. Leaving it stops every process and drops the database.
    """

    def __init__(self, folder: Path, *, redis_databases: tuple[int, int], static: Path, variables: dict[str, str]):
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.database = f"browser_{uuid.uuid4().hex}"
        self.logs: dict[str, Path] = {}
        self.first_administrator_link = ""
        self._processes: dict[str, subprocess.Popen] = {}
        self._cleanup = ExitStack()
        broker, cache = (f"{server_address('TEST_REDIS_URL')}/{number}" for number in redis_databases)
        self.environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DJANGO_SETTINGS_MODULE": "plan_portal.settings",
            "SITE_URL": self.address,
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": f"{server_address('DATABASE_URL')}/{self.database}",
            "BROKER_URL": broker,
            "CACHE_URL": cache,
            "VAR_DIR": str(folder),
            "REMAP_SIGTERM": "SIGQUIT",
            **variables,
        }
        (folder / "static").symlink_to(static)

    def __enter__(self) -> "Portal":
        with ExitStack() as stack:
            for variable in ("BROKER_URL", "CACHE_URL"):
                empty_redis_database(self.environment[variable])
            database = stack.enter_context(closing(connect_to_server()))
            name = sql.Identifier(self.database)
            database.cursor().execute(sql.SQL("CREATE DATABASE {}").format(name))
            stack.callback(lambda: database.cursor().execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name)))
            stack.callback(self._stop)
            self._cleanup = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._cleanup.close()

    def run(self, *command: str) -> str:
        """Run a command with the project's interpreter to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, *command], cwd=PROJECT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start_web(self) -> None:
        """Start gunicorn as production does and wait until it can work."""
        self._start("web", "script/web", "--bind", f"127.0.0.1:{self.port}")
        wait_until(self._is_ready, "gunicorn answers", seconds=START_SECONDS)

    def kill_web(self) -> None:
        """Kill gunicorn and its workers as a machine does that fails: without asking."""
        web = self._processes.pop("web")
        os.killpg(web.pid, signal.SIGKILL)
        web.wait()

    def start_worker(self) -> None:
        self._start("worker", "celery", "-A", "plan_portal", "worker", "--concurrency", "2", "--loglevel", "INFO")

    def start_beat(self) -> None:
        self._start("beat", "celery", "-A", "plan_portal", "beat", "--loglevel", "INFO")

    def status(self) -> dict:
        """Return what /health/status says."""
        request = urllib.request.Request(f"{self.address}/health/status")
        request.add_header("Authorization", f"Bearer {self.environment['HEALTH_TOKEN']}")
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def log(self, name: str) -> str:
        """Return what a process has written so far."""
        return self.logs[name].read_text(errors="replace")

    def said(self, name: str) -> list[tuple[str, str]]:
        """Return the request's id and the message of every line that a process has written so far."""
        return re.findall(r"^\S+ \S+ [A-Z]+ \S+ \[(\S+)\]: (.*)$", self.log(name), re.MULTILINE)

    @property
    def complaints(self) -> list[str]:
        """Return the lines in which a process speaks of an error."""
        signs = (" ERROR ", " CRITICAL ", "ERROR/", "CRITICAL/", "Traceback")
        return [
            f"{name}: {line}"
            for name in self.logs
            for line in self.log(name).splitlines()
            if any(sign in line for sign in signs)
        ]

    def _start(self, name: str, *command: str) -> None:
        """Start a process in a group of its own; it hears SIGTERM when the tests are killed."""
        self.logs[name] = self.folder / f"{name}.log"
        with self.logs[name].open("wb") as log:
            self._processes[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _is_ready(self) -> bool:
        assert self._processes["web"].poll() is None, f"gunicorn has ended:\n{self.log('web')}"
        try:
            with urllib.request.urlopen(f"{self.address}/health/ready", timeout=5) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{error.code}: {error.read().decode()}\n{self.log('web')}") from error
        except OSError:
            return False

    def _stop(self) -> None:
        """Ask every process to end, and end the groups of those that do not in time."""
        for process in self._processes.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(is_so: Callable[[], bool], what: str, *, seconds: float) -> None:
    """Wait for a condition outside the browser, or fail with its name."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def server_address(variable: str) -> str:
    """Return the server's address without the name of a database. Raises where the variable is not set."""
    address = os.environ.get(variable, "")
    if not address.startswith(("postgres://", "redis://")):
        raise RuntimeError(f"{variable} names no server: start the browser tests with script/test tests/browser")
    return address.removesuffix(urlsplit(address).path)


def connect_to_server() -> psycopg2.extensions.connection:
    """Connect to the database that DATABASE_URL names, without transactions: databases are made outside of them."""
    try:
        connection = psycopg2.connect(os.environ["DATABASE_URL"])
    except psycopg2.OperationalError as error:
        raise RuntimeError(f"the PostgreSQL server of DATABASE_URL does not answer: {error}") from error
    connection.autocommit = True
    return connection


def empty_redis_database(address: str) -> None:
    with closing(redis.Redis.from_url(address)) as client:
        try:
            client.flushdb()
        except redis.ConnectionError as error:
            raise RuntimeError(f"the Redis server of TEST_REDIS_URL does not answer: {error}") from error
