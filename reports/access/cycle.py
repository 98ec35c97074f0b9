"""A year of a plan as the focal agency, the leaders and the budget officers see it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from assignments import access as plan_access
from assignments.models import Agency, Indicator, IndicatorTable, Plan, User
from reports.access.people import AGENCY_ROLES
from reports.models import Printout, ReportingCycle


def get_cycle_or_404(user: User, plan_slug: str, year: int) -> ReportingCycle:
    """Return the cycle; that there is one is no secret to anybody who is signed in."""
    try:
        return ReportingCycle.objects.select_related("plan").get(plan__slug=plan_slug, year=year)
    except ReportingCycle.DoesNotExist as error:
        raise Http404("Không có kỳ báo cáo này.") from error


def get_agency_of_plan_or_404(user: User, plan: Plan, agency_slug: str) -> Agency:
    """Return an agency that owes an implementation plan: to its own people, and to the focal agency."""
    agencies = plan.reporting_agencies()
    if not reads_every_agency(user, plan):
        agencies = agencies.filter(pk__in=[agency.pk for agency in user.agencies_as(*AGENCY_ROLES)])
    try:
        return agencies.get(slug=agency_slug)
    except Agency.DoesNotExist as error:
        raise Http404("Không có cơ quan này trong kế hoạch.") from error


def check_reads_every_agency(user: User, plan: Plan) -> None:
    """Let the focal agency's officers and heads see who has sent what, and who is late."""
    if not reads_every_agency(user, plan):
        raise PermissionDenied("Trang này dành cho cơ quan đầu mối.")


def reads_every_agency(user: User, plan: Plan) -> bool:
    return plan_access.is_officer(user, plan) or plan_access.is_focal_head(user, plan)


def reads_every_report(user: User, cycle: ReportingCycle) -> bool:
    return reads_every_agency(user, cycle.plan)


def check_may_take_the_year(user: User, cycle: ReportingCycle) -> None:
    """Let the focal agency's officers and heads take all final reports and their files out in one."""
    if not reads_every_report(user, cycle):
        raise PermissionDenied("Trọn bộ hồ sơ năm dành cho cơ quan đầu mối.")


def get_printout_or_404(user: User, cycle: ReportingCycle, pk: int) -> Printout:
    """Return what was put on paper about a year, for the focal agency's officers and heads."""
    check_reads_every_agency(user, cycle.plan)
    try:
        printout = cycle.printouts.select_related("made_by").get(pk=pk)
    except Printout.DoesNotExist as error:
        raise Http404("Không có bản in này.") from error
    printout.cycle = cycle
    return printout


def check_is_officer(user: User, cycle: ReportingCycle) -> None:
    if not plan_access.is_officer(user, cycle.plan):
        raise PermissionDenied("Việc này do chuyên viên cơ quan đầu mối thực hiện.")


def check_may_set_dates(user: User, cycle: ReportingCycle) -> None:
    """Let the focal agency's officers and administrators change a year's dates, milestones, days off and end."""
    if not (plan_access.is_officer(user, cycle.plan) or user.is_administrator):
        raise PermissionDenied("Việc này do chuyên viên cơ quan đầu mối hoặc quản trị hệ thống thực hiện.")


def get_indicator_table_or_404(plan: Plan, code: str) -> IndicatorTable:
    """Return a table of figures, for an officer who has passed the cycle's door."""
    try:
        return plan.indicator_tables.select_related("plan").get(code=code)
    except IndicatorTable.DoesNotExist as error:
        raise Http404("Không có biểu này.") from error


def get_indicator_or_404(plan: Plan, code: str) -> Indicator:
    """Return an indicator, for an officer who has passed the cycle's door."""
    try:
        return Indicator.objects.select_related("table__plan").get(table__plan=plan, code=code)
    except Indicator.DoesNotExist as error:
        raise Http404("Không có chỉ tiêu này.") from error


def check_may_see_summary(user: User, cycle: ReportingCycle) -> None:
    """Let leaders, and the focal agency, see live counts. No agency's words are among them."""
    if not (plan_access.is_leader(user, cycle.plan) or reads_every_report(user, cycle)):
        raise PermissionDenied("Trang này dành cho lãnh đạo tỉnh.")


def check_may_see_funding(user: User, cycle: ReportingCycle) -> None:
    """Let the budget officers, and the focal agency, read the funding parts of what was submitted."""
    if not (plan_access.is_budget_officer(user, cycle.plan) or reads_every_report(user, cycle)):
        raise PermissionDenied("Trang này dành cho cơ quan tổng hợp dự toán.")
