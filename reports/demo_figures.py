"""The figures of the demonstration, from data/demo-figures.toml: the same for the same agency, year after year."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from zlib import crc32

from reports.figure_tables import rows_of
from reports.figures import FigureInput, is_jump
from reports.models import IndicatorValue, ReportPart

FILE = Path(__file__).parent / "data" / "demo-figures.toml"
UNKNOWN = "Chưa có nguồn số liệu."
# What moves more than this between the two years needs an explanation, which few rows of the file have.
CALM_PERCENT = 25


@cache
def read_figures() -> dict:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def answers_of(part: ReportPart, *, last: bool) -> dict[str, FigureInput]:
    """Return what the agency of a report answers to its indicators in one of the two years."""
    return {row.code: _answer(part.report.agency.slug, row.code, last=last) for row in rows_of(part)}


def _answer(slug: str, code: str, *, last: bool) -> FigureInput:
    data = read_figures()
    if not last and (reason := data["no_data"].get(slug, {}).get(code)):
        return FigureInput(has_no_data=True, reason=reason)
    years = data["exact"].get(slug, {}).get(code) or _typical(slug, code)
    if years is None:
        return FigureInput(has_no_data=True, reason=UNKNOWN)
    total, *included = years[0 if last else 1]
    basis = IndicatorValue.Basis
    return FigureInput(
        Decimal(total),
        Decimal(included[0]) if included else None,
        explanation="" if last else data["explanations"].get(slug, {}).get(code, ""),
        basis=basis.ESTIMATE if code in data["estimates"] else basis.ACTUAL,
    )


def _typical(slug: str, code: str) -> list[list[int]] | None:
    """Return both years of an agency's row: the typical ones, larger or smaller by its name. A yes stays a 1."""
    row = read_figures()["typical"].get(code)
    if row is None:
        return None
    is_district = slug.startswith(("huyen-", "thanh-pho-"))
    numbers = row.get("district", row["last"]) if is_district else row["last"]
    size = 0.75 + crc32(slug.encode()) % 50 / 100
    # A yes stays a yes, and the whole of the province is the same whoever counts it.
    before = (
        numbers if len(numbers) == 1 and numbers[0] <= 1 else [max(1, round(number * size)) for number in numbers]
    )
    now = [_calm(round(number * (100 + row["growth"]) / 100), number) for number in before]
    return [_whole(before), _whole(now)]


def _calm(now: int, before: int) -> int:
    return before if is_jump(Decimal(now), Decimal(before), CALM_PERCENT) else now


def _whole(numbers: list[int]) -> list[int]:
    """Return the numbers with the part no larger than the whole; what may be larger is exact in the file."""
    return [numbers[0], *(min(number, numbers[0]) for number in numbers[1:])]
