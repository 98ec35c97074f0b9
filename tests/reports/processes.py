"""Workers as processes of their own on the test's database."""

import contextlib
import datetime
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

PATIENCE = 60


class Worker:
    """One piece of work in its own process, on a pretended clock, started and waiting for `go`."""

    def __init__(self, module: str, now: datetime.datetime, environment: dict[str, str]):
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, now.isoformat()],
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def go(self) -> "Worker":
        assert self.process.stdout.readline() == "ready\n", self.process.communicate()[1]
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self

    def says(self, words: str) -> "Worker":
        """Wait until the worker says a line that begins so."""
        for line in self.process.stdout:
            if line.startswith(words):
                return self
        raise AssertionError(f"the worker ended before it said: {words}\n{self.process.communicate()[1]}")

    def kill(self, *_) -> None:
        self.process.send_signal(signal.SIGKILL)

    def has_ended(self) -> bool:
        """Wait for the end; tell whether the worker came to it by itself, and that well."""
        _, errors = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode in (0, -signal.SIGKILL), errors
        return self.process.returncode == 0


@contextlib.contextmanager
def shared_database(path: Path) -> Iterator[str]:
    """Yield the test database's URL for other processes.

    SQLite's test database belongs to this process: the others get it as a file, read back at the end.
    """
    if connection.vendor == "postgresql":
        server = connection.settings_dict
        yield f"postgres://{server['USER']}@{server['HOST']}:{server['PORT']}/{server['NAME']}"
        return
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(path)) as shared:
        connection.connection.backup(shared)
    yield f"sqlite:///{path}"
    with contextlib.closing(sqlite3.connect(path)) as shared:
        shared.execute("PRAGMA journal_mode=DELETE")
        shared.backup(connection.connection)
