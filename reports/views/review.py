"""What the focal agency does with one report: read, take, return, accept, reopen, enter what came by letter."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments.requests import SignedInRequest
from reports import access, completeness, deadlines, last_year, reviewing, services, workflow
from reports.documents.html import preview_html
from reports.documents.orders import tree_of
from reports.forms.letter import EnterForm
from reports.forms.steps import ReasonForm, ReturnForm
from reports.forms.threads import RemarkForm, ResolveForm
from reports.models import CalendarException, Report, ReportEvent, SignedCopy, Submission
from reports.standing import standing_of
from reports.views.actions import take_step

# What happens within an agency before it sends, a head's reasons too, is its own; then the submission says it.
WITHIN_THE_AGENCY = (
    ReportEvent.Kind.SENT_UP,
    ReportEvent.Kind.SENT_DOWN,
    ReportEvent.Kind.DECLARED_NOTHING,
    ReportEvent.Kind.REVOKED_NOTHING,
)


# What a round is compared with, as the address says it.
PREVIOUS_ROUND, LAST_YEAR = "lan-truoc", "nam-truoc"
# Of a round's number in the address: Python refuses to read thousands of digits.
MOST_DIGITS = 9
DOCUMENT = "van-ban"


@require_safe
def review(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show a round of the report beside its remarks (`?lan=1` an earlier one), and what may be decided on it.

    `?so-sanh=lan-truoc` and `?so-sanh=nam-truoc` show how it differs from the round before and from last year,
    `?xem=van-ban` shows it as the document that is printed.
    """
    report = access.get_report_to_review_or_404(request.user, plan_slug, year, agency_slug)
    return review_page(request, report)


def review_page(
    request: SignedInRequest,
    report: Report,
    *,
    return_form: ReturnForm | None = None,
    reopen_form: ReasonForm | None = None,
    remark_form: RemarkForm | None = None,
    resolve_form: ResolveForm | None = None,
) -> HttpResponse:
    """Render the review page, with the form that was refused where one was."""
    newest = report.standing_submission
    now, corrections = timezone.now(), CalendarException.objects.as_corrections()
    context = {
        "report": report,
        "cycle": report.cycle,
        "standing": standing_of(report, now=now, corrections=corrections),
        "newest": newest,
        "is_officer": access.is_officer_for(request.user, report),
        "asked": report.extensions.open().first(),
        "actions": {t.action: t for t in workflow.transitions_for(request.user, report)},
        "remarked": workflow.remarked_parts(report),
        "had_a_part": access.had_a_part_in(request.user, report),
        "gaps": (gaps := completeness.missing_in(report) if report.status == Report.Status.SUBMITTED else []),
        "parts_with_gaps": list(dict.fromkeys(gap.part.title for gap in gaps)),
        "last_day_after_return": deadlines.last_day(deadlines.due_after_return(report.due_at, now, corrections)),
        "return_form": return_form or ReturnForm(report),
        "reopen_form": reopen_form or ReasonForm(),
        "form": return_form or reopen_form or remark_form or resolve_form,
        "events": _events_to_show(report),
        "rounds": report.submissions.filter(withdrawn_at=None).select_related("submitted_by", "on_behalf_of"),
        "people": access.people_of(report.agency),
        # A form leads back to where it was filled in.
        "place": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    if newest:
        context |= _round(request, _chosen_round(request, report, newest), newest, remark_form, resolve_form)
    return render(request, "reports/report_review.html", context)


def _chosen_round(request: SignedInRequest, report: Report, newest: Submission) -> Submission:
    number = request.GET.get("lan", "")
    if not (number.isdecimal() and number.isascii() and len(number) <= MOST_DIGITS):
        newest.report = report
        return newest
    return access.get_submission_or_404(request.user, report, int(number))


def _round(
    request: SignedInRequest,
    submission: Submission,
    newest: Submission,
    remark_form: RemarkForm | None,
    resolve_form: ResolveForm | None,
) -> dict:
    """Return what the page shows of one round: its parts with their remarks and, where asked for, differences."""
    report, content = submission.report, submission.snapshot
    previous = reviewing.round_before(report, submission.number)
    comparable = {
        PREVIOUS_ROUND: previous.snapshot if previous else None,
        LAST_YEAR: last_year.of(report).snapshot,
    }
    compared_with = request.GET.get("so-sanh", "")
    may_review = access.may_review(request.user, report)
    may_remark = may_review and submission == newest and report.status == Report.Status.SUBMITTED
    remark_forms = {remark_form.part.key: remark_form} if remark_form else {}
    resolve_forms = {resolve_form.thread.pk: resolve_form} if resolve_form else {}
    items = []
    for section in reviewing.sections_of(submission, content, before=comparable.get(compared_with)):
        talks = [
            {
                "thread": thread,
                "form": resolve_forms.get(thread.pk) or ResolveForm(thread)
                if may_review and thread.is_open
                else None,
            }
            for thread in section.threads
        ]
        remark = remark_forms.get(section.part.key) or RemarkForm(section.part) if may_remark else None
        items.append({"section": section, "talks": talks, "remark_form": remark})
    return {
        "submission": submission,
        "last_year": report.cycle.year - 1,
        "compared_with": compared_with if comparable.get(compared_with) else "",
        "ways": _ways_to_read(request, submission, newest, previous, has_last_year=bool(comparable[LAST_YEAR])),
        "items": items,
        "nothing": content.get("nothing"),
        "people_of_submission": content.get("people"),
        "repetitions": last_year.repetitions(submission),
        "document": preview_html(tree_of(submission)) if request.GET.get("xem") == DOCUMENT else "",
    }


def _ways_to_read(
    request: SignedInRequest,
    submission: Submission,
    newest: Submission,
    previous: Submission | None,
    *,
    has_last_year: bool,
) -> list[dict]:
    """Return what a round can be read as, one link each: its words, how they differ, the document."""
    asked = {name: words for name, words in request.GET.items() if name in ("so-sanh", "xem")}
    ways: list[tuple[str, dict]] = [("Nội dung", {})]
    if previous:
        ways.append((f"So với lần nộp {previous.number}", {"so-sanh": PREVIOUS_ROUND}))
    if has_last_year:
        ways.append((f"So với năm {submission.report.cycle.year - 1}", {"so-sanh": LAST_YEAR}))
    ways.append(("Như văn bản", {"xem": DOCUMENT}))
    earlier = {} if submission == newest else {"lan": submission.number}
    return [
        {"label": label, "address": f"?{urlencode(earlier | query)}", "is_current": query == asked}
        for label, query in ways
    ]


def _events_to_show(report: Report) -> QuerySet:
    """Return the history without what stays within the agency, and without the papers of what was withdrawn."""
    papers = SignedCopy.objects.filter(submission__report=report, submission__withdrawn_at__isnull=False)
    events = report.events.exclude(kind__in=WITHIN_THE_AGENCY)
    events = events.exclude(kind=ReportEvent.Kind.SIGNED, at__in=papers.values("declared_at"))
    return events.select_related("by")


@require_POST
def take(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    report = access.get_report_to_review_or_404(request.user, plan_slug, year, agency_slug)
    return take_step(
        request,
        report,
        lambda: services.take_report(report, by=request.user, now=timezone.now()),
        "Đã nhận thẩm tra. Đơn vị không thu hồi được báo cáo nữa.",
        back_to="review",
    )


@require_POST
def return_(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Return the report with a reason and the parts that reopen."""
    report = access.get_report_to_review_or_404(request.user, plan_slug, year, agency_slug)
    workflow.check_may(request.user, report, "return")
    form = ReturnForm(report, request.POST)
    if not form.is_valid():
        return review_page(request, report, return_form=form)
    return take_step(
        request,
        report,
        lambda: services.return_report(
            report,
            by=request.user,
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
            reopened_keys=form.cleaned_data["parts"],
        ),
        "Đã trả lại báo cáo. Đơn vị được báo qua thư điện tử; nếu đơn vị chưa có người dùng, hãy gọi điện thoại.",
        back_to="review",
    )


@require_POST
def accept(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    report = access.get_report_to_review_or_404(request.user, plan_slug, year, agency_slug)
    return take_step(
        request,
        report,
        lambda: services.accept_report(report, by=request.user, now=timezone.now()),
        "Đã chấp nhận báo cáo. Nội dung được đưa vào báo cáo tổng hợp.",
        back_to="review",
    )


@require_POST
def reopen(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    report = access.get_report_to_review_or_404(request.user, plan_slug, year, agency_slug)
    workflow.check_may(request.user, report, "reopen")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return review_page(request, report, reopen_form=form)
    return take_step(
        request,
        report,
        lambda: services.reopen_report(
            report, by=request.user, now=timezone.now(), reason=form.cleaned_data["reason"]
        ),
        "Đã mở lại báo cáo cho đơn vị bổ sung.",
        back_to="review",
    )


def enter(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Enter a report that came by letter."""
    report = access.get_report_to_review_or_404(request.user, plan_slug, year, agency_slug)
    workflow.check_may(request.user, report, "enter")
    now = timezone.now()
    form = EnterForm(report, deadlines.day_of(now), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return take_step(
            request,
            report,
            lambda: services.enter_report(
                report,
                by=request.user,
                now=now,
                letter_number=form.cleaned_data["letter_number"],
                received_on=form.cleaned_data["received_on"],
                scan=form.cleaned_data["scan"],
                texts=form.texts,
            ),
            "Đã nhập báo cáo giấy. Một chuyên viên khác sẽ thẩm tra báo cáo này.",
            back_to="review",
        )
    if not workflow.is_possible(workflow.TRANSITIONS["enter"], report):
        return redirect(report.url("review"))
    return render(request, "reports/report_enter.html", {"report": report, "cycle": report.cycle, "form": form})
