"""On time, late and overdue: from the second of a submit, or the day of a letter, to the words on a page."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from reports import deadlines, services
from reports.models import CalendarException, Report
from reports.standing import Standing, in_plan_order, standing_of, standings
from tests.conftest import DURING

DUE_AT = deadlines.midnight(datetime.date(2026, 11, 10))
SECOND = datetime.timedelta(seconds=1)
REASON = "Đề nghị bổ sung số liệu."
LATER = datetime.datetime(2026, 11, 12, 9, 0, tzinfo=deadlines.VIETNAM)


def at(report) -> Report:
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


def standing(report, now=LATER):
    return standing_of(report, now=now, corrections=CalendarException.objects.as_corrections())


def submit(report, head, now):
    return services.submit_report(at(report), by=head, now=now)


def withdraw(report, head, now):
    services.withdraw_report(at(report), by=head, now=now)


def return_(report, officer, now):
    services.return_report(at(report), by=officer, now=now, reason=REASON, reopened_keys=["chi-dao"])


def enter(report, officer, received_on):
    services.enter_report(
        at(report),
        by=officer,
        now=LATER,
        letter_number="187/BC-SYT",
        received_on=received_on,
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts={},
    )


@pytest.fixture
def _server_in_utc():
    with timezone.override("UTC"):
        yield


@pytest.mark.usefixtures("_server_in_utc")
@pytest.mark.parametrize(
    ("moment", "is_late", "words"),
    [
        (DUE_AT - SECOND, False, "đúng hạn"),
        (DUE_AT, True, "nộp chậm"),
        (DUE_AT + SECOND, True, "nộp chậm"),
    ],
)
def test_submission_is_late_from_10_november_midnight_in_vietnam(
    moment, is_late, words, complete_report, clerk, head
):
    submit(complete_report, head, moment.astimezone(datetime.UTC))

    found = standing(complete_report)
    assert (found.is_late, found.days_words, found.received_at) == (is_late, words, moment)


@pytest.mark.usefixtures("_server_in_utc")
@pytest.mark.parametrize(
    ("received_on", "is_late"),
    [
        (datetime.date(2026, 10, 19), False),
        (datetime.date(2026, 11, 9), False),
        (datetime.date(2026, 11, 10), True),
        (datetime.date(2026, 11, 11), True),
    ],
)
def test_letter_counts_by_the_day_it_came_and_not_by_the_day_it_was_entered(received_on, is_late, report, officer):
    enter(report, officer, received_on)

    assert standing(report).is_late is is_late
    assert standing(report).received_at == deadlines.midnight(received_on)


def test_submission_taken_back_does_not_count(complete_report, clerk, head):
    submit(complete_report, head, DURING)
    withdraw(complete_report, head, DURING)
    submit(complete_report, head, LATER)

    assert standing(complete_report).is_late
    assert standing(complete_report).received_at == LATER


def test_submission_taken_back_and_never_sent_again_is_overdue(complete_report, clerk, head):
    submit(complete_report, head, DURING)
    withdraw(complete_report, head, DURING)

    found = standing(complete_report)
    assert (found.received_at, found.is_late, found.is_overdue) == (None, True, True)
    assert found.days_words == "quá hạn 3 ngày"


def test_first_submission_stands_when_it_is_returned_and_sent_again_late(complete_report, clerk, head, officer):
    submit(complete_report, head, DURING)
    return_(complete_report, officer, DURING)
    submit(complete_report, head, LATER)

    assert not standing(complete_report).is_late
    assert standing(complete_report).received_at == DURING


def test_second_submission_taken_back_leaves_the_first(complete_report, clerk, head, officer):
    submit(complete_report, head, DURING)
    return_(complete_report, officer, DURING)
    submit(complete_report, head, LATER)
    withdraw(complete_report, head, LATER)

    assert not standing(complete_report).is_late
    assert standing(complete_report).received_at == DURING


def test_extension_is_the_reports_own_deadline(complete_report, clerk, head):
    Report.objects.filter(pk=complete_report.pk).update(
        extended_due_at=deadlines.midnight(datetime.date(2026, 11, 16))
    )
    before = standing(complete_report)
    assert (before.days_words, before.is_overdue) == ("còn 3 ngày", False)

    submit(complete_report, head, LATER)

    assert not standing(complete_report).is_late


def test_extension_is_exclusive_too(complete_report, clerk, head):
    until = deadlines.midnight(datetime.date(2026, 11, 16))
    Report.objects.filter(pk=complete_report.pk).update(extended_due_at=until)

    submit(complete_report, head, until)

    assert standing(complete_report).is_late


def test_moved_deadline_is_followed_by_reports_without_an_extension(report, cycle, other_agency):
    cycle.due_at = deadlines.midnight(datetime.date(2026, 11, 21))
    cycle.save()
    other = cycle.reports.get(agency=other_agency)
    Report.objects.filter(pk=other.pk).update(extended_due_at=deadlines.midnight(datetime.date(2026, 11, 16)))

    assert standing(report).days_words == "còn 8 ngày"
    assert standing(other).days_words == "còn 3 ngày"


@pytest.mark.usefixtures("_server_in_utc")
@pytest.mark.parametrize(
    ("now", "words", "is_overdue", "tone"),
    [
        (DURING, "còn 20 ngày", False, "secondary"),
        (DUE_AT - SECOND, "hôm nay là ngày cuối", False, "secondary"),
        (DUE_AT, "quá hạn 1 ngày", True, "danger"),
    ],
)
def test_report_that_is_owed_says_how_many_days_are_left(now, words, is_overdue, tone, report):
    found = standing(report, now)

    assert (found.days_words, found.is_overdue, found.tone) == (words, is_overdue, tone)
    assert (found.label, found.symbol, found.is_owed) == ("Đang soạn", "○", True)
    assert found.last_day == datetime.date(2026, 11, 9)


def test_returned_report_has_five_working_days(complete_report, clerk, head, officer):
    submit(complete_report, head, DUE_AT - SECOND)
    return_(complete_report, officer, datetime.datetime(2026, 11, 17, 10, 0, tzinfo=deadlines.VIETNAM))

    found = standing(complete_report, datetime.datetime(2026, 11, 24, 8, 0, tzinfo=deadlines.VIETNAM))
    assert found.last_day == datetime.date(2026, 11, 25)
    assert (found.label, found.days_words, found.is_overdue, found.is_late) == (
        "Bị trả lại",
        "còn 1 ngày",
        False,
        False,
    )


def test_correction_of_the_calendar_moves_what_a_return_gives(complete_report, clerk, head, officer):
    CalendarException.objects.create(day=datetime.date(2026, 11, 24), is_working_day=True)
    submit(complete_report, head, DURING)
    return_(complete_report, officer, datetime.datetime(2026, 11, 17, 10, 0, tzinfo=deadlines.VIETNAM))

    assert standing(complete_report).last_day == datetime.date(2026, 11, 24)


def test_excused_report_is_neither_owed_nor_late(report, officer):
    Report.objects.filter(pk=report.pk).update(excused_at=DURING, excused_by=officer, excused_reason="Giải thể.")

    found = standing(report)
    assert (found.label, found.days_words) == ("Được miễn báo cáo", "")
    assert (found.is_owed, found.is_overdue, found.is_late) == (False, False, False)


def test_every_state_has_a_word_a_colour_and_a_symbol_of_its_own(report):
    seen = {}
    for state in Report.Status.values:
        Report.objects.filter(pk=report.pk).update(status=state, returned_at=DURING if state == "returned" else None)
        found = standing(report, DURING)
        seen[state] = (found.label, found.tone, found.symbol)

    assert seen == {
        "draft": ("Đang soạn", "secondary", "○"),
        "awaiting_approval": ("Chờ lãnh đạo duyệt", "info", "◔"),
        "submitted": ("Đã nộp", "primary", "●"),
        "returned": ("Bị trả lại", "warning", "↩"),
        "accepted": ("Đã chấp nhận", "success", "✔"),
    }


def test_report_sent_is_not_overdue_whenever_one_looks(complete_report, clerk, head):
    submit(complete_report, head, DURING)

    found = standing(complete_report, LATER)
    assert (found.is_owed, found.is_overdue, found.days_words) == (False, False, "đúng hạn")


def test_standings_of_all_reports_ask_one_question(cycle, django_assert_num_queries):
    reports = cycle.reports.select_related("cycle__plan", "agency")

    with django_assert_num_queries(1):
        words = [
            (found.label, found.days_words, found.is_late) for found in standings(reports, now=LATER, corrections={})
        ]

    assert words == [("Đang soạn", "quá hạn 3 ngày", True)] * 4


def test_standings_stand_in_plan_order_and_by_name_within_a_group(cycle, report):
    districts = ("Huyện Hữu Lũng", "Huyện Đình Lập", "Huyện Cao Lộc")
    rows = [Standing(Report(participant_number=14, issuer_name=name), LATER, None, LATER) for name in districts]
    rows.append(Standing(report, LATER, None, LATER))

    assert [row.report.issuer_name for row in in_plan_order(rows)] == [
        "Sở Y tế",
        "Huyện Cao Lộc",
        "Huyện Đình Lập",
        "Huyện Hữu Lũng",
    ]
