"""A plan put together for the reader: areas with measures, agencies with responsibilities, the full text."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from assignments.models import Agency, Assignment, ContentArea, Participant, Plan, Task, TaskArea


@dataclass(frozen=True)
class Share:
    """Who leads, or who helps, in a measure: names, each with its number among the plan's agencies."""

    part: str
    is_proposal: bool
    names: list[tuple[str, int]]


@dataclass(frozen=True)
class AreaWithShares:
    area: ContentArea
    measures: list[tuple[Task, list[Share]]]


def measures_by_area(plan: Plan, *related: Prefetch) -> list[tuple[ContentArea, list[Task]]]:
    """Return the areas, each with its measures, in the plan's order."""
    measures = plan.tasks.filter(kind=Task.Kind.MEASURE).prefetch_related(*related)
    area_of = dict(TaskArea.objects.filter(task__plan=plan, is_main=True).values_list("task_id", "area_id"))
    return [(area, [task for task in measures if area_of[task.pk] == area.pk]) for area in plan.areas.all()]


def participants_of(plan: Plan) -> QuerySet[Participant]:
    """Return the plan's agencies with their responsibilities and members, members in the order they came."""
    return plan.participants.select_related("agency").prefetch_related(
        Prefetch("members", Agency.objects.order_by("pk")),
        Prefetch("responsibilities", Task.objects.prefetch_related("task_areas__area")),
    )


def areas_with_shares(plan: Plan, participants: list[Participant], day: datetime.date) -> list[AreaWithShares]:
    """Return the areas and who does what in their measures on a day."""
    assignments = Prefetch("assignments", Assignment.objects.on(day))
    return [
        AreaWithShares(area, [(measure, list(_shares(measure, participants))) for measure in measures])
        for area, measures in measures_by_area(plan, assignments)
    ]


def _shares(measure: Task, participants: list[Participant]) -> Iterator[Share]:
    """Yield leaders, then helpers, what is settled before what is proposed."""
    for part in Assignment.Part:
        for is_proposal in (False, True):
            agencies = {
                assignment.agency_id
                for assignment in measure.assignments.all()
                if assignment.part == part and assignment.is_proposal == is_proposal
            }
            names = [(name, p.number) for p in participants for name in _names(p, agencies)]
            if names:
                yield Share(part.label, is_proposal, names)


def _names(participant: Participant, agencies: set[int]) -> list[str]:
    """Return the names of those agencies that stand under a number of the plan; a whole group has one."""
    if participant.agency:
        return [participant.agency.short_name] if participant.agency.pk in agencies else []
    members = participant.members.all()
    names = [member.short_name for member in members if member.pk in agencies]
    return [participant.name] if names and len(names) == len(members) else names


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the full text.

    `kind` is "centred" (letterhead, title, signature), "section" (I. to V.), "heading" (an area, an agency) or
    "text"; `words` are the text without the number or dash that opens it.
    """

    anchor: str
    kind: str
    text: str
    words: str


def paragraphs_of(plan: Plan) -> list[Paragraph]:
    """Return the plan's full text without drawn rules and cell marks.

    The plan numbers two sections II, so the anchors of sections count by themselves.
    """
    lines = [line for line in plan.source_text.splitlines() if line.strip("-| ")]
    body_begins = lines.index(plan.title) + 1 if plan.title in lines else 0
    signature = {*plan.signer_lines, plan.signer_name}
    headings = {
        *plan.areas.values_list("title", flat=True),
        *plan.participants.values_list("name", flat=True),
    }
    paragraphs = []
    sections = 0
    for index, text in enumerate(lines, start=1):
        words = re.sub(r"^(- |[0-9]+\. )", "", text)
        anchor, kind = f"doan-{index}", "text"
        if index <= body_begins or text in signature:
            kind = "centred"
        elif re.match(r"[IVX]+\. ", text) and text.isupper():
            sections += 1
            anchor, kind = f"muc-{sections}", "section"
        elif words != text and words in headings:
            kind = "heading"
        paragraphs.append(Paragraph(anchor, kind, text, words))
    return paragraphs
