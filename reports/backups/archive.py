"""The inside of an archive: a tar whose entries are written and read one after the other, never all in memory."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

from reports.backups import envelope
from reports.backups.keys import Keys

TABLES, FILES, MANIFEST = "tables/", "media/", "manifest.json"


class Writer:
    def __init__(self, tar: tarfile.TarFile, written_at: float):
        self._tar = tar
        self._written_at = written_at

    def add(self, name: str, content: bytes) -> None:
        self.add_file(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, file: IO[bytes] | io.BufferedIOBase, size: int) -> None:
        """Copy a file of a known size; raises OSError where it has become shorter."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, self._written_at
        self._tar.addfile(entry, file)


@contextmanager
def writing(sink: BinaryIO, keys: Keys | None, *, written_at: float) -> Iterator[Writer]:
    """Yield what writes an archive into a file, sealed at the end unless something was raised."""
    with envelope.encrypted(sink, keys) as plain:
        sealed = envelope.SealedFile(plain)
        with (
            gzip.GzipFile(fileobj=sealed, mode="wb", filename="", compresslevel=6, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield Writer(tar, written_at)
        sealed.seal()


def entries(source: BinaryIO) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield the entries of an archive by name, each to be read before the next. Raises ValueError on other kinds."""
    with gzip.GzipFile(fileobj=source, mode="rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            if not entry.isfile() or content is None:
                raise ValueError(f"{entry.name} is no file")
            yield entry.name, content
