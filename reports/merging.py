"""Two versions of the same words: what differs between them, and both in one."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from django import forms

# Comparing takes the square of it.
MOST_LINES = 2_000


@dataclass(frozen=True)
class Difference:
    """A field in which what was saved and what a form says are not the same."""

    field: forms.BoundField
    saved: str
    mine: str
    title: str = ""

    @property
    def label(self) -> str:
        return self.title or str(self.field.label)

    @property
    def is_text(self) -> bool:
        return isinstance(self.field.field.widget, forms.Textarea)

    @property
    def saved_words(self) -> str:
        return self._words(self.saved)

    @property
    def my_words(self) -> str:
        return self._words(self.mine)

    def _words(self, value: str) -> str:
        """Return a value as a reader reads it: a choice by its label."""
        if isinstance(self.field.field, forms.ChoiceField):
            labels = {option.data["value"]: str(option.choice_label) for option in self.field.subwidgets}
            return labels.get(value, "chưa chọn")
        return value or "để trống"


def merged(saved: str, mine: str) -> str:
    """Return a text with every line of both: what they share once, and where they differ the saved lines first."""
    theirs, own = saved.splitlines(), mine.splitlines()
    if max(len(theirs), len(own)) > MOST_LINES:
        return f"{saved}\n{mine}"
    lines: list[str] = []
    for kind, i, j, k, m in SequenceMatcher(None, theirs, own).get_opcodes():
        lines += theirs[i:j] if kind == "equal" else theirs[i:j] + own[k:m]
    return "\n".join(lines)
