"""Which reminders are due, for whom, and that each is claimed once."""

import datetime
from collections import Counter
from dataclasses import replace

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from assignments.models import Membership, Role
from reports import deadlines, reminders
from reports.models import CalendarException, Mail, ReminderDue, Report
from reports.models.cycle import default_milestones
from reports.reminders import ReportFacts, due_reminders
from tests import factories

CLERK, HEAD, OFFICER = 1, 2, 3
DUE_AT = deadlines.midnight(datetime.date(2026, 11, 10))
LAST_DAY = datetime.date(2026, 11, 9)
MILESTONES = reminders.mail_milestones(default_milestones())

FACTS = ReportFacts(
    report_id=7,
    status=Report.Status.DRAFT,
    is_excused=False,
    due_at=DUE_AT,
    returned_on=None,
    milestones=MILESTONES,
    people={
        Role.CLERK: frozenset({CLERK}),
        Role.HEAD: frozenset({HEAD}),
        Role.OFFICER: frozenset({OFFICER}),
    },
)


def at(day: datetime.date, hour: int = 9) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), deadlines.VIETNAM)


def days_from_last(days: int, hour: int = 9) -> datetime.datetime:
    return at(LAST_DAY + datetime.timedelta(days=days), hour)


def going_out(facts: ReportFacts, now: datetime.datetime) -> list[tuple[int, int | None]]:
    return [(due.days, due.recipient_id) for due in due_reminders(facts, now) if not due.why]


def passed_over(facts: ReportFacts, now: datetime.datetime) -> list[tuple[int, int | None, str]]:
    return [(due.days, due.recipient_id, due.why) for due in due_reminders(facts, now) if due.why]


def claimed(facts: ReportFacts, now: datetime.datetime) -> ReportFacts:
    rows = {(due.days, due.recipient_id) for due in due_reminders(facts, now)}
    return replace(facts, claimed=facts.claimed | rows)


# What is due


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-31, []),
        (-30, [(-30, CLERK)]),
        (-15, [(-30, CLERK)]),
        (-14, [(-14, CLERK)]),
        (-7, [(-7, CLERK)]),
        (-4, [(-7, CLERK)]),
        (-3, [(-3, CLERK), (-3, HEAD)]),
        (-1, [(-1, CLERK), (-1, HEAD)]),
        (0, [(-1, CLERK), (-1, HEAD)]),
        (1, [(1, CLERK), (1, HEAD)]),
        (3, [(3, CLERK), (3, HEAD)]),
        (6, [(3, CLERK), (3, HEAD)]),
        (7, [(7, OFFICER), (7, CLERK), (7, HEAD)]),
        (40, [(7, OFFICER), (7, CLERK), (7, HEAD)]),
    ],
)
def test_milestone_is_due_from_its_day_until_the_next(days, expected):
    assert going_out(FACTS, days_from_last(days)) == expected


def test_milestone_begins_at_midnight_in_vietnam():
    seven_before = deadlines.midnight(LAST_DAY - datetime.timedelta(days=7))

    assert going_out(FACTS, seven_before - datetime.timedelta(seconds=1)) == [(-14, CLERK)]
    assert going_out(FACTS, seven_before) == [(-7, CLERK)]
    assert going_out(FACTS, seven_before.astimezone(datetime.UTC)) == [(-7, CLERK)]


def test_reminder_claimed_today_is_not_due_again():
    facts = claimed(FACTS, days_from_last(-7, hour=0))

    assert due_reminders(facts, days_from_last(-7, hour=23)) == []


def test_reminder_after_a_skipped_night_is_due_once():
    facts = claimed(FACTS, days_from_last(-14))

    assert going_out(facts, days_from_last(-6)) == [(-7, CLERK)]
    assert due_reminders(claimed(facts, days_from_last(-6)), days_from_last(-5)) == []


def test_first_run_late_in_the_season_sends_one_milestone_and_passes_over_the_older():
    now = days_from_last(-2)

    assert going_out(FACTS, now) == [(-3, CLERK), (-3, HEAD)]
    assert passed_over(FACTS, now) == [
        (-30, None, "đã đến mốc nhắc sau"),
        (-14, None, "đã đến mốc nhắc sau"),
        (-7, None, "đã đến mốc nhắc sau"),
    ]


def test_milestone_claimed_for_anybody_is_not_passed_over_later():
    facts = claimed(claimed(FACTS, days_from_last(-30)), days_from_last(-14))

    assert passed_over(facts, days_from_last(-3)) == [(-7, None, "đã đến mốc nhắc sau")]


def test_newcomer_gets_the_current_milestone_and_none_of_the_older():
    facts = claimed(claimed(FACTS, days_from_last(-14)), days_from_last(-7))
    newcomer = 9
    facts = replace(facts, people=facts.people | {Role.CLERK: frozenset({CLERK, newcomer})})

    assert [(due.days, due.recipient_id) for due in due_reminders(facts, days_from_last(-5))] == [(-7, newcomer)]


def test_overdue_report_is_reminded_no_more_after_the_last_milestone():
    facts = claimed(FACTS, days_from_last(7))

    assert due_reminders(facts, days_from_last(8)) == []
    assert due_reminders(facts, days_from_last(300)) == []


@pytest.mark.parametrize("status", [Report.Status.SUBMITTED, Report.Status.ACCEPTED])
def test_report_no_longer_owed_is_not_reminded(status):
    assert due_reminders(replace(FACTS, status=status), days_from_last(-3)) == []


def test_excused_report_is_not_reminded():
    assert due_reminders(replace(FACTS, is_excused=True), days_from_last(3)) == []


def test_moved_due_date_starts_a_new_count():
    facts = claimed(claimed(FACTS, days_from_last(-7)), days_from_last(-3))
    moved = replace(facts, due_at=DUE_AT + datetime.timedelta(days=10), claimed=frozenset())

    assert going_out(moved, days_from_last(-3)) == [(-14, CLERK)]
    assert passed_over(moved, days_from_last(-3)) == [(-30, None, "đã đến mốc nhắc sau")]
    assert going_out(moved, days_from_last(3)) == [(-7, CLERK)]


def test_returned_report_is_not_reminded_of_what_the_return_has_just_said():
    returned = replace(FACTS, status=Report.Status.RETURNED, returned_on=LAST_DAY - datetime.timedelta(days=7))

    now = days_from_last(-7, hour=15)

    assert going_out(returned, now) == []
    assert passed_over(returned, now) == [
        (days, None, "thư trả lại báo cáo đã nêu hạn nộp") for days in (-30, -14, -7)
    ]
    assert going_out(returned, days_from_last(-3)) == [(-3, CLERK), (-3, HEAD)]


def test_returned_report_forgotten_for_weeks_is_reminded_once():
    returned = replace(FACTS, status=Report.Status.RETURNED, returned_on=LAST_DAY - datetime.timedelta(days=7))

    assert going_out(returned, days_from_last(33)) == [(7, OFFICER), (7, CLERK), (7, HEAD)]
    assert due_reminders(claimed(returned, days_from_last(33)), days_from_last(34)) == []


@given(st.lists(st.integers(min_value=-40 * 24, max_value=30 * 24), max_size=60))
def test_any_sweeps_claim_each_milestone_once_and_account_for_every_one(hours):
    """However the sweeps fall, nobody is reminded twice of a milestone or of two in a day."""
    facts, sent = FACTS, Counter()
    for hour in sorted(hours):
        now = deadlines.midnight(LAST_DAY) + datetime.timedelta(hours=hour)
        due = going_out(facts, now)
        sent.update((person, deadlines.day_of(now)) for _, person in due)
        assert not set(due) & facts.claimed
        facts = claimed(facts, now)
        reached = {milestone.days for milestone in facts.milestones_reached(now)}
        assert {days for days, _ in facts.claimed} == reached
    assert all(count == 1 for count in sent.values())


def test_milestone_for_the_leaders_page_alone_does_not_end_the_mails_before_it():
    """Ten days overdue the leaders' page names the agency; who joins it on that day is reminded all the same."""
    assert FACTS.milestones[-1].days == 7
    assert going_out(FACTS, days_from_last(11)) == [(7, OFFICER), (7, CLERK), (7, HEAD)]


def test_milestone_that_names_leaders_among_others_sends_mails_to_the_others():
    milestones = reminders.mail_milestones([{"days": 5, "to": ["leader", "head"]}])

    assert going_out(replace(FACTS, milestones=milestones), days_from_last(5)) == [(5, HEAD)]


# For whom


@pytest.mark.parametrize(
    ("clerks", "heads", "days", "expected"),
    [
        ({CLERK}, {HEAD}, -7, {CLERK: False}),
        (set(), {HEAD}, -7, {HEAD: False}),
        ({CLERK}, set(), -3, {CLERK: False}),
        ({CLERK, 8}, {HEAD, 9}, -3, {CLERK: False, HEAD: False, 8: False, 9: False}),
        (set(), set(), -7, {OFFICER: True}),
        (set(), set(), 7, {OFFICER: True}),
        ({CLERK}, set(), 7, {OFFICER: False, CLERK: False}),
    ],
)
def test_recipients_are_the_wanted_roles_or_who_stands_in_for_them(clerks, heads, days, expected):
    people = FACTS.people | {Role.CLERK: frozenset(clerks), Role.HEAD: frozenset(heads)}
    facts = replace(FACTS, people=people)

    assert {
        due.recipient_id: due.lacks_contact for due in due_reminders(facts, days_from_last(days)) if not due.why
    } == expected


def test_report_awaiting_approval_is_for_the_heads():
    facts = replace(FACTS, status=Report.Status.AWAITING_APPROVAL)

    assert going_out(facts, days_from_last(-7)) == [(-7, HEAD)]
    assert going_out(facts, days_from_last(-3)) == [(-3, HEAD)]


def test_head_of_a_report_sent_up_within_a_milestone_is_reminded_of_it():
    facts = claimed(FACTS, days_from_last(-7))
    facts = replace(facts, status=Report.Status.AWAITING_APPROVAL)

    assert going_out(facts, days_from_last(-6)) == [(-7, HEAD)]


def test_reminder_that_nobody_can_get_is_kept_with_the_reason():
    facts = replace(FACTS, people={})

    due = due_reminders(facts, days_from_last(-30))

    assert due == [reminders.Reminder(7, DUE_AT, -30, recipient_id=None, lacks_contact=True, why="không có đầu mối")]
    assert due_reminders(claimed(facts, days_from_last(-30)), days_from_last(-20)) == []


# The claim


def on(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=deadlines.VIETNAM)


def sent_rows(report=None):
    rows = ReminderDue.objects.exclude(recipient=None)
    if report:
        rows = rows.filter(report=report)
    return list(rows.order_by("pk").values_list("report__agency__slug", "days", "recipient__full_name"))


def test_claim_on_a_milestone_makes_one_row_and_one_mail_per_person(season):
    count = reminders.claim_due_reminders(on(10, 10, hour=0))

    assert count == 4
    assert sent_rows() == [
        ("so-lao-dong-thuong-binh-va-xa-hoi", -30, "Lương Văn Trưởng"),
        ("so-tai-chinh", -30, "Vi Thị Đầu"),
        ("so-tu-phap", -30, "Lý Thị Khác"),
        ("so-y-te", -30, "Nông Thị Chuyên"),
    ]
    assert list(
        Mail.objects.order_by("recipient__full_name").values_list("recipient__full_name", "key", "due_from")
    ) == [
        (name, f"reminder:{pk}:2026-10-10", on(10, 10, 7, 30))
        for name, pk in sorted(ReminderDue.objects.values_list("recipient__full_name", "recipient"))
    ]
    assert ReminderDue.objects.get(lacks_contact=True).report.agency.slug == "so-tai-chinh"


def test_claim_twice_the_same_day_changes_nothing(season):
    reminders.claim_due_reminders(on(10, 10))
    before = list(ReminderDue.objects.values()), list(Mail.objects.values())

    assert reminders.claim_due_reminders(on(10, 10, hour=10)) == 0

    assert (list(ReminderDue.objects.values()), list(Mail.objects.values())) == before


def test_claim_after_nights_without_a_sweep_sends_the_newest_and_logs_the_rest(season, report):
    reminders.claim_due_reminders(on(10, 10))

    reminders.claim_due_reminders(on(11, 4))

    assert list(report.reminders.order_by("days").values_list("days", "recipient__full_name", "outcome", "why")) == [
        (-30, "Nông Thị Chuyên", "pending", ""),
        (-14, None, "skipped", "đã đến mốc nhắc sau"),
        (-7, "Nông Thị Chuyên", "pending", ""),
    ]


def test_claim_before_the_cycle_is_opened_finds_nothing(season):
    season.opened_at = on(10, 20)
    season.save()

    assert reminders.claim_due_reminders(on(10, 15)) == 0
    assert ReminderDue.objects.count() == 0


def test_claim_with_a_moved_due_date_counts_anew(season, report):
    reminders.claim_due_reminders(on(11, 2))
    season.due_at = deadlines.midnight(datetime.date(2026, 11, 17))
    season.save()

    reminders.claim_due_reminders(on(11, 3))
    reminders.claim_due_reminders(on(11, 9))

    assert list(report.reminders.exclude(recipient=None).values_list("due_at", "days")) == [
        (deadlines.midnight(datetime.date(2026, 11, 10)), -7),
        (deadlines.midnight(datetime.date(2026, 11, 17)), -14),
        (deadlines.midnight(datetime.date(2026, 11, 17)), -7),
    ]


def test_claim_for_an_extended_report_counts_to_its_own_due_date(season, report):
    report.extended_due_at = deadlines.midnight(datetime.date(2026, 11, 20))
    report.save()

    reminders.claim_due_reminders(on(11, 9))

    assert sent_rows(report) == [("so-y-te", -14, "Nông Thị Chuyên")]


def test_claim_for_a_report_returned_after_the_deadline_counts_five_working_days(season, report):
    """Returned on Friday 20 November with Tuesday 24 a holiday: five working days end on Monday 30."""
    report.status, report.returned_at = Report.Status.RETURNED, on(11, 20, hour=15)
    report.save()

    reminders.claim_due_reminders(on(11, 20, hour=16))
    assert sent_rows(report) == []
    reminders.claim_due_reminders(on(11, 27))

    due_at = deadlines.midnight(datetime.date(2026, 12, 1))
    assert list(report.reminders.exclude(recipient=None).values_list("due_at", "days", "recipient__full_name")) == [
        (due_at, -3, "Nông Thị Chuyên"),
        (due_at, -3, "Hoàng Văn Đứng"),
    ]


def test_claim_for_a_returned_report_follows_corrected_working_days(season, report):
    CalendarException.objects.create(day=datetime.date(2026, 11, 24), is_working_day=True)
    report.status, report.returned_at = Report.Status.RETURNED, on(11, 20, hour=15)
    report.save()

    reminders.claim_due_reminders(on(11, 26))

    assert report.reminders.exclude(recipient=None).first().due_at == deadlines.midnight(datetime.date(2026, 11, 28))


def test_claim_counts_people_who_are_there_that_day(season, report, clerk, agency):
    Membership.objects.filter(user=clerk).update(valid_to=datetime.date(2026, 11, 1))
    factories.MembershipFactory(
        user=factories.UserFactory(full_name="Bế Thị Mới", password=make_password(None)),
        agency=agency,
        valid_from=on(11, 2).date(),
    )

    reminders.claim_due_reminders(on(11, 2))

    assert sent_rows(report) == [("so-y-te", -7, "Bế Thị Mới")]


def test_claim_leaves_out_an_account_that_is_off(season, report, clerk):
    clerk.is_active = False
    clerk.save()

    reminders.claim_due_reminders(on(11, 2))

    assert sent_rows(report) == [("so-y-te", -7, "Hoàng Văn Đứng")]


def test_claim_for_an_agency_that_gets_people_later_reminds_them_at_once(season, budget_agency):
    reminders.claim_due_reminders(on(11, 2))
    factories.MembershipFactory(user=factories.UserFactory(full_name="Bế Thị Mới"), agency=budget_agency)

    reminders.claim_due_reminders(on(11, 3))

    report = Report.objects.get(agency=budget_agency)
    assert sent_rows(report) == [("so-tai-chinh", -7, "Vi Thị Đầu"), ("so-tai-chinh", -7, "Bế Thị Mới")]


def test_person_of_two_agencies_gets_one_mail_for_both(season, report, clerk, budget_agency):
    factories.MembershipFactory(user=clerk, agency=budget_agency)

    reminders.claim_due_reminders(on(11, 2))

    assert sorted(Mail.objects.get(recipient=clerk).reminders.values_list("report__agency__slug", flat=True)) == [
        "so-tai-chinh",
        "so-y-te",
    ]


def test_row_left_without_a_mail_gets_one_at_the_next_sweep(season, clerk):
    reminders.claim_due_reminders(on(11, 2))
    ReminderDue.objects.update(mail=None)
    Mail.objects.all().delete()

    assert reminders.claim_due_reminders(on(11, 2, hour=10)) == 0

    assert ReminderDue.objects.filter(outcome="pending", mail=None).count() == 0
    assert Mail.objects.get(recipient=clerk).reminders.count() == 1


@pytest.mark.parametrize(
    "progress", [{"attempts": 1, "sent_at": on(11, 2, 7, 30)}, {"attempts": 1, "lease_until": on(11, 2, 9, 0)}]
)
def test_row_that_comes_after_its_mail_began_to_leave_waits_for_the_next_day(season, clerk, budget_agency, progress):
    reminders.claim_due_reminders(on(11, 2, hour=0))
    Mail.objects.filter(recipient=clerk).update(**progress)
    factories.MembershipFactory(user=clerk, agency=budget_agency)

    reminders.claim_due_reminders(on(11, 2))

    assert list(clerk.mails.values_list("key", "due_from", "reminders__report__agency__slug")) == [
        (f"reminder:{clerk.pk}:2026-11-02", on(11, 2, 7, 30), "so-y-te"),
        (f"reminder:{clerk.pk}:2026-11-03", on(11, 3, 7, 30), "so-tai-chinh"),
    ]


def test_row_of_a_later_day_joins_the_mail_that_has_not_begun_to_leave(season, clerk):
    reminders.claim_due_reminders(on(11, 2))

    reminders.claim_due_reminders(on(11, 6))

    assert list(clerk.mails.get().reminders.values_list("days", flat=True)) == [-7, -3]


@pytest.mark.long
def test_claim_asks_as_many_questions_for_many_reports_as_for_few(season, plan):
    with CaptureQueriesContext(connection) as few:
        reminders.claim_due_reminders(on(10, 10))
    with CaptureQueriesContext(connection) as few_again:
        reminders.claim_due_reminders(on(10, 11))
    for number in range(30, 54):
        participant = factories.ParticipantFactory(plan=plan, number=number)
        factories.MembershipFactory(agency=participant.agency)
        Report.objects.create(
            cycle=season, agency=participant.agency, issuer_name=participant.name, participant_number=number
        )

    with CaptureQueriesContext(connection) as many:
        reminders.claim_due_reminders(on(11, 2))
    with CaptureQueriesContext(connection) as many_again:
        reminders.claim_due_reminders(on(11, 3))

    assert ReminderDue.objects.filter(outcome="pending").count() == 32
    # Some mails are there already, and SQLite takes the rows of one insert in two batches.
    assert len(many) <= len(few) + 3
    assert len(many_again) == len(few_again) == 16


def test_officers_are_not_reminded_of_a_year_whose_merged_report_is_published():
    published = replace(FACTS, is_published=True)

    assert going_out(published, days_from_last(33)) == [(7, CLERK), (7, HEAD)]
    assert going_out(replace(published, people={Role.OFFICER: frozenset({OFFICER})}), days_from_last(33)) == []
