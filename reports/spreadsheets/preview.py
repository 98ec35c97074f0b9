"""What would change in a report if a workbook that was read were taken over."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from reports.figure_tables import Row
from reports.figures import FigureInput
from reports.spreadsheets.layout import ANSWERS, answer_mark, display
from reports.spreadsheets.reading import FiguresRead, Place


@dataclass(frozen=True)
class Change:
    """One field of an answer that would change, with what it says now and what the file says.

    `overwrites` is true where somebody changed the row in the portal after the file was downloaded.
    """

    row: Row
    what: str
    place: Place
    before: str
    after: str
    overwrites: bool


@dataclass(frozen=True)
class Preview:
    """What would be written: the answers of rows that change, by code, and what to know before saying yes.

    `kept` are the codes of rows that changed in the portal alone since the download: they stay as they are.
    `lacking` are sentences about what the figures would still lack.
    """

    answers: dict[str, FigureInput]
    changes: list[Change]
    kept: list[str]
    lacking: list[str]


def preview_of(read: FiguresRead, rows: list[Row]) -> Preview:
    """Compare what a workbook says with the rows as they stand and as they stood when it was made.

    Two people who fill in different rows of two copies do not undo each other's.
    """
    answers, changes, kept = {}, [], []
    for row in rows:
        answer = read.answers.get(row.code)
        if answer is None or answer_mark(answer) == answer_mark(row.answer):
            continue
        made_from = read.made_from[row.code]
        if answer_mark(answer) == made_from:
            kept.append(row.code)
            continue
        answers[row.code] = answer
        changes += _changes(row, answer, read.places, overwrites=answer_mark(row.answer) != made_from)
    return Preview(answers, changes, kept, _lacking(rows, answers))


def _changes(
    row: Row, answer: FigureInput, places: Mapping[tuple[str, str], Place], *, overwrites: bool
) -> list[Change]:
    labels = ANSWERS | {"total": row.indicator.total_label, "included": row.indicator.included_label}
    said = {
        field.name: tuple(display(row.indicator, field.name, getattr(a, field.name)) for a in (row.answer, answer))
        for field in fields(FigureInput)
    }
    return [
        Change(row, labels[name], places[row.code, name], before, after, overwrites)
        for name, (before, after) in said.items()
        if before != after
    ]


def _lacking(rows: list[Row], answers: Mapping[str, FigureInput]) -> list[str]:
    lacking: dict[str, list[str]] = {}
    for row in rows:
        for problem in replace(row, answer=answers.get(row.code, row.answer)).problems:
            lacking.setdefault(problem.summary, []).append(row.code)
    return [f"{summary} {', '.join(codes)}" for summary, codes in lacking.items()]
