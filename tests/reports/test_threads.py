"""Remarks on a report: who makes, answers and resolves them, what they keep from happening, and who is told."""

import datetime

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied

from assignments.models import Membership, Role, User
from reports import access, emails, services
from reports.models import Comment, Mail, Thread
from reports.workflow import TransitionRefused
from tests import factories
from tests.conftest import DURING, fill
from tests.reports.remarking import at, part_of
from tests.reports.test_emails import words_of
from tests.simultaneous import at_the_same_moment

pytestmark = pytest.mark.long

ASKED = "Đề nghị nêu số hội nghị theo từng huyện."
ANSWERED = "Trong đó Cao Lộc 5, Tràng Định 7 hội nghị."
REASON = "Bổ sung theo ý kiến thẩm tra."


def minutes(number: int) -> datetime.datetime:
    return DURING + datetime.timedelta(minutes=number)


@pytest.fixture
def submitted(complete_report, clerk, head):
    """Sở Y tế's report, submitted by its head."""
    services.submit_report(complete_report, by=head, now=DURING)
    return at(complete_report)


def remark(report, by, now=DURING, text=ASKED, key="noi-dung-1") -> Thread:
    return services.open_thread(part_of(report, key), by=by, now=now, text=text)


def reload(thread) -> Thread:
    return access.get_thread_or_404(at(thread.part.report), thread.pk)


# Opening, answering, resolving


def test_remark_stands_with_its_part_and_its_round_and_takes_the_report(submitted, officer):
    thread = reload(remark(submitted, officer, minutes(1)))

    assert (thread.part.key, thread.submission.number, thread.opened_by, thread.opened_at) == (
        "noi-dung-1", 1, officer, minutes(1),
    )  # fmt: skip
    assert (thread.remark.text, thread.remark.by, thread.answers, thread.closing) == (ASKED, officer, [], None)
    assert thread.state == ("warning", "Chờ đơn vị trả lời")
    report = at(submitted)
    assert (report.status, report.taken_by, report.taken_at) == ("submitted", officer, minutes(1))
    assert list(report.events.values_list("kind", "by", "at", "note"))[-2:] == [
        ("taken", officer.pk, minutes(1), ""),
        ("thread_opened", officer.pk, minutes(1), "Nội dung 1"),
    ]


def test_second_officer_remarks_without_taking_the_report_over(submitted, officer, second_officer):
    remark(submitted, officer)
    remark(submitted, second_officer, minutes(1), key="danh-gia")

    assert at(submitted).taken_by == officer
    assert list(submitted.events.values_list("kind", flat=True)).count("taken") == 1


def test_answer_and_last_word_stand_in_order_and_in_the_history(submitted, officer, second_officer, clerk):
    thread = remark(submitted, officer)
    services.answer_thread(reload(thread), by=clerk, now=minutes(5), text=ANSWERED)

    assert reload(thread).state == ("info", "Đơn vị đã trả lời")
    services.resolve_thread(reload(thread), by=second_officer, now=minutes(9), text="Đã rõ.")

    thread = reload(thread)
    assert thread.state == ("success", "Đã kết thúc")
    assert [(answer.text, answer.by, answer.at) for answer in thread.answers] == [(ANSWERED, clerk, minutes(5))]
    assert (thread.closing.text, thread.closing.by) == ("Đã rõ.", second_officer)
    assert (thread.resolved_by, thread.resolved_at) == (second_officer, minutes(9))
    assert list(submitted.events.values_list("kind", "by", "note"))[-2:] == [
        ("thread_answered", clerk.pk, "Nội dung 1"),
        ("thread_resolved", second_officer.pk, "Nội dung 1"),
    ]


def test_remark_is_resolved_without_a_word(submitted, officer):
    thread = remark(submitted, officer)

    services.resolve_thread(reload(thread), by=officer, now=minutes(1))

    assert (reload(thread).closing, Comment.objects.count()) == (None, 1)


def test_resolved_remark_is_neither_answered_nor_resolved_again(submitted, officer, clerk):
    thread = remark(submitted, officer)
    stale = reload(thread)
    services.resolve_thread(reload(thread), by=officer, now=minutes(1))

    for step in (
        lambda: services.answer_thread(stale, by=clerk, now=minutes(2), text=ANSWERED),
        lambda: services.resolve_thread(stale, by=officer, now=minutes(2)),
    ):
        with pytest.raises(TransitionRefused, match="Ý kiến này đã kết thúc"):
            step()

    assert Comment.objects.count() == 1


def test_remark_is_made_only_while_the_report_waits_for_its_review(complete_report, officer, head):
    part = complete_report.parts.get(key="noi-dung-1")
    with pytest.raises(TransitionRefused, match="đang chờ thẩm tra"):
        services.open_thread(part, by=officer, now=DURING, text=ASKED)

    services.submit_report(complete_report, by=head, now=DURING)
    services.accept_report(at(complete_report), by=officer, now=minutes(1))
    with pytest.raises(TransitionRefused, match="đang chờ thẩm tra"):
        remark(complete_report, officer, minutes(2))

    assert not Thread.objects.exists()


def test_nobody_but_who_may_review_remarks_and_resolves(
    submitted,
    officer,
    second_officer,
    focal_head,
    clerk,
    head,
    other_agency_clerk,
    leader,
    administrator,
    budget_officer,
):
    thread = remark(submitted, officer)
    submitted.writers.add(second_officer)

    people = (second_officer, focal_head, clerk, head, other_agency_clerk, leader, administrator, budget_officer)
    for person in people:
        with pytest.raises(PermissionDenied):
            remark(submitted, person)
        with pytest.raises(PermissionDenied):
            services.resolve_thread(reload(thread), by=person, now=minutes(1))

    assert Thread.objects.open().count() == 1


def test_nobody_but_the_agencys_own_people_answers(
    submitted, officer, focal_head, other_agency_clerk, leader, administrator, budget_officer
):
    thread = remark(submitted, officer)

    for person in (officer, focal_head, other_agency_clerk, leader, administrator, budget_officer):
        with pytest.raises(PermissionDenied):
            services.answer_thread(reload(thread), by=person, now=minutes(1), text=ANSWERED)

    assert Comment.objects.count() == 1


def test_who_answered_for_the_agency_does_not_review_its_report(submitted, officer, second_officer):
    factories.MembershipFactory(user=second_officer, agency=submitted.agency, role=Role.CLERK)
    thread = remark(submitted, officer)
    assert access.may_review(second_officer, at(submitted))

    services.answer_thread(reload(thread), by=second_officer, now=minutes(1), text=ANSWERED)

    assert not access.may_review(second_officer, at(submitted))
    assert access.reviewable_by(second_officer, submitted.cycle, [submitted]) == set()
    assert access.reviewable_by(officer, submitted.cycle, [submitted]) == {submitted.pk}
    with pytest.raises(PermissionDenied):
        services.resolve_thread(reload(thread), by=second_officer, now=minutes(2))


# What an open remark keeps from happening


def test_report_with_open_remarks_is_not_accepted_and_the_refusal_names_the_parts(submitted, officer):
    threads = [remark(submitted, officer, key=key) for key in ("danh-gia", "noi-dung-2", "noi-dung-2")]

    with pytest.raises(TransitionRefused) as refusal:
        services.accept_report(at(submitted), by=officer, now=minutes(1))

    assert str(refusal.value) == (
        "Chưa thể chấp nhận báo cáo: còn ý kiến thẩm tra chưa kết thúc ở Nội dung 2; Đánh giá chung. "
        "Hãy kết thúc từng ý kiến, hoặc trả lại báo cáo."
    )
    assert at(submitted).status == "submitted"

    for thread in threads:
        services.resolve_thread(reload(thread), by=officer, now=minutes(2))
    services.accept_report(at(submitted), by=officer, now=minutes(3))
    assert at(submitted).status == "accepted"


def test_remark_of_an_earlier_round_keeps_the_next_from_being_accepted(submitted, officer, head, clerk):
    thread = remark(submitted, officer)
    services.return_report(at(submitted), by=officer, now=minutes(1), reason=REASON, reopened_keys=["noi-dung-1"])
    services.answer_thread(reload(thread), by=clerk, now=minutes(2), text=ANSWERED)
    services.submit_report(at(submitted), by=head, now=minutes(3))

    with pytest.raises(TransitionRefused, match="còn ý kiến thẩm tra chưa kết thúc ở Nội dung 1"):
        services.accept_report(at(submitted), by=officer, now=minutes(4))

    services.resolve_thread(reload(thread), by=officer, now=minutes(5))
    services.accept_report(at(submitted), by=officer, now=minutes(6))
    assert reload(thread).submission.number == 1


@pytest.mark.django_db(transaction=True)
def test_remark_and_acceptance_at_the_same_moment_do_one_thing(submitted, officer, second_officer):
    answers = at_the_same_moment(
        [
            lambda: remark(submitted, User.objects.get(pk=officer.pk), minutes(1)),
            lambda: services.accept_report(at(submitted), by=User.objects.get(pk=second_officer.pk), now=minutes(1)),
        ]
    )

    assert [type(answer) for answer in answers] in ([Thread, TransitionRefused], [TransitionRefused, type(None)])
    assert (at(submitted).status, Thread.objects.count()) in [("submitted", 1), ("accepted", 0)]


def test_history_says_which_parts_a_return_reopened(submitted, officer, head):
    services.return_report(
        at(submitted), by=officer, now=minutes(1), reason=REASON, reopened_keys=["danh-gia", "noi-dung-1"]
    )
    services.submit_report(at(submitted), by=head, now=minutes(2))
    every_key = list(submitted.parts.values_list("key", flat=True))
    services.return_report(at(submitted), by=officer, now=minutes(3), reason=REASON, reopened_keys=every_key)

    returns = submitted.events.filter(kind="returned").order_by("pk")
    assert list(returns.values_list("by", "at", "reason", "note")) == [
        (officer.pk, minutes(1), REASON, "Mở lại Nội dung 1; Đánh giá chung"),
        (officer.pk, minutes(3), REASON, "Mở lại toàn bộ báo cáo"),
    ]


# Mails


def waiting(kind: Mail.Kind, person) -> Mail:
    return Mail.objects.get(kind=kind, recipient=person, sent_at=None, cancelled_at=None)


def test_three_remarks_are_told_in_one_mail_ten_minutes_after_the_last(submitted, officer, clerk, head):
    for minute, key in ((0, "noi-dung-1"), (4, "noi-dung-2"), (9, "danh-gia")):
        remark(submitted, officer, minutes(minute), key=key)

    mails = Mail.objects.filter(kind="thread_opened")
    assert {(mail.recipient, mail.due_from) for mail in mails} == {(clerk, minutes(19)), (head, minutes(19))}
    assert len(mails) == 2


def test_remark_after_somebody_began_to_send_the_mail_gets_a_mail_of_its_own(submitted, officer, clerk):
    remark(submitted, officer)
    Mail.objects.filter(kind="thread_opened").update(attempts=1)

    remark(submitted, officer, minutes(12), key="danh-gia")

    mails = Mail.objects.filter(kind="thread_opened", recipient=clerk).order_by("pk")
    assert [mail.due_from for mail in mails] == [minutes(10), minutes(22)]


def test_remarks_of_two_reports_are_told_in_two_mails(submitted, officer, clerk, other_agency, cycle):
    factories.MembershipFactory(user=clerk, agency=other_agency, role=Role.HEAD)
    other = cycle.reports.get(agency=other_agency)
    services.submit_report(fill(other), by=clerk, now=DURING)
    remark(submitted, officer)
    remark(other, officer)

    assert Mail.objects.filter(kind="thread_opened", recipient=clerk).count() == 2


def test_mail_of_remarks_says_what_is_open_when_it_leaves(submitted, officer, clerk, focal_agency):
    officer.telephone = "0205 3871 234"
    officer.save()
    remark(submitted, officer)
    resolved = remark(submitted, officer, minutes(1), text="Viết nhầm.", key="noi-dung-2")
    remark(submitted, officer, minutes(2), text="Vì sao chưa đạt & khắc phục thế nào?", key="danh-gia")
    services.resolve_thread(reload(resolved), by=officer, now=minutes(3))

    letter = emails.compose(waiting(Mail.Kind.THREAD_OPENED, clerk), minutes(12))

    assert letter.subject == "Ý kiến thẩm tra báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND: 2 ý kiến"
    assert letter.text == (
        "Kính gửi: Ông/Bà Nông Thị Chuyên\n"
        "\n"
        "Sở Lao động - Thương binh và Xã hội đang thẩm tra báo cáo năm 2026 của Sở Y tế về kết quả thực hiện "
        "Kế hoạch số 96/KH-UBND và có 2 ý kiến nêu dưới đây. Đề nghị Sở Y tế trả lời trên hệ thống. "
        "Báo cáo chưa bị trả lại; nội dung báo cáo chỉ sửa được khi cơ quan đầu mối trả lại.\n"
        "\n"
        "- Nội dung 1: Đề nghị nêu số hội nghị theo từng huyện.\n"
        "- Đánh giá chung: Vì sao chưa đạt & khắc phục thế nào?\n"
        "\n"
        "Xem và trả lời ý kiến:\n"
        f"{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/y-kien/\n"
        "\n"
        "Cần hỗ trợ, đề nghị liên hệ Sở Lao động - Thương binh và Xã hội: Vi Thị Đầu, chuyên viên cơ quan "
        "đầu mối, điện thoại 0205 3871 234.\n"
        "\n"
        "Thư do Cổng theo dõi kế hoạch gửi tự động, đề nghị không trả lời thư này.\n"
    )
    words = words_of(letter.html)
    assert "Đánh giá chung: Vì sao chưa đạt &amp; khắc phục thế nào?" in words
    assert "Viết nhầm" not in words


def test_mail_of_remarks_does_not_leave_where_none_is_open_or_the_report_came_back(submitted, officer, clerk):
    thread = remark(submitted, officer)
    services.resolve_thread(reload(thread), by=officer, now=minutes(1))
    mail = waiting(Mail.Kind.THREAD_OPENED, clerk)
    with pytest.raises(emails.NothingToSay, match="đã kết thúc"):
        emails.compose(mail, minutes(12))

    remark(submitted, officer, minutes(2))
    services.return_report(at(submitted), by=officer, now=minutes(3), reason=REASON, reopened_keys=["noi-dung-1"])
    mail.event.report.refresh_from_db()
    with pytest.raises(emails.NothingToSay, match="đã chuyển sang bước khác"):
        emails.compose(Mail.objects.get(pk=mail.pk), minutes(12))


def test_mail_of_answers_goes_to_the_officer_who_remarked(submitted, officer, second_officer, clerk, head):
    first = remark(submitted, officer)
    second = remark(submitted, officer, text="Nguồn số liệu?", key="danh-gia")
    unanswered = remark(submitted, officer, text="Còn kinh phí?", key="kinh-phi")
    services.answer_thread(reload(first), by=clerk, now=minutes(30), text=ANSWERED)
    services.answer_thread(reload(second), by=head, now=minutes(33), text="Theo báo cáo thống kê.")

    mail = Mail.objects.get(kind="thread_answered")
    assert (mail.recipient, mail.due_from) == (officer, minutes(43))
    letter = emails.compose(mail, minutes(43))

    assert letter.subject == "Sở Y tế đã trả lời ý kiến thẩm tra báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND"
    assert letter.text == (
        "Kính gửi: Ông/Bà Vi Thị Đầu\n"
        "\n"
        "Sở Y tế đã trả lời 2 ý kiến thẩm tra về báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND.\n"
        "\n"
        "- Nội dung 1: Đề nghị nêu số hội nghị theo từng huyện.\n"
        "  Trả lời của Nông Thị Chuyên: Trong đó Cao Lộc 5, Tràng Định 7 hội nghị.\n"
        "- Đánh giá chung: Nguồn số liệu?\n"
        "  Trả lời của Hoàng Văn Đứng: Theo báo cáo thống kê.\n"
        "\n"
        "Xem và kết thúc ý kiến:\n"
        f"{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/tham-tra/\n"
        "\n"
        "Thư do Cổng theo dõi kế hoạch gửi tự động, đề nghị không trả lời thư này.\n"
    )
    assert unanswered.pk
    assert "Trả lời của Hoàng Văn Đứng: Theo báo cáo thống kê." in words_of(letter.html)


def test_mail_of_answers_goes_to_every_officer_where_who_remarked_has_left(submitted, officer, second_officer, clerk):
    thread = remark(submitted, officer)
    Membership.objects.filter(user=officer).update(valid_to=datetime.date(2026, 1, 1))

    services.answer_thread(reload(thread), by=clerk, now=minutes(1), text=ANSWERED)

    assert [mail.recipient for mail in Mail.objects.filter(kind="thread_answered")] == [second_officer]


def test_mail_of_a_return_names_the_parts_that_reopened_and_their_open_remarks(submitted, officer, clerk):
    remark(submitted, officer)
    answered = remark(submitted, officer, text="Nguồn số liệu?", key="danh-gia")
    resolved = remark(submitted, officer, text="Viết nhầm.", key="noi-dung-2")
    services.answer_thread(reload(answered), by=clerk, now=minutes(1), text="Theo báo cáo thống kê.")
    services.resolve_thread(reload(resolved), by=officer, now=minutes(2))
    services.return_report(
        at(submitted), by=officer, now=minutes(3), reason=REASON, reopened_keys=["noi-dung-1", "danh-gia"]
    )

    letter = emails.compose(waiting(Mail.Kind.REPORT_RETURNED, clerk), minutes(4))

    assert (
        "Lý do:\n"
        "Bổ sung theo ý kiến thẩm tra.\n"
        "\n"
        "Phần được mở để bổ sung:\n"
        "- Nội dung 1\n"
        "- Đánh giá chung\n"
        "\n"
        "Ý kiến thẩm tra cần giải trình, bổ sung:\n"
        "- Nội dung 1: Đề nghị nêu số hội nghị theo từng huyện.\n"
        "- Đánh giá chung: Nguồn số liệu? (đơn vị đã trả lời)\n"
        "\n"
        "Hạn nộp lại: "
    ) in letter.text
    words = words_of(letter.html)
    assert "Ý kiến thẩm tra cần giải trình, bổ sung: Nội dung 1: Đề nghị nêu số hội nghị theo từng huyện." in words
    assert "Viết nhầm" not in letter.text + words
