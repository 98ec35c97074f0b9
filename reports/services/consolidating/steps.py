"""What every change of the merged report does: lock, look whether it is as it was seen, number, record."""

import datetime
from collections.abc import Iterable

from django.utils.formats import number_format

from assignments.models import User
from reports import access
from reports.models import ConsolidatedParagraph, Consolidation, ConsolidationPart
from reports.services.writing import SAVED, SaveConflict
from reports.workflow import TransitionRefused

PART_STATE = [*SAVED, "sources_seen_at"]
PARAGRAPH_STATE = ["text", "for_decision", "saved_page", "saved_edit", "saved_at", "saved_by"]

# What the box of a paragraph takes: with a longer one no button of its part could save.
PARAGRAPH_MAX_LENGTH = 50_000


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
    return list(part.paragraphs.select_related("saved_by").order_by("position", "pk"))


def parts_of(consolidation: Consolidation) -> list[ConsolidationPart]:
    parts = list(consolidation.parts.select_related("area").order_by("position"))
    for part in parts:
        part.consolidation = consolidation
    return parts


def check_lengths(paragraphs: Iterable[ConsolidatedParagraph]) -> None:
    for paragraph in paragraphs:
        if len(paragraph.text) > PARAGRAPH_MAX_LENGTH:
            length, limit = (
                number_format(n, force_grouping=True) for n in (len(paragraph.text), PARAGRAPH_MAX_LENGTH)
            )
            raise TransitionRefused(
                f"Chưa gộp được: đoạn sau khi gộp sẽ dài {length} ký tự, mỗi đoạn dài nhất {limit} ký tự. "
                "Hãy để thành nhiều đoạn."
            )


def begin(part: ConsolidationPart, *, by: User, version: int | None) -> None:
    lock_consolidation_part(part, by=by)
    if version is not None and version != part.version:
        raise SaveConflict(part)


def find_paragraph(part: ConsolidationPart, paragraph_id: int) -> ConsolidatedParagraph:
    paragraphs = ordered_paragraphs(part)
    return paragraphs[place_of(paragraphs, paragraph_id)]


def place_of(paragraphs: list[ConsolidatedParagraph], paragraph_id: int) -> int:
    for place, paragraph in enumerate(paragraphs):
        if paragraph.pk == paragraph_id:
            return place
    raise TransitionRefused("Đoạn này đã được người khác bỏ. Hãy xem lại các đoạn của phần.")


def reword(paragraph: ConsolidatedParagraph, *, by: User, now: datetime.datetime) -> None:
    """Write a paragraph whose words a button changed: no page goes on from its own any more."""
    check_lengths([paragraph])
    paragraph.saved_page, paragraph.saved_edit = "", 0
    paragraph.saved_at, paragraph.saved_by = now, by
    paragraph.save(update_fields=PARAGRAPH_STATE)


def write_order(paragraphs: Iterable[ConsolidatedParagraph]) -> None:
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


def record_change(part: ConsolidationPart, *, by: User, now: datetime.datetime) -> None:
    """Write the next version of a part whose paragraphs or sources changed: every open page has to look again."""
    part.saved_page, part.saved_edit = "", 0
    record(part, by=by, now=now, seen_at=now)


def record(part: ConsolidationPart, *, by: User, now: datetime.datetime, seen_at: datetime.datetime) -> None:
    """Write the next version of a part. What was accepted up to the first one was there to be seen."""
    part.version += 1
    part.saved_at, part.saved_by = now, by
    part.sources_seen_at = part.sources_seen_at or seen_at
    part.save(update_fields=PART_STATE)
