"""The demonstration's clocks: more time asked for, more time granted, an agency excused."""

import datetime
from collections.abc import Callable

from assignments.models import User
from reports import deadlines, services
from reports.models import ReportingCycle

ASKS, HAS_MORE_TIME, IS_EXCUSED = "huyen-chi-lang", "huyen-cao-loc", "huyen-bac-son"


def play(cycle: ReportingCycle, officer: User, clerk_of: Callable[[str], User], now: datetime.datetime) -> None:
    """Ask, grant and excuse in the hours before now; the days lie ahead, whatever today's date is."""
    reports = {report.agency.slug: report for report in cycle.reports.select_related("cycle__plan", "agency")}
    last = max(cycle.last_day, deadlines.day_of(now)) + datetime.timedelta(days=7)
    until = deadlines.after(deadlines.working_day_from(last, {}))
    services.ask_extension(
        reports[HAS_MORE_TIME],
        by=clerk_of(HAS_MORE_TIME),
        now=now - datetime.timedelta(hours=30),
        wanted_until=until,
        reason="Huyện vừa khắc phục mưa lũ ở 05 xã, chưa thu đủ số liệu của các xã này.",
    )
    services.grant_extension(
        reports[HAS_MORE_TIME],
        by=officer,
        now=now - datetime.timedelta(hours=6),
        granted_until=until,
        reason="Đồng ý vì lý do khách quan; đề nghị gửi đúng hạn mới.",
    )
    services.ask_extension(
        reports[ASKS],
        by=clerk_of(ASKS),
        now=now - datetime.timedelta(hours=3),
        wanted_until=until,
        reason="Lãnh đạo huyện đi công tác, chưa duyệt được báo cáo; còn chờ số liệu của Công an huyện.",
    )
    services.excuse_report(
        reports[IS_EXCUSED],
        by=officer,
        now=now - datetime.timedelta(hours=20),
        reason="Huyện tập trung khắc phục hậu quả lũ quét; số liệu năm nay báo cáo gộp vào năm sau.",
    )
