"""The form of the tables of figures."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.utils.functional import cached_property

from assignments.models import Indicator
from reports import merging
from reports.figure_tables import FigureTable, Row, rows_of, tables_of
from reports.figures import (
    NO_DATA_AND_A_NUMBER,
    FigureInput,
    NumberNotUnderstood,
    Problem,
    answer_of,
    format_number,
    parse_number,
)
from reports.forms.fields import REASON_MAX_LENGTH, TEXT_MAX_LENGTH, LongTextField, text_area
from reports.forms.part import DraftForm
from reports.models import IndicatorValue, ReportPart

NUMBER_MAX_LENGTH = 60
YES_OR_NO = [("", "Chưa chọn"), ("1", "Có"), ("0", "Không")]

ROW_FIELDS = ("total", "included", "no_data", "estimate", "reason", "explanation")


class NumberField(forms.CharField):
    """A number as Vietnamese people write it; what was typed stays in the box when it is not understood."""

    def __init__(self, label: str):
        super().__init__(
            label=label,
            required=False,
            max_length=NUMBER_MAX_LENGTH,
            widget=forms.TextInput(attrs={"class": "form-control figure-number", "inputmode": "decimal"}),
        )

    def clean(self, value: str) -> Decimal | None:
        try:
            return parse_number(super().clean(value))
        except NumberNotUnderstood as error:
            raise forms.ValidationError(str(error)) from error


class YesOrNoField(forms.ChoiceField):
    """Yes is 1 and no is 0."""

    def __init__(self, label: str):
        widget = forms.Select(attrs={"class": "form-select"})
        super().__init__(label=label, required=False, choices=YES_OR_NO, widget=widget)

    def clean(self, value: str) -> Decimal | None:
        chosen = super().clean(value)
        return Decimal(chosen) if chosen else None


class FiguresForm(DraftForm):
    """The tables of one report. Rows that can be read are saved, whatever stands in the others."""

    text = LongTextField(
        label="Nguồn số liệu, ghi chú (nếu có)",
        required=False,
        max_length=TEXT_MAX_LENGTH,
        strip=False,
        widget=text_area(4),
    )

    def __init__(self, part: ReportPart, data=None):
        self.part = part
        self.report_rows = rows_of(part)
        initial: dict[str, object] = {"text": part.text}
        for row in self.report_rows:
            initial |= _initial(row.value)
        super().__init__(data, version=part.version, initial=initial)
        for row in self.report_rows:
            self.fields |= _fields(row.indicator)
        for name, field in self.fields.items():
            if name.partition("-")[2] or name == "text":
                field.widget.attrs["aria-describedby"] = f"id_{name}_error"
        self.fields["text"].widget.attrs["class"] = "form-control"

    @property
    def tables(self) -> list[tuple[FigureTable, list["FigureRow"]]]:
        """Return the tables with the fields of their rows."""
        rows = {row.code: row for row in self.rows}
        return [(table, [rows[row.code] for row in table.rows]) for table in tables_of(self.report_rows)]

    @cached_property
    def rows(self) -> list["FigureRow"]:
        return [FigureRow(self, row) for row in self.report_rows]

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        for row in self.report_rows:
            key = key_of(row.code)
            numbers = [cleaned.get(f"total-{key}"), cleaned.get(f"included-{key}")]
            if cleaned.get(f"no_data-{key}") and any(number is not None for number in numbers):
                self.add_error(f"no_data-{key}", NO_DATA_AND_A_NUMBER)
        return cleaned

    @property
    def can_be_saved(self) -> bool:
        """Whether what is wrong, if anything, is in single rows: the others can be saved.

        Not where two versions become one, after which the page shows what was saved.
        """
        return all("-" in name for name in self.errors) and not (self.errors and self.merges)

    @property
    def unread_words(self) -> str:
        """Which rows could not be read while the others were saved, as a sentence; empty where all could."""
        if not self.is_bound or not self.can_be_saved:
            return ""
        unread = [row.code for row in self.rows if row.typed is None]
        return f"Chưa đọc được {', '.join(unread)}; các dòng khác đã lưu." if unread else ""

    @property
    def answers(self) -> dict:
        """Return what `services.save_figures` takes: the rows that could be read, and the notes."""
        text = self.cleaned_data["text"]
        answers = {row.code: answer for row in self.rows if (answer := row.typed) is not None}
        if self.merges:
            text = merging.merged(self.part.text, text)
            answers = {row.code: _both(row.answer, answers[row.code]) for row in self.report_rows}
        return {"text": text, "answers": answers}

    def differences(self, saved: ReportPart) -> list[merging.Difference]:
        """Return in what the form says something else than what was saved meanwhile."""
        pairs: list[tuple[str, object]] = [("text", saved.text)]
        for row in rows_of(saved):
            pairs += list(_initial(row.value).items())
        return [
            merging.Difference(self[name], self.title_of(name), _words(before), _words(self[name].value()))
            for name, before in pairs
            if name in self.fields
            and not self[name].errors
            and self.cleaned_data[name] != self._cleaned(name, before)
        ]

    def _cleaned(self, name: str, initial: object) -> object:
        return self.fields[name].clean(initial)


@dataclass(frozen=True)
class FigureRow:
    """One row of the form: its fields, and what is read and computed of what is typed in them."""

    form: FiguresForm
    saved: Row

    @property
    def code(self) -> str:
        return self.saved.code

    @property
    def key(self) -> str:
        return key_of(self.code)

    @property
    def indicator(self) -> Indicator:
        return self.saved.indicator

    def field(self, name: str) -> forms.BoundField:
        return self.form[f"{name}-{self.key}"]

    @property
    def total(self) -> forms.BoundField:
        return self.field("total")

    @property
    def included(self) -> forms.BoundField | None:
        return self.field("included") if self.indicator.is_split else None

    @property
    def no_data(self) -> forms.BoundField:
        return self.field("no_data")

    @property
    def estimate(self) -> forms.BoundField:
        return self.field("estimate")

    @property
    def reason(self) -> forms.BoundField:
        return self.field("reason")

    @property
    def explanation(self) -> forms.BoundField:
        return self.field("explanation")

    @cached_property
    def fields(self) -> list[forms.BoundField]:
        return [self.field(name) for name in ROW_FIELDS if f"{name}-{self.key}" in self.form.fields]

    @cached_property
    def typed(self) -> FigureInput | None:
        """What was sent for this row; None where something in it could not be read."""
        if any(field.errors for field in self.fields):
            return None
        said = {name: self.form.cleaned_data.get(f"{name}-{self.key}") for name in ("total", "included")}
        basis = IndicatorValue.Basis
        return FigureInput(
            **said,
            has_no_data=self.form.cleaned_data[f"no_data-{self.key}"],
            reason=self.form.cleaned_data[f"reason-{self.key}"],
            explanation=self.form.cleaned_data[f"explanation-{self.key}"],
            basis=basis.ESTIMATE if self.form.cleaned_data[f"estimate-{self.key}"] else basis.ACTUAL,
        )

    @cached_property
    def now(self) -> Row:
        """The row as it reads with what was typed, or as it was saved where that could not be read."""
        typed = self.typed if self.form.is_bound else None
        saved = self.saved
        return saved if typed is None else Row(saved.value, typed, saved.last, saved.year, saved.jump_percent)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the row; nothing of a row that nobody has begun, or that could not be read."""
        is_untouched = self.now.answer == FigureInput(basis=self.now.answer.basis)
        is_unread = self.form.is_bound and self.typed is None
        return [] if is_untouched or is_unread else self.now.problems

    @property
    def understood(self) -> str:
        """How numbers that were typed otherwise than they are written here were read: "1.260; 540"."""
        if not self.form.is_bound or self.typed is None or self.indicator.shape == Indicator.Shape.YES_NO:
            return ""
        boxes = [field for field in (self.total, self.included) if field]
        numbers = [format_number(self.typed.total), format_number(self.typed.included)][: len(boxes)]
        read = [number for box, number in zip(boxes, numbers, strict=True) if number != (box.value() or "").strip()]
        return "; ".join(filter(None, read))


def _both(saved: FigureInput, mine: FigureInput) -> FigureInput:
    """Return both of two answers in one: what only one of them says, and the saved one where they contradict."""
    has_number = saved.total is not None or saved.included is not None
    has_no_data = saved.has_no_data or (mine.has_no_data and not has_number)
    numbers = saved if has_no_data else mine
    is_answered = has_number or saved.has_no_data or saved.basis == IndicatorValue.Basis.ESTIMATE
    return FigureInput(
        total=numbers.total if saved.total is None else saved.total,
        included=numbers.included if saved.included is None else saved.included,
        has_no_data=has_no_data,
        reason=merging.joined(saved.reason, mine.reason),
        explanation=merging.joined(saved.explanation, mine.explanation),
        basis=saved.basis if is_answered else mine.basis,
    )


def key_of(code: str) -> str:
    """Return the indicator's code as it stands in names of fields and elements: a dot means something there."""
    return code.replace(".", "_")


def _fields(indicator: Indicator) -> dict[str, forms.Field]:
    key, code = key_of(indicator.code), indicator.code
    is_yes_no = indicator.shape == Indicator.Shape.YES_NO
    total = f"{code} {indicator.total_label}"
    fields: dict[str, forms.Field] = {f"total-{key}": YesOrNoField(total) if is_yes_no else NumberField(total)}
    if indicator.is_split:
        fields[f"included-{key}"] = NumberField(f"{code} {indicator.included_label}")
    return fields | {
        f"no_data-{key}": _tick(f"{code} Không có số liệu"),
        f"estimate-{key}": _tick(f"{code} Ước cả năm"),
        f"reason-{key}": _line(f"{code} Lý do không có số liệu"),
        f"explanation-{key}": _line(f"{code} Giải thích tăng, giảm"),
    }


def _tick(label: str) -> forms.BooleanField:
    widget = forms.CheckboxInput(attrs={"class": "form-check-input"})
    return forms.BooleanField(label=label, required=False, widget=widget)


def _line(label: str) -> LongTextField:
    # The style sheet asks whether the box is empty, which it can by the placeholder alone.
    widget = forms.TextInput(attrs={"class": "form-control form-control-sm", "placeholder": " "})
    return LongTextField(label=label, required=False, max_length=REASON_MAX_LENGTH, widget=widget)


def _initial(value: IndicatorValue) -> dict[str, object]:
    """Return what stands in a row's boxes when the page opens."""
    key, answer = key_of(value.indicator.code), answer_of(value)
    is_yes_no = value.indicator.shape == Indicator.Shape.YES_NO
    chosen = "" if answer.total is None else str(int(answer.total))
    return {
        f"total-{key}": chosen if is_yes_no else format_number(answer.total),
        f"included-{key}": format_number(answer.included),
        f"no_data-{key}": answer.has_no_data,
        f"estimate-{key}": answer.basis == IndicatorValue.Basis.ESTIMATE,
        f"reason-{key}": answer.reason,
        f"explanation-{key}": answer.explanation,
    }


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "có đánh dấu" if value else ""
    return str(value or "")
