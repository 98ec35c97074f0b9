"""Orders for documents carried out: a lease says who works on one.

A worker that dies leaves a lease that runs out, and the next one takes the order over. Only workers load this
module, and WeasyPrint with it.
"""

import datetime
import logging

from django.core.files.base import ContentFile
from django.db.models import F, Q

from reports.documents.docx import render_docx
from reports.documents.orders import tree_of
from reports.documents.pdf import RenderingError, render_pdf
from reports.models import Document

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(seconds=60)
MOST_ATTEMPTS = 3

RENDERERS = {Document.Kind.PDF: render_pdf, Document.Kind.DOCX: render_docx}


def make_next(now: datetime.datetime) -> bool:
    """Make the oldest document that waits and that nobody works on; False where there is none.

    May run in several workers at once: the conditional update that takes the lease lets one through.
    """
    waiting = Document.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now), made_at=None, attempts__lt=MOST_ATTEMPTS
    ).order_by("attempts", "requested_at")
    document = waiting.select_related("submission", "consolidated_report", "signed_copy__submission").first()
    if document is None:
        return False
    if waiting.filter(pk=document.pk).update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        _make(document, now)
    return True


def _make(document: Document, now: datetime.datetime) -> None:
    kind = Document.Kind(document.kind)
    mine = Document.objects.filter(pk=document.pk, made_at=None)
    try:
        content = RENDERERS[kind](tree_of(document.source))
    except RenderingError as error:
        logger.exception("Document %s could not be made", document.address)
        mine.update(failure=str(error), lease_until=None)
        return
    document.file.save(f"{document.address}.{kind.value}", ContentFile(content), save=False)
    mine.update(file=document.file.name, made_at=now, lease_until=None, failure="")
