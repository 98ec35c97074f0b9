"""Reminders while the portal's parts are killed: nothing lost, next to nothing doubled."""

import pytest

from reports.models import Mail
from tests.faults.season import people_due
from tests.faults.smtp_sink import Mood
from tests.faults.storm import run_storm

MOST_SECONDS = 90

# Answers come sooner, the leases that wait for them are shorter and the sweep comes oftener.
IN_A_HURRY = {"EMAIL_TIMEOUT": "2", "SWEEP_SECONDS": "2"}


def test_reminders_reach_everybody_though_parts_are_killed(make_stack, sink):
    sink.mood = Mood(thinking=(0.1, 0.3))
    people = people_due(60)
    stack = make_stack(**IN_A_HURRY)
    stack.start()

    storm = run_storm(stack, sink, people, kills=10, seed=20)

    assert (storm.lost, storm.two_ids, storm.unrecorded) == (set(), {}, 0)
    assert storm.duplicates <= 10


@pytest.mark.faults
@pytest.mark.parametrize(("kills", "seed"), [(0, 1), (100, 1), (100, 2), (300, 1)])
def test_thousand_reminders_with_kills(make_stack, sink, figures, kills, seed):
    sink.seed = seed
    sink.mood = Mood(thinking=(0.1, 0.3), for_now=2, for_good=0.5, drop=0.5)
    people = people_due(1000)
    stack = make_stack()
    stack.take_postgresql()
    stack.start()

    storm = run_storm(stack, sink, people, kills=kills, seed=seed)

    what = f"{storm.people} reminders, {kills} kills (seed {seed})"
    parts = ", ".join(f"{part} {count}" for part, count in storm.kills.most_common())
    figures.note(f"{what}: {storm.seconds:.0f} s; killed {parts or 'nothing'}; mail server {dict(sink.trouble)}")
    figures.hold(f"{what}: lost", len(storm.lost), at_most=0)
    figures.hold(f"{what}: doubled", storm.duplicates, at_most=storm.kills_under_way // 10)
    figures.hold(f"{what}: doubled under another Message-ID", len(storm.two_ids), at_most=0)
    if kills:
        figures.hold(
            f"{what}: seconds from the last kill until caught up", storm.caught_up_after, at_most=MOST_SECONDS
        )
    assert storm.unrecorded == 0
    assert set(Mail.objects.exclude(cancelled_at=None).values_list("recipient__email", flat=True)) == storm.refused
    figures.judge()


@pytest.mark.faults
def test_mail_server_in_every_mood_loses_nothing_and_doubles_what_it_left_unanswered(make_stack, sink, figures):
    sink.mood = Mood(thinking=(0.0, 0.1), for_now=10, for_good=10, drop=10, hang=10)
    people = people_due(60)
    stack = make_stack(**IN_A_HURRY)
    stack.start()

    storm = run_storm(stack, sink, people, kills=0, seed=1, calms=False)

    unanswered = [mail.recipient for mail in sink.accepted if not mail.answered]
    assert sink.trouble.keys() == {"for_now", "drop", "hang"}
    assert storm.refused
    assert (storm.lost, storm.doubled, storm.two_ids, storm.unrecorded) == (set(), {}, {}, 0)
    assert len(sink.accepted) == len(people) - len(storm.refused) + len(unanswered)
    figures.note(f"mail server in every mood: {dict(sink.trouble)}, {len(storm.refused)} refused for good, 0 lost")
