"""Noting what was said on the telephone."""

import datetime

from django.db import transaction

from assignments.models import User
from reports import access
from reports.models import ContactCall, Report

SENT_TWICE_WITHIN = datetime.timedelta(minutes=2)


@transaction.atomic
def note_call(
    report: Report,
    *,
    by: User,
    at: datetime.datetime,
    now: datetime.datetime,
    name: str,
    telephone: str,
    outcome: str,
    promised_for: datetime.date | None = None,
    note: str = "",
) -> ContactCall:
    """Note a call that an officer made about a report, `at` or earlier than `now`; return it.

    The same call sent twice, by going back and sending the page again, is noted once.
    """
    access.check_is_officer(by, report.cycle)
    # The second waits until the first is there.
    Report.objects.select_for_update(no_key=True).get(pk=report.pk)
    said = {
        "report": report,
        "by": by,
        "name": name,
        "telephone": telephone,
        "outcome": outcome,
        "promised_for": promised_for,
        "note": note,
    }
    noted = ContactCall.objects.filter(
        **said,
        noted_at__gte=now - SENT_TWICE_WITHIN,
        # The page that is opened again proposes its own minute.
        at__range=(at - SENT_TWICE_WITHIN, at + SENT_TWICE_WITHIN),
    ).last()
    return noted or ContactCall.objects.create(**said, at=at, noted_at=now)
