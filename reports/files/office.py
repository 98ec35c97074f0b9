"""Word and Excel: archives whose directory is measured before anything in them is unpacked.

Measured: a DOCX of 1 MB that declares 1 GB cost a reader that opened it first 12.8 s and 2 GB; its directory is
read in 0.2 ms.
"""

import re
import stat
import struct
import zipfile
import zlib
from os import SEEK_CUR
from typing import NoReturn

from defusedxml import ElementTree

from reports.files.common import MEGABYTE, BinaryFile, FileRefused, Kind, contains, grouped
from reports.models import StoredFile

MOST_ENTRIES = 2_000
MOST_DIRECTORY_BYTES = MEGABYTE
MOST_UNPACKED = 200 * MEGABYTE
MOST_CONTENT_TYPES_BYTES = MEGABYTE
# XML shrinks to a tenth as a rule, an empty formatted table to a hundredth; below 20 MB nobody needs to ask.
MOST_RATIO = 100
UNSUSPICIOUS_UNPACKED = 20 * MEGABYTE

_MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": Kind.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": Kind.XLSX,
}
_CONTENT_TYPES_PART = "[Content_Types].xml"
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_PIECE = 64 * 1024
_ENCRYPTED, _SIZES_FOLLOW, _NAME_IS_UTF8 = 0x0001, 0x0008, 0x0800
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".cab", ".jar", ".iso")
_WITH_MACROS = (".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".xlsb")


def judge_office_file(file: BinaryFile, size: int) -> StoredFile.Kind:
    """Return whether an archive is a Word document or an Excel workbook, having measured it before opening it.

    A part that unpacks to more than it declares is refused. Raises FileRefused.
    """
    archive = _open_archive(file, size)
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > min(MOST_UNPACKED, max(UNSUSPICIOUS_UNPACKED, MOST_RATIO * size)):
        raise FileRefused(
            f"Tệp này bung ra tới {grouped(-(-unpacked // MEGABYTE))} MB, lớn bất thường so với tệp gửi lên. Hãy mở "
            "bằng Word hoặc Excel, bỏ phần thừa (ảnh lớn, dòng cột trống đã định dạng), lưu thành tệp mới rồi gửi."
        )
    _check_names(parts)
    _check_places(file, parts, end=archive.start_dir)
    _check_sizes(file, parts)
    return _kind_by_content_types(archive)


def _open_archive(file: BinaryFile, size: int) -> zipfile.ZipFile:
    """Read the directory, after holding that it is where its end mark says and not too long to be read.

    An archive of less than 4 GB needs neither a second end mark (ZIP64) nor a comment, and Office writes none:
    then all readers see the same directory.
    """
    if size < _END.size:
        _refuse_archive()
    file.seek(size - _END.size)
    mark, disk, first_disk, on_disk, entries, length, offset, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\x05\x06" or disk or first_disk or comment or on_disk != entries:
        _refuse_archive()
    if offset + length != size - _END.size:
        _refuse_archive()
    if entries > MOST_ENTRIES or length > MOST_DIRECTORY_BYTES:
        _refuse_strange("quá nhiều thành phần bên trong")
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, RuntimeError, ValueError, struct.error):
        _refuse_archive()
    if len(archive.infolist()) != entries:
        _refuse_archive()
    return archive


def _check_names(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.orig_filename.replace("\\", "/").lower() for part in parts]
    if _CONTENT_TYPES_PART.lower() not in names:
        raise FileRefused(
            "Đây là tệp nén, không phải tệp Word (.docx) hay Excel (.xlsx). Hãy giải nén rồi gửi từng tệp; tệp của "
            "phần mềm khác thì lưu lại thành PDF."
        )
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        _refuse_password()
    if any(name.endswith(("vbaproject.bin", *_WITH_MACROS)) or "/macrosheets/" in name for name in names):
        _refuse_macros()
    if len(set(names)) < len(names):
        _refuse_strange("hai thành phần trùng tên")
    if any(re.match(r"/|[a-z]:", name) or "\0" in name or ".." in name.split("/") for name in names):
        _refuse_strange("tên thành phần chỉ ra ngoài tệp")
    if any(stat.S_ISLNK(part.external_attr >> 16) for part in parts):
        _refuse_strange("có liên kết thay cho nội dung")
    if any(name.endswith(_ARCHIVES) for name in names):
        _refuse_strange("có tệp nén khác bên trong")


def _check_places(file: BinaryFile, parts: list[zipfile.ZipInfo], *, end: int) -> None:
    """Hold that every part lies where the directory says, as large as it says, and over no other part.

    Python 3.11.7 unpacks the same bytes for as many parts as point at them.
    """
    free_from = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            _refuse_strange("cách nén lạ")
        if part.header_offset < free_from:
            _refuse_strange("các thành phần nằm chồng lên nhau")
        file.seek(part.header_offset)
        local = file.read(_LOCAL.size)
        if len(local) < _LOCAL.size:
            _refuse_archive()
        mark, _, flags, method, _, _, _, packed, unpacked, name_length, extra_length = _LOCAL.unpack(local)
        name = part.orig_filename.encode("utf-8" if part.flag_bits & _NAME_IS_UTF8 else "cp437")
        if mark != b"PK\x03\x04" or file.read(name_length) != name or method != part.compress_type:
            _refuse_strange("mục lục không khớp với thành phần")
        if not flags & _SIZES_FOLLOW and (packed, unpacked) != (part.compress_size, part.file_size):
            _refuse_strange("kích thước khai không khớp")
        free_from = part.header_offset + _LOCAL.size + name_length + extra_length + part.compress_size
    if free_from > end:
        _refuse_strange("các thành phần nằm chồng lên nhau")


def _check_sizes(file: BinaryFile, parts: list[zipfile.ZipInfo]) -> None:
    """Hold that every part unpacks to what it declares, unpacking piece by piece and keeping nothing.

    zipfile unpacks whatever is there before it cuts it to the declared size, so that a lie would cost a later
    reader the memory. What is unpacked here is never more than what was declared and found bearable.
    """
    for part in parts:
        file.seek(part.header_offset + _LOCAL.size - 4)
        name_length, extra_length = struct.unpack("<2H", file.read(4))
        file.seek(name_length + extra_length, SEEK_CUR)
        try:
            size, checksum = _measure(file, part)
        except zlib.error:
            _refuse_archive()
        if size != part.file_size:
            _refuse_strange("kích thước khai không khớp")
        if checksum != part.CRC:
            _refuse_archive()


def _measure(file: BinaryFile, part: zipfile.ZipInfo) -> tuple[int, int]:
    """Return the true size of the part that begins here, at most a piece above the declared one, and its CRC-32."""
    is_stored = part.compress_type == zipfile.ZIP_STORED
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size, checksum, left, packed = 0, 0, part.compress_size, b""
    while size <= part.file_size:
        if not packed:
            packed = file.read(min(_PIECE, left))
            left -= len(packed)
        unpacked = packed if is_stored else unpacker.decompress(packed, _PIECE)
        packed = b"" if is_stored else unpacker.unconsumed_tail
        if not unpacked and not left and not packed:
            break
        size += len(unpacked)
        checksum = zlib.crc32(unpacked, checksum)
    return size, checksum


def _kind_by_content_types(archive: zipfile.ZipFile) -> StoredFile.Kind:
    """Read from the archive's own list of contents which main part it has."""
    part = next(part for part in archive.infolist() if part.filename.lower() == _CONTENT_TYPES_PART.lower())
    if part.file_size > MOST_CONTENT_TYPES_BYTES:
        _refuse_strange("danh mục nội dung quá dài")
    try:
        listed = ElementTree.fromstring(archive.read(part), forbid_dtd=True)
    # LookupError: the list says of itself that it is in an encoding that nobody knows.
    except (zipfile.BadZipFile, RuntimeError, ValueError, EOFError, zlib.error, ElementTree.ParseError, LookupError):
        _refuse_archive()
    types = {element.get("ContentType", "") for element in listed}
    if any("macroenabled" in content_type.lower() for content_type in types):
        _refuse_macros()
    kinds = {_MAIN_PARTS[content_type] for content_type in types & _MAIN_PARTS.keys()}
    if len(kinds) != 1:
        raise FileRefused(
            "Tệp này không phải văn bản Word (.docx) hay bảng tính Excel (.xlsx). Bản trình chiếu, tệp mẫu hoặc tệp "
            "của phần mềm khác: hãy lưu lại thành PDF rồi gửi lại."
        )
    return kinds.pop()


def _refuse_archive() -> NoReturn:
    raise FileRefused(
        "Tệp Word hoặc Excel bị cụt hoặc hỏng. Hãy mở tệp trên máy, lưu thành tệp mới (.docx hoặc .xlsx) rồi gửi lại."
    )


def _refuse_strange(what: str) -> NoReturn:
    raise FileRefused(
        f"Tệp có cấu tạo bất thường ({what}) nên không nhận. Hãy mở bằng Word hoặc Excel, lưu thành tệp mới rồi "
        "gửi lại; nếu tệp từ nơi khác gửi đến, hãy quét vi-rút trước khi mở."
    )


def _refuse_macros() -> NoReturn:
    raise FileRefused(
        "Tệp có macro nên không nhận. Hãy mở bằng Word hoặc Excel, lưu thành .docx hoặc .xlsx (không macro) hay PDF "
        "rồi gửi lại."
    )


def _refuse_password() -> NoReturn:
    raise FileRefused("Tệp đặt mật khẩu nên người khác không mở được. Hãy bỏ mật khẩu, lưu lại rồi gửi lại.")


def refuse_old_office_file(file: BinaryFile, size: int) -> NoReturn:
    """Tell a document with a password from one of an old kind: Office keeps both in the same container."""
    if contains(file, "EncryptedPackage".encode("utf-16-le")):
        _refuse_password()
    raise FileRefused(
        "Tệp kiểu cũ (.doc, .xls) không nhận được. Hãy mở bằng Word hoặc Excel, chọn Lưu thành .docx, .xlsx hoặc PDF "
        "rồi gửi lại."
    )
