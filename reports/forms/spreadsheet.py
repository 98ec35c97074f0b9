"""Forms of the figures that come back in a workbook."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from reports.figure_tables import Row
from reports.figures import FigureInput, plain
from reports.files import FileRefused
from reports.models import ReportPart
from reports.spreadsheets.reading import CellProblem, CellsRefused, FiguresRead, read_figures


class SpreadsheetForm(forms.Form):
    """Takes a filled-in workbook; `read` is what it says, `problems` are the cells for which it was refused."""

    spreadsheet = forms.FileField(
        error_messages={
            "required": "Hãy chọn tệp Excel rồi bấm lại.",
            "empty": "Tệp rỗng (0 byte). Hãy mở tệp trên máy để kiểm tra, lưu lại rồi gửi lại.",
            "max_length": "Tên tệp quá dài. Hãy đặt lại tên tệp ngắn hơn rồi gửi lại.",
        },
    )

    def __init__(self, part: ReportPart, rows: list[Row], data=None, files=None):
        super().__init__(data, files)
        self.part, self.rows = part, rows
        self.problems: list[CellProblem] = []
        self.read: FiguresRead

    def clean_spreadsheet(self) -> UploadedFile:
        file = self.cleaned_data["spreadsheet"]
        try:
            self.read = read_figures(file, self.part, self.rows)
        except FileRefused as error:
            raise forms.ValidationError(str(error)) from error
        except CellsRefused as error:
            self.problems = error.problems
            raise forms.ValidationError(
                f"{len(self.problems)} chỗ trong tệp cần sửa. Chưa số liệu nào được ghi."
            ) from error
        return file


class FillForm(forms.Form):
    """Takes back, signed, the answers that were shown before: what is written is what somebody said yes to."""

    understood = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, part: ReportPart, data=None, answers: Mapping[str, FigureInput] | None = None):
        self.part = part
        super().__init__(data, initial={"understood": self._signed(answers or {})})

    @property
    def answers(self) -> dict[str, FigureInput]:
        """Return what `services.save_figures` takes: indicator code -> answer."""
        return {
            code: FigureInput(
                **answer | {name: _number(answer[name]) for name in ("total", "included")},
            )
            for code, answer in self.cleaned_data["understood"]["answers"].items()
        }

    @property
    def version(self) -> int:
        """The part's version on which the answers were shown."""
        return self.cleaned_data["understood"]["version"]

    def clean_understood(self) -> dict:
        try:
            return signing.loads(self.cleaned_data["understood"], salt=self._salt)
        except signing.BadSignature as error:
            raise forms.ValidationError("Không đọc lại được số liệu. Hãy chọn tệp Excel và gửi lại.") from error

    @property
    def _salt(self) -> str:
        return f"figures-of-part-{self.part.pk}"

    def _signed(self, answers: Mapping[str, FigureInput]) -> str:
        plain_answers = {
            code: asdict(answer)
            | {name: None if (n := getattr(answer, name)) is None else plain(n) for name in ("total", "included")}
            for code, answer in answers.items()
        }
        return signing.dumps({"version": self.part.version, "answers": plain_answers}, salt=self._salt, compress=True)


def _number(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
