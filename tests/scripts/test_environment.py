"""The environment variables that are written down are those that are read."""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
READ_IN_SETTINGS = re.compile(r'(?:env(?:\.\w+)?|required_in_production)\(\s*["\']([A-Z_]+)["\']')
WRITTEN_DOWN = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)
READ_ELSEWHERE = {"POSTGRES_PASSWORD", "WORKERS", "WEB_PROCESSES", "CADDY_OPTIONS"}
READ_BY_SCRIPT_SERVER = {"PORT"}


def test_env_example_names_every_variable_that_is_read():
    read = set(READ_IN_SETTINGS.findall((PROJECT / "plan_portal/settings.py").read_text()))
    written_down = WRITTEN_DOWN.findall((PROJECT / ".env.example").read_text())

    assert sorted(written_down) == sorted((read | READ_ELSEWHERE) - READ_BY_SCRIPT_SERVER)


def test_compose_asks_for_no_variable_that_is_not_written_down():
    written_down = set(WRITTEN_DOWN.findall((PROJECT / ".env.example").read_text()))
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (PROJECT / "docker-compose.yml").read_text()))

    assert asked - written_down == set()
