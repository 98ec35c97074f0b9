"""Backups restored into other installations: from one database to the other, from an older version, or not at all."""

import contextlib
import os
import signal
import sqlite3
import time
import uuid

import psycopg2
import pytest
from django.db import connection

from reports.backups import making
from reports.backups.reading import read_manifest
from tests.reports.backups.archives import rewrite
from tests.reports.backups.conftest import NOW, Elsewhere, files_in

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def backup(used, folder):
    return making.make_backup(folder, keys=None, now=NOW)[0]


@pytest.fixture
def elsewhere_on_postgresql(tmp_path):
    """An installation with an empty database on the test's PostgreSQL server."""
    if connection.vendor != "postgresql":
        pytest.skip("the test's database is not PostgreSQL's")
    name, server = f"elsewhere_{uuid.uuid4().hex}", connection.settings_dict
    with contextlib.closing(psycopg2.connect(os.environ["DATABASE_URL"])) as line:
        line.autocommit = True
        line.cursor().execute(f"CREATE DATABASE {name}")
        (tmp_path / "postgresql").mkdir()
        address = f"postgres://{server['USER']}@{server['HOST']}:{server['PORT']}/{name}"
        yield Elsewhere(tmp_path / "postgresql", address)
        line.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def restored(elsewhere, path):
    """Restore there, compare, and return nothing: it must go well."""
    for command in ("restore", "check_restored"):
        done = elsewhere.run(command, path)
        assert done.returncode == 0, done.stdout + done.stderr


def refusal(elsewhere, path):
    """Return why it was not restored there, and that nothing of it is there."""
    done = elsewhere.run("restore", path)
    assert done.returncode == 1
    assert elsewhere.files == {}
    return done.stderr.removeprefix("CommandError: ").strip()


def tables_of(elsewhere):
    with contextlib.closing(sqlite3.connect(elsewhere.folder / "portal.sqlite3")) as line:
        return {name for (name,) in line.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def back_up(elsewhere, folder):
    """Back up there and return the new backup."""
    before = set(folder.iterdir())
    done = elsewhere.run("backup", folder)
    assert done.returncode == 0, done.stderr
    (path,) = set(folder.iterdir()) - before
    return path


def contents(path):
    """Return the sums of the tables and files that an archive holds."""
    manifest = manifest_in(path)
    return manifest.tables, manifest.files


def manifest_in(path):
    """Return what an archive that is whole says of itself."""
    return read_manifest(path, None)


def test_backup_moves_from_one_database_to_the_other_and_back_unchanged(
    backup, folder, media, elsewhere, elsewhere_on_postgresql
):
    restored(elsewhere, backup)
    moved = back_up(elsewhere, folder)
    restored(elsewhere_on_postgresql, moved)
    moved_again = back_up(elsewhere_on_postgresql, folder)

    assert contents(backup) == contents(moved) == contents(moved_again)
    assert manifest_in(moved_again).chain.links == manifest_in(backup).chain.links > 0
    assert files_in(media) == elsewhere.files == elsewhere_on_postgresql.files


def test_restored_system_gives_new_rows_keys_of_their_own(backup, elsewhere_on_postgresql):
    restored(elsewhere_on_postgresql, backup)

    done = elsewhere_on_postgresql.run(
        "shell", "-c", "from tests import factories as f; f.AgencyFactory(slug='moi'); f.UserFactory(); print('made')"
    )

    assert done.stdout.splitlines()[-1:] == ["made"], done.stderr


def test_backup_is_restored_over_a_plan_that_was_loaded_where_nobody_was_yet(backup, elsewhere, folder):
    for command in (
        ["migrate"],
        ["load_plan", "assignments/data/ke-hoach-96.toml"],
        ["open_cycle", "96/KH-UBND", "2026"],
    ):
        assert elsewhere.run(*command).returncode == 0

    restored(elsewhere, backup)

    assert contents(back_up(elsewhere, folder)) == contents(backup)


def test_backup_of_an_older_version_is_restored_and_migrated(backup, folder, elsewhere, tmp_path):
    """What a later migration computes from rows and files, it computes for restored ones too."""
    restored(elsewhere, backup)
    assert elsewhere.run("migrate", "reports", "0010").returncode == 0
    older = back_up(elsewhere, folder)
    assert "0011_hash_of_made_documents" not in manifest_in(older).migrations["reports"]
    (tmp_path / "newer").mkdir()
    newer = Elsewhere(tmp_path / "newer", f"sqlite:///{tmp_path / 'newer' / 'portal.sqlite3'}")
    assert elsewhere.run("flush", "--noinput").returncode == 0
    assert elsewhere.run("migrate").returncode == 0

    restored(newer, older)

    done = elsewhere.run("restore", older)
    assert done.stderr.startswith("CommandError: Bản sao lưu do phiên bản cũ hơn của phần mềm ghi; bản như vậy phải")
    now = manifest_in(back_up(newer, folder))
    assert now.migrations == manifest_in(backup).migrations
    assert now.tables["reports_document"] == manifest_in(backup).tables["reports_document"]


def test_backup_of_a_newer_version_is_refused(backup, tmp_path, elsewhere):
    migrations = manifest_in(backup).migrations
    newer = migrations | {"reports": [*migrations["reports"], "0999_of_another_time"]}
    path = rewrite(backup, tmp_path / "newer.tar.gz", changed={}, migrations=newer)

    assert refusal(elsewhere, path) == (
        "Bản sao lưu do phiên bản mới hơn của phần mềm ghi (có bước reports.0999_of_another_time mà phần mềm này chưa"
        " có). Hãy cài phiên bản đó rồi phục hồi. Chưa có gì bị thay đổi."
    )
    assert tables_of(elsewhere) == set()


@pytest.mark.parametrize(
    ("table", "old", "new", "why"),
    [
        # A reference to nothing, an event that was changed, a column more.
        ("reports_report", b'"cycle_id":', b'"cycle_id":9', "Không phục hồi được"),
        ("reports_reportevent", b'"kind":"submitted"', b'"kind":"accepted"', "Dữ liệu ghi vào không đọc lại được"),
        ("assignments_agency", b'{"', b'{"a":1,"', "Bảng assignments_agency trong bản sao lưu có cột khác"),
    ],
)
def test_backup_that_cannot_be_restored_to_its_end_leaves_nothing(backup, tmp_path, elsewhere, table, old, new, why):
    path = rewrite(backup, tmp_path / "forged.tar.gz", changed={table: (old, new)})

    assert refusal(elsewhere, path).startswith(why)
    assert tables_of(elsewhere) == set()


def test_file_of_another_content_is_not_written_over(backup, media, elsewhere):
    name = next(iter(files_in(media)))
    (elsewhere.media / name).parent.mkdir(parents=True)
    (elsewhere.media / name).write_bytes(b"somebody else's")

    done = elsewhere.run("restore", backup)

    assert done.returncode == 1
    assert f"đã có tệp {name} với nội dung khác" in done.stderr
    assert elsewhere.files == {name: b"somebody else's"}
    assert tables_of(elsewhere) == set()


def test_restore_that_is_killed_leaves_no_table_and_is_done_again(backup, folder, media, elsewhere):
    process = elsewhere.start("restore", backup)
    deadline = time.monotonic() + 60
    while not list(elsewhere.media.glob(".restoring-*")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert tables_of(elsewhere) == set()
    restored(elsewhere, backup)
    assert elsewhere.files == files_in(media)
    assert contents(back_up(elsewhere, folder)) == contents(backup)
