"""The form that notes a telephone call."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms

from assignments.fields import DayField, SingleLineField, TelephoneField
from assignments.models import Agency, Membership
from reports import deadlines
from reports.forms.fields import LongTextField, text_area
from reports.models import ContactCall

NOTE_MAX_LENGTH = 500
SOMEBODY_ELSE = "khac"
SWITCHBOARD = "co-quan"
LONGEST_PROMISE = datetime.timedelta(days=366)


@dataclass(frozen=True)
class Line:
    """Somebody who can be called, and under which number."""

    key: str
    name: str
    position: str
    telephone: str

    @property
    def label(self) -> str:
        return f"{self.name}{f', {self.position}' if self.position else ''}"


def lines_of(agency: Agency, memberships: Sequence[Membership]) -> list[Line]:
    """Return who can be called at an agency: its people, then the agency itself."""
    people = {
        m.user_id: Line(str(m.user_id), m.user.full_name, m.get_role_display().lower(), m.user.telephone)
        for m in memberships
    }
    own = [Line(SWITCHBOARD, agency.name, "số máy cơ quan", agency.telephone)] if agency.telephone else []
    return [*people.values(), *own]


class CallForm(forms.Form):
    """Notes whom an officer called today, when, and what came of it."""

    line = forms.ChoiceField(label="Gọi cho", widget=forms.RadioSelect)
    other_name = SingleLineField(label="Tên người khác", max_length=100, required=False)
    other_telephone = TelephoneField(label="Số máy của người khác", required=False)
    outcome = forms.ChoiceField(label="Kết quả", choices=ContactCall.Outcome.choices, widget=forms.RadioSelect)
    promised_for = DayField(label="Hẹn nộp ngày", required=False, help_text="Ví dụ: 15/11/2026.")
    time = forms.TimeField(
        label="Gọi lúc (hôm nay)",
        input_formats=["%H:%M", "%Hh%M", "%H.%M"],
        help_text="Giờ và phút, ví dụ 14:05.",
        widget=forms.TimeInput(format="%H:%M"),
    )
    note = LongTextField(label="Ghi chú", required=False, max_length=NOTE_MAX_LENGTH, widget=text_area(2))

    def __init__(self, lines: Sequence[Line], now: datetime.datetime, data=None):
        local = now.astimezone(deadlines.VIETNAM)
        first = lines[0].key if lines else SOMEBODY_ELSE
        super().__init__(data, initial={"line": first, "time": local.time()})
        self.lines, self.now = {line.key: line for line in lines}, now
        choice = self.fields["line"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [*((line.key, line.label) for line in lines), (SOMEBODY_ELSE, "Người khác")]

    def clean_time(self) -> datetime.time:
        if self._at(self.cleaned_data["time"]) > self.now:
            raise forms.ValidationError("Giờ gọi không thể sau lúc này. Hãy ghi giờ đã gọi trong hôm nay.")
        return self.cleaned_data["time"]

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if data.get("line") == SOMEBODY_ELSE and not data.get("other_name"):
            self.add_error("other_name", "Hãy ghi tên người đã gọi.")
        if "outcome" in data and "promised_for" in data:
            why_not = self._why_not_promised(data["outcome"], data["promised_for"])
            if why_not:
                self.add_error("promised_for", why_not)
        return data

    def _why_not_promised(self, outcome: str, day: datetime.date | None) -> str:
        """Return why the day does not go with the outcome, "" where it does."""
        promised, today = ContactCall.Outcome.PROMISED, deadlines.day_of(self.now)
        if outcome != promised:
            words = f"Chỉ ghi ngày hẹn khi kết quả là “{promised.label}”. Hãy chọn kết quả ấy, hoặc xóa ngày hẹn."
            return words if day else ""
        if day is None:
            return "Hãy ghi ngày cơ quan hẹn nộp, hoặc chọn “Đã gọi, đã nhắc”."
        if day < today:
            return "Ngày hẹn không thể trước hôm nay."
        if day - today > LONGEST_PROMISE:
            return "Ngày hẹn tối đa là một năm kể từ hôm nay. Hãy kiểm tra lại năm."
        return ""

    @property
    def call(self) -> dict:
        """Return what `services.note_call` takes of it."""
        data = self.cleaned_data
        line = self.lines.get(data["line"])
        return {
            "at": self._at(data["time"]),
            "name": line.label if line else data["other_name"],
            "telephone": line.telephone if line else data["other_telephone"],
            "outcome": data["outcome"],
            "promised_for": data["promised_for"],
            "note": data["note"],
        }

    def _at(self, time: datetime.time) -> datetime.datetime:
        return datetime.datetime.combine(deadlines.day_of(self.now), time, deadlines.VIETNAM)
