"""Forms of the remarks on a report: made, answered, resolved. Many of them stand on one page."""

from django import forms

from reports.forms.fields import REASON_MAX_LENGTH, LongTextField
from reports.models import ReportPart, Thread


def _box(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "form-control"})


class SaidForm(forms.Form):
    """Something said about a part; `place` tells it from the other forms of its page."""

    def __init__(self, place: str, data=None):
        super().__init__(data, auto_id=f"{place}-%s")
        self.fields["text"].widget.attrs["aria-describedby"] = f"{self['text'].auto_id}_error"


class RemarkForm(SaidForm):
    """Remarks on a part."""

    text = LongTextField(
        label="Ý kiến",
        max_length=REASON_MAX_LENGTH,
        widget=_box(3),
        error_messages={"required": "Hãy viết ý kiến: cần bổ sung, giải trình điều gì."},
    )

    def __init__(self, part: ReportPart, data=None):
        super().__init__(f"y-kien-{part.key}", data)
        self.part = part


class ThreadForm(SaidForm):
    """Something said in a thread."""

    def __init__(self, thread: Thread, data=None):
        super().__init__(f"loi-{thread.pk}", data)
        self.thread = thread


class AnswerForm(ThreadForm):
    """Answers a remark."""

    text = LongTextField(
        label="Nội dung trả lời",
        max_length=REASON_MAX_LENGTH,
        widget=_box(3),
        error_messages={"required": "Hãy viết câu trả lời."},
    )


class ResolveForm(ThreadForm):
    """Resolves a remark, with a last word or without."""

    text = LongTextField(
        label="Lời kết (không bắt buộc)", required=False, max_length=REASON_MAX_LENGTH, widget=_box(2)
    )
