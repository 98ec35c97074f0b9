"""A worker that makes documents, in a process of its own: python -m tests.reports.document_worker 2026-11-02T09:00Z

Says "ready", waits for a line, then makes what waits as of that time; says what WeasyPrint says of its steps.
"""

import datetime
import logging
import os
import sys

import django
import time_machine


def main(now: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "plan_portal.settings"
    django.setup()
    from reports import tasks

    logging.getLogger("weasyprint.progress").addHandler(logging.StreamHandler(sys.stdout))
    with time_machine.travel(datetime.datetime.fromisoformat(now), tick=True):
        print("ready", flush=True)
        sys.stdin.readline()
        tasks.make_documents()


if __name__ == "__main__":
    main(sys.argv[1])
