"""The demonstration's figures fit the shipped catalogue: complete, consistent, and jumping where it is explained."""

import pytest

from assignments.indicator_file import read_indicators
from assignments.models import Indicator
from reports import demo_figures, figures
from reports.demo import THIS_YEAR
from reports.figures import LastFigure
from tests.assignments.test_indicator_file import FILE, indicators_of_year


def answers(slug, code):
    return [demo_figures._answer(slug, code, last=last) for last in (True, False)]


@pytest.mark.parametrize("slug", sorted(THIS_YEAR))
def test_figures_of_both_years_have_no_problem(slug):
    for data in indicators_of_year(2026):
        row = Indicator(
            code=data.code, shape=data.shape, factor=data.factor, unit=data.unit, included_label=data.included_label
        )
        # Only the agency that is asked has figures that fit the row.
        if data.code in ("CT-4.1", "CT-4.2") and slug != "so-y-te":
            continue
        last, now = answers(slug, data.code)
        before = LastFigure(2025, last.total, last.included)

        assert list(figures.problems_of(row, last, None, 30)) == [], data.code
        assert list(figures.problems_of(row, now, before, 30)) == [], data.code


def test_one_row_jumps_and_says_why_and_one_has_no_data():
    last, now = answers("so-y-te", "CT-4.2")
    row = Indicator(code="CT-4.2", shape="ratio", factor=100_000, unit="ca/100.000 trẻ đẻ sống")

    assert figures.has_jumped(row, now, LastFigure(2025, last.total, last.included), 30)
    assert now.explanation.startswith("Giảm 01 ca")
    assert answers("huyen-van-lang", "B6.4")[1].has_no_data


def test_every_row_of_the_demonstrations_years_has_figures():
    codes = {i.code for table in read_indicators(FILE).tables if table.code != "CL2020" for i in table.indicators}

    assert codes == set(demo_figures.read_figures()["typical"])
