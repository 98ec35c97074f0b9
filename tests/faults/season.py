"""Many people who are all due a reminder now."""

import datetime

from django.utils import timezone

from assignments.models import Participant, Role
from reports import deadlines, opening
from tests import factories

# Clerks and heads are reminded three days before, and the next time two days later: not while a run lasts.
DAYS_LEFT = 3


def people_due(count: int) -> list[str]:
    """Make a plan whose agencies, a clerk and a head each, owe a report in three days; return their addresses."""
    now = timezone.now()
    plan = factories.PlanFactory()
    factories.MeasureFactory(area=factories.ContentAreaFactory(plan=plan, number=1))
    people = []
    for number in range(1, count // 2 + 1):
        agency = factories.ParticipantFactory(plan=plan, number=number).agency
        for role in (Role.CLERK, Role.HEAD):
            people.append(factories.MembershipFactory(agency=agency, role=role).user.email)
    plan.participants.filter(number=1).update(role=Participant.Role.FOCAL)
    factories.MembershipFactory(agency=plan.focal_agency, role=Role.OFFICER)
    cycle, _ = opening.open_cycle(plan, now.year, by=None, now=now)
    cycle.due_at = deadlines.midnight(deadlines.day_of(now) + datetime.timedelta(days=DAYS_LEFT + 1))
    cycle.save(update_fields=["due_at"])
    return people
