"""What a document should say, and what is read back from its pages."""

import unicodedata
from dataclasses import dataclass

from pypdf import PageObject

from reports.charts import Chart
from reports.documents.tree import Block, Document, Paragraph, Table


def words(text: str) -> str:
    """Return a text without its white space, composed, in capitals: headings are printed in them."""
    return unicodedata.normalize("NFC", "".join(text.split())).upper()


def words_of(document: Document) -> list[str]:
    """Return every text of the tree, as words."""
    texts = [document.type_name, document.subject, document.note, document.addressee, *document.recipients]
    texts += [one.text for one in document.letterhead.issuer]
    texts += [document.letterhead.number, document.letterhead.place_and_date]
    texts += [*document.signature.lines, document.signature.name]
    texts += [text for block in document.body for text in _texts(block)]
    if document.verification:
        texts += [document.verification.code, document.verification.address]
    for appendix in document.appendices:
        texts += [appendix.number, appendix.title, appendix.note]
        texts += [text for block in appendix.blocks for text in _texts(block)]
    return [words(text) for text in texts]


def _texts(block: Block) -> list[str]:
    if isinstance(block, Paragraph):
        return ["".join(run.text for run in block.runs)]
    if isinstance(block, Table):
        return [block.caption, *(cell for row in block.rows for cell in row)]
    if isinstance(block, Chart):
        return [block.title]
    return [block.text]


MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True)
class Line:
    """A printed line: its left end and baseline in mm from the sheet's top left corner, font and size."""

    text: str
    x: float
    y: float
    font: str
    size: float


def printed_lines(page: PageObject) -> list[Line]:
    """Return the page's lines in the order they are drawn."""
    lines: list[Line] = []

    def collect(text, matrix, text_matrix, font, size):
        if text.strip():
            scale, height = float(matrix[0]), float(page.mediabox.height)
            x = float(text_matrix[4]) * scale + float(matrix[4])
            y = height - (float(text_matrix[5]) * float(matrix[3]) + float(matrix[5]))
            name = font["/BaseFont"].split("+")[1]
            lines.append(Line(text.strip(), x * MM_PER_POINT, y * MM_PER_POINT, name, round(size * scale, 2)))

    page.extract_text(visitor_text=collect)
    return lines
