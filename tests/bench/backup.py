"""Seconds and megabytes of backing up the demonstration's year and restoring it; the yardstick is 300 s.

    .venv/bin/python -m tests.bench.backup

The year is made as script/server demo makes it, with every document that it orders. It is backed up, plain and
encrypted, each backup is restored into an empty installation, and the drill is run: each as the command that an
operator types, its start included. On SQLite, and on PostgreSQL where DATABASE_URL names a server.
"""

import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

PROJECT = Path(__file__).resolve().parents[2]
YARDSTICK = 300
MAKE_DOCUMENTS = (
    "from reports import tasks; from reports.models import Document\n"
    "while Document.objects.filter(made_at=None, attempts__lt=3).exists(): tasks.make_documents()"
)


class Installation:
    """A portal with a database and files of its own, run by its commands."""

    def __init__(self, folder: Path, database: str):
        folder.mkdir()
        self.environment = os.environ | {"VAR_DIR": str(folder), "DATABASE_URL": database, "DEMO": "1"}

    def run(self, *command: object) -> float:
        """Run a command to its end and return how many seconds it took."""
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, command)],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return time.perf_counter() - started


@contextmanager
def databases(vendor: str, folder: Path) -> Iterator[list[str]]:
    """Yield the addresses of three empty databases."""
    if vendor == "sqlite":
        yield [f"sqlite:///{folder / f'{number}.sqlite3'}" for number in range(3)]
        return
    names = [f"bench_{uuid.uuid4().hex}" for _ in range(3)]
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as server:
        server.autocommit = True
        for name in names:
            server.cursor().execute(f"CREATE DATABASE {name}")
        yield [os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}" for name in names]
        for name in names:
            server.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def measure(vendor: str, folder: Path) -> None:
    folder.mkdir()
    key, backups = folder / "key.txt", folder / "backups"
    backups.mkdir()
    with databases(vendor, folder) as (live, *empty):
        portal = Installation(folder / "live", live)
        portal.run("migrate")
        portal.run("load_demo")
        portal.run("shell", "-c", MAKE_DOCUMENTS)
        portal.run("backup_key", key)
        for number, options in enumerate([[], ["--key-file", key]]):
            before = set(backups.iterdir())
            seconds = portal.run("backup", backups, *options)
            (path,) = set(backups.iterdir()) - before
            megabytes = path.stat().st_size / 1024**2
            say(vendor, f"backup{' encrypted' if options else ''}", seconds, f"{megabytes:.1f} MB")
            restored = Installation(folder / f"restored-{number}", empty[number])
            say(vendor, f"restore{' encrypted' if options else ''}", restored.run("restore", path, *options))
            say(vendor, "check_restored", restored.run("check_restored", path, *options))
        say(vendor, "backup_drill", portal.run("backup_drill", path, *options))


def say(vendor: str, what: str, seconds: float, more: str = "") -> None:
    print(f"{vendor:10} {what:20} {seconds:6.1f} s of {YARDSTICK} {more}", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        measure("sqlite", Path(folder) / "sqlite")
        if os.environ.get("DATABASE_URL", "").startswith("postgres"):
            measure("postgresql", Path(folder) / "postgresql")
