"""The merged report of a cycle as data: every agency's words, part by part, and the gaps stated."""

from collections import Counter

from assignments.models import User
from reports import outline, snapshots
from reports.consolidation.reporting import (
    has_nothing,
    mergeable_submission,
    reporting_state,
    reports_of,
    whole_nothing,
)
from reports.models import Report, ReportingCycle


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
        | {"nothing": [whole_nothing(r, s) for r, s in merged if s.get("nothing")]},
        "parts": [
            _common_part("chi-dao", merged, missing),
            *(_area_part(area, merged, missing) for area in plan.areas.all()),
            _responsibilities(merged, missing),
            *(_common_part(key, merged, missing) for key in list(outline.COMMON_PARTS)[1:]),
        ],
    }


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
            if has_nothing(part)
        ],
        "missing": missing,
    }


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
