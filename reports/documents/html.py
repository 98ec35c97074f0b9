"""The document as HTML: a whole page for the PDF, a fragment for the preview on screen.

The preview's look is static/css/document.css, which the PDF uses too; templates/documents/print.css adds the paper.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reports.charts import Chart, svg
from reports.documents.qr import qr_code
from reports.documents.tree import Block, Document, Heading


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A chart as it is drawn, in the place of its block."""

    kind: ClassVar[str] = "chart"
    title: str
    svg: SafeString


def page_html(document: Document) -> SafeString:
    """Return the document as an HTML page of its own, without styles."""
    return render_to_string("documents/page.html", _context(document))


def preview_html(document: Document) -> SafeString:
    """Return the same document as an <article> to put on a page that has its own <h1>."""
    return render_to_string("documents/_document.html", _context(document) | {"title_level": 2})


def contents_of(document: Document) -> list[tuple[str, str]]:
    """Return the anchor and the title of every section and appendix in the document's preview."""
    sections = [
        (f"muc-{block.number}", f"{block.number}. {block.text}")
        for block in document.body
        if isinstance(block, Heading) and block.level == 1
    ]
    appendices = [
        (f"phu-luc-{one.number}", f"Phụ lục {one.number}".strip() + f": {one.title}") for one in document.appendices
    ]
    return sections + appendices


def _context(document: Document) -> dict[str, Any]:
    drawn = replace(
        document,
        body=_drawn(document.body),
        appendices=tuple(replace(one, blocks=_drawn(one.blocks)) for one in document.appendices),
    )
    return {"document": drawn, "qr": qr_code(document.verification.address) if document.verification else None}


def _drawn(blocks: tuple[Block, ...]) -> tuple[Any, ...]:
    return tuple(_Drawing(block.title, svg(block)) if isinstance(block, Chart) else block for block in blocks)
