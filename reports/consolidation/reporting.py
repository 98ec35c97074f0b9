"""Who has reported in a cycle, and whose words may be merged: live, from what was submitted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assignments.models import Agency
from assignments.text import fold
from reports import access, deadlines, matrix, outline
from reports.models import Report, ReportingCycle, Submission


def reports_of(cycle: ReportingCycle) -> list[Report]:
    """Return the cycle's reports in plan order, those of a group by name, with what the merging asks of them."""
    reports = (
        cycle.reports.with_first_received_at().select_related("cycle__plan", "agency").prefetch_related("submissions")
    )
    # By letters and not by the database's code points: Đ stands beside D.
    return sorted(reports, key=lambda report: (report.participant_number, fold(report.issuer_name)))


def mergeable_submission(report: Report, focal: Agency) -> Submission | None:
    """Return the submission whose words go into the merged report, or None."""
    if report.status == Report.Status.ACCEPTED:
        return report.standing_submission
    if report.status == Report.Status.SUBMITTED and is_merged_unreviewed(report, focal):
        return report.standing_submission
    return None


def is_merged_unreviewed(report: Report, focal: Agency) -> bool:
    """Tell whether the focal agency's own report has no officer who could review it."""
    if report.agency != focal or report.status == Report.Status.ACCEPTED:
        return False
    return not any(access.may_review(officer, report) for officer in access.officers_of(focal))


@dataclass(frozen=True)
class MergedReport:
    """A report whose words may be merged, what it says, and when that arrived."""

    report: Report
    content: dict
    received_at: datetime

    @property
    def is_unreviewed(self) -> bool:
        return self.report.status != Report.Status.ACCEPTED


def merged_reports(cycle: ReportingCycle) -> list[MergedReport]:
    """Return the reports of a cycle that may be merged, in the plan's order."""
    focal = cycle.plan.focal_agency
    return merged_of(reports_of(cycle), focal) if focal else []


def merged_of(reports: Iterable[Report], focal: Agency) -> list[MergedReport]:
    """Return which of the reports may be merged."""
    return [
        MergedReport(report, submission.snapshot, submission.received_at)
        for report in reports
        if (submission := mergeable_submission(report, focal))
    ]


def reporting_state(reports: list[Report], merged: set[Report]) -> dict:
    """Return who has reported on time, late, waits for acceptance, is missing, excused or extended: agencies' names.

    `received_by_day` counts the reports that first arrived on each day, the days in order.
    """
    state: dict = {
        "expected": sum(not r.excused_at for r in reports),
        "on_time": [],
        "late": [],
        "waiting": [],
        "missing": [],
        "excused": [],
        "is_closed": any(r.cycle.closed_at for r in reports),
        "extended": [f"{r.issuer_name} ({r.extension_words})" for r in reports if _is_extended(r)],
    }
    days: Counter[str] = Counter()
    for report in reports:
        received = getattr(report, "first_received_at", None)
        if report.excused_at:
            state["excused"].append(report.issuer_name)
        elif received is None:
            state["missing"].append(report.issuer_name)
        else:
            days[deadlines.day_of(received).isoformat()] += 1
            late = deadlines.is_late(received, report.due_at)
            state["late" if late else "on_time"].append(report.issuer_name)
            if report not in merged:
                state["waiting"].append(report.issuer_name)
    state["received_by_day"] = [{"day": day, "count": days[day]} for day in sorted(days)]
    return state


def _is_extended(report: Report) -> bool:
    return bool(report.extended_due_at) and not report.excused_at


def years_of(cycle: ReportingCycle) -> list[dict[str, int]]:
    """Return how many reports were expected and came, in this year and every one before, oldest first: one query."""
    reports = (
        Report.objects.with_first_received_at()
        .filter(
            cycle__plan=cycle.plan_id,
            cycle__year__lte=cycle.year,
            cycle__opened_at__isnull=False,
            excused_at=None,
        )
        .select_related("cycle")
    )
    years: dict[int, Counter[str]] = {}
    for report in reports:
        count = years.setdefault(report.cycle.year, Counter(expected=0, received=0, on_time=0, late=0))
        count["expected"] += 1
        received = report.first_received_at
        if received is not None:
            count["received"] += 1
            count["late" if deadlines.is_late(received, report.due_at) else "on_time"] += 1
    return [{"year": year, **years[year]} for year in sorted(years)]


def counts_of_area(answers: Iterable[Sequence[dict]], *, expected: int) -> dict[str, int]:
    """Return how many of the agencies expected have results in an area, nothing to report, or said nothing yet.

    `answers` has for each agency the parts of its report that count there.
    """
    states = Counter(matrix.said(parts) for parts in answers)
    told, nothing = states[matrix.SUBMITTED], states[matrix.NOTHING]
    return {"with_results": told, "nothing": nothing, "unknown": expected - told - nothing}


def area_counts(cycle: ReportingCycle) -> list[dict]:
    """Return for every area how many agencies have results, nothing to report, or said nothing yet.

    Live, from what was submitted; no agency's words are in it. Four queries.
    """
    reports = [r for r in reports_of(cycle) if not r.excused_at]
    places = matrix.places_of(cycle)
    said = [
        matrix.parts_by_place(submission.snapshot, places) for r in reports if (submission := r.standing_submission)
    ]
    return [
        {"area": area}
        | counts_of_area((one.get(outline.area_key(area.number), []) for one in said), expected=len(reports))
        for area in cycle.plan.areas.all()
    ]


def whole_nothing(report: Report, content: dict) -> dict:
    """Return an agency that says of its whole report that nothing happened, with the reason."""
    return {"agency": report.issuer_name, "reason": content["nothing"]["reason"]}


def funding_parts(cycle: ReportingCycle) -> tuple[list[dict], list[dict], list[str]]:
    """Return the funding parts of the newest submissions with their agencies, who says of the whole report that
    nothing happened, and who has sent none."""
    rows, nothing, missing = [], [], []
    for report in reports_of(cycle):
        submission = report.standing_submission
        content = submission.snapshot if submission else {"parts": []}
        text = next((part["text"] for part in content["parts"] if part["key"] == "kinh-phi"), "")
        if text.strip():
            rows.append({"agency": report.issuer_name, "text": text, "submitted_at": submission.submitted_at})
        elif content.get("nothing"):
            nothing.append(whole_nothing(report, content))
        elif not report.excused_at:
            missing.append(report.issuer_name)
    return rows, nothing, missing
