"""The tables of figures of a plan as a data file: its shape and its checks. Nothing here touches the database."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from assignments.data_file import DataFileError, Place, Reader, Text, parse, read_text
from assignments.models.indicator import CODE, CODE_IN_WORDS, why_not_merged

Year = Annotated[int, range(2000, 2101)]
Code = Annotated[str, Text(form=CODE, said=CODE_IN_WORDS, at_most=20)]

WOMEN = "Trong đó nữ"


@dataclass(frozen=True, kw_only=True)
class TargetData:
    """What should be reached in a year, in the unit of what is computed."""

    year: Year
    value: Decimal
    comparison: Literal["at_least", "at_most"] = "at_least"


@dataclass(frozen=True, kw_only=True)
class IndicatorData:
    """One row of a table; `agencies` are the numbers of the plan's participants that answer it."""

    code: Code
    name: Annotated[str, Text(at_most=300)]
    unit: Annotated[str, Text(at_most=60)]
    shape: Literal["count", "by_sex", "ratio", "yes_no"]
    agencies: list[Annotated[int, range(1, 1000)]]
    factor: Annotated[int, range(1, 10_000_001)] = 100
    decimals: Annotated[int, range(0, 5)] = 0
    total_label: Annotated[str, Text(at_most=200)] = "Tổng số"
    included_label: Annotated[str, Text(at_most=200)] = ""
    merge: Literal["sum", "ratio_of_sums", "latest", "none"] = "sum"
    better: Literal["up", "down"] | None = None
    guidance: str = ""
    targets: list[TargetData] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class TableData:
    """A table that is filled in from its first year to its last, or for good."""

    code: Code
    title: Annotated[str, Text(at_most=200)]
    first_year: Year
    last_year: Year | None = None
    source: Annotated[str, Text(at_most=200)] = ""
    indicators: list[IndicatorData]

    def places(self, index: int) -> Iterator[tuple[Place, IndicatorData]]:
        """Yield the table's indicators with their places in the file; `index` is the table's own."""
        for position, indicator in enumerate(self.indicators):
            place = Place("tables").item(index).key("indicators").item(position, f"mã {indicator.code}")
            yield place, indicator


@dataclass(frozen=True, kw_only=True)
class IndicatorsData:
    """All tables of the plan with a number."""

    plan: Annotated[str, Text(at_most=40)]
    tables: list[TableData]

    def every_indicator(self) -> Iterator[tuple[Place, IndicatorData]]:
        for index, table in enumerate(self.tables):
            yield from table.places(index)


def read_indicators(path: Path) -> IndicatorsData:
    """Read a file of tables; raises DataFileError with every problem that can be seen at once."""
    return check_indicators(parse(read_text(path), path.name))


def check_indicators(content: dict[str, Any]) -> IndicatorsData:
    """Return the tables that a parsed file says; raises DataFileError with what does not fit."""
    reader = Reader(None)
    data = reader.table(IndicatorsData, content, Place())
    found = reader.problems or list(_contradictions(data))
    if found:
        raise DataFileError(found)
    return data


def _contradictions(data: IndicatorsData) -> Iterator[str]:
    """Yield what does not fit together in a file whose every part is well-formed."""
    table_places: dict[str, Place] = {}
    for index, table in enumerate(data.tables):
        place = Place("tables").item(index, f"mã {table.code}")
        if table.code in table_places:
            yield place.problem(f"mã {table.code} đã dùng ở {table_places[table.code].path}")
        table_places.setdefault(table.code, place)
        if table.last_year is not None and table.last_year < table.first_year:
            yield place.key("last_year").problem(f"năm {table.last_year} trước năm đầu {table.first_year}")
        for indicator_place, indicator in table.places(index):
            for target in indicator.targets:
                if target.year < table.first_year or target.year > (table.last_year or target.year):
                    yield indicator_place.key("targets").problem(f"năm {target.year} ngoài thời gian của biểu")
    places: dict[str, Place] = {}
    for place, indicator in data.every_indicator():
        if indicator.code in places:
            yield place.problem(f"mã {indicator.code} đã dùng ở {places[indicator.code].path}")
        places.setdefault(indicator.code, place)
        yield from (place.problem(reason) for reason in _indicator_contradictions(indicator))


def _indicator_contradictions(indicator: IndicatorData) -> Iterator[str]:
    if indicator.shape == "ratio" and not indicator.included_label:
        yield 'tỷ lệ phải có "included_label" (tử số)'
    if indicator.shape != "ratio" and indicator.factor != 100:
        yield '"factor" chỉ dùng cho tỷ lệ (shape = "ratio")'
    if indicator.shape in ("count", "yes_no") and indicator.included_label:
        yield f'"included_label" không dùng cho shape = "{indicator.shape}"'
    if unfit := why_not_merged(indicator.shape, indicator.unit, indicator.merge):
        yield f'"merge": {unfit}'
    for number, times in Counter(indicator.agencies).items():
        if times > 1:
            yield f"cơ quan số {number} ghi {times} lần"
    for year, times in Counter(target.year for target in indicator.targets).items():
        if times > 1:
            yield f"mục tiêu năm {year} ghi {times} lần"
