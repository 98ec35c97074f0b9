"""Small archives, written as backups are, without a database."""

import dataclasses
import hashlib
import re
import tarfile
from pathlib import Path

from reports.backups import archive, envelope, tables
from reports.backups.chain import BEGINNING, Chain
from reports.backups.keys import Keys
from reports.backups.manifest import FileSum, Manifest

LINES = b'{"id":1,"name":"S\xe1\xbb\x9f Y t\xe1\xba\xbf"}\n{"id":2,"name":"S\xe1\xbb\x9f T\xc6\xb0 ph\xc3\xa1p"}\n'
FILE = bytes(range(256))


def manifest_of(lines: bytes = LINES, file: bytes = FILE) -> Manifest:
    summing = tables.Summing()
    summing.add(lines)
    return Manifest(
        site="https://plan.example",
        made_at="2026-11-10T00:00:00+00:00",
        migrations={"reports": ["0001_initial"]},
        tables={"assignments_agency": summing.total, "reports_thread": tables.Summing().total},
        files={"files/2026/a.pdf": FileSum(len(file), hashlib.sha256(file).hexdigest())},
        missing=[],
        damaged=[],
        chain=Chain("2026-11-10T00:00:00+00:00", {}, 0, BEGINNING),
    )


def write_archive(path: Path, *, keys: Keys | None = None, entries: dict[str, bytes] | None = None) -> Path:
    """Write a small archive that is whole and says of itself what it holds; `entries` replace or add to its own."""
    own = {
        f"{archive.TABLES}assignments_agency/0000.jsonl": LINES,
        f"{archive.FILES}files/2026/a.pdf": FILE,
        archive.MANIFEST: manifest_of().to_json(),
    }
    with path.open("wb") as sink, archive.writing(sink, keys, written_at=0) as writer:
        for name, content in (own | (entries or {})).items():
            writer.add(name, content)
    return path


def rewrite(path: Path, to: Path, *, changed: dict[str, tuple[bytes, bytes]], **manifest: object) -> Path:
    """Write a backup again with words of its tables replaced, and its manifest telling so: forged, but whole."""
    entries = {}
    with path.open("rb") as source:
        for name, content in archive.entries(source):
            entries[name] = content.read()
    told = Manifest.from_json(entries.pop(archive.MANIFEST))
    sums = dict(told.tables)
    for table, (old, new) in changed.items():
        name = f"{archive.TABLES}{table}/0000.jsonl"
        assert old in entries[name]
        entries[name] = entries[name].replace(old, new, 1)
        summing = tables.Summing()
        summing.add(entries[name])
        sums[table] = summing.total
    with to.open("wb") as sink, archive.writing(sink, None, written_at=0) as writer:
        for name, content in entries.items():
            writer.add(name, content)
        writer.add(archive.MANIFEST, dataclasses.replace(told, tables=sums, **manifest).to_json())
    return to


def of_a_later_format(path: Path) -> Path:
    """Let an archive say that its format is 2, with a seal that is right."""
    content = path.read_bytes()[: -envelope.SEAL_BYTES]
    content = re.sub(rb"plan_portal backup 1", rb"plan_portal backup 2", content, count=1)
    path.write_bytes(content + envelope._mark(f"sha256 {hashlib.sha256(content).hexdigest()}"))
    return path


def any_tar(path: Path) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        tar.add(__file__, "notes.py")
    return path
