"""One form per action. What a form cleans is its own; what may happen is `services`' to say."""

from allauth.account import forms as account_forms
from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest

from assignments import access, tasks
from assignments.models import Agency, User

STRENGTH_RULES = (
    "Ít nhất 10 ký tự, không chỉ gồm chữ số, không phải mật khẩu thông dụng, "
    "không gần giống họ tên hay địa chỉ thư điện tử."
)


class SingleLineField(forms.CharField):
    """A name, a position, a telephone number: white space within it is one space."""

    def to_python(self, value) -> str:
        return " ".join((super().to_python(value) or "").split())


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


# Signing in


class LoginForm(account_forms.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = _address_field(autocomplete="username")
        self.fields["password"].help_text = ""
        _without_placeholders(self)


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = STRENGTH_RULES
        _without_placeholders(self)


class ResetPasswordForm(account_forms.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = _address_field(autocomplete="username")

    def save(self, request: HttpRequest, **kwargs) -> str:
        """Leave everything to the worker, for an address that nobody has too: both answers take as long."""
        tasks.send_password_link.delay_on_commit(self.users[0].pk if self.users else 0)
        return self.cleaned_data["email"]


class ResetPasswordKeyForm(account_forms.ResetPasswordKeyForm):
    """Sets a password, the first one too."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Mật khẩu"
        self.fields["password2"].label = "Nhập lại mật khẩu"
        self.fields["password1"].help_text = STRENGTH_RULES
        _without_placeholders(self)


class ReauthenticateForm(account_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        _without_placeholders(self)


def _address_field(*, autocomplete: str) -> forms.EmailField:
    return LowerCaseEmailField(
        label="Địa chỉ thư điện tử", widget=forms.EmailInput(attrs={"autocomplete": autocomplete})
    )


def _without_placeholders(form: forms.Form) -> None:
    """Take out the placeholders: they repeat the labels and go when one begins to type."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


# People


class InviteForm(forms.Form):
    """Invites a person into an agency, in one of the roles that the one who invites may give."""

    email = LowerCaseEmailField(
        label="Địa chỉ thư điện tử",
        max_length=254,
        help_text="Dùng làm tên đăng nhập; thư mời được gửi tới địa chỉ này.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    full_name = SingleLineField(label="Họ và tên", max_length=100)
    telephone = SingleLineField(label="Điện thoại", max_length=30, required=False)
    role = forms.ChoiceField(label="Vai trò")
    position = SingleLineField(
        label="Chức vụ", max_length=100, required=False, help_text="Ví dụ: Phó Giám đốc, Chuyên viên."
    )
    signer_lines = LinesField(
        label="Quyền hạn, chức vụ khi ký",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Chỉ cần cho lãnh đạo ký báo cáo. Mỗi dòng một hàng, ví dụ KT. GIÁM ĐỐC, dòng dưới PHÓ GIÁM ĐỐC. "
        "Để trống thì dùng chức vụ chung của cơ quan.",
    )

    def __init__(self, agency: Agency, by: User, data=None):
        super().__init__(data)
        choices = [(role.value, role.label) for role in access.givable_roles(by, agency)]
        self.fields["role"] = forms.ChoiceField(label="Vai trò", choices=choices)


class FirstAdministratorForm(forms.Form):
    """Creates the account that sets up everything else."""

    full_name = SingleLineField(
        label="Họ và tên", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = LowerCaseEmailField(
        label="Địa chỉ thư điện tử",
        max_length=254,
        help_text="Dùng làm tên đăng nhập.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password1 = forms.CharField(
        label="Mật khẩu",
        strip=False,
        help_text=STRENGTH_RULES,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="Nhập lại mật khẩu",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError("Địa chỉ này đã có tài khoản. Hãy dùng địa chỉ khác.")
        return email

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        person = User(email=data.get("email", ""), full_name=data.get("full_name", ""))
        if "password1" in data:
            try:
                password_validation.validate_password(data["password1"], person)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        if data.get("password1") and "password2" in data and data["password1"] != data["password2"]:
            self.add_error("password2", "Hai lần nhập mật khẩu không giống nhau. Vui lòng nhập lại.")
        return data
