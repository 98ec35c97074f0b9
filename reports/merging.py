"""Two versions of the same words: what differs between them, and both in one."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256

from django import forms

# Comparing takes the square of it.
MOST_LINES = 2_000


@dataclass(frozen=True)
class Difference:
    """A field in which what was saved and what a form says are not the same."""

    field: forms.BoundField
    label: str
    saved: str
    mine: str

    @property
    def is_text(self) -> bool:
        return isinstance(self.field.field.widget, forms.Textarea)

    @property
    def saved_words(self) -> str:
        return in_words(self.field, self.saved) or "để trống"

    @property
    def my_words(self) -> str:
        return in_words(self.field, self.mine) or "để trống"


def in_words(field: forms.BoundField, value: object) -> str:
    """Return what stands in a box as a reader reads it: a choice by its label, "" for an empty box."""
    if isinstance(value, bool):
        return "có đánh dấu" if value else ""
    if isinstance(field.field, forms.ChoiceField):
        labels = {option.data["value"]: str(option.choice_label) for option in field.subwidgets}
        return labels.get(value, str(value or "chưa chọn"))
    return str(value or "")


def base_of(text: str, mark: bool = False) -> str:
    """Return by what a page remembers which words, and which mark, it showed: 16 hexadecimal digits."""
    return sha256(f"{mark:d}{text}".encode()).hexdigest()[:16]


def merged(saved: str, mine: str) -> str:
    """Return a text with every line of both: what they share once, and where they differ the saved lines first."""
    theirs, own = saved.splitlines(), mine.splitlines()
    if max(len(theirs), len(own)) > MOST_LINES:
        return f"{saved}\n{mine}"
    lines: list[str] = []
    for kind, i, j, k, m in SequenceMatcher(None, theirs, own).get_opcodes():
        lines += theirs[i:j] if kind == "equal" else theirs[i:j] + own[k:m]
    return "\n".join(lines)


def joined(saved: str, mine: str) -> str:
    """Return both of two texts that stand in one line; one that is within the other is not said twice."""
    if saved in mine:
        return mine
    return saved if mine in saved else f"{saved.rstrip(' .;')}; {mine}"
