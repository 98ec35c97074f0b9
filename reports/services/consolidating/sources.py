"""What the officers decide on the agencies' paragraphs: taken over, added, set aside, released, seen."""

import datetime
from collections.abc import Collection, Sequence
from itertools import pairwise

from django.db import transaction

from assignments.models import User
from reports import snapshots
from reports.consolidation.sources import Gathered, PartSources, Source, gather, sources_of
from reports.models import ConsolidatedParagraph, Consolidation, ConsolidationPart, ParagraphSource
from reports.services.consolidating.steps import (
    begin,
    check_lengths,
    find_paragraph,
    lock_consolidation_part,
    ordered_paragraphs,
    parts_of,
    record_change,
    reword,
    write_order,
)
from reports.workflow import TransitionRefused

UNUSED_CHANGED = (
    "Các đoạn chưa dùng đã thay đổi sau khi bạn mở trang nên chưa đưa đoạn nào vào. Hãy xem lại rồi xác nhận lại."
)

# How a line of a list begins; with what a sentence ends, and what may stand after that.
LIST_MARKS = ("- ", "+ ", "* ")
END_MARKS = (".", "!", "?", "…", ":", ";", ",")
CLOSING_MARKS = ")]”\"'»"

# A paragraph, and the place in the plan's order of the first source that it cites.
Ranked = tuple[ConsolidatedParagraph, int | None]


@transaction.atomic
def take_over_all(
    consolidation: Consolidation,
    *,
    by: User,
    now: datetime.datetime,
    part: ConsolidationPart | None = None,
    seen: str | None = None,
) -> int:
    """Take every source that is not used yet over word for word, each as a paragraph where the plan has its agency.

    In the whole merged report, or in one part. Returns how many; doing it again takes none. `seen` is
    `unused_seen` of what the officer was shown: raises TransitionRefused where something else is not used by now.
    """
    if part:
        parts = [part]
        lock_consolidation_part(part, by=by)
    else:
        parts = [lock_consolidation_part(one, by=by) for one in parts_of(consolidation)]
    gathered = gather(consolidation)
    if seen is not None and seen != unused_seen(gathered):
        raise TransitionRefused(UNUSED_CHANGED)
    return sum(
        _take_over(one, gathered.parts[one.key], gathered.parts[one.key].unused, by=by, now=now) for one in parts
    )


def unused_seen(gathered: Gathered) -> str:
    """Return by what a page remembers which sources it showed as not used yet."""
    return snapshots.fingerprint({key: [source.key for source in one.unused] for key, one in gathered.parts.items()})


@transaction.atomic
def take_over(
    part: ConsolidationPart,
    keys: Collection[str],
    *,
    by: User,
    now: datetime.datetime,
    version: int | None = None,
) -> int:
    """Take sources over word for word, each as a paragraph of its own; return how many.

    `keys` are `Source.key`; one that somebody else decided on, or that no accepted report says any more, is
    passed over. With `version`, raises SaveConflict where the part has another by now; and what
    `lock_consolidation_part` raises. So do the functions below.
    """
    gathered = _begin(part, by=by, version=version)
    return _take_over(part, gathered, _chosen(gathered, keys), by=by, now=now)


@transaction.atomic
def merge_sources(
    part: ConsolidationPart,
    keys: Collection[str],
    *,
    by: User,
    now: datetime.datetime,
    version: int | None = None,
) -> int:
    """Take sources over as one flowing paragraph; return how many. Lines of a list stay lines: see `flowing`."""
    gathered = _begin(part, by=by, version=version)
    chosen = _chosen(gathered, keys)
    if chosen:
        paragraph = ConsolidatedParagraph(part=part, text=flowing([source.text for source in chosen]))
        check_lengths([paragraph])
        _place(part, gathered, [(paragraph, chosen)])
        _cite(part, chosen, [paragraph] * len(chosen), by=by, now=now)
        record_change(part, by=by, now=now)
    return len(chosen)


@transaction.atomic
def add_to_paragraph(
    part: ConsolidationPart,
    keys: Collection[str],
    *,
    paragraph_id: int,
    with_words: bool,
    by: User,
    now: datetime.datetime,
    version: int | None = None,
) -> int:
    """Let a paragraph cite sources too, with their words below its own or without them; return how many."""
    gathered = _begin(part, by=by, version=version)
    paragraph = find_paragraph(part, paragraph_id)
    chosen = _chosen(gathered, keys)
    if chosen:
        if with_words:
            missing = [source.text for source in chosen if source.text not in paragraph.text]
            paragraph.text = "\n".join([*filter(None, [paragraph.text.rstrip()]), *missing])
            reword(paragraph, by=by, now=now)
        _cite(part, chosen, [paragraph] * len(chosen), by=by, now=now)
        record_change(part, by=by, now=now)
    return len(chosen)


@transaction.atomic
def set_aside(
    part: ConsolidationPart,
    keys: Collection[str],
    *,
    by: User,
    now: datetime.datetime,
    version: int | None = None,
) -> int:
    """Decide that sources are not used; return how many."""
    gathered = _begin(part, by=by, version=version)
    chosen = _chosen(gathered, keys)
    if chosen:
        _cite(part, chosen, [None] * len(chosen), by=by, now=now)
        record_change(part, by=by, now=now)
    return len(chosen)


@transaction.atomic
def release_source(
    part: ConsolidationPart, source_id: int, *, by: User, now: datetime.datetime, version: int | None = None
) -> None:
    """Undo a decision on a source: what was set aside, or what a paragraph cites, is not used yet again.

    The paragraph keeps its words. Raises TransitionRefused where somebody did so already.
    """
    begin(part, by=by, version=version)
    if not part.sources.filter(pk=source_id).delete()[0]:
        raise TransitionRefused("Nguồn này đã được người khác bỏ. Hãy xem lại các nguồn của phần.")
    record_change(part, by=by, now=now)


@transaction.atomic
def see_sources(part: ConsolidationPart, *, by: User, until: datetime.datetime) -> None:
    """Say that the officers have seen what was accepted up to a moment; whatever came later stays new."""
    lock_consolidation_part(part, by=by)
    if part.sources_seen_at is None or part.sources_seen_at < until:
        part.sources_seen_at = until
        part.save(update_fields=["sources_seen_at"])


def _begin(part: ConsolidationPart, *, by: User, version: int | None) -> PartSources:
    begin(part, by=by, version=version)
    return sources_of(part)


def flowing(texts: Sequence[str]) -> str:
    """Return texts as one paragraph, word for word; what ends without a mark gets a full stop before the next.

    A line of a list begins a line, and so does what follows it.
    """
    flow = texts[0]
    for before, text in pairwise(texts):
        if before.startswith(LIST_MARKS) or text.startswith(LIST_MARKS):
            flow += f"\n{text}"
        else:
            stop = "" if before.rstrip(CLOSING_MARKS).endswith(END_MARKS) else "."
            flow += f"{stop} {text}"
    return flow


def _chosen(gathered: PartSources, keys: Collection[str]) -> list[Source]:
    return [source for source in gathered.unused if source.key in keys]


def _take_over(
    part: ConsolidationPart, gathered: PartSources, sources: list[Source], *, by: User, now: datetime.datetime
) -> int:
    if sources:
        paragraphs = [ConsolidatedParagraph(part=part, text=source.text) for source in sources]
        _place(part, gathered, [(p, [source]) for p, source in zip(paragraphs, sources, strict=True)])
        _cite(part, sources, paragraphs, by=by, now=now)
        record_change(part, by=by, now=now)
    return len(sources)


def _place(
    part: ConsolidationPart, gathered: PartSources, new: list[tuple[ConsolidatedParagraph, list[Source]]]
) -> None:
    """Write new paragraphs in among the others where the plan has their agencies."""
    rank_of_source = {source.key: rank for rank, source in enumerate(gathered.sources)}
    ranks: dict[int, int] = {}
    for rank, source in enumerate(gathered.sources):
        if source.row and source.row.paragraph_id:
            ranks.setdefault(source.row.paragraph_id, rank)
    order: list[Ranked] = [(paragraph, ranks.get(paragraph.pk)) for paragraph in ordered_paragraphs(part)]
    for paragraph, sources in new:
        rank = min(rank_of_source[source.key] for source in sources)
        order.insert(_place_in_plan(order, rank), (paragraph, rank))
    write_order([paragraph for paragraph, _ in order])


def _place_in_plan(order: list[Ranked], rank: int) -> int:
    """Return the place after the last paragraph whose source comes before, or before the first that comes after."""
    for place in range(len(order), 0, -1):
        other = order[place - 1][1]
        if other is not None and other < rank:
            return place
    return next((place for place, (_, other) in enumerate(order) if other is not None), len(order))


def _cite(
    part: ConsolidationPart,
    sources: list[Source],
    paragraphs: list[ConsolidatedParagraph] | list[None],
    *,
    by: User,
    now: datetime.datetime,
) -> None:
    ParagraphSource.objects.bulk_create(
        ParagraphSource(
            part=part,
            report=source.report,
            origin=source.origin,
            digest=source.digest,
            occurrence=source.occurrence,
            text=source.text,
            paragraph=paragraph,
            taken_at=now,
            taken_by=by,
        )
        for source, paragraph in zip(sources, paragraphs, strict=True)
    )
