"""The year in one ZIP: what is in it, what is missing, and that it is never held in memory."""

import csv
import datetime
import hashlib
import io
import subprocess
import tracemalloc
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports import opening, services, tasks
from reports.documents.year_package import Package, package_of, stream
from reports.models import ConsolidationEvent, Document, StoredFile, Submission
from reports.snapshots import canonical
from tests import factories, sample_files
from tests.conftest import DURING

pytestmark = pytest.mark.long

LATER = DURING + datetime.timedelta(days=30)
ROOT = "tron-bo-96-kh-ubnd-2018-nam-2026"
PDF = sample_files.pdf()
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """Some files are made huge here, others taken away: under their name other tests look for their content."""
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def year(complete_report, clerk, head, officer, focal_head):
    """Sở Y tế's report with evidence and a signed copy, accepted and published."""
    cycle = complete_report.cycle
    progress = complete_report.parts.get(key="noi-dung-1").progress.get(task__code="ND-1.1")
    services.add_evidence(progress, by=clerk, now=DURING, name="Ảnh hội nghị Đoàn kết.pdf", file=io.BytesIO(PDF))
    submission = services.submit_report(complete_report, by=head, now=DURING)
    services.declare_signed_copy(
        submission,
        by=clerk,
        now=DURING,
        number="145/BC-SYT",
        issued_on=DURING.date(),
        scan=SimpleUploadedFile("Bản ký số 145.pdf", PDF),
    )
    services.accept_report(complete_report, by=officer, now=DURING)
    factories.publish(cycle, by=focal_head, now=LATER, number="214/BC-SLĐTBXH", issued_on=LATER.date())
    return cycle


def enter_letter(cycle, agency, officer):
    report = cycle.reports.get(agency=agency)
    texts = {part.key: "Đã triển khai." for part in report.parts.all()}
    services.enter_report(
        report,
        by=officer,
        now=DURING,
        letter_number="12/BC-STP",
        received_on=DURING.date(),
        scan=SimpleUploadedFile("ban-chup.pdf", PDF),
        texts=texts,
    )


def unpacked(package: Package, folder):
    archive = b"".join(stream(package))
    assert len(archive) == len(stream(package))
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        assert file.testzip() is None
        file.extractall(folder)
    return folder / ROOT


@pytest.fixture
def made(year):
    tasks.make_documents()
    assert not Document.objects.filter(made_at=None).exists()
    return year


def test_package_holds_everything_under_names_without_accents(made, officer, other_agency, tmp_path):
    enter_letter(made, other_agency, officer)
    tasks.make_documents()

    root = unpacked(package_of(made), tmp_path)

    agency = "07-so-y-te"
    assert sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()) == sorted(
        [
            *(
                f"00-bao-cao-tong-hop/phien-ban-1/{name}-2026.{kind}"
                for name in ("bao-cao-tong-hop", "ban-tom-tat")
                for kind in ("pdf", "docx", "xlsx")
            ),
            *(f"06-so-tu-phap/bao-cao-so-tu-phap-2026.{kind}" for kind in ("pdf", "docx", "xlsx")),
            "06-so-tu-phap/ban-giay/bao-cao-giay-so-tu-phap-2026.pdf",
            *(f"{agency}/bao-cao-so-y-te-2026.{kind}" for kind in ("pdf", "docx", "xlsx")),
            *(f"{agency}/ban-co-so/bao-cao-so-y-te-2026-co-so.{kind}" for kind in ("pdf", "docx", "xlsx")),
            f"{agency}/ban-ky/ban-ky-so-145.pdf",
            f"{agency}/minh-chung/nd-1.1/anh-hoi-nghi-doan-ket.pdf",
            "muc-luc.csv",
            "SHA256SUMS.txt",
        ]
    )
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS.txt"], cwd=root, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout.count(": OK")) == (0, 19)


def test_contents_name_every_file_in_words_and_what_is_missing(year):
    package = package_of(year)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(stream(package))))
    text = archive.read(f"{ROOT}/muc-luc.csv").decode("utf-8-sig")

    heading, *rows = csv.reader(io.StringIO(text), delimiter=";")

    assert heading == ["Đường dẫn", "Kích thước (byte)", "SHA-256", "Là", "Ghi chú"]
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert rows[0] == [
        "07-so-y-te/ban-ky/ban-ky-so-145.pdf",
        str(len(PDF)),
        sha256,
        "Sở Y tế, số 145/BC-SYT: bản đã ký",
        "",
    ]
    assert rows[1][3] == "Sở Y tế: minh chứng ND-1.1, Ảnh hội nghị Đoàn kết.pdf"
    missing = {row[3]: row[4] for row in rows if row[0] == "THIẾU"}
    assert missing == {
        "Báo cáo tổng hợp, phiên bản 1: báo cáo (PDF, Word, Excel)": "đang tạo tệp",
        "Báo cáo tổng hợp, phiên bản 1: bản tóm tắt (PDF, Word, Excel)": "đang tạo tệp",
        "Sở Y tế: báo cáo (PDF, Word, Excel)": "đang tạo tệp",
        "Sở Y tế, số 145/BC-SYT: báo cáo (PDF, Word, Excel)": "đang tạo tệp",
        "Sở Lao động - Thương binh và Xã hội": "chưa nộp báo cáo",
        "Sở Tài chính": "chưa nộp báo cáo",
        "Sở Tư pháp": "chưa nộp báo cáo",
    }


def test_file_that_is_gone_is_missing_and_one_that_was_changed_is_found_out(year, tmp_path):
    stored = StoredFile.objects.get()
    with default_storage.open(stored.file.name, "wb") as file:
        file.write(b"x" * len(PDF))

    root = unpacked(package_of(year), tmp_path)
    checked = subprocess.run(["sha256sum", "--check", "SHA256SUMS.txt"], cwd=root, capture_output=True, text=True)
    default_storage.delete(stored.file.name)
    package = package_of(year)

    assert checked.returncode == 1
    assert checked.stdout.count(": FAILED") == 2
    gone = [missing.title for missing in package.missing if missing.why == "không còn tệp trên máy chủ"]
    assert gone == ["Sở Y tế, số 145/BC-SYT: bản đã ký", "Sở Y tế: minh chứng ND-1.1, Ảnh hội nghị Đoàn kết.pdf"]
    assert package.entries == []


def test_two_files_of_one_name_stand_beside_each_other(year):
    submission = Submission.objects.get()
    content = submission.snapshot
    evidence = content["parts"][1]["tasks"][0]["evidence"]
    other = StoredFile.objects.create(
        sha256="c" * 64, kind="pdf", size=1, file=StoredFile.objects.get().file, received_at=DURING
    )
    evidence.append(evidence[0] | {"sha256": other.sha256})
    Submission.objects.update(content=canonical(content))

    names = [entry.path.rpartition("/")[2] for entry in package_of(year).entries if "minh-chung" in entry.path]

    assert names == ["anh-hoi-nghi-doan-ket.pdf", "anh-hoi-nghi-doan-ket-2.pdf"]


def test_officer_sees_what_is_in_it_and_downloading_it_is_kept(client, year, officer):
    client.force_login(officer)
    address = reverse("year_package", args=["96-kh-ubnd-2018", 2026])
    page = " ".join(client.get(address).content.decode().split())
    assert "2 tệp, " in page
    assert "Còn thiếu (7)" in page
    assert ConsolidationEvent.objects.filter(kind="downloaded").count() == 0

    response = client.post(address)
    content = response.getvalue()

    assert response["Content-Disposition"] == f'attachment; filename="{ROOT}.zip"'
    assert (response["Content-Type"], response["Content-Length"]) == ("application/zip", str(len(content)))
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 4
    event = ConsolidationEvent.objects.get(kind="downloaded")
    assert (event.by, event.reason) == (officer, "2 tệp, thiếu 7")
    assert f"{officer.full_name}: 2 tệp, thiếu 7" in client.get(address).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_year_that_is_only_planned_has_no_package(client, cycle, officer, method):
    opening.planned_cycle(cycle.plan, 2027)
    client.force_login(officer)

    assert getattr(client, method)(reverse("year_package", args=["96-kh-ubnd-2018", 2027])).status_code == 404


def test_package_asks_the_database_no_more_for_more_reports(year, cycle, other_agency):
    with CaptureQueriesContext(connection) as before:
        package_of(year)
    for agency_report in cycle.reports.exclude(agency__slug="so-y-te"):
        twin = Submission.objects.get(report__agency__slug="so-y-te")
        twin.pk, twin.report, twin.receipt_number = None, agency_report, f"x{agency_report.pk}"
        twin._state.adding = True
        twin.save(force_insert=True)

    with CaptureQueriesContext(connection) as after:
        assert len(package_of(year).entries) == 5

    assert len(after) == len(before)


def test_package_of_200_megabytes_leaves_in_pieces(year, tmp_path):
    name = StoredFile.objects.get().file.name
    with open(default_storage.path(name), "wb") as file:
        file.truncate(100 * MEGABYTE)
    archive = stream(package_of(year))
    assert len(archive) > 200 * MEGABYTE

    tracemalloc.start()
    size = largest = 0
    for piece in archive:
        size += len(piece)
        largest = max(largest, len(piece))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size == len(archive)
    assert largest < MEGABYTE
    assert peak < 2 * MEGABYTE
