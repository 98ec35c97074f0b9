"""Where a report stands, in the words, symbols and colours that every page uses."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from assignments.text import fold
from reports import deadlines
from reports.models import Report, Submission

Status = Report.Status

SYMBOLS = {
    Status.DRAFT: ("secondary", "○"),
    Status.AWAITING_APPROVAL: ("info", "◔"),
    Status.SUBMITTED: ("primary", "●"),
    Status.RETURNED: ("warning", "↩"),
    Status.ACCEPTED: ("success", "✔"),
}


NEVER_SENT = "Không gửi"


@dataclass(frozen=True)
class Standing:
    """A report with what is derived from dates: nothing of this is stored.

    `due_at` is when it is, or was, owed (exclusive): after a return at least five working days on.
    `received_at` is the first standing submission's arrival, which decides `is_late`.
    """

    report: Report
    due_at: datetime.datetime
    received_at: datetime.datetime | None
    now: datetime.datetime

    @property
    def says_nothing(self) -> bool:
        """Whether what was sent says of the whole report that nothing happened; a draft is the agency's alone."""
        return bool(self.report.nothing_at) and self.report.status in (Status.SUBMITTED, Status.ACCEPTED)

    @property
    def is_over(self) -> bool:
        """Whether the year ended while the agency still owed it; it is taken all the same, as late."""
        return self.is_owed and self.report.cycle.closed_at is not None

    @property
    def label(self) -> str:
        if self.report.excused_at:
            return "Được miễn báo cáo"
        if self.is_over and self.received_at is None:
            return NEVER_SENT
        if self.says_nothing:
            return f"{self.report.get_status_display()}: không phát sinh"
        return self.report.get_status_display()

    @property
    def tone(self) -> str:
        return "danger" if self.is_overdue else SYMBOLS[Status(self.report.status)][0]

    @property
    def symbol(self) -> str:
        return SYMBOLS[Status(self.report.status)][1]

    @property
    def is_owed(self) -> bool:
        return self.report.is_owed

    @property
    def is_overdue(self) -> bool:
        return self.is_owed and deadlines.is_late(self.now, self.due_at)

    @property
    def is_late(self) -> bool:
        """Whether the first standing submission came after the deadline, or none came and it has passed."""
        if self.report.excused_at:
            return False
        return deadlines.is_late(self.received_at or self.now, self.report.due_at)

    @property
    def last_day(self) -> datetime.date:
        return deadlines.last_day(self.due_at)

    @property
    def days_words(self) -> str:
        """Days left or overdue while it is owed and the year goes on, else on time, late or not sent again."""
        if self.report.excused_at:
            return ""
        if self.is_over:
            return "không nộp lại" if self.received_at else "kỳ đã kết thúc"
        if self.is_owed:
            return deadlines.days_left_words(self.due_at, self.now)
        return "nộp chậm" if self.is_late else "đúng hạn"


def came_late(submission: Submission) -> bool:
    """Tell whether a submission decided that its report was late: what comes after a return has its own days."""
    earlier = submission.report.submissions.filter(withdrawn_at=None, number__lt=submission.number)
    return not earlier.exists() and deadlines.is_late(submission.received_at, submission.report.due_at)


def standings(reports, *, now: datetime.datetime, corrections: deadlines.Corrections) -> list[Standing]:
    """Return the standing of every report of a queryset: one query, in any order unless the queryset names one."""
    return [
        Standing(
            report=report,
            due_at=deadlines.due_after_return(report.due_at, report.returned_at, corrections),
            received_at=report.first_received_at,
            now=now,
        )
        for report in reports.with_first_received_at()
    ]


def in_plan_order(standings: Iterable[Standing]) -> list[Standing]:
    """Return the standings by their agencies' places in the plan, those of a group by name, Đ beside D."""
    return sorted(standings, key=lambda row: (row.report.participant_number, fold(row.report.issuer_name)))


def standing_of(report: Report, *, now: datetime.datetime, corrections: deadlines.Corrections) -> Standing:
    """Return one report's standing: one query."""
    return standings(Report.objects.filter(pk=report.pk).select_related("cycle__plan", "agency"), now=now,
                     corrections=corrections)[0]  # fmt: skip
