"""The pages of the merged report: what each reader is shown, and what the buttons do."""

import datetime
import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reports import deadlines, services
from reports.documents import orders
from reports.models import ConsolidatedReport, Consolidation, Document, ParagraphSource, Report, ReportPart
from reports.workflow import TransitionRefused
from tests import factories, sample_files
from tests.conftest import DURING, YEAR

pytestmark = pytest.mark.long

CYCLE = ["96-kh-ubnd-2018", YEAR]
OVERVIEW = reverse("consolidated", args=CYCLE)
LATER = DURING + datetime.timedelta(hours=1)
REASON = "Đề nghị nêu rõ nguyên nhân."


def address(name, *args) -> str:
    return reverse(name, args=[*CYCLE, *args])


def words(response) -> str:
    """Return the page's text without its tags and with its white space folded."""
    body = response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def draft() -> Consolidation:
    return Consolidation.objects.select_related("cycle__plan").get()


@pytest.fixture
def accepted(complete_report, head, officer):
    """Sở Y tế's report, accepted."""
    report = Report.objects.select_related("cycle__plan", "agency").get(pk=complete_report.pk)
    services.submit_report(report, by=head, now=DURING)
    services.accept_report(report, by=officer, now=DURING)
    return report


@pytest.fixture
def proposed(accepted, officer):
    factories.propose(draft().cycle, by=officer, now=DURING)
    return accepted


@pytest.fixture
def published(proposed, focal_head) -> ConsolidatedReport:
    return publish(focal_head)


def publish(head, number="125/BC-SLĐTBXH", now=LATER) -> ConsolidatedReport:
    return services.publish_consolidated_report(
        draft().cycle, by=head, now=now, number=number, issued_on=datetime.date(2026, 10, 20)
    )


# The overview


def test_officer_sees_what_every_part_lacks_and_who_is_missing(client, accepted, officer):
    client.force_login(officer)

    page = words(client.get(OVERVIEW))

    sources = sum(counts["sources"] for _, counts in client.get(OVERVIEW).context["parts"])
    assert f"Phiên bản 1: đang soạn Hiện còn {sources} đoạn của các đơn vị chưa dùng." in page
    assert "3/4 cơ quan chưa gửi báo cáo: Sở Lao động - Thương binh và Xã hội; Sở Tài chính; Sở Tư pháp." in page
    assert "Kiểm tra và trình lãnh đạo" in page
    assert "Phê duyệt và ban hành" not in page


def test_part_says_who_wrote_it_last_and_leads_to_its_editor(client, proposed, officer):
    client.force_login(officer)

    page = client.get(OVERVIEW)

    assert "Vi Thị Đầu, 09:00 20/10/2026" in words(page)
    assert address("consolidation_part", "noi-dung-1") in page.content.decode()


@pytest.mark.parametrize("role", ["clerk", "other_agency_clerk", "budget_officer", "leader"])
def test_everybody_else_sees_nothing_before_the_publication(role, request, client, proposed):
    client.force_login(request.getfixturevalue(role))

    page = client.get(OVERVIEW)

    assert "Báo cáo tổng hợp năm 2026 chưa được ban hành." in words(page)
    assert [name for name in ("draft", "parts", "publish_form") if name in page.context] == []


def test_overview_asks_as_many_questions_for_many_reports_as_for_one(client, cycle, accepted, officer, focal_head):
    client.force_login(officer)
    client.get(OVERVIEW)
    with CaptureQueriesContext(connection) as one:
        client.get(OVERVIEW)
    for report in cycle.reports.exclude(pk=accepted.pk):
        services.enter_report(
            report, by=factories.MembershipFactory(agency=cycle.plan.focal_agency, role="officer").user, now=DURING,
            letter_number="1/BC", received_on=DURING.date(), texts={"chi-dao": "Đã làm."},
            scan=SimpleUploadedFile("a.pdf", b"%PDF-1.7"),
        )  # fmt: skip
        services.accept_report(report, by=officer, now=DURING)
    with CaptureQueriesContext(connection) as many:
        client.get(OVERVIEW)

    assert len(many) == len(one)


def test_overview_asks_as_many_questions_for_many_versions_as_for_one(
    client, accepted, published, officer, focal_head
):
    client.force_login(officer)
    client.get(OVERVIEW)
    with CaptureQueriesContext(connection) as one:
        client.get(OVERVIEW)
    for number in (126, 127, 128):
        factories.propose(draft().cycle, by=officer, now=LATER)
        publish(focal_head, number=f"{number}/BC-SLĐTBXH")
    with CaptureQueriesContext(connection) as four:
        assert len(client.get(OVERVIEW).context["versions"]) == 4

    assert len(four) == len(one)


# Proposing


def test_check_page_names_what_is_not_used_yet_and_wants_it_declared(client, accepted, officer):
    services.take_over_all(draft(), by=officer, now=DURING, part=draft().parts.get(key="chi-dao"))
    client.force_login(officer)

    page = client.get(address("propose"))

    assert "Nội dung 1 : 1 đoạn chưa dùng" in words(page)
    assert "biết những điểm còn lại nêu trên" in words(page)
    assert not {part.key for part, _ in page.context["parts"]} & {"chi-dao"}
    refused = client.post(address("propose"), {"seen": page.context["form"]["seen"].value()})
    assert "Hãy đánh dấu xác nhận đã kiểm tra trước khi trình." in words(refused)
    assert draft().status == "draft"


def test_declared_proposal_is_locked_and_says_what_was_left(client, accepted, officer):
    services.take_over_all(draft(), by=officer, now=DURING, part=draft().parts.get(key="chi-dao"))
    client.force_login(officer)
    seen = client.get(address("propose")).context["form"]["seen"].value()

    page = client.post(address("propose"), {"seen": seen, "declared": "on"}, follow=True)

    assert page.redirect_chain == [(OVERVIEW, 302)]
    assert draft().status == "proposed"
    left = sum(counts["unused"] for _, counts in page.context["parts"])
    assert draft().proposal.reason == f"Khi trình còn {left} đoạn của các đơn vị chưa dùng."
    assert f"Khi trình còn {left} đoạn của các đơn vị chưa dùng." in words(page)


def test_check_page_without_an_accepted_report_says_so(client, cycle, officer):
    client.force_login(officer)

    page = words(client.get(address("propose")))

    assert "Chưa có báo cáo nào được chấp nhận nên chưa thể trình báo cáo tổng hợp." in page
    assert "Trình lãnh đạo phê duyệt" not in page


def test_words_of_a_reopened_report_are_not_proposed_until_the_officer_drops_them(
    client, cycle, accepted, officer, second_officer
):
    other = cycle.reports.get(agency=cycle.plan.focal_agency)
    services.enter_report(
        other, by=second_officer, now=DURING, letter_number="1/BC", received_on=DURING.date(),
        texts={"chi-dao": "Đã làm."}, scan=SimpleUploadedFile("a.pdf", b"%PDF-1.7"),
    )  # fmt: skip
    services.accept_report(other, by=officer, now=DURING)
    for key in ("chi-dao", "kinh-phi"):
        services.take_over_all(draft(), by=officer, now=DURING, part=draft().parts.get(key=key))
    services.reopen_report(accepted, by=officer, now=LATER, reason="Số liệu sai.")
    client.force_login(officer)

    page = client.get(address("propose"))

    assert (
        "Bản tổng hợp còn dẫn nội dung không còn trong báo cáo nào được chấp nhận: "
        "Công tác lãnh đạo, chỉ đạo, triển khai (Sở Y tế); Kinh phí thực hiện (Sở Y tế). "
        "Hãy bỏ đoạn hoặc bỏ nguồn cũ ở các phần này, hoặc chờ báo cáo của đơn vị được chấp nhận lại, rồi trình."
    ) in words(page)
    assert address("consolidation_part", "kinh-phi") in page.content.decode()
    with pytest.raises(TransitionRefused, match="Bản tổng hợp còn dẫn nội dung"):
        services.propose(draft(), by=officer, now=LATER)
    for source in ParagraphSource.objects.filter(report=accepted):
        part = draft().parts.get(pk=source.part_id)
        editor = address("consolidation_part", part.key)
        assert f'value="release:{source.pk}"' in client.get(editor).content.decode()
        services.release_source(part, source.pk, by=officer, now=LATER)
    assert services.propose(draft(), by=officer, now=LATER).kind == "proposed"


def test_proposing_is_not_hindered_by_who_begins_to_write_or_sends_a_report(
    client, cycle, accepted, officer, other_agency_clerk, second_officer
):
    services.take_over_all(draft(), by=officer, now=DURING)
    client.force_login(officer)
    seen = client.get(address("propose")).context["form"]["seen"].value()

    begun = ReportPart.objects.get(report__cycle=cycle, report__agency__slug="so-tu-phap", key="chi-dao")
    services.save_part(begun, by=other_agency_clerk, now=LATER, version=0, text="Đang viết.", progress={})
    services.enter_report(
        cycle.reports.get(agency=cycle.plan.focal_agency), by=second_officer, now=LATER, letter_number="1/BC",
        received_on=DURING.date(), texts={"chi-dao": "Đã làm."}, scan=SimpleUploadedFile("a.pdf", b"%PDF-1.7"),
    )  # fmt: skip

    assert services.propose(draft(), by=officer, now=LATER, seen=seen).kind == "proposed"


def test_version_that_differs_in_who_begins_to_write_alone_is_not_published(
    cycle, accepted, published, officer, focal_head, other_agency_clerk
):
    begun = ReportPart.objects.get(report__cycle=cycle, report__agency__slug="so-tu-phap", key="chi-dao")
    services.save_part(begun, by=other_agency_clerk, now=LATER, version=0, text="Đang viết.", progress={})
    factories.propose(draft().cycle, by=officer, now=LATER)

    with pytest.raises(TransitionRefused, match="Không có gì thay đổi so với phiên bản 1 đã ban hành"):
        publish(focal_head)


def test_withdrawn_proposal_is_written_on(client, proposed, officer):
    client.force_login(officer)

    page = client.post(address("withdraw_proposal"), follow=True)

    assert "Đã rút lại bản trình. Các phần mở lại để sửa." in page.content.decode()
    assert draft().status == "draft"


# Recipients and changes


def test_recipients_are_lines_without_dashes_and_without_what_is_always_printed(client, accepted, officer):
    client.force_login(officer)
    seen = client.get(address("consolidated_frame")).context["form"]["seen"].value()

    client.post(
        address("consolidated_frame"),
        {"seen": seen, "recipients": "- Thường trực Tỉnh ủy;\n\nSở Nội vụ\n- Như trên;\nLưu: VT.\nSở Nội vụ"},
    )

    assert draft().recipients == ["Thường trực Tỉnh ủy", "Sở Nội vụ"]


def test_recipients_that_somebody_changed_meanwhile_are_not_overwritten(client, accepted, officer):
    client.force_login(officer)

    page = client.post(address("consolidated_frame"), {"seen": "0" * 64, "recipients": "Sở Nội vụ"})

    assert "Người khác vừa sửa nội dung này. Hãy xem lại rồi ghi lại." in words(page)
    assert draft().recipients == []


def test_first_version_is_not_asked_what_it_changes(client, accepted, officer):
    client.force_login(officer)

    assert "changes" not in client.get(address("consolidated_frame")).context["form"].fields


def test_correction_says_what_it_changes(client, published, officer):
    client.force_login(officer)
    form = client.get(address("consolidated_frame")).context["form"]

    client.post(
        address("consolidated_frame"),
        {"seen": form["seen"].value(), "recipients": "", "changes": "Sửa số liệu của Sở Y tế."},
    )

    assert draft().changes == "Sửa số liệu của Sở Y tế."
    assert "Thay đổi so với phiên bản 1: Sửa số liệu của Sở Y tế." in words(client.get(OVERVIEW))


# Approving


def publication(client, **fields) -> dict:
    seen = client.get(OVERVIEW).context["publish_form"]["seen"].value()
    confirmed = "số 125/BC-LAO, ngày 20/10/2026"
    facts = {"seen": seen, "number": "125", "issued_on": "20/10/2026", "declared": "on", "confirmed": confirmed}
    return facts | fields


def test_head_publishes_what_was_proposed_with_number_and_day(client, proposed, focal_head):
    client.force_login(focal_head)

    page = client.post(address("publish"), publication(client), follow=True)

    version = ConsolidatedReport.objects.get()
    assert (version.number, version.issued_on) == ("125/BC-LAO", datetime.date(2026, 10, 20))
    assert "Phiên bản 1, số 125/BC-LAO, ngày 20/10/2026" in words(page)


@pytest.mark.parametrize("confirmed", ["", "số 124/BC-LAO, ngày 20/10/2026"])
def test_number_and_day_are_shown_once_more_before_they_are_published(confirmed, client, proposed, focal_head):
    client.force_login(focal_head)

    page = client.post(address("publish"), publication(client, confirmed=confirmed))

    assert ConsolidatedReport.objects.count() == 0
    assert "Sẽ ban hành phiên bản 1, số 125/BC-LAO, ngày 20/10/2026." in words(page)
    assert 'name="confirmed" value="số 125/BC-LAO, ngày 20/10/2026"' in page.content.decode()


def mark_proposals(is_for_decision: bool) -> None:
    part = draft().parts.get(key="kien-nghi")
    part.paragraphs.all().delete()
    for position in (1, 2):
        part.paragraphs.create(position=position, text=f"Kiến nghị {position}.", for_decision=False)
    part.paragraphs.filter(position=2).update(for_decision=is_for_decision)


@pytest.mark.parametrize("is_marked", [True, False])
def test_proposals_of_which_none_is_marked_are_told_to_officer_and_head(
    is_marked, client, accepted, officer, focal_head
):
    mark_proposals(is_marked)
    told = "2 kiến nghị, chưa đoạn nào đánh dấu đề nghị UBND tỉnh quyết định."
    client.force_login(officer)
    assert (told in words(client.get(address("propose")))) is not is_marked
    services.propose(draft(), by=officer, now=DURING)

    client.force_login(focal_head)
    page = client.get(OVERVIEW)

    assert (told in words(page)) is not is_marked
    assert (f'href="{address("consolidation_part", "kien-nghi")}">Xem phần' in page.content.decode()) is not is_marked


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("declared", "", "Hãy đánh dấu đồng ý trước khi ban hành."),
        ("number", "abc xyz 12", "“abc xyz 12” chưa đúng cách ghi số, ký hiệu của báo cáo."),
        ("number", "12/QĐ-LAO", "Hãy ghi số, dấu “/”, chữ BC và ký hiệu cơ quan, ví dụ 125/BC-LAO"),
        ("issued_on", "30/09/2026", "Ngày ban hành phải từ ngày mở kỳ (01/10/2026) đến hôm nay"),
        ("issued_on", "01/01/2100", "Ngày ban hành phải từ ngày mở kỳ (01/10/2026) đến hôm nay"),
        ("seen", "0" * 64, "Bản trình đã được thay bằng bản khác sau khi bạn mở trang nên chưa ban hành."),
    ],
)
def test_publication_that_is_not_whole_is_refused_with_words(field, value, refusal, client, proposed, focal_head):
    client.force_login(focal_head)

    page = client.post(address("publish"), publication(client, **{field: value}), follow=True)

    assert refusal in " ".join(page.content.decode().split())
    assert ConsolidatedReport.objects.count() == 0


def test_head_sends_back_with_a_reason_that_the_officers_see(client, proposed, officer, focal_head):
    client.force_login(focal_head)
    refused = client.post(address("send_back"), {"reason": ""})
    assert "Hãy ghi rõ lý do để người nhận lại biết cần sửa gì." in words(refused)

    client.post(address("send_back"), {"reason": REASON})

    client.force_login(officer)
    page = words(client.get(OVERVIEW))
    assert "Lương Văn Trưởng chưa phê duyệt, chuyển lại lúc" in page
    assert f"Lý do: {REASON}" in page
    cycle_page = client.get(reverse("cycle", args=CYCLE))
    assert "Lương Văn Trưởng chưa phê duyệt báo cáo tổng hợp, chuyển lại lúc" in words(cycle_page)
    assert f'href="{OVERVIEW}">Sửa báo cáo tổng hợp rồi trình lại</a>' in cycle_page.content.decode()
    factories.propose(draft().cycle, by=officer, now=timezone.now())
    assert REASON not in words(client.get(reverse("cycle", args=CYCLE)))


@pytest.mark.parametrize(("name", "role"), [("send_back", "focal_head"), ("publish", "focal_head")])
def test_decision_on_what_was_taken_back_meanwhile_says_so(name, role, request, client, proposed, officer):
    services.withdraw_proposal(draft(), by=officer, now=LATER)
    client.force_login(request.getfixturevalue(role))

    page = client.post(address(name), {"reason": REASON}, follow=True)

    assert "Báo cáo tổng hợp không ở trạng thái chờ phê duyệt." in page.content.decode()


def test_head_is_told_what_moved_since_the_proposal(client, proposed, officer, focal_head):
    services.reopen_report(proposed, by=officer, now=LATER, reason="Số liệu sai.")
    client.force_login(focal_head)

    page = words(client.get(OVERVIEW))

    assert "Sau khi trình đã có thay đổi." in page
    assert "Sở Y tế: mở lại, 10:00 20/10/2026. Lý do: Số liệu sai." in page


def test_preview_of_a_proposal_is_what_was_proposed(client, proposed, officer, focal_head):
    services.reopen_report(proposed, by=officer, now=LATER, reason="Số liệu sai.")
    client.force_login(focal_head)

    page = words(client.get(address("consolidated_preview")))

    assert "Bản đã trình, chưa ban hành." in page
    assert page.count("Phê duyệt hoặc chuyển lại") == 2
    assert "Đã tổ chức 12 hội nghị cho 1.260 lượt người." in page


def test_every_line_of_the_contents_leads_to_its_section(client, proposed, officer):
    client.force_login(officer)

    page = client.get(address("consolidated_preview")).content.decode()

    listed = re.findall(r'<li><a href="#([^"]+)">', page)
    assert listed[0] == "muc-I"
    assert [anchor for anchor in listed if page.count(f'id="{anchor}"') != 1] == []
    assert "Phê duyệt hoặc chuyển lại" not in page


# What changed since the last version


def test_changes_are_shown_word_by_word(client, published, officer):
    part = draft().parts.get(key="chi-dao")
    paragraph = part.paragraphs.get()
    services.save_consolidation_part(
        part, by=officer, now=LATER,
        texts={paragraph.pk: paragraph.text.replace("12 hội nghị", "14 hội nghị")},
    )  # fmt: skip
    client.force_login(officer)

    page = client.get(address("consolidated_changes")).content.decode()

    assert '<del><span class="visually-hidden">(bỏ: </span>12 <' in page
    assert '<ins><span class="visually-hidden">(thêm: </span>14 <' in page
    assert page.count("<ins>") == 2  # and the one that explains


def test_first_version_has_nothing_to_be_compared_with(client, proposed, focal_head):
    client.force_login(focal_head)

    assert "Chưa có phiên bản nào được ban hành" in words(client.get(address("consolidated_changes")))


def test_agency_that_left_the_merged_report_is_named(client, accepted, published, officer):
    services.reopen_report(accepted, by=officer, now=LATER, reason="Số liệu sai.")
    client.force_login(officer)

    assert "Không còn báo cáo của: Sở Y tế." in words(client.get(address("consolidated_changes")))


def test_extension_after_the_publication_is_told_where_the_version_is_outdated(client, accepted, published, officer):
    granted_until = deadlines.after(datetime.date(2026, 11, 20))
    services.grant_extension(accepted, by=officer, now=LATER, granted_until=granted_until, reason="Lý do khách quan.")
    client.force_login(officer)

    assert "Sở Y tế: gia hạn, 10:00 20/10/2026. Lý do: Lý do khách quan." in words(client.get(OVERVIEW))
    assert "Được gia hạn, thêm: Sở Y tế (hạn gốc 09/11/2026, được gia hạn đến hết 20/11/2026)." in words(
        client.get(address("consolidated_changes"))
    )


# Published versions


def test_versions_are_shown_newest_first_with_what_they_change(client, published, officer, focal_head, clerk):
    factories.propose(draft().cycle, by=officer, now=LATER)
    publish(focal_head, number="126/BC-SLĐTBXH", now=LATER + datetime.timedelta(hours=1))
    client.force_login(clerk)

    page = words(client.get(OVERVIEW))

    assert page.index("Phiên bản 2, số 126/BC-SLĐTBXH") < page.index("Phiên bản 1, số 125/BC-SLĐTBXH")
    assert "Thay đổi so với phiên bản 1: Bổ sung." in page
    assert page.count("Đã được thay bằng phiên bản mới hơn.") == 1


@pytest.mark.parametrize(("role", "ending"), [("officer", " Lý do: Số liệu sai."), ("clerk", "")])
def test_outdated_version_says_what_happened_and_keeps_the_reason_to_the_focal_agency(
    role, ending, request, client, accepted, published, officer
):
    services.reopen_report(accepted, by=officer, now=LATER, reason="Số liệu sai.")
    client.force_login(request.getfixturevalue(role))

    page = words(client.get(OVERVIEW))

    assert "Từ 10:00 20/10/2026 đã có thay đổi nên phiên bản này không còn mới." in page
    assert f"Sở Y tế: mở lại, 10:00 20/10/2026{'.' if ending else ''}{ending}" in page
    assert ("Số liệu sai." in page) is bool(ending)


def test_outdated_version_says_what_happened_to_the_year(client, published, officer):
    cycle = published.cycle
    dates = factories.changed_dates(cycle, data_to=cycle.data_to + datetime.timedelta(days=1))
    services.change_cycle(cycle, by=officer, now=LATER, dates=dates, reason="Bổ sung số liệu.")
    client.force_login(officer)

    page = words(client.get(OVERVIEW))

    assert "Kỳ báo cáo: sửa ngày của kỳ, 10:00 20/10/2026. Lý do: Bổ sung số liệu." in page
    assert "Số liệu tính đến ngày 01/11/2026, trước là ngày 31/10/2026." in words(
        client.get(address("consolidated_changes"))
    )


@pytest.mark.parametrize(
    ("address_of", "form"),
    [
        (lambda cycle: cycle.url("change_dates"), {"data_to": "05/11/2026"}),
        (lambda cycle: cycle.url("close_cycle"), {}),
        (lambda cycle: cycle.reports.get(agency__slug="so-tai-chinh").url("excuse"), {}),
        (lambda cycle: cycle.reports.get(agency__slug="so-tai-chinh").url("extend"), {"granted_until": "15/12/2026"}),
    ],
)
def test_change_that_outdates_says_so_before_it_is_done(address_of, form, client, published, officer, time_machine):
    time_machine.move_to(LATER + datetime.timedelta(days=40), tick=False)
    cycle = published.cycle
    dates = {"opens_on": "01/10/2026", "data_from": "15/12/2025", "data_to": "31/10/2026", "due_at": "09/11/2026"}
    client.force_login(officer)

    shown = client.post(address_of(cycle), dates | {"reason": "Bổ sung."} | form)

    warning = "Báo cáo tổng hợp đã ban hành (phiên bản 1) không còn mới sau thay đổi này; cần ban hành phiên bản mới"
    assert warning in shown.content.decode(), words(shown)
    published.refresh_from_db()
    assert published.outdated_at is None


# The signed copy


def test_signed_copy_comes_before_the_files_that_were_made(client, published, officer, leader):
    client.force_login(officer)
    scan = SimpleUploadedFile("Báo cáo đã ký.pdf", sample_files.pdf("ký"))
    client.post(address("signed_report", 1), {"scan": scan})

    client.force_login(leader)
    page = client.get(OVERVIEW)
    text = words(page)
    assert "Chữ ký do cơ quan khai, hệ thống không kiểm tra." in text
    assert text.index("Tải bản đã ký (PDF)") < text.index("bản PDF")
    copy = published.signed_copies.get()
    file = client.get(address("signed_report_file", 1, copy.pk))
    assert b"".join(file.streaming_content) == sample_files.pdf("ký")
    assert copy.file_name == "Báo cáo đã ký.pdf"


@pytest.mark.parametrize(
    ("scan", "refusal"),
    [(None, "Hãy chọn tệp PDF của bản đã ký."), (sample_files.docx(), "ở đây chỉ nhận PDF.")],
)
def test_what_is_no_pdf_is_refused(scan, refusal, client, published, focal_head):
    client.force_login(focal_head)
    fields = {"scan": SimpleUploadedFile("ban-ky.docx", scan)} if scan else {}

    page = client.post(address("signed_report", 1), fields | {"any": "thing"})

    assert refusal in words(page)
    assert published.signed_copies.count() == 0


def test_number_is_recorded_once_after_the_publication_and_the_documents_made_anew(
    client, proposed, officer, focal_head
):
    published = publish(focal_head, number="")
    before = {document.address for document in published.documents.all()}
    client.force_login(officer)
    assert "Ghi số, tải lên bản đã ký (PDF)" in words(client.get(OVERVIEW))

    page = client.post(address("signed_report", 1), {"number": "5"}, follow=True)

    recorded = ConsolidatedReport.objects.get()
    assert recorded.number == "05/BC-LAO"
    assert (recorded.code, recorded.sha256, recorded.issued_on) == (
        published.code, published.sha256, published.issued_on,
    )  # fmt: skip
    assert {file.document.address for file in orders.files_of(recorded).all}.isdisjoint(before)
    assert "Phiên bản 1, số 05/BC-LAO, ngày 20/10/2026" in words(page)
    assert "Ghi số, ký hiệu: 05/BC-LAO" in words(page)
    assert "number" not in client.get(address("signed_report", 1)).context["form"].fields
    with pytest.raises(TransitionRefused, match="Phiên bản 1 đã có số 05/BC-LAO"):
        services.record_number(published, by=officer, now=LATER, number="06/BC-LAO")


def test_signed_copy_form_without_number_and_file_says_what_is_wanted(client, proposed, officer, focal_head):
    publish(focal_head, number="")
    client.force_login(officer)

    page = client.post(address("signed_report", 1), {"number": ""})

    assert "Hãy ghi số, ký hiệu hoặc chọn tệp PDF của bản đã ký." in words(page)


def test_file_that_the_system_made_is_no_signed_copy(client, published, officer):
    content = sample_files.pdf("bản tóm tắt")
    brief = orders.find(published, Document.Kind.PDF, Document.Subject.BRIEF)
    brief.sha256, brief.file, brief.made_at = hashlib.sha256(content).hexdigest(), "a.pdf", LATER
    brief.save()
    client.force_login(officer)

    page = client.post(address("signed_report", 1), {"scan": SimpleUploadedFile("a.pdf", content)})

    assert "Tệp này giống hệt tệp do hệ thống tạo nên không phải bản đã ký." in words(page)
    assert published.signed_copies.count() == 0


# Where people find it


def test_home_of_an_agency_leads_to_the_newest_version(client, published, clerk):
    client.force_login(clerk)

    page = client.get(reverse("home"))

    assert "Báo cáo tổng hợp năm 2026 số 125/BC-SLĐTBXH, ngày 20/10/2026" in words(page)
    assert f'href="{OVERVIEW}"' in page.content.decode()


def test_home_of_the_focal_head_says_that_a_proposal_waits(client, proposed, officer, focal_head):
    client.force_login(focal_head)
    home = words(client.get(reverse("home")))
    assert "Báo cáo của đơn vị Báo cáo tổng hợp năm 2026 Chuyên viên đã trình bản tổng hợp." in home
    assert "Đọc và phê duyệt" in home

    services.withdraw_proposal(draft(), by=officer, now=LATER)

    assert "Đọc và phê duyệt" not in words(client.get(reverse("home")))
