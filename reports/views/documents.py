"""What was submitted, its receipt, and the files made of it."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.requests import SignedInRequest
from reports import access, emails, reviewing, tasks, workflow
from reports.documents import orders
from reports.documents.html import preview_html
from reports.files import CONTENT_TYPES, Kind
from reports.models import ConsolidatedReport, Document, SignedCopy, Submission
from reports.models.consolidated import filename_of as published_filename
from reports.models.document import Source
from reports.models.submission import filename_of as submission_filename
from reports.standing import came_late
from reports.views.stored import sent


@require_safe
def submission(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int) -> HttpResponse:
    """Show the receipt of a submission (phiếu tiếp nhận) and exactly what was submitted."""
    submission = _submission(request, plan_slug, year, agency_slug, number)
    report = submission.report
    standing = list(report.submissions.filter(withdrawn_at=None))
    newest = standing[-1] if standing else None
    steps = {step.action: step for step in workflow.transitions_for(request.user, report)}
    context = {
        "report": report,
        "cycle": report.cycle,
        "submission": submission,
        "people": submission.snapshot.get("people"),
        "first": standing[0] if standing else None,
        "newest": newest,
        "is_late": came_late(submission),
        "first_is_late": bool(standing) and came_late(standing[0]),
        "copies": emails.receipt_copies(submission),
        "withdraw": steps.get("withdraw") if submission == newest else None,
        "threads": reviewing.threads_of(submission),
        "preview": preview_html(orders.tree_of(submission)),
        "signed_copy": (copy := submission.signed_copies.last()),
        "may_declare": access.works_for(request.user, report.agency),
        "numbered": _document_context(copy) if copy else None,
        **_document_context(submission),
    }
    return render(request, "reports/submission_receipt.html", context)


def submission_document(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int
) -> HttpResponse:
    """Say how far the documents of a submission are; a POST asks again for those that failed or never were."""
    submission = _submission(request, plan_slug, year, agency_slug, number)
    return _document_state(request, submission, back_to=submission.get_absolute_url())


@require_safe
def submission_file(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int, filename: str, kind: str
) -> HttpResponseBase:
    """Hand out a document of exactly what was sent."""
    today = timezone.localdate()
    made = access.find_made_of_submission(request.user, plan_slug, year, agency_slug, number, kind, today=today)
    if made and filename == submission_filename(agency_slug, year):
        return _sent(request, made, filename)
    submission = _submission(request, plan_slug, year, agency_slug, number)
    return _download(request, submission, submission.filename, filename, Document.Kind(kind))


def numbered_document(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int
) -> HttpResponse:
    """Say how far the documents with the declared number and day are; a POST asks for them, or again."""
    submission = _submission(request, plan_slug, year, agency_slug, number)
    return _document_state(request, _signed_copy(submission), back_to=submission.get_absolute_url())


@require_safe
def numbered_file(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int, filename: str, kind: str
) -> HttpResponseBase:
    """Hand out a document with the number and day that the agency declared last."""
    copy = _signed_copy(_submission(request, plan_slug, year, agency_slug, number))
    return _download(request, copy, copy.filename, filename, Document.Kind(kind))


@require_safe
def letter_scan(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int
) -> HttpResponseBase:
    """Hand out the scan of a report that came by letter."""
    scan = _submission(request, plan_slug, year, agency_slug, number).letter_scan
    if not scan:
        raise Http404("Lần nộp này không có bản giấy.")
    name = f"bao-cao-giay-{agency_slug}-{year}.pdf"
    # It is written once, under a name of its own.
    return sent(request, scan, size=scan.size, etag=scan.name or "", name=name, content_type=CONTENT_TYPES[Kind.PDF])


def consolidated_document(request: SignedInRequest, plan_slug: str, year: int, version: int) -> HttpResponse:
    """Say how far the documents of a published version are; a POST asks again for those that failed."""
    published = _published(request, plan_slug, year, version)
    return _document_state(request, published, back_to=published.get_absolute_url())


@require_safe
def consolidated_file(
    request: SignedInRequest, plan_slug: str, year: int, version: int, filename: str, kind: str, subject: str
) -> HttpResponseBase:
    """Hand out a document of a published version: the whole report, or the brief for leaders (bản tóm tắt)."""
    own_name = published_filename(subject, year, version)
    today = timezone.localdate()
    made = access.find_made_of_published(request.user, plan_slug, year, version, kind, subject, today=today)
    if made and filename == own_name:
        return _sent(request, made, filename)
    published = _published(request, plan_slug, year, version)
    return _download(request, published, own_name, filename, Document.Kind(kind), Document.Subject(subject))


def _published(request: SignedInRequest, plan_slug: str, year: int, version: int) -> ConsolidatedReport:
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    return access.get_published_or_404(request.user, cycle, version)


def _submission(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int) -> Submission:
    report = access.get_report_or_404(request.user, plan_slug, year, agency_slug)
    return access.get_submission_or_404(request.user, report, number)


def _signed_copy(submission: Submission) -> SignedCopy:
    """Return what the agency declared last of the paper of a submission."""
    copy = submission.signed_copies.last()
    if copy is None:
        raise Http404("Lần nộp này chưa có số, ký hiệu.")
    return copy


def _document_state(request: SignedInRequest, source: Source, *, back_to: str) -> HttpResponse:
    if request.method == "POST":
        orders.order_again(source, now=timezone.now())
        tasks.make_documents.delay_on_commit()
        return redirect(back_to)
    return render(request, "reports/_document_state.html", _document_context(source))


def _document_context(source: Source) -> dict:
    return {"files": orders.files_of(source), "state_address": source.document_address}


def _download(
    request: SignedInRequest,
    source: Source,
    own_name: str,
    filename: str,
    kind: Document.Kind,
    subject: Document.Subject = Document.Subject.REPORT,
) -> HttpResponseBase:
    """Answer with the finished file, or with how far it is (202)."""
    if filename != own_name:
        raise Http404("Không có tệp này.")
    made = orders.files_of(source).of(kind, subject).made
    if made is None:
        context = _document_context(source) | {"earlier": orders.find_earlier(source, kind, subject)}
        return render(request, "reports/document_waiting.html", context, status=202)
    return _sent(request, made, filename)


def _sent(request: SignedInRequest, made: Document, filename: str) -> HttpResponseBase:
    return sent(
        request,
        made.file,
        size=made.size,
        etag=made.address,
        name=f"{filename}.{made.kind}",
        content_type=CONTENT_TYPES[Kind(made.kind)],
    )
