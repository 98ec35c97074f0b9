"""Forms of the merged report on its way: its recipients, the proposal, the publication, the signed copy."""

import datetime

from django import forms

from reports import deadlines
from reports.files import Kind
from reports.forms.fields import REASON_MAX_LENGTH, JudgedFileField, LongTextField, text_area
from reports.forms.paper import with_notation
from reports.models import Consolidation, ReportingCycle

RECIPIENTS_AT_MOST = 40
RECIPIENT_MAX_LENGTH = 200

# Printed with every merged report, whoever else it goes to.
ALWAYS_PRINTED = ("như trên", "lưu: vt")


class FrameForm(forms.Form):
    """Whom the merged report goes to and, of a correction, what it changes; `seen` is what the page showed."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    recipients = forms.CharField(
        label="Nơi nhận",
        required=False,
        widget=text_area(10),
        help_text=(
            "Mỗi dòng một nơi nhận. Dòng “Như trên” (nơi được báo cáo) và “Lưu: VT” luôn được in, không cần ghi."
        ),
    )
    changes = LongTextField(
        label="Nội dung thay đổi so với phiên bản đã ban hành",
        required=False,
        max_length=REASON_MAX_LENGTH,
        widget=text_area(5),
        help_text="In trong văn bản và nêu trong thư gửi các cơ quan. Phải ghi trước khi trình.",
    )

    def __init__(self, draft: Consolidation, seen: str, *, is_correction: bool, data=None):
        initial = {"recipients": "\n".join(draft.recipient_names), "changes": draft.changes, "seen": seen}
        super().__init__(data, initial=initial)
        if not is_correction:
            del self.fields["changes"]

    def clean_recipients(self) -> list[str]:
        lines = (line.strip(" \t-;.") for line in self.cleaned_data["recipients"].splitlines())
        recipients = list(dict.fromkeys(line for line in lines if line and line.casefold() not in ALWAYS_PRINTED))
        if len(recipients) > RECIPIENTS_AT_MOST:
            raise forms.ValidationError(f"Nhiều nhất {RECIPIENTS_AT_MOST} nơi nhận, đang có {len(recipients)}.")
        for recipient in recipients:
            if len(recipient) > RECIPIENT_MAX_LENGTH:
                raise forms.ValidationError(
                    f"Mỗi nơi nhận dài nhất {RECIPIENT_MAX_LENGTH} ký tự. Hãy tách dòng “{recipient[:40]}…”."
                )
        return recipients


class ProposeForm(forms.Form):
    """Declares the merged report checked; `seen` is the fingerprint of the content that was checked."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    declared = forms.BooleanField(
        label="Tôi đã kiểm tra bản tổng hợp và trình lãnh đạo phê duyệt.",
        error_messages={"required": "Hãy đánh dấu xác nhận đã kiểm tra trước khi trình."},
    )

    def __init__(self, data=None, *, seen: str = "", remains: bool = False):
        super().__init__(data, initial={"seen": seen})
        if remains:
            self.fields[
                "declared"
            ].label = "Tôi đã kiểm tra bản tổng hợp, biết những điểm còn lại nêu trên và trình lãnh đạo phê duyệt."


class PublishForm(forms.Form):
    """Approves what was proposed and gives it number and day; `seen` is the proposal that was read."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    number = forms.CharField(
        label="Số, ký hiệu (để trống nếu chưa cấp số)",
        required=False,
        max_length=60,
        help_text="Ví dụ: 125/BC-SLĐTBXH.",
    )
    issued_on = forms.DateField(label="Ngày ban hành")
    declared = forms.BooleanField(
        label="Tôi đã đọc bản trình, phê duyệt và đồng ý ban hành.",
        error_messages={"required": "Hãy đánh dấu đồng ý trước khi ban hành."},
    )

    def __init__(self, cycle: ReportingCycle, today: datetime.date, data=None, *, seen: str = ""):
        super().__init__(data, initial={"issued_on": today, "seen": seen})
        opened_on = deadlines.day_of(cycle.opened_at) if cycle.opened_at else cycle.opens_on
        self.earliest, self.today = min(cycle.opens_on, opened_on), today
        self.focal_agency = cycle.plan.focal_agency

    def clean_number(self) -> str:
        assert self.focal_agency
        return with_notation(self.cleaned_data["number"], "BC", self.focal_agency)

    def clean_issued_on(self) -> datetime.date:
        issued_on = self.cleaned_data["issued_on"]
        if not self.earliest <= issued_on <= self.today:
            raise forms.ValidationError(
                f"Ngày ban hành phải từ ngày mở kỳ ({self.earliest:%d/%m/%Y}) đến hôm nay ({self.today:%d/%m/%Y})."
            )
        return issued_on


class SignedReportForm(forms.Form):
    """The signed PDF of a published version."""

    scan = JudgedFileField(
        label="Bản đã ký (PDF, tối đa 20 MB)",
        kinds=(Kind.PDF,),
        error_messages={"required": "Hãy chọn tệp PDF của bản đã ký."},
    )
