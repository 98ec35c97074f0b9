"""Files on their way in pieces: where the pieces lie, how one is added, when what was given up is cleared away.

The pieces of an upload are one file that grows; its row says how much of it counts. A piece that was written and
not counted, because the process ended in between, is written over by the next attempt.
"""

import datetime
import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import transaction

from reports.models import Upload

GIVEN_UP_AFTER = datetime.timedelta(days=1)


class WrongOffset(Exception):
    """A piece that does not follow on what has arrived: `expected` is how much that is, in bytes."""

    def __init__(self, expected: int):
        super().__init__(f"The next piece begins at byte {expected}.")
        self.expected = expected


def path_of(upload: Upload) -> Path:
    return _folder() / upload.token


def add_piece(upload: Upload, piece: bytes, *, offset: int) -> int:
    """Write a piece where it belongs and return how many bytes there are then.

    The last piece is written and not counted: that is for whoever makes a file of it. Raises WrongOffset where
    it begins elsewhere than the last one ended, goes beyond the size that was announced, or where pieces that
    were counted are lost: then they are counted no longer. Raises Upload.DoesNotExist where it was ended.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.received < upload.size:
            _count(upload, min(upload.received, _length(upload)))
        received = offset + len(piece)
        if offset == upload.received and received <= upload.size:
            _write(upload, piece)
            if received < upload.size:
                _count(upload, received)
            return received
    raise WrongOffset(upload.received)


def _length(upload: Upload) -> int:
    """Return how many bytes lie there, counted or not."""
    path = path_of(upload)
    return path.stat().st_size if path.exists() else 0


def _write(upload: Upload, piece: bytes) -> None:
    _folder().mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path_of(upload), os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.seek(upload.received)
        file.write(piece)


def _count(upload: Upload, received: int) -> None:
    if upload.received != received:
        upload.received = received
        upload.save(update_fields=["received"])


def clear_away(upload: Upload) -> None:
    """Remove the pieces; the row stays, so that a sender who missed the answer can ask how far it came."""
    path_of(upload).unlink(missing_ok=True)


def clear_given_up(now: datetime.datetime) -> int:
    """Remove the uploads that were begun more than a day ago, finished or not, and return how many."""
    earliest = now - GIVEN_UP_AFTER
    removed, _ = Upload.objects.filter(started_at__lt=earliest).delete()
    if _folder().exists():
        for path in _folder().iterdir():
            with suppress(FileNotFoundError):  # Finished at this moment, it is gone already.
                if path.stat().st_mtime < earliest.timestamp():
                    path.unlink()
    return removed


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads"
