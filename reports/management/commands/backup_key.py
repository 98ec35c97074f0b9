from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.backups import keys
from reports.backups.refusal import BackupRefused


class Command(BaseCommand):
    """Make the key of encrypted backups. A file that is there already is not written over."""

    help = "Tạo tệp khóa để mã hóa bản sao lưu, ví dụ: backup_key /an-toan/khoa-sao-luu.txt"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="tệp sẽ chứa khóa")

    def handle(self, *args, file: Path, **options) -> None:
        try:
            public = keys.make_key(file)
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Đã ghi khóa vào {file}. Khóa công khai: {public}")
        self.stdout.write(
            "Hãy giữ một bản của tệp này ở nơi khác, ngoài máy chủ và ngoài thư mục sao lưu:"
            " mất khóa thì không ai đọc được các bản sao lưu đã mã hóa."
        )
