"""Forms of the steps that a report takes: submitting, deciding, publishing."""

import datetime

from django import forms

from reports import deadlines
from reports.forms.fields import REASON_MAX_LENGTH, LongTextField, text_area
from reports.models import Report, ReportingCycle


class SubmitForm(forms.Form):
    """Declares a report checked and submits it; `seen` is the hash of the content that was checked."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    declared = forms.BooleanField(
        label="Tôi đã kiểm tra nội dung báo cáo và chịu trách nhiệm về số liệu đã nêu.",
        error_messages={"required": "Hãy đánh dấu xác nhận đã kiểm tra trước khi nộp."},
    )


class ReasonForm(forms.Form):
    """A decision that needs a reason: not approving, reopening."""

    reason = LongTextField(
        label="Lý do",
        max_length=REASON_MAX_LENGTH,
        widget=text_area(4),
        error_messages={"required": "Hãy ghi rõ lý do để người nhận lại biết cần sửa gì."},
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
