"""The form that enters a report which came on paper."""

import datetime

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from reports.forms.fields import TEXT_MAX_LENGTH, LongTextField, text_area
from reports.models import Report


class EnterForm(forms.Form):
    """Enters a report that came by letter; its words may be copied part by part."""

    letter_number = forms.CharField(label="Số, ký hiệu của báo cáo", max_length=60)
    received_on = forms.DateField(
        label="Ngày nhận được", help_text="Ngày này quyết định báo cáo đúng hạn hay chậm. Ví dụ: 05/11/2026."
    )
    scan = forms.FileField(
        label="Bản chụp báo cáo (PDF, tối đa 20 MB)", widget=forms.ClearableFileInput(attrs={"accept": ".pdf"})
    )

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

    def clean_scan(self) -> UploadedFile:
        scan = self.cleaned_data["scan"]
        if scan.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError("Tệp lớn hơn 20 MB. Hãy quét lại ở độ phân giải thấp hơn (150-200 dpi).")
        if scan.read(5) != b"%PDF-":
            raise forms.ValidationError("Tệp này không phải PDF. Hãy quét hoặc xuất báo cáo thành tệp PDF.")
        scan.seek(0)
        return scan
