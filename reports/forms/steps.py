"""Forms of the steps that a report takes: submitting, deciding."""

from django import forms

from reports.forms.fields import REASON_MAX_LENGTH, LongTextField, text_area
from reports.models import Report, Thread

AS_REMARKED = "Đề nghị bổ sung, giải trình theo các ý kiến thẩm tra nêu tại từng phần."


class SendForm(forms.Form):
    """Hands a report on; one that was not mended after its return only where whoever sends it says so."""

    def __init__(self, data=None, *, left: str = ""):
        super().__init__(data)
        if left:
            self.fields["as_it_is"] = forms.BooleanField(
                label=f"Báo cáo {left}. Tôi vẫn gửi báo cáo như hiện nay.",
                error_messages={"required": f"Báo cáo {left}. Hãy sửa, trả lời, hoặc đánh dấu xác nhận vẫn gửi."},
            )


class SubmitForm(SendForm):
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
    """Returns a report and says which parts reopen: those with open remarks, unless the officer says otherwise."""

    parts = forms.MultipleChoiceField(
        label="Các phần mở lại cho đơn vị sửa",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một phần mở lại để đơn vị sửa được."},
    )

    def __init__(self, report: Report, data=None):
        choices = [(part.key, part.title) for part in report.parts.select_related("area")]
        remarks = Thread.objects.open().filter(part__report=report)
        remarked = set(remarks.values_list("part__key", flat=True))
        super().__init__(
            data,
            initial={
                "parts": [key for key, _ in choices if key in remarked or not remarked],
                "reason": AS_REMARKED if remarked else "",
            },
        )
        parts = self.fields["parts"]
        assert isinstance(parts, forms.MultipleChoiceField)
        parts.choices = choices
