"""Search in what a person's own agencies wrote, in every year, without tone marks or capitals."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from assignments.models import User
from assignments.plan_search import Piece, Search
from reports import access
from reports.models import Report, ReportPart

# More than this and the words are too common to be of use.
MOST_HITS = 60


@dataclass(frozen=True)
class Hit:
    """A part in which the words stand, with what surrounds the first of them."""

    part: ReportPart
    pieces: list[Piece]


@dataclass(frozen=True)
class ReportHits:
    """The hits in one report, in the order of its parts."""

    report: Report
    hits: list[Hit]


def find_in_own_reports(user: User, query: str) -> tuple[list[ReportHits], bool]:
    """Return what holds the query in the reports of the person's agencies, newest year first; and whether there is
    more than MOST_HITS. Four queries.
    """
    search = Search(query)
    if search.pattern is None:
        return [], False
    own = access.visible_to(user).filter(agency__in=user.agencies_as(*access.AGENCY_ROLES))
    reports = {report.pk: report for report in own}
    holds = reduce(or_, (_holds_every_word(variant) for variant in search.variants))
    found = (
        ReportPart.objects.filter(holds, report__in=reports)
        .select_related("area")
        .prefetch_related("progress", "figures")
        .order_by("-report__cycle__year", "report__agency__name", "report", "position")
    )
    groups: dict[int, ReportHits] = {}
    hits = 0
    for part in found:
        pieces = search.excerpt(_words_of(part))
        if not pieces:  # the words stand there, but not in a row
            continue
        if hits == MOST_HITS:
            return list(groups.values()), True
        hits += 1
        report = reports[part.report_id]
        groups.setdefault(report.pk, ReportHits(report, [])).hits.append(Hit(part, pieces))
    return list(groups.values()), False


def _holds_every_word(words: str) -> Q:
    condition = Q()
    for word in words.split():
        condition &= Q(search_text__contains=word)
    return condition


def _words_of(part: ReportPart) -> str:
    reasons = [row.reason for row in part.progress.all()]
    remarks = [words for row in part.figures.all() for words in (row.reason, row.explanation)]
    return "\n".join(words for words in (part.text, part.difficulties, *reasons, *remarks) if words)
