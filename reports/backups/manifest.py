"""What an archive says of itself: its last entry, JSON."""

import json
from dataclasses import asdict, dataclass

from reports.backups.chain import Chain
from reports.backups.tables import Migrations, TableSum


@dataclass(frozen=True)
class FileSum:
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive holds.

    `made_at` is the moment of which everything is; `tables` and `files` are by their names in the archive without
    folder. `missing` are files that rows name and that were not there, `damaged` those that were not what their row
    says: the backup was made all the same.
    """

    site: str
    made_at: str
    migrations: Migrations
    tables: dict[str, TableSum]
    files: dict[str, FileSum]
    missing: list[str]
    damaged: list[str]
    chain: Chain

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Read a manifest; raises ValueError, KeyError or TypeError where it is none."""
        content = json.loads(text)
        return cls(
            **content
            | {
                "tables": {name: TableSum(**table) for name, table in content["tables"].items()},
                "files": {name: FileSum(**file) for name, file in content["files"].items()},
                "chain": Chain(**content["chain"]),
            }
        )

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())
