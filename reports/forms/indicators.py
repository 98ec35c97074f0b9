"""Forms of the officer who keeps the tables of figures."""

import re

from django import forms

from assignments.indicator_file import WOMEN
from assignments.indicators import is_code_taken
from assignments.models import Indicator, IndicatorTable, Participant, Plan, Target
from assignments.models.indicator import CODE, CODE_IN_WORDS, why_not_merged
from reports.figures import NumberNotUnderstood, format_number, parse_number
from reports.forms.fields import text_area

Shape = Indicator.Shape

# What the numbers that were answered mean; another meaning is another indicator.
FIXED_ONCE_ANSWERED = ("code", "unit", "shape", "factor")
FIXED_WORDS = "Không đổi được vì đã có số liệu. Nếu cách tính khác đi, hãy ngừng chỉ tiêu này và thêm chỉ tiêu mới."

TARGET = re.compile(r"(\d{4})\s*:\s*(từ|không quá)\s+(.+)", re.ASCII)
COMPARISONS = {label: value for value, label in Target.Comparison.choices}
HOW_TO_WRITE_TARGETS = "Mỗi dòng một năm, viết như “2030: từ 75” hoặc “2030: không quá 109”, không ghi đơn vị."


class CodeField(forms.CharField):
    """A code that can stand in addresses, names of fields and sheets."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if not CODE.fullmatch(value):
            raise forms.ValidationError(f"Mã viết sai: {CODE_IN_WORDS}. Ví dụ: B1.2.")


class TargetsField(forms.CharField):
    """Targets by year, one to a line; cleaned they are rows that are not saved yet."""

    def clean(self, value: str) -> list[Target]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        targets = [self._target(line) for line in lines]
        years = [target.year for target in targets]
        if len(set(years)) < len(years):
            raise forms.ValidationError("Mỗi năm chỉ ghi một mục tiêu.")
        return targets

    def _target(self, line: str) -> Target:
        found = TARGET.fullmatch(line)
        if not found:
            raise forms.ValidationError(f"Không đọc được dòng “{line[:40]}”. {HOW_TO_WRITE_TARGETS}")
        year, comparison, number = found.groups()
        try:
            value = parse_number(number)
        except NumberNotUnderstood as error:
            raise forms.ValidationError(f"Năm {year}: {error}") from error
        if value is None:
            raise forms.ValidationError(f"Năm {year}: chưa ghi mục tiêu là bao nhiêu.")
        return Target(year=int(year), comparison=COMPARISONS[comparison], value=value)


class TableForm(forms.ModelForm):
    """A table and the years for which it is filled in."""

    code = CodeField(label="Mã biểu", max_length=20, help_text="Ví dụ: B10, CL2040.")
    first_year = forms.IntegerField(label="Từ năm", min_value=2000, max_value=2100)
    last_year = forms.IntegerField(
        label="Đến năm (để trống nếu không thời hạn)", min_value=2000, max_value=2100, required=False
    )

    class Meta:
        model = IndicatorTable
        fields = ("code", "title", "source", "first_year", "last_year")

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if self.instance.plan.indicator_tables.filter(code=code).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"Mã {code} đã dùng cho biểu khác của kế hoạch.")
        return code

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_year"), cleaned.get("last_year")
        if first and last and last < first:
            self.add_error("last_year", "Năm cuối phải bằng hoặc sau năm đầu.")
        return cleaned


class IndicatorForm(forms.ModelForm):
    """One row of a table: what is counted, how it merges, who answers it, what should be reached."""

    code = CodeField(label="Mã", max_length=20, help_text="Ví dụ: B1.6. Mã không trùng trong cả kế hoạch.")
    factor = forms.IntegerField(
        label="Hệ số của tỷ lệ",
        min_value=1,
        max_value=10_000_000,
        help_text="Chỉ dùng cho tử số và mẫu số: 100 là phần trăm; 1000, 100000 là trên nghìn, trên trăm nghìn.",
    )
    decimals = forms.IntegerField(
        label="Số chữ số thập phân được ghi",
        min_value=0,
        max_value=4,
        help_text="0 nếu là số người, số vụ, số cuộc; 1 nếu là triệu đồng.",
    )
    better = forms.ChoiceField(
        label="Chiều hướng", required=False, choices=[("", "Không xác định"), *Indicator.Better.choices]
    )
    participants = forms.ModelMultipleChoiceField(
        label="Cơ quan cung cấp số liệu",
        queryset=Participant.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Nên giao mỗi số liệu cho một cơ quan nắm nguồn, để không tính trùng khi tổng hợp.",
    )
    targets = TargetsField(
        label="Mục tiêu theo năm", required=False, widget=text_area(3), help_text=HOW_TO_WRITE_TARGETS
    )

    field_order = (
        "code", "name", "unit", "shape", "total_label", "included_label", "factor", "decimals", "merge", "better",
        "participants", "targets", "guidance", "is_retired",
    )  # fmt: skip

    class Meta:
        model = Indicator
        fields = (
            "code", "name", "unit", "shape", "total_label", "included_label", "factor", "decimals", "merge", "better",
            "guidance", "is_retired",
        )  # fmt: skip
        widgets = {"guidance": text_area(2), "name": text_area(2)}
        help_texts = {
            "unit": "Ví dụ: người, cuộc, triệu đồng; với tỷ lệ là đơn vị của tỷ lệ, ví dụ: % cơ quan.",
            "included_label": "Để trống nếu chỉ nhập một số.",
            "is_retired": "Chỉ tiêu ngừng thu thập không còn hỏi từ nay; số liệu đã ghi vẫn giữ.",
        }

    def __init__(self, plan: Plan, data=None, *, instance: Indicator, is_answered: bool):
        rows = [] if instance.pk is None else instance.targets.all()
        initial = {
            "participants": [] if instance.pk is None else instance.participants.all(),
            "targets": "\n".join(
                f"{row.year}: {row.get_comparison_display()} {format_number(row.value)}" for row in rows
            ),
        }
        super().__init__(data, instance=instance, initial=initial)
        self.plan = plan
        field = self.fields["participants"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = plan.participants.all()
        if is_answered:
            for name in FIXED_ONCE_ANSWERED:
                self.fields[name].disabled = True
                self.fields[name].help_text = FIXED_WORDS

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if is_code_taken(self.plan, code, by_other_than=self.instance):
            raise forms.ValidationError(f"Mã {code} đã dùng cho chỉ tiêu khác của kế hoạch.")
        return code

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        shape = cleaned.get("shape")
        if shape == Shape.RATIO and not cleaned.get("included_label"):
            self.add_error("included_label", "Hãy ghi tử số là gì, ví dụ: Cơ quan có lãnh đạo chủ chốt là nữ.")
        if shape == Shape.BY_SEX:
            cleaned["included_label"] = cleaned.get("included_label") or WOMEN
        if shape in (Shape.COUNT, Shape.YES_NO):
            cleaned["included_label"] = ""
        if shape != Shape.RATIO:
            cleaned["factor"] = 100
        unfit = why_not_merged(shape or "", cleaned.get("unit") or "", cleaned.get("merge") or "")
        if unfit:
            self.add_error("merge", unfit)
        return cleaned
