"""Celery on another day: python -m tests.faults.pretended 86400 -A plan_portal beat

The seconds are how far its clock is ahead of the real one; everything that it forks has the same clock.
"""

import sys
import time

import time_machine
from celery.__main__ import main

if __name__ == "__main__":
    _, seconds, *arguments = sys.argv
    sys.argv = ["celery", *arguments]
    with time_machine.travel(time.time() + int(seconds), tick=True):
        main()
