"""Search in a plan that needs neither tone marks nor capitals."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assignments.models import Plan
from assignments.plan_reading import measures_by_area, paragraphs_of, participants_of
from assignments.text import fold

# What the plan abbreviates and its readers write out, or the other way round, folded: one finds the others.
# The plan prints both VSTBPN and VSTBCPN, and once "Hội Liên hiện Phụ nữ".
SAME_WORDS = (
    ("binh dang gioi", "bdg"),
    ("vi su tien bo cua phu nu", "vstbpn", "vstbcpn"),
    ("uy ban nhan dan", "ubnd"),
    ("hoi dong nhan dan", "hdnd"),
    ("mat tran to quoc", "mttq"),
    ("lao dong thuong binh va xa hoi", "ldtbxh"),
    ("hoi lien hiep phu nu", "hoi lien hien phu nu", "hoi lhpn"),
)
WORDS_BEFORE, WORDS_AFTER = 12, 25


@dataclass(frozen=True)
class Piece:
    """A piece of a text that was searched: what was found, or what stands around it."""

    text: str
    is_match: bool = False


class Search:
    """Whole words in a row, whatever their tones, capitals and the marks between them.

    `variants` are the folded words as they may be written out or abbreviated, each a row of words.
    """

    def __init__(self, query: str) -> None:
        words = " ".join(re.findall(r"\w+", fold(query)))
        self.variants = tuple(_variants(words))
        patterns = [rf"\b{variant}\b".replace(" ", r"\W+") for variant in self.variants]
        self.pattern = re.compile("|".join(patterns)) if words else None

    def excerpt(self, text: str) -> list[Piece]:
        """Return what surrounds the first match, with every match in it marked; nothing where none is."""
        spans = self._spans(text)
        if not spans:
            return []
        words = [match.span() for match in re.finditer(r"\S+", text)]
        first = sum(end <= spans[0][0] for _, end in words)
        begin = words[max(first - WORDS_BEFORE, 0)][0]
        end = max(words[min(first + WORDS_AFTER, len(words) - 1)][1], spans[0][1])
        pieces, position = [Piece("…" if begin else "")], begin
        for span_begin, span_end in spans:
            if span_end <= end:
                pieces += [Piece(text[position:span_begin]), Piece(text[span_begin:span_end], is_match=True)]
                position = span_end
        pieces += [Piece(text[position:end]), Piece("…" if end < len(text) else "")]
        return [piece for piece in pieces if piece.text]

    def _spans(self, text: str) -> list[tuple[int, int]]:
        if self.pattern is None or not self.pattern.search(fold(text)):
            return []
        # Folding may change a text's length, so each folded letter keeps the place it came from.
        letters = {character: fold(character) for character in set(text)}
        folded = [(letter, place) for place, character in enumerate(text) for letter in letters[character]]
        matches = self.pattern.finditer("".join(letter for letter, _ in folded))
        return [(folded[match.start()][1], folded[match.end() - 1][1] + 1) for match in matches]


def _variants(words: str) -> Iterator[str]:
    yield words
    for group in SAME_WORDS:
        for known in group:
            if re.search(rf"\b{known}\b", words):
                yield from (re.sub(rf"\b{known}\b", other, words) for other in group if other != known)


@dataclass(frozen=True)
class Hit:
    """A place where something was found: what it is, its anchor, and what surrounds the words."""

    title: str
    anchor: str
    pieces: list[Piece]


@dataclass(frozen=True)
class HitGroup:
    """Hits of one kind; `page` is the name of the URL on which their anchors stand."""

    title: str
    page: str
    hits: list[Hit]


def find_in_plan(plan: Plan, query: str) -> list[HitGroup]:
    """Return what holds the query in the plan, grouped by kind, in the plan's order; no empty groups."""
    search = Search(query)
    kinds = [
        ("Nội dung và giải pháp", "plan", list(_areas_and_measures(plan))),
        ("Cơ quan và nhiệm vụ được phân công", "plan", list(_agencies_and_responsibilities(plan))),
    ]
    told = {text for _, _, places in kinds for _, _, text in places}
    kinds.append(("Phần khác trong toàn văn", "plan_text", list(_other_paragraphs(plan, told))))
    groups = [
        HitGroup(
            kind,
            page,
            [Hit(title, anchor, found) for title, anchor, text in places if (found := search.excerpt(text))],
        )
        for kind, page, places in kinds
    ]
    return [group for group in groups if group.hits]


# What is searched: the title of a place, its anchor, its text.
SearchedPlace = tuple[str, str, str]


def _areas_and_measures(plan: Plan) -> Iterator[SearchedPlace]:
    for area, measures in measures_by_area(plan):
        yield str(area), f"noi-dung-{area.number}", area.title
        for measure in measures:
            yield measure.code, measure.code, measure.text


def _agencies_and_responsibilities(plan: Plan) -> Iterator[SearchedPlace]:
    for participant in participants_of(plan):
        anchor = f"co-quan-{participant.number}"
        yield f"Cơ quan {participant.number}", anchor, participant.name
        for member in participant.members.all():
            yield f"Cơ quan {participant.number}", anchor, member.name
        for task in participant.responsibilities.all():
            yield f"{task.code}, {participant.name}", task.code, task.text


def _other_paragraphs(plan: Plan, told: set[str]) -> Iterator[SearchedPlace]:
    title = ""
    for paragraph in paragraphs_of(plan):
        if paragraph.kind == "section":
            title = paragraph.text
        elif paragraph.words not in told:
            yield title or "Mở đầu", paragraph.anchor, paragraph.text
