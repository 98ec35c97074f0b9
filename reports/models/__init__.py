"""The yearly cycle: reports, their figures and files, submissions and events, the merged report, reminders."""

from reports.models.consolidated import ConsolidatedReport
from reports.models.consolidation import (
    ConsolidatedParagraph,
    Consolidation,
    ConsolidationEvent,
    ConsolidationPart,
    ParagraphSource,
    SignedConsolidatedReport,
)
from reports.models.contact_call import ContactCall
from reports.models.cycle import CalendarException, CycleEvent, ReportingCycle
from reports.models.document import Document
from reports.models.evidence import Evidence, StoredFile, Upload
from reports.models.extension import Extension
from reports.models.figure import IndicatorValue
from reports.models.guidance import Guidance
from reports.models.heartbeat import Heartbeat
from reports.models.mail import Mail, MailQuerySet, MailTopic, MutedTopic, ReminderDue, WaitingReminder
from reports.models.mail_test import MailTest
from reports.models.paper import ImplementationPlan, SignedCopy
from reports.models.printout import Printout
from reports.models.report import Report, ReportEvent, ReportPart, ReportQuerySet, TaskProgress
from reports.models.review import Comment, Thread
from reports.models.roll_call import RollCall, RollCallEntry
from reports.models.submission import Submission

__all__ = [
    "CalendarException",
    "Comment",
    "ConsolidatedParagraph",
    "ConsolidatedReport",
    "Consolidation",
    "ConsolidationEvent",
    "ConsolidationPart",
    "ContactCall",
    "CycleEvent",
    "Document",
    "Evidence",
    "Extension",
    "Guidance",
    "Heartbeat",
    "ImplementationPlan",
    "IndicatorValue",
    "Mail",
    "MailQuerySet",
    "MailTest",
    "MailTopic",
    "MutedTopic",
    "ParagraphSource",
    "Printout",
    "ReminderDue",
    "Report",
    "ReportEvent",
    "ReportPart",
    "ReportQuerySet",
    "ReportingCycle",
    "RollCall",
    "RollCallEntry",
    "SignedConsolidatedReport",
    "SignedCopy",
    "StoredFile",
    "Submission",
    "TaskProgress",
    "Thread",
    "Upload",
    "WaitingReminder",
]
