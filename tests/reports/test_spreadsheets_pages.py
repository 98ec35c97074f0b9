"""Figures by Excel in the browser's terms: download, upload, what is shown, what is written. No script is needed."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from openpyxl import load_workbook

from assignments.models import IndicatorTable
from reports import opening, services
from reports.figures import FigureInput
from reports.models import IndicatorValue, Report
from tests import factories, sample_files
from tests.conftest import DURING, YEAR
from tests.reports.workbooks import downloaded, figures_part, filled, with_cell

pytestmark = pytest.mark.long

D = Decimal


@pytest.fixture
def cycle(health_indicators, cycle):
    """The year 2026, in which Sở Y tế is asked for two figures in one table."""
    return cycle


@pytest.fixture
def browser(clerk) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


def numbers(report) -> list[tuple]:
    rows = IndicatorValue.objects.filter(part__report=report)
    return [(row.indicator.code, row.total, row.included, row.explanation) for row in rows]


def upload(browser, report, content: bytes, name: str = "bieu-so-lieu.xlsx"):
    file = SimpleUploadedFile(name, content)
    return browser.post(report.url("figures_upload"), {"spreadsheet": file})


def words(response) -> str:
    """Return the page's own words in one line."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(strip_tags(main.replace("<", " <")).split())


def save(report, by, answers):
    part = figures_part(report)
    services.save_figures(part, by=by, now=DURING, version=part.version, answers=answers, text=part.text)


def test_download_is_a_workbook_with_a_name_that_says_what_it_is(browser, report):
    response = browser.get(report.url("figures_xlsx"))

    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert response["Content-Disposition"] == 'attachment; filename="bieu-so-lieu-so-y-te-2026.xlsx"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue() == downloaded(report)


def test_filled_in_workbook_is_shown_first_and_written_after_a_yes(browser, clerk, report):
    save(report, clerk, {"B3.1": FigureInput(D(5)), "B3.2": FigureInput(D(9), D(3))})
    made = browser.get(report.url("figures_xlsx")).getvalue()
    cells = {"Biểu B3!E6": None, "Biểu B3!E7": "1.260", "Biểu B3!J7": "- Mở thêm lớp"}
    content = with_cell(filled(made, cells), 2, "F7", '<c r="F7"><f>500+40</f><v>540</v></c>')

    shown = upload(browser, report, content)

    assert shown.status_code == 200
    assert [(c.row.code, c.what, str(c.place), c.before, c.after) for c in shown.context["preview"].changes] == [
        ("B3.1", "Tổng số", "Trang “Biểu B3”, ô E6", "5", ""),
        ("B3.2", "Tổng số", "Trang “Biểu B3”, ô E7", "9", "1.260"),
        ("B3.2", "Trong đó nữ", "Trang “Biểu B3”, ô F7", "3", "540"),
        ("B3.2", "Giải thích tăng, giảm", "Trang “Biểu B3”, ô J7", "", "- Mở thêm lớp"),
    ]
    assert "Đọc được 2 chỉ tiêu, 2 chỉ tiêu có thay đổi. Chưa ghi gì vào báo cáo." in words(shown)
    assert "Trang “Biểu B3”, ô F7 là công thức, đã lấy giá trị 540." in words(shown)
    assert "Còn phải bổ sung trước khi nộp: chưa có số liệu ở B3.1." in words(shown)
    assert numbers(report) == [("B3.1", 5, None, ""), ("B3.2", 9, 3, "")]

    form = shown.context["fill_form"]
    answer = browser.post(report.url("figures_fill"), {"understood": form["understood"].value()}, follow=True)

    assert answer.redirect_chain == [(report.url("part", "so-lieu"), 302)]
    assert "Đã ghi số liệu của 2 chỉ tiêu từ tệp Excel." in words(answer)
    assert numbers(report) == [("B3.1", None, None, ""), ("B3.2", 1260, 540, "- Mở thêm lớp")]
    assert (figures_part(report).version, figures_part(report).saved_by) == (2, clerk)
    assert load_workbook(io.BytesIO(downloaded(report)))["Biểu B3"]["E7"].value == 1260


def test_one_wrong_cell_refuses_the_whole_file_and_loses_nothing(browser, clerk, report):
    save(report, clerk, {"B3.1": FigureInput(D(5))})
    content = filled(downloaded(report), {"Biểu B3!E6": 12, "Biểu B3!E7": 10, "Biểu B3!F7": 11})

    refused = upload(browser, report, content)

    assert refused.status_code == 200
    assert "1 chỗ trong tệp cần sửa. Chưa số liệu nào được ghi." in words(refused)
    assert "Biểu B3, ô F7 “Trong đó nữ” (11) không thể lớn hơn “Tổng số” (10)." in words(refused)
    assert "data-takes-focus" in refused.content.decode()
    assert numbers(report) == [("B3.1", 5, None, ""), ("B3.2", None, None, "")]

    mended = upload(browser, report, filled(content, {"Biểu B3!F7": 1}))
    assert len(mended.context["preview"].answers) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (sample_files.old_office_file(), "Tệp kiểu cũ (.doc, .xls) không nhận được."),
        (sample_files.bomb(), "Tệp này bung ra tới 1.025 MB, lớn bất thường so với tệp gửi lên."),
        (sample_files.pdf(), "Không nhận được loại tệp này: ở đây chỉ nhận Excel (.xlsx)."),
        (b"", "Tệp rỗng (0 byte)."),
    ],
)
def test_file_that_is_no_workbook_of_ours_is_refused_with_a_sentence(browser, report, content, sentence):
    refused = upload(browser, report, content)

    assert sentence in words(refused)
    assert "Số liệu trên cổng giữ nguyên như trước khi gửi tệp." in words(refused)


def test_upload_without_a_file_says_so(browser, report):
    response = browser.post(report.url("figures_upload"))

    assert "Hãy chọn tệp Excel rồi bấm lại." in words(response)


def test_workbook_that_changes_nothing_offers_nothing_to_write(browser, report):
    shown = upload(browser, report, downloaded(report))

    assert "Số liệu trong tệp giống số liệu trên cổng: không có gì để ghi." in words(shown)
    assert "Ghi vào báo cáo" not in words(shown)


def test_text_from_a_file_is_shown_as_text(browser, report):
    content = filled(downloaded(report), {"Biểu B3!E6": 1, "Biểu B3!J6": "<b>đậm</b>"})

    assert "&lt;b&gt;đậm&lt;/b&gt;" in upload(browser, report, content).content.decode()


def test_yes_after_somebody_else_saved_overwrites_nothing(browser, head, report):
    shown = upload(browser, report, filled(downloaded(report), {"Biểu B3!E6": 12}))
    save(report, head, {"B3.1": FigureInput(D(3))})

    understood = shown.context["fill_form"]["understood"].value()
    answer = browser.post(report.url("figures_fill"), {"understood": understood}, follow=True)

    assert (
        "Hoàng Văn Đứng vừa ghi biểu số liệu, sau khi bạn gửi tệp. Số liệu trong tệp chưa được ghi. Hãy chọn lại tệp "
        "Excel và gửi lại để xem những gì sẽ thay đổi." in words(answer)
    )
    assert numbers(report)[0] == ("B3.1", 3, None, "")


def test_yes_twice_writes_once(browser, report):
    shown = upload(browser, report, filled(downloaded(report), {"Biểu B3!E6": 12}))
    understood = {"understood": shown.context["fill_form"]["understood"].value()}

    for _ in range(2):
        browser.post(report.url("figures_fill"), understood)

    assert (figures_part(report).version, numbers(report)[0]) == (1, ("B3.1", 12, None, ""))


@pytest.mark.parametrize("understood", ["", "xyz", "e30:1abc:xyz"])
def test_yes_to_what_was_not_shown_writes_nothing(browser, report, understood):
    answer = browser.post(report.url("figures_fill"), {"understood": understood}, follow=True)

    assert "Không đọc lại được số liệu. Hãy chọn tệp Excel và gửi lại." in words(answer)
    assert figures_part(report).version == 0


def test_locked_figures_can_be_downloaded_and_not_written(browser, report):
    content = filled(downloaded(report), {"Biểu B3!E6": 12})
    understood = upload(browser, report, content).context["fill_form"]["understood"].value()
    Report.objects.filter(pk=report.pk).update(status="submitted")

    uploaded = browser.post(
        report.url("figures_upload"), {"spreadsheet": SimpleUploadedFile("a.xlsx", content)}, follow=True
    )
    filled_in = browser.post(report.url("figures_fill"), {"understood": understood}, follow=True)

    assert browser.get(report.url("figures_xlsx")).status_code == 200
    assert "Biểu số liệu đang khóa nên chưa đọc tệp Excel. Số liệu trên cổng giữ nguyên." in words(uploaded)
    assert "Biểu số liệu đang khóa nên số liệu trong tệp Excel chưa được ghi." in words(filled_in)
    assert numbers(report)[0] == ("B3.1", None, None, "")


def test_agency_without_figures_has_no_workbook(other_agency_clerk, cycle, other_agency):
    client = Client()
    client.force_login(other_agency_clerk)
    report = Report.objects.select_related("cycle__plan", "agency").get(cycle=cycle, agency=other_agency)

    assert client.get(report.url("figures_xlsx")).status_code == 404
    assert client.post(report.url("figures_upload")).status_code == 404
    assert client.post(report.url("figures_fill")).status_code == 404


def test_figures_page_offers_the_file_and_takes_it_back_where_it_may_be_written(browser, report):
    page = browser.get(report.url("part", "so-lieu")).content.decode()
    Report.objects.filter(pk=report.pk).update(status="submitted")
    locked = browser.get(report.url("part", "so-lieu")).content.decode()

    assert [report.url("figures_xlsx") in each for each in (page, locked)] == [True, True]
    assert [report.url("figures_upload") in each for each in (page, locked)] == [True, False]


def test_upload_asks_the_database_as_often_for_many_rows(browser, plan, report):
    def queries() -> int:
        content = filled(downloaded(report), {"Biểu B3!E6": 12})
        with CaptureQueriesContext(connection) as asked:
            upload(browser, report, content)
        return len(asked)

    few = queries()
    table, own = IndicatorTable.objects.get(code="B3"), [plan.participant_of(report.agency)]
    for number in range(30):
        factories.IndicatorFactory(table=table, code=f"B3.{number + 10}", position=number + 10, participants=own)
    opening.open_cycle(plan, YEAR, by=None, now=DURING)

    assert (len(numbers(report)), queries()) == (32, few)
