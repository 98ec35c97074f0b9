"""The outside of an archive: its marks, its seal, its encryption; whether it came whole.

The first mark names the format; it and the seal are empty gzip members with a comment, which every program that
unpacks gzip reads over. Formats to come keep both, so that an old portal can say that an archive is newer.
"""

import hashlib
import io
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyrage

from reports.backups.keys import Keys
from reports.backups.refusal import BackupRefused

FORMAT = 1
PIECE = 1024 * 1024
AGE = b"age-encryption.org/v1\n"

_BEGINS = b"\x1f\x8b\x08\x10" + bytes(5) + b"\xff"  # gzip, deflate, with a comment, no time, no system
_ENDS = b"\x00\x03\x00" + bytes(8)  # the comment's end, nothing compressed, its checksum and length


def _mark(words: str) -> bytes:
    return _BEGINS + words.encode() + _ENDS


HEAD = re.compile(re.escape(_BEGINS) + rb"plan_portal backup (\d{1,9})" + re.escape(_ENDS))
HEAD_BYTES = 100
SEAL_BYTES = len(_mark("sha256 " + 64 * "0"))

CUT_OFF = "bị cụt hoặc hỏng ở cuối: không có dấu niêm phong"
DAMAGED = "bị hỏng: nội dung không còn đúng mã kiểm tra SHA-256"
FOREIGN = "không phải là bản sao lưu của cổng (hoặc phần đầu của tệp đã hỏng)"


def refused(path: Path, why: str) -> BackupRefused:
    return BackupRefused(f"Tệp {path.name} {why}. Chưa có gì bị thay đổi.")


class SealedFile(io.BufferedIOBase):
    """Writes an archive's outside: the first mark at once, the seal at the end."""

    def __init__(self, sink: BinaryIO):
        super().__init__()
        self._sink = sink
        self._digest = hashlib.sha256()
        self.write(_mark(f"plan_portal backup {FORMAT}"))

    def write(self, piece) -> int:
        self._digest.update(piece)
        return self._sink.write(piece)

    def seal(self) -> None:
        self._sink.write(_mark(f"sha256 {self._digest.hexdigest()}"))


def require_whole(path: Path, source: BinaryIO) -> None:
    """Read an archive to its end and hold it against its seal. Raises BackupRefused."""
    digest, beginning, rest = hashlib.sha256(), b"", b""
    while piece := source.read(PIECE):
        rest += piece
        beginning = beginning or rest[:HEAD_BYTES]
        digest.update(rest[:-SEAL_BYTES])
        rest = rest[-SEAL_BYTES:]
    head = HEAD.match(beginning)
    if not head:
        raise refused(path, FOREIGN)
    if not rest.startswith(_BEGINS + b"sha256 ") or not rest.endswith(_ENDS):
        raise refused(path, CUT_OFF)
    if rest != _mark(f"sha256 {digest.hexdigest()}"):
        raise refused(path, DAMAGED)
    if int(head[1]) != FORMAT:
        raise refused(
            path, f"do phiên bản mới hơn của phần mềm ghi (định dạng {int(head[1])}; máy này đọc định dạng {FORMAT})"
        )


@contextmanager
def opened(path: Path, keys: Keys | None) -> Iterator[BinaryIO]:
    """Open an archive and yield what it says, decrypted. Raises BackupRefused, while it is read too."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupRefused(f"Không đọc được tệp {path}: {error.strerror}.") from error
    with file:
        beginning = file.read(len(AGE))
        file.seek(0)
        if not beginning:
            raise refused(path, "rỗng")
        if beginning != AGE:
            if keys is not None:
                raise _not_encrypted(path, file)
            yield file
            return
        if keys is None:
            raise refused(path, "đã mã hóa: cần tệp khóa (--key-file hoặc BACKUP_KEY_FILE)")
        if not keys.identities:
            raise refused(path, f"đã mã hóa, mà {keys.file} chỉ có khóa công khai: cần tệp có AGE-SECRET-KEY-1…")
        with _decrypted(path, file, keys) as source:
            yield source


def _not_encrypted(path: Path, file: BinaryIO) -> BackupRefused:
    """Return why a key with such an archive is refused: somebody may have put it in the place of one of ours."""
    if not HEAD.match(file.read(HEAD_BYTES)):
        return refused(path, FOREIGN)
    return refused(
        path,
        "không mã hóa, mà lệnh có tệp khóa. Nếu chắc chắn đây là bản cần dùng, hãy chạy lại với --no-key;"
        " nếu không, hãy kiểm tra lại tệp",
    )


@contextmanager
def encrypted(sink: BinaryIO, keys: Keys | None) -> Iterator[BinaryIO]:
    """Yield where to write what `sink` gets encrypted; without keys that is the sink itself."""
    if keys is None:
        yield sink
        return
    read_end, write_end = os.pipe()

    def encrypt() -> None:
        with os.fdopen(read_end, "rb") as plain:
            pyrage.encrypt_io(plain, sink, keys.recipients)

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(encrypt)
        try:
            with os.fdopen(write_end, "wb") as plain:
                yield plain
        except BrokenPipeError:
            work.result()  # says why nobody reads any more
            raise
        work.result()


@contextmanager
def _decrypted(path: Path, file: BinaryIO, keys: Keys) -> Iterator[BinaryIO]:
    read_end, write_end = os.pipe()

    def decrypt() -> None:
        with os.fdopen(write_end, "wb") as plain:
            pyrage.decrypt_io(file, plain, keys.identities)

    with ThreadPoolExecutor(1) as pool, os.fdopen(read_end, "rb", buffering=0) as pipe:
        work = pool.submit(decrypt)
        yield io.BufferedReader(_Decrypted(pipe, work, lambda error: _not_decrypted(path, error)), PIECE)
        # Whoever stopped reading before the end wants no more.


def _not_decrypted(path: Path, error: BaseException) -> BackupRefused:
    if "No matching keys" in str(error):
        return refused(path, "không mở được bằng khóa này: khóa không đúng (hoặc phần đầu của tệp đã hỏng)")
    return refused(path, "bị hỏng hoặc bị cụt: không giải mã được")


class _Decrypted(io.RawIOBase):
    """What comes out of the pipe; its end is the end of the archive only if decrypting ended well."""

    def __init__(self, pipe: io.FileIO, work: Future, refusal: Callable[[BaseException], BackupRefused]):
        self._pipe, self._work, self._refusal = pipe, work, refusal

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        count = self._pipe.readinto(buffer)
        if not count and (error := self._work.exception()):
            raise self._refusal(error)
        return count
