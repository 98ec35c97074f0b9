"""Whose words a paragraph of the merged report is: said so that every paragraph shows it and none is hard to read."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from reports.documents.tree import Block, Paragraph, Run
from reports.documents.wording import enumeration, labelled_paragraphs, paragraphs, two_digits

# Of more agencies than these, and not nearly all, a paragraph says how many they are; an appendix names them.
NAMED_AT_A_PARAGRAPH = 4
UNREVIEWED = " (không qua thẩm tra)"
OWN_WORDS = "Cơ quan tổng hợp"


def source_name(source: dict[str, Any]) -> str:
    """Return an agency as a source is called."""
    return f"{source['agency']}{UNREVIEWED if source['unreviewed'] else ''}"


def _number_of(sources: Sequence[dict[str, Any]]) -> str:
    return f"{two_digits(len(sources))} đơn vị"


class Attribution:
    """Writes the officers' paragraphs of one merged report with their sources.

    `parts` are the snapshot's parts, `merged` the agencies whose reports it holds, cited or not, in the plan's order;
    `appendix` is what the appendix of sources is called in the text. `listed` are the paragraphs that it has to name
    the agencies of: the part's name and the paragraph, in the text's order.
    """

    def __init__(self, parts: Sequence[dict[str, Any]], *, merged: Sequence[str], appendix: str):
        self.appendix = appendix
        self.merged = merged
        self.everybody = {s["agency"]: s for part in parts for p in part["paragraphs"] for s in p["sources"]}
        self.listed: list[tuple[str, dict[str, Any]]] = []

    def blocks(self, written: Sequence[dict[str, Any]], *, part: str) -> Iterator[Block]:
        """Yield the paragraphs of a part in the officers' order.

        What comes from one agency is led in by its name, once for all its paragraphs that follow one another;
        what comes from several ends with their names. The officers' own words stand alone, and are led in as such
        where an agency's stand before them.
        """
        was_led = False
        for sources, run in groupby(written, key=lambda paragraph: paragraph["sources"]):
            own = list(run)
            text = "\n".join(paragraph["text"] for paragraph in own)
            if len(sources) == 1:
                yield from labelled_paragraphs(source_name(sources[0]), text)
                was_led = True
            elif sources:
                for paragraph in own:
                    yield from self._closed_by_names(paragraph, part)
            elif was_led:
                yield from labelled_paragraphs(OWN_WORDS, text)
            else:
                yield from paragraphs(text)

    def names_of(self, sources: Sequence[dict[str, Any]]) -> str:
        """Return who several agencies are, in as few words as tell it; many by their number."""
        if len(sources) <= NAMED_AT_A_PARAGRAPH:
            return enumeration([source_name(source) for source in sources])
        named = {source["agency"] for source in sources}
        others = [agency for agency in self.merged if agency not in named]
        if not others:
            return f"tất cả {_number_of(sources)} được tổng hợp"
        if len(others) <= NAMED_AT_A_PARAGRAPH:
            return f"{_number_of(sources)}, trừ {enumeration(others)}"
        return _number_of(sources)

    def _closed_by_names(self, paragraph: dict[str, Any], part: str) -> Iterator[Block]:
        *others, last = paragraphs(paragraph["text"])
        yield from others
        names = self.names_of(paragraph["sources"])
        if names == _number_of(paragraph["sources"]):
            self.listed.append((part, paragraph))
            names += f", xem số {len(self.listed)} {self.appendix}"
        yield Paragraph((*last.runs, Run(f" ({names})", "italic")))
