"""Charts as data, and their one drawing as SVG: the same in a page, in a PDF and, as a picture, in a Word file.

A drawing is as wide as a telephone, so that its letters stay legible there, and grows downwards: names stand over
their bars and are wrapped, never cut. Tones differ in lightness and in pattern, and every bar says its number, so
nothing is lost in grey. Colours are literal and opaque; there are no style sheets, clip paths or filters, which
archived PDFs forbid or do not see.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import ClassVar, Literal

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reports.figures import format_number


@dataclass(frozen=True, slots=True)
class Series:
    """Named values, one to each category; None where there is none."""

    name: str
    values: tuple[Decimal | int | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart says.

    `form`: "lines" (reports in over time, a step line; the numbers are running totals, one to each day), "stacked"
    (areas by status; the values of a category add up), "targets" (the first series against the second, a mark to
    reach), "bars" (years side by side). At most five series, and values from 0. `title` and `description` are
    read to whoever does not see it; the title is not drawn. `unit` is that of all numbers; targets without one
    are of different units, and each has a scale of its own.
    """

    kind: ClassVar[str] = "chart"
    form: Literal["lines", "stacked", "targets", "bars"]
    title: str
    description: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""


NO_FIGURES = "Chưa có số liệu."

# In units of the drawing: of a PDF's points where it is printed 127 mm wide.
WIDTH = 360
FONT_SIZE = 13
LINE_HEIGHT = 17
BAR_HEIGHT = 20
GAP = 12
PLOT_HEIGHT = 150
# The widest names that still stand beside their bars: years.
WIDEST_BESIDE = 70

INK = "#231f1b"
GRID = "#c4bbae"
PAPER = "#ffffff"


@dataclass(frozen=True, slots=True)
class Tone:
    """How a series looks: its fill, the colour of letters on it, its pattern and that pattern's colour."""

    fill: str
    ink: str
    pattern: Literal["", "rising", "falling", "level"]
    hatch: str
    dashes: str


# From dark to light, every step visible in grey.
TONES = (
    Tone("#6b1512", PAPER, "", "", ""),
    Tone("#3f6f9f", PAPER, "rising", "#a9c4de", "7 3"),
    Tone("#dba63f", INK, "falling", "#8a5f10", "2 3"),
    Tone("#f3e6cb", INK, "level", "#a08a5c", "10 3 2 3"),
    Tone(PAPER, INK, "", "", "1 4"),
)


@dataclass(frozen=True, slots=True)
class Box:
    kind: ClassVar[str] = "box"
    x: str
    y: str
    width: str
    height: str
    fill: str
    outline: str


@dataclass(frozen=True, slots=True)
class Line:
    kind: ClassVar[str] = "line"
    path: str
    colour: str
    width: str
    dashes: str


@dataclass(frozen=True, slots=True)
class Label:
    kind: ClassVar[str] = "label"
    x: str
    y: str
    text: str
    anchor: str
    colour: str


def svg(chart: Chart) -> SafeString:
    """Return the chart as one SVG element: the same chart gives the same text, in a few milliseconds.

    Its ids are made of what it says: one document draws a chart once. Raises ValueError for a sixth series.
    """
    if len(chart.series) > len(TONES):
        raise ValueError(f"A chart shows at most {len(TONES)} series: {chart.title}")
    drawing = Drawing()
    if any(value is not None for series in chart.series for value in series.values):
        FORMS[chart.form](drawing, chart)
    else:
        drawing.write(NO_FIGURES)
    context = {
        "chart": chart,
        "id": f"chart-{hashlib.sha256(repr(chart).encode()).hexdigest()[:12]}",
        "marks": drawing.marks,
        "width": str(WIDTH),
        "height": said(drawing.y + 4),
        "font_size": str(FONT_SIZE),
        "ink": INK,
    }
    return render_to_string("charts/chart.svg", context)


# What is said


def said(number: float) -> str:
    """Return a length as SVG writes it."""
    return f"{number:.1f}".removesuffix(".0")


def figure(value: Decimal | int) -> str:
    """Return a value as people read it: "1.234,5"."""
    return format_number(Decimal(value))


def with_unit(value: Decimal | int, unit: str) -> str:
    return f"{figure(value)}{'' if unit == '%' else ' '}{unit}".rstrip()


NARROW = frozenset("iljtfrI.,:;-/()'|! ")
BROAD = frozenset("mw&")
BROADEST = frozenset("MW%@–—…")


def width_of(text: str) -> float:
    """Return how wide a text is at most: Tinos has no letter that is wider than this says of it."""
    return FONT_SIZE * sum(map(_share_of_em, text))


@cache
def _share_of_em(letter: str) -> float:
    letter = unicodedata.normalize("NFD", letter)[0]
    if letter in NARROW:
        return 0.35
    if letter in BROADEST:
        return 1
    return 0.78 if letter in BROAD or letter.isupper() else 0.57


def wrapped(text: str, width: float) -> Iterator[str]:
    """Yield the lines of a text; a word wider than a line is broken."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if width_of(longer) <= width:
            line = longer
            continue
        if line:
            yield line
        while width_of(word) > width:
            fits = next(n for n in range(len(word) - 1, 0, -1) if width_of(word[:n]) <= width)
            yield word[:fits]
            word = word[fits:]
        line = word
    if line:
        yield line


# What is drawn


class Drawing:
    """Marks one over the other, and `y`, how far down it has come."""

    def __init__(self) -> None:
        self.marks: list[Box | Line | Label] = []
        self.y = 0.0

    def box(self, x: float, y: float, width: float, height: float, fill: str, outline: str = "") -> None:
        self.marks.append(Box(said(x), said(y), said(width), said(height), fill, outline))

    def line(self, path: str, colour: str, width: float = 1, dashes: str = "") -> None:
        self.marks.append(Line(path, colour, said(width), dashes))

    def label(self, x: float, baseline: float, text: str, anchor: str = "", colour: str = "") -> None:
        self.marks.append(Label(said(x), said(baseline), text, anchor, colour))

    def write(self, text: str, x: float = 0) -> None:
        """Write a text across, line under line."""
        for line in wrapped(text, WIDTH - x):
            self.y += LINE_HEIGHT
            self.label(x, self.y - 4, line)

    def bar(self, x: float, width: float, height: float, tone: Tone) -> None:
        """Draw a bar of a tone with its pattern, here; it moves nothing on."""
        self.box(x, self.y, width, height, tone.fill, INK)
        if path := hatching(tone.pattern, x, self.y, width, height):
            self.line(path, tone.hatch)

    def key(self, series: tuple[Series, ...], *, as_lines: bool = False) -> None:
        """Say which tone is whose, as many in a row as fit."""
        x = 0.0
        self.y += 2
        for one, tone in zip(series, TONES, strict=False):
            needed = 24 + width_of(one.name)
            if x and x + needed > WIDTH:
                x, self.y = 0.0, self.y + LINE_HEIGHT
            if as_lines:
                self.line(f"M{said(x)} {said(self.y + 7)}h20", stroke_of(tone), 2.5, tone.dashes)
            else:
                self.bar(x + 1, 16, 12, tone)
            lines = list(wrapped(one.name, WIDTH - 24))
            for line in lines:
                self.label(x + 24, self.y + 11, line)
                self.y += LINE_HEIGHT
            self.y -= LINE_HEIGHT
            x += needed + 14
        self.y += LINE_HEIGHT + 6

    def unit(self, unit: str) -> None:
        if unit:
            self.write(f"Đơn vị tính: {unit}")


def stroke_of(tone: Tone) -> str:
    """Return the colour of a series' line: light fills make no lines."""
    return tone.fill if tone.ink == PAPER else INK


def hatching(pattern: str, x: float, y: float, width: float, height: float) -> str:
    """Return the path of a pattern's lines inside a box, "" for none."""
    if pattern == "level":
        return "".join(f"M{said(x)} {said(y + down)}h{said(width)}" for down in range(4, int(height), 4))
    lines = []
    for start in range(6, int(width + height), 6) if pattern else ():
        # From the upper or left edge to the right or lower one, along x + y = start, seen from a corner.
        x1, y1 = (start, 0.0) if start <= width else (width, start - width)
        x2, y2 = (0.0, start) if start <= height else (start - height, height)
        if pattern == "falling":
            x1, x2 = width - x1, width - x2
        lines.append(f"M{said(x + x1)} {said(y + y1)}L{said(x + x2)} {said(y + y2)}")
    return "".join(lines)


def _stacked(drawing: Drawing, chart: Chart) -> None:
    """A bar for each category under its name, cut by series; numbers that do not fit into it stand below."""
    drawing.unit(chart.unit)
    drawing.key(chart.series)
    columns = list(zip(*(series.values for series in chart.series), strict=True))
    longest = max(sum(value or 0 for value in column) for column in columns) or 1
    for category, column in zip(chart.categories, columns, strict=True):
        drawing.write(category)
        x, left_over = 0.5, []
        for tone, series, value in zip(TONES, chart.series, column, strict=False):
            if not value:
                continue
            width = float(value / Decimal(longest)) * (WIDTH - 1)
            drawing.bar(x, width, BAR_HEIGHT, tone)
            number = figure(value)
            if width_of(number) + 4 <= width:
                _number_on(drawing, x + width / 2, number, tone)
            else:
                left_over.append(f"{series.name}: {number}")
            x += width
        drawing.y += BAR_HEIGHT
        if not any(column):
            drawing.y -= BAR_HEIGHT
            drawing.write("0" if 0 in column else NO_FIGURES)
        drawing.write("; ".join(left_over))
        drawing.y += GAP


def _number_on(drawing: Drawing, middle: float, number: str, tone: Tone) -> None:
    if tone.pattern:
        chip = width_of(number) + 2
        drawing.box(middle - chip / 2, drawing.y + 2, chip, BAR_HEIGHT - 4, tone.fill)
    drawing.label(middle, drawing.y + 14.5, number, "middle", tone.ink)


def _targets(drawing: Drawing, chart: Chart) -> None:
    """A bar for each category with a mark on it where the target is, and both numbers in words."""
    reached, wanted = chart.series
    drawing.key((reached,))
    drawing.y -= LINE_HEIGHT + 8
    x = 24 + width_of(reached.name) + 24
    if x + width_of(wanted.name) > WIDTH:
        x, drawing.y = 12.0, drawing.y + LINE_HEIGHT
    _target_mark(drawing, x - 12, 14)
    drawing.label(x, drawing.y + 13, wanted.name)
    drawing.y += LINE_HEIGHT + 8
    pairs = list(zip(reached.values, wanted.values, strict=True))
    whole = max(value for pair in pairs for value in pair if value is not None)
    for category, pair in zip(chart.categories, pairs, strict=True):
        drawing.write(category)
        value, target = pair
        known = [number for number in pair if number is not None]
        longest = Decimal((whole if chart.unit else max(known, default=0)) or 1)
        drawing.y += 3
        # Half of the mark's width is kept free for a target at the very end.
        room = WIDTH - 6
        if known:
            drawing.line(f"M3 {said(drawing.y + 14)}h{room}", GRID)
        if value:
            drawing.bar(3, float(value / longest) * room, 14, TONES[0])
        if target is not None:
            _target_mark(drawing, 3 + float(target / longest) * room, 14)
        drawing.y += 14 if known else -3
        drawing.y += 2
        drawing.write(f"{_in_words(reached, value, chart.unit)}; {_in_words(wanted, target, chart.unit)}")
        drawing.y += GAP


def _in_words(series: Series, value: Decimal | int | None, unit: str) -> str:
    return f"{series.name}: {'chưa có' if value is None else with_unit(value, unit)}"


def _target_mark(drawing: Drawing, x: float, height: float) -> None:
    path = f"M{said(x)} {said(drawing.y - 3)}v{said(height + 6)}"
    drawing.line(path, PAPER, 6)
    drawing.line(path, INK, 3)


def _bars(drawing: Drawing, chart: Chart) -> None:
    """For each category a bar of every series with its number behind it."""
    drawing.unit(chart.unit)
    if len(chart.series) > 1:
        drawing.key(chart.series)
    values = [value for series in chart.series for value in series.values if value is not None]
    longest = Decimal(max(values) or 1)
    beside = max(width_of(category) for category in chart.categories)
    left = beside + 8 if beside <= WIDEST_BESIDE else 0.0
    room = WIDTH - left - max(width_of(figure(value)) for value in values) - 8
    for index, category in enumerate(chart.categories):
        if left:
            drawing.label(0, drawing.y + 12, category)
        else:
            drawing.write(category)
        for tone, series in zip(TONES, chart.series, strict=False):
            value = series.values[index]
            width = float((value or 0) / longest) * room
            if value:
                drawing.bar(left + 0.5, width, 14, tone)
            drawing.label(left + width + 5, drawing.y + 11.5, "-" if value is None else figure(value))
            drawing.y += 16
        drawing.y += 8


def _lines(drawing: Drawing, chart: Chart) -> None:
    """A step line of every series from day to day; what it has come to is said in the key."""
    drawing.unit(chart.unit)
    known = [[value for value in series.values if value is not None] for series in chart.series]
    newest = [
        Series(f"{series.name}: {figure(values[-1]) if values else '-'}", series.values)
        for series, values in zip(chart.series, known, strict=True)
    ]
    drawing.key(tuple(newest), as_lines=True)
    top = max(value for values in known for value in values) or 1
    # Whole numbers have a middle where they are even.
    levels = [Decimal(0), Decimal(top)] if top % 2 else [Decimal(0), Decimal(top) / 2, Decimal(top)]
    left = max(width_of(figure(level)) for level in levels) + 6
    drawing.y += 6
    bottom = drawing.y + PLOT_HEIGHT

    def height_of(value: Decimal | int) -> float:
        return bottom - float(Decimal(value) / Decimal(top)) * PLOT_HEIGHT

    for level in levels:
        drawing.line(f"M{said(left)} {said(height_of(level))}H{WIDTH}", GRID)
        drawing.label(left - 6, height_of(level) + 4, figure(level), "end")
    step = (WIDTH - left) / len(chart.categories)
    for tone, series in zip(TONES, chart.series, strict=False):
        path = ""
        for index, value in enumerate(series.values):
            if value is not None:
                start = "V" if path and series.values[index - 1] is not None else f"M{said(left + index * step)} "
                path += f"{start}{said(height_of(value))}H{said(left + (index + 1) * step)}"
        drawing.line(path or "M0 0", stroke_of(tone), 2.5, tone.dashes)
    drawing.y = bottom + LINE_HEIGHT
    _days(drawing, chart.categories, left, step)


def _days(drawing: Drawing, categories: tuple[str, ...], left: float, step: float) -> None:
    """Name as many days as stand beside each other, the last one among them."""
    right = WIDTH + 1.0
    for index, category in reversed(list(enumerate(categories))):
        half = width_of(category) / 2
        middle = min(left + (index + 0.5) * step, WIDTH - half)
        if middle + half <= right and middle - half >= left - 6:
            drawing.label(middle, drawing.y - 3, category, "middle")
            right = middle - half - 8


FORMS = {"lines": _lines, "stacked": _stacked, "targets": _targets, "bars": _bars}
