"""Starting a part from what the agency said the year before."""

import datetime
from collections.abc import Mapping

from django.db import transaction

from assignments.models import User
from reports import last_year
from reports.models import ReportPart
from reports.services.writing import save_part
from reports.workflow import TransitionRefused


@transaction.atomic
def start_from_last_year(
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
) -> ReportPart:
    """Fill the part's empty box with last year's answer, and mark that it was carried over.

    `text`, `difficulties` and `progress` are what stands in the form: the tasks' statuses are saved as they are,
    difficulties where some were written. Raises TransitionRefused where a text stands already or last year has
    none, and what `save_part` raises.
    """
    before = last_year.of(part.report)
    answer = before.answer(part.key)
    if text.strip():
        raise TransitionRefused(
            f"Ô nội dung đã có chữ nên chưa lấy nội dung năm {before.year}: không có gì bị ghi đè. "
            "Nếu muốn lấy, hãy xóa nội dung trong ô rồi bấm lại."
        )
    if answer is None or not answer.text.strip():
        raise TransitionRefused(
            before.why_none(part.key) or f"Báo cáo năm {before.year} để trống phần này nên không có nội dung để lấy."
        )
    part = save_part(
        part,
        by=by,
        now=now,
        version=version,
        page=page,
        edit=edit,
        text=answer.text,
        difficulties=difficulties if difficulties.strip() else answer.difficulties,
        progress=progress,
        carried_from=before.year,
    )
    if part.text == answer.text:
        # The page that asked does not show these words: gone back to, it conflicts.
        part.saved_page = ""
        part.save(update_fields=["saved_page"])
    return part
