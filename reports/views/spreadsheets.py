"""The tables of figures as an Excel workbook: downloaded, filled in without the portal, read and taken over."""

import io

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments.requests import SignedInRequest
from reports import access, services, workflow
from reports.figure_tables import rows_of
from reports.files import CONTENT_TYPES, Kind
from reports.forms.spreadsheet import FillForm, SpreadsheetForm
from reports.outline import FIGURES
from reports.spreadsheets.preview import preview_of
from reports.spreadsheets.writing import figures_workbook
from reports.views.agency import frame


@require_safe
def download(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> FileResponse:
    """Hand out the report's tables with what is answered so far, to read or to fill in."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    part = access.get_part_or_404(report, FIGURES)
    return FileResponse(
        io.BytesIO(figures_workbook(part, rows_of(part))),
        as_attachment=True,
        filename=f"bieu-so-lieu-{agency_slug}-{year}.xlsx",
        content_type=CONTENT_TYPES[Kind.XLSX],
    )


@require_POST
def upload(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Read a filled-in workbook and show what would change, or which cells are wrong; nothing is written."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    part = access.get_part_or_404(report, FIGURES)
    if not part.is_writable:
        messages.error(request, "Biểu số liệu đang khóa nên chưa đọc tệp Excel. Số liệu trên cổng giữ nguyên.")
        return redirect(report.url("part", FIGURES))
    rows = rows_of(part)
    form = SpreadsheetForm(part, rows, request.POST, request.FILES)
    context = frame(report) | {"part": part, "spreadsheet_form": form}
    if not form.is_valid():
        return render(request, "reports/spreadsheet_refused.html", context)
    preview = preview_of(form.read, rows)
    context |= {"read": form.read, "preview": preview, "fill_form": FillForm(part, answers=preview.answers)}
    return render(request, "reports/spreadsheet_preview.html", context)


@require_POST
def fill(request: SignedInRequest, plan_slug: str, year: int, agency_slug: str) -> HttpResponse:
    """Write the answers that were shown before."""
    report = access.get_own_report_or_404(request.user, plan_slug, year, agency_slug)
    part = access.get_part_or_404(report, FIGURES)
    form = FillForm(part, request.POST)
    if not form.is_valid():
        messages.error(request, "Không đọc lại được số liệu. Hãy chọn tệp Excel và gửi lại.")
        return redirect(report.url("part", FIGURES))
    try:
        services.save_figures(
            part,
            by=request.user,
            now=timezone.now(),
            version=form.version,
            answers=form.answers,
            text=part.text,
        )
    except services.SaveConflict as error:
        messages.error(
            request,
            f"{error.part.saved_by} vừa ghi biểu số liệu, sau khi bạn gửi tệp. Số liệu trong tệp chưa được ghi. Hãy "
            "chọn lại tệp Excel và gửi lại để xem những gì sẽ thay đổi.",
        )
    except workflow.TransitionRefused:
        messages.error(request, "Biểu số liệu đang khóa nên số liệu trong tệp Excel chưa được ghi.")
    else:
        messages.success(request, f"Đã ghi số liệu của {len(form.answers)} chỉ tiêu từ tệp Excel.")
    return redirect(report.url("part", FIGURES))
