"""The demonstration's clocks, on whatever day it is loaded."""

import datetime

import pytest

from assignments.models import Role
from reports import deadlines, demo_clocks, opening
from reports.models import Report
from tests import factories
from tests.conftest import YEAR


@pytest.mark.parametrize("day", ["2026-10-12", "2026-11-09", "2026-11-29", "2027-02-06", "2027-10-09"])
def test_demonstration_asks_grants_and_excuses_on_any_day(plan, focal_agency, officer, day):
    clerks = {}
    slugs = (demo_clocks.ASKS, demo_clocks.HAS_MORE_TIME, demo_clocks.IS_EXCUSED)
    for number, slug in enumerate(slugs, start=20):
        agency = factories.AgencyFactory(slug=slug)
        factories.ParticipantFactory(plan=plan, number=number, agency=agency)
        clerks[slug] = factories.MembershipFactory(agency=agency, role=Role.CLERK).user
    now = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(9), deadlines.VIETNAM)
    opened = datetime.datetime(YEAR, 10, 1, 8, tzinfo=deadlines.VIETNAM)
    cycle, _ = opening.open_cycle(plan, YEAR, by=None, now=opened)

    demo_clocks.play(cycle, officer, clerks.__getitem__, now)

    asks, has, excused = (Report.objects.get(agency__slug=slug) for slug in slugs)
    assert [extension.decision for extension in asks.extensions.all()] == [""]
    assert [extension.decision for extension in has.extensions.all()] == ["granted"]
    assert has.last_day > max(cycle.last_day, deadlines.day_of(now))
    assert excused.excused_by == officer
    assert all(event.at <= now for report in (asks, has, excused) for event in report.events.all())
