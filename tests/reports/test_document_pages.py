"""The documents as people get them: waiting, failed and asked for again, downloaded, kept by the browser."""

import datetime
import io

import docx
import pytest
from django.test import Client
from pypdf import PdfReader

from reports import deadlines, services, tasks
from reports.documents import making, orders
from reports.models import Document, SignedCopy, Submission

pytestmark = pytest.mark.long

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

SENT = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=deadlines.VIETNAM)


@pytest.fixture
def submission(complete_report, head):
    return services.submit_report(complete_report, by=head, now=SENT)


def test_pdf_not_made_yet_says_so(client, submission, head):
    client.force_login(head)

    response = client.get(submission.file_address("pdf"))

    assert response.status_code == 202
    assert "Đang tạo bản PDF" in response.content.decode()


def test_pdf_once_made_is_downloaded_under_its_name(client, submission, head):
    tasks.make_documents()
    client.force_login(head)

    response = client.get(submission.file_address("pdf"))

    assert response["Content-Disposition"] == 'attachment; filename="bao-cao-so-y-te-2026.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-cache"
    assert "Đã tổ chức 12 hội nghị" in _text(response)


def test_pdf_that_the_browser_has_is_not_sent_again(client, submission, head):
    tasks.make_documents()
    client.force_login(head)
    first = client.get(submission.file_address("pdf"))
    assert _text(first)

    again = client.get(submission.file_address("pdf"), headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, no-cache"


def test_document_under_another_name_is_not_there(client, submission, head):
    tasks.make_documents()
    client.force_login(head)
    other = submission.file_address("pdf").replace("bao-cao-so-y-te-2026", "so-tu-phap")

    assert client.get(other).status_code == 404


def test_failed_document_says_why_and_can_be_asked_for_again(submission, head):
    document = orders.find(submission)
    Document.objects.filter(pk=document.pk).update(failure="Hết bộ nhớ.", attempts=making.MOST_ATTEMPTS)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(head)
    page = browser.get(submission.get_absolute_url())
    assert "Chưa tạo được bản PDF: Hết bộ nhớ." in page.content.decode()
    tasks.make_documents()
    assert not orders.find(submission).is_ready

    token = page.context["csrf_token"]
    response = browser.post(submission.document_address, {"csrfmiddlewaretoken": str(token)})

    assert (response.status_code, response["Location"]) == (302, submission.get_absolute_url())
    tasks.make_documents()
    assert orders.find(submission).is_ready


def test_every_form_of_a_document_state_carries_its_token(client, submission, head):
    Document.objects.update(failure="Hết bộ nhớ.")
    client.force_login(head)

    page = client.get(submission.get_absolute_url()).content.decode()

    assert page.count('method="post"') == page.count('name="csrfmiddlewaretoken"')


def test_same_content_submitted_again_is_the_same_document(submission, complete_report, head):
    services.withdraw_report(complete_report, by=head, now=SENT)

    second = services.submit_report(complete_report, by=head, now=SENT + datetime.timedelta(hours=1))

    assert second.sha256 == submission.sha256
    assert sorted(Document.objects.values_list("kind", flat=True)) == ["docx", "pdf", "xlsx"]


def test_word_file_once_made_is_downloaded_under_its_name(client, submission, head):
    tasks.make_documents()
    client.force_login(head)

    response = client.get(submission.file_address("docx"))

    assert response["Content-Disposition"] == 'attachment; filename="bao-cao-so-y-te-2026.docx"'
    assert (response["Content-Type"], response["Cache-Control"]) == (WORD, "private, no-cache")
    assert any("Đã tổ chức 12 hội nghị" in text for text in _paragraphs(response))


def test_every_kind_of_file_is_a_document_of_its_own(submission):
    pdf, word, excel = orders.files_of(submission).all

    assert (pdf.kind, word.kind, excel.kind) == (Document.Kind.PDF, Document.Kind.DOCX, Document.Kind.XLSX)
    assert len({pdf.document.address, word.document.address, excel.document.address}) == 3


def test_document_that_was_never_ordered_can_be_asked_for(client, submission, head):
    Document.objects.filter(kind="docx").delete()
    client.force_login(head)
    page = client.get(submission.get_absolute_url()).content.decode()
    assert "Chưa có bản Word." in page

    client.post(submission.document_address)
    tasks.make_documents()

    assert orders.find(submission, Document.Kind.DOCX).is_ready


def declare(submission: Submission, by, number="145/BC-SYT") -> SignedCopy:
    return services.declare_signed_copy(
        submission, by=by, now=SENT, number=number, issued_on=datetime.date(2026, 11, 5), scan=None
    )


def test_declared_number_and_day_are_printed_in_documents_of_their_own(client, submission, head):
    copy = declare(submission, head)
    tasks.make_documents()
    client.force_login(head)

    word = client.get(copy.file_address("docx"))
    pdf = client.get(copy.file_address("pdf"))

    assert word["Content-Disposition"] == 'attachment; filename="bao-cao-so-y-te-2026-co-so.docx"'
    (letterhead, *_) = docx.Document(io.BytesIO(b"".join(word.streaming_content))).tables
    assert [cell.text for cell in letterhead.rows[1].cells] == [
        "Số: 145/BC-SYT",
        "Lạng Sơn, ngày 05 tháng 11 năm 2026",
    ]
    assert "145/BC-SYT" in _text(pdf)


def test_documents_with_a_number_are_not_there_before_one_is_declared(client, submission, head):
    client.force_login(head)
    address = submission.report.url("numbered_pdf", 1, "bao-cao-so-y-te-2026-co-so")

    assert client.get(address).status_code == 404
    assert client.post(submission.report.url("numbered_document", 1)).status_code == 404


def test_pdf_of_what_was_sent_stays_without_the_declared_number(client, submission, head):
    declare(submission, head)
    tasks.make_documents()
    client.force_login(head)

    assert "145" not in _text(client.get(submission.file_address("pdf")))


def test_newest_declared_number_is_the_one_handed_out(client, submission, head):
    declare(submission, head, "145/BC-SYT")
    first = client.get(declare(submission, head, "146/BC-SYT").file_address("pdf"))
    tasks.make_documents()
    client.force_login(head)

    text = _text(client.get(declare(submission, head, "146/BC-SYT").file_address("pdf")))

    assert first.status_code == 302
    assert "146/BC-SYT" in text
    assert "145/BC-SYT" not in text
    # Declared twice alike, it is one document.
    assert Document.objects.filter(signed_copy__isnull=False, kind="pdf").count() == 2


def test_receipt_offers_the_documents_with_number_once_declared(client, submission, head):
    client.force_login(head)
    before = client.get(submission.get_absolute_url()).content.decode()
    copy = declare(submission, head)
    tasks.make_documents()

    after = client.get(submission.get_absolute_url()).content.decode()

    assert "Bản có số" not in before
    assert "Bản có số 145/BC-SYT, ngày 05/11/2026" in after
    for source in (submission, copy):
        for kind in Document.Kind:
            assert f'href="{source.file_address(kind)}"' in after


def _paragraphs(response) -> list[str]:
    return [p.text for p in docx.Document(io.BytesIO(b"".join(response.streaming_content))).paragraphs]


def _text(response) -> str:
    pages = PdfReader(io.BytesIO(b"".join(response.streaming_content))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
