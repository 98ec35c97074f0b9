"""Writing the merged report: the officers' paragraphs and the sources they keep."""

import datetime
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.utils.formats import number_format

from assignments.models import User
from reports import access, snapshots
from reports.consolidation.sources import Gathered, PartSources, Source, gather, paragraphs_of, sources_of
from reports.models import ConsolidatedParagraph, Consolidation, ConsolidationPart, ParagraphSource
from reports.services.writing import CLAIMED, SAVED, SaveConflict, claim_save
from reports.workflow import TransitionRefused

PART_STATE = [*SAVED, "sources_seen_at"]

# What the box of a paragraph takes: with a longer one no button of its part could save.
PARAGRAPH_MAX_LENGTH = 50_000

UNUSED_CHANGED = (
    "Các đoạn chưa dùng đã thay đổi sau khi bạn mở trang nên chưa đưa đoạn nào vào. Hãy xem lại rồi xác nhận lại."
)

# A paragraph, and the place in the plan's order of the first source that it cites.
Ranked = tuple[ConsolidatedParagraph, int | None]


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
    _check_lengths(changed)
    ConsolidatedParagraph.objects.bulk_update(changed, ["text", "for_decision"])
    _write_order(paragraphs + returning)
    _record(part, by=by, now=now, seen_at=opened_at or now)
    return part


def lock_consolidation_part(part: ConsolidationPart, *, by: User) -> ConsolidationPart:
    """Lock the merged report for a save and bring the part up to date; call it in a transaction.

    Raises PermissionDenied for who is no officer of the focal agency, and TransitionRefused, with words for the
    user, while the merged report waits for the head's decision.
    """
    consolidation = part.consolidation
    locked = Consolidation.objects.select_for_update(no_key=True).only("status").get(pk=consolidation.pk)
    consolidation.status = locked.status
    fresh = ConsolidationPart.objects.only(*PART_STATE).get(pk=part.pk)
    for name in PART_STATE:
        setattr(part, name, getattr(fresh, name))
    access.check_is_officer(by, consolidation.cycle)
    if consolidation.status != Consolidation.Status.DRAFT:
        raise TransitionRefused(
            "Phần này đang khóa vì báo cáo tổng hợp đã trình lãnh đạo. Hãy rút lại ở trang báo cáo tổng hợp rồi sửa. "
            "Nội dung bạn vừa nhập chưa được ghi; hãy sao chép lại trước khi rời trang."
        )
    return part


def ordered_paragraphs(part: ConsolidationPart) -> list[ConsolidatedParagraph]:
    return list(part.paragraphs.order_by("position", "pk"))


# Sources


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
        parts = [lock_consolidation_part(one, by=by) for one in _parts_of(consolidation)]
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
    """Take sources over as one paragraph, each on a line of its own; return how many."""
    gathered = _begin(part, by=by, version=version)
    chosen = _chosen(gathered, keys)
    if chosen:
        paragraph = ConsolidatedParagraph(part=part, text="\n".join(source.text for source in chosen))
        _check_lengths([paragraph])
        _place(part, gathered, [(paragraph, chosen)])
        _cite(part, chosen, [paragraph] * len(chosen), by=by, now=now)
        _record_change(part, by=by, now=now)
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
    paragraph = _paragraph(part, paragraph_id)
    chosen = _chosen(gathered, keys)
    if chosen:
        if with_words:
            missing = [source.text for source in chosen if source.text not in paragraph.text]
            paragraph.text = "\n".join([*filter(None, [paragraph.text.rstrip()]), *missing])
            _check_lengths([paragraph])
            paragraph.save(update_fields=["text"])
        _cite(part, chosen, [paragraph] * len(chosen), by=by, now=now)
        _record_change(part, by=by, now=now)
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
        _record_change(part, by=by, now=now)
    return len(chosen)


@transaction.atomic
def release_source(
    part: ConsolidationPart, source_id: int, *, by: User, now: datetime.datetime, version: int | None = None
) -> None:
    """Undo a decision on a source: what was set aside, or what a paragraph cites, is not used yet again.

    The paragraph keeps its words. Raises TransitionRefused where somebody did so already.
    """
    _begin_alone(part, by=by, version=version)
    if not part.sources.filter(pk=source_id).delete()[0]:
        raise TransitionRefused("Nguồn này đã được người khác bỏ. Hãy xem lại các nguồn của phần.")
    _record_change(part, by=by, now=now)


@transaction.atomic
def see_sources(part: ConsolidationPart, *, by: User, until: datetime.datetime) -> None:
    """Say that the officers have seen what was accepted up to a moment; whatever came later stays new."""
    lock_consolidation_part(part, by=by)
    if part.sources_seen_at is None or part.sources_seen_at < until:
        part.sources_seen_at = until
        part.save(update_fields=["sources_seen_at"])


# Paragraphs


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
    _begin_alone(part, by=by, version=version)
    paragraphs = ordered_paragraphs(part)
    place = len(paragraphs) if after is None else _place_of(paragraphs, after) + 1
    paragraph = ConsolidatedParagraph(part=part)
    paragraphs.insert(place, paragraph)
    _write_order(paragraphs)
    _record_change(part, by=by, now=now)
    return paragraph


@transaction.atomic
def remove_paragraph(
    part: ConsolidationPart, paragraph_id: int, *, by: User, now: datetime.datetime, version: int | None = None
) -> None:
    """Remove a paragraph with its words; its sources are not used yet again."""
    _begin_alone(part, by=by, version=version)
    _paragraph(part, paragraph_id).delete()
    _record_change(part, by=by, now=now)


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
    _begin_alone(part, by=by, version=version)
    paragraphs = ordered_paragraphs(part)
    place = _place_of(paragraphs, paragraph_id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(paragraphs):
        paragraphs[place], paragraphs[other] = paragraphs[other], paragraphs[place]
        _write_order(paragraphs)
        _record_change(part, by=by, now=now)


@transaction.atomic
def join_with_previous(
    part: ConsolidationPart, paragraph_id: int, *, by: User, now: datetime.datetime, version: int | None = None
) -> ConsolidatedParagraph:
    """Join a paragraph to the one above, which gets its words, below its own, and its sources."""
    _begin_alone(part, by=by, version=version)
    paragraphs = ordered_paragraphs(part)
    place = _place_of(paragraphs, paragraph_id)
    if place == 0:
        return paragraphs[0]
    above, paragraph = paragraphs[place - 1], paragraphs[place]
    above.text = "\n".join(filter(None, [above.text.rstrip(), paragraph.text]))
    _check_lengths([above])
    above.for_decision = above.for_decision or paragraph.for_decision
    above.save(update_fields=["text", "for_decision"])
    paragraph.sources.update(paragraph=above)
    paragraph.delete()
    _record_change(part, by=by, now=now)
    return above


@transaction.atomic
def split_paragraph(
    part: ConsolidationPart, paragraph_id: int, *, by: User, now: datetime.datetime, version: int | None = None
) -> int:
    """Make every line of a paragraph a paragraph; return how many there are then.

    A source goes with the line that says it word for word, and stays with the first line where none does.
    """
    _begin_alone(part, by=by, version=version)
    paragraphs = ordered_paragraphs(part)
    place = _place_of(paragraphs, paragraph_id)
    first = paragraphs[place]
    lines = paragraphs_of(first.text)
    if len(lines) < 2:
        return 1
    sources = list(first.sources.all())
    first.text = lines[0]
    first.save(update_fields=["text"])
    others = [ConsolidatedParagraph(part=part, text=line, for_decision=first.for_decision) for line in lines[1:]]
    paragraphs[place + 1 : place + 1] = others
    _write_order(paragraphs)
    for source in sources:
        source.paragraph = next((p for p in [first, *others] if source.text in p.text), first)
    ParagraphSource.objects.bulk_update(sources, ["paragraph"])
    _record_change(part, by=by, now=now)
    return len(lines)


# Steps of the above


def _returning(
    part: ConsolidationPart, paragraphs: list[ConsolidatedParagraph], texts: Mapping[int, str]
) -> list[ConsolidatedParagraph]:
    """Return new paragraphs for the words of those that were removed: once, however often a page sends them."""
    said = {paragraph.text.strip() for paragraph in paragraphs} | {""}
    removed = texts.keys() - {paragraph.pk for paragraph in paragraphs}
    return [
        ConsolidatedParagraph(part=part, text=texts[pk]) for pk in sorted(removed) if texts[pk].strip() not in said
    ]


def _check_lengths(paragraphs: Iterable[ConsolidatedParagraph]) -> None:
    for paragraph in paragraphs:
        if len(paragraph.text) > PARAGRAPH_MAX_LENGTH:
            length, limit = (
                number_format(n, force_grouping=True) for n in (len(paragraph.text), PARAGRAPH_MAX_LENGTH)
            )
            raise TransitionRefused(
                f"Chưa gộp được: đoạn sau khi gộp sẽ dài {length} ký tự, mỗi đoạn dài nhất {limit} ký tự. "
                "Hãy để thành nhiều đoạn."
            )


def _begin(part: ConsolidationPart, *, by: User, version: int | None) -> PartSources:
    _begin_alone(part, by=by, version=version)
    return sources_of(part)


def _begin_alone(part: ConsolidationPart, *, by: User, version: int | None) -> None:
    lock_consolidation_part(part, by=by)
    if version is not None and version != part.version:
        raise SaveConflict(part)


def _chosen(gathered: PartSources, keys: Collection[str]) -> list[Source]:
    return [source for source in gathered.unused if source.key in keys]


def _parts_of(consolidation: Consolidation) -> list[ConsolidationPart]:
    parts = list(consolidation.parts.select_related("area").order_by("position"))
    for part in parts:
        part.consolidation = consolidation
    return parts


def _paragraph(part: ConsolidationPart, paragraph_id: int) -> ConsolidatedParagraph:
    paragraphs = ordered_paragraphs(part)
    return paragraphs[_place_of(paragraphs, paragraph_id)]


def _place_of(paragraphs: list[ConsolidatedParagraph], paragraph_id: int) -> int:
    for place, paragraph in enumerate(paragraphs):
        if paragraph.pk == paragraph_id:
            return place
    raise TransitionRefused("Đoạn này đã được người khác bỏ. Hãy xem lại các đoạn của phần.")


def _take_over(
    part: ConsolidationPart, gathered: PartSources, sources: list[Source], *, by: User, now: datetime.datetime
) -> int:
    if sources:
        paragraphs = [ConsolidatedParagraph(part=part, text=source.text) for source in sources]
        _place(part, gathered, [(p, [source]) for p, source in zip(paragraphs, sources, strict=True)])
        _cite(part, sources, paragraphs, by=by, now=now)
        _record_change(part, by=by, now=now)
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
    _write_order([paragraph for paragraph, _ in order])


def _place_in_plan(order: list[Ranked], rank: int) -> int:
    """Return the place after the last paragraph whose source comes before, or before the first that comes after."""
    for place in range(len(order), 0, -1):
        other = order[place - 1][1]
        if other is not None and other < rank:
            return place
    return next((place for place, (_, other) in enumerate(order) if other is not None), len(order))


def _write_order(paragraphs: Iterable[ConsolidatedParagraph]) -> None:
    """Number paragraphs in the order they stand in, and create those that are new."""
    new: list[ConsolidatedParagraph] = []
    moved: list[ConsolidatedParagraph] = []
    for position, paragraph in enumerate(paragraphs, start=1):
        if paragraph.pk is None:
            new.append(paragraph)
        elif paragraph.position != position:
            moved.append(paragraph)
        paragraph.position = position
    ConsolidatedParagraph.objects.bulk_create(new)
    ConsolidatedParagraph.objects.bulk_update(moved, ["position"])


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


def _record_change(part: ConsolidationPart, *, by: User, now: datetime.datetime) -> None:
    """Write the next version of a part whose paragraphs or sources changed: every open page has to look again."""
    part.saved_page, part.saved_edit = "", 0
    _record(part, by=by, now=now, seen_at=now)


def _record(part: ConsolidationPart, *, by: User, now: datetime.datetime, seen_at: datetime.datetime) -> None:
    """Write the next version of a part. What was accepted up to the first one was there to be seen."""
    part.version += 1
    part.saved_at, part.saved_by = now, by
    part.sources_seen_at = part.sources_seen_at or seen_at
    part.save(update_fields=PART_STATE)
