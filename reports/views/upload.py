"""Evidence that comes in pieces: tus 1.0.0, its core and creation (https://tus.io/protocols/resumable-upload)."""

import base64
import binascii

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assignments.requests import SignedInRequest
from reports import access, services
from reports.files import FileRefused
from reports.models import Upload
from reports.uploads import WrongOffset
from reports.views.evidence import own_progress

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
# What the client sends is half a megabyte; more is not held in memory.
MOST_PIECE_BYTES = 2 * 1024 * 1024


@require_POST
def start_upload(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str, code: str
) -> HttpResponse:
    """Begin an upload of a size that is known; answer with its address."""
    progress = own_progress(request, plan_slug, year, agency_slug, key, code)
    size, name = _number(request, "Upload-Length"), _file_name(request)
    if request.headers.get("Tus-Resumable") != VERSION or size is None:
        return _answer(412 if size is not None else 400)
    try:
        upload = services.start_upload(progress, by=request.user, now=timezone.now(), name=name, size=size)
    except FileRefused as error:
        return _answer(422, str(error))
    address = progress.part.report.url("upload", key, code, upload.token)
    return _answer(201, Location=address)


@require_http_methods(["HEAD", "PATCH"])
def upload(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str, code: str, token: str
) -> HttpResponse:
    """Say how much of an upload has arrived, or add a piece; the last piece makes it evidence or is refused."""
    progress = own_progress(request, plan_slug, year, agency_slug, key, code)
    upload = access.get_upload_or_404(request.user, progress, token)
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(412)
    if request.method == "HEAD":
        return _answer(200, Upload_Offset=upload.received, Upload_Length=upload.size)
    offset = _number(request, "Upload-Offset")
    if offset is None:
        return _answer(400)
    if request.content_type != PIECE_TYPE:
        return _answer(415)
    if int(request.headers.get("Content-Length") or 0) > MOST_PIECE_BYTES:
        return _answer(413)
    try:
        received = services.receive_piece(
            upload, by=request.user, now=timezone.now(), offset=offset, piece=request.body
        )
    except WrongOffset as error:
        return _answer(409, Upload_Offset=error.expected)
    except FileRefused as error:
        return _answer(422, str(error))
    except Upload.DoesNotExist:
        return _answer(410, "Lần gửi này đã kết thúc. Hãy tải lại trang để xem tệp đã được nhận hay chưa.")
    return _answer(204, Upload_Offset=received)


def _answer(status: int, words: str = "", **headers: object) -> HttpResponse:
    """Answer as the protocol wants it, a refusal in words that the page shows beside the file's name."""
    answer = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    answer["Tus-Resumable"] = answer["Tus-Version"] = VERSION
    answer["Cache-Control"] = "no-store"
    for name, value in headers.items():
        answer[name.replace("_", "-")] = str(value)
    return answer


def _number(request: SignedInRequest, name: str) -> int | None:
    value = request.headers.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def _file_name(request: SignedInRequest) -> str:
    """Return the name among the metadata: pairs of a word and a text in base 64, with commas between them."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        word, _, value = pair.strip().partition(" ")
        if word == "filename":
            try:
                return base64.b64decode(value, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return ""
    return ""
