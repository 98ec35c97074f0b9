"""The sign of life of what works unseen, kept in the database: the broker may be what has gone.

Beat rings for the sweep and a worker carries it out, so one row tells that scheduler, broker and a worker are all
there.
"""

import datetime
from dataclasses import dataclass

from assignments.models import User
from reports.models import Heartbeat

SWEEP = "sweep"

# As long as workers may all be busy with the longest documents; a stop must show within five minutes.
SILENCE = datetime.timedelta(minutes=4)


def record_sweep(now: datetime.datetime) -> None:
    """Note that a sweep begins."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=SWEEP, at=now)], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def last_sweep() -> datetime.datetime | None:
    """Return when the last sweep began; None where there was none yet."""
    return Heartbeat.objects.filter(name=SWEEP).values_list("at", flat=True).first()


@dataclass(frozen=True)
class Standstill:
    """The sweep does not come by itself any more; `since` is when it last did, None where it never did."""

    since: datetime.datetime | None


def standstill(now: datetime.datetime) -> Standstill | None:
    """Return since when the sweep stands still; None where it comes."""
    at = last_sweep()
    return None if at is not None and now - at <= SILENCE else Standstill(at)


def standstill_for(user: User, now: datetime.datetime) -> Standstill | None:
    """Return since when the sweep stands still, to administrators: on every home that they may have."""
    return standstill(now) if user.is_administrator else None


def is_scheduler_alive(now: datetime.datetime) -> bool:
    """Tell whether the sweep still comes by itself."""
    return standstill(now) is None
