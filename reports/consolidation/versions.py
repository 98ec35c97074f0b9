"""What the next version of the merged report says otherwise than the last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.differences import KEPT, Change, Piece, compare_words, differs, figure_words

# What the merged report states of agencies whatever they wrote, by its key in the content.
STATED = {"late": "Gửi quá hạn", "excused": "Được miễn báo cáo", "extended": "Được gia hạn"}

# A paragraph of a part in pieces.
Line = list[Piece]


@dataclass(frozen=True)
class PartChange:
    """A part whose text differs: its changed paragraphs word by word, an empty one for those left out between."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class StatedChange:
    """A list of agencies of which the newer version names others: `label` is what the document calls the list."""

    label: str
    added: list[str]
    dropped: list[str]


@dataclass(frozen=True)
class VersionChanges:
    """How two versions differ.

    `joined` and `left` are agencies whose reports the newer one holds or no longer holds, `stated` says who is late,
    extended or excused, `year` is sentences about its period and its end.
    """

    parts: list[PartChange]
    figures: list[Change]
    joined: list[str]
    left: list[str]
    stated: list[StatedChange]
    year: list[str]

    def __bool__(self) -> bool:
        return any((self.parts, self.figures, self.joined, self.left, self.stated, self.year))


def version_changes(old: dict[str, Any], new: dict[str, Any]) -> VersionChanges:
    """Compare two contents of the merged report; the older may be of any schema."""
    before, after = _missing(old), _missing(new)
    return VersionChanges(
        parts=list(_part_changes(old, new)),
        figures=list(_figure_changes(old, new)),
        joined=[name for name in before if name not in {*after, *_stated(new, "excused")}],
        left=[name for name in after if name not in {*before, *_stated(old, "excused")}],
        stated=list(_stated_changes(old, new)),
        year=list(_year_changes(old, new)),
    )


def _missing(content: dict[str, Any]) -> list[str]:
    """Return the agencies whose reports are not in it: the first part lacks all of them."""
    return next((part["missing"] for part in content["parts"]), [])


def _stated(content: dict[str, Any], key: str) -> list[str]:
    return content.get("reporting", {}).get(key, [])


def _stated_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[StatedChange]:
    for key, label in STATED.items():
        before, after = _stated(old, key), _stated(new, key)
        added, dropped = (
            [name for name in after if name not in before],
            [name for name in before if name not in after],
        )
        if added or dropped:
            yield StatedChange(label, added, dropped)


def _year_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    was, is_now = (content.get("data_to") for content in (old, new))
    if was and is_now and was != is_now:
        days = [f"{date.fromisoformat(day):%d/%m/%Y}" for day in (was, is_now)]
        yield f"Số liệu tính đến ngày {days[1]}, trước là ngày {days[0]}."
    if "reporting" in old and _is_closed(old) != _is_closed(new):
        yield "Kỳ báo cáo đã kết thúc." if _is_closed(new) else "Kỳ báo cáo đã được mở lại."


def _is_closed(content: dict[str, Any]) -> bool:
    return content.get("reporting", {}).get("is_closed", False)


def _part_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[PartChange]:
    before = {part["key"]: _text(part) for part in old["parts"]}
    for part in new["parts"]:
        pieces = compare_words(before.get(part["key"], ""), _text(part))
        if differs(pieces):
            title = f"{part['number']}. {part['title']}" if part.get("number") else part["title"]
            yield PartChange(title, _changed_lines(pieces))


def _changed_lines(pieces: list[Piece]) -> list[Line]:
    """Return the paragraphs in which something differs; what stands between them unchanged is one empty line."""
    lines: list[Line] = [[]]
    for piece in pieces:
        first, *others = piece.text.split("\n")
        lines[-1].append(Piece(piece.kind, first))
        lines += [[Piece(piece.kind, text)] for text in others]
    shown: list[Line] = []
    for line in lines:
        if differs(line):
            shown.append(line)
        elif any(piece.text and piece.kind == KEPT for piece in line) and (not shown or shown[-1]):
            shown.append([])
    return shown


def _text(part: dict[str, Any]) -> str:
    return "\n".join(paragraph["text"] for paragraph in part.get("paragraphs", ()))


def _figure_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    before = {row["code"]: figure_words(row) for row in _rows(old)}
    for row in _rows(new):
        was, is_now = before.get(row["code"], ""), figure_words(row)
        if was != is_now:
            yield Change(row["code"], row["name"], was, is_now)


def _rows(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for table in content.get("tables") or ():
        yield from table["rows"]
