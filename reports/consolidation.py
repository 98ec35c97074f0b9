"""The merged report of a cycle as data: every agency's words, part by part, and the gaps stated."""

from collections import Counter

from assignments.models import Agency, User
from reports import access, deadlines, outline, snapshots
from reports.models import Report, ReportingCycle, Submission, TaskProgress

NOTHING = TaskProgress.Status.NOTHING_TO_REPORT


def consolidated_report(cycle: ReportingCycle, *, signer: User, version: int) -> dict:
    """Return the merged report as it stands: the accepted reports' words with their agencies.

    The focal agency's own report is merged unaccepted, and marked so, where the agency has no officer who had
    no part in it. Eight queries and one per report that is merged unaccepted.
    """
    plan = cycle.plan
    focal = plan.focal_agency
    if focal is None:
        raise ValueError(f"Plan {plan.number} has no focal agency")
    reports = list(reports_of(cycle))
    merged = [(r, s.snapshot) for r in reports if (s := mergeable_submission(r, focal))]
    missing = [r.issuer_name for r in reports if not r.excused_at and r not in {m for m, _ in merged}]
    return {
        **snapshots.head("consolidated_report", cycle, focal, signer),
        "version": version,
        "addressee": "Ủy ban nhân dân tỉnh Lạng Sơn",
        # The plan's recipients, but not its own copy for the files of whoever issued it.
        "recipients": ["Như trên", *(r for r in plan.recipients if not r.startswith("Lưu:")), "Lưu: VT"],
        "reporting": reporting_state(reports, {r for r, _ in merged})
        | {"nothing": [_whole_nothing(r, s) for r, s in merged if s.get("nothing")]},
        "parts": [
            _common_part("chi-dao", merged, missing),
            *(_area_part(area, merged, missing) for area in plan.areas.all()),
            _responsibilities(merged, missing),
            *(_common_part(key, merged, missing) for key in list(outline.COMMON_PARTS)[1:]),
        ],
    }


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


def _whole_nothing(report: Report, content: dict) -> dict:
    """Return an agency that says of its whole report that nothing happened, with the reason."""
    return {"agency": report.issuer_name, "reason": content["nothing"]["reason"]}


def _parts_with_key(merged: list, key: str) -> list[tuple[Report, dict]]:
    return [(report, part) for report, content in merged for part in content["parts"] if part["key"] == key]


def _paragraph(report: Report, text: str) -> dict:
    unreviewed = report.status != Report.Status.ACCEPTED
    return {"agency": report.issuer_name, "text": text, "unreviewed": unreviewed}


def _common_part(key: str, merged: list, missing: list[str]) -> dict:
    parts = _parts_with_key(merged, key)
    return {
        "key": key,
        "kind": "common",
        "title": outline.COMMON_PARTS[key],
        "paragraphs": [_paragraph(report, part["text"]) for report, part in parts if part["text"].strip()],
        "nothing": [],
        "missing": missing,
    }


def _area_part(area, merged: list, missing: list[str]) -> dict:
    parts = _parts_with_key(merged, outline.area_key(area.number))
    counts: dict[str, Counter] = {}
    words: dict[str, str] = {}
    for _, part in parts:
        for task in part["tasks"]:
            counts.setdefault(task["code"], Counter())[task["status"]] += 1
            words[task["code"]] = task["text"]
    return {
        "key": outline.area_key(area.number),
        "kind": "area",
        "number": area.number,
        "title": area.title,
        "measures": [
            {"code": code, "text": words[code], "counts": {s: n for s, n in count.items() if s}}
            for code, count in counts.items()
        ],
        "paragraphs": [_paragraph(report, part["text"]) for report, part in parts if part["text"].strip()],
        "nothing": [
            {"agency": report.issuer_name, "reason": "; ".join(dict.fromkeys(t["reason"] for t in part["tasks"]))}
            for report, part in parts
            if _has_nothing(part)
        ],
        "missing": missing,
    }


def _has_nothing(part: dict) -> bool:
    """Tell whether an agency says of an area that there was nothing to report, and writes nothing about it."""
    return not part["text"].strip() and bool(part["tasks"]) and all(t["status"] == NOTHING for t in part["tasks"])


def _responsibilities(merged: list, missing: list[str]) -> dict:
    return {
        "key": "nhiem-vu",
        "kind": "responsibilities",
        "title": "Kết quả thực hiện nhiệm vụ được phân công",
        "agencies": [
            {
                "agency": report.issuer_name,
                "unreviewed": report.status != Report.Status.ACCEPTED,
                "tasks": [
                    {key: task[key] for key in ("code", "text", "status", "reason")}
                    | {"result": part["text"], "difficulties": part["difficulties"]}
                    for part in content["parts"]
                    if part["kind"] == "responsibility"
                    for task in part["tasks"]
                ],
            }
            for report, content in merged
        ],
        "missing": missing,
    }


def area_counts(cycle: ReportingCycle) -> list[dict]:
    """Return for every area how many agencies have results, nothing to report, or said nothing yet.

    Live, from what was submitted; no agency's words are in it. Three queries.
    """
    reports = [r for r in reports_of(cycle) if not r.excused_at]
    snapshots_ = [r.standing_submission.snapshot for r in reports if r.standing_submission]
    rows = []
    for area in cycle.plan.areas.all():
        parts = [p for content in snapshots_ for p in content["parts"] if p["key"] == outline.area_key(area.number)]
        nothing = sum(_has_nothing(p) for p in parts)
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
            nothing.append(_whole_nothing(report, content))
        elif not report.excused_at:
            missing.append(report.issuer_name)
    return rows, nothing, missing
