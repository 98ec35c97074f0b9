"""What the database itself refuses, whoever writes to it: every constraint of both apps, by name."""

import datetime

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from assignments.models import (
    Agency,
    Assignment,
    CitedDocument,
    ContentArea,
    Indicator,
    IndicatorTable,
    Membership,
    Participant,
    Plan,
    Role,
    Target,
    Task,
    TaskArea,
    User,
)
from reports.models import (
    CalendarException,
    Comment,
    ConsolidatedReport,
    Consolidation,
    ConsolidationEvent,
    ConsolidationPart,
    ContactCall,
    CycleEvent,
    Document,
    Evidence,
    Extension,
    Guidance,
    Heartbeat,
    ImplementationPlan,
    IndicatorValue,
    Mail,
    MutedTopic,
    ParagraphSource,
    Printout,
    ReminderDue,
    Report,
    ReportEvent,
    ReportingCycle,
    ReportPart,
    RollCall,
    RollCallEntry,
    SignedCopy,
    StoredFile,
    Submission,
    TaskProgress,
    Thread,
    Upload,
    WaitingReminder,
)
from tests.conftest import DURING

pytestmark = pytest.mark.long

DAY = datetime.date(2026, 11, 20)
DAY_BEFORE = datetime.date(2026, 11, 19)


@pytest.fixture
def submission(report, head):
    return Submission.objects.create(
        report=report,
        number=1,
        receipt_number="01/PTN-96-KH-UBND/2026",
        content="{}",
        sha256="0" * 64,
        submitted_at=DURING,
        submitted_by=head,
        received_at=DURING,
    )


@pytest.fixture
def consolidated(cycle, focal_head):
    return ConsolidatedReport.objects.create(
        cycle=cycle,
        version=1,
        content="{}",
        sha256="0" * 64,
        code="0123456789AB",
        issued_on=DAY,
        published_at=DURING,
        published_by=focal_head,
    )


@pytest.fixture
def mail(report, clerk):
    event = ReportEvent.objects.create(report=report, kind="returned", at=DURING)
    return Mail.objects.create(
        key="report_returned:1", kind="report_returned", recipient=clerk, event=event, due_from=DURING
    )


@pytest.fixture
def reminder(report, clerk):
    return ReminderDue.objects.create(
        report=report, due_at=report.due_at, days=-7, recipient=clerk, claimed_at=DURING
    )


@pytest.fixture
def document(submission):
    return Document.objects.create(address="a" * 64, submission=submission, requested_at=DURING)


@pytest.fixture
def rows(
    health_indicators, report, submission, consolidated, mail, reminder, document, received, clerk, focal_agency
):
    """One valid row of every model that has something to refuse."""
    MutedTopic.objects.create(user=clerk, topic="report_accepted", muted_at=DURING)
    for waits in ({"report": report}, {"consolidation": report.cycle.consolidation}):
        WaitingReminder.objects.create(**waits, since=DURING, working_days=3, recipient=clerk, claimed_at=DURING)
    CalendarException.objects.create(day=DAY, is_working_day=True)
    Guidance.objects.create(plan=report.cycle.plan, key="chi-dao", saved_at=DURING, saved_by=clerk)
    Heartbeat.objects.create(name="sweep", at=DURING)
    CitedDocument.objects.create(
        plan=report.cycle.plan, position=1, kind="Chỉ thị", number="21-CT/TW", issuer="Ban Bí thư", subject="Phụ nữ"
    )
    Assignment.objects.create(
        task=Task.objects.get(code="ND-1.1"), agency=report.agency, part="lead", valid_from=DAY_BEFORE
    )
    Target.objects.create(indicator=meetings(), year=2030, value=60)
    thread = Thread.objects.create(part=agency_part(), submission=submission, opened_at=DURING, opened_by=clerk)
    Comment.objects.create(thread=thread, at=DURING, by=clerk, text="Bao nhiêu hội nghị?")
    ContactCall.objects.create(report=report, at=DURING, noted_at=DURING, by=clerk, name="Ông A", outcome="reached")
    Printout.objects.create(
        cycle=report.cycle, kind="proof", content="{}", sha256="e" * 64, made_at=DURING, made_by=clerk
    )
    ask(report, clerk)


def ask(report, clerk):
    """Put one person's name on a roll-call."""
    roll_call = RollCall.objects.create(
        cycle=report.cycle, sent_at=DURING, sent_by=clerk, closes_at=DURING + datetime.timedelta(days=30)
    )
    mail = Mail.objects.create(key="roll_call:1", kind="roll_call", recipient=clerk, due_from=DURING)
    RollCallEntry.objects.create(
        roll_call=roll_call, user=clerk, agency=report.agency, address=clerk.email, mail=mail
    )


PASSED_OVER = {"recipient": None, "outcome": "skipped", "why": "đã đến lần nhắc sau"}


def waiting_review() -> WaitingReminder:
    return WaitingReminder.objects.get(consolidation=None, recipient__isnull=False)


def waiting_decision() -> WaitingReminder:
    return WaitingReminder.objects.get(report=None, recipient__isnull=False)


@pytest.fixture
def received(report, clerk):
    """One row of every kind of file that came in."""
    progress = report.parts.get(key="noi-dung-1").progress.get(task__code="ND-1.1")
    stored = StoredFile.objects.create(sha256="b" * 64, kind="pdf", size=1, file="files/b.pdf", received_at=DURING)
    Evidence.objects.create(progress=progress, stored=stored, name="b.pdf", added_at=DURING, added_by=clerk)
    Upload.objects.create(
        token="c" * 32, progress=progress, name="c.pdf", size=2, started_at=DURING, started_by=clerk
    )
    ImplementationPlan.objects.create(
        plan=report.cycle.plan,
        agency=report.agency,
        number="15/KH-SYT",
        issued_on=DAY,
        stored=stored,
        saved_at=DURING,
        saved_by=clerk,
    )


def copy(row: models.Model, **changes) -> models.Model:
    """Insert the row a second time, with the changes."""
    twin = type(row).objects.get(pk=row.pk)
    twin.pk, twin._state.adding = None, True
    for field, value in changes.items():
        setattr(twin, field, value)
    twin.save(force_insert=True)
    return twin


def change(row: models.Model, **changes) -> None:
    type(row).objects.filter(pk=row.pk).update(**changes)


def agency_part() -> ReportPart:
    return ReportPart.objects.get(key="noi-dung-1", report__agency__slug="so-y-te")


def common_part() -> ReportPart:
    return ReportPart.objects.get(key="chi-dao", report__agency__slug="so-y-te")


def own_report() -> Report:
    return Report.objects.get(agency__slug="so-y-te")


def meetings() -> Indicator:
    return Indicator.objects.get(code="B3.1")


def figure() -> IndicatorValue:
    return IndicatorValue.objects.get(indicator=meetings())


def somebody() -> User:
    return User.objects.get(full_name="Nông Thị Chuyên")


def merged_part(key: str = "chi-dao") -> ConsolidationPart:
    return ConsolidationPart.objects.get(key=key)


def told() -> Mail:
    """Return the mail that tells of an event."""
    return Mail.objects.get(kind="report_returned")


def taken_source() -> ParagraphSource:
    """Return a paragraph of Sở Y tế's report that was set aside."""
    return ParagraphSource.objects.create(
        part=merged_part(),
        report=own_report(),
        origin="chi-dao",
        digest="d" * 64,
        text="Đã họp.",
        taken_at=DURING,
        taken_by=somebody(),
    )


# What a text that says nothing is; every other field is null.
EMPTY = {"asked_reason": "", "reason": "", "decision": ""}


def asked() -> Extension:
    return Extension.objects.create(
        report=own_report(),
        asked_at=DURING,
        asked_by=somebody(),
        asked_reason="Chờ số liệu của các huyện.",
        wanted_until=DURING,
    )


def granted() -> Extension:
    """Return an extension that nobody asked for."""
    return Extension.objects.create(
        report=own_report(),
        decided_at=DURING,
        decided_by=somebody(),
        decision="granted",
        reason="Lũ quét.",
        granted_until=DURING,
    )


# Constraint -> ways of writing that it refuses.
def declared() -> SignedCopy:
    return SignedCopy.objects.create(
        submission=Submission.objects.get(),
        number="12/BC-SYT",
        issued_on=DAY,
        declared_at=DURING,
        declared_by=somebody(),
    )


REFUSED = {
    "address_confirmed_and_when": [
        lambda: change(somebody(), confirmed_address="a@b.example"),
        lambda: change(somebody(), confirmed_at=DURING),
    ],
    "address_refused_when_and_why": [
        lambda: change(somebody(), refused_address="a@b.example"),
        lambda: change(somebody(), refused_address="a@b.example", refused_at=DURING),
        lambda: change(somebody(), refused_at=DURING, refusal="550"),
    ],
    "agency_period_in_order": [
        lambda: change(own_report().agency, valid_from=DAY, valid_to=DAY_BEFORE),
    ],
    "one_open_extension_per_report": [lambda: [asked() for _ in range(2)]],
    "extension_asked_at_by_why_and_until": [
        lambda field=field: change(asked(), **{field: EMPTY.get(field)})
        for field in ("asked_at", "asked_by", "asked_reason", "wanted_until")
    ],
    "extension_decided_at_by_and_why": [
        lambda field=field: change(granted(), **{field: EMPTY.get(field)})
        for field in ("decided_at", "decided_by", "reason", "granted_until", "decision")
    ]
    + [lambda: change(granted(), decision="refused")],
    "unasked_extension_is_granted": [lambda: change(granted(), decision="refused", granted_until=None)],
    "area_number_once_per_plan": [lambda: copy(ContentArea.objects.get(number=1))],
    "area_part_has_area": [
        lambda: change(agency_part(), area=None),
        lambda: change(common_part(), area=ContentArea.objects.get(number=1)),
    ],
    "assignment_once": [lambda: copy(Assignment.objects.get(), part="coordinate")],
    "assignment_period_in_order": [
        lambda: change(Assignment.objects.get(), valid_to=DAY_BEFORE - datetime.timedelta(days=1))
    ],
    "call_noted_after_it_was_made": [
        lambda: change(ContactCall.objects.get(), noted_at=DURING - datetime.timedelta(minutes=1)),
    ],
    "cancelled_mail_says_why": [
        lambda: change(told(), cancelled_at=DURING),
        lambda: change(told(), why="không còn việc"),
    ],
    "cited_document_once_per_plan": [lambda: copy(CitedDocument.objects.get())],
    "comment_says_something": [lambda: change(Comment.objects.get(), text="")],
    "consolidated_version_once_per_cycle": [lambda: copy(ConsolidatedReport.objects.get())],
    "consolidation_area_part_has_area": [
        lambda: change(merged_part("noi-dung-1"), area=None),
        lambda: change(merged_part(), area=ContentArea.objects.get(number=1)),
    ],
    "consolidation_part_key_once": [lambda: copy(merged_part())],
    "consolidation_part_saved_at_and_by": [
        lambda: change(merged_part(), saved_at=DURING),
        lambda: change(merged_part(), saved_by=somebody()),
    ],
    "cycle_closed_at_and_by_once_opened": [
        lambda: change(ReportingCycle.objects.get(), closed_at=DURING),
        lambda: change(ReportingCycle.objects.get(), closed_by=somebody()),
        lambda: change(ReportingCycle.objects.get(), opened_at=None, closed_at=DURING, closed_by=somebody()),
    ],
    "cycle_event_says_why": [
        lambda kind=kind: CycleEvent.objects.create(cycle=ReportingCycle.objects.get(), kind=kind, at=DURING)
        for kind in CycleEvent.Kind.values
        if kind not in ("announced", "opened", "closed", "reminders_resumed")
    ],
    "cycle_data_period_in_order": [
        lambda: change(ReportingCycle.objects.get(), data_from=DAY, data_to=DAY_BEFORE),
    ],
    "cycle_once_per_plan_and_year": [lambda: copy(ReportingCycle.objects.get())],
    "evidence_once_per_task": [lambda: copy(Evidence.objects.get())],
    "evidence_removed_at_and_by": [
        lambda: change(Evidence.objects.get(), removed_at=DURING),
        lambda: change(Evidence.objects.get(), removed_by=somebody()),
    ],
    "implementation_plan_once_per_agency": [lambda: copy(ImplementationPlan.objects.get())],
    "implementation_plan_or_why_not": [
        lambda: change(ImplementationPlan.objects.get(), why_not_yet="Chưa có kinh phí."),
        lambda: change(ImplementationPlan.objects.get(), issued_on=None),
        lambda: change(ImplementationPlan.objects.get(), number=""),
        lambda: change(ImplementationPlan.objects.get(), number="", issued_on=None, stored=None),
        lambda: change(ImplementationPlan.objects.get(), number="", issued_on=None, why_not_yet="Chưa."),
    ],
    "document_has_one_source": [
        lambda: change(Document.objects.get(), submission=None),
        lambda: change(Document.objects.get(), consolidated_report=ConsolidatedReport.objects.get()),
        lambda: change(Document.objects.get(), signed_copy=declared()),
        lambda: change(Document.objects.get(), printout=Printout.objects.get()),
        lambda: change(
            Document.objects.get(),
            submission=None,
            signed_copy=declared(),
            consolidated_report=ConsolidatedReport.objects.get(),
        ),
    ],
    "email_once_whatever_its_capitals": [lambda: copy(somebody(), email="ChuyenVien@so-y-te.example")],
    "guidance_once_per_part": [lambda: copy(Guidance.objects.get())],
    "figure_included_not_negative": [lambda: change(figure(), included=-1)],
    "figure_once_per_indicator": [lambda: copy(figure())],
    "figure_total_not_negative": [lambda: change(figure(), total=-1)],
    "indicator_code_once_per_table": [lambda: copy(meetings())],
    "indicator_decimals_at_most_four": [lambda: change(meetings(), decimals=5)],
    "indicator_factor_positive": [lambda: change(meetings(), factor=0)],
    "indicator_table_once_per_plan": [lambda: copy(IndicatorTable.objects.get())],
    "indicator_table_years_in_order": [lambda: change(IndicatorTable.objects.get(), last_year=2017)],
    "letter_has_number_and_scan": [
        lambda: change(Submission.objects.get(), letter_number="187/BC-SYT"),
        lambda: change(Submission.objects.get(), letter_scan="letters/2026/bao-cao.pdf"),
    ],
    "brief_is_of_a_published_version": [lambda: change(Document.objects.get(), subject="brief")],
    "made_document_has_file_and_hash": [
        lambda: change(Document.objects.get(), made_at=DURING),
        lambda: change(Document.objects.get(), file="documents/2026/bao-cao.pdf"),
        lambda: change(Document.objects.get(), sha256="d" * 64),
        lambda: change(Document.objects.get(), made_at=DURING, file="documents/2026/bao-cao.pdf"),
    ],
    "mail_sent_or_cancelled": [
        lambda: change(told(), sent_at=DURING, cancelled_at=DURING, why="không còn việc"),
    ],
    "mail_tells_of_event_unless_reminder": [
        lambda: change(told(), event=None),
        lambda: change(told(), kind="reminder"),
        lambda: change(told(), kind="roll_call"),
    ],
    "only_sent_mail_bounces": [
        lambda: change(told(), sent_at=DURING, bounced_at=DURING),
        lambda: change(told(), sent_at=DURING, bounce="550"),
        lambda: change(told(), bounced_at=DURING, bounce="550"),
    ],
    "printout_once_per_content": [lambda: copy(Printout.objects.get())],
    "promise_says_for_when": [
        lambda: change(ContactCall.objects.get(), outcome="promised"),
        lambda: change(ContactCall.objects.get(), promised_for=DAY),
    ],
    "roll_call_answered_and_when": [
        lambda: change(RollCallEntry.objects.get(), answer="still"),
        lambda: change(RollCallEntry.objects.get(), answered_at=DURING),
    ],
    "roll_call_asks_once": [lambda: copy(RollCallEntry.objects.get(), mail=told())],
    "roll_call_closes_after_it_was_sent": [lambda: change(RollCall.objects.get(), closes_at=DURING)],
    "successor_of_who_left_alone": [
        lambda: change(RollCallEntry.objects.get(), answer="still", answered_at=DURING, successor_name="Bà B"),
        lambda: change(RollCallEntry.objects.get(), successor_telephone="0205 3810 000"),
    ],
    "muted_topic_may_be_muted": [lambda: change(MutedTopic.objects.get(), topic="report_returned")],
    "notice_has_words": [
        lambda: change(told(), subject="Đã chấp nhận báo cáo"),
        lambda: change(told(), noticed_at=DURING),
    ],
    "only_notice_is_read": [lambda: change(told(), read_at=DURING)],
    "membership_once": [lambda: copy(somebody().memberships.get())],
    "membership_period_in_order": [
        lambda: change(somebody().memberships.get(), valid_to=datetime.date(2017, 12, 31)),
    ],
    "no_data_has_no_numbers": [
        lambda: change(figure(), has_no_data=True, total=1),
        lambda: change(figure(), has_no_data=True, included=1),
    ],
    "one_focal_participant_per_plan": [lambda: change(Participant.objects.get(number=7), role="focal")],
    "one_main_area_per_task": [
        lambda: TaskArea.objects.create(
            task=Task.objects.get(code="ND-1.1"), area=ContentArea.objects.get(number=2), is_main=True
        ),
    ],
    "one_report_per_agency_and_cycle": [lambda: copy(own_report())],
    "only_submitted_is_taken": [
        lambda status=status: change(
            own_report(), status=status, returned_at=DURING, taken_at=DURING, taken_by=somebody()
        )
        for status in ("draft", "awaiting_approval", "returned")
    ],
    "paragraph_saved_at_and_by": [
        lambda: merged_part().paragraphs.create(text="Đã làm.", saved_at=DURING, position=1),
        lambda: merged_part().paragraphs.create(text="Đã làm.", saved_by=somebody(), position=1),
    ],
    "part_key_once_per_report": [lambda: copy(common_part())],
    "part_saved_at_and_by": [
        lambda: change(common_part(), saved_at=DURING),
        lambda: change(common_part(), saved_by=somebody()),
    ],
    "only_proposal_is_outdated": [lambda: change(Consolidation.objects.get(), outdated_at=DURING)],
    "participant_number_once_per_plan": [lambda: copy(Participant.objects.get(number=7))],
    "proposed_consolidation_has_content": [
        lambda: change(Consolidation.objects.get(), status="proposed"),
        lambda: change(Consolidation.objects.get(), proposed_content="{}"),
    ],
    "publication_event_names_version": [
        lambda kind=kind: ConsolidationEvent.objects.create(
            consolidation=Consolidation.objects.get(), kind=kind, at=DURING, by=somebody()
        )
        for kind in ("published", "signed")
    ],
    "progress_once_per_task": [lambda: copy(agency_part().progress.first())],
    "reminder_claimed_once": [lambda: copy(ReminderDue.objects.get())],
    "reminder_without_recipient_once": [
        lambda: [copy(ReminderDue.objects.first(), recipient=None) for _ in range(2)],
    ],
    "report_excused_at_by_and_why": [
        lambda: change(own_report(), excused_at=DURING),
        lambda: change(own_report(), excused_at=DURING, excused_by=somebody()),
        lambda: change(own_report(), excused_at=DURING, excused_reason="Giải thể."),
        lambda: change(own_report(), excused_reason="Giải thể."),
    ],
    "report_nothing_at_by_and_why": [
        lambda: change(own_report(), nothing_at=DURING),
        lambda: change(own_report(), nothing_at=DURING, nothing_by=somebody()),
        lambda: change(own_report(), nothing_at=DURING, nothing_reason="Mới thành lập."),
        lambda: change(own_report(), nothing_reason="Mới thành lập."),
    ],
    "report_taken_at_and_by": [
        lambda: change(own_report(), status="submitted", taken_at=DURING),
        lambda: change(own_report(), status="submitted", taken_by=somebody()),
    ],
    "responsibility_has_participant": [
        lambda: change(Task.objects.get(code="ND-1.1"), participant=Participant.objects.get(number=7)),
        lambda: change(Task.objects.get(code="NV-07.1"), participant=None),
    ],
    "returned_report_says_when": [lambda: change(own_report(), status="returned")],
    "skipped_reminder_says_why": [
        lambda: change(ReminderDue.objects.get(), outcome="skipped"),
        lambda: change(ReminderDue.objects.get(), why="đã đến mốc nhắc sau"),
    ],
    "source_stands_in_one_place": [lambda: copy(taken_source(), part=merged_part("danh-gia"))],
    "stand_in_has_an_end": [
        lambda: change(somebody().memberships.get(), stands_in_for=User.objects.get(full_name="Hoàng Văn Đứng")),
        lambda: change(somebody().memberships.get(), stands_in_for=somebody(), valid_to=DAY),
    ],
    "split_indicator_has_labels": [
        lambda: change(meetings(), shape="by_sex"),
        lambda: change(meetings(), shape="ratio"),
    ],
    "submission_number_once_per_report": [lambda: copy(Submission.objects.get(), receipt_number="02")],
    "submission_withdrawn_at_and_by": [
        lambda: change(Submission.objects.get(), withdrawn_at=DURING),
        lambda: change(Submission.objects.get(), withdrawn_by=somebody()),
    ],
    "target_once_per_year": [lambda: copy(Target.objects.get())],
    "task_area_once": [
        lambda: TaskArea.objects.create(
            task=Task.objects.get(code="ND-1.1"), area=ContentArea.objects.get(number=1), is_main=False
        ),
    ],
    "thread_resolved_at_and_by": [
        lambda: change(Thread.objects.get(), resolved_at=DURING),
        lambda: change(Thread.objects.get(), resolved_by=somebody()),
    ],
    "topic_muted_once": [lambda: copy(MutedTopic.objects.get())],
    "skipped_waiting_reminder_says_why": [
        lambda: change(waiting_review(), outcome="skipped"),
        lambda: change(waiting_review(), why="đã đến lần nhắc sau"),
        lambda: change(waiting_review(), recipient=None),
    ],
    "waiting_decision_claimed_once": [lambda: copy(waiting_decision())],
    "waiting_decision_passed_over_once": [
        lambda: [copy(waiting_decision(), **PASSED_OVER) for _ in range(2)],
    ],
    "waiting_reminder_is_of_one_thing": [
        lambda: change(waiting_review(), report=None),
        lambda: change(waiting_review(), consolidation=Consolidation.objects.get()),
    ],
    "waiting_review_claimed_once": [lambda: copy(waiting_review())],
    "waiting_review_passed_over_once": [
        lambda: [copy(waiting_review(), **PASSED_OVER) for _ in range(2)],
    ],
    "task_code_once_per_plan": [lambda: copy(Task.objects.get(code="NV-07.1"))],
}

# Unique fields: they refuse a second row with the same value.
UNIQUE = {
    "assignments.Agency.slug": lambda: copy(own_report().agency),
    "assignments.Plan.number": lambda: copy(Plan.objects.get(), slug="khac"),
    "assignments.Plan.slug": lambda: copy(Plan.objects.get(), number="97/KH-UBND"),
    "assignments.User.email": lambda: copy(somebody()),
    "reports.ConsolidatedReport.code": lambda: copy(ConsolidatedReport.objects.get(), version=2),
    "reports.Consolidation.cycle": lambda: copy(Consolidation.objects.get()),
    "reports.CalendarException.day": lambda: copy(CalendarException.objects.get(), is_working_day=False),
    "reports.Document.address": lambda: copy(Document.objects.get()),
    "reports.Heartbeat.name": lambda: copy(Heartbeat.objects.get()),
    "reports.Mail.key": lambda: copy(told()),
    "reports.RollCallEntry.mail": lambda: copy(
        RollCallEntry.objects.get(), agency=Participant.objects.get(number=1).agency
    ),
    "reports.StoredFile.sha256": lambda: copy(StoredFile.objects.get()),
    "reports.Upload.token": lambda: copy(Upload.objects.get()),
    "reports.Submission.receipt_number": lambda: copy(Submission.objects.get(), number=2),
}


def own_models() -> list[type[models.Model]]:
    return [model for app in ("assignments", "reports") for model in apps.get_app_config(app).get_models()]


def test_every_constraint_of_both_apps_is_tried_here():
    assert {constraint.name for model in own_models() for constraint in model._meta.constraints} == set(REFUSED)
    assert {
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        for field in model._meta.fields
        if field.unique and not field.primary_key
    } == set(UNIQUE)


@pytest.mark.parametrize("name", REFUSED)
def test_row_that_breaks_a_constraint_is_refused(name, rows):
    for write in REFUSED[name]:
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            write()
        assert_is_of(refusal.value, name)


def assert_is_of(error: IntegrityError, name: str) -> None:
    """Hold that it is this constraint and no other; SQLite names the columns where a uniqueness is plain."""
    if connection.vendor == "postgresql" or "CHECK" in str(error):
        assert name in str(error)
    else:
        assert "UNIQUE constraint failed" in str(error)


def test_second_row_with_the_same_unique_value_is_refused(rows):
    for field, write in UNIQUE.items():
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            write()
        assert "unique" in str(refusal.value).lower(), field


# What is history is not deleted.


def test_what_a_report_rests_on_is_not_deleted(rows):
    submission, consolidated = Submission.objects.get(), ConsolidatedReport.objects.get()
    people = [submission.submitted_by, consolidated.published_by]
    plan = [Plan.objects.get(), ContentArea.objects.get(number=1), Task.objects.get(code="ND-1.1")]

    stored = StoredFile.objects.get()
    for row in (ReportingCycle.objects.get(), own_report(), own_report().agency, submission, stored, *people, *plan):
        with pytest.raises(ProtectedError), transaction.atomic():
            row.delete()


def test_constraints_let_through_what_is_right(rows, report, other_agency):
    """The rows above are valid: what is refused is refused for the change, not for the row."""
    for model in own_models():
        for row in model.objects.all():
            row.validate_constraints()
    copy(ReminderDue.objects.get(), days=-3)
    copy(Submission.objects.get(), number=2, receipt_number="02/PTN-96-KH-UBND/2026")
    copy(ConsolidatedReport.objects.get(), version=2, code="0123456789AC")
    change(Consolidation.objects.get(), status="proposed", proposed_content="{}", outdated_at=DURING)
    Membership.objects.create(user=somebody(), agency=other_agency, role=Role.CLERK, valid_from=DAY)
    removed = copy(Evidence.objects.get(), removed_at=DURING, removed_by=somebody())
    copy(removed)
    assert TaskProgress.objects.filter(part__report=report).count() == 4
    assert Agency.objects.count() == 4
