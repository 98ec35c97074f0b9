"""Noting what was said on the telephone."""

import datetime

from django.db import transaction

from assignments.models import User
from reports import access
from reports.models import ContactCall, Report


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
    """Note a call that an officer made about a report, `at` or earlier than `now`."""
    access.check_is_officer(by, report.cycle)
    return ContactCall.objects.create(
        report=report,
        at=at,
        noted_at=now,
        by=by,
        name=name,
        telephone=telephone,
        outcome=outcome,
        promised_for=promised_for,
        note=note,
    )
