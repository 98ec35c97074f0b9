"""The tables and charts of a document as an Excel workbook: to reckon with, not to be filled in and sent back."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from reports.charts import Chart
from reports.documents.tree import Appendix, Block, Column, Document, Heading, Table
from reports.documents.wording import shortened
from reports.figures import NumberNotUnderstood, format_number, parse_number
from reports.spreadsheets.workbook import new_workbook

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# The same content is the same file: no clock, and no stamp but this.
CREATED = datetime(2000, 1, 1)  # noqa: DTZ001

CONTENTS_SHEET = "Mục lục"
CONTENTS_HEADINGS = {"STT": 6, "Trang tính": 36, "Tên bảng": 70, "Thuộc phần": 50}
NO_TABLES = "Văn bản này không có bảng số liệu."

LONGEST_SHEET_NAME = 31
# What a cell holds; the rest of a longer text is read elsewhere.
LONGEST_CELL = 32_767
CUT = " (xem đủ trong văn bản)"
LAST_WORDS = 10
NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
# What a caption says of its source stands over the table; the name of its sheet is short.
AN_ASIDE = re.compile(r"\s*\([^()]*\)$")

PAPER_A4 = 9
EXPLANATION_ROW, HEADING_ROW = 1, 2
# Of Times New Roman, 11 points.
MM_PER_CHARACTER = 1.85
LINE_HEIGHT = 15
MOST_HEIGHT = 400
CATEGORY_MM = 70
SERIES_MM = 35

# A number as documents print it, and what is printed behind it.
PRINTED_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<number>\d[\d., ]*)(?P<unit>%| điểm %|)")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table and the part of the document that it stands in."""

    name: str
    table: Table
    part: str
    explanation: str = ""


def render_xlsx(document: Document) -> bytes:
    """Return the workbook of a document's tables and charts: a list of them, then one sheet for each.

    In a numeric column what reads as a number is one, in a format that shows it as it is printed ("35,1%" is
    0.351); words stay words, and no text becomes a formula or a link. The same document gives the same bytes.
    """
    file = BytesIO()
    with new_workbook(file) as workbook:
        workbook.set_properties({"title": document.title, "author": document.author, "created": CREATED})
        looks = _Looks(workbook)
        sheets = list(_sheets(document))
        _write_contents(workbook, looks, document, sheets)
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(sheet.name), looks, sheet)
    return file.getvalue()


def printed_number(text: str) -> tuple[float, str] | None:
    """Return what a printed number is in a cell, with the number format that shows it so; None for a word.

    "1.260" is 1260 in "#,##0", "03" is 3 in "00", "35,1%" is 0.351 in "0.0%", "+3,2 điểm %" is 3.2 with its words.
    """
    printed = PRINTED_NUMBER.fullmatch(text)
    if printed is None:
        return None
    try:
        number = parse_number(printed["number"])
    except NumberNotUnderstood:
        return None
    if number is None:
        return None
    whole, _, decimals = printed["number"].partition(",")
    shown = "#,##0" if len(whole.split(".")) > 1 else "0" * (len(whole) if whole.startswith("0") else 1)
    if decimals:
        shown += f".{'0' * len(decimals)}"
    if printed["unit"] == "%":
        number /= 100
        shown += "%"
    elif printed["unit"]:
        shown += f'"{printed["unit"]}"'
    if printed["sign"]:
        number = number.copy_sign(Decimal(f"{printed['sign']}1"))
        shown = f"+{shown};-{shown};{shown}"
    return float(number), shown


def _sheets(document: Document) -> Iterator[_Sheet]:
    position = 0
    for part, blocks in (("", document.body), *((_appendix_name(one), one.blocks) for one in document.appendices)):
        heading = ""
        for block in blocks:
            if isinstance(block, Heading):
                heading = f"{block.number}. {block.text}"
            found = _table_of(block)
            if found is not None:
                position += 1
                table, explanation = found
                yield _Sheet(_sheet_name(position, table.caption), table, part or heading, explanation)


def _appendix_name(appendix: Appendix) -> str:
    return f"{' '.join(('Phụ lục', appendix.number)).strip()}. {appendix.title}"


def _table_of(block: Block) -> tuple[Table, str] | None:
    """Return a table, or a chart as one, with what is said under its caption."""
    if isinstance(block, Table):
        return block, ""
    if isinstance(block, Chart):
        return _values_of(block), block.description
    return None


def _values_of(chart: Chart) -> Table:
    unit = f" ({chart.unit.strip()})" if chart.unit.strip() else ""
    return Table(
        f"{chart.title}{unit}",
        (Column("Nội dung", CATEGORY_MM), *(Column(one.name, SERIES_MM, numeric=True) for one in chart.series)),
        tuple(
            (category, *(_value(one.values[position]) for one in chart.series))
            for position, category in enumerate(chart.categories)
        ),
    )


def _value(value: Decimal | int | None) -> str:
    return "" if value is None else format_number(Decimal(value))


def _sheet_name(position: int, caption: str) -> str:
    """Return a name that no other sheet has: the caption's first words and its last, which often tell it apart."""
    lead = f"{position}. "
    room = LONGEST_SHEET_NAME - len(lead)
    words = " ".join(NOT_IN_A_SHEET_NAME.sub(" ", AN_ASIDE.sub("", caption)).split())
    if len(words) <= room:
        return lead + words
    _, space, end = words[-LAST_WORDS - 1 :].partition(" ")
    # The ellipsis takes one place more.
    return f"{lead}{shortened(words, room - 1 - len(space + end))}{space}{end}"


class _Looks:
    """The formats of a workbook's cells, each made once."""

    def __init__(self, workbook: Workbook):
        self._workbook = workbook
        self._made: dict[tuple[str, str], Format] = {}
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.caption = workbook.add_format({"bold": True, "font_size": 12})
        self.explanation = workbook.add_format({"italic": True, "text_wrap": True, "valign": "top"})
        self.heading = workbook.add_format(
            {
                "bold": True,
                "bg_color": "#E7E4DF",
                "border": 1,
                "text_wrap": True,
                "align": "center",
                "valign": "vcenter",
            }
        )

    def cell(self, alignment: str, number_format: str = "") -> Format:
        key = (alignment, number_format)
        if key not in self._made:
            self._made[key] = self._workbook.add_format(
                {
                    "border": 1,
                    "text_wrap": True,
                    "valign": "vcenter",
                    "align": alignment,
                    "num_format": number_format,
                }
            )
        return self._made[key]


def _write_contents(workbook: Workbook, looks: _Looks, document: Document, sheets: Sequence[_Sheet]) -> None:
    page = workbook.add_worksheet(CONTENTS_SHEET)
    page.write_string(0, 0, f"{document.type_name} {document.subject}", looks.title)
    lines = [
        document.author,
        f"{document.letterhead.number}. {document.letterhead.place_and_date}",
        document.note,
    ]
    if document.verification:
        lines.append(f"Mã tra cứu: {document.verification.code}. Kiểm tra tại {document.verification.address}")
    if not sheets:
        lines.append(NO_TABLES)
    lines = list(filter(None, lines))
    for row, line in enumerate(lines, start=1):
        page.write_string(row, 0, line)
    heading_row = len(lines) + 2
    if sheets:
        widths = list(CONTENTS_HEADINGS.values())
        _write_headings(page, looks, heading_row, list(CONTENTS_HEADINGS), widths)
        for position, sheet in enumerate(sheets, start=1):
            row = heading_row + position
            cells = (sheet.name, sheet.table.caption, sheet.part)
            page.set_row(row, _height(("", *cells), widths))
            page.write_number(row, 0, position, looks.cell("center"))
            for column, text in enumerate(cells, start=1):
                page.write_string(row, column, text, looks.cell("left"))
    _set_up_print(page)


def _write_sheet(page: Worksheet, looks: _Looks, sheet: _Sheet) -> None:
    table = sheet.table
    widths = [round(column.width_mm / MM_PER_CHARACTER) for column in table.columns]
    page.write_string(0, 0, table.caption, looks.caption)
    _write_explanation(page, looks, sheet.explanation, widths)
    _write_headings(page, looks, HEADING_ROW, [column.title for column in table.columns], widths)
    for row, cells in enumerate(table.rows, start=HEADING_ROW + 1):
        page.set_row(row, _height(cells, widths))
        for place, (column, text) in enumerate(zip(table.columns, cells, strict=True)):
            _write_cell(page, looks, (row, place), column, text)
    last_row, last_column = HEADING_ROW + len(table.rows), len(table.columns) - 1
    # Codes and positions are texts that may look like numbers.
    page.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(last_column)}{last_row + 1}"})
    page.freeze_panes(HEADING_ROW + 1, table.named_by + 1)
    page.repeat_rows(HEADING_ROW)
    _set_up_print(page)


def _write_explanation(page: Worksheet, looks: _Looks, explanation: str, widths: Sequence[int]) -> None:
    """Write it over all columns, in as many lines as it needs: one line would make the page print small."""
    if not explanation:
        return
    page.set_row(EXPLANATION_ROW, _height([explanation], [sum(widths)]))
    if len(widths) > 1:
        page.merge_range(EXPLANATION_ROW, 0, EXPLANATION_ROW, len(widths) - 1, "", looks.explanation)
    page.write_string(EXPLANATION_ROW, 0, _fitting(explanation), looks.explanation)


def _write_headings(page: Worksheet, looks: _Looks, row: int, headings: Sequence[str], widths: Sequence[int]) -> None:
    page.set_row(row, _height(headings, widths))
    for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        page.set_column(column, column, width)
        page.write_string(row, column, heading, looks.heading)


def _write_cell(page: Worksheet, looks: _Looks, place: tuple[int, int], column: Column, text: str) -> None:
    row, position = place
    alignment = "right" if column.numeric else "center" if column.centred else "left"
    number = printed_number(text) if column.numeric else None
    if number is not None:
        value, shown = number
        page.write_number(row, position, value, looks.cell(alignment, shown))
    elif text:
        page.write_string(row, position, _fitting(text), looks.cell(alignment))
    else:
        page.write_blank(row, position, None, looks.cell(alignment))


def _fitting(text: str) -> str:
    """Return the text as long as a cell may be, one that is longer cut at a word's end with where to read on."""
    # The ellipsis takes one place more.
    return text if len(text) <= LONGEST_CELL else shortened(text, LONGEST_CELL - 1 - len(CUT)) + CUT


def _height(texts: Iterable[str], widths: Iterable[int]) -> int:
    """Return the height of a row, in points, that shows every text in its column.

    Left to themselves rows fit in Excel, but not in LibreOffice, which trusts a file of Excel's kind.
    """
    lines = max(math.ceil(len(text) / width) for text, width in zip(texts, widths, strict=True))
    return min(LINE_HEIGHT * max(lines, 1), MOST_HEIGHT)


def _set_up_print(page: Worksheet) -> None:
    """A4, lying, one page wide, with page numbers."""
    page.set_paper(PAPER_A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.6)
    page.set_footer("&L&A&RTrang &P/&N")
