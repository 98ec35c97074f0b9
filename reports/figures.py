"""Figures as rules: how a number is read and written, what is computed of two, and what is wrong with an answer.

Nothing here touches the database. Numbers are Decimals of at most 15 digits, 4 of them after the comma: what
every database keeps exactly.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from assignments.models import Indicator
from reports.models import IndicatorValue

Shape = Indicator.Shape

MOST_DIGITS = 15
MOST_DECIMALS = 4
# What is computed is rounded once, here, so that every page, document and comparison says the same.
COMPUTED_STEP = Decimal("0.1")

NO_NUMBER = "-"

NO_DATA_AND_A_NUMBER = "Đã đánh dấu “Không có số liệu” nhưng vẫn ghi số. Hãy xóa số hoặc bỏ đánh dấu."


class Shaped(Protocol):
    """What says how two numbers become one: an indicator, or a row of a snapshot."""

    @property
    def shape(self) -> str: ...

    @property
    def factor(self) -> int: ...


@dataclass(frozen=True)
class FigureInput:
    """An agency's answer to one indicator; the fields are those of `IndicatorValue`."""

    total: Decimal | None = None
    included: Decimal | None = None
    has_no_data: bool = False
    reason: str = ""
    explanation: str = ""
    basis: str = IndicatorValue.Basis.ACTUAL


def answer_of(value: IndicatorValue) -> FigureInput:
    """Return what a stored row says."""
    return FigureInput(**{field.name: getattr(value, field.name) for field in fields(FigureInput)})


@dataclass(frozen=True)
class LastFigure:
    """What the same agency submitted for the same indicator the year before."""

    year: int
    total: Decimal | None
    included: Decimal | None


# Numbers as people write them

SPACES = re.compile(r"[\u00a0\u2007\u2009\u202f\t ]+")
PLAIN = re.compile(r"\d+(,\d+)?", re.ASCII)
GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3})+|(?: \d{3})+)(,\d+)?", re.ASCII)
# One thousand two hundred and thirty-four in English, one and a bit in Vietnamese: nobody can tell which.
AMBIGUOUS = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)

HOW_TO_WRITE = "Hãy viết như 1.234,5: dấu chấm ngăn hàng nghìn, dấu phẩy trước phần thập phân."


class NumberNotUnderstood(ValueError):
    """A text that is not a number, or could be two; its words are for whoever typed it."""


def parse_number(text: str) -> Decimal | None:
    """Return the number that a Vietnamese text says; None where it is empty.

    "1.234,5", "1234,5", "1 234" and "1.500" (1500) are numbers. Raises NumberNotUnderstood, with a sentence that
    says how to write it, for everything else: "1,234.5", "1.5", "1,234" (which could be either), "1e3", "-3".
    """
    said = SPACES.sub(" ", text).strip()
    if not said:
        return None
    if not (PLAIN.fullmatch(said) or GROUPED.fullmatch(said)) or AMBIGUOUS.fullmatch(said):
        raise NumberNotUnderstood(_why_not(said))
    number = Decimal(said.replace(".", "").replace(" ", "").replace(",", "."))
    whole, _, decimals = f"{number:f}".partition(".")
    decimals = decimals.rstrip("0")
    if len(decimals) > MOST_DECIMALS:
        raise NumberNotUnderstood(f"Nhiều nhất {MOST_DECIMALS} chữ số sau dấu phẩy. Hãy làm tròn số này.")
    if len(whole.lstrip("0") + decimals) > MOST_DIGITS:
        raise NumberNotUnderstood(f"Nhiều nhất {MOST_DIGITS} chữ số. Hãy kiểm tra lại số này.")
    return number


def _why_not(said: str) -> str:
    if said in ("-", "–", "—"):
        return "Nếu không có số liệu, hãy để trống ô này, đánh dấu “Không có số liệu” và ghi lý do."
    if said[0] in "-–—−":
        return "Số không được âm. Hãy ghi số từ 0 trở lên."
    if AMBIGUOUS.fullmatch(said):
        whole, decimals = said.split(",")
        return (
            f"“{said}” có thể hiểu hai cách. Hãy viết {whole}.{decimals} nếu dấu phẩy ngăn hàng nghìn, "
            f"hoặc {said}0 nếu là số thập phân."
        )
    if re.fullmatch(r"\d+\.\d+", said, re.ASCII):
        return f"“{said}” không rõ là số nào. {HOW_TO_WRITE}"
    if re.search(r"[^\W\d_]|%", said):
        return f"Chỉ ghi số, không ghi chữ hay đơn vị. {HOW_TO_WRITE}"
    return f"Không đọc được “{said[:30]}”. {HOW_TO_WRITE}"


def format_number(number: Decimal | None) -> str:
    """Return the number as "1.234,5", without zeros at the end; "" where there is none.

    `parse_number` reads it back as the same number: 1.234 after the comma is written "1,2340".
    """
    if number is None:
        return ""
    whole, _, decimals = plain(abs(number)).partition(".")
    said = f"{int(whole):,}".replace(",", ".")
    said = f"{said},{decimals}" if decimals else said
    said = f"{said}0" if AMBIGUOUS.fullmatch(said) else said
    return f"-{said}" if number < 0 else said


def plain(number: Decimal) -> str:
    """Return the number as snapshots keep it: "1260", "35.1"."""
    said = f"{number:f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


# What is computed


def computed(indicator: Shaped, total: Decimal | None, included: Decimal | None) -> Decimal | None:
    """Return the share or the rate, rounded to one decimal; None where there is nothing to compute.

    Percent of women for a split by sex, numerator / denominator x factor for a ratio. A denominator of 0 has no
    ratio: it is printed as "-".
    """
    if indicator.shape not in (Shape.BY_SEX, Shape.RATIO) or total is None or included is None or total == 0:
        return None
    factor = 100 if indicator.shape == Shape.BY_SEX else indicator.factor
    return (included * factor / total).quantize(COMPUTED_STEP, ROUND_HALF_UP)


def change_percent(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Return by how many percent a number changed; None where one is missing or it was 0 before."""
    if now is None or before is None or before == 0:
        return None
    return ((now - before) * 100 / before).quantize(COMPUTED_STEP, ROUND_HALF_UP)


def is_jump(now: Decimal | None, before: Decimal | None, jump_percent: int) -> bool:
    """Tell whether a number moved by more than a share since last year; from 0 every number has."""
    if now is None or before is None:
        return False
    return abs(now - before) * 100 > before * jump_percent


# What is wrong with an answer


@dataclass(frozen=True)
class Problem:
    """Something that an answer lacks or that cannot be right.

    `field` is the one of `FigureInput` to mend; `sentence` stands at the row; `summary` is followed by the codes
    of all rows that have it.
    """

    field: str
    sentence: str
    summary: str


def problems_of(
    indicator: Indicator, answer: FigureInput, last: LastFigure | None, jump_percent: int
) -> Iterator[Problem]:
    """Yield what is wrong with an answer: contradictions first, then what is missing. None of it forbids a draft.

    A row is answered by its number or numbers, 0 being one, or by "no data" with a reason. `jump_percent` is the
    cycle's: a number that moved by more than that since last year needs an explanation.
    """
    if answer.has_no_data:
        if answer.total is not None or answer.included is not None:
            yield Problem(
                "total",
                NO_DATA_AND_A_NUMBER,
                "vừa ghi số vừa đánh dấu không có số liệu ở",
            )
        if not answer.reason.strip():
            yield Problem("reason", "Hãy ghi lý do không có số liệu.", "chưa ghi lý do không có số liệu ở")
        return
    yield from _number_problems(indicator, answer)
    if answer.total is None and (answer.included is None or not indicator.is_split):
        yield Problem("total", "Chưa có số liệu. Nếu không phát sinh, hãy ghi 0.", "chưa có số liệu ở")
    elif indicator.is_split and (answer.total is None or answer.included is None):
        field = "total" if answer.total is None else "included"
        yield Problem(field, "Hãy ghi đủ cả hai số.", "chưa ghi đủ hai số ở")
    if not answer.explanation.strip() and has_jumped(indicator, answer, last, jump_percent):
        yield Problem(
            "explanation",
            f"Tăng hoặc giảm quá {jump_percent}% so với năm trước. Hãy giải thích ngắn gọn.",
            f"chưa giải thích mức tăng, giảm quá {jump_percent}% ở",
        )


def _number_problems(indicator: Indicator, answer: FigureInput) -> Iterator[Problem]:
    for field, number in (("total", answer.total), ("included", answer.included)):
        if number is not None and number != round(number, indicator.decimals):
            said = f"nhiều nhất {indicator.decimals} chữ số sau dấu phẩy" if indicator.decimals else "số nguyên"
            yield Problem(field, f"Phải là {said}.", "số lẻ không phù hợp với đơn vị tính ở")
    if indicator.shape == Shape.YES_NO and answer.total not in (None, 0, 1):
        yield Problem("total", "Hãy chọn Có hoặc Không.", "chưa chọn có hoặc không ở")
    if (
        indicator.is_share
        and answer.total is not None
        and answer.included is not None
        and answer.included > answer.total
    ):
        larger, smaller = indicator.included_label, indicator.total_label
        yield Problem(
            "included",
            f"“{larger}” ({format_number(answer.included)}) không thể lớn hơn “{smaller}” "
            f"({format_number(answer.total)}).",
            "số trong đó lớn hơn tổng số ở",
        )


def has_jumped(indicator: Indicator, answer: FigureInput, last: LastFigure | None, jump_percent: int) -> bool:
    """Tell whether one of an answer's numbers moved by more than the share since last year."""
    if last is None or indicator.shape == Shape.YES_NO:
        return False
    return is_jump(answer.total, last.total, jump_percent) or is_jump(answer.included, last.included, jump_percent)
