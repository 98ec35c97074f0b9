"""Putting the mails that tell of an event into the queue, in the transaction that writes the event."""

import datetime

from django.db.models import QuerySet

from assignments.models import User
from reports.models import ConsolidationEvent, CycleEvent, Mail, ReportEvent, Submission

# The field of a mail that names what it tells of.
TOLD_AS: dict[type, str] = {
    ReportEvent: "event",
    ConsolidationEvent: "consolidation_event",
    CycleEvent: "cycle_event",
}

# Officers remark on one part after the other: a mail waits until nobody has for so long, and tells of all.
GATHERED_FOR = datetime.timedelta(minutes=10)


def queue(
    kind: Mail.Kind,
    *,
    recipient: User,
    event: ReportEvent | ConsolidationEvent | CycleEvent,
    due_from: datetime.datetime | None = None,
) -> None:
    """Queue the mail that tells one person of an event, once however often it is asked for.

    It leaves at once, or from `due_from` on; call it in the transaction that writes the event.
    """
    told = TOLD_AS[type(event)]
    Mail.objects.get_or_create(
        key=f"{kind}:{event.pk}:{recipient.pk}",
        defaults={"kind": kind, "recipient": recipient, told: event, "due_from": due_from or event.at},
    )


def queue_gathered(kind: Mail.Kind, *, recipient: User, event: ReportEvent) -> None:
    """Queue the mail that tells one person of all that happens to a report within a while, or put it off once more.

    Call it under the report's lock, in the transaction that writes the event. A mail that somebody has begun to send
    is left alone, and another one queued: the second update looks again under the mail's own lock.
    """
    due_from = event.at + GATHERED_FOR
    unsent = Mail.objects.filter(attempts=0, sent_at=None, cancelled_at=None)
    gathering = list(
        unsent.filter(kind=kind, recipient=recipient, event__report=event.report).values_list("pk", flat=True)
    )
    if not unsent.filter(pk__in=gathering).update(due_from=due_from):
        queue(kind, recipient=recipient, event=event, due_from=due_from)


def receipt_copies(submission: Submission) -> QuerySet[Mail]:
    """Return the mails, sent or on their way, that carry a copy of the submission's receipt."""
    copies = Mail.objects.filter(kind=Mail.Kind.REPORT_SUBMITTED, cancelled_at=None)
    of_submission = copies.filter(event__report=submission.report, event__at=submission.submitted_at)
    return of_submission.select_related("recipient").order_by("recipient__full_name")
