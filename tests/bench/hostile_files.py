"""Seconds and megabytes that files cost which nobody should send, and what each of them got.

    .venv/bin/python -m tests.bench.hostile_files

Each is judged in a process of its own: the median of five, the most memory the process held less what it held
before, and the first words of the refusal. Beside them the yardstick for a refusal (a DOCX of 1 MB that unpacks to
1 GB: 200 ms, 64 MB), and a library that opens such a file first (python-docx).
"""

import io
import os
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable

ROUNDS = 5
MOST_SECONDS = 0.2
MOST_MEGABYTES = 64
MEGABYTE = 1024 * 1024


def hostile_files() -> dict[str, Callable[[], bytes]]:
    from tests import sample_files as sample

    return {
        "DOCX of 1 MB, unpacks to 1 GB": lambda: sample.bomb(1024 * MEGABYTE),
        "DOCX that lies: 64 MB in a small part": lambda: sample.lying_bomb(64 * MEGABYTE),
        "DOCX, 500 names for the same bytes": lambda: sample.overlapping(500),
        "archive of 60,000 empty parts": lambda: sample.many_entries(60_000),
        "DOCX whose end mark refers to ZIP64": sample.with_zip64_lie,
        "DOCX marked as encrypted": sample.encrypted,
        "DOCX with macros": sample.with_macros,
        "DOCX with ../ in a name": lambda: sample.archive({"../a.xml": b""}),
        "DOCX with a symbolic link": sample.with_link,
        "DOCX with the same name twice": sample.with_same_name_twice,
        "DOCX with a ZIP in it": lambda: sample.archive({"word/media/42.zip": b""}),
        "DOCX with an entity bomb": sample.with_entity_bomb,
        "DOCX, cut off": lambda: sample.docx()[:-30],
        "old DOC of 20 MB": lambda: sample.old_office_file() + bytes(19 * MEGABYTE),
        "PNG of 30,000 x 30,000": lambda: sample.png(30_000, 30_000),
        "JPEG of 65,000 x 65,000": lambda: sample.jpeg(65_000, 65_000),
        "PNG, cut off": lambda: sample.png()[:-12],
        "PNG of 20 MB in chunks of nothing": lambda: sample.png()[:33] + empty_chunk() * (19 * MEGABYTE // 12),
        "JPEG, 20 MB of filling": lambda: b"\xff\xd8" + b"\xff" * 19 * MEGABYTE,
        "PDF, cut off": lambda: sample.pdf()[:-40],
        "HTML named .pdf": lambda: b"<!doctype html><script>alert(1)</script>",
        "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "empty file": bytes,
        "PDF of 21 MB": lambda: sample.pdf() + bytes(21 * MEGABYTE),
        # Let through: what they cost to be believed.
        "PDF with a ZIP behind it": lambda: sample.pdf() + sample.docx()[:2000],
        "JPEG with a page behind it": lambda: sample.jpeg() + b"<script>",
        "XLSX of 2 MB, unpacks to 190 MB": lambda: sample.archive({"xl/a.xml": table(190)}, main=sample.EXCEL),
    }


def empty_chunk() -> bytes:
    import zlib

    return b"\0\0\0\0tEXt" + zlib.crc32(b"tEXt").to_bytes(4)


def table(megabytes: int) -> bytes:
    """Return XML that shrinks as tables do: to a ninetieth."""
    row = b'<c r="A1" s="1"><v>%d</v></c>'
    piece = b"".join(row % number for number in range(20_000))
    return (piece * (megabytes * MEGABYTE // len(piece) + 1))[: megabytes * MEGABYTE]


def most_memory() -> float:
    """Return the most megabytes this process ever held; what rusage says begins with the parent's."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def measure(name: str) -> str:
    """Return one line: what the file got, how long it took, how much memory."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
    django.setup()
    from reports import files

    # Made by another process, so that its memory is not counted here.
    path = sys.argv[2]
    before = most_memory()
    times, got = [], ""
    for _ in range(ROUNDS):
        with open(path, "rb") as file:
            started = time.perf_counter()
            try:
                got = f"let through as {files.judge(file)}"
            except files.FileRefused as error:
                got = str(error).partition(". ")[0] + "."
            times.append(time.perf_counter() - started)
    memory = most_memory() - before
    seconds = statistics.median(times)
    is_slow = "let through" not in got and (seconds > MOST_SECONDS or memory > MOST_MEGABYTES)
    mark = "  ABOVE THE YARDSTICK" if is_slow else ""
    return f"{name:40} {1000 * seconds:8.1f} ms {memory:6.1f} MB  {got}{mark}"


def measure_opening_first(path: str) -> str:
    """Return what the bomb costs python-docx."""
    import docx

    before, started = most_memory(), time.perf_counter()
    try:
        docx.Document(path)
        got = "opened"
    except Exception as error:
        got = type(error).__name__
    seconds = time.perf_counter() - started
    memory = most_memory() - before
    return f"{'the same 1 GB, opened by python-docx':40} {1000 * seconds:8.1f} ms {memory:6.1f} MB  {got}"


def opened_bomb() -> bytes:
    """Return a document that python-docx goes on reading: one made by itself, its text blown up to 1 GB."""
    import docx

    plain, blown = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(blown, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.infolist():
            if part.filename != "word/document.xml":
                made.writestr(part.filename, source.read(part))
        with made.open("word/document.xml", "w") as part:
            for _ in range(1024):
                part.write(b" " * MEGABYTE)
    return blown.getvalue()


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(measure(sys.argv[1]) if sys.argv[1] != "opened first" else measure_opening_first(sys.argv[2]))
    else:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "file")
            print(f"yardstick: {1000 * MOST_SECONDS:.0f} ms, {MOST_MEGABYTES} MB")
            for name, make in (hostile_files() | {"opened first": opened_bomb}).items():
                with open(path, "wb") as file:
                    file.write(make())
                subprocess.run([sys.executable, "-m", "tests.bench.hostile_files", name, path], check=True)
