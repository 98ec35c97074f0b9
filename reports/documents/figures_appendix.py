"""The tables of figures of a report, as its appendix."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reports.documents.tree import Appendix, Block, Column, Table
from reports.documents.wording import lower_first, paragraphs, sentence
from reports.figures import NO_NUMBER, computed, format_number

TITLE = "Biểu số liệu"
NO_DATA = "Không có số liệu"
NOT_ANSWERED = "Chưa báo cáo"

COMPARISONS = {"at_least": "từ {} trở lên", "at_most": "không quá {}"}

COLUMNS = (
    Column("STT", 11, centred=True),
    Column("Chỉ tiêu", 55),
    Column("ĐVT", 18, centred=True),
    Column("Tổng số", 20, centred=True),
    Column("Trong đó nữ/tử số", 20, centred=True),
    Column("Tỷ lệ", 18, centred=True),
    Column("Năm trước", 22, centred=True),
    Column("Tăng/ giảm", 18, centred=True),
    Column("Mục tiêu", 18, centred=True),
    Column("Đạt/ Chưa đạt", 17, centred=True),
    Column("Ghi chú", 35),
)


def figures_appendix(content: dict[str, Any], *, note: str) -> Appendix | None:
    """Return the appendix of printable snapshot content, or None where the report has no figures.

    Numbers come as plain decimal strings or None; what is computed from them is computed here. Under the
    tables stand the agency's own words on its figures.
    """
    tables = content.get("tables") or []
    words = "\n".join(part["text"] for part in content["parts"] if part["kind"] == "figures")
    if not tables and not words:
        return None
    blocks: tuple[Block, ...] = (*(_table(table, content["year"]) for table in tables), *paragraphs(words))
    return Appendix(number="", title=TITLE, note=note, blocks=blocks, landscape=True)


def _table(table: dict[str, Any], year: int) -> Table:
    source = f" (Căn cứ: {table['source']})" if table["source"] else ""
    return Table(
        caption=f"{table['code']}. {table['title']}{source}",
        columns=COLUMNS,
        rows=tuple(_cells(position, row, year) for position, row in enumerate(table["rows"], start=1)),
        named_by=1,
    )


def _cells(position: int, row: dict[str, Any], year: int) -> tuple[str, ...]:
    total, included = _decimal(row["total"]), _decimal(row["included"])
    last = row["last"] or {"total": None, "included": None}
    last_total, last_included = _decimal(last["total"]), _decimal(last["included"])
    value = _value(row, total, included)
    return (
        str(position),
        _name(row),
        row["unit"],
        _answer(row, total),
        format_number(included),
        _computed_cell(row, total, included),
        _last_year(row, last_total, last_included),
        _change(row, value, _value(row, last_total, last_included)),
        _target(row, year),
        _reached(row, value, year),
        " ".join(_remarks(row)),
    )


def _decimal(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)


def _is_split(row: dict[str, Any]) -> bool:
    return row["shape"] in ("by_sex", "ratio")


@dataclass(frozen=True)
class _Shape:
    shape: str
    factor: int


def _value(row: dict[str, Any], total: Decimal | None, included: Decimal | None) -> Decimal | None:
    """Return what years and targets are compared by: a share or a rate, else the number itself."""
    return computed(_Shape(row["shape"], row["factor"]), total, included) if _is_split(row) else total


def _name(row: dict[str, Any]) -> str:
    name: str = row["name"]
    if row["shape"] != "ratio":
        return name
    return f"{name} (tử số: {lower_first(row['included_label'])}; mẫu số: {lower_first(row['total_label'])})"


def _answer(row: dict[str, Any], total: Decimal | None) -> str:
    if row["has_no_data"]:
        return NO_DATA
    if total is None:
        return NOT_ANSWERED
    if row["shape"] == "yes_no":
        return "Có" if total else "Không"
    return format_number(total)


def _computed_cell(row: dict[str, Any], total: Decimal | None, included: Decimal | None) -> str:
    if not _is_split(row) or total is None or included is None:
        return ""
    value = _value(row, total, included)
    return NO_NUMBER if value is None else _with_unit(row, value)


def _with_unit(row: dict[str, Any], value: Decimal) -> str:
    return f"{format_number(value)}%" if "%" in row["computed_unit"] else format_number(value)


def _last_year(row: dict[str, Any], total: Decimal | None, included: Decimal | None) -> str:
    if total is None:
        return ""
    if not _is_split(row) or included is None:
        return _answer(row | {"has_no_data": False}, total)
    share = _computed_cell(row, total, included)
    return f"{format_number(included)}/{format_number(total)} ({share})"


def _change(row: dict[str, Any], value: Decimal | None, last_value: Decimal | None) -> str:
    if value is None or last_value is None or row["shape"] == "yes_no":
        return ""
    change = value - last_value
    sign = "+" if change > 0 else ""
    points = " điểm %" if _is_split(row) and "%" in row["computed_unit"] else ""
    return f"{sign}{format_number(change)}{points}"


def _target(row: dict[str, Any], year: int) -> str:
    target = row["target"]
    if not target:
        return ""
    if row["shape"] == "yes_no":
        aim = "Có" if Decimal(target["value"]) else "Không"
    else:
        value = _with_unit(row, Decimal(target["value"]))
        aim = value if value == "100%" else COMPARISONS[target["comparison"]].format(value)
    return aim if target["year"] == year else f"{aim} (năm {target['year']})"


def _reached(row: dict[str, Any], value: Decimal | None, year: int) -> str:
    """Say whether the target is reached; of one that is set for a later year only that it is already."""
    target = row["target"]
    if not target or value is None:
        return ""
    aim = Decimal(target["value"])
    if value >= aim if target["comparison"] == "at_least" else value <= aim:
        return "Đạt"
    return "Chưa đạt" if target["year"] <= year else ""


def _remarks(row: dict[str, Any]) -> Iterator[str]:
    if row["basis"] == "estimate" and not row["has_no_data"]:
        yield "Ước cả năm."
    if row["has_no_data"] and row["reason"]:
        yield f"Lý do: {sentence(row['reason'])}"
    if row["explanation"]:
        yield sentence(row["explanation"])
