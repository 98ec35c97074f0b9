"""A report before it is sent, on paper: preview, draft in Word, slip for the head."""

import datetime
import io

import docx
import pytest

from reports import deadlines, services
from reports.documents.approval_slip import approval_slip
from reports.models import Document
from tests.reports.documents.samples import figures_content

NOW = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=deadlines.VIETNAM)
NAME = "du-thao-bao-cao-so-y-te-2026"
PEOPLE = {"writers": ["Nông Thị Chuyên", "Vi Văn Hai"], "submitted_by": "", "on_behalf_of": ""}


def facts_of(missing=(), changed=None, **changes) -> dict[str, str]:
    content = figures_content(people=PEOPLE, **changes)
    return dict(approval_slip(content, due="hết ngày 09/11/2026", missing=missing, changed=changed).facts)


def test_preview_shows_the_working_text_as_a_draft(client, complete_report, clerk):
    client.force_login(clerk)

    page = client.get(complete_report.url("preview")).content.decode()

    assert "Bản xem trước, chưa nộp." in page
    assert '<p class="doc-provenance">(Dự thảo, chưa nộp)</p>' in page
    assert "Đã tổ chức 12 hội nghị cho 1.260 lượt người." in page
    assert f'href="{complete_report.url("draft_docx", NAME)}"' in page
    assert Document.objects.count() == 0


def test_draft_in_word_says_so_and_is_kept_nowhere(client, complete_report, clerk):
    client.force_login(clerk)

    response = client.get(complete_report.url("draft_docx", NAME))

    assert response["Content-Disposition"] == f'attachment; filename="{NAME}.docx"'
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(response.content)).paragraphs]
    assert texts[3] == "(Dự thảo, chưa nộp)"
    assert "Đã tổ chức 12 hội nghị cho 1.260 lượt người." in texts
    assert Document.objects.count() == 0


def test_draft_under_another_name_is_not_there(client, complete_report, clerk):
    client.force_login(clerk)

    assert client.get(complete_report.url("draft_docx", "so-tu-phap")).status_code == 404


@pytest.mark.parametrize(("name", "args"), [("preview", []), ("draft_docx", [NAME])])
def test_report_that_was_sent_is_read_on_its_receipt(name, args, client, complete_report, head):
    submission = services.submit_report(complete_report, by=head, now=NOW)
    client.force_login(head)

    response = client.get(complete_report.url(name, *args))

    assert (response.status_code, response["Location"]) == (302, submission.get_absolute_url())


def test_slip_of_a_complete_report_misses_nothing(client, complete_report, clerk):
    client.force_login(clerk)

    page = client.get(complete_report.url("approval_slip")).content.decode()

    assert "Kính trình: Lãnh đạo Sở Y tế" in page
    assert '<th scope="row">Hạn nộp</th><td>hết ngày 09/11/2026</td>' in page
    assert '<th scope="row">Còn thiếu</th><td>Không. Báo cáo đã đủ các mục phải có.</td>' in page
    assert "Số: " not in page


def test_slip_counts_what_the_report_holds():
    assert facts_of() == {
        "Nơi nhận báo cáo": "Sở Lao động - Thương binh và Xã hội",
        "Hạn nộp": "hết ngày 09/11/2026",
        "Người soạn": "Nông Thị Chuyên; Vi Văn Hai",
        "Nội dung của Kế hoạch": (
            "06 nội dung, 19 nhiệm vụ: hoàn thành 15, đang thực hiện 01, chưa thực hiện 01, không phát sinh 02."
        ),
        "Nhiệm vụ được phân công": "01 nhiệm vụ: đang thực hiện 01.",
        "Số liệu": (
            "08 chỉ tiêu: có số liệu 06, không có số liệu 01, chưa báo cáo 01,"
            " tăng, giảm nhiều so với năm trước, có giải thích 01."
        ),
        "Minh chứng": "02 tệp gửi kèm trên hệ thống.",
        "Thay đổi từ lần trình, nộp trước": "Trình lần đầu trong năm.",
        "Còn thiếu": "Không. Báo cáo đã đủ các mục phải có.",
    }


def test_slip_names_some_gaps_and_counts_the_rest():
    gaps = [f"Nội dung {n}: chưa có nội dung." for n in range(1, 7)]

    assert facts_of(missing=gaps)["Còn thiếu"] == f"{' '.join(gaps[:4])} Và 02 mục khác."


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ([], "Không có phần nào thay đổi."),
        (["Nội dung 1", "Đánh giá chung"], "Nội dung 1; Đánh giá chung."),
        ([f"Nội dung {n}" for n in range(9)], "09 phần, xem bản dự thảo kèm theo."),
    ],
)
def test_slip_says_what_changed_since_it_was_sent(changed, words):
    assert facts_of(changed=changed)["Thay đổi từ lần trình, nộp trước"] == words


def test_slip_of_a_year_without_anything_gives_the_reason_alone():
    facts = facts_of(nothing={"reason": "Đơn vị mới thành lập."})

    assert facts["Nội dung"] == "Khai không phát sinh cả năm. Lý do: Đơn vị mới thành lập."
    assert {"Nội dung của Kế hoạch", "Nhiệm vụ được phân công", "Số liệu", "Minh chứng"} & set(facts) == set()
