"""Limits on guessing passwords: tight for one account, loose for one address that a whole department shares."""

import pytest
from django.core.cache import cache

from tests import factories

pytestmark = pytest.mark.long

LOGIN = "/tai-khoan/dang-nhap/"
TOO_MANY = "Đã thử quá nhiều lần. Hãy đợi 5 phút rồi thử lại, hoặc chọn “Quên mật khẩu”."
WRONG = "Địa chỉ thư điện tử hoặc mật khẩu không đúng. Vui lòng kiểm tra và nhập lại."
PROXY = "10.0.0.1"


@pytest.fixture(autouse=True)
def own_cache(settings, tmp_path):
    """Count in a file cache of the test's own, as a portal on one machine does."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": str(tmp_path)}}


def guess(client, email="chuyenvien@so-y-te.example", *, password="sai-mat-khau", **headers):
    """Return what the sign-in page says, None for a sign-in that succeeded."""
    response = client.post(LOGIN, {"login": email, "password": password}, **headers)
    return None if response.status_code == 302 else str(response.context["form"].non_field_errors()[0])


def test_sixth_guess_on_one_account_is_stopped_from_whatever_address(client, clerk):
    said = [guess(client, REMOTE_ADDR=f"203.0.113.{number}") for number in range(1, 7)]

    assert said == [WRONG] * 5 + [TOO_MANY]
    assert guess(client, password=factories.PASSWORD, REMOTE_ADDR="203.0.113.99") == TOO_MANY


@pytest.mark.parametrize("other", ["ChuyenVien@So-Y-Te.example", "chuyenvien@so-y-te.example "])
def test_guesses_on_other_spellings_of_an_address_count_together(client, clerk, other):
    for _ in range(5):
        guess(client)

    assert guess(client, other) == TOO_MANY


def test_letter_that_only_a_database_thinks_the_same_is_another_address(client, clerk):
    assert guess(client, "chuyenvıen@so-y-te.example", password=factories.PASSWORD) == WRONG


def test_guesses_under_other_host_names_count_together(client, clerk):
    said = [guess(client, HTTP_HOST=f"name-{number}.example") for number in range(6)]

    assert said == [WRONG] * 5 + [TOO_MANY]


def test_limit_ends_after_five_minutes(client, clerk, time_machine):
    time_machine.move_to("2026-10-20 09:00+07:00", tick=False)
    for _ in range(6):
        guess(client)

    time_machine.move_to("2026-10-20 09:05:01+07:00", tick=False)

    assert guess(client, password=factories.PASSWORD) is None


def test_right_passwords_are_not_counted(client, clerk):
    for _ in range(7):
        assert guess(client, password=factories.PASSWORD) is None
        client.logout()


def test_department_of_forty_behind_one_address_is_not_stopped(client, db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    said = [guess(client, f"nguoi-{number}@so-y-te.example", REMOTE_ADDR=PROXY) for number in range(40)]

    assert set(said) == {WRONG}


def test_unknown_address_is_limited_as_a_known_one_is(client, db):
    said = [guess(client, "khong-co-ai@example.vn") for _ in range(6)]

    assert said == [WRONG] * 5 + [TOO_MANY]


# Behind proxies. The limit for one address is made small, to see whom a request is counted for.


@pytest.fixture
def two_per_address(settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "2/m/ip"}


def statuses(client, headers):
    return [
        client.post(LOGIN, {"login": "ai@example.vn", "password": "x"}, REMOTE_ADDR=PROXY, **header).status_code
        for header in headers
    ]


def forwarded(*values):
    return [{"HTTP_X_FORWARDED_FOR": value} for value in values]


@pytest.mark.usefixtures("two_per_address", "db")
@pytest.mark.parametrize(
    ("proxies", "headers", "expected"),
    [
        # Nobody in front: the header is the client's own invention.
        (0, forwarded("198.51.100.1", "198.51.100.2", "198.51.100.3"), [200, 200, 429]),
        # One proxy appends the last hop; what stands before it is invented.
        (1, forwarded("198.51.100.1", "198.51.100.2", "198.51.100.3"), [200, 200, 200]),
        (1, forwarded("1.1.1.1, 198.51.100.1", "2.2.2.2, 198.51.100.1", "3.3.3.3, 198.51.100.1"), [200, 200, 429]),
        (2, forwarded("198.51.100.1, 10.0.0.2", "198.51.100.1, 10.0.0.2", "198.51.100.1, 10.0.0.2"), [200, 200, 429]),
        (2, forwarded("9.9.9.9, 198.51.100.1, 10.0.0.2", "198.51.100.2, 10.0.0.2"), [200, 200]),
        # Somebody came past the proxies: counted for their own address.
        (1, [{}, {}, {}], [200, 200, 429]),
        (2, forwarded("198.51.100.1", "198.51.100.2", "198.51.100.3"), [200, 200, 429]),
    ],
)
def test_only_the_configured_number_of_proxies_is_believed(client, settings, proxies, headers, expected):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    assert statuses(client, headers) == expected


@pytest.mark.usefixtures("two_per_address", "db")
def test_limited_page_is_vietnamese(client):
    for _ in range(3):
        response = client.post(LOGIN, {"login": "ai@example.vn", "password": "x"})

    assert response.status_code == 429
    assert "Hãy đợi vài phút rồi thử lại." in response.content.decode()


@pytest.mark.parametrize("email", ["chuyenvien@so-y-te.example", "khong-co-ai@example.vn"])
def test_fourth_reset_within_ten_minutes_is_stopped_known_or_not(client, clerk, email):
    answers = [client.post("/tai-khoan/quen-mat-khau/", {"email": email}).status_code for _ in range(4)]

    assert answers == [302, 302, 302, 429]


def test_limits_outlive_many_other_entries_of_the_cache(client, clerk):
    for _ in range(5):
        guess(client)
    for number in range(400):
        cache.set(f"other-{number}", number)

    assert guess(client) == TOO_MANY
