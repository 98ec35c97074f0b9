"""Reports and parts as a new request would read them, for remarks on them."""

from reports.models import Report, ReportPart


def at(report) -> Report:
    """Return the report as a new request would read it."""
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


def part_of(report, key="noi-dung-1") -> ReportPart:
    part = report.parts.get(key=key)
    part.report = at(report)
    return part
