"""What the mails say, to whom, and when there is nothing left to say."""

import datetime
import re
import unicodedata

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from assignments.models import Membership
from reports import deadlines, emails, reminders, services
from reports.models import Mail, Report, ReportEvent
from tests import factories


def on(month: int, day: int, hour: int = 9) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, tzinfo=deadlines.VIETNAM)


def letter_to(person, now: datetime.datetime) -> emails.Letter:
    """Claim what is due and compose the person's mail."""
    reminders.claim_due_reminders(now)
    return emails.compose(person.mails.get(kind=Mail.Kind.REMINDER, sent_at=None), now)


def words_of(html: str) -> str:
    """Return what a reader of the HTML mail sees, white space folded."""
    body = html.split("<body", 1)[1].split(">", 1)[1]
    return " ".join(re.sub("<[^>]+>", " ", body).split())


# Reminders


def test_reminder_to_a_clerk_names_report_plan_days_gaps_link_and_officer(season, clerk):
    letter = letter_to(clerk, on(11, 2))

    assert letter.subject == (
        "Nhắc nộp báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND: hạn 09/11/2026, còn 7 ngày"
    )
    assert letter.text == (
        "Kính gửi: Ông/Bà Nông Thị Chuyên\n"
        "\n"
        "Báo cáo năm 2026 của Sở Y tế về kết quả thực hiện Kế hoạch số 96/KH-UBND ngày 29/05/2018 của "
        "Ủy ban nhân dân tỉnh Lạng Sơn\n"
        "Hạn nộp: hết ngày 09/11/2026 (còn 7 ngày).\n"
        "\n"
        "Thực hiện yêu cầu của Ủy ban nhân dân tỉnh Lạng Sơn tại Kế hoạch nêu trên, đề nghị Sở Y tế "
        "hoàn thành và nộp báo cáo đúng hạn.\n"
        "\n"
        "Báo cáo còn thiếu:\n"
        "- Công tác lãnh đạo, chỉ đạo, triển khai: chưa có nội dung.\n"
        "- Nội dung 1: chưa chọn mức độ thực hiện cho ND-1.1, ND-1.2.\n"
        "- Nội dung 2: chưa chọn mức độ thực hiện cho ND-2.1.\n"
        "- Nhiệm vụ 07.1: chưa chọn mức độ thực hiện cho NV-07.1.\n"
        "- Đánh giá chung: chưa có nội dung.\n"
        "- Phương hướng, nhiệm vụ năm sau: chưa có nội dung.\n"
        "\n"
        "Viết tiếp từ phần còn thiếu đầu tiên:\n"
        f"{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/chi-dao/\n"
        "\n"
        "Cần hỗ trợ, đề nghị liên hệ Sở Lao động - Thương binh và Xã hội: Vi Thị Đầu, chuyên viên cơ quan "
        "đầu mối, điện thoại 0205 3871 234.\n"
        "\n"
        "Thư do Cổng theo dõi kế hoạch gửi tự động, đề nghị không trả lời thư này. Mỗi người nhận nhiều nhất "
        "một thư nhắc trong một ngày; báo cáo đã nộp thì không nhắc nữa.\n"
    )


def test_reminder_in_html_says_the_same_and_fetches_nothing(season, clerk):
    letter = letter_to(clerk, on(11, 2))

    words = words_of(letter.html)
    for line in letter.text.splitlines():
        if line and not line.startswith("Hạn nộp") and not line.startswith("Báo cáo năm"):
            assert line.removeprefix("- ").removesuffix(":") in words
    assert "Hạn nộp: hết ngày 09/11/2026 ( còn 7 ngày )" in words
    assert set(re.findall(r'(?:href|src)="([^"]*)"', letter.html)) == {
        f"{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/chi-dao/"
    }
    assert not re.search(r"<(img|script|link|style|iframe|object)|url\(|@import", letter.html)


@pytest.mark.parametrize(
    ("now", "subject_ends", "words"),
    [
        (on(11, 8), "hạn 09/11/2026, còn 1 ngày", "nộp báo cáo đúng hạn."),
        (on(11, 9), "hạn 09/11/2026, hôm nay là ngày cuối", "nộp báo cáo đúng hạn."),
        (
            on(11, 12),
            "hạn 09/11/2026, quá hạn 3 ngày",
            "Báo cáo đã quá hạn 3 ngày. Thực hiện yêu cầu của Ủy ban nhân dân tỉnh Lạng Sơn tại Kế hoạch nêu trên, "
            "đề nghị Sở Y tế khẩn trương hoàn thành và nộp báo cáo.",
        ),
    ],
)
def test_reminder_counts_days_to_the_last_on_time_day(season, clerk, now, subject_ends, words):
    letter = letter_to(clerk, now)

    assert letter.subject.endswith(subject_ends)
    assert words in letter.text


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (
            on(11, 2),
            "Sở Lao động - Thương binh và Xã hội trân trọng đề nghị Quý cơ quan quan tâm, gửi báo cáo trong thời hạn "
            "nêu trên để tổng hợp, báo cáo Ủy ban nhân dân tỉnh Lạng Sơn.",
        ),
        (
            on(11, 12),
            "Đến nay Sở Lao động - Thương binh và Xã hội chưa nhận được báo cáo của Quý cơ quan. Trân trọng đề "
            "nghị Quý cơ quan quan tâm, gửi báo cáo trong thời gian sớm nhất để tổng hợp, báo cáo Ủy ban nhân dân "
            "tỉnh Lạng Sơn.",
        ),
    ],
)
def test_reminder_to_an_invited_body_requests_and_never_orders(season, report, clerk, now, words):
    report.is_invited = True
    report.save()

    letter = letter_to(clerk, now)

    assert letter.subject.startswith("Đề nghị gửi báo cáo năm 2026")
    assert words in letter.text
    assert words in words_of(letter.html)
    assert "Thời hạn đề nghị: hết ngày 09/11/2026" in letter.text
    assert "yêu cầu" not in letter.text.lower()
    assert "khẩn trương" not in letter.text


def test_reminder_of_a_complete_report_leads_to_its_check(season, complete_report, clerk):
    letter = letter_to(clerk, on(11, 2))

    assert "Báo cáo còn thiếu" not in letter.text
    assert "Báo cáo đã đủ nội dung, chỉ còn bước kiểm tra và nộp." in letter.text
    assert f"Kiểm tra và nộp báo cáo:\n{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/kiem-tra/\n" in letter.text


def test_reminder_of_many_gaps_shows_eight_and_counts_the_rest(season, report, areas, clerk):
    for number in range(3, 9):
        area = factories.ContentAreaFactory(plan=season.plan, number=number)
        task = factories.MeasureFactory(area=area, position=100 + number)
        part = report.parts.create(key=f"noi-dung-{number}", kind="area", position=100 + number, area=area)
        part.progress.create(task=task)

    letter = letter_to(clerk, on(11, 2))

    gaps = letter.text.split("Báo cáo còn thiếu:\n")[1].split("\n\n")[0].splitlines()
    assert len(gaps) == 9
    assert gaps[-1] == "- và 4 mục khác."


def test_reminder_of_a_report_sent_up_asks_the_head_to_approve(season, complete_report, clerk, head):
    services.send_up(complete_report, by=clerk, now=on(11, 1))

    letter = letter_to(head, on(11, 2))

    assert letter.subject == (
        "Chờ lãnh đạo duyệt báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND: hạn 09/11/2026, còn 7 ngày"
    )
    assert (
        "đang chờ lãnh đạo Sở Y tế duyệt. Đề nghị Ông/Bà xem xét, duyệt và nộp trong thời hạn nêu trên."
        in letter.text
    )
    assert f"Xem và duyệt báo cáo:\n{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/kiem-tra/\n" in letter.text
    assert not clerk.mails.exists()


def test_reminder_of_a_returned_report_says_when_it_came_back(season, report, clerk):
    report.status, report.returned_at = Report.Status.RETURNED, on(11, 20)
    report.save()

    letter = letter_to(clerk, on(11, 27))

    assert letter.subject == (
        "Nhắc nộp lại báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND: hạn 30/11/2026, còn 3 ngày"
    )
    assert "Báo cáo được trả lại ngày 20/11/2026 để bổ sung." in letter.text


def test_reminder_to_the_officer_lists_who_is_late_with_telephones(season, clerk, officer):
    clerk.telephone = "0912 000 111"
    clerk.save()
    Report.objects.filter(agency__slug="so-tu-phap").update(status=Report.Status.SUBMITTED)

    letter = letter_to(officer, on(11, 16))

    assert letter.subject == "Nhắc việc: 3 báo cáo, hạn sớm nhất 09/11/2026, quá hạn 7 ngày"
    start = f"{settings.SITE_URL}/96-kh-ubnd-2018/2026"
    assert "Cần hỗ trợ" not in letter.text
    assert letter.text.split("\n\n", 1)[1].split("\n\nThư do")[0] == (
        "Báo cáo cần đôn đốc:\n"
        "\n"
        "1. Sở Lao động - Thương binh và Xã hội: báo cáo năm 2026, hạn 09/11/2026, quá hạn 7 ngày; đang soạn.\n"
        "   Lương Văn Trưởng, lãnh đạo đơn vị, điện thoại 0205 3812 000\n"
        f"   {start}/so-lao-dong-thuong-binh-va-xa-hoi/\n"
        "\n"
        "2. Sở Tài chính: báo cáo năm 2026, hạn 09/11/2026, quá hạn 7 ngày; đang soạn.\n"
        "   Chưa có đầu mối sử dụng hệ thống nên thư nhắc không gửi được cho cơ quan.\n"
        "   Điện thoại cơ quan: 0205 3812 000\n"
        f"   {start}/so-tai-chinh/\n"
        "\n"
        "3. Sở Y tế: báo cáo năm 2026, hạn 09/11/2026, quá hạn 7 ngày; đang soạn.\n"
        "   Hoàng Văn Đứng, Phó Giám đốc, điện thoại 0205 3812 000\n"
        "   Nông Thị Chuyên, chuyên viên báo cáo, điện thoại 0912 000 111\n"
        f"   {start}/so-y-te/\n"
        "\n"
        f"Ngoài ra có 1 báo cáo đã nộp đang chờ thẩm tra: {start}/hang-doi/"
    )


def test_reminder_for_an_agency_without_people_goes_to_the_officer_by_name(season, officer):
    letter = letter_to(officer, on(11, 2))

    assert letter.subject == (
        "Sở Tài chính chưa có đầu mối nộp báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND: "
        "hạn 09/11/2026, còn 7 ngày"
    )
    assert "Điện thoại cơ quan: 0205 3812 000" in letter.text


def test_reminder_to_a_person_without_a_password_says_how_to_get_one(season, clerk, head):
    clerk.set_unusable_password()
    clerk.save()

    assert (
        f"tại {settings.SITE_URL}/tai-khoan/quen-mat-khau/ để nhận liên kết đặt mật khẩu"
        in letter_to(clerk, on(11, 6)).text
    )
    assert "quen-mat-khau" not in letter_to(head, on(11, 6)).text


def test_reminder_names_the_focal_agency_where_it_has_no_officer(season, clerk, officer):
    Membership.objects.filter(user=officer).delete()

    assert (
        "Cần hỗ trợ, đề nghị liên hệ Sở Lao động - Thương binh và Xã hội, điện thoại 0205 3812 000."
        in letter_to(clerk, on(11, 2)).text
    )


def test_reminder_writes_years_names_and_signs_as_they_are(season, report, agency, clerk):
    """No grouping in the year, no HTML entities in the text, everything composed (NFC)."""
    report.issuer_name = "Sở <Y & tế> 'A'"
    report.save()

    letter = letter_to(clerk, on(11, 2))

    assert "Báo cáo năm 2026 của Sở <Y & tế> 'A' về" in letter.text
    assert "Sở &lt;Y &amp; tế&gt; &#x27;A&#x27;" in letter.html
    assert "2.026" not in letter.text + letter.subject + letter.html
    assert unicodedata.is_normalized("NFC", letter.text + letter.html)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": "submitted"}, "đã nộp trước khi thư được gửi"),
        ({"status": "accepted"}, "đã nộp trước khi thư được gửi"),
        ({"extended_due_at": on(12, 1, 0)}, "hạn nộp đã thay đổi trước khi thư được gửi"),
        ({"status": "awaiting_approval"}, "không còn là việc của người nhận khi thư được gửi"),
    ],
)
def test_reminder_that_lost_its_reason_before_it_left_is_skipped_with_why(season, report, clerk, change, why):
    reminders.claim_due_reminders(on(11, 2, 0))
    Report.objects.filter(pk=report.pk).update(**change)

    with pytest.raises(emails.NothingToSay, match="không còn việc cần nhắc"):
        emails.compose(clerk.mails.get(), on(11, 2, 8))

    assert list(clerk.reminders.values_list("outcome", "why")) == [("skipped", why)]


def test_reminder_of_an_excused_report_is_skipped_with_why(season, report, clerk, officer):
    reminders.claim_due_reminders(on(11, 2, 0))
    report.excused_at, report.excused_by, report.excused_reason = on(11, 2, 1), officer, "Mới thành lập"
    report.save()

    with pytest.raises(emails.NothingToSay):
        emails.compose(clerk.mails.get(), on(11, 2, 8))

    assert clerk.reminders.get().why == "được miễn báo cáo trước khi thư được gửi"


def test_reminder_held_up_until_the_next_milestone_gives_way_to_it(season, clerk):
    reminders.claim_due_reminders(on(11, 2))
    letter = letter_to(clerk, on(11, 6))

    assert [row.days for row in letter.reminders] == [-3]
    assert list(clerk.reminders.order_by("days").values_list("days", "outcome", "why")) == [
        (-7, "skipped", "đã đến mốc nhắc sau"),
        (-3, "pending", ""),
    ]


def test_reminder_for_two_agencies_drops_the_one_that_was_submitted(season, report, clerk, budget_agency):
    factories.MembershipFactory(user=clerk, agency=budget_agency)
    reminders.claim_due_reminders(on(11, 2, 0))
    Report.objects.filter(pk=report.pk).update(status=Report.Status.SUBMITTED)

    letter = emails.compose(clerk.mails.get(), on(11, 2, 8))

    assert [row.report.agency for row in letter.reminders] == [budget_agency]
    assert "Sở Y tế" not in letter.text
    assert sorted(clerk.reminders.values_list("outcome", flat=True)) == ["pending", "skipped"]


def test_reminder_to_an_account_that_was_switched_off_is_not_composed(season, clerk):
    reminders.claim_due_reminders(on(11, 2, 0))
    clerk.is_active = False
    clerk.save()

    with pytest.raises(emails.NothingToSay, match="tài khoản của người nhận đã ngừng hoạt động"):
        emails.compose(clerk.mails.get(), on(11, 2, 8))


# Events


@pytest.fixture
def submitted(season, complete_report, head):
    services.submit_report(complete_report, by=head, now=on(11, 5))
    return complete_report


def test_mail_of_a_returned_report_gives_reason_parts_date_and_link(submitted, clerk, head, officer):
    services.return_report(
        submitted,
        by=officer,
        now=on(11, 6),
        reason="Bổ sung số liệu.\nGhi rõ nguồn.",
        reopened_keys=["noi-dung-1", "kinh-phi"],
    )

    mails = Mail.objects.filter(kind=Mail.Kind.REPORT_RETURNED)
    event = submitted.events.get(kind=ReportEvent.Kind.RETURNED)
    assert {(mail.recipient, mail.key, mail.due_from) for mail in mails} == {
        (person, f"report_returned:{event.pk}:{person.pk}", on(11, 6)) for person in (clerk, head)
    }
    letter = emails.compose(mails.get(recipient=clerk), on(11, 6))
    assert letter.subject == "Trả lại để bổ sung: báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND, hạn 13/11/2026"
    assert letter.text == (
        "Kính gửi: Ông/Bà Nông Thị Chuyên\n"
        "\n"
        "Sở Lao động - Thương binh và Xã hội đã thẩm tra và trả lại báo cáo năm 2026 của Sở Y tế về kết quả "
        "thực hiện Kế hoạch số 96/KH-UBND để bổ sung. Đề nghị Sở Y tế bổ sung và nộp lại trong thời hạn dưới đây.\n"
        "\n"
        "Lý do:\n"
        "Bổ sung số liệu.\n"
        "Ghi rõ nguồn.\n"
        "\n"
        "Phần được mở để bổ sung:\n"
        "- Nội dung 1\n"
        "- Kinh phí thực hiện\n"
        "\n"
        "Hạn nộp lại: hết ngày 13/11/2026 (còn 7 ngày).\n"
        "\n"
        "Mở báo cáo:\n"
        f"{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/\n"
        "\n"
        "Cần hỗ trợ, đề nghị liên hệ Sở Lao động - Thương binh và Xã hội: Vi Thị Đầu, chuyên viên cơ quan "
        "đầu mối, điện thoại 0205 3871 234.\n"
        "\n"
        "Thư do Cổng theo dõi kế hoạch gửi tự động, đề nghị không trả lời thư này.\n"
    )
    words = words_of(letter.html)
    assert "Lý do: Bổ sung số liệu. Ghi rõ nguồn. Phần được mở để bổ sung: Nội dung 1 Kinh phí thực hiện" in words


def test_mail_of_a_reopened_report_says_so_and_is_polite_to_an_invited_body(submitted, clerk, officer):
    Report.objects.filter(pk=submitted.pk).update(is_invited=True)
    submitted.refresh_from_db()
    services.accept_report(submitted, by=officer, now=on(11, 6))
    services.reopen_report(submitted, by=officer, now=on(11, 7), reason="Đính chính số liệu.")

    letter = emails.compose(clerk.mails.get(kind=Mail.Kind.REPORT_RETURNED), on(11, 7))

    assert letter.subject == ("Đề nghị bổ sung báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND, hạn 13/11/2026")
    assert (
        "đã mở lại báo cáo năm 2026 của Sở Y tế về kết quả thực hiện Kế hoạch số 96/KH-UBND để bổ sung. "
        "Trân trọng đề nghị Quý cơ quan bổ sung và gửi lại trong thời hạn dưới đây." in letter.text
    )
    assert "Phần được mở để bổ sung: toàn bộ báo cáo." in letter.text


def test_mail_of_an_accepted_report_says_that_nothing_is_left_to_do(submitted, clerk, officer):
    services.accept_report(submitted, by=officer, now=on(11, 6))

    letter = emails.compose(clerk.mails.get(kind=Mail.Kind.REPORT_ACCEPTED), on(11, 6))

    assert letter.subject == "Đã chấp nhận báo cáo năm 2026 của Sở Y tế thực hiện Kế hoạch số 96/KH-UBND"
    assert "cơ quan không phải làm gì thêm" in letter.text
    assert f"Xem báo cáo:\n{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/\n" in letter.text


def test_mail_of_an_event_that_was_overtaken_is_not_composed(submitted, clerk, officer):
    services.accept_report(submitted, by=officer, now=on(11, 6))
    services.reopen_report(submitted, by=officer, now=on(11, 6, 10), reason="Đính chính số liệu.")

    with pytest.raises(emails.NothingToSay, match="báo cáo đã chuyển sang bước khác"):
        emails.compose(clerk.mails.get(kind=Mail.Kind.REPORT_ACCEPTED), on(11, 6, 11))


def test_event_queued_twice_is_one_mail(submitted, clerk, officer):
    services.accept_report(submitted, by=officer, now=on(11, 6))
    event = submitted.events.get(kind=ReportEvent.Kind.ACCEPTED)

    emails.queue(Mail.Kind.REPORT_ACCEPTED, recipient=clerk, event=event)

    assert clerk.mails.filter(kind=Mail.Kind.REPORT_ACCEPTED).count() == 1


# Sending up and down


def test_mail_of_a_report_sent_up_asks_every_head_to_approve(season, complete_report, agency, clerk, head):
    second_head = factories.MembershipFactory(agency=agency, role="head").user
    factories.MembershipFactory(agency=agency, role="head", user=factories.UserFactory(is_active=False))

    services.send_up(complete_report, by=clerk, now=on(11, 5))

    mails = Mail.objects.filter(kind=Mail.Kind.REPORT_SENT_UP)
    event = complete_report.events.get(kind=ReportEvent.Kind.SENT_UP)
    assert {(mail.recipient, mail.key, mail.due_from) for mail in mails} == {
        (person, f"report_sent_up:{event.pk}:{person.pk}", on(11, 5)) for person in (head, second_head)
    }
    letter = emails.compose(mails.get(recipient=head), on(11, 5))
    assert letter.subject == (
        "Trình duyệt báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND: hạn 09/11/2026, còn 4 ngày"
    )
    assert letter.text == (
        "Kính gửi: Ông/Bà Hoàng Văn Đứng\n"
        "\n"
        "Nông Thị Chuyên đã trình báo cáo năm 2026 của Sở Y tế về kết quả thực hiện Kế hoạch số 96/KH-UBND. "
        "Báo cáo đã đủ nội dung. Đề nghị Ông/Bà xem xét, duyệt và nộp, hoặc chuyển lại chuyên viên kèm lý do.\n"
        "\n"
        "Hạn nộp: hết ngày 09/11/2026 (còn 4 ngày).\n"
        "\n"
        "Xem và duyệt báo cáo:\n"
        f"{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/kiem-tra/\n"
        "\n"
        "Cần hỗ trợ, đề nghị liên hệ Sở Lao động - Thương binh và Xã hội: Vi Thị Đầu, chuyên viên cơ quan "
        "đầu mối, điện thoại 0205 3871 234.\n"
        "\n"
        "Thư do Cổng theo dõi kế hoạch gửi tự động, đề nghị không trả lời thư này.\n"
    )
    assert_html_says_the_same(letter)


def assert_html_says_the_same(letter: emails.Letter) -> None:
    """Hold that every line of the text stands in the HTML, and that nothing is fetched."""
    words = " ".join(re.sub("[.:()]", " ", words_of(letter.html)).split())
    for line in letter.text.splitlines():
        assert " ".join(re.sub("[.:()]", " ", line.removeprefix("- ")).split()) in words
    assert not re.search(r"<(img|script|link|style|iframe|object)|url\(|@import", letter.html)


def test_mail_of_a_report_sent_down_gives_the_reason_to_the_clerks(season, complete_report, agency, clerk, head):
    second_clerk = factories.MembershipFactory(agency=agency).user
    services.send_up(complete_report, by=clerk, now=on(11, 5))

    services.send_down(complete_report, by=head, now=on(11, 5, 10), reason="Bổ sung số liệu.\nGhi rõ nguồn.")

    mails = Mail.objects.filter(kind=Mail.Kind.REPORT_SENT_DOWN)
    assert {mail.recipient for mail in mails} == {clerk, second_clerk}
    assert mails.count() == 2
    letter = emails.compose(mails.get(recipient=clerk), on(11, 5, 10))
    assert letter.subject == (
        "Lãnh đạo chưa duyệt, cần sửa: báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND, hạn 09/11/2026"
    )
    assert (
        "Hoàng Văn Đứng chưa duyệt báo cáo năm 2026 của Sở Y tế về kết quả thực hiện Kế hoạch số 96/KH-UBND và "
        "chuyển lại để sửa. Sửa xong, đề nghị trình lại.\n\nLý do:\nBổ sung số liệu.\nGhi rõ nguồn.\n" in letter.text
    )
    assert f"Mở báo cáo:\n{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/\n" in letter.text
    assert_html_says_the_same(letter)


def test_mail_of_a_step_by_a_stand_in_says_for_whom(season, complete_report, agency, clerk, head):
    today = deadlines.day_of(datetime.datetime.now(datetime.UTC))
    stand_in = factories.UserFactory(full_name="Bế Thị Giúp")
    Membership.objects.create(
        user=stand_in, agency=agency, role="clerk", stands_in_for=clerk, valid_from=today, valid_to=today
    )

    services.send_up(complete_report, by=stand_in, now=on(11, 5))

    letter = emails.compose(head.mails.get(), on(11, 5))
    assert "Bế Thị Giúp (làm thay Nông Thị Chuyên) đã trình báo cáo năm 2026" in letter.text


@pytest.mark.parametrize("kind", [Mail.Kind.REPORT_SENT_UP, Mail.Kind.REPORT_SENT_DOWN])
def test_mail_of_sending_up_or_down_that_was_overtaken_is_not_composed(season, complete_report, clerk, head, kind):
    services.send_up(complete_report, by=clerk, now=on(11, 5))
    services.send_down(complete_report, by=head, now=on(11, 5, 10), reason="Bổ sung số liệu.")
    if kind == Mail.Kind.REPORT_SENT_DOWN:
        services.send_up(complete_report, by=clerk, now=on(11, 5, 11))

    with pytest.raises(emails.NothingToSay, match="báo cáo đã chuyển sang bước khác"):
        emails.compose(Mail.objects.filter(kind=kind).earliest("pk"), on(11, 5, 12))


# Receipts


def test_mail_of_a_submitted_report_is_the_receipt_for_everybody_of_the_agency(submitted, clerk, head):
    mails = Mail.objects.filter(kind=Mail.Kind.REPORT_SUBMITTED)
    event = submitted.events.get(kind=ReportEvent.Kind.SUBMITTED)
    submission = submitted.submissions.get()
    assert {(mail.recipient, mail.key, mail.due_from) for mail in mails} == {
        (person, f"report_submitted:{event.pk}:{person.pk}", on(11, 5)) for person in (clerk, head)
    }
    letter = emails.compose(mails.get(recipient=clerk), on(11, 5))
    assert letter.subject == (
        "Phiếu tiếp nhận số 01/PTN-96-KH-UBND/2026: báo cáo năm 2026 của Sở Y tế thực hiện Kế hoạch số 96/KH-UBND"
    )
    assert letter.text == (
        "Kính gửi: Ông/Bà Nông Thị Chuyên\n"
        "\n"
        "Cổng theo dõi kế hoạch đã tiếp nhận báo cáo năm 2026 của Sở Y tế về kết quả thực hiện Kế hoạch số "
        "96/KH-UBND. Thư này là bản sao phiếu tiếp nhận.\n"
        "\n"
        "Số phiếu: 01/PTN-96-KH-UBND/2026\n"
        "Thời điểm tiếp nhận: 09:00:00 05/11/2026\n"
        "Người nộp: Hoàng Văn Đứng\n"
        f"Mã kiểm tra SHA-256: {submission.sha256}\n"
        "\n"
        "Việc tiếp theo:\n"
        "- Sở Lao động - Thương binh và Xã hội thẩm tra, rồi chấp nhận hoặc trả lại kèm lý do; cơ quan được báo qua "
        "thư điện tử.\n"
        "- Nếu báo cáo bị trả lại, cơ quan có ít nhất 5 ngày làm việc sau ngày trả lại để bổ sung và nộp lại.\n"
        "- Khi chưa có người nhận thẩm tra, cơ quan còn thu hồi được báo cáo để sửa, tại trang phiếu tiếp nhận.\n"
        "\n"
        "Xem phiếu tiếp nhận và tải bản PDF:\n"
        f"{settings.SITE_URL}/96-kh-ubnd-2018/2026/so-y-te/lan-nop/1/\n"
        "\n"
        "Cần hỗ trợ, đề nghị liên hệ Sở Lao động - Thương binh và Xã hội: Vi Thị Đầu, chuyên viên cơ quan "
        "đầu mối, điện thoại 0205 3871 234.\n"
        "\n"
        "Thư do Cổng theo dõi kế hoạch gửi tự động, đề nghị không trả lời thư này.\n"
    )
    assert_html_says_the_same(letter)


def test_receipt_by_mail_names_writers_submitter_and_whom_that_person_stands_in_for(
    season, complete_report, agency, clerk, head
):
    today = deadlines.day_of(datetime.datetime.now(datetime.UTC))
    stand_in = factories.UserFactory(full_name="Vi Văn Thay")
    Membership.objects.create(
        user=stand_in, agency=agency, role="head", stands_in_for=head, valid_from=today, valid_to=today
    )
    complete_report.writers.add(clerk)

    services.submit_report(complete_report, by=stand_in, now=on(11, 12))

    mails = Mail.objects.filter(kind=Mail.Kind.REPORT_SUBMITTED)
    assert {mail.recipient for mail in mails} == {clerk, head, stand_in}
    letter = emails.compose(mails.get(recipient=head), on(11, 12))
    assert (
        "Thời điểm tiếp nhận: 09:00:00 12/11/2026 (nộp chậm)\n"
        "Người soạn: Nông Thị Chuyên\n"
        "Người nộp: Vi Văn Thay, làm thay Hoàng Văn Đứng\n" in letter.text
    )
    assert_html_says_the_same(letter)


def test_receipt_by_mail_says_that_a_clerk_submitted_where_no_head_uses_the_portal(season, complete_report, clerk):
    Membership.objects.filter(agency=complete_report.agency, role="head").delete()

    services.submit_report(complete_report, by=clerk, now=on(11, 5))

    letter = emails.compose(clerk.mails.get(), on(11, 5))
    assert "Người nộp: Nông Thị Chuyên (chuyên viên nộp; lãnh đạo đơn vị chưa sử dụng hệ thống)\n" in letter.text


def enter_letter(report, officer):
    return services.enter_report(
        report,
        by=officer,
        now=on(11, 6),
        letter_number="187/BC-SYT",
        received_on=datetime.date(2026, 11, 5),
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts={},
    )


def test_agency_whose_letter_was_entered_gets_the_receipt_too(season, report, clerk, head, officer):
    submission = enter_letter(report, officer)

    mails = Mail.objects.filter(kind=Mail.Kind.REPORT_SUBMITTED)
    assert {mail.recipient for mail in mails} == {clerk, head}
    letter = emails.compose(mails.get(recipient=clerk), on(11, 6))
    assert (
        "Sở Lao động - Thương binh và Xã hội đã nhận báo cáo giấy số 187/BC-SYT của Sở Y tế về kết quả thực hiện "
        "Kế hoạch số 96/KH-UBND năm 2026 và đã nhập vào Cổng theo dõi kế hoạch. Thư này là bản sao phiếu tiếp nhận.\n"
        "\n"
        "Số phiếu: 01/PTN-96-KH-UBND/2026\n"
        "Ngày nhận báo cáo giấy: 05/11/2026\n"
        "Nhập vào hệ thống: 09:00:00 06/11/2026, Vi Thị Đầu\n"
        f"Mã kiểm tra SHA-256: {submission.sha256}\n" in letter.text
    )
    assert "thu hồi" not in letter.text
    assert_html_says_the_same(letter)


def test_letter_of_an_agency_without_people_is_entered_without_a_mail(season, budget_agency, officer):
    report = season.reports.select_related("cycle__plan", "agency").get(agency=budget_agency)

    enter_letter(report, officer)

    assert not Mail.objects.exists()


def test_receipt_leaves_though_the_report_has_gone_on(submitted, clerk, officer):
    services.return_report(submitted, by=officer, now=on(11, 5, 10), reason="Sửa.", reopened_keys=["chi-dao"])

    letter = emails.compose(clerk.mails.get(kind=Mail.Kind.REPORT_SUBMITTED), on(11, 5, 11))

    assert letter.subject.startswith("Phiếu tiếp nhận số 01/PTN-96-KH-UBND/2026")


def test_receipt_of_a_submission_that_was_withdrawn_is_not_composed(submitted, clerk, head):
    services.withdraw_report(submitted, by=head, now=on(11, 5, 10))

    with pytest.raises(emails.NothingToSay, match="báo cáo đã được thu hồi trước khi thư được gửi"):
        emails.compose(clerk.mails.get(), on(11, 5, 11))


def test_receipt_is_of_the_submission_that_its_event_made(submitted, clerk, head):
    services.withdraw_report(submitted, by=head, now=on(11, 5, 10))
    services.submit_report(submitted, by=head, now=on(11, 5, 11))

    newest = clerk.mails.latest("pk")

    assert "Số phiếu: 02/PTN-96-KH-UBND/2026" in emails.compose(newest, on(11, 5, 12)).text
