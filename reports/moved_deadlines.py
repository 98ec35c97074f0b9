"""A year's common deadline that moves: whose own last day moves with it, and from which day to which."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from reports import deadlines
from reports.models import Report


@dataclass(frozen=True)
class Moved:
    """A report whose last on-time day is another."""

    report: Report
    before: datetime.date
    after: datetime.date


def moved_by(
    reports: Iterable[Report],
    *,
    was: datetime.datetime,
    due_at: datetime.datetime,
    corrections: deadlines.Corrections,
) -> list[Moved]:
    """Return which reports that are still owed get another last day when their year's deadline moves to `due_at`.

    An extension is kept, and so are five working days after a return where they end later than both.
    """
    found = []
    for report in reports:
        if not report.is_owed or report.extended_due_at:
            continue
        before, after = (
            deadlines.last_day(deadlines.due_after_return(common, report.returned_at, corrections))
            for common in (was, due_at)
        )
        if before != after:
            found.append(Moved(report, before, after))
    return found
