"""Telling people by mail what happened to a report, or to the merged one."""

from collections.abc import Iterable

from assignments.models import User
from reports import emails, tasks
from reports.models import ConsolidationEvent, Mail, ReportEvent


def tell(kind: Mail.Kind, people: Iterable[User], event: ReportEvent | ConsolidationEvent) -> None:
    """Queue one mail to each person; they leave when the transaction is through."""
    for person in people:
        emails.queue(kind, recipient=person, event=event)
    tasks.deliver_mails.delay_on_commit()
