"""Who has reported in a cycle, and whose words may be merged: live, from what was submitted."""

from assignments.models import Agency
from reports import access, deadlines, outline
from reports.models import Report, ReportingCycle, Submission, TaskProgress

NOTHING = TaskProgress.Status.NOTHING_TO_REPORT


def reports_of(cycle: ReportingCycle):
    """Return the cycle's reports in plan order with what the merging asks of them."""
    return (
        cycle.reports.with_first_received_at()
        .select_related("cycle__plan", "agency")
        .prefetch_related("submissions")
        .order_by("participant_number", "agency__name")
    )


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


def reporting_state(reports: list[Report], merged: set[Report]) -> dict:
    """Return who has reported on time, late, is waiting for acceptance, is missing or excused: agencies' names."""
    state: dict = {
        "expected": sum(not r.excused_at for r in reports),
        "on_time": [],
        "late": [],
        "waiting": [],
        "missing": [],
        "excused": [],
    }
    for report in reports:
        received = getattr(report, "first_received_at", None)
        if report.excused_at:
            state["excused"].append(report.issuer_name)
        elif received is None:
            state["missing"].append(report.issuer_name)
        else:
            late = deadlines.is_late(received, report.due_at)
            state["late" if late else "on_time"].append(report.issuer_name)
            if report not in merged:
                state["waiting"].append(report.issuer_name)
    return state


def has_nothing(part: dict) -> bool:
    """Tell whether an agency says of an area that there was nothing to report, and writes nothing about it."""
    return not part["text"].strip() and bool(part["tasks"]) and all(t["status"] == NOTHING for t in part["tasks"])


def area_counts(cycle: ReportingCycle) -> list[dict]:
    """Return for every area how many agencies have results, nothing to report, or said nothing yet.

    Live, from what was submitted; no agency's words are in it. Three queries.
    """
    reports = [r for r in reports_of(cycle) if not r.excused_at]
    snapshots_ = [r.standing_submission.snapshot for r in reports if r.standing_submission]
    rows = []
    for area in cycle.plan.areas.all():
        parts = [p for content in snapshots_ for p in content["parts"] if p["key"] == outline.area_key(area.number)]
        nothing = sum(has_nothing(p) for p in parts)
        told = sum(
            bool(p["text"].strip()) or any(t["status"] not in ("", NOTHING) for t in p["tasks"]) for p in parts
        )
        rows.append(
            {
                "area": area,
                "with_results": told,
                "nothing": nothing,
                "unknown": len(reports) - told - nothing,
            }
        )
    return rows


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
