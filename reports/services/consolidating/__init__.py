"""Writing the merged report: the officers' paragraphs and the sources they keep."""

from reports.services.consolidating.paragraphs import (
    add_paragraph,
    join_with_previous,
    move_paragraph,
    remove_paragraph,
    split_paragraph,
)
from reports.services.consolidating.saving import REMOVED_BASE, save_consolidation_part, words_of_removed
from reports.services.consolidating.sources import (
    add_to_paragraph,
    flowing,
    merge_sources,
    release_source,
    see_sources,
    set_aside,
    take_over,
    take_over_all,
    unused_seen,
)
from reports.services.consolidating.stale import drop_stale, stale_seen
from reports.services.consolidating.steps import PARAGRAPH_MAX_LENGTH, lock_consolidation_part, ordered_paragraphs

__all__ = [
    "PARAGRAPH_MAX_LENGTH",
    "REMOVED_BASE",
    "add_paragraph",
    "add_to_paragraph",
    "drop_stale",
    "flowing",
    "join_with_previous",
    "lock_consolidation_part",
    "merge_sources",
    "move_paragraph",
    "ordered_paragraphs",
    "release_source",
    "remove_paragraph",
    "save_consolidation_part",
    "see_sources",
    "set_aside",
    "split_paragraph",
    "stale_seen",
    "take_over",
    "take_over_all",
    "unused_seen",
    "words_of_removed",
]
