"""Handing out files that came in."""

from django.http import FileResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from assignments.requests import SignedInRequest
from reports.files import CONTENT_TYPES, Kind
from reports.models import StoredFile


def handed_out(request: SignedInRequest, stored: StoredFile, name: str) -> HttpResponseBase:
    """Answer with a file under its name, to be saved and not shown; a browser that has it already gets 304.

    The caller has asked the door. The type is the one that was found when the file was judged.
    """
    etag = quote_etag(stored.sha256)
    response = get_conditional_response(request, etag=etag) or FileResponse(
        stored.file.open(), as_attachment=True, filename=name, content_type=CONTENT_TYPES[Kind(stored.kind)]
    )
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
