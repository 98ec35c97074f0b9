"""Restoring a backup into a system that nobody has used yet: all of it, or nothing.

Rows are written in one transaction, into the tables as they were when the backup was made; they are read again and
held against the backup, migrated to this version's state, and only then committed. Files are written beside their
places and moved there just before.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.apps.registry import Apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from assignments.models import User
from reports.backups import chain, reading, tables
from reports.backups.keys import Keys
from reports.backups.manifest import Manifest
from reports.backups.refusal import BackupRefused

STAGING = ".restoring-"


def restore(path: Path, *, keys: Keys | None) -> Manifest:
    """Restore a backup and return its manifest. Raises BackupRefused, and then nothing has changed.

    The system has no users and no tables, or those of this version; plans and years that commands loaded are
    replaced by those of the backup. An older version's backup wants a database without tables.
    """
    manifest = reading.read_manifest(path, keys)
    _require_known(manifest)
    media = Path(settings.MEDIA_ROOT)
    _require_no_other_files(media, manifest)
    with _staging(media) as staging, _foreign_keys_checked_at_the_end():
        try:
            # The commit is inside: where it fails, files go back too.
            with _moved_back_on_failure(media) as moved, transaction.atomic(durable=True):
                _restore_inside(path, keys, manifest, staging)
                # Before migrating: a migration may read the files that its rows name.
                _move(staging, media, manifest, moved)
                _migrate_to_this_version()
        except (DatabaseError, ValidationError, *reading.UNREADABLE) as error:
            raise BackupRefused(f"Không phục hồi được, chưa có gì bị thay đổi: {error}") from error
    return manifest


def _require_known(manifest: Manifest) -> None:
    if unknown := tables.unknown_migrations(manifest.migrations):
        raise BackupRefused(
            f"Bản sao lưu do phiên bản mới hơn của phần mềm ghi (có bước {unknown[0]} mà phần mềm này chưa có)."
            " Hãy cài phiên bản đó rồi phục hồi. Chưa có gì bị thay đổi."
        )


def _require_no_other_files(media: Path, manifest: Manifest) -> None:
    """Refuse where a file would be written over by another; the same ones may lie there from an attempt before."""
    for name, wanted in manifest.files.items():
        place = media / name
        if not place.resolve().is_relative_to(media.resolve()):
            raise BackupRefused(f"Bản sao lưu có tệp nằm ngoài thư mục của cổng: {name}. Chưa có gì bị thay đổi.")
        if place.exists():
            with place.open("rb") as file:
                found = reading.sum_of_file(file)
            if found != wanted:
                raise BackupRefused(
                    f"Thư mục {media} đã có tệp {name} với nội dung khác. Hãy phục hồi vào một hệ thống trống."
                    " Chưa có gì bị thay đổi."
                )


@contextmanager
def _staging(media: Path) -> Iterator[Path]:
    """Yield a folder on the disk of the files; what an attempt that was killed left there goes too."""
    media.mkdir(parents=True, exist_ok=True)
    for left in media.glob(f"{STAGING}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=STAGING, dir=media) as folder:
        yield Path(folder)


@contextmanager
def _foreign_keys_checked_at_the_end() -> Iterator[None]:
    """Let SQLite change tables inside the transaction: it cannot while it checks foreign keys."""
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


def _restore_inside(path: Path, keys: Keys | None, manifest: Manifest, staging: Path) -> None:
    _make_tables(manifest)
    # Migrations leave some references checked at once; rows come in no order that these could stand.
    connection.check_constraints()
    apps = tables.apps_at(manifest.migrations)
    models = tables.kept_models(apps)
    if models.keys() != manifest.tables.keys():
        raise BackupRefused("Bản sao lưu có các bảng khác với phần mềm này. Chưa có gì bị thay đổi.")
    for model in models.values():
        model._base_manager.all()._raw_delete(connection.alias)

    def into_file(name: str, content: IO[bytes]) -> None:
        place = staging / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            shutil.copyfileobj(content, file)

    reading.restore_contents(
        path, keys, into_table=lambda table, lines: tables.insert(models[table], lines), into_file=into_file
    )
    _require_restored(manifest, apps, models, staging)
    tables.reset_sequences(models.values())


def _make_tables(manifest: Manifest) -> None:
    """Make the tables of the backup's version; where there are tables, they must be of it already and unused."""
    applied = tables.applied_migrations()
    if not applied:
        MigrationExecutor(connection).migrate(tables.leaves_of(manifest.migrations))
        return
    if "assignments" not in applied or _left_to_migrate():
        raise BackupRefused(
            "Cơ sở dữ liệu không trống và không phải của đúng phiên bản phần mềm này. Hãy phục hồi vào một cơ sở dữ"
            " liệu trống. Chưa có gì bị thay đổi."
        )
    if people := User.objects.count():
        raise BackupRefused(
            f"Hệ thống này đang có {people} người dùng: chỉ phục hồi được vào một hệ thống trống."
            " Chưa có gì bị thay đổi."
        )
    if applied != manifest.migrations:
        raise BackupRefused(
            "Bản sao lưu do phiên bản cũ hơn của phần mềm ghi; bản như vậy phải phục hồi vào một cơ sở dữ liệu chưa"
            " có bảng nào (chưa chạy migrate), các bảng sẽ được tạo và nâng cấp. Chưa có gì bị thay đổi."
        )


def _left_to_migrate() -> list:
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def _require_restored(manifest: Manifest, apps: Apps, models: dict[str, type[Model]], staging: Path) -> None:
    """Read again what was written and hold it against the backup: rows, references, files and the chain of events."""
    connection.check_constraints()
    wrong = [table for table, model in models.items() if tables.sum_of(model) != manifest.tables[table]]
    for name, wanted in manifest.files.items():
        with (staging / name).open("rb") as file:
            if reading.sum_of_file(file) != wanted:
                wrong.append(name)
    if chain.chain_again(apps, manifest.chain) != manifest.chain:
        wrong.append("nhật ký")
    if wrong:
        raise BackupRefused(
            f"Dữ liệu ghi vào không đọc lại được đúng như bản sao lưu ({', '.join(wrong[:5])})."
            " Chưa có gì bị thay đổi."
        )


def _migrate_to_this_version() -> None:
    """Apply what came after the backup, one by one: PostgreSQL changes no table that has references to check."""
    for migration, _ in _left_to_migrate():
        MigrationExecutor(connection).migrate([(migration.app_label, migration.name)])
        connection.check_constraints()


@contextmanager
def _moved_back_on_failure(media: Path) -> Iterator[list[Path]]:
    moved: list[Path] = []
    try:
        yield moved
    except BaseException:
        for place in moved:
            place.unlink(missing_ok=True)
            for folder in place.parents:
                if folder == media:
                    break
                with suppress(OSError):  # something else lies in it
                    folder.rmdir()
        raise


def _move(staging: Path, media: Path, manifest: Manifest, moved: list[Path]) -> None:
    os.sync()
    for name in manifest.files:
        place = media / name
        if place.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        moved.append(place)
        os.replace(staging / name, place)
