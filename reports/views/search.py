"""Search in the reports of one's own agencies."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assignments.requests import SignedInRequest
from assignments.text import normalise
from reports import access
from reports.search import MOST_HITS, find_in_own_reports

LONGEST_QUERY = 100


@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """Find words in what the person's agencies wrote, in all years, with or without tone marks."""
    access.check_has_own_reports(request.user)
    query = normalise(request.GET.get("q", "")).strip()[:LONGEST_QUERY]
    groups, has_more = find_in_own_reports(request.user, query)
    context = {
        "query": query,
        "groups": groups,
        "found": sum(len(group.hits) for group in groups),
        "has_more": has_more,
        "most_hits": MOST_HITS,
    }
    return render(request, "reports/search.html", context)
