"""Publishing the merged report."""

import datetime

from django.db import transaction

from assignments.models import User
from reports import access, consolidation, snapshots, tasks
from reports.documents import orders
from reports.models import ConsolidatedReport, Report, ReportEvent, ReportingCycle
from reports.models.consolidated import publication_code
from reports.workflow import TransitionRefused


@transaction.atomic
def publish_consolidated_report(
    cycle: ReportingCycle, *, by: User, now: datetime.datetime, number: str, issued_on: datetime.date
) -> ConsolidatedReport:
    """Publish the merged report as it stands and freeze it; a correction is the next version.

    Raises TransitionRefused where there is nothing to merge.
    """
    cycle = ReportingCycle.objects.select_for_update().select_related("plan").get(pk=cycle.pk)
    access.check_may_publish(by, cycle)
    version = cycle.consolidated_reports.count() + 1
    content = consolidation.consolidated_report(cycle, signer=by, version=version)
    if not any(part.get("paragraphs") for part in content["parts"]):
        raise TransitionRefused("Chưa có báo cáo nào được chấp nhận nên chưa thể ban hành báo cáo tổng hợp.")
    last = cycle.consolidated_reports.order_by("version").last()
    printed = (content, number, issued_on)
    if last and (last.snapshot | {"version": version}, last.number, last.issued_on) == printed:
        raise TransitionRefused(
            f"Không có gì thay đổi so với phiên bản {last.version} đã ban hành nên không tạo phiên bản mới."
        )
    text = snapshots.canonical(content)
    sha256 = snapshots.sha256(text)
    published = ConsolidatedReport.objects.create(
        cycle=cycle,
        version=version,
        content=text,
        sha256=sha256,
        code=publication_code(sha256, number, issued_on),
        number=number,
        issued_on=issued_on,
        published_at=now,
        published_by=by,
    )
    accepted = cycle.reports.filter(status=Report.Status.ACCEPTED)
    ReportEvent.objects.bulk_create(
        ReportEvent(
            report=report,
            kind=ReportEvent.Kind.PUBLISHED,
            at=now,
            by=by,
            from_status=report.status,
            to_status=report.status,
            note=str(published),
        )
        for report in accepted
    )
    orders.order(published, now=now)
    tasks.make_documents.delay_on_commit()
    return published
