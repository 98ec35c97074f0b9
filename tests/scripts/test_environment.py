"""The environment variables that are written down are those that are read."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
READ_IN_SETTINGS = re.compile(r'(?:env(?:\.\w+)?|required_in_production)\(\s*["\']([A-Z_]+)["\']')
WRITTEN_DOWN = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)
READ_ELSEWHERE = {
    "POSTGRES_PASSWORD",
    "WEBS",
    "WEB_PROCESSES",
    "WORKERS",
    "HTTP_PORT",
    "HTTPS_PORT",
    "CADDY_OPTIONS",
    "CADDY_TLS",
    "SECRETS_DIR",
    "WEB_NAME",
}
COMPOSE_FILES = ("docker-compose.yml", "docker-compose.secrets.yml")
READ_BY_SCRIPT_SERVER = {"PORT"}
# Of the image itself, of the demonstration, or of who mounts a key: docs/operations-backup.md.
NOT_OF_CONTAINERS = {"VAR_DIR", "STATIC_ROOT", "PORT", "DEMO", "BACKUP_KEY_FILE"}


def test_env_example_names_every_variable_that_is_read():
    read = set(READ_IN_SETTINGS.findall((PROJECT / "plan_portal/settings.py").read_text()))
    written_down = WRITTEN_DOWN.findall((PROJECT / ".env.example").read_text())

    assert sorted(written_down) == sorted((read | READ_ELSEWHERE) - READ_BY_SCRIPT_SERVER)


@pytest.mark.parametrize("file", COMPOSE_FILES)
def test_compose_asks_for_no_variable_that_is_not_written_down(file):
    written_down = WRITTEN_DOWN.findall((PROJECT / ".env.example").read_text())
    asked = re.findall(r"(?<!\$)\$\{([A-Z_]+)", (PROJECT / file).read_text())

    assert set(asked) - set(written_down) == set()


def test_compose_hands_every_variable_to_the_portal():
    read = set(READ_IN_SETTINGS.findall((PROJECT / "plan_portal/settings.py").read_text()))
    handed = re.findall(r"^    ([A-Z_]+):", (PROJECT / "docker-compose.yml").read_text(), re.MULTILINE)

    assert read - NOT_OF_CONTAINERS - set(handed) == set()


@pytest.mark.parametrize("file", COMPOSE_FILES)
def test_compose_has_no_secret_of_its_own(file):
    lines = (PROJECT / file).read_text().splitlines()
    named = re.compile(r"\s+\w*(SECRET_KEY|PASSWORD|TOKEN|EMAIL_URL|REPORTS_URL)\w*:")
    secrets = [line.strip() for line in lines if named.match(line)]

    assert [
        line for line in secrets if not re.search(r": (\$\{\w+(\?must be set in \.env|:-)\}|/run/secrets/\w+)$", line)
    ] == []


def test_secrets_are_read_from_files_without_the_line_break_at_their_end(tmp_path):
    """In a process of its own: what was read from a file is remembered."""
    environment = os.environ | {"DATABASE_URL": "postgres://plan_portal@db:5432/plan_portal"}
    for name, value in {"DATABASE_PASSWORD": "mật:khẩu/@", "HEALTH_TOKEN": "token", "SECRET_KEY": "x" * 50}.items():
        (tmp_path / name).write_text(f"{value}\n")
        environment[f"{name}_FILE"] = str(tmp_path / name)

    done = subprocess.run(
        [sys.executable, "-c", READ_SECRETS], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["x" * 50, "token", "plan_portal", "mật:khẩu/@", "db"]


READ_SECRETS = """
from plan_portal import settings
database = settings.DATABASES["default"]
print(settings.SECRET_KEY, settings.HEALTH_TOKEN, database["USER"], database["PASSWORD"], database["HOST"], sep="\\n")
"""
