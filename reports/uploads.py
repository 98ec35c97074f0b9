"""Files on their way in pieces: where the pieces lie, how one is added, when what was given up is cleared away.

The pieces of an upload are one file that grows; its row says how much of it counts. A piece that was written and
not counted, because the process ended in between, is written over by the next attempt.
"""

import datetime
import os
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


@transaction.atomic
def add_piece(upload: Upload, piece: bytes, *, offset: int) -> int:
    """Write a piece where it belongs and return how many bytes there are then.

    The last piece is written and not counted: that is for whoever makes a file of it. Raises WrongOffset where
    it begins elsewhere than the last one ended, or goes beyond the size that was announced.
    """
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if offset != upload.received or offset + len(piece) > upload.size:
        raise WrongOffset(upload.received)
    _folder().mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path_of(upload), os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.seek(offset)
        file.write(piece)
    received = offset + len(piece)
    if received < upload.size:
        upload.received = received
        upload.save(update_fields=["received"])
    return received


def clear_away(upload: Upload) -> None:
    """Remove the pieces; the row stays, so that a sender who missed the answer can ask how far it came."""
    path_of(upload).unlink(missing_ok=True)


def clear_given_up(now: datetime.datetime) -> int:
    """Remove the uploads that were begun more than a day ago, finished or not, and return how many."""
    earliest = now - GIVEN_UP_AFTER
    removed, _ = Upload.objects.filter(started_at__lt=earliest).delete()
    if _folder().exists():
        for path in _folder().iterdir():
            if path.stat().st_mtime < earliest.timestamp():
                path.unlink(missing_ok=True)
    return removed


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads"
