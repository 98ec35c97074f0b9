"""What waits for the focal agency's officers, by risk: each row says why it stands where it stands."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from assignments.models import User
from reports import access, completeness, deadlines
from reports.models import Report, ReportEvent, ReportingCycle, Submission, Thread
from reports.standing import Standing

RETURNS = (ReportEvent.Kind.RETURNED, ReportEvent.Kind.REOPENED)
# From this many returns on a report is a risk: it may not be mended in time to be merged.
OFTEN_RETURNED = 2


@dataclass(frozen=True)
class Waiting:
    """A report that waits for review, or for its agency to send it again after a return.

    `number` and `submitted_at` are its newest standing submission's; `last_return` is None where it
    never came back. `gaps` counts what a report that came by letter lacks; others are complete when they are sent.
    """

    standing: Standing
    number: int
    submitted_at: datetime.datetime
    returns: int
    last_return: ReportEvent | None
    open_threads: int
    may_review: bool
    gaps: int

    @property
    def report(self) -> Report:
        return self.standing.report

    @property
    def days_waiting(self) -> int:
        return (deadlines.day_of(self.standing.now) - deadlines.day_of(self.submitted_at)).days

    @property
    def is_often_returned(self) -> bool:
        return self.returns >= OFTEN_RETURNED

    @property
    def reasons(self) -> list[str]:
        """Why it stands where it stands, weightiest first."""
        days_late = -deadlines.days_left(self.report.due_at, self.standing.received_at or self.submitted_at)
        waiting = f"chờ {self.days_waiting} ngày" if self.days_waiting else "nộp hôm nay"
        late = [f"nộp chậm {days_late} ngày"] if self.standing.is_late else []
        returned = [f"đã trả lại {self.returns} lần"] if self.returns else []
        return [*late, *returned, waiting]

    @property
    def why_not_acceptable(self) -> str:
        """Why this person may not accept it as it is; empty where they may."""
        if not self.may_review:
            return "bạn đã soạn, nhập, nộp hoặc trả lời về báo cáo này nên không thẩm tra"
        if self.open_threads:
            return f"còn {self.open_threads} ý kiến chưa kết thúc"
        return f"còn thiếu {self.gaps} mục, xem từng báo cáo rồi mới chấp nhận" if self.gaps else ""

    @property
    def choice(self) -> str:
        """What a form says to name this submission of this report."""
        return f"{self.report.agency.slug}.{self.number}"


def waiting_for_review(standings: Iterable[Standing], cycle: ReportingCycle, user: User) -> list[Waiting]:
    """Return what was submitted and not decided, by risk: late, returned often, waiting longest. Seven queries."""
    rows = _waiting([row for row in standings if row.report.status == Report.Status.SUBMITTED], cycle, user)
    return sorted(rows, key=lambda row: (not row.standing.is_late, not row.is_often_returned, row.submitted_at))


def waiting_for_agencies(standings: Iterable[Standing], cycle: ReportingCycle, user: User) -> list[Waiting]:
    """Return what was returned and has not come again, the first due first. Seven queries."""
    returned = [row for row in standings if row.is_owed and row.report.returned_at]
    return sorted(_waiting(returned, cycle, user), key=lambda row: row.standing.due_at)


def _waiting(standings: list[Standing], cycle: ReportingCycle, user: User) -> list[Waiting]:
    reports = [row.report for row in standings]
    submissions = Submission.objects.filter(report__in=reports, withdrawn_at=None).defer("content")
    newest = {submission.report_id: submission for submission in submissions.order_by("number")}
    events = ReportEvent.objects.filter(report__in=reports, kind__in=RETURNS).select_related("by")
    returns: dict[int, list[ReportEvent]] = {}
    for event in events.order_by("at", "pk"):
        returns.setdefault(event.report_id, []).append(event)
    threads = dict(
        Thread.objects.open()
        .filter(part__report__in=reports)
        .order_by()
        .values_list("part__report")
        .annotate(count=Count("pk"))
    )
    reviewable = access.reviewable_by(user, cycle, reports)
    return [
        Waiting(
            standing=row,
            number=newest[row.report.pk].number,
            submitted_at=newest[row.report.pk].submitted_at,
            returns=len(returns.get(row.report.pk, [])),
            last_return=returns.get(row.report.pk, [None])[-1],
            open_threads=threads.get(row.report.pk, 0),
            may_review=row.report.pk in reviewable,
            gaps=len(completeness.missing_in(row.report)) if newest[row.report.pk].letter_number else 0,
        )
        for row in standings
    ]
