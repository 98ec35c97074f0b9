"""The merged report from the officers' proposal to the published version: who moves it, and what that makes."""

import datetime
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from assignments.models import Membership, Role, User
from reports import deadlines, services, snapshots
from reports.models import (
    ConsolidatedReport,
    Consolidation,
    ConsolidationEvent,
    Document,
    Mail,
    Report,
    ReportEvent,
    ReportingCycle,
)
from reports.workflow import TransitionRefused
from tests import factories, sample_files
from tests.conftest import DURING, fill
from tests.simultaneous import at_the_same_moment

LATER = DURING + datetime.timedelta(hours=1)
REASON = "Đề nghị nêu rõ nguyên nhân."
NUMBER, ISSUED_ON = "125/BC-SLĐTBXH", datetime.date(2026, 11, 20)


def at(report) -> Report:
    """Return the report as a new request would read it."""
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


def draft_of(cycle) -> Consolidation:
    """Return the merged report as a new request would read it."""
    return Consolidation.objects.select_related("cycle__plan").get(cycle=cycle)


def submit(report, head, now=DURING):
    services.submit_report(at(report), by=head, now=now)


def accept(report, head, officer, now=DURING):
    submit(report, head, now)
    services.accept_report(at(report), by=officer, now=now)


def propose(cycle, officer, now=DURING):
    return factories.propose(draft_of(cycle).cycle, by=officer, now=now)


def publish(cycle, by, now=LATER, **facts):
    """Publish what is proposed."""
    return services.publish_consolidated_report(
        cycle, by=by, now=now, **({"number": NUMBER, "issued_on": ISSUED_ON} | facts)
    )


@pytest.fixture
def accepted(complete_report, head, officer):
    """Sở Y tế's report, accepted."""
    accept(complete_report, head, officer)
    return complete_report.cycle


# Who takes which step in which state


ROLES = (
    "clerk",
    "head",
    "other_agency_clerk",
    "officer",
    "second_officer",
    "focal_head",
    "budget_officer",
    "leader",
    "administrator",
)


def save_frame(cycle, by):
    draft = draft_of(cycle)
    services.save_frame(draft, by=by, recipients=["Như trên"], changes="", seen=services.frame_seen(draft))


STEPS = {
    "save frame": save_frame,
    "propose": lambda cycle, by: services.propose(draft_of(cycle), by=by, now=LATER),
    "withdraw": lambda cycle, by: services.withdraw_proposal(draft_of(cycle), by=by, now=LATER),
    "send back": lambda cycle, by: services.send_back(draft_of(cycle), by=by, now=LATER, reason=REASON),
    "publish": publish,
}
# State -> step -> roles that take it, and what they are told where the state forbids it.
OFFICERS, FOCAL_HEAD = {"officer", "second_officer"}, {"focal_head"}
ALREADY = "Báo cáo tổng hợp đã được trình lãnh đạo trước đó."
NOT_PROPOSED = "Báo cáo tổng hợp không ở trạng thái chờ phê duyệt. Hãy tải lại trang để xem tình trạng mới nhất."
TRANSITIONS = {
    "draft": {
        "save frame": (OFFICERS, ""),
        "propose": (OFFICERS, ""),
        "withdraw": (OFFICERS, NOT_PROPOSED),
        "send back": (FOCAL_HEAD, NOT_PROPOSED),
        "publish": (FOCAL_HEAD, NOT_PROPOSED),
    },
    "proposed": {
        "save frame": (OFFICERS, ALREADY),
        "propose": (OFFICERS, ALREADY),
        "withdraw": (OFFICERS, ""),
        "send back": (FOCAL_HEAD, ""),
        "publish": (FOCAL_HEAD, ""),
    },
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", TRANSITIONS)
def test_step_is_taken_only_by_whom_and_when_the_table_says(state, step, request, accepted):
    people = {role: request.getfixturevalue(role) for role in ROLES}
    event = propose(accepted, people["officer"])
    if state == "draft":
        services.withdraw_proposal(draft_of(accepted), by=people["officer"], now=DURING)
    allowed, refusal = TRANSITIONS[state][step]

    answers = {}
    for role, person in people.items():
        try:
            with factories.taken_back():
                STEPS[step](accepted, person)
                answers[role] = ""
        except PermissionDenied:
            answers[role] = "403"
        except TransitionRefused as error:
            answers[role] = str(error)

    assert event.by == people["officer"]
    assert answers == {role: refusal if role in allowed else "403" for role in ROLES}


# Proposing


def test_proposal_freezes_what_the_merged_report_says(accepted, officer, focal_head):
    event = propose(accepted, officer)

    draft = draft_of(accepted)
    assert (draft.status, draft.outdated_at) == ("proposed", None)
    assert (event.kind, event.by, event.at) == ("proposed", officer, DURING)
    content = json.loads(draft.proposed_content)
    assert draft.proposed_content == snapshots.canonical(content)
    assert (content["kind"], content["version"]) == ("consolidated_report", 1)
    assert content["signer"] == {"lines": ["GIÁM ĐỐC"], "name": ""}


def test_nothing_is_proposed_without_an_accepted_report(complete_report, head, officer):
    submit(complete_report, head)

    with pytest.raises(TransitionRefused) as refusal:
        services.propose(draft_of(complete_report.cycle), by=officer, now=DURING)

    assert str(refusal.value) == "Chưa có báo cáo nào được chấp nhận nên chưa thể trình báo cáo tổng hợp."


def test_nothing_is_proposed_without_a_paragraph(accepted, officer):
    with pytest.raises(TransitionRefused) as refusal:
        services.propose(draft_of(accepted), by=officer, now=DURING)

    assert str(refusal.value) == (
        "Bản tổng hợp chưa có đoạn nào. Hãy đưa nội dung của các đơn vị vào các phần rồi trình lại."
    )


def test_report_of_which_every_part_has_an_empty_box_is_proposed(accepted, officer):
    draft = draft_of(accepted)
    services.take_over_all(draft, by=officer, now=DURING)
    for part in draft.parts.all():
        services.add_paragraph(part, by=officer, now=DURING)

    assert services.propose(draft_of(accepted), by=officer, now=DURING).kind == "proposed"


def test_report_of_empty_boxes_alone_is_not_proposed(accepted, officer):
    services.add_paragraph(draft_of(accepted).parts.first(), by=officer, now=DURING)

    with pytest.raises(TransitionRefused, match="chưa có đoạn nào"):
        services.propose(draft_of(accepted), by=officer, now=DURING)


def test_year_in_which_every_report_says_nothing_is_published_without_a_paragraph(
    report, clerk, head, officer, focal_head
):
    services.declare_nothing(at(report), by=clerk, now=DURING, reason="Không phát sinh nhiệm vụ.")
    accept(report, head, officer)

    services.propose(draft_of(report.cycle), by=officer, now=DURING)
    published = publish(report.cycle, focal_head)

    assert published.snapshot["reporting"]["nothing"] == [
        {"agency": "Sở Y tế", "reason": "Không phát sinh nhiệm vụ."}
    ]


def test_proposal_of_another_content_than_the_one_seen_is_refused(accepted, officer):
    factories.write_a_paragraph(draft_of(accepted))

    with pytest.raises(TransitionRefused) as refusal:
        services.propose(draft_of(accepted), by=officer, now=DURING, seen="0" * 64)

    assert str(refusal.value).startswith("Bản tổng hợp đã thay đổi sau khi bạn mở trang nên chưa trình.")
    assert draft_of(accepted).status == "draft"


def test_next_version_is_not_proposed_without_words_on_what_it_changes(accepted, officer, focal_head):
    propose(accepted, officer)
    publish(accepted, focal_head)

    with pytest.raises(TransitionRefused) as refusal:
        services.propose(draft_of(accepted), by=officer, now=LATER)

    assert str(refusal.value) == (
        "Hãy ghi phiên bản này thay đổi những gì so với phiên bản đã ban hành, rồi trình lại."
    )


@pytest.mark.parametrize("step", ["withdraw", "send back"])
def test_proposal_that_comes_back_is_a_draft_again(step, accepted, officer, focal_head):
    propose(accepted, officer)

    STEPS[step](accepted, officer if step == "withdraw" else focal_head)

    draft = draft_of(accepted)
    assert (draft.status, draft.proposed_content) == ("draft", "")
    event = draft.events.get(kind="withdrawn" if step == "withdraw" else "sent_back")
    assert (event.at, event.reason) == (LATER, "" if step == "withdraw" else REASON)


def test_sending_back_without_a_reason_is_refused(accepted, officer, focal_head):
    propose(accepted, officer)

    with pytest.raises(TransitionRefused) as refusal:
        services.send_back(draft_of(accepted), by=focal_head, now=LATER, reason=" \n")

    assert str(refusal.value) == "Hãy ghi rõ lý do."


def test_frame_that_somebody_changed_meanwhile_is_not_overwritten(accepted, officer, second_officer):
    seen = services.frame_seen(draft_of(accepted))
    services.save_frame(draft_of(accepted), by=officer, recipients=["Sở Nội vụ"], changes="", seen=seen)

    with pytest.raises(TransitionRefused) as refusal:
        services.save_frame(draft_of(accepted), by=second_officer, recipients=[], changes="", seen=seen)

    assert str(refusal.value) == "Người khác vừa sửa nội dung này. Hãy xem lại rồi ghi lại."
    assert draft_of(accepted).recipients == ["Sở Nội vụ"]


# Publishing


def test_published_version_is_what_was_proposed_with_signer_and_version(accepted, officer, focal_head):
    propose(accepted, officer)
    proposed = json.loads(draft_of(accepted).proposed_content)

    published = publish(accepted, focal_head)

    signer = {"lines": ["GIÁM ĐỐC"], "name": "Lương Văn Trưởng"}
    assert published.snapshot == proposed | {"signer": signer, "version": 1}
    assert published.sha256 == snapshots.sha256(published.content)
    assert (published.number, published.issued_on, published.published_by) == (NUMBER, ISSUED_ON, focal_head)
    assert len(published.code) == 12
    event = ConsolidationEvent.objects.get(kind="published")
    assert (event.published, event.by, event.at) == (published, focal_head, LATER)


def test_publication_goes_on_as_the_draft_of_the_next_version(accepted, officer, focal_head):
    propose(accepted, officer)
    texts = list(draft_of(accepted).parts.values_list("paragraphs__text", flat=True))

    publish(accepted, focal_head)

    draft = draft_of(accepted)
    assert (draft.status, draft.proposed_content, draft.changes) == ("draft", "", "")
    assert list(draft.parts.values_list("paragraphs__text", flat=True)) == texts


def test_next_version_keeps_the_words_on_what_it_changes(accepted, officer, focal_head):
    propose(accepted, officer)
    publish(accepted, focal_head)

    propose(accepted, officer, now=LATER)
    second = publish(accepted, focal_head, number="126/BC-SLĐTBXH")

    assert (second.version, second.changes) == (2, "Bổ sung.")


def test_same_again_under_the_same_number_and_day_is_no_version(accepted, officer, focal_head):
    propose(accepted, officer)
    publish(accepted, focal_head)
    propose(accepted, officer, now=LATER)

    with pytest.raises(TransitionRefused) as refusal:
        publish(accepted, focal_head)

    assert str(refusal.value) == "Không có gì thay đổi so với phiên bản 1 đã ban hành nên không tạo phiên bản mới."
    assert draft_of(accepted).status == "proposed"


@pytest.mark.parametrize("change", [{"number": "126/BC-SLĐTBXH"}, {"issued_on": datetime.date(2026, 11, 21)}])
def test_same_again_with_another_number_or_day_is_the_next_version(change, accepted, officer, focal_head):
    propose(accepted, officer)
    publish(accepted, focal_head)
    propose(accepted, officer, now=LATER)

    assert publish(accepted, focal_head, **change).version == 2


def test_publishing_another_proposal_than_the_one_read_is_refused(accepted, officer, focal_head):
    propose(accepted, officer)

    with pytest.raises(TransitionRefused) as refusal:
        publish(accepted, focal_head, seen="0" * 64)

    assert str(refusal.value).startswith("Bản trình đã được thay bằng bản khác sau khi bạn mở trang")
    assert ConsolidatedReport.objects.count() == 0


def test_nobody_publishes_their_own_proposal(accepted, officer, focal_agency, focal_head):
    factories.MembershipFactory(user=officer, agency=focal_agency, role=Role.HEAD)
    officer = User.objects.get(pk=officer.pk)
    propose(accepted, officer)

    with pytest.raises(TransitionRefused) as refusal:
        publish(accepted, officer)

    assert str(refusal.value) == (
        "Người trình không tự phê duyệt. Hãy để lãnh đạo khác của cơ quan phê duyệt và ban hành."
    )
    assert publish(accepted, focal_head).published_by == focal_head


def test_publish_writes_an_event_to_every_accepted_report_and_orders_the_documents(
    complete_report, accepted, officer, focal_head, other_agency
):
    propose(accepted, officer)
    Document.objects.all().delete()

    published = publish(accepted, focal_head)

    event = ReportEvent.objects.get(kind="published")
    assert (event.report, event.at, event.by) == (complete_report, LATER, focal_head)
    assert (event.from_status, event.to_status) == ("accepted", "accepted")
    assert event.note == "Báo cáo tổng hợp năm 2026, phiên bản 1"
    documents = Document.objects.all()
    assert {document.consolidated_report for document in documents} == {published}
    assert {"pdf", "docx"} <= {document.kind for document in documents}


# What moves between the proposal and the publication


def test_report_that_moves_after_the_proposal_outdates_it_and_what_is_published_of_it(
    complete_report, accepted, officer, focal_head
):
    propose(accepted, officer)
    moved = DURING + datetime.timedelta(minutes=10)
    services.reopen_report(at(complete_report), by=officer, now=moved, reason=REASON)
    services.submit_report(at(complete_report), by=head_of_health(), now=moved + datetime.timedelta(minutes=1))
    assert draft_of(accepted).outdated_at == moved

    published = publish(accepted, focal_head)

    assert published.outdated_at == moved
    assert draft_of(accepted).outdated_at is None
    assert ReportEvent.objects.filter(kind="published").count() == 0


def test_extension_after_the_proposal_outdates_it_and_leaves_the_report_in_what_is_published(
    complete_report, accepted, officer, focal_head
):
    propose(accepted, officer)
    granted_until = deadlines.after(datetime.date(2026, 11, 20))
    moved = DURING + datetime.timedelta(minutes=10)
    services.grant_extension(at(complete_report), by=officer, now=moved, granted_until=granted_until, reason=REASON)

    published = publish(accepted, focal_head)

    assert published.outdated_at == moved
    assert [event.report for event in ReportEvent.objects.filter(kind="published")] == [complete_report]


def head_of_health() -> User:
    return User.objects.get(full_name="Hoàng Văn Đứng")


def test_new_proposal_is_not_outdated_by_what_moved_before_it(complete_report, accepted, officer, focal_head):
    propose(accepted, officer)
    services.reopen_report(at(complete_report), by=officer, now=DURING, reason=REASON)
    accept(complete_report, head_of_health(), officer, now=LATER)
    services.withdraw_proposal(draft_of(accepted), by=officer, now=LATER)

    propose(accepted, officer, now=LATER)

    assert draft_of(accepted).outdated_at is None


# Mails


def mails(kind) -> list:
    return list(
        Mail.objects.filter(kind=kind)
        .order_by("recipient__full_name")
        .values_list("recipient__full_name", "due_from")
    )


def test_focal_heads_are_told_of_a_proposal(accepted, officer, second_officer, focal_head, leader):
    propose(accepted, officer)

    assert mails("consolidation_proposed") == [("Lương Văn Trưởng", DURING)]


def test_officers_are_told_that_it_was_sent_back(accepted, officer, second_officer, focal_head, leader):
    propose(accepted, officer)

    services.send_back(draft_of(accepted), by=focal_head, now=LATER, reason=REASON)

    assert mails("consolidation_sent_back") == [("Vi Thị Đầu", LATER), ("Vi Văn Hai", LATER)]


def test_everybody_in_the_plan_and_the_leaders_are_told_of_the_publication_once(
    accepted, agency, clerk, head, officer, second_officer, other_agency_clerk, focal_head, budget_officer, leader,
    administrator,
):  # fmt: skip
    Membership.objects.create(user=clerk, agency=agency, role=Role.HEAD, valid_from=datetime.date(2018, 1, 1))
    former = factories.MembershipFactory(agency=agency, valid_to=datetime.date(2020, 1, 1)).user
    closed = factories.MembershipFactory(agency=agency).user
    closed.is_active = False
    closed.save()
    propose(accepted, officer)

    publish(accepted, focal_head)

    told = [name for name, _ in mails("consolidated_published")]
    assert told == sorted(
        person.full_name
        for person in (clerk, head, officer, second_officer, other_agency_clerk, budget_officer, leader)
    )
    assert former.full_name not in told


# The signed copy


def test_signed_copies_are_kept_and_the_newest_holds(accepted, officer, focal_head):
    propose(accepted, officer)
    published = publish(accepted, focal_head)
    assert published.signed_copy is None

    for minute, (person, name) in enumerate(((officer, "một.pdf"), (focal_head, "hai.pdf"))):
        services.keep_signed_report(
            published,
            by=person,
            now=LATER + datetime.timedelta(minutes=minute),
            scan=SimpleUploadedFile(name, sample_files.pdf(name)),
        )

    published = ConsolidatedReport.objects.get()
    assert [copy.file_name for copy in published.signed_copies.all()] == ["một.pdf", "hai.pdf"]
    assert published.signed_copy.file_name == "hai.pdf"
    assert list(published.events.values_list("kind", "by__full_name")) == [
        ("published", "Lương Văn Trưởng"),
        ("signed", "Vi Thị Đầu"),
        ("signed", "Lương Văn Trưởng"),
    ]


@pytest.mark.parametrize("role", ["clerk", "head", "budget_officer", "leader", "administrator"])
def test_signed_copy_is_the_focal_agencys_to_upload(role, request, accepted, officer, focal_head):
    propose(accepted, officer)
    published = publish(accepted, focal_head)

    with pytest.raises(PermissionDenied):
        services.keep_signed_report(
            published,
            by=request.getfixturevalue(role),
            now=LATER,
            scan=SimpleUploadedFile("a.pdf", sample_files.pdf()),
        )

    assert published.signed_copies.count() == 0


# At the same moment


def again(user) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def second_head(focal_agency):
    user = factories.UserFactory(email="pho-giam-doc@so-ldtbxh.example", full_name="Đàm Văn Phó")
    factories.MembershipFactory(user=user, agency=focal_agency, role=Role.HEAD)
    return user


@pytest.mark.django_db(transaction=True)
def test_two_heads_publishing_at_the_same_moment_make_one_version(accepted, officer, focal_head, second_head):
    propose(accepted, officer)

    answers = at_the_same_moment(
        [lambda head=head: publish(accepted, again(head)) for head in (focal_head, second_head)]
    )

    made = [answer for answer in answers if isinstance(answer, ConsolidatedReport)]
    assert [str(answer) for answer in answers if isinstance(answer, TransitionRefused)] == [NOT_PROPOSED]
    assert list(ConsolidatedReport.objects.all()) == made
    assert ConsolidationEvent.objects.filter(kind="published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_publishing_and_withdrawing_at_the_same_moment_are_not_both_done(accepted, officer, focal_head):
    propose(accepted, officer)

    answers = at_the_same_moment(
        [
            lambda: publish(accepted, again(focal_head)),
            lambda: services.withdraw_proposal(draft_of(accepted), by=again(officer), now=LATER),
        ]
    )

    assert [str(answer) for answer in answers if isinstance(answer, Exception)] == [NOT_PROPOSED]
    kinds = ConsolidationEvent.objects.exclude(kind="proposed").values_list("kind", flat=True)
    assert list(kinds) in (["published"], ["withdrawn"])
    assert ConsolidatedReport.objects.count() == list(kinds).count("published")


@pytest.fixture
def own_report_accepted(report, focal_agency, focal_head, officer):
    """The focal agency's own report, so that there is something to propose."""
    focal_head.last_login = DURING
    focal_head.save()
    accept(fill(at(report.cycle.reports.get(agency=focal_agency))), focal_head, officer)


def propose_while(step, cycle, officer, second_officer) -> tuple[bool, bool]:
    """Propose and take the step at once; return whether the proposal holds Sở Y tế, and is outdated."""
    factories.write_a_paragraph(draft_of(cycle))

    answers = at_the_same_moment(
        [
            lambda: services.propose(draft_of(cycle), by=again(officer), now=LATER),
            lambda: step(again(second_officer)),
        ]
    )

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    draft = draft_of(cycle)
    waits_or_is_missing = json.loads(draft.proposed_content)["parts"][0]["missing"]
    return "Sở Y tế" not in waits_or_is_missing, draft.outdated_at is not None


@pytest.mark.django_db(transaction=True)
def test_accepting_while_the_merged_report_is_proposed_is_not_missed(
    complete_report, head, officer, second_officer, focal_head, own_report_accepted
):
    """Whichever comes first: the proposal counts the report just accepted, or says that it is outdated."""
    submit(complete_report, head)

    holds_it, is_outdated = propose_while(
        lambda by: services.accept_report(at(complete_report), by=by, now=DURING),
        complete_report.cycle,
        officer,
        second_officer,
    )

    assert holds_it is not is_outdated


@pytest.mark.django_db(transaction=True)
def test_reopening_while_the_merged_report_is_proposed_is_not_missed(
    complete_report, accepted, officer, second_officer, focal_head, own_report_accepted
):
    """Whichever comes first: the proposal is without the report just reopened, or says that it is outdated."""
    holds_it, is_outdated = propose_while(
        lambda by: services.reopen_report(at(complete_report), by=by, now=DURING, reason=REASON),
        accepted,
        officer,
        second_officer,
    )

    assert holds_it is is_outdated


@pytest.mark.django_db(transaction=True)
def test_reopening_while_the_merged_report_is_published_outdates_it(
    complete_report, accepted, officer, second_officer, focal_head
):
    propose(accepted, officer)

    answers = at_the_same_moment(
        [
            lambda: publish(accepted, again(focal_head)),
            lambda: services.reopen_report(at(complete_report), by=again(second_officer), now=LATER, reason=REASON),
        ]
    )

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert ConsolidatedReport.objects.get().outdated_at == LATER
    assert ReportingCycle.objects.get().consolidation.outdated_at is None
