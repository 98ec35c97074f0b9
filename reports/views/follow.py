"""What the focal agency follows all year: who has sent what, who is late; and the funding parts."""

import datetime
import io
from dataclasses import dataclass

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments import access as plan_access
from assignments.models import User
from assignments.requests import SignedInRequest
from assignments.text import fold, normalise
from reports import access, consolidation, deadlines, opening
from reports.contacts import contact_gaps
from reports.files import CONTENT_TYPES, Kind
from reports.heartbeats import standstill_for
from reports.matrix import STATES, Block, Row, matrix_of
from reports.models import CalendarException, Consolidation, ContactCall, Extension, ReportingCycle, SignedCopy
from reports.pauses import pause_of
from reports.spreadsheets.matrix import matrix_workbook
from reports.standing import Standing, in_plan_order, standings

EVERYTHING = "tat-ca"
FILTERS = {
    EVERYTHING: ("Tất cả", lambda row: True),
    "cho-tham-tra": ("Chờ thẩm tra", lambda row: row.report.status == "submitted"),
    "qua-han": ("Quá hạn", lambda row: row.is_overdue),
    "chua-nop": ("Chưa nộp lần nào", lambda row: row.received_at is None and row.is_owed),
    "tra-lai": ("Đã trả lại", lambda row: row.report.status == "returned"),
    "gia-han": ("Được gia hạn", lambda row: row.report.extended_due_at is not None and not row.report.excused_at),
    "mien": ("Được miễn", lambda row: row.report.excused_at is not None),
    "khong-phat-sinh": ("Không phát sinh", lambda row: row.says_nothing),
    "da-chap-nhan": ("Đã chấp nhận", lambda row: row.report.status == "accepted"),
}
LONGEST_NAME = 100
# So long before the deadline there is still time to find somebody; later the list of late agencies comes first.
DAYS_OF_ALARM = 14


@dataclass(frozen=True)
class Choice:
    """What the address asks to see: a filter, and words of a name; with the reports that answer."""

    filter: str
    name: str
    shown: list[Standing]
    all: list[Standing]

    @property
    def is_everything(self) -> bool:
        return self.filter == EVERYTHING and not self.name

    @property
    def words(self) -> str:
        """The choice as the head of a list says it; empty where nothing was chosen."""
        chosen = [FILTERS[self.filter][0]] if self.filter != EVERYTHING else []
        return "; ".join(chosen + ([f"tên có “{self.name}”"] if self.name else []))

    @property
    def filters(self) -> list[tuple[str, str, int]]:
        return [(key, title, sum(map(test, self.all))) for key, (title, test) in FILTERS.items()]


@require_safe
def cycle(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show who has sent what, late ones first, with a filter that stands in the address."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_reads_every_agency(request.user, cycle.plan)
    now = timezone.now()
    choice = chosen_standings(request, cycle, now)
    matrix = matrix_of(cycle, choice.shown)
    contacts = access.contacts_of([row.report for row in choice.shown])
    numbered = {copy.submission.report_id: copy for copy in SignedCopy.objects.of_cycle(cycle)}
    calls = {call.report_id: call for call in ContactCall.objects.filter(report__cycle=cycle)}
    context = {
        "cycle": cycle,
        "pause": pause_of(cycle),
        "standstill": standstill_for(request.user, now),
        "last_day": cycle.last_day,
        "days_words": deadlines.days_left_words(cycle.due_at, now),
        "choice": choice,
        "matrix": matrix,
        "blocks": [(block, _rows(block, contacts, numbered, calls)) for block in matrix.blocks],
        "states": STATES.values(),
        "late": sorted((row for row in choice.all if row.is_overdue), key=lambda row: row.last_day),
        "owed": [row for row in choice.all if row.is_owed],
        "gaps": contact_gaps(cycle.plan, now),
        "gaps_are_loud": not cycle.opened_at or deadlines.days_left(cycle.due_at, now) > DAYS_OF_ALARM,
        "now": now,
        "years": cycle.plan.cycles.order_by("-year"),
        "is_officer": plan_access.is_officer(request.user, cycle.plan),
        "never_sent": [row for row in choice.all if row.is_over and row.received_at is None],
        "extensions_waiting": Extension.objects.open().filter(report__cycle=cycle).count(),
        "day_off": deadlines.why_off(cycle.last_day, CalendarException.objects.as_corrections()),
        "sent_back": draft.sent_back if (draft := Consolidation.objects.filter(cycle=cycle).first()) else None,
    }
    return render(request, "reports/cycle_detail.html", context)


def _rows(
    block: Block, contacts: dict[int, User], numbered: dict[int, SignedCopy], calls: dict[int, ContactCall]
) -> list[tuple[Row, User | None, SignedCopy | None, ContactCall | None]]:
    """Return the rows of a block, each with whom to call, the newest number that its paper has, the newest call."""
    ids = [row.report.pk for row in block.rows]
    return [(row, contacts.get(pk), numbered.get(pk), calls.get(pk)) for row, pk in zip(block.rows, ids, strict=True)]


@require_safe
def cycle_workbook(request: SignedInRequest, plan_slug: str, year: int) -> FileResponse:
    """Hand out what the page shows, filter and all, as an Excel file."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_reads_every_agency(request.user, cycle.plan)
    now = timezone.now()
    choice = chosen_standings(request, cycle, now)
    contacts = access.contacts_of([row.report for row in choice.shown])
    content = matrix_workbook(cycle, matrix_of(cycle, choice.shown), contacts, chosen=choice.words, now=now)
    return FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=f"theo-doi-bao-cao-{year}.xlsx",
        content_type=CONTENT_TYPES[Kind.XLSX],
    )


def chosen_standings(request: SignedInRequest, cycle: ReportingCycle, now: datetime.datetime) -> Choice:
    """Return the standings of the cycle's reports, and those that the address asks for, both in plan order."""
    rows = cycle_standings(request.user, cycle, now)
    chosen = request.GET.get("loc", EVERYTHING)
    chosen = chosen if chosen in FILTERS else EVERYTHING
    name = normalise(request.GET.get("q", "")).strip()[:LONGEST_NAME]
    shown = [row for row in rows if FILTERS[chosen][1](row) and fold(name) in fold(row.report.issuer_name)]
    return Choice(filter=chosen, name=name, shown=shown, all=rows)


def cycle_standings(user: User, cycle: ReportingCycle, now: datetime.datetime) -> list[Standing]:
    """Return the standings of the cycle's reports that a person may know of, in plan order."""
    reports = access.visible_to(user).filter(cycle=cycle).select_related("taken_by", "cycle__plan", "agency")
    corrections = CalendarException.objects.as_corrections()
    return in_plan_order(standings(reports, now=now, corrections=corrections))


@require_POST
def open_cycle(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Open the year before its date, or add agencies that have come since."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    _, made = opening.open_cycle(cycle.plan, year, by=request.user, now=timezone.now())
    messages.success(request, f"Kỳ báo cáo năm {year} đã mở; tạo thêm {made} báo cáo.")
    return redirect(cycle)


@require_safe
def funding(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Show the funding parts of the newest submissions, and who has sent none."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_may_see_funding(request.user, cycle)
    rows, nothing, missing = consolidation.funding_parts(cycle)
    years = cycle.plan.cycles.exclude(opened_at=None).order_by("-year")
    context = {
        "cycle": cycle,
        "rows": rows,
        "nothing": nothing,
        "missing": missing,
        "years": years,
        "standstill": standstill_for(request.user, timezone.now()),
    }
    return render(request, "reports/funding.html", context)
