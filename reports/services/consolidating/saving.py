"""Saving what the officers type into a part of the merged report."""

import datetime
from collections.abc import Collection, Mapping

from django.db import transaction

from assignments.models import User
from reports.models import ConsolidatedParagraph, ConsolidationPart
from reports.services.consolidating.steps import (
    check_lengths,
    lock_consolidation_part,
    ordered_paragraphs,
    record,
    write_order,
)
from reports.services.writing import CLAIMED, claim_save


@transaction.atomic
def save_consolidation_part(
    part: ConsolidationPart,
    *,
    by: User,
    now: datetime.datetime,
    version: int,
    page: str = "",
    edit: int = 0,
    texts: Mapping[int, str],
    for_decision: Collection[int] | None = None,
    opened_at: datetime.datetime | None = None,
    is_for_a_change: bool = False,
) -> ConsolidationPart:
    """Save the texts of a part and return it as it now stands; `texts` is paragraph id -> text.

    Paragraphs that are not in `texts` keep what they have; the words of one that was removed meanwhile come
    back as a new paragraph at the end, once `claim_save` lets them and unless a paragraph says them already.
    `for_decision` names the paragraphs that ask for a decision; None leaves that as it is. `version`, `page` and
    `edit` are the form's: see `claim_save`. `opened_at` is when the page showed the sources. `is_for_a_change`:
    a change of the paragraphs that the page shows follows, so it has to know the present ones even where it says
    nothing new. Raises SaveConflict where somebody saved or moved something since, TransitionRefused for a
    paragraph that is too long, and what `lock_consolidation_part` raises; then nothing is written.
    """
    lock_consolidation_part(part, by=by)
    paragraphs = ordered_paragraphs(part)
    changed = []
    for paragraph in paragraphs:
        text = texts.get(paragraph.pk, paragraph.text)
        if not text.strip():
            text = ""  # No document prints it.
        decide = paragraph.for_decision if for_decision is None else paragraph.pk in for_decision
        if (text, decide) != (paragraph.text, paragraph.for_decision) and paragraph.pk in texts:
            paragraph.text, paragraph.for_decision = text, decide
            changed.append(paragraph)
    returning = _returning(part, paragraphs, texts)
    if not (changed or returning or is_for_a_change) and version != part.version:
        return part  # Nothing would be overwritten.
    if not claim_save(part, version=version, page=page, edit=edit):
        return part
    if not (changed or returning):
        part.save(update_fields=CLAIMED)
        return part
    check_lengths(changed)
    ConsolidatedParagraph.objects.bulk_update(changed, ["text", "for_decision"])
    write_order(paragraphs + returning)
    record(part, by=by, now=now, seen_at=opened_at or now)
    return part


def _returning(
    part: ConsolidationPart, paragraphs: list[ConsolidatedParagraph], texts: Mapping[int, str]
) -> list[ConsolidatedParagraph]:
    """Return new paragraphs for the words of those that were removed: once, however often a page sends them."""
    said = {paragraph.text.strip() for paragraph in paragraphs} | {""}
    removed = texts.keys() - {paragraph.pk for paragraph in paragraphs}
    return [
        ConsolidatedParagraph(part=part, text=texts[pk]) for pk in sorted(removed) if texts[pk].strip() not in said
    ]
