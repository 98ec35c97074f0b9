"""The merged report: who writes it, who publishes it, who reads it."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from assignments import access as plan_access
from assignments.models import Membership, Participant, Role, User
from reports.access.cycle import reads_every_report
from reports.access.people import AGENCY_ROLES
from reports.models import (
    ConsolidatedReport,
    Consolidation,
    ConsolidationPart,
    ReportingCycle,
    SignedConsolidatedReport,
)


def get_consolidation_part_or_404(user: User, cycle: ReportingCycle, key: str) -> ConsolidationPart:
    """Return a part of the merged report that is being written, for the focal agency's officers and heads."""
    if not reads_every_report(user, cycle):
        raise PermissionDenied("Trang này dành cho cơ quan đầu mối.")
    parts = ConsolidationPart.objects.select_related("consolidation", "area", "saved_by")
    try:
        part = parts.get(consolidation__cycle=cycle, key=key)
    except ConsolidationPart.DoesNotExist as error:
        raise Http404("Báo cáo tổng hợp không có phần này.") from error
    part.consolidation.cycle = cycle
    return part


def check_may_publish(user: User, cycle: ReportingCycle) -> None:
    """Let the focal agency's heads publish the merged report."""
    if not plan_access.is_focal_head(user, cycle.plan):
        raise PermissionDenied("Việc ban hành báo cáo tổng hợp do lãnh đạo cơ quan đầu mối thực hiện.")


def may_read_published(user: User, cycle: ReportingCycle) -> bool:
    """Tell whether the user reads a year's merged report once published, as all who have a part in the plan do."""
    place, body = "plan__participants__role", "plan__participants__agency__in"
    reads = (
        Q(plan__recipient_agencies__in=user.agencies_as(Role.LEADER))
        | Q(**{place: Participant.Role.BUDGET, body: user.agencies_as(Role.BUDGET_OFFICER)})
        | Q(**{place: Participant.Role.FOCAL, body: user.agencies_as(Role.OFFICER, Role.HEAD)})
        | Q(reports__agency__in=user.agencies_as(*AGENCY_ROLES))
    )
    return ReportingCycle.objects.filter(reads, pk=cycle.pk).exists()


def readers_of(cycle: ReportingCycle) -> list[User]:
    """Return today's people who read the merged report once published, each once, by name."""
    participants = cycle.plan.participants
    readers = (
        Q(role__in=AGENCY_ROLES, agency__in=cycle.reports.values("agency"))
        | Q(role=Role.OFFICER, agency__in=participants.filter(role=Participant.Role.FOCAL).values("agency"))
        | Q(role=Role.BUDGET_OFFICER, agency__in=participants.filter(role=Participant.Role.BUDGET).values("agency"))
        | Q(role=Role.LEADER, agency__in=cycle.plan.recipient_agencies.values("pk"))
    )
    roles = (*AGENCY_ROLES, Role.OFFICER, Role.BUDGET_OFFICER, Role.LEADER)
    current = Membership.objects.current().with_role(*roles).filter(readers).select_related("user")
    return list({m.user: m for m in current.order_by("user__full_name", "user")})


def get_draft_or_404(cycle: ReportingCycle) -> Consolidation:
    """Return the merged report that is being written, of a cycle that has passed its own door."""
    try:
        draft = cycle.consolidation
    except Consolidation.DoesNotExist as error:
        raise Http404("Kỳ báo cáo chưa mở nên chưa có bản tổng hợp.") from error
    draft.cycle = cycle
    return draft


def get_published_or_404(user: User, cycle: ReportingCycle, version: int) -> ConsolidatedReport:
    """Return a published version of the merged report, its words read where they are asked for."""
    if not may_read_published(user, cycle):
        raise PermissionDenied("Báo cáo tổng hợp dành cho các cơ quan trong kế hoạch và lãnh đạo tỉnh.")
    try:
        return cycle.consolidated_reports.defer("content").get(version=version)
    except ConsolidatedReport.DoesNotExist as error:
        raise Http404("Chưa có báo cáo tổng hợp này.") from error


def get_signed_report_or_404(published: ConsolidatedReport, pk: int) -> SignedConsolidatedReport:
    """Return a signed PDF of a published version that has passed its own door."""
    try:
        return published.signed_copies.select_related("stored").get(pk=pk)
    except SignedConsolidatedReport.DoesNotExist as error:
        raise Http404("Không có bản ký này.") from error
