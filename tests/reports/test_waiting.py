"""What waits too long for review or for a decision: who is reminded when, in the one mail of the day."""

import datetime

import pytest

from assignments.models import Role
from reports import deadlines, delivery, emails, reminders, services, waiting
from reports.models import CalendarException, Mail, Report, WaitingReminder
from reports.waiting import WaitingFacts, due_waiting
from tests import factories
from tests.conftest import fill


def on(month: int, day: int, hour: int = 9) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, tzinfo=deadlines.VIETNAM)


# The rule: three working days, then ever twice as long

OFFICER, SECOND = 3, 4
FACTS = WaitingFacts(subject=Report(pk=7), since=on(11, 2, 15), people=frozenset({OFFICER}))


def due(facts: WaitingFacts, now: datetime.datetime, corrections=None) -> list[tuple]:
    return [(row.working_days, row.recipient_id, row.why) for row in due_waiting(facts, now, corrections or {})]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (2, []),  # Monday, the day it came
        (4, []),
        (5, [(3, OFFICER, "")]),
        (8, [(3, OFFICER, "")]),  # over the weekend
        (9, [(3, OFFICER, "")]),
        (10, [(3, None, "đã đến lần nhắc sau"), (6, OFFICER, "")]),
        (17, [(3, None, "đã đến lần nhắc sau"), (6, OFFICER, "")]),
        (18, [(3, None, "đã đến lần nhắc sau"), (6, None, "đã đến lần nhắc sau"), (12, OFFICER, "")]),
    ],
)
def test_waiting_is_reminded_of_after_three_working_days_and_whenever_it_doubles(day, expected):
    assert due(FACTS, on(11, day)) == expected


def test_holidays_and_corrected_days_are_no_waiting():
    """Tuesday 24 November is a holiday; where it is corrected to a working day, the third comes a day earlier."""
    facts = WaitingFacts(subject=Report(pk=7), since=on(11, 20), people=frozenset({OFFICER}))

    assert due(facts, on(11, 25)) == []
    assert due(facts, on(11, 26)) == [(3, OFFICER, "")]
    assert due(facts, on(11, 25), {datetime.date(2026, 11, 24): True}) == [(3, OFFICER, "")]


def test_waiting_claimed_is_due_again_later_and_at_once_for_who_takes_over():
    claimed = WaitingFacts(FACTS.subject, FACTS.since, frozenset({SECOND}), frozenset({(3, OFFICER)}))

    assert due(claimed, on(11, 6)) == [(3, SECOND, "")]
    assert due(claimed, on(11, 10)) == [(6, SECOND, "")]


# For whom


def reload(report) -> Report:
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


@pytest.fixture
def submitted(season, report, head, second_officer):
    services.submit_report(fill(report), by=head, now=on(11, 2))
    return reload(report)


def people_reminded(now) -> list[tuple[str, int]]:
    rows = WaitingReminder.objects.filter(claimed_at=now, recipient__isnull=False)
    return sorted(rows.values_list("recipient__full_name", "working_days"))


def test_report_nobody_took_is_every_officers_who_may_review_it(submitted, officer, second_officer):
    submitted.writers.add(second_officer)

    reminders.claim_due_reminders(on(11, 5))

    assert people_reminded(on(11, 5)) == [("Vi Thị Đầu", 3)]


def test_report_somebody_took_is_theirs_alone(submitted, officer, second_officer):
    services.take_report(submitted, by=second_officer, now=on(11, 3))

    reminders.claim_due_reminders(on(11, 5))

    assert people_reminded(on(11, 5)) == [("Vi Văn Hai", 3)]


def test_report_whose_reviewer_left_is_the_other_officers(submitted, officer, second_officer):
    services.take_report(submitted, by=second_officer, now=on(11, 3))
    second_officer.memberships.update(valid_to=datetime.date(2026, 11, 4))

    reminders.claim_due_reminders(on(11, 5))

    assert people_reminded(on(11, 5)) == [("Vi Thị Đầu", 3)]


def test_claim_of_what_waits_twice_changes_nothing(submitted):
    reminders.claim_due_reminders(on(11, 5))
    before = list(WaitingReminder.objects.values())

    assert reminders.claim_due_reminders(on(11, 5, 10)) == 0
    assert list(WaitingReminder.objects.values()) == before


def test_next_round_of_a_report_counts_anew(submitted, officer, head):
    reminders.claim_due_reminders(on(11, 5))
    services.return_report(submitted, by=officer, now=on(11, 6), reason="Bổ sung.", reopened_keys=["danh-gia"])
    services.submit_report(reload(submitted), by=head, now=on(11, 9))

    reminders.claim_due_reminders(on(11, 11))
    assert people_reminded(on(11, 11)) == []
    reminders.claim_due_reminders(on(11, 12))
    assert people_reminded(on(11, 12)) == [("Vi Thị Đầu", 3), ("Vi Văn Hai", 3)]


def test_proposal_that_waits_is_the_focal_heads(season, focal_head, officer, head, report):
    services.submit_report(fill(report), by=head, now=on(11, 2))
    services.accept_report(reload(report), by=officer, now=on(11, 2))
    factories.propose(season, now=on(11, 2), by=officer)

    reminders.claim_due_reminders(on(11, 5))

    assert people_reminded(on(11, 5)) == [("Lương Văn Trưởng", 3)]


def test_year_that_was_ended_waits_for_nobody(submitted, season, officer):
    season.closed_at, season.closed_by = on(11, 4), officer
    season.save()

    reminders.claim_due_reminders(on(11, 5))

    assert WaitingReminder.objects.count() == 0


def test_report_that_a_published_version_holds_unreviewed_is_not_reminded_of(
    submitted, season, officer, focal_head, other_agency
):
    other = reload(season.reports.get(agency=other_agency))
    other_head = factories.MembershipFactory(agency=other_agency, role=Role.HEAD).user
    services.submit_report(fill(other), by=other_head, now=on(11, 2))
    services.accept_report(reload(other), by=officer, now=on(11, 3))
    factories.publish(season, by=focal_head, now=on(11, 4), number="", issued_on=datetime.date(2026, 11, 4))

    reminders.claim_due_reminders(on(11, 5))

    assert people_reminded(on(11, 5)) == []


# In one mail


def letter_to(person, now) -> emails.Letter:
    reminders.claim_due_reminders(now)
    return emails.compose(person.mails.get(kind=Mail.Kind.REMINDER, sent_at=None), now)


def test_officer_reads_what_waits_and_since_when(submitted, officer, second_officer, budget_agency):
    factories.MembershipFactory(agency=budget_agency)

    letter = letter_to(officer, on(11, 5))

    assert letter.subject == (
        "Báo cáo năm 2026 của Sở Y tế thực hiện Kế hoạch số 96/KH-UBND chờ thẩm tra đã 3 ngày làm việc"
    )
    assert (
        "Báo cáo chờ thẩm tra:\n\n1. Sở Y tế: báo cáo năm 2026, nộp ngày 02/11/2026, đã chờ 3 ngày làm việc.\n   http"
    ) in letter.text
    assert letter.text.count("/96-kh-ubnd-2018/2026/so-y-te/tham-tra/") == 1
    assert "Ngoài ra có" not in letter.text
    assert "đã chờ 3 ngày làm việc" in letter.html


def test_person_who_owes_several_things_gets_one_mail(submitted, season, officer, focal_agency, mail_server):
    """Overdue agencies to chase, the focal agency's own report as its clerk, and a report to review."""
    factories.MembershipFactory(user=officer, agency=focal_agency, role=Role.CLERK)
    late = on(11, 16)
    reminders.claim_due_reminders(late)
    delivery.deliver_waiting(lambda: late)

    [message] = [message for message in mail_server.messages if message["To"] == officer.email]
    text = message.get_body(["plain"]).get_content()
    assert message["Subject"].strip().startswith("Nhắc việc: 4 việc, hạn báo cáo sớm nhất 09/11/2026, quá hạn 7 ngày")
    for heading in ("Báo cáo năm 2026 của Sở Lao động", "Báo cáo cần đôn đốc:", "Báo cáo chờ thẩm tra:"):
        assert heading in text
    assert set(officer.waiting_reminders.values_list("working_days", "outcome")) == {(6, "sent")}


def test_what_was_decided_before_the_mail_leaves_is_skipped_with_why(submitted, officer, second_officer):
    reminders.claim_due_reminders(on(11, 5, 0))
    services.accept_report(submitted, by=second_officer, now=on(11, 5, 7))

    delivery.deliver_waiting(lambda: on(11, 5, 8))

    assert set(WaitingReminder.objects.values_list("outcome", "why")) == {
        ("skipped", "đã được xử lý trước khi thư được gửi")
    }


def test_mail_held_up_gives_way_to_the_next_reminder(submitted, officer):
    reminders.claim_due_reminders(on(11, 5))
    CalendarException.objects.create(day=datetime.date(2026, 11, 7), is_working_day=True)
    delivery.deliver_waiting(lambda: on(11, 10))

    assert set(officer.waiting_reminders.values_list("working_days", "outcome", "why")) == {
        (3, "skipped", waiting.LATER_REMINDER)
    }
