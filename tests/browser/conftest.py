"""Four portals and their people: an empty one as in production, ones to write and to merge in, the demonstration."""

import datetime
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from playwright.sync_api import expect, sync_playwright

from reports import deadlines
from tests.browser.inbox import Inbox
from tests.browser.portal import LOG_TAIL, Portal, wait_until
from tests.browser.visitors import PATIENCE_MS, Visitors

LONGEST_JOURNEY = datetime.timedelta(minutes=5)
CHROMIUM_OPTIONS = [
    "--no-sandbox",  # Chromium's own sandbox refuses root.
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def browser():
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def inbox():
    with Inbox() as inbox:
        yield inbox


@pytest.fixture(scope="session")
def portal(tmp_path_factory, inbox):
    """The portal on the morning of the year's first day: the plan, the year's dates, nobody in it yet.

    Beat is not running: it would open the year at its first sweep.
    """
    wait_until(no_midnight_is_near, "the next day", seconds=2 * LONGEST_JOURNEY.total_seconds())
    folder = tmp_path_factory.mktemp("portal")
    variables = {"EMAIL_URL": f"smtp://127.0.0.1:{inbox.port}", "MAILS_LEAVE_FROM": "00:00", "HEALTH_TOKEN": "token"}
    with Portal(folder, redis_databases=(1, 2), static=Path(settings.STATIC_ROOT), variables=variables) as portal:
        portal.first_administrator_link = portal.run("-m", "tests.browser.year_ahead").strip()
        portal.start_web()
        portal.start_worker()
        yield portal


@pytest.fixture(scope="session")
def autumn(tmp_path_factory, inbox):
    """The portal in a year that has just been opened: in every agency a clerk and a head, and nothing written yet."""
    folder = tmp_path_factory.mktemp("autumn")
    variables = {"EMAIL_URL": f"smtp://127.0.0.1:{inbox.port}", "MAILS_LEAVE_FROM": "00:00", "WEB_PROCESSES": "2"}
    with Portal(folder, redis_databases=(5, 6), static=Path(settings.STATIC_ROOT), variables=variables) as portal:
        portal.run("-m", "tests.browser.autumn")
        portal.start_web()
        portal.start_worker()
        yield portal


@pytest.fixture(scope="session")
def november_inbox():
    with Inbox() as inbox:
        yield inbox


@pytest.fixture(scope="session")
def november(tmp_path_factory, november_inbox):
    """The portal after the deadline: two reports accepted, four waiting for review, the other agencies late."""
    folder = tmp_path_factory.mktemp("november")
    variables = {"EMAIL_URL": f"smtp://127.0.0.1:{november_inbox.port}", "MAILS_LEAVE_FROM": "00:00"}
    with Portal(folder, redis_databases=(7, 8), static=Path(settings.STATIC_ROOT), variables=variables) as portal:
        portal.run("-m", "tests.browser.november")
        portal.start_web()
        portal.start_worker()
        yield portal


def no_midnight_is_near() -> bool:
    """Tell whether the day in Vietnam, by which everything counts, will last for the journey."""
    now = datetime.datetime.now(datetime.UTC)
    return deadlines.day_of(now) == deadlines.day_of(now + LONGEST_JOURNEY)


@pytest.fixture(scope="session", autouse=True)
def demo_in_preparation(request, tmp_path_factory):
    """Load the demonstration while other tests run: it takes as long as they do. Nothing where no test wants it."""
    if not any(is_on_demo(item) for item in request.session.items):
        yield None
        return
    folder = tmp_path_factory.mktemp("demo")
    variables = {"DEMO": "1", "WEB_PROCESSES": "1"}
    with (
        Portal(folder, redis_databases=(3, 4), static=Path(settings.STATIC_ROOT), variables=variables) as portal,
        ThreadPoolExecutor() as executor,
    ):
        yield portal, executor.submit(load_demo, portal)


def load_demo(portal: Portal) -> None:
    portal.run("manage.py", "migrate", "--verbosity", "0")
    portal.run("manage.py", "load_demo")


def is_on_demo(item) -> bool:
    return "demo" in item.fixturenames


@pytest.fixture(scope="session")
def demo(demo_in_preparation):
    """The demonstration, web server alone: nothing in it changes by itself."""
    portal, loading = demo_in_preparation
    loading.result()
    portal.start_web()
    return portal


@pytest.fixture(scope="session")
def demo_year(demo):
    """Return the year that goes on in the demonstration."""
    return first_in(demo, "SELECT max(year) FROM reports_reportingcycle WHERE opened_at IS NOT NULL")


@pytest.fixture(scope="session")
def demo_code(demo):
    """Return the code of the report that the demonstration has published."""
    return first_in(demo, "SELECT code FROM reports_consolidatedreport")


def first_in(portal: Portal, query: str):
    """Return the first column of the first row that a query finds in a portal's database."""
    with closing(psycopg2.connect(portal.environment["DATABASE_URL"])) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchone()[0]


def _visitors(browser, portal):
    known = len(portal.complaints)
    visitors = Visitors(browser, portal)
    yield visitors
    visitors.close()
    assert visitors.problems + portal.complaints[known:] == []


@pytest.fixture
def people(browser, portal):
    """The people of the empty portal."""
    yield from _visitors(browser, portal)


@pytest.fixture
def writers(browser, autumn):
    """The people of the autumn's agencies."""
    yield from _visitors(browser, autumn)


@pytest.fixture
def mergers(browser, november):
    """The people after the deadline: who reviews, merges, publishes and reads."""
    yield from _visitors(browser, november)


@pytest.fixture
def demo_people(browser, demo):
    """The people of the demonstration."""
    yield from _visitors(browser, demo)


def pytest_collection_modifyitems(items):
    """Leave the demonstration for last: it is still being loaded."""
    items.sort(key=is_on_demo)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Show with a failure what the portal's processes wrote last, and what people saw."""
    report = yield
    if report.failed:
        for value in item.funcargs.values():
            if isinstance(value, Portal):
                logs = ((name, value.log(name)[-LOG_TAIL:]) for name in value.logs)
                report.sections += [(f"{name} of {value.address}", log) for name, log in logs]
            if isinstance(value, Visitors):
                report.sections += [(page.url, page.inner_text("body")) for page in value.pages]
    return report
