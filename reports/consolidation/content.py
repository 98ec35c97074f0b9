"""The merged report of a cycle as data: the officers' text with its sources, the figures, and every gap stated."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from assignments.models import User
from reports import matrix, snapshots
from reports.consolidation.figures import tables_of
from reports.consolidation.reporting import (
    MergedReport,
    counts_of_area,
    merged_of,
    reporting_state,
    reports_of,
    whole_nothing,
    years_of,
)
from reports.models import (
    CalendarException,
    ConsolidatedParagraph,
    Consolidation,
    ConsolidationPart,
    ParagraphSource,
    Report,
    ReportingCycle,
    ReportPart,
    TaskProgress,
)
from reports.standing import standings

SCHEMA = 3


def consolidated_report(cycle: ReportingCycle, *, signer: User, version: int, now: datetime) -> dict:
    """Return the merged report as it stands now: what the officers wrote, with whom it comes from.

    Agencies' words stand in it only where the officers took them; figures, statuses and gaps are those of the
    reports that may be merged. As many queries for many agencies as for few.
    """
    plan = cycle.plan
    focal = plan.focal_agency
    if focal is None:
        raise ValueError(f"Plan {plan.number} has no focal agency")
    reports = list(reports_of(cycle))
    merged = merged_of(reports, focal)
    in_it = {one.report for one in merged}
    missing = [r.issuer_name for r in reports if not r.excused_at and r not in in_it]
    draft = Consolidation.objects.get(cycle=cycle)
    tables = tables_of(cycle, merged)
    places = matrix.places_of(cycle)
    return {
        **snapshots.head("consolidated_report", cycle, focal, signer),
        "schema": SCHEMA,
        "version": version,
        "addressee": plan.issuing_body,
        "recipients": ["Như trên", *draft.recipient_names, "Lưu: VT"],
        "changes": draft.changes,
        "reporting": reporting_state(reports, in_it)
        | {"nothing": [whole_nothing(one.report, one.content) for one in merged if one.content.get("nothing")]},
        "matrix": _matrix(cycle, now),
        "parts": [_part(part, merged, missing, tables, places) for part in _parts(draft)],
        "responsibilities": {"agencies": _responsibilities(reports, merged)},
        "tables": tables,
        "years": years_of(cycle),
    }


def _matrix(cycle: ReportingCycle, now: datetime) -> dict:
    corrections = CalendarException.objects.as_corrections()
    reports = cycle.reports.select_related("cycle__plan", "agency").order_by("participant_number", "agency__name")
    return matrix.matrix_of(cycle, standings(reports, now=now, corrections=corrections)).snapshot()


def _parts(draft: Consolidation):
    return draft.parts.select_related("area").prefetch_related(
        Prefetch("paragraphs", ConsolidatedParagraph.objects.exclude(text="")),
        Prefetch("paragraphs__sources", ParagraphSource.objects.select_related("report")),
    )


def _part(
    part: ConsolidationPart,
    merged: Sequence[MergedReport],
    missing: list[str],
    tables: Sequence[dict],
    places: dict[str, str],
) -> dict[str, Any]:
    content = {
        "key": part.key,
        "kind": part.kind,
        "number": part.area.number if part.area else None,
        "title": part.area.title if part.area else part.title,
        "measures": [],
        "paragraphs": [_paragraph(paragraph, merged) for paragraph in part.paragraphs.all()],
        "nothing": [],
        "missing": missing,
        "counts": None,
    }
    if part.kind == ConsolidationPart.Kind.AREA:
        content["measures"] = area_measures(part.key, merged)
        content |= _area_answers(part.key, merged, missing, places)
    if part.kind == ConsolidationPart.Kind.FIGURES:
        without = {name for table in tables for row in table["rows"] for name in row["missing"]}
        content["missing"] = [name for name in missing if name in without]
    return content


def _paragraph(paragraph: ConsolidatedParagraph, merged: Sequence[MergedReport]) -> dict[str, Any]:
    """Return a paragraph with its sources: each agency once, in the plan's order."""
    unreviewed = {one.report.pk for one in merged if one.is_unreviewed}
    sources = {source.report_id: source.report.issuer_name for source in paragraph.sources.all()}
    return {
        "text": paragraph.text,
        "sources": [{"agency": name, "unreviewed": pk in unreviewed} for pk, name in sources.items()],
        "for_decision": paragraph.for_decision,
    }


def area_measures(key: str, merged: Sequence[MergedReport]) -> list[dict[str, Any]]:
    """Return how far an area's measures are: for each, how many agencies answered which status."""
    counts: dict[str, Counter] = {}
    words: dict[str, str] = {}
    for task in (
        task for one in merged for part in one.content["parts"] if part["key"] == key for task in part["tasks"]
    ):
        counts.setdefault(task["code"], Counter())[task["status"]] += 1
        words[task["code"]] = task["text"]
    return [
        {"code": code, "text": words[code], "counts": {s: n for s, n in count.items() if s}}
        for code, count in counts.items()
    ]


def _area_answers(
    key: str, merged: Sequence[MergedReport], missing: list[str], places: dict[str, str]
) -> dict[str, Any]:
    """Return who had nothing in an area, and how many had, in whatever counts there: see `matrix.places_of`."""
    answers = [(one, matrix.parts_by_place(one.content, places).get(key, [])) for one in merged]
    return {
        "nothing": [
            {
                "agency": one.report.issuer_name,
                "reason": "; ".join(dict.fromkeys(task["reason"] for part in parts for task in part["tasks"])),
            }
            for one, parts in answers
            if matrix.said(parts) == matrix.NOTHING
        ],
        "counts": counts_of_area((parts for _, parts in answers), expected=len(merged) + len(missing)),
    }


def _responsibilities(reports: Sequence[Report], merged: Sequence[MergedReport]) -> list[dict[str, Any]]:
    """Return how far every agency's own responsibilities are; of an agency that is not merged, nothing is known."""
    contents = {one.report: one for one in merged}
    assigned: dict[int, list[dict[str, str]]] = {}
    rows = TaskProgress.objects.filter(
        part__report__in=[r for r in reports if not r.excused_at], part__kind=ReportPart.Kind.RESPONSIBILITY
    ).order_by("task__position")
    for report_id, code, text in rows.values_list("part__report_id", "task__code", "task__text"):
        assigned.setdefault(report_id, []).append({"code": code, "text": text, "status": "", "reason": ""})
    agencies = []
    for report in reports:
        one = contents.get(report)
        tasks = _stated_tasks(one.content) if one else assigned.get(report.pk, [])
        if tasks:
            unreviewed = one is not None and one.is_unreviewed
            agencies.append({"agency": report.issuer_name, "unreviewed": unreviewed, "tasks": tasks})
    return agencies


def _stated_tasks(content: dict) -> list[dict[str, str]]:
    return [
        {key: task[key] for key in ("code", "text", "status", "reason")}
        for part in content["parts"]
        if part["kind"] == "responsibility"
        for task in part["tasks"]
    ]
