"""What was sent, when, to whom, with which answer, and why not: of a year, and of one agency; calls noted there."""

import datetime
import io
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from assignments.requests import SignedInRequest
from reports import access, services
from reports.files import CONTENT_TYPES, Kind
from reports.forms.calling import CallForm, lines_of
from reports.models import CalendarException, ContactCall, Report, ReportingCycle
from reports.proof import Entry, State, entries_of
from reports.spreadsheets.proof import proof_workbook
from reports.standing import standing_of

EVERYTHING = "tat-ca"
FILTERS = {
    EVERYTHING: ("Tất cả", lambda entry: True),
    "da-gui": ("Thư đã gửi", lambda entry: entry.state == State.SENT),
    "cho-gui": ("Chờ gửi", lambda entry: entry.state == State.WAITING),
    "khong-gui": ("Không gửi, không tới", lambda entry: entry.state in (State.NOT_SENT, State.BOUNCED)),
    "cuoc-goi": ("Cuộc gọi", lambda entry: entry.is_call),
}
ROWS_ON_A_PAGE = 100


@dataclass(frozen=True)
class Chosen:
    """What the address asks to see: a filter and one agency, or all; with the entries that answer, oldest first."""

    filter: str
    report: Report | None
    reports: list[Report]
    entries: list[Entry]
    all: list[Entry]

    @property
    def words(self) -> str:
        agency = [self.report.issuer_name] if self.report else []
        return "; ".join(agency + ([FILTERS[self.filter][0].lower()] if self.filter != EVERYTHING else []))

    @property
    def filters(self) -> list[tuple[str, str, int]]:
        return [(key, title, sum(map(test, self.all))) for key, (title, test) in FILTERS.items()]

    @property
    def query(self) -> str:
        """The choice as it stands in an address, without the page."""
        agency = {"don-vi": self.report.agency.slug} if self.report else {}
        return urlencode({"loc": self.filter} | agency)


@require_safe
def year_proof(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show every reminder, mail and call of a year, newest first."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_reads_every_agency(request.user, cycle.plan)
    chosen = chosen_of_year(request, cycle)
    context = {
        "cycle": cycle,
        "chosen": chosen,
        "page": _page(request, chosen),
        "workbook": reverse("proof_xlsx", args=[plan_slug, year]),
        "print_address": reverse("print_proof", args=[plan_slug, year]),
    }
    return render(request, "reports/proof.html", context)


@require_safe
def year_workbook(request: SignedInRequest, plan_slug: str, year: int) -> FileResponse:
    """Hand out what the page of the year shows, filter and all, as an Excel file."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_reads_every_agency(request.user, cycle.plan)
    return _workbook(cycle, chosen_of_year(request, cycle), timezone.now())


@require_safe
def report_proof(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show what was sent to an agency about its report, and who called; its own people see it too."""
    report = access.get_report_or_404(request.user, plan_slug, year, agency_slug)
    chosen = _of_report(request, report)
    reads_every_agency = access.reads_every_agency(request.user, report.cycle.plan)
    context = {
        "cycle": report.cycle,
        "report": report,
        "chosen": chosen,
        "page": _page(request, chosen),
        "workbook": report.url("report_proof_xlsx"),
        "print_address": reverse("print_proof", args=[plan_slug, year]) if reads_every_agency else "",
        "reads_every_agency": reads_every_agency,
        "may_note": access.is_officer_for(request.user, report),
    }
    return render(request, "reports/proof.html", context)


@require_safe
def report_workbook(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> FileResponse:
    """Hand out an agency's list as an Excel file."""
    report = access.get_report_or_404(request.user, plan_slug, year, agency_slug)
    return _workbook(report.cycle, _of_report(request, report), timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
def call(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Show whom to call at an agency, and note the call."""
    report = access.get_report_or_404(request.user, plan_slug, year, agency_slug)
    access.check_is_officer(request.user, report.cycle)
    now = timezone.now()
    lines = lines_of(report.agency, access.memberships_of(report.agency))
    form = CallForm(lines, now, request.POST if request.method == "POST" else None)
    if form.is_valid():
        noted = services.note_call(report, by=request.user, now=now, **form.call)
        messages.success(request, f"Đã ghi cuộc gọi tới {report.issuer_name}: {noted.words.lower()}.")
        return redirect(f"{report.cycle.get_absolute_url()}#{agency_slug}")
    context = {
        "report": report,
        "cycle": report.cycle,
        "form": form,
        "lines": lines,
        "standing": standing_of(report, now=now, corrections=CalendarException.objects.as_corrections()),
        "calls": ContactCall.objects.filter(report=report).select_related("by").order_by("-at", "-pk")[:5],
    }
    return render(request, "reports/call.html", context)


def chosen_of_year(request: SignedInRequest, cycle: ReportingCycle) -> Chosen:
    """Return what the address asks to see of a year."""
    reports = list(access.visible_to(request.user).filter(cycle=cycle))
    report = next((report for report in reports if report.agency.slug == request.GET.get("don-vi")), None)
    return _chosen(request, cycle, [report] if report else reports, report, reports)


def _of_report(request: SignedInRequest, report: Report) -> Chosen:
    return _chosen(request, report.cycle, [report], report, [report])


def _chosen(
    request: SignedInRequest,
    cycle: ReportingCycle,
    shown: list[Report],
    report: Report | None,
    reports: list[Report],
) -> Chosen:
    entries = entries_of(cycle, shown)
    filter_ = request.GET.get("loc", EVERYTHING)
    filter_ = filter_ if filter_ in FILTERS else EVERYTHING
    answering = [entry for entry in entries if FILTERS[filter_][1](entry)]
    return Chosen(filter_, report, reports, answering, entries)


def _page(request: SignedInRequest, chosen: Chosen) -> Page:
    return Paginator(chosen.entries[::-1], ROWS_ON_A_PAGE).get_page(request.GET.get("trang"))


def _workbook(cycle: ReportingCycle, chosen: Chosen, now: datetime.datetime) -> FileResponse:
    name = f"nhac-viec-{chosen.report.agency.slug}-{cycle.year}" if chosen.report else f"nhac-viec-{cycle.year}"
    return FileResponse(
        io.BytesIO(proof_workbook(cycle, chosen.entries, chosen=chosen.words, now=now)),
        as_attachment=True,
        filename=f"{name}.xlsx",
        content_type=CONTENT_TYPES[Kind.XLSX],
    )
