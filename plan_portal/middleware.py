"""What happens to every request and every answer."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve

from assignments.text import normalise

Handler = Callable[[HttpRequest], HttpResponse]


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
