"""Files that people send, and such as nobody should: the smallest valid ones, and hostile ones made on the spot."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/main.xml" ContentType="{}"/></Types>'
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORD_WITH_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def pdf(words: str = "Minh chứng") -> bytes:
    """Return a PDF of one empty page; its bytes differ with the words."""
    head = f"%PDF-1.7\n% {words}\n".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    body, places = head, []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + table + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def png(width: int = 8, height: int = 8) -> bytes:
    """Return a PNG that says it is so large; the data are those of 8 x 8 points."""
    head = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 9 * 8)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L4s", len(body), name) + body + struct.pack(">L", zlib.crc32(name + body))
        for name, body in chunks
    )


def jpeg(width: int = 8, height: int = 8) -> bytes:
    """Return the skeleton of a JPEG: a thumbnail with an end mark of its own, frame, scan, end mark."""
    thumbnail = b"Exif\0\0\xff\xd8\xff\xd9"
    frame = struct.pack(">BHHB3B", 8, height, width, 1, 1, 0x11, 0)
    return (
        b"\xff\xd8\xff\xe1"
        + struct.pack(">H", len(thumbnail) + 2)
        + thumbnail
        + b"\xff\xff\xc0"  # a byte of filling before the mark, as the format allows
        + struct.pack(">H", len(frame) + 2)
        + frame
        + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
        + b"\x12\x34\xff\x00\x56"
        + b"\xff\xd9"
    )


def archive(parts: Mapping[str, bytes], *, main: str = WORD, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an Office archive with these parts and the list of contents."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        made.writestr("[Content_Types].xml", CONTENT_TYPES.format(main))
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def docx(words: str = "Minh chứng") -> bytes:
    return archive({"word/document.xml": f"<w>{words}</w>".encode()})


def xlsx() -> bytes:
    return archive({"xl/workbook.xml": b"<x/>"}, main=EXCEL)


def old_office_file(*, has_password: bool = False) -> bytes:
    inside = "EncryptedPackage" if has_password else "WordDocument"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1016 + inside.encode("utf-16-le") + b"\0" * 512


# Hostile ones


def bomb(unpacked: int = 1024**3) -> bytes:
    """Return a DOCX of 1 MB whose one part unpacks to so many zeros."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", CONTENT_TYPES.format(WORD))
        with made.open("word/document.xml", "w", force_zip64=False) as part:
            piece = b"\0" * 1024 * 1024
            for _ in range(unpacked // len(piece)):
                part.write(piece)
    return file.getvalue()


def lying_bomb(unpacked: int = 64 * 1024**2) -> bytes:
    """Return a DOCX whose directory says of a part that unpacks to so many zeros that it is small.

    It is what the packed bytes are long: only unpacking would show the lie.
    """
    made = archive({"word/document.xml": b"\0" * unpacked})
    info = zipfile.ZipFile(io.BytesIO(made)).getinfo("word/document.xml")
    return made.replace(struct.pack("<L", info.file_size), struct.pack("<L", info.compress_size))


def quiet_lie() -> bytes:
    """Return a DOCX whose part is packed in more bytes than it is said to unpack to."""
    made = archive({"word/document.xml": bytes(range(256)) * 40}, method=zipfile.ZIP_STORED)
    return made.replace(struct.pack("<L", 256 * 40) * 2, struct.pack("<LL", 256 * 40, 16))


def overlapping(copies: int = 500) -> bytes:
    """Return a DOCX in which many names stand for the same packed bytes (Fifield's bomb)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", CONTENT_TYPES.format(WORD))
        made.writestr("word/document.xml", b"\0" * 10_000)
        kernel = made.infolist()[-1]
        for number in range(copies):
            twin = zipfile.ZipInfo(f"word/media/{number}.xml")
            for field in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(twin, field, getattr(kernel, field))
            made.filelist.append(twin)
    return file.getvalue()


def encrypted() -> bytes:
    """Return a DOCX whose parts are marked as encrypted, as other packers do it."""
    return flagged(docx(), 0x0001)


def flagged(made: bytes, flag: int) -> bytes:
    """Return the archive with a flag set at every part, in its head and in the directory."""
    changed = bytearray(made)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + place] |= flag
            at = changed.find(mark, at + 4)
    return bytes(changed)


def with_macros() -> bytes:
    return archive({"word/document.xml": b"<w/>", "word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def with_link() -> bytes:
    file = io.BytesIO(docx())
    with zipfile.ZipFile(file, "a") as made:
        link = zipfile.ZipInfo("word/media/image1.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    return file.getvalue()


def with_same_name_twice() -> bytes:
    """Return a DOCX in which two parts differ in capitals alone: to Office they are the same part."""
    return archive({"word/document.xml": b"<w>a</w>", "word/Document.xml": b"<w>b</w>"})


def with_zip64_lie() -> bytes:
    """Return a DOCX whose end mark refers to a second one, which is not there."""
    made = docx()
    end = bytearray(made[-22:])
    end[10:12] = end[8:10] = b"\xff\xff"
    end[12:20] = b"\xff" * 8
    return made[:-22] + bytes(end)


def with_entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return listing(f'<!DOCTYPE Types [<!ENTITY e0 "lol">{entities}]><Types>&e9;</Types>')


def in_encoding(encoding: str) -> bytes:
    """Return a DOCX whose list of contents says that it is in this encoding; it is in UTF-8."""
    return listing(CONTENT_TYPES.format(WORD).replace("UTF-8", encoding))


def listing(contents: str) -> bytes:
    """Return an Office archive of nothing but its list of contents."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", contents)
    return file.getvalue()


def many_entries(number: int = 60_000) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("[Content_Types].xml", CONTENT_TYPES.format(WORD))
        for n in range(number):
            made.writestr(f"{n}", b"")
    return file.getvalue()
