"""Whether reminding of a year stands still, and when it did: read from the year's events, stored nowhere else."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from reports import deadlines
from reports.models import CycleEvent, ReportingCycle

KINDS = (CycleEvent.Kind.REMINDERS_PAUSED, CycleEvent.Kind.REMINDERS_RESUMED)


@dataclass(frozen=True)
class Pause:
    """A time in which nobody was reminded of a year; `until` None: it lasts."""

    event: CycleEvent
    until: datetime.datetime | None = None

    @property
    def reason(self) -> str:
        return self.event.reason

    def covers(self, day: datetime.date) -> bool:
        """Tell whether a reminder of that day met the pause."""
        if day < deadlines.day_of(self.event.at):
            return False
        return self.until is None or day <= deadlines.day_of(self.until)


def pauses_of(cycles: Iterable[ReportingCycle] | Iterable[int]) -> dict[int, list[Pause]]:
    """Return the pauses of each year, by its id, in order: one query."""
    found: dict[int, list[Pause]] = {}
    events = CycleEvent.objects.filter(cycle__in=cycles, kind__in=KINDS).select_related("by", "cycle")
    for event in events.order_by("at", "pk"):
        pauses = found.setdefault(event.cycle_id, [])
        lasts = bool(pauses) and pauses[-1].until is None
        if event.kind == CycleEvent.Kind.REMINDERS_PAUSED and not lasts:
            pauses.append(Pause(event))
        elif event.kind == CycleEvent.Kind.REMINDERS_RESUMED and lasts:
            pauses[-1] = replace(pauses[-1], until=event.at)
    return found


def pause_of(cycle: ReportingCycle) -> Pause | None:
    """Return the pause that lasts, or None: one query."""
    pauses = pauses_of([cycle]).get(cycle.pk, [])
    return pauses[-1] if pauses and pauses[-1].until is None else None


def paused_years() -> dict[int, Pause]:
    """Return the years, by id, that nobody is reminded of for the time being: one query."""
    paused = CycleEvent.objects.filter(kind=CycleEvent.Kind.REMINDERS_PAUSED).values_list("cycle", flat=True)
    lasting = {cycle: pauses[-1] for cycle, pauses in pauses_of(paused).items()}
    return {cycle: pause for cycle, pause in lasting.items() if pause.until is None}
