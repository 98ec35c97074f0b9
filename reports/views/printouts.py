"""What officers put on paper about a year: the urging letter, the list that proves the reminders; and their files."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignments.requests import SignedInRequest
from reports import access, deadlines, services, tasks
from reports.documents import orders
from reports.documents.html import preview_html
from reports.documents.printouts import printout_tree
from reports.files import CONTENT_TYPES, Kind
from reports.forms.urging_letter import UrgingLetterForm
from reports.models import Document, Printout
from reports.views.follow import cycle_standings
from reports.views.proof import chosen_of_year
from reports.views.stored import sent
from reports.views.urging import most_pressing


@require_http_methods(["GET", "HEAD", "POST"])
def urging_letter(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Word an urging letter over a look at it, with a text for a chat group; `print` makes its files."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    now = timezone.now()
    owed = [row for row in cycle_standings(request.user, cycle, now) if row.is_owed]
    named = set(request.GET.getlist("don-vi"))
    chosen = [row for row in owed if row.report.agency.slug in named] or most_pressing(owed)
    wording = services.letter_wording(cycle, by=request.user, now=now)
    form = UrgingLetterForm(
        owed, wording, chosen, deadlines.day_of(now), request.POST if request.method == "POST" else None
    )
    if form.is_valid():
        chosen, wording = form.chosen, form.wording
        if "print" in request.POST:
            content = services.letter_content(cycle, chosen, wording, by=request.user)
            return redirect(services.print_letter(cycle, content, by=request.user, now=now))
    context = {
        "cycle": cycle,
        "form": form,
        "owed": owed,
        "letters": _earlier(cycle),
        "chosen": chosen,
        "is_everybody": request.method != "POST" and not named,
    }
    if chosen and not form.errors:
        content = services.letter_content(cycle, chosen, wording, by=request.user)
        context["preview"] = preview_html(printout_tree(Printout.Kind.URGING_LETTER, content))
        context["chat"] = services.chat_text(cycle, chosen, until=wording["report_by"], by=request.user)
    return render(request, "reports/urging_letter.html", context)


def _earlier(cycle):
    return cycle.printouts.filter(kind=Printout.Kind.URGING_LETTER).select_related("made_by").order_by("-made_at")[:5]


@require_POST
def print_proof(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Order what the page of the year shows, filter and all, as a PDF annex."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_reads_every_agency(request.user, cycle.plan)
    chosen = chosen_of_year(request, cycle)
    printout = services.print_proof(cycle, chosen.entries, chosen=chosen.words, by=request.user, now=timezone.now())
    return redirect(printout)


@require_safe
def printout(request: SignedInRequest, plan_slug: str, year: int, pk: int) -> HttpResponse:
    """Show what was put on paper, with its files as soon as they are made."""
    printout = _printout(request, plan_slug, year, pk)
    context = {
        "cycle": printout.cycle,
        "printout": printout,
        "preview": preview_html(orders.tree_of(printout)),
        **_document_context(printout),
    }
    return render(request, "reports/printout.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def printout_document(request: SignedInRequest, plan_slug: str, year: int, pk: int) -> HttpResponse:
    """Say how far the files are; a POST asks again for those that failed."""
    printout = _printout(request, plan_slug, year, pk)
    if request.method == "POST":
        orders.order_again(printout, now=timezone.now())
        tasks.make_documents.delay_on_commit()
        return redirect(printout)
    return render(request, "reports/_document_state.html", _document_context(printout))


@require_safe
def printout_file(
    request: SignedInRequest, plan_slug: str, year: int, pk: int, filename: str, kind: str
) -> HttpResponseBase:
    """Answer with the finished file, or with how far it is (202)."""
    printout = _printout(request, plan_slug, year, pk)
    file = orders.files_of(printout).find(Document.Kind(kind))
    if filename != printout.filename or file is None:
        raise Http404("Không có tệp này.")
    if file.made is None:
        return render(request, "reports/document_waiting.html", _document_context(printout), status=202)
    return sent(
        request,
        file.made.file,
        size=file.made.size,
        etag=file.made.address,
        name=f"{filename}.{kind}",
        content_type=CONTENT_TYPES[Kind(kind)],
    )


def _printout(request: SignedInRequest, plan_slug: str, year: int, pk: int) -> Printout:
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    return access.get_printout_or_404(request.user, cycle, pk)


def _document_context(printout: Printout) -> dict:
    return {"files": orders.files_of(printout), "state_address": printout.document_address}
