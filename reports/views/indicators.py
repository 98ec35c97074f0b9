"""The tables of figures of a plan: kept by the officers of the focal agency."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments.indicators import save_indicator, save_table
from assignments.models import Indicator, IndicatorTable
from assignments.requests import SignedInRequest
from reports import access, opening
from reports.forms.indicators import IndicatorForm, TableForm
from reports.models import IndicatorValue, ReportingCycle


@require_safe
def indicators(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """List the year's tables with their indicators, then those of other years, and what the open year has not yet."""
    cycle = _cycle(request, plan_slug, year)
    tables = cycle.plan.indicator_tables.prefetch_related("indicators__targets", "indicators__participants__agency")
    of_year = set(cycle.plan.indicator_tables.for_year(year).values_list("pk", flat=True))
    missing = opening.missing_figures(cycle) if cycle.opened_at else {}
    context = {
        "cycle": cycle,
        "tables": [table for table in tables if table.pk in of_year],
        "other_tables": [table for table in tables if table.pk not in of_year],
        "participant_count": cycle.plan.participants.count(),
        "missing_reports": len(missing),
        "missing_codes": sorted({indicator.code for own in missing.values() for indicator in own}),
    }
    return render(request, "reports/indicator_list.html", context)


def add_table(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    cycle = _cycle(request, plan_slug, year)
    return _edit_table(request, cycle, IndicatorTable(plan=cycle.plan, first_year=year))


def edit_table(request: SignedInRequest, plan_slug: str, year: int, code: str) -> HttpResponse:
    cycle = _cycle(request, plan_slug, year)
    return _edit_table(request, cycle, access.get_indicator_table_or_404(cycle.plan, code))


def _edit_table(request: SignedInRequest, cycle: ReportingCycle, table: IndicatorTable) -> HttpResponse:
    form = TableForm(request.POST or None, instance=table)
    if request.method == "POST" and form.is_valid():
        save_table(form.save(commit=False))
        messages.success(request, f"Đã lưu biểu {table.code}.")
        return redirect("indicators", cycle.plan.slug, cycle.year)
    title = f"Sửa biểu {table.code}" if table.pk else "Thêm biểu số liệu"
    return render(request, "reports/indicator_form.html", {"cycle": cycle, "form": form, "title": title})


def add_indicator(request: SignedInRequest, plan_slug: str, year: int, code: str) -> HttpResponse:
    cycle = _cycle(request, plan_slug, year)
    table = access.get_indicator_table_or_404(cycle.plan, code)
    return _edit_indicator(request, cycle, Indicator(table=table))


def edit_indicator(request: SignedInRequest, plan_slug: str, year: int, code: str) -> HttpResponse:
    cycle = _cycle(request, plan_slug, year)
    return _edit_indicator(request, cycle, access.get_indicator_or_404(cycle.plan, code))


def _edit_indicator(request: SignedInRequest, cycle: ReportingCycle, indicator: Indicator) -> HttpResponse:
    is_answered = indicator.pk is not None and IndicatorValue.objects.answered().filter(indicator=indicator).exists()
    form = IndicatorForm(cycle.plan, request.POST or None, instance=indicator, is_answered=is_answered)
    if request.method == "POST" and form.is_valid():
        save_indicator(
            form.save(commit=False),
            participants=form.cleaned_data["participants"],
            targets=form.cleaned_data["targets"],
        )
        messages.success(request, f"Đã lưu chỉ tiêu {indicator.code}.")
        return redirect("indicators", cycle.plan.slug, cycle.year)
    title = f"Sửa chỉ tiêu {indicator.code}" if indicator.pk else f"Thêm chỉ tiêu vào biểu {indicator.table.code}"
    return render(request, "reports/indicator_form.html", {"cycle": cycle, "form": form, "title": title})


@require_POST
def add_to_reports(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Add the rows of new indicators to the reports of the open year that are still being written."""
    cycle = _cycle(request, plan_slug, year)
    opening.open_cycle(cycle.plan, year, by=request.user, now=timezone.now())
    messages.success(request, "Đã đưa chỉ tiêu mới vào các báo cáo đang soạn. Nội dung đã viết không thay đổi.")
    return redirect("indicators", plan_slug, year)


def _cycle(request: SignedInRequest, plan_slug: str, year: int) -> ReportingCycle:
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    return cycle
