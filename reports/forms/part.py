"""Forms of those who write a report."""

import secrets

from django import forms

from reports import merging
from reports.forms.fields import REASON_MAX_LENGTH, TEXT_MAX_LENGTH, LongTextField, text_area
from reports.models import ReportPart, TaskProgress


class DraftForm(forms.Form):
    """A form that saves while one writes: it says what it was read at, which page it is, and which edit it sends.

    After a conflict it also says what was chosen, of the two that `seen_version` and the form are.
    """

    MINE, THEIRS, BOTH = "mine", "theirs", "both"

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    page = forms.CharField(widget=forms.HiddenInput, max_length=32, required=False)
    edit = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)
    choice = forms.ChoiceField(
        widget=forms.HiddenInput, choices=[(MINE, ""), (THEIRS, ""), (BOTH, "")], required=False
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, data=None, *, version: int, initial: dict):
        page = {"version": version, "page": secrets.token_hex(16), "edit": 0}
        super().__init__(data, initial=initial | page)

    @property
    def claim(self) -> dict:
        """Return what `services.claim_save` takes: version, page, edit. A choice was made of what was seen."""
        seen = self.cleaned_data["seen_version"] if self.cleaned_data["choice"] else None
        return {
            "version": self.cleaned_data["version"] if seen is None else seen,
            "page": self.cleaned_data["page"],
            "edit": self.cleaned_data["edit"] or 0,
        }

    def show_again(self) -> None:
        """Show what was typed on a page of a new name: a reload that sends it again is not the page that saved."""
        typed = {name: self.data[name] for name in self.data}
        self.data = typed | {"page": secrets.token_hex(16), "edit": 0}

    def was_overtaken(self, part: ReportPart) -> bool:
        """Tell whether the page has saved newer words than these, which a reload has sent once more."""
        return part.saved_page == self.claim["page"] and part.saved_edit > self.claim["edit"]

    @property
    def gives_up(self) -> bool:
        """Whether the writer takes what was saved and gives up what they wrote."""
        return self.cleaned_data["choice"] == self.THEIRS

    @property
    def merges(self) -> bool:
        return self.cleaned_data["choice"] == self.BOTH

    def title_of(self, name: str) -> str:
        """Return a field's label as it is understood away from the page."""
        return str(self[name].label)

    @property
    def typed_words(self) -> list[tuple[str, str]]:
        """Return every box with something in it, to be copied where it could not be saved."""
        return [
            (self.title_of(field.name), merging.in_words(field, field.value()))
            for field in self.visible_fields()
            if field.value()
        ]

    def differences(self, saved: ReportPart) -> list[merging.Difference]:
        """Return in what the form says something else than what was saved meanwhile."""
        raise NotImplementedError

    def overruled(self, merged: ReportPart) -> list[merging.Difference]:
        """Return what of the form is not in both versions in one: of two single values the saved one stays."""
        return [
            difference
            for difference in self.differences(merged)
            if difference.mine and not isinstance(difference.field.field, LongTextField)
        ]


class PartForm(DraftForm):
    """One part of a report as a draft: nothing is required, everything typed is kept."""

    text = LongTextField(
        label="Kết quả thực hiện", required=False, max_length=TEXT_MAX_LENGTH, strip=False, widget=text_area(12)
    )
    difficulties = LongTextField(
        label="Khó khăn, vướng mắc (nếu có)", required=False, max_length=TEXT_MAX_LENGTH, widget=text_area(4)
    )

    def __init__(self, part: ReportPart, data=None):
        self.part = part
        self.rows = part.task_rows
        initial = {"text": part.text, "difficulties": part.difficulties}
        for row in self.rows:
            initial |= {f"status-{row.task.code}": row.status, f"reason-{row.task.code}": row.reason}
        super().__init__(data, version=part.version, initial=initial)
        if part.kind == ReportPart.Kind.COMMON:
            self.fields["text"].label = part.title
        if part.kind != ReportPart.Kind.RESPONSIBILITY:
            del self.fields["difficulties"]
        for row in self.rows:
            self.fields[f"status-{row.task.code}"] = forms.ChoiceField(
                label=f"Mức độ thực hiện {row.task.code}",
                required=False,
                choices=TaskProgress.Status.choices,
                widget=forms.RadioSelect,
            )
            self.fields[f"reason-{row.task.code}"] = LongTextField(
                label="Lý do (khi chưa thực hiện hoặc không phát sinh)",
                required=False,
                max_length=REASON_MAX_LENGTH,
            )
        for name, field in self.fields.items():
            if isinstance(field, LongTextField):
                field.widget.attrs |= {"class": "form-control", "aria-describedby": f"id_{name}_error"}

    @property
    def task_fields(self) -> list[tuple[TaskProgress, forms.BoundField, forms.BoundField]]:
        """Return every task with the fields of its status and its reason."""
        return [(row, self[f"status-{row.task.code}"], self[f"reason-{row.task.code}"]) for row in self.rows]

    @property
    def answers(self) -> dict:
        """Return what `services.save_part` takes of what was written, with what was saved where both are taken."""
        text, difficulties = self.cleaned_data["text"], self.cleaned_data.get("difficulties", "")
        if self.merges:
            text = merging.merged(self.part.text, text)
            difficulties = merging.merged(self.part.difficulties, difficulties)
        return {"text": text, "difficulties": difficulties, "progress": self.progress}

    def differences(self, saved: ReportPart) -> list[merging.Difference]:
        """Return in what the form says something else than what was saved meanwhile."""
        before: dict[str, str]
        before = {name: getattr(saved, name) for name in ("text", "difficulties") if name in self.fields}
        for row in saved.progress.select_related("task"):
            before |= {f"status-{row.task.code}": row.status, f"reason-{row.task.code}": row.reason}
        return [
            merging.Difference(self[name], self.title_of(name), value, self.cleaned_data[name])
            for name, value in before.items()
            if self.cleaned_data[name] != value
        ]

    def title_of(self, name: str) -> str:
        kind, _, code = name.partition("-")
        return f"Lý do {code}" if kind == "reason" else super().title_of(name)

    @property
    def progress(self) -> dict[str, tuple[str, str]]:
        """Return what `services.save_part` takes: task code -> (status, reason)."""
        return {row.task.code: self._answer(row) for row in self.rows}

    def _answer(self, row: TaskProgress) -> tuple[str, str]:
        status, reason = (self.cleaned_data[f"{name}-{row.task.code}"] for name in ("status", "reason"))
        if self.merges:
            return row.status or status, merging.joined(row.reason, reason)
        return status, reason
