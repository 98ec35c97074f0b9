"""Letting go of what the merged report cites and no accepted report says any more."""

import datetime
from collections.abc import Collection

from django.db import transaction

from assignments.models import User
from reports import snapshots
from reports.consolidation.sources import Gathered, gather
from reports.models import ConsolidatedParagraph, Consolidation, ConsolidationPart, ParagraphSource
from reports.services.consolidating.steps import lock_consolidation_part, parts_of, record_change
from reports.workflow import TransitionRefused

STALE_CHANGED = (
    "Các nguồn không còn trong báo cáo đã thay đổi sau khi bạn mở trang nên chưa bỏ nguồn nào. "
    "Hãy xem lại rồi xác nhận lại."
)


@transaction.atomic
def drop_stale(
    consolidation: Consolidation,
    *,
    dropping: Collection[int],
    by: User,
    now: datetime.datetime,
    seen: str,
    part: ConsolidationPart | None = None,
) -> tuple[int, int]:
    """Let the paragraphs of the whole, or of one part, go without the sources that no accepted report says any more.

    `dropping` names the paragraphs that go with their words, where they have no other source; the others keep
    theirs. `seen` is `stale_seen` of what the officer was shown: raises TransitionRefused where it is something
    else by now. Returns how many sources went, and how many paragraphs.
    """
    parts = [part] if part else parts_of(consolidation)
    for one in parts:
        lock_consolidation_part(one, by=by)
    gathered = gather(consolidation)
    if seen != stale_seen(gathered):
        raise TransitionRefused(STALE_CHANGED)
    sources = paragraphs = 0
    for one in parts:
        stale = gathered.parts[one.key].stale_paragraphs
        if not stale:
            continue
        rows = [row.pk for paragraph in stale for row in paragraph.rows]
        gone = [p.paragraph.pk for p in stale if p.has_no_other and p.paragraph.pk in dropping]
        ParagraphSource.objects.filter(pk__in=rows).delete()
        ConsolidatedParagraph.objects.filter(pk__in=gone).delete()
        sources, paragraphs = sources + len(rows), paragraphs + len(gone)
        record_change(one, by=by, now=now)
    return sources, paragraphs


def stale_seen(gathered: Gathered) -> str:
    """Return by what a page remembers which stale sources it showed, in paragraphs of which words."""
    return snapshots.fingerprint(
        {
            part.part.key: [
                [one.paragraph.pk, one.paragraph.text, one.has_no_other, sorted(row.pk for row in one.rows)]
                for one in part.stale_paragraphs
            ]
            for part in gathered.parts.values()
        }
    )
