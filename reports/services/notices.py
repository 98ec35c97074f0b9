"""What a person does with the mails to them: say that they are read, and which kinds they do without."""

import datetime
from collections.abc import Iterable

from django.db import transaction

from assignments.models import User
from reports import muting
from reports.models import Mail, MutedTopic


def mark_read(*, by: User, now: datetime.datetime, until: datetime.datetime) -> int:
    """Mark as read what came to the person up to a moment, that of the newest they saw; return how many it was."""
    return Mail.objects.unread().filter(recipient=by, noticed_at__lte=until).update(read_at=now)


@transaction.atomic
def choose_topics(wanted: Iterable[str], *, by: User, now: datetime.datetime) -> None:
    """Mail the person what they want of what they may choose among, and nothing else of it."""
    wanted = set(wanted)
    unwanted = [choice.topic for choice in muting.choices_of(by) if choice.topic not in wanted]
    MutedTopic.objects.filter(user=by, topic__in=wanted).delete()
    MutedTopic.objects.bulk_create(
        [MutedTopic(user=by, topic=topic, muted_at=now) for topic in unwanted], ignore_conflicts=True
    )
