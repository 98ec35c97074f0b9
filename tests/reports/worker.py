"""A worker in a process of its own, on a pretended clock: python -m tests.reports.worker 2026-11-02T09:00:00+07:00

Says "ready", waits for a line, then does one sweep by the command that people use.
"""

import datetime
import os
import sys

import django
import time_machine
from django.core.management import call_command


def main(now: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "plan_portal.settings"
    django.setup()
    with time_machine.travel(datetime.datetime.fromisoformat(now), tick=True):
        print("ready", flush=True)
        sys.stdin.readline()
        call_command("send_reminders")


if __name__ == "__main__":
    main(sys.argv[1])
