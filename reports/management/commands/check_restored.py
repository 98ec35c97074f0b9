from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.backups import comparing, reading
from reports.backups.refusal import BackupRefused
from reports.management.backup_options import add_key_option, keys_of


class Command(BaseCommand):
    """Compare the system with the backup that was just restored into it; nothing is written."""

    help = "Đối chiếu hệ thống vừa phục hồi với bản sao lưu: số dòng, mã SHA-256, nhật ký; mở thử một báo cáo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="tệp sao lưu")
        parser.add_argument("--since", type=Path, help="một bản sao lưu cũ hơn mà nhật ký phải nối tiếp")
        add_key_option(parser, may_be_without=True)

    def handle(self, *args, file: Path, since: Path | None, key_file: Path | None, no_key: bool, **options) -> None:
        try:
            keys = keys_of(key_file, no_key=no_key)
            manifest = reading.read_manifest(file, keys)
            earlier = reading.read_manifest(since, keys) if since else None
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        is_right = True
        for finding in comparing.compare(manifest, earlier=earlier):
            self.stdout.write(f"  {'✓' if finding.is_right else '✗'} {finding.words}")
            is_right &= finding.is_right
        if not is_right:
            raise CommandError("Hệ thống không khớp với bản sao lưu.")
