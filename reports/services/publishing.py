"""Publishing the merged report that was proposed; its signed copy."""

import datetime
import json

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from assignments.models import User
from reports import access, files, snapshots, tasks
from reports.documents import orders
from reports.models import (
    ConsolidatedReport,
    Consolidation,
    ConsolidationEvent,
    Mail,
    Report,
    ReportEvent,
    ReportingCycle,
    SignedConsolidatedReport,
)
from reports.models.consolidated import publication_code
from reports.services.keeping import keep_file
from reports.services.proposing import NOT_PROPOSED, back_to_draft, focal_agency_of, lock_merged_report
from reports.services.telling import tell
from reports.workflow import TransitionRefused

OWN_PROPOSAL = "Người trình không tự phê duyệt. Hãy để lãnh đạo khác của cơ quan phê duyệt và ban hành."
CHANGED_SINCE_SEEN = (
    "Bản trình đã được thay bằng bản khác sau khi bạn mở trang nên chưa ban hành. "
    "Hãy đọc lại bản mới rồi xác nhận lại."
)


@transaction.atomic
def publish_consolidated_report(
    cycle: ReportingCycle,
    *,
    by: User,
    now: datetime.datetime,
    number: str,
    issued_on: datetime.date,
    seen: str | None = None,
) -> ConsolidatedReport:
    """Publish what was proposed and freeze it; everybody in the plan and the leaders are told by mail.

    `seen` is the SHA-256 of the proposal that the head has read. Two heads at once make one version: the second
    finds nothing proposed. Raises TransitionRefused there, for one's own proposal, for another than the one
    seen, and for a version that says, under the same number and day, nothing that the last did not.
    """
    draft = Consolidation.objects.get(cycle=cycle)
    cycle = lock_merged_report(draft)
    access.check_may_publish(by, cycle)
    if not draft.is_proposed:
        raise TransitionRefused(NOT_PROPOSED)
    if seen is not None and seen != snapshots.sha256(draft.proposed_content):
        raise TransitionRefused(CHANGED_SINCE_SEEN)
    if draft.proposal.by == by:
        raise TransitionRefused(OWN_PROPOSAL)
    published = _freeze(draft, by=by, now=now, number=number, issued_on=issued_on)
    _write_into_histories(published, by=by, now=now)
    draft.changes = ""
    back_to_draft(draft)
    event = draft.events.create(kind=ConsolidationEvent.Kind.PUBLISHED, at=now, by=by, published=published)
    tell(Mail.Kind.CONSOLIDATED_PUBLISHED, [reader for reader in access.readers_of(cycle) if reader != by], event)
    orders.order(published, now=now)
    tasks.make_documents.delay_on_commit()
    return published


@transaction.atomic
def record_number(published: ConsolidatedReport, *, by: User, now: datetime.datetime, number: str) -> None:
    """Write down the number that a version got after it was published; its documents are made anew with it.

    What is frozen, and the code printed in the documents made before, stay. Raises TransitionRefused where it has
    a number: another one is the next version.
    """
    access.check_reads_every_agency(by, published.cycle.plan)
    locked = ConsolidatedReport.objects.select_for_update(no_key=True).get(pk=published.pk)
    if locked.number:
        raise TransitionRefused(
            f"Phiên bản {locked.version} đã có số {locked.number}. Cần số khác thì trình, ban hành phiên bản mới."
        )
    published.number = number
    published.save(update_fields=["number"])
    _write_down_signing(published, by=by, now=now, reason=f"Ghi số, ký hiệu: {number}")
    orders.order(published, now=now)
    tasks.make_documents.delay_on_commit()


def _freeze(
    draft: Consolidation, *, by: User, now: datetime.datetime, number: str, issued_on: datetime.date
) -> ConsolidatedReport:
    """Make the next version of what was proposed; it is outdated where a report has moved since the proposal."""
    cycle = draft.cycle
    last = cycle.consolidated_reports.order_by("version").last()
    version = last.version + 1 if last else 1
    content = json.loads(draft.proposed_content) | {
        "signer": snapshots.signer_of(focal_agency_of(cycle), by),
        "version": version,
    }
    if last and (_said(content), number, issued_on) == (_said(last.snapshot), last.number, last.issued_on):
        raise TransitionRefused(
            f"Không có gì thay đổi so với phiên bản {last.version} đã ban hành nên không tạo phiên bản mới."
        )
    text = snapshots.canonical(content)
    sha256 = snapshots.sha256(text)
    return ConsolidatedReport.objects.create(
        cycle=cycle,
        version=version,
        content=text,
        sha256=sha256,
        code=publication_code(sha256, number, issued_on),
        number=number,
        issued_on=issued_on,
        changes=draft.changes if last else "",
        published_at=now,
        published_by=by,
        outdated_at=draft.outdated_at,
    )


def _said(content: dict) -> dict:
    """Return what a version says beside which one it is, and without how far the agencies are that day."""
    return {key: value for key, value in content.items() if key not in ("version", "changes", "matrix")}


def _write_into_histories(published: ConsolidatedReport, *, by: User, now: datetime.datetime) -> None:
    """Write the publication into the history of every accepted report that is in it as it stands."""
    accepted = published.cycle.reports.filter(status=Report.Status.ACCEPTED)
    if published.outdated_at:
        moved = ReportEvent.objects.moved_since(published.cycle, published.outdated_at)
        accepted = accepted.exclude(pk__in=moved.values("report"))
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


@transaction.atomic
def keep_signed_report(
    published: ConsolidatedReport, *, by: User, now: datetime.datetime, scan: UploadedFile
) -> SignedConsolidatedReport:
    """Keep the signed PDF of a published version; a better one is one row more, and the newest holds.

    That it is signed is the focal agency's word: nothing is verified. Raises FileRefused.
    """
    access.check_reads_every_agency(by, published.cycle.plan)
    stored = keep_file(scan, now=now)
    file_name = files.name_of(scan.name or "", files.Kind(stored.kind))
    _write_down_signing(published, by=by, now=now, reason=f"Tệp {file_name}, SHA-256 {stored.sha256}")
    return published.signed_copies.create(stored=stored, file_name=file_name, uploaded_at=now, uploaded_by=by)


def _write_down_signing(published: ConsolidatedReport, *, by: User, now: datetime.datetime, reason: str) -> None:
    ConsolidationEvent.objects.create(
        consolidation=published.cycle.consolidation,
        kind=ConsolidationEvent.Kind.SIGNED,
        at=now,
        by=by,
        reason=reason,
        published=published,
    )
