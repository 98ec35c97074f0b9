"""What was submitted, its receipt, and the files made of it."""

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from assignments.requests import SignedInRequest
from reports import access, emails, tasks, workflow
from reports.documents import orders
from reports.documents.html import preview_html
from reports.models import ConsolidatedReport, Document, Submission
from reports.standing import came_late


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
        "preview": preview_html(orders.tree_of(submission)),
        **_document_context(submission),
    }
    return render(request, "reports/submission_receipt.html", context)


def submission_document(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int
) -> HttpResponse:
    """Say how far the PDF of a submission is; a POST asks for one that failed again."""
    submission = _submission(request, plan_slug, year, agency_slug, number)
    return _document_state(request, submission, back_to=submission.report.url("submission", number))


@require_safe
def submission_pdf(
    request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int, filename: str
) -> HttpResponseBase:
    submission = _submission(request, plan_slug, year, agency_slug, number)
    return _download(request, submission, filename)


@require_safe
def letter_scan(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int) -> FileResponse:
    """Hand out the scan of a report that came by letter."""
    submission = _submission(request, plan_slug, year, agency_slug, number)
    if not submission.letter_scan:
        raise Http404("Lần nộp này không có bản giấy.")
    return FileResponse(
        submission.letter_scan.open(), as_attachment=True, filename=f"bao-cao-giay-{agency_slug}-{year}.pdf"
    )


def consolidated_document(request: SignedInRequest, plan_slug: str, year: int, version: int) -> HttpResponse:
    """Say how far the PDF of a published version is; a POST asks for one that failed again."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    published = access.get_published_or_404(request.user, cycle, version)
    return _document_state(request, published, back_to=published.get_absolute_url())


@require_safe
def consolidated_pdf(
    request: SignedInRequest, plan_slug: str, year: int, version: int, filename: str
) -> HttpResponseBase:
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    return _download(request, access.get_published_or_404(request.user, cycle, version), filename)


def _submission(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, number: int) -> Submission:
    report = access.get_report_or_404(request.user, plan_slug, year, agency_slug)
    return access.get_submission_or_404(request.user, report, number)


def _document_context(source: Submission | ConsolidatedReport) -> dict:
    return {
        "document": orders.find(source),
        "pdf_address": source.pdf_address,
        "state_address": source.document_address,
    }


def _document_state(
    request: SignedInRequest, source: Submission | ConsolidatedReport, *, back_to: str
) -> HttpResponse:
    context = _document_context(source)
    if request.method == "POST":
        orders.order_again(context["document"])
        tasks.make_documents.delay_on_commit()
        return redirect(back_to)
    return render(request, "reports/_document_state.html", context)


def _download(request: SignedInRequest, source: Submission | ConsolidatedReport, filename: str) -> HttpResponseBase:
    """Answer with the finished file; a browser that has it already gets 304."""
    if filename != source.filename:
        raise Http404("Không có tệp này.")
    document = orders.find(source)
    if document is None or not document.is_ready:
        return render(request, "reports/document_waiting.html", _document_context(source), status=202)
    etag = quote_etag(document.address)
    response = get_conditional_response(request, etag=etag) or _file(document, f"{filename}.pdf")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _file(document: Document, filename: str) -> FileResponse:
    return FileResponse(document.file.open(), as_attachment=True, filename=filename, content_type="application/pdf")
