"""A storm: people are due a reminder, and parts of the portal are killed while the mails leave."""

import dataclasses
import random
import time
from collections import Counter
from dataclasses import dataclass

from django.db import connection

from reports.models import Mail, ReminderDue
from tests.faults.smtp_sink import SmtpSink
from tests.faults.stack import Stack

PATIENCE = 600
BEFORE = 0.9
LATEST_SECONDS = 0.6


@dataclass(frozen=True)
class Storm:
    """What came of it. `kills` are by what was killed; `kills_under_way` are those while people still waited."""

    people: int
    kills: Counter[str]
    kills_under_way: int
    seconds: float
    caught_up_after: float
    lost: set[str]
    doubled: dict[str, int]
    two_ids: dict[str, set[str]]
    refused: set[str]
    unrecorded: int

    @property
    def duplicates(self) -> int:
        return sum(self.doubled.values())


def run_storm(stack: Stack, sink: SmtpSink, people: list[str], *, kills: int, seed: int, calms: bool = True) -> Storm:
    """Kill at random times while the first nine tenths of the mails leave, then wait until everybody has one.

    Each kill comes some time after a certain number of mails has arrived, so that a slow machine is not killed
    faster than it can begin to work, and none comes in step with an arrival.

    Redis is flushed after a third of the kills and killed, to start empty, after two thirds, beside what the dice
    say. The mail server is in its best mood again once the last kill is over, unless it never `calms`.
    """
    dice = random.Random(seed)
    owed = set(people)
    killed: Counter[str] = Counter()
    under_way = 0
    started = time.monotonic()
    stack.wait_until(lambda: bool(sink.accepted), "the first mail arrives")
    moments = sorted(dice.uniform(0, BEFORE * len(owed)) for _ in range(kills))
    for number, moment in enumerate(moments, start=1):
        stack.wait_until(lambda moment=moment: len(sink.reached) >= moment, "mails go on arriving", seconds=PATIENCE)
        stack.run_for(dice.uniform(0, LATEST_SECONDS))
        under_way += not owed <= sink.reached | sink.refused_for_good
        if number == 2 * kills // 3:
            stack.parts["redis"].kill()
            killed["redis"] += 1
        else:
            killed[stack.kill_something(dice)] += 1
        if number == kills // 3:
            stack.wait_until(stack.redis_answers, "Redis answers")
            stack.flush_redis()
    if calms:
        sink.mood = dataclasses.replace(sink.mood, for_now=0, drop=0, hang=0)
    last_kill = time.monotonic()
    stack.wait_for(lambda: owed <= sink.reached | sink.refused_for_good, seconds=PATIENCE)
    caught_up = time.monotonic()
    stack.wait_for(lambda: not rows_left(), seconds=60)
    return Storm(
        people=len(owed),
        kills=killed,
        kills_under_way=under_way,
        seconds=caught_up - started,
        caught_up_after=caught_up - last_kill,
        lost=owed - sink.reached - sink.refused_for_good,
        doubled=sink.doubled,
        two_ids={person: ids for person, ids in sink.ids_by_recipient.items() if len(ids) > 1},
        refused=sink.refused_for_good,
        unrecorded=rows_left(),
    )


def rows_left() -> int:
    """Return how many mails and reminders the database takes for unfinished."""
    connection.close()  # PostgreSQL may have been killed since
    pending = ReminderDue.objects.filter(outcome=ReminderDue.Outcome.PENDING)
    return Mail.objects.filter(sent_at=None, cancelled_at=None).count() + pending.count()
