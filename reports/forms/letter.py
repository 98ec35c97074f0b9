"""The form that enters a report which came on paper."""

import datetime

from django import forms

from assignments.fields import DayField
from reports.files import Kind
from reports.forms.fields import TEXT_MAX_LENGTH, JudgedFileField, LongTextField, text_area
from reports.models import Report


class EnterForm(forms.Form):
    """Enters a report that came by letter; its words may be copied part by part."""

    letter_number = forms.CharField(label="Số, ký hiệu của báo cáo", max_length=60)
    received_on = DayField(
        label="Ngày nhận được", help_text="Ngày này quyết định báo cáo đúng hạn hay chậm. Ví dụ: 05/11/2026."
    )
    scan = JudgedFileField(label="Bản chụp báo cáo (PDF, tối đa 20 MB)", kinds=(Kind.PDF,))

    def __init__(self, report: Report, today: datetime.date, data=None, files=None):
        super().__init__(data, files)
        self.earliest, self.today = report.cycle.data_from, today
        self.parts = list(report.parts.select_related("area"))
        for part in self.parts:
            self.fields[f"text-{part.key}"] = LongTextField(
                label=f"{part.title}. {part.area.title}" if part.area else part.title,
                required=False,
                max_length=TEXT_MAX_LENGTH,
                widget=text_area(3),
            )

    @property
    def part_fields(self) -> list[forms.BoundField]:
        return [self[f"text-{part.key}"] for part in self.parts]

    @property
    def texts(self) -> dict[str, str]:
        """Return what `services.enter_report` takes: part key -> text."""
        return {part.key: self.cleaned_data[f"text-{part.key}"] for part in self.parts}

    def clean_received_on(self) -> datetime.date:
        received_on = self.cleaned_data["received_on"]
        if received_on > self.today:
            raise forms.ValidationError("Ngày nhận không thể sau hôm nay. Hãy kiểm tra lại ngày trên dấu đến.")
        if received_on < self.earliest:
            raise forms.ValidationError(
                f"Ngày nhận không thể trước kỳ số liệu ({self.earliest:%d/%m/%Y}). Hãy kiểm tra lại năm."
            )
        return received_on
