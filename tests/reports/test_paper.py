"""What agencies declare of their papers: the signed copy of a submission, their own implementation plans."""

import datetime
import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reports import services
from reports.models import ImplementationPlan, Report, ReportEvent, SignedCopy, StoredFile
from reports.workflow import TransitionRefused
from tests import sample_files as sample
from tests.conftest import DURING

pytestmark = pytest.mark.long

SCAN = sample.pdf("bản ký")
PLAN_SLUG = "96-kh-ubnd-2018"


def at(report) -> Report:
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


def scan(content: bytes = SCAN, name: str = "Báo cáo đã ký.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def submission(complete_report, head):
    return services.submit_report(at(complete_report), by=head, now=DURING)


@pytest.fixture
def form_address(submission):
    return submission.report.url("signed_copy", 1)


def declare(client, address, **fields):
    return client.post(address, {"number": "125", "issued_on": "20/10/2026"} | fields, follow=True)


# The signed copy


def test_declared_paper_is_shown_as_declared_with_its_fingerprint(client, clerk, form_address, submission):
    client.force_login(clerk)

    page = declare(client, form_address, scan=scan())

    copy = SignedCopy.objects.get()
    assert (copy.number, copy.issued_on, copy.file_name) == (
        "125/BC-Y-T",
        datetime.date(2026, 10, 20),
        "Báo cáo đã ký.pdf",
    )
    assert page.redirect_chain == [(submission.get_absolute_url(), 302)]
    words = page.content.decode()
    assert "Chữ ký do cơ quan khai, hệ thống không kiểm tra." in words
    assert hashlib.sha256(SCAN).hexdigest() in words
    event = ReportEvent.objects.get(kind="signed")
    assert (event.by, event.note) == (
        clerk,
        f"Lần nộp 1: số 125/BC-Y-T ngày 20/10/2026, bản ký có SHA-256 {hashlib.sha256(SCAN).hexdigest()}",
    )


@pytest.mark.parametrize(
    ("written", "kept"), [("5", "05/BC-Y-T"), ("125/BC-SYT", "125/BC-SYT"), (" 07/BC ", "07/BC")]
)
def test_bare_number_gets_the_agencys_notation(client, clerk, form_address, written, kept):
    client.force_login(clerk)

    declare(client, form_address, number=written)

    assert SignedCopy.objects.get().number == kept


def test_correction_is_one_row_more_and_keeps_the_scan(client, clerk, head, form_address, submission):
    client.force_login(clerk)
    declare(client, form_address, number="124", scan=scan())

    client.force_login(head)
    page = declare(client, form_address, number="125").content.decode()

    first, last = SignedCopy.objects.all()
    assert (first.number, last.number) == ("124/BC-Y-T", "125/BC-Y-T")
    assert last.stored == first.stored
    assert "Các lần khai trước (1)" in page
    assert "124/BC-Y-T" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": ""}, "Hãy ghi số, ký hiệu của báo cáo."),
        ({"issued_on": "20/10/2027"}, "Ngày ban hành phải từ"),
        ({"issued_on": "20/10/2020"}, "Ngày ban hành phải từ"),
        ({"scan": scan(sample.docx(), "báo cáo.docx")}, "ở đây chỉ nhận PDF. Hãy mở tệp"),
        ({"scan": scan(b"<html>", "ban-ky.pdf")}, "Không nhận được loại tệp này"),
    ],
)
def test_wrong_declaration_is_refused_with_words(client, clerk, form_address, fields, words):
    client.force_login(clerk)

    page = declare(client, form_address, **fields)

    assert words in page.content.decode()
    assert SignedCopy.objects.count() == 0


def test_scan_is_handed_out_to_the_agency_and_to_who_reviews(client, clerk, officer, form_address, submission):
    client.force_login(clerk)
    declare(client, form_address, scan=scan())
    address = submission.report.url("signed_copy_file", 1, SignedCopy.objects.get().pk)

    for person in (clerk, officer):
        client.force_login(person)
        response = client.get(address)
        assert response.getvalue() == SCAN
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''B%C3%A1o")
    review = client.get(submission.report.url("review")).content.decode()
    assert "125/BC-Y-T" in review
    assert f'href="{form_address}"' not in review


def test_list_of_the_year_shows_the_newest_number(client, clerk, officer, form_address, submission):
    client.force_login(clerk)
    declare(client, form_address, number="124")
    declare(client, form_address, number="125")
    client.force_login(officer)

    page = client.get(submission.report.cycle.get_absolute_url()).content.decode()

    assert "số 125/BC-Y-T, 20/10/2026" in page
    assert "124/BC-Y-T" not in page


def test_withdrawn_submission_takes_no_declaration(clerk, head, submission):
    services.withdraw_report(at(submission.report), by=head, now=DURING)

    with pytest.raises(TransitionRefused, match="Lần nộp này đã thu hồi"):
        services.declare_signed_copy(
            submission, by=clerk, now=DURING, number="125/BC-SYT", issued_on=DURING.date(), scan=scan()
        )

    assert SignedCopy.objects.count() == StoredFile.objects.count() == 0


def test_paper_of_a_withdrawn_submission_goes_out_of_the_officers_sight(client, clerk, head, officer, submission):
    declared = {"by": clerk, "issued_on": DURING.date(), "scan": None}
    later = DURING + datetime.timedelta(hours=1)
    services.declare_signed_copy(submission, now=DURING, number="124/BC-SYT", **declared)
    services.withdraw_report(at(submission.report), by=head, now=DURING)
    second = services.submit_report(at(submission.report), by=head, now=later)
    services.declare_signed_copy(second, now=later, number="125/BC-SYT", **declared)
    client.force_login(officer)

    review = client.get(submission.report.url("review")).content.decode()

    assert "Lần nộp 2: số 125/BC-SYT ngày 20/10/2026" in review
    assert "124/BC-SYT" not in review


def test_report_that_came_by_letter_has_its_number_already(report, clerk, officer):
    entered = services.enter_report(
        at(report),
        by=officer,
        now=DURING,
        letter_number="187/BC-SYT",
        received_on=DURING.date(),
        scan=scan(),
        texts={},
    )

    with pytest.raises(TransitionRefused, match="đã có số, ký hiệu và bản chụp"):
        services.declare_signed_copy(
            entered, by=clerk, now=DURING, number="1/BC-SYT", issued_on=DURING.date(), scan=None
        )


def test_submission_stays_as_it_was_when_its_paper_is_declared(client, clerk, form_address, submission):
    before = submission.sha256
    client.force_login(clerk)

    declare(client, form_address, scan=scan())

    submission.refresh_from_db()
    assert (submission.sha256, at(submission.report).status) == (before, "submitted")


# The agency's own implementation plan


@pytest.fixture
def own_plan(cycle):
    return reverse("implementation_plan", args=[PLAN_SLUG, "so-y-te"])


def test_plan_is_written_down_with_its_file(client, clerk, own_plan):
    client.force_login(clerk)

    page = client.post(
        own_plan, {"number": "15", "issued_on": "15/03/2026", "file": scan(name="Kế hoạch.pdf")}, follow=True
    )

    row = ImplementationPlan.objects.get()
    assert (row.number, row.issued_on, row.file_name, row.saved_by) == (
        "15/KH-Y-T",
        datetime.date(2026, 3, 15),
        "Kế hoạch.pdf",
        clerk,
    )
    assert "Số 15/KH-Y-T, ngày 15/03/2026" in page.content.decode()


def test_reason_why_there_is_none_yet_takes_the_place_of_a_plan_once_confirmed(client, clerk, own_plan):
    client.force_login(clerk)
    client.post(own_plan, {"number": "15", "issued_on": "15/03/2026", "file": scan()})

    not_yet = {"why_not_yet": "Đang xin ý kiến, dự kiến quý I/2027."}

    asked = client.post(own_plan, not_yet).content.decode()
    assert "Chưa ban hành: bỏ số 15/KH-Y-T và tệp “Báo cáo đã ký.pdf” đã khai" in asked
    assert "Nếu đúng là chưa ban hành, hãy chọn ô này." in asked
    assert ImplementationPlan.objects.get().file_name == "Báo cáo đã ký.pdf"
    client.post(own_plan, not_yet | {"drops_plan": "on"})

    row = ImplementationPlan.objects.get()
    assert (row.number, row.issued_on, row.stored, row.file_name) == ("", None, None, "")
    assert row.why_not_yet == "Đang xin ý kiến, dự kiến quý I/2027."


def test_file_beside_a_reason_why_there_is_no_plan_is_not_kept(cycle, report, clerk):
    services.save_implementation_plan(
        cycle.plan, report.agency, by=clerk, now=DURING, file=scan(), why_not_yet="Đang xin ý kiến."
    )

    assert ImplementationPlan.objects.get().stored is None
    assert StoredFile.objects.count() == 0


def test_plan_saved_again_without_a_file_keeps_the_one_there_is(client, clerk, own_plan):
    client.force_login(clerk)
    client.post(own_plan, {"number": "15", "issued_on": "15/03/2026", "file": scan()})

    client.post(own_plan, {"number": "16/KH-SYT", "issued_on": "16/03/2026"})

    row = ImplementationPlan.objects.get()
    assert (row.number, row.file_name) == ("16/KH-SYT", "Báo cáo đã ký.pdf")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": ""}, "nếu chưa ban hành thì ghi lý do ở ô cuối"),
        ({"number": "15"}, "Hãy ghi ngày ban hành của kế hoạch."),
        ({"issued_on": "15/03/2026"}, "Hãy ghi số, ký hiệu của kế hoạch."),
        ({"number": "15", "issued_on": "15/03/2026", "why_not_yet": "Chưa."}, "nếu chưa ban hành thì để trống số"),
        ({"number": "15", "issued_on": "15/03/2017"}, "Ngày ban hành phải từ ngày ban hành Kế hoạch số 96/KH-UBND"),
        (
            {"number": "15", "issued_on": "15/03/2026", "file": scan(sample.png())},
            "ở đây chỉ nhận PDF hoặc Word (.docx).",
        ),
    ],
)
def test_wrong_plan_is_refused_with_words(client, clerk, own_plan, fields, words):
    client.force_login(clerk)

    page = client.post(own_plan, fields)

    assert words in page.content.decode()
    assert ImplementationPlan.objects.count() == 0


def test_focal_agency_sees_who_has_one_who_says_why_not_and_who_is_silent(
    client, clerk, other_agency_clerk, officer, own_plan
):
    client.force_login(clerk)
    client.post(own_plan, {"number": "15", "issued_on": "15/03/2026"})
    client.force_login(other_agency_clerk)
    client.post(reverse("implementation_plan", args=[PLAN_SLUG, "so-tu-phap"]), {"why_not_yet": "Chờ kinh phí."})
    client.force_login(officer)

    page = client.get(reverse("implementation_plans", args=[PLAN_SLUG]))

    assert [(agency.slug, row and row.number) for agency, row in page.context["agencies"]] == [
        ("so-lao-dong-thuong-binh-va-xa-hoi", None),
        ("so-tai-chinh", None),
        ("so-tu-phap", ""),
        ("so-y-te", "15/KH-Y-T"),
    ]
    words = page.content.decode()
    assert "1 cơ quan đã ban hành, 1 cơ quan nêu lý do chưa ban hành, 2 cơ quan chưa khai." in words
    assert "Chờ kinh phí." in words


def test_submission_freezes_what_was_said_of_the_plan(client, complete_report, clerk, head, own_plan):
    client.force_login(clerk)
    client.post(own_plan, {"number": "15", "issued_on": "15/03/2026"})

    submission = services.submit_report(at(complete_report), by=head, now=DURING)

    assert submission.snapshot["implementation_plan"] == {
        "number": "15/KH-Y-T",
        "issued_on": "2026-03-15",
        "why_not_yet": "",
    }


def test_page_on_direction_leads_to_the_plan(client, report, clerk, own_plan):
    client.force_login(clerk)

    assert own_plan in client.get(at(report).url("part", "chi-dao")).content.decode()
