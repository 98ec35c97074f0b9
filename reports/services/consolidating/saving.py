"""Saving what the officers type into a part of the merged report, several of them at once."""

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from enum import Enum

from django.db import transaction

from assignments.models import User
from reports.merging import base_of
from reports.models import ConsolidatedParagraph, ConsolidationPart
from reports.models.saving import Saved
from reports.services.consolidating.steps import (
    PARAGRAPH_STATE,
    check_lengths,
    lock_consolidation_part,
    ordered_paragraphs,
    record,
    write_order,
)
from reports.services.writing import CLAIMED, SaveConflict

# The base of words for a paragraph that their writer knows to be removed: they come back.
REMOVED_BASE = "removed"


class Verdict(Enum):
    """What becomes of the words that a page sends for one paragraph."""

    KEPT = "kept"
    WRITTEN = "written"
    DISPUTED = "disputed"


def save_consolidation_part(
    part: ConsolidationPart,
    *,
    by: User,
    now: datetime.datetime,
    page: str = "",
    edit: int = 0,
    texts: Mapping[int, str],
    bases: Mapping[int, str] | None = None,
    for_decision: Collection[int] | None = None,
    opened_at: datetime.datetime | None = None,
    shown: Sequence[int] | None = None,
) -> ConsolidationPart:
    """Save the texts of a part and return it as it now stands; `texts` is paragraph id -> text.

    `bases` has for each what `merging.base_of` gives of the words that the writer saw before; None stands for the
    present ones. A paragraph that somebody else changed meanwhile keeps their words where the writer left it
    alone; where both wrote, it keeps them too, and SaveConflict is raised when the other paragraphs are saved.
    What a `page` sent itself it may go on from, though it never heard that it was saved; an `edit` of its that a
    newer one overtook changes nothing. Paragraphs that are not in `texts` keep what they have. Words for one that
    was removed are a conflict too, and come back as a new paragraph at the end once their base is REMOVED_BASE,
    unless a paragraph says them already. `for_decision` names the paragraphs that ask for a decision; None leaves
    that as it is. `opened_at` is when the page showed the sources.

    `shown` is for a change of the paragraphs that follows: in which order the page shows them. SaveConflict
    is raised, too, where that is not how they stand, or one of them says what the page does not know. Raises
    TransitionRefused for a paragraph that is too long, and what `lock_consolidation_part` raises; then nothing is
    written.
    """
    conflict = _save(
        part,
        by=by,
        now=now,
        page=page,
        edit=edit,
        texts=texts,
        bases=bases,
        for_decision=for_decision,
        opened_at=opened_at,
        shown=shown,
    )
    if conflict:
        raise SaveConflict(part, conflict)
    return part


@transaction.atomic
def _save(
    part: ConsolidationPart,
    *,
    by: User,
    now: datetime.datetime,
    page: str,
    edit: int,
    texts: Mapping[int, str],
    bases: Mapping[int, str] | None,
    for_decision: Collection[int] | None,
    opened_at: datetime.datetime | None,
    shown: Sequence[int] | None,
) -> Saved | None:
    """Save what can be saved; return what somebody else saved last of the rest, None where there is no rest."""
    lock_consolidation_part(part, by=by)
    if page and part.saved_page == page and edit < part.saved_edit:
        return None
    before = copy(part)
    paragraphs = ordered_paragraphs(part)
    written, disputed = [], []
    is_shown_so = shown is not None and list(shown) == [paragraph.pk for paragraph in paragraphs]
    for paragraph in paragraphs:
        if paragraph.pk not in texts:
            continue
        text = texts[paragraph.pk] if texts[paragraph.pk].strip() else ""  # No document prints it.
        decide = paragraph.for_decision if for_decision is None else paragraph.pk in for_decision
        base = None if bases is None else bases.get(paragraph.pk, "")
        is_own = page != "" and paragraph.saved_page == page
        match _judge(paragraph, text, decide, base=base, own_edit=edit if is_own else None):
            case Verdict.WRITTEN:
                paragraph.text, paragraph.for_decision = text, decide
                paragraph.saved_page, paragraph.saved_edit = page, edit
                paragraph.saved_at, paragraph.saved_by = now, by
                written.append(paragraph)
            case Verdict.DISPUTED:
                disputed.append(paragraph)
            case Verdict.KEPT:
                is_shown_so = is_shown_so and (text, decide) == (paragraph.text, paragraph.for_decision)
    check_lengths(written)
    returning, is_removal_known = _removed(part, paragraphs, texts, bases)
    part.saved_page, part.saved_edit = page, edit
    if written or returning:
        ConsolidatedParagraph.objects.bulk_update(written, PARAGRAPH_STATE)
        write_order(paragraphs + returning)
        record(part, by=by, now=now, seen_at=opened_at or now)
    else:
        part.save(update_fields=CLAIMED)
    if disputed:
        return max(disputed, key=lambda paragraph: paragraph.saved_at.timestamp() if paragraph.saved_at else 0)
    return None if is_removal_known and (shown is None or is_shown_so) else before


def _judge(
    paragraph: ConsolidatedParagraph, text: str, decide: bool, *, base: str | None, own_edit: int | None
) -> Verdict:
    """Say what becomes of words. `own_edit` is the page's edit where it also sent the words saved now."""
    if (text, decide) == (paragraph.text, paragraph.for_decision):
        return Verdict.KEPT
    if own_edit is not None:
        return Verdict.WRITTEN if own_edit >= paragraph.saved_edit else Verdict.KEPT
    if base is None or base == base_of(paragraph.text, paragraph.for_decision):
        return Verdict.WRITTEN
    return Verdict.KEPT if base == base_of(text, decide) else Verdict.DISPUTED


def _removed(
    part: ConsolidationPart,
    paragraphs: list[ConsolidatedParagraph],
    texts: Mapping[int, str],
    bases: Mapping[int, str] | None,
) -> tuple[list[ConsolidatedParagraph], bool]:
    """Return new paragraphs for the words of those that were removed, and whether no words are left over.

    They come back once, however often a page sends them.
    """
    typed = dict(words_of_removed(paragraphs, texts, bases or {}))
    returning = [pk for pk in typed if bases is None or bases.get(pk) == REMOVED_BASE]
    return [ConsolidatedParagraph(part=part, text=typed[pk]) for pk in returning], len(returning) == len(typed)


def words_of_removed(
    paragraphs: list[ConsolidatedParagraph], texts: Mapping[int, str], bases: Mapping[int, str]
) -> Iterator[tuple[int, str]]:
    """Yield id and words of the paragraphs that are there no more, where somebody typed what none says."""
    said = {paragraph.text.strip() for paragraph in paragraphs} | {""}
    for pk in sorted(texts.keys() - {paragraph.pk for paragraph in paragraphs}):
        is_untouched = bases.get(pk) in (base_of(texts[pk]), base_of(texts[pk], mark=True))
        if texts[pk].strip() not in said and not is_untouched:
            yield pk, texts[pk]
