"""What the portal says of a published document to whoever has its code, signed in or not."""

import re
from dataclasses import dataclass

from reports.documents import orders
from reports.models import ConsolidatedReport, Document
from reports.models.consolidated import CODE_ALPHABET, CODE_LENGTH

# Letters that the alphabet lacks, read as the digits that they look like.
LOOKS_LIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True)
class VouchedFile:
    """A file of a published version; one that is still being made has no hash yet."""

    title: str
    sha256: str
    size: int
    is_replaced: bool


def code_in(typed: str) -> str | None:
    """Return the code in what was typed or pasted: in any case, with spaces and dashes, as an address of its page."""
    last = typed.strip().rstrip("/").rpartition("/")[2]
    code = re.sub(r"[\W_]", "", last).upper().translate(LOOKS_LIKE)
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) else None


def published_under(code: str) -> ConsolidatedReport | None:
    """Return the published version with a code, or None."""
    published = ConsolidatedReport.objects.select_related("cycle__plan")
    return published.filter(code=code).first()


def newest_beside(published: ConsolidatedReport) -> ConsolidatedReport | None:
    """Return the version that has replaced this one, or None."""
    later = ConsolidatedReport.objects.filter(cycle=published.cycle, version__gt=published.version)
    return later.defer("content").order_by("version").last()


def vouched_files(published: ConsolidatedReport) -> list[VouchedFile]:
    """Return every file that was ever handed out of a version, those that count first.

    What an older layout printed, and a signed copy that was replaced, is still what was published.
    """
    signed = [
        VouchedFile(
            "Bản đã ký (PDF)", copy.stored.sha256, copy.stored.size, is_replaced=copy != published.signed_copy
        )
        for copy in published.signed_copies.select_related("stored")
    ]
    newest = {file.made for file in orders.files_of(published).all if file.made}
    made = [
        VouchedFile(_title(document), document.sha256, document.size, is_replaced=document not in newest)
        for document in published.documents.exclude(made_at=None).order_by("-subject", "pk")
    ]
    files = [*signed, *made]
    return sorted(files, key=lambda file: file.is_replaced)


def _title(document: Document) -> str:
    subject = "Bản tóm tắt" if document.subject == Document.Subject.BRIEF else "Báo cáo"
    return f"{subject} ({document.get_kind_display()})"
