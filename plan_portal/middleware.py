"""What happens to every request and every answer."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve

from assignments.text import normalise
from plan_portal import logs

Handler = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
# Whoever knows these addresses may come in: the log shows what kind they are.
SECRET_ADDRESSES = {"first_administrator", "account_reset_password_from_key", "roll_call_answer"}


class RequestLogMiddleware:
    """Give every request an id that its answer and every line of the log carry, and write one line about it.

    The id that comes with a request is taken where a trusted proxy sends it. The line shows no query string, which
    holds what people search for. A file of the site and a sign of life that is as it should be have no line.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        request_id = _id_of(request)
        with logs.belonging_to(request_id):
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            if response.status_code >= 400 or not request.path.startswith((settings.STATIC_URL, "/health/")):
                _write_line(request, response, milliseconds=round((time.monotonic() - started) * 1000))
        return response


def _id_of(request: HttpRequest) -> str:
    sent = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
    return sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex


def _write_line(request: HttpRequest, response: HttpResponse, *, milliseconds: int) -> None:
    match = request.resolver_match
    path = f"<{match.url_name}>" if match and match.url_name in SECRET_ADDRESSES else request.path
    # Only where somebody has asked already: this line costs no query.
    user = getattr(request, "_cached_user", None)
    facts = {
        "method": request.method,
        "path": path,
        "status": response.status_code,
        "milliseconds": milliseconds,
        "user": user.pk if user else None,
    }
    logger.info("%s %s %s", request.method, path, response.status_code, extra=facts)


class NoStoreMiddleware:
    """Keep pages and redirects out of every cache; a view that says otherwise (a finished document) is left alone."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class SignedInMiddleware(LoginRequiredMiddleware):
    """Send who is not signed in to the sign-in page; answer 401 to what a page asks by itself."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:  # type: ignore[override]
        if "HX-Request" in request.headers or "Tus-Resumable" in request.headers:
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)


class NormalisedTextMiddleware:
    """Bring every text that comes in to NFC, without control characters: the one place where that is done.

    Passwords too: "ế" typed on a Mac and on Windows are the same password. What is larger than the files of
    one form (one, unless UPLOAD_FILES_AT_ONCE names the address) and its texts may be is refused (400) before it
    is read: Django itself counts no file's bytes.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.GET = _normalised(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            _refuse_what_is_too_big(request)
            request.POST = _normalised(request.POST)  # type: ignore[assignment]
            for _, files in request.FILES.lists():
                for file in files:
                    file.name = normalise(file.name or "")
        return self.get_response(request)


def _refuse_what_is_too_big(request: HttpRequest) -> None:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:  # Django reads nothing of such a request.
        length = 0
    if length > _files_at_once(request) * settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig("The request is larger than UPLOAD_MAX_BYTES allows.")


def _files_at_once(request: HttpRequest) -> int:
    try:
        name = resolve(request.path_info).url_name or ""
    except Resolver404:
        name = ""
    return settings.UPLOAD_FILES_AT_ONCE.get(name, 1)


def _normalised(query: QueryDict) -> QueryDict:
    result = QueryDict(mutable=True, encoding=query.encoding)
    for key, values in query.lists():
        result.setlist(normalise(key), [normalise(value) for value in values])
    result._mutable = False
    return result
