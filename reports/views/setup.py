"""The administrator's checklist, and the steps of it that are about the year: mails, the plan's file, letterheads."""

import io

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignments import access as plan_access
from assignments import services as plan_services
from assignments.agency_pasting import agency_rows
from assignments.data_file import DataFileError
from assignments.forms import LetterheadForm
from assignments.models import Agency, Plan, Role
from assignments.pasted_rows import AGENCY_COLUMNS, PEOPLE_COLUMNS
from assignments.plan_loading import load_plan, would_load
from assignments.requests import SignedInRequest
from reports import access, deadlines, heartbeats, letterheads, services, setting_up
from reports.contacts import contact_gaps
from reports.documents.frame import letterhead_of
from reports.documents.tree import Signature
from reports.files import CONTENT_TYPES, Kind
from reports.forms.setting_up import LoadPlanForm, MailTestForm, PlanFilesForm
from reports.models import MailTest
from reports.pauses import paused_years
from reports.spreadsheets.lists import list_workbook

TESTS_SHOWN = 5


@require_safe
def checklist(request: SignedInRequest) -> HttpResponse:
    """Show every step of setting up, done or not."""
    plan_access.check_is_administrator(request.user)
    return administrator_home(request, is_home=False)


def administrator_home(request: SignedInRequest, *, is_home: bool = True) -> HttpResponse:
    """Render the checklist: at home it is folded up once everything is done."""
    now = timezone.now()
    steps = setting_up.steps(now)
    undone = [step for step in steps if not step.is_done]
    context = {
        "steps": steps,
        "undone": len(undone),
        "next": undone[0] if undone else None,
        "is_home": is_home,
        "gaps": contact_gaps(plan, now) if (plan := Plan.objects.first()) else [],
        "pauses": list(paused_years().values()),
        "standstill": heartbeats.standstill_for(request.user, now),
    }
    return render(request, "reports/setup.html", context)


# Lists to fill in


@require_safe
def agencies_workbook(request: SignedInRequest) -> FileResponse:
    """Hand out the agencies there are, in the columns in which they are pasted back."""
    plan_access.check_is_administrator(request.user)
    agencies = Agency.objects.on(timezone.localdate()).select_related("parent").prefetch_related("predecessors")
    rows = agency_rows(list(agencies), Plan.objects.first())
    rows.sort(key=lambda row: (int(row["number"] or 1_000), row["name"]))
    return _workbook(list_workbook(AGENCY_COLUMNS, rows, title="Cơ quan"), "danh-sach-co-quan.xlsx")


@require_safe
def people_workbook(request: SignedInRequest) -> FileResponse:
    """Hand out an empty list of people: two rows for each agency that has nobody yet."""
    plan_access.check_is_administrator(request.user)
    plan = Plan.objects.first()
    agencies = plan.reporting_agencies().on(timezone.localdate()) if plan else Agency.objects.none()
    rows = [
        {"agency": agency.name, "role": str(role.label)}
        for agency in agencies.exclude(pk__in=access.agencies_with_people())
        for role in (Role.CLERK, Role.HEAD)
    ]
    return _workbook(list_workbook(PEOPLE_COLUMNS, rows, title="Người dùng"), "danh-sach-nguoi-dung.xlsx")


def _workbook(content: bytes, filename: str) -> FileResponse:
    return FileResponse(
        io.BytesIO(content), as_attachment=True, filename=filename, content_type=CONTENT_TYPES[Kind.XLSX]
    )


# Letterheads


@require_safe
def letterhead_list(request: SignedInRequest) -> HttpResponse:
    """List the agencies that report with what their letterheads lack, those first that lack something."""
    plan_access.check_is_administrator(request.user)
    plan = Plan.objects.first()
    agencies = plan.reporting_agencies().on(timezone.localdate()).order_by("name") if plan else []
    rows = [(agency, letterheads.lacking(agency)) for agency in agencies]
    rows.sort(key=lambda row: not row[1])
    return render(request, "reports/letterheads.html", {"rows": rows, "lacking": sum(bool(w) for _, w in rows)})


@require_http_methods(["GET", "HEAD", "POST"])
def letterhead(request: SignedInRequest, agency_slug: str) -> HttpResponse:
    """Change what is printed around an agency's reports, seeing how it will look."""
    plan_access.check_is_administrator(request.user)
    agency = plan_access.get_people_agency_or_404(request.user, agency_slug)
    form = LetterheadForm(agency, request.POST or None)
    if form.is_bound and form.is_valid():
        plan_services.save_letterhead(agency, **form.cleaned_data, by=request.user)
        messages.success(request, f"Đã lưu tiêu đề văn bản của {agency}.")
        return redirect("letterheads")
    return _letterhead_page(request, agency, form)


@require_POST
def letterhead_preview(request: SignedInRequest, agency_slug: str) -> HttpResponse:
    """Show what was typed as it would be printed; nothing is written."""
    plan_access.check_is_administrator(request.user)
    agency = plan_access.get_people_agency_or_404(request.user, agency_slug)
    form = LetterheadForm(agency, request.POST)
    form.is_valid()
    if request.htmx:
        return render(request, "reports/_letterhead_preview.html", _as_printed(agency, form))
    return _letterhead_page(request, agency, form)


def _letterhead_page(request: SignedInRequest, agency: Agency, form: LetterheadForm) -> HttpResponse:
    context = {"agency": agency, "form": form} | _as_printed(agency, form)
    return render(request, "reports/letterhead_form.html", context)


def _as_printed(agency: Agency, form: LetterheadForm) -> dict:
    """Return the letterhead and signature of what stands in the form, where that can be read."""
    said = {name: getattr(agency, name) for name in form.fields} | getattr(form, "cleaned_data", {})
    content = {"agency": said, "year": deadlines.day_of(timezone.now()).year}
    blank = "\N{NO-BREAK SPACE}" * 6
    return {
        "printed": letterhead_of(content, number=f"Số: {blank}/BC-{said['notation']}", issued_on=None),
        "signature": Signature(tuple(said["signer_lines"]), "Họ và tên"),
        "too_wide": letterheads.too_wide(said["letterhead"]),
    }


# The plan


@require_http_methods(["GET", "HEAD", "POST"])
def plan_file(request: SignedInRequest) -> HttpResponse:
    """Show which plans are loaded; take a plan's files and show what loading them would do."""
    plan_access.check_is_administrator(request.user)
    form = PlanFilesForm(request.POST, request.FILES) if request.method == "POST" else PlanFilesForm()
    context: dict = {"form": form, "plans": Plan.objects.prefetch_related("participants", "areas", "tasks")}
    if form.is_bound and form.is_valid():
        try:
            context |= {"read": form.plan, "would": would_load(form.plan)}
        except DataFileError as error:
            form.problems = error.problems
    return render(request, "reports/plan_file.html", context)


@require_POST
def load_plan_file(request: SignedInRequest) -> HttpResponse:
    """Load the plan that was shown, whole or not at all."""
    plan_access.check_is_administrator(request.user)
    form = LoadPlanForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Không đọc lại được tệp. Hãy chọn và gửi lại hai tệp.")
        return redirect("plan_file")
    try:
        loaded = load_plan(form.cleaned_data["signed"])
    except DataFileError as error:
        messages.error(request, f"Không nạp, dữ liệu giữ nguyên: {'; '.join(error.problems)}")
    else:
        messages.success(request, f"Đã nạp {loaded.plan}: thêm {loaded.made} mục, sửa {loaded.mended} mục.")
    return redirect("plan_file")


# Mails


@require_http_methods(["GET", "HEAD", "POST"])
def mail_test(request: SignedInRequest) -> HttpResponse:
    """Send a test mail at once and show what the mail server answered."""
    plan_access.check_is_administrator(request.user)
    form = MailTestForm(request.user, request.POST or None)
    if form.is_bound and form.is_valid():
        services.send_test_mail(form.cleaned_data["address"], by=request.user, now=timezone.now())
        return redirect("mail_test")
    tests = list(MailTest.objects.select_related("by")[:TESTS_SHOWN])
    context = {
        "form": form,
        "server": setting_up.mail_server(),
        "newest": tests[0] if tests else None,
        "earlier": tests[1:],
        "last_that_left": MailTest.objects.filter(has_left=True).first(),
    }
    return render(request, "reports/mail_test.html", context)
