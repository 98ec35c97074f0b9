"""What the log says of a request and of the work that it orders, and what it never says."""

import io
import json
import logging
import logging.config
import re

import pytest
from celery import signals
from celery.app.trace import trace_task
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, connection
from django.templatetags.static import static
from django.test import Client
from django.urls import path

from assignments import account_mails
from plan_portal import logs
from plan_portal.celery import app
from plan_portal.urls import urlpatterns as portal_patterns
from reports import services, tasks
from tests import factories
from tests.conftest import DURING

SECRET = "Sáng kiến của tổ tư vấn thôn Nà Lầu"
PROXYS_ID = "0f6c1c9e-51d1-4f6e-8f5c-93c7d4a1a001"


@login_not_required
def broken(request):
    raise RuntimeError("broken on purpose")


handler500 = "plan_portal.errors.broken"
urlpatterns = [path("broken/", broken), *portal_patterns]


class Log:
    """What production would have written since."""

    def __init__(self):
        self.stream = io.StringIO()

    @property
    def text(self):
        return self.stream.getvalue()

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, logger):
        return [line for line in self.lines if line["logger"] == logger]


@pytest.fixture
def log(settings):
    """Write as production does, to memory; put back what was."""
    log = Log()
    configuration = logs.configuration(as_json=True)
    configuration["handlers"]["console"]["stream"] = log.stream
    root = logging.getLogger()
    handlers = root.handlers[:]
    logging.config.dictConfig(configuration)
    yield log
    logging.config.dictConfig(settings.LOGGING)
    root.handlers = handlers


def line_of_request(log):
    [line] = log.of("plan_portal.middleware")
    return line


# The id of a request


def test_request_gets_an_id_that_its_answer_and_its_line_carry(client, db, log):
    response = client.get("/tai-khoan/dang-nhap/?next=/tim/")

    line = line_of_request(log)
    assert re.fullmatch("[0-9a-f]{32}", response["X-Request-ID"])
    assert line["request_id"] == response["X-Request-ID"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/tai-khoan/dang-nhap/", 200)
    assert line["message"] == "GET /tai-khoan/dang-nhap/ 200"
    assert "user" not in line


def test_line_of_somebody_signed_in_names_the_account_by_number(client, clerk, log):
    client.force_login(clerk)

    client.get("/")

    assert line_of_request(log)["user"] == clerk.pk


@pytest.mark.parametrize(
    ("proxies", "sent", "is_taken"),
    [
        (1, PROXYS_ID, True),
        (0, PROXYS_ID, False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, 'quoted","level":"ERROR', False),
        (1, "two lines\nof log", False),
    ],
)
def test_id_that_comes_with_a_request_is_taken_from_a_trusted_proxy_and_well_formed(
    client, db, settings, proxies, sent, is_taken
):
    settings.TRUSTED_PROXIES = proxies

    response = client.get("/tai-khoan/dang-nhap/", headers={"X-Request-ID": sent})

    assert (response["X-Request-ID"] == sent) is is_taken


def test_error_page_tells_the_id_that_its_traceback_has(db, settings, log):
    settings.ROOT_URLCONF = __name__

    response = Client(raise_request_exception=False).get("/broken/")

    request_id = response["X-Request-ID"]
    assert response.status_code == 500
    assert f'<code class="text-body">{request_id[:8]}</code>' in response.content.decode()
    [error] = [line for line in log.lines if line["level"] == "ERROR"]
    assert error["request_id"] == request_id
    assert "RuntimeError: broken on purpose" in error["exception"]


def test_error_page_that_breaks_itself_is_one_line_with_the_id(db, settings, tmp_path):
    settings.ROOT_URLCONF = __name__
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path], "APP_DIRS": False}]

    response = Client(raise_request_exception=False).get("/broken/")

    assert response.status_code == 500
    assert response.content.decode() == f"Hệ thống gặp lỗi. Mã sự cố: {response['X-Request-ID'][:8]}\n"


def test_signs_of_life_and_files_of_the_site_have_no_line(client, db, log):
    client.get("/health/live")
    client.get(static("css/site.css")).close()

    assert log.of("plan_portal.middleware") == []


# The id in the work that a request orders


def test_task_begun_when_a_request_is_committed_carries_its_id(transactional_db, client, clerk):
    begun = []

    def keep(headers, **kwargs):
        begun.append((headers["task"], headers.get("request_id")))

    signals.before_task_publish.connect(keep)
    response = client.post("/tai-khoan/quen-mat-khau/", {"email": clerk.email})

    assert begun == [("assignments.tasks.send_password_link", response["X-Request-ID"])]


def test_mail_that_leaves_names_the_request_that_ordered_it(complete_report, head, log):
    services.submit_report(complete_report, by=head, now=DURING)

    trace_task(tasks.deliver_mails, "task-1", (), {}, app=app, request={"id": "task-1", "request_id": PROXYS_ID})

    [line] = log.of("reports.delivery")
    assert (line["request_id"], line["task"], line["task_id"]) == (PROXYS_ID, "reports.tasks.deliver_mails", "task-1")
    assert re.fullmatch(r"mail report_submitted\S+: sent", line["message"])


def test_work_that_nobody_asked_for_has_no_request(complete_report, head, log):
    services.submit_report(complete_report, by=head, now=DURING)

    trace_task(tasks.deliver_mails, "task-1", (), {}, app=app, request={"id": "task-1"})

    assert [line["request_id"] for line in log.of("reports.delivery")] == ["-"]


# What never stands there


def test_texts_searches_and_passwords_are_not_in_the_log(client, clerk, report, log, mailoutbox):
    client.post("/tai-khoan/dang-nhap/?next=/", {"login": clerk.email, "password": factories.PASSWORD})
    client.post(report.url("part", "chi-dao"), {"version": 0, "page": "1" * 32, "edit": 1, "text": SECRET})
    client.get("/tim/", {"q": SECRET})
    client.post(f"/khong-co/?q={SECRET}", {"text": SECRET})

    assert report.parts.get(key="chi-dao").text == SECRET
    assert len(log.of("plan_portal.middleware")) == 4
    for word in (SECRET, "Lầu", "L%E1%BA%A7u", factories.PASSWORD, clerk.email):
        assert word not in log.text


def test_address_that_lets_somebody_in_is_not_in_the_log(client, clerk, settings, log):
    link = account_mails.password_link(clerk).removeprefix(settings.SITE_URL)

    client.get(link)

    assert line_of_request(log)["path"] == "<account_reset_password_from_key>"
    assert link not in log.text


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite shows no data with its errors")
def test_row_that_the_database_refuses_is_not_in_the_log(report, log):
    text = f"{SECRET}\n\nThe above exception was the direct cause of\n{SECRET}"

    with pytest.raises(IntegrityError, match=SECRET) as refusal:
        report.parts.filter(key="chi-dao").update(text=text, version=-1)
    logging.getLogger("reports").error("could not save: %r", refusal.value, exc_info=refusal.value)

    [line] = log.lines
    assert "violates check constraint" in line["message"]
    assert "violates check constraint" in line["exception"]
    assert "test_row_that_the_database_refuses" in line["exception"]
    assert "Lầu" not in log.text


def test_what_a_library_adds_to_a_line_stays_out(rf, log):
    logging.getLogger("library").warning("odd", extra={"request": rf.get("/", {"q": SECRET}), "data": SECRET})

    assert set(log.lines[0]) == {"time", "level", "logger", "message", "request_id"}


def test_plain_line_names_its_request():
    record = logging.LogRecord("reports", logging.INFO, __file__, 1, "mail %s", ("x",), None)
    formatter = logs.PlainFormatter("%(levelname)s %(name)s [%(request_id)s]: %(message)s")

    with logs.belonging_to("abc"):
        logs.ContextFilter().filter(record)

    assert formatter.format(record) == "INFO reports [abc]: mail x"
