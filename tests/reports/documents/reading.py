"""What a document should say, to compare with what is read back from its files."""

import unicodedata

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
