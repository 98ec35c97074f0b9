"""Tables as Excel and LibreOffice copy them, and what taking one over would change, row by row."""

import csv
import difflib
import hashlib
import heapq
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar

from assignments.text import fold

MOST_ROWS = 2_000
NAMES_COMPARED = 5
# Headings that say nothing about an agency or a person; their columns are passed over.
PASSED_OVER = ("STT", "TT", "Số TT", "Ghi chú")


class TableRefused(Exception):
    """A text that is no table of these columns; the words say why, and what to do."""


class OtherListPasted(TableRefused):
    """A table that another page takes."""


@dataclass(frozen=True)
class Column:
    """A column that may be pasted: its heading, what stands in it, and further headings it is known by."""

    key: str
    label: str
    help: str
    is_required: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class OtherList:
    """A list that is pasted on another page: its columns, whose names, and the name of the page."""

    columns: tuple[Column, ...]
    noun: str
    page: str


@dataclass(frozen=True)
class PastedRow:
    """A row with its number in what was pasted, the header counted, and by column its cells that are not empty."""

    number: int
    cells: dict[str, str]
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PastedTable:
    """The rows that hold something; `not_read` are the headings of columns that are passed over."""

    rows: list[PastedRow]
    not_read: list[str]


def read_table(text: str, columns: tuple[Column, ...], other: OtherList) -> PastedTable:
    """Read a pasted table: with a line of headings in any order, without one in the order of `columns`.

    Cells stand between tabs; a cell of several lines stands in quotation marks. Raises TableRefused, and
    OtherListPasted where the headings are those of the `other` list.
    """
    lines = [(number, [_one_cell(cell) for cell in cells]) for number, cells in enumerate(_records(text), start=1)]
    lines = [(number, cells) for number, cells in lines if any(cells)]
    if len(lines) > MOST_ROWS:
        raise TableRefused(f"Có {len(lines)} dòng, mỗi lần dán tối đa {MOST_ROWS} dòng. Hãy chia ra vài lần.")
    if not lines:
        raise TableRefused("Chưa có dòng nào. Hãy chép các dòng trong Excel rồi dán vào ô.")
    (_, headings), *below = lines
    _refuse_other_list(headings, columns, other)
    keys, not_read = _header(headings, columns)
    if keys is None:
        return PastedTable([_row(number, cells, [c.key for c in columns]) for number, cells in lines], [])
    missing = [column.label for column in columns if column.is_required and column.key not in keys]
    if missing:
        raise TableRefused(f"Dòng tiêu đề thiếu cột {_quoted(missing)}.")
    if not below:
        raise TableRefused("Mới có dòng tiêu đề, chưa có dòng nào bên dưới.")
    _refuse_column_without_heading(headings, [cells for _, cells in below])
    return PastedTable([_row(number, cells, keys) for number, cells in below], not_read)


def _records(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True))
    except csv.Error:
        # A quotation mark that opens a cell and closes none is a letter like others.
        return [line.split("\t") for line in text.split("\n")]


def _one_cell(cell: str) -> str:
    """Return a cell with single spaces, its lines kept."""
    lines = (" ".join(line.split()) for line in cell.splitlines())
    return "\n".join(line for line in lines if line)


# The line of headings


def _header(cells: list[str], columns: tuple[Column, ...]) -> tuple[list[str | None] | None, list[str]]:
    """Return the columns that a line of headings names, and the headings passed over; None for a line of data.

    Nobody is called as a column is: one heading that is known makes every other cell of the line one.
    """
    keys = _keys(cells, columns)
    passed_over = {_heading(heading) for heading in PASSED_OVER}
    others = [cell for key, cell in zip(keys, cells, strict=True) if cell and not key]
    unknown = [cell for cell in others if _heading(cell) not in passed_over]
    if len(unknown) == sum(map(bool, cells)):
        return None, []
    if unknown:
        known = "; ".join(column.label for column in columns)
        raise TableRefused(
            f"Dòng tiêu đề có cột không nhận ra: {_quoted(unknown)}. Hãy bỏ cột ấy, hoặc sửa tiêu đề thành một trong "
            f"các cột: {known}."
        )
    for column in columns:
        same = [cell for key, cell in zip(keys, cells, strict=True) if key == column.key]
        if len(same) > 1:
            written = f" ({_quoted(same)})" if len(set(map(_heading, same))) > 1 else ""
            raise TableRefused(f"Dòng tiêu đề có hai cột “{column.label}”{written}. Hãy bỏ bớt một cột.")
    return keys, others


def _refuse_other_list(cells: list[str], columns: tuple[Column, ...], other: OtherList) -> None:
    ours, theirs = _keys(cells, columns), _keys(cells, other.columns)
    if _fit(theirs, other.columns) > _fit(ours, columns):
        foreign = [cell for cell, our, their in zip(cells, ours, theirs, strict=True) if their and not our]
        told_by = f", có cột {_quoted(foreign)}" if foreign else ""
        if_not = " Nếu không phải, hãy bỏ cột ấy." if foreign else ""
        raise OtherListPasted(f"Đây là danh sách {other.noun}{told_by}. Hãy dán ở trang “{other.page}”.{if_not}")


def _fit(keys: list[str | None], columns: tuple[Column, ...]) -> tuple[int, bool]:
    """Return how well headings fit a list: how many it knows, then whether none that it asks for is missing."""
    return sum(map(bool, keys)), all(column.key in keys for column in columns if column.is_required)


def _refuse_column_without_heading(headings: list[str], rows: list[list[str]]) -> None:
    for place, heading in enumerate(headings):
        if not heading and any(place < len(cells) and cells[place] for cells in rows):
            raise TableRefused(
                f"Cột thứ {place + 1} có chữ nhưng không có tiêu đề. Hãy ghi tiêu đề cho cột ấy, hoặc bỏ cột."
            )


def _keys(cells: list[str], columns: tuple[Column, ...]) -> list[str | None]:
    known = {_heading(heading): column.key for column in columns for heading in (column.label, *column.also)}
    return [known.get(_heading(cell)) for cell in cells]


def _heading(cell: str) -> str:
    """Return the words of a heading, folded, without marks and without what stands in brackets."""
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"\(.*?\)", " ", fold(cell), flags=re.DOTALL)))


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


# Rows


def _row(number: int, cells: list[str], keys: Iterable[str | None]) -> PastedRow:
    keys = list(keys)
    named = {key: cell for key, cell in zip(keys, cells, strict=False) if key and cell}
    too_many = [cell for cell in cells[len(keys) :] if cell]
    problems = [f"Thừa ô ở cuối dòng: “{too_many[0]}”. Hãy kiểm tra lại thứ tự các cột."] if too_many else []
    return PastedRow(number, named, problems)


# What taking a table over would change


@dataclass(frozen=True)
class Row:
    """A row whose cells were read; `said` holds those that say something, by column, `problems` what is wrong."""

    number: int
    said: dict[str, Any]
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """A fact that would change, as people read it; `before` is empty for what is new."""

    label: str
    before: str
    after: str


@dataclass
class Line:
    """What one row would do: to whom, the changes, or why it cannot."""

    number: int
    title: str
    is_new: bool = False
    problems: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def kind(self) -> str:
        if self.problems:
            return "error"
        if self.is_new:
            return "new"
        return "changed" if self.changes else "same"

    def change(self, label: str, before: str, after: str) -> bool:
        """Note a change where there is one, and tell."""
        if before == after:
            return False
        self.changes.append(Change(label, before, after))
        return True


OneLine = TypeVar("OneLine", bound=Line)


@dataclass(frozen=True)
class Preview(Generic[OneLine]):
    """All rows of a table with what they would do."""

    lines: list[OneLine]

    def of_kind(self, kind: str) -> list[OneLine]:
        return [line for line in self.lines if line.kind == kind]

    @property
    def errors(self) -> list[OneLine]:
        return self.of_kind("error")

    @property
    def new(self) -> list[OneLine]:
        return self.of_kind("new")

    @property
    def changed(self) -> list[OneLine]:
        return self.of_kind("changed")

    @property
    def same(self) -> list[OneLine]:
        return self.of_kind("same")

    @property
    def shown(self) -> list[OneLine]:
        """Return the lines that say something, those first that cannot be written."""
        return [*self.errors, *self.changed, *self.new]

    @property
    def may_be_saved(self) -> bool:
        return not self.errors and bool(self.new or self.changed)

    @property
    def mark(self) -> str:
        """Return what tells this preview from every other: whoever confirms sends back the one they saw."""
        said = [
            [line.number, line.title, line.kind, *([c.label, c.before, c.after] for c in line.changes)]
            for line in self.lines
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


class ListChanged(Exception):
    """What was confirmed is not what would be written now: something changed since it was shown."""


def nearest(words: str, known: Iterable[str]) -> str:
    """Return a question that names what is spelled most alike, with a space before it; "" where nothing is."""
    asked = fold(words)
    # Comparing letters is slow, and hundreds of names begin with the same words.
    alike = heapq.nlargest(NAMES_COMPARED, known, key=lambda name: len(_words_of(name) & _words_of(words)))
    by_fold = {fold(one): one for one in alike}
    found = difflib.get_close_matches(asked, by_fold, n=1, cutoff=0.6)
    return f" Có phải “{by_fold[found[0]]}”?" if found else ""


@lru_cache(maxsize=4 * MOST_ROWS)
def _words_of(name: str) -> frozenset[str]:
    return frozenset(fold(name).split())
