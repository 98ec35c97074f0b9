"""The document as HTML: a whole page for the PDF, a fragment for the preview on screen.

The preview's look is static/css/document.css, which the PDF uses too; templates/documents/print.css adds the paper.
"""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reports.documents.tree import Document


def page_html(document: Document) -> SafeString:
    """Return the document as an HTML page of its own, without styles."""
    return render_to_string("documents/page.html", {"document": document})


def preview_html(document: Document) -> SafeString:
    """Return the same document as an <article> to put on a page that has its own <h1>."""
    return render_to_string("documents/_document.html", {"document": document, "title_level": 2})
