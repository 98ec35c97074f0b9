"""The key option that the commands about backups share."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandParser

from reports.backups.keys import Keys, read_keys


def add_key_option(parser: CommandParser, *, may_be_without: bool = False) -> None:
    parser.add_argument(
        "--key-file", type=Path, help="tệp khóa mã hóa; không nêu thì theo BACKUP_KEY_FILE, nếu có đặt"
    )
    if may_be_without:
        parser.add_argument(
            "--no-key", action="store_true", help="bản sao lưu này không mã hóa dù BACKUP_KEY_FILE có đặt"
        )


def keys_of(key_file: Path | None, *, no_key: bool = False) -> Keys | None:
    """Return the keys that a command works with, or None. Raises BackupRefused."""
    if no_key:
        return None
    if key_file is None and settings.BACKUP_KEY_FILE:
        key_file = Path(settings.BACKUP_KEY_FILE)
    return read_keys(key_file) if key_file else None
