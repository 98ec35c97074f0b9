"""Reading an archive: whether it is whole, what it holds, and its contents for whoever restores them."""

import hashlib
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

from reports.backups import archive, envelope, tables
from reports.backups.keys import Keys
from reports.backups.manifest import FileSum, Manifest

UNREADABLE = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, KeyError, TypeError)


def read_manifest(path: Path, keys: Keys | None) -> Manifest:
    """Read a whole archive, hold every table and every file of it against its manifest, and return that.

    Nothing of the system is touched. Raises BackupRefused with why the archive is not to be trusted.
    """
    with envelope.opened(path, keys) as source:
        envelope.require_whole(path, source)
    with envelope.opened(path, keys) as source:
        try:
            return _held_against_itself(source)
        except UNREADABLE as error:
            raise envelope.refused(path, envelope.DAMAGED) from error


def restore_contents(
    path: Path,
    keys: Keys | None,
    *,
    into_table: Callable[[str, list[bytes]], None],
    into_file: Callable[[str, IO[bytes]], None],
) -> None:
    """Hand every piece of a table's lines and every file of an archive over, in its order.

    Raises one of UNREADABLE where it is no longer what `read_manifest` found.
    """
    with envelope.opened(path, keys) as source:
        for name, content in archive.entries(source):
            if name.startswith(archive.TABLES):
                into_table(_table_of(name), content.read().splitlines())
            elif name.startswith(archive.FILES):
                into_file(name.removeprefix(archive.FILES), content)


def _held_against_itself(source: BinaryIO) -> Manifest:
    """Read an archive's entries and return its manifest. Raises ValueError where the two differ."""
    sums: dict[str, tables.Summing] = {}
    files: dict[str, FileSum] = {}
    manifest = None
    for name, content in archive.entries(source):
        if manifest is not None:
            raise ValueError(f"{name} comes after the manifest")
        if name == archive.MANIFEST:
            manifest = Manifest.from_json(content.read())
        elif name.startswith(archive.TABLES):
            sums.setdefault(_table_of(name), tables.Summing()).add(content.read())
        elif name.startswith(archive.FILES):
            files[name.removeprefix(archive.FILES)] = sum_of_file(content)
        else:
            raise ValueError(f"{name} is none of ours")
    if manifest is None:
        raise ValueError("the manifest is missing")
    empty = tables.Summing().total
    if files != manifest.files or {table: total for table, total in manifest.tables.items() if total != empty} != {
        table: summing.total for table, summing in sums.items()
    }:
        raise ValueError("the manifest says something else")
    return manifest


def _table_of(name: str) -> str:
    return name.removeprefix(archive.TABLES).partition("/")[0]


def sum_of_file(file: IO[bytes]) -> FileSum:
    """Read a file to its end and return its size and hash."""
    size, digest = 0, hashlib.sha256()
    while piece := file.read(envelope.PIECE):
        size += len(piece)
        digest.update(piece)
    return FileSum(size, digest.hexdigest())
