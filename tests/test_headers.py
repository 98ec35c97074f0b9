"""The headers that protect an answer are on every one, whatever went wrong; and cookies that fit them."""

import re
import runpy
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponse
from django.templatetags.static import static
from django.test import Client
from django.urls import path

from assignments import account_mails, services
from plan_portal.urls import urlpatterns as portal_patterns
from tests import factories

pytestmark = pytest.mark.long

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
LOGIN = "/tai-khoan/dang-nhap/"
GUESS = {"login": "ai@example.vn", "password": "x"}


@login_not_required
def broken(request):
    raise RuntimeError("broken on purpose")


@login_not_required
def forbidden(request):
    raise PermissionDenied


def document(request):
    return HttpResponse(headers={"Cache-Control": "private, no-cache"})


urlpatterns = [
    path("broken/", broken),
    path("forbidden/", forbidden),
    path("document/", document),
    *portal_patterns,
]


@pytest.fixture
def broken_pages(settings):
    settings.ROOT_URLCONF = __name__


def _bad_boundary(client):
    return client.post(LOGIN, "x", content_type="multipart/form-data; boundary=")


def _too_big(client):
    return client.post(LOGIN, b"x" * (6 * 1024 * 1024), content_type="application/x-www-form-urlencoded")


def _limited(client):
    for _ in range(4):
        response = client.post("/tai-khoan/quen-mat-khau/", {"email": "ai@example.vn"})
    return response


def _without_token(client):
    strict = Client(enforce_csrf_checks=True)
    return strict.post(LOGIN, GUESS)


def _style_sheet(client):
    response = client.get(static("css/site.css"))
    response.close()
    return response


def _signed_in(client):
    client.force_login(factories.UserFactory())
    return client


ANSWERS = {
    "page for strangers": (200, lambda client: client.get(LOGIN)),
    "form refused": (200, lambda client: client.post(LOGIN, GUESS)),
    "page for signed in": (200, lambda client: _signed_in(client).get("/")),
    "sent to sign in": (302, lambda client: client.get("/")),
    "sent to the address with a slash": (301, lambda client: client.get("/tai-khoan/dang-nhap")),
    "sent on, signed in": (302, lambda client: _signed_in(client).get(LOGIN)),
    "signed out": (302, lambda client: _signed_in(client).post("/tai-khoan/dang-xuat/")),
    "bad request": (400, _bad_boundary),
    "bad host name": (400, lambda client: client.get("/", HTTP_HOST="a b")),
    "too big": (400, _too_big),
    "forbidden": (403, lambda client: client.get("/forbidden/")),
    "forbidden, signed in": (403, lambda client: _signed_in(client).get("/quan-tri/login/")),
    "no token": (403, _without_token),
    "not found": (404, lambda client: client.get("/khong-co/")),
    "not found, signed in": (404, lambda client: _signed_in(client).get("/co-quan/khong-co/")),
    "wrong method": (405, lambda client: client.put("/tai-khoan/quen-mat-khau/da-gui/")),
    "limited": (429, _limited),
    "broken": (500, lambda client: client.get("/broken/")),
    "health": (200, lambda client: client.get("/health/live")),
    "style sheet": (200, _style_sheet),
    "no such style sheet": (404, lambda client: client.get("/static/css/khong-co.css")),
}


@pytest.mark.usefixtures("db", "broken_pages")
@pytest.mark.parametrize(("status", "ask"), ANSWERS.values(), ids=ANSWERS.keys())
def test_every_answer_carries_the_headers(status, ask):
    response = ask(Client(raise_request_exception=False))

    assert response.status_code == status
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Server" not in response
    assert "X-Powered-By" not in response


@pytest.mark.usefixtures("db", "broken_pages")
@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "style sheet"])
def test_every_page_and_redirect_stays_out_of_caches(name):
    response = ANSWERS[name][1](Client(raise_request_exception=False))

    assert "no-store" in response["Cache-Control"].split(", ")


@pytest.mark.usefixtures("db", "broken_pages")
def test_document_that_says_how_it_is_kept_is_left_alone():
    response = _signed_in(Client()).get("/document/")

    assert response["Cache-Control"] == "private, no-cache"


def test_style_sheet_is_kept_for_ever(client, db):
    response = _style_sheet(client)

    assert response["Cache-Control"] == "max-age=315360000, public, immutable"


@pytest.mark.usefixtures("db", "broken_pages")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bad request", "Yêu cầu không hợp lệ"),
        ("too big", "Yêu cầu không hợp lệ"),
        ("forbidden", "Không được phép"),
        ("no token", "Phiên làm việc đã thay đổi"),
        ("not found", "Không tìm thấy trang"),
        ("limited", "Thao tác quá nhiều lần"),
        ("broken", "Hệ thống gặp lỗi"),
    ],
)
def test_error_page_says_in_vietnamese_what_happened(name, words):
    page = ANSWERS[name][1](Client(raise_request_exception=False)).content.decode()

    assert f"<h1>{words}</h1>" in page
    assert "Traceback" not in page
    assert "broken on purpose" not in page


@pytest.mark.parametrize(
    "address",
    [
        LOGIN,
        "/tai-khoan/quen-mat-khau/",
        "/tai-khoan/doi-mat-khau/",
        "/tai-khoan/xac-nhan/",
        "/tai-khoan/dang-xuat/",
        "/co-quan/so-y-te/",
        "/thiet-lap/quan-tri-dau-tien/TOKEN/",
        "/tai-khoan/mat-khau/KEY/",
        "/quan-tri/assignments/user/add/",
    ],
)
def test_every_form_carries_its_token(client, request, head, focal_agency, address):
    if address.startswith("/quan-tri/"):
        client.force_login(request.getfixturevalue("administrator"))
    elif "thiet-lap" not in address and address not in (LOGIN, "/tai-khoan/mat-khau/KEY/"):
        client.force_login(head)
    address = address.replace("TOKEN", services.first_administrator_token() or "")
    if "KEY" in address:
        head.refresh_from_db()
        address = account_mails.password_link(head).removeprefix(django_settings.SITE_URL)

    page = client.get(address, follow=True).content.decode()

    forms = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
    assert forms
    for form in forms:
        assert re.search(r'name="csrfmiddlewaretoken" value="\w{64}"', form), form


# Production


@pytest.fixture
def production(settings, monkeypatch):
    """Put the settings that production adds in force, as the settings file itself makes them."""
    environment = {
        "PRODUCTION": "1",
        "SECRET_KEY": "x" * 60,
        "SITE_URL": "https://plan.example",
        "ALLOWED_HOSTS": "plan.example",
        "TRUSTED_PROXIES": "1",
        "EMAIL_URL": "smtp://mail.example",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    file = Path(django_settings.BASE_DIR, "plan_portal", "settings.py")
    made = runpy.run_path(str(file))
    for name, value in made.items():
        if name.startswith(("SECURE_", "SESSION_", "CSRF_", "ALLOWED_HOSTS", "ALLAUTH_TRUSTED")):
            setattr(settings, name, value)


@pytest.fixture
def visitor(production):
    """A browser of production: https, through the proxy in front."""
    return Client(
        HTTP_HOST="plan.example", HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_FOR="198.51.100.7", secure=False
    )


def test_cookies_in_production_are_bound_to_the_host(visitor, db):
    user = factories.UserFactory()
    visitor.get(LOGIN)
    visitor.post(LOGIN, {"login": user.email, "password": factories.PASSWORD})

    assert set(visitor.cookies) == {"__Host-csrftoken", "__Host-sessionid"}
    for cookie in visitor.cookies.values():
        assert (cookie["path"], cookie["domain"]) == ("/", "")
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_session_ends_with_the_browser(client, db):
    user = factories.UserFactory()

    client.post(LOGIN, {"login": user.email, "password": factories.PASSWORD})

    assert client.cookies["sessionid"]["max-age"] == ""


def test_answers_in_production_ask_for_https_for_a_year(visitor, db):
    response = visitor.get(LOGIN)

    assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.parametrize("host", ["plan.example", "evil.example", "a b"])
def test_plain_http_in_production_is_sent_to_our_own_https(production, db, host):
    response = Client().get("/tai-khoan/dang-nhap/?next=/", HTTP_HOST=host)

    assert (response.status_code, response["Location"]) == (301, "https://plan.example/tai-khoan/dang-nhap/?next=/")
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"


def test_another_host_name_in_production_is_refused_with_headers(visitor, db):
    response = visitor.get(LOGIN, HTTP_HOST="evil.example")

    assert response.status_code == 400
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY


def test_health_in_production_answers_plain_http(production, db):
    assert Client().get("/health/live", HTTP_HOST="plan.example").status_code == 200


@pytest.mark.parametrize("missing", ["SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL"])
def test_production_without_a_needed_variable_names_it(production, monkeypatch, missing):
    monkeypatch.delenv(missing)

    with pytest.raises(ImproperlyConfigured, match=f"{missing} must be set when PRODUCTION=1"):
        runpy.run_path(str(Path(django_settings.BASE_DIR, "plan_portal", "settings.py")))
