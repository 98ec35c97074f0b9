"""The shipped catalogue of figures, and files of figures that are refused whole."""

import tomllib
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

import assignments
from assignments import indicator_file, models
from assignments.data_file import DataFileError
from assignments.indicator_file import check_indicators, read_indicators
from assignments.indicator_loading import load_indicators
from assignments.models import Indicator, IndicatorTable, Target
from reports import figures

FILE = Path(assignments.__file__).parent / "data" / "chi-tieu.toml"
TEXT = FILE.read_text()

# Most rows that one agency answers in a year.
MOST_ROWS = 13


def content():
    return tomllib.loads(TEXT, parse_float=Decimal)


def small(**changes):
    """Return a file of one table with one indicator, with the changes to the indicator."""
    indicator = {"code": "B1.1", "name": "Số thử", "unit": "người", "shape": "by_sex", "agencies": [7], **changes}
    return {
        "plan": "96/KH-UBND",
        "tables": [{"code": "B1", "title": "Biểu thử", "first_year": 2018, "indicators": [indicator]}],
    }


def problems_of(data):
    with pytest.raises(DataFileError) as refusal:
        check_indicators(data)
    return refusal.value.problems


# The shipped catalogue


def indicators_of_year(year):
    data = read_indicators(FILE)
    tables = [t for t in data.tables if t.first_year <= year and (t.last_year is None or year <= t.last_year)]
    return [indicator for table in tables for indicator in table.indicators]


@pytest.mark.parametrize("year", [2018, 2020, 2021, 2026, 2030])
def test_shipped_catalogue_asks_no_agency_too_much_and_every_agency_something(year):
    rows = Counter(number for indicator in indicators_of_year(year) for number in indicator.agencies)

    assert set(rows) == set(range(1, 15))
    assert max(rows.values()) <= MOST_ROWS


def test_shipped_catalogue_has_the_strategies_of_both_periods_and_their_targets():
    tables = {table.code: table for table in read_indicators(FILE).tables}

    assert list(tables) == [*(f"B{n}" for n in range(1, 10)), "CL2030", "CL2020"]
    assert (tables["CL2030"].first_year, tables["CL2030"].last_year) == (2021, 2030)
    assert (tables["CL2020"].first_year, tables["CL2020"].last_year) == (2011, 2020)
    targets = {
        indicator.code: [(t.year, t.comparison, t.value) for t in indicator.targets]
        for indicator in tables["CL2030"].indicators
    }
    assert targets["CT-1.1"] == [(2025, "at_least", 60), (2030, "at_least", 75)]
    assert targets["CT-4.1"] == [(2025, "at_most", 111), (2030, "at_most", 109)]
    maternal = next(i for i in tables["CL2020"].indicators if i.code == "CT20-4.2")
    assert maternal.targets[0].value == Decimal("58.3")


def test_shipped_catalogue_never_adds_percentages():
    for _, indicator in read_indicators(FILE).every_indicator():
        if indicator.shape == "ratio":
            assert indicator.merge == "ratio_of_sums", indicator.code
        else:
            assert "%" not in indicator.unit, indicator.code


def test_shipped_catalogue_gives_a_share_where_percent_is_the_unit():
    for _, indicator in read_indicators(FILE).every_indicator():
        row = Indicator(shape=indicator.shape, factor=indicator.factor, unit=indicator.unit)
        assert row.is_share == ("%" in row.computed_unit), indicator.code
        if row.is_split:
            assert figures.computed(row, Decimal(200), Decimal(100)) == indicator.factor / 2


# What is refused


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, 'khóa lạ "colour"'),
        ({"shape": "ratio", "merge": "ratio_of_sums"}, 'tỷ lệ phải có "included_label" (tử số)'),
        (
            {"shape": "ratio", "included_label": "Nữ"},
            '"merge": Tỷ lệ không cộng được; hãy chọn tỷ lệ của tổng tử số và tổng mẫu số.',
        ),
        (
            {"shape": "count", "unit": "% cơ quan"},
            '"merge": Tỷ lệ phần trăm không cộng được; hãy nhập tử số và mẫu số, hoặc chọn lấy số mới nhất'
            " hoặc không tổng hợp.",
        ),
        (
            {"shape": "yes_no"},
            '"merge": Có hoặc không thì không cộng được; hãy chọn lấy số mới nhất hoặc không tổng hợp.',
        ),
        (
            {"shape": "count", "merge": "ratio_of_sums"},
            '"merge": Chỉ tính được tỷ lệ của tổng tử số và tổng mẫu số khi nhập hai số.',
        ),
        ({"factor": 1000}, '"factor" chỉ dùng cho tỷ lệ (shape = "ratio")'),
        ({"shape": "count", "included_label": "Nữ"}, '"included_label" không dùng cho shape = "count"'),
        ({"agencies": [7, 7]}, "cơ quan số 7 ghi 2 lần"),
        (
            {"targets": [{"year": 2025, "value": Decimal(1)}, {"year": 2025, "value": Decimal(2)}]},
            "mục tiêu năm 2025 ghi 2 lần",
        ),
    ],
)
def test_indicator_that_contradicts_itself_is_named(changes, said):
    assert problems_of(small(**changes)) == [f"tables[0].indicators[0] (mã B1.1): {said}"]


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({"shape": "sex"}, "shape", "phải là một trong: count, by_sex, ratio, yes_no"),
        ({"agencies": []}, "agencies", "để trống"),
        ({"decimals": 5}, "decimals", "phải từ 0 đến 4"),
        ({"name": "x" * 301}, "name", "dài 301 ký tự, nhiều nhất là 300"),
        ({"targets": [{"year": 2017, "value": 1}]}, "targets", "năm 2017 ngoài thời gian của biểu"),
        ({"targets": [{"year": 2025, "value": "60"}]}, "targets[0].value", "phải là một số, viết như 60 hoặc 1.5"),
    ],
)
def test_value_that_does_not_fit_is_named_with_its_place(changes, key, said):
    assert problems_of(small(**changes)) == [f"tables[0].indicators[0].{key} (mã B1.1): {said}"]


@pytest.mark.parametrize("code", ["b1", "B 1", "Đ1", "B1.", "B1/2"])
def test_code_that_cannot_stand_in_an_address_is_refused(code):
    [problem] = problems_of(small(code=code))

    assert f'"{code}" sai dạng: chỉ chữ cái không dấu' in problem


def test_code_twice_names_both_places():
    data = content()
    data["tables"][1]["indicators"][0]["code"] = "B1.1"

    assert problems_of(data) == [
        "tables[1].indicators[0] (mã B1.1): mã B1.1 đã dùng ở tables[0].indicators[0]",
    ]


def test_table_twice_and_years_in_disorder_are_refused():
    data = content()
    data["tables"][1]["code"] = "B1"
    data["tables"][2]["last_year"] = 2017

    assert problems_of(data) == [
        "tables[1] (mã B1): mã B1 đã dùng ở tables[0]",
        "tables[2].last_year (mã B3): năm 2017 trước năm đầu 2018",
    ]


values = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)


@settings(max_examples=60)
@given(st.sampled_from(list(indicator_file.IndicatorData.__dataclass_fields__)), values)
def test_any_value_is_taken_or_refused_in_words(field, value):
    problems = []
    try:
        check_indicators(small(**{field: value}))
    except DataFileError as refusal:
        problems = refusal.problems

    assert all(problem.startswith("tables[0]") for problem in problems)


@pytest.mark.parametrize(
    ("shape", "model"),
    [(indicator_file.TableData, models.IndicatorTable), (indicator_file.IndicatorData, models.Indicator)],
)
def test_longest_texts_are_those_of_the_columns(shape, model):
    columns = {field.name: field.max_length for field in model._meta.get_fields() if hasattr(field, "max_length")}
    limits = {
        key: next(rule.at_most for rule in kind.__metadata__ if hasattr(rule, "at_most"))
        for key, kind in shape.__annotations__.items()
        if "Text(" in repr(kind)
    }

    assert limits == {key: columns[key] for key in limits}


# Loading


def everything():
    return {
        model: list(model.objects.order_by("pk").values())
        for model in (IndicatorTable, Indicator, Target, Indicator.participants.through)
    }


def run(*arguments):
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def test_load_makes_everything_of_the_file_as_proposals(loaded_plan):
    said = run("load_indicators", FILE)

    assert said == "Đã nạp biểu số liệu của Kế hoạch số 96/KH-UBND: thêm 11 biểu, 71 chỉ tiêu.\n"
    assert IndicatorTable.objects.filter(plan=loaded_plan, is_proposal=True).count() == 11
    assert Indicator.objects.filter(is_proposal=True, is_retired=False).count() == 71
    row = Indicator.objects.get(code="B1.1")
    assert (row.total_label, row.included_label, row.participants.count()) == ("Tổng số", "Trong đó nữ", 14)
    assert str(Target.objects.get(indicator__code="CT-4.1", year=2030)) == "CT-4.1 2030: không quá 109"


def test_load_a_second_time_changes_nothing(loaded_plan):
    run("load_indicators", FILE)
    before = everything()

    assert run("load_indicators", FILE) == "Biểu số liệu của Kế hoạch số 96/KH-UBND: không có gì thay đổi.\n"
    assert everything() == before


def test_load_again_leaves_what_the_officer_changed_and_adds_what_is_new(loaded_plan):
    data = content()
    added = data["tables"][0]["indicators"].pop()
    load_indicators(check_indicators(data))
    Indicator.objects.filter(code="B1.1").update(name="Tên đã sửa", is_retired=True)
    Indicator.objects.get(code="B1.2").participants.clear()
    Target.objects.filter(indicator__code="CT-1.1").delete()

    loaded = load_indicators(read_indicators(FILE))

    assert (loaded.tables, loaded.indicators) == (0, 1)
    assert Indicator.objects.filter(code=added["code"]).exists()
    assert Indicator.objects.get(code="B1.1").name == "Tên đã sửa"
    assert Indicator.objects.get(code="B1.1").is_retired
    assert not Indicator.objects.get(code="B1.2").participants.exists()
    assert not Target.objects.filter(indicator__code="CT-1.1").exists()


def test_load_of_a_bad_file_saves_nothing_and_names_the_places(loaded_plan, tmp_path):
    path = tmp_path / "chi-tieu.toml"
    path.write_text(TEXT.replace("agencies = [2]", "agencies = [99]", 1))

    with pytest.raises(CommandError) as refusal:
        run("load_indicators", path)

    assert str(refusal.value) == (
        f"Không nạp {path}, cơ sở dữ liệu giữ nguyên:\n"
        "- tables[0].indicators[2].agencies (mã B1.3): không có cơ quan số 99 trong kế hoạch"
    )
    assert not IndicatorTable.objects.exists()


def test_load_before_the_plan_is_refused(db):
    with pytest.raises(DataFileError) as refusal:
        load_indicators(read_indicators(FILE))

    assert refusal.value.problems == ["plan: chưa nạp kế hoạch số 96/KH-UBND, hãy nạp bằng load_plan trước"]


def test_file_that_is_no_toml_names_the_line(tmp_path):
    path = tmp_path / "chi-tieu.toml"
    path.write_text(TEXT.replace('code = "B1"', "code = B1", 1))

    with pytest.raises(DataFileError) as refusal:
        read_indicators(path)

    assert refusal.value.problems == ["chi-tieu.toml, dòng 15, cột 8: sai cú pháp TOML (Invalid value)"]
