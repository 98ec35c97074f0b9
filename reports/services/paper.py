"""Paper beside the portal: what an agency declares of its signed report, and its own implementation plan."""

import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from assignments.models import Agency, Plan, User
from reports import files, tasks
from reports.documents import orders
from reports.models import ImplementationPlan, Report, ReportEvent, SignedCopy, StoredFile, Submission
from reports.services.keeping import keep_file
from reports.workflow import TransitionRefused


def declare_signed_copy(
    submission: Submission,
    *,
    by: User,
    now: datetime.datetime,
    number: str,
    issued_on: datetime.date,
    scan: UploadedFile | None,
) -> SignedCopy:
    """Write down what the agency says of the paper of a submission; a correction is one row more.

    Without a new scan the one before stays. That the paper is signed is the agency's word: nothing is verified.
    Raises TransitionRefused for a submission that was withdrawn or came by letter, and FileRefused.
    """
    with transaction.atomic():
        report = Report.objects.select_for_update(no_key=True).get(pk=submission.report_id)
        submission.refresh_from_db(fields=["withdrawn_at"])
        if submission.withdrawn_at:
            raise TransitionRefused("Lần nộp này đã thu hồi. Hãy ghi số, ký hiệu cho lần nộp còn hiệu lực.")
        if submission.is_entered:
            raise TransitionRefused("Báo cáo này được nhập từ báo cáo giấy, đã có số, ký hiệu và bản chụp.")
        last = submission.signed_copies.last()
        stored, file_name = (last.stored, last.file_name) if last else (None, "")
        if scan:
            stored, file_name = _keep(scan, now)
        note = f"Lần nộp {submission.number}: số {number} ngày {issued_on:%d/%m/%Y}"
        if stored:
            note += f", bản ký có SHA-256 {stored.sha256}"
        ReportEvent.objects.create(
            report=report,
            kind=ReportEvent.Kind.SIGNED,
            at=now,
            by=by,
            from_status=report.status,
            to_status=report.status,
            note=note,
        )
        copy = SignedCopy.objects.create(
            submission=submission,
            number=number,
            issued_on=issued_on,
            stored=stored,
            file_name=file_name,
            declared_at=now,
            declared_by=by,
        )
        orders.order(copy, now=now)
        tasks.make_documents.delay_on_commit()
        return copy


def save_implementation_plan(
    plan: Plan,
    agency: Agency,
    *,
    by: User,
    now: datetime.datetime,
    number: str = "",
    issued_on: datetime.date | None = None,
    file: UploadedFile | None = None,
    why_not_yet: str = "",
) -> ImplementationPlan:
    """Write down an agency's own plan, or why there is none yet; what was written before is replaced.

    Without a new file the one before stays, as long as there is a plan. Raises FileRefused.
    """
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
        row = ImplementationPlan.objects.filter(plan=plan, agency=agency).first()
        row = row or ImplementationPlan(plan=plan, agency=agency)
        row.number, row.issued_on, row.why_not_yet = number, issued_on, why_not_yet
        if not number:
            row.stored, row.file_name = None, ""
        elif file:
            row.stored, row.file_name = _keep(file, now)
        row.saved_at, row.saved_by = now, by
        row.save()
        return row


def _keep(file: UploadedFile, now: datetime.datetime) -> tuple[StoredFile, str]:
    """Keep a file that came and return it with the name it is called by."""
    stored = keep_file(file, now=now)
    return stored, files.name_of(file.name or "", files.Kind(stored.kind))
