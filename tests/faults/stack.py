"""The portal as docker-compose.yml runs it, each part a process of its own that may be killed and comes back.

Redis is the stack's own, so that it can die too; PostgreSQL is the tests' server, whose process may be taken over.
Nothing outlives the one who started it.
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg2
import redis

PROJECT = Path(__file__).resolve().parents[2]
# A container's restart policy waits so long.
RESTART_SECONDS = 0.5
START_SECONDS = 90
STOP_SECONDS = 30
TICK = 0.05
LOG_TAIL = 4_000


class Part:
    """A part of the stack that is started again whenever it has ended, as `restart: unless-stopped` does."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.log = log
        self.is_wanted = False
        self.starts = 0
        self._process: subprocess.Popen | None = None
        self._ended_at = 0.0

    def start(self) -> None:
        """Start it in a process group of its own. It is killed when whoever started it dies.

        To be called from one thread that lives on: the kernel counts the thread's end as that death.
        """
        self.is_wanted = True
        self.starts += 1
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self.command],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def children(self) -> list[int]:
        """Return its child processes, which of a worker are the pool's."""
        return children_of(self.pid) if self.is_running else []

    def tend(self) -> None:
        """Start it again, a moment after it ended."""
        if not self.is_wanted or self.is_running:
            return
        if not self._ended_at:
            self._ended_at = time.monotonic()
        elif time.monotonic() - self._ended_at >= RESTART_SECONDS:
            self._ended_at = 0.0
            self.start()

    def kill(self) -> None:
        """End it without asking, and all of its processes with it, as when a container dies."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def ask_to_stop(self) -> None:
        """Send SIGTERM to its first process alone, as `docker stop` does; it will not be started again."""
        self.is_wanted = False
        if self.is_running:
            os.kill(self.pid, signal.SIGTERM)

    def stop(self) -> None:
        self.ask_to_stop()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=STOP_SECONDS)
            self.kill()


class Postgresql:
    """The server of a database: killed without asking, it is started again as it was. It stays when the tests end."""

    def __init__(self, database_url: str) -> None:
        with contextlib.closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            [self.data] = map(Path, cursor.fetchone())
        self.programs = Path(os.readlink(f"/proc/{self.pid}/exe")).parent
        self._pid = self.pid

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    @property
    def is_running(self) -> bool:
        return Path(f"/proc/{self._pid}").exists()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def tend(self) -> None:
        """Start it again; it refuses as long as processes of its last life are left."""
        if self.is_running:
            return
        as_postgres = (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
        )
        restart = [self.programs / "pg_ctl", f"--pgdata={self.data}", f"--log={self.data}/log", "--silent", "--wait"]
        done = subprocess.run([*as_postgres, *restart, "restart"], cwd="/", capture_output=True)
        if done.returncode == 0:
            self._pid = self.pid


class Stack:
    """Use it with `with`, then `start` it; `parts` are by name: redis, web, worker-1, worker-2, beat.

    `database_url` names a migrated database. Workers and beat are `days_ahead` of the real day. `variables` are
    further variables of the portal's environment.
    """

    def __init__(
        self, folder: Path, *, database_url: str, smtp_port: int, days_ahead: int = 0, **variables: str
    ) -> None:
        self.folder = folder
        self.database_url = database_url
        self.ports = {name: free_port() for name in ("web", "redis")}
        redis_url = f"redis://127.0.0.1:{self.ports['redis']}"
        self.environment = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ} | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DJANGO_SETTINGS_MODULE": "plan_portal.settings",
            "PRODUCTION": "1",
            "SECRET_KEY": "of-no-importance-here-" * 3,
            "SITE_URL": "https://plan.example",
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRUSTED_PROXIES": "1",
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
            "DEFAULT_FROM_EMAIL": "khong-tra-loi@plan.example",
            "MAILS_LEAVE_FROM": "00:00",
            "DATABASE_URL": database_url,
            "BROKER_URL": f"{redis_url}/0",
            "CACHE_URL": f"{redis_url}/1",
            "VAR_DIR": str(folder / "var"),
            "REMAP_SIGTERM": "SIGQUIT",
            **variables,
        }
        self.parts: dict[str, Part] = {}
        self.postgresql: Postgresql | None = None
        self._celery = ["celery"]
        if days_ahead:
            self._celery = [sys.executable, "-m", "tests.faults.pretended", str(days_ahead * 24 * 3600)]
        self._add("redis", "redis-server", "--bind", "127.0.0.1", "--port", str(self.ports["redis"]), "--save", "")
        self._add("web", "script/web", "--bind", f"127.0.0.1:{self.ports['web']}")
        for name in ("worker-1", "worker-2"):
            self._add(
                name,
                *self._celery,
                "-A",
                "plan_portal",
                "worker",
                "--concurrency",
                "2",
                "--loglevel",
                "INFO",
                "--hostname",
                f"celery@{name}",
            )
        self.add_beat("beat")

    def __enter__(self) -> "Stack":
        try:
            self.parts["redis"].start()
            self.wait_until(self.redis_answers, "Redis answers")
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.end()

    def end(self) -> None:
        """End every part; PostgreSQL is left as it was."""
        for part in reversed(self.parts.values()):
            part.is_wanted = False
            part.kill()
        if self.postgresql:
            self.wait_until(lambda: self.postgresql.is_running, "PostgreSQL is left running")

    def take_postgresql(self) -> None:
        """Take charge of the tests' server, so that it may be killed too; nobody else may be using it."""
        self.postgresql = Postgresql(self.database_url)

    def add_beat(self, name: str, **variables: str) -> None:
        """Add one more scheduler to what `start` starts."""
        self._add(name, *self._celery, "-A", "plan_portal", "beat", "--loglevel", "INFO", **variables)

    def start(self, *names: str) -> None:
        """Start parts by name, all that do not run yet without one, and wait until they work."""
        names = names or tuple(name for name, part in self.parts.items() if not part.is_running)
        for name in names:
            self.parts[name].start()
        for name in names:
            if name == "web":
                self.wait_until(self._web_answers, "web answers")
            elif name.startswith("worker"):
                self.wait_until(lambda name=name: " ready." in self.log(name), f"{name} is ready")

    def manage(self, *arguments: str) -> str:
        """Run a command of the portal to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @property
    def workers(self) -> list[Part]:
        return [part for name, part in self.parts.items() if name.startswith("worker")]

    def tend(self) -> None:
        for part in [*self.parts.values(), *([self.postgresql] if self.postgresql else [])]:
            part.tend()

    def run_for(self, seconds: float) -> None:
        """Let it run, starting again what ends."""
        self.wait_for(lambda: False, seconds=seconds)

    def wait_for(self, is_so: Callable[[], bool], *, seconds: float) -> bool:
        """Let it run until a condition holds; tell whether it did in time."""
        deadline = time.monotonic() + seconds
        while not (holds := is_so()) and time.monotonic() < deadline:
            self.tend()
            time.sleep(TICK)
        return holds

    def wait_until(self, is_so: Callable[[], bool], what: str, *, seconds: float = START_SECONDS) -> None:
        """Let it run until a condition holds, or fail with its name and what the parts said last."""
        assert self.wait_for(is_so, seconds=seconds), f"not within {seconds} s: {what}\n{self.last_words()}"

    def kill_something(self, dice: random.Random) -> str:
        """Kill a part, or one process of a worker's pool, as the dice say; return which."""
        [kind] = dice.choices(list(KILLS), KILLS.values())
        if kind == "pool process":
            pools = [child for worker in self.workers for child in worker.children]
            if not pools:
                return self.kill_something(dice)
            with contextlib.suppress(ProcessLookupError):
                os.kill(dice.choice(pools), signal.SIGKILL)
        elif kind == "worker":
            dice.choice(self.workers).kill()
        elif kind == "postgresql" and self.postgresql:
            self.postgresql.kill()
        elif kind == "postgresql":
            return self.kill_something(dice)
        else:
            self.parts[kind].kill()
        return kind

    def flush_redis(self) -> None:
        with contextlib.closing(redis.Redis(port=self.ports["redis"])) as client:
            client.flushall()

    def log(self, name: str) -> str:
        """Return what a part has written so far."""
        log = self.parts[name].log
        return log.read_text(errors="replace") if log.exists() else ""

    def last_words(self) -> str:
        return "\n".join(f"--- {name}:\n{self.log(name)[-LOG_TAIL:]}" for name in self.parts)

    def _add(self, name: str, *command: str, **variables: str) -> None:
        self.parts[name] = Part(name, list(command), self.environment | variables, self.folder / f"{name}.log")

    def redis_answers(self) -> bool:
        with contextlib.closing(redis.Redis(port=self.ports["redis"])) as client:
            try:
                return client.ping()
            except redis.ConnectionError:
                return False

    def _web_answers(self) -> bool:
        address = f"http://127.0.0.1:{self.ports['web']}/health/ready"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


# How often what is killed, of a hundred.
KILLS = {"pool process": 60, "worker": 20, "beat": 8, "web": 5, "redis": 5, "postgresql": 2}


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
