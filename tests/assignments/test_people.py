"""Agencies' people: who sees them, who is invited by whom, and how a role ends."""

import datetime
import re

import pytest
from django.test import Client

from assignments.models import Membership, Role, User
from tests import factories

PAGE = "/co-quan/so-y-te/"
INVITE = "/co-quan/so-y-te/invite/"
TODAY = datetime.date(2026, 10, 20)
YESTERDAY = datetime.date(2026, 10, 19)


@pytest.fixture(autouse=True)
def today(time_machine):
    # In UTC it is still the day before.
    time_machine.move_to("2026-10-20 00:30+07:00")


def invitation(**fields):
    return {
        "email": "moi@so-y-te.example",
        "full_name": "Lương Thị Mới",
        "telephone": "0912 000 111",
        "role": "clerk",
        "position": "Chuyên viên",
        "signer_lines": "",
    } | fields


def said(response):
    return [str(message) for message in response.context["messages"]]


# Seeing


def test_colleagues_are_listed_heads_first_with_role_and_contact(client, clerk, head, agency):
    factories.MembershipFactory(
        agency=agency, user=factories.UserFactory(full_name="Bế Văn An", email="an@so-y-te.example")
    )
    gone = factories.MembershipFactory(agency=agency, valid_to=YESTERDAY)
    client.force_login(clerk)

    page = client.get(PAGE).content.decode()

    names = re.findall(r'<th scope="row">([^<]+)<', page)
    assert names == ["Hoàng Văn Đứng", "Bế Văn An", "Nông Thị Chuyên"]
    assert gone.user.full_name not in page
    assert "Lãnh đạo đơn vị" in page
    assert 'href="mailto:lanhdao@so-y-te.example"' in page
    assert "Phó Giám đốc" in page


def test_clerk_sees_no_buttons(client, clerk, head):
    client.force_login(clerk)

    page = client.get(PAGE).content.decode()

    assert "/invite/" not in page
    assert "/end/" not in page


def test_other_agencies_people_answer_as_if_there_were_none(client, clerk, other_agency_clerk):
    client.force_login(clerk)

    there = client.get("/co-quan/so-tu-phap/")
    nowhere = client.get("/co-quan/khong-co/")

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert "Lý Thị Khác" not in there.content.decode()


def test_page_tells_who_was_invited_and_who_never_signed_in(client, head, agency):
    for name, fields in {
        "Đã Mời": {"password": "!", "invited_at": datetime.datetime(2026, 10, 5, 18, 0, tzinfo=datetime.UTC)},
        "Chưa Mời": {"password": "!"},
        "Chưa Vào": {},
        "Đã Nghỉ": {"is_active": False},
        "Đã Vào": {"last_login": datetime.datetime(2026, 10, 7, 1, 0, tzinfo=datetime.UTC)},
    }.items():
        factories.MembershipFactory(agency=agency, user=factories.UserFactory(full_name=name, **fields))
    client.force_login(head)

    page = client.get(PAGE).content.decode()

    rows = {
        re.search(r'<th scope="row">([^<]+)<', row)[1]: " ".join(re.sub("<[^>]+>", " ", row).split())
        for row in re.findall(r"<tr>\s*<th.*?</tr>", page, re.DOTALL)
        if 'th scope="row"' in row
    }
    assert "Chưa đặt mật khẩu mời ngày 06/10/2026" in rows["Đã Mời"]
    assert "Gửi lại thư mời" in rows["Đã Mời"]
    assert "Chưa mời" in rows["Chưa Mời"]
    assert "Chưa đăng nhập" in rows["Chưa Vào"]
    assert "Ngừng hoạt động" in rows["Đã Nghỉ"]
    assert "Đã đăng nhập gần nhất 07/10/2026" in rows["Đã Vào"]
    assert "Gửi lại thư mời" not in rows["Đã Vào"]


def test_administrator_lists_agencies_with_those_first_that_nobody_can_be_reached_in(
    client, administrator, clerk, focal_agency, budget_agency, officer
):
    closed = factories.UserFactory(is_active=False)
    factories.MembershipFactory(agency=budget_agency, user=closed)
    client.force_login(administrator)

    page = client.get("/co-quan/").content.decode()

    rows = re.findall(r'<th scope="row"><a href="/co-quan/([\w-]+)/">', page)
    assert rows == [
        "so-lao-dong-thuong-binh-va-xa-hoi",  # an officer writes no report
        "so-tai-chinh",  # its only account is closed
        "so-y-te",
        "uy-ban-nhan-dan-tinh",  # owes none
    ]
    assert re.findall(r'data-title="Số người dùng">(\d+)<', page) == ["1", "0", "1", "1"]
    assert "2 cơ quan phải báo cáo chưa có đầu mối" in page


def test_list_of_agencies_takes_as_many_queries_with_many_agencies(
    client, administrator, clerk, django_assert_max_num_queries
):
    client.force_login(administrator)
    with django_assert_max_num_queries(20) as few:
        client.get("/co-quan/")
    factories.MembershipFactory.create_batch(30)

    with django_assert_max_num_queries(len(few)):
        client.get("/co-quan/")


def test_page_of_people_takes_as_many_queries_with_many_people(client, head, agency, django_assert_max_num_queries):
    client.force_login(head)
    with django_assert_max_num_queries(20) as few:
        client.get(PAGE)
    factories.MembershipFactory.create_batch(30, agency=agency)

    with django_assert_max_num_queries(len(few)):
        client.get(PAGE)


# Inviting


def test_head_invites_a_clerk_who_gets_an_account_without_password_and_a_link(
    client, head, agency, worker, mailoutbox
):
    client.force_login(head)

    with worker():
        response = client.post(INVITE, invitation(email="MOI@so-y-te.example"), follow=True)

    assert response.redirect_chain == [(PAGE, 302)]
    assert said(response) == ["Đã thêm người dùng và gửi thư tới moi@so-y-te.example."]
    membership = Membership.objects.get(user__email="moi@so-y-te.example")
    assert (membership.agency, membership.role, membership.position) == (agency, Role.CLERK, "Chuyên viên")
    assert (membership.valid_from, membership.valid_to) == (TODAY, None)
    assert (membership.user.full_name, membership.user.telephone) == ("Lương Thị Mới", "0912 000 111")
    assert not membership.user.has_usable_password()
    assert membership.user.invited_at is not None
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["moi@so-y-te.example"], "Mời sử dụng Cổng theo dõi kế hoạch")
    ]
    link = re.search(r"http://127\.0\.0\.1:8000(/tai-khoan/mat-khau/\S+/)", mailoutbox[0].body)[1]
    newcomer = Client()
    address = newcomer.get(link)["Location"]
    page = newcomer.post(
        address, {"password1": "chợ-Kỳ-Lừa-họp-sáng", "password2": "chợ-Kỳ-Lừa-họp-sáng"}, follow=True
    )
    assert page.redirect_chain == [("/", 302)]
    assert newcomer.get(PAGE).status_code == 200


def test_invited_head_keeps_the_lines_they_sign_with(client, head, agency):
    client.force_login(head)

    client.post(
        INVITE, invitation(role="head", position="Phó  Giám đốc\n", signer_lines=" KT.  GIÁM ĐỐC\n\nPHÓ GIÁM ĐỐC ")
    )

    membership = Membership.objects.get(user__email="moi@so-y-te.example")
    assert membership.signer_lines == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]
    assert membership.position == "Phó Giám đốc"


@pytest.mark.parametrize("role", ["officer", "budget_officer", "leader", "administrator", "no-such-role", ""])
def test_head_gives_no_role_beyond_clerk_and_head(client, head, role):
    client.force_login(head)

    response = client.post(INVITE, invitation(role=role))

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["role"]
    assert not User.objects.filter(email="moi@so-y-te.example").exists()


@pytest.mark.parametrize("role", list(Role))
def test_administrator_gives_every_role(client, administrator, plan, agency, role):
    plan.recipient_agencies.add(agency)
    client.force_login(administrator)

    client.post(INVITE, invitation(role=role))

    assert Membership.objects.get(user__email="moi@so-y-te.example").role == role


LEADERS_ONLY_AMONG_RECIPIENTS = (
    "Vai trò lãnh đạo tỉnh chỉ giao được trong cơ quan có tên riêng ở mục Nơi nhận của kế hoạch, như Ủy ban nhân dân "
    "tỉnh, Tỉnh ủy, Hội đồng nhân dân tỉnh. Hãy mở trang của cơ quan đó, hoặc chọn vai trò khác."
)


def test_leader_is_invited_only_into_a_body_that_a_plan_goes_to(client, administrator, agency, plan, province):
    plan.recipient_agencies.add(province)
    client.force_login(administrator)

    refused = client.post(INVITE, invitation(role="leader"))
    client.post("/co-quan/uy-ban-nhan-dan-tinh/invite/", invitation(role="leader", email="moi@langson.example"))

    assert LEADERS_ONLY_AMONG_RECIPIENTS in refused.content.decode()
    assert list(Membership.objects.filter(role=Role.LEADER).values_list("agency__slug", "user__email")) == [
        ("uy-ban-nhan-dan-tinh", "moi@langson.example")
    ]
    assert not User.objects.filter(email="moi@so-y-te.example").exists()


def test_leader_of_a_body_that_no_plan_goes_to_any_more_is_ended_and_not_replaced(client, administrator, agency):
    membership = factories.MembershipFactory(agency=agency, role=Role.LEADER)
    client.force_login(administrator)

    refused = client.post(
        f"{PAGE}hand-over/", invitation(replaced=membership.pk, last_day="20/10/2026", replacement="")
    )
    client.post(f"{PAGE}end/{membership.pk}/")

    assert LEADERS_ONLY_AMONG_RECIPIENTS in refused.content.decode()
    membership.refresh_from_db()
    assert membership.valid_to == YESTERDAY


def test_clerk_who_posts_an_invitation_is_refused(client, clerk):
    client.force_login(clerk)

    response = client.post(INVITE, invitation())

    assert response.status_code == 403
    assert not User.objects.filter(email="moi@so-y-te.example").exists()


def test_head_of_one_agency_invites_nobody_into_another(client, head, other_agency):
    client.force_login(head)

    response = client.post("/co-quan/so-tu-phap/invite/", invitation())

    assert response.status_code == 404
    assert not User.objects.filter(email="moi@so-y-te.example").exists()


def test_existing_account_gets_a_further_role_and_keeps_its_name(
    client, head, agency, other_agency_clerk, worker, mailoutbox
):
    client.force_login(head)

    with worker():
        response = client.post(
            INVITE, invitation(email="ChuyenVien@so-tu-phap.example", full_name="Lý Thị Khác"), follow=True
        )

    assert said(response) == ["Đã thêm người dùng và gửi thư tới chuyenvien@so-tu-phap.example."]
    other_agency_clerk.refresh_from_db()
    assert (other_agency_clerk.full_name, other_agency_clerk.telephone) == ("Lý Thị Khác", "")
    assert other_agency_clerk.check_password(factories.PASSWORD)
    assert other_agency_clerk.memberships.filter(agency=agency, role=Role.CLERK).exists()
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["chuyenvien@so-tu-phap.example"], "Thêm vai trò trên Cổng theo dõi kế hoạch")
    ]
    assert "- Chuyên viên báo cáo, Sở Y tế" in mailoutbox[0].body
    assert "mat-khau" not in mailoutbox[0].body


def test_address_of_somebody_with_another_name_is_not_given_a_role_here(client, head, agency, other_agency_clerk):
    client.force_login(head)

    response = client.post(INVITE, invitation(email="chuyenvien@so-tu-phap.example", full_name="Ai Đó Khác"))

    [words] = response.context["invite_form"].errors["email"]
    assert words.startswith("Địa chỉ này đã có tài khoản mang tên khác. Hãy kiểm tra lại địa chỉ;")
    assert 'value="Ai Đó Khác"' in response.content.decode()
    assert "Lý Thị Khác" not in response.content.decode()
    assert not other_agency_clerk.memberships.filter(agency=agency).exists()


def test_closed_account_that_is_invited_gets_no_mail_and_stays_closed(
    client, head, other_agency_clerk, worker, mailoutbox
):
    User.objects.filter(pk=other_agency_clerk.pk).update(is_active=False)
    client.force_login(head)

    with worker():
        response = client.post(
            INVITE, invitation(email=other_agency_clerk.email, full_name=other_agency_clerk.full_name), follow=True
        )

    assert said(response) == ["Đã thêm người dùng và gửi thư tới chuyenvien@so-tu-phap.example."]
    assert mailoutbox == []
    assert not User.objects.get(pk=other_agency_clerk.pk).is_active


def test_role_that_a_person_has_already_is_refused_at_the_address(client, head, clerk):
    client.force_login(head)

    response = client.post(INVITE, invitation(email=clerk.email))

    assert response.context["form"].errors == {"email": ["Người này đã có vai trò này trong cơ quan."]}
    assert clerk.memberships.count() == 1


def test_bad_invitation_keeps_what_was_typed_and_links_to_each_error(client, head):
    client.force_login(head)

    response = client.post(
        INVITE,
        invitation(email="so-y-te", full_name=" ", signer_lines="A\nB\nC\nD\nE", position="P" * 101),
    )

    page = response.content.decode()
    assert re.findall(r'<li><a href="#(\w+)">', page) == [
        "id_email",
        "id_full_name",
        "id_position",
        "id_signer_lines",
    ]
    assert 'value="so-y-te"' in page
    assert "0912 000 111" in page
    assert response.context["form"].errors["signer_lines"] == ["Chỉ được nhập tối đa 4 dòng. Vui lòng bớt dòng."]


def test_line_to_sign_with_is_short(client, head):
    client.force_login(head)

    response = client.post(INVITE, invitation(signer_lines="Đ" * 81))

    assert response.context["form"].errors == {
        "signer_lines": ["Mỗi dòng chỉ được tối đa 80 ký tự. Vui lòng rút ngắn."]
    }


def test_name_cannot_smuggle_lines_into_the_mail(client, head, worker, mailoutbox):
    client.force_login(head)

    with worker():
        client.post(INVITE, invitation(full_name="Lương\nThị\r\n\r\nMới\x00"))

    assert "Ông/Bà Lương Thị Mới\n" in mailoutbox[0].body


# Inviting again


def _invited(agency, **fields):
    user = factories.UserFactory(email="cho@so-y-te.example", password="!", **fields)
    return factories.MembershipFactory(agency=agency, user=user)


def test_invitation_is_sent_again_with_a_link_that_works(client, head, agency, worker, mailoutbox):
    membership = _invited(agency)
    client.force_login(head)

    with worker():
        response = client.post(f"{INVITE}{membership.pk}/", follow=True)

    assert said(response) == ["Đã gửi lại thư mời tới cho@so-y-te.example."]
    assert [mail.to for mail in mailoutbox] == [["cho@so-y-te.example"]]
    link = re.search(r"http://127\.0\.0\.1:8000(/tai-khoan/mat-khau/\S+/)", mailoutbox[0].body)[1]
    assert Client().get(link).status_code == 302


def test_who_has_a_password_is_not_invited_again(client, head, clerk, worker, mailoutbox):
    client.force_login(head)

    with worker():
        response = client.post(f"{INVITE}{clerk.memberships.get().pk}/", follow=True)

    assert said(response) == [
        "Nông Thị Chuyên đã đặt mật khẩu. Khi quên, người dùng chọn “Quên mật khẩu” ở trang đăng nhập."
    ]
    assert mailoutbox == []


def test_officer_of_the_focal_agency_is_not_its_heads_to_invite_again(
    client, focal_head, officer, worker, mailoutbox
):
    User.objects.filter(pk=officer.pk).update(password="!")
    membership = officer.memberships.get()
    client.force_login(focal_head)

    with worker():
        response = client.post(f"/co-quan/so-lao-dong-thuong-binh-va-xa-hoi/invite/{membership.pk}/")

    assert response.status_code == 403
    assert mailoutbox == []


@pytest.mark.parametrize("action", ["invite", "end"])
def test_membership_of_another_agency_answers_as_one_that_is_not_there(client, head, other_agency_clerk, action):
    foreign = other_agency_clerk.memberships.get()
    client.force_login(head)

    answers = [
        client.post(f"{PAGE}{action}/{number}/").status_code for number in (foreign.pk, 999_999, 2**63, 10**30)
    ]

    assert answers == [404, 404, 404, 404]
    foreign.refresh_from_db()
    assert foreign.valid_to is None


# Ending a role


def end(client, membership):
    """End a role, said twice where it is an agency's last."""
    return client.post(f"{PAGE}end/{membership.pk}/", {"even_last": "on"}, follow=True)


def test_head_ends_a_role_which_stays_on_record_and_no_longer_opens_anything(client, head, clerk):
    membership = clerk.memberships.get()
    clerks = Client()
    clerks.force_login(clerk)
    assert clerks.get(PAGE).status_code == 200
    client.force_login(head)

    response = end(client, membership)

    assert said(response) == ["Nông Thị Chuyên đã thôi vai trò chuyên viên báo cáo của Sở Y tế."]
    membership.refresh_from_db()
    assert (membership.valid_from, membership.valid_to) == (datetime.date(2018, 1, 1), YESTERDAY)
    assert clerks.get(PAGE).status_code == 404
    assert clerks.get("/").status_code == 200


def test_role_that_began_today_ends_at_once_too(client, head, agency):
    membership = _invited(agency)
    Membership.objects.filter(pk=membership.pk).update(valid_from=TODAY)
    client.force_login(head)

    end(client, membership)

    membership.refresh_from_db()
    assert (membership.valid_from, membership.valid_to) == (YESTERDAY, YESTERDAY)
    assert agency.memberships.current().count() == 1


def test_role_that_was_ended_by_mistake_goes_on_when_invited_again(client, head, clerk):
    membership = clerk.memberships.get()
    client.force_login(head)

    for _ in range(2):
        end(client, membership)
        client.post(INVITE, invitation(email=clerk.email, position="Phó Trưởng phòng"))

    membership.refresh_from_db()
    assert (membership.valid_from, membership.valid_to) == (datetime.date(2018, 1, 1), None)
    assert membership.position == "Phó Trưởng phòng"
    assert clerk.memberships.count() == 1


def test_newcomer_is_invited_and_ended_twice_in_one_day(client, head):
    client.force_login(head)

    for _ in range(2):
        client.post(INVITE, invitation())
        end(client, Membership.objects.get(user__email="moi@so-y-te.example"))

    membership = Membership.objects.get(user__email="moi@so-y-te.example")
    assert (membership.valid_from, membership.valid_to) == (YESTERDAY, YESTERDAY)


def test_role_that_ended_long_ago_begins_anew(client, head, clerk):
    clerk.memberships.update(valid_to=datetime.date(2020, 12, 31))
    client.force_login(head)

    client.post(INVITE, invitation(email=clerk.email))

    assert list(clerk.memberships.order_by("valid_from").values_list("valid_from", "valid_to")) == [
        (datetime.date(2018, 1, 1), datetime.date(2020, 12, 31)),
        (TODAY, None),
    ]


def test_clerk_ends_nobodys_role(client, clerk, head):
    client.force_login(clerk)

    response = end(client, head.memberships.get())

    assert response.status_code == 403
    assert head.memberships.get().valid_to is None


def test_head_who_ends_their_own_role_lands_on_home(client, head):
    client.force_login(head)

    response = end(client, head.memberships.get())

    assert response.redirect_chain == [("/", 302)]


def test_administrator_does_not_end_their_own_last_role(client, administrator):
    membership = administrator.memberships.get()
    client.force_login(administrator)

    response = client.post(f"/co-quan/uy-ban-nhan-dan-tinh/end/{membership.pk}/", follow=True)

    assert said(response) == ["Không thể tự thôi vai trò quản trị hệ thống. Hãy nhờ người quản trị khác."]
    membership.refresh_from_db()
    assert membership.valid_to is None


def test_administrator_ends_another_administrators_role_and_one_of_two_of_their_own(
    client, administrator, province, agency
):
    other = factories.MembershipFactory(agency=province, role=Role.ADMINISTRATOR)
    second = factories.MembershipFactory(agency=agency, user=administrator, role=Role.ADMINISTRATOR)
    client.force_login(administrator)

    client.post(f"/co-quan/uy-ban-nhan-dan-tinh/end/{other.pk}/")
    end(client, second)

    assert [m.valid_to for m in Membership.objects.filter(pk__in=[other.pk, second.pk])] == [YESTERDAY, YESTERDAY]


def test_membership_of_a_day_gone_by_is_not_there_to_end(client, head, clerk):
    clerk.memberships.update(valid_to=YESTERDAY)
    client.force_login(head)

    assert end(client, clerk.memberships.get()).status_code == 404


@pytest.mark.parametrize("address", ["invite/", "invite/1/", "end/1/"])
def test_actions_are_by_post_alone(client, head, address):
    client.force_login(head)

    assert client.get(PAGE + address).status_code == 405
