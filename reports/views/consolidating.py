"""Writing the merged report, part by part: the agencies' paragraphs beside the officers' own."""

from collections.abc import Callable, Collection
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments import access as plan_access
from assignments.requests import SignedInRequest
from reports import access, services, workflow
from reports.consolidation import reporting_state
from reports.consolidation.content import area_measures
from reports.consolidation.sources import Gathered, PartSources, Source, accepted_since, gather, sources_of
from reports.forms.consolidating import ChangeForm, ConsolidationPartForm, ParagraphRow
from reports.models import ConsolidatedParagraph, Consolidation, ConsolidationPart, ParagraphSource, TaskProgress
from reports.views import saving

# What a button means by its sources, where it is not one source.
ALL, OF_AGENCY = "all", "agency."

CHANGED_SINCE_SEEN = (
    "Chưa thực hiện: phần này đã thay đổi từ khi bạn mở trang, hoặc nút đã được bấm hai lần. "
    "Hãy xem lại bài dưới đây, còn cần thì bấm lại."
)


def part(request: SignedInRequest, plan_slug: str, year: int, key: str) -> HttpResponse:
    """Write one part: save what was typed, by itself or with a button, and do what the button says."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    part = access.get_consolidation_part_or_404(request.user, cycle, key)
    if request.method == "POST":
        access.check_is_officer(request.user, cycle)
    form = _form(part, request.POST or None)
    if not form.is_valid():
        return saving.refused(request, form) if request.htmx else _page(request, part, form)
    change = ChangeForm(request.POST) if "do" in request.POST else None
    try:
        services.save_consolidation_part(
            part,
            by=request.user,
            now=timezone.now(),
            page=form.claim["page"],
            edit=form.claim["edit"],
            **form.answers,
            shown=form.shown if change is not None and change.is_of_paragraphs else None,
        )
    except services.SaveConflict as error:
        return _conflict(request, part, error)
    except workflow.TransitionRefused as error:
        if request.htmx:
            return saving.locked(request, str(error))
        messages.error(request, str(error))
        return _page(request, part, form)
    if request.htmx:
        return _saved(request, part, form)
    if form.gives_up:
        return _page(request, part, _form(part), given_up=form)
    return redirect(_after_save(request, part, form, change))


def _form(part: ConsolidationPart, data=None) -> ConsolidationPartForm:
    return ConsolidationPartForm(part, services.ordered_paragraphs(part), data, now=timezone.now())


def _conflict(request: SignedInRequest, part: ConsolidationPart, error: services.SaveConflict) -> HttpResponse:
    """Show what the paragraphs that somebody else changed too say by now, beside what was typed."""
    form = _form(part, request.POST)
    form.is_valid()
    context = {"differences": form.differences(part), "seen": form.seen, "saved": error.saved}
    if request.htmx:
        context |= {"part": part} | _news(form, form.paragraphs)
        return render(request, "reports/_consolidation_conflict.html", context, status=409)
    if not context["differences"]:  # Everything typed is saved, and nobody has to choose.
        messages.error(request, CHANGED_SINCE_SEEN)
        return redirect(_address(part))
    return _page(request, part, form, **context)


def _saved(request: SignedInRequest, part: ConsolidationPart, form: ConsolidationPartForm) -> HttpResponse:
    """Say that the part was saved, and whose reports were accepted since the page was opened."""
    context = {
        "part": part,
        "edit": form.claim["edit"],
        "newcomers": accepted_since(part.consolidation, form.opened_at),
    }
    context |= _news(form, services.ordered_paragraphs(part))
    return render(request, "reports/_consolidation_saved.html", context)


def _news(form: ConsolidationPartForm, paragraphs: list[ConsolidatedParagraph]) -> dict:
    """Return what a page that stays open learns of its paragraphs, and whether they stand as it shows them."""
    learned = form.learned(paragraphs)
    return {
        "learned": learned,
        "by_others": [one for one in learned if one.is_by_others],
        "is_rearranged": form.shown != [paragraph.pk for paragraph in paragraphs],
    }


def _after_save(
    request: SignedInRequest, part: ConsolidationPart, form: ConsolidationPartForm, change: ChangeForm | None
) -> str:
    """Do what the pressed button says beyond saving, say how it went, and return where to go."""
    if change:
        return _address(part) + _change(request, part, change)
    if form.merges:
        messages.warning(request, "Đã ghép hai bản và lưu. Hãy đọc lại, bỏ những chỗ trùng nhau.")
    else:
        messages.success(request, f"Đã lưu {part.title}.")
    if "next" not in request.POST:
        return _address(part)
    following = part.consolidation.parts.filter(position__gt=part.position).order_by("position").first()
    if following is None:
        return reverse("consolidated", args=[part.consolidation.cycle.plan.slug, part.consolidation.cycle.year])
    following.consolidation = part.consolidation
    return _address(following)


def _change(request: SignedInRequest, part: ConsolidationPart, change: ChangeForm) -> str:
    """Change sources or paragraphs and return which place of the page to show then."""
    if not change.is_valid():
        messages.error(request, "Chưa thực hiện được. Hãy bấm lại nút trên trang này.")
        return ""
    try:
        if change.verb in SOURCE_CHANGES:
            return _change_sources(request, part, change)
        return _change_paragraphs(request, part, change)
    except services.SaveConflict:
        messages.error(request, CHANGED_SINCE_SEEN)
    except workflow.TransitionRefused as error:
        messages.error(request, str(error))
    return ""


# What happens to sources that are not used yet, and how it is told.
SOURCE_CHANGES: dict[str, tuple[Callable[..., int], str]] = {
    "take": (services.take_over, "Đã đưa {} đoạn vào bài."),
    "merge": (services.merge_sources, "Đã gộp {} đoạn thành một đoạn của bài."),
    "aside": (services.set_aside, "Đã để riêng {} đoạn, không dùng."),
    "add": (partial(services.add_to_paragraph, with_words=True), "Đã thêm {} đoạn vào đoạn đã chọn."),
    "cite": (partial(services.add_to_paragraph, with_words=False), "Đã ghi {} đoạn làm nguồn của đoạn đã chọn."),
}


def _change_sources(request: SignedInRequest, part: ConsolidationPart, change: ChangeForm) -> str:
    make, words = SOURCE_CHANGES[change.verb]
    target = {"paragraph_id": change.cleaned_data["target"] or 0} if change.verb in ("add", "cite") else {}
    count = make(part, keys=_keys(request, part, change), **target, **_who(request, part))
    if count:
        messages.success(request, words.format(count))
    else:
        messages.warning(request, "Không có đoạn nào để thực hiện: chưa chọn đoạn, hoặc người khác đã chọn trước.")
    return "#nguon" if change.argument in ("", ALL) else f"#nguon-{change.argument}"


def _keys(request: SignedInRequest, part: ConsolidationPart, change: ChangeForm) -> Collection[str]:
    """Return which sources a button means: one, those that are ticked, or of those shown all or an agency's."""
    if not change.argument:
        return request.POST.getlist("source")
    shown = set(change.cleaned_data["shown"].split())
    if change.argument == ALL:
        return shown
    if change.argument.startswith(OF_AGENCY):
        slug = change.argument.removeprefix(OF_AGENCY)
        return shown & {source.key for source in sources_of(part).unused if source.report.agency.slug == slug}
    return [change.argument]


def _change_paragraphs(request: SignedInRequest, part: ConsolidationPart, change: ChangeForm) -> str:
    who = _who(request, part)
    match change.verb:
        case "new":
            return _place_of(services.add_paragraph(part, after=change.pk or None, **who).pk)
        case "up" | "down":
            services.move_paragraph(part, change.pk, up=change.verb == "up", **who)
            return _place_of(change.pk)
        case "join":
            return _place_of(services.join_with_previous(part, change.pk, **who).pk)
        case "split":
            if services.split_paragraph(part, change.pk, **who) == 1:
                messages.warning(
                    request, "Đoạn này chỉ có một dòng, của một nguồn. Hãy xuống dòng ở chỗ muốn tách rồi bấm lại."
                )
            return _place_of(change.pk)
        case "remove":
            services.remove_paragraph(part, change.pk, **who)
            messages.success(request, "Đã bỏ đoạn. Nguồn của đoạn trở lại mục chưa dùng.")
            return "#bai"
        case "release":
            services.release_source(part, change.pk, **who)
            messages.success(request, "Đã bỏ nguồn khỏi bài, chữ của bài giữ nguyên.")
            return "#nguon"
        case "seen":
            services.see_sources(part, by=request.user, until=change.seen_at)
            return "#nguon"
    return ""


def _who(request: SignedInRequest, part: ConsolidationPart) -> dict:
    return {"by": request.user, "now": timezone.now(), "version": part.version}


def _place_of(paragraph_id: int) -> str:
    return f"#doan-{paragraph_id}"


def _address(part: ConsolidationPart, name: str = "consolidation_part", *more: str) -> str:
    cycle = part.consolidation.cycle
    return reverse(name, args=[cycle.plan.slug, cycle.year, part.key, *more])


def _page(request: SignedInRequest, part: ConsolidationPart, form: ConsolidationPartForm, **context) -> HttpResponse:
    """Render a part's page with the form as it was filled in.

    `differences` are between the form and what somebody else saved in `part`; `given_up` is the form whose
    words were not taken.
    """
    is_writable = _may_write(request, part)
    if form.is_bound:
        form.show_again()
        if not is_writable:
            context["given_up"] = form
    gathered = gather(part.consolidation)
    parts = [one.part for one in gathered.parts.values()]
    place = [one.pk for one in parts].index(part.pk)
    sources = gathered.parts[part.key]
    context |= {
        "cycle": part.consolidation.cycle,
        "part": part,
        "is_writable": is_writable,
        "form": form,
        "rows": _paragraph_rows(form, sources),
        "sources": sources,
        "counts": sources.counts,
        "reporting": reporting_state(gathered.reports, {one.report for one in gathered.merged}),
        "silent": _silent(gathered, sources),
        "groups": [(one, group, sum(source.row is None for source in group)) for one, group in sources.by_report],
        "measures": _measures(gathered, part),
        "address": _address(part),
        "copy_address": _address(part, "consolidation_part_copy"),
        "preceding": parts[place - 1] if place else None,
        "following": parts[place + 1] if place + 1 < len(parts) else None,
    }
    return render(request, "reports/consolidation_part.html", context)


def _may_write(request: SignedInRequest, part: ConsolidationPart) -> bool:
    is_officer = plan_access.is_officer(request.user, part.consolidation.cycle.plan)
    return is_officer and part.consolidation.status == Consolidation.Status.DRAFT


def _paragraph_rows(form: ConsolidationPartForm, sources: PartSources) -> list[tuple[ParagraphRow, list, list]]:
    """Return every paragraph with the sources that it cites, and those that no accepted report says any more."""
    cited: dict[int, list[Source]] = {}
    for source in sources.sources:
        if source.row and source.row.paragraph_id:
            cited.setdefault(source.row.paragraph_id, []).append(source)
    stale: dict[int, list[ParagraphSource]] = {}
    for row in sources.stale:
        stale.setdefault(row.paragraph_id or 0, []).append(row)
    return [
        (row, cited.get(row.paragraph.pk, []), stale.get(row.paragraph.pk, [])) if row.paragraph else (row, [], [])
        for row in form.rows
    ]


def _silent(gathered: Gathered, sources: PartSources) -> list[str]:
    """Return the agencies whose accepted reports say nothing in this part."""
    say_something = {merged.report.pk for merged, _ in sources.by_report}
    return [one.report.issuer_name for one in gathered.merged if one.report.pk not in say_something]


def _measures(gathered: Gathered, part: ConsolidationPart) -> list[tuple[dict, list[tuple[str, int]]]]:
    """Return an area's measures with how many agencies are how far, for the merged reports."""
    if part.area is None:
        return []
    measures = area_measures(part.key, gathered.merged)
    labels = dict(TaskProgress.Status.choices)
    return [(m, [(words, m["counts"][s]) for s, words in labels.items() if s in m["counts"]]) for m in measures]


def take_over_all(request: SignedInRequest, plan_slug: str, year: int) -> HttpResponse:
    """Say how much of how many agencies is not used yet, part by part, and take all of it over."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    access.check_is_officer(request.user, cycle)
    draft = access.get_draft_or_404(cycle)
    if draft.is_proposed:
        messages.error(request, services.ALREADY_PROPOSED)
        return redirect("consolidated", plan_slug, year)
    gathered = gather(draft)
    parts = [(one.part, one.unused) for one in gathered.parts.values() if one.unused]
    agencies = len({source.report.pk for _, unused in parts for source in unused})
    if request.method == "POST":
        try:
            count = services.take_over_all(
                draft, by=request.user, now=timezone.now(), seen=request.POST.get("seen", "")
            )
        except workflow.TransitionRefused as error:
            messages.error(request, str(error))
            return redirect("take_over_all", plan_slug, year)
        messages.success(
            request, f"Đã đưa {count} đoạn của {agencies} đơn vị vào bài. Hãy đọc lại và biên tập các phần."
        )
        return redirect("consolidated", plan_slug, year)
    context = {
        "cycle": cycle,
        "parts": parts,
        "count": sum(len(unused) for _, unused in parts),
        "agencies": agencies,
        "seen": services.unused_seen(gathered),
    }
    return render(request, "reports/consolidation_take_over_all.html", context)


@require_safe
def copy(request: SignedInRequest, plan_slug: str, year: int, key: str) -> HttpResponse:
    """Show a part as plain text to be copied into Word."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    part = access.get_consolidation_part_or_404(request.user, cycle, key)
    context = {
        "cycle": cycle,
        "part": part,
        "text": _plain_text(part),
        "address": _address(part),
        "file_address": _address(part, "consolidation_part_text", part.key),
    }
    return render(request, "reports/consolidation_copy.html", context)


@require_safe
def text_file(request: SignedInRequest, plan_slug: str, year: int, key: str, filename: str) -> HttpResponse:
    """Hand out a part as a text file, marked as UTF-8 so that Word asks nobody about it."""
    cycle = access.get_cycle_or_404(request.user, plan_slug, year)
    part = access.get_consolidation_part_or_404(request.user, cycle, key)
    if filename != part.key:
        raise Http404("Không có tệp này.")
    text = _plain_text(part).replace("\n", "\r\n")
    response = HttpResponse(text.encode("utf-8-sig"), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tong-hop-{cycle.year}-{part.key}.txt"'
    return response


def _plain_text(part: ConsolidationPart) -> str:
    """Return a part's heading and paragraphs, each on a line of its own."""
    heading = f"{part.title}. {part.area.title}" if part.area else part.title
    return "\n".join([heading, *(p.text.strip() for p in services.ordered_paragraphs(part) if p.text.strip())]) + "\n"
