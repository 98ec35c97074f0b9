"""The sources of the merged report: every paragraph of the accepted reports, part by part, and what became of it."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from itertools import groupby
from unicodedata import normalize

from django.db.models import Max, QuerySet

from reports import matrix, outline
from reports.consolidation.reporting import MergedReport, merged_of, reports_of
from reports.models import (
    ConsolidatedParagraph,
    Consolidation,
    ConsolidationPart,
    ParagraphSource,
    Report,
    ReportEvent,
    ReportPart,
)


class State(StrEnum):
    """What became of a source. Only set aside is a decision; used and shortened follow from the officers' text."""

    USED = "used"
    SHORTENED = "shortened"
    SET_ASIDE = "set_aside"
    UNUSED = "unused"

    @property
    def words(self) -> str:
        return {
            State.USED: "Đã dùng nguyên văn",
            State.SHORTENED: "Đã dùng, có rút gọn hoặc sửa",
            State.SET_ASIDE: "Để riêng, không dùng",
            State.UNUSED: "Chưa dùng",
        }[self]


@dataclass(frozen=True)
class Source:
    """One paragraph of an accepted report, and its row where the officers decided on it.

    `place` says where in the agency's report it stands, where that is not the part of the same name.
    """

    merged: MergedReport
    origin: str
    place: str
    digest: str
    occurrence: int
    text: str
    row: ParagraphSource | None
    is_new: bool

    @property
    def report(self) -> Report:
        return self.merged.report

    @property
    def key(self) -> str:
        """By what a page names it."""
        return f"{self.report.pk}.{self.origin}.{self.digest[:16]}.{self.occurrence}"

    @property
    def state(self) -> State:
        if self.row is None:
            return State.UNUSED
        if self.row.paragraph is None:
            return State.SET_ASIDE
        return State.USED if self.text in self.row.paragraph.text else State.SHORTENED


@dataclass(frozen=True)
class StaleParagraph:
    """A paragraph and those of its sources that no accepted report says any more; `has_no_other`: these are all."""

    paragraph: ConsolidatedParagraph
    rows: list[ParagraphSource]
    has_no_other: bool

    @property
    def is_word_for_word(self) -> bool:
        """Whether nothing stands in the paragraph but what its stale sources said."""
        rest = self.paragraph.text
        for row in sorted(self.rows, key=lambda row: -len(row.text)):
            rest = rest.replace(row.text, "", 1)
        return self.has_no_other and not rest.strip(" .\n")

    @property
    def agencies(self) -> list[str]:
        return list(dict.fromkeys(row.report.issuer_name for row in self.rows))


@dataclass
class PartSources:
    """A part of the merged report: its sources in plan order, and the rows that no accepted report says any more.

    `stale` holds only what a paragraph still cites: its report was reopened, or says it in other words by now.
    """

    part: ConsolidationPart
    sources: list[Source] = field(default_factory=list)
    stale: list[ParagraphSource] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many: sources, used, shortened, set_aside, unused, new (of the unused), stale."""
        states = Counter(source.state for source in self.sources)
        return {
            "sources": len(self.sources),
            **{state.value: states[state] for state in State},
            "new": len(self.new),
            "stale": len(self.stale),
        }

    @property
    def unused(self) -> list[Source]:
        return [source for source in self.sources if source.row is None]

    @property
    def new(self) -> list[Source]:
        return [source for source in self.sources if source.is_new]

    @property
    def stale_paragraphs(self) -> list["StaleParagraph"]:
        """Return the paragraphs that cite stale rows, in order."""
        current = {source.row.paragraph_id for source in self.sources if source.row}
        rows: dict[ConsolidatedParagraph, list[ParagraphSource]] = {}
        for row in self.stale:
            if row.paragraph:
                rows.setdefault(row.paragraph, []).append(row)
        stale = [StaleParagraph(paragraph, own, paragraph.pk not in current) for paragraph, own in rows.items()]
        return sorted(stale, key=lambda one: (one.paragraph.position, one.paragraph.pk))

    @property
    def by_report(self) -> list[tuple[MergedReport, list[Source]]]:
        groups = (list(group) for _, group in groupby(self.sources, key=lambda source: source.report.pk))
        return [(group[0].merged, group) for group in groups]

    @property
    def unused_reports(self) -> list[Report]:
        """Return the reports that say something here on which nobody has decided anything yet."""
        return [merged.report for merged, sources in self.by_report if all(source.row is None for source in sources)]


@dataclass
class Gathered:
    """The whole of a merged report's sources at one moment: its parts by key, in order."""

    reports: list[Report]
    merged: list[MergedReport]
    parts: dict[str, PartSources]


def gather(consolidation: Consolidation) -> Gathered:
    """Return every source of a merged report. Each stands exactly once: where it was taken, or where it belongs.

    Seven queries, and one for each officer where the focal agency's own report waits for review.
    """
    cycle = consolidation.cycle
    focal = cycle.plan.focal_agency
    if focal is None:
        raise ValueError(f"Plan {cycle.plan.number} has no focal agency")
    reports = reports_of(cycle)
    merged = merged_of(reports, focal)
    accepted_at = _accepted_at(consolidation)
    parts = {part.key: PartSources(part) for part in consolidation.parts.select_related("area").order_by("position")}
    keys = {part_sources.part.pk: key for key, part_sources in parts.items()}
    rows = {_identity(row): row for row in _rows_of(consolidation)}
    places = matrix.places_of(cycle)
    for one in merged:
        since = accepted_at.get(one.report.pk, one.received_at)
        seen: Counter[tuple[str, str]] = Counter()
        for belongs_to, origin, place, text in _texts_of(one.content, places):
            for paragraph in paragraphs_of(text):
                digest = sha256(paragraph.encode()).hexdigest()
                occurrence = seen[origin, digest]
                seen[origin, digest] += 1
                row = rows.pop((one.report.pk, origin, digest, occurrence), None)
                stands_in = parts[keys[row.part_id]] if row else parts.get(belongs_to, parts[outline.ASSESSMENT])
                seen_at = stands_in.part.sources_seen_at
                is_new = row is None and seen_at is not None and since > seen_at
                source = Source(one, origin, place, digest, occurrence, paragraph, row, is_new)
                stands_in.sources.append(source)
    for row in rows.values():
        if row.paragraph:
            parts[keys[row.part_id]].stale.append(row)
    return Gathered(reports, merged, parts)


def sources_of(part: ConsolidationPart) -> PartSources:
    """Return one part's sources; as dear as `gather`, for a report's words stand in several parts."""
    return gather(part.consolidation).parts[part.key]


def overview(consolidation: Consolidation) -> list[tuple[ConsolidationPart, dict[str, int]]]:
    """Return every part in order with its counts: see `PartSources.counts`. Queries: those of `gather`."""
    return [(one.part, one.counts) for one in gather(consolidation).parts.values()]


def accepted_since(consolidation: Consolidation, moment: datetime.datetime) -> list[str]:
    """Return whose reports were accepted after a moment, in plan order. One query, and not dear: for every save."""
    accepted = ReportEvent.objects.filter(
        report__cycle=consolidation.cycle_id, kind=ReportEvent.Kind.ACCEPTED, at__gt=moment
    )
    names = accepted.order_by("report__participant_number", "report__issuer_name")
    return list(dict.fromkeys(names.values_list("report__issuer_name", flat=True)))


def paragraphs_of(text: str) -> list[str]:
    """Return a text's lines that say something, in NFC, without the space around them."""
    return [line.strip() for line in normalize("NFC", text).splitlines() if line.strip()]


def _texts_of(content: dict, places: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the texts of a report: the part of the merged report it belongs to, origin, place, text."""
    for part in content["parts"]:
        key = part["key"]
        if part["kind"] != ReportPart.Kind.RESPONSIBILITY:
            yield key, key, "", part["text"]
            continue
        yield places.get(key, key), key, part["title"], part["text"]
        yield outline.ASSESSMENT, key, f"{part['title']}: khó khăn, vướng mắc", part["difficulties"]


def _accepted_at(consolidation: Consolidation) -> dict[int, datetime.datetime]:
    """Return by report when it was accepted last."""
    accepted = ReportEvent.objects.filter(report__cycle=consolidation.cycle_id, kind=ReportEvent.Kind.ACCEPTED)
    return dict(accepted.values_list("report").annotate(Max("at")).order_by())


def _rows_of(consolidation: Consolidation) -> QuerySet[ParagraphSource]:
    rows = ParagraphSource.objects.filter(part__consolidation=consolidation)
    rows = rows.select_related("paragraph", "report__agency")
    return rows.order_by("report__participant_number", "report__agency__name", "pk")


def _identity(row: ParagraphSource) -> tuple[int, str, str, int]:
    return row.report_id, row.origin, row.digest, row.occurrence
