"""What a report says, as data: the canonical JSON that submissions and merged reports are frozen in."""

import hashlib
import json

from assignments.models import Agency, Role, User
from reports import access, completeness, figure_tables
from reports.models import Evidence, Report, ReportingCycle, ReportPart, TaskProgress

SCHEMA = 2


def canonical(content: dict) -> str:
    """Return the one way to write this content as JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(content: dict) -> str:
    """Return the SHA-256 by which a content is known."""
    return sha256(canonical(content))


def seen(content: dict, status: str) -> str:
    """Return by what a page remembers what it showed of a report: all that it says, and its state."""
    return fingerprint({"content": content, "status": status})


def agency_report(report: Report, *, signer: User) -> dict:
    """Return an agency's report as it stands, signed by a person in the name of the agency."""
    focal = report.cycle.plan.focal_agency
    is_focal = report.agency == focal
    parts = completeness.parts_of(report)
    return {
        **head("agency_report", report.cycle, report.agency, signer),
        # The focal agency does not write a letter to itself.
        "addressee": None if is_focal or focal is None else focal.name,
        "recipients": ["UBND tỉnh", "Lưu: VT"] if is_focal else ["Như trên", "Lưu: VT"],
        "letter": None,
        "nothing": {"reason": report.nothing_reason} if report.nothing_at else None,
        "people": _people(report, signer),
        "implementation_plan": _implementation_plan(report),
        "parts": [_part(part) for part in parts],
        # Where the report says that nothing happened, no row was asked for an answer.
        "tables": [] if report.nothing_at else figure_tables.snapshot_of(parts),
    }


def entered_report(report: Report, texts: dict[str, str], *, signer: User, letter: dict) -> dict:
    """Return a report that came on paper as an officer entered it: `texts` (part key -> text) and nothing else.

    `letter` is {"number", "received_on"}. What the agency was drafting is not in it, figures included, nor are
    its writers: nobody submitted that.
    """
    people = {"writers": [], "submitted_by": "", "on_behalf_of": ""}
    content = agency_report(report, signer=signer) | {"letter": letter, "people": people, "tables": []}
    for part in content["parts"]:
        part.update(text=texts.get(part["key"], ""), difficulties="", carried_from=None)
        for task in part["tasks"]:
            task.update(status="", reason="", evidence=[])
    return content


def head(kind: str, cycle: ReportingCycle, agency: Agency, signer: User) -> dict:
    """Return what every snapshot begins with: the plan, the year, the issuing agency and the signer."""
    plan = cycle.plan
    return {
        "schema": SCHEMA,
        "kind": kind,
        "year": cycle.year,
        "data_to": cycle.data_to.isoformat(),
        "plan": {
            "number": plan.number,
            "issued_on": plan.issued_on.isoformat(),
            "issuer": plan.issuer,
            "title": plan.title,
            "short_title": plan.short_title,
        },
        "agency": {
            "slug": agency.slug,
            "name": agency.name,
            "letterhead": agency.letterhead,
            "notation": agency.notation,
            "place": agency.place,
        },
        "signer": signer_of(agency, signer),
    }


def signer_of(agency: Agency, signer: User) -> dict:
    """Return what stands under a document of the agency: no name where the person is not one of its heads."""
    membership = access.acts_through(signer, agency, Role.HEAD)
    return {
        "lines": (membership and membership.signer_lines) or agency.signer_lines,
        "name": signer.full_name if membership else "",
    }


def _people(report: Report, signer: User) -> dict:
    """Return who wrote, in the order in which they first saved, who submits, and whom that person stands in for."""
    first_saves = Report.writers.through.objects.filter(report=report).order_by("pk")
    acting = access.acts_through(signer, report.agency, Role.HEAD, Role.CLERK)
    absent = acting and acting.stands_in_for
    return {
        "writers": list(first_saves.values_list("user__full_name", flat=True)),
        "submitted_by": signer.full_name,
        "on_behalf_of": absent.full_name if absent else "",
    }


def _part(part: ReportPart) -> dict:
    return {
        "key": part.key,
        "kind": part.kind,
        "title": part.area.title if part.area else part.title,
        "number": part.area.number if part.area else None,
        "text": part.text,
        "carried_from": part.carried_from,
        "difficulties": part.difficulties,
        "tasks": [
            {
                "code": p.task.code,
                "text": p.task.text,
                **_stated(p, part.report),
                "evidence": [_evidence(evidence) for evidence in p.evidence.all()],
            }
            for p in part.progress.all()
        ],
    }


def _evidence(evidence: Evidence) -> dict:
    stored = evidence.stored
    return {"name": evidence.name, "sha256": stored.sha256, "size": stored.size, "kind": stored.kind}


def _implementation_plan(report: Report) -> dict | None:
    """Return what the agency says of its own plan to carry this one out; None where it has said nothing."""
    plan = report.implementation_plan
    return plan and {
        "number": plan.number,
        "issued_on": plan.issued_on and plan.issued_on.isoformat(),
        "why_not_yet": plan.why_not_yet,
    }


def _stated(progress: TaskProgress, report: Report) -> dict:
    """Return how far a task got; where the report says that nothing happened, that is said of every task."""
    if report.nothing_at:
        return {"status": TaskProgress.Status.NOTHING_TO_REPORT, "reason": report.nothing_reason}
    # A reason written for another status stays in the draft and is not sent.
    reason = progress.reason if progress.status in TaskProgress.NEEDS_REASON else ""
    return {"status": progress.status, "reason": reason}
