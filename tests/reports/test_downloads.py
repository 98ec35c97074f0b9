"""Finished files as browsers take them: whole, a range of one, or not again (RFC 9110, sections 13 and 14)."""

import datetime
import hashlib
import io
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import Membership, Role
from reports import deadlines, services
from reports.documents import orders
from reports.models import Document
from tests import factories, sample_files

pytestmark = pytest.mark.long

SENT = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=deadlines.VIETNAM)
CONTENT = bytes(range(256)) * 1000
SIZE = len(CONTENT)


@pytest.fixture
def submission(complete_report, head):
    return services.submit_report(complete_report, by=head, now=SENT)


def finish(source, kind=Document.Kind.PDF, subject=Document.Subject.REPORT, content=CONTENT) -> Document:
    """Let a document of a source be made, of these bytes."""
    document = orders.find(source, kind, subject)
    document.file.save(f"{document.address}.{kind}", ContentFile(content), save=False)
    document.sha256, document.size, document.made_at = hashlib.sha256(content).hexdigest(), len(content), SENT
    document.save()
    return document


@pytest.fixture
def get(client, submission, head):
    """Ask for the PDF of the submission with headers; return its answer and the bytes of it."""
    finish(submission)
    client.force_login(head)

    def get(method="get", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = getattr(client, method)(submission.file_address("pdf"), headers=named)
        return response, response.getvalue()

    return get


def test_finished_document_comes_whole_with_its_length_and_says_that_ranges_may_be_asked_for(get):
    response, content = get()

    assert (response.status_code, content) == (200, CONTENT)
    assert (response["Content-Length"], response["Accept-Ranges"]) == (str(SIZE), "bytes")
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=1000-", 1000, SIZE - 1),
        ("bytes=255990-999999999", 255_990, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        ("bytes=-999999999", 0, SIZE - 1),
        ("bytes=70000-200000", 70_000, 200_000),
    ],
)
def test_range_of_a_document_comes_alone(get, asked, first, last):
    response, content = get(Range=asked)

    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)
    assert content == CONTENT[first : last + 1]
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="bao-cao-so-y-te-2026.pdf"'


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
def test_range_outside_the_document_is_refused_with_its_size(get, asked):
    response, content = get(Range=asked)

    assert (response.status_code, content) == (416, b"")
    assert response["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked", ["bytes=9-3", "bytes=0-1,5-9", "bytes=-", "lines=1-2", "bytes=a-b", f"bytes={'9' * 5000}-"]
)
def test_range_that_means_nothing_here_gets_the_whole_document(get, asked):
    response, content = get(Range=asked)

    assert (response.status_code, content) == (200, CONTENT)


def test_broken_download_goes_on_only_while_the_document_is_the_same(get):
    etag = get()[0]["ETag"]

    same, _ = get(Range="bytes=100-199", If_Range=etag)
    other, content = get(Range="bytes=100-199", If_Range='"another"')

    assert same.status_code == 206
    assert (other.status_code, content) == (200, CONTENT)


def test_document_that_the_browser_has_is_not_sent_whatever_range_it_asks_for(get):
    etag = get()[0]["ETag"]

    response, content = get(Range="bytes=0-9", If_None_Match=etag)

    assert (response.status_code, content) == (304, b"")


def test_head_of_a_document_says_how_long_it_is_and_brings_nothing(get):
    response, content = get("head", Range="bytes=0-9")

    assert (response.status_code, content, response["Content-Length"]) == (200, b"", str(SIZE))
    assert response["Accept-Ranges"] == "bytes"


def test_signed_copy_is_handed_out_in_ranges_too(client, submission, head):
    pdf = sample_files.pdf()
    copy = services.declare_signed_copy(
        submission,
        by=head,
        now=SENT,
        number="145/BC-SYT",
        issued_on=SENT.date(),
        scan=SimpleUploadedFile("ban-ky.pdf", pdf),
    )
    client.force_login(head)

    response = client.get(submission.report.url("signed_copy_file", 1, copy.pk), headers={"Range": "bytes=0-4"})

    assert (response.status_code, response.getvalue()) == (206, pdf[:5])
    assert response["ETag"] == f'"{copy.stored.sha256}"'


def test_download_asks_one_question_more_than_who_is_asking_and_reads_no_text(client, submission, head):
    """The snapshot is the largest thing in the database; handing out a file needs nothing of it."""
    finish(submission)
    client.force_login(head)

    with CaptureQueriesContext(connection) as queries:
        client.get(submission.file_address("pdf")).getvalue()

    tables = [re.search(r'FROM "?(\w+)', query["sql"])[1] for query in queries]
    assert tables == ["django_session", "assignments_user", "assignments_membership"]
    assert "FROM reports_document" in queries[-1]["sql"]
    assert [query["sql"] for query in queries if '"content"' in query["sql"]] == []


ROLES = (
    "clerk",
    "head",
    "other_agency_clerk",
    "officer",
    "focal_head",
    "budget_officer",
    "leader",
    "administrator",
)


@pytest.fixture
def answers(request, client):
    """Ask for an address as everybody of the cast; return the answers in the order of ROLES."""
    people = [request.getfixturevalue(role) for role in ROLES]

    def answers(address: str) -> list[int]:
        codes = []
        for person in people:
            client.force_login(person)
            response = client.get(address)
            response.getvalue()
            codes.append(response.status_code)
        return codes

    return answers


def test_finished_document_is_handed_out_to_whoever_may_see_the_submission(answers, submission, head):
    address = submission.file_address("pdf")
    assert answers(address) == [202, 202, 404, 202, 202, 404, 404, 404]

    finish(submission)
    assert answers(address) == [200, 200, 404, 200, 200, 404, 404, 404]

    # Withdrawn, it is its own agency's again.
    services.withdraw_report(submission.report, by=head, now=SENT)
    assert answers(address) == [200, 200, 404, 404, 404, 404, 404, 404]


def test_finished_merged_report_and_brief_are_handed_out_to_everyone_in_the_plan(
    answers, submission, officer, focal_head
):
    services.accept_report(submission.report, by=officer, now=SENT)
    cycle = submission.report.cycle
    published = factories.publish(cycle, by=focal_head, now=SENT, number="1/BC", issued_on=SENT.date())
    finish(published)
    finish(published, subject=Document.Subject.BRIEF)

    assert answers(published.file_address("pdf")) == [200] * 7 + [403]
    assert answers(published.brief_address("pdf")) == [200] * 7 + [403]
    assert answers(published.file_address("docx")) == [202] * 7 + [403]
    assert answers(published.brief_address("pdf").replace("2026", "2025")) == [404] * 8


def test_finished_file_is_kept_from_whoever_held_the_role_until_yesterday(
    answers, submission, officer, focal_head, time_machine
):
    """The statement that finds a finished file asks for today's roles itself."""
    services.accept_report(submission.report, by=officer, now=SENT)
    published = factories.publish(
        submission.report.cycle, by=focal_head, now=SENT, number="1/BC", issued_on=SENT.date()
    )
    finish(submission)
    finish(published)
    Membership.objects.update(valid_from=SENT.date(), valid_to=SENT.date())

    time_machine.move_to(SENT)
    assert answers(submission.file_address("pdf")) == [200, 200, 404, 200, 200, 404, 404, 404]
    assert answers(published.file_address("pdf")) == [200] * 7 + [403]

    time_machine.move_to(SENT + datetime.timedelta(days=1))
    assert answers(submission.file_address("pdf")) == [404] * 8
    assert answers(published.file_address("pdf")) == [403] * 8


def test_leader_of_a_body_that_the_plan_does_not_go_to_has_no_published_file(
    client, submission, officer, focal_head, other_agency
):
    services.accept_report(submission.report, by=officer, now=SENT)
    published = factories.publish(
        submission.report.cycle, by=focal_head, now=SENT, number="1/BC", issued_on=SENT.date()
    )
    finish(published)
    client.force_login(factories.MembershipFactory(agency=other_agency, role=Role.LEADER).user)

    assert client.get(published.file_address("pdf")).status_code == 403


@pytest.mark.parametrize("number", [40_000, 10**30])
def test_round_that_no_report_can_have_is_not_found(client, submission, head, number):
    client.force_login(head)

    assert client.get(submission.file_address("pdf").replace("/1/", f"/{number}/")).status_code == 404


def test_workbook_is_called_by_its_own_name_and_type(client, submission, head):
    finish(submission, Document.Kind.XLSX)
    client.force_login(head)

    response = client.get(submission.file_address("xlsx"))

    assert response["Content-Disposition"] == 'attachment; filename="bao-cao-so-y-te-2026.xlsx"'
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert io.BytesIO(response.getvalue()).getbuffer().nbytes == SIZE


def test_file_of_the_version_before_is_offered_while_the_newest_is_made(
    client, submission, officer, focal_head, leader
):
    services.accept_report(submission.report, by=officer, now=SENT)
    first, second = (
        factories.publish(submission.report.cycle, by=focal_head, now=SENT, number=number, issued_on=SENT.date())
        for number in ("1/BC", "2/BC")
    )
    finish(first)
    client.force_login(leader)

    pdf = client.get(second.file_address("pdf"))
    word = client.get(second.file_address("docx"))

    offer = f'vẫn dùng được <a href="{first.file_address("pdf")}">bản PDF của phiên bản trước</a>'
    assert (pdf.status_code, word.status_code) == (202, 202)
    assert offer in pdf.content.decode()
    assert "của phiên bản trước" not in word.content.decode()
    assert second.file_address("pdf").endswith("/bao-cao-tong-hop-2026-phien-ban-2.pdf")
