"""Signing in and out, setting and changing a password: what people see, and what a guesser does not."""

import re
import unicodedata

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher, identify_hasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assignments import account_mails, addresses
from assignments.models import User
from tests import factories

pytestmark = pytest.mark.long

NEW_PASSWORD = "chợ-Kỳ-Lừa-họp-sáng"
WRONG = "Địa chỉ thư điện tử hoặc mật khẩu không đúng. Vui lòng kiểm tra và nhập lại."
LOGIN = "/tai-khoan/dang-nhap/"
RESET = "/tai-khoan/quen-mat-khau/"


def sign_in(client, email, password=factories.PASSWORD, **fields):
    return client.post(LOGIN, {"login": email, "password": password} | fields)


def errors(response):
    """Return what the linked summary of errors says."""
    return [str(error) for errors in response.context["form"].errors.values() for error in errors]


def visible(response):
    """Return the page without what differs on every answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def is_signed_in(client):
    return "_auth_user_id" in client.session


# Signing in


@pytest.mark.parametrize("email", ["chuyenvien@so-y-te.example", " ChuyenVien@SO-Y-TE.example "])
def test_sign_in_with_address_in_any_capitals_lands_on_home(client, clerk, email):
    response = sign_in(client, email)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(clerk.pk)


def test_sign_in_page_names_its_fields_for_password_managers_and_offers_no_sign_up(client, db):
    page = client.get(LOGIN).content.decode()

    assert re.findall(r'<input type="(\w+)" name="(\w+)" autocomplete="([\w-]+)"', page) == [
        ("email", "login", "username"),
        ("password", "password", "current-password"),
    ]
    assert re.findall(r'<label\s+for="(\w+)"[^>]*>\s*([^<]+?)<', page) == [
        ("id_login", "Địa chỉ thư điện tử"),
        ("id_password", "Mật khẩu"),
    ]
    assert reverse("account_signup") not in page
    assert reverse("account_reset_password") in page


def test_sign_in_never_stores_a_second_copy_of_the_address(client, clerk):
    sign_in(client, clerk.email)
    account_mails.password_link(clerk)

    assert EmailAddress.objects.count() == 0


def _without_password(user):
    user.set_unusable_password()
    user.save()


def _closed(user):
    user.is_active = False
    user.save()


@pytest.mark.parametrize(
    ("prepare", "email", "password"),
    [
        (None, "chuyenvien@so-y-te.example", "sai-mat-khau-roi"),
        (None, "khong-co-ai@so-y-te.example", factories.PASSWORD),
        (_closed, "chuyenvien@so-y-te.example", factories.PASSWORD),
        (_closed, "chuyenvien@so-y-te.example", "sai-mat-khau-roi"),
        (_without_password, "chuyenvien@so-y-te.example", factories.PASSWORD),
    ],
    ids=["wrong password", "unknown", "closed, right password", "closed, wrong password", "no password yet"],
)
def test_refused_sign_in_says_and_costs_the_same_whoever_asks(client, clerk, monkeypatch, prepare, email, password):
    if prepare:
        prepare(clerk)
    hashed = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda *args, real=real, name=name: hashed.append(name) or real(*args)
        )

    response = sign_in(client, email, password)

    assert (response.status_code, errors(response)) == (200, [WRONG])
    assert visible(response).replace(email, "") == visible(sign_in(client, "ai-do@example.vn")).replace(
        "ai-do@example.vn", ""
    )
    assert len(hashed) == 2  # one for each of the two answers
    assert not is_signed_in(client)


def test_password_is_kept_as_argon2(clerk):
    assert identify_hasher(clerk.password).algorithm == "argon2"


def test_password_typed_in_decomposed_letters_is_the_same_password(client, clerk):
    clerk.set_password("mật-khẩu-tiếng-Việt")
    clerk.save()

    sign_in(client, clerk.email, unicodedata.normalize("NFD", "mật-khẩu-tiếng-Việt"))

    assert is_signed_in(client)


# Where it leads


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.com/",
        "//example.com/",
        "/\\example.com",
        "http:///example.com",
        "javascript:alert(1)",
        "https://testserver.example.com/",
        "\thttps://example.com",
    ],
)
def test_next_on_another_host_is_ignored(client, clerk, elsewhere):
    response = sign_in(client, clerk.email, next=elsewhere)

    assert response["Location"] == "/"


def test_next_on_our_own_host_is_followed(client, clerk):
    page = client.get("/co-quan/so-y-te/")
    assert page["Location"] == f"{LOGIN}?next=/co-quan/so-y-te/"

    form = client.get(page["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/co-quan/so-y-te/">' in form
    assert sign_in(client, clerk.email, next="/co-quan/so-y-te/")["Location"] == "/co-quan/so-y-te/"


def test_sign_in_page_sends_who_is_signed_in_home_and_not_elsewhere(client, clerk):
    client.force_login(clerk)

    assert client.get(LOGIN)["Location"] == "/"
    assert client.get(f"{LOGIN}?next=https://example.com/")["Location"] == "/"


# Signing out


def test_sign_out_by_post_ends_the_session(client, clerk):
    client.force_login(clerk)

    response = client.post("/tai-khoan/dang-xuat/", follow=True)

    assert response.redirect_chain == [(LOGIN, 302)]
    assert [str(message) for message in response.context["messages"]] == ["Bạn đã đăng xuất."]
    assert not is_signed_in(client)


def test_sign_out_by_get_asks_first(client, clerk):
    client.force_login(clerk)

    response = client.get("/tai-khoan/dang-xuat/")

    assert response.status_code == 200
    assert is_signed_in(client)


def test_sign_up_is_closed_by_get_and_post(client, db):
    for response in (
        client.get("/tai-khoan/dang-ky/"),
        client.post("/tai-khoan/dang-ky/", {"email": "a@b.vn", "password1": NEW_PASSWORD}),
    ):
        assert "Tài khoản được cấp qua thư mời." in response.content.decode()
        assert "<form" not in response.content.decode()
    assert User.objects.count() == 0


def test_closed_account_is_signed_out_at_once(client, clerk):
    client.force_login(clerk)
    _closed(clerk)

    assert client.get("/co-quan/so-y-te/")["Location"] == f"{LOGIN}?next=/co-quan/so-y-te/"


# Forgetting a password


def test_reset_mails_a_link_that_sets_a_password_once(client, clerk, worker, mailoutbox):
    with worker():
        response = client.post(RESET, {"email": "ChuyenVien@so-y-te.example"}, follow=True)
    assert response.redirect_chain == [("/tai-khoan/quen-mat-khau/da-gui/", 302)]
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([clerk.email], "Đặt lại mật khẩu Cổng theo dõi kế hoạch")
    ]
    (link,) = set(re.findall(r"http://127\.0\.0\.1:8000(/tai-khoan/mat-khau/\S+/)", mailoutbox[0].body))

    form = client.get(link, follow=True)
    assert f"Tài khoản: {clerk.email}" in form.content.decode()
    address = form.redirect_chain[-1][0]
    assert address.endswith("-set-password/")
    done = client.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert done["Location"] == "/"
    assert is_signed_in(client)
    clerk.refresh_from_db()
    assert clerk.check_password(NEW_PASSWORD)

    client.logout()
    again = client.get(link, follow=True)
    assert "Đường dẫn không còn dùng được" in again.content.decode()


def test_password_set_by_link_confirms_the_address_and_ends_what_a_server_said_of_it(client, clerk):
    addresses.mark_refused(clerk.email, "550 5.1.1 No such mailbox", now=timezone.now())
    link = account_mails.password_link(clerk).removeprefix("http://127.0.0.1:8000")
    page = client.get(link, follow=True)
    clerk.refresh_from_db()
    assert (clerk.address_is_refused, clerk.address_is_confirmed) == (True, False)

    client.post(page.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    clerk.refresh_from_db()
    assert (clerk.address_is_refused, clerk.address_is_confirmed, clerk.refusal) == (False, True, "")


def test_refused_password_leaves_the_address_unconfirmed(client, clerk):
    link = account_mails.password_link(clerk).removeprefix("http://127.0.0.1:8000")
    page = client.get(link, follow=True)

    client.post(page.redirect_chain[-1][0], {"password1": "123", "password2": "123"})

    clerk.refresh_from_db()
    assert clerk.confirmed_at is None


@pytest.mark.parametrize("case", ["unknown", "closed"])
def test_reset_answers_the_same_and_mails_nobody_without_account(client, clerk, worker, mailoutbox, case):
    email = "khong-co-ai@example.vn"
    if case == "closed":
        _closed(clerk)
        email = clerk.email

    with worker():
        response = client.post(RESET, {"email": email}, follow=True)

    assert response.redirect_chain == [("/tai-khoan/quen-mat-khau/da-gui/", 302)]
    assert "Nếu địa chỉ vừa nhập có tài khoản" in response.content.decode()
    assert mailoutbox == []


def test_reset_queues_the_same_work_for_an_unknown_address(client, clerk, django_capture_on_commit_callbacks):
    counts = []
    for email in (clerk.email, "khong-co-ai@example.vn"):
        with django_capture_on_commit_callbacks() as callbacks:
            client.post(RESET, {"email": email})
        counts.append(len(callbacks))

    assert counts == [1, 1]


def test_invited_person_gets_an_invitation_and_not_a_reset(client, clerk, worker, mailoutbox):
    _without_password(clerk)

    with worker():
        client.post(RESET, {"email": clerk.email})

    assert [mail.subject for mail in mailoutbox] == ["Mời sử dụng Cổng theo dõi kế hoạch"]


def test_link_expires_after_three_days(client, clerk, time_machine):
    time_machine.move_to("2026-10-01 08:00+07:00")
    link = account_mails.password_link(clerk).removeprefix("http://127.0.0.1:8000")

    time_machine.move_to("2026-10-04 07:59+07:00")
    assert client.get(link).status_code == 302
    time_machine.move_to("2026-10-04 08:01+07:00")
    assert "Đường dẫn không còn dùng được" in client.get(link).content.decode()


@pytest.mark.parametrize(
    "key", ["zzzzzzzzzzzzz-abc", "zzzzzzzzzzzzzzzzzzzzzzzz-abc", "0-set-password", "1-d0a1b2-", "1-ế"]
)
def test_broken_link_says_what_to_do(client, clerk, key):
    response = client.get(f"/tai-khoan/mat-khau/{key}/")

    assert response.status_code == 200
    assert "Nhận đường dẫn mới" in response.content.decode()


def test_link_of_another_account_signs_the_present_one_out(client, clerk, head):
    client.force_login(clerk)
    head.refresh_from_db()
    link = account_mails.password_link(head).removeprefix("http://127.0.0.1:8000")

    page = client.get(link, follow=True)

    assert f"Tài khoản: {head.email}" in page.content.decode()
    assert not is_signed_in(client)


def test_link_of_a_closed_account_lets_nobody_in(client, clerk):
    link = account_mails.password_link(clerk).removeprefix("http://127.0.0.1:8000")
    _closed(clerk)
    address = client.get(link)["Location"]

    response = client.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True)

    assert response.redirect_chain == [("/tai-khoan/ngung-hoat-dong/", 302)]
    assert not is_signed_in(client)


# Passwords


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("đèo Kéo", "Mật khẩu này quá ngắn. Mật khẩu phải có ít nhất 10 ký tự."),
        ("8493021756", "Mật khẩu này chỉ có chữ số. Vui lòng thêm chữ cái."),
        ("password123", "Mật khẩu này quá phổ biến, dễ đoán. Vui lòng chọn mật khẩu khác."),
        ("nông thị chuyên", "Mật khẩu quá giống với họ và tên. Vui lòng chọn mật khẩu khác."),
        ("chuyenvien@so-y-te", "Mật khẩu quá giống với địa chỉ thư điện tử. Vui lòng chọn mật khẩu khác."),
    ],
)
def test_weak_password_is_refused_in_vietnamese(client, clerk, password, refusal):
    client.force_login(clerk)

    response = client.post(
        "/tai-khoan/doi-mat-khau/",
        {"oldpassword": factories.PASSWORD, "password1": password, "password2": password},
    )

    assert errors(response) == [refusal]


def test_change_of_password_keeps_this_session_and_ends_the_others(client, clerk):
    elsewhere = Client()
    elsewhere.force_login(clerk)
    client.force_login(clerk)

    response = client.post(
        "/tai-khoan/doi-mat-khau/",
        {"oldpassword": factories.PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        follow=True,
    )

    assert response.redirect_chain == [("/", 302)]
    assert [str(message) for message in response.context["messages"]] == ["Đã ghi mật khẩu mới."]
    assert elsewhere.get("/co-quan/so-y-te/").status_code == 302
    assert client.get("/co-quan/so-y-te/").status_code == 200


def test_change_of_password_needs_the_present_one_and_the_new_one_twice(client, clerk):
    client.force_login(clerk)

    response = client.post(
        "/tai-khoan/doi-mat-khau/", {"oldpassword": "sai", "password1": NEW_PASSWORD, "password2": "khác-hẳn-nhau"}
    )

    assert response.context["form"].errors == {
        "oldpassword": ["Mật khẩu hiện tại không đúng. Vui lòng nhập lại."],
        "password2": ["Hai lần nhập mật khẩu không giống nhau. Vui lòng nhập lại."],
    }
    summary = re.findall(r'<li><a href="#(\w+)">', response.content.decode())
    assert summary == ["id_oldpassword", "id_password2"]
    for field in summary:
        assert f'id="{field}"' in response.content.decode()


def test_reauthentication_takes_the_password_and_goes_on(client, clerk):
    client.force_login(clerk)

    wrong = client.post("/tai-khoan/xac-nhan/?next=/co-quan/so-y-te/", {"password": "sai"})
    right = client.post("/tai-khoan/xac-nhan/?next=/co-quan/so-y-te/", {"password": factories.PASSWORD})

    assert wrong.context["form"].errors == {"password": ["Mật khẩu không đúng. Vui lòng nhập lại."]}
    assert right["Location"] == "/co-quan/so-y-te/"
