"""The merged report: how far it is, for who writes and approves it; its published versions, for all in the plan."""

import datetime
import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments import access as plan_access
from assignments.models import User
from assignments.requests import SignedInRequest
from reports import access, deadlines, services, snapshots
from reports.consolidation.proposals import unmarked_proposals
from reports.consolidation.reporting import merged_of, reporting_state
from reports.consolidation.sources import gather
from reports.consolidation.versions import version_changes
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.html import contents_of, preview_html
from reports.documents.orders import files_of_all
from reports.forms.publishing import FrameForm, PublishForm
from reports.forms.steps import ReasonForm
from reports.models import ConsolidatedReport, Consolidation, CycleEvent, ReportEvent, ReportingCycle
from reports.workflow import TransitionRefused


@require_safe
def consolidated(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show the published versions and, to the focal agency, the merged report that is being written."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    return consolidated_page(request, cycle)


def consolidated_page(
    request: SignedInRequest,
    cycle: ReportingCycle,
    *,
    publish_form: PublishForm | None = None,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    """Render the page of the merged report, with the form that was refused where one was."""
    if not access.may_read_published(request.user, cycle):
        raise PermissionDenied("Báo cáo tổng hợp dành cho các cơ quan trong kế hoạch và lãnh đạo tỉnh.")
    published = cycle.consolidated_reports.select_related("published_by").prefetch_related("signed_copies__stored")
    versions = list(published.order_by("-version"))
    context: dict = {
        "cycle": cycle,
        "versions": list(zip(versions, files_of_all(versions), strict=True)),
        "since": _moved_since(cycle, versions[0].outdated_at) if versions else [],
        "reads_every_report": access.reads_every_report(request.user, cycle),
    }
    draft = Consolidation.objects.filter(cycle=cycle).first()
    if context["reads_every_report"] and draft:
        draft.cycle = cycle
        context |= _draft_context(draft, request.user, versions[0] if versions else None)
    if draft and draft.is_proposed and plan_access.is_focal_head(request.user, cycle.plan):
        seen = snapshots.sha256(draft.proposed_content)
        today = deadlines.day_of(timezone.now())
        context["publish_form"] = publish_form or PublishForm(cycle, today, seen=seen)
        context["reason_form"] = reason_form or ReasonForm()
        context["unmarked"] = unmarked_proposals(json.loads(draft.proposed_content))
        context["moved_since_proposal"] = _moved_since(cycle, draft.outdated_at)
    return render(request, "reports/consolidated_detail.html", context)


def _draft_context(draft: Consolidation, user: User, last: ConsolidatedReport | None) -> dict:
    """Return how far the officers' text is, what it lacks, and what the person may do with it.

    `is_waiting` says that there is nothing to do for now: the version published last still stands.
    """
    gathered = gather(draft)
    focal = draft.cycle.plan.focal_agency
    assert focal is not None
    parts = list(draft.parts.select_related("area", "saved_by").order_by("position"))
    counts = [gathered.parts[part.key].counts for part in parts]
    is_waiting = False
    if last and not (last.outdated_at or draft.is_proposed or draft.changes):
        is_waiting = not any(part.saved_at and part.saved_at > last.published_at for part in parts)
    return {
        "draft": draft,
        "proposal": draft.proposal if draft.is_proposed else None,
        "is_waiting": is_waiting,
        "parts": list(zip(parts, counts, strict=True)),
        "remaining": services.remaining_words(counts),
        "reporting": reporting_state(gathered.reports, {one.report for one in merged_of(gathered.reports, focal)}),
        "is_officer": plan_access.is_officer(user, draft.cycle.plan),
        "sent_back": draft.sent_back,
        "events": draft.events.select_related("by", "published"),
    }


def _moved_since(cycle: ReportingCycle, moment: datetime.datetime | None) -> list[ReportEvent | CycleEvent]:
    """Return what happened to the reports and to the year itself since a version or a proposal was outdated."""
    if moment is None:
        return []
    events = [
        *ReportEvent.objects.outdating_since(cycle, moment).select_related("report"),
        *cycle.events.filter(kind__in=CycleEvent.OUTDATE, at__gte=moment),
    ]
    return sorted(events, key=lambda event: event.at)


@require_safe
def preview(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show as the official document what was proposed or, while it is written, what would be."""
    draft = _draft(request, plan_slug, year)
    tree = consolidated_report_tree(_content(draft, request.user))
    context = {
        "cycle": draft.cycle,
        "draft": draft,
        "contents": contents_of(tree),
        "preview": preview_html(tree),
        "may_approve": draft.is_proposed and plan_access.is_focal_head(request.user, draft.cycle.plan),
    }
    return render(request, "reports/consolidated_preview.html", context)


@require_safe
def changes(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show word by word what the next version says otherwise than the one published last."""
    draft = _draft(request, plan_slug, year)
    last = draft.cycle.consolidated_reports.order_by("version").last()
    context = {
        "cycle": draft.cycle,
        "draft": draft,
        "last": last,
        "changes": version_changes(last.snapshot, _content(draft, request.user)) if last else None,
    }
    return render(request, "reports/consolidated_changes.html", context)


def frame(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Write down whom the merged report goes to and what the next version changes."""
    draft = _draft(request, plan_slug, year)
    access.check_is_officer(request.user, draft.cycle)
    is_correction = draft.cycle.consolidated_reports.exists()
    form = FrameForm(draft, services.frame_seen(draft), is_correction=is_correction, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_frame(draft, by=request.user, **{"changes": draft.changes} | form.cleaned_data)
        except TransitionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Đã ghi.")
            return redirect("consolidated", plan_slug, year)
    return render(request, "reports/consolidated_frame.html", {"cycle": draft.cycle, "draft": draft, "form": form})


def _draft(request: SignedInRequest, plan_slug: str, year: int) -> Consolidation:
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_reads_every_agency(request.user, cycle.plan)
    return access.get_draft_or_404(cycle)


def _content(draft: Consolidation, user: User) -> dict:
    if draft.is_proposed:
        return json.loads(draft.proposed_content)
    return services.content_to_propose(draft, by=user, now=timezone.now())
