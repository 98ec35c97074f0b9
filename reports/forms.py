"""One form per action. What a form cleans is its own; what may happen is `services`' to say."""

import datetime

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from reports import deadlines
from reports.models import Report, ReportingCycle, ReportPart, TaskProgress

TEXT_MAX_LENGTH = 50_000
REASON_MAX_LENGTH = 2_000
NOTHING_REASON = "Trong năm không phát sinh nhiệm vụ thuộc nội dung này."


def _text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class LongTextField(forms.CharField):
    """A text whose length is checked here and not by the browser, which would cut a pasted text in silence."""

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class PartForm(forms.Form):
    """One part of a report as a draft: nothing is required, everything typed is kept."""

    text = LongTextField(
        label="Kết quả thực hiện", required=False, max_length=TEXT_MAX_LENGTH, strip=False, widget=_text_area(12)
    )
    difficulties = LongTextField(
        label="Khó khăn, vướng mắc (nếu có)", required=False, max_length=TEXT_MAX_LENGTH, widget=_text_area(4)
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


class SubmitForm(forms.Form):
    declared = forms.BooleanField(
        label="Tôi đã kiểm tra nội dung báo cáo và chịu trách nhiệm về số liệu đã nêu.",
        error_messages={"required": "Hãy đánh dấu xác nhận đã kiểm tra trước khi nộp."},
    )


class ReasonForm(forms.Form):
    """A decision that needs a reason: not approving, reopening."""

    reason = LongTextField(
        label="Lý do",
        max_length=REASON_MAX_LENGTH,
        widget=_text_area(4),
        error_messages={"required": "Hãy ghi rõ lý do để đơn vị biết cần sửa gì."},
    )


class ReturnForm(ReasonForm):
    """Returns a report and says which parts reopen."""

    parts = forms.MultipleChoiceField(
        label="Các phần mở lại cho đơn vị sửa",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một phần mở lại để đơn vị sửa được."},
    )

    def __init__(self, report: Report, data=None):
        choices = [(part.key, part.title) for part in report.parts.select_related("area")]
        super().__init__(data, initial={"parts": [key for key, _ in choices]})
        parts = self.fields["parts"]
        assert isinstance(parts, forms.MultipleChoiceField)
        parts.choices = choices


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
                widget=_text_area(3),
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


class PublishForm(forms.Form):
    number = forms.CharField(
        label="Số, ký hiệu (để trống nếu chưa cấp số)",
        required=False,
        max_length=60,
        help_text="Ví dụ: 125/BC-SLĐTBXH.",
    )
    issued_on = forms.DateField(label="Ngày ban hành")
    declared = forms.BooleanField(
        label="Tôi đã xem bản tổng hợp và đồng ý ban hành.",
        error_messages={"required": "Hãy đánh dấu đồng ý trước khi ban hành."},
    )

    def __init__(self, cycle: ReportingCycle, today: datetime.date, data=None):
        super().__init__(data, initial={"issued_on": today})
        opened_on = deadlines.day_of(cycle.opened_at) if cycle.opened_at else cycle.opens_on
        self.earliest, self.today = min(cycle.opens_on, opened_on), today

    def clean_issued_on(self) -> datetime.date:
        issued_on = self.cleaned_data["issued_on"]
        if not self.earliest <= issued_on <= self.today:
            raise forms.ValidationError(
                f"Ngày ban hành phải từ ngày mở kỳ ({self.earliest:%d/%m/%Y}) đến hôm nay ({self.today:%d/%m/%Y})."
            )
        return issued_on
