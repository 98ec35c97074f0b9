"""Forms of the remarks on a report: made, answered, resolved. Many of them stand on one page."""

from django import forms

from reports.forms.fields import REASON_MAX_LENGTH, LongTextField, text_area
from reports.models import ReportPart, Thread


class RemarkForm(forms.Form):
    """Remarks on a part."""

    text = LongTextField(
        label="Ý kiến",
        max_length=REASON_MAX_LENGTH,
        widget=text_area(3),
        error_messages={"required": "Hãy viết ý kiến: cần bổ sung, giải trình điều gì."},
    )

    def __init__(self, part: ReportPart, data=None):
        super().__init__(data, auto_id=f"y-kien-{part.key}-%s")
        self.part = part


class ThreadForm(forms.Form):
    """Something said in a thread."""

    def __init__(self, thread: Thread, data=None):
        super().__init__(data, auto_id=f"loi-{thread.pk}-%s")
        self.thread = thread


class AnswerForm(ThreadForm):
    """Answers a remark."""

    text = LongTextField(
        label="Trả lời",
        max_length=REASON_MAX_LENGTH,
        widget=text_area(3),
        error_messages={"required": "Hãy viết câu trả lời."},
    )


class ResolveForm(ThreadForm):
    """Resolves a remark, with a last word or without."""

    text = LongTextField(
        label="Lời kết (không bắt buộc)", required=False, max_length=REASON_MAX_LENGTH, widget=text_area(2)
    )
