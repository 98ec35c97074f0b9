"""The states of a report and who moves them: one table, and the one door through it.

Nothing else assigns `Report.status`.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from assignments.models import User
from reports import access, completeness
from reports.models import Report, ReportEvent, Thread

DRAFT = Report.Status.DRAFT
AWAITING_APPROVAL = Report.Status.AWAITING_APPROVAL
SUBMITTED = Report.Status.SUBMITTED
RETURNED = Report.Status.RETURNED
ACCEPTED = Report.Status.ACCEPTED

Event = ReportEvent.Kind


class TransitionRefused(Exception):
    """A step that cannot be taken now; its words are for the user."""


@dataclass(frozen=True)
class Transition:
    """One row of the table. `target` None means the state in which the agency works: draft, or returned."""

    action: str
    sources: tuple[Report.Status, ...]
    target: Report.Status | None
    may: Callable[[User, Report], bool]
    event: ReportEvent.Kind
    label: str
    needs_complete: bool = False
    needs_reason: bool = False
    needs_not_taken: bool = False
    needs_no_open_thread: bool = False


TRANSITIONS = {
    t.action: t
    for t in (
        Transition(
            "send_up", (DRAFT, RETURNED), AWAITING_APPROVAL, access.may_send_up, Event.SENT_UP,
            "Trình lãnh đạo", needs_complete=True,
        ),
        Transition(
            "send_down", (AWAITING_APPROVAL,), None, access.is_head_of, Event.SENT_DOWN,
            "Chuyển lại chuyên viên", needs_reason=True,
        ),
        Transition(
            "submit", (DRAFT, RETURNED, AWAITING_APPROVAL), SUBMITTED, access.may_submit, Event.SUBMITTED,
            "Nộp báo cáo", needs_complete=True,
        ),
        Transition("enter", (DRAFT, RETURNED), SUBMITTED, access.is_officer_for, Event.ENTERED, "Nhập báo cáo giấy"),
        Transition(
            "withdraw", (SUBMITTED,), None, access.may_submit, Event.WITHDRAWN, "Thu hồi", needs_not_taken=True
        ),
        Transition(
            "take", (SUBMITTED,), SUBMITTED, access.may_review, Event.TAKEN, "Nhận thẩm tra",
            needs_not_taken=True,
        ),
        Transition(
            "return", (SUBMITTED,), RETURNED, access.may_review, Event.RETURNED, "Trả lại", needs_reason=True
        ),
        Transition(
            "accept", (SUBMITTED,), ACCEPTED, access.may_review, Event.ACCEPTED, "Chấp nhận",
            needs_no_open_thread=True,
        ),
        Transition(
            "reopen", (ACCEPTED,), RETURNED, access.is_officer_for, Event.REOPENED, "Mở lại", needs_reason=True
        ),
    )
}  # fmt: skip


def is_possible(transition: Transition, report: Report) -> bool:
    """Tell whether the report's state allows the step, whoever takes it."""
    if report.excused_at or report.status not in transition.sources:
        return False
    return not (transition.needs_not_taken and report.taken_at)


def transitions_for(user: User, report: Report) -> list[Transition]:
    """Return the steps that this person may take now, in the table's order: the buttons of a page."""
    return [t for t in TRANSITIONS.values() if is_possible(t, report) and t.may(user, report)]


def check_may(user: User, report: Report, action: str) -> None:
    """Raise PermissionDenied unless the table lets the person take the step, whatever state the report is in."""
    transition = TRANSITIONS[action]
    if not transition.may(user, report):
        raise PermissionDenied(f"Bạn không có quyền thực hiện việc này: {transition.label}.")


@transaction.atomic
def apply_transition(
    report: Report, action: str, *, by: User, now: datetime.datetime, reason: str = "", note: str = ""
) -> ReportEvent:
    """Take one step: lock the report, check again, save the new state, write the event.

    Brings `report` itself up to date. Raises PermissionDenied where the table does not let the person, and
    TransitionRefused, with words for the user, where the state, a gap or a missing reason forbids it.
    """
    transition = TRANSITIONS[action]
    report.refresh_from_db(
        fields=["status", "returned_at", "taken_at", "taken_by", "excused_at", "nothing_at", "nothing_reason"],
        from_queryset=Report.objects.select_for_update(no_key=True),
    )
    check_may(by, report, action)
    if not is_possible(transition, report):
        raise TransitionRefused(
            f"Không thể thực hiện “{transition.label}”: báo cáo đang ở trạng thái "
            f"“{report.get_status_display()}”. Hãy tải lại trang để xem tình trạng mới nhất."
        )
    if transition.needs_reason and not reason.strip():
        raise TransitionRefused("Hãy ghi rõ lý do.")
    if transition.needs_complete and completeness.missing_in(report):
        raise TransitionRefused("Báo cáo chưa đầy đủ. Hãy bổ sung các mục còn thiếu rồi thực hiện lại.")
    if transition.needs_no_open_thread and (remarked := remarked_parts(report)):
        raise TransitionRefused(
            f"Chưa thể chấp nhận báo cáo: còn ý kiến thẩm tra chưa kết thúc ở {'; '.join(remarked)}. "
            "Hãy kết thúc từng ý kiến, hoặc trả lại báo cáo."
        )

    before = report.status
    report.status = transition.target or report.working_status
    if transition.target == RETURNED:
        report.returned_at = now
    if action == "take":
        report.taken_at, report.taken_by = now, by
    elif report.status not in (SUBMITTED, ACCEPTED):
        report.taken_at = report.taken_by = None
    report.save(update_fields=["status", "returned_at", "taken_at", "taken_by"])
    return ReportEvent.objects.create(
        report=report,
        kind=transition.event,
        at=now,
        by=by,
        from_status=before,
        to_status=report.status,
        reason=reason.strip(),
        note=note,
    )


def remarked_parts(report: Report) -> list[str]:
    """Return the titles of the parts with remarks that no officer has resolved, in order, each once."""
    remarks = Thread.objects.open().filter(part__report=report).select_related("part__area")
    return list(dict.fromkeys(thread.part.title for thread in remarks.order_by("part__position")))
