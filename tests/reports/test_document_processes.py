"""Documents made by real worker processes: killed half-way, and the same bytes from two of them."""

import contextlib
import datetime
import hashlib

import pytest
from django.conf import settings as django_settings
from pypdf import PdfReader

from reports import deadlines, services
from reports.documents import making
from reports.models import Document
from tests.conftest import fill
from tests.reports.processes import Worker, shared_database

pytestmark = pytest.mark.long

SENT = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=deadlines.VIETNAM)
SWEEP = datetime.timedelta(seconds=django_settings.SWEEP_SECONDS)
LINE = "Trong năm tổ chức 12 hội nghị tuyên truyền cho 1.260 lượt người, trong đó nữ chiếm 54%. " * 5
WORKER = "tests.reports.document_worker"


@pytest.fixture
def workers(transactional_db, settings, tmp_path):
    """Start workers on the test's database and files: `with workers() as start: start(now).go()`."""
    settings.MEDIA_ROOT = str(tmp_path / "var" / "media")

    @contextlib.contextmanager
    def workers():
        started: list[Worker] = []
        with shared_database(tmp_path / "shared.sqlite3") as url:
            environment = {"DATABASE_URL": url, "VAR_DIR": str(tmp_path / "var")}

            def start(now: datetime.datetime) -> Worker:
                started.append(Worker(WORKER, now, environment))
                return started[-1]

            try:
                yield start
            finally:
                for worker in started:
                    worker.kill()
                    worker.process.communicate()

    return workers


@pytest.fixture
def submission(report, head):
    """A report long enough to be in the middle of."""
    return services.submit_report(fill(report, text="\n".join([LINE] * 25)), by=head, now=SENT)


def test_document_of_a_worker_killed_half_way_is_made_by_another_within_a_minute(submission, workers):
    assert (making.LEASE + SWEEP).total_seconds() < 60
    pdf = Document.objects.get(kind="pdf")

    with workers() as start:
        worker = start(SENT).go().says("Step 5 - Creating layout - Page 20")
        worker.kill()
        assert not worker.has_ended()

        assert start(SENT + datetime.timedelta(seconds=10)).go().has_ended()
        assert start(SENT + making.LEASE + SWEEP).go().has_ended()

    pdf.refresh_from_db()
    assert pdf.is_ready
    with pdf.file.open() as file:
        assert len(PdfReader(file).pages) > 20
    # Only what was under way cost an attempt; the other files did not wait for it.
    assert dict(Document.objects.values_list("kind", "attempts")) == {"pdf": 2, "docx": 1, "xlsx": 1}
    made_at = dict(Document.objects.values_list("kind", "made_at"))
    assert max(made_at["docx"], made_at["xlsx"]) < SENT + making.LEASE < made_at["pdf"]


def test_two_workers_at_once_make_every_document_once(submission, workers):
    with workers() as start:
        both = [start(SENT), start(SENT)]
        for worker in both:
            worker.go()
        assert [worker.has_ended() for worker in both] == [True, True]

    assert list(Document.objects.values_list("attempts", flat=True)) == [1, 1, 1]
    assert not Document.objects.filter(made_at=None).exists()


def test_same_content_is_the_same_bytes_in_two_processes(submission, workers):
    made = []
    for _ in range(2):
        with workers() as start:
            assert start(SENT).go().has_ended()
        made.append({document.kind: content_of(document) for document in Document.objects.all()})
        Document.objects.update(made_at=None, file="", sha256="", attempts=0)

    assert set(made[0]) == {"pdf", "docx", "xlsx"}
    assert {kind: made[1][kind] == content for kind, content in made[0].items()} == dict.fromkeys(made[0], True)


def content_of(document: Document) -> bytes:
    with document.file.open() as file:
        content = file.read()
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (document.sha256, document.size)
    return content
