"""Keeping how each part is to be written."""

import datetime

from assignments.models import Plan, User
from reports.models import Guidance


def save_guidance(plan: Plan, key: str, *, by: User, now: datetime.datetime, text: str) -> None:
    """Write the officer's guidance of one part; the last save holds. An empty text shows none."""
    Guidance.objects.update_or_create(plan=plan, key=key, defaults={"text": text, "saved_at": now, "saved_by": by})


def restore_guidance(plan: Plan, key: str) -> None:
    """Let the starting text of a part hold again; doing it twice changes nothing."""
    Guidance.objects.filter(plan=plan, key=key).delete()
