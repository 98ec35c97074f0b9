"""Forms of those who write a report."""

from django import forms

from reports.forms.fields import REASON_MAX_LENGTH, TEXT_MAX_LENGTH, LongTextField, text_area
from reports.models import ReportPart, TaskProgress

NOTHING_REASON = "Trong năm không phát sinh nhiệm vụ thuộc nội dung này."


class PartForm(forms.Form):
    """One part of a report as a draft: nothing is required, everything typed is kept."""

    text = LongTextField(
        label="Kết quả thực hiện", required=False, max_length=TEXT_MAX_LENGTH, strip=False, widget=text_area(12)
    )
    difficulties = LongTextField(
        label="Khó khăn, vướng mắc (nếu có)", required=False, max_length=TEXT_MAX_LENGTH, widget=text_area(4)
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, part: ReportPart, data=None):
        self.part = part
        self.rows = list(part.progress.select_related("task"))
        initial = {"text": part.text, "difficulties": part.difficulties, "version": part.version}
        for row in self.rows:
            initial |= {f"status-{row.task.code}": row.status, f"reason-{row.task.code}": row.reason}
        super().__init__(data, initial=initial)
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

    @property
    def task_fields(self) -> list[tuple[TaskProgress, forms.BoundField, forms.BoundField]]:
        """Return every task with the fields of its status and its reason."""
        return [(row, self[f"status-{row.task.code}"], self[f"reason-{row.task.code}"]) for row in self.rows]

    @property
    def progress(self) -> dict[str, tuple[str, str]]:
        """Return what `services.save_part` takes: task code -> (status, reason)."""
        return {
            row.task.code: (
                self.cleaned_data[f"status-{row.task.code}"],
                self.cleaned_data[f"reason-{row.task.code}"],
            )
            for row in self.rows
        }


class NothingToReportForm(forms.Form):
    """Says for a whole area that there was nothing to report."""

    reason = LongTextField(label="Lý do", initial=NOTHING_REASON, max_length=REASON_MAX_LENGTH)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
