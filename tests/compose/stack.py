"""docker-compose.yml brought up for real, under a name, on ports and with secrets of its own.

`COMPOSE` is the program that does it (docker compose). It needs root: processes in containers are killed from
outside.
"""

import json
import os
import random
import re
import secrets
import shlex
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from tests.browser.portal import PROJECT, free_port, wait_until

COMPOSE = shlex.split(os.environ.get("COMPOSE", "docker compose"))
START_SECONDS = 900  # the first time images are made
READY_SECONDS = 300
# A container brings a network interface with it, and a browser breaks off what it was about to load.
SETTLE_SECONDS = 3
OF_THE_PORTAL = ("web", "worker", "beat")
# Found again in the environment of this stack's processes, and of nobody else's.
MARK = "HEALTH_TOKEN"


class Stack:
    """Use it with `with`; it has what the journeys want of a portal, and more.

    `smtp` is the mail server's host and port.
    """

    def __init__(self, *, smtp: tuple[str, int], webs: int, workers: int) -> None:
        self.port = free_port()
        self.address = f"https://localhost:{self.port}"
        self.webs, self.workers = webs, workers
        self.first_administrator_link = ""
        self.token = secrets.token_hex(24)
        self.environment = os.environ | {
            "COMPOSE_PROJECT_NAME": f"plan-portal-{secrets.token_hex(3)}",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
            MARK: self.token,
            "SITE_URL": self.address,
            "ALLOWED_HOSTS": "localhost",
            "EMAIL_URL": "smtp://{}:{}".format(*smtp),
            "DEFAULT_FROM_EMAIL": "Cổng theo dõi kế hoạch <khong-tra-loi@langson.example>",
            "MAILS_LEAVE_FROM": "00:00",
            "HTTP_PORT": str(free_port()),
            "HTTPS_PORT": str(self.port),
            "CADDY_OPTIONS": "local_certs",
            "CADDY_TLS": "",
            "WEBS": str(webs),
            "WORKERS": str(workers),
            "WEB_PROCESSES": "2",
        }
        self.tls = ssl.create_default_context()

    def __enter__(self) -> "Stack":
        try:
            self._bring_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.compose("down", "--volumes", check=False)

    def _bring_up(self) -> None:
        """Start everything, and stop beat before it rings: it would open the year."""
        is_up = threading.Event()
        stopper = threading.Thread(target=self._keep_stopped, args=("beat", is_up))
        stopper.start()
        try:
            self.compose("up", "--build", "--detach", timeout=START_SECONDS)
        finally:
            is_up.set()
            stopper.join()
        with tempfile.NamedTemporaryFile("w", suffix=".crt") as root:
            root.write(self.compose("exec", "-T", "caddy", "cat", "/data/caddy/pki/authorities/local/root.crt"))
            root.flush()
            self.tls.load_verify_locations(root.name)
        wait_until(self.is_ready, "the portal answers through Caddy", seconds=READY_SECONDS)
        for index in range(1, self.webs + 1):
            wait_until(lambda index=index: self.is_healthy(index), f"web {index} is healthy", seconds=READY_SECONDS)

    def _keep_stopped(self, service: str, until: threading.Event) -> None:
        while True:
            is_last = until.is_set()
            self.compose("stop", "-t", "0", service, check=False)
            if is_last:
                return
            time.sleep(2)

    def compose(self, *arguments: str, input: str | None = None, check: bool = True, timeout: float = 300) -> str:
        """Carry out a command of compose and return what it printed."""
        done = subprocess.run(
            [*COMPOSE, *arguments],
            cwd=PROJECT, env=self.environment, input=input, capture_output=True, text=True, timeout=timeout,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{arguments}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def run(self, *command: str) -> str:
        """Run a command with a web container's interpreter and return what it printed."""
        return self.compose("exec", "-T", "web", "python", *command)

    def run_script(self, script: Path, *arguments: str) -> str:
        """Run a script of the tests in a web container: they are not in the image."""
        variables = ("-e", "DJANGO_SETTINGS_MODULE=plan_portal.settings")
        return self.compose("exec", "-T", *variables, "web", "python", "-", *arguments, input=script.read_text())

    def start_beat(self) -> None:
        self.compose("start", "beat")
        time.sleep(SETTLE_SECONDS)

    # What it says

    def open(self, path: str, *, timeout: float = 10, **headers: str):
        request = urllib.request.Request(f"{self.address}{path}", headers=headers)
        return urllib.request.urlopen(request, timeout=timeout, context=self.tls)

    def is_ready(self) -> bool:
        try:
            with self.open("/health/ready") as answer:
                return answer.status == 200
        except OSError:
            return False

    def is_healthy(self, index: int) -> bool:
        """Tell whether one of the web's containers says so itself."""
        done = subprocess.run(
            [*COMPOSE, "exec", "-T", "--index", str(index), "web", "script/web-is-healthy"],
            cwd=PROJECT, env=self.environment, capture_output=True, timeout=120,
        )  # fmt: skip
        return done.returncode == 0

    def web_began(self, index: int) -> str:
        """Return when the first process of one of the web's containers began; empty where there is none now."""
        stat = self.compose("exec", "-T", "--index", str(index), "web", "cat", "/proc/1/stat", check=False)
        return " ".join(stat.rpartition(")")[2].split()[19:20])

    def status(self) -> dict:
        """Return what /health/status says, well or not."""
        try:
            with self.open("/health/status", timeout=5, Authorization=f"Bearer {self.token}") as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def log(self, name: str) -> str:
        """Return what a service's containers have written so far."""
        return self.compose("logs", "--no-color", "--no-log-prefix", name, check=False)

    def lines(self, name: str) -> list[dict]:
        """Return the portal's own lines among them."""
        return [json.loads(line) for line in re.findall(r'\{"time": .*\}', self.log(name))]

    def said(self, name: str) -> list[tuple[str, str]]:
        """Return the request's id and the message of every line of a service."""
        return [(line["request_id"], line["message"]) for line in self.lines(name)]

    @property
    def complaints(self) -> list[str]:
        """Return the lines in which a service speaks of an error."""
        return [
            f"{name}: {line}"
            for name in OF_THE_PORTAL
            for line in self.log(name).splitlines()
            if re.search(r'"level": "(ERROR|CRITICAL)"|^Traceback', line)
        ]

    # What is done to it

    def query(self, sql: str) -> list[list[str]]:
        """Return the rows that a query finds in the database."""
        out = self.compose("exec", "-T", "db", "psql", "-U", "plan_portal", "-d", "plan_portal", "-tAc", sql)
        return [line.split("|") for line in out.splitlines() if line]

    def redis(self, *command: str) -> str:
        return self.compose("exec", "-T", "redis", "redis-cli", *command, check=False)

    def kill_worker_process(self, dice: random.Random) -> bool:
        """Kill a process of the workers, be it a container's first or one of its pool; tell whether there was one."""
        processes = self.worker_processes()
        if not processes:
            return False
        with suppress(ProcessLookupError):
            os.kill(dice.choice(processes), signal.SIGKILL)
        return True

    def worker_processes(self) -> list[int]:
        """Return this stack's Celery workers among all processes of the machine."""
        mark = f"{MARK}={self.token}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (process / "cmdline").read_bytes().split(b"\0")
                is_celery = {b"worker", b"plan_portal"} <= set(command) and b"sh" not in command
                if is_celery and mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append(int(process.name))
        return sorted(found)


def address_of_this_machine() -> str:
    """Return the address at which containers reach what listens here."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing
        return probe.getsockname()[0]
