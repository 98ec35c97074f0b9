"""People from Excel: accounts and roles row by row, handed over in bulk, invited now or later."""

import datetime
import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assignments.models import Membership, Role, User
from assignments.pasted_rows import PeopleForm
from assignments.pasted_table import ListChanged
from assignments.people_pasting import invite_everybody, preview_people, save_people, waiting_for_invitation
from tests import factories

ADDRESS = "/thiet-lap/nguoi-dung/"
HEADER = "Họ và tên / Thư điện tử / Cơ quan / Vai trò / Chức vụ / Điện thoại / Nhận bàn giao từ"
NEW = "Nông Thị Mới / Moi@so-y-te.example / so y te / chuyên viên / Chuyên viên / 0912 1"


def text_of(*lines: str) -> str:
    return "\n".join(line.replace(" / ", "\t") for line in (HEADER, *lines))


def rows_of(*lines: str):
    form = PeopleForm({"text": text_of(*lines)})
    assert form.is_valid(), form.errors
    return form.rows


def preview_of(*lines: str):
    return preview_people(rows_of(*lines), today=timezone.localdate())


def changes_of(line) -> list[tuple[str, str, str]]:
    return [(change.label, change.before, change.after) for change in line.changes]


@pytest.fixture
def save(administrator, worker):
    def save_rows(*lines: str, send_mails: bool = True):
        rows = rows_of(*lines)
        seen = preview_people(rows, today=timezone.localdate()).mark
        with worker():
            return save_people(rows, seen=seen, send_mails=send_mails, by=administrator, now=timezone.now())

    return save_rows


# What a row says


def test_row_of_somebody_new_makes_an_account_and_gives_a_role(agency):
    [line] = preview_of(NEW).new

    assert changes_of(line) == [
        ("Tài khoản", "", "tạo mới"),
        ("Điện thoại", "", "0912 1"),
        ("Vai trò", "", "Chuyên viên báo cáo, Sở Y tế"),
        ("Chức vụ", "", "Chuyên viên"),
    ]


def test_row_of_somebody_who_has_the_role_changes_what_it_says(clerk):
    [line] = preview_of(
        "Nông Thị Chuyên / chuyenvien@so-y-te.example / Sở Y tế / Chuyên viên báo cáo /  / 0912 2"
    ).changed

    assert changes_of(line) == [("Điện thoại", "", "0912 2")]


def test_row_that_says_what_is_there_already_changes_nothing(clerk):
    assert len(preview_of("Nông Thị Chuyên / chuyenvien@so-y-te.example / Sở Y tế / Chuyên viên").same) == 1


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "Lý Thị A / ly-thi-a / Sở Y tế / Lãnh đạo",
            "Thư điện tử: Địa chỉ thư điện tử không hợp lệ. Vui lòng nhập đúng dạng, ví dụ: hoten@coquan.gov.vn",
        ),
        (
            "Lý Thị A / a@x.example / Sở Y tê tỉnh / Lãnh đạo",
            "Cơ quan: không có cơ quan “Sở Y tê tỉnh” đang hoạt động. Có phải “Sở Y tế”? Nếu là cơ quan mới, hãy "
            "thêm cơ quan trước.",
        ),
        (
            "Lý Thị A / a@x.example / Sở Y tế / Trưởng phòng",
            "Vai trò: không có vai trò “Trưởng phòng”. Viết một trong: Chuyên viên báo cáo; Lãnh đạo đơn vị; Chuyên "
            "viên cơ quan đầu mối; Chuyên viên tổng hợp dự toán; Lãnh đạo tỉnh; Quản trị hệ thống.",
        ),
        (
            "Lý Thị A / a@x.example / Sở Y tế / Chuyên viên cơ quan đầu mối",
            "Vai trò: Sở Y tế không phải cơ quan đầu mối. Người soạn báo cáo của cơ quan là “Chuyên viên báo cáo”.",
        ),
        (
            "Lý Thị A / a@x.example / Sở Y tế / Chuyên viên tổng hợp dự toán",
            "Vai trò: Sở Y tế không phải cơ quan tổng hợp dự toán của kế hoạch. Hãy chọn vai trò khác.",
        ),
        (
            "Lý Thị A / a@x.example / Sở Y tế / Lãnh đạo tỉnh",
            "Vai trò: Sở Y tế không có tên riêng ở mục Nơi nhận của kế hoạch nên không có lãnh đạo tỉnh. Lãnh đạo "
            "của cơ quan báo cáo là “Lãnh đạo đơn vị”.",
        ),
        (
            "Lý Thị A / chuyenvien@so-y-te.example / Sở Y tế / Chuyên viên",
            "Địa chỉ này là của Nông Thị Chuyên. Mỗi người một địa chỉ riêng; nếu vẫn là người ấy, hãy ghi tên đúng "
            "như vậy.",
        ),
        (
            "Lý Thị A / a@x.example / Sở Y tế / Lãnh đạo /  /  / chuyenvien@so-y-te.example",
            "Nhận bàn giao từ: chuyenvien@so-y-te.example không giữ vai trò lãnh đạo đơn vị ở Sở Y tế hay cơ quan "
            "được kế thừa. Hãy kiểm tra địa chỉ, hoặc để trống.",
        ),
        (" / a@x.example / Sở Y tế / Lãnh đạo", "Họ và tên: chưa điền."),
    ],
)
def test_row_that_cannot_be_written_says_why_and_what_to_do(focal_agency, budget_agency, clerk, line, problem):
    preview = preview_of(NEW, line)

    assert [(error.number, error.problems) for error in preview.errors] == [(3, [problem])]
    assert len(preview.new) == 1


@pytest.mark.parametrize(
    ("line", "title"),
    [
        (NEW, "Nông Thị Mới (moi@so-y-te.example)"),
        ("Lý Thị A /  / Sở Y tế / Lãnh đạo", "Lý Thị A"),
        (" / a@x.example / Sở Y tế / Lãnh đạo", "a@x.example"),
        (" /  / Sở Y tế / Lãnh đạo", ""),
    ],
)
def test_row_is_told_by_the_name_and_the_address_that_it_has(agency, line, title):
    assert [line.title for line in preview_of(line).lines] == [title]


def test_same_person_twice_in_a_role_is_refused(agency):
    [line] = preview_of(NEW, NEW).errors

    assert line.problems == ["Trùng người, cơ quan và vai trò với dòng 2. Hãy bỏ một dòng."]


def test_one_address_under_two_names_is_refused(agency, other_agency):
    [line] = preview_of(NEW, "Bế Thị Khác / moi@so-y-te.example / Sở Tư pháp / Chuyên viên").errors

    assert line.problems[0].startswith("Địa chỉ này là của Nông Thị Mới.")


def test_closed_account_is_refused(clerk):
    User.objects.filter(pk=clerk.pk).update(is_active=False)

    [line] = preview_of("Nông Thị Chuyên / chuyenvien@so-y-te.example / Sở Y tế / Lãnh đạo").errors

    assert line.problems == ["Tài khoản của địa chỉ này đã đóng. Hãy mở lại ở mục Quản trị, Người dùng."]


def test_agency_that_is_over_gets_nobody(agency):
    agency.valid_to = timezone.localdate() - datetime.timedelta(days=1)
    agency.save()

    assert preview_of(NEW).errors[0].problems[0].startswith("Cơ quan: không có cơ quan “so y te” đang hoạt động.")


def test_columns_are_known_by_what_offices_call_them(agency):
    header = "Họ, tên / Email công vụ / Đơn vị công tác / Vai trò / Chức danh / Số di động"
    form = PeopleForm({"text": "\n".join([header, NEW]).replace(" / ", "\t")})

    assert form.is_valid(), form.errors
    assert set(form.rows[0].said) == {"full_name", "email", "agency", "role", "position", "telephone"}


@pytest.mark.parametrize(
    ("header", "columns", "if_not"),
    [
        ("Tên cơ quan / Số điện thoại", "", ""),
        ("Tên cơ quan / Tên ngắn / Ký hiệu", ", có cột “Tên ngắn”, “Ký hiệu”", " Nếu không phải, hãy bỏ cột ấy."),
    ],
)
def test_list_of_agencies_is_sent_to_its_page(header, columns, if_not):
    form = PeopleForm({"text": f"{header}\nSở Y tế / 0205 3999 111".replace(" / ", "\t")})

    assert form.errors["text"] == [
        f"Đây là danh sách cơ quan{columns}. Hãy dán ở trang “Nhập danh sách cơ quan từ Excel”.{if_not}"
    ]


def test_heading_that_is_none_of_the_columns_is_named():
    form = PeopleForm({"text": text_of(NEW).replace("Nhận bàn giao từ", "Quê quán")})

    assert form.errors["text"][0].startswith("Dòng tiêu đề có cột không nhận ra: “Quê quán”. Hãy bỏ cột ấy, hoặc sửa")


# Writing


def test_saved_people_have_their_roles_and_are_mailed(agency, clerk, save):
    save(NEW, "Nông Thị Chuyên / chuyenvien@so-y-te.example / Sở Y tế / Lãnh đạo / Phó Giám đốc")

    made = Membership.objects.get(user__email="moi@so-y-te.example")
    assert (made.agency, made.role, made.position, made.user.telephone) == (
        agency,
        Role.CLERK,
        "Chuyên viên",
        "0912 1",
    )
    assert made.user.invited_at is not None
    assert clerk.memberships.get(role=Role.HEAD).position == "Phó Giám đốc"
    subjects = {message.to[0]: message.subject for message in mail.outbox}
    assert subjects == {
        "moi@so-y-te.example": "Mời sử dụng Cổng theo dõi kế hoạch",
        "chuyenvien@so-y-te.example": "Thêm vai trò trên Cổng theo dõi kế hoạch",
    }


def test_people_saved_without_mails_wait_for_their_invitation(agency, administrator, save, worker):
    save(NEW, send_mails=False)
    assert mail.outbox == []
    assert [user.email for user in waiting_for_invitation()] == ["moi@so-y-te.example"]

    with worker():
        sent = invite_everybody(again=False, by=administrator, now=timezone.now())
    with worker():
        sent_again = invite_everybody(again=False, by=administrator, now=timezone.now())

    assert (sent, sent_again) == (1, 0)
    assert [message.to for message in mail.outbox] == [["moi@so-y-te.example"]]


def test_role_handed_over_ends_for_whoever_held_it_in_the_agency_before(agency, save):
    district = factories.AgencyFactory(name="Ủy ban nhân dân huyện Tràng Định")
    district.successors.add(agency)
    leaving = factories.MembershipFactory(agency=district, user__email="cu@huyen.example")

    save(NEW + " / cu@huyen.example")

    leaving.refresh_from_db()
    assert leaving.valid_to == timezone.localdate() - datetime.timedelta(days=1)


def test_role_that_ended_yesterday_goes_on(agency, clerk, save):
    clerk.memberships.update(valid_to=timezone.localdate() - datetime.timedelta(days=1))

    save("Nông Thị Chuyên / chuyenvien@so-y-te.example / Sở Y tế / Chuyên viên")

    assert [m.valid_to for m in clerk.memberships.all()] == [None]


def test_people_are_written_only_as_they_were_shown(agency, administrator):
    rows = rows_of(NEW)
    seen = preview_people(rows, today=timezone.localdate()).mark
    factories.UserFactory(email="moi@so-y-te.example", full_name="Nông Thị Mới")

    with pytest.raises(ListChanged):
        save_people(rows, seen=seen, send_mails=True, by=administrator, now=timezone.now())

    assert not Membership.objects.filter(user__email="moi@so-y-te.example").exists()


def queries_for(count: int, administrator) -> int:
    rows = rows_of(*(f"Nông Thị {count} {n} / n{count}-{n}@x.example / Sở Y tế / Chuyên viên" for n in range(count)))
    seen = preview_people(rows, today=timezone.localdate()).mark
    with CaptureQueriesContext(connection) as captured:
        save_people(rows, seen=seen, send_mails=True, by=administrator, now=timezone.now())
    return len(captured)


@pytest.mark.long
def test_saving_asks_as_often_for_thirty_rows_as_for_one(agency, administrator):
    assert administrator.is_administrator  # read once

    assert queries_for(30, administrator) == queries_for(1, administrator)


# The pages


def seen_on(page) -> str:
    return re.search(r'name="seen" value="(\w+)"', page.content.decode()).group(1)


def test_page_shows_then_writes_and_leads_to_the_invitations(client, administrator, agency):
    client.force_login(administrator)

    shown = client.post(ADDRESS, {"text": text_of(NEW)})
    assert not User.objects.filter(email="moi@so-y-te.example").exists()
    data = {"text": text_of(NEW), "seen": seen_on(shown), "mails": "later"}
    response = client.post(f"{ADDRESS}save/", data)

    assert response.url == "/thiet-lap/thu-moi/"
    page = client.get(response.url).content.decode()
    assert "1 người chưa đặt mật khẩu, trong đó 1 người chưa được mời lần nào." in page


def test_invitations_are_sent_from_their_page_once(client, administrator, agency, save, worker):
    save(NEW, send_mails=False)
    client.force_login(administrator)

    with worker():
        response = client.post("/thiet-lap/thu-moi/send/", {"who": "new"}, follow=True)

    assert "Đang gửi thư mời tới 1 người." in response.content.decode()
    assert len(mail.outbox) == 1
