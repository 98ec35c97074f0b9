"""The yearly cycle: reports, their figures and files, submissions and events, the merged report, reminders."""

from reports.models.consolidated import ConsolidatedReport
from reports.models.cycle import CalendarException, ReportingCycle
from reports.models.document import Document
from reports.models.evidence import Evidence, StoredFile, Upload
from reports.models.figure import IndicatorValue
from reports.models.guidance import Guidance
from reports.models.mail import Mail, ReminderDue
from reports.models.paper import ImplementationPlan, SignedCopy
from reports.models.report import Report, ReportEvent, ReportPart, ReportQuerySet, TaskProgress
from reports.models.submission import Submission

__all__ = [
    "CalendarException",
    "ConsolidatedReport",
    "Document",
    "Evidence",
    "Guidance",
    "ImplementationPlan",
    "IndicatorValue",
    "Mail",
    "ReminderDue",
    "Report",
    "ReportEvent",
    "ReportPart",
    "ReportQuerySet",
    "ReportingCycle",
    "SignedCopy",
    "StoredFile",
    "Submission",
    "TaskProgress",
    "Upload",
]
