"""The mails of a portal that has no mail server: files that administrators read here."""

import email
import email.policy
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assignments.requests import SignedInRequest

NEWEST = 200


def _folder(request: SignedInRequest) -> Path:
    """Return the folder of mails: there is one only where mails are written to files."""
    if settings.EMAIL_BACKEND != "django.core.mail.backends.filebased.EmailBackend":
        raise Http404("Thư được gửi qua máy chủ thư, không ghi ra tệp.")
    if not request.user.is_administrator:
        raise PermissionDenied("Trang này dành cho quản trị hệ thống.")
    return Path(settings.MAIL_DIR)


def _read(path: Path) -> email.message.EmailMessage:
    with path.open("rb") as file:
        return email.message_from_binary_file(file, policy=email.policy.default)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """List the newest mails."""
    paths = sorted(_folder(request).glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)[:NEWEST]
    return render(request, "reports/dev_mail.html", {"mails": [(path.name, _read(path)) for path in paths]})


@require_safe
def message(request: SignedInRequest, filename: str) -> HttpResponse:
    """Show one mail as text."""
    path = next((path for path in _folder(request).glob("*.log") if path.name == filename), None)
    if path is None:
        raise Http404("Không có thư này.")
    mail = _read(path)
    body = mail.get_body(preferencelist=("plain",))
    context = {"mail": mail, "text": body.get_content() if body else ""}
    return render(request, "reports/dev_mail_message.html", context)
