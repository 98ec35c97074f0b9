"""The province's figures: every indicator merged by its own rule, no percentage ever added."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from assignments.models import Indicator, Membership, Role, Target
from assignments.models.indicator import why_not_merged
from reports import consolidation, deadlines, figure_rows, opening, services
from reports.consolidation.figures import Answer, merged_numbers
from reports.models import ConsolidatedReport, IndicatorValue, Report
from reports.snapshots import canonical
from tests.conftest import DURING, fill
from tests.factories import IndicatorFactory, IndicatorTableFactory

pytestmark = pytest.mark.long

D = Decimal
LATER = DURING + datetime.timedelta(days=1)
HEALTH, JUSTICE, FINANCE = "Sở Y tế", "Sở Tư pháp", "Sở Tài chính"

numbers = st.integers(0, 10**9).map(lambda n: D(n) / 10)


def answers(*pairs, at=DURING) -> list[Answer]:
    return [Answer(f"Đơn vị {n}", at, total, included) for n, (total, included) in enumerate(pairs)]


# The rules


@given(st.lists(numbers, min_size=1, max_size=30))
def test_sum_is_the_sum_of_all_numbers(counts):
    told = answers(*((count, None) for count in counts))

    assert merged_numbers(told, shape="count", unit="người", merge="sum") == (sum(counts), None)


@given(st.lists(st.tuples(numbers, numbers).filter(lambda pair: pair[0]), min_size=1, max_size=30))
def test_ratio_of_sums_lies_between_the_smallest_and_the_largest_ratio(pairs):
    total, included = merged_numbers(answers(*pairs), shape="ratio", unit="% cơ quan", merge="ratio_of_sums")

    ratios = [part / whole for whole, part in pairs]
    assert (total, included) == (sum(whole for whole, _ in pairs), sum(part for _, part in pairs))
    assert min(ratios) - D("1e-18") <= included / total <= max(ratios) + D("1e-18")


@given(
    st.lists(numbers, min_size=1, max_size=10), st.sampled_from(["% cơ quan", "‰", "phần trăm", "Tỷ lệ phần trăm"])
)
def test_percentages_that_were_typed_are_never_added(shares, unit):
    told = answers(*((share, None) for share in shares))

    assert why_not_merged("count", unit, "sum") != ""
    assert merged_numbers(told, shape="count", unit=unit, merge="sum") == (None, None)


@given(st.lists(st.tuples(numbers, numbers).filter(lambda pair: pair[0]), min_size=2, max_size=10))
def test_share_of_a_sum_is_computed_of_the_sums_whatever_the_rule_was_called(pairs):
    for shape, unit in (("ratio", "% cơ quan"), ("by_sex", "người")):
        merged = {merged_numbers(answers(*pairs), shape=shape, unit=unit, merge=m) for m in ("sum", "ratio_of_sums")}

        assert len(merged) == 1


def test_latest_is_what_arrived_last_and_the_plans_first_of_several():
    told = [
        Answer("Sở Nội vụ", LATER, D(41), D(20)),
        Answer("Sở Y tế", DURING, D(40), D(10)),
        Answer("Sở Tư pháp", LATER, D(42), D(21)),
        Answer("Sở Tài chính", LATER + datetime.timedelta(days=1), has_no_data=True),
    ]

    assert merged_numbers(told, shape="by_sex", unit="người", merge="latest") == (D(41), D(20))


def test_none_merges_nothing_and_no_answer_is_not_zero():
    assert merged_numbers(answers((D(4), None)), shape="count", unit="người", merge="none") == (None, None)
    assert merged_numbers([], shape="count", unit="người", merge="sum") == (None, None)
    assert merged_numbers(answers((None, None)), shape="count", unit="người", merge="sum") == (None, None)


def test_half_an_answer_is_left_out_of_both_sums():
    told = answers((D(100), D(40)), (D(50), None))

    assert merged_numbers(told, shape="ratio", unit="%", merge="ratio_of_sums") == (D(100), D(40))


# The year's tables


@pytest.fixture
def indicators(plan, agency, other_agency, budget_agency, focal_agency) -> dict:
    """A table that three agencies answer: a count, people by sex with a target, a ratio, and one that stays apart."""
    table = IndicatorTableFactory(plan=plan, code="B1", title="Cán bộ", position=1)
    asked = [plan.participant_of(one) for one in (agency, other_agency, budget_agency)]
    made = {
        "count": IndicatorFactory(table=table, code="B1.1", participants=asked),
        "by_sex": IndicatorFactory(table=table, code="B1.2", shape="by_sex", participants=asked),
        "ratio": IndicatorFactory(
            table=table, code="B1.3", shape="ratio", unit="% cơ quan", merge="ratio_of_sums", participants=asked
        ),
        "apart": IndicatorFactory(table=table, code="B1.4", merge="none", participants=asked[:2]),
        "latest": IndicatorFactory(table=table, code="B1.5", merge="latest", participants=asked[:2]),
    }
    Target.objects.create(indicator=made["by_sex"], year=2026, comparison="at_least", value=D("40.5"))
    Target.objects.create(indicator=made["ratio"], year=2030, comparison="at_least", value=D(60))
    return made


@pytest.fixture
def reports(indicators, cycle, officer, focal_head) -> dict[str, Report]:
    reports = {r.issuer_name: r for r in cycle.reports.select_related("cycle__plan", "agency")}
    for name in (HEALTH, JUSTICE, FINANCE):
        Membership.objects.create(
            user=focal_head, agency=reports[name].agency, role=Role.HEAD, valid_from=datetime.date(2018, 1, 1)
        )
    return reports


def answer(report, code, **fields):
    IndicatorValue.objects.filter(part__report=report, indicator__code=code).update(
        **{"total": None, "included": None} | fields
    )


def accept(report, head, officer, now=DURING):
    report = Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)
    services.submit_report(report, by=head, now=now)
    services.accept_report(Report.objects.get(pk=report.pk), by=officer, now=now)


@pytest.fixture
def told(reports, focal_head, officer) -> dict[str, Report]:
    """Health and justice have answered and are accepted, finance has not reported."""
    for name in (HEALTH, JUSTICE):
        fill(reports[name])
    answer(reports[HEALTH], "B1.1", total=D("12.5"))
    answer(reports[JUSTICE], "B1.1", total=D(30))
    answer(reports[HEALTH], "B1.2", total=D(100), included=D(50))
    answer(reports[JUSTICE], "B1.2", total=D(300), included=D(60))
    answer(reports[HEALTH], "B1.3", has_no_data=True, reason="Chưa thống kê.")
    answer(reports[JUSTICE], "B1.3", total=D(20), included=D(11), basis="estimate")
    answer(reports[HEALTH], "B1.5", total=D(7))
    answer(reports[JUSTICE], "B1.5", total=D(8))
    IndicatorValue.objects.filter(indicator__code="B1.1").update(explanation="Số lẻ.")
    Indicator.objects.filter(code="B1.1").update(decimals=1)
    accept(reports[JUSTICE], focal_head, officer)
    accept(reports[HEALTH], focal_head, officer, now=LATER)
    return reports


def rows(cycle) -> dict[str, dict]:
    [table] = consolidation.merged_tables(cycle)
    return {row["code"]: row for row in table["rows"]}


def test_merged_row_has_the_sum_who_answered_and_who_is_missing(told, cycle):
    row = rows(cycle)["B1.1"]

    assert (row["total"], row["included"], row["has_no_data"], row["basis"]) == ("42.5", None, False, "actual")
    assert row["answers"] == [
        {"agency": JUSTICE, "total": "30", "included": None, "has_no_data": False},
        {"agency": HEALTH, "total": "12.5", "included": None, "has_no_data": False},
    ]
    assert row["missing"] == [FINANCE]


def test_merged_share_is_that_of_the_sums_and_not_a_mean(told, cycle):
    row = rows(cycle)["B1.2"]

    assert (row["total"], row["included"]) == ("400", "110")
    [target, _] = consolidation.targets_of(consolidation.merged_tables(cycle), 2026)
    assert (target.code, target.value, target.value_words) == ("B1.2", D("27.5"), "27,5%")
    assert (target.target_words, target.met, target.met_words) == ("từ 40,5% trở lên", False, "Chưa đạt")


def test_merged_ratio_leaves_out_who_has_no_data_and_says_so(told, cycle):
    row = rows(cycle)["B1.3"]

    assert (row["total"], row["included"], row["basis"]) == ("20", "11", "estimate")
    assert [(a["agency"], a["has_no_data"]) for a in row["answers"]] == [(JUSTICE, False), (HEALTH, True)]
    [_, target] = consolidation.targets_of(consolidation.merged_tables(cycle), 2026)
    assert (target.value_words, target.target_words, target.met) == ("55%", "từ 60% trở lên (năm 2030)", None)


def test_indicator_that_is_not_merged_is_listed_by_agency(told, cycle):
    row = rows(cycle)["B1.4"]

    assert (row["merge"], row["total"], row["missing"]) == ("none", None, [])
    assert [(a["agency"], a["total"]) for a in row["answers"]] == [(JUSTICE, "1"), (HEALTH, "1")]


def test_latest_says_whose_it_is(told, cycle):
    row = rows(cycle)["B1.5"]

    assert (row["total"], row["explanation"]) == ("7", "Số mới nhất, của Sở Y tế")


def test_rule_that_would_add_percentages_lists_the_answers_instead(told, cycle, indicators):
    indicators["count"].unit = "% cán bộ"
    indicators["count"].save()

    row = rows(cycle)["B1.1"]

    assert (row["merge"], row["total"]) == ("none", None)
    assert [a["total"] for a in row["answers"]] == ["30", "12.5"]


def test_report_that_is_not_accepted_is_missing_from_every_row(reports, cycle, focal_head):
    fill(reports[HEALTH])
    services.submit_report(reports[HEALTH], by=focal_head, now=DURING)

    assert [(row["total"], HEALTH in row["missing"]) for row in rows(cycle).values()] == [(None, True)] * 5


def test_agency_in_whose_year_nothing_happened_has_no_data_and_is_not_missing(reports, cycle, focal_head, officer):
    services.declare_nothing(reports[HEALTH], by=focal_head, now=DURING, reason="Mới thành lập.")
    accept(reports[HEALTH], focal_head, officer)

    row = rows(cycle)["B1.1"]

    assert row["has_no_data"]
    assert [a["agency"] for a in row["answers"]] == [HEALTH]
    assert row["missing"] == [FINANCE, JUSTICE]


# Last year


@pytest.fixture
def year_before(plan, indicators, focal_agency, budget_agency, agency, other_agency):
    opened = datetime.datetime(2025, 10, 1, 8, 0, tzinfo=deadlines.VIETNAM)
    return opening.open_cycle(plan, 2025, by=None, now=opened)[0]


def test_last_year_is_merged_from_its_accepted_reports(year_before, told, cycle, focal_head, officer):
    then = datetime.datetime(2025, 10, 20, tzinfo=deadlines.VIETNAM)
    old = {r.issuer_name: r for r in year_before.reports.select_related("cycle__plan", "agency")}
    for name in (HEALTH, JUSTICE):
        fill(old[name])
        accept(old[name], focal_head, officer, now=then)

    assert rows(cycle)["B1.1"]["last"] == {"year": 2025, "total": "2", "included": None}
    assert rows(cycle)["B1.2"]["last"] == {"year": 2025, "total": "20", "included": "8"}


def test_last_year_is_what_its_newest_version_published(year_before, told, cycle, focal_head):
    published = consolidation.merged_tables(cycle)
    for version, total in ((1, "3"), (2, "4")):
        published[0]["rows"][0] |= {"total": total}
        ConsolidatedReport.objects.create(
            cycle=year_before, version=version, content=canonical({"tables": published}), sha256="0" * 64,
            code=f"ABCD2345EFG{version}", issued_on=datetime.date(2025, 11, 20), published_at=DURING,
            published_by=focal_head,
        )  # fmt: skip

    assert rows(cycle)["B1.1"]["last"] == {"year": 2025, "total": "4", "included": None}


def publish_last_year(year_before, focal_head, tables):
    ConsolidatedReport.objects.create(
        cycle=year_before, version=1, content=canonical({"tables": tables}), sha256="0" * 64,
        code="ABCD2345EFG1", issued_on=datetime.date(2025, 11, 20), published_at=DURING, published_by=focal_head,
    )  # fmt: skip


def test_last_year_is_of_the_agencies_that_answered_this_year(year_before, told, cycle, focal_head):
    published = consolidation.merged_tables(cycle)
    for row, total, included in zip(published[0]["rows"][:3], ("1470", "600", "50"), (None, "300", "5"), strict=True):
        row["answers"] = [
            {"agency": JUSTICE, "total": "30", "included": included and "12", "has_no_data": False},
            {"agency": HEALTH, "total": "10", "included": included and "3", "has_no_data": False},
            {"agency": FINANCE, "total": "1430", "included": included and "5", "has_no_data": False},
        ]
        row |= {"total": total, "included": included}
    publish_last_year(year_before, focal_head, published)

    merged = rows(cycle)

    assert merged["B1.1"]["last"] == {"year": 2025, "total": "40", "included": None, "agencies": 2}
    assert figure_rows.change_words(merged["B1.1"]) == "+2,5"
    assert merged["B1.2"]["last"] == {"year": 2025, "total": "40", "included": "15", "agencies": 2}
    # Health said that it has no data this year.
    assert merged["B1.3"]["last"] == {"year": 2025, "total": "30", "included": "12", "agencies": 1}


def test_latest_is_compared_with_the_same_agencys_last_year(year_before, told, cycle, focal_head):
    published = consolidation.merged_tables(cycle)
    row = published[0]["rows"][4]
    row["answers"] = [
        {"agency": JUSTICE, "total": "30", "included": None, "has_no_data": False},
        {"agency": HEALTH, "total": "10", "included": None, "has_no_data": False},
    ]
    row["total"] = "30"
    publish_last_year(year_before, focal_head, published)

    assert rows(cycle)["B1.5"]["last"] == {"year": 2025, "total": "10", "included": None, "agencies": 1}


@pytest.mark.parametrize("answers_then", ["not kept", "of justice alone"])
def test_last_year_of_other_agencies_is_shown_and_not_compared(year_before, told, cycle, focal_head, answers_then):
    published = consolidation.merged_tables(cycle)
    for row in published[0]["rows"]:
        if answers_then == "not kept":
            del row["answers"]
        else:
            row["answers"] = [one for one in row["answers"] if one["agency"] == JUSTICE]
    published[0]["rows"][0]["total"] = "1470"
    publish_last_year(year_before, focal_head, published)

    row = rows(cycle)["B1.1"]

    assert row["last"] == {"year": 2025, "total": "1470", "included": None, "is_comparable": False}
    assert (figure_rows.last_words(row), figure_rows.change_words(row)) == ("1.470", "")
    [target, _] = consolidation.targets_of(consolidation.merged_tables(cycle), 2026)
    assert target.last_words == ""


def test_first_year_has_no_last_year(told, cycle):
    assert {row["last"] for row in rows(cycle).values()} == {None}


def test_merging_figures_asks_as_many_questions_for_two_answers_as_for_three(told, cycle, focal_head, officer):
    with CaptureQueriesContext(connection) as two:
        consolidation.merged_tables(cycle)
    fill(told[FINANCE])
    accept(told[FINANCE], focal_head, officer)
    with CaptureQueriesContext(connection) as three:
        consolidation.merged_tables(cycle)

    assert len(two) == len(three)
