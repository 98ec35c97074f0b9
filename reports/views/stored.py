"""Handing out files: the whole, a range of it, or word that the browser has it already."""

import re
from collections.abc import Iterator

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

from assignments.requests import SignedInRequest
from reports.files import CONTENT_TYPES, Kind
from reports.models import StoredFile

PIECE = 64 * 1024
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def handed_out(request: SignedInRequest, stored: StoredFile, name: str) -> HttpResponseBase:
    """Answer with a file that came in, under its name. The caller has asked the door.

    The type is the one that was found when the file was judged.
    """
    content_type = CONTENT_TYPES[Kind(stored.kind)]
    return sent(request, stored.file, size=stored.size, etag=stored.sha256, name=name, content_type=content_type)


def sent(
    request: SignedInRequest, file: FieldFile, *, size: int, etag: str, name: str, content_type: str
) -> HttpResponseBase:
    """Answer with a file of `size` bytes, to be saved and not shown, or with the one range of it that is asked for.

    `etag` names its bytes: a browser that has them already gets 304, one that goes on with a broken download what is
    missing (RFC 9110, section 14). Several ranges at once get the whole file.
    """
    quoted = quote_etag(etag)
    response = get_conditional_response(request, etag=quoted) or _answer(request, file, size, quoted, name)
    if response.status_code in (200, 206):
        response.headers["Content-Type"] = content_type
    response.headers["ETag"] = quoted
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _answer(request: SignedInRequest, file: FieldFile, size: int, etag: str, name: str) -> HttpResponseBase:
    wanted = _range_asked_for(request, size, etag)
    if wanted is None:
        return FileResponse(file.open(), as_attachment=True, filename=name)
    if not wanted:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_bytes_of(file, wanted), status=206)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    response.headers["Content-Length"] = str(len(wanted))
    return response


def _range_asked_for(request: SignedInRequest, size: int, etag: str) -> range | None:
    """Return the range of bytes asked for, an empty one where it lies outside the file; None for the whole file."""
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or not asked or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if first:
        if last and int(last) < int(first):
            return None
        return range(int(first), min(int(last) + 1 if last else size, size))
    return range(max(size - int(last), 0), size) if last else None


def _bytes_of(file: FieldFile, wanted: range) -> Iterator[bytes]:
    with file.open() as opened:
        opened.seek(wanted.start)
        left = len(wanted)
        while left and (piece := opened.read(min(left, PIECE))):
            left -= len(piece)
            yield piece
