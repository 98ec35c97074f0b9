"""What an agency declares of its papers: the signed report, its own implementation plan."""

import datetime

from django import forms

from assignments.fields import DayField
from assignments.models import Agency, Plan
from reports.files import Kind
from reports.forms.fields import REASON_MAX_LENGTH, JudgedFileField, LongTextField, text_area
from reports.models import ImplementationPlan, Submission


def with_notation(number: str, abbreviation: str, agency: Agency) -> str:
    """Return an official number in full: a bare number gets its leading zero and the agency's notation."""
    number = number.strip()
    return f"{number.zfill(2)}/{abbreviation}-{agency.notation}" if number.isdigit() else number


def _number_help(example: str) -> str:
    bare = example.partition("/")[0]
    return f"Ghi {bare} sẽ thành {example}; số có ký hiệu khác thì ghi đầy đủ."


class SignedCopyForm(forms.Form):
    """Says which number and day a submitted report got on paper, with its scan where there is one."""

    number = forms.CharField(
        label="Số, ký hiệu", max_length=60, error_messages={"required": "Hãy ghi số, ký hiệu của báo cáo."}
    )
    issued_on = DayField(label="Ngày ban hành", help_text="Ví dụ: 05/11/2026.")
    scan = JudgedFileField(
        label="Bản đã ký (PDF, tối đa 20 MB)",
        kinds=(Kind.PDF,),
        required=False,
        help_text="Không bắt buộc; có thể bổ sung sau.",
    )

    def __init__(self, submission: Submission, today: datetime.date, data=None, uploaded=None):
        self.report, self.today = submission.report, today
        last = submission.signed_copies.last()
        initial = {"number": last.number, "issued_on": last.issued_on} if last else {}
        super().__init__(data, uploaded, initial=initial)
        self.fields[
            "number"
        ].help_text = (
            f"Ghi 125 sẽ thành {with_notation('125', 'BC', self.report.agency)}; số có ký hiệu khác thì ghi đầy đủ."
        )
        if last and last.stored:
            self.fields["scan"].help_text = f"Đang có tệp “{last.file_name}”; chỉ chọn tệp mới khi cần thay."

    def clean_number(self) -> str:
        return with_notation(self.cleaned_data["number"], "BC", self.report.agency)

    def clean_issued_on(self) -> datetime.date:
        issued_on = self.cleaned_data["issued_on"]
        if not self.report.cycle.data_from <= issued_on <= self.today:
            raise forms.ValidationError(
                f"Ngày ban hành phải từ {self.report.cycle.data_from:%d/%m/%Y} đến hôm nay ({self.today:%d/%m/%Y})."
            )
        return issued_on


class ImplementationPlanForm(forms.Form):
    """Says which plan of its own an agency has issued, or why it has none yet."""

    number = forms.CharField(label="Số, ký hiệu", max_length=60, required=False)
    issued_on = DayField(label="Ngày ban hành", required=False, help_text="Ví dụ: 15/03/2026.")
    file = JudgedFileField(
        label="Tệp kế hoạch (PDF hoặc Word, tối đa 20 MB)", kinds=(Kind.PDF, Kind.DOCX), required=False
    )
    why_not_yet = LongTextField(
        label="Nếu chưa ban hành: vì sao, dự kiến khi nào",
        max_length=REASON_MAX_LENGTH,
        required=False,
        widget=text_area(3),
    )

    def __init__(
        self,
        plan: Plan,
        agency: Agency,
        row: ImplementationPlan | None,
        today: datetime.date,
        data=None,
        uploaded=None,
    ):
        self.plan, self.agency, self.today = plan, agency, today
        initial = {name: getattr(row, name) for name in ("number", "issued_on", "why_not_yet")} if row else {}
        super().__init__(data, uploaded, initial=initial)
        self.fields["number"].help_text = _number_help(with_notation("15", "KH", agency))
        if row and row.number:
            file = f" và tệp “{row.file_name}”" if row.stored else ""
            self.fields["drops_plan"] = forms.BooleanField(
                label=f"Chưa ban hành: bỏ số {row.number}{file} đã khai", required=False
            )
        if row and row.stored:
            self.fields["file"].help_text = f"Đang có tệp “{row.file_name}”; chỉ chọn tệp mới khi cần thay."

    def clean_number(self) -> str:
        return with_notation(self.cleaned_data["number"], "KH", self.agency)

    def clean_issued_on(self) -> datetime.date | None:
        issued_on = self.cleaned_data["issued_on"]
        if issued_on and not self.plan.issued_on <= issued_on <= self.today:
            raise forms.ValidationError(
                f"Ngày ban hành phải từ ngày ban hành Kế hoạch số {self.plan.number} "
                f"({self.plan.issued_on:%d/%m/%Y}) đến hôm nay ({self.today:%d/%m/%Y})."
            )
        return issued_on

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        number, why_not_yet = cleaned.get("number"), cleaned.get("why_not_yet")
        drops_plan = cleaned.pop("drops_plan", True)
        if number and why_not_yet:
            self.add_error("why_not_yet", "Đã ghi số, ký hiệu thì để trống ô này; nếu chưa ban hành thì để trống số.")
        elif number and not cleaned.get("issued_on") and "issued_on" not in self.errors:
            self.add_error("issued_on", "Hãy ghi ngày ban hành của kế hoạch.")
        elif not number and (cleaned.get("issued_on") or cleaned.get("file")):
            self.add_error("number", "Hãy ghi số, ký hiệu của kế hoạch.")
        elif not number and not why_not_yet and not self.errors:
            self.add_error("number", "Hãy ghi số, ngày của kế hoạch; nếu chưa ban hành thì ghi lý do ở ô cuối.")
        elif why_not_yet and not drops_plan:
            self.add_error(
                "drops_plan", "Kế hoạch đã khai sẽ không còn ở đây. Nếu đúng là chưa ban hành, hãy chọn ô này."
            )
        return cleaned
