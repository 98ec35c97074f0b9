"""Fields that the forms of both apps share: what an office types, cleaned and checked."""

import datetime

from django import forms

from assignments.telephones import check_telephone

PLAUSIBLE_YEARS = range(2000, 2101)


class SingleLineField(forms.CharField):
    """A name, a position: white space within it is one space."""

    def to_python(self, value) -> str:
        return " ".join((super().to_python(value) or "").split())


class DayField(forms.DateField):
    """A day that an office may mean: what is typed with a year of three or five digits is a slip."""

    def to_python(self, value) -> datetime.date | None:
        day = super().to_python(value)
        if day is not None and day.year not in PLAUSIBLE_YEARS:
            raise forms.ValidationError(f"Năm {day.year} không hợp lý. Hãy kiểm tra lại ngày, ví dụ: 09/11/2026.")
        return day


class TelephoneField(SingleLineField):
    """A telephone number, or several; its length is checked here, as a browser would cut a pasted one in silence."""

    default_validators = [check_telephone]

    def __init__(self, **options):
        super().__init__(max_length=30, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class LowerCaseEmailField(forms.EmailField):
    def to_python(self, value) -> str:
        return (super().to_python(value) or "").lower()


class LinesField(forms.Field):
    """A list of short lines, written one below the other."""

    widget = forms.Textarea
    max_lines = 4
    max_line_length = 80

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: str | None) -> list:
        lines = [" ".join(line.split()) for line in (value or "").splitlines()]
        return [line for line in lines if line]

    def validate(self, value: list) -> None:
        super().validate(value)
        if len(value) > self.max_lines:
            raise forms.ValidationError(f"Chỉ được nhập tối đa {self.max_lines} dòng. Vui lòng bớt dòng.")
        if any(len(line) > self.max_line_length for line in value):
            raise forms.ValidationError(f"Mỗi dòng chỉ được tối đa {self.max_line_length} ký tự. Vui lòng rút ngắn.")


class LetterheadField(LinesField):
    """The lines of a letterhead as {"text", "bold"}: a line that is bold begins with an asterisk."""

    def prepare_value(self, value):
        if isinstance(value, list):
            return "\n".join(f"*{line['text']}" if line["bold"] else line["text"] for line in value)
        return value

    def to_python(self, value: str | None) -> list:
        lines = [(line.lstrip("* "), line.startswith("*")) for line in super().to_python(value)]
        return [{"text": text, "bold": bold} for text, bold in lines if text]

    def validate(self, value: list) -> None:
        super().validate([line["text"] for line in value])
