"""The form with which an officer words an urging letter (công văn đôn đốc)."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms

from assignments.fields import DayField, LinesField, SingleLineField
from reports.forms.fields import LongTextField, text_area
from reports.standing import Standing

MOST_RECIPIENTS = 12
LONGEST_RECIPIENT = 120
PARAGRAPH_MAX_LENGTH = 2_000
LATEST_NEW_DEADLINE = datetime.timedelta(days=366)


class RecipientsField(forms.CharField):
    """The lines under "Nơi nhận:", as a list; their dashes and semicolons are the layout's."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [" ".join(line.split()).strip("-;. ") for line in str(super().clean(value)).splitlines()]
        names = [line for line in lines if line]
        if len(names) > MOST_RECIPIENTS or any(len(name) > LONGEST_RECIPIENT for name in names):
            raise forms.ValidationError(
                f"Tối đa {MOST_RECIPIENTS} nơi nhận, mỗi nơi một dòng không quá {LONGEST_RECIPIENT} ký tự."
            )
        return names


class UrgingLetterForm(forms.Form):
    """Which agencies are named, in which words, until when they are asked to report."""

    agencies = forms.MultipleChoiceField(
        label="Cơ quan nêu trong công văn",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một cơ quan."},
    )
    report_by = DayField(label="Hạn mới, chậm nhất ngày", help_text="Ví dụ: 15/11/2026.")
    subject = SingleLineField(label="Về việc (sau chữ V/v)", max_length=200)
    opening = LongTextField(label="Mở đầu", max_length=PARAGRAPH_MAX_LENGTH, widget=text_area(5))
    request = LongTextField(
        label="Đề nghị với các cơ quan được giao",
        help_text="Hạn mới được viết tiếp sau câu này.",
        max_length=PARAGRAPH_MAX_LENGTH,
        widget=text_area(4),
    )
    invitation = LongTextField(
        label="Lời đề nghị với cơ quan được mời phối hợp",
        help_text="Viết tiếp sau “Trân trọng đề nghị” và tên cơ quan; hạn mới được viết tiếp sau câu này.",
        max_length=PARAGRAPH_MAX_LENGTH,
        widget=text_area(2),
    )
    closing = LongTextField(label="Câu kết", max_length=PARAGRAPH_MAX_LENGTH, widget=text_area(2))
    recipients = RecipientsField(
        label="Nơi nhận", help_text="Mỗi nơi một dòng, dòng cuối là Lưu.", widget=text_area(4)
    )
    signer_lines = LinesField(
        label="Chức vụ người ký", help_text="Mỗi dòng một phần, ví dụ KT. GIÁM ĐỐC.", widget=text_area(2)
    )
    signer_name = SingleLineField(
        label="Họ và tên người ký",
        help_text="Để trống nếu chưa biết ai ký; trên bản Word điền sau cũng được.",
        max_length=80,
        required=False,
    )
    unit = SingleLineField(
        label="Ký hiệu đơn vị soạn thảo",
        help_text="Đứng sau tên cơ quan trong số, ký hiệu, ví dụ BĐG. Để trống nếu không dùng.",
        max_length=20,
        required=False,
    )

    def __init__(
        self,
        owed: Sequence[Standing],
        wording: dict[str, Any],
        chosen: Sequence[Standing],
        today: datetime.date,
        data=None,
    ):
        slugs = [row.report.agency.slug for row in chosen]
        super().__init__(data, initial=wording | {"agencies": slugs})
        self.owed, self.today = owed, today
        agencies = self.fields["agencies"]
        assert isinstance(agencies, forms.MultipleChoiceField)
        agencies.choices = [(row.report.agency.slug, _label(row)) for row in owed]

    def clean_report_by(self) -> datetime.date:
        if self.cleaned_data["report_by"] < self.today:
            raise forms.ValidationError("Hạn mới không thể trước hôm nay.")
        if self.cleaned_data["report_by"] > self.today + LATEST_NEW_DEADLINE:
            raise forms.ValidationError("Hạn mới phải trong vòng một năm tới.")
        return self.cleaned_data["report_by"]

    @property
    def chosen(self) -> list[Standing]:
        """Return the agencies that are ticked, in plan order."""
        return [row for row in self.owed if row.report.agency.slug in self.cleaned_data["agencies"]]

    @property
    def wording(self) -> dict[str, Any]:
        """Return what `services.letter_content` takes beside the agencies."""
        return {name: value for name, value in self.cleaned_data.items() if name != "agencies"}


def _label(row: Standing) -> str:
    invited = " (đề nghị)" if row.report.is_invited else ""
    return f"{row.report.issuer_name}{invited}, {row.days_words}"
