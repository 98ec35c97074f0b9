"""The key of encrypted backups: a file with an age identity, as `age-keygen` writes it.

Whoever has the identity (AGE-SECRET-KEY-1...) reads backups. To write them its public half (age1...) is enough, and
a file with that alone keeps the machine that writes backups from reading them.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import pyrage
from pyrage import x25519

from reports.backups.refusal import BackupRefused


@dataclass(frozen=True)
class Keys:
    """What a key file holds: `identities` read backups, `recipients` are who may read those that are written."""

    file: Path
    identities: list[x25519.Identity]
    recipients: list[x25519.Recipient]


def read_keys(path: Path) -> Keys:
    """Read a key file; lines that are empty or begin with # are passed over. Raises BackupRefused."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise BackupRefused(f"Không đọc được tệp khóa {path}.") from error
    words = [line for line in lines if line and not line.startswith("#")]
    try:
        identities = [x25519.Identity.from_str(word) for word in words if word.startswith("AGE-SECRET-KEY-")]
        recipients = [x25519.Recipient.from_str(word) for word in words if not word.startswith("AGE-SECRET-KEY-")]
    except (pyrage.IdentityError, pyrage.RecipientError) as error:
        raise BackupRefused(
            f"Tệp khóa {path} không đúng: mỗi dòng phải là một khóa AGE-SECRET-KEY-1… hoặc age1…"
        ) from error
    if not words:
        raise BackupRefused(f"Tệp khóa {path} không có khóa nào. Tạo khóa mới bằng lệnh: manage.py backup_key TỆP")
    return Keys(path, identities, [*recipients, *(identity.to_public() for identity in identities)])


def make_key(path: Path) -> str:
    """Write a new key into a file that only its owner reads, and return its public half. Raises BackupRefused."""
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"# public key: {public}\n{identity}\n")
    except FileExistsError as error:
        raise BackupRefused(
            f"{path} đã có. Khóa cũ còn cần để đọc các bản sao lưu cũ nên không bị ghi đè."
        ) from error
    except OSError as error:
        raise BackupRefused(f"Không ghi được {path}: {error.strerror}.") from error
    return public
