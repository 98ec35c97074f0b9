"""The page of an error that nobody foresaw."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

from plan_portal import logs


@requires_csrf_token
def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500 with the id under which the log tells of it, in one line where even the page breaks."""
    context = {"request_id": logs.request_id()}
    try:
        return HttpResponseServerError(loader.render_to_string("500.html", context))
    except Exception:
        words = f"Hệ thống gặp lỗi. Mã sự cố: {context['request_id'][:8]}\n"
        return HttpResponseServerError(words, content_type="text/plain; charset=utf-8")
