"""The columns that may be pasted for agencies and people, and the cleaning of their cells: row by row, in words.

Cleaning a row's cells is a form's work; one form for each of 500 rows would take longer than everything else.
"""

from django import forms

from assignments.data_file import SLUG
from assignments.fields import LetterheadField, LinesField, LowerCaseEmailField, SingleLineField, TelephoneField
from assignments.models import Role
from assignments.pasted_table import (
    Column,
    OtherList,
    OtherListPasted,
    PastedRow,
    PastedTable,
    Row,
    TableRefused,
    read_table,
)
from assignments.text import fold

NOT_A_DATE = {"invalid": "không phải là một ngày. Viết như 01/07/2025."}
NOT_A_NUMBER = {"invalid": "phải là một số, ví dụ 14.", "min_value": "phải từ 1 trở lên."}

# How columns are headed besides their own names; capitals, accents and marks make no difference.
AGENCY_HEADINGS = ("Tên đơn vị", "Cơ quan, đơn vị", "Tên cơ quan, đơn vị")
TELEPHONE_HEADINGS = (
    *("Số điện thoại", "SĐT", "ĐT", "Đ/T", "Số ĐT", "Số máy", "Tel", "Telephone", "Phone"),
    *("Điện thoại liên hệ", "Số điện thoại liên hệ", "SĐT liên hệ"),
)
LANDLINE_HEADINGS = ("Điện thoại cơ quan", "Số điện thoại cơ quan", "SĐT cơ quan", "Điện thoại cố định")
MOBILE_HEADINGS = (
    *("Di động", "Số di động", "Điện thoại di động", "Số điện thoại di động", "ĐTDĐ"),
    *("Điện thoại cá nhân", "Số điện thoại cá nhân"),
)

AGENCY_COLUMNS = (
    Column(
        "name",
        "Tên cơ quan",
        "Tên đầy đủ, ví dụ Ủy ban nhân dân xã Tràng Định.",
        is_required=True,
        also=(*AGENCY_HEADINGS, "Cơ quan", "Đơn vị", "Tên", "Tên đầy đủ"),
    ),
    Column(
        "short_name",
        "Tên ngắn",
        "Để trống: lấy tên cơ quan, “Ủy ban nhân dân” viết là UBND.",
        also=("Tên viết tắt", "Tên gọi tắt", "Tên rút gọn", "Tên ngắn gọn"),
    ),
    Column(
        "number",
        "Số trong kế hoạch",
        "Số thứ tự ở mục phân công của kế hoạch; 14 là thành viên nhóm huyện, thành phố (xã, phường). Để trống nếu "
        "không phải báo cáo.",
        also=("Số", "Số thứ tự trong kế hoạch", "STT trong kế hoạch"),
    ),
    Column(
        "parent",
        "Cơ quan chủ quản",
        "Tên hoặc tên ngắn của cơ quan đã có, hoặc có trong bảng này.",
        also=("Đơn vị chủ quản", "Cơ quan cấp trên"),
    ),
    Column(
        "telephone",
        "Điện thoại",
        "Số gọi khi đôn đốc.",
        also=(*TELEPHONE_HEADINGS, *LANDLINE_HEADINGS),
    ),
    Column(
        "letterhead",
        "Tiêu đề văn bản",
        "Các dòng cách nhau bằng dấu | ; dòng in đậm bắt đầu bằng dấu *. Ví dụ: UBND tỉnh Lạng Sơn | *Sở Y tế.",
    ),
    Column(
        "notation",
        "Ký hiệu",
        "Chữ viết tắt trong số ký hiệu, ví dụ SYT.",
        also=("Số ký hiệu", "Chữ viết tắt", "Ký hiệu văn bản"),
    ),
    Column(
        "signer_lines",
        "Chức vụ người ký",
        "Các dòng cách nhau bằng dấu |. Ví dụ: TM. ỦY BAN NHÂN DÂN | CHỦ TỊCH.",
        also=("Quyền hạn, chức vụ người ký", "Chức danh người ký"),
    ),
    Column("place", "Địa danh", "Trước ngày tháng, ví dụ Lạng Sơn."),
    Column(
        "slug",
        "Tên trong địa chỉ",
        "Chữ thường không dấu và gạch nối, ví dụ xa-trang-dinh. Để trống: đặt theo tên cơ quan. Đã đặt thì không "
        "đổi.",
    ),
    Column(
        "valid_from",
        "Từ ngày",
        "Ngày cơ quan bắt đầu hoạt động, ví dụ 01/07/2025.",
        also=("Ngày bắt đầu", "Ngày thành lập"),
    ),
    Column(
        "valid_to",
        "Đến hết ngày",
        "Ngày cuối cùng, khi cơ quan giải thể hoặc sáp nhập.",
        also=("Đến ngày", "Ngày kết thúc"),
    ),
    Column(
        "predecessors",
        "Kế thừa của",
        "Tên cơ quan trước sáp nhập; nhiều cơ quan cách nhau bằng dấu ; hoặc |.",
        also=("Kế thừa",),
    ),
)

PEOPLE_COLUMNS = (
    Column(
        "full_name",
        "Họ và tên",
        "Ví dụ Nông Thị Hạnh.",
        is_required=True,
        also=("Họ tên", "Họ, tên", "Tên", "Người dùng", "Tên người dùng"),
    ),
    Column(
        "email",
        "Thư điện tử",
        "Địa chỉ riêng của từng người, dùng làm tên đăng nhập.",
        is_required=True,
        also=(
            "Địa chỉ thư điện tử",
            "Thư điện tử công vụ",
            "Email",
            "E-mail",
            "Mail",
            "Địa chỉ email",
            "Email công vụ",
        ),
    ),
    Column(
        "agency",
        "Cơ quan",
        "Tên hoặc tên ngắn của cơ quan đã có.",
        is_required=True,
        also=(*AGENCY_HEADINGS, "Đơn vị", "Tên cơ quan", "Cơ quan công tác", "Đơn vị công tác", "Nơi công tác"),
    ),
    Column(
        "role",
        "Vai trò",
        "Chuyên viên báo cáo; Lãnh đạo đơn vị; Chuyên viên cơ quan đầu mối; Chuyên viên tổng hợp dự toán; Lãnh đạo "
        "tỉnh; Quản trị hệ thống.",
        is_required=True,
    ),
    Column(
        "position", "Chức vụ", "Ví dụ Phó Giám đốc.", also=("Chức danh", "Chức vụ, chức danh", "Chức danh, chức vụ")
    ),
    Column(
        "telephone",
        "Điện thoại",
        "Số gọi trực tiếp được.",
        also=(*TELEPHONE_HEADINGS, *MOBILE_HEADINGS),
    ),
    Column(
        "signer_lines",
        "Chức vụ khi ký",
        "Chỉ cho người ký thay: các dòng cách nhau bằng dấu |. Ví dụ: KT. GIÁM ĐỐC | PHÓ GIÁM ĐỐC.",
    ),
    Column(
        "replaces",
        "Nhận bàn giao từ",
        "Thư điện tử của người thôi vai trò này, trong cùng cơ quan hoặc cơ quan được kế thừa.",
    ),
)

# How roles are written besides their full names.
ROLE_WORDS = {fold(role.label): role for role in Role} | {
    "chuyen vien": Role.CLERK,
    "can bo bao cao": Role.CLERK,
    "lanh dao": Role.HEAD,
    "lanh dao co quan": Role.HEAD,
    "chuyen vien dau moi": Role.OFFICER,
    "dau moi": Role.OFFICER,
    "du toan": Role.BUDGET_OFFICER,
    "tong hop du toan": Role.BUDGET_OFFICER,
    "quan tri": Role.ADMINISTRATOR,
}


class RoleField(forms.Field):
    def to_python(self, value: str | None) -> Role | None:
        if not value:
            return None
        role = ROLE_WORDS.get(fold(value))
        if role is None:
            known = "; ".join(Role.labels)
            raise forms.ValidationError(f"không có vai trò “{value}”. Viết một trong: {known}.")
        return role


class SeveralLines:
    """Takes the lines of one cell, which stand below each other or between strokes."""

    def to_python(self, value: str | None) -> list:
        return super().to_python((value or "").replace("|", "\n"))  # type: ignore[misc]


class CellLinesField(SeveralLines, LinesField):
    pass


class CellLetterheadField(SeveralLines, LetterheadField):
    pass


class NamesField(forms.Field):
    """Several names in one cell."""

    def to_python(self, value: str | None) -> list[str]:
        names = (value or "").replace("|", "\n").replace(";", "\n").splitlines()
        return [name.strip() for name in names if name.strip()]


AGENCY_FIELDS: dict[str, forms.Field] = {
    "name": SingleLineField(max_length=200),
    "short_name": SingleLineField(max_length=60),
    "number": forms.IntegerField(min_value=1, error_messages=NOT_A_NUMBER),
    "parent": SingleLineField(),
    "telephone": TelephoneField(),
    "letterhead": CellLetterheadField(),
    "notation": SingleLineField(max_length=30),
    "signer_lines": CellLinesField(),
    "place": SingleLineField(max_length=60),
    "slug": forms.RegexField(
        SLUG.pattern + r"\Z",
        max_length=80,
        error_messages={"invalid": "chỉ gồm chữ thường không dấu, chữ số và gạch nối, ví dụ xa-trang-dinh."},
    ),
    "valid_from": forms.DateField(error_messages=NOT_A_DATE),
    "valid_to": forms.DateField(error_messages=NOT_A_DATE),
    "predecessors": NamesField(),
}

PEOPLE_FIELDS: dict[str, forms.Field] = {
    "full_name": SingleLineField(max_length=100),
    "email": LowerCaseEmailField(max_length=254),
    "agency": SingleLineField(),
    "role": RoleField(),
    "position": SingleLineField(max_length=100),
    "telephone": TelephoneField(),
    "signer_lines": CellLinesField(),
    "replaces": LowerCaseEmailField(),
}


class PasteForm(forms.Form):
    """Takes a pasted table; `rows` and `not_read` are what it says. Nothing typed is ever lost: the box keeps it."""

    text = forms.CharField(
        label="Bảng chép từ Excel",
        strip=False,
        error_messages={"required": "Chưa có dòng nào. Hãy chép các dòng trong Excel rồi dán vào ô."},
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off", "wrap": "off"}),
    )
    # What the page shows of a preview before it is confirmed; see `Preview.mark`.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    columns: tuple[Column, ...]
    fields_of_cells: dict[str, forms.Field]
    other_list: OtherList

    def __init__(self, data=None):
        super().__init__(data)
        self.rows: list[Row] = []
        self.not_read: list[str] = []
        self.is_other_list = False

    def clean_text(self) -> str:
        try:
            table: PastedTable = read_table(self.cleaned_data["text"], self.columns, self.other_list)
        except TableRefused as error:
            self.is_other_list = isinstance(error, OtherListPasted)
            raise forms.ValidationError(str(error)) from error
        self.rows = [self._read(row) for row in table.rows]
        self.not_read = table.not_read
        return self.cleaned_data["text"]

    def _read(self, row: PastedRow) -> Row:
        said, problems = {}, list(row.problems)
        for column in self.columns:
            cell = row.cells.get(column.key)
            if cell is None:
                if column.is_required:
                    problems.append(f"{column.label}: chưa điền.")
                continue
            try:
                value = self.fields_of_cells[column.key].clean(cell)
            except forms.ValidationError as error:
                problems += [f"{column.label}: {message}" for message in error.messages]
                continue
            if value not in (None, "", []):
                said[column.key] = value
        return Row(row.number, said, problems)


class AgenciesForm(PasteForm):
    columns = AGENCY_COLUMNS
    fields_of_cells = AGENCY_FIELDS
    other_list = OtherList(PEOPLE_COLUMNS, "người dùng", "Nhập danh sách người dùng từ Excel")


class PeopleForm(PasteForm):
    columns = PEOPLE_COLUMNS
    fields_of_cells = PEOPLE_FIELDS
    other_list = OtherList(AGENCY_COLUMNS, "cơ quan", "Nhập danh sách cơ quan từ Excel")
    mails = forms.ChoiceField(
        label="Thư mời",
        choices=[
            ("now", "Gửi thư mời ngay khi ghi"),
            ("later", "Chưa gửi; gửi sau ở trang Gửi thư mời"),
        ],
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        required=False,
    )

    def __init__(self, data=None):
        # The box is looked at before the choice is offered.
        super().__init__(data if data is None else {"mails": "now"} | {key: data[key] for key in data})
