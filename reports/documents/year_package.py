"""Everything that is final of a year in one ZIP (trọn bộ hồ sơ năm), streamed file by file.

SHA256SUMS.txt in it is checked with `sha256sum -c SHA256SUMS.txt`; muc-luc.csv names every file in words, and what is
missing. Nothing is compressed: the size is known before it leaves, and what is in it is compressed already.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db.models import Prefetch
from django.db.models.fields.files import FieldFile
from django.utils.text import slugify
from zipstream import ZipStream

from assignments.text import fold
from reports.documents import orders
from reports.files import SUFFIXES, Kind
from reports.models import ConsolidatedReport, Report, ReportingCycle, SignedCopy, StoredFile, Submission
from reports.models.document import Source

PIECE = 64 * 1024
LONGEST_NAME = 60
MERGED_FOLDER = "00-bao-cao-tong-hop"
SUMS = "SHA256SUMS.txt"
CONTENTS = "muc-luc.csv"
CONTENTS_HEADINGS = ("Đường dẫn", "Kích thước (byte)", "SHA-256", "Là", "Ghi chú")
UNKNOWN_SHA256 = " " * 64
WHY_MISSING = {"absent": "chưa tạo tệp", "being_made": "đang tạo tệp", "failed": "chưa tạo được tệp"}


@dataclass
class Entry:
    """A file of the package: where it stands in it, where it is kept, its size in bytes, and what it is.

    `sha256` is what was written down when the file was kept; where nothing was, it is counted while the file leaves.
    """

    path: str
    file: str
    size: int
    title: str
    note: str
    sha256: str


@dataclass(frozen=True)
class Missing:
    """What belongs in the package and is not there, and why."""

    title: str
    why: str


class Package:
    """What a year's package holds, and what it lacks."""

    def __init__(self, name: str):
        self.name = name
        self.missing: list[Missing] = []
        self._entries: dict[str, Entry] = {}

    @property
    def entries(self) -> list[Entry]:
        return list(self._entries.values())

    @property
    def size(self) -> int:
        """The size of its files in bytes."""
        return sum(entry.size for entry in self.entries)

    @property
    def filename(self) -> str:
        return f"{self.name}.zip"

    def add(self, path: str, file: FieldFile, title: str, *, sha256: str = "", note: str = "") -> None:
        """Add a file that is kept, or say that it is missing; a path that is taken gets a number."""
        try:
            size = file.size
        except FileNotFoundError:
            self.lack(title, "không còn tệp trên máy chủ")
            return
        place = PurePosixPath(path)
        number = 1
        while path in self._entries:
            number += 1
            path = str(place.with_stem(f"{place.stem}-{number}"))
        self._entries[path] = Entry(path, file.name or "", size, title, note, sha256)

    def lack(self, title: str, why: str) -> None:
        self.missing.append(Missing(title, why))


def package_of(cycle: ReportingCycle) -> Package:
    """Return what the package of a year holds now: final submissions with their files, every published version."""
    package = Package(f"tron-bo-{cycle.plan.slug}-nam-{cycle.year}")
    versions = list(cycle.consolidated_reports.prefetch_related("signed_copies__stored").order_by("version"))
    reports = list(
        cycle.reports.select_related("cycle__plan", "agency").prefetch_related(
            "submissions", Prefetch("submissions__signed_copies", SignedCopy.objects.select_related("stored"))
        )
    )
    finals = {report: report.standing_submission for report in reports}
    copies = {final: list(final.signed_copies.all()) for final in finals.values() if final}
    numbered = [declared[-1] for declared in copies.values() if declared]
    sources: list[Source] = [*versions, *copies, *numbered]
    files = dict(zip(sources, orders.files_of_all(sources), strict=True))
    stored = _stored_of(list(copies))
    if not versions:
        package.lack("Báo cáo tổng hợp", "chưa ban hành")
    for version in versions:
        _add_version(package, version, files[version])
    for report, final in finals.items():
        if final is None:
            excused = f"được miễn báo cáo: {report.excused_reason}" if report.excused_at else "chưa nộp báo cáo"
            package.lack(report.issuer_name, excused)
            continue
        folder = f"{report.participant_number:02}-{report.agency.slug}"
        note = report.get_status_display()
        _add_documents(package, folder, report.issuer_name, files[final], note)
        if final.letter_scan:
            path = f"{folder}/ban-giay/bao-cao-giay-{report.agency.slug}-{cycle.year}.pdf"
            package.add(path, final.letter_scan, f"{report.issuer_name}: bản chụp báo cáo giấy", note=note)
        if declared := copies[final]:
            copy = declared[-1]
            title = f"{report.issuer_name}, số {copy.number}"
            _add_documents(package, f"{folder}/ban-co-so", title, files[copy], note)
            if copy.stored:
                path = f"{folder}/ban-ky/{_name(copy.file_name, copy.stored)}"
                package.add(path, copy.stored.file, f"{title}: bản đã ký", sha256=copy.stored.sha256)
        _add_evidence(package, folder, report, final, stored)
    return package


def stream(package: Package) -> ZipStream:
    """Return the package as a ZIP that is made while it is read; `len` is its size in bytes."""
    archive = ZipStream(sized=True)
    for entry in package.entries:
        archive.add(_bytes_of(entry), f"{package.name}/{entry.path}", size=entry.size)
    # Every hash is as long as every other: the sizes are known before the hashes are.
    archive.add(_when_read(_contents, package), f"{package.name}/{CONTENTS}", size=len(_contents(package)))
    archive.add(_when_read(_sums, package), f"{package.name}/{SUMS}", size=len(_sums(package)))
    return archive


def _add_version(package: Package, version: ConsolidatedReport, files: orders.Files) -> None:
    folder, title = f"{MERGED_FOLDER}/phien-ban-{version.version}", f"Báo cáo tổng hợp, phiên bản {version.version}"
    if signed := version.signed_copy:
        path = f"{folder}/ban-ky/{_name(signed.file_name, signed.stored)}"
        package.add(path, signed.stored.file, f"{title}: bản đã ký", sha256=signed.stored.sha256)
    _add_documents(package, folder, title, files)


def _add_documents(package: Package, folder: str, title: str, files: orders.Files, note: str = "") -> None:
    for subject, kinds in files.by_subject:
        words = f"{title}: {subject.label.lower()}"
        lacking: dict[str, list[str]] = {}
        for file in kinds:
            if file.made:
                path = f"{folder}/{file.address.rpartition('/')[2]}"
                sha256 = file.made.sha256
                package.add(path, file.made.file, f"{words} ({file.kind.label})", sha256=sha256, note=note)
            else:
                lacking.setdefault(WHY_MISSING[file.state], []).append(str(file.kind.label))
        for why, labels in lacking.items():
            package.lack(f"{words} ({', '.join(labels)})", why)


def _add_evidence(
    package: Package, folder: str, report: Report, final: Submission, stored: dict[str, StoredFile]
) -> None:
    for task in final.evidence:
        for file in task["files"]:
            kept = stored[file["sha256"]]
            path = f"{folder}/minh-chung/{task['code'].lower()}/{_name(file['name'], kept)}"
            title = f"{report.issuer_name}: minh chứng {task['code']}, {file['name']}"
            package.add(path, kept.file, title, sha256=kept.sha256)


def _stored_of(submissions: list[Submission]) -> dict[str, StoredFile]:
    """Return the files that the submissions name, by hash."""
    named = {file["sha256"] for final in submissions for task in final.evidence for file in task["files"]}
    return {stored.sha256: stored for stored in StoredFile.objects.filter(sha256__in=named)}


def _name(name: str, stored: StoredFile) -> str:
    """Return a name without accents and spaces, with the ending of what the file is."""
    stem = slugify(fold(PurePosixPath(name).stem))[:LONGEST_NAME].strip("-")
    return f"{stem or 'tep'}{SUFFIXES[Kind(stored.kind)][0]}"


def _bytes_of(entry: Entry) -> Iterator[bytes]:
    hashed = hashlib.sha256()
    with default_storage.open(entry.file) as file:
        while piece := file.read(PIECE):
            if not entry.sha256:
                hashed.update(piece)
            yield piece
    entry.sha256 = entry.sha256 or hashed.hexdigest()


def _when_read(write: Callable[[Package], bytes], package: Package) -> Iterator[bytes]:
    yield write(package)


def _contents(package: Package) -> bytes:
    """Return the list of everything in words, for Excel as it is set up in Vietnam."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=";")
    rows.writerow(CONTENTS_HEADINGS)
    for entry in package.entries:
        rows.writerow((entry.path, entry.size, entry.sha256 or UNKNOWN_SHA256, entry.title, entry.note))
    for missing in package.missing:
        rows.writerow(("THIẾU", "", "", missing.title, missing.why))
    return text.getvalue().encode("utf-8-sig")


def _sums(package: Package) -> bytes:
    lines = [f"{entry.sha256 or UNKNOWN_SHA256}  {entry.path}\n" for entry in package.entries]
    lines.append(f"{hashlib.sha256(_contents(package)).hexdigest()}  {CONTENTS}\n")
    return "".join(lines).encode()
