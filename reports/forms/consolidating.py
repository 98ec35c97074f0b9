"""Forms of the officers who write the merged report."""

import datetime
from dataclasses import dataclass

from django import forms

from reports import merging
from reports.forms.fields import LongTextField
from reports.forms.part import DraftForm
from reports.models import ConsolidatedParagraph, ConsolidationPart
from reports.services.consolidating import PARAGRAPH_MAX_LENGTH

# The part whose paragraphs may ask the People's Committee for a decision.
PROPOSALS = "kien-nghi"
REMOVED = "Đoạn đã bị bỏ ở bản đã lưu"


@dataclass(frozen=True)
class ParagraphRow:
    """A paragraph with its fields; `paragraph` is None for one that was removed while somebody wrote in it."""

    number: int
    paragraph: ConsolidatedParagraph | None
    text: forms.BoundField
    for_decision: forms.BoundField | None


class ConsolidationPartForm(DraftForm):
    """The texts of a part of the merged report, a box for each paragraph: everything typed is kept.

    A box that was posted for a paragraph that is there no more stays in the form, at the end. `opened` is the
    second at which the page showed the sources.
    """

    opened = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**33)

    def __init__(
        self,
        part: ConsolidationPart,
        paragraphs: list[ConsolidatedParagraph],
        data=None,
        *,
        now: datetime.datetime,
    ):
        self.part = part
        self.paragraphs = paragraphs
        self.has_decisions = part.key == PROPOSALS
        initial: dict = {"opened": int(now.timestamp())}
        for paragraph in paragraphs:
            initial |= {f"text-{paragraph.pk}": paragraph.text, f"decide-{paragraph.pk}": paragraph.for_decision}
        super().__init__(data, version=part.version, initial=initial)
        present = {paragraph.pk for paragraph in paragraphs}
        self.removed = sorted(_paragraphs_posted(data or {}) - present)
        for number, paragraph in enumerate(paragraphs, start=1):
            self._add_text(paragraph.pk, f"Đoạn {number}", paragraph.text)
            if self.has_decisions:
                self.fields[f"decide-{paragraph.pk}"] = forms.BooleanField(
                    label="Đề nghị UBND tỉnh quyết định", required=False, widget=_Tick
                )
        for pk in self.removed:
            self._add_text(pk, REMOVED, "")

    def _add_text(self, pk: int, label: str, text: str) -> None:
        name = f"text-{pk}"
        attributes = {
            "class": "form-control",
            "rows": rows_of(text),
            "aria-describedby": f"id_{name}_error",
        }
        self.fields[name] = LongTextField(
            label=label,
            required=False,
            max_length=PARAGRAPH_MAX_LENGTH,
            strip=False,
            widget=forms.Textarea(attrs=attributes),
        )

    @property
    def rows(self) -> list[ParagraphRow]:
        rows = [
            ParagraphRow(
                number,
                paragraph,
                self[f"text-{paragraph.pk}"],
                self[f"decide-{paragraph.pk}"] if self.has_decisions else None,
            )
            for number, paragraph in enumerate(self.paragraphs, start=1)
        ]
        return rows + [ParagraphRow(0, None, self[f"text-{pk}"], None) for pk in self.removed]

    @property
    def opened_at(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.cleaned_data["opened"], tz=datetime.UTC)

    @property
    def answers(self) -> dict:
        """Return what `services.save_consolidation_part` takes, with what was saved where both are taken."""
        saved = {paragraph.pk: paragraph.text for paragraph in self.paragraphs}
        texts = {}
        for pk in [*saved, *self.removed]:
            if f"text-{pk}" in self.data:  # Not a paragraph that somebody added since the page was opened.
                typed = self.cleaned_data[f"text-{pk}"]
                texts[pk] = merging.merged(saved[pk], typed) if self.merges and pk in saved else typed
        decisions = None
        if self.has_decisions:
            marked = {p.pk for p in self.paragraphs if self.merges and p.for_decision}
            decisions = {pk for pk in saved if pk in marked or self._decides(pk)}
        return {"texts": texts, "for_decision": decisions, "opened_at": self.opened_at}

    def _decides(self, pk: int) -> bool:
        return self.cleaned_data[f"decide-{pk}"]

    def overruled(self, merged: ConsolidationPart) -> list[merging.Difference]:  # type: ignore[override]
        """Return nothing: in both versions in one, a paragraph that either of them marks is marked."""
        return []

    def differences(self, saved: ConsolidationPart) -> list[merging.Difference]:  # type: ignore[override]
        """Return in which paragraphs the form says something else than what was saved meanwhile."""
        rows = [row for row in self.rows if row.text.html_name in self.data]
        differences = []
        for row in rows:
            typed = self.cleaned_data[row.text.html_name]
            before = row.paragraph.text if row.paragraph else ""
            if typed != before:
                differences.append(merging.Difference(row.text, str(row.text.label), before, typed))
            if row.paragraph and row.for_decision and row.paragraph.for_decision != self._decides(row.paragraph.pk):
                label = f"{row.text.label}: {row.for_decision.label}"
                decides = self._decides(row.paragraph.pk)
                differences.append(
                    merging.Difference(row.for_decision, label, row.paragraph.for_decision, decides)  # type: ignore[arg-type]
                )
        return differences


class _Tick(forms.CheckboxInput):
    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-check-input"})


def rows_of(text: str) -> int:
    """Return how high a box has to be for a text to be seen in it, up to a screen."""
    lines = sum(1 + len(line) // 80 for line in text.split("\n"))
    return min(max(lines + 1, 2), 16)


def _paragraphs_posted(data) -> set[int]:
    names = (name.removeprefix("text-") for name in data if name.startswith("text-"))
    return {int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 19}


class ChangeForm(forms.Form):
    """What a button of the page does to sources and paragraphs: a verb, and what it is about where it names that.

    `target` is the paragraph that ticked sources are added to, `opened` as in ConsolidationPartForm, `shown` the
    keys of all sources that the page showed as not used yet.
    """

    # What only one who sees the paragraphs as they are can mean. What happens to a source happens once anyway.
    OF_PARAGRAPHS = ("new", "up", "down", "join", "split", "remove", "add", "cite")

    do = forms.RegexField(r"^[a-z-]+(:[a-z0-9.-]*)?$", max_length=120)
    target = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    opened = forms.IntegerField(min_value=0, max_value=2**33)
    shown = forms.CharField(required=False)

    @property
    def is_of_paragraphs(self) -> bool:
        return self.is_valid() and self.verb in self.OF_PARAGRAPHS

    @property
    def verb(self) -> str:
        return self.cleaned_data["do"].partition(":")[0]

    @property
    def argument(self) -> str:
        return self.cleaned_data["do"].partition(":")[2]

    @property
    def pk(self) -> int:
        """The row that the button is about, 0 for none."""
        return int(self.argument) if self.argument.isdigit() and len(self.argument) < 19 else 0

    @property
    def seen_at(self) -> datetime.datetime:
        """When the page of a button that says "seen" showed the sources."""
        return datetime.datetime.fromtimestamp(self.cleaned_data["opened"], tz=datetime.UTC)
