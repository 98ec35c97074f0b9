"""Files and papers of the demonstration: evidence, numbers of signed reports, the agencies' own plans."""

import datetime
import io

from assignments.models import Agency, Plan, User
from reports import services
from reports.documents.docx import render_docx
from reports.documents.orders import tree_of
from reports.models import Report, ReportPart, Submission

WHY_NOT_YET = "Đã lồng ghép vào kế hoạch công tác năm; đang dự thảo kế hoạch riêng để trình lãnh đạo ban hành."


def attach_evidence(report: Report, *, by: User, now: datetime.datetime) -> None:
    """Attach last year's report to the first measure that the agency writes about."""
    progress = report.parts.filter(kind=ReportPart.Kind.AREA)[0].progress.select_related("part", "task")[0]
    name = f"Báo cáo kết quả thực hiện năm {report.cycle.year - 1}.docx"
    services.add_evidence(progress, by=by, now=now, name=name, file=_last_years_report(report))


def declare_number(submission: Submission, number: int, *, by: User, now: datetime.datetime) -> None:
    """Declare the number that a submitted report got on paper the same day."""
    notation = submission.report.agency.notation
    services.declare_signed_copy(
        submission, by=by, now=now, number=f"{number}/BC-{notation}", issued_on=now.date(), scan=None
    )


def write_implementation_plan(plan: Plan, agency: Agency, place: int, *, by: User, now: datetime.datetime) -> None:
    """Write down an agency's own plan, or why there is none; every fifth says nothing."""
    if place % 5 == 4:
        return
    if place % 5 == 3:
        services.save_implementation_plan(plan, agency, by=by, now=now, why_not_yet=WHY_NOT_YET)
        return
    issued_on = plan.issued_on + datetime.timedelta(days=30 + 3 * place)
    number = f"{60 + place}/KH-{agency.notation}"
    services.save_implementation_plan(plan, agency, by=by, now=now, number=number, issued_on=issued_on)


def _last_years_report(report: Report) -> io.BytesIO:
    year_before = Report.objects.get(agency=report.agency, cycle__year=report.cycle.year - 1)
    return io.BytesIO(render_docx(tree_of(year_before.standing_submission)))
