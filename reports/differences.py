"""What differs between two versions of a report, word by word: texts, task statuses, figures, evidence.

Nothing here touches the database: both versions are snapshots, of two rounds, of two years, or of what is written now
and what was sent last.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rapidfuzz.distance import Indel

from reports import figure_rows
from reports.models import IndicatorValue, TaskProgress

# A number with its separators and its percent sign is one word: 1.260 and 35,5% change as a whole.
WORD = re.compile(r"(\d+(?:[.,/]\d+)*%?|\w+|[^\w\s]|^(?=\s))(\s*)")
# A line, with the line breaks and blank lines behind it.
LINE = re.compile(r"([^\n]+|^(?=\n))(\n*)")

# Pairs of words: comparing takes a bit of memory for each, so 25 MB. Two longest parts of ordinary words have fewer.
MOST_PAIRS = 200_000_000

KEPT, REMOVED, ADDED = "kept", "removed", "added"


@dataclass(frozen=True)
class Piece:
    """Some words of two texts: kept in both, removed from the old one, or added in the new one."""

    kind: str
    text: str

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it to read: a line break more or less."""
        return not self.text.strip()


def compare_words(old: str, new: str) -> list[Piece]:
    """Return two texts as one row of pieces: without what was added it is the old one, to the letter.

    Lines are compared first, then the words of lines that differ; where those are more than MOST_PAIRS, the old
    ones stand whole before the new ones.
    """
    return _joined(_pieces(_word_runs(_runs(LINE.findall(old), LINE.findall(new)))))


def _word_runs(line_runs: Iterable[tuple[bool, list, list]]) -> Iterator[tuple[bool, list, list]]:
    for kept, old, new in line_runs:
        if kept:
            yield kept, old, new
        else:
            yield from _without_islands(_runs(WORD.findall(_text(old)), WORD.findall(_text(new))))


def _runs(old: list, new: list) -> list[tuple[bool, list, list]]:
    """Return what both have and what differs, in turn: (is kept, old words, new words), words with their spaces.

    Lines are words here, and line breaks their spaces. They are compared as numbers of our own: Indel compares
    hashes, and an empty word and a NUL have the same.
    """
    if len(old) * len(new) > MOST_PAIRS:
        return [(False, old, new)]
    numbers: dict[str, int] = {}
    numbered = [[numbers.setdefault(word, len(numbers)) for word, _ in words] for words in (old, new)]
    runs: list[tuple[bool, list, list]] = []
    for step in Indel.opcodes(*numbered):
        kept = step.tag == "equal"
        if not runs or runs[-1][0] != kept:
            runs.append((kept, [], []))
        runs[-1][1].extend(old[step.src_start : step.src_end])
        runs[-1][2].extend(new[step.dest_start : step.dest_end])
    return runs


def _without_islands(runs: list[tuple[bool, list, list]]) -> Iterator[tuple[bool, list, list]]:
    """Count a few common words between two longer changes to the changes: nobody reads every second word."""
    held: tuple[bool, list, list] | None = None
    for place, (kept, old, new) in enumerate(runs):
        if kept and 0 < place < len(runs) - 1:
            before, after = (max(len(run[1]), len(run[2])) for run in (runs[place - 1], runs[place + 1]))
            kept = len(old) >= min(before, after)
        if held and held[0] == kept:
            held = (kept, held[1] + old, held[2] + new)
        else:
            if held:
                yield held
            held = (kept, old, new)
    if held:
        yield held


def _pieces(runs: Iterable[tuple[bool, list, list]]) -> Iterator[Piece]:
    for kept, old, new in runs:
        if not kept:
            yield Piece(REMOVED, _text(old))
            yield Piece(ADDED, _text(new))
            continue
        for (word, space), (_, new_space) in zip(old, new, strict=True):
            if space == new_space:
                yield Piece(KEPT, word + space)
            else:
                yield from (Piece(KEPT, word), Piece(REMOVED, space), Piece(ADDED, new_space))


def _text(words: list) -> str:
    return "".join(word + space for word, space in words)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Join neighbours of one kind; empty ones go."""
    said = (piece for piece in pieces if piece.text)
    return [Piece(kind, "".join(piece.text for piece in run)) for kind, run in groupby(said, key=lambda p: p.kind)]


def differs(pieces: list[Piece]) -> bool:
    """Tell whether a reader would see a difference; line breaks alone are none."""
    return any(piece.kind != KEPT and not piece.is_blank for piece in pieces)


# A part of a report


@dataclass(frozen=True)
class Change:
    """One thing that was stated otherwise: a task's status, or a figure. `by` is the change of a number."""

    code: str
    name: str
    old: str
    new: str
    by: str = ""
    words: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class PartDifference:
    """How a part differs from another version of it."""

    text: list[Piece]
    difficulties: list[Piece]
    tasks: list[Change]
    figures: list[Change]
    files_added: list[str]
    files_removed: list[str]

    def __bool__(self) -> bool:
        return (
            differs(self.text)
            or differs(self.difficulties)
            or any((self.tasks, self.figures, self.files_added, self.files_removed))
        )


def between(old: dict[str, Any], new: dict[str, Any]) -> dict[str, PartDifference]:
    """Return for each part of the new snapshot, by key, how it differs from the old one.

    A part that the old one lacks is compared with an empty one.
    """
    before = {part["key"]: part for part in old["parts"]}
    figures = _figure_changes(old, new)
    nothing = {"text": "", "difficulties": "", "tasks": []}
    return {
        part["key"]: _part_difference(
            before.get(part["key"], nothing), part, figures if part["kind"] == "figures" else []
        )
        for part in new["parts"]
    }


def _part_difference(old: dict[str, Any], new: dict[str, Any], figures: list[Change]) -> PartDifference:
    old_files, new_files = _files(old), _files(new)
    return PartDifference(
        text=compare_words(old["text"], new["text"]),
        difficulties=compare_words(old["difficulties"], new["difficulties"]),
        tasks=list(_task_changes(old["tasks"], new["tasks"])),
        figures=figures,
        files_added=[name for file, name in new_files.items() if file not in old_files],
        files_removed=[name for file, name in old_files.items() if file not in new_files],
    )


def _files(part: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (task["code"], file["sha256"]): f"{task['code']}: {file['name']}"
        for task in part["tasks"]
        for file in task.get("evidence", ())
    }


def _task_changes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    before = {task["code"]: task for task in old}
    for task in new:
        earlier = before.get(task["code"], {"status": "", "reason": ""})
        reason = compare_words(earlier["reason"], task["reason"])
        if earlier["status"] != task["status"] or differs(reason):
            yield Change(
                code=task["code"],
                name=task["text"],
                old=_status_words(earlier["status"]),
                new=_status_words(task["status"]),
                words=tuple(reason),
            )


def _status_words(status: str) -> str:
    return TaskProgress.Status(status).label if status else "Chưa chọn mức độ"


def _figure_changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    before = {row["code"]: row for row in _rows(old)}
    changes = (_figure_change(before.get(row["code"]), row) for row in _rows(new))
    return [change for change in changes if change.old != change.new or differs(list(change.words))]


def _rows(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for table in content.get("tables") or ():
        yield from table["rows"]


def _figure_change(old: dict[str, Any] | None, new: dict[str, Any]) -> Change:
    unanswered = new | {"total": None, "included": None, "has_no_data": False, "answers": []}
    earlier = unanswered | {"reason": "", "explanation": "", "basis": ""} if old is None else old
    by = figure_rows.change_words(new | {"last": earlier})
    words = compare_words(_remarks(earlier), _remarks(new))
    return Change(new["code"], new["name"], figure_words(earlier), figure_words(new), by=by, words=tuple(words))


def figure_words(row: dict[str, Any]) -> str:
    """Return the whole answer to a row in words: "85/205 (41,5%)", "1.260, ước cả năm", "Không có số liệu"."""
    said = figure_rows.total_words(row)
    if row["total"] is not None and figure_rows.is_split(row) and row["included"] is not None:
        said = f"{figure_rows.included_words(row)}/{said} ({figure_rows.computed_words(row)})"
    estimated = row["basis"] == IndicatorValue.Basis.ESTIMATE and row["total"] is not None
    return f"{said}, ước cả năm" if estimated else said


def _remarks(row: dict[str, Any]) -> str:
    return "\n".join(words for words in (row["reason"], row["explanation"]) if words)
