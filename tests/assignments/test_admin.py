"""The administrator's pages: who gets in, what they can spoil, and that nothing there says what a report says."""

import datetime
import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from assignments.models import Agency, Assignment, Membership, Participant, Role, Task, User
from reports.models import CalendarException
from tests import factories

pytestmark = pytest.mark.long

USERS = "/quan-tri/assignments/user/"
AGENCIES = "/quan-tri/assignments/agency/"
CYCLES = "/quan-tri/reports/reportingcycle/"


@pytest.fixture
def client(client, administrator):
    client.force_login(administrator)
    return client


def person(memberships=(), *, kept=0, **fields):
    """Return what the browser sends for an account and its roles, `kept` of which are there already."""
    data = {
        "full_name": "Lý Thị Thêm",
        "email": "Them@so-y-te.example",
        "telephone": "",
        "is_active": "on",
        "memberships-TOTAL_FORMS": len(memberships),
        "memberships-INITIAL_FORMS": kept,
    } | fields
    for number, membership in enumerate(memberships):
        row = {"position": "", "signer_lines": "", "valid_from": "01/10/2026", "valid_to": ""} | membership
        data |= {f"memberships-{number}-{name}": value for name, value in row.items()}
    return data


def own_page(administrator, **row):
    membership = administrator.memberships.get()
    kept = {"id": membership.pk, "user": administrator.pk, "valid_from": "01/01/2018"} | row
    return person([kept], kept=1, full_name="Chu Văn Trị", email=administrator.email)


def errors(response):
    """Return every error on an admin page: of the form, of its rows, of the rows together."""
    found = dict(response.context["adminform"].form.errors)
    for formset in response.context["inline_admin_formsets"]:
        found |= {"rows": formset.formset.non_form_errors()} if formset.formset.non_form_errors() else {}
        for number, row in enumerate(formset.formset.errors):
            found |= {f"{number}.{name}": messages for name, messages in row.items()}
    return found


# Getting in


def test_registered_is_what_an_administrator_keeps_and_nothing_else():
    assert {model._meta.label for model in admin.site._registry} == {
        "assignments.Agency",
        "assignments.Assignment",
        "assignments.Participant",
        "assignments.Plan",
        "assignments.User",
        "reports.CalendarException",
        "reports.ReportingCycle",
    }


def test_admin_sends_strangers_to_the_portals_own_sign_in(db):
    response = Client().get("/quan-tri/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/tai-khoan/dang-nhap/?next=")
    assert "<h1>Đăng nhập</h1>" in response.content.decode()


def test_every_page_is_in_vietnamese_and_without_inline_code(client, cycle, clerk):
    task = Task.objects.get(code="ND-1.1")
    Assignment.objects.create(task=task, agency=clerk.memberships.get().agency, part="lead", valid_from="2018-05-29")
    CalendarException.objects.create(day="2026-11-09", is_working_day=False)
    addresses = [reverse("admin:index"), reverse("admin:app_list", args=["assignments"])]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses += [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[model.objects.first().pk])]
        addresses.append(reverse(f"{name}_history", args=[model.objects.first().pk]))
        if admin.site._registry[model].has_add_permission(_request_of(client)):
            addresses.append(reverse(f"{name}_add"))

    for address in addresses:
        response = client.get(address)
        page = response.content.decode()

        assert response.status_code == 200, address
        assert not re.search(r"<script>|<script (?!src=|id=)|<style|\sstyle=|\son\w+=|javascript:", page), address
        words = re.sub(r"<[^>]+>|&\w+;", " ", re.sub(r"<(script|svg).*?</\1>", "", page, flags=re.DOTALL))
        assert not re.search(r"\b(Add|Change|Delete|Save|Home|Search|Select|History|the|and|of)\b", words), address


def _request_of(client):
    return client.get("/quan-tri/").wsgi_request


def test_years_are_written_without_a_thousands_point(client, cycle):
    page = client.get(CYCLES).content.decode() + client.get(f"{CYCLES}{cycle.pk}/change/").content.decode()

    assert "Kỳ báo cáo năm 2026" in page
    assert "2.026" not in page


@pytest.mark.parametrize("model", ["agency", "participant", "plan", "user", "assignment"])
def test_nothing_of_the_plan_is_deleted_here(client, cycle, clerk, model):
    Assignment.objects.create(
        task=Task.objects.first(), agency=clerk.memberships.get().agency, part="lead", valid_from="2018-05-29"
    )
    found = next(m for m in admin.site._registry if m._meta.model_name == model)

    response = client.post(
        reverse(f"admin:assignments_{model}_delete", args=[found.objects.first().pk]), {"post": "yes"}
    )

    assert response.status_code == 403
    assert found.objects.exists()


# People


def test_new_account_is_mailed_an_invitation_with_its_role(client, agency, worker, mailoutbox):
    with worker():
        response = client.post(f"{USERS}add/", person([{"agency": agency.pk, "role": "clerk"}]))

    assert response.status_code == 302
    user = User.objects.get(email="them@so-y-te.example")
    assert not user.has_usable_password()
    assert user.invited_at is not None
    assert [(m.agency, m.role, m.valid_from) for m in user.memberships.all()] == [
        (agency, Role.CLERK, datetime.date(2026, 10, 1))
    ]
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["them@so-y-te.example"], "Mời sử dụng Cổng theo dõi kế hoạch")
    ]


def test_no_password_is_shown_or_set(client, clerk):
    page = client.get(f"{USERS}{clerk.pk}/change/").content.decode()

    assert 'name="password' not in page
    assert "argon2" not in page


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            person(email="ChuyenVien@so-y-te.example"),
            {"email": ["Địa chỉ này đã có tài khoản. Hãy tìm tài khoản đó và thêm vai trò."]},
        ),
        (
            person([{"agency": "999999", "role": "vua", "valid_from": "31/02/2026"}]),
            {
                "0.agency": ["Lựa chọn này không có trong danh sách. Vui lòng chọn lại."],
                "0.role": ["Giá trị vua không có trong danh sách lựa chọn. Vui lòng chọn lại."],
                "0.valid_from": ["Ngày không hợp lệ. Vui lòng nhập theo dạng ngày/tháng/năm, ví dụ: 09/11/2026"],
            },
        ),
        (
            person([{"agency": "AGENCY", "role": "clerk", "valid_to": "30/09/2026"}]),
            {"0.__all__": ["Ngày kết thúc phải bằng hoặc sau ngày bắt đầu."]},
        ),
        (
            person([{"agency": "AGENCY", "role": "head", "signer_lines": "A\nB\nC\nD\nE"}]),
            {"0.signer_lines": ["Chỉ được nhập tối đa 4 dòng. Vui lòng bớt dòng."]},
        ),
        (
            person([{"agency": "AGENCY", "role": "leader"}]),
            {
                "0.role": [
                    "Vai trò lãnh đạo tỉnh chỉ giao được trong cơ quan có tên riêng ở mục Nơi nhận của kế hoạch, như "
                    "Ủy ban nhân dân tỉnh, Tỉnh ủy, Hội đồng nhân dân tỉnh. Hãy mở trang của cơ quan đó, hoặc chọn "
                    "vai trò khác."
                ]
            },
        ),
    ],
)
def test_bad_account_is_explained_and_not_made(client, agency, clerk, mailoutbox, data, expected):
    data = {name: agency.pk if value == "AGENCY" else value for name, value in data.items()}

    response = client.post(f"{USERS}add/", data)

    assert errors(response) == expected
    assert not User.objects.filter(email="them@so-y-te.example").exists()


def test_same_role_twice_on_the_same_day_is_refused(client, agency):
    row = {"agency": agency.pk, "role": "clerk"}

    response = client.post(f"{USERS}add/", person([row, row]))

    assert response.status_code == 200
    assert "rows" in errors(response)
    assert not User.objects.filter(email="them@so-y-te.example").exists()


def test_leader_is_added_in_a_body_that_a_plan_goes_to(client, plan, agency):
    plan.recipient_agencies.add(agency)

    client.post(f"{USERS}add/", person([{"agency": agency.pk, "role": "leader"}]))

    assert Membership.objects.get(role=Role.LEADER).user.email == "them@so-y-te.example"


def test_role_that_is_there_keeps_its_agency_and_kind(client, clerk, other_agency):
    membership = clerk.memberships.get()
    row = {
        "id": membership.pk, "user": clerk.pk, "agency": other_agency.pk, "role": "administrator",
        "valid_from": "01/01/2018", "valid_to": "09/11/2026", "signer_lines": "KT. GIÁM ĐỐC\r\nPHÓ GIÁM ĐỐC",
    }  # fmt: skip

    response = client.post(f"{USERS}{clerk.pk}/change/", person([row], kept=1, email=clerk.email))

    assert response.status_code == 302
    kept = Membership.objects.get(pk=membership.pk)
    assert (kept.agency, kept.role, kept.valid_to) == (membership.agency, Role.CLERK, datetime.date(2026, 11, 9))
    assert kept.signer_lines == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]


def test_administrator_does_not_end_their_own_last_role_nor_close_their_own_account(client, administrator):
    ended = client.post(f"{USERS}{administrator.pk}/change/", own_page(administrator, valid_to="01/10/2020"))
    closed = client.post(f"{USERS}{administrator.pk}/change/", own_page(administrator) | {"is_active": ""})

    assert errors(ended) == {"rows": ["Không thể tự thôi vai trò quản trị hệ thống. Hãy nhờ người quản trị khác."]}
    assert closed.status_code == 302
    administrator.refresh_from_db()
    assert administrator.is_active
    assert administrator.memberships.get().valid_to is None


def test_another_administrators_role_is_ended_and_account_closed(client, province):
    other = factories.MembershipFactory(agency=province, role=Role.ADMINISTRATOR)
    row = {"id": other.pk, "user": other.user.pk, "valid_from": "01/01/2018", "valid_to": "01/10/2020"}

    data = person([row], kept=1, email=other.user.email, full_name="Một Người", is_active="")
    assert client.post(f"{USERS}{other.user.pk}/change/", data).status_code == 302

    other.refresh_from_db()
    assert (other.valid_to, other.user.is_active) == (datetime.date(2020, 10, 1), False)


def test_chosen_people_are_mailed_a_link_and_closed_accounts_are_not(client, clerk, head, worker, mailoutbox):
    User.objects.filter(pk=head.pk).update(is_active=False)

    with worker():
        response = client.post(
            USERS, {"action": "send_password_links", "_selected_action": [clerk.pk, head.pk]}, follow=True
        )

    assert [str(message) for message in response.context["messages"]] == ["Đã gửi thư tới 1 người."]
    assert [mail.to for mail in mailoutbox] == [[clerk.email]]


def test_list_of_people_takes_as_many_queries_with_many_people(client, clerk, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as few:
        client.get(USERS)
    factories.MembershipFactory.create_batch(30)

    with django_assert_max_num_queries(len(few)):
        client.get(USERS)


def test_what_was_changed_is_on_record(client, administrator, clerk):
    membership = clerk.memberships.get()
    row = {"id": membership.pk, "user": clerk.pk, "valid_from": "01/01/2018", "valid_to": "09/11/2026"}
    client.post(f"{USERS}{clerk.pk}/change/", person([row], kept=1, email=clerk.email, full_name=clerk.full_name))

    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (administrator, str(clerk.pk))
    assert "Đến hết ngày" in entry.get_change_message()


# Agencies


def agency_form(**fields):
    return {
        "name": "Sở Mới",
        "slug": "so-moi",
        "short_name": "Sở Mới",
        "letterhead": "UBND TỈNH LẠNG SƠN\r\n* SỞ MỚI",
        "notation": "SM",
        "place": "Lạng Sơn",
        "signer_lines": "GIÁM ĐỐC",
        "telephone": "",
        "parent": "",
        "valid_from": "01/07/2025",
        "valid_to": "",
    } | fields


def test_agency_is_added_with_a_letterhead_line_by_line(client):
    response = client.post(f"{AGENCIES}add/", agency_form())

    assert response.status_code == 302
    agency = Agency.objects.get(slug="so-moi")
    assert agency.letterhead == [{"text": "UBND TỈNH LẠNG SƠN", "bold": False}, {"text": "SỞ MỚI", "bold": True}]
    assert (agency.signer_lines, agency.valid_from) == (["GIÁM ĐỐC"], datetime.date(2025, 7, 1))


def test_agency_shows_its_letterhead_as_it_is_typed_and_saves_it_unchanged(client, agency):
    page = client.get(f"{AGENCIES}{agency.pk}/change/")
    form = page.context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields}
    assert typed["letterhead"] == "UBND tỉnh Lạng Sơn\n*Sở Y tế"

    typed |= {"valid_from": "01/01/2004", "successors": [], "slug": "doi-ten", "telephone": "0205 3811 111"}
    assert client.post(f"{AGENCIES}{agency.pk}/change/", typed).status_code == 302

    before = agency.letterhead
    agency.refresh_from_db()
    assert (agency.letterhead, agency.signer_lines) == (before, ["GIÁM ĐỐC"])
    assert (agency.slug, agency.telephone) == ("so-y-te", "0205 3811 111")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"letterhead": "* \n"}, {"letterhead": ["Mục này bắt buộc phải điền hoặc chọn."]}),
        ({"slug": "so-y-te"}, {"slug": ["Cơ quan với Tên trong địa chỉ này đã tồn tại."]}),
        ({"valid_to": "01/01/2020"}, {"__all__": ["Ngày kết thúc phải bằng hoặc sau ngày bắt đầu."]}),
        ({"parent": "abc"}, {"parent": ["Lựa chọn này không có trong danh sách. Vui lòng chọn lại."]}),
    ],
)
def test_bad_agency_is_explained_and_not_made(client, agency, fields, expected):
    response = client.post(f"{AGENCIES}add/", agency_form(**fields))

    assert errors(response) == expected


def test_agency_is_found_without_tone_marks(client, agency, other_agency):
    page = client.get(f"{AGENCIES}?q=so+y+te").content.decode()

    assert "Sở Y tế" in page
    assert "Sở Tư pháp" not in page


# The plan


def test_plan_is_looked_at_and_not_changed(client, cycle):
    address = f"/quan-tri/assignments/plan/{cycle.plan.pk}/change/"

    assert "96/KH-UBND" in client.get(address).content.decode()
    assert client.post(address, {"title": "Khác"}).status_code == 403
    assert client.get("/quan-tri/assignments/plan/add/").status_code == 403


def test_plan_has_one_focal_agency(client, cycle, agency):
    participant = Participant.objects.get(agency=agency)

    response = client.post(
        f"/quan-tri/assignments/participant/{participant.pk}/change/",
        {"role": "focal", "agency": agency.pk, "members": []},
    )

    assert errors(response) == {
        "role": ["Kế hoạch chỉ có một cơ quan đầu mối, hiện là: Sở Lao động - Thương binh và Xã hội."]
    }


def test_assignment_is_added_and_later_ended(client, cycle, agency):
    task = Task.objects.get(code="ND-1.1")
    form = {"task": task.pk, "agency": agency.pk, "part": "lead", "valid_from": "01/01/2026", "valid_to": ""}
    assert client.post("/quan-tri/assignments/assignment/add/", form).status_code == 302
    assignment = Assignment.objects.get()

    again = client.post("/quan-tri/assignments/assignment/add/", form)
    assert list(errors(again)) == ["__all__"]

    ended = form | {"agency": "1", "valid_to": "31/12/2026"}
    assert client.post(f"/quan-tri/assignments/assignment/{assignment.pk}/change/", ended).status_code == 302
    assignment.refresh_from_db()
    assert (assignment.agency, assignment.valid_to) == (agency, datetime.date(2026, 12, 31))


# Dates


JUMP_REFUSED = "Mức phải giải thích phải từ 1% đến 1.000%. Vui lòng nhập lại."


def test_dates_of_a_year_are_read_here_and_changed_on_their_own_page(client, cycle):
    page = client.get(f"{CYCLES}{cycle.pk}/change/").content.decode()
    response = client.post(f"{CYCLES}{cycle.pk}/change/", {"jump_percent": "30", "data_to": "05/11/2026"})

    assert response.status_code == 302
    cycle.refresh_from_db()
    assert cycle.data_to == datetime.date(2026, 10, 31)
    assert 'href="/96-kh-ubnd-2018/2026/ky-bao-cao/"' in page


@pytest.mark.parametrize("percent", ["0", "1001"])
def test_bad_limit_is_explained(client, cycle, percent):
    response = client.post(f"{CYCLES}{cycle.pk}/change/", {"jump_percent": percent})

    assert errors(response) == {"jump_percent": [JUMP_REFUSED]}


@pytest.mark.parametrize("percent", [1, 1000])
def test_limit_above_which_a_figure_is_explained_is_set_for_a_year(client, cycle, percent):
    response = client.post(f"{CYCLES}{cycle.pk}/change/", {"jump_percent": str(percent)})

    assert response.status_code == 302
    cycle.refresh_from_db()
    assert cycle.jump_percent == percent


def test_days_off_are_corrected_with_a_reason_on_the_years_page_and_not_here(client, db):
    day = CalendarException.objects.create(day=datetime.date(2026, 11, 9), is_working_day=False, note="Nghỉ bù")
    form = {"day": "10/11/2026", "is_working_day": "", "note": ""}

    assert client.get("/quan-tri/reports/calendarexception/").status_code == 200
    for address in ("add/", f"{day.pk}/change/", f"{day.pk}/delete/"):
        assert client.post(f"/quan-tri/reports/calendarexception/{address}", form).status_code == 403
    assert CalendarException.objects.as_corrections() == {datetime.date(2026, 11, 9): False}
