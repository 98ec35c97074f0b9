"""What may stand as a telephone number: one or several, each with its extension."""

import re

from django.core.exceptions import ValidationError

from assignments.text import fold

REFUSED = "Số điện thoại không hợp lệ: hãy ghi bằng chữ số, ví dụ 0205 3812 000 hoặc 0912 345 678."
LEAST_DIGITS = 3

_BETWEEN_NUMBERS = re.compile(r"[;/,]")
_EXTENSION = r"\(?(?:(?:so )?may le|so le|le|(?:may )?nhanh|ext\.?|x)[ .:]*[0-9]+ ?\)?"
_NUMBER = re.compile(rf"(?P<number>\(?\+?[0-9][0-9 .()‐‑–-]*?)(?: ?{_EXTENSION})?")
_EXTENSION_ALONE = re.compile(_EXTENSION)


def check_telephone(text: str) -> None:
    """Refuse what nobody can dial; raises ValidationError."""
    first, *others = [part.strip() for part in _BETWEEN_NUMBERS.split(fold(text)) if part.strip()] or [""]
    number = _NUMBER.fullmatch(first)
    if number is None or sum(map(str.isdigit, number["number"])) < LEAST_DIGITS:
        raise ValidationError(REFUSED)
    # What follows may be short: the last digits alone (0205 3812 000/001), or an extension after a comma.
    if not all(_NUMBER.fullmatch(part) or _EXTENSION_ALONE.fullmatch(part) for part in others):
        raise ValidationError(REFUSED)


def dialled(text: str) -> str:
    """Return what a telephone dials of a field that may hold several numbers: the first, its digits alone."""
    first = _BETWEEN_NUMBERS.split(fold(text))[0].strip()
    number = _NUMBER.fullmatch(first)
    written = number["number"] if number else first
    return ("+" if written.lstrip("( ").startswith("+") else "") + "".join(filter(str.isdigit, written))
