"""Backups of a system that is used: what is in them, of which moment, and what becomes of the folder."""

import datetime
import json
import os
import resource
import threading

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from assignments.models import Agency, User
from reports.backups import archive, chain, making, tables
from reports.backups.keys import make_key, read_keys
from reports.backups.reading import read_manifest
from reports.models import Report, ReportEvent, ReportPart, Submission
from tests.reports.backups.conftest import NOW, files_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def back_up(folder, now=NOW):
    return making.make_backup(folder, keys=None, now=now)


def entries_of(path) -> dict[str, bytes]:
    with path.open("rb") as source:
        return {name: content.read() for name, content in archive.entries(source)}


def rows_in(path, table) -> list[dict]:
    return [
        json.loads(line)
        for name, content in entries_of(path).items()
        if name.startswith(f"tables/{table}/")
        for line in content.splitlines()
    ]


def test_backup_holds_every_row_and_every_file_of_people_and_nothing_else(used, folder, media):
    path, manifest = back_up(folder)

    assert path == folder / "plan-portal-20261021-090000.tar.gz"
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_manifest(path, None) == manifest
    files = {name: content for name, content in entries_of(path).items() if name.startswith("media/")}
    assert files == {f"media/{name}": content for name, content in files_in(media).items()}
    assert len(files) == 2
    assert manifest.tables["reports_reportpart"].rows == ReportPart.objects.count() > 0
    assert [row["content"] for row in rows_in(path, "reports_submission")] == [Submission.objects.get().content]
    assert (manifest.missing, manifest.damaged) == ([], [])
    assert list(folder.iterdir()) == [path]


def test_backup_holds_every_table_but_those_of_the_moment(used):
    kept = tables.kept_models(tables.apps_at(tables.applied_migrations()))

    left_out = set(connection.introspection.table_names()) - kept.keys()
    assert left_out == {"django_migrations", "django_session", "reports_upload", "reports_heartbeat"}


def test_backup_is_of_one_moment_while_people_write(used, folder):
    """Every transaction writes the same number at the beginning and at the end of what is read."""
    agency, part = used.agency, used.parts.get(key="noi-dung-1")
    wanted = threading.Event()
    written = []

    def write_once():
        number = str(len(written))
        with transaction.atomic():
            ReportPart.objects.filter(pk=part.pk).update(text=number)
            Agency.objects.filter(pk=agency.pk).update(telephone=number)
        written.append(number)

    def write():
        while not wanted.is_set():
            write_once()
        connection.close()

    write_once()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        paths = [back_up(folder, NOW + datetime.timedelta(seconds=second))[0] for second in range(5)]
    finally:
        wanted.set()
        writer.join()

    read = [
        (
            next(row["telephone"] for row in rows_in(path, "assignments_agency") if row["id"] == agency.pk),
            next(row["text"] for row in rows_in(path, "reports_reportpart") if row["id"] == part.pk),
        )
        for path in paths
    ]
    assert [first for first, _ in read] == [second for _, second in read]
    assert len(set(read)) > 1, "nobody wrote meanwhile"


def test_backup_of_a_file_that_is_missing_or_damaged_is_written_and_says_so(used, folder, media):
    gone = Submission.objects.get().evidence[0]["files"][0]["sha256"]
    missing = next(path for path in media.rglob("*.pdf") if gone in path.name)
    damaged = next(path for path in media.rglob("*.pdf") if gone not in path.name)
    missing.unlink()
    damaged.write_bytes(b"%PDF damaged")
    older, _ = back_up(folder)

    with pytest.raises(CommandError) as refused:
        call_command("backup", folder, keep=1)

    (newest,) = set(making.backups_in(folder)) - {older}
    names = [str(path.relative_to(media)) for path in (missing, damaged)]
    manifest = read_manifest(newest, None)
    assert [*manifest.missing, *manifest.damaged] == names
    assert str(refused.value) == (
        f"Bản sao lưu không đủ, trên đĩa của hệ thống thiếu 1 tệp ({names[0]}), hỏng 1 tệp ({names[1]})."
        " Hãy tìm trong những bản sao lưu trước; không bản cũ nào bị xóa."
    )
    assert older.exists()


# The folder


def test_backup_command_keeps_the_newest_and_leaves_other_files_alone(used, folder, capsys):
    for second in range(3):
        back_up(folder, NOW - datetime.timedelta(seconds=second))
    (folder / "ghi-chu.txt").write_text("của người quản trị")
    killed = folder / ".plan-portal-20261001-020000.tar.gz.99.part"
    killed.write_bytes(b"half")
    os.utime(killed, (0, 0))

    call_command("backup", folder, keep=2)

    assert sorted(path.name for path in folder.iterdir())[:2] == ["ghi-chu.txt", "plan-portal-20261021-090000.tar.gz"]
    assert len(list(folder.iterdir())) == 3
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith(f"Đã sao lưu vào {making.backups_in(folder)[-1]}: ")
    assert printed[2:] == [
        "Không mã hóa: ai đọc được tệp này thì đọc được mọi báo cáo trong đó.",
        "Đã xóa bản cũ plan-portal-20261021-085958.tar.gz.",
        "Đã xóa bản cũ plan-portal-20261021-085959.tar.gz.",
    ]


def test_backup_into_a_folder_that_is_not_there_is_refused(used, tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("backup", tmp_path / "o-mang")

    assert str(refused.value) == (
        f"Không có thư mục {tmp_path / 'o-mang'}. Hãy tạo thư mục, hoặc kết nối ổ lưu trữ, rồi chạy lại."
    )


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_backup_that_the_disk_has_no_room_for_leaves_nothing(used, folder, tmp_path, is_encrypted):
    make_key(tmp_path / "key.txt")
    options = {"key_file": tmp_path / "key.txt"} if is_encrypted else {}
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(CommandError) as refused:
            call_command("backup", folder, **options)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert str(refused.value).startswith(f"Không ghi được bản sao lưu vào {folder}: ")
    assert list(folder.iterdir()) == []


def test_backup_is_encrypted_where_the_environment_names_a_key(used, folder, tmp_path, settings):
    make_key(tmp_path / "key.txt")
    settings.BACKUP_KEY_FILE = str(tmp_path / "key.txt")

    call_command("backup", folder)

    (path,) = folder.iterdir()
    assert path.name.endswith(".tar.gz.age")
    assert read_manifest(path, read_keys(tmp_path / "key.txt")).rows > 0


# The chain of events


def test_chain_is_the_same_up_to_a_moment_whatever_happens_after(used, officer):
    earlier = chain.chain_of(apps, NOW)
    ReportEvent.objects.create(report=used, kind="urged", at=NOW, by=officer)

    assert earlier.links > 3
    assert chain.chain_again(apps, earlier) == earlier
    assert chain.chain_of(apps, NOW + datetime.timedelta(hours=1)).links == earlier.links + 1


@pytest.mark.parametrize("change", ["changed", "removed", "added", "submission"])
def test_chain_shows_that_the_past_was_changed(used, officer, change):
    earlier = chain.chain_of(apps, NOW)
    event = used.events.filter(kind="submitted").get()
    if change == "changed":
        ReportEvent.objects.filter(pk=event.pk).update(by=officer)
    elif change == "removed":
        used.events.get(kind="opened").delete()
    elif change == "added":
        ReportEvent.objects.create(report=used, kind="urged", at=event.at, by=officer)
    else:
        Submission.objects.update(sha256=64 * "0")

    assert chain.chain_again(apps, earlier).head != earlier.head


def test_chain_holds_what_is_added_alone_and_what_is_frozen(used):
    assert set(chain.chain_of(apps, NOW).columns) == {
        "reports.comment",
        "reports.consolidatedreport",
        "reports.consolidationevent",
        "reports.contactcall",
        "reports.cycleevent",
        "reports.reportevent",
        "reports.submission",
    }


# What a system that is used is spared


def test_restore_into_a_system_with_people_is_refused_and_changes_nothing(used, folder, media):
    path, before = back_up(folder)
    files = files_in(media)

    with pytest.raises(CommandError) as refused:
        call_command("restore", path)

    assert str(refused.value) == (
        f"Hệ thống này đang có {User.objects.count()} người dùng: chỉ phục hồi được vào một hệ thống trống."
        " Chưa có gì bị thay đổi."
    )
    assert back_up(folder, NOW + datetime.timedelta(seconds=1))[1].tables == before.tables
    assert (files_in(media), Report.objects.count()) == (files, before.tables["reports_report"].rows)


# There and back


def test_drill_restores_the_newest_backup_and_finds_it_right(used, folder, capfd, settings):
    """On the server of the test's own database, or in a file: in a scratch one either way."""
    back_up(folder)
    _, before = back_up(folder, NOW + datetime.timedelta(hours=1))

    call_command("backup_drill", folder)

    printed = capfd.readouterr().out.splitlines()
    assert printed[0] == "Diễn tập phục hồi plan-portal-20261021-100000.tar.gz:"
    assert [line[:3] for line in printed[2:-1]] == ["  ✓"] * 7
    assert "Mở báo cáo Sở Y tế, 2026 bằng tài khoản của Vi Thị Đầu" in printed[-2]
    assert printed[-1].startswith("Diễn tập đạt, bản sao lưu này phục hồi được (")
    assert [path for path in settings.VAR_DIR.iterdir() if path.name.startswith("drill-")] == []
    # The system itself is as it was, and nothing of the drill is left.
    assert back_up(folder, NOW + datetime.timedelta(hours=2))[1].tables == before.tables
    assert scratch_databases() == []


def scratch_databases():
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'plan_portal_drill_%%'")
        return cursor.fetchall()


def test_drill_of_a_backup_that_is_cut_off_says_so(used, folder):
    path, _ = back_up(folder)
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(CommandError) as refused:
        call_command("backup_drill", folder)

    assert str(refused.value) == (
        f"Tệp {path.name} bị cụt hoặc hỏng ở cuối: không có dấu niêm phong. Chưa có gì bị thay đổi."
    )


def test_drill_of_a_folder_without_backups_says_so(db, folder):
    with pytest.raises(CommandError) as refused:
        call_command("backup_drill", folder)

    assert str(refused.value) == f"Thư mục {folder} chưa có bản sao lưu nào. Hãy chạy lệnh backup trước."
