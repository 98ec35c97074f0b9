"""Search across the years of one's own agencies, without tone marks."""

import datetime
import importlib

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import deadlines, opening, services
from reports.models import Report, ReportPart
from reports.search import MOST_HITS, find_in_own_reports
from tests.conftest import DURING

pytestmark = pytest.mark.long

ADDRESS = "/tra-cuu/"


def write(report: Report, key: str, text: str, *, by, **answers) -> None:
    part = report.parts.get(key=key)
    services.save_part(
        part, by=by, now=DURING, version=part.version, text=text, progress=answers.pop("progress", {}), **answers
    )


@pytest.fixture
def report_before(plan, agency, focal_agency):
    opened = datetime.datetime(2025, 10, 1, 8, 0, tzinfo=deadlines.VIETNAM)
    cycle = opening.open_cycle(plan, 2025, by=None, now=opened)[0]
    return cycle.reports.select_related("cycle__plan", "agency").get(agency=agency)


def found(user, query: str) -> list[tuple[int, str, str]]:
    groups, _ = find_in_own_reports(user, query)
    return [
        (group.report.cycle.year, hit.part.key, "".join(piece.text for piece in hit.pieces if piece.is_match))
        for group in groups
        for hit in group.hits
    ]


def test_words_without_tones_find_them_with_tones_newest_year_first(report_before, report, clerk):
    write(report_before, "noi-dung-2", "Phòng, chống tảo hôn ở 12 xã.", by=clerk)
    write(report, "noi-dung-1", "Tuyên truyền về Tảo hôn và hôn nhân cận huyết.", by=clerk)
    write(report, "danh-gia", "Hôn lễ không tảo.", by=clerk)

    assert found(clerk, "tao hon") == [(2026, "noi-dung-1", "Tảo hôn"), (2025, "noi-dung-2", "tảo hôn")]
    assert found(clerk, "TẢO HÔN") == found(clerk, "tao hon")


def test_abbreviations_find_what_is_written_out(report, clerk):
    write(report, "chi-dao", "Kế hoạch về bình đẳng giới.", by=clerk)

    assert found(clerk, "BĐG") == [(2026, "chi-dao", "bình đẳng giới")]


def test_difficulties_and_reasons_are_searched_too(report, clerk):
    write(
        report,
        "nhiem-vu-07-1",
        "Kết quả.",
        by=clerk,
        difficulties="Thiếu biên chế.",
        progress={"NV-07.1": ("not_started", "Chưa có hướng dẫn liên ngành.")},
    )

    assert found(clerk, "bien che") == [(2026, "nhiem-vu-07-1", "biên chế")]
    assert found(clerk, "huong dan lien nganh") == [(2026, "nhiem-vu-07-1", "hướng dẫn liên ngành")]


def test_text_that_was_changed_is_not_found_by_its_old_words(report, clerk):
    write(report, "chi-dao", "Đối thoại với phụ nữ.", by=clerk)
    write(report, "chi-dao", "Kiểm tra 05 xã.", by=clerk)

    assert found(clerk, "doi thoai") == []
    assert found(clerk, "kiem tra") == [(2026, "chi-dao", "Kiểm tra")]


def test_words_of_other_agencies_are_never_found(report, clerk, head, other_agency_clerk, focal_head):
    write(report, "chi-dao", "Đối thoại với phụ nữ.", by=clerk)

    assert found(other_agency_clerk, "doi thoai") == []
    assert found(focal_head, "doi thoai") == []  # who sees every report, but searches their own
    assert found(head, "doi thoai") == [(2026, "chi-dao", "Đối thoại")]


def test_letter_that_was_entered_is_found_by_its_agency(report, clerk, officer):
    services.enter_report(
        report,
        by=officer,
        now=DURING,
        letter_number="12/BC-SYT",
        received_on=deadlines.day_of(DURING),
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts={"chi-dao": "Đối thoại với phụ nữ."},
    )

    assert found(clerk, "doi thoai") == [(2026, "chi-dao", "Đối thoại")]


def test_parts_written_before_the_search_are_filled_in(report, clerk):
    write(report, "nhiem-vu-07-1", "Đối thoại.", by=clerk, difficulties="Thiếu vốn.",
          progress={"NV-07.1": ("not_started", "Chờ quyết định.")})  # fmt: skip
    expected = report.parts.get(key="nhiem-vu-07-1").search_text
    ReportPart.objects.update(search_text="")

    importlib.import_module("reports.migrations.0004_fill_search_text").fill(apps, None)

    assert report.parts.get(key="nhiem-vu-07-1").search_text == expected
    assert report.parts.get(key="chi-dao").search_text == "\n"


@pytest.mark.parametrize("query", ["", " ", "…", "%", "'; --", "\u0301"])
def test_query_without_words_finds_nothing(report, clerk, query):
    write(report, "chi-dao", "Đạt 50%, so với năm trước.", by=clerk)

    assert found(clerk, query) == []


def test_page_marks_what_was_found_and_links_to_the_part(client, report, clerk):
    write(report, "chi-dao", "Đã <b>đối thoại</b> & giám sát.", by=clerk)
    client.force_login(clerk)

    page = client.get(ADDRESS, {"q": "doi thoai"}).content.decode()

    assert "Đã &lt;b&gt;<mark>đối thoại</mark>&lt;/b&gt; &amp; giám sát." in page
    assert f'href="{report.url("part", "chi-dao")}"' in page
    assert "Năm 2026, Sở Y tế (1)" in page
    assert "Có 1 phần chứa “doi thoai”." in page


def test_page_without_a_hit_says_what_to_do(client, report, clerk):
    client.force_login(clerk)

    assert "Hãy thử ít từ hơn hoặc kiểm tra chính tả." in client.get(ADDRESS, {"q": "không có"}).content.decode()
    assert 'role="status"' not in client.get(ADDRESS).content.decode()
    assert f'href="{ADDRESS}"' in client.get("/").content.decode()  # in the navigation


def test_page_asks_as_often_for_many_years(client, report, clerk, plan):
    client.force_login(clerk)
    write(report, "chi-dao", "Đối thoại.", by=clerk)
    few = _queries(client)

    for year in range(2018, 2026):
        opening.open_cycle(plan, year, by=None, now=DURING)
    for part in ReportPart.objects.filter(report__agency=report.agency):
        write(part.report, part.key, "Đối thoại với phụ nữ.", by=clerk)

    assert _queries(client) == few
    groups, has_more = find_in_own_reports(clerk, "doi thoai")
    assert (sum(len(group.hits) for group in groups), has_more) == (MOST_HITS, True)


def _queries(client) -> int:
    client.get(ADDRESS, {"q": "doi thoai"})
    with CaptureQueriesContext(connection) as captured:
        assert client.get(ADDRESS, {"q": "doi thoai"}).status_code == 200
    return len(captured)
