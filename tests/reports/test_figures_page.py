"""The page of the figures: what is typed is saved row by row, said back, and never lost."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import opening, services
from reports.figures import FigureInput
from reports.models import IndicatorValue, Report, ReportPart
from tests import factories
from tests.conftest import DURING

pytestmark = pytest.mark.long

D = Decimal
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cycle(health_indicators, cycle):
    return cycle


@pytest.fixture
def address(report):
    return report.url("figures")


def part_of(report) -> ReportPart:
    part = ReportPart.objects.get(report=report, kind="figures")
    part.report = report
    return part


def numbers(report) -> list[tuple]:
    return [(row.total, row.included) for row in IndicatorValue.objects.filter(part__report=report)]


def page_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def boxes(**changed) -> dict:
    """Return what the page of an untouched report sends, with the changes."""
    names = ["total-B3_1", "reason-B3_1", "explanation-B3_1", "total-B3_2", "included-B3_2"]
    names += ["reason-B3_2", "explanation-B3_2", "text"]
    return dict.fromkeys(names, "") | {"version": "0", "page": "a" * 32, "edit": "1"} | changed


def test_page_has_a_labelled_box_for_every_number(client, clerk, address):
    client.force_login(clerk)

    page = client.get(address).content.decode()

    named = re.findall(r'<(?:input|textarea|select)[^>]* id="(id_[^"]+)"', page)
    visible = [name for name in named if name not in ("id_version", "id_page", "id_edit")]
    assert len(visible) == 12
    assert set(visible) <= set(re.findall(r'<label[^>]* for="([^"]+)"', page))


def test_saved_numbers_are_read_the_vietnamese_way_and_written_back_so(client, clerk, report, address):
    client.force_login(clerk)
    sent = boxes(**{"total-B3_1": "12", "total-B3_2": "1260", "included-B3_2": "1 000", "text": "Nguồn: sổ."})

    response = client.post(address, sent, follow=True)

    assert numbers(report) == [(12, None), (1260, 1000)]
    page = page_of(response)
    assert "Đã lưu Biểu số liệu. Phần này đã đủ." in page
    assert 'value="1.260"' in page
    assert 'value="1.000"' in page
    assert '<span id="share-B3_2">79,4%</span>' in page
    assert part_of(report).text == "Nguồn: sổ."


def test_row_that_cannot_be_read_keeps_its_text_and_the_others_are_saved(client, clerk, report, address):
    client.force_login(clerk)

    response = client.post(address, boxes(**{"total-B3_1": "1.5", "total-B3_2": "10", "included-B3_2": "4"}))

    assert numbers(report) == [(None, None), (10, 4)]
    page = page_of(response)
    assert "Chưa đọc được B3.1; các dòng khác đã lưu." in page
    assert '<a href="#id_total-B3_1">B3.1 Tổng số</a>: “1.5” không rõ là số nào.' in page
    assert 'name="total-B3_1" value="1.5"' in page


def test_row_mended_after_that_is_saved_from_the_same_page(client, clerk, report, address):
    client.force_login(clerk)
    client.post(address, boxes(**{"total-B3_1": "1.5", "total-B3_2": "10", "included-B3_2": "4"}))

    client.post(address, boxes(**{"total-B3_1": "15", "total-B3_2": "10", "included-B3_2": "4"}))

    assert numbers(report) == [(15, None), (10, 4)]


def test_row_with_a_number_and_no_data_keeps_both_and_is_not_saved(client, clerk, report, address):
    client.force_login(clerk)

    response = client.post(address, boxes(**{"total-B3_1": "7", "no_data-B3_1": "on", "reason-B3_1": "Mất sổ."}))

    assert numbers(report)[0] == (None, None)
    page = page_of(response)
    assert "Đã đánh dấu “Không có số liệu” nhưng vẫn ghi số. Hãy xóa số hoặc bỏ đánh dấu." in page
    assert 'value="Mất sổ."' in page


def test_more_women_than_people_are_saved_as_a_draft_and_said(client, clerk, report, address):
    client.force_login(clerk)

    response = client.post(address, boxes(**{"total-B3_2": "10", "included-B3_2": "11"}), follow=True)

    assert numbers(report)[1] == (10, 11)
    assert "“Trong đó nữ” (11) không thể lớn hơn “Tổng số” (10)." in page_of(response)
    assert "số trong đó lớn hơn tổng số ở B3.2." in page_of(response)


def test_no_data_with_a_reason_and_an_estimate_are_kept(client, clerk, report, address):
    client.force_login(clerk)
    sent = boxes(**{"no_data-B3_1": "on", "reason-B3_1": "Chưa thống kê.", "estimate-B3_2": "on", "total-B3_2": "5"})

    client.post(address, sent)

    first, second = IndicatorValue.objects.filter(part__report=report)
    assert (first.has_no_data, first.reason, first.total) == (True, "Chưa thống kê.", None)
    assert (second.basis, second.total) == ("estimate", 5)


def test_save_by_itself_says_how_every_row_was_read(client, clerk, report, address):
    client.force_login(clerk)

    response = client.post(address, boxes(**{"total-B3_1": "1200", "total-B3_2": "8", "included-B3_2": "3"}), **HTMX)

    answer = page_of(response)
    assert response.status_code == 200
    assert 'data-edit="1"' in answer
    assert "Đọc là 1.200." in answer
    assert '<span id="share-B3_2" hx-swap-oob="true">37,5%</span>' in answer
    assert '<input type="hidden" name="version" id="id_version" value="1" hx-swap-oob="true">' in answer


def test_save_by_itself_of_what_cannot_be_read_saves_the_rest_and_says_where(client, clerk, report, address):
    client.force_login(clerk)

    response = client.post(
        address, boxes(**{"total-B3_1": "1,234.5", "total-B3_2": "8", "included-B3_2": "3"}), **HTMX
    )

    answer = page_of(response)
    assert response.status_code == 422
    assert numbers(report) == [(None, None), (8, 3)]
    assert "Chưa đọc được B3.1; các dòng khác đã lưu." in answer
    assert 'id="id_total-B3_1_error" hx-swap-oob="true">Không đọc được “1,234.5”.' in answer


def test_row_in_error_is_not_written_over_with_nothing(client, clerk, report, address):
    client.force_login(clerk)
    client.post(address, boxes(**{"total-B3_1": "15"}))

    client.post(address, boxes(**{"total-B3_1": "15x", "version": "1", "edit": "2"}), **HTMX)

    assert numbers(report)[0] == (15, None)


def test_somebody_elses_figures_are_shown_beside_and_nothing_is_overwritten(client, clerk, head, report, address):
    services.save_figures(
        part_of(report), by=head, now=DURING, version=0, answers={"B3.1": FigureInput(total=D(1500))}, text=""
    )
    client.force_login(clerk)
    sent = boxes(**{"total-B3_1": "16", "total-B3_2": "10", "included-B3_2": "4"})

    response = client.post(address, sent, **HTMX)

    assert response.status_code == 409
    assert "<strong>B3.1 Tổng số</strong>: bản đã lưu ghi “1.500”, của bạn là “16”." in page_of(response)
    assert numbers(report) == [(1500, None), (None, None)]

    client.post(address, sent | {"choice": "mine", "seen_version": "1"})
    assert numbers(report) == [(16, None), (10, 4)]


def test_both_versions_in_one_take_the_saved_number_where_nothing_was_typed(client, clerk, head, report, address):
    services.save_figures(
        part_of(report), by=head, now=DURING, version=0, answers={"B3.1": FigureInput(total=D(15))}, text="Của A."
    )
    client.force_login(clerk)
    sent = boxes(**{"total-B3_2": "10", "included-B3_2": "4", "text": "Của B."})

    client.post(address, sent | {"choice": "both", "seen_version": "1"})

    assert numbers(report) == [(15, None), (10, 4)]
    assert part_of(report).text == "Của A.\nCủa B."


def save(report, by, version: int, **answer) -> ReportPart:
    """Answer the first row, from another page than `boxes`."""
    first = {"B3.1": FigureInput(**answer)}
    return services.save_figures(
        part_of(report), by=by, now=DURING, version=version, page="b" * 32, edit=version, answers=first, text=""
    )


def first_row(report) -> IndicatorValue:
    return IndicatorValue.objects.get(part__report=report, indicator__code="B3.1")


def test_both_versions_in_one_keep_a_correction_and_its_explanation(client, clerk, head, report, address):
    save(report, clerk, 0, total=D(12), explanation="Số đến tháng 9.")
    save(report, head, 1, total=D(15), explanation="Do sáp nhập đơn vị.")
    client.force_login(clerk)
    stale = {"total-B3_1": "12", "explanation-B3_1": "Số đến tháng 9.", "total-B3_2": "10", "included-B3_2": "4"}

    answer = client.post(address, boxes(**stale, version="1", choice="both", seen_version="2"), follow=True)

    assert numbers(report) == [(15, None), (10, 4)]
    assert first_row(report).explanation == "Do sáp nhập đơn vị; Số đến tháng 9."
    assert "số liệu khác nhau giữ theo bản đã lưu: B3.1 Tổng số giữ “15”, không lấy “12”." in page_of(answer)


def test_both_versions_in_one_keep_a_reason_without_a_number(client, clerk, head, report, address):
    save(report, head, 0, explanation="Do sáp nhập đơn vị.")
    client.force_login(clerk)
    mine = {"no_data-B3_1": "on", "reason-B3_1": "Mất sổ.", "estimate-B3_1": "on"}

    client.post(address, boxes(**mine, choice="both", seen_version="1"))

    row = first_row(report)
    assert (row.has_no_data, row.reason, row.explanation) == (True, "Mất sổ.", "Do sáp nhập đơn vị.")
    assert row.basis == "estimate"


@pytest.mark.parametrize(
    ("saved", "mine", "kept", "said"),
    [
        (
            {"total": D(15)},
            {"no_data-B3_1": "on", "reason-B3_1": "Mất sổ."},
            (15, False, "Mất sổ."),
            "B3.1 Không có số liệu giữ “để trống”, không lấy “có đánh dấu”.",
        ),
        (
            {"has_no_data": True, "reason": "Mất sổ."},
            {"total-B3_1": "16"},
            (None, True, "Mất sổ."),
            "B3.1 Tổng số giữ “để trống”, không lấy “16”.",
        ),
        (
            {"total": D(15)},
            {"total-B3_1": "15", "estimate-B3_1": "on"},
            (15, False, ""),
            "B3.1 Ước cả năm giữ “để trống”, không lấy “có đánh dấu”.",
        ),
    ],
)
def test_both_versions_in_one_keep_the_saved_kind_of_answer_and_say_so(
    client, clerk, head, report, address, saved, mine, kept, said
):
    save(report, head, 0, **saved)
    client.force_login(clerk)

    answer = client.post(address, boxes(**mine, choice="both", seen_version="1"), follow=True)

    row = first_row(report)
    assert (row.total, row.has_no_data, row.reason, row.basis) == (*kept, "actual")
    assert said in page_of(answer)


def test_both_versions_in_one_wait_until_every_row_can_be_read(client, clerk, head, report, address):
    save(report, head, 0, total=D(15))
    client.force_login(clerk)
    mine = boxes(**{"total-B3_1": "16", "total-B3_2": "1.5"})

    answer = page_of(client.post(address, mine | {"choice": "both", "seen_version": "1"}))

    assert numbers(report) == [(15, None), (None, None)]
    assert 'name="total-B3_2" value="1.5"' in answer
    assert client.post(address, mine | {"total-B3_2": "8"}, **HTMX).status_code == 409


def test_taking_the_saved_figures_shows_what_was_typed(client, clerk, head, report, address):
    services.save_figures(
        part_of(report), by=head, now=DURING, version=0, answers={"B3.1": FigureInput(total=D(15))}, text=""
    )
    client.force_login(clerk)

    response = client.post(address, boxes(**{"total-B3_1": "16"}) | {"choice": "theirs", "seen_version": "1"})

    assert numbers(report)[0] == (15, None)
    page = page_of(response)
    assert 'B3.1 Tổng số: <span class="answer">16</span>' in page
    assert 'name="total-B3_1" value="15"' in page


def test_locked_figures_are_read_only_and_what_was_typed_is_shown(client, clerk, report, address):
    services.save_figures(
        part_of(report), by=clerk, now=DURING, version=0, answers={"B3.1": FigureInput(total=D(1500))}, text=""
    )
    Report.objects.filter(pk=report.pk).update(status="awaiting_approval")
    client.force_login(clerk)

    page = page_of(client.get(address))
    answer = page_of(client.post(address, boxes(**{"total-B3_1": "16"})))

    assert '<td data-title="Tổng số">1.500</td>' in page
    assert 'name="total-B3_1"' not in page
    assert 'B3.1 Tổng số: <span class="answer">16</span>' in answer
    assert numbers(report)[0] == (1500, None)


@pytest.mark.parametrize("wrong", [{"text": "Ghi chú " + "x" * 50_000}, {"total-B3_2": "1.5"}])
def test_locked_figures_with_something_wrong_show_what_was_typed(client, clerk, report, address, wrong):
    Report.objects.filter(pk=report.pk).update(status="awaiting_approval")
    client.force_login(clerk)
    typed = {"total-B3_1": "16", "explanation-B3_1": "Do sáp nhập.", "no_data-B3_1": "on"} | wrong

    page = page_of(client.post(address, boxes(**typed)))

    assert 'B3.1 Tổng số: <span class="answer">16</span>' in page
    assert 'B3.1 Giải thích tăng, giảm: <span class="answer">Do sáp nhập.</span>' in page
    assert 'B3.1 Không có số liệu: <span class="answer">có đánh dấu</span>' in page
    assert all(f'<span class="answer">{words}</span>' in page for words in wrong.values())
    assert 'href="#id_' not in page


def test_agency_without_indicators_has_no_such_page(client, other_agency_clerk, cycle, other_agency):
    client.force_login(other_agency_clerk)
    report = cycle.reports.select_related("cycle__plan", "agency").get(agency=other_agency)

    assert client.get(report.url("figures")).status_code == 404


def test_yes_or_no_is_chosen_and_shown(client, clerk, cycle, report, address):
    own = [cycle.plan.participant_of(report.agency)]
    factories.IndicatorFactory(
        table__plan=cycle.plan, code="CT-4.4", shape="yes_no", unit="có/không", participants=own
    )
    opening.add_figures(cycle)
    client.force_login(clerk)

    page = page_of(client.post(address, boxes(**{"total-CT-4_4": "0"}), follow=True))

    assert IndicatorValue.objects.get(indicator__code="CT-4.4").total == 0
    assert '<option value="0" selected>Không</option>' in page


def test_page_and_save_ask_as_often_for_many_rows(client, clerk, cycle, report, address):
    client.force_login(clerk)

    def queries() -> tuple[int, int]:
        counts = []
        for ask in (lambda: client.get(address), lambda: client.post(address, boxes(), **HTMX)):
            ask()
            with CaptureQueriesContext(connection) as captured:
                assert ask().status_code == 200
            counts.append(len(captured))
        return tuple(counts)

    few = queries()
    table = factories.IndicatorTableFactory(plan=cycle.plan, code="B9")
    for number in range(20):
        own = [cycle.plan.participant_of(report.agency)]
        factories.IndicatorFactory(table=table, code=f"B9.{number}", participants=own)
    opening.add_figures(cycle)

    assert queries() == few
