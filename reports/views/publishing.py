"""What is done with the merged report: proposed, withdrawn, sent back, published; its signed copy."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments.requests import SignedInRequest
from reports import access, deadlines, services
from reports.consolidation.proposals import unmarked_proposals
from reports.consolidation.sources import overview
from reports.forms.publishing import ProposeForm, PublishForm, SignedReportForm
from reports.forms.steps import ReasonForm
from reports.models import ConsolidatedReport, Consolidation
from reports.views.consolidated import consolidated_page
from reports.views.stored import handed_out
from reports.workflow import TransitionRefused


def propose(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show what is still to be looked at before the proposal, and propose."""
    draft = _draft_to_write(request, plan_slug, year)
    now = timezone.now()
    refusal = services.ALREADY_PROPOSED if draft.is_proposed else services.why_not_to_propose(draft)
    parts = [(part, counts) for part, counts in overview(draft) if counts["unused"] or counts["stale"]]
    content = services.content_to_propose(draft, by=request.user, now=now)
    seen = services.content_seen(content)
    form = ProposeForm(request.POST or None, seen=seen, remains=bool(parts))
    if request.method == "POST" and form.is_valid():
        try:
            services.propose(draft, by=request.user, now=now, seen=form.cleaned_data["seen"])
        except TransitionRefused as error:
            messages.error(request, str(error))
            return redirect("propose", plan_slug, year)
        messages.success(request, "Đã trình lãnh đạo. Các phần tạm khóa cho đến khi được phê duyệt hoặc chuyển lại.")
        return redirect("consolidated", plan_slug, year)
    context = {
        "cycle": draft.cycle,
        "draft": draft,
        "form": form,
        "refusal": refusal,
        "unmarked": unmarked_proposals(content),
        "parts": parts,
        "stale_parts": [(part, counts["stale"]) for part, counts in parts if counts["stale"]],
        "remaining": services.remaining_words(counts for _, counts in parts),
        "is_correction": draft.cycle.consolidated_reports.exists(),
    }
    return render(request, "reports/consolidated_propose.html", context)


@require_POST
def withdraw(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Take the proposal back."""
    draft = _draft_to_write(request, plan_slug, year)
    return _take_step(
        request,
        draft,
        lambda: services.withdraw_proposal(draft, by=request.user, now=timezone.now()),
        "Đã rút lại bản trình. Các phần mở lại để sửa.",
    )


@require_POST
def send_back(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Give the proposal back to the officers, with the reason."""
    draft = _draft_to_approve(request, plan_slug, year)
    if not draft.is_proposed:
        return _not_proposed(request, draft)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return consolidated_page(request, draft.cycle, reason_form=form)
    return _take_step(
        request,
        draft,
        lambda: services.send_back(draft, by=request.user, now=timezone.now(), reason=form.cleaned_data["reason"]),
        "Đã chuyển lại chuyên viên kèm lý do chưa phê duyệt.",
    )


@require_POST
def publish(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Publish what was proposed; it is frozen and its documents are made."""
    draft = _draft_to_approve(request, plan_slug, year)
    if not draft.is_proposed:
        return _not_proposed(request, draft)
    now = timezone.now()
    form = PublishForm(draft.cycle, deadlines.day_of(now), request.POST)
    if not form.is_valid() or not form.is_confirmed:
        return consolidated_page(request, draft.cycle, publish_form=form)
    facts = {name: form.cleaned_data[name] for name in ("number", "issued_on", "seen")}
    return _take_step(
        request,
        draft,
        lambda: services.publish_consolidated_report(draft.cycle, by=request.user, now=now, **facts),
        f"Đã ban hành báo cáo tổng hợp. Văn bản {form.confirmation}. "
        "Các cơ quan và lãnh đạo tỉnh được báo qua thư điện tử.",
    )


def signed_report(request: SignedInRequest, plan_slug: str, year: int, version: int) -> HttpResponse:
    """Upload the signed PDF of a published version; the newest one holds."""
    published = _published(request, plan_slug, year, version)
    access.check_reads_every_agency(request.user, published.cycle.plan)
    is_sent = request.method == "POST"
    form = SignedReportForm(published, request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        now, number, scan = timezone.now(), form.cleaned_data.get("number"), form.cleaned_data["scan"]
        try:
            if number:
                services.record_number(published, by=request.user, now=now, number=number)
                messages.success(request, f"Đã ghi số {number}. Các văn bản đang được tạo lại với số này.")
            if scan:
                copy = services.keep_signed_report(published, by=request.user, now=now, scan=scan)
                size = filesizeformat(copy.stored.size)
                messages.success(request, f"Đã lưu bản ký của phiên bản {version}: {copy.file_name}, {size}.")
        except TransitionRefused as error:
            messages.error(request, str(error))
        return redirect(published)
    context = {"cycle": published.cycle, "published": published, "form": form}
    return render(request, "reports/signed_report_form.html", context)


@require_safe
def signed_report_file(
    request: SignedInRequest, plan_slug: str, year: int, version: int, pk: int
) -> HttpResponseBase:
    """Hand out a signed PDF to whoever reads the published version."""
    copy = access.get_signed_report_or_404(_published(request, plan_slug, year, version), pk)
    return handed_out(request, copy.stored, copy.file_name)


def _take_step(
    request: SignedInRequest, draft: Consolidation, step: Callable[[], object], success: str
) -> HttpResponse:
    try:
        step()
    except TransitionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, success)
    return redirect("consolidated", draft.cycle.plan.slug, draft.cycle.year)


def _not_proposed(request: SignedInRequest, draft: Consolidation) -> HttpResponse:
    """Answer a decision on what somebody else has decided, or taken back, meanwhile."""
    messages.error(request, services.NOT_PROPOSED)
    return redirect("consolidated", draft.cycle.plan.slug, draft.cycle.year)


def _draft_to_write(request: SignedInRequest, plan_slug: str, year: int) -> Consolidation:
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    return access.get_draft_or_404(cycle)


def _draft_to_approve(request: SignedInRequest, plan_slug: str, year: int) -> Consolidation:
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_publish(request.user, cycle)
    return access.get_draft_or_404(cycle)


def _published(request: SignedInRequest, plan_slug: str, year: int, version: int) -> ConsolidatedReport:
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    return access.get_published_or_404(request.user, cycle, version)
