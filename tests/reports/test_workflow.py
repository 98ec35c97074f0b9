"""The state machine, whole: every state, every action, every role, held against a table written by hand."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from assignments.models import Membership, Role
from reports import deadlines, services, workflow
from reports.models import Mail, Report
from reports.workflow import TransitionRefused
from tests import factories
from tests.conftest import fill

NOW = datetime.datetime(2026, 10, 20, 9, 0, tzinfo=deadlines.VIETNAM)
REASON = "Đề nghị bổ sung số liệu so sánh với năm trước."


def at(report) -> Report:
    """Return the report as a new request would read it."""
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


def enter(report, by, now=NOW, received_on=datetime.date(2026, 10, 19), texts=None):
    return services.enter_report(
        report,
        by=by,
        now=now,
        letter_number="187/BC-SYT",
        received_on=received_on,
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts=texts or {},
    )


ACTIONS = {
    "send_up": lambda report, by: services.send_up(report, by=by, now=NOW),
    "send_down": lambda report, by: services.send_down(report, by=by, now=NOW, reason=REASON),
    "submit": lambda report, by: services.submit_report(report, by=by, now=NOW),
    "enter": lambda report, by: enter(report, by),
    "withdraw": lambda report, by: services.withdraw_report(report, by=by, now=NOW),
    "take": lambda report, by: services.take_report(report, by=by, now=NOW),
    "return": lambda report, by: services.return_report(
        report, by=by, now=NOW, reason=REASON, reopened_keys=["chi-dao"]
    ),
    "accept": lambda report, by: services.accept_report(report, by=by, now=NOW),
    "reopen": lambda report, by: services.reopen_report(report, by=by, now=NOW, reason=REASON),
}
EVENTS = {
    "send_up": "sent_up",
    "send_down": "sent_down",
    "submit": "submitted",
    "enter": "entered",
    "withdraw": "withdrawn",
    "take": "taken",
    "return": "returned",
    "accept": "accepted",
    "reopen": "reopened",
}


def facts(report) -> tuple:
    """Return all that a step may change."""
    return (
        Report.objects.values().get(pk=report.pk),
        list(report.parts.values()),
        list(report.submissions.values()),
        list(report.events.values()),
        Mail.objects.count(),
    )


def try_everything(report, people) -> dict[tuple[str, str], str]:
    """Let everybody try every action on the report as it is; return action, role -> the state it led to.

    A step that was taken must have written its event, and is undone; after all the refused ones nothing must
    have changed. What is offered to each person (the buttons) must be what they may do.
    """
    before = facts(report)
    events = set(report.events.values_list("pk", flat=True))
    allowed = {}
    for role, person in people.items():
        now = at(report)
        for action, step in ACTIONS.items():
            undo = transaction.savepoint()
            try:
                step(now, person)
            except (PermissionDenied, TransitionRefused):
                continue
            after = at(report)
            event = after.events.exclude(pk__in=events).get()
            assert (event.kind, event.at, event.by) == (EVENTS[action], NOW, person)
            assert (event.from_status, event.to_status) == (before[0]["status"], after.status)
            allowed[action, role] = after.status
            transaction.savepoint_rollback(undo)
            now = at(report)
        offered = {t.action for t in workflow.transitions_for(person, now)}
        assert offered == {action for action, who in allowed if who == role}
    assert facts(report) == before
    return allowed


@pytest.fixture
def other_agency_head(other_agency):
    user = factories.UserFactory(full_name="Lý Văn Khác")
    factories.MembershipFactory(user=user, agency=other_agency, role=Role.HEAD)
    return user


@pytest.fixture
def focal_clerk(focal_agency):
    user = factories.UserFactory(full_name="Bế Thị Báo")
    factories.MembershipFactory(user=user, agency=focal_agency, role=Role.CLERK)
    return user


def another_officer(focal_agency, name):
    user = factories.UserFactory(full_name=name)
    factories.MembershipFactory(user=user, agency=focal_agency, role=Role.OFFICER)
    return user


@pytest.fixture
def officer_who_wrote(report, focal_agency):
    user = another_officer(focal_agency, "Vi Thị Viết")
    report.writers.add(user)
    return user


@pytest.fixture
def officer_who_entered(complete_report, focal_agency, head):
    """Entered a letter, which the agency took back."""
    user = another_officer(focal_agency, "Vi Thị Nhập")
    enter(at(complete_report), user)
    services.withdraw_report(at(complete_report), by=head, now=NOW)
    return user


@pytest.fixture
def officer_who_submitted(complete_report, officer_who_entered, agency, focal_agency):
    """Submitted as the agency's acting head, took it back, and is its head no longer."""
    user = another_officer(focal_agency, "Vi Văn Nộp")
    acting = Membership.objects.create(user=user, agency=agency, role=Role.HEAD)
    services.submit_report(at(complete_report), by=user, now=NOW)
    services.withdraw_report(at(complete_report), by=user, now=NOW)
    acting.delete()
    del user.current_memberships
    return user


@pytest.fixture
def people(
    clerk,
    head,
    other_agency_clerk,
    other_agency_head,
    officer,
    officer_who_wrote,
    officer_who_entered,
    officer_who_submitted,
    focal_head,
    focal_clerk,
    budget_officer,
    leader,
    administrator,
):
    """Everybody who signs in, by what they are to Sở Y tế's report; nobody else comes as far as a service."""
    return {
        "clerk": clerk,
        "head": head,
        "clerk of another agency": other_agency_clerk,
        "head of another agency": other_agency_head,
        "officer": officer,
        "officer who wrote": officer_who_wrote,
        "officer who entered": officer_who_entered,
        "officer who submitted": officer_who_submitted,
        "head of the focal agency": focal_head,
        "clerk of the focal agency": focal_clerk,
        "budget officer": budget_officer,
        "leader": leader,
        "administrator": administrator,
    }


def submit(report, head, officer):
    services.submit_report(at(report), by=head, now=NOW)


def take(report, head, officer):
    submit(report, head, officer)
    services.take_report(at(report), by=officer, now=NOW)


def return_(report, head, officer):
    submit(report, head, officer)
    services.return_report(at(report), by=officer, now=NOW, reason=REASON, reopened_keys=["chi-dao"])


def accept(report, head, officer):
    submit(report, head, officer)
    services.accept_report(at(report), by=officer, now=NOW)


def excuse(report, head, officer):
    Report.objects.filter(pk=report.pk).update(excused_at=NOW, excused_by=officer, excused_reason="Mới thành lập.")


def await_approval(report, head, officer):
    clerk = report.agency.memberships.get(role=Role.CLERK).user
    services.send_up(at(report), by=clerk, now=NOW)


# How a complete draft gets into each state.
REACHING = {
    "draft": lambda report, head, officer: None,
    "awaiting approval": await_approval,
    "submitted": submit,
    "taken": take,
    "returned": return_,
    "accepted": accept,
    "excused": excuse,
}

# What is allowed, state by state: who may take which step, and where it leads. All the rest is refused.
ALLOWED = {
    "draft": {
        ("send_up", "clerk"): "awaiting_approval",
        ("submit", "head"): "submitted",
        ("enter", "officer"): "submitted",
        ("enter", "officer who wrote"): "submitted",
        ("enter", "officer who entered"): "submitted",
        ("enter", "officer who submitted"): "submitted",
    },
    "awaiting approval": {
        ("send_down", "head"): "draft",
        ("submit", "head"): "submitted",
    },
    "submitted": {
        ("withdraw", "head"): "draft",
        ("take", "officer"): "submitted",
        ("return", "officer"): "returned",
        ("accept", "officer"): "accepted",
    },
    "taken": {
        ("return", "officer"): "returned",
        ("accept", "officer"): "accepted",
    },
    "returned": {
        ("send_up", "clerk"): "awaiting_approval",
        ("submit", "head"): "submitted",
        ("enter", "officer"): "submitted",
        ("enter", "officer who wrote"): "submitted",
        ("enter", "officer who entered"): "submitted",
        ("enter", "officer who submitted"): "submitted",
    },
    "accepted": {
        ("reopen", "officer"): "returned",
        ("reopen", "officer who wrote"): "returned",
        ("reopen", "officer who entered"): "returned",
        ("reopen", "officer who submitted"): "returned",
    },
    "excused": {},
}


@pytest.mark.parametrize("state", REACHING)
def test_step_is_taken_only_where_the_table_lets_the_person(state, complete_report, people):
    REACHING[state](complete_report, people["head"], people["officer"])

    assert try_everything(complete_report, people) == ALLOWED[state]


@pytest.mark.parametrize("state", ["awaiting approval", "submitted", "taken", "returned", "accepted"])
def test_excused_report_stands_still_in_every_state(state, complete_report, clerk, head, officer):
    REACHING[state](complete_report, head, officer)
    excuse(complete_report, head, officer)

    assert try_everything(complete_report, {"clerk": clerk, "head": head, "officer": officer}) == {}


# What a report that was returned once goes back to is "returned", whoever hands it back.
ALLOWED_AFTER_RETURN = {
    "awaiting approval": {
        ("send_down", "head"): "returned",
        ("submit", "head"): "submitted",
    },
    "submitted": {
        ("withdraw", "head"): "returned",
        ("take", "officer"): "submitted",
        ("return", "officer"): "returned",
        ("accept", "officer"): "accepted",
    },
}


@pytest.mark.parametrize("state", ALLOWED_AFTER_RETURN)
@pytest.mark.long
def test_report_returned_once_goes_back_to_returned(state, complete_report, clerk, head, officer):
    return_(complete_report, head, officer)
    REACHING[state](complete_report, head, officer)

    people = {"clerk": clerk, "head": head, "officer": officer}
    assert try_everything(complete_report, people) == ALLOWED_AFTER_RETURN[state]


# Where a head has an account and never signed in, the clerk submits (and takes back) too.
ALLOWED_BEFORE_A_HEAD_SIGNED_IN = {
    "draft": {
        ("send_up", "clerk"): "awaiting_approval",
        ("submit", "clerk"): "submitted",
        ("submit", "head"): "submitted",
    },
    "awaiting approval": {
        ("send_down", "head"): "draft",
        ("submit", "clerk"): "submitted",
        ("submit", "head"): "submitted",
    },
    "submitted": {
        ("withdraw", "clerk"): "draft",
        ("withdraw", "head"): "draft",
    },
    "taken": {},
    "returned": {
        ("send_up", "clerk"): "awaiting_approval",
        ("submit", "clerk"): "submitted",
        ("submit", "head"): "submitted",
    },
    "accepted": {},
}


@pytest.mark.parametrize("state", ALLOWED_BEFORE_A_HEAD_SIGNED_IN)
def test_clerk_submits_where_no_head_has_ever_signed_in(state, complete_report, clerk, head, officer):
    head.last_login = None
    head.save()
    REACHING[state](complete_report, head, officer)

    people = {"clerk": clerk, "head": head}
    assert try_everything(complete_report, people) == ALLOWED_BEFORE_A_HEAD_SIGNED_IN[state]


def test_clerk_of_an_agency_without_a_head_submits_and_has_nobody_to_send_up_to(complete_report, clerk):
    assert try_everything(complete_report, {"clerk": clerk}) == {("submit", "clerk"): "submitted"}


def test_head_whose_account_is_closed_is_nobody_to_send_up_to(complete_report, clerk, head):
    head.is_active = False
    head.save()

    assert try_everything(complete_report, {"clerk": clerk}) == {("submit", "clerk"): "submitted"}


def test_head_who_left_is_nobody_to_send_up_to(complete_report, clerk, head):
    head.memberships.update(valid_to=datetime.date(2026, 1, 31))

    people = {"clerk": clerk, "former head": head}
    assert try_everything(complete_report, people) == {("submit", "clerk"): "submitted"}


# The focal agency's own report


@pytest.fixture
def focal_report(cycle, focal_agency):
    return fill(at(cycle.reports.get(agency=focal_agency)))


@pytest.fixture
def clerk_who_is_an_officer(focal_agency, focal_report):
    """Writes the agency's own report and reviews the others'."""
    user = another_officer(focal_agency, "Vi Thị Cả Hai")
    factories.MembershipFactory(user=user, agency=focal_agency, role=Role.CLERK)
    save(focal_report, "chi-dao", by=user, text="Sở đã ban hành kế hoạch.")
    return user


@pytest.fixture
def focal_people(focal_clerk, focal_head, officer, clerk_who_is_an_officer, clerk, head, leader, administrator):
    focal_head.last_login = NOW
    focal_head.save()
    return {
        "clerk": focal_clerk,
        "head": focal_head,
        "officer": officer,
        "clerk who is an officer": clerk_who_is_an_officer,
        "clerk of another agency": clerk,
        "head of another agency": head,
        "leader": leader,
        "administrator": administrator,
    }


ALLOWED_ON_FOCAL_REPORT = {
    "draft": {
        ("send_up", "clerk"): "awaiting_approval",
        ("send_up", "clerk who is an officer"): "awaiting_approval",
        ("submit", "head"): "submitted",
        ("enter", "officer"): "submitted",
        ("enter", "clerk who is an officer"): "submitted",
    },
    "awaiting approval": {
        ("send_down", "head"): "draft",
        ("submit", "head"): "submitted",
    },
    "submitted": {
        ("withdraw", "head"): "draft",
        ("take", "officer"): "submitted",
        ("return", "officer"): "returned",
        ("accept", "officer"): "accepted",
    },
    "taken": {
        ("return", "officer"): "returned",
        ("accept", "officer"): "accepted",
    },
    "returned": {
        ("send_up", "clerk"): "awaiting_approval",
        ("send_up", "clerk who is an officer"): "awaiting_approval",
        ("submit", "head"): "submitted",
        ("enter", "officer"): "submitted",
        ("enter", "clerk who is an officer"): "submitted",
    },
    "accepted": {
        ("reopen", "officer"): "returned",
        ("reopen", "clerk who is an officer"): "returned",
    },
    "excused": {},
}


@pytest.mark.parametrize("state", REACHING)
@pytest.mark.long
def test_focal_agencys_own_report_goes_through_the_same_steps(state, focal_report, focal_people, focal_clerk):
    if state == "awaiting approval":
        services.send_up(at(focal_report), by=focal_clerk, now=NOW)
    else:
        REACHING[state](focal_report, focal_people["head"], focal_people["officer"])

    assert try_everything(focal_report, focal_people) == ALLOWED_ON_FOCAL_REPORT[state]


# Guards


def save(report, key, *, by, version=None, text="", progress=None, now=NOW):
    part = report.parts.get(key=key)
    version = part.version if version is None else version
    return services.save_part(part, by=by, now=now, version=version, text=text, progress=progress or {})


@pytest.mark.parametrize(
    "gap",
    [
        lambda report: report.parts.filter(key="danh-gia").update(text=""),
        lambda report: report.parts.filter(key="noi-dung-2").update(text=" \u00a0\n"),
        lambda report: report.parts.get(key="noi-dung-1").progress.update(status=""),
        lambda report: report.parts.get(key="nhiem-vu-07-1").progress.update(status="not_started", reason="\u00a0"),
    ],
    ids=["common part empty", "white space for a text", "no status", "white space for a reason"],
)
def test_incomplete_report_is_not_sent(gap, complete_report, clerk, head):
    gap(complete_report)
    before = facts(complete_report)

    for action, person in (("send_up", clerk), ("submit", head)):
        with pytest.raises(TransitionRefused) as refusal:
            ACTIONS[action](at(complete_report), person)
        assert str(refusal.value) == "Báo cáo chưa đầy đủ. Hãy bổ sung các mục còn thiếu rồi thực hiện lại."

    assert facts(complete_report) == before


STEPS_WITH_A_REASON = {
    "awaiting approval": lambda report, **why: services.send_down(
        report, by=report.agency.memberships.get(role=Role.HEAD).user, now=NOW, **why
    ),
    "submitted": lambda report, **why: services.return_report(
        report, by=Membership.objects.get(role=Role.OFFICER).user, now=NOW, reopened_keys=["chi-dao"], **why
    ),
    "accepted": lambda report, **why: services.reopen_report(
        report, by=Membership.objects.get(role=Role.OFFICER).user, now=NOW, **why
    ),
}


@pytest.mark.parametrize("state", STEPS_WITH_A_REASON)
def test_step_without_a_reason_is_refused(state, complete_report, clerk, head, officer):
    REACHING[state](complete_report, head, officer)
    before = facts(complete_report)

    for reason in ("", "  \n\t", "\u00a0\u2003"):
        with pytest.raises(TransitionRefused) as refusal:
            STEPS_WITH_A_REASON[state](at(complete_report), reason=reason)
        assert str(refusal.value) == "Hãy ghi rõ lý do."

    assert facts(complete_report) == before
    STEPS_WITH_A_REASON[state](at(complete_report), reason=REASON)


def test_reason_is_kept_in_the_event_without_white_space_around_it(complete_report, head, officer):
    submit(complete_report, head, officer)

    services.return_report(
        at(complete_report), by=officer, now=NOW, reason=f"\u00a0 {REASON}\n", reopened_keys=["chi-dao"]
    )

    assert complete_report.events.get(kind="returned").reason == REASON


def test_refused_step_says_which_state_the_report_is_in(complete_report, head, officer):
    accept(complete_report, head, officer)

    with pytest.raises(TransitionRefused) as refusal:
        services.submit_report(at(complete_report), by=head, now=NOW)

    assert str(refusal.value) == (
        "Không thể thực hiện “Nộp báo cáo”: báo cáo đang ở trạng thái “Đã chấp nhận”. "
        "Hãy tải lại trang để xem tình trạng mới nhất."
    )


def test_step_decided_on_a_page_that_is_out_of_date_is_refused(complete_report, head, officer):
    page_of_the_officer = at(complete_report)
    submit(complete_report, head, officer)
    as_the_officer_saw_it = at(complete_report)
    services.withdraw_report(at(complete_report), by=head, now=NOW)
    before = facts(complete_report)

    for stale in (page_of_the_officer, as_the_officer_saw_it):
        with pytest.raises(TransitionRefused):
            services.accept_report(stale, by=officer, now=NOW)

    assert facts(complete_report) == before


def test_report_taken_is_free_again_after_its_return(complete_report, head, officer):
    take(complete_report, head, officer)
    assert (at(complete_report).taken_at, at(complete_report).taken_by) == (NOW, officer)

    services.return_report(at(complete_report), by=officer, now=NOW, reason=REASON, reopened_keys=["chi-dao"])
    services.submit_report(at(complete_report), by=head, now=NOW)

    assert (at(complete_report).taken_at, at(complete_report).taken_by) == (None, None)
    services.withdraw_report(at(complete_report), by=head, now=NOW)
    assert at(complete_report).status == "returned"


def test_step_keeps_when_the_report_was_last_returned(complete_report, head, officer):
    return_(complete_report, head, officer)
    again = NOW + datetime.timedelta(days=3)

    services.submit_report(at(complete_report), by=head, now=again)
    assert at(complete_report).returned_at == NOW

    services.return_report(at(complete_report), by=officer, now=again, reason=REASON, reopened_keys=["chi-dao"])
    assert at(complete_report).returned_at == again


def test_officer_who_wrote_after_the_submit_may_no_longer_decide(complete_report, head, officer):
    submit(complete_report, head, officer)
    at(complete_report).writers.add(officer)

    assert try_everything(complete_report, {"officer": officer}) == {}
