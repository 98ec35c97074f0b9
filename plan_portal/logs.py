"""What the processes say of their work: one line each, with the request that it belongs to, and never people's words.

In production a line is a JSON object, else plain text. A line knows its request by `request_id`: of the request that
is being answered, or that the task at work was ordered by.
"""

import contextlib
import contextvars
import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType

from celery import current_task

# What a line may hold beside its message; whatever else a library adds (the whole request, for one) stays out.
FIELDS = ("method", "path", "status", "milliseconds", "user", "task", "task_id")
# PostgreSQL shows the row that it refuses and the statement that it cannot read, with all that people wrote.
SHOWN_DATA = re.compile(r"(\n|\\n)\s*(DETAIL|LINE \d+|CONTEXT|HINT):.*", re.DOTALL)
LONGEST_MESSAGE = 1_000

_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def request_id() -> str:
    """Return the id of the request that the work at hand belongs to; empty where there is none."""
    return _request_id.get() or getattr(current_task and current_task.request, "request_id", None) or ""


@contextlib.contextmanager
def belonging_to(identifier: str) -> Iterator[None]:
    """Let every line that is written here belong to a request."""
    token = _request_id.set(identifier)
    try:
        yield
    finally:
        _request_id.reset(token)


class ContextFilter(logging.Filter):
    """Tells every record its request and its task."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id() or "-"
        if current_task:
            record.task = current_task.name
            record.task_id = current_task.request.id
        return True


class PlainFormatter(logging.Formatter):
    """A line as people read it, without the data that errors of the database show."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = without_data(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: ExceptionInfo) -> str:
        error = ei[1]
        return "".join(_without_data(traceback.TracebackException.from_exception(error)).format()) if error else ""


class JsonFormatter(PlainFormatter):
    """A line as machines read it."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_data(record.getMessage()),
            "request_id": getattr(record, "request_id", "-"),
        }
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def without_data(text: str) -> str:
    """Return a message without the data that the database adds to it, and not without end."""
    return SHOWN_DATA.sub("", text)[:LONGEST_MESSAGE]


def _without_data(error: traceback.TracebackException) -> traceback.TracebackException:
    """Do so with an error, those that it came from, and those that it is made of."""
    error._str = without_data(error._str)  # type: ignore[attr-defined]
    for other in (error.__cause__, error.__context__, *(error.exceptions or ())):
        if other:
            _without_data(other)
    return error


def configuration(*, as_json: bool) -> dict:
    """Return the configuration of every process's log: JSON on standard output, or plain lines on standard error."""
    quiet = {"level": "WARNING"}
    own = {"handlers": [], "propagate": True}  # Django and gunicorn bring handlers of their own.
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": ContextFilter}},
        "formatters": {
            "plain": {
                "()": PlainFormatter,
                "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s",
            },
            "json": {"()": JsonFormatter},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout" if as_json else "ext://sys.stderr",
                "formatter": "json" if as_json else "plain",
                "filters": ["context"],
            }
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"level": "INFO", **own},
            # A request that was refused has its line already; what broke comes with its traceback.
            "django.request": {"level": "ERROR"},
            "django.db.backends": quiet,
            "gunicorn.error": {"level": "WARNING", **own},
            "gunicorn.access": {"level": "CRITICAL"},  # RequestLogMiddleware writes what may be written.
            "weasyprint": {"level": "ERROR"},
            # Heard by whoever makes a document, and written nowhere.
            "weasyprint.progress": {"level": "INFO", "handlers": [], "propagate": False},
        },
    }
