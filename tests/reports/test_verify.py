"""The public page that vouches for what was published."""

import datetime
import hashlib
import re

import pytest
from allauth.core.internal import ratelimit
from django.core.files.base import ContentFile
from django.urls import reverse

from reports import deadlines, services
from reports.documents import orders, vouching
from reports.models import ConsolidatedReport, Document, SignedConsolidatedReport, StoredFile
from tests import factories
from tests.conftest import DURING

pytestmark = pytest.mark.long

LATER = DURING + datetime.timedelta(days=30)


@pytest.fixture
def published(complete_report, head, officer, focal_head) -> ConsolidatedReport:
    services.submit_report(complete_report, by=head, now=DURING)
    services.accept_report(complete_report, by=officer, now=DURING)
    return publish(complete_report.cycle, focal_head)


def publish(cycle, head, number="214/BC-SLĐTBXH", now=LATER) -> ConsolidatedReport:
    issued_on = deadlines.day_of(now)
    return factories.publish(cycle, by=head, now=now, number=number, issued_on=issued_on)


def finish(published, kind="pdf", subject="report", content=b"%PDF-1.7 report") -> str:
    """Let a document be made, of these bytes; return their hash."""
    document = orders.find(published, Document.Kind(kind), Document.Subject(subject))
    document.file.save(f"{document.address}.{kind}", ContentFile(content), save=False)
    document.sha256, document.size, document.made_at = hashlib.sha256(content).hexdigest(), len(content), LATER
    document.save()
    return document.sha256


def sign(published, officer, content=b"%PDF-1.7 signed") -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    stored = StoredFile.objects.create(sha256=sha256, kind="pdf", size=len(content), file="a.pdf", received_at=LATER)
    SignedConsolidatedReport.objects.create(
        consolidated_report=published, stored=stored, file_name="a.pdf", uploaded_at=LATER, uploaded_by=officer
    )
    return sha256


def address(code: str) -> str:
    return reverse("verify", args=[code])


def words_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_stranger_with_the_code_learns_what_was_published_when_and_by_which_agency(client, published):
    response = client.get(address(published.grouped_code))

    page = words_of(response)
    assert response.status_code == 200
    for words in (
        "Báo cáo tổng hợp năm 2026, phiên bản 1",
        published.grouped_code,
        "Kế hoạch số 96/KH-UBND",
        "Sở Lao động - Thương binh và Xã hội",
        "214/BC-SLĐTBXH, ngày 19/11/2026",
        '<dd class="col-sm-8">09:00:00 19/11/2026</dd>',
        "Là phiên bản mới nhất.",
    ):
        assert words in page, words


def test_page_names_every_file_with_its_hash(client, published, officer):
    signed, report = sign(published, officer), finish(published)
    brief = finish(published, subject="brief", content=b"%PDF-1.7 brief")

    page = client.get(address(published.grouped_code)).content.decode()

    for title, sha256 in (
        ("Bản đã ký (PDF)", signed),
        ("Báo cáo (PDF)", report),
        ("Bản tóm tắt (PDF)", brief),
    ):
        assert f'<tr data-sha256="{sha256}" data-title="{title}">' in page
        assert f'<td class="fingerprint">{sha256}</td>' in page
    assert page.count("<tr data-sha256=") == 3
    assert "Các tệp khác đang được tạo." in page


def test_file_of_an_older_layout_and_a_replaced_signed_copy_stay_vouched_for(client, published, officer):
    first, older = sign(published, officer, b"first"), finish(published)
    Document.objects.filter(sha256=older).update(address="0" * 64)
    orders.order(published, now=LATER)
    newer, second = finish(published, content=b"%PDF-2.0"), sign(published, officer, b"second")

    files = vouching.vouched_files(ConsolidatedReport.objects.get())

    assert [(file.sha256, file.is_replaced) for file in files] == [
        (second, False),
        (newer, False),
        (first, True),
        (older, True),
    ]


def test_replaced_version_says_by_which(client, published, focal_head):
    publish(published.cycle, focal_head, "220/BC-SLĐTBXH", LATER + datetime.timedelta(days=5))

    page = words_of(client.get(address(published.grouped_code)))

    assert "<strong>Đã được thay</strong> bằng phiên bản 2, số 220/BC-SLĐTBXH, ngày 24/11/2026." in page
    assert "Là phiên bản mới nhất" not in page


def test_page_says_nothing_but_what_was_published(client, published, officer, clerk, head, focal_head):
    finish(published)

    page = client.get(address(published.grouped_code)).content.decode()

    assert "@" not in page
    assert published.published_by == focal_head
    people = (person.full_name for person in (officer, clerk, head, focal_head))
    for name in (*people, "Sở Y tế", "Các trang", "Đăng xuất"):
        assert name not in page, name
    assert "Đã tổ chức 12 hội nghị" not in page
    links = set(re.findall(r'(?:href|action)="([^"]*)"', page))
    assert {link for link in links if not link.startswith("/static/")} == {"#noi-dung-chinh", "/", "/xac-thuc/"}


def test_no_search_engine_and_no_cache_keeps_the_page(client, published):
    for response in (client.get(address(published.grouped_code)), client.get(reverse("verify_code"))):
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "write",
    [
        str.lower,
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' – ')}. ",
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: f"http://127.0.0.1:8000/xac-thuc/{code}/",
    ],
)
def test_code_is_understood_however_it_is_typed(client, published, write):
    response = client.get(reverse("verify_code"), {"ma": write(published.grouped_code)})

    assert (response.status_code, response["Location"]) == (302, address(published.grouped_code))


def test_code_in_the_address_leads_to_the_one_address_of_the_page(client, published):
    response = client.get(address(published.code.lower()))

    assert (response.status_code, response["Location"]) == (302, address(published.grouped_code))


@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA", "x", "7KQ2-M9XD-3HT", "a" * 300, "đây-là-gì"])
def test_unknown_code_is_not_there_and_the_page_says_what_to_do(client, published, code):
    response = client.get(address(code))

    page = words_of(response)
    assert response.status_code == 404
    assert "Không có văn bản nào mang mã" in page
    assert "Hãy so lại từng chữ, từng số với mã in trên văn bản." in page
    assert 'name="ma"' in page


def test_what_is_no_code_is_said_so_in_the_box(client, published):
    page = words_of(client.get(reverse("verify_code"), {"ma": "<b>123</b>"}))

    assert "“&lt;b&gt;123&lt;/b&gt;” không phải là mã tra cứu." in page


def test_counter_of_allauth_is_there_and_limits(rf):
    stranger = rf.get("/xac-thuc/")

    def usage(*, dry_run: bool = False):
        return ratelimit.consume(
            stranger,
            app="allauth.account",
            action="verify",
            config={"verify": "2/m/ip"},
            limit_get=True,
            dry_run=dry_run,
        )

    assert [usage(dry_run=dry_run) is None for dry_run in (True, False, False, False, True)] == [
        False, False, False, True, True,
    ]  # fmt: skip
    assert ratelimit.respond_429(stranger).status_code == 429


def test_guessing_is_slowed_down_and_reading_is_not(client, published):
    for _ in range(70):
        assert client.get(address(published.grouped_code)).status_code == 200

    answers = [client.get(address("AAAA-AAAA-AAAA")).status_code for _ in range(61)]

    assert answers == [404] * 60 + [429]
    assert client.get(address(published.grouped_code)).status_code == 429


def test_address_printed_in_the_documents_is_the_page_of_the_code(published, settings):
    tree = orders.tree_of(published)

    assert tree.verification.code == published.grouped_code
    assert tree.verification.address == f"{settings.SITE_URL}/xac-thuc/{published.grouped_code}/"
    assert len(published.grouped_code) == 14
