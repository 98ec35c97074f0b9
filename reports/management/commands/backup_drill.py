import signal
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from reports.backups import drill, making, reading
from reports.backups.keys import Keys
from reports.backups.refusal import BackupRefused
from reports.backups.wording import seconds
from reports.management.backup_options import add_key_option, keys_of


class Command(BaseCommand):
    """Restore a backup into a scratch database, compare and open a report; the running system is not touched."""

    help = "Diễn tập phục hồi bản sao lưu mới nhất của một thư mục, hoặc một tệp, ví dụ: backup_drill /sao-luu"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "place",
            type=Path,
            nargs="?",
            help="thư mục chứa các bản sao lưu, hoặc một tệp; không nêu thì sao lưu ngay rồi phục hồi thử bản đó",
        )
        add_key_option(parser, may_be_without=True)

    def handle(self, *args, place: Path | None, key_file: Path | None, no_key: bool, **options) -> None:
        started = time.monotonic()
        # Killed politely, it takes its scratch database away too.
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        try:
            keys = keys_of(key_file, no_key=no_key)
            with tempfile.TemporaryDirectory(prefix="drill-", dir=settings.VAR_DIR) as folder:
                if place is None:
                    place, _ = making.make_backup(Path(folder), keys=keys, now=timezone.now())
                path, earlier = _newest(place)
                # What cannot be read needs no scratch database.
                reading.read_manifest(path, keys)
                self.stdout.write(f"Diễn tập phục hồi {path.name}:")
                if earlier and (why := _unreadable(earlier, keys)):
                    self.stdout.write(f"  Không so nhật ký với bản sao lưu trước. {why}")
                    earlier = None
                self.stdout.flush()
                key_options = ["--key-file", str(keys.file)] if keys else ["--no-key"]
                is_right = drill.rehearse(path, Path(folder), key_options=key_options, earlier=earlier)
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        finally:
            signal.signal(signal.SIGTERM, before)
        took = seconds(time.monotonic() - started)
        if not is_right:
            raise CommandError(f"Diễn tập KHÔNG đạt ({took}). Hệ thống đang chạy không bị đụng tới.")
        self.stdout.write(
            f"Diễn tập đạt, bản sao lưu này phục hồi được ({took}). Hệ thống đang chạy không bị đụng tới."
        )


def _unreadable(path: Path, keys: Keys | None) -> str:
    """Return why an older backup cannot be read, with another key for one; empty where it can."""
    try:
        reading.read_manifest(path, keys)
    except BackupRefused as error:
        return str(error)
    return ""


def _newest(place: Path) -> tuple[Path, Path | None]:
    """Return the backup to rehearse and the one before it, if there is one of the same kind."""
    if not place.is_dir():
        return place, None
    backups = making.backups_in(place)
    if not backups:
        raise BackupRefused(f"Thư mục {place} chưa có bản sao lưu nào. Hãy chạy lệnh backup trước.")
    newest = backups[-1]
    earlier = [path for path in backups[:-1] if path.suffix == newest.suffix]
    return newest, earlier[-1] if earlier else None
