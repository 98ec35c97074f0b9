"""An archive that is not whole, or not ours, is refused: whatever was changed in it, wherever it ends."""

import zipfile

import pytest

from reports.backups import archive, envelope
from reports.backups.keys import make_key, read_keys
from reports.backups.reading import read_manifest
from reports.backups.refusal import BackupRefused
from tests.reports.backups import archives
from tests.reports.backups.archives import manifest_of, write_archive

NOTHING_CHANGED = "Chưa có gì bị thay đổi."


@pytest.fixture
def path(tmp_path):
    return tmp_path / "plan-portal-20261110-070000.tar.gz"


@pytest.fixture
def keys(tmp_path):
    make_key(tmp_path / "key.txt")
    return read_keys(tmp_path / "key.txt")


@pytest.fixture
def other_keys(tmp_path):
    make_key(tmp_path / "other.txt")
    return read_keys(tmp_path / "other.txt")


def refusal(path, keys=None) -> str:
    with pytest.raises(BackupRefused) as refused:
        read_manifest(path, keys)
    return str(refused.value)


def sentence(path, why) -> str:
    return f"Tệp {path.name} {why}. {NOTHING_CHANGED}"


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_archive_that_is_whole_says_what_it_holds(path, keys, is_encrypted):
    chosen = keys if is_encrypted else None
    write_archive(path, keys=chosen)

    assert read_manifest(path, chosen) == manifest_of()
    assert path.read_bytes().startswith(envelope.AGE) is is_encrypted


def test_archive_with_any_byte_changed_is_refused(path):
    whole = write_archive(path).read_bytes()

    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        why = refusal(path)
        assert why in {sentence(path, reason) for reason in (envelope.DAMAGED, envelope.FOREIGN, envelope.CUT_OFF)}, (
            place
        )


def test_archive_that_ends_anywhere_is_refused(path):
    whole = write_archive(path).read_bytes()

    for length in range(1, len(whole)):
        path.write_bytes(whole[:length])
        assert refusal(path) in {sentence(path, envelope.FOREIGN), sentence(path, envelope.CUT_OFF)}, length


def test_encrypted_archive_with_any_byte_changed_or_cut_off_is_refused(path, keys):
    whole = write_archive(path, keys=keys).read_bytes()

    for place in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        assert refusal(path, keys).endswith(NOTHING_CHANGED), place
        path.write_bytes(whole[:place])
        assert refusal(path, keys).endswith(NOTHING_CHANGED), place


@pytest.mark.parametrize("added", [b"x", bytes(512)])
@pytest.mark.parametrize("is_encrypted", [False, True])
def test_archive_with_something_behind_it_is_refused(path, keys, is_encrypted, added):
    chosen = keys if is_encrypted else None
    whole = write_archive(path, keys=chosen).read_bytes()
    path.write_bytes(whole + added)

    reason = "bị hỏng hoặc bị cụt: không giải mã được" if is_encrypted else envelope.CUT_OFF
    assert refusal(path, chosen) == sentence(path, reason)


def test_empty_file_is_refused(path):
    path.touch()

    assert refusal(path) == sentence(path, "rỗng")


def test_file_that_is_not_there_is_refused(path):
    assert refusal(path) == f"Không đọc được tệp {path}: No such file or directory."


def a_text(path):
    path.write_text("Báo cáo năm 2026")


def a_zip(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("manifest.json", "{}")


@pytest.mark.parametrize("make", [archives.any_tar, a_text, a_zip])
@pytest.mark.parametrize("has_key", [False, True])
def test_foreign_file_is_refused(path, keys, make, has_key):
    make(path)

    assert refusal(path, keys if has_key else None) == sentence(path, envelope.FOREIGN)


def test_foreign_file_encrypted_with_our_key_is_refused(path, keys):
    with path.open("wb") as sink, envelope.encrypted(sink, keys) as plain:
        plain.write(b"PK\x03\x04 and so on")

    assert refusal(path, keys) == sentence(path, envelope.FOREIGN)


def test_archive_of_a_later_format_is_refused_as_newer(path):
    archives.of_a_later_format(write_archive(path))

    assert refusal(path) == sentence(
        path, "do phiên bản mới hơn của phần mềm ghi (định dạng 2; máy này đọc định dạng 1)"
    )


@pytest.mark.parametrize(
    "entries",
    [
        {"tables/assignments_agency/0000.jsonl": archives.LINES[:-30]},
        {"tables/assignments_plan/0000.jsonl": archives.LINES},
        {"media/files/2026/a.pdf": archives.FILE[1:]},
        {"media/files/2026/b.pdf": archives.FILE},
        {"notes.txt": b"x"},
        {archive.MANIFEST: b"{}"},
        {archive.MANIFEST: b"[]"},
        {archive.MANIFEST: b"\xff"},
    ],
)
def test_archive_that_says_something_else_of_itself_is_refused(path, entries):
    """Its seal is right: whoever wrote it meant it so."""
    write_archive(path, entries=entries)

    assert refusal(path) == sentence(path, envelope.DAMAGED)


# Keys


def test_encrypted_archive_without_a_key_asks_for_it(path, keys):
    write_archive(path, keys=keys)

    assert refusal(path) == sentence(path, "đã mã hóa: cần tệp khóa (--key-file hoặc BACKUP_KEY_FILE)")


def test_encrypted_archive_with_another_key_is_refused(path, keys, other_keys):
    write_archive(path, keys=keys)

    assert refusal(path, other_keys) == sentence(
        path, "không mở được bằng khóa này: khóa không đúng (hoặc phần đầu của tệp đã hỏng)"
    )


def test_archive_that_is_not_encrypted_is_refused_with_a_key(path, keys):
    write_archive(path)

    assert refusal(path, keys) == sentence(
        path,
        "không mã hóa, mà lệnh có tệp khóa. Nếu chắc chắn đây là bản cần dùng, hãy chạy lại với --no-key;"
        " nếu không, hãy kiểm tra lại tệp",
    )


def test_public_half_of_a_key_writes_archives_and_reads_none(path, keys, tmp_path):
    (tmp_path / "public.txt").write_text(f"# máy chủ chỉ giữ nửa này\n{keys.recipients[0]}\n")
    public = read_keys(tmp_path / "public.txt")
    write_archive(path, keys=public)

    assert read_manifest(path, keys) == manifest_of()
    assert refusal(path, public) == sentence(
        path, f"đã mã hóa, mà {public.file} chỉ có khóa công khai: cần tệp có AGE-SECRET-KEY-1…"
    )


def test_key_is_its_owners_alone_and_is_not_written_over(tmp_path):
    path = tmp_path / "key.txt"
    public = make_key(path)
    written = path.read_text()

    with pytest.raises(BackupRefused) as refused:
        make_key(path)
    assert str(refused.value) == (f"{path} đã có. Khóa cũ còn cần để đọc các bản sao lưu cũ nên không bị ghi đè.")
    assert (path.read_text(), path.stat().st_mode & 0o777) == (written, 0o600)
    assert str(read_keys(path).recipients[0]) == public


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "Không đọc được tệp khóa {path}."),
        (b"\xff\xfe", "Không đọc được tệp khóa {path}."),
        (b"# nothing\n\n", "Tệp khóa {path} không có khóa nào. Tạo khóa mới bằng lệnh: manage.py backup_key TỆP"),
        (b"mat-khau", "Tệp khóa {path} không đúng: mỗi dòng phải là một khóa AGE-SECRET-KEY-1… hoặc age1…"),
        (
            b"AGE-SECRET-KEY-1X",
            "Tệp khóa {path} không đúng: mỗi dòng phải là một khóa AGE-SECRET-KEY-1… hoặc age1…",
        ),
    ],
)
def test_key_file_without_a_key_is_refused(tmp_path, content, why):
    path = tmp_path / "key.txt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BackupRefused) as refused:
        read_keys(path)
    assert str(refused.value) == why.format(path=path)
