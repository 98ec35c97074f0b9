"""Forms of the merged report on its way: its recipients, the proposal, the publication, the signed copy."""

import datetime
import re

from django import forms
from django.db.models import Q

from assignments.fields import DayField
from assignments.models import Agency
from reports import deadlines, files
from reports.files import Kind
from reports.forms.fields import REASON_MAX_LENGTH, JudgedFileField, LongTextField, text_area
from reports.forms.paper import with_notation
from reports.models import ConsolidatedReport, Consolidation, Document, ReportingCycle

RECIPIENTS_AT_MOST = 40
RECIPIENT_MAX_LENGTH = 200

# Printed with every merged report, whoever else it goes to.
ALWAYS_PRINTED = ("như trên", "lưu: vt")

OFFICIAL_NUMBER = re.compile(r"0*[1-9][0-9]*/BC-[^\W\d_][\w&.-]*")


def official_number(typed: str, agency: Agency) -> str:
    """Return the number of a report in full, or nothing for nothing. Raises ValidationError for what is none."""
    number = with_notation("".join(typed.split()), "BC", agency)
    if number and not OFFICIAL_NUMBER.fullmatch(number):
        raise forms.ValidationError(
            f"“{typed}” chưa đúng cách ghi số, ký hiệu của báo cáo. Hãy ghi số, dấu “/”, chữ BC và ký hiệu cơ quan, "
            f"ví dụ {with_notation('125', 'BC', agency)}; chỉ ghi 125 cũng được."
        )
    return number


def _number_help(agency: Agency) -> str:
    return f"Ghi 125 sẽ thành {with_notation('125', 'BC', agency)}."


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
    """Approves what was proposed and gives it number and day, said twice; `seen` is the proposal that was read."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    number = forms.CharField(
        label="Số, ký hiệu (để trống nếu chưa cấp số)",
        required=False,
        max_length=60,
    )
    issued_on = DayField(label="Ngày ban hành")
    declared = forms.BooleanField(
        label="Tôi đã đọc bản trình, phê duyệt và đồng ý ban hành.",
        error_messages={"required": "Hãy đánh dấu đồng ý trước khi ban hành."},
    )

    def __init__(self, cycle: ReportingCycle, today: datetime.date, data=None, *, seen: str = ""):
        super().__init__(data, initial={"issued_on": today, "seen": seen})
        opened_on = deadlines.day_of(cycle.opened_at) if cycle.opened_at else cycle.opens_on
        self.earliest, self.today = min(cycle.opens_on, opened_on), today
        assert cycle.plan.focal_agency
        self.focal_agency = cycle.plan.focal_agency
        self.fields["number"].help_text = _number_help(self.focal_agency)

    @property
    def confirmation(self) -> str:
        """The number and day in words, shown once more before they are published; empty until they are valid."""
        if not self.is_bound or not self.is_valid():
            return ""
        number = self.cleaned_data["number"]
        return f"{f'số {number}' if number else 'chưa cấp số'}, ngày {self.cleaned_data['issued_on']:%d/%m/%Y}"

    @property
    def is_confirmed(self) -> bool:
        return self.data.get("confirmed") == self.confirmation

    def clean_number(self) -> str:
        return official_number(self.cleaned_data["number"], self.focal_agency)

    def clean_issued_on(self) -> datetime.date:
        issued_on = self.cleaned_data["issued_on"]
        if not self.earliest <= issued_on <= self.today:
            raise forms.ValidationError(
                f"Ngày ban hành phải từ ngày mở kỳ ({self.earliest:%d/%m/%Y}) đến hôm nay ({self.today:%d/%m/%Y})."
            )
        return issued_on


class SignedReportForm(forms.Form):
    """The signed PDF of a published version and, where it was published without one, its number."""

    number = forms.CharField(label="Số, ký hiệu", required=False, max_length=60)
    scan = JudgedFileField(
        label="Bản đã ký (PDF, tối đa 20 MB)",
        kinds=(Kind.PDF,),
        error_messages={"required": "Hãy chọn tệp PDF của bản đã ký."},
    )

    def __init__(self, published: ConsolidatedReport, data=None, uploaded=None):
        super().__init__(data, uploaded)
        self.cycle = published.cycle
        assert self.cycle.plan.focal_agency
        self.focal_agency = self.cycle.plan.focal_agency
        if published.number:
            del self.fields["number"]
        else:
            self.fields["number"].help_text = (
                f"{_number_help(self.focal_agency)} Phiên bản này ban hành khi chưa cấp số; ghi một lần, không sửa "
                "được. Các văn bản được tạo lại có số; ngày, nội dung và mã tra cứu giữ nguyên."
            )
            self.fields["scan"].required = False

    def clean_number(self) -> str:
        return official_number(self.cleaned_data["number"], self.focal_agency)

    def clean_scan(self):
        scan = self.cleaned_data["scan"]
        of_year = (
            Q(consolidated_report__cycle=self.cycle)
            | Q(submission__report__cycle=self.cycle)
            | Q(signed_copy__submission__report__cycle=self.cycle)
        )
        if scan and Document.objects.filter(of_year, sha256=files.sha256_of(scan)).exists():
            raise forms.ValidationError(
                "Tệp này giống hệt tệp do hệ thống tạo nên không phải bản đã ký. "
                "Hãy chọn bản chụp hoặc bản ký số của văn bản đã ký."
            )
        return scan

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("number") and not cleaned["scan"]:
            raise forms.ValidationError("Hãy ghi số, ký hiệu hoặc chọn tệp PDF của bản đã ký.")
        return cleaned
