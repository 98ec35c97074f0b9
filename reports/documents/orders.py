"""Orders for documents: the row is the order, and the same content is the same row."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from reports.documents import TEMPLATE_VERSION
from reports.documents.agency_report import agency_report_tree
from reports.documents.brief import brief_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.printouts import printout_tree
from reports.documents.tree import Document as Tree
from reports.documents.tree import Verification
from reports.models import ConsolidatedReport, Document, Printout, SignedCopy, Submission
from reports.models.document import MOST_ATTEMPTS, Source
from reports.snapshots import canonical, sha256

Kind = Document.Kind
Subject = Document.Subject

# The kinds of file that every document is made in, in the order in which they are offered.
KINDS = (Kind.PDF, Kind.DOCX, Kind.XLSX)
# A letter is finished in Word; the proof's rows leave as a workbook without being frozen.
PRINTOUT_KINDS = {
    Printout.Kind.URGING_LETTER: (Kind.PDF, Kind.DOCX),
    Printout.Kind.PROOF: (Kind.PDF,),
}

# What a worker does while WeasyPrint counts its steps.
STEPS = {
    1: "đang đọc nội dung",
    2: "đang đọc kiểu trình bày",
    3: "đang áp dụng kiểu trình bày",
    4: "đang dựng các đoạn và bảng",
    5: "đang dàn trang",
    6: "đang ghi các trang",
    7: "đang hoàn thiện tệp",
}


@dataclass(frozen=True)
class File:
    """One kind of file of a source: the order for it, the file that is handed out, and where it is downloaded.

    `document` is None where it was never ordered; `made` is the newest that is finished, which an older layout may
    have made, and None before the first.
    """

    subject: Document.Subject
    kind: Document.Kind
    document: Document | None
    made: Document | None
    address: str

    @property
    def state(self) -> str:
        """Return "ready", "failed", "being_made" or, where it was never ordered, "absent"."""
        if self.document is None:
            return "absent"
        if self.document.is_ready:
            return "ready"
        return "failed" if self.document.has_failed else "being_made"

    @property
    def progress(self) -> str:
        """How far a document that is being made has come, in words."""
        assert self.document
        if self.document.lease_until is None:
            return "đang chờ đến lượt"
        if self.document.failure:
            return "lần trước chưa tạo được, sẽ thử lại ngay"
        if self.document.step in STEPS:
            return f"{STEPS[self.document.step]}, bước {self.document.step}/{len(STEPS)}"
        return "đang tạo, thường mất vài giây"


@dataclass(frozen=True)
class Files:
    """Every kind of file of a source: the report, then the brief where there is one, each with the PDF first."""

    all: tuple[File, ...]

    @property
    def by_subject(self) -> list[tuple[Document.Subject, list[File]]]:
        """The files under what they are files of."""
        return [(subject, files) for subject in Subject if (files := [f for f in self.all if f.subject == subject])]

    @property
    def are_being_made(self) -> bool:
        return any(file.state == "being_made" for file in self.all)

    @property
    def can_be_asked_for(self) -> bool:
        return any(file.state in ("absent", "failed") for file in self.all)

    @property
    def report_pdf(self) -> File:
        return self.of(Kind.PDF)

    @property
    def brief_pdf(self) -> File:
        return self.of(Kind.PDF, Subject.BRIEF)

    def of(self, kind: Document.Kind, subject: Document.Subject = Subject.REPORT) -> File:
        """Return the one file of a kind; a brief is a published version's alone."""
        return next(file for file in self.all if (file.subject, file.kind) == (subject, kind))

    def find(self, kind: Document.Kind) -> File | None:
        """Return the file of a kind, None where the source is not made into it."""
        return next((file for file in self.all if file.kind == kind), None)


def tree_of(source: Source, subject: Document.Subject = Subject.REPORT) -> Tree:
    """Return what is printed: a submission as it was sent, the others with their number and day."""
    if isinstance(source, Submission):
        return agency_report_tree(source.snapshot)
    if isinstance(source, SignedCopy):
        content = source.submission.snapshot
        return agency_report_tree(content, number=source.number, issued_on=source.issued_on)
    if isinstance(source, Printout):
        return printout_tree(source.kind, source.snapshot)
    verification = Verification(source.grouped_code, source.verification_address)
    tree = brief_tree if subject == Subject.BRIEF else consolidated_report_tree
    return tree(source.snapshot, number=source.number, issued_on=source.issued_on, verification=verification)


def address_of(source: Source, kind: Document.Kind, subject: Document.Subject = Subject.REPORT) -> str:
    """Return the hash of everything printed in the document, of its kind and of the layout that prints it."""
    frozen = source.submission if isinstance(source, SignedCopy) else source
    printed = {
        "sha256": frozen.sha256,
        "kind": kind.value,
        "subject": subject.value,
        "site": settings.SITE_URL,
        "template": TEMPLATE_VERSION,
    }
    if not isinstance(source, Submission | Printout):
        printed |= {"number": source.number, "issued_on": source.issued_on.isoformat()}
    return sha256(canonical(printed))


def order(source: Source, *, now: datetime.datetime) -> None:
    """Order every document of a source; the same content that was ordered before is found again."""
    orders = [
        Document(address=address, subject=subject, kind=kind, requested_at=now, **{_field(source): source})
        for subject, kind, address in _addresses(source)
    ]
    Document.objects.bulk_create(orders, ignore_conflicts=True)


def order_again(source: Source, *, now: datetime.datetime) -> None:
    """Order what was never ordered, and let what was given up be tried again; what is still tried is left alone."""
    order(source, now=now)
    given_up = Document.objects.filter(_of([source]), made_at=None, attempts__gte=MOST_ATTEMPTS).exclude(failure="")
    given_up.update(attempts=0, failure="", lease_until=None)


def files_of(source: Source) -> Files:
    """Return the files of a source: one query."""
    [files] = files_of_all([source])
    return files


def files_of_all(sources: Sequence[Source]) -> list[Files]:
    """Return the files of every source, in their order: one query.

    A document that an older layout made stands in until the newest is made.
    """
    documents = list(Document.objects.filter(_of(sources)).order_by("pk"))
    by_address = {document.address: document for document in documents}
    of_source: dict[tuple, list[Document]] = {}
    for document in documents:
        for field in ("submission", "signed_copy", "consolidated_report", "printout"):
            if row := getattr(document, f"{field}_id"):
                of_source.setdefault((field, row, document.subject, document.kind), []).append(document)
    return [
        Files(
            tuple(
                _file(
                    source,
                    subject,
                    kind,
                    of_source.get((_field(source), source.pk, subject, kind), []),
                    by_address.get(address),
                )
                for subject, kind, address in _addresses(source)
            )
        )
        for source in sources
    ]


def find(
    source: Source, kind: Document.Kind = Kind.PDF, subject: Document.Subject = Subject.REPORT
) -> Document | None:
    """Return a document of a source, made or not; None where it was never ordered."""
    return files_of(source).of(kind, subject).document


def find_earlier(source: Source, kind: Document.Kind, subject: Document.Subject) -> File | None:
    """Return the finished file of the newest version before a published one; None where there is none."""
    if not isinstance(source, ConsolidatedReport):
        return None
    before = ConsolidatedReport.objects.filter(cycle=source.cycle, version__lt=source.version)
    versions = list(before.select_related("cycle__plan").defer("content").order_by("-version"))
    return next((file for files in files_of_all(versions) if (file := files.of(kind, subject)).made), None)


def _file(
    source: Source,
    subject: Document.Subject,
    kind: Document.Kind,
    documents: list[Document],
    newest: Document | None,
) -> File:
    """Return a file: `newest` is the one of today's layout, `documents` are the source's own of any, oldest first."""
    newest = newest or next(reversed(documents), None)
    made = next((document for document in (newest, *reversed(documents)) if document and document.is_ready), None)
    if subject == Subject.BRIEF:
        assert isinstance(source, ConsolidatedReport)
        address = source.brief_address(kind.value)
    else:
        address = source.file_address(kind.value)
    return File(subject, kind, newest, made, address)


def _addresses(source: Source) -> Iterator[tuple[Document.Subject, Document.Kind, str]]:
    subjects = Subject if isinstance(source, ConsolidatedReport) else (Subject.REPORT,)
    kinds = PRINTOUT_KINDS[Printout.Kind(source.kind)] if isinstance(source, Printout) else KINDS
    for subject in subjects:
        for kind in kinds:
            yield subject, kind, address_of(source, kind, subject)


def _of(sources: Sequence[Source]) -> Q:
    """Return what finds the documents of the sources: by what is printed in them, and by whose they are."""
    found = Q(address__in=[address for source in sources for _, _, address in _addresses(source)])
    for field in {_field(source) for source in sources}:
        found |= Q(**{f"{field}__in": [source for source in sources if _field(source) == field]})
    return found


def _field(source: Source) -> str:
    if isinstance(source, ConsolidatedReport):
        return "consolidated_report"
    if isinstance(source, Printout):
        return "printout"
    return "submission" if isinstance(source, Submission) else "signed_copy"
