"""What the writer and the reader of a workbook agree on: its sheets, its headings, and how it is known again."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assignments.models import Indicator
from reports.figure_tables import Row
from reports.figures import FigureInput, format_number, plain
from reports.models import IndicatorValue, ReportPart
from reports.snapshots import fingerprint

# Changed when headings or their meaning change: a file of another format is an old template.
FORMAT = "1"

GUIDE_SHEET = "Hướng dẫn"
# Before a table's code.
TABLE_SHEET = "Biểu "
IDENTITY_SHEET = "Nhận dạng"

# A reason or an explanation, in characters.
LONGEST_REMARK = 2_000

YES, NO = "Có", "Không"
NO_DATA = "Không có số liệu"
BASES = {value: str(label) for value, label in IndicatorValue.Basis.choices}


class Heading(StrEnum):
    """The headings by which columns are found, wherever they stand."""

    CODE = "Mã"
    NAME = "Chỉ tiêu"
    UNIT = "Đơn vị tính"
    HOW = "Cách ghi"
    TOTAL = "Tổng số hoặc mẫu số"
    INCLUDED = "Trong đó hoặc tử số"
    COMPUTED = "Tỷ lệ (tự tính)"
    NO_DATA = "Không có số liệu"
    REASON = "Lý do không có số liệu"
    EXPLANATION = "Giải thích tăng, giảm"
    BASIS = "Thời điểm số liệu"


# What the agency answers: field of `FigureInput` -> its heading.
ANSWERS = {
    "total": Heading.TOTAL,
    "included": Heading.INCLUDED,
    "has_no_data": Heading.NO_DATA,
    "reason": Heading.REASON,
    "explanation": Heading.EXPLANATION,
    "basis": Heading.BASIS,
}
# What stands before them and says which row it is.
LABELS = (Heading.CODE, Heading.NAME, Heading.UNIT)


@dataclass(frozen=True)
class Identity:
    """Which report a workbook was made for, and what stood there when it was.

    `meanings` and `answers` are by indicator code: fingerprints of everything that says what a row's numbers
    mean, and of what was answered.
    """

    plan: str
    year: str
    agency: str
    agency_name: str
    meanings: dict[str, str]
    answers: dict[str, str]
    format: str = FORMAT


# The lines of the identity sheet above the rows: code, meaning, answer.
IDENTITY_FIELDS = ("format", "plan", "year", "agency", "agency_name")


def identity_of(part: ReportPart, rows: Iterable[Row]) -> Identity:
    """Return the identity of the workbook that would be made now of a part's rows."""
    report, rows = part.report, list(rows)
    return Identity(
        plan=report.cycle.plan.number,
        year=str(report.cycle.year),
        agency=report.agency.slug,
        agency_name=report.issuer_name,
        meanings={row.code: _meaning(row.indicator) for row in rows},
        answers={row.code: answer_mark(row.answer) for row in rows},
    )


def _meaning(indicator: Indicator) -> str:
    names = ("code", "name", "unit", "shape", "factor", "decimals", "total_label", "included_label")
    return fingerprint({"table": indicator.table.code, **{name: getattr(indicator, name) for name in names}})[:16]


def answer_mark(answer: FigureInput) -> str:
    """Return a fingerprint of an answer that is the same again after Excel kept it."""
    numbers = {name: None if (n := getattr(answer, name)) is None else plain(n) for name in ("total", "included")}
    texts = {name: getattr(answer, name).strip() for name in ("reason", "explanation", "basis")}
    return fingerprint({"has_no_data": answer.has_no_data, **numbers, **texts})[:16]


def display(indicator: Indicator, field: str, value: Decimal | bool | str | None) -> str:
    """Return what a field of an answer looks like in its cell and to a reader; "" where it is empty."""
    if field == "has_no_data":
        return NO_DATA if value else ""
    if field == "basis":
        return BASES[str(value)]
    if isinstance(value, Decimal):
        if indicator.shape == Indicator.Shape.YES_NO and value in (0, 1):
            return YES if value else NO
        return format_number(value)
    return str(value or "")
