"""Words as official documents write them: cleaned texts, dates, counts, shortened quotations."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from reports.documents.tree import Paragraph, Run

STATUS_NAMES = {
    "done": "Hoàn thành",
    "under_way": "Đang thực hiện",
    "not_started": "Chưa thực hiện",
    "nothing_to_report": "Không phát sinh",
    "": "Chưa báo cáo",
}

# Control and format characters (bidirectional overrides, soft hyphens, zero-width spaces), lone surrogates,
# private use (bullets pasted from Word's symbol fonts) and code points that are no characters: nothing to print.
UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn"}

QUOTATION_LENGTH = 110

ENUMERATED = re.compile(r"[-+•]|\d{1,2}[.)]\s|[a-zđ]\)\s")


def printable(content: Any) -> Any:
    """Return a copy of JSON content in which every text is NFC, one space wide and free of unprintables.

    Line breaks stay, as "\\n"; empty lines go.
    """
    if isinstance(content, str):
        return "\n".join(line for line in map(_printable_line, content.splitlines()) if line)
    if isinstance(content, dict):
        return {key: printable(value) for key, value in content.items()}
    if isinstance(content, list):
        return [printable(value) for value in content]
    return content


def _printable_line(line: str) -> str:
    words = " ".join(line.split())
    kept = "".join(character for character in words if unicodedata.category(character) not in UNPRINTABLE)
    return unicodedata.normalize("NFC", kept).strip()


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Return one paragraph for each line of a printable text; a line that ends in a colon leads in the next."""
    return tuple(Paragraph((Run(line),), keeps_next=line.endswith(":")) for line in text.splitlines())


def labelled_paragraphs(label: str, text: str) -> tuple[Paragraph, ...]:
    """Return the text's paragraphs, the first led in by a bold label, which stands alone before an enumeration."""
    lead = Run(f"{label}:", "bold")
    first, *others = text.splitlines()
    if ENUMERATED.match(first):
        return (Paragraph((lead,), keeps_next=True), *paragraphs(text))
    return (Paragraph((lead, Run(f" {first}"))), *paragraphs("\n".join(others)))


def shortened(text: str, length: int = QUOTATION_LENGTH) -> str:
    """Return the text, or as many of its first words as the length holds, closed by an ellipsis."""
    if len(text) <= length:
        return text
    words = text[: length + 1].rsplit(" ", 1)[0]
    return f"{words[:length].rstrip(' ,;:.-')}…"


def sentence(text: str) -> str:
    """Return the text on one line, closed by one full stop."""
    return f"{' '.join(text.split()).rstrip(' .;,')}."


def lower_first(text: str) -> str:
    """Return the text as it continues a sentence."""
    return text[:1].lower() + text[1:]


def two_digits(number: int) -> str:
    """Return a count as official texts write it: 03, 24."""
    return f"{number:02d}"


def day_in_text(day: date) -> str:
    """Return a date as texts cite it: 29/5/2018, 05/02/2019 (zero before days under 10, months 1 and 2)."""
    return f"{_day(day)}/{_month(day)}/{day.year}"


def day_of_issue(year: int, issued_on: date | None) -> str:
    """Return the day of issue in full; without a date, blanks for the records clerk to fill in."""
    blank = "\N{NO-BREAK SPACE}" * 5
    if issued_on is None:
        return f"ngày{blank}tháng{blank}năm {year}"
    return f"ngày {_day(issued_on)} tháng {_month(issued_on)} năm {issued_on.year}"


def _day(day: date) -> str:
    return f"{day.day:02d}"


def _month(day: date) -> str:
    return f"{day.month:02d}" if day.month <= 2 else str(day.month)


def roman(number: int) -> str:
    """Return the number of a mục, 1 to 39, in Roman numerals."""
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]


def enumeration(names: Sequence[str]) -> str:
    """Return names in a row; semicolons, because names of agencies hold commas and "và"."""
    return "; ".join(names)
