"""The figures part: who gets which rows on opening, what it lacks, what is frozen of it, and how it is saved."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from assignments.models import Indicator, Target
from reports import completeness, figure_tables, opening, services
from reports.figures import FigureInput
from reports.models import IndicatorValue, Report, ReportPart
from reports.workflow import TransitionRefused
from tests import factories
from tests.conftest import DURING, YEAR, fill

D = Decimal
OPENED = datetime.datetime(2026, 10, 1, 1, 0, tzinfo=datetime.UTC)


@pytest.fixture
def cycle(health_indicators, cycle):
    """The year 2026, in which Sở Y tế is asked for figures."""
    return cycle


@pytest.fixture
def part(report) -> ReportPart:
    return part_of(report)


def part_of(report) -> ReportPart:
    part = ReportPart.objects.get(report=report, kind="figures")
    part.report = Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)
    return part


def save(part, by, answers, *, text="", version=None, **claim):
    version = part.version if version is None else version
    return services.save_figures(part, by=by, now=DURING, version=version, answers=answers, text=text, **claim)


def numbers(report) -> list[tuple]:
    rows = IndicatorValue.objects.filter(part__report=report)
    return [(row.indicator.code, row.total, row.included) for row in rows]


def sentences(report) -> list[str]:
    return [gap.sentence for gap in completeness.missing_in_part(part_of(report))]


def submit_last_year(agency, plan, by, answers):
    """Submit the agency's report of the year before with these figures."""
    opened = OPENED.replace(year=YEAR - 1)
    before = opening.open_cycle(plan, YEAR - 1, by=None, now=opened)[0]
    report = fill(Report.objects.select_related("cycle__plan", "agency").get(cycle=before, agency=agency))
    save(part_of(report), by, answers)
    return services.submit_report(report, by=by, now=opened + datetime.timedelta(days=3))


# Opening


def test_opening_gives_a_figures_part_to_the_agencies_that_answer_an_indicator(cycle, report):
    parts = ReportPart.objects.filter(kind="figures")

    assert [part.report.agency.slug for part in parts] == ["so-y-te"]
    part = parts.get()
    assert (part.key, part.title, part.position) == ("so-lieu", "Biểu số liệu", report.parts.count())
    assert numbers(report) == [("B3.1", None, None), ("B3.2", None, None)]


def test_opening_takes_the_tables_of_the_year_and_leaves_out_what_is_retired(plan, agency, health_indicators):
    own = [plan.participant_of(agency)]
    for code, first, last in (("CL2030", 2021, 2030), ("CL2020", 2011, 2020)):
        table = factories.IndicatorTableFactory(plan=plan, code=code, first_year=first, last_year=last)
        factories.IndicatorFactory(table=table, code=f"{code}-1", participants=own)
    Indicator.objects.filter(code="B3.1").update(is_retired=True)

    codes = {}
    for year in (2020, 2021, 2030, 2031):
        cycle = opening.open_cycle(plan, year, by=None, now=OPENED)[0]
        codes[year] = [row.indicator.code for row in IndicatorValue.objects.filter(part__report__cycle=cycle)]

    assert codes == {
        2020: ["B3.2", "CL2020-1"],
        2021: ["B3.2", "CL2030-1"],
        2030: ["B3.2", "CL2030-1"],
        2031: ["B3.2"],
    }


def test_opening_asks_every_member_of_a_group(plan, agency, focal_agency):
    group = factories.ParticipantFactory(plan=plan, number=14, agency=None, name="UBND các huyện")
    group.members.add(*(factories.AgencyFactory(slug=f"huyen-{n}") for n in (1, 2)))
    factories.IndicatorFactory(table__plan=plan, participants=[group, plan.participant_of(agency)])

    cycle = opening.open_cycle(plan, YEAR, by=None, now=OPENED)[0]

    asked = ReportPart.objects.filter(report__cycle=cycle, kind="figures")
    assert sorted(part.report.agency.slug for part in asked) == ["huyen-1", "huyen-2", "so-y-te"]


def test_opening_again_adds_rows_of_new_indicators_and_loses_nothing(cycle, report, part, clerk, other_agency):
    save(part, clerk, {"B3.1": FigureInput(total=D(12))}, text="Theo sổ theo dõi.")
    participants = [cycle.plan.participant_of(report.agency), cycle.plan.participant_of(other_agency)]
    factories.IndicatorFactory(table__plan=cycle.plan, table__code="B8", code="B8.1", participants=participants)

    _, made = opening.open_cycle(cycle.plan, YEAR, by=None, now=DURING)
    opening.open_cycle(cycle.plan, YEAR, by=None, now=DURING)

    assert made == 0
    assert numbers(report) == [("B3.1", 12, None), ("B3.2", None, None), ("B8.1", None, None)]
    assert part_of(report).text == "Theo sổ theo dõi."
    assert ReportPart.objects.filter(kind="figures").count() == 2


@pytest.mark.parametrize("status", ["awaiting_approval", "submitted", "accepted"])
def test_opening_again_leaves_a_report_alone_that_nobody_may_write(cycle, report, status):
    Report.objects.filter(pk=report.pk).update(status=status)
    factories.IndicatorFactory(
        table__plan=cycle.plan, code="B8.1", participants=[cycle.plan.participant_of(report.agency)]
    )

    opening.open_cycle(cycle.plan, YEAR, by=None, now=DURING)

    assert [code for code, *_ in numbers(report)] == ["B3.1", "B3.2"]


def test_opening_again_adds_nothing_to_a_part_that_a_return_left_locked(cycle, report):
    Report.objects.filter(pk=report.pk).update(status="returned", returned_at=DURING)
    report.parts.filter(kind="figures").update(is_reopened=False)
    factories.IndicatorFactory(
        table__plan=cycle.plan, code="B8.1", participants=[cycle.plan.participant_of(report.agency)]
    )

    opening.open_cycle(cycle.plan, YEAR, by=None, now=DURING)

    assert [code for code, *_ in numbers(report)] == ["B3.1", "B3.2"]


# Completeness


def test_untouched_figures_lack_every_row(report):
    assert sentences(report) == ["Biểu số liệu: chưa có số liệu ở B3.1, B3.2."]


def test_figures_with_numbers_or_a_reason_are_complete(part, clerk, report):
    answers = {
        "B3.1": FigureInput(total=D(0)),
        "B3.2": FigureInput(has_no_data=True, reason="Chưa tách được theo giới."),
    }
    save(part, clerk, answers)

    assert sentences(report) == []
    [state] = [s for s in completeness.part_states(report) if s.part.kind == "figures"]
    assert (state.is_done, state.label, state.tone) == (True, "Đã đủ", "success")


def test_every_kind_of_gap_names_its_rows(part, clerk, report):
    answers = {
        "B3.1": FigureInput(has_no_data=True),
        "B3.2": FigureInput(total=D(10), included=D(11)),
    }
    save(part, clerk, answers)

    assert sentences(report) == [
        "Biểu số liệu: chưa ghi lý do không có số liệu ở B3.1.",
        "Biểu số liệu: số trong đó lớn hơn tổng số ở B3.2.",
    ]


def test_jump_since_last_years_submission_asks_for_an_explanation(plan, agency, head, clerk, report):
    submit_last_year(
        agency, plan, head, {"B3.1": FigureInput(total=D(10)), "B3.2": FigureInput(total=D(100), included=D(50))}
    )
    jumped = {"B3.1": FigureInput(total=D(13)), "B3.2": FigureInput(total=D(131), included=D(50))}
    save(part_of(report), clerk, jumped)

    assert sentences(report) == ["Biểu số liệu: chưa giải thích mức tăng, giảm quá 30% ở B3.2."]

    report.cycle.jump_percent = 40
    report.cycle.save()
    assert sentences(report) == []

    report.cycle.jump_percent = 10
    report.cycle.save()
    explained = {code: FigureInput(a.total, a.included, explanation="Mở thêm.") for code, a in jumped.items()}
    save(part_of(report), clerk, explained)
    assert sentences(report) == []


def test_last_year_is_what_stands_of_what_was_submitted(plan, agency, head, clerk, report):
    submission = submit_last_year(agency, plan, head, {"B3.1": FigureInput(total=D(10))})
    IndicatorValue.objects.filter(part__report=submission.report).update(total=99)  # drafted since
    row = figure_tables.rows_of(part_of(report))[0]
    assert (row.last.year, row.last.total, row.last_words) == (2025, 10, "10")

    submission.withdrawn_at, submission.withdrawn_by = DURING, head
    submission.save()

    assert figure_tables.rows_of(part_of(report))[0].last is None


def test_retired_indicator_is_asked_no_more_but_keeps_its_answer(part, clerk, report):
    save(part, clerk, {"B3.1": FigureInput(total=D(5))})
    Indicator.objects.update(is_retired=True)

    assert [row.code for row in figure_tables.rows_of(part_of(report))] == ["B3.1"]
    assert sentences(report) == []


# Saving


def test_save_keeps_answers_and_notes_and_says_who(part, clerk, report):
    saved = save(part, clerk, {"B3.2": FigureInput(total=D(10), included=D(4))}, text="Nguồn: phòng Tổ chức.")

    assert numbers(report) == [("B3.1", None, None), ("B3.2", 10, 4)]
    assert (saved.version, saved.saved_by, saved.saved_at, saved.text) == (1, clerk, DURING, "Nguồn: phòng Tổ chức.")
    assert list(report.writers.all()) == [clerk]


def test_save_of_the_same_is_no_save(part, clerk):
    answers = {"B3.1": FigureInput(total=D(10))}
    saved = save(part, clerk, answers)

    assert save(saved, clerk, answers).version == 1


def test_save_over_what_somebody_else_saved_is_refused_whole(part, clerk, head, report):
    save(part, head, {"B3.1": FigureInput(total=D(10))})

    with pytest.raises(services.SaveConflict):
        save(part, clerk, {"B3.1": FigureInput(total=D(11)), "B3.2": FigureInput(total=D(1))}, version=0)

    assert numbers(report) == [("B3.1", 10, None), ("B3.2", None, None)]


def test_save_by_the_page_that_saved_last_goes_on(part, clerk, report):
    save(part, clerk, {"B3.1": FigureInput(total=D(1))}, page="a", edit=1)
    save(part, clerk, {"B3.1": FigureInput(total=D(12))}, version=0, page="a", edit=2)
    save(part, clerk, {"B3.1": FigureInput(total=D(1))}, version=0, page="a", edit=1)

    assert numbers(report)[0] == ("B3.1", 12, None)


def test_save_of_a_number_that_is_also_missing_is_refused(part, clerk, report):
    with pytest.raises(ValueError, match=r"B3\.1"):
        save(part, clerk, {"B3.1": FigureInput(total=D(1), has_no_data=True)})

    assert numbers(report)[0] == ("B3.1", None, None)


def test_save_of_a_locked_report_and_by_strangers_is_refused(part, clerk, other_agency_clerk, report):
    with pytest.raises(PermissionDenied):
        save(part, other_agency_clerk, {"B3.1": FigureInput(total=D(1))})
    Report.objects.filter(pk=report.pk).update(status="submitted")
    with pytest.raises(TransitionRefused):
        save(part, clerk, {"B3.1": FigureInput(total=D(1))})

    assert numbers(report)[0] == ("B3.1", None, None)


# What is frozen


def test_submission_keeps_the_tables_with_last_year_and_the_target(plan, agency, head, report):
    Target.objects.create(indicator=Indicator.objects.get(code="B3.2"), year=2030, value=D("45.5"))
    Target.objects.create(indicator=Indicator.objects.get(code="B3.2"), year=2025, value=D(40))
    submit_last_year(
        agency, plan, head, {"B3.1": FigureInput(total=D(10)), "B3.2": FigureInput(total=D(100), included=D(50))}
    )
    fill(report)
    answers = {
        "B3.1": FigureInput(has_no_data=True, reason="Mất sổ."),
        "B3.2": FigureInput(total=D("120.0"), included=D(54), basis="estimate", reason="cũ"),
    }
    save(part_of(report), head, answers, text="Nguồn: sổ theo dõi.")

    submission = services.submit_report(part_of(report).report, by=head, now=DURING)

    [table] = submission.snapshot["tables"]
    assert (table["code"], table["title"], table["source"]) == ("B3", "Biểu thử B3", "")
    assert table["rows"][0] == {
        "code": "B3.1",
        "name": "Số thử B3.1",
        "unit": "cuộc",
        "computed_unit": "cuộc",
        "shape": "count",
        "factor": 100,
        "total_label": "Tổng số",
        "included_label": "",
        "merge": "sum",
        "better": "",
        "total": None,
        "included": None,
        "has_no_data": True,
        "reason": "Mất sổ.",
        "explanation": "",
        "basis": "actual",
        "last": {"year": 2025, "total": "10", "included": None},
        "target": None,
    }
    row = table["rows"][1]
    assert (row["total"], row["included"], row["basis"], row["reason"]) == ("120", "54", "estimate", "")
    assert row["last"] == {"year": 2025, "total": "100", "included": "50"}
    assert row["target"] == {"year": 2030, "comparison": "at_least", "value": "45.5"}
    assert submission.snapshot["parts"][-1]["kind"] == "figures"
    assert submission.snapshot["parts"][-1]["text"] == "Nguồn: sổ theo dõi."


@pytest.mark.long
def test_reading_rows_asks_as_often_for_many(cycle, report, django_assert_num_queries):
    own = [cycle.plan.participant_of(report.agency)]
    table = factories.IndicatorTableFactory(plan=cycle.plan, code="B9")
    for number in range(30):
        factories.IndicatorFactory(table=table, code=f"B9.{number}", participants=own)
    opening.add_figures(cycle)
    part = part_of(report)

    with django_assert_num_queries(3):
        rows = figure_tables.rows_of(part)
        words = [(row.total_words, row.target_words, row.problems, row.indicator.table.title) for row in rows]

    assert len(words) == 32


# Words


def row_with(indicator, answer, last=None, targets=()) -> figure_tables.Row:
    for year, comparison, value in targets:
        Target.objects.create(indicator=indicator, year=year, comparison=comparison, value=value)
    value = IndicatorValue(indicator=indicator)
    return figure_tables.Row(value, answer, last, YEAR, 30)


def words(row) -> tuple:
    return row.total_words, row.included_words, row.computed_words, row.last_words, row.change_words, row.target_words


def test_row_by_sex_in_words(db):
    indicator = factories.IndicatorFactory(shape="by_sex")
    last = figure_tables.LastFigure(2025, D(205), D(85))
    row = row_with(indicator, FigureInput(D(1260), D(540)), last, [(2030, "at_least", D(50)), (2020, "at_least", 9)])

    assert words(row) == ("1.260", "540", "42,9%", "85/205 (41,5%)", "+1,4 điểm\u00a0%", "2030: từ 50%")


def test_row_of_a_count_in_words(db):
    last = figure_tables.LastFigure(2025, D(20), None)
    row = row_with(factories.IndicatorFactory(), FigureInput(D(15)), last)

    assert words(row) == ("15", "", "", "20", "-5 (-25%)", "")


def test_row_of_a_rate_in_words(db):
    indicator = factories.IndicatorFactory(shape="ratio", unit="ca/100.000", factor=100_000)
    row = row_with(indicator, FigureInput(D(0), D(0)), None, [(2030, "at_most", D("40.5"))])

    assert words(row) == ("0", "0", "-", "", "", "2030: không quá 40,5")


def test_row_of_yes_or_no_in_words(db):
    indicator = factories.IndicatorFactory(shape="yes_no", unit="có/không")
    row = row_with(indicator, FigureInput(D(1)), figure_tables.LastFigure(2025, D(0), None))

    assert words(row) == ("Có", "", "", "Không", "", "")
