"""Prepare an empty database for the whole year, and print the link that makes the first administrator.

Plan and tables of figures are loaded, and this year's cycle opens today with three days left after today: of the
reminders exactly the one of three days before is due. Nothing else is made here.
"""

import datetime
import sys
from contextlib import redirect_stdout

import django
from django.core.management import call_command

LAST_DAY_AHEAD = datetime.timedelta(days=3)
ONE_DAY = datetime.timedelta(days=1)


def main() -> None:
    django.setup()
    with redirect_stdout(sys.stderr):
        call_command("migrate", verbosity=0)
        call_command("load_plan", "assignments/data/ke-hoach-96.toml")
        call_command("load_indicators", "assignments/data/chi-tieu.toml")
    plan_year()
    call_command("first_administrator_link")


def plan_year() -> None:
    """Plan the cycle of the year that it is in Vietnam, with dates around today."""
    from django.utils import timezone

    from assignments.models import Plan
    from reports import deadlines, opening

    today = deadlines.day_of(timezone.now())
    cycle = opening.planned_cycle(Plan.objects.get(), today.year)
    cycle.opens_on = today
    cycle.due_at = deadlines.midnight(today + LAST_DAY_AHEAD + ONE_DAY)
    cycle.save()


if __name__ == "__main__":
    main()
