"""Reads a workbook that was filled in: judged and measured first, then cell by cell; nothing in it is evaluated.

What cannot be used is said by sheet, cell and reason, all of it at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from assignments.legacy_encodings import find_legacy_text
from assignments.models import Indicator
from assignments.text import fold, normalise, plain_lists
from reports.figure_tables import Row
from reports.figures import FigureInput, NumberNotUnderstood, Problem, format_number, parse_number
from reports.files import FileRefused, Kind, judge
from reports.files.common import BinaryFile
from reports.models import IndicatorValue, ReportPart
from reports.spreadsheets.cells import NotReadable, read_cells
from reports.spreadsheets.layout import (
    ANSWERS,
    BASES,
    FORMAT,
    GUIDE_SHEET,
    IDENTITY_FIELDS,
    IDENTITY_SHEET,
    LABELS,
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

HOW_TO_GET_A_NEW_ONE = "Hãy tải tệp mới ở trang Biểu số liệu, chép số liệu sang rồi gửi lại."


@dataclass(frozen=True)
class Place:
    """A cell of a workbook, or a whole sheet."""

    sheet: str
    cell: str = ""

    def __str__(self) -> str:
        return f"Trang “{self.sheet}”, ô {self.cell}" if self.cell else f"Trang “{self.sheet}”"


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with a cell, and what to do."""

    place: Place
    sentence: str


class CellsRefused(Exception):
    """A workbook with cells that cannot be used: nothing of it is taken."""

    def __init__(self, problems: list[CellProblem]):
        super().__init__("\n".join(f"{problem.place}: {problem.sentence}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class FiguresRead:
    """What a workbook says: indicator code -> answer, and what the reader should see before it is taken.

    `places` says where each answer's fields stand; `formulas` are cells whose stored value was taken; `left_out`
    are the codes that the file has no row for, `not_read` the sheets that are none of ours; `made_from` is what
    stood in the report when the file was made, as `answer_mark` by code.
    """

    answers: dict[str, FigureInput]
    made_from: dict[str, str]
    places: dict[tuple[str, str], Place]
    formulas: list[tuple[Place, str]]
    left_out: list[str]
    not_read: list[str]


@dataclass(frozen=True)
class _Cell:
    """One cell as `read_cells` found it."""

    place: Place
    value: Any = None
    kind: str = "n"
    is_formula: bool = False
    is_percentage: bool = False

    @property
    def text(self) -> str:
        """The cell's text in NFC on one line's ends, without what Excel writes for a carriage return."""
        return "" if self.value is None else normalise(str(self.value).replace("_x000D_", "")).strip()

    @property
    def is_empty(self) -> bool:
        return not self.is_formula and not self.text


@dataclass(frozen=True)
class _Sheet:
    """A sheet's cells by row and column, from 1."""

    title: str
    rows: dict[int, dict[int, _Cell]]


def read_figures(file: BinaryFile, part: ReportPart, rows: list[Row]) -> FiguresRead:
    """Return what a filled-in workbook says to the rows of a report's figures.

    Raises FileRefused for a file that is no such workbook, is another report's or an old template, and
    CellsRefused with every cell that is wrong: a contradiction is, what is merely not answered yet is not.
    """
    sheets = _read_sheets(file)
    made_from = _check_identity(sheets, identity_of(part, rows))
    reading = _Reading(rows)
    for sheet in sheets:
        if sheet.title not in (GUIDE_SHEET, IDENTITY_SHEET):
            reading.read(sheet)
    return reading.result(made_from)


# The file as cells


def _read_sheets(file: BinaryFile) -> list[_Sheet]:
    judge(file, (Kind.XLSX,))
    try:
        found = read_cells(file.read())
    except NotReadable as error:
        raise FileRefused(
            "Không đọc được tệp Excel này, hoặc tệp quá lớn. Hãy mở tệp bằng Excel, bỏ các trang tính thừa, chọn Lưu "
            "thành, loại Excel (.xlsx), rồi gửi lại."
        ) from error
    return [_sheet(normalise(sheet["title"]), sheet["rows"]) for sheet in found]


def _sheet(title: str, rows: dict[str, dict[str, dict[str, Any]]]) -> _Sheet:
    return _Sheet(
        title,
        {
            int(row): {
                int(column): _Cell(**cell | {"place": Place(title, cell["place"])}) for column, cell in cells.items()
            }
            for row, cells in rows.items()
        },
    )


# Whose file it is


def _check_identity(sheets: list[_Sheet], expected: Identity) -> dict[str, str]:
    """Return what was answered at download, by code; raise FileRefused where the file is not this report's."""
    sheet = next((sheet for sheet in sheets if sheet.title == IDENTITY_SHEET), None)
    lines = [[_text(row, column) for column in (1, 2, 3)] for row in sheet.rows.values()] if sheet else []
    if [line[0] for line in lines[: len(IDENTITY_FIELDS)]] != list(IDENTITY_FIELDS):
        raise FileRefused(
            "Tệp này không phải tệp biểu số liệu tải từ cổng, hoặc trang nhận dạng đã bị xóa. " + HOW_TO_GET_A_NEW_ONE
        )
    said = {name: value for name, value, _ in lines[: len(IDENTITY_FIELDS)]}
    asked = lines[len(IDENTITY_FIELDS) :]
    if said["format"] != FORMAT:
        raise FileRefused(f"Tệp này theo mẫu cũ của cổng. {HOW_TO_GET_A_NEW_ONE}")
    if (said["plan"], said["year"], said["agency"]) != (expected.plan, expected.year, expected.agency):
        raise FileRefused(
            f"Tệp này là của {said['agency_name'][:200]}, năm {said['year'][:10]}, Kế hoạch số {said['plan'][:60]}; "
            f"báo cáo đang mở là của {expected.agency_name}, năm {expected.year}, Kế hoạch số {expected.plan}. Hãy "
            "chọn đúng tệp, hoặc mở đúng báo cáo rồi gửi lại."
        )
    changes = list(_meaning_changes({code: meaning for code, meaning, _ in asked}, expected.meanings))
    if changes:
        raise FileRefused(
            f"Tệp này theo mẫu cũ: từ khi tải tệp, chỉ tiêu đã thay đổi ({'; '.join(changes)}). "
            + HOW_TO_GET_A_NEW_ONE
        )
    return {code: mark for code, _, mark in asked}


def _meaning_changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    changed = [code for code in now if code in before and before[code] != now[code]]
    if changed:
        yield f"{', '.join(changed)} đổi tên, đơn vị hoặc cách ghi"
    if new := [code for code in now if code not in before]:
        yield f"{', '.join(new)} mới thêm"
    if gone := [code for code in before if code not in now]:
        yield f"{', '.join(gone)[:200]} không còn"


# What the cells say


class _Reading:
    """Gathers what the sheets say, row by row, and everything that is wrong."""

    def __init__(self, rows: list[Row]):
        self.rows = {row.code: row for row in rows}
        self.answers: dict[str, FigureInput] = {}
        self.places: dict[tuple[str, str], Place] = {}
        self.found_at: dict[str, Place] = {}
        self.formulas: list[tuple[Place, str]] = []
        self.problems: list[CellProblem] = []
        self.not_read: list[str] = []

    def result(self, made_from: dict[str, str]) -> FiguresRead:
        if not self.found_at and not self.problems:
            raise FileRefused(f"Không thấy dòng chỉ tiêu nào trong tệp. {HOW_TO_GET_A_NEW_ONE}")
        if self.problems:
            raise CellsRefused(self.problems)
        left_out = [code for code in self.rows if code not in self.found_at]
        return FiguresRead(self.answers, made_from, self.places, self.formulas, left_out, self.not_read)

    def read(self, sheet: _Sheet) -> None:
        """Read a sheet row by row; one that is none of ours is left alone."""
        heading_row, columns = _find_headings(sheet)
        if not columns and not sheet.title.startswith(TABLE_SHEET):
            self.not_read.append(sheet.title)
            return
        missing = [heading for heading in (*LABELS, *ANSWERS.values()) if heading not in columns]
        if missing:
            self._refuse(
                Place(sheet.title),
                f"Không thấy cột {', '.join(f'“{heading}”' for heading in missing)}. Hãy ghi lại tiêu đề cột như "
                "trong tệp tải từ cổng.",
            )
            return
        for number, row in sheet.rows.items():
            if number > heading_row:
                cells = {
                    heading: row.get(column) or _Cell(Place(sheet.title, f"{xl_col_to_name(column - 1)}{number}"))
                    for heading, column in columns.items()
                }
                self._read_row(cells)

    def _read_row(self, row: dict[str, _Cell]) -> None:
        answers = {field: row[heading] for field, heading in ANSWERS.items()}
        code, said = row[Heading.CODE], [cell for cell in answers.values() if not cell.is_empty]
        asked = self.rows.get(code.text)
        if asked is None:
            if said and code.text:
                self._refuse(
                    code.place, f"Mã “{code.text[:20]}” không có trong báo cáo này. Hãy sửa lại mã, hoặc xóa dòng."
                )
            elif said:
                self._refuse(
                    said[0].place, "Có nội dung nhưng dòng này không có mã. Hãy xóa, hoặc chuyển về đúng dòng."
                )
            return
        if code.text in self.found_at:
            self._refuse(code.place, f"Mã {code.text} đã có ở {self.found_at[code.text]}. Hãy chỉ giữ một dòng.")
            return
        self.found_at[code.text] = code.place
        for heading, right in ((Heading.NAME, asked.indicator.name), (Heading.UNIT, asked.indicator.unit)):
            if row[heading].text.split() != right.split():
                self._refuse(
                    row[heading].place,
                    f"Không khớp mã {asked.code}, đúng ra là “{right}”. Có thể dòng này đã bị xê dịch: hãy kiểm "
                    "tra lại số rồi ghi lại cho đúng.",
                )
        self._read_answer(asked, answers)

    def _read_answer(self, row: Row, cells: dict[str, _Cell]) -> None:
        indicator = row.indicator
        read: dict[str, Any] = {}
        for field, cell in cells.items():
            self.places[row.code, field] = cell.place
            try:
                read[field] = _read_field(field, cell, indicator)
            except NumberNotUnderstood as error:
                self._refuse(cell.place, str(error))
            else:
                if cell.is_formula:
                    self.formulas.append((cell.place, display(indicator, field, read[field])))
        if len(read) < len(cells):
            return
        answer = FigureInput(**read)
        self.answers[row.code] = answer
        for problem in replace(row, answer=answer).problems:
            if _is_contradiction(problem, answer):
                self._refuse(cells[problem.field].place, problem.sentence)

    def _refuse(self, place: Place, sentence: str) -> None:
        self.problems.append(CellProblem(place, sentence))


def _find_headings(sheet: _Sheet) -> tuple[int, dict[str, int]]:
    """Return the row of the headings and the column of each; (0, {}) where there is none."""
    for number, row in sheet.rows.items():
        columns: dict[str, int] = {}
        for column, cell in row.items():
            columns.setdefault(" ".join(cell.text.split()), column)
        if Heading.CODE in columns and Heading.TOTAL in columns:
            return number, columns
    return 0, {}


def _read_field(field: str, cell: _Cell, indicator: Indicator) -> Any:
    """Return what a cell says as a field of `FigureInput`; raise NumberNotUnderstood, with words, if it cannot be."""
    if cell.is_formula and not cell.text:
        raise NumberNotUnderstood(
            "Ô là công thức mà tệp không lưu kết quả. Hãy mở tệp bằng Excel rồi lưu lại, hoặc ghi kết quả thay công "
            "thức."
        )
    _check_kind(cell, is_number=field in ("total", "included"))
    match field:
        case "total" if indicator.shape == Indicator.Shape.YES_NO and fold(cell.text) in (fold(YES), fold(NO)):
            return Decimal(fold(cell.text) == fold(YES))
        case "included" if not indicator.is_split:
            if not cell.is_empty:
                raise NumberNotUnderstood("Chỉ tiêu này chỉ có một số. Hãy để trống ô này.")
            return None
        case "total" | "included":
            return _read_number(cell)
        case "has_no_data":
            return _choice(cell, {"": False, NO_DATA: True})
        case "basis":
            labels = {label: value for value, label in BASES.items()}
            return _choice(cell, {"": IndicatorValue.Basis.ACTUAL, **labels})
    return _read_remark(cell)


def _check_kind(cell: _Cell, *, is_number: bool) -> None:
    """Refuse what Excel made of a cell that is neither the number nor the text that somebody meant."""
    if cell.kind == "e":
        raise NumberNotUnderstood(
            f"Ô đang báo lỗi {cell.text[:20]}. Hãy sửa công thức, hoặc ghi kết quả thay công thức."
        )
    if cell.kind == "d":
        raise NumberNotUnderstood(
            "Excel đã hiểu ô này là ngày tháng. Hãy xóa ô, chọn định dạng Số (hoặc Văn bản) rồi ghi lại."
        )
    if cell.kind == "b":
        raise NumberNotUnderstood("Ô ghi giá trị đúng, sai (TRUE, FALSE). Hãy ghi lại.")
    if is_number and cell.kind == "n" and cell.is_percentage and not cell.is_empty:
        raise NumberNotUnderstood("Ô đang định dạng phần trăm. Hãy đổi sang định dạng Số rồi ghi lại số.")


def _read_number(cell: _Cell) -> Decimal | None:
    """Return the number; one that Excel keeps as a number goes the same way as one that was typed as text."""
    if cell.kind != "n" or cell.value is None:
        return parse_number(cell.text)
    # Excel shows 15 digits of what it computes with: 0,1 + 0,2 is 0,3.
    number = Decimal(cell.value if isinstance(cell.value, int) else f"{cell.value:.15g}")
    if not number.is_finite():
        raise NumberNotUnderstood("Số quá lớn. Hãy kiểm tra lại số này.")
    return parse_number(format_number(number))


def _read_remark(cell: _Cell) -> str:
    remark = plain_lists(cell.text)
    if len(remark) > LONGEST_REMARK:
        raise NumberNotUnderstood(f"Nhiều nhất {format_number(Decimal(LONGEST_REMARK))} ký tự. Hãy viết ngắn lại.")
    if legacy := find_legacy_text(remark):
        raise NumberNotUnderstood(
            f"Chữ được gõ bằng bảng mã cũ {legacy.encoding}: “{legacy.word}” đọc là “{legacy.reading}”. Hãy chuyển "
            "sang Unicode bằng công cụ chuyển mã của bộ gõ tiếng Việt (trong UniKey: mục Công cụ)."
        )
    return remark


def _choice(cell: _Cell, choices: Mapping[str, Any]) -> Any:
    for label, value in choices.items():
        if fold(cell.text) == fold(label):
            return value
    labels = ", ".join(f"“{label}”" for label in choices if label)
    raise NumberNotUnderstood(f"Hãy chọn {labels} trong danh sách, hoặc để trống.")


def _is_contradiction(problem: Problem, answer: FigureInput) -> bool:
    """Tell what is wrong with a number that is there from what is merely not answered yet."""
    if answer.has_no_data:
        return problem.field == "total"
    return problem.field in ("total", "included") and getattr(answer, problem.field) is not None


def _text(row: dict[int, _Cell], column: int) -> str:
    return row[column].text if column in row else ""
