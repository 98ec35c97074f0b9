"""Prepare an empty database for writing: the plan, this year's cycle, and in every agency a clerk and a head.

Nothing is written yet. The people are the demonstration's, and so is their password.
"""

import sys
from contextlib import redirect_stdout

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    from django.utils import timezone

    from assignments.models import Plan
    from reports import deadlines, demo, opening

    with redirect_stdout(sys.stderr):
        call_command("migrate", verbosity=0)
        call_command("load_plan", "assignments/data/ke-hoach-96.toml")
        call_command("load_indicators", "assignments/data/chi-tieu.toml")
    plan, now = Plan.objects.get(), timezone.now()
    demo.make_people(plan, now)
    opening.open_cycle(plan, deadlines.day_of(now).year, by=None, now=now)


if __name__ == "__main__":
    main()
