"""What waits for a worker: how much, and since when the oldest could have been done."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Min

from reports import deadlines, delivery
from reports.models import Document, Mail
from reports.models.document import MOST_ATTEMPTS


@dataclass(frozen=True)
class Backlog:
    count: int
    oldest: datetime.datetime | None


def mails(now: datetime.datetime) -> Backlog:
    """Return the mails that could leave now, and those that were tried and put off."""
    untried = delivery.waiting(now).filter(attempts=0)
    tried = Mail.objects.filter(sent_at=None, cancelled_at=None, attempts__gt=0)
    since = [untried.aggregate(at=Min("due_from"))["at"], *_first_tries(tried)]
    return Backlog(untried.count() + tried.count(), min(filter(None, since), default=None))


def documents() -> Backlog:
    """Return the documents that were ordered and are neither made nor given up."""
    waiting = Document.objects.filter(made_at=None, attempts__lt=MOST_ATTEMPTS)
    return Backlog(waiting.count(), waiting.aggregate(at=Min("requested_at"))["at"])


def _first_tries(tried) -> list[datetime.datetime | None]:
    """Return when mails that were tried could have left first: what they tell of happened then.

    A reminder that fell due in the night could leave in the morning.
    """
    told = tried.exclude(kind=Mail.Kind.REMINDER).aggregate(
        event=Min("event__at"), consolidation_event=Min("consolidation_event__at")
    )
    claimed = tried.filter(kind=Mail.Kind.REMINDER).aggregate(at=Min("reminders__claimed_at"))["at"]
    if claimed:
        morning = datetime.datetime.combine(deadlines.day_of(claimed), settings.MAILS_LEAVE_FROM, deadlines.VIETNAM)
        claimed = max(claimed, morning)
    return [*told.values(), claimed]
