"""The public page that vouches for what was published: whoever holds a file can ask whether it is the one."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from reports.documents import vouching
from reports.documents.orders import files_of
from reports.models.consolidated import in_groups

# Codes that lead nowhere, of one address; a whole department sits behind one. The counter is allauth's own and not
# promised to stay: a test fails should it go or stop to limit.
GUESSES = {"verify": "60/m/ip"}


@require_safe
@login_not_required
def find(request: HttpRequest) -> HttpResponse:
    """Ask for a code, and go to its page."""
    typed = request.GET.get("ma", "").strip()
    if not typed:
        return _page(request, "reports/verify_code.html", {})
    code = vouching.code_in(typed)
    if code is None:
        return _page(request, "reports/verify_code.html", {"typed": typed, "is_no_code": True})
    return redirect("verify", in_groups(code))


@require_safe
@login_not_required
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say which document a code belongs to, and the hashes of its files; 404 for a code of nothing.

    Whoever asks for many codes that lead nowhere is kept waiting (429). Nothing but what was published is said.
    """
    if not _may_guess(request, dry_run=True):
        return ratelimit.respond_429(request)
    known = vouching.code_in(code)
    published = vouching.published_under(known) if known else None
    if published is None:
        _may_guess(request)
        return _page(request, "reports/verify_code.html", {"typed": code, "is_unknown": True}, status=404)
    if code != published.grouped_code:
        return redirect("verify", published.grouped_code)
    content = published.snapshot
    context = {
        "published": published,
        "plan": content["plan"],
        "issuer": content["agency"]["name"],
        "replaced_by": vouching.newest_beside(published),
        "files": vouching.vouched_files(published),
        "are_being_made": files_of(published).are_being_made,
    }
    return _page(request, "reports/verify.html", context)


def _may_guess(request: HttpRequest, *, dry_run: bool = False) -> bool:
    usage = ratelimit.consume(
        request, app="allauth.account", action="verify", config=GUESSES, limit_get=True, dry_run=dry_run
    )
    return usage is not None


def _page(request: HttpRequest, template: str, context: dict, status: int = 200) -> HttpResponse:
    """Render a page that no search engine is to keep."""
    response = render(request, template, context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
