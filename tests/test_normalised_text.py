"""Text that comes in: one spelling of every letter, no control characters; and requests that make no sense."""

import unicodedata

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import JsonResponse
from django.test import Client
from django.test.client import BOUNDARY
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from assignments.text import normalise, plain_lists
from plan_portal.urls import urlpatterns as portal_patterns

WORDS = "Tảo hôn ở xã Yên Thịnh, Hữu Lũng"
DECOMPOSED = unicodedata.normalize("NFD", WORDS)
LOGIN = "/tai-khoan/dang-nhap/"


@login_not_required
@csrf_exempt
def echo(request):
    return JsonResponse(
        {
            "get": dict(request.GET.lists()),
            "post": dict(request.POST.lists()),
            "files": {name: [file.name for file in files] for name, files in request.FILES.lists()},
        }
    )


urlpatterns = [path("echo/", echo), *portal_patterns]


@pytest.fixture(autouse=True)
def echoing(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def client(db):
    return Client(raise_request_exception=False)


def multipart(body):
    return {"data": body, "content_type": f"multipart/form-data; boundary={BOUNDARY}"}


def test_words_in_the_test_differ_before_they_come_in():
    assert DECOMPOSED != WORDS


def test_text_in_form_address_and_file_name_is_composed(client):
    files = [SimpleUploadedFile(f"{DECOMPOSED} {number}.pdf", b"%PDF-") for number in (1, 2)]

    came = client.post(f"/echo/?tim={DECOMPOSED}", {DECOMPOSED: [DECOMPOSED, WORDS], "tep": files}).json()

    assert came == {
        "get": {"tim": [WORDS]},
        "post": {WORDS: [WORDS, WORDS]},
        "files": {"tep": [f"{WORDS} 1.pdf", f"{WORDS} 2.pdf"]},
    }


def test_plain_form_is_composed_too(client):
    body = f"loi={DECOMPOSED}".encode()

    came = client.post("/echo/", body, content_type="application/x-www-form-urlencoded").json()

    assert came["post"] == {"loi": [WORDS]}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("một\r\nhai\rba\nbốn", "một\nhai\nba\nbốn"),
        ("một\thai", "một\thai"),
        ("m\x00ộ\x07t\x1b[31m\x7f\x85", "một[31m"),
        ("đồng chí \U0001f44d", "đồng chí \U0001f44d"),
        ("H\u01b0\u0303u", "Hữu"),
        # Nobody sees these: zero-width, byte order mark, soft hyphen, directions, what is no character.
        ("\ufeffmột\u200b\u200d\u2060hai\u00ad \u202eba\u2069\ufffe\ufdd0", "mộthai ba"),
        # Word's symbol fonts: signs keep their meaning, bullets stay bullets, the rest goes.
        ("\uf0b3 30%, 5\uf0b0C, 3\uf0b44", "≥ 30%, 5°C, 3×4"),
        ("\uf0b7 một\uf0d8\ue000", "• một•"),
        ("", ""),
    ],
)
def test_line_ends_are_one_and_control_characters_go(client, sent, kept):
    assert client.post("/echo/", {"loi": sent}).json()["post"] == {"loi": [kept]}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("bao\x00cao.pdf", "baocao.pdf"), ("..\\..\\báo cáo.pdf", "báo cáo.pdf"), ("../../etc/passwd", "passwd")],
)
def test_file_name_holds_no_path_and_no_control_character(client, sent, kept):
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="tep"; filename="{sent}"\r\n'
        f"Content-Type: application/pdf\r\n\r\n%PDF-\r\n--{BOUNDARY}--\r\n"
    ).encode()

    came = client.post("/echo/", **multipart(body)).json()

    assert came["files"] == {"tep": [kept]}


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=no-such-charset"])
def test_bytes_that_are_no_letters_are_replaced(client, charset):
    type_ = f"application/x-www-form-urlencoded{charset}"

    response = client.generic("POST", "/echo/", b"loi=%FF%FE%ED%A0%80", content_type=type_)

    assert response.status_code == 200
    (text,) = response.json()["post"]["loi"]
    assert set(text) == {"\ufffd"}


def test_half_of_a_character_goes_wherever_it_comes_from():
    assert normalise("m\ud800ột\udfff") == "một"


@pytest.mark.parametrize("address", ["/96-kh-ubnd-2018/2026/so-y-te%00/", "/%00/", "/tra-cuu%00/"])
def test_address_with_a_null_character_is_not_found(client, address):
    assert client.get(address).status_code in (302, 404)


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("•\tMột\n•\tHai", "- Một\n- Hai"),
        ("  ● Một\n▪ Hai\n– Ba\n—  Bốn", "- Một\n- Hai\n- Ba\n- Bốn"),
        ("§\tMột\no\tHai\nØ\tBa\nü\tBốn", "- Một\n+ Hai\n- Ba\n- Bốn"),
        ("- Một\n+ Hai", "- Một\n+ Hai"),
        # No bullets: a dash inside a line, a range, a letter before a space, a line of its own.
        ("Giai đoạn 2018 – 2025\n–5 °C\no một\n•\n•Một", "Giai đoạn 2018 – 2025\n–5 °C\no một\n•\n•Một"),
        ("", ""),
    ],
)
def test_list_pasted_from_word_becomes_plain_dashes(pasted, kept):
    assert plain_lists(pasted) == kept


def test_address_that_is_no_text_is_not_found(client):
    assert client.get("/%ff%fe/").status_code == 404
    assert client.get("/echo/?tim=%ff").json()["get"] == {"tim": ["\ufffd"]}


PART = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="loi"'.encode()


@pytest.mark.parametrize(
    "request_",
    [
        {"data": b"x", "content_type": "multipart/form-data"},
        {"data": b"x", "content_type": "multipart/form-data; boundary="},
        {"data": b"x", "content_type": f"multipart/form-data; boundary={'b' * 300}"},
        {"data": b"loi=m%E1%BB%99t", "content_type": "application/x-www-form-urlencoded; charset=utf-16"},
        {"data": b"&".join(b"f%d=1" % n for n in range(5001)), "content_type": "application/x-www-form-urlencoded"},
        {"data": b"loi=" + b"x" * 6_000_000, "content_type": "application/x-www-form-urlencoded"},
        multipart(
            b"".join(
                PART + b'; filename="%d.pdf"\r\n\r\nx\r\n' % number
                for number in range(101)
            )
            + f"--{BOUNDARY}--\r\n".encode()
        ),
    ],
    ids=[
        "no boundary",
        "empty boundary",
        "long boundary",
        "form in utf-16",
        "too many fields",
        "too much text",
        "too many files",
    ],
)  # fmt: skip
def test_request_that_makes_no_sense_is_a_bad_one_and_no_failure(client, request_):
    for address in ("/echo/", LOGIN):
        assert client.post(address, **request_).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--",
        b"\x00" * 100,
        PART,
        PART + b"\r\n\r\nkh\xc3\xb4ng h\xe1\xba\xbft",
        f"--{BOUNDARY}\r\n\r\n\r\n--{BOUNDARY}--\r\n".encode(),
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name*=utf-8''%ED%A0%80\r\n\r\nx\r\n--{BOUNDARY}--".encode(),
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"t\"; filename*=utf-8''%ED%A0%80.pdf\r\n\r\nx\r\n"
        f"--{BOUNDARY}--".encode(),
    ],
)
def test_torn_form_is_read_as_far_as_it_goes(client, body):
    assert client.post("/echo/", **multipart(body)).status_code in (200, 400)


@pytest.mark.parametrize("length", ["abc", "-1", "9" * 5000, ""])
def test_length_that_is_no_number_is_no_failure(client, length):
    assert client.post("/echo/", {"loi": "x"}, CONTENT_LENGTH=length).status_code in (200, 400)


@pytest.mark.parametrize(("size", "status"), [(24, 200), (26, 400)])
def test_request_larger_than_a_file_and_a_form_is_refused_unread(client, settings, size, status):
    settings.UPLOAD_MAX_BYTES = 20 * 1024
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024
    file = SimpleUploadedFile("bao-cao.pdf", b"x" * size * 1024)

    assert client.post("/echo/", {"tep": file}).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ACCEPT": "application/json"},
        {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
        {"HTTP_COOKIE": "sessionid=\xff; __Host-csrftoken=a b; =;;"},
        {"HTTP_X_FORWARDED_FOR": "not an address, \x00"},
        {"HTTP_IF_MODIFIED_SINCE": "hôm qua".encode().decode("latin-1")},
        {"HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9"},
    ],
)
def test_odd_headers_break_no_sign_in(client, headers):
    response = client.post(LOGIN, {"login": DECOMPOSED, "password": "\x00"}, **headers)

    assert response.status_code in (200, 400)
    assert "Địa chỉ thư điện tử không hợp lệ" in response.content.decode()


@pytest.mark.parametrize(
    "login",
    ["a" * 100_000 + "@example.vn", "a@" + "b." * 200 + "vn", "\u202ea@example.vn", "a\n@example.vn", "☃@☃.vn"],
)
def test_odd_login_names_are_refused_as_any_other(client, login):
    assert client.post(LOGIN, {"login": login, "password": "x"}).status_code == 200
