"""Agencies and people from Excel: pasted, shown row by row, and written only as they were shown."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignments import access
from assignments.agency_pasting import preview_agencies, save_agencies
from assignments.forms import InviteEverybodyForm
from assignments.models import Plan
from assignments.pasted_rows import AgenciesForm, PasteForm, PeopleForm
from assignments.pasted_table import Line, ListChanged, Preview
from assignments.people_pasting import invite_everybody, preview_people, save_people, waiting_for_invitation
from assignments.requests import SignedInRequest

CHANGED_SINCE = "Chưa ghi gì: bảng, hoặc dữ liệu trên cổng, đã khác bản xem trước. Hãy xem lại các dòng dưới đây."


@require_http_methods(["GET", "HEAD", "POST"])
def paste_agencies(request: SignedInRequest) -> HttpResponse:
    """Take a table of agencies and show what each row would do; nothing is written here."""
    access.check_is_administrator(request.user)
    form = AgenciesForm(request.POST or None)
    preview = preview_agencies(form.rows) if form.is_bound and form.is_valid() else None
    return _agencies_page(request, form, preview)


@require_POST
def save_pasted_agencies(request: SignedInRequest) -> HttpResponse:
    """Write the agencies that were shown, all or none."""
    access.check_is_administrator(request.user)
    form = AgenciesForm(request.POST)
    if not form.is_valid():
        return _agencies_page(request, form, None)
    try:
        saved = save_agencies(form.rows, seen=form.cleaned_data["seen"], by=request.user, now=timezone.now())
    except ListChanged:
        messages.error(request, CHANGED_SINCE)
        return _agencies_page(request, form, preview_agencies(form.rows))
    messages.success(request, f"Đã ghi: thêm {len(saved.new)} cơ quan, sửa {len(saved.changed)} cơ quan.")
    return redirect("agencies")


def _agencies_page(request: SignedInRequest, form: AgenciesForm, preview: Preview | None) -> HttpResponse:
    context = {"form": form, "columns": form.columns, "preview": preview, "plan": Plan.objects.first()}
    return render(request, "assignments/paste_agencies.html", context | _seen(form, preview))


@require_http_methods(["GET", "HEAD", "POST"])
def paste_people(request: SignedInRequest) -> HttpResponse:
    """Take a table of people and show what each row would do; nothing is written here."""
    access.check_is_administrator(request.user)
    form = PeopleForm(request.POST or None)
    preview = None
    if form.is_bound and form.is_valid():
        preview = preview_people(form.rows, today=timezone.localdate())
    return _people_page(request, form, preview)


@require_POST
def save_pasted_people(request: SignedInRequest) -> HttpResponse:
    """Write the people that were shown, all or none, and invite them where that was chosen."""
    access.check_is_administrator(request.user)
    form = PeopleForm(request.POST)
    if not form.is_valid():
        return _people_page(request, form, None)
    send_mails = form.cleaned_data["mails"] != "later"
    try:
        saved = save_people(
            form.rows,
            seen=form.cleaned_data["seen"],
            send_mails=send_mails,
            by=request.user,
            now=timezone.now(),
        )
    except ListChanged:
        messages.error(request, CHANGED_SINCE)
        return _people_page(request, form, preview_people(form.rows, today=timezone.localdate()))
    mailed = "Thư mời đang được gửi." if send_mails else "Chưa gửi thư mời."
    messages.success(request, f"Đã ghi: {len(saved.new)} vai trò mới, {len(saved.changed)} người được sửa. {mailed}")
    return redirect("agencies" if send_mails else "invite_everybody")


def _people_page(request: SignedInRequest, form: PeopleForm, preview: Preview | None) -> HttpResponse:
    context = {"form": form, "columns": form.columns, "preview": preview}
    return render(request, "assignments/paste_people.html", context | _seen(form, preview))


def _seen(form: PasteForm, preview: Preview[Line] | None) -> dict:
    """Return what the form sends back to say which preview was confirmed."""
    return {"seen": preview.mark if preview else "", "not_read": form.not_read}


@require_safe
def waiting_people(request: SignedInRequest) -> HttpResponse:
    """List who has never set a password, to invite them all at once."""
    access.check_is_administrator(request.user)
    return _waiting_page(request, InviteEverybodyForm())


@require_POST
def send_invitations(request: SignedInRequest) -> HttpResponse:
    """Invite everybody who waits, or those who were never invited."""
    access.check_is_administrator(request.user)
    form = InviteEverybodyForm(request.POST)
    if not form.is_valid():
        return _waiting_page(request, form)
    sent = invite_everybody(again=form.cleaned_data["who"] == "all", by=request.user, now=timezone.now())
    if sent:
        messages.success(request, f"Đang gửi thư mời tới {sent} người.")
    else:
        messages.info(request, "Không có ai chờ thư mời.")
    return redirect("agencies")


def _waiting_page(request: SignedInRequest, form: InviteEverybodyForm) -> HttpResponse:
    waiting = list(waiting_for_invitation())
    context = {
        "form": form,
        "waiting": waiting,
        "never_invited": sum(person.invited_at is None for person in waiting),
    }
    return render(request, "assignments/invite_everybody.html", context)
