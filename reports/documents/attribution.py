"""Whose words a paragraph of the merged report is: said so that every paragraph shows it and none is hard to read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reports.documents.tree import Block, Paragraph, Run
from reports.documents.wording import enumeration, labelled_paragraphs, paragraphs, two_digits

# Of more agencies than these a paragraph says how many they are; the appendix of sources names them.
NAMED_AT_A_PARAGRAPH = 4
UNREVIEWED = " (không qua thẩm tra)"
OWN_WORDS = "Cơ quan tổng hợp"


def source_name(source: dict[str, Any]) -> str:
    """Return an agency as a source is called."""
    return f"{source['agency']}{UNREVIEWED if source['unreviewed'] else ''}"


@dataclass
class Attribution:
    """Writes the officers' paragraphs with their sources, and remembers those that an appendix has to name.

    `appendix` is what the appendix of sources is called in the text.
    """

    appendix: str

    def __post_init__(self) -> None:
        self.listed: list[tuple[str, dict[str, Any]]] = []

    def blocks(self, written: Sequence[dict[str, Any]], *, part: str) -> Iterator[Block]:
        """Yield the paragraphs of a part in the officers' order.

        What comes from one agency is led in by its name, once for all its paragraphs that follow one another;
        what comes from several ends with their names. The officers' own words stand alone, and are led in as such
        where an agency's stand before them.
        """
        was_led = False
        for sources, run in groupby(written, key=lambda paragraph: paragraph["sources"]):
            texts = [paragraph["text"] for paragraph in run]
            if len(sources) == 1:
                yield from labelled_paragraphs(source_name(sources[0]), "\n".join(texts))
                was_led = True
            elif sources:
                for text in texts:
                    yield from self._closed_by_names(text, sources, part)
            elif was_led:
                yield from labelled_paragraphs(OWN_WORDS, "\n".join(texts))
            else:
                yield from paragraphs("\n".join(texts))

    def _closed_by_names(self, text: str, sources: Sequence[dict[str, Any]], part: str) -> Iterator[Block]:
        *others, last = paragraphs(text)
        yield from others
        if len(sources) > NAMED_AT_A_PARAGRAPH:
            self.listed.append((part, {"text": text, "sources": sources}))
            names = f"{two_digits(len(sources))} đơn vị, số {len(self.listed)} {self.appendix}"
        else:
            names = enumeration([source_name(source) for source in sources])
        yield Paragraph((*last.runs, Run(f" ({names})", "italic")))
