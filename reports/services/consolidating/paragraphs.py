"""Adding, removing, moving, joining and splitting the officers' paragraphs."""

import datetime
from itertools import pairwise

from django.db import transaction

from assignments.models import User
from reports.consolidation.sources import paragraphs_of
from reports.models import ConsolidatedParagraph, ConsolidationPart, ParagraphSource
from reports.services.consolidating.steps import (
    begin,
    find_paragraph,
    ordered_paragraphs,
    place_of,
    record_change,
    reword,
    write_order,
)


@transaction.atomic
def add_paragraph(
    part: ConsolidationPart,
    *,
    after: int | None = None,
    by: User,
    now: datetime.datetime,
    version: int | None = None,
) -> ConsolidatedParagraph:
    """Begin an empty paragraph of the officers' own, at the end or after another one."""
    begin(part, by=by, version=version)
    paragraphs = ordered_paragraphs(part)
    place = len(paragraphs) if after is None else place_of(paragraphs, after) + 1
    paragraph = ConsolidatedParagraph(part=part)
    paragraphs.insert(place, paragraph)
    write_order(paragraphs)
    record_change(part, by=by, now=now)
    return paragraph


@transaction.atomic
def remove_paragraph(
    part: ConsolidationPart, paragraph_id: int, *, by: User, now: datetime.datetime, version: int | None = None
) -> None:
    """Remove a paragraph with its words; its sources are not used yet again."""
    begin(part, by=by, version=version)
    find_paragraph(part, paragraph_id).delete()
    record_change(part, by=by, now=now)


@transaction.atomic
def move_paragraph(
    part: ConsolidationPart,
    paragraph_id: int,
    *,
    up: bool,
    by: User,
    now: datetime.datetime,
    version: int | None = None,
) -> None:
    """Move a paragraph one place up or down; at the end of its way it stays."""
    begin(part, by=by, version=version)
    paragraphs = ordered_paragraphs(part)
    place = place_of(paragraphs, paragraph_id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(paragraphs):
        paragraphs[place], paragraphs[other] = paragraphs[other], paragraphs[place]
        write_order(paragraphs)
        record_change(part, by=by, now=now)


@transaction.atomic
def join_with_previous(
    part: ConsolidationPart, paragraph_id: int, *, by: User, now: datetime.datetime, version: int | None = None
) -> ConsolidatedParagraph:
    """Join a paragraph to the one above, which gets its words, below its own, and its sources."""
    begin(part, by=by, version=version)
    paragraphs = ordered_paragraphs(part)
    place = place_of(paragraphs, paragraph_id)
    if place == 0:
        return paragraphs[0]
    above, paragraph = paragraphs[place - 1], paragraphs[place]
    above.text = "\n".join(filter(None, [above.text.rstrip(), paragraph.text]))
    above.for_decision = above.for_decision or paragraph.for_decision
    reword(above, by=by, now=now)
    paragraph.sources.update(paragraph=above)
    paragraph.delete()
    record_change(part, by=by, now=now)
    return above


@transaction.atomic
def split_paragraph(
    part: ConsolidationPart, paragraph_id: int, *, by: User, now: datetime.datetime, version: int | None = None
) -> int:
    """Make every line of a paragraph a paragraph, or of a single line what each source says; return how many.

    A source goes with the piece that says it word for word, and stays with the first where none does.
    """
    begin(part, by=by, version=version)
    paragraphs = ordered_paragraphs(part)
    place = place_of(paragraphs, paragraph_id)
    first = paragraphs[place]
    sources = list(first.sources.all())
    lines = paragraphs_of(first.text)
    if len(lines) == 1:
        lines = _cut(lines[0], [source.text for source in sources])
    if len(lines) < 2:
        return 1
    first.text = lines[0]
    reword(first, by=by, now=now)
    others = [ConsolidatedParagraph(part=part, text=line, for_decision=first.for_decision) for line in lines[1:]]
    paragraphs[place + 1 : place + 1] = others
    write_order(paragraphs)
    for source in sources:
        source.paragraph = next((p for p in [first, *others] if source.text in p.text), first)
    ParagraphSource.objects.bulk_update(sources, ["paragraph"])
    record_change(part, by=by, now=now)
    return len(lines)


def _cut(line: str, words: list[str]) -> list[str]:
    """Return a line in pieces, each beginning where one of the words of its sources does."""
    places = sorted({line.index(text) for text in words if text in line} - {0})
    return [line[start:end].strip() for start, end in pairwise([0, *places, len(line)])]
