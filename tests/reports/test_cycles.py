"""A year's dates, milestones, days off and end: what is refused, what a change does, what is kept of it."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from reports import consolidation, deadlines, emails, milestones, opening, reminders, services
from reports.models import CalendarException, CycleEvent, Mail, ReminderDue, Report, ReportingCycle
from reports.season import season_of
from reports.standing import standings
from tests.conftest import DURING, YEAR, confirm
from tests.factories import changed_dates

pytestmark = pytest.mark.long

WHY = "Công văn số 812/UBND-KGVX."
SETTINGS = "/96-kh-ubnd-2018/2026/ky-bao-cao/"


def on(month: int, day: int, hour: int = 9) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, tzinfo=deadlines.VIETNAM)


def date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


# Dates


def test_change_of_dates_is_kept_with_what_was_and_what_is(cycle, officer):
    new = changed_dates(cycle, last_day=date("2026-11-15"), data_to=date("2026-11-05"))

    services.change_cycle(cycle, by=officer, now=DURING, dates=new, reason=WHY)

    cycle.refresh_from_db()
    assert (cycle.last_day, cycle.data_to) == (date("2026-11-15"), date("2026-11-05"))
    event = cycle.events.last()
    assert (event.kind, event.by, event.at, event.reason) == ("dates_changed", officer, DURING, WHY)
    assert event.changes == {
        "data_to": ["2026-10-31", "2026-11-05"],
        "due_at": ["2026-11-10T00:00:00+07:00", "2026-11-16T00:00:00+07:00"],
    }


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"data_to": date("2025-12-14")}, "data_to", "Ngày chốt số liệu phải bằng hoặc sau ngày bắt đầu số liệu."),
        (
            {"data_from": date("2024-12-31")},
            "data_from",
            "Số liệu phải bắt đầu trong năm 2025 hoặc năm 2026.",
        ),
        ({"opens_on": date("2026-10-05")}, "opens_on", "Kỳ đã mở ngày 01/10/2026 nên không sửa ngày mở được."),
        ({"last_day": date("2026-10-01")}, "due_at", "Ngày cuối nộp đúng hạn phải sau ngày mở kỳ (01/10/2026)."),
        (
            {"last_day": date("2028-01-01")},
            "due_at",
            "Ngày cuối nộp đúng hạn phải trong năm 2026 hoặc năm 2027.",
        ),
    ],
)
def test_dates_that_contradict_each_other_are_refused(cycle, officer, changes, field, words):
    with pytest.raises(services.CycleChangeRefused) as refusal:
        services.change_cycle(cycle, by=officer, now=DURING, dates=changed_dates(cycle, **changes), reason=WHY)

    assert (refusal.value.field, str(refusal.value)) == (field, words)
    assert cycle.events.filter(kind="dates_changed").count() == 0


def test_change_without_a_reason_or_without_a_change_is_refused(cycle, officer):
    new = changed_dates(cycle, last_day=date("2026-11-15"))
    with pytest.raises(services.CycleChangeRefused, match="lý do"):
        services.change_cycle(cycle, by=officer, now=DURING, dates=new, reason=" ")
    with pytest.raises(services.CycleChangeRefused, match="Chưa có ngày nào thay đổi"):
        services.change_cycle(cycle, by=officer, now=DURING, dates=changed_dates(cycle), reason=WHY)


def test_dates_are_the_officers_and_the_administrators(cycle, focal_head, head, leader, administrator):
    new = changed_dates(cycle, last_day=date("2026-11-15"))
    for person in (focal_head, head, leader):
        with pytest.raises(PermissionDenied):
            services.change_cycle(cycle, by=person, now=DURING, dates=new, reason=WHY)

    services.change_cycle(cycle, by=administrator, now=DURING, dates=new, reason=WHY)

    assert cycle.events.last().by == administrator


@pytest.fixture
def _during(time_machine):
    time_machine.move_to(DURING, tick=False)


def typed(**fields) -> dict[str, str]:
    return {
        "opens_on": "01/10/2026",
        "data_from": "15/12/2025",
        "data_to": "31/10/2026",
        "due_at": "09/11/2026",
        "reason": WHY,
    } | fields


@pytest.mark.usefixtures("_during")
def test_page_shows_what_a_shorter_deadline_does_before_it_is_done(client, cycle, officer, clerk):
    client.force_login(officer)

    shown = client.post(f"{SETTINGS}ngay/", typed(due_at="18/10/2026", data_to="01/10/2026"))

    effects = shown.context["effects"]
    assert [sentence for sentence, _ in effects.lines] == [
        "Số liệu đến hết ngày: 31/10/2026 thành 01/10/2026",
        "Ngày cuối nộp đúng hạn: 09/11/2026 thành 18/10/2026",
        "4 đơn vị có hạn mới: hết ngày 18/10/2026",
        "Thư nhắc gửi ngay trong giờ gửi thư, mốc 1 ngày sau hạn: 2 người, về 4 báo cáo",
        "Báo hạn mới bằng thư, kèm lý do: 1 người ở 1 đơn vị",
    ]
    assert [sentence for sentence, _ in effects.warnings] == [
        "Hạn mới 18/10/2026 đã qua: các đơn vị chưa nộp thành quá hạn ngay",
        "Ngày cuối 18/10/2026 không phải ngày làm việc (Chủ nhật); ngày làm việc tiếp theo là thứ Hai 19/10/2026",
        "3 đơn vị có hạn mới nhưng chưa có đầu mối để báo; hãy gọi điện",
    ]
    cycle.refresh_from_db()
    assert cycle.last_day == date("2026-11-09")
    assert not ReminderDue.objects.exists()


@pytest.mark.usefixtures("_during")
def test_page_does_it_once_confirmed_and_tells_of_it(client, cycle, officer):
    client.force_login(officer)

    response = confirm(client, f"{SETTINGS}ngay/", typed(due_at="16/11/2026"), follow=True)

    cycle.refresh_from_db()
    assert cycle.last_day == date("2026-11-16")
    page = response.content.decode()
    assert "Ngày cuối nộp đúng hạn: 09/11/2026 thành 16/11/2026" in page
    assert WHY in page


@pytest.mark.usefixtures("_during")
@pytest.mark.usefixtures("_during")
def test_page_shows_anew_what_another_officer_changed_since_the_preview(client, cycle, officer):
    client.force_login(officer)
    seal = client.post(f"{SETTINGS}ngay/", typed(due_at="20/12/2026")).context["effects"].seal
    new = changed_dates(cycle, last_day=date("2026-12-14"))
    services.change_cycle(cycle, by=officer, now=DURING, dates=new, reason=WHY)

    shown = client.post(f"{SETTINGS}ngay/", typed(due_at="20/12/2026", confirmed=seal))

    cycle.refresh_from_db()
    assert cycle.last_day == date("2026-12-14")
    assert "Ngày cuối nộp đúng hạn: 14/12/2026 thành 20/12/2026" in shown.content.decode()
    assert "từ lúc bạn xem trước, số liệu của kỳ đã thay đổi" in shown.content.decode()


@pytest.mark.parametrize("field", ["data_from", "data_to", "due_at"])
@pytest.mark.parametrize("day", ["01/01/0001", "31/12/9999"])
@pytest.mark.usefixtures("_during")
def test_page_says_that_a_year_is_a_slip(client, cycle, officer, field, day):
    client.force_login(officer)

    shown = client.post(f"{SETTINGS}ngay/", typed(**{field: day}))

    year = int(day[-4:])
    assert shown.context["form"].errors[field] == [
        f"Năm {year} không hợp lý. Hãy kiểm tra lại ngày, ví dụ: 09/11/2026."
    ]
    assert f'value="{day}"' in shown.content.decode()


@pytest.mark.usefixtures("_during")
def test_page_corrects_no_day_that_the_year_does_not_use(client, cycle, officer):
    client.force_login(officer)

    shown = client.post(f"{SETTINGS}lich/", {"day": "24/11/2028", "kind": "off", "reason": WHY})

    assert shown.context["form"].errors["day"] == [
        "Ngày phải trong năm 2026 hoặc năm 2027: kỳ báo cáo không dùng lịch của năm khác."
    ]
    with pytest.raises(services.CycleChangeRefused):
        services.correct_day(cycle, by=officer, now=DURING, day=date("2025-11-24"), is_working_day=False, reason=WHY)


@pytest.mark.usefixtures("_during")
def test_page_lists_the_days_that_were_corrected(client, cycle, officer):
    CalendarException.objects.create(day=date("2027-02-10"), is_working_day=False, note="Nghỉ Tết")
    client.force_login(officer)

    page = client.get(SETTINGS).content.decode()

    assert "Đã sửa 1 ngày so với lịch chung" in page
    assert "10/02/2027: ngày nghỉ, Nghỉ Tết" in page


@pytest.mark.usefixtures("_during")
def test_page_offers_nothing_to_confirm_where_no_date_changes(client, cycle, officer):
    client.force_login(officer)

    shown = client.post(f"{SETTINGS}ngay/", typed())

    assert shown.context["effects"] is None
    assert "Chưa có ngày nào thay đổi so với hiện nay." in shown.content.decode()


def test_page_says_which_date_contradicts_and_keeps_what_was_typed(client, cycle, officer):
    client.force_login(officer)

    response = client.post(f"{SETTINGS}ngay/", typed(due_at="01/10/2026"))

    assert response.context["form"].errors == {"due_at": ["Ngày cuối nộp đúng hạn phải sau ngày mở kỳ (01/10/2026)."]}
    assert WHY in response.content.decode()


@pytest.mark.usefixtures("_during")
def test_extended_agencies_are_named_when_everybodys_deadline_passes_theirs(client, cycle, report, officer):
    granted_until = deadlines.after(date("2026-11-12"))
    services.grant_extension(report, by=officer, now=DURING, granted_until=granted_until, reason=WHY)
    client.force_login(officer)

    shown = client.post(f"{SETTINGS}ngay/", typed(due_at="16/11/2026"))

    effects = shown.context["effects"]
    assert ("1 đơn vị giữ hạn riêng đã được gia hạn", ["Sở Y tế"]) in effects.lines
    assert (
        "1 đơn vị có hạn riêng sớm hơn hạn chung mới; hãy gia hạn thêm cho họ",
        ["Sở Y tế"],
    ) in effects.warnings


def test_new_deadline_starts_a_new_count_of_reminders(cycle, officer, clerk):
    reminders.claim_due_reminders(on(11, 2))
    new = changed_dates(cycle, last_day=date("2026-11-16"))

    services.change_cycle(cycle, by=officer, now=on(11, 2), dates=new, reason=WHY)
    reminders.claim_due_reminders(on(11, 9))

    own = ReminderDue.objects.filter(recipient=clerk).order_by("due_at")
    assert [(row.days, deadlines.last_day(row.due_at).day) for row in own] == [(-7, 9), (-7, 16)]


@pytest.mark.parametrize(("days", "words"), [(-7, "trước hạn 7 ngày"), (0, "ngày cuối"), (3, "quá hạn 3 ngày")])
def test_milestone_is_told_from_the_last_day(days, words):
    assert milestones.milestone_words(days) == words


# Milestones


def test_milestones_read_as_sentences(cycle):
    assert milestones.sentences(cycle.milestones) == [
        "Nhắc chuyên viên đơn vị: 30, 14, 7 ngày trước hạn",
        "Nhắc chuyên viên đơn vị và lãnh đạo đơn vị: 3, 1 ngày trước hạn; 1, 3 ngày sau hạn",
        "Nhắc chuyên viên đơn vị, lãnh đạo đơn vị và chuyên viên cơ quan đầu mối: 7 ngày sau hạn",
        "Nêu tên trên trang của lãnh đạo tỉnh: từ 10 ngày sau hạn",
    ]
    assert milestones.rows_of(milestones.reminded(cycle.milestones)) == cycle.milestones
    assert milestones.sentences([{"days": 0, "to": ["clerk"]}]) == ["Nhắc chuyên viên đơn vị: ngày cuối"]


def days(**fields) -> dict[str, str]:
    return {
        "before-0": "30, 14, 7",
        "after-0": "",
        "before-1": "3, 1",
        "after-1": "1, 3",
        "before-2": "",
        "after-2": "7",
        "after-3": "10",
        "reason": WHY,
    } | fields


@pytest.mark.usefixtures("_during")
def test_milestones_are_typed_shown_and_changed(client, cycle, officer, clerk):
    client.force_login(officer)

    shown = client.post(f"{SETTINGS}moc-nhac/", days(**{"before-0": "21; 10, 0"}))
    assert shown.context["effects"].lines[0] == (
        "Nhắc chuyên viên đơn vị: 21, 10 ngày trước hạn; ngày cuối",
        [],
    )
    assert "mốc 21 ngày trước hạn: 2 người, về 4 báo cáo" in shown.content.decode()
    confirm(client, f"{SETTINGS}moc-nhac/", days(**{"before-0": "21; 10, 0"}))

    cycle.refresh_from_db()
    assert [row["days"] for row in cycle.milestones] == [-21, -10, -3, -1, 0, 1, 3, 7, 10]
    assert cycle.events.last().kind == "milestones_changed"
    assert "Nay: Nhắc chuyên viên đơn vị: 21, 10 ngày trước hạn; ngày cuối" in client.get(SETTINGS).content.decode()


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        (
            {"before-0": "mười"},
            {"before-0": ["Hãy ghi các số ngày từ 0 đến 365, cách nhau bằng dấu phẩy. Ví dụ: 30, 14, 7."]},
        ),
        (
            {"before-1": "7, 1"},
            {
                "__all__": [
                    "Mốc 7 ngày trước hạn được ghi hai lần. Mỗi mốc chỉ ghi ở một ô; nhóm sau đã gồm cả nhóm trước."
                ]
            },
        ),
        ({"after-3": "10, 12"}, {"after-3": ["Hãy chỉ ghi một số ngày."]}),
        (
            {"before-0": "", "before-1": "", "after-1": "", "after-2": ""},
            {"__all__": ["Hãy giữ ít nhất một mốc nhắc."]},
        ),
    ],
)
def test_milestones_that_cannot_be_are_explained(client, cycle, officer, fields, errors):
    client.force_login(officer)

    response = client.post(f"{SETTINGS}moc-nhac/", days(**fields))

    assert response.context["form"].errors == errors


# The calendar


def test_day_is_corrected_with_its_ground_and_taken_back(cycle, officer):
    day = date("2026-11-24")

    services.correct_day(cycle, by=officer, now=DURING, day=day, is_working_day=True, reason=WHY)
    assert list(CalendarException.objects.values_list("day", "is_working_day", "note")) == [(day, True, WHY)]
    services.correct_day(cycle, by=officer, now=DURING, day=day, is_working_day=None, reason="Nhầm.")

    assert not CalendarException.objects.exists()
    events = cycle.events.filter(kind="calendar_corrected").values_list("changes", "reason")
    assert list(events) == [({"2026-11-24": [None, True]}, WHY), ({"2026-11-24": [True, None]}, "Nhầm.")]


@pytest.mark.usefixtures("_during")
def test_page_shows_whose_deadline_a_day_off_moves(client, complete_report, head, officer):
    services.submit_report(complete_report, by=head, now=on(10, 5))
    services.take_report(complete_report, by=officer, now=on(11, 3))
    services.return_report(complete_report, by=officer, now=on(11, 3), reason="Bổ sung.", reopened_keys=["chi-dao"])
    client.force_login(officer)
    form = {"day": "05/11/2026", "kind": "off", "reason": WHY}

    shown = client.post(f"{SETTINGS}lich/", form)

    assert shown.context["effects"].lines[:2] == [
        ("Thứ Năm 05/11/2026: ngày nghỉ (lịch chung: ngày làm việc)", []),
        ("1 đơn vị có hạn mới: hết ngày 11/11/2026", ["Sở Y tế"]),
    ]
    confirm(client, f"{SETTINGS}lich/", form)
    assert CalendarException.objects.get().day == date("2026-11-05")


def test_season_shows_what_falls_on_its_days(cycle, report, officer):
    granted_until = deadlines.after(date("2026-11-20"))
    services.grant_extension(report, by=officer, now=DURING, granted_until=granted_until, reason=WHY)
    CalendarException.objects.create(day=date("2026-11-14"), is_working_day=True, note="Làm bù")

    months = season_of(
        cycle, cycle.reports.exclude(extended_due_at=None), CalendarException.objects.all(), date("2026-10-20")
    )

    assert [month.first for month in months] == [date("2026-10-01"), date("2026-11-01")]
    shown = [day for month in months for week in month.weeks for day in week if day and day.is_shown]
    assert (shown[0].date, shown[-1].date) == (date("2026-10-01"), date("2026-11-23"))
    assert {f"{day.date:%d/%m}": [entry.words for entry in day.entries] for day in shown if day.entries} == {
        "01/10": ["Mở kỳ báo cáo"],
        "10/10": ["Nhắc chuyên viên đơn vị"],
        "26/10": ["Nhắc chuyên viên đơn vị"],
        "31/10": ["Số liệu đến hết ngày này"],
        "02/11": ["Nhắc chuyên viên đơn vị"],
        "06/11": ["Nhắc chuyên viên đơn vị và lãnh đạo đơn vị"],
        "08/11": ["Nhắc chuyên viên đơn vị và lãnh đạo đơn vị"],
        "09/11": ["Ngày cuối nộp đúng hạn"],
        "10/11": ["Nhắc chuyên viên đơn vị và lãnh đạo đơn vị"],
        "12/11": ["Nhắc chuyên viên đơn vị và lãnh đạo đơn vị"],
        "14/11": ["Ngày làm việc (Làm bù)"],
        "16/11": ["Nhắc chuyên viên đơn vị, lãnh đạo đơn vị và chuyên viên cơ quan đầu mối"],
        "19/11": ["Lãnh đạo tỉnh thấy tên đơn vị quá hạn"],
        "20/11": ["Hạn riêng: Sở Y tế"],
    }
    off = {day.date for day in shown if day.is_off}
    assert date("2026-11-15") in off
    assert date("2026-11-14") not in off
    assert [day.date for day in shown if day.is_today] == [date("2026-10-20")]


@pytest.mark.usefixtures("_during")
def test_page_warns_where_the_last_day_is_a_day_off(client, cycle, officer):
    client.force_login(officer)
    assert client.get(SETTINGS).context["warnings"] == []

    ReportingCycle.objects.update(due_at=deadlines.after(date("2026-11-24")))

    assert [sentence for sentence, _ in client.get(SETTINGS).context["warnings"]] == [
        "Ngày cuối 24/11/2026 không phải ngày làm việc (Ngày Văn hóa Việt Nam); ngày làm việc tiếp theo là "
        "thứ Tư 25/11/2026"
    ]


# The end


@pytest.fixture
def ended(cycle, complete_report, head, officer):
    services.submit_report(complete_report, by=head, now=on(11, 5))
    services.close_cycle(cycle, by=officer, now=on(12, 1))
    cycle.refresh_from_db()
    return cycle


def labels(cycle: ReportingCycle, now: datetime.datetime) -> dict[str, tuple[str, str]]:
    rows = standings(cycle.reports.select_related("cycle", "agency"), now=now, corrections={})
    return {row.report.agency.slug: (row.label, row.days_words) for row in rows}


def test_end_of_a_year_stops_reminders_and_names_who_never_sent(ended, officer, clerk):
    assert (ended.closed_at, ended.closed_by) == (on(12, 1), officer)
    assert ended.events.last().kind == "closed"
    assert labels(ended, on(12, 2)) == {
        "so-lao-dong-thuong-binh-va-xa-hoi": ("Không gửi", "kỳ đã kết thúc"),
        "so-tai-chinh": ("Không gửi", "kỳ đã kết thúc"),
        "so-tu-phap": ("Không gửi", "kỳ đã kết thúc"),
        "so-y-te": ("Đã nộp", "đúng hạn"),
    }
    assert reminders.claim_due_reminders(on(12, 2)) == 0
    owed = ended.reports.owed().select_related("cycle__plan", "agency")
    assert services.planned_urgings(owed, on(12, 2)) == []


def test_reminder_on_its_way_does_not_leave_after_the_end(cycle, other_agency_clerk, officer):
    reminders.claim_due_reminders(on(11, 16))
    services.close_cycle(cycle, by=officer, now=on(11, 16, 10))

    with pytest.raises(emails.NothingToSay):
        emails.compose(Mail.objects.get(recipient=other_agency_clerk), on(11, 16, 11))

    assert set(ReminderDue.objects.filter(recipient=other_agency_clerk).values_list("why", flat=True)) == {
        "kỳ báo cáo đã kết thúc trước khi thư được gửi"
    }


def test_late_report_is_taken_after_the_end_and_is_late(cycle, complete_report, head, officer):
    services.close_cycle(cycle, by=officer, now=on(12, 1))

    services.submit_report(complete_report, by=head, now=on(12, 3))

    assert labels(cycle, on(12, 4))["so-y-te"] == ("Đã nộp", "nộp chậm")


def test_end_is_refused_while_somebody_is_in_time_or_waits_for_an_answer(cycle, report, clerk, officer):
    with pytest.raises(services.CycleChangeRefused, match="Hạn nộp 09/11/2026 chưa qua"):
        services.close_cycle(cycle, by=officer, now=on(11, 9))
    wanted = deadlines.after(date("2026-11-20"))
    services.ask_extension(report, by=clerk, now=on(11, 9), wanted_until=wanted, reason=WHY)
    with pytest.raises(services.CycleChangeRefused, match="Còn 1 đề nghị gia hạn chưa trả lời"):
        services.close_cycle(cycle, by=officer, now=on(11, 16))
    services.grant_extension(report, by=officer, now=on(11, 16), granted_until=wanted, reason=WHY)

    with pytest.raises(services.CycleChangeRefused) as refusal:
        services.close_cycle(cycle, by=officer, now=on(11, 16))

    assert str(refusal.value) == "Còn đơn vị chưa hết hạn riêng: Sở Y tế (đến hết 20/11/2026)."


def test_nothing_is_extended_or_moved_after_the_end(ended, officer, other_agency_clerk):
    report = ended.reports.select_related("cycle__plan", "agency").get(agency__slug="so-tu-phap")
    wanted = deadlines.after(date("2026-12-20"))
    assert "đã kết thúc" in services.why_not_ask(report)
    assert "đã kết thúc" in services.why_not_grant(report, wanted, on(12, 2))
    new = changed_dates(ended, last_day=date("2026-12-20"))
    with pytest.raises(services.CycleChangeRefused, match="mở lại kỳ"):
        services.change_cycle(ended, by=officer, now=on(12, 2), dates=new, reason=WHY)


def test_leaders_and_the_merged_report_read_who_did_not_send(client, ended, leader, other_agency):
    client.force_login(leader)

    page = client.get(ended.url("summary")).content.decode()
    state = consolidation.reporting_state(list(consolidation.reports_of(ended)), set())

    assert "3 cơ quan không gửi hoặc không nộp lại" in page
    assert "<li>Sở Tư pháp: không gửi</li>" in page
    assert state["is_closed"]


def test_agency_reads_that_a_late_report_is_still_taken(client, ended, other_agency_clerk):
    client.force_login(other_agency_clerk)

    home = client.get("/").content.decode()

    assert "Báo cáo nộp bây giờ vẫn được tiếp nhận và ghi là nộp chậm." in home
    assert "Không gửi" in home


def test_reopened_year_goes_on_as_before(ended, officer, other_agency_clerk):
    with pytest.raises(services.CycleChangeRefused, match="lý do"):
        services.reopen_cycle(ended, by=officer, now=on(12, 2), reason="")

    services.reopen_cycle(ended, by=officer, now=on(12, 2), reason="Chờ báo cáo của Sở Tư pháp.")

    ended.refresh_from_db()
    assert (ended.closed_at, ended.closed_by) == (None, None)
    assert labels(ended, on(12, 2))["so-tu-phap"] == ("Đang soạn", "quá hạn 23 ngày")
    assert reminders.claim_due_reminders(on(12, 2)) > 0


def test_page_ends_and_reopens_the_year(client, cycle, officer, time_machine):
    time_machine.move_to(on(12, 1), tick=False)
    client.force_login(officer)

    shown = client.post(f"{SETTINGS}ket-thuc/", {"reason": ""})
    assert shown.context["effects"].warnings[0][0] == "4 đơn vị được ghi là “Không gửi”"
    confirm(client, f"{SETTINGS}ket-thuc/", {"reason": ""})
    cycle.refresh_from_db()
    assert cycle.closed_by == officer
    page = client.get(cycle.get_absolute_url()).content.decode()
    assert "Kỳ báo cáo đã kết thúc ngày 01/12/2026" in page
    assert "Đôn đốc" not in page
    confirm(client, f"{SETTINGS}mo-lai/", {"reason": WHY})

    cycle.refresh_from_db()
    assert cycle.closed_at is None


# Before it opens


@pytest.fixture
def planned(plan, focal_agency, agency, other_agency, clerk, officer):
    return opening.planned_cycle(plan, YEAR)


@pytest.mark.parametrize(("now", "made"), [(on(9, 23, 23), 0), (on(9, 24, 0), 1), (on(9, 30, 23), 1), (on(10, 1), 0)])
def test_officers_are_told_a_week_ahead_that_a_year_opens(planned, now, made):
    assert opening.announce_openings(now) == made
    assert Mail.objects.count() == made


def test_officers_are_told_once_and_again_when_the_day_moves(planned, officer):
    assert [opening.announce_openings(on(9, day)) for day in (24, 24, 25)] == [1, 0, 0]
    new = changed_dates(planned, opens_on=date("2026-10-05"))
    services.change_cycle(planned, by=officer, now=on(9, 25), dates=new, reason=WHY)

    assert [opening.announce_openings(on(9, day)) for day in (27, 28, 29)] == [0, 1, 0]

    first, second = Mail.objects.order_by("pk")
    assert first.due_from == on(9, 24).replace(hour=9)
    with pytest.raises(emails.NothingToSay):
        emails.compose(first, on(9, 28))
    letter = emails.compose(second, on(9, 28))
    assert letter.subject == "Kỳ báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND tự mở ngày 05/10/2026"
    assert "- Ngày cuối nộp đúng hạn: 09/11/2026\n" in letter.text
    assert "- 3 cơ quan phải báo cáo; chưa có đầu mối sử dụng hệ thống: " in letter.text
    assert f"{SETTINGS}\n" in letter.text


def test_announced_year_that_opened_meanwhile_is_not_told_of(planned, officer):
    opening.announce_openings(on(9, 24))
    opening.open_cycle(planned.plan, YEAR, by=officer, now=on(9, 24, 10))

    with pytest.raises(emails.NothingToSay):
        emails.compose(Mail.objects.get(), on(9, 24, 11))
    assert Report.objects.count() == 3
    assert CycleEvent.objects.filter(kind="announced").count() == 1
