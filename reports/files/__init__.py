"""What a file that came in is, judged by its content: the name that its sender gave it decides nothing.

Nothing is decoded to find out, and of an archive nothing is unpacked but the list of what is in it: a picture's
size and an archive's directory are read first, so a small file that grows large costs nothing.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from os import SEEK_END

from django.conf import settings

from assignments.text import normalise
from reports.files.common import MEGABYTE, BinaryFile, FileRefused, Kind
from reports.files.office import judge_office_file, refuse_old_office_file
from reports.files.pictures import judge_jpeg, judge_png, refuse_phone_picture
from reports.models import StoredFile

LONGEST_NAME = 200

CONTENT_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
}
KINDS_IN_WORDS = {
    Kind.PDF: "PDF",
    Kind.DOCX: "Word (.docx)",
    Kind.XLSX: "Excel (.xlsx)",
    Kind.JPEG: "ảnh JPEG",
    Kind.PNG: "ảnh PNG",
}
# The first is given to a file that comes without one.
SUFFIXES = {
    Kind.PDF: (".pdf",),
    Kind.DOCX: (".docx",),
    Kind.XLSX: (".xlsx",),
    Kind.JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    Kind.PNG: (".png",),
}


def judge(file: BinaryFile, kinds: tuple[StoredFile.Kind, ...] = tuple(Kind)) -> StoredFile.Kind:
    """Return which of the kinds this file is and leave it at its start.

    `file` is open for reading and can be searched. Raises FileRefused for every other kind, for what is empty,
    too large or cut off, and for archives that are not what Word and Excel write. A PDF that asks for a password
    is let through: protection against changes looks the same and hinders no reader.
    """
    kind = _kind_of(file)
    if kind not in kinds:
        wanted = [KINDS_IN_WORDS[kind] for kind in kinds]
        listed = " hoặc ".join([", ".join(wanted[:-1]), wanted[-1]] if wanted[1:] else wanted)
        raise FileRefused(
            f"Không nhận được loại tệp này: ở đây chỉ nhận {listed}. Hãy mở tệp trên máy, lưu lại thành loại đó (đổi "
            "đuôi tên tệp là không đủ) rồi gửi lại."
        )
    return kind


def _kind_of(file: BinaryFile) -> StoredFile.Kind | None:
    """Return what kind of file this is, None for an unknown one."""
    size = file.seek(0, SEEK_END)
    check_size(size)
    try:
        file.seek(0)
        start = file.read(64)
        for begins_so, judge_further in _SIGNATURES:
            if begins_so(start):
                return judge_further(file, size)
        return None
    finally:
        file.seek(0)


def check_size(size: int) -> None:
    """Raise FileRefused for a file of so many bytes that is empty or larger than is taken."""
    if not size:
        raise FileRefused("Tệp rỗng (0 byte). Hãy mở tệp trên máy để kiểm tra, lưu lại rồi gửi lại.")
    if size > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(
            f"Tệp lớn hơn {settings.UPLOAD_MAX_BYTES // MEGABYTE} MB. Hãy quét lại ở độ phân giải thấp hơn "
            "(150-200 dpi), giảm kích thước ảnh trong tệp, hoặc chia thành nhiều tệp."
        )


def sha256_of(file: BinaryFile) -> str:
    """Return the SHA-256 of the file's bytes and leave it at its start."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(MEGABYTE):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def plain_name(name: str) -> str:
    """Return the sender's name in NFC, without folders and without characters that nobody sees."""
    name = normalise(name).replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf")).strip(" .")


def name_of(name: str, kind: StoredFile.Kind) -> str:
    """Return the sender's name for a file with an ending that is true to its kind.

    Of what does not fit into 200 characters the end is cut off, not the ending.
    """
    name = plain_name(name)
    stem, dot, ending = name.rpartition(".")
    suffix = SUFFIXES[kind][0]
    if dot and f".{ending.lower()}" in SUFFIXES[kind]:
        suffix = f".{ending}"
    elif not dot or f".{ending.lower()}" not in {known for endings in SUFFIXES.values() for known in endings}:
        stem = name
    return (stem.strip(" .")[: LONGEST_NAME - len(suffix)] or "tep") + suffix


def _judge_pdf(file: BinaryFile, size: int) -> StoredFile.Kind:
    """Hold that the file ends as a PDF does: what was cut off on its way lacks its table of contents."""
    file.seek(max(0, size - 4096))
    ends = re.findall(rb"startxref\s+(\d{1,10})\s*%%EOF", file.read(4096))
    if not ends or int(ends[-1]) >= size:
        raise FileRefused(
            "Tệp PDF bị cụt hoặc hỏng. Hãy mở thử trên máy; nếu mở được, chọn In rồi “Lưu thành PDF” để có tệp mới, "
            "nếu không thì quét lại."
        )
    return Kind.PDF


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda start: start.startswith(signatures)


_SIGNATURES: tuple[tuple[Callable[[bytes], bool], Callable[[BinaryFile, int], StoredFile.Kind]], ...] = (
    (lambda start: start.lstrip(b"\xef\xbb\xbf\0\t\r\n ").startswith(b"%PDF-"), _judge_pdf),
    (_begins(b"\xff\xd8\xff"), judge_jpeg),
    (_begins(b"\x89PNG\r\n\x1a\n"), judge_png),
    (_begins(b"PK\x03\x04", b"PK\x05\x06"), judge_office_file),
    (_begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), refuse_old_office_file),
    (lambda start: start[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1"), refuse_phone_picture),
)
