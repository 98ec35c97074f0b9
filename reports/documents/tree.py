"""The content of an official document, said once for every file format made from it.

The parts are those of Nghị định 30/2020/NĐ-CP, Phụ lục I. Texts are cased as they are written in a sentence;
capitals, bold and italics that the decree gives to a part belong to the format that prints it.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from reports.charts import Chart


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    style: Literal["", "bold", "italic"] = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the body: level 1 is a mục ("I."), level 2 a khoản ("1.")."""

    kind: ClassVar[str] = "heading"
    level: Literal[1, 2]
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; lines that open with "- " or "+ " are paragraphs too, as in the decree's practice.

    One that `keeps_next` never ends a page: it leads in what follows.
    """

    kind: ClassVar[str] = "paragraph"
    runs: tuple[Run, ...]
    keeps_next: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What the document says about itself: where a text comes from, what is still missing."""

    kind: ClassVar[str] = "note"
    text: str


# What the margins of 30 mm left and 15 mm right leave of a sheet of A4, upright and on its side.
TEXT_BOX_MM = 165
LANDSCAPE_TEXT_BOX_MM = 252

# About a quarter of a page. Of Times New Roman, 12 points.
MOST_LINES_KEPT_WHOLE = 12
MM_PER_CHARACTER = 1.9
CELL_PADDING_MM = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; the widths of a table's columns add up to the text box it stands in.

    What is written in a `numeric` one are numbers as people read them, where it is not a word.
    """

    title: str
    width_mm: int
    centred: bool = False
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain cells under one header row; the cell in the column `named_by` names its row."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    named_by: int = 0

    @property
    def width_mm(self) -> int:
        """Return the width of all columns."""
        return sum(column.width_mm for column in self.columns)

    @property
    def width_shares(self) -> list[str]:
        """Return each column's share of the width, such as "10.91%"."""
        return [f"{100 * column.width_mm / self.width_mm:.2f}%" for column in self.columns]

    @property
    def is_long(self) -> bool:
        """Tell whether it may go on on the next page: kept whole, it would leave too much of a page empty."""
        return sum(self._lines_of(row) for row in self.rows) > MOST_LINES_KEPT_WHOLE

    def _lines_of(self, row: tuple[str, ...]) -> int:
        return max(
            math.ceil(len(text) * MM_PER_CHARACTER / (column.width_mm - CELL_PADDING_MM))
            for column, text in zip(self.columns, row, strict=True)
        )

    @property
    def cells(self) -> list[list[tuple[Column, str]]]:
        """Return the rows with each cell beside its column."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


Block = Heading | Paragraph | Note | Table | Chart


@dataclass(frozen=True, slots=True)
class IssuerLine:
    """A line of the issuer's name in the letterhead; the issuing body itself is bold."""

    text: str
    bold: bool


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Boxes 1 to 4: issuer left, country and motto right, number and date under them.

    `about` is box 5b, what a công văn is about, under its number; "" for a document that has a title.
    """

    issuer: tuple[IssuerLine, ...]
    number: str
    place_and_date: str
    about: str = ""
    country: str = "Cộng hòa xã hội chủ nghĩa Việt Nam"
    motto: str = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True, slots=True)
class Signature:
    """Boxes 7a and 7b: authority and position line by line, then the name ("" on an unsigned copy)."""

    lines: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Appendix:
    """A part behind the signature, on sheets and with page numbers of its own.

    `number` is Roman where there are several and "" where there is one; `note` says what it belongs to.
    """

    number: str
    title: str
    note: str
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """Where anybody can ask whether a file is what was published: a code, and the address of the public page."""

    code: str
    address: str


@dataclass(frozen=True, slots=True)
class Document:
    """An official document. `title` and `author` are the file's own description and are not printed.

    Without a `type_name` it is a công văn, which has no title. Several `addressees` stand one below the other, in
    place of the one `addressee`. `is_annex`: nothing but its appendices is printed.
    `workbook` is the name of the Excel file of its tables that travels inside the PDF, "" for none.
    """

    title: str
    author: str
    letterhead: Letterhead
    type_name: str
    subject: str
    note: str
    addressee: str
    body: tuple[Block, ...]
    signature: Signature
    recipients: tuple[str, ...]
    appendices: tuple[Appendix, ...] = ()
    verification: Verification | None = None
    addressees: tuple[str, ...] = ()
    is_annex: bool = False
    workbook: str = ""
    language: str = "vi"
