"""Keeping files: the same bytes are kept once, whoever sends them and however often."""

import datetime
import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from reports import files
from reports.models import StoredFile


def keep_file(file: files.BinaryFile, *, now: datetime.datetime) -> StoredFile:
    """Judge a file and keep it under the hash of its bytes, or find it where it was kept before.

    May be called for the same bytes at the same moment: both write the same file whole before either is found.
    Raises FileRefused.
    """
    kind = files.judge(file)
    sha256 = files.sha256_of(file)
    stored = StoredFile.objects.filter(sha256=sha256).first()
    name = str(stored.file) if stored else f"files/{now:%Y}/{sha256}.{kind}"
    path = Path(settings.MEDIA_ROOT) / name
    if not path.exists():
        _write(file, path)
    stored, _ = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"kind": kind, "size": path.stat().st_size, "file": name, "received_at": now}
    )
    return stored


def _write(file: files.BinaryFile, path: Path) -> None:
    """Write the file beside its place and put it there in one step, so that nobody finds half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as copy:
        try:
            shutil.copyfileobj(file, copy)
            copy.flush()
            os.fsync(copy.fileno())
            os.replace(copy.name, path)
        except BaseException:
            os.unlink(copy.name)
            raise
    file.seek(0)
