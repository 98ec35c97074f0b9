"""A row of a table of figures as snapshots keep it, read in words: an agency's own, or the merged one.

A row's numbers are plain decimal strings or None; what is computed of them is computed here and nowhere stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reports.figures import NO_NUMBER, computed, format_number

NO_DATA = "Không có số liệu"
NOT_ANSWERED = "Chưa báo cáo"
NOT_MERGED = "Theo từng đơn vị"

COMPARISONS = {"at_least": "từ {} trở lên", "at_most": "không quá {}"}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Shape:
    shape: str
    factor: int


def decimal(written: str | None) -> Decimal | None:
    """Return a number as a snapshot writes it."""
    return None if written is None else Decimal(written)


def is_split(row: Row) -> bool:
    """Tell whether the row holds two numbers, of which a share or a rate is computed."""
    return row["shape"] in ("by_sex", "ratio")


def value_of(row: Row) -> Decimal | None:
    """Return what years and targets are compared by: a share or a rate, else the number itself."""
    return _value(row, row)


def last_value_of(row: Row) -> Decimal | None:
    """Return the same of the year before; None where it cannot be compared."""
    return _value(row, row["last"]) if row["last"] and is_comparable(row) else None


def is_comparable(row: Row) -> bool:
    """Tell whether this year and last are of the same agencies; only merged rows can be of others."""
    return not row["last"] or row["last"].get("is_comparable", True)


def _value(row: Row, numbers: Row) -> Decimal | None:
    total, included = decimal(numbers["total"]), decimal(numbers["included"])
    return computed(_Shape(row["shape"], row["factor"]), total, included) if is_split(row) else total


def is_percent(row: Row) -> bool:
    """Tell whether the row is compared in percent."""
    return is_split(row) and "%" in row["computed_unit"]


# In words


def total_words(row: Row) -> str:
    """Return the number, the total or the denominator, or the word that stands for it."""
    if row["has_no_data"]:
        return NO_DATA
    if row["total"] is None:
        # Only merged rows have "answers".
        return NOT_MERGED if row["merge"] == "none" and row.get("answers") else NOT_ANSWERED
    return _number_words(row, decimal(row["total"]))


def included_words(row: Row) -> str:
    """Return the women among the total, or the numerator."""
    return format_number(decimal(row["included"]))


def computed_words(row: Row) -> str:
    """Return the share or the rate, "-" for a denominator of 0; empty where there is nothing to compute."""
    return _computed_words(row, row)


def value_words(row: Row) -> str:
    """Return what years and targets are compared by, or the word that stands for it."""
    if is_split(row) and row["total"] is not None and row["included"] is not None:
        return computed_words(row)
    return total_words(row)


def last_words(row: Row) -> str:
    """Return last year's number or numbers, as "85/205 (41,5%)"; empty where there are none."""
    last = row["last"]
    if not last or last["total"] is None:
        return ""
    if not is_split(row) or last["included"] is None:
        return _number_words(row, decimal(last["total"]))
    included, total = format_number(decimal(last["included"])), format_number(decimal(last["total"]))
    return f"{included}/{total} ({_computed_words(row, last)})"


def last_value_words(row: Row) -> str:
    """Return last year's share, rate or number; empty where there is none, or none to compare with."""
    last = row["last"]
    if not last or last["total"] is None or not is_comparable(row):
        return ""
    return _computed_words(row, last) if is_split(row) else _number_words(row, decimal(last["total"]))


def change_words(row: Row) -> str:
    """Return by how much the share, the rate or the number changed since last year."""
    value, last = value_of(row), last_value_of(row)
    if value is None or last is None or row["shape"] == "yes_no":
        return ""
    change = value - last
    sign = "+" if change > 0 else ""
    return f"{sign}{format_number(change)}{' điểm %' if is_percent(row) else ''}"


def target_words(row: Row, year: int) -> str:
    """Return the target in words, with its year where that is not the report's."""
    target = row["target"]
    if not target:
        return ""
    aim = Decimal(target["value"])
    if row["shape"] == "yes_no":
        said = "Có" if aim else "Không"
    else:
        value = _with_unit(row, aim)
        said = value if value == "100%" else COMPARISONS[target["comparison"]].format(value)
    return said if target["year"] == year else f"{said} (năm {target['year']})"


def is_reached(row: Row, year: int) -> bool | None:
    """Tell whether the target is reached; None where nobody can say, or one of a later year is not yet."""
    target, value = row["target"], value_of(row)
    if not target or value is None:
        return None
    aim = Decimal(target["value"])
    if value >= aim if target["comparison"] == "at_least" else value <= aim:
        return True
    return False if target["year"] <= year else None


def reached_words(row: Row, year: int) -> str:
    """Return whether the target is reached, in words."""
    return {True: "Đạt", False: "Chưa đạt", None: ""}[is_reached(row, year)]


def _computed_words(row: Row, numbers: Row) -> str:
    if not is_split(row) or numbers["total"] is None or numbers["included"] is None:
        return ""
    value = _value(row, numbers)
    return NO_NUMBER if value is None else _with_unit(row, value)


def _number_words(row: Row, number: Decimal | None) -> str:
    if row["shape"] == "yes_no" and number is not None:
        return "Có" if number else "Không"
    return format_number(number)


def _with_unit(row: Row, value: Decimal) -> str:
    return f"{format_number(value)}%" if "%" in row["computed_unit"] else format_number(value)
