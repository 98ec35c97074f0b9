"""What an officer checks before a year opens by itself."""

from reports import access, deadlines, milestones
from reports.models import CalendarException, ReportingCycle


def facts_of_year(cycle: ReportingCycle) -> list[str]:
    """Return what an officer checks before a year opens, one line each."""
    last = deadlines.last_day(cycle.due_at)
    why_off = deadlines.why_off(last, CalendarException.objects.as_corrections())
    reporting = cycle.plan.reporting_agencies().on(cycle.opens_on)
    lacking = reporting.exclude(pk__in=access.agencies_with_people()).order_by("name")
    names = "; ".join(agency.name for agency in lacking)
    return [
        f"Ngày cuối nộp đúng hạn: {last:%d/%m/%Y}"
        + (f" (lưu ý: {why_off}, không phải ngày làm việc)" if why_off else ""),
        f"Số liệu từ {cycle.data_from:%d/%m/%Y} đến hết {cycle.data_to:%d/%m/%Y}",
        *milestones.sentences(cycle.milestones),
        f"{reporting.count()} cơ quan phải báo cáo"
        + (f"; chưa có đầu mối sử dụng hệ thống: {names}" if names else "; đều đã có đầu mối"),
    ]
