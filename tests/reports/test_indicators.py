"""The officer's pages of the tables of figures."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import Indicator, IndicatorTable, Target
from reports import services
from reports.figures import FigureInput
from reports.models import IndicatorValue, ReportPart
from tests import factories
from tests.conftest import DURING


@pytest.fixture
def cycle(health_indicators, cycle):
    return cycle


@pytest.fixture
def keeper(client, officer):
    client.force_login(officer)
    return client


def address(cycle, place="") -> str:
    return f"{cycle.get_absolute_url()}chi-tieu/{place}"


def page_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def sent(cycle, **changes) -> dict:
    """Return what the form of B3.2 sends, with the changes."""
    indicator = Indicator.objects.get(code="B3.2")
    fields = ("code", "name", "unit", "shape", "total_label", "included_label", "factor", "decimals", "merge")
    return {
        **{name: getattr(indicator, name) for name in fields},
        "better": "",
        "guidance": "",
        "participants": [participant.pk for participant in indicator.participants.all()],
        "targets": "",
        **changes,
    }


def test_list_shows_the_years_tables_what_is_proposed_and_who_answers(keeper, cycle):
    factories.IndicatorTableFactory(plan=cycle.plan, code="CL2020", first_year=2011, last_year=2020)
    Target.objects.create(indicator=Indicator.objects.get(code="B3.2"), year=2030, value=Decimal("45.5"))

    page = page_of(keeper.get(address(cycle)))

    of_year, others = page.split("Biểu của các năm khác")
    assert "B3.2. Số thử B3.2" in of_year
    assert "2030: từ 45,5" in of_year
    assert of_year.count("Đề xuất</span>") == 3
    assert "CL2020. Biểu thử CL2020" in others
    assert "Thu thập từ năm 2011 đến năm 2020." in others


def test_list_says_above_which_change_a_figure_is_explained(keeper, cycle):
    type(cycle).objects.update(jump_percent=1000)

    assert "Mức phải giải thích: 1.000%." in page_of(keeper.get(address(cycle)))


@pytest.mark.long
def test_list_asks_as_often_for_many_indicators(keeper, cycle):
    def queries() -> int:
        keeper.get(address(cycle))
        with CaptureQueriesContext(connection) as captured:
            assert keeper.get(address(cycle)).status_code == 200
        return len(captured)

    few = queries()
    for number in range(20):
        table = factories.IndicatorTableFactory(plan=cycle.plan, code=f"X{number}")
        factories.IndicatorFactory(table=table, code=f"X{number}.1")

    assert queries() == few


def test_edited_indicator_is_the_officers_and_keeps_its_targets(keeper, cycle, plan, focal_agency):
    focal = plan.participant_of(focal_agency)

    response = keeper.post(
        address(cycle, "B3.2/"),
        sent(cycle, name="Tên mới", participants=[focal.pk], targets="2025: từ 40\n2030: không quá 45,5\n"),
    )

    assert response.status_code == 302
    indicator = Indicator.objects.get(code="B3.2")
    assert (indicator.name, indicator.is_proposal, list(indicator.participants.all())) == ("Tên mới", False, [focal])
    assert [str(target) for target in indicator.targets.all()] == ["B3.2 2025: từ 40", "B3.2 2030: không quá 45.5"]
    assert 'targets" cols="40" rows="3"' in page_of(keeper.get(address(cycle, "B3.2/")))
    assert "2030: không quá 45,5" in page_of(keeper.get(address(cycle, "B3.2/")))


def test_new_indicator_stands_at_the_end_of_its_table(keeper, cycle):
    keeper.post(address(cycle, "bieu/B3/them/"), sent(cycle, code="B3.3", name="Số mới", shape="count"))

    added = Indicator.objects.get(code="B3.3")
    assert (added.table.code, added.position, added.is_proposal, added.included_label) == ("B3", 3, False, "")


def test_new_table_stands_behind_the_others(keeper, cycle):
    keeper.post(address(cycle, "bieu/"), {"code": "B10", "title": "Biểu mới", "source": "", "first_year": "2026"})

    table = IndicatorTable.objects.get(code="B10")
    assert (table.title, table.first_year, table.last_year, table.is_proposal) == ("Biểu mới", 2026, None, False)
    assert table.position == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "B3.1"}, "Mã B3.1 đã dùng cho chỉ tiêu khác của kế hoạch."),
        ({"code": "b 3"}, "Mã viết sai: chỉ chữ cái không dấu"),
        ({"shape": "ratio", "included_label": "", "merge": "none"}, "Hãy ghi tử số là gì"),
        ({"shape": "ratio"}, "Tỷ lệ không cộng được"),
        ({"shape": "count", "unit": "% cơ quan", "merge": "sum"}, "Tỷ lệ phần trăm không cộng được"),
        ({"shape": "yes_no", "merge": "sum"}, "Có hoặc không thì không cộng được"),
        ({"shape": "count", "merge": "ratio_of_sums"}, "Chỉ tính được tỷ lệ của tổng tử số và tổng mẫu số"),
        ({"targets": "2030 = 40"}, "Không đọc được dòng “2030 = 40”."),
        ({"targets": "2030: từ 1.5"}, "Năm 2030: “1.5” không rõ là số nào."),
        ({"targets": "2030: từ 1\n2030: từ 2"}, "Mỗi năm chỉ ghi một mục tiêu."),
    ],
)
def test_indicator_that_contradicts_itself_is_refused_in_words(keeper, cycle, changes, said):
    response = keeper.post(address(cycle, "B3.2/"), sent(cycle, **changes))

    assert response.status_code == 200
    assert said in page_of(response)
    assert Indicator.objects.get(code="B3.2").is_proposal


def test_table_with_years_in_disorder_or_a_code_in_use_is_refused(keeper, cycle):
    sent_table = {"code": "B3", "title": "Biểu", "source": "", "first_year": "2026", "last_year": "2025"}

    page = page_of(keeper.post(address(cycle, "bieu/"), sent_table))

    assert "Mã B3 đã dùng cho biểu khác của kế hoạch." in page
    assert "Năm cuối phải bằng hoặc sau năm đầu." in page


def test_what_answered_numbers_mean_cannot_change_but_everything_else_can(keeper, cycle, report, clerk):
    part = ReportPart.objects.get(report=report, kind="figures")
    answers = {"B3.2": FigureInput(total=Decimal(10), included=Decimal(4))}
    services.save_figures(part, by=clerk, now=DURING, version=0, answers=answers, text="")

    keeper.post(address(cycle, "B3.2/"), sent(cycle, code="B9.9", shape="count", unit="vụ", name="Tên mới"))

    indicator = Indicator.objects.get(code="B3.2")
    assert (indicator.shape, indicator.unit, indicator.name) == ("by_sex", "người", "Tên mới")
    assert "Không đổi được vì đã có số liệu." in page_of(keeper.get(address(cycle, "B3.2/")))


def test_retired_indicator_is_marked_and_asked_no_more(keeper, cycle, report):
    keeper.post(address(cycle, "B3.2/"), sent(cycle, is_retired="on"))

    assert "Ngừng thu thập" in page_of(keeper.get(address(cycle)))
    assert Indicator.objects.get(code="B3.2").is_retired


def test_new_indicator_of_an_open_year_is_previewed_and_added(keeper, cycle, report):
    keeper.post(address(cycle, "bieu/B3/them/"), sent(cycle, code="B3.3", name="Số mới"))

    page = page_of(keeper.get(address(cycle)))
    assert "1 báo cáo đang soạn chưa được hỏi: B3.3." in page
    assert not IndicatorValue.objects.filter(indicator__code="B3.3").exists()

    keeper.post(address(cycle, "open/"))
    assert IndicatorValue.objects.get(indicator__code="B3.3").part.report == report
    assert "chưa được hỏi" not in page_of(keeper.get(address(cycle)))


def test_table_or_indicator_that_is_not_there_is_404(keeper, cycle):
    assert [keeper.get(address(cycle, place)).status_code for place in ("B9.9/", "bieu/X/", "bieu/X/them/")] == [
        404
    ] * 3
