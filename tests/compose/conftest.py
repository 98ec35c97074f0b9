"""One stack of containers for all tests, with a mail server on this machine; figures are printed at the end."""

import logging
import os

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import CHROMIUM_OPTIONS, _visitors
from tests.browser.inbox import Inbox
from tests.browser.portal import PROJECT
from tests.browser.visitors import PATIENCE_MS
from tests.compose.stack import Stack, address_of_this_machine

FIGURES = pytest.StashKey[list[str]]()
WEBS, WORKERS = 2, 3


@pytest.fixture(scope="session")
def inbox():
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # it names every command of every mail
    with Inbox(host=address_of_this_machine()) as inbox:
        yield inbox


@pytest.fixture(scope="session")
def portal(inbox):
    """The portal on the morning of the year's first day, as tests/browser has it, in containers."""
    with Stack(smtp=(inbox.host, inbox.port), webs=WEBS, workers=WORKERS) as stack:
        printed = stack.run_script(PROJECT / "tests/browser/year_ahead.py")
        [stack.first_administrator_link] = [word for word in printed.split() if word.startswith(stack.address)]
        yield stack


@pytest.fixture(scope="session")
def browser():
    expect.set_options(timeout=PATIENCE_MS)
    options = [option for option in CHROMIUM_OPTIONS if "host-resolver" not in option]
    # The certificate is Caddy's own, which other tests verify.
    options += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost", "--ignore-certificate-errors"]
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        yield browser
        browser.close()


@pytest.fixture
def people(browser, portal):
    yield from _visitors(browser, portal)


@pytest.fixture
def figures(request):
    """Return a function that notes a figure beside its yardstick and fails where it is missed."""
    lines = request.config.stash.setdefault(FIGURES, [])

    def note(what: str, measured: float, *, at_most: float | None = None) -> None:
        yardstick = "" if at_most is None else f"at most {at_most:g}: {'ok' if measured <= at_most else 'MISSED'}"
        lines.append(f"  {what:<86} {measured:>8.4g}  {yardstick}")
        assert at_most is None or measured <= at_most, lines[-1]

    return note


def pytest_terminal_summary(terminalreporter):
    for line in terminalreporter.config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)
