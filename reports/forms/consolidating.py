"""Forms of the officers who write the merged report."""

import datetime
from dataclasses import dataclass

from django import forms

from reports import merging
from reports.forms.fields import LongTextField
from reports.forms.part import DraftForm
from reports.models import ConsolidatedParagraph, ConsolidationPart
from reports.services.consolidating import PARAGRAPH_MAX_LENGTH, REMOVED_BASE, words_of_removed

# The part whose paragraphs may ask the People's Committee for a decision.
PROPOSALS = "kien-nghi"
REMOVED = "Đoạn đã bị bỏ ở bản đã lưu"


@dataclass(frozen=True)
class ParagraphRow:
    """A paragraph with its fields; `paragraph` is None for one that was removed while somebody wrote in it.

    `base` says which words the box shows to begin with: see `merging.base_of`.
    """

    pk: int
    number: int
    base: str
    paragraph: ConsolidatedParagraph | None
    text: forms.BoundField
    for_decision: forms.BoundField | None


@dataclass(frozen=True)
class Learned:
    """A paragraph that says something else than what a page's box began with: the page's own words, or others'."""

    number: int
    paragraph: ConsolidatedParagraph
    is_by_others: bool

    @property
    def base(self) -> str:
        return base_of_paragraph(self.paragraph)


class ConsolidationPartForm(DraftForm):
    """The texts of a part of the merged report, a box for each paragraph: everything typed is kept.

    A box that was posted for a paragraph that is there no more stays in the form, at the end. `opened` is the
    second at which the page showed the sources. Each box comes with `base-`, which words it began with, and after
    a conflict with `seen-`, beside which saved words its own were shown when somebody chose.
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
        self.removed = sorted(set(_paragraphs_posted(data or {})) - present)
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
                paragraph.pk,
                number,
                self._posted_base(paragraph.pk) if self.is_bound else base_of_paragraph(paragraph),
                paragraph,
                self[f"text-{paragraph.pk}"],
                self[f"decide-{paragraph.pk}"] if self.has_decisions else None,
            )
            for number, paragraph in enumerate(self.paragraphs, start=1)
        ]
        return rows + [
            ParagraphRow(pk, 0, self._posted_base(pk), None, self[f"text-{pk}"], None) for pk in self.removed
        ]

    @property
    def shown(self) -> list[int]:
        """The paragraphs in the order in which the page shows them, as it sends its boxes."""
        return _paragraphs_posted(self.data)

    @property
    def opened_at(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.cleaned_data["opened"], tz=datetime.UTC)

    @property
    def answers(self) -> dict:
        """Return what `services.save_consolidation_part` takes, with what was saved where both are taken."""
        saved = {paragraph.pk: paragraph.text for paragraph in self.paragraphs}
        texts, bases = {}, {}
        for pk in self.shown:
            if self.gives_up and self._was_disputed(pk):
                continue
            typed, bases[pk] = self.cleaned_data[f"text-{pk}"], self._base(pk)
            is_merged = self.merges and pk in saved and self._was_disputed(pk)
            texts[pk] = merging.merged(saved[pk], typed) if is_merged else typed
        decisions = None
        if self.has_decisions:
            marked = {p.pk for p in self.paragraphs if self.merges and p.for_decision and self._was_disputed(p.pk)}
            decisions = {pk for pk in saved if pk in marked or self.cleaned_data[f"decide-{pk}"]}
        return {"texts": texts, "bases": bases, "for_decision": decisions, "opened_at": self.opened_at}

    @property
    def typed_words(self) -> list[tuple[str, str]]:
        """Return every box with something in it; of one who gives their words up only those that are given up."""
        if not self.gives_up:
            return super().typed_words
        rows = [row for row in self.rows if self._was_disputed(row.pk) and row.text.value()]
        return [(str(row.text.label), row.text.value()) for row in rows]

    def show_again(self) -> None:
        """Show what was typed, and in the boxes that nobody typed in or that are saved what is saved by now."""
        super().show_again()
        if self.errors:
            return
        shown = dict(self.data)
        for paragraph in self.paragraphs:
            if self._is_posted(paragraph.pk) and (self._is_saved(paragraph) or self._is_untouched(paragraph)):
                shown |= {
                    f"text-{paragraph.pk}": paragraph.text,
                    f"base-{paragraph.pk}": base_of_paragraph(paragraph),
                    f"decide-{paragraph.pk}": "on" if paragraph.for_decision else "",
                }
        self.data = shown

    def learned(self, paragraphs: list[ConsolidatedParagraph]) -> list[Learned]:
        """Return which of the saved `paragraphs` the page has to know anew: what it saved, and what others wrote."""
        numbers = {pk: number for number, pk in enumerate(self.shown, start=1)}
        return [
            Learned(numbers[paragraph.pk], paragraph, not self._is_saved(paragraph))
            for paragraph in paragraphs
            if paragraph.pk in numbers
            and self._posted_base(paragraph.pk) != base_of_paragraph(paragraph)
            and (self._is_saved(paragraph) or self._is_untouched(paragraph))
        ]

    def _is_posted(self, pk: int) -> bool:
        """Whether the page has a box for a paragraph: not for one that somebody added since it was opened."""
        return f"text-{pk}" in self.data

    def _posted_base(self, pk: int) -> str:
        return self.data.get(f"base-{pk}", "")

    def _was_disputed(self, pk: int) -> bool:
        """Whether the choice that was made is about this paragraph too."""
        return bool(self.cleaned_data["choice"]) and f"seen-{pk}" in self.data

    def _base(self, pk: int) -> str:
        return self.data[f"seen-{pk}"] if self._was_disputed(pk) else self._posted_base(pk)

    def _typed(self, paragraph: ConsolidatedParagraph) -> tuple[str, bool]:
        """Return text and mark as they were typed, or as the choice that was made leaves them."""
        text = self.cleaned_data[f"text-{paragraph.pk}"]
        decide = self.cleaned_data.get(f"decide-{paragraph.pk}", paragraph.for_decision)
        if self._was_disputed(paragraph.pk):
            if self.gives_up:
                return paragraph.text, paragraph.for_decision
            if self.merges:
                return merging.merged(paragraph.text, text), decide or paragraph.for_decision
        return text if text.strip() else "", decide

    def _is_saved(self, paragraph: ConsolidatedParagraph) -> bool:
        return self._typed(paragraph) == (paragraph.text, paragraph.for_decision)

    def _is_untouched(self, paragraph: ConsolidatedParagraph) -> bool:
        return self._base(paragraph.pk) == merging.base_of(*self._typed(paragraph))

    def overruled(self, merged: ConsolidationPart) -> list[merging.Difference]:  # type: ignore[override]
        """Return nothing: in both versions in one, a paragraph that either of them marks is marked."""
        return []

    def differences(self, saved: ConsolidationPart) -> list[merging.Difference]:  # type: ignore[override]
        """Return in what the form and somebody else wrote differently since the page was opened."""
        differences = []
        for row in self._disputed_rows():
            label = str(row.text.label)
            if row.paragraph is None:
                differences.append(merging.Difference(row.text, label, "", self.cleaned_data[f"text-{row.pk}"]))
                continue
            text, decide = self._typed(row.paragraph)
            if text != row.paragraph.text:
                differences.append(merging.Difference(row.text, label, row.paragraph.text, text))
            if row.for_decision and decide != row.paragraph.for_decision:
                label = f"{label}: {row.for_decision.label}"
                differences.append(
                    merging.Difference(row.for_decision, label, row.paragraph.for_decision, decide)  # type: ignore[arg-type]
                )
        return differences

    @property
    def seen(self) -> list[tuple[str, str]]:
        """The fields by which a choice says which saved words it was made beside."""
        return [
            (f"seen-{row.pk}", base_of_paragraph(row.paragraph) if row.paragraph else REMOVED_BASE)
            for row in self._disputed_rows()
        ]

    def _disputed_rows(self) -> list[ParagraphRow]:
        texts = {pk: self.cleaned_data[f"text-{pk}"] for pk in self.shown}
        left_over = dict(words_of_removed(self.paragraphs, texts, {pk: self._base(pk) for pk in texts}))
        return [row for row in self.rows if row.pk in left_over or self._is_disputed(row.paragraph)]

    def _is_disputed(self, paragraph: ConsolidatedParagraph | None) -> bool:
        if paragraph is None or not self._is_posted(paragraph.pk):
            return False
        is_present = self._base(paragraph.pk) == base_of_paragraph(paragraph)
        return not (is_present or self._is_saved(paragraph) or self._is_untouched(paragraph))


class _Tick(forms.CheckboxInput):
    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-check-input"})


def rows_of(text: str) -> int:
    """Return how high a box has to be for a text to be seen in it, up to a screen."""
    lines = sum(1 + len(line) // 80 for line in text.split("\n"))
    return min(max(lines + 1, 2), 16)


def base_of_paragraph(paragraph: ConsolidatedParagraph) -> str:
    return merging.base_of(paragraph.text, paragraph.for_decision)


def _paragraphs_posted(data) -> list[int]:
    """Return the paragraphs of the boxes that were sent, in their order on the page."""
    names = (name.removeprefix("text-") for name in data if name.startswith("text-"))
    return [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 19]


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
