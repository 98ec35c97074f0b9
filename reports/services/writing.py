"""Writing a report: saving a part."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assignments.models import User
from assignments.text import fold
from reports import access, last_year
from reports.models import ConsolidationPart, Report, ReportPart, TaskProgress
from reports.models.saving import Saved
from reports.workflow import TransitionRefused

WRITTEN = ["text", "difficulties", "carried_from"]
CLAIMED = ["saved_page", "saved_edit"]
SAVED = [*CLAIMED, "version", "saved_at", "saved_by_id"]
PART_STATE = [*WRITTEN, *SAVED, "is_reopened"]
REPORT_STATE = ["status", "excused_at", "returned_at", "nothing_at"]


class SaveConflict(Exception):
    """Somebody else saved this since it was read; nothing was overwritten. `saved` says who and when: the part, or
    the paragraph that both wrote in."""

    def __init__(self, part: ReportPart | ConsolidationPart, saved: Saved | None = None):
        self.part: Any = part  # The kind of part that the caller saves.
        self.saved = saved or part
        words = "Phần này đã thay đổi"
        if self.saved.saved_at:
            at = timezone.localtime(self.saved.saved_at)
            words = f"{self.saved.saved_by} đã ghi phần này lúc {at:%H:%M %d/%m/%Y}"
        super().__init__(
            f"{words}, sau khi bạn mở trang. Nội dung của bạn chưa được ghi và vẫn còn trong ô bên dưới."
        )


@transaction.atomic
def save_part(
    part: ReportPart,
    *,
    by: User,
    now: datetime.datetime,
    version: int,
    page: str = "",
    edit: int = 0,
    text: str,
    difficulties: str = "",
    progress: Mapping[str, tuple[str, str]],
    carried_from: int | None = None,
) -> ReportPart:
    """Save one part's draft and return it as it now stands; `progress` is task code -> (status, reason).

    `version`, `page` and `edit` are those of the form: see `claim_save`. Raises SaveConflict where somebody
    saved something else since, and what `lock_part` raises; then nothing is written. What changes nothing is
    no save: version, time and name stay. `carried_from` is the year that the text was taken over from.
    """
    lock_part(part, by=by)
    answers = {row: progress.get(row.task.code, (row.status, row.reason)) for row in part.task_rows}
    changed_rows = [row for row, answer in answers.items() if answer != (row.status, row.reason)]
    changed = bool(changed_rows) or (part.text, part.difficulties) != (text, difficulties)
    if not changed and version != part.version:
        return part  # Two people wrote the same: nothing would be overwritten.
    if not claim_save(part, version=version, page=page, edit=edit):
        return part
    part.text, part.difficulties = text, difficulties
    if carried_from or not last_year.is_still_carried(part):
        part.carried_from = carried_from
    for row in changed_rows:
        row.status, row.reason = answers[row]
    TaskProgress.objects.bulk_update(changed_rows, ["status", "reason"])
    words = [text, difficulties, *(row.reason for row in part.task_rows)]
    record_save(part, by=by, now=now, changed=changed, words=words)
    return part


def lock_part(part: ReportPart, *, by: User) -> ReportPart:
    """Lock the report for a save and bring the part up to date; call it in a transaction.

    Raises PermissionDenied for who does not work for the agency, and TransitionRefused, with words for the
    user, where the part is not open for writing.
    """
    report, version = part.report, part.version
    locked = Report.objects.select_for_update(no_key=True).only(*REPORT_STATE).get(pk=report.pk)
    for name in REPORT_STATE:
        setattr(report, name, getattr(locked, name))
    fresh = ReportPart.objects.only(*PART_STATE).get(pk=part.pk)
    for name in PART_STATE:
        setattr(part, name, getattr(fresh, name))
    if part.version != version:
        part.__dict__.pop("task_rows", None)
    if not access.works_for(by, report.agency):
        raise PermissionDenied("Chỉ cán bộ của cơ quan báo cáo được ghi báo cáo này.")
    if report.nothing_at:
        raise TransitionRefused(
            "Phần này đang khóa vì đơn vị đã khai không phát sinh cả báo cáo. Hãy bỏ khai ở trang báo cáo rồi viết. "
            "Nội dung bạn vừa nhập chưa được ghi; hãy sao chép lại trước khi rời trang."
        )
    if not part.is_writable:
        raise TransitionRefused(
            f"Phần này đang khóa vì báo cáo ở trạng thái “{report.get_status_display()}”. "
            "Nội dung bạn vừa nhập chưa được ghi; hãy sao chép lại trước khi rời trang."
        )
    return part


def claim_save(part: ReportPart, *, version: int, page: str, edit: int) -> bool:
    """Tell whether a save may be written over a part that its caller has locked, and note whose it is.

    `version` is the part's version that the form was read at, `page` a random name of the open page, `edit` a
    number that the page raises with every save. A page whose answers were lost knows an old version of its
    own and may go on; a save of its that a newer one overtook changes nothing: False. Whatever else knows
    another version than the present one raises SaveConflict. Without a `page` only the version counts.
    """
    is_own = page != "" and part.saved_page == page
    if is_own and edit < part.saved_edit:
        return False
    if version != part.version and not (is_own and version < part.version):
        raise SaveConflict(part)
    part.saved_page, part.saved_edit = page, edit
    return True


def record_save(part: ReportPart, *, by: User, now: datetime.datetime, changed: bool, words: Iterable[str]) -> None:
    """Write a part that `claim_save` let through; where it `changed`, as its next version.

    `words` are everything that is written in it, for the search.
    """
    fields = CLAIMED
    if changed:
        if part.saved_by_id != by.pk:  # Who saved last is among the writers already.
            part.report.writers.add(by)
        part.search_text = fold("\n".join(words))
        part.version += 1
        part.saved_at, part.saved_by = now, by
        fields = [*WRITTEN, *SAVED, "search_text"]
    part.save(update_fields=fields)
