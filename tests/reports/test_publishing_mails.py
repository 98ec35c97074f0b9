"""The mails of the merged report: proposed, sent back, published."""

import datetime
import re

import pytest
from django.conf import settings

from reports import emails, services
from reports.models import Consolidation, Mail, Report
from tests import factories
from tests.conftest import DURING

LATER = DURING + datetime.timedelta(hours=1)
LINK = f"{settings.SITE_URL}/96-kh-ubnd-2018/2026/tong-hop/"
AUTOMATIC = "\nThư do Cổng theo dõi kế hoạch gửi tự động, đề nghị không trả lời thư này.\n"
FOOT = (
    "\n"
    "Cần hỗ trợ, đề nghị liên hệ Sở Lao động - Thương binh và Xã hội: Vi Thị Đầu, chuyên viên cơ quan đầu mối, "
    "điện thoại 0205 3871 234.\n" + AUTOMATIC
)


def draft() -> Consolidation:
    return Consolidation.objects.select_related("cycle__plan").get()


def letter(kind, name, now=LATER) -> emails.Letter:
    return emails.compose(mail(kind, name), now)


def mail(kind, name) -> Mail:
    return Mail.objects.filter(kind=kind, recipient__full_name=name).latest("pk")


def words_of(html: str) -> str:
    """Return what a reader of the HTML mail sees, white space folded."""
    body = html.split("<body", 1)[1].split(">", 1)[1]
    return " ".join(re.sub("<[^>]+>", " ", body).split())


@pytest.fixture
def proposed(season, complete_report, head, officer, focal_head):
    report = Report.objects.select_related("cycle__plan", "agency").get(pk=complete_report.pk)
    services.submit_report(report, by=head, now=DURING)
    services.accept_report(report, by=officer, now=DURING)
    factories.propose(draft().cycle, by=officer, now=DURING)
    return report


def publish(head, number="125/BC-SLĐTBXH", now=LATER):
    return services.publish_consolidated_report(
        draft().cycle, by=head, now=now, number=number, issued_on=datetime.date(2026, 10, 20)
    )


def test_mail_of_a_proposal_asks_the_head_to_read_and_approve(proposed):
    told = letter("consolidation_proposed", "Lương Văn Trưởng")

    assert told.subject == "Trình phê duyệt báo cáo tổng hợp năm 2026 thực hiện Kế hoạch số 96/KH-UBND"
    assert told.text == (
        "Kính gửi: Ông/Bà Lương Văn Trưởng\n"
        "\n"
        "Vi Thị Đầu đã trình báo cáo tổng hợp năm 2026 về kết quả thực hiện Kế hoạch số 96/KH-UBND. Đề nghị Ông/Bà "
        "đọc bản trình, phê duyệt và ban hành; nếu chưa đồng ý thì chuyển lại kèm lý do.\n"
        "\n"
        f"Đọc bản trình:\n{LINK}xem-truoc/\n" + FOOT
    )


def test_mail_of_a_corrections_proposal_says_what_it_replaces_and_changes(proposed, officer, focal_head):
    publish(focal_head)
    factories.propose(draft().cycle, by=officer, now=LATER)

    told = letter("consolidation_proposed", "Lương Văn Trưởng")

    assert told.subject.endswith("Kế hoạch số 96/KH-UBND, phiên bản 2")
    assert "Kế hoạch số 96/KH-UBND, phiên bản 2 (thay thế phiên bản 1). Đề nghị" in told.text
    assert "Nội dung thay đổi so với phiên bản trước:\nBổ sung.\n" in told.text
    assert "Nội dung thay đổi so với phiên bản trước: Bổ sung." in words_of(told.html)


def test_mail_of_sending_back_gives_the_reason(proposed, focal_head):
    services.send_back(draft(), by=focal_head, now=LATER, reason="Rút gọn phần của các huyện.")

    told = letter("consolidation_sent_back", "Vi Thị Đầu")

    assert told.subject == "Chưa phê duyệt báo cáo tổng hợp năm 2026 thực hiện Kế hoạch số 96/KH-UBND"
    assert told.text == (
        "Kính gửi: Ông/Bà Vi Thị Đầu\n"
        "\n"
        "Lương Văn Trưởng chưa phê duyệt báo cáo tổng hợp năm 2026 về kết quả thực hiện Kế hoạch số 96/KH-UBND. "
        "Đề nghị chỉnh sửa theo lý do dưới đây rồi trình lại.\n"
        "\n"
        "Lý do:\nRút gọn phần của các huyện.\n"
        "\n"
        f"Mở bản tổng hợp:\n{LINK}\n" + AUTOMATIC
    )


def test_mail_of_the_publication_names_number_day_and_code(proposed, focal_head):
    published = publish(focal_head)

    told = letter("consolidated_published", "Hoàng Văn Đứng")

    assert told.subject == "Đã ban hành báo cáo tổng hợp năm 2026 thực hiện Kế hoạch số 96/KH-UBND"
    assert told.text == (
        "Kính gửi: Ông/Bà Hoàng Văn Đứng\n"
        "\n"
        "Sở Lao động - Thương binh và Xã hội đã ban hành báo cáo tổng hợp năm 2026 về kết quả thực hiện Kế hoạch số "
        "96/KH-UBND.\n"
        "\n"
        "Số, ký hiệu: 125/BC-SLĐTBXH\n"
        "Ngày ban hành: 20/10/2026\n"
        f"Mã tra cứu: {published.grouped_code}\n"
        "\n"
        f"Xem và tải báo cáo tổng hợp, bản tóm tắt:\n{LINK}\n" + FOOT
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("consolidation_proposed", "Lương Văn Trưởng"),
        ("consolidation_sent_back", "Vi Thị Đầu"),
        ("consolidated_published", "Nông Thị Chuyên"),
    ],
)
def test_mail_in_html_says_the_same_and_fetches_nothing(kind, name, proposed, officer, focal_head):
    if kind == "consolidation_sent_back":
        services.send_back(draft(), by=focal_head, now=LATER, reason="Rút gọn.")
    if kind == "consolidated_published":
        publish(focal_head)

    told = letter(kind, name)

    words = words_of(told.html)
    missing = [line for line in told.text.splitlines() if line.removesuffix(":") not in words]
    assert missing == []
    link = f"{LINK}xem-truoc/" if kind == "consolidation_proposed" else LINK
    assert set(re.findall(r'(?:href|src)="([^"]*)"', told.html)) == {link}
    assert not re.search(r"<(img|script|link|style|iframe|object)|url\(|@import", told.html)


def test_mail_does_not_leave_once_something_else_has_happened(proposed, officer, focal_head):
    services.withdraw_proposal(draft(), by=officer, now=LATER)

    with pytest.raises(emails.NothingToSay) as reason:
        letter("consolidation_proposed", "Lương Văn Trưởng")

    assert str(reason.value) == "báo cáo tổng hợp đã chuyển sang bước khác trước khi thư được gửi"


def test_publication_is_told_as_long_as_no_newer_version_is_out(proposed, officer, focal_head):
    publish(focal_head)
    first = mail("consolidated_published", "Nông Thị Chuyên")
    factories.propose(draft().cycle, by=officer, now=LATER)
    assert emails.compose(first, LATER).subject.startswith("Đã ban hành")

    publish(focal_head, number="126/BC-SLĐTBXH", now=LATER + datetime.timedelta(hours=1))

    with pytest.raises(emails.NothingToSay):
        emails.compose(first, LATER)
    assert letter("consolidated_published", "Nông Thị Chuyên").subject.endswith(", phiên bản 2")
