"""What an agency changed in its report since it was last sent, for whoever checks it."""

from dataclasses import dataclass

from reports.models import Report, ReportEvent, ReportPart

SENT = (ReportEvent.Kind.SENT_UP, ReportEvent.Kind.SUBMITTED, ReportEvent.Kind.ENTERED)


@dataclass(frozen=True)
class Changes:
    """The parts that were saved since a report was sent up, submitted or entered the time before."""

    since: ReportEvent
    parts: list[ReportPart]


def changes_in(report: Report, parts: list[ReportPart]) -> Changes | None:
    """Return what changed since the report was last sent; None where it never was: one query.

    What waits for approval is compared with the time before: that is what its head has seen.
    """
    sent = list(report.events.filter(kind__in=SENT).select_related("by"))
    if report.status == Report.Status.AWAITING_APPROVAL:
        sent = sent[:-1]
    if not sent:
        return None
    return Changes(sent[-1], [part for part in parts if part.saved_at and part.saved_at > sent[-1].at])
