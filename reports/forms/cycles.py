"""Forms about a year: its dates, its milestones, the days off, its end."""

import re

from django import forms

from assignments.fields import DayField
from reports.forms.extending import LastDayField
from reports.forms.fields import REASON_MAX_LENGTH, LongTextField, text_area
from reports.milestones import LEADERS, Reminded, reminded, rows_of
from reports.models import ReportingCycle
from reports.services import Dates, contradictions

EARLIEST, LATEST = 365, 365
WORKING, OFF, PUBLIC = "working", "off", "public"


def _reason(label: str = "Lý do thay đổi", **options) -> LongTextField:
    return LongTextField(
        label=label,
        max_length=REASON_MAX_LENGTH,
        widget=text_area(3),
        error_messages={"required": "Hãy ghi rõ lý do."},
        **options,
    )


class DatesForm(forms.Form):
    """Changes a year's four dates."""

    opens_on = DayField(label="Ngày mở kỳ")
    data_from = DayField(label="Số liệu từ ngày")
    data_to = DayField(label="Số liệu đến hết ngày")
    due_at = LastDayField(
        label="Ngày cuối nộp đúng hạn",
        help_text="“Trước ngày 10/11” là đến hết ngày 09/11: nộp lúc 23:59:59 ngày 09/11 vẫn đúng hạn.",
    )
    reason = _reason(help_text="Ví dụ: Công văn số 812/UBND-KGVX ngày 02/11/2026 lùi hạn báo cáo.")

    def __init__(self, cycle: ReportingCycle, data=None):
        names = ("opens_on", "data_from", "data_to", "due_at")
        super().__init__(data, initial={name: getattr(cycle, name) for name in names})
        self.cycle = cycle
        if cycle.opened_at:
            self.fields["opens_on"].disabled = True
            self.fields["opens_on"].help_text = "Kỳ đã mở nên không sửa ngày này nữa."

    @property
    def dates(self) -> Dates:
        return Dates(**{name: self.cleaned_data[name] for name in ("opens_on", "data_from", "data_to", "due_at")})

    def clean(self) -> dict:
        super().clean()
        if not self.errors.keys() & {"opens_on", "data_from", "data_to", "due_at"}:
            for name, words in contradictions(self.cycle, self.dates).items():
                self.add_error(name, words)
        return self.cleaned_data


class DaysField(forms.Field):
    """Numbers of days with commas between; the value is a tuple of whole numbers."""

    def __init__(self, *, least: int, most: int, only_one: bool = False, **options):
        super().__init__(required=False, **options)
        self.least, self.most, self.only_one = least, most, only_one

    def _what_is_asked(self) -> str:
        if self.only_one:
            return f"Hãy ghi một số ngày từ {self.least} đến {self.most}. Ví dụ: 10."
        return f"Hãy ghi các số ngày từ {self.least} đến {self.most}, cách nhau bằng dấu phẩy. Ví dụ: 30, 14, 7."

    def prepare_value(self, value):
        return ", ".join(str(day) for day in value) if isinstance(value, tuple) else value

    def to_python(self, value) -> tuple[int, ...]:
        words = [word for word in re.split(r"[,;\s]+", value or "") if word]
        if not all(re.fullmatch(r"[0-9]{1,4}", word) and self.least <= int(word) <= self.most for word in words):
            raise forms.ValidationError(self._what_is_asked())
        if self.only_one and len(words) > 1:
            raise forms.ValidationError("Hãy chỉ ghi một số ngày.")
        return tuple(int(word) for word in words)


class MilestonesForm(forms.Form):
    """Changes when who is reminded: two fields for each circle of people."""

    reason = _reason()

    def __init__(self, cycle: ReportingCycle, data=None):
        super().__init__(data)
        self.groups = reminded(cycle.milestones)
        for place, group in enumerate(self.groups):
            if group.is_leaders:
                self.fields[f"after-{place}"] = DaysField(
                    label="Trang của lãnh đạo tỉnh nêu tên đơn vị: từ số ngày sau hạn",
                    initial=group.after,
                    least=1,
                    most=LATEST,
                    only_one=True,
                    help_text="Một số. Để trống thì trang này không nêu tên.",
                )
                continue
            who = group.who[0].upper() + group.who[1:]
            self.fields[f"before-{place}"] = DaysField(
                label=f"{who}: số ngày trước hạn", initial=group.before, least=0, most=EARLIEST
            )
            self.fields[f"after-{place}"] = DaysField(
                label=f"{who}: số ngày sau hạn", initial=group.after, least=1, most=LATEST
            )
        self.order_fields([name for name in self.fields if name != "reason"])

    @property
    def milestones(self) -> list[dict]:
        return rows_of(
            Reminded(
                roles=group.roles,
                before=self.cleaned_data.get(f"before-{place}", ()),
                after=self.cleaned_data[f"after-{place}"],
            )
            for place, group in enumerate(self.groups)
        )

    def clean(self) -> dict:
        super().clean()
        if self.errors:
            return self.cleaned_data
        days = [row["days"] for row in self.milestones if row["to"] != list(LEADERS)]
        twice = sorted({day for day in days if days.count(day) > 1})
        if twice:
            words = ", ".join(f"{abs(day)} ngày {'trước' if day <= 0 else 'sau'} hạn" for day in twice)
            raise forms.ValidationError(
                f"Mốc {words} được ghi hai lần. Mỗi mốc chỉ ghi ở một ô; nhóm sau đã gồm cả nhóm trước."
            )
        if not days:
            raise forms.ValidationError("Hãy giữ ít nhất một mốc nhắc.")
        return self.cleaned_data


class DayForm(forms.Form):
    """Says of a day that people work on it or not."""

    day = DayField(label="Ngày", help_text="Ví dụ: 24/11/2026.")
    kind = forms.ChoiceField(
        label="Ngày này là",
        choices=[
            (OFF, "Ngày nghỉ"),
            (WORKING, "Ngày làm việc, làm bù"),
            (PUBLIC, "Như lịch chung (bỏ điều chỉnh)"),
        ],
        widget=forms.RadioSelect,
    )
    reason = _reason("Căn cứ", help_text="Ví dụ: Thông báo số 4567/TB-BLĐTBXH về nghỉ Tết Nguyên đán 2027.")

    @property
    def is_working_day(self) -> bool | None:
        return {WORKING: True, OFF: False, PUBLIC: None}[self.cleaned_data["kind"]]


class CloseForm(forms.Form):
    """Ends a year."""

    reason = _reason("Ghi chú", required=False)


class ReopenForm(forms.Form):
    """Takes the end of a year back."""

    reason = _reason("Lý do mở lại")
