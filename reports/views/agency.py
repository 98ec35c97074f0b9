"""What an agency's clerks and heads see of their report: the task list, the check before sending."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.requests import SignedInRequest
from reports import access, completeness, differences, snapshots, workflow
from reports.changes import changes_in, left_since_return
from reports.differences import PartDifference
from reports.figure_tables import FigureTable, rows_of, tables_of
from reports.forms.steps import ReasonForm, SendForm, SubmitForm
from reports.models import CalendarException, Report, ReportPart, TaskProgress, Thread
from reports.standing import standing_of


@require_safe
def report(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show the report as a list of parts; who reads every report is taken to its review page."""
    report = access.get_report_or_404(request.user, plan_slug, year, agency_slug)
    if not access.works_for(request.user, report.agency):
        return redirect(report.url("review"))
    context = frame(report) | {
        "states": completeness.part_states(report),
        "request_open": report.extensions.open().first(),
        "transitions": workflow.transitions_for(request.user, report),
        "submission": access.submission_in_force(report),
        "events": report.events.select_related("by"),
        "submissions": report.submissions.select_related("submitted_by", "on_behalf_of"),
    }
    return render(request, "reports/report_detail.html", context)


@require_safe
def check(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show everything on one page, what is missing first, and the next step."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    return check_page(request, report)


def check_page(
    request: SignedInRequest,
    report: Report,
    *,
    send_form: SendForm | None = None,
    submit_form: SubmitForm | None = None,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    """Render the check page, with the form that was refused where one was."""
    states = completeness.part_states(report)
    content = snapshots.agency_report(report, signer=request.user)
    framed = frame(report)
    # Nobody needs to see what is sent differ from itself.
    sent = report.standing_submission if framed["standing"].is_owed else None
    differs = differences.between(sent.snapshot, content) if sent else {}
    left = left_since_return(report) if framed["standing"].is_owed else ""
    context = framed | {
        "sections": [
            Section(state, told, differs.get(told["key"]))
            for state, told in zip(states, content["parts"], strict=True)
        ],
        "sent": sent,
        "missing": [gap for state in states for gap in state.gaps],
        "changes": changes_in(report, [state.part for state in states]) if framed["standing"].is_owed else None,
        "people": content["people"],
        "last_year": report.cycle.year - 1,
        # What is submitted is what was checked, in the state in which it was.
        "seen": snapshots.seen(content, report.status),
        "actions": {t.action: t for t in workflow.transitions_for(request.user, report)},
        "is_head": access.is_head_of(request.user, report),
        "heads": access.heads_of(report.agency).select_related("user", "stands_in_for"),
        "left": left,
        "send_form": send_form or SendForm(left=left),
        "submit_form": submit_form or SubmitForm(left=left),
        "reason_form": reason_form or ReasonForm(),
        "form": send_form or submit_form or reason_form,
    }
    return render(request, "reports/report_check.html", context)


@dataclass(frozen=True)
class Section:
    """A part on the check page: its state, what the submission would say of it, how that differs from the last."""

    state: completeness.PartState
    told: dict
    difference: PartDifference | None

    @property
    def part(self) -> ReportPart:
        return self.state.part

    @property
    def tasks(self) -> list[dict]:
        """The tasks as they are sent, each with the word for its status."""
        return [
            task | {"label": TaskProgress.Status(task["status"]).label if task["status"] else ""}
            for task in self.told["tasks"]
        ]

    @property
    def tables(self) -> list[FigureTable]:
        return tables_of(rows_of(self.part)) if self.part.kind == ReportPart.Kind.FIGURES else []


def frame(report: Report) -> dict:
    """Return what every page of a report shows at its top, and the focal agency's remarks on it."""
    threads = list(Thread.objects.filter(part__report=report).with_words())
    return {
        "report": report,
        "cycle": report.cycle,
        "standing": standing_of(report, now=timezone.now(), corrections=CalendarException.objects.as_corrections()),
        "last_return": report.last_return,
        "threads": threads,
        "unanswered": [thread for thread in threads if thread.is_open and not thread.answers],
    }
