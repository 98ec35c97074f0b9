"""A scheduler that was dead for a day, one too many, and one that has stopped."""

import pytest
from django.utils import timezone

from reports import heartbeats, reminders
from reports.models import ReminderDue, Report, ReportingCycle
from tests.faults.season import people_due
from tests.faults.storm import rows_left
from tests.faults.test_storms import IN_A_HURRY

pytestmark = pytest.mark.faults

AGENCY = ["clerk", "head"]


def test_beat_dead_for_a_day_sends_one_current_reminder_each_and_logs_the_skipped(make_stack, sink, figures):
    """Reminders are due three, two and one days before; nothing runs on the day in between."""
    people = people_due(30)
    ReportingCycle.objects.update(milestones=[{"days": days, "to": AGENCY} for days in (-3, -2, -1)])
    today = make_stack(**IN_A_HURRY)
    today.start("worker-1", "beat")
    today.wait_until(lambda: len(sink.accepted) == len(people), "everybody has a reminder")
    today.wait_until(lambda: not rows_left(), "it is recorded")
    today.end()

    # The pretended clocks differ by as long as a process takes to begin: the sweeps expire as late as in production.
    day_after_tomorrow = make_stack(days_ahead=2)
    day_after_tomorrow.start("worker-1", "worker-2", "beat")
    day_after_tomorrow.wait_until(lambda: len(sink.accepted) == 2 * len(people), "everybody has another")
    day_after_tomorrow.run_for(10)

    assert {person: len(ids) for person, ids in sink.ids_by_recipient.items()} == dict.fromkeys(people, 2)
    assert len(sink.accepted) == 2 * len(people)
    skipped = ReminderDue.objects.exclude(outcome="sent").values_list("report", "days", "recipient", "outcome", "why")
    assert sorted(skipped) == [
        (report, -2, None, "skipped", reminders.LATER_MILESTONE)
        for report in Report.objects.order_by("pk").values_list("pk", flat=True)
    ]
    figures.note(f"beat dead for a day: {len(people)} people, one reminder each on return, {len(skipped)} skipped")


def test_two_beats_double_nothing(make_stack, sink, figures):
    people = people_due(60)
    stack = make_stack(**IN_A_HURRY)
    stack.add_beat("beat-2")

    stack.start()
    stack.wait_until(lambda: sink.reached >= set(people), "everybody has a reminder")
    stack.run_for(10)

    assert (len(sink.accepted), sink.doubled) == (len(people), {})
    assert [stack.parts[name].starts for name in ("beat", "beat-2")] == [1, 1]
    figures.note(f"two beats: {len(people)} reminders, 0 doubled")


def test_scheduler_that_stops_falls_silent(make_stack, figures):
    stack = make_stack(**IN_A_HURRY)
    stack.start("worker-1", "worker-2", "beat")
    stack.wait_until(lambda: heartbeats.is_scheduler_alive(timezone.now()), "a worker has swept")

    stack.parts["beat"].stop()
    stack.run_for(5)
    last = heartbeats.last_sweep()
    stack.run_for(10)

    assert heartbeats.last_sweep() == last
    assert not heartbeats.is_scheduler_alive(last + heartbeats.SILENCE + heartbeats.SILENCE / 100)
    seconds = heartbeats.SILENCE.total_seconds()
    figures.hold("a stopped scheduler: seconds until it shows", seconds, at_most=300)
    figures.judge()
