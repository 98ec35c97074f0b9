"""Orders for documents: the row is the order, and the same content is the same row."""

import datetime

from django.conf import settings
from django.db.models import Q

from reports.documents import TEMPLATE_VERSION
from reports.documents.agency_report import agency_report_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.tree import Document as Tree
from reports.models import ConsolidatedReport, Document, Submission
from reports.snapshots import canonical, sha256

Source = Submission | ConsolidatedReport


def tree_of(source: Source) -> Tree:
    """Return what is printed: an agency's report unsigned, the merged report with its number and date."""
    if isinstance(source, Submission):
        return agency_report_tree(source.snapshot)
    return consolidated_report_tree(source.snapshot, number=source.number, issued_on=source.issued_on)


def address_of(source: Source) -> str:
    """Return the hash of everything printed in the document and of the layout that prints it."""
    printed = {"sha256": source.sha256, "site": settings.SITE_URL, "template": TEMPLATE_VERSION}
    if isinstance(source, ConsolidatedReport):
        printed |= {"number": source.number, "issued_on": source.issued_on.isoformat()}
    return sha256(canonical(printed))


def order(source: Source, *, now: datetime.datetime) -> Document:
    """Order the document of a submission or a merged report, or find it where the same content was ordered before."""
    field = "submission" if isinstance(source, Submission) else "consolidated_report"
    document, _ = Document.objects.get_or_create(
        address=address_of(source), defaults={field: source, "requested_at": now}
    )
    return document


def find(source: Source) -> Document | None:
    """Return the document of a source, made or not; None where the layout changed since it was ordered."""
    field = "submission" if isinstance(source, Submission) else "consolidated_report"
    return Document.objects.filter(Q(address=address_of(source)) | Q(**{field: source})).order_by("-pk").first()


def order_again(document: Document) -> None:
    """Let a document that could not be made be tried again."""
    Document.objects.filter(pk=document.pk, made_at=None).update(attempts=0, failure="", lease_until=None)
