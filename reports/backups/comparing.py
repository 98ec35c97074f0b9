"""Comparing the system with a backup that was restored into it, and opening a report in it as an officer would."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import apps as current_apps
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from assignments.models import User
from reports import access
from reports.backups import chain, reading, tables
from reports.backups.manifest import Manifest
from reports.backups.wording import moment, number
from reports.models import ConsolidatedReport, Document, Report, StoredFile, Submission

# A system that was just restored may not have collected its style sheets yet.
PAGES_WITHOUT_COLLECTED_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: a sentence, and whether it is as it should be."""

    words: str
    is_right: bool = True


def compare(manifest: Manifest, *, earlier: Manifest | None = None) -> Iterator[Finding]:
    """Yield what is found, one thing after the other; writes nothing that stays. `earlier` is an older backup's."""
    yield from _tables(manifest)
    yield _files(manifest)
    yield _frozen_words()
    yield _recorded_hashes(manifest)
    yield _chain(manifest, "Chuỗi nhật ký")
    if earlier:
        yield _chain(earlier, f"Chuỗi nhật ký nối tiếp bản sao lưu trước ({moment(earlier.made_at)})")
    yield _opened_report()


def _tables(manifest: Manifest) -> Iterator[Finding]:
    if tables.applied_migrations() != manifest.migrations:
        yield Finding(
            f"Bản sao lưu của phiên bản cũ: {number(manifest.rows)} dòng đã được đối chiếu khi phục hồi,"
            " trước khi nâng cấp."
        )
        return
    models = tables.kept_models(tables.apps_at(manifest.migrations))
    wrong = [
        table
        for table, total in manifest.tables.items()
        if table not in models or tables.sum_of(models[table]) != total
    ]
    yield _verdict(f"Số dòng và mã SHA-256 của {len(manifest.tables)} bảng ({number(manifest.rows)} dòng)", wrong)


def _files(manifest: Manifest) -> Finding:
    wrong = []
    for name, wanted in manifest.files.items():
        path = Path(settings.MEDIA_ROOT) / name
        if not path.is_file():
            wrong.append(name)
            continue
        with path.open("rb") as file:
            if reading.sum_of_file(file) != wanted:
                wrong.append(name)
    return _verdict(f"{number(len(manifest.files))} tệp: kích thước và mã SHA-256", wrong)


def _frozen_words() -> Finding:
    """Hold what was submitted and published against the hash that was given out with it."""
    wrong, count = [], 0
    for model in (Submission, ConsolidatedReport):
        for row in model.objects.only("content", "sha256").iterator(chunk_size=50):
            count += 1
            if hashlib.sha256(row.content.encode()).hexdigest() != row.sha256:
                wrong.append(f"{model._meta.verbose_name} {row.pk}")
    return _verdict(f"Nội dung của {number(count)} lần nộp và báo cáo tổng hợp khớp mã SHA-256 đã cấp", wrong)


def _recorded_hashes(manifest: Manifest) -> Finding:
    """Hold the hashes that the public page names, and those of evidence, against those of the files."""
    rows = [
        *Document.objects.exclude(file="").values_list("file", "sha256"),
        *StoredFile.objects.values_list("file", "sha256"),
    ]
    said = {name: file.sha256 for name, file in manifest.files.items()}
    known = {*manifest.missing, *manifest.damaged}
    wrong = [name for name, sha256 in rows if name not in known and said.get(name) != sha256]
    return _verdict(f"{number(len(rows))} văn bản, minh chứng và bản quét khớp mã SHA-256 đã công bố", wrong)


def _chain(manifest: Manifest, words: str) -> Finding:
    kept = manifest.chain
    try:
        found = chain.chain_again(current_apps, kept)
    except LookupError:
        return Finding(f"{words}: không so được, nhật ký của phiên bản này ghi khác.")
    return _verdict(f"{words}: {number(kept.links)} việc, dấu {kept.head}", [] if found == kept else [found.head])


def _opened_report() -> Finding:
    """Open the report that was submitted last as somebody who may read it does; what that writes is taken back."""
    reports = Report.objects.select_related("cycle__plan", "agency")
    report = reports.order_by("-submissions__submitted_at", "pk").exclude(submissions=None).first() or reports.first()
    if report is None:
        return Finding("Chưa có báo cáo nào để mở thử.")
    reader, address = _reader_of(report)
    if reader is None:
        return Finding(f"Báo cáo {report}: hiện không ai có vai trò đọc được, nên không mở thử.")
    site = urlsplit(settings.SITE_URL)
    with override_settings(STORAGES=settings.STORAGES | PAGES_WITHOUT_COLLECTED_FILES), transaction.atomic():
        client = Client(SERVER_NAME=site.hostname or "localhost", raise_request_exception=False)
        client.force_login(reader)
        answer = client.get(address, secure=site.scheme == "https")
        transaction.set_rollback(True)
    is_open = answer.status_code == 200 and report.issuer_name in answer.content.decode()
    words = f"Mở báo cáo {report} bằng tài khoản của {reader}"
    return Finding(words, is_right=True) if is_open else Finding(f"{words}: trả về mã {answer.status_code}", False)


def _reader_of(report: Report) -> tuple[User | None, str]:
    """Return an officer with the review's address, or somebody of the agency with the report's."""
    focal = report.cycle.plan.focal_agency
    if focal and report.submissions.exists() and (officers := access.officers_of(focal)):
        return officers[0], report.url("review")
    return next(iter(access.people_of(report.agency)), None), report.get_absolute_url()


def _verdict(words: str, wrong: list[str]) -> Finding:
    return Finding(f"{words}: sai ở {', '.join(wrong[:5])}", False) if wrong else Finding(words)
