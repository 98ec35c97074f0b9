"""The home of an agency's clerks and heads: what they owe, by when, and the one thing to do next."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from assignments.colleagues import Colleague, colleagues_of
from assignments.models import Agency, Plan, Role, User
from assignments.requests import SignedInRequest
from reports import access, completeness
from reports.changes import changes_since
from reports.completeness import PartState
from reports.heartbeats import standstill_for
from reports.models import (
    CalendarException,
    ConsolidatedReport,
    Extension,
    ImplementationPlan,
    Report,
    ReportEvent,
    ReportPart,
    Thread,
)
from reports.standing import Standing, standings


@dataclass(frozen=True)
class NextStep:
    """The one button of a card: where it leads and what it says."""

    label: str
    address: str


@dataclass(frozen=True)
class Card:
    """This year's report of an agency, for one of its people."""

    standing: Standing
    states: list[PartState]
    last_return: ReportEvent | None
    to_mend: list[ReportPart]
    unanswered: list[Thread]
    own_plan: ImplementationPlan | None
    extension: Extension | None
    next_step: NextStep

    @property
    def report(self) -> Report:
        return self.standing.report

    @property
    def done(self) -> list[PartState]:
        return [state for state in self.states if state.is_done]

    @property
    def todo(self) -> list[PartState]:
        return [state for state in self.states if not state.is_done]

    @property
    def last_saved(self) -> ReportPart | None:
        """The part that somebody wrote in last."""
        saved = [state.part for state in self.states if state.part.saved_at]
        return max(saved, key=lambda part: (part.saved_at, part.position), default=None)


def agency_home(request: SignedInRequest) -> HttpResponse:
    """Show an agency's clerks and heads this year's report first, then the years before."""
    user, now = request.user, timezone.now()
    agencies = sorted(user.agencies_as(*access.AGENCY_ROLES), key=lambda agency: agency.name)
    colleagues = _clerks_and_heads(agencies)
    rows = standings(
        access.visible_to(user).filter(agency__in=agencies).order_by("-cycle__year", "agency__name"),
        now=now,
        corrections=CalendarException.objects.as_corrections(),
    )
    newest = max((row.report.cycle.year for row in rows), default=None)
    current = [row for row in rows if row.report.cycle.year == newest]
    current.sort(key=lambda row: (not row.is_owed, row.report.status != Report.Status.RETURNED, row.due_at))
    context = {
        "standstill": standstill_for(user, now),
        "cards": [_card(user, row, colleagues[row.report.agency]) for row in current],
        "to_merge": [row.report.cycle for row in current if access.reads_every_report(user, row.report.cycle)],
        "published": _newest_published({row.report.cycle_id for row in rows}),
        "past": [row for row in rows if row.report.cycle.year != newest],
        "colleagues": colleagues,
        "managed": user.agencies_as(Role.HEAD),
        "plans": Plan.objects.all(),
    }
    return render(request, "reports/agency_home.html", context)


def _newest_published(cycles: set[int]) -> list[ConsolidatedReport]:
    """Return the newest version of each year's merged report, the last year first."""
    versions = ConsolidatedReport.objects.filter(cycle__in=cycles).select_related("cycle__plan")
    newest = {version.cycle_id: version for version in versions.order_by("cycle__year", "version")}
    return list(reversed(newest.values()))


def _clerks_and_heads(agencies: list[Agency]) -> dict[Agency, list[Colleague]]:
    everybody = colleagues_of(agencies, timezone.localdate())
    return {
        agency: [
            colleague
            for colleague in people
            if colleague.has_begun
            and colleague.membership.user.is_active
            and colleague.membership.role in access.AGENCY_ROLES
        ]
        for agency, people in everybody.items()
    }


def _card(user: User, standing: Standing, colleagues: list[Colleague]) -> Card:
    report = standing.report
    states = completeness.part_states(report)
    last_return = report.last_return if report.is_open_for_writing else None
    to_mend = _untouched_parts(states, last_return)
    remarks = Thread.objects.open().filter(part__report=report).with_words()
    unanswered = [thread for thread in remarks if not thread.answers]
    someone_writes = any(colleague.membership.role == Role.CLERK for colleague in colleagues)
    return Card(
        standing=standing,
        states=states,
        last_return=last_return,
        to_mend=to_mend,
        unanswered=unanswered,
        own_plan=ImplementationPlan.objects.filter(plan=report.cycle.plan, agency=report.agency).first(),
        extension=report.extensions.open().first(),
        next_step=_next_step(user, report, states, to_mend, unanswered, someone_writes=someone_writes),
    )


def _next_step(
    user: User,
    report: Report,
    states: list[PartState],
    to_mend: list[ReportPart],
    unanswered: list[Thread],
    *,
    someone_writes: bool,
) -> NextStep:
    """Return what this person does next about the report, in the state it is in."""
    if report.status == Report.Status.AWAITING_APPROVAL:
        label = "Xem và duyệt báo cáo" if access.may_submit(user, report) else "Xem báo cáo đã trình"
        return NextStep(label, report.url("check"))
    if not report.is_open_for_writing and unanswered:
        return NextStep("Trả lời ý kiến thẩm tra", report.url("threads"))
    if not report.is_open_for_writing:
        submission = access.submission_in_force(report)
        if submission is None:
            return NextStep("Xem báo cáo", report.get_absolute_url())
        return NextStep("Xem phiếu tiếp nhận", submission.get_absolute_url())
    todo = [state.part for state in states if not state.is_done]
    if todo and someone_writes and not access.is_clerk_of(user, report):
        return NextStep("Xem báo cáo đang soạn", report.url("check"))
    if todo:
        begun = any(state.part.saved_at for state in states)
        label = f"Viết tiếp: {todo[0].title}" if begun else "Bắt đầu viết báo cáo"
        return NextStep(label, report.url("part", todo[0].key))
    if to_mend:
        return NextStep(f"Sửa: {to_mend[0].title}", report.url("part", to_mend[0].key))
    may_submit = access.may_submit(user, report)
    return NextStep("Kiểm tra và nộp" if may_submit else "Kiểm tra và trình lãnh đạo", report.url("check"))


def _untouched_parts(states: list[PartState], last_return: ReportEvent | None) -> list[ReportPart]:
    """Return the parts that were reopened by name and not touched since; none where the whole report was."""
    reopened = [state.part for state in states if state.part.is_reopened]
    if last_return is None or len(reopened) == len(states):
        return []
    touched = changes_since(last_return, reopened).parts
    return [part for part in reopened if part not in touched]
