"""Making a backup: everything of one moment, written beside its place and put there in one step."""

import datetime
import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import pyrage
from django.conf import settings
from django.db.models import Model

from reports.backups import archive, chain, tables
from reports.backups.keys import Keys
from reports.backups.manifest import FileSum, Manifest
from reports.backups.refusal import BackupRefused
from reports.deadlines import VIETNAM

NAME = re.compile(r"plan-portal-\d{8}-\d{6}\.tar\.gz(\.age)?")
PART_NAME = re.compile(r"\.plan-portal-\d{8}-\d{6}\.tar\.gz(\.age)?\.\d+\.part")
LEFT_BEHIND_AFTER = datetime.timedelta(days=1)


def make_backup(folder: Path, *, keys: Keys | None, now: datetime.datetime) -> tuple[Path, Manifest]:
    """Write a backup into a folder and return where it lies and what it holds. Raises BackupRefused.

    People go on working: it holds what was committed when it began. A file that is missing or damaged on disk is
    named in the manifest and keeps nothing else from being saved.
    """
    if not folder.is_dir():
        raise BackupRefused(f"Không có thư mục {folder}. Hãy tạo thư mục, hoặc kết nối ổ lưu trữ, rồi chạy lại.")
    _require_known_database()
    ending = ".tar.gz.age" if keys else ".tar.gz"
    path = folder / f"plan-portal-{now.astimezone(VIETNAM):%Y%m%d-%H%M%S}{ending}"
    try:
        with _put_in_place(path) as sink, archive.writing(sink, keys, written_at=int(now.timestamp())) as writer:
            manifest = _write(writer, now)
    except (OSError, pyrage.EncryptError) as error:
        raise BackupRefused(f"Không ghi được bản sao lưu vào {folder}: {error}.") from error
    return path, manifest


def backups_in(folder: Path) -> list[Path]:
    """Return the backups of a folder, the oldest first; raises BackupRefused where there is no such folder."""
    try:
        return sorted((path for path in folder.iterdir() if NAME.fullmatch(path.name)), key=lambda path: path.name)
    except OSError as error:
        raise BackupRefused(f"Không đọc được thư mục {folder}: {error.strerror}.") from error


def remove_all_but(folder: Path, *, newest: int, now: datetime.datetime) -> list[Path]:
    """Remove older backups, and what a backup that was killed left a day ago; return the backups removed."""
    old = backups_in(folder)[:-newest]
    for path in old:
        path.unlink()
    for path in folder.iterdir():
        if PART_NAME.fullmatch(path.name) and path.stat().st_mtime < (now - LEFT_BEHIND_AFTER).timestamp():
            path.unlink()
    return old


def _require_known_database() -> None:
    migrations = tables.applied_migrations()
    if "reports" not in migrations:
        raise BackupRefused("Cơ sở dữ liệu chưa có bảng nào của cổng: không có gì để sao lưu.")
    if unknown := tables.unknown_migrations(migrations):
        raise BackupRefused(
            f"Cơ sở dữ liệu mới hơn phần mềm đang chạy lệnh này (bước {unknown[0]})."
            " Hãy chạy lệnh bằng đúng phiên bản phần mềm của hệ thống."
        )


@contextmanager
def _put_in_place(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that stands at `path`, whole and on the disk, only once it was written without an error."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with suppress(FileNotFoundError):
            part.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(writer: archive.Writer, now: datetime.datetime) -> Manifest:
    """Write tables, files and manifest in this order: by the time a file is named, it is there and stays."""
    named: dict[str, str] = {}
    with tables.one_moment():
        migrations = tables.applied_migrations()
        apps = tables.apps_at(migrations)
        models = tables.kept_models(apps)
        sums = {table: _write_table(writer, model, named) for table, model in models.items()}
        events = chain.chain_of(apps, now)
    files, missing, damaged = {}, [], []
    for name, sha256 in sorted(named.items()):
        written = _write_file(writer, name)
        if written is None:
            missing.append(name)
            continue
        files[name] = written
        if sha256 not in ("", written.sha256):
            damaged.append(name)
    manifest = Manifest(
        site=settings.SITE_URL,
        made_at=now.astimezone(datetime.UTC).isoformat(),
        migrations=migrations,
        tables=sums,
        files=files,
        missing=missing,
        damaged=damaged,
        chain=events,
    )
    writer.add(archive.MANIFEST, manifest.to_json())
    return manifest


def _write_table(writer: archive.Writer, model: type[Model], named: dict[str, str]) -> tables.TableSum:
    """Write a table's rows, and note the files that they name with the SHA-256 that a row gives of its file."""
    table, summing, columns = model._meta.db_table, tables.Summing(), tables.file_columns(model)

    def rows() -> Iterator[dict]:
        for row in tables.rows_of(model):
            for column in columns:
                if row[column]:
                    # A submission's is that of its words.
                    named[row[column]] = row.get("sha256", "") if column == "file" else ""
            yield row

    for number, lines in enumerate(tables.pieces_of(rows())):
        writer.add(f"{archive.TABLES}{table}/{number:04}.jsonl", lines)
        summing.add(lines)
    return summing.total


def _write_file(writer: archive.Writer, name: str) -> FileSum | None:
    """Write a kept file and return its size and hash, or None where it is not there."""
    try:
        file = (Path(settings.MEDIA_ROOT) / name).open("rb")
    except OSError:
        return None
    with file:
        size = os.fstat(file.fileno()).st_size
        reader = _HashingReader(file)
        writer.add_file(archive.FILES + name, reader, size)
    return FileSum(size, reader.digest.hexdigest())


class _HashingReader(io.BufferedIOBase):
    def __init__(self, file: BinaryIO):
        super().__init__()
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int | None = -1) -> bytes:
        piece = self._file.read(-1 if size is None else size)
        self.digest.update(piece)
        return piece
