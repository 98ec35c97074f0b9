"""What happens to every request and every answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict

from assignments.text import normalise

Handler = Callable[[HttpRequest], HttpResponse]


class NormalisedTextMiddleware:
    """Bring every text that comes in to NFC, without control characters: the one place where that is done.

    Passwords too: "ế" typed on a Mac and on Windows are the same password.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.GET = _normalised(request.GET)
        if request.method == "POST":
            request.POST = _normalised(request.POST)
            for file in request.FILES.values():
                file.name = normalise(file.name or "")
        return self.get_response(request)


def _normalised(query: QueryDict) -> QueryDict:
    result = QueryDict(mutable=True, encoding=query.encoding)
    for key, values in query.lists():
        result.setlist(normalise(key), [normalise(value) for value in values])
    result._mutable = False
    return result


class PrivateAnswersMiddleware:
    """Keep signed-in pages out of every cache; a view that says otherwise (a finished document) is left alone."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response
