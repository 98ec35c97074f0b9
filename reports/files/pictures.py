"""JPEG and PNG: from their first bytes to their end mark, their size in pixels on the way; nothing is decoded."""

import struct
import zlib
from typing import NoReturn

from reports.files.common import BinaryFile, FileRefused, Kind, contains, grouped
from reports.models import StoredFile

# A camera of 108 megapixels is let through, a scan of A3 at 600 dpi (70) as well.
MOST_PIXELS = 120_000_000
# libpng cuts its data into pieces of 8 KB, a camera writes a few dozen segments.
MOST_PNG_CHUNKS = 20_000
MOST_JPEG_SEGMENTS = 2_000

_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA
_FILL = 0xFF
_END_OF_IMAGE = b"\xff\xd9"


def judge_jpeg(file: BinaryFile, size: int) -> StoredFile.Kind:
    """Walk the segments to the picture's data, which must come to its end mark."""
    position, has_frame = 2, False
    for _ in range(MOST_JPEG_SEGMENTS):
        file.seek(position)
        segment = file.read(9)
        if len(segment) < 9 or segment[0] != _FILL:
            break
        marker = segment[1]
        if marker == _FILL:
            position += 1
            continue
        if marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", segment, 5)
            _check_pixels(width, height)
            has_frame = True
        if marker == _START_OF_SCAN:
            if has_frame and contains(file, _END_OF_IMAGE, start=position):
                return Kind.JPEG
            break
        position += 2 + int.from_bytes(segment[2:4])
    _refuse()


def judge_png(file: BinaryFile, size: int) -> StoredFile.Kind:
    """Walk the chunks to the last one; each carries the checksum of what is in it."""
    file.seek(8)
    for number in range(MOST_PNG_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        length, name = struct.unpack(">L4s", head)
        if length > size or (number == 0) != (name == b"IHDR") or (number == 0 and length != 13):
            break
        body = file.read(length)
        if number == 0:
            _check_pixels(*struct.unpack_from(">LL", body.ljust(8, b"\0")))
        if file.read(4) != zlib.crc32(body, zlib.crc32(name)).to_bytes(4):
            break
        if name == b"IEND":
            return Kind.PNG
    _refuse()


def refuse_phone_picture(file: BinaryFile, size: int) -> NoReturn:
    raise FileRefused(
        "Ảnh kiểu HEIC của điện thoại chưa nhận được. Hãy gửi ảnh JPEG: trên điện thoại chọn định dạng “Tương thích "
        "nhất”, hoặc mở ảnh trên máy rồi lưu thành JPEG."
    )


def _check_pixels(width: int, height: int) -> None:
    if not width * height:
        _refuse()
    if width * height > MOST_PIXELS:
        raise FileRefused(
            f"Ảnh quá lớn ({grouped(width)} × {grouped(height)} điểm ảnh; tối đa "
            f"{MOST_PIXELS // 1_000_000} triệu điểm ảnh). Hãy thu nhỏ ảnh rồi gửi lại."
        )


def _refuse() -> NoReturn:
    raise FileRefused("Tệp ảnh bị cụt hoặc hỏng. Hãy mở thử trên máy, lưu lại thành JPEG hoặc PNG rồi gửi lại.")
