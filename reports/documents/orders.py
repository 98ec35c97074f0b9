"""Orders for documents: the row is the order, and the same content is the same row."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from reports.documents import TEMPLATE_VERSION
from reports.documents.agency_report import agency_report_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.tree import Document as Tree
from reports.models import ConsolidatedReport, Document, SignedCopy, Submission
from reports.models.document import Source
from reports.snapshots import canonical, sha256

Kind = Document.Kind

# Which files are made of a source.
KINDS = (Kind.PDF, Kind.DOCX)


@dataclass(frozen=True)
class File:
    """One kind of file of a source: its document (None where it was never ordered) and where it is downloaded."""

    kind: Document.Kind
    document: Document | None
    address: str

    @property
    def state(self) -> str:
        """Return "ready", "failed", "being_made" or, where it was never ordered, "absent"."""
        if self.document is None:
            return "absent"
        if self.document.is_ready:
            return "ready"
        return "failed" if self.document.failure else "being_made"


@dataclass(frozen=True)
class Files:
    """Every kind of file of a source, the PDF first."""

    all: tuple[File, ...]

    @property
    def are_being_made(self) -> bool:
        return any(file.state == "being_made" for file in self.all)

    @property
    def can_be_asked_for(self) -> bool:
        return any(file.state in ("absent", "failed") for file in self.all)


def tree_of(source: Source) -> Tree:
    """Return what is printed: a submission as it was sent, the others with their number and day."""
    if isinstance(source, Submission):
        return agency_report_tree(source.snapshot)
    if isinstance(source, SignedCopy):
        content = source.submission.snapshot
        return agency_report_tree(content, number=source.number, issued_on=source.issued_on)
    return consolidated_report_tree(source.snapshot, number=source.number, issued_on=source.issued_on)


def address_of(source: Source, kind: Document.Kind) -> str:
    """Return the hash of everything printed in the document, of its kind and of the layout that prints it."""
    frozen = source.submission if isinstance(source, SignedCopy) else source
    printed = {
        "sha256": frozen.sha256,
        "kind": kind.value,
        "site": settings.SITE_URL,
        "template": TEMPLATE_VERSION,
    }
    if not isinstance(source, Submission):
        printed |= {"number": source.number, "issued_on": source.issued_on.isoformat()}
    return sha256(canonical(printed))


def order(source: Source, *, now: datetime.datetime) -> None:
    """Order every kind of document of a source; the same content that was ordered before is found again."""
    for kind in KINDS:
        Document.objects.get_or_create(
            address=address_of(source, kind), defaults={_field(source): source, "kind": kind, "requested_at": now}
        )


def order_again(source: Source, *, now: datetime.datetime) -> None:
    """Order what was never ordered, and let what could not be made be tried again."""
    order(source, now=now)
    _documents(source).filter(made_at=None).update(attempts=0, failure="", lease_until=None)


def files_of(source: Source) -> Files:
    """Return the files of a source: one query.

    A document that an older layout made stands in until the newest is ordered.
    """
    newest = {document.kind: document for document in _documents(source).order_by("pk")}
    return Files(tuple(File(kind, newest.get(kind), source.file_address(kind.value)) for kind in KINDS))


def find(source: Source, kind: Document.Kind = Kind.PDF) -> Document | None:
    """Return a document of a source, made or not; None where it was never ordered."""
    return next(file.document for file in files_of(source).all if file.kind == kind)


def _documents(source: Source):
    addresses = [address_of(source, kind) for kind in KINDS]
    return Document.objects.filter(Q(address__in=addresses) | Q(**{_field(source): source}))


def _field(source: Source) -> str:
    if isinstance(source, ConsolidatedReport):
        return "consolidated_report"
    return "submission" if isinstance(source, Submission) else "signed_copy"
