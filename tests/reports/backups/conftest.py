"""A system that was used: a submitted report, evidence, a document that was made."""

import datetime
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from reports import services
from reports.models import Document
from tests import sample_files
from tests.conftest import DURING

NOW = DURING + datetime.timedelta(days=1)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture
def used(transactional_db, media, complete_report, clerk, head, officer):
    """Sở Y tế's report, submitted with a piece of evidence, and its PDF: two files in all."""
    progress = complete_report.parts.get(key="noi-dung-1").progress.first()
    file = io.BytesIO(sample_files.pdf())
    services.add_evidence(progress, by=clerk, now=DURING, name="bien-ban.pdf", file=file)
    submission = services.submit_report(complete_report, by=head, now=DURING)
    content = sample_files.pdf("Báo cáo")
    document = Document.objects.get(submission=submission, kind="pdf")
    document.file = f"documents/2026/{document.address}.pdf"
    (media / document.file.name).parent.mkdir(parents=True)
    (media / document.file.name).write_bytes(content)
    document.sha256, document.size = hashlib.sha256(content).hexdigest(), len(content)
    document.made_at = DURING
    document.save()
    return complete_report


class Elsewhere:
    """Another installation of the portal, with a database and files of its own, run by its commands."""

    def __init__(self, folder: Path, database: str):
        self.folder = folder
        self.media = folder / "media"
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "VAR_DIR": str(folder),
            "BROKER_URL": "filesystem://localhost",
            "CACHE_URL": f"filecache://{folder / 'cache'}",
        }

    def run(self, *command: object) -> subprocess.CompletedProcess:
        return subprocess.run(self._command(*command), env=self.environment, capture_output=True, text=True)

    def start(self, *command: object) -> subprocess.Popen:
        return subprocess.Popen(self._command(*command), env=self.environment)

    def _command(self, *command: object) -> list[str]:
        return [sys.executable, str(django_settings.BASE_DIR / "manage.py"), *map(str, command)]

    @property
    def files(self) -> dict[str, bytes]:
        """Every file that is kept there, by its name."""
        return files_in(self.media)


def files_in(media: Path) -> dict[str, bytes]:
    return {str(path.relative_to(media)): path.read_bytes() for path in media.rglob("*") if path.is_file()}


@pytest.fixture
def elsewhere(tmp_path):
    """An installation on SQLite in which nothing has happened yet, no table made."""
    (tmp_path / "elsewhere").mkdir()
    return Elsewhere(tmp_path / "elsewhere", f"sqlite:///{tmp_path / 'elsewhere' / 'portal.sqlite3'}")
