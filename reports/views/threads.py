"""Remarks on a report: an officer makes and resolves them on the review page, the agency reads and answers them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments.requests import SignedInRequest
from reports import access, services, workflow
from reports.forms.threads import AnswerForm, RemarkForm, ResolveForm
from reports.models import Report, Thread
from reports.views.agency import frame
from reports.views.review import review_page


@require_POST
def remark(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, key: str) -> HttpResponse:
    """Remark on a part, and go back to it."""
    report = access.get_report_to_review_or_404(request.user, plan_slug, year, agency_slug)
    access.check_may_review(request.user, report)
    part = access.get_part_or_404(report, key)
    form = RemarkForm(part, request.POST)
    if not form.is_valid():
        return review_page(request, report, remark_form=form)
    text = form.cleaned_data["text"]
    try:
        thread = services.open_thread(part, by=request.user, now=timezone.now(), text=text)
    except workflow.TransitionRefused as refusal:
        messages.error(request, f"{refusal} Ý kiến chưa được ghi: “{text}”")
        return redirect(_review_address(request, report))
    messages.success(request, f"Đã nêu ý kiến về {part.title}. Đơn vị được báo qua thư điện tử sau ít phút.")
    return redirect(_review_address(request, report, thread))


@require_POST
def resolve(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, pk: int) -> HttpResponse:
    """Resolve a remark, and go back to it."""
    report = access.get_report_to_review_or_404(request.user, plan_slug, year, agency_slug)
    access.check_may_review(request.user, report)
    thread = access.get_thread_or_404(report, pk)
    form = ResolveForm(thread, request.POST)
    if not form.is_valid():
        return review_page(request, report, resolve_form=form)
    try:
        services.resolve_thread(thread, by=request.user, now=timezone.now(), text=form.cleaned_data["text"])
    except workflow.TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã kết thúc ý kiến về {thread.part.title}.")
    return redirect(_review_address(request, report, thread))


def _review_address(request: SignedInRequest, report: Report, thread: Thread | None = None) -> str:
    """Return the review page as it was looked at, at the thread."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return f"{report.url('review')}{query}{f'#{thread.anchor}' if thread else ''}"


@require_safe
def threads(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show an agency's people every remark on their report, to answer those that are open."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    return _threads_page(request, report)


def _threads_page(request: SignedInRequest, report: Report, answer_form: AnswerForm | None = None) -> HttpResponse:
    framed = frame(report)
    talks = with_answer_forms(framed["threads"], answer_form)
    context = framed | {
        "open_talks": [talk for talk in talks if talk["thread"].is_open],
        "resolved_talks": [talk for talk in talks if not talk["thread"].is_open],
        "form": answer_form,
    }
    return render(request, "reports/threads.html", context)


def with_answer_forms(threads: list[Thread], bound: AnswerForm | None = None) -> list[dict]:
    """Return the threads, the open ones each with the form that answers it."""
    forms = {bound.thread.pk: bound} if bound else {}
    return [
        {"thread": thread, "form": (forms.get(thread.pk) or AnswerForm(thread)) if thread.is_open else None}
        for thread in threads
    ]


@require_POST
def answer(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str, pk: int) -> HttpResponse:
    """Answer a remark, and go back to it: to its part (`?back=part`), or to the list."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    thread = access.get_thread_or_404(report, pk)
    form = AnswerForm(thread, request.POST)
    if not form.is_valid():
        return _threads_page(request, report, form)
    text = form.cleaned_data["text"]
    try:
        services.answer_thread(thread, by=request.user, now=timezone.now(), text=text)
    except workflow.TransitionRefused as refusal:
        messages.error(request, f"{refusal} Câu trả lời chưa được ghi: “{text}”")
    else:
        messages.success(request, f"Đã trả lời ý kiến về {thread.part.title}. Cơ quan đầu mối được báo qua thư.")
    back = report.url("part", thread.part.key) if request.GET.get("back") == "part" else report.url("threads")
    return redirect(f"{back}#{thread.anchor}")
