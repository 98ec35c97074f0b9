import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from reports.backups import making
from reports.backups.manifest import Manifest
from reports.backups.refusal import BackupRefused
from reports.backups.wording import megabytes, number, seconds
from reports.management.backup_options import add_key_option, keys_of


class Command(BaseCommand):
    """Write everything that the portal keeps into one archive in a folder; people may go on working."""

    help = "Sao lưu cơ sở dữ liệu và tệp vào một thư mục, ví dụ: backup /sao-luu --keep 30"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="thư mục chứa các bản sao lưu")
        parser.add_argument("--keep", type=int, help="giữ bao nhiêu bản mới nhất; không nêu thì giữ tất cả")
        add_key_option(parser)

    def handle(self, *args, folder: Path, keep: int | None, key_file: Path | None, **options) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep phải từ 1 trở lên.")
        started, now = time.monotonic(), timezone.now()
        try:
            keys = keys_of(key_file)
            path, manifest = making.make_backup(folder, keys=keys, now=now)
            self.stdout.write(
                f"Đã sao lưu vào {path}: {number(manifest.rows)} dòng của {len(manifest.tables)} bảng,"
                f" {number(len(manifest.files))} tệp, {megabytes(path.stat().st_size)},"
                f" {seconds(time.monotonic() - started)}."
            )
            self._say_how_safe(manifest, is_encrypted=keys is not None)
            if lacking := [*_named("thiếu", manifest.missing), *_named("hỏng", manifest.damaged)]:
                raise CommandError(
                    f"Bản sao lưu không đủ, trên đĩa của hệ thống {', '.join(lacking)}."
                    " Hãy tìm trong những bản sao lưu trước; không bản cũ nào bị xóa."
                )
            for old in making.remove_all_but(folder, newest=keep, now=now) if keep else []:
                self.stdout.write(f"Đã xóa bản cũ {old.name}.")
        except BackupRefused as error:
            raise CommandError(str(error)) from error

    def _say_how_safe(self, manifest: Manifest, *, is_encrypted: bool) -> None:
        self.stdout.write(f"Dấu của {number(manifest.chain.links)} việc trong nhật ký: {manifest.chain.head}")
        if not is_encrypted:
            self.stdout.write("Không mã hóa: ai đọc được tệp này thì đọc được mọi báo cáo trong đó.")


def _named(what: str, names: list[str]) -> list[str]:
    shown = ", ".join(names[:3]) + ("…" if len(names) > 3 else "")
    return [f"{what} {number(len(names))} tệp ({shown})"] if names else []
