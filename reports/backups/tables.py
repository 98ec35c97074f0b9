"""The rows of the database as lines of JSON, and back: the same lines whatever the database.

Models are those of the migrations that the database is at, not those of the code: a backup is made before the
migrations of an upgrade too, and an older one is restored as it was before it is migrated.
"""

import datetime
import decimal
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import FileField, Model

from reports.backups.refusal import BackupRefused
from reports.snapshots import canonical

Migrations = dict[str, list[str]]

# What is of the moment: who is signed in, files of which a part has arrived, when a worker was last seen.
LEFT_OUT = ("sessions.session", "reports.upload", "reports.heartbeat")
FETCHED_AT_ONCE = 2_000
LINES_AT_ONCE = 4 * 1024 * 1024


@dataclass(frozen=True)
class TableSum:
    rows: int
    sha256: str


class Summing:
    """Counts and sums up the lines of a table as they go by."""

    def __init__(self) -> None:
        self._rows = 0
        self._digest = hashlib.sha256()

    def add(self, lines: bytes) -> None:
        self._rows += lines.count(b"\n")
        self._digest.update(lines)

    @property
    def total(self) -> TableSum:
        return TableSum(self._rows, self._digest.hexdigest())


# The state of the database


def applied_migrations() -> Migrations:
    """Return the names of the migrations that the database is at, by app."""
    names: Migrations = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        names.setdefault(app, []).append(name)
    return names


def unknown_migrations(migrations: Migrations) -> list[str]:
    """Return those that this version of the code does not have."""
    known = MigrationExecutor(connection).loader.disk_migrations
    return [f"{app}.{name}" for app, names in migrations.items() for name in names if (app, name) not in known]


def apps_at(migrations: Migrations) -> Apps:
    """Return the models as they are once these migrations are applied."""
    loader = MigrationExecutor(connection).loader
    return loader.project_state(leaves_of(migrations)).apps


def leaves_of(migrations: Migrations) -> list[tuple[str, str]]:
    """Return the migrations of which none of the others is a consequence: what to migrate to."""
    graph = MigrationExecutor(connection).loader.graph
    applied = {(app, name) for app, names in migrations.items() for name in names}
    return sorted(node for node in applied if not applied & {child.key for child in graph.node_map[node].children})


def kept_models(apps: Apps) -> dict[str, type[Model]]:
    """Return the models whose rows a backup holds, tables of many-to-many relations too, by table."""
    models = apps.get_models(include_auto_created=True)
    kept = [model for model in models if not model._meta.proxy and model._meta.label_lower not in LEFT_OUT]
    return {model._meta.db_table: model for model in sorted(kept, key=lambda model: model._meta.db_table)}


@contextmanager
def one_moment() -> Iterator[None]:
    """Let everything read inside be of one moment, while others go on writing and nobody waits."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        # Not atomic(): the settings let that take the write lock.
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


# Rows to lines


def columns_of(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def rows_of(model: type[Model]) -> Iterator[dict]:
    """Yield the rows in the order of their keys, with values that JSON has."""
    columns = columns_of(model)
    rows = model._base_manager.order_by("pk").values_list(*columns)
    for row in rows.iterator(chunk_size=FETCHED_AT_ONCE):
        yield {column: plain(value) for column, value in zip(columns, row, strict=True)}


def plain(value: object) -> object:
    """Return a value as JSON has it: moments in UTC, decimals as their digits. Raises TypeError on other kinds."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    raise TypeError(f"a backup cannot hold {type(value)}")


def line_of(row: dict) -> bytes:
    return canonical(row).encode() + b"\n"


def pieces_of(rows: Iterable[dict]) -> Iterator[bytes]:
    """Yield the rows as lines, some megabytes at once."""
    lines, size = [], 0
    for row in rows:
        line = line_of(row)
        lines.append(line)
        size += len(line)
        if size >= LINES_AT_ONCE:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)


def sum_of(model: type[Model]) -> TableSum:
    summing = Summing()
    for lines in pieces_of(rows_of(model)):
        summing.add(lines)
    return summing.total


def file_columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if isinstance(field, FileField)]


# Lines to rows


def insert(model: type[Model], lines: Iterable[bytes]) -> None:
    """Insert rows as they were, keys included. Raises BackupRefused where a row is not of this table's columns."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rows = []
    for line in lines:
        row = json.loads(line)
        if row.keys() != fields.keys():
            raise BackupRefused(f"Bảng {model._meta.db_table} trong bản sao lưu có cột khác với bảng của phần mềm.")
        rows.append(model(**{column: fields[column].to_python(value) for column, value in row.items()}))
        if len(rows) == FETCHED_AT_ONCE:
            model._base_manager.bulk_create(rows)
            rows = []
    model._base_manager.bulk_create(rows)


def reset_sequences(models: Iterable[type[Model]]) -> None:
    """Let the next row of each table get the key after the last one."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)
