"""The check before sending: what is missing, what changed, and what one click, or twenty, make of it."""

import datetime
import io
import re

import pytest
from django.test import Client

from assignments.models import Membership, Role, User
from reports import access, deadlines, services, snapshots
from reports.models import Mail, Report, ReportEvent, Submission
from tests import factories
from tests import sample_files as sample
from tests.conftest import DURING, fill
from tests.simultaneous import at_the_same_moment

CHECK = "/96-kh-ubnd-2018/2026/so-y-te/kiem-tra/"
SUBMIT = "/96-kh-ubnd-2018/2026/so-y-te/submit/"
SEND_UP = "/96-kh-ubnd-2018/2026/so-y-te/send-up/"
SEND_DOWN = "/96-kh-ubnd-2018/2026/so-y-te/send-down/"
RECEIPT = "/96-kh-ubnd-2018/2026/so-y-te/lan-nop/1/"
LATER = DURING + datetime.timedelta(hours=1)
SECOND_LATER = DURING + datetime.timedelta(hours=2)
REASON = "Bổ sung số liệu."


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(DURING, tick=False)


def at(report) -> Report:
    """Return the report as a new request would read it."""
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


def save(report, key, *, by, now, text="Đã viết lại."):
    part = report.parts.get(key=key)
    return services.save_part(part, by=by, now=now, version=part.version, text=text, progress={})


def attach(report, *, by, now):
    progress = report.parts.get(key="noi-dung-1").progress.get(task__code="ND-1.1")
    return services.add_evidence(progress, by=by, now=now, name="a.pdf", file=io.BytesIO(sample.pdf()))


def words_of(page: str) -> str:
    body = page.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub("<[^>]+>", " ", body).split())


def seen_on(page: str) -> str:
    return re.search(r'name="seen" value="(\w{64})"', page)[1]


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def second_head(agency):
    user = factories.UserFactory(full_name="Lộc Thị Phó", last_login=DURING)
    factories.MembershipFactory(user=user, agency=agency, role=Role.HEAD, position="Phó Giám đốc")
    return user


# What is missing


def test_missing_is_told_in_sentences_that_lead_to_the_part_and_back(client, report, clerk):
    client.force_login(clerk)

    page = client.get(CHECK).content.decode()

    summary = page.split("data-takes-focus", 1)[1].split("</div>", 1)[0]
    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', summary) == [
        (f"/96-kh-ubnd-2018/2026/so-y-te/{key}/?back=check", sentence)
        for key, sentence in [
            ("chi-dao", "Công tác lãnh đạo, chỉ đạo, triển khai: chưa có nội dung."),
            ("noi-dung-1", "Nội dung 1: chưa chọn mức độ thực hiện cho ND-1.1, ND-1.2."),
            ("noi-dung-2", "Nội dung 2: chưa chọn mức độ thực hiện cho ND-2.1."),
            ("nhiem-vu-07-1", "Nhiệm vụ 07.1: chưa chọn mức độ thực hiện cho NV-07.1."),
            ("danh-gia", "Đánh giá chung: chưa có nội dung."),
            ("phuong-huong", "Phương hướng, nhiệm vụ năm sau: chưa có nội dung."),
        ]
    ]
    assert page.index("data-takes-focus") < page.index('class="facts"')
    assert 'action="/96-kh-ubnd-2018/2026/so-y-te/submit/"' not in page
    assert 'action="/96-kh-ubnd-2018/2026/so-y-te/send-up/"' not in page


def test_every_part_has_a_way_to_change_it_that_comes_back(client, complete_report, clerk):
    client.force_login(clerk)

    page = client.get(CHECK).content.decode()

    keys = [part.key for part in complete_report.parts.all()]
    assert re.findall(r'<section class="panel" id="([\w-]+)">', page) == keys
    assert re.findall(r'href="/96-kh-ubnd-2018/2026/so-y-te/([\w-]+)/\?back=check">Sửa<', page) == keys


def test_locked_report_offers_no_change(client, complete_report, clerk, head):
    services.send_up(at(complete_report), by=clerk, now=DURING)
    client.force_login(clerk)

    page = client.get(CHECK).content.decode()

    assert ">Sửa<" not in page
    assert "back=check" not in page


# What changed


def test_first_check_has_nothing_to_compare_with(client, complete_report, clerk, head):
    save(complete_report, "chi-dao", by=clerk, now=DURING)
    services.send_up(at(complete_report), by=clerk, now=DURING)
    client.force_login(head)

    page = words_of(client.get(CHECK).content.decode())

    assert "Người soạn: Nông Thị Chuyên." in page
    assert "Thay đổi từ lần" not in page


def test_head_sees_what_changed_since_the_report_was_sent_down_and_why(client, complete_report, clerk, head):
    services.send_up(at(complete_report), by=clerk, now=DURING)
    services.send_down(at(complete_report), by=head, now=DURING, reason=REASON)
    save(complete_report, "danh-gia", by=clerk, now=LATER)
    services.send_up(at(complete_report), by=clerk, now=SECOND_LATER)
    client.force_login(head)

    page = client.get(CHECK).content.decode()

    words = words_of(page)
    assert "Lãnh đạo chưa duyệt trước đó, ngày 20/10/2026, Hoàng Văn Đứng Bổ sung số liệu." in words
    assert (
        "Thay đổi từ lần trình lãnh đạo trước, 09:00 20/10/2026 Đánh giá chung : Nông Thị Chuyên, 10:00 20/10/2026"
        in words
    )
    assert page.count(">Mới sửa<") == 1


def test_agency_sees_what_it_changed_since_the_return(client, complete_report, clerk, head, officer):
    services.submit_report(at(complete_report), by=head, now=DURING)
    services.return_report(at(complete_report), by=officer, now=DURING, reason=REASON, reopened_keys=["danh-gia"])
    client.force_login(clerk)
    before = words_of(client.get(CHECK).content.decode())

    save(complete_report, "danh-gia", by=clerk, now=LATER)

    assert "Thay đổi từ lần nộp báo cáo trước, 09:00 20/10/2026 Chưa có phần nào thay đổi." in before
    after = words_of(client.get(CHECK).content.decode())
    assert "Đánh giá chung : Nông Thị Chuyên, 10:00 20/10/2026" in after


def test_report_that_came_back_goes_on_unchanged_only_where_its_sender_says_so(
    client, complete_report, clerk, head, officer
):
    services.submit_report(at(complete_report), by=head, now=DURING)
    services.return_report(at(complete_report), by=officer, now=DURING, reason=REASON, reopened_keys=["danh-gia"])
    client.force_login(clerk)

    page = words_of(client.get(CHECK).content.decode())
    refused = words_of(client.post(SEND_UP).content.decode())
    before = at(complete_report).status
    client.post(SEND_UP, {"as_it_is": "on"})

    assert "nhưng chưa sửa phần nào từ khi bị trả lại ." in page
    assert "Báo cáo đã đầy đủ" not in page
    assert "Báo cáo chưa sửa phần nào từ khi bị trả lại. Hãy sửa, trả lời, hoặc đánh dấu xác nhận vẫn gửi." in refused
    assert (before, at(complete_report).status) == ("returned", "awaiting_approval")

    client.force_login(head)
    client.post(SUBMIT, {"declared": "on", "seen": seen_on(client.get(CHECK).content.decode())})
    assert at(complete_report).status == "awaiting_approval"
    save_as_head = {"declared": "on", "as_it_is": "on", "seen": seen_on(client.get(CHECK).content.decode())}
    client.post(SUBMIT, save_as_head)
    assert at(complete_report).status == "submitted"


def test_evidence_that_was_added_or_taken_away_is_a_change(client, complete_report, clerk, head):
    save(complete_report, "noi-dung-1", by=clerk, now=DURING)
    services.send_up(at(complete_report), by=clerk, now=DURING)
    services.send_down(at(complete_report), by=head, now=DURING, reason=REASON)
    evidence = attach(complete_report, by=clerk, now=LATER)
    client.force_login(clerk)
    added = words_of(client.get(CHECK).content.decode())
    services.send_up(at(complete_report), by=clerk, now=LATER)
    services.send_down(at(complete_report), by=head, now=LATER, reason=REASON)
    between = words_of(client.get(CHECK).content.decode())

    services.remove_evidence(evidence, by=clerk, now=SECOND_LATER)
    removed = words_of(client.get(CHECK).content.decode())

    assert "trước, 09:00 20/10/2026 Nội dung 1 : có thêm hoặc gỡ minh chứng" in added
    assert "trước, 10:00 20/10/2026 Chưa có phần nào thay đổi." in between
    assert "trước, 10:00 20/10/2026 Nội dung 1 : có thêm hoặc gỡ minh chứng" in removed


# Submitting what was checked


def test_submit_of_what_was_checked_shows_the_receipt(client, complete_report, head):
    client.force_login(head)
    page = client.get(CHECK).content.decode()

    response = client.post(SUBMIT, {"declared": "on", "seen": seen_on(page)}, follow=True)

    assert response.redirect_chain == [(RECEIPT, 302)]
    assert said(response) == ["Đã nộp báo cáo. Đây là phiếu tiếp nhận."]


def test_submit_of_what_changed_since_it_was_checked_is_refused(client, complete_report, clerk, head):
    client.force_login(head)
    page = client.get(CHECK).content.decode()
    save(complete_report, "danh-gia", by=clerk, now=LATER)

    response = client.post(SUBMIT, {"declared": "on", "seen": seen_on(page)}, follow=True)

    assert response.redirect_chain == [(CHECK, 302)]
    assert said(response) == [
        "Báo cáo đã thay đổi sau khi bạn mở trang nên chưa nộp. "
        "Hãy xem lại nội dung, tình trạng mới dưới đây rồi xác nhận lại."
    ]
    assert (at(complete_report).status, Submission.objects.count()) == ("draft", 0)
    again = client.post(SUBMIT, {"declared": "on", "seen": seen_on(response.content.decode())}, follow=True)
    assert again.redirect_chain == [(RECEIPT, 302)]


def test_submit_without_the_declaration_asks_for_it(client, complete_report, head):
    client.force_login(head)

    response = client.post(SUBMIT, {"seen": seen_on(client.get(CHECK).content.decode())})

    page = response.content.decode()
    assert 'href="#id_declared">Hãy đánh dấu xác nhận đã kiểm tra trước khi nộp.</a>' in page
    assert Submission.objects.count() == 0
    seen_on(page)


def test_one_persons_second_click_is_answered_by_the_receipt(client, complete_report, head):
    client.force_login(head)
    declared = {"declared": "on", "seen": seen_on(client.get(CHECK).content.decode())}
    client.post(SUBMIT, declared)
    client.get(RECEIPT)

    response = client.post(SUBMIT, declared, follow=True)

    assert response.redirect_chain == [(RECEIPT, 302)]
    assert said(response) == ["Báo cáo đã được nộp trước đó. Đây là phiếu tiếp nhận."]
    assert Submission.objects.count() == 1


def test_second_head_is_told_who_submitted_first(client, complete_report, head, second_head):
    client.force_login(second_head)
    declared = {"declared": "on", "seen": seen_on(client.get(CHECK).content.decode())}
    services.submit_report(at(complete_report), by=head, now=DURING)

    response = client.post(SUBMIT, declared, follow=True)

    assert response.redirect_chain == [(RECEIPT, 302)]
    assert said(response) == ["Hoàng Văn Đứng đã nộp báo cáo này lúc 09:00:00 20/10/2026. Đây là phiếu tiếp nhận."]
    assert [s.submitted_by for s in Submission.objects.all()] == [head]


def test_head_who_sends_down_what_another_submitted_is_told(client, complete_report, clerk, head, second_head):
    services.send_up(at(complete_report), by=clerk, now=DURING)
    client.force_login(second_head)
    services.submit_report(at(complete_report), by=head, now=DURING)

    response = client.post(SEND_DOWN, {"reason": REASON}, follow=True)

    assert said(response) == [
        "Không thể thực hiện “Chuyển lại chuyên viên”: báo cáo đang ở trạng thái “Đã nộp”. "
        "Hãy tải lại trang để xem tình trạng mới nhất."
    ]
    assert at(complete_report).status == "submitted"


@pytest.mark.django_db(transaction=True)
def test_two_heads_at_the_same_moment_do_one_thing(complete_report, clerk, head, second_head):
    services.send_up(at(complete_report), by=clerk, now=DURING)
    waiting = at(complete_report)
    seen = snapshots.seen(snapshots.agency_report(waiting, signer=head), waiting.status)

    answers = at_the_same_moment(
        [
            lambda: services.submit_report(
                at(complete_report), by=User.objects.get(pk=head.pk), now=LATER, seen=seen
            ),
            lambda: services.send_down(
                at(complete_report), by=User.objects.get(pk=second_head.pk), now=LATER, reason=REASON
            ),
        ]
    )

    assert sum(isinstance(answer, Exception) for answer in answers) == 1
    acted = ReportEvent.objects.filter(kind__in=["submitted", "sent_down"]).get()
    assert (acted.kind, at(complete_report).status) in [("submitted", "submitted"), ("sent_down", "draft")]


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_the_same_moment_make_one_receipt_and_one_mail_each(complete_report, clerk, head):
    client = Client()
    client.force_login(head)
    declared = {"declared": "on", "seen": seen_on(client.get(CHECK).content.decode())}

    def click():
        own = Client()
        own.cookies = client.cookies
        return own.post(SUBMIT, declared)

    answers = at_the_same_moment([click] * 20)

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, RECEIPT)] * 20
    assert [s.receipt_number for s in Submission.objects.all()] == ["01/PTN-96-KH-UBND/2026"]
    assert ReportEvent.objects.filter(kind="submitted").count() == 1
    assert sorted(Mail.objects.values_list("kind", "recipient__full_name")) == [
        ("report_submitted", "Hoàng Văn Đứng"),
        ("report_submitted", "Nông Thị Chuyên"),
    ]


# Sending up


def test_clerk_reads_to_whom_the_report_goes(client, complete_report, clerk, head, second_head):
    client.force_login(clerk)

    page = words_of(client.get(CHECK).content.decode())

    assert "Trình tới: Hoàng Văn Đứng, Phó Giám đốc; Lộc Thị Phó, Phó Giám đốc." in page
    assert "Nộp báo cáo cho cơ quan đầu mối" not in page


def test_clerk_where_no_head_has_signed_in_may_submit_and_reads_that_it_is_marked(
    client, complete_report, clerk, head
):
    User.objects.filter(pk=head.pk).update(last_login=None)
    client.force_login(clerk)

    page = words_of(client.get(CHECK).content.decode())

    assert "Lãnh đạo đơn vị chưa sử dụng hệ thống nên chuyên viên được nộp; phiếu tiếp nhận ghi rõ điều này." in page
    assert "Trình tới: Hoàng Văn Đứng, Phó Giám đốc." in page


def test_officer_reads_nothing_of_what_went_on_within_the_agency(client, complete_report, clerk, head, officer):
    services.send_up(at(complete_report), by=clerk, now=DURING)
    services.send_down(at(complete_report), by=head, now=DURING, reason="Số liệu xã A chưa ổn.")
    services.submit_report(at(complete_report), by=head, now=LATER)

    def history_at(address) -> str:
        history = words_of(client.get(address).content.decode()).split("Quá trình xử lý", 1)[1]
        return history.split("Các thư nhắc", 1)[0]

    client.force_login(head)
    assert "Lý do: Số liệu xã A chưa ổn." in history_at(complete_report.get_absolute_url())
    client.force_login(officer)
    assert history_at(complete_report.url("review")) == (
        " Mở kỳ báo cáo 08:00:00 01/10/2026, hệ thống Nộp báo cáo 10:00:00 20/10/2026, Hoàng Văn Đứng "
    )


# Standing in


@pytest.fixture
def stand_in(agency, head):
    """Somebody who is the head's stand-in for these days and nothing else."""
    user = factories.UserFactory(full_name="Vi Văn Thay", last_login=DURING)
    Membership.objects.create(
        user=user,
        agency=agency,
        role=Role.HEAD,
        position="Trưởng phòng",
        signer_lines=["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"],
        stands_in_for=head,
        valid_from=datetime.date(2026, 10, 19),
        valid_to=datetime.date(2026, 10, 30),
    )
    return user


def test_submit_by_a_stand_in_says_for_whom_on_the_receipt_in_the_history_and_to_the_officer(
    client, complete_report, clerk, stand_in, officer
):
    save(complete_report, "danh-gia", by=clerk, now=DURING)
    client.force_login(stand_in)
    page = client.get(CHECK).content.decode()
    assert "Bạn nộp với tư cách làm thay Hoàng Văn Đứng ;" in words_of(page)

    receipt = client.post(SUBMIT, {"declared": "on", "seen": seen_on(page)}, follow=True).content.decode()

    submission = Submission.objects.get()
    assert submission.on_behalf_of.full_name == "Hoàng Văn Đứng"
    assert submission.without_head is False
    assert submission.snapshot["people"] == {
        "writers": ["Nông Thị Chuyên"],
        "submitted_by": "Vi Văn Thay",
        "on_behalf_of": "Hoàng Văn Đứng",
    }
    assert submission.snapshot["signer"] == {"lines": ["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"], "name": "Vi Văn Thay"}
    assert "Người soạn Nông Thị Chuyên Người nộp Vi Văn Thay, làm thay Hoàng Văn Đứng" in words_of(receipt)
    history = words_of(client.get(complete_report.get_absolute_url()).content.decode())
    assert "Nộp báo cáo 09:00:00 20/10/2026, Vi Văn Thay Làm thay Hoàng Văn Đứng" in history
    assert "Vi Văn Thay, làm thay Hoàng Văn Đứng" in history
    client.force_login(officer)
    review = words_of(client.get(complete_report.url("review")).content.decode())
    assert "Người soạn Nông Thị Chuyên Người nộp Vi Văn Thay, làm thay Hoàng Văn Đứng" in review


def test_officer_is_given_the_stand_in_to_call_about_what_waits_for_approval(complete_report, clerk, head, stand_in):
    services.send_up(at(complete_report), by=clerk, now=DURING)

    assert access.contacts_of([at(complete_report)]) == {complete_report.pk: stand_in}


def test_stand_in_whose_days_are_over_does_not_submit(client, complete_report, stand_in, time_machine):
    time_machine.move_to("2026-10-31 00:00+07:00")
    client.force_login(stand_in)

    assert client.get(CHECK).status_code == 404
    assert client.post(SUBMIT, {"declared": "on"}).status_code == 404


def test_head_with_a_role_of_their_own_submits_in_their_own_name(complete_report, agency, head, second_head):
    Membership.objects.create(
        user=second_head,
        agency=agency,
        role=Role.CLERK,
        stands_in_for=factories.UserFactory(),
        valid_from=datetime.date(2026, 10, 1),
        valid_to=datetime.date(2026, 10, 30),
    )

    submission = services.submit_report(at(complete_report), by=second_head, now=DURING)

    assert (submission.on_behalf_of, submission.snapshot["people"]["on_behalf_of"]) == (None, "")


def test_stand_in_of_a_head_who_never_signed_in_is_sent_up_to(client, complete_report, clerk, head, stand_in):
    """What counts is that somebody who may approve uses the portal now."""
    User.objects.filter(pk=head.pk).update(last_login=None)
    client.force_login(clerk)

    page = words_of(client.get(CHECK).content.decode())

    assert "Trình tới: Hoàng Văn Đứng, Phó Giám đốc; Vi Văn Thay, Trưởng phòng (làm thay Hoàng Văn Đứng" in page
    assert client.post(SUBMIT, {"declared": "on"}).status_code == 403


def test_send_up_and_down_by_stand_ins_say_for_whom(complete_report, agency, clerk, head, stand_in):
    clerks_stand_in = factories.UserFactory(full_name="Bế Thị Giúp")
    Membership.objects.create(
        user=clerks_stand_in,
        agency=agency,
        role=Role.CLERK,
        stands_in_for=clerk,
        valid_from=datetime.date(2026, 10, 19),
        valid_to=datetime.date(2026, 10, 30),
    )

    services.send_up(at(complete_report), by=clerks_stand_in, now=DURING)
    services.send_down(at(complete_report), by=stand_in, now=DURING, reason=REASON)

    assert list(complete_report.events.values_list("kind", "note"))[1:] == [
        ("sent_up", "làm thay Nông Thị Chuyên"),
        ("sent_down", "làm thay Hoàng Văn Đứng"),
    ]


# The receipt


def test_receipt_says_first_and_final_arrival(client, complete_report, clerk, head, officer, time_machine):
    late = datetime.datetime(2026, 11, 12, 8, 30, 5, tzinfo=deadlines.VIETNAM)
    services.submit_report(at(complete_report), by=head, now=late)
    services.return_report(at(complete_report), by=officer, now=late, reason=REASON, reopened_keys=["danh-gia"])
    services.submit_report(at(complete_report), by=head, now=late + datetime.timedelta(days=1))
    client.force_login(head)

    first = words_of(client.get(RECEIPT).content.decode())
    second = words_of(client.get(RECEIPT.replace("/1/", "/2/")).content.decode())

    assert "Số phiếu 01/PTN-96-KH-UBND/2026" in first
    assert "Thời điểm tiếp nhận 08:30:05 12/11/2026 (nộp chậm)" in first
    assert "Tiếp nhận lần cuối 08:30:05 13/11/2026 (lần nộp 2)" in first
    assert "xem phiếu số 02/PTN-96-KH-UBND/2026" in first
    assert "Thời điểm tiếp nhận 08:30:05 13/11/2026 (lần nộp 2) Tiếp nhận lần đầu 08:30:05 12/11/2026 (nộp chậm)" in (
        second
    )


def test_receipt_names_who_has_a_copy_and_whom_to_call(client, complete_report, clerk, head, officer):
    services.submit_report(at(complete_report), by=head, now=DURING)
    Mail.objects.filter(recipient=clerk).update(sent_at=DURING)
    client.force_login(clerk)

    receipt = words_of(client.get(RECEIPT).content.decode())

    assert "Bản sao qua thư điện tử Hoàng Văn Đứng (đang gửi), Nông Thị Chuyên" in receipt
    assert "Cần hỏi: Sở Lao động - Thương binh và Xã hội, Vi Thị Đầu, điện thoại 0205 3812 000 ." in receipt
    assert "năm ngày làm việc sau ngày trả lại" in receipt


def test_receipt_lets_the_head_withdraw_until_an_officer_takes_it(client, complete_report, clerk, head, officer):
    services.submit_report(at(complete_report), by=head, now=DURING)
    withdraw = 'action="/96-kh-ubnd-2018/2026/so-y-te/withdraw/"'

    def offered_to(person) -> bool:
        client.force_login(person)
        return withdraw in client.get(RECEIPT).content.decode()

    assert [offered_to(person) for person in (clerk, head, officer)] == [False, True, False]
    services.take_report(at(complete_report), by=officer, now=LATER)
    assert not offered_to(head)


@pytest.fixture
def other_report(cycle, other_agency):
    return fill(cycle.reports.get(agency=other_agency))


@pytest.fixture
def other_head(other_agency):
    return factories.MembershipFactory(agency=other_agency, role=Role.HEAD).user


@pytest.mark.django_db(transaction=True)
def test_receipts_asked_for_at_the_same_moment_have_different_numbers(
    complete_report, other_report, head, other_head
):
    submissions = at_the_same_moment(
        [
            lambda: services.submit_report(at(complete_report), by=User.objects.get(pk=head.pk), now=DURING),
            lambda: services.submit_report(at(other_report), by=User.objects.get(pk=other_head.pk), now=DURING),
        ]
    )

    assert sorted(submission.receipt_number for submission in submissions) == [
        "01/PTN-96-KH-UBND/2026",
        "02/PTN-96-KH-UBND/2026",
    ]


def test_receipts_of_a_year_are_numbered_one_after_the_other(complete_report, other_report, head, other_head):
    numbers = [services.submit_report(at(complete_report), by=head, now=DURING).receipt_number]
    services.withdraw_report(at(complete_report), by=head, now=LATER)
    numbers.append(services.submit_report(at(other_report), by=other_head, now=LATER).receipt_number)
    numbers.append(services.submit_report(at(complete_report), by=head, now=LATER).receipt_number)

    assert numbers == [f"{serial}/PTN-96-KH-UBND/2026" for serial in ("01", "02", "03")]


def test_reason_of_sending_down_is_over_once_the_report_was_submitted(client, complete_report, clerk, head):
    services.send_up(at(complete_report), by=clerk, now=DURING)
    services.send_down(at(complete_report), by=head, now=DURING, reason=REASON)
    assert at(complete_report).last_return.reason == REASON

    services.submit_report(at(complete_report), by=head, now=LATER)
    services.withdraw_report(at(complete_report), by=head, now=LATER)

    assert at(complete_report).last_return is None
