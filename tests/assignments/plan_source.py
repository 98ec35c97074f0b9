"""The plan file that the portal ships, for tests to read and to spoil."""

import tomllib
from pathlib import Path
from typing import Any

import assignments

PLAN_FILE = Path(assignments.__file__).parent / "data" / "ke-hoach-96.toml"
FULL_TEXT = PLAN_FILE.with_suffix(".txt").read_text()

# Keys whose texts are not the plan's own: names and layout of agencies, addresses, words of the file itself.
NOT_QUOTED = {"slug", "full_text", "role", "agency", "members", "other_agencies", "recipient_agencies"}


def plan_content() -> dict[str, Any]:
    """Return the plan file as parsed, anew for each test to change."""
    return tomllib.loads(PLAN_FILE.read_text())
