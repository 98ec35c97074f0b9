"""Writes the tables of figures of a report as a workbook to be filled in."""

import datetime
import io
import math
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from assignments.models import Indicator, IndicatorTable
from reports.figure_tables import Row, tables_of
from reports.figures import FigureInput, LastFigure, computed, format_number
from reports.models import ReportPart
from reports.spreadsheets.layout import (
    ANSWERS,
    BASES,
    GUIDE_SHEET,
    IDENTITY_FIELDS,
    IDENTITY_SHEET,
    LONGEST_REMARK,
    NO,
    NO_DATA,
    TABLE_SHEET,
    YES,
    Heading,
    Identity,
    display,
    identity_of,
)
from reports.spreadsheets.workbook import new_workbook

# The same content is the same file: no clock, and no stamp but this.
CREATED = datetime.datetime(2000, 1, 1)  # noqa: DTZ001
HEADING_ROW = 4
HEADING_HEIGHT = 60
LINE_HEIGHT = 15
LEAST_LINES = 2
GUIDE_WIDTH = 105
NO_PASSWORD = ""
# What Excel shows of a sentence.
LONGEST_MESSAGE = 255
MAY_BE_CHANGED = {"format_columns": True, "format_rows": True}

WIDTHS = {
    Heading.CODE: 7,
    Heading.NAME: 30,
    Heading.UNIT: 10,
    Heading.HOW: 28,
    Heading.TOTAL: 11,
    Heading.INCLUDED: 11,
    Heading.COMPUTED: 10,
    Heading.NO_DATA: 11,
    Heading.REASON: 20,
    Heading.EXPLANATION: 20,
    Heading.BASIS: 15,
}
LAST_YEAR_WIDTH = 10
TARGET_WIDTH = 13
COLUMN = {heading: number for number, heading in enumerate(WIDTHS)}
LAST_YEAR_COLUMN = len(WIDTHS)
TARGET_COLUMN = LAST_YEAR_COLUMN + 3


def figures_workbook(part: ReportPart, rows: list[Row]) -> bytes:
    """Return the workbook of a part's figures as they stand: one sheet for each table, and how to fill them in.

    Every text is a string cell, whatever it begins with. The same content gives the same bytes.
    """
    file = io.BytesIO()
    with new_workbook(file) as workbook:
        workbook.set_properties({"title": f"{part.title}, {part.report}", "created": CREATED})
        looks = _Looks(workbook)
        _write_guide(workbook, looks, part)
        for table in tables_of(rows):
            sheet = _TableSheet(workbook, looks, part, table.table)
            for row in table.rows:
                sheet.write_row(row)
            sheet.finish()
        _write_identity(workbook, identity_of(part, rows))
    return file.getvalue()


class _Looks:
    """The formats of a workbook's cells. Everything is locked but what is to be answered."""

    def __init__(self, workbook: Workbook):
        self._workbook = workbook
        self._made: dict[tuple[str, str], Format] = {}
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.line = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.heading = workbook.add_format(
            {"bold": True, "bg_color": "#E7E4DF", "border": 1, "text_wrap": True, "align": "center", "valign": "top"}
        )
        self.wrong = workbook.add_format({"bg_color": "#FBDCD9", "font_color": "#7D120C"})

    def label(self, number_format: str = "") -> Format:
        return self._cell("label", number_format, {"bg_color": "#F4F2EE"})

    def answer(self, number_format: str = "") -> Format:
        return self._cell("answer", number_format, {"bg_color": "#FFF7D6", "locked": False})

    def _cell(self, kind: str, number_format: str, look: dict) -> Format:
        if (kind, number_format) not in self._made:
            shared = {"border": 1, "text_wrap": True, "valign": "top", "num_format": number_format}
            self._made[kind, number_format] = self._workbook.add_format(shared | look)
        return self._made[kind, number_format]


TEXT = "@"  # What is typed here stays as it was typed: "- " at a line's beginning starts no formula.


def _number_format(decimals: int) -> str:
    return "#,##0" + (f".0{'#' * (decimals - 1)}" if decimals else "")


def _computed_format(indicator: Indicator) -> str:
    return '#,##0.0"%"' if "%" in indicator.computed_unit else "#,##0.0"


class _TableSheet:
    """One table on its sheet, written row by row."""

    def __init__(self, workbook: Workbook, looks: _Looks, part: ReportPart, table: IndicatorTable):
        self.sheet: Worksheet = workbook.add_worksheet(TABLE_SHEET + table.code)
        self.looks = looks
        self.row = HEADING_ROW
        report, cycle = part.report, part.report.cycle
        lines = (
            f"Căn cứ: {table.source}" if table.source else "",
            f"{report.issuer_name}. Báo cáo năm {cycle.year}, số liệu từ {cycle.data_from:%d/%m/%Y} "
            f"đến hết {cycle.data_to:%d/%m/%Y}.",
            "Chỉ điền các ô nền vàng. Không phát sinh thì ghi 0; ô để trống là chưa có số liệu.",
        )
        self.sheet.write_string(0, 0, str(table), looks.title)
        for number, line in enumerate(filter(None, lines), start=1):
            self.sheet.write_string(number, 0, line)
        before = cycle.year - 1
        headings = [
            *((str(heading), width) for heading, width in WIDTHS.items()),
            (f"Năm {before}: tổng số hoặc mẫu số", LAST_YEAR_WIDTH),
            (f"Năm {before}: trong đó hoặc tử số", LAST_YEAR_WIDTH),
            (f"Năm {before}: tỷ lệ", LAST_YEAR_WIDTH),
            ("Mục tiêu", TARGET_WIDTH),
        ]
        for column, (heading, width) in enumerate(headings):
            self.sheet.set_column(column, column, width)
            self.sheet.write_string(HEADING_ROW, column, heading, looks.heading)
        self.sheet.set_row(HEADING_ROW, HEADING_HEIGHT)

    def write_row(self, row: Row) -> None:
        self.row += 1
        indicator = row.indicator
        texts = {
            Heading.NAME: indicator.name,
            Heading.HOW: _how_to_answer(indicator),
            Heading.REASON: row.answer.reason,
            Heading.EXPLANATION: row.answer.explanation,
        }
        self.sheet.set_row(self.row, max(_height(text, WIDTHS[heading]) for heading, text in texts.items()))
        self._label(Heading.CODE, indicator.code)
        self._label(Heading.NAME, texts[Heading.NAME])
        self._label(Heading.UNIT, indicator.unit)
        self._label(Heading.HOW, texts[Heading.HOW])
        self._write_numbers(indicator, row.answer)
        for field in ("has_no_data", "reason", "explanation", "basis"):
            self._answer(ANSWERS[field], display(indicator, field, getattr(row.answer, field)))
        self._choose(Heading.NO_DATA, [NO_DATA])
        self._choose(Heading.BASIS, list(BASES.values()))
        for heading in (Heading.REASON, Heading.EXPLANATION):
            self._validate(
                heading,
                {"validate": "length", "criteria": "<=", "value": LONGEST_REMARK},
                f"Nhiều nhất {format_number(Decimal(LONGEST_REMARK))} ký tự.",
            )
        self._write_last_year(indicator, row.last)
        self.sheet.write_string(self.row, TARGET_COLUMN, row.target_words, self.looks.label())

    def finish(self) -> None:
        sheet = self.sheet
        sheet.freeze_panes(HEADING_ROW + 1, COLUMN[Heading.NAME] + 1)
        sheet.protect(NO_PASSWORD, MAY_BE_CHANGED)
        _set_up_print(sheet)
        sheet.repeat_rows(HEADING_ROW)

    def _write_numbers(self, indicator: Indicator, answer: FigureInput) -> None:
        total, included = self._place(Heading.TOTAL), self._place(Heading.INCLUDED)
        if indicator.shape == Indicator.Shape.YES_NO:
            self._answer(Heading.TOTAL, display(indicator, "total", answer.total))
            self._choose(Heading.TOTAL, [YES, NO])
        else:
            self._answer_number(Heading.TOTAL, answer.total, indicator)
            self._at_least_zero(Heading.TOTAL, indicator)
        if not indicator.is_split:
            self._label(Heading.INCLUDED, "")
            self._label(Heading.COMPUTED, "")
            return
        self._answer_number(Heading.INCLUDED, answer.included, indicator)
        if indicator.is_share:
            self._validate(
                Heading.INCLUDED,
                {"validate": _validated_as(indicator), "criteria": "between", "minimum": 0, "maximum": f"={total}"},
                f"Phải là số từ 0 đến “{indicator.total_label}”.",
            )
            contradiction = f'=AND(${total}<>"",N(${included})>N(${total}))'  # of this row, in both its cells
            wrong = {"type": "formula", "criteria": contradiction, "format": self.looks.wrong}
            self.sheet.conditional_format(f"{total}:{included}", wrong)
        else:
            self._at_least_zero(Heading.INCLUDED, indicator)
        factor = 100 if indicator.shape == Indicator.Shape.BY_SEX else indicator.factor
        value = computed(indicator, answer.total, answer.included)
        self.sheet.write_formula(
            self._place(Heading.COMPUTED),
            f'=IFERROR(IF(OR({total}="",{included}="",{total}=0),"",ROUND({included}/{total}*{factor},1)),"")',
            self.looks.label(_computed_format(indicator)),
            "" if value is None else float(value),
        )

    def _write_last_year(self, indicator: Indicator, last: LastFigure | None) -> None:
        total, included = (last.total, last.included) if last else (None, None)
        numbers = (
            (total, _number_format(indicator.decimals)),
            (included, _number_format(indicator.decimals)),
            (computed(indicator, total, included), _computed_format(indicator)),
        )
        for column, (number, number_format) in enumerate(numbers, start=LAST_YEAR_COLUMN):
            look = self.looks.label(number_format)
            if number is None:
                self.sheet.write_blank(self.row, column, None, look)
            elif indicator.shape == Indicator.Shape.YES_NO:
                self.sheet.write_string(self.row, column, YES if number else NO, look)
            else:
                self.sheet.write_number(self.row, column, float(number), look)

    def _place(self, heading: Heading) -> str:
        return xl_rowcol_to_cell(self.row, COLUMN[heading])

    def _label(self, heading: Heading, text: str) -> None:
        self.sheet.write_string(self._place(heading), text, self.looks.label())

    def _answer(self, heading: Heading, text: str) -> None:
        look = self.looks.answer(TEXT)
        if text:
            self.sheet.write_string(self._place(heading), text, look)
        else:
            self.sheet.write_blank(self._place(heading), None, look)

    def _answer_number(self, heading: Heading, number: Decimal | None, indicator: Indicator) -> None:
        look = self.looks.answer(_number_format(indicator.decimals))
        if number is None:
            self.sheet.write_blank(self._place(heading), None, look)
        else:
            self.sheet.write_number(self._place(heading), float(number), look)

    def _at_least_zero(self, heading: Heading, indicator: Indicator) -> None:
        kind = "số nguyên" if indicator.decimals == 0 else "số"
        self._validate(
            heading,
            {"validate": _validated_as(indicator), "criteria": ">=", "value": 0},
            f"Phải là {kind} từ 0 trở lên.",
        )

    def _choose(self, heading: Heading, choices: list[str]) -> None:
        self._validate(heading, {"validate": "list", "source": choices}, "Hãy chọn trong danh sách, hoặc để trống.")

    def _validate(self, heading: Heading, rule: dict, sentence: str) -> None:
        place = self._place(heading)
        words = {"error_title": "Chưa đúng", "error_message": sentence[:LONGEST_MESSAGE]}
        self.sheet.data_validation(place, rule | words)


def _height(text: str, width: int, *, least: int = LEAST_LINES) -> int:
    """Return the height of a row, in points, that shows the text in a column so many characters wide.

    Left to themselves rows fit in Excel, but not in LibreOffice, which trusts a file of Excel's kind.
    """
    lines = sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))
    return LINE_HEIGHT * max(lines, least)


def _validated_as(indicator: Indicator) -> str:
    return "decimal" if indicator.decimals else "integer"


def _how_to_answer(indicator: Indicator) -> str:
    """Say what goes into which column, then the indicator's own guidance."""
    total, included = (xl_col_to_name(COLUMN[heading]) for heading in (Heading.TOTAL, Heading.INCLUDED))
    if indicator.shape == Indicator.Shape.YES_NO:
        said = f"Cột {total}: chọn {YES} hoặc {NO}."
    elif indicator.is_split:
        said = f"Cột {total}: {indicator.total_label}. Cột {included}: {indicator.included_label}."
    else:
        said = f"Cột {total}: {indicator.total_label}."
    if indicator.decimals:
        said += f" Nhiều nhất {indicator.decimals} chữ số sau dấu phẩy."
    return f"{said}\n{indicator.guidance}".strip()


def _set_up_print(sheet: Worksheet) -> None:
    """A4, lying, one page wide, with page numbers."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&L&A&RTrang &P/&N")


def _guide_lines(part: ReportPart) -> list[str]:
    return [
        "Mỗi biểu là một trang tính. Chỉ điền các ô nền vàng; các ô khác đã khóa để số liệu không đặt nhầm chỗ.",
        f"Cột “{Heading.HOW}” nói số nào ghi vào cột nào. Tỷ lệ do máy tự tính, không phải ghi.",
        "Không phát sinh thì ghi 0. Ô để trống là chưa có số liệu, không phải là 0.",
        f"Không có số liệu thì để trống ô số, chọn “{NO_DATA}” và ghi lý do.",
        f"Số tăng hoặc giảm quá {part.report.cycle.jump_percent}% so với năm trước thì ghi lời giải thích ngắn.",
        f"Cột “{Heading.BASIS}”: chọn “{BASES['actual']}” hoặc “{BASES['estimate']}”.",
        "Ô nào là công thức thì cổng lấy kết quả đã lưu trong tệp, không tính lại. Hãy mở tệp bằng Excel và lưu "
        "trước khi gửi.",
        "Có thể đổi tên tệp, thêm trang tính riêng để tính toán. Không đổi mã, tên chỉ tiêu và tiêu đề cột.",
        f"Điền xong, lưu dạng Excel (.xlsx), mở trang “{part.title}” của báo cáo trên cổng, chọn tệp rồi bấm “Đọc "
        "tệp Excel”. Cổng hiện lại những gì đã đọc; số liệu chỉ được ghi khi bấm “Ghi vào báo cáo”.",
        "Nếu có ô sai, cổng nêu từng ô và lý do; chưa số liệu nào được ghi. Hãy sửa ngay trong tệp này rồi gửi lại.",
        f"Ghi chú và nguồn số liệu thì viết ở trang “{part.title}” trên cổng.",
    ]


def _write_guide(workbook: Workbook, looks: _Looks, part: ReportPart) -> None:
    report, plan = part.report, part.report.cycle.plan
    sheet = workbook.add_worksheet(GUIDE_SHEET)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, GUIDE_WIDTH)
    sheet.write_string(0, 0, f"{part.title} năm {report.cycle.year} của {report.issuer_name}", looks.title)
    sheet.write_string(1, 0, f"Báo cáo thực hiện Kế hoạch số {plan.number}. Cách điền tệp này:")
    for number, line in enumerate(_guide_lines(part), start=1):
        sheet.write_string(number + 2, 0, f"{number}.", looks.line)
        sheet.write_string(number + 2, 1, line, looks.line)
        sheet.set_row(number + 2, _height(line, GUIDE_WIDTH, least=1) + 3)
    sheet.protect(NO_PASSWORD, MAY_BE_CHANGED)
    _set_up_print(sheet)


def _write_identity(workbook: Workbook, identity: Identity) -> None:
    """Keep on a sheet that nobody sees which report this is and what its rows mean."""
    sheet = workbook.add_worksheet(IDENTITY_SHEET)
    lines = [
        *((name, getattr(identity, name)) for name in IDENTITY_FIELDS),
        *((code, meaning, identity.answers[code]) for code, meaning in identity.meanings.items()),
    ]
    for row, values in enumerate(lines):
        for column, value in enumerate(values):
            sheet.write_string(row, column, value)
    sheet.protect(NO_PASSWORD)
    sheet.very_hidden()
