"""Fields that several forms share."""

from typing import Any

from django import forms

from assignments.legacy_encodings import find_legacy_text
from assignments.text import plain_lists
from reports import files

TEXT_MAX_LENGTH = 50_000
REASON_MAX_LENGTH = 2_000


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class LongTextField(forms.CharField):
    """A text whose length is checked here and not by the browser, which would cut a pasted text in silence.

    Bullets pasted from Word become plain dashes. A text in an encoding before Unicode is refused: nobody could
    read it in the document, and the search would not find it.
    """

    def to_python(self, value: str | None) -> str:
        return plain_lists(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if legacy := find_legacy_text(value):
            raise forms.ValidationError(
                f"Nội dung được gõ bằng bảng mã cũ {legacy.encoding}: “{legacy.word}” đọc là “{legacy.reading}”. "
                "Hãy chuyển sang Unicode bằng công cụ chuyển mã của bộ gõ tiếng Việt (trong UniKey: mục Công cụ) "
                "rồi dán lại. Nội dung vừa nhập chưa được lưu và vẫn còn trong ô."
            )

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class JudgedFileField(forms.FileField):
    """A file of one of some kinds, known by its content."""

    def __init__(self, *, kinds: tuple[files.Kind, ...], **options: Any):
        endings = ",".join(ending for kind in kinds for ending in files.SUFFIXES[kind])
        super().__init__(widget=forms.FileInput(attrs={"accept": endings}), **options)
        self.kinds = kinds

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file:
            try:
                files.judge(file, self.kinds)
            except files.FileRefused as error:
                raise forms.ValidationError(str(error)) from error
        return file
