"""A drill: a backup restored into a database and a folder of its own, looked at, and taken away again.

Everything happens in child processes whose environment names the scratch database and folder, and no mail server,
broker or cache of the running system.
"""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import DatabaseError, connection

from reports.backups.refusal import BackupRefused

SCRATCH = "plan_portal_drill_"
ELSEWHERE = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "EMAIL_URL", "VAR_DIR")


def rehearse(path: Path, folder: Path, *, key_options: list[str], earlier: Path | None) -> bool:
    """Restore a backup into a folder and a database beside the running system and compare; print what is found.

    Return whether all is right. `path` and `earlier`, the backup before it, are read with the same key options.
    Raises BackupRefused where no scratch database can be made.
    """
    since = ["--since", str(earlier)] if earlier else []
    with _scratch_database(folder) as database:
        environment = _environment(folder, database)
        (folder / "static").mkdir()
        steps = [["restore", str(path)], ["check_restored", str(path), *since]]
        return all(_run([*step, *key_options], environment) for step in steps)


def _run(step: list[str], environment: dict[str, str]) -> bool:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *step]
    return subprocess.run(command, env=environment, check=False).returncode == 0  # noqa: S603


def _environment(folder: Path, database: str) -> dict[str, str]:
    # NAME_FILE wins over NAME, and .env fills in what is not there at all: empty is neither.
    nowhere = {f"{name}_FILE": "" for name in ELSEWHERE}
    return os.environ | nowhere | {
        "DATABASE_URL": database,
        "VAR_DIR": str(folder),
        "BROKER_URL": "filesystem://localhost",
        "CACHE_URL": f"filecache://{folder / 'cache'}",
        "EMAIL_URL": "filemail://",
    }  # fmt: skip


@contextmanager
def _scratch_database(folder: Path) -> Iterator[str]:
    """Make a database on the server of the running system, or a file; yield its address and drop it at the end."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{folder / 'drill.sqlite3'}"
        return
    name = f"{SCRATCH}{uuid.uuid4().hex[:12]}"
    try:
        _execute(f"CREATE DATABASE {name}")
    except DatabaseError as error:
        raise BackupRefused(
            f"Không tạo được cơ sở dữ liệu tạm để diễn tập: {str(error).strip()}."
            " Tài khoản PostgreSQL cần quyền CREATEDB."
        ) from error
    try:
        yield _address(connection.settings_dict, name)
    finally:
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _address(live: dict, name: str) -> str:
    """Return the address of another database on the server of the running system's."""
    place = f"{live['HOST']}:{live['PORT']}" if live["PORT"] else live["HOST"]
    options = f"?{urlencode(live['OPTIONS'])}" if live["OPTIONS"] else ""
    return f"postgres://{quote(live['USER'], '')}:{quote(live['PASSWORD'], '')}@{place}/{name}{options}"
