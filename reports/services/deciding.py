"""What the focal agency's officers decide about a report."""

import datetime
from collections.abc import Collection

from django.db import transaction

from assignments.models import User
from reports import access, completeness, tasks
from reports.documents import orders
from reports.models import Mail, Report
from reports.services.outdating import mark_published_outdated
from reports.services.telling import tell
from reports.workflow import apply_transition


def take_report(report: Report, *, by: User, now: datetime.datetime) -> None:
    """Take a submission for review: from now on the agency cannot withdraw it."""
    apply_transition(report, "take", by=by, now=now)


@transaction.atomic
def return_report(report: Report, *, by: User, now: datetime.datetime, reason: str, reopened_keys: list[str]) -> None:
    """Return the report with the reason; the agency, which is told by mail, may change the named parts.

    What the report lacks reopens too (a letter is entered without the tasks' statuses): with a gap in a part
    that stays locked it could never be submitted again.
    """
    with_gaps = {gap.part.key for gap in completeness.missing_in(report)} - set(reopened_keys)
    keys = {*reopened_keys, *with_gaps}
    parts = list(report.parts.select_related("area"))
    to_mend = [part.title for part in parts if part.key in reopened_keys]
    note = "Mở lại " + ("toàn bộ báo cáo" if len(to_mend) == len(parts) else "; ".join(to_mend))
    if with_gaps:
        also = "; ".join(part.title for part in parts if part.key in with_gaps)
        note += f". Phần còn thiếu cũng được mở: {also}"
    event = apply_transition(report, "return", by=by, now=now, reason=reason, note=note)
    _reopen_parts(report, keys)
    tell(Mail.Kind.REPORT_RETURNED, access.people_of(report.agency), event)
    mark_published_outdated(report.cycle, now)


@transaction.atomic
def accept_report(report: Report, *, by: User, now: datetime.datetime) -> None:
    """Accept the report: its words go into the merged report, and the agency is told by mail.

    Its documents were ordered when it was sent; what a layout newer than that asks for is ordered now.
    """
    event = apply_transition(report, "accept", by=by, now=now)
    orders.order(report.submissions.filter(withdrawn_at=None).defer("content").latest("number"), now=now)
    tasks.make_documents.delay_on_commit()
    tell(Mail.Kind.REPORT_ACCEPTED, access.people_of(report.agency), event)
    mark_published_outdated(report.cycle, now)


@transaction.atomic
def reopen_report(report: Report, *, by: User, now: datetime.datetime, reason: str) -> None:
    """Reopen an accepted report, whole, with the reason."""
    event = apply_transition(report, "reopen", by=by, now=now, reason=reason)
    _reopen_parts(report, list(report.parts.values_list("key", flat=True)))
    tell(Mail.Kind.REPORT_RETURNED, access.people_of(report.agency), event)
    mark_published_outdated(report.cycle, now)


def _reopen_parts(report: Report, keys: Collection[str]) -> None:
    report.parts.update(is_reopened=False)
    report.parts.filter(key__in=keys).update(is_reopened=True)
