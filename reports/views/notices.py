"""A person's own mails, read in the portal, and which of them they want sent."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments.requests import SignedInRequest
from reports import access, muting, services
from reports.forms.notices import ReadForm, TopicsForm

ON_A_PAGE = 30


@require_safe
def notices(request: SignedInRequest) -> HttpResponse:
    """Show every mail to the person, whatever became of it, and which kinds they may switch off."""
    mine = access.mails_to(request.user)
    page = Paginator(mine, ON_A_PAGE).get_page(request.GET.get("trang"))
    newest = mine.first()
    context = {
        "page": page,
        "read_form": ReadForm(initial={"until": newest.noticed_at.isoformat()}) if newest else None,
        "topics_form": TopicsForm(choices=muting.choices_of(request.user)),
        "required": muting.required_of(request.user),
    }
    return render(request, "reports/notices.html", context)


@require_POST
def read_notices(request: SignedInRequest) -> HttpResponse:
    """Mark what the person has seen as read."""
    form = ReadForm(request.POST)
    if form.is_valid():
        services.mark_read(by=request.user, now=timezone.now(), until=form.cleaned_data["until"])
    return redirect("notices")


@require_POST
def choose_topics(request: SignedInRequest) -> HttpResponse:
    """Keep which kinds of mail the person wants."""
    form = TopicsForm(request.POST, choices=muting.choices_of(request.user))
    if form.is_valid():
        services.choose_topics(form.cleaned_data["wanted"], by=request.user, now=timezone.now())
        messages.success(request, "Đã ghi lựa chọn nhận thư.")
    return redirect("notices")
