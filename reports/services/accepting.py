"""Accepting several reports at once, each for itself."""

import datetime
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from assignments.models import User
from reports.models import Report
from reports.services.deciding import accept_report
from reports.workflow import TransitionRefused


def accept_several(
    chosen: Iterable[tuple[Report, int]], *, by: User, now: datetime.datetime
) -> tuple[list[Report], list[tuple[Report, str]]]:
    """Accept the reports, each as of the submission with the number that was read.

    Returns those accepted, and those refused with words for the user: one that is refused does not keep the others.
    """
    accepted, refused = [], []
    for report, number in chosen:
        try:
            _accept_as_read(report, number, by=by, now=now)
        except (TransitionRefused, PermissionDenied) as refusal:
            refused.append((report, str(refusal)))
        else:
            accepted.append(report)
    return accepted, refused


@transaction.atomic
def _accept_as_read(report: Report, number: int, *, by: User, now: datetime.datetime) -> None:
    # Nobody submits anew while the row is locked.
    Report.objects.select_for_update(no_key=True).get(pk=report.pk)
    newest = report.submissions.filter(withdrawn_at=None).order_by("number").last()
    if newest is None or newest.number != number:
        raise TransitionRefused("cơ quan đã thu hồi hoặc nộp lần mới sau khi bạn mở trang. Hãy xem lại báo cáo.")
    accept_report(report, by=by, now=now)
