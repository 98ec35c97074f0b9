"""Forms about reminding."""

from django import forms

from reports.forms.fields import REASON_MAX_LENGTH, LongTextField, text_area


class PauseForm(forms.Form):
    """Says why nobody is to be reminded for a while."""

    reason = LongTextField(
        label="Lý do tạm dừng",
        help_text="Ví dụ: Chờ văn bản của UBND tỉnh điều chỉnh hạn báo cáo.",
        max_length=REASON_MAX_LENGTH,
        widget=text_area(3),
        error_messages={"required": "Hãy ghi rõ lý do tạm dừng nhắc."},
    )
