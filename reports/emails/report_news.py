"""The mails that tell what has happened to a report."""

import datetime

from django.conf import settings

from reports import completeness, deadlines, standing
from reports.emails.contacts import officers_in_charge
from reports.emails.letter import Letter, NothingToSay, one_line, rendered
from reports.models import CalendarException, Extension, Mail, Report, ReportEvent, Submission, Thread

# An event is told of as long as its report is in one of these states. A receipt proves what happened, wherever the
# report has gone since, unless the submission was withdrawn.
STILL_SO_IN = {
    Mail.Kind.REPORT_SENT_UP: (Report.Status.AWAITING_APPROVAL,),
    Mail.Kind.REPORT_SENT_DOWN: (Report.Status.DRAFT, Report.Status.RETURNED),
    Mail.Kind.REPORT_SUBMITTED: tuple(Report.Status),
    Mail.Kind.REPORT_RETURNED: (Report.Status.RETURNED, Report.Status.AWAITING_APPROVAL),
    Mail.Kind.REPORT_ACCEPTED: (Report.Status.ACCEPTED,),
    Mail.Kind.EXTENSION_ASKED: tuple(Report.Status),
    Mail.Kind.EXTENSION_GRANTED: tuple(Report.Status),
    Mail.Kind.EXTENSION_REFUSED: tuple(Report.Status),
    Mail.Kind.REPORT_EXCUSED: tuple(Report.Status),
    Mail.Kind.EXCUSE_ENDED: tuple(Report.Status),
    # The mail that says why a report came back names its remarks.
    Mail.Kind.THREAD_OPENED: (Report.Status.SUBMITTED,),
    Mail.Kind.THREAD_ANSWERED: tuple(Report.Status),
}

WITHDRAWN = "báo cáo đã được thu hồi trước khi thư được gửi"
RESOLVED = "ý kiến thẩm tra đã kết thúc trước khi thư được gửi"
MOVED_ON = "báo cáo đã chuyển sang bước khác trước khi thư được gửi"


def compose_report_news(mail: Mail, now: datetime.datetime) -> Letter:
    """Tell what has happened to a report. Raises NothingToSay where something else has happened since."""
    assert mail.event is not None
    event = mail.event
    report = event.report
    extension = _extension_of(event)
    if not _is_still_so(mail, event, extension):
        raise NothingToSay(MOVED_ON)
    submission = None
    if mail.kind == Mail.Kind.REPORT_SUBMITTED:
        submission = _submission_of(event)
        if submission.withdrawn_at:
            raise NothingToSay(WITHDRAWN)
    remarks = _remarks_of(mail, event)
    plan = report.cycle.plan
    focal_agency = plan.focal_agency
    due_at = deadlines.due_after_return(report.due_at, report.returned_at, CalendarException.objects.as_corrections())
    parts = list(report.parts.select_related("area"))
    context = {
        "recipient": mail.recipient,
        "event": event,
        "report": report,
        "plan": plan,
        "year": str(report.cycle.year),
        "focal_agency": focal_agency,
        "last_day": deadlines.last_day(due_at),
        "days_words": deadlines.days_left_words(due_at, now),
        "extension": extension,
        "reopened_parts": [part for part in parts if part.is_reopened],
        "parts_with_gaps": {gap.part.key for gap in completeness.missing_in(report)},
        "all_reopened": all(part.is_reopened for part in parts),
        "remarks": remarks,
        "submission": submission,
        "people": submission.snapshot.get("people") if submission else None,
        "is_late": submission and standing.came_late(submission),
        "working_days": deadlines.WORKING_DAYS_AFTER_RETURN,
        "link": settings.SITE_URL + (submission or report).get_absolute_url(),
        "check_link": settings.SITE_URL + report.url("check"),
        "threads_link": settings.SITE_URL + report.url("threads"),
        "review_link": settings.SITE_URL + report.url("review"),
        "extend_link": settings.SITE_URL + report.url("extend"),
        "contacts": officers_in_charge([focal_agency], now, reader=mail.recipient),
    }
    context["words"] = one_line(f"emails/_{mail.kind}_words.txt", context)
    return rendered(mail.kind, context)


def _is_still_so(mail: Mail, event: ReportEvent, extension: Extension | None) -> bool:
    """Tell whether what the mail tells of a report still holds."""
    kind, report = Mail.Kind(mail.kind), event.report
    if kind == Mail.Kind.REPORT_EXCUSED:
        return report.excused_at == event.at
    if report.excused_at or report.status not in STILL_SO_IN[kind]:
        return False
    if kind == Mail.Kind.EXTENSION_ASKED:
        return extension is not None and extension.decided_at is None
    # What was decided since is told of in a mail of its own.
    return extension is None or not report.extensions.filter(decided_at__gt=event.at).exists()


def _extension_of(event: ReportEvent) -> Extension | None:
    """Return the extension that an event of asking for it, or of deciding on it, is about."""
    if event.kind == ReportEvent.Kind.EXTENSION_ASKED:
        return event.report.extensions.filter(asked_at=event.at).last()
    if event.kind in (ReportEvent.Kind.EXTENSION_GRANTED, ReportEvent.Kind.EXTENSION_REFUSED):
        return event.report.extensions.filter(decided_at=event.at).last()
    return None


def _remarks_of(mail: Mail, event: ReportEvent) -> list[Thread]:
    """Return the open remarks that a mail tells of. Raises NothingToSay where it has nothing else to tell."""
    if mail.kind not in (Mail.Kind.REPORT_RETURNED, Mail.Kind.THREAD_OPENED, Mail.Kind.THREAD_ANSWERED):
        return []
    remarks = list(Thread.objects.open().filter(part__report=event.report).with_words())
    if mail.kind == Mail.Kind.THREAD_ANSWERED:
        remarks = [thread for thread in remarks if any(answer.at >= event.at for answer in thread.answers)]
    if mail.kind != Mail.Kind.REPORT_RETURNED and not remarks:
        raise NothingToSay(RESOLVED)
    return remarks


def _submission_of(event: ReportEvent) -> Submission:
    """Return the submission that an event of submitting, or of entering a letter, made."""
    made = event.report.submissions.filter(submitted_at=event.at, submitted_by=event.by)
    return made.select_related("submitted_by", "on_behalf_of").latest("number")
