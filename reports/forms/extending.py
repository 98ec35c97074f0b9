"""Forms about a report's own deadline: asking for more time, answering, giving it unasked, excusing."""

import datetime

from django import forms

from assignments.fields import DayField
from reports import deadlines
from reports.forms.fields import REASON_MAX_LENGTH, LongTextField, text_area
from reports.models import Extension, Report

GRANT, REFUSE = "grant", "refuse"


class LastDayField(DayField):
    """The last on-time day, as people say a deadline; the value is the exclusive instant that is kept."""

    def prepare_value(self, value):
        return deadlines.last_day(value) if isinstance(value, datetime.datetime) else super().prepare_value(value)

    def to_python(self, value) -> datetime.datetime | None:
        day = super().to_python(value)
        return None if day is None else deadlines.after(day)


def _reason(label: str, missing: str, **options) -> LongTextField:
    return LongTextField(
        label=label,
        max_length=REASON_MAX_LENGTH,
        widget=text_area(3),
        error_messages={"required": missing},
        **options,
    )


class AskExtensionForm(forms.Form):
    """Asks for more time."""

    wanted_until = LastDayField(
        label="Xin nộp đến hết ngày", help_text="Ngày cuối còn nộp đúng hạn. Ví dụ: 20/11/2026."
    )
    reason = _reason(
        "Lý do xin gia hạn",
        "Hãy ghi rõ lý do xin gia hạn.",
        help_text="Cơ quan đầu mối đọc lý do này. Ví dụ: Chờ số liệu của 11 huyện, thành phố, dự kiến có ngày 16/11.",
    )


class ExtendForm(forms.Form):
    """Answers a request, or without one gives more time."""

    decision = forms.ChoiceField(
        label="Trả lời", choices=[(GRANT, "Đồng ý gia hạn"), (REFUSE, "Không gia hạn")], widget=forms.RadioSelect
    )
    granted_until = LastDayField(
        label="Gia hạn đến hết ngày",
        required=False,
        help_text="Ngày cuối còn nộp đúng hạn. Bỏ qua nếu không gia hạn.",
    )
    reason = _reason("Lý do", "Hãy ghi rõ lý do; đơn vị đọc lý do này.")

    def __init__(self, request: Extension | None, data=None):
        super().__init__(data, initial={"granted_until": request.wanted_until} if request else {})
        if request is None:
            del self.fields["decision"]
            self.fields["granted_until"].help_text = "Ngày cuối còn nộp đúng hạn. Ví dụ: 20/11/2026."

    @property
    def refuses(self) -> bool:
        return self.cleaned_data.get("decision") == REFUSE

    def clean(self) -> dict:
        super().clean()
        if not self.refuses and not self.cleaned_data.get("granted_until") and "granted_until" not in self.errors:
            self.add_error("granted_until", "Hãy ghi ngày cuối được nộp sau khi gia hạn.")
        return self.cleaned_data


class ExtendManyForm(forms.Form):
    """Gives several agencies more time."""

    agencies = forms.MultipleChoiceField(
        label="Đơn vị được gia hạn",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một đơn vị."},
    )
    granted_until = LastDayField(
        label="Gia hạn đến hết ngày", help_text="Ngày cuối còn nộp đúng hạn. Ví dụ: 20/11/2026."
    )
    reason = _reason("Lý do", "Hãy ghi rõ lý do; các đơn vị đọc lý do này.")

    def __init__(self, choices: list[tuple[str, str]], data=None, initial=None):
        super().__init__(data, initial=initial)
        agencies = self.fields["agencies"]
        assert isinstance(agencies, forms.MultipleChoiceField)
        agencies.choices = choices


class ExcuseForm(forms.Form):
    """Excuses an agency from a year's report."""

    reason = _reason(
        "Lý do miễn báo cáo",
        "Hãy ghi rõ lý do miễn báo cáo.",
        help_text="Đơn vị đọc lý do này. Ví dụ: Đơn vị sáp nhập từ 01/7, cơ quan mới báo cáo chung.",
    )


class EndExcuseForm(forms.Form):
    """Takes the excuse back."""

    reason = _reason("Lý do thôi miễn", "Hãy ghi rõ lý do thôi miễn báo cáo.")


def choices_of(reports: list[Report]) -> list[tuple[str, str]]:
    """Return the agencies to tick, each with the day that stands for it."""
    return [
        (
            report.agency.slug,
            f"{report.issuer_name} ({report.extension_words or f'hạn {report.cycle.last_day:%d/%m/%Y}'})",
        )
        for report in reports
    ]
