"""The yearly cycle: reports, their submissions and events, the merged report, documents, reminders."""

from reports.models.consolidated import ConsolidatedReport
from reports.models.cycle import CalendarException, ReportingCycle
from reports.models.document import Document
from reports.models.mail import Mail, ReminderDue
from reports.models.report import Report, ReportEvent, ReportPart, ReportQuerySet, TaskProgress
from reports.models.submission import Submission

__all__ = [
    "CalendarException",
    "ConsolidatedReport",
    "Document",
    "Mail",
    "ReminderDue",
    "Report",
    "ReportEvent",
    "ReportPart",
    "ReportQuerySet",
    "ReportingCycle",
    "Submission",
    "TaskProgress",
]
