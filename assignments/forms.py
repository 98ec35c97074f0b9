"""One form per action. What a form cleans is its own; what may happen is `services`' to say."""

import datetime

from allauth.account import forms as account_forms
from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest

from assignments import access, tasks
from assignments.fields import (
    DayField,
    LetterheadField,
    LinesField,
    LowerCaseEmailField,
    SingleLineField,
    TelephoneField,
)
from assignments.models import Agency, Membership, User

STRENGTH_RULES = (
    "Ít nhất 10 ký tự, không chỉ gồm chữ số, không phải mật khẩu thông dụng, "
    "không gần giống họ tên hay địa chỉ thư điện tử."
)

SOMEBODY_ELSE = "Người khác, mời bằng thư điện tử"
LONGEST_STANDING_IN = datetime.timedelta(days=366)
LONGEST_HANDING_OVER = datetime.timedelta(days=366)


# Agencies


class LetterheadForm(forms.Form):
    """What is printed at the head and the foot of an agency's reports."""

    letterhead = LetterheadField(
        label="Tiêu đề văn bản",
        help_text="Ô bên trái đầu văn bản, mỗi dòng một hàng, ngắt dòng như khi in. Dòng in đậm bắt đầu bằng dấu *. "
        "Viết chữ thường, khi in tự thành chữ hoa.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    notation = SingleLineField(
        label="Ký hiệu", max_length=30, help_text="Chữ viết tắt trong số ký hiệu: SYT thì in là BC-SYT."
    )
    place = SingleLineField(label="Địa danh", max_length=60, help_text="Đứng trước ngày tháng, ví dụ Lạng Sơn.")
    signer_lines = LinesField(
        label="Quyền hạn, chức vụ người ký",
        help_text="Mỗi dòng một hàng, ví dụ TM. ỦY BAN NHÂN DÂN, dòng dưới CHỦ TỊCH. Người ký thay có dòng riêng thì "
        "dùng dòng của người ấy.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, agency: Agency, data=None):
        names = ("letterhead", "notation", "place", "signer_lines")
        super().__init__(data, initial={name: getattr(agency, name) for name in names})


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
    telephone = TelephoneField(label="Điện thoại", required=False)
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


class InviteEverybodyForm(forms.Form):
    """Says whom to invite of those who have never set a password."""

    who = forms.ChoiceField(
        label="Gửi cho",
        choices=[
            ("new", "Người chưa được mời lần nào"),
            ("all", "Mọi người chưa đặt mật khẩu, kể cả người đã được mời"),
        ],
        initial="new",
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )


class ReplacementForm(forms.Form):
    """Names who takes a role in somebody's place: a colleague, or somebody else who is mailed an invitation."""

    replaced = forms.ChoiceField(label="")
    replacement = forms.ChoiceField(label="", required=False)
    email = LowerCaseEmailField(
        label="Địa chỉ thư điện tử của người khác",
        max_length=254,
        required=False,
        help_text=f"Chỉ điền khi chọn “{SOMEBODY_ELSE}”; thư mời được gửi tới địa chỉ này.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    full_name = SingleLineField(label="Họ và tên của người khác", max_length=100, required=False)
    telephone = TelephoneField(label="Điện thoại", required=False)
    position = SingleLineField(label="Chức vụ", max_length=100, required=False)
    signer_lines = LinesField(
        label="Quyền hạn, chức vụ khi ký",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Chỉ cần khi thay lãnh đạo ký báo cáo. Mỗi dòng một hàng, ví dụ KT. GIÁM ĐỐC, dòng dưới PHÓ GIÁM "
        "ĐỐC. Để trống thì dùng chức vụ chung của cơ quan.",
    )

    def __init__(self, memberships: list[Membership], by: User, data=None, **kwargs):
        """Offer the memberships of an agency's people; those that `by` may give can be taken over."""
        super().__init__(data, **kwargs)
        self.people = {str(m.user_id): m.user for m in memberships}
        self.replaceable = {
            str(m.pk): m
            for m in memberships
            if m.stands_in_for is None and m.role in access.givable_roles(by, m.agency)
        }
        replaced = [(key, f"{m.user}, {m.get_role_display().lower()}") for key, m in self.replaceable.items()]
        colleagues = [(key, user.full_name) for key, user in self.people.items()]
        self.fields["replaced"].choices = [("", "Chọn người"), *replaced]  # type: ignore[attr-defined]
        self.fields["replacement"].choices = [("", SOMEBODY_ELSE), *colleagues]  # type: ignore[attr-defined]

    def clean_replaced(self) -> Membership:
        return self.replaceable[self.cleaned_data["replaced"]]

    def clean(self) -> dict:
        """Take address and name from the colleague that was chosen, or ask for them."""
        data = super().clean() or self.cleaned_data
        colleague = self.people.get(data.get("replacement", ""))
        if colleague:
            data |= {"email": colleague.email, "full_name": colleague.full_name}
            if "replaced" in data and data["replaced"].user == colleague:
                self.add_error("replacement", "Hãy chọn người khác với người được thay.")
            return data
        for name, words in (("email", "địa chỉ thư điện tử"), ("full_name", "họ và tên")):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, f"Hãy chọn một đồng nghiệp, hoặc điền {words} của người khác.")
        return data

    @property
    def person(self) -> dict:
        """Return what the services take about the person who takes over."""
        names = ("email", "full_name", "telephone", "position", "signer_lines")
        return {name: self.cleaned_data[name] for name in names}


class StandInForm(ReplacementForm):
    """Lets somebody stand in for an absent person for a stated time."""

    valid_from = DayField(label="Từ ngày")
    valid_to = DayField(label="Đến hết ngày", help_text="Vai trò tự kết thúc sau ngày này.")
    field_order = ("replaced", "replacement", "email", "full_name", "telephone", "valid_from", "valid_to")

    def __init__(self, memberships: list[Membership], by: User, today: datetime.date, data=None):
        super().__init__(memberships, by, data, prefix="thay", initial={"valid_from": today})
        self.today = today
        self.fields["replaced"].label = "Người vắng mặt"
        self.fields["replacement"].label = "Người làm thay"

    def clean_valid_from(self) -> datetime.date:
        if self.cleaned_data["valid_from"] < self.today:
            raise forms.ValidationError(f"Ngày bắt đầu không thể trước hôm nay ({self.today:%d/%m/%Y}).")
        return self.cleaned_data["valid_from"]

    def clean_valid_to(self) -> datetime.date:
        valid_from, valid_to = self.cleaned_data.get("valid_from", self.today), self.cleaned_data["valid_to"]
        if valid_to < valid_from:
            raise forms.ValidationError("Ngày kết thúc phải bằng hoặc sau ngày bắt đầu.")
        if valid_to - valid_from > LONGEST_STANDING_IN:
            raise forms.ValidationError("Việc làm thay tối đa một năm. Nếu thay hẳn, hãy dùng mục Bàn giao.")
        return valid_to


class HandOverForm(ReplacementForm):
    """Hands a role over from somebody who leaves to a successor."""

    last_day = DayField(label="Ngày làm việc cuối", help_text="Người nghỉ giữ vai trò đến hết ngày này.")
    field_order = ("replaced", "last_day", "replacement", "email", "full_name", "telephone")

    def __init__(self, memberships: list[Membership], by: User, today: datetime.date, data=None):
        super().__init__(memberships, by, data, initial={"last_day": today})
        self.today = today
        self.fields["replaced"].label = "Người nghỉ hoặc chuyển công tác"
        self.fields["replacement"].label = "Người nhận bàn giao"

    def clean_last_day(self) -> datetime.date:
        if self.cleaned_data["last_day"] - self.today > LONGEST_HANDING_OVER:
            raise forms.ValidationError("Ngày làm việc cuối tối đa là một năm kể từ hôm nay. Hãy kiểm tra lại năm.")
        return self.cleaned_data["last_day"]


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
