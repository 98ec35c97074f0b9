"""What an agency changed in its report since it was last sent, for whoever checks it."""

from dataclasses import dataclass

from django.db.models import Q

from reports.models import Evidence, Report, ReportEvent, ReportPart, Thread

RETURNS = (ReportEvent.Kind.RETURNED, ReportEvent.Kind.REOPENED)
SENT = (ReportEvent.Kind.SENT_UP, ReportEvent.Kind.SUBMITTED, ReportEvent.Kind.ENTERED)


@dataclass(frozen=True)
class Changes:
    """The parts that were touched since something happened to their report, and how."""

    since: ReportEvent
    saved: list[ReportPart]
    with_evidence: list[ReportPart]
    parts: list[ReportPart]


def changes_in(report: Report, parts: list[ReportPart]) -> Changes | None:
    """Return what changed since the report was last sent; None where it never was: two queries.

    What waits for approval is compared with the time before: that is what its head has seen.
    """
    sent = list(report.events.filter(kind__in=SENT).select_related("by"))
    if report.status == Report.Status.AWAITING_APPROVAL:
        sent = sent[:-1]
    return changes_since(sent[-1], parts) if sent else None


def changes_since(event: ReportEvent, parts: list[ReportPart]) -> Changes:
    """Return which of the parts were saved, or had evidence added or taken away, after the event: one query."""
    moved = Evidence.objects.filter(Q(added_at__gt=event.at) | Q(removed_at__gt=event.at), progress__part__in=parts)
    with_evidence = set(moved.values_list("progress__part", flat=True))
    saved = {part.pk for part in parts if part.saved_at and part.saved_at > event.at}
    return Changes(
        since=event,
        saved=[part for part in parts if part.pk in saved],
        with_evidence=[part for part in parts if part.pk in with_evidence],
        parts=[part for part in parts if part.pk in saved | with_evidence],
    )


def left_since_return(report: Report) -> str:
    """Return what a report that came back from the focal agency still waits for, in words; empty where nothing.

    Complete it was before it came back: what counts now is what was touched and answered since. Three queries.
    """
    returned = report.events.filter(kind__in=RETURNS).order_by("at", "pk").last() if report.returned_at else None
    if returned is None:
        return ""
    threads = Thread.objects.open().filter(part__report=report).with_words()
    unanswered = sum(not thread.answers for thread in threads)
    left = []
    if not changes_since(returned, list(report.parts.select_related("area"))).parts:
        left.append("chưa sửa phần nào từ khi bị trả lại")
    if unanswered:
        left.append(f"còn {unanswered} ý kiến chưa trả lời")
    return ", ".join(left)
