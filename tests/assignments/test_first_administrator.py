"""The link that makes the first administrator: printed, used once, dead afterwards."""

import datetime
import io

import pytest
from django.core import signing
from django.core.management import call_command
from django.test import Client

from assignments.models import Membership, Role, User
from tests import factories
from tests.simultaneous import at_the_same_moment

PASSWORD = "đường-lên-Mẫu-Sơn"
FORM = {
    "full_name": "Chu Văn Trị",
    "email": "Quan.Tri@langson.example",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


def printed():
    out = io.StringIO()
    call_command("first_administrator_link", stdout=out)
    return out.getvalue()


def link():
    return printed().strip().removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def administrators(db):
    return Membership.objects.filter(role=Role.ADMINISTRATOR)


def test_command_prints_one_line_the_link_alone(settings, focal_agency):
    settings.SITE_URL = "https://plan.example"

    lines = printed().splitlines()

    assert len(lines) == 1
    assert lines[0].startswith("https://plan.example/thiet-lap/quan-tri-dau-tien/")


def test_command_prints_nothing_where_there_is_an_administrator(administrator):
    assert printed() == ""


@pytest.mark.parametrize("lost", ["closed", "ended"])
def test_command_prints_again_where_the_only_administrator_is_gone(focal_agency, administrator, lost):
    if lost == "closed":
        User.objects.update(is_active=False)
    else:
        administrator.memberships.update(valid_to=datetime.date(2020, 1, 1))

    assert "/thiet-lap/" in printed()


def test_link_makes_an_administrator_of_the_focal_agency_and_signs_in(client, focal_agency, administrators):
    address = link()
    assert client.get(address).status_code == 200

    response = client.post(address, FORM, follow=True)

    assert response.redirect_chain == [("/", 302)]
    assert "Việc thiết lập hệ thống" in response.content.decode()
    membership = administrators.get()
    assert (membership.agency, membership.user.email) == (focal_agency, "quan.tri@langson.example")
    assert membership.user.check_password(PASSWORD)
    assert client.get("/quan-tri/").status_code == 200


def test_link_is_dead_once_used_even_when_its_administrator_is_gone(client, focal_agency, administrators):
    address = link()
    client.post(address, FORM)
    client.logout()

    for answer in (client.get(address), client.post(address, FORM | {"email": "hai@langson.example"})):
        assert answer.status_code == 404
        assert "hệ thống đã có người quản trị" in answer.content.decode()
    User.objects.update(is_active=False)
    assert client.post(address, FORM | {"email": "hai@langson.example"}).status_code == 404
    assert administrators.count() == 1
    assert client.get(link()).status_code == 200


def test_link_lasts_seven_days(client, focal_agency, time_machine):
    time_machine.move_to("2026-10-01 08:00+07:00")
    address = link()

    time_machine.move_to("2026-10-08 07:59+07:00")
    assert client.get(address).status_code == 200
    time_machine.move_to("2026-10-08 08:01+07:00")
    expired = client.get(address)
    assert expired.status_code == 404
    assert "Đường dẫn này đã quá 7 ngày" in expired.content.decode()
    assert "first_administrator_link" in expired.content.decode()


@pytest.mark.parametrize("token", ["abc", "MA:1aaaaa:bbbb", "%00", "ế", "signed for something else"])
def test_link_that_was_not_printed_here_says_what_to_do(client, focal_agency, administrators, token):
    if token == "signed for something else":
        token = signing.dumps(0, salt="something else")

    response = client.post(f"/thiet-lap/quan-tri-dau-tien/{token}/", FORM)

    assert response.status_code == 404
    assert "Đường dẫn này không đúng." in response.content.decode()
    assert administrators.count() == 0


def test_link_without_a_plan_asks_to_load_one(client, db):
    assert "Hãy nạp kế hoạch (manage.py load_plan)" in client.get(link()).content.decode()


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"password2": "khác"}, {"password2": ["Hai lần nhập mật khẩu không giống nhau. Vui lòng nhập lại."]}),
        (
            {"password1": "ngắn quá", "password2": "ngắn quá"},
            {"password1": ["Mật khẩu này quá ngắn. Mật khẩu phải có ít nhất 10 ký tự."]},
        ),
        (
            {"password1": "chu văn trị", "password2": "chu văn trị"},
            {"password1": ["Mật khẩu quá giống với họ và tên. Vui lòng chọn mật khẩu khác."]},
        ),
        ({"full_name": " "}, {"full_name": ["Mục này bắt buộc phải điền hoặc chọn."]}),
        (
            {"email": "CO-ROI@langson.example"},
            {"email": ["Địa chỉ này đã có tài khoản. Hãy dùng địa chỉ khác."]},
        ),
        (
            {"email": "quan tri"},
            {"email": ["Địa chỉ thư điện tử không hợp lệ. Vui lòng nhập đúng dạng, ví dụ: hoten@coquan.gov.vn"]},
        ),
    ],
)
def test_wrong_input_is_explained_and_makes_nobody(client, focal_agency, administrators, fields, errors):
    factories.UserFactory(email="co-roi@langson.example")

    response = client.post(link(), FORM | fields)

    assert response.context["form"].errors == errors
    assert administrators.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_make_one_administrator(focal_agency, administrators):
    address = link()

    def post_as(email):
        return lambda: Client().post(address, FORM | {"email": email}).status_code

    answers = at_the_same_moment([post_as("mot@langson.example"), post_as("hai@langson.example")])

    assert sorted(answers) == [302, 404]
    assert administrators.count() == 1
    assert User.objects.count() == 1
