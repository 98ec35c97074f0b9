"""Forms that say there was nothing to report."""

from django import forms

from reports.forms.fields import REASON_MAX_LENGTH, LongTextField, text_area

AREA_REASON = "Trong năm không phát sinh nhiệm vụ thuộc nội dung này."


class VersionForm(forms.Form):
    """Names the version of a part that the user has before them."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class NothingToReportForm(VersionForm):
    """Says for a whole area that there was nothing to report."""

    reason = LongTextField(label="Lý do", initial=AREA_REASON, max_length=REASON_MAX_LENGTH)


class DeclareNothingForm(forms.Form):
    """Says for a whole report that there was nothing to report."""

    reason = LongTextField(
        label="Lý do không phát sinh",
        help_text="Lý do được in trong báo cáo. Ví dụ: Đơn vị mới thành lập, trong năm chưa được giao nhiệm vụ.",
        max_length=REASON_MAX_LENGTH,
        widget=text_area(4),
        error_messages={"required": "Hãy ghi rõ lý do cả năm không phát sinh."},
    )
