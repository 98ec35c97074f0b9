"""Telling people by mail what happened to a report, to the merged one or to a year."""

from collections.abc import Iterable

from assignments.models import User
from reports import emails, tasks
from reports.models import ConsolidationEvent, CycleEvent, Mail, ReportEvent


def tell(kind: Mail.Kind, people: Iterable[User], event: ReportEvent | ConsolidationEvent | CycleEvent) -> None:
    """Queue one mail to each person; they leave when the transaction is through."""
    for person in people:
        emails.queue(kind, recipient=person, event=event)
    tasks.deliver_mails.delay_on_commit()
