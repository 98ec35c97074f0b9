"""Opening a year: of the plan as it was printed, of a small one, by command, by the sweep, twice."""

import datetime
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from time_machine import travel

from assignments.models import Agency, Assignment, Plan, Task
from reports import deadlines, opening
from reports.models import CycleEvent, Report, ReportEvent, ReportingCycle, ReportPart, TaskProgress
from tests import factories
from tests.assignments.plan_source import PLAN_FILE
from tests.conftest import YEAR

OPENED = datetime.datetime(2026, 10, 1, 8, 0, tzinfo=deadlines.VIETNAM)
SECOND = datetime.timedelta(seconds=1)

NUMBER = "96/KH-UBND"

# Who reports on Kế hoạch 96, by number in the plan: how many responsibilities of its own each one has.
REPORTERS = {
    (1, "Sở Lao động - Thương binh và Xã hội"): 6,
    (2, "Sở Nội vụ"): 3,
    (3, "Sở Kế hoạch và Đầu tư"): 1,
    (4, "Sở Tài chính"): 1,
    (5, "Sở Thông tin và Truyền thông"): 2,
    (6, "Sở Tư pháp"): 2,
    (7, "Sở Y tế"): 1,
    (8, "Sở Văn hóa, Thể thao và Du lịch"): 1,
    (9, "Công an tỉnh"): 1,
    (10, "Đài Phát thanh và Truyền hình tỉnh"): 1,
    (11, "Ban Dân tộc tỉnh"): 2,
    (12, "Ủy ban MTTQ Việt Nam tỉnh"): 1,
    (13, "Hội Liên hiệp Phụ nữ tỉnh"): 3,
    (14, "Ủy ban nhân dân huyện Bắc Sơn"): 2,
    (14, "Ủy ban nhân dân huyện Bình Gia"): 2,
    (14, "Ủy ban nhân dân huyện Cao Lộc"): 2,
    (14, "Ủy ban nhân dân huyện Chi Lăng"): 2,
    (14, "Ủy ban nhân dân huyện Hữu Lũng"): 2,
    (14, "Ủy ban nhân dân huyện Lộc Bình"): 2,
    (14, "Ủy ban nhân dân huyện Tràng Định"): 2,
    (14, "Ủy ban nhân dân huyện Văn Lãng"): 2,
    (14, "Ủy ban nhân dân huyện Văn Quan"): 2,
    (14, "Ủy ban nhân dân huyện Đình Lập"): 2,
    (14, "Ủy ban nhân dân thành phố Lạng Sơn"): 2,
}
KEYS_AT_THE_END = ["kinh-phi", "danh-gia", "phuong-huong", "kien-nghi"]
MEASURES_BY_AREA = {1: 3, 2: 2, 3: 4, 4: 4, 5: 4, 6: 2}


def everything() -> dict[str, list]:
    """Return every row that opening makes."""
    models = (ReportingCycle, CycleEvent, Report, ReportPart, TaskProgress, ReportEvent)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


# The plan as it was printed


@pytest.fixture
def printed(db):
    """The shipped plan's year 2026."""
    call_command("load_plan", PLAN_FILE, stdout=StringIO())
    return opening.open_cycle(Plan.objects.get(number=NUMBER), YEAR, by=None, now=OPENED)[0]


def test_printed_plan_has_24_reports_each_with_its_own_responsibilities_and_all_measures(printed):
    reports = {(report.participant_number, report.issuer_name): report for report in printed.reports.all()}
    responsibilities = {who: report.parts.filter(kind="responsibility").count() for who, report in reports.items()}

    assert responsibilities == REPORTERS
    assert list(printed.reports.filter(is_invited=True).values_list("participant_number", flat=True)) == [12, 13]
    measures = TaskProgress.objects.filter(part__kind="area").values_list("part__report", "part__area__number")
    assert Counter(measures) == {
        (report.pk, area): count for report in reports.values() for area, count in MEASURES_BY_AREA.items()
    }
    assert ReportPart.objects.count() == 24 * (5 + 6) + 25 + 11 * 2
    assert TaskProgress.objects.count() == 24 * 19 + 25 + 11 * 2
    assert set(TaskProgress.objects.values_list("status", "reason")) == {("", "")}
    assert set(Report.objects.values_list("status", flat=True)) == {"draft"}


def test_printed_plans_reports_say_what_their_agencies_lead_and_help_with(printed):
    assert parts_and_tasks(printed, "so-y-te") == (
        ["nhiem-vu-07-1"],
        ["ND-5.1", "NV-07.1"],
        ["ND-1.1", "ND-3.1", "ND-4.1", "ND-5.2"],
    )
    assert parts_and_tasks(printed, "huyen-trang-dinh") == (
        ["nhiem-vu-14-1", "nhiem-vu-14-2"],
        ["ND-4.4", "ND-5.1", "ND-5.3", "NV-14.1", "NV-14.2"],
        [
            *("ND-1.1", "ND-1.2", "ND-1.3", "ND-2.1", "ND-3.1", "ND-3.4"),
            *("ND-4.2", "ND-5.2", "ND-5.4", "ND-6.1", "ND-6.2"),
        ],
    )


def parts_and_tasks(cycle, slug) -> tuple[list[str], list[str], list[str]]:
    """Return an agency's own parts, the tasks it leads and those it helps with; the order of all parts is held."""
    report = cycle.reports.get(agency__slug=slug)
    own = list(report.parts.filter(kind="responsibility").values_list("key", flat=True))
    keys = ["chi-dao", *(f"noi-dung-{number}" for number in range(1, 7)), *own, *KEYS_AT_THE_END]
    assert list(report.parts.values_list("position", "key")) == list(enumerate(keys, start=1))
    progress = TaskProgress.objects.filter(part__report=report).order_by("task__position")
    leads = list(progress.filter(assigned_part="lead").values_list("task__code", flat=True))
    return own, leads, list(progress.filter(assigned_part="coordinate").values_list("task__code", flat=True))


def test_printed_plan_is_due_before_10_november_and_opened_again_changes_nothing(printed):
    assert printed.due_at == datetime.datetime(2026, 11, 9, 17, 0, tzinfo=datetime.UTC)
    assert (printed.opens_on, printed.data_from, printed.data_to) == (
        datetime.date(2026, 10, 1),
        datetime.date(2025, 12, 15),
        datetime.date(2026, 10, 31),
    )
    before = everything()

    call_command("load_plan", PLAN_FILE, stdout=StringIO())
    _, made = opening.open_cycle(printed.plan, YEAR, by=None, now=OPENED)

    assert made == 0
    assert everything() == before


# A small plan


@pytest.fixture
def four_agencies(plan, focal_agency, budget_agency, agency, other_agency):
    return plan


def test_open_writes_who_opened_it_and_when(four_agencies, officer):
    cycle, made = opening.open_cycle(four_agencies, YEAR, by=officer, now=OPENED)

    assert made == 4
    assert (cycle.opened_at, cycle.opened_by) == (OPENED, officer)
    events = ReportEvent.objects.values_list("kind", "at", "by", "from_status", "to_status")
    assert list(events) == [("opened", OPENED, officer.pk, "", "draft")] * 4
    assert list(CycleEvent.objects.values_list("cycle", "kind", "at", "by", "reason", "changes")) == [
        (cycle.pk, "opened", OPENED, officer.pk, "", {})
    ]


def test_open_again_by_somebody_else_later_changes_nothing(four_agencies, officer):
    opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)
    before = everything()

    _, made = opening.open_cycle(four_agencies, YEAR, by=officer, now=OPENED + datetime.timedelta(days=9))

    assert made == 0
    assert everything() == before


def test_open_again_adds_newcomers_and_touches_nobody_else(four_agencies):
    cycle, _ = opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)
    ReportPart.objects.update(text="Đã viết.")
    before = everything()
    newcomer = factories.ParticipantFactory(plan=four_agencies, number=14)

    _, made = opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)

    assert made == 1
    report = cycle.reports.get(agency=newcomer.agency)
    assert (report.participant_number, report.status, report.events.count()) == (14, "draft", 1)
    after = everything()
    assert {name: rows[: len(before[name])] for name, rows in after.items()} == before
    assert len(after["Report"]) == 5


def test_open_makes_reports_for_the_members_of_a_group_and_none_for_the_group(four_agencies):
    group = factories.ParticipantFactory(plan=four_agencies, number=14, agency=None, name="UBND các huyện")
    group.members.set([factories.AgencyFactory(), factories.AgencyFactory()])

    cycle, made = opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)

    assert made == 6
    assert cycle.reports.filter(participant_number=14).count() == 2


def test_open_leaves_out_agencies_that_are_no_more_or_not_yet(four_agencies, agency, other_agency, budget_agency):
    for gone, last in ((agency, datetime.date(2026, 9, 30)), (other_agency, datetime.date(2026, 10, 1))):
        Agency.objects.filter(pk=gone.pk).update(valid_to=last)
    Agency.objects.filter(pk=budget_agency.pk).update(valid_from=datetime.date(2026, 10, 2))

    cycle, made = opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)

    assert made == 2
    assert list(cycle.reports.values_list("issuer_name", flat=True)) == [
        "Sở Lao động - Thương binh và Xã hội",
        "Sở Tư pháp",
    ]


def test_open_takes_the_assignments_of_that_day(four_agencies, agency):
    task = Task.objects.get(code="ND-1.1")
    Assignment.objects.create(task=task, agency=agency, part="lead", valid_from="2018-06-01", valid_to="2026-09-30")
    Assignment.objects.create(task=task, agency=agency, part="coordinate", valid_from="2026-10-01")
    Assignment.objects.create(
        task=Task.objects.get(code="ND-2.1"), agency=agency, part="lead", valid_from="2026-10-02"
    )

    opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)

    rows = TaskProgress.objects.filter(part__report__agency=agency).values_list("task__code", "assigned_part")
    assert dict(rows) == {"ND-1.1": "coordinate", "ND-1.2": "", "ND-2.1": "", "NV-07.1": ""}


def test_open_fixes_the_tasks_so_that_a_later_one_waits_for_the_next_year(four_agencies, agency, areas):
    cycle, _ = opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)
    factories.MeasureFactory(area=areas[1], code="ND-2.2", position=50)

    opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)
    next_year, _ = opening.open_cycle(four_agencies, YEAR + 1, by=None, now=OPENED.replace(year=YEAR + 1))

    assert [
        list(TaskProgress.objects.filter(part__report__in=year.reports.filter(agency=agency), part__key="noi-dung-2")
             .values_list("task__code", flat=True))
        for year in (cycle, next_year)
    ] == [["ND-2.1"], ["ND-2.1", "ND-2.2"]]  # fmt: skip


def test_report_keeps_the_name_its_agency_had_on_opening(four_agencies, agency):
    cycle, _ = opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)
    Agency.objects.filter(pk=agency.pk).update(name="Sở Y tế và Dân số")

    assert cycle.reports.get(agency=agency).issuer_name == "Sở Y tế"


# The sweep


def test_sweep_opens_a_cycle_from_midnight_of_its_opening_day_in_vietnam(four_agencies):
    midnight = datetime.datetime(2026, 9, 30, 17, 0, tzinfo=datetime.UTC)

    assert opening.open_due_cycles(midnight - SECOND) == 0
    assert list(ReportingCycle.objects.values_list("year", "opened_at")) == [(2026, None)]
    assert opening.open_due_cycles(midnight) == 4
    assert list(ReportingCycle.objects.values_list("year", "opened_at", "opened_by")) == [(2026, midnight, None)]
    assert list(CycleEvent.objects.values_list("kind", "at", "by")) == [("opened", midnight, None)]


def test_sweep_opens_once(four_agencies):
    opening.open_due_cycles(OPENED)
    before = everything()

    for later in range(3):
        assert opening.open_due_cycles(OPENED + datetime.timedelta(days=later)) == 0

    assert everything() == before


def test_sweep_leaves_newcomers_to_whoever_opens_the_year_again(four_agencies):
    opening.open_due_cycles(OPENED)
    factories.ParticipantFactory(plan=four_agencies, number=14)

    assert opening.open_due_cycles(OPENED) == 0
    assert opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)[1] == 1


def test_sweep_that_comes_late_opens_all_the_same(four_agencies):
    assert opening.open_due_cycles(OPENED + datetime.timedelta(days=40)) == 4


def test_sweep_follows_the_day_that_the_officer_set(four_agencies):
    cycle = opening.planned_cycle(four_agencies, YEAR)
    cycle.opens_on = datetime.date(2026, 10, 15)
    cycle.save()

    assert opening.open_due_cycles(datetime.datetime(2026, 10, 14, 23, 59, tzinfo=deadlines.VIETNAM)) == 0
    assert opening.open_due_cycles(datetime.datetime(2026, 10, 15, 0, 0, tzinfo=deadlines.VIETNAM)) == 4


def test_planned_cycle_keeps_the_dates_that_the_officer_set(four_agencies):
    cycle = opening.planned_cycle(four_agencies, YEAR)
    cycle.due_at = deadlines.midnight(datetime.date(2026, 11, 21))
    cycle.save()

    assert opening.planned_cycle(four_agencies, YEAR).due_at == cycle.due_at
    assert opening.open_cycle(four_agencies, YEAR, by=None, now=OPENED)[0].due_at == cycle.due_at


# The command


def open_by_command(*arguments) -> str:
    output = StringIO()
    call_command("open_cycle", *arguments, stdout=output)
    return output.getvalue()


@travel(OPENED, tick=False)
def test_command_opens_and_opens_again(four_agencies):
    assert open_by_command(NUMBER, "2026") == "Kỳ báo cáo năm 2026 đã mở; tạo thêm 4 báo cáo.\n"
    assert open_by_command(NUMBER, "2026") == "Kỳ báo cáo năm 2026 đã mở; tạo thêm 0 báo cáo.\n"
    assert ReportingCycle.objects.get().opened_at == OPENED


def test_command_refuses_a_plan_that_is_not_there(four_agencies):
    with pytest.raises(CommandError) as refusal:
        open_by_command("97/KH-UBND", "2026")

    assert str(refusal.value) == "Không có kế hoạch số 97/KH-UBND. Hãy nạp kế hoạch bằng load_plan trước."
    assert refusal.value.returncode == 1
    assert ReportingCycle.objects.count() == 0


@travel(OPENED, tick=False)
@pytest.mark.parametrize("year", ["2017", "2028", "0", "-1"])
def test_command_refuses_a_year_in_which_nobody_reports(year, four_agencies):
    with pytest.raises(CommandError) as refusal:
        open_by_command(NUMBER, year)

    assert f"Năm {year} không hợp lệ" in str(refusal.value)
    assert refusal.value.returncode == 1
    assert ReportingCycle.objects.count() == 0


@travel(OPENED, tick=False)
@pytest.mark.parametrize("year", ["2018", "2027"])
def test_command_opens_from_the_plans_first_year_to_the_next(year, four_agencies):
    assert open_by_command(NUMBER, year) == f"Kỳ báo cáo năm {year} đã mở; tạo thêm 4 báo cáo.\n"
