import time
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.backups import restoring
from reports.backups.refusal import BackupRefused
from reports.backups.wording import moment, number, seconds
from reports.management.backup_options import add_key_option, keys_of


class Command(BaseCommand):
    """Restore a backup into a system that nobody has used yet: all of it, or nothing."""

    help = "Phục hồi một bản sao lưu vào hệ thống trống, ví dụ: restore /sao-luu/plan-portal-20261110-020000.tar.gz"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="tệp sao lưu")
        add_key_option(parser, may_be_without=True)

    def handle(self, *args, file: Path, key_file: Path | None, no_key: bool, **options) -> None:
        started = time.monotonic()
        try:
            manifest = restoring.restore(file, keys=keys_of(key_file, no_key=no_key))
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        # Content types and permissions of what this version has more.
        call_command("migrate", verbosity=0)
        self.stdout.write(
            f"Đã phục hồi bản sao lưu của {manifest.site} lúc {moment(manifest.made_at)}:"
            f" {number(manifest.rows)} dòng, {number(len(manifest.files))} tệp,"
            f" {seconds(time.monotonic() - started)}."
        )
        for name in manifest.missing:
            self.stdout.write(f"Tệp {name} đã thiếu từ khi sao lưu.")
