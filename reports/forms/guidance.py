from django import forms

from reports.forms.fields import LongTextField, text_area

GUIDANCE_MAX_LENGTH = 1_000


class GuidanceForm(forms.Form):
    """The guidance of one part, short enough to stand above the box."""

    text = LongTextField(
        label="Hướng dẫn viết",
        help_text="Mỗi dòng một ý, bắt đầu bằng “- ”. Để trống thì không hiện hướng dẫn ở phần này.",
        required=False,
        max_length=GUIDANCE_MAX_LENGTH,
        widget=text_area(8),
    )
