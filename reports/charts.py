"""Charts as data, and their one drawing as SVG: the same in a page, in a PDF and, as a picture, in a Word file."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Series:
    """Named values, one to each category; None where there is none."""

    name: str
    values: tuple[Decimal | int | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart says.

    `form`: "lines" (reports in over time), "stacked" (areas by status; the values of a category add up),
    "targets" (the first series against the second, a mark to reach), "bars" (years side by side). `title` and
    `description` are read to whoever does not see it; `unit` follows every number.
    """

    kind: ClassVar[str] = "chart"
    form: Literal["lines", "stacked", "targets", "bars"]
    title: str
    description: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
