"""The stack on the test's database, its mail server, and the figures that a measured run prints."""

import contextlib
import logging

import pytest
from django.db import connection

from tests.faults.smtp_sink import SmtpSink
from tests.faults.stack import Stack
from tests.reports.processes import shared_database

LINES = pytest.StashKey[list[str]]()


@pytest.fixture
def sink(tmp_path, caplog):
    caplog.set_level(logging.WARNING, logger="mail.log")  # it names every command of every mail
    with SmtpSink(tmp_path / "accepted.tsv") as sink:
        yield sink


@pytest.fixture
def make_stack(transactional_db, sink, tmp_path):
    """Make the portal, of which nothing but Redis runs yet: `make_stack(SWEEP_SECONDS="2")`."""
    if connection.vendor != "postgresql":
        pytest.skip("production runs on PostgreSQL")
    with contextlib.ExitStack() as cleanup:
        url = cleanup.enter_context(shared_database(tmp_path))

        def make_stack(*, days_ahead: int = 0, **variables: str) -> Stack:
            stack = Stack(tmp_path, database_url=url, smtp_port=sink.port, days_ahead=days_ahead, **variables)
            return cleanup.enter_context(stack)

        yield make_stack
        # Whatever happened to PostgreSQL, the test's own connection is a new one.
        connection.close()


class Figures:
    """What was measured, beside the yardsticks; printed when the tests end."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.failed: list[str] = []

    def note(self, line: str) -> None:
        self.lines.append(line)

    def hold(self, what: str, measured: float, *, at_most: float) -> None:
        """Note a figure beside the most that it may be."""
        holds = measured <= at_most
        line = f"  {what:<80} {measured:>8.4g} (at most {at_most:g}) {'ok' if holds else 'MISSED'}"
        self.lines.append(line)
        if not holds:
            self.failed.append(line)

    def judge(self) -> None:
        """Fail the test where a figure missed its yardstick."""
        assert self.failed == []


@pytest.fixture
def figures(request):
    return Figures(request.config.stash.setdefault(LINES, []))


def pytest_terminal_summary(terminalreporter):
    for line in terminalreporter.config.stash.get(LINES, []):
        terminalreporter.write_line(line)
