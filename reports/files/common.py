"""What every judge of a file needs: the kinds there are, how a file is refused, how it is read in pieces."""

from typing import IO, Any

from reports.models import StoredFile

Kind = StoredFile.Kind
# Django's own File has the methods of a binary file without being one.
BinaryFile = IO[bytes] | Any

MEGABYTE = 1024 * 1024


class FileRefused(Exception):
    """A file that is not taken; its words say to the sender why, and what to do."""


def contains(file: BinaryFile, wanted: bytes, *, start: int = 0) -> bool:
    """Tell whether the bytes occur from a place on, reading piece by piece."""
    file.seek(start)
    kept = b""
    while piece := file.read(MEGABYTE):
        if wanted in kept + piece:
            return True
        kept = piece[-len(wanted) + 1 :]
    return False


def grouped(number: int) -> str:
    """Return a number as it is written: 30.000."""
    return f"{number:,}".replace(",", ".")
