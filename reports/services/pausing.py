"""Letting the reminders of a year stand still, and go on."""

import datetime

from django.db import transaction

from assignments.models import User
from reports import access
from reports.models import CycleEvent, ReportingCycle
from reports.pauses import pause_of


@transaction.atomic
def pause_reminders(cycle: ReportingCycle, *, by: User, now: datetime.datetime, reason: str) -> None:
    """Remind nobody of the year until somebody says otherwise; pausing twice changes nothing.

    What was claimed and has not left waits. What an officer asks for leaves all the same.
    """
    cycle = _lock(cycle, by)
    if pause_of(cycle) is None:
        kind = CycleEvent.Kind.REMINDERS_PAUSED
        CycleEvent.objects.create(cycle=cycle, kind=kind, at=now, by=by, reason=reason)


@transaction.atomic
def resume_reminders(cycle: ReportingCycle, *, by: User, now: datetime.datetime) -> None:
    """Let the sweep remind again: of each report the newest milestone goes out, the older are logged as skipped."""
    cycle = _lock(cycle, by)
    if pause_of(cycle) is not None:
        CycleEvent.objects.create(cycle=cycle, kind=CycleEvent.Kind.REMINDERS_RESUMED, at=now, by=by)


def _lock(cycle: ReportingCycle, by: User) -> ReportingCycle:
    access.check_is_officer(by, cycle)
    locked = ReportingCycle.objects.select_for_update(of=("self",))
    return locked.select_related("plan").get(pk=cycle.pk)
