"""Writing the tables of figures."""

import datetime
from collections.abc import Mapping
from dataclasses import asdict

from django.db import transaction

from assignments.models import User
from reports.figures import FigureInput, answer_of
from reports.models import IndicatorValue, ReportPart
from reports.services.writing import claim_save, lock_part, record_save


@transaction.atomic
def save_figures(
    part: ReportPart,
    *,
    by: User,
    now: datetime.datetime,
    version: int,
    page: str = "",
    edit: int = 0,
    answers: Mapping[str, FigureInput],
    text: str,
) -> ReportPart:
    """Save a draft of the figures and return the part as it now stands; `answers` is indicator code -> answer.

    Indicators that are not in `answers` keep what they have. An answer may be incomplete or contradict itself:
    `figures.problems_of` says so, and the report cannot be sent with it. The one thing refused (ValueError) is a
    number together with "no data". `version`, `page` and `edit` are those of the form: see `claim_save`. Raises
    SaveConflict where somebody saved something else since, and what `lock_part` raises; then nothing is written.
    """
    part = lock_part(part, by=by)
    rows = list(part.figures.select_related("indicator"))
    changed_rows = []
    for row in rows:
        answer = answers.get(row.indicator.code)
        if answer is None or answer == answer_of(row):
            continue
        if answer.has_no_data and not (answer.total is None and answer.included is None):
            raise ValueError(f"{row.indicator.code}: no data, and yet a number")
        for field, value in asdict(answer).items():
            setattr(row, field, value)
        changed_rows.append(row)
    changed = bool(changed_rows) or part.text != text
    if not changed and version != part.version:
        return part  # Two people wrote the same: nothing would be overwritten.
    if not claim_save(part, version=version, page=page, edit=edit):
        return part
    part.text = text
    IndicatorValue.objects.bulk_update(changed_rows, list(asdict(FigureInput())))
    record_save(
        part, by=by, now=now, changed=changed, words=[text, *(w for r in rows for w in (r.reason, r.explanation))]
    )
    return part
