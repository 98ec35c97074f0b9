"""What waits for the focal agency too long: reports for review, the merged report for its head's decision.

After three working days somebody is reminded of it, and again whenever it has waited twice as long: who took the
report for review, otherwise every officer who may review it; of the merged report the heads.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Max, OuterRef, Q, Subquery

from assignments.models import Membership, Participant, Role
from reports import deadlines
from reports.models import (
    CalendarException,
    Consolidation,
    ConsolidationEvent,
    ReminderDue,
    Report,
    ReportEvent,
    ReportingCycle,
    Submission,
    WaitingReminder,
)

FIRST_WORKING_DAYS = 3

LATER_REMINDER = "đã đến lần nhắc sau"
DECIDED = "đã được xử lý trước khi thư được gửi"
NOT_FOR_THIS_PERSON = "không còn là việc của người nhận khi thư được gửi"


@dataclass(frozen=True)
class WaitingFacts:
    """What decides about reminding of one thing that waits.

    `people` are the ids of those whose turn it is; `claimed` the working days and recipients of this round that have
    their row, None being what was passed over.
    """

    subject: Report | Consolidation
    since: datetime.datetime
    people: frozenset[int]
    claimed: frozenset[tuple[int, int | None]] = frozenset()

    @property
    def key(self) -> tuple[type, int, datetime.datetime]:
        return type(self.subject), self.subject.pk, self.since

    def reached(self, now: datetime.datetime, corrections: deadlines.Corrections) -> list[int]:
        """Return after how many working days it should have been reminded of by now: 3, 6, 12, 24 and so on."""
        waited = deadlines.working_days_since(deadlines.day_of(self.since), deadlines.day_of(now), corrections)
        reached, next_one = [], FIRST_WORKING_DAYS
        while next_one <= waited:
            reached.append(next_one)
            next_one *= 2
        return reached


def due_waiting(
    facts: WaitingFacts, now: datetime.datetime, corrections: deadlines.Corrections
) -> list[WaitingReminder]:
    """Return the rows, unsaved, of the reminders that are due now and have none yet.

    As with deadlines only the newest goes out; older ones that nobody claimed are passed over, in one row each.
    """
    reached = facts.reached(now, corrections)
    if not reached:
        return []
    claimed_days = {days for days, _ in facts.claimed}
    passed_over = [
        _row(facts, days, None, now, why=LATER_REMINDER) for days in reached[:-1] if days not in claimed_days
    ]
    newest = reached[-1]
    people = [person for person in sorted(facts.people) if (newest, person) not in facts.claimed]
    return passed_over + [_row(facts, newest, person, now) for person in people]


def _row(
    facts: WaitingFacts, days: int, recipient_id: int | None, now: datetime.datetime, why: str = ""
) -> WaitingReminder:
    report = facts.subject if isinstance(facts.subject, Report) else None
    consolidation = facts.subject if isinstance(facts.subject, Consolidation) else None
    return WaitingReminder(
        report=report,
        consolidation=consolidation,
        since=facts.since,
        working_days=days,
        recipient_id=recipient_id,
        claimed_at=now,
        outcome=ReminderDue.Outcome.SKIPPED if why else ReminderDue.Outcome.PENDING,
        why=why,
    )


def why_not_waiting(
    row: WaitingReminder,
    facts: Iterable[WaitingFacts],
    now: datetime.datetime,
    corrections: deadlines.Corrections,
) -> str:
    """Return why a claimed reminder should not leave any more; empty while it should."""
    found = {one.key: one for one in facts}.get((type(row.subject), row.subject.pk, row.since))
    if found is None:
        return DECIDED
    if row.working_days != found.reached(now, corrections)[-1]:
        return LATER_REMINDER
    return "" if row.recipient_id in found.people else NOT_FOR_THIS_PERSON


def read_waiting(cycles: Iterable[ReportingCycle], now: datetime.datetime) -> list[WaitingFacts]:
    """Return what waits in these years, those that were ended aside: at most ten queries, however much there is.

    The cycles come with their plan read ahead.
    """
    cycles = [cycle for cycle in cycles if cycle.opened_at and not cycle.closed_at]
    staff = _staff_of(cycles, now)
    return [*_reviews(cycles, staff), *_decisions(cycles, staff)]


def _staff_of(cycles: list[ReportingCycle], now: datetime.datetime) -> dict[tuple[int, str], set[int]]:
    """Return the focal agencies' people that day by plan and role."""
    focal = dict(
        Participant.objects.filter(
            role=Participant.Role.FOCAL, plan__in={cycle.plan_id for cycle in cycles}
        ).values_list("plan_id", "agency_id")
    )
    members = Membership.objects.on(deadlines.day_of(now)).with_role(Role.OFFICER, Role.HEAD)
    held = list(members.filter(agency__in=focal.values()).values_list("agency_id", "role", "user_id"))
    staff = defaultdict(set)
    for plan_id, focal_id in focal.items():
        for agency_id, role, user_id in held:
            if agency_id == focal_id:
                staff[plan_id, role].add(user_id)
    return staff


def _reviews(cycles: list[ReportingCycle], staff: dict[tuple[int, str], set[int]]) -> list[WaitingFacts]:
    """Return the reports that wait for review; those that a published merged report holds unreviewed do not."""
    newest = Submission.objects.filter(report=OuterRef("pk"), withdrawn_at=None).order_by("-number")
    reports = list(
        Report.objects.awaiting_review()
        .filter(cycle__in=cycles, excused_at=None)
        .select_related("cycle__plan", "agency", "taken_by")
        .annotate(
            since=Subquery(newest.values("submitted_at")[:1]),
            published_at=Max("cycle__consolidated_reports__published_at"),
        )
        .filter(Q(published_at=None) | Q(since__gt=F("published_at")), since__isnull=False)
    )
    if not reports:
        return []
    had_a_part = defaultdict(set)
    answers = ReportEvent.objects.filter(kind=ReportEvent.Kind.THREAD_ANSWERED, report__in=reports)
    for pairs in (
        Report.writers.through.objects.filter(report__in=reports).values_list("report_id", "user_id"),
        Submission.objects.filter(report__in=reports).order_by().values_list("report_id", "submitted_by_id"),
        answers.order_by().values_list("report_id", "by_id"),
    ):
        for report_id, user_id in pairs:
            had_a_part[report_id].add(user_id)
    claimed = _claimed(WaitingReminder.objects.filter(report__in=reports).values_list("report_id", *CLAIM))
    facts = []
    for report in reports:
        reviewers = staff[report.cycle.plan_id, Role.OFFICER] - had_a_part[report.pk]
        people = {report.taken_by_id} & reviewers or reviewers
        facts.append(WaitingFacts(report, report.since, frozenset(people), claimed[report.pk, report.since]))
    return facts


CLAIM = ("since", "working_days", "recipient_id")


def _claimed(rows) -> dict[tuple[int, datetime.datetime], frozenset]:
    claimed: dict[tuple[int, datetime.datetime], set] = defaultdict(set)
    for subject_id, since, working_days, recipient_id in rows:
        claimed[subject_id, since].add((working_days, recipient_id))
    return defaultdict(frozenset, {key: frozenset(found) for key, found in claimed.items()})


def _decisions(cycles: list[ReportingCycle], staff: dict[tuple[int, str], set[int]]) -> list[WaitingFacts]:
    """Return the merged reports that wait for a head to approve them, or to send them back."""
    proposed = ConsolidationEvent.objects.filter(
        consolidation=OuterRef("pk"), kind=ConsolidationEvent.Kind.PROPOSED
    ).order_by("-at", "-pk")
    proposals = list(
        Consolidation.objects.filter(cycle__in=cycles, status=Consolidation.Status.PROPOSED)
        .select_related("cycle__plan")
        .annotate(since=Subquery(proposed.values("at")[:1]))
    )
    if not proposals:
        return []
    rows = WaitingReminder.objects.filter(consolidation__in=proposals)
    claimed = _claimed(rows.values_list("consolidation_id", *CLAIM))
    return [
        WaitingFacts(
            proposal,
            proposal.since,
            frozenset(staff[proposal.cycle.plan_id, Role.HEAD]),
            claimed[proposal.pk, proposal.since],
        )
        for proposal in proposals
    ]


def claim_waiting(cycles: Iterable[ReportingCycle], now: datetime.datetime) -> int:
    """Claim every reminder of what waits that is due; return how many were. May run at the same time as itself."""
    corrections = CalendarException.objects.as_corrections()
    due = [row for facts in read_waiting(cycles, now) for row in due_waiting(facts, now, corrections)]
    WaitingReminder.objects.bulk_create(due, ignore_conflicts=True)
    return sum(not row.why for row in due)
