"""Forms of the administrator's checklist."""

from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from assignments.data_file import DataFileError
from assignments.fields import LowerCaseEmailField
from assignments.models import User
from assignments.plan_file import PlanData, read_plan_texts

SIGNED_SALT = "plan-file"
LARGEST_FILE = 2 * 1024 * 1024


class MailTestForm(forms.Form):
    """Says where the test mail goes."""

    address = LowerCaseEmailField(
        label="Gửi thư thử tới",
        max_length=254,
        help_text="Một hộp thư mà bạn mở được ngay để xem thư có tới không.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, by: User, data=None):
        super().__init__(data, initial={"address": by.email})


class PlanFilesForm(forms.Form):
    """Takes a plan file with its full text; `plan` is what they say, `problems` why they were refused whole."""

    plan_file = forms.FileField(
        label="Tệp kế hoạch (TOML)",
        error_messages={"required": "Hãy chọn tệp kế hoạch.", "empty": "Tệp rỗng (0 byte). Hãy chọn tệp khác."},
    )
    text_file = forms.FileField(
        label="Tệp toàn văn (TXT)",
        help_text="Toàn văn kế hoạch, mỗi đoạn một dòng; mọi câu trích trong tệp kế hoạch phải có đúng ở đây.",
        error_messages={"required": "Hãy chọn tệp toàn văn.", "empty": "Tệp rỗng (0 byte). Hãy chọn tệp khác."},
    )

    def __init__(self, data=None, files=None):
        super().__init__(data, files)
        self.problems: list[str] = []
        self.plan: PlanData
        self.signed = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        files: list[UploadedFile] = [data[name] for name in ("plan_file", "text_file") if data.get(name)]
        if len(files) < 2:
            return data
        if any((file.size or 0) > LARGEST_FILE for file in files):
            raise forms.ValidationError("Mỗi tệp tối đa 2 MB. Tệp kế hoạch thường chỉ vài chục KB.")
        texts = [(file.name or "", file.read()) for file in files]
        try:
            (name, content), (text_name, text) = texts
            self.plan = read_plan_texts(name, content, text_name, text)
        except DataFileError as error:
            self.problems = error.problems
            raise forms.ValidationError(f"Không nạp: {len(self.problems)} chỗ trong tệp cần sửa.") from error
        self.signed = signing.dumps(
            [name, content.decode(), text_name, text.decode()], salt=SIGNED_SALT, compress=True
        )
        return data


class LoadPlanForm(forms.Form):
    """Takes back, signed, the files that were shown before: what is loaded is what somebody said yes to."""

    signed = forms.CharField(widget=forms.HiddenInput)

    def clean_signed(self) -> PlanData:
        try:
            name, content, text_name, text = signing.loads(self.cleaned_data["signed"], salt=SIGNED_SALT)
            return read_plan_texts(name, content.encode(), text_name, text.encode())
        except (signing.BadSignature, DataFileError) as error:
            raise forms.ValidationError("Không đọc lại được tệp. Hãy chọn và gửi lại hai tệp.") from error
