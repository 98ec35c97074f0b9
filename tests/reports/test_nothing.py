"""Nothing to report: for an area, for a whole report, and how it is counted."""

import datetime
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from assignments.models import Indicator, IndicatorTable
from reports import completeness, consolidation, deadlines, services
from reports.documents.agency_report import agency_report_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.html import preview_html
from reports.models import Evidence, IndicatorValue, Report, ReportEvent, ReportPart, StoredFile, TaskProgress
from reports.standing import standing_of
from reports.workflow import TransitionRefused
from tests import sample_files as sample
from tests.conftest import DURING, fill

pytestmark = pytest.mark.long

LATER = DURING + datetime.timedelta(days=1)
REASON = "Đơn vị mới thành lập, chưa được giao nhiệm vụ."


@pytest.fixture
def declared(report, clerk):
    services.declare_nothing(report, by=clerk, now=DURING, reason=REASON)
    return report


@pytest.fixture
def submission(declared, head):
    return services.submit_report(declared, by=head, now=LATER)


def part_of(report: Report, key: str) -> ReportPart:
    part = report.parts.select_related("area").get(key=key)
    part.report = report
    return part


def statuses(part: ReportPart) -> list[tuple[str, str]]:
    return list(part.progress.values_list("status", "reason"))


def standing(report: Report):
    return standing_of(report, now=LATER, corrections={})


# An area


def test_marking_an_area_is_taken_back_as_easily(report, clerk):
    part = part_of(report, "noi-dung-1")
    services.mark_nothing_to_report(part, by=clerk, now=DURING, version=0, reason=REASON)
    assert statuses(part) == [("nothing_to_report", REASON)] * 2

    services.clear_nothing_to_report(part, by=clerk, now=LATER, version=1)

    assert statuses(part) == [("", "")] * 2


def test_marking_an_area_leaves_reasons_of_their_own_alone(report, clerk):
    part = part_of(report, "noi-dung-1")
    part.progress.filter(task__code="ND-1.1").update(status="not_started", reason="Chờ kinh phí.")

    services.mark_nothing_to_report(part, by=clerk, now=DURING, version=0, reason=REASON)

    assert statuses(part) == [("not_started", "Chờ kinh phí."), ("nothing_to_report", REASON)]


@pytest.mark.parametrize("status", ["done", "under_way"])
def test_marking_an_area_where_work_was_done_is_refused(report, clerk, status):
    part = part_of(report, "noi-dung-1")
    part.progress.filter(task__code="ND-1.1").update(status=status)

    with pytest.raises(TransitionRefused, match="ghi là đang thực hiện, hoàn thành"):
        services.mark_nothing_to_report(part, by=clerk, now=DURING, version=0, reason=REASON)

    assert statuses(part) == [(status, ""), ("", "")]


def test_marking_an_area_with_evidence_is_refused_until_it_is_taken_away(report, clerk):
    part = part_of(report, "noi-dung-1")
    file = io.BytesIO(sample.pdf())
    evidence = services.add_evidence(part.progress.first(), by=clerk, now=DURING, name="a.pdf", file=file)

    with pytest.raises(TransitionRefused, match="gỡ minh chứng"):
        services.mark_nothing_to_report(part, by=clerk, now=DURING, version=0, reason=REASON)
    assert statuses(part) == [("", "")] * 2

    services.remove_evidence(evidence, by=clerk, now=DURING)
    services.mark_nothing_to_report(part, by=clerk, now=DURING, version=0, reason=REASON)
    assert statuses(part) == [("nothing_to_report", REASON)] * 2


def test_clearing_leaves_other_statuses_alone(report, clerk):
    part = part_of(report, "noi-dung-1")
    part.progress.filter(task__code="ND-1.1").update(status="done")
    part.progress.filter(task__code="ND-1.2").update(status="nothing_to_report", reason=REASON)

    services.clear_nothing_to_report(part, by=clerk, now=DURING, version=0)

    assert statuses(part) == [("done", ""), ("", "")]


def test_clearing_what_changed_meanwhile_is_refused(report, clerk, head):
    part = part_of(report, "noi-dung-1")
    services.mark_nothing_to_report(part, by=clerk, now=DURING, version=0, reason=REASON)

    with pytest.raises(services.SaveConflict):
        services.clear_nothing_to_report(part, by=head, now=LATER, version=0)

    assert statuses(part) == [("nothing_to_report", REASON)] * 2


def test_area_is_marked_and_cleared_with_one_click_each(client, report, clerk):
    client.force_login(clerk)

    page = client.post(report.url("nothing", "noi-dung-1"), {"version": 0, "reason": REASON}, follow=True)
    assert "Bỏ “Không phát sinh”" in page.content.decode()

    page = client.post(report.url("clear_nothing", "noi-dung-1"), {"version": 1}, follow=True)
    assert "Không phát sinh cả nội dung này?" in page.content.decode()
    assert statuses(part_of(report, "noi-dung-1")) == [("", "")] * 2


def test_click_on_an_area_says_which_tasks_it_left_alone(client, report, clerk):
    part_of(report, "noi-dung-1").progress.filter(task__code="ND-1.1").update(status="not_started", reason="Chờ.")
    client.force_login(clerk)

    page = client.post(report.url("nothing", "noi-dung-1"), {"version": 0, "reason": REASON}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "Đã ghi “Không phát sinh” cho cả Nội dung 1, trừ giải pháp đã ghi lý do chưa thực hiện."
    ]


# A whole report


def test_declaring_is_kept_with_reason_time_and_name(declared, clerk):
    declared.refresh_from_db()
    event = declared.events.last()

    assert (declared.nothing_at, declared.nothing_by, declared.nothing_reason) == (DURING, clerk, REASON)
    assert (event.kind, event.by, event.reason) == (ReportEvent.Kind.DECLARED_NOTHING, clerk, REASON)
    assert list(declared.writers.all()) == [clerk]


def test_declared_report_lacks_nothing_and_can_be_sent(declared, clerk, head):
    assert completeness.missing_in(declared) == []
    assert {state.label for state in completeness.part_states(declared)} == {"Không phát sinh"}

    services.send_up(declared, by=clerk, now=LATER)
    services.submit_report(declared, by=head, now=LATER)

    assert declared.status == Report.Status.SUBMITTED


def test_declared_report_is_locked_for_writing(declared, clerk):
    part = part_of(declared, "chi-dao")
    assert not part.is_writable

    with pytest.raises(TransitionRefused) as refusal:
        services.save_part(part, by=clerk, now=LATER, version=0, text="Vẫn viết.", progress={})

    assert str(refusal.value).startswith("Phần này đang khóa vì đơn vị đã khai không phát sinh cả báo cáo.")
    part.refresh_from_db()
    assert part.text == ""


def test_revoking_opens_every_part_again(declared, clerk):
    services.revoke_nothing(declared, by=clerk, now=LATER)

    assert (declared.nothing_at, declared.nothing_by, declared.nothing_reason) == (None, None, "")
    assert declared.events.last().kind == ReportEvent.Kind.REVOKED_NOTHING
    assert part_of(declared, "chi-dao").is_writable
    assert completeness.missing_in(declared) != []


def test_declaring_is_refused_where_something_stands_and_names_the_parts(report, clerk, head):
    stored = StoredFile.objects.create(sha256="a" * 64, kind="pdf", size=1, file="x.pdf", received_at=DURING)
    report.parts.filter(key="danh-gia").update(text="Đã làm nhiều việc.")
    report.parts.filter(key="nhiem-vu-07-1").update(difficulties="Thiếu người.")
    part_of(report, "noi-dung-1").progress.filter(task__code="ND-1.1").update(status="under_way")
    progress = part_of(report, "noi-dung-2").progress.get()
    Evidence.objects.create(progress=progress, stored=stored, name="a.pdf", added_at=DURING, added_by=clerk)

    with pytest.raises(TransitionRefused) as refusal:
        services.declare_nothing(report, by=clerk, now=DURING, reason=REASON)

    assert str(refusal.value) == (
        "Chưa khai được vì còn nội dung, số liệu, minh chứng hoặc nhiệm vụ ghi là có thực hiện ở: "
        "Nội dung 1, Nội dung 2, Nhiệm vụ 07.1, Đánh giá chung. "
        "Nếu đúng là không phát sinh, hãy xóa các phần này trước."
    )
    report.refresh_from_db()
    assert report.nothing_at is None


def test_statuses_that_say_nothing_happened_and_files_taken_away_do_not_stand_in_the_way(report, clerk):
    stored = StoredFile.objects.create(sha256="a" * 64, kind="pdf", size=1, file="x.pdf", received_at=DURING)
    TaskProgress.objects.filter(part__report=report).update(status="not_started", reason="Chưa giao.")
    progress = part_of(report, "noi-dung-2").progress.get()
    Evidence.objects.create(
        progress=progress, stored=stored, name="a.pdf", added_at=DURING, added_by=clerk, removed_at=DURING,
        removed_by=clerk,
    )  # fmt: skip

    services.declare_nothing(report, by=clerk, now=DURING, reason=REASON)

    assert report.nothing_at == DURING


@pytest.mark.parametrize("numbers", [{"total": 0}, {"included": 3}])
def test_a_figure_stands_in_the_way_even_a_zero(report, clerk, numbers):
    part = ReportPart.objects.create(report=report, key="so-lieu", kind="figures", position=99)
    IndicatorValue.objects.create(part=part, indicator=_indicator(report), **numbers)

    assert services.answered_parts(report) == [part]


def test_a_figure_without_a_number_does_not(report, clerk):
    part = ReportPart.objects.create(report=report, key="so-lieu", kind="figures", position=99)
    IndicatorValue.objects.create(part=part, indicator=_indicator(report), has_no_data=True, reason="Không theo dõi.")

    assert services.answered_parts(report) == []


def _indicator(report: Report) -> Indicator:
    table = IndicatorTable.objects.create(
        plan=report.cycle.plan, code="B1", title="Biểu 1", position=1, first_year=2018
    )
    return Indicator.objects.create(table=table, code="B1.1", name="Số hội nghị", unit="cuộc", position=1)


@pytest.mark.parametrize("reason", ["", " \n"])
def test_declaring_needs_a_reason(report, clerk, reason):
    with pytest.raises(TransitionRefused):
        services.declare_nothing(report, by=clerk, now=DURING, reason=reason)


def test_declaring_twice_or_after_sending_is_refused(declared, clerk, head):
    with pytest.raises(TransitionRefused):
        services.declare_nothing(declared, by=head, now=LATER, reason="Khác.")
    services.submit_report(declared, by=head, now=LATER)

    for step in (
        lambda: services.declare_nothing(declared, by=clerk, now=LATER, reason="Khác."),
        lambda: services.revoke_nothing(declared, by=clerk, now=LATER),
    ):
        with pytest.raises(TransitionRefused):
            step()
    assert declared.events.filter(kind="declared_nothing").count() == 1
    assert declared.nothing_reason == REASON


def test_revoking_what_is_not_declared_is_refused(report, clerk):
    with pytest.raises(TransitionRefused):
        services.revoke_nothing(report, by=clerk, now=DURING)


def test_only_the_agencys_own_people_declare(report, officer, other_agency_clerk):
    for stranger in (officer, other_agency_clerk):
        with pytest.raises(PermissionDenied):
            services.declare_nothing(report, by=stranger, now=DURING, reason=REASON)


def test_returned_report_can_be_written_again_after_revoking(submission, declared, clerk, officer):
    services.return_report(declared, by=officer, now=LATER, reason="Có nhiệm vụ.", reopened_keys=["danh-gia"])
    assert not part_of(declared, "danh-gia").is_writable

    services.revoke_nothing(declared, by=clerk, now=LATER)

    assert all(part.is_reopened for part in declared.parts.all())


def test_letter_takes_the_place_of_a_declaration(declared, officer):
    submission = services.enter_report(
        declared,
        by=officer,
        now=LATER,
        letter_number="12/BC-SYT",
        received_on=deadlines.day_of(LATER),
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts={"chi-dao": "Đã triển khai."},
    )

    declared.refresh_from_db()
    assert declared.nothing_at is None
    assert submission.snapshot["nothing"] is None
    assert declared.events.filter(kind="revoked_nothing").get().note == "Thay bằng báo cáo giấy."


# What is sent, and what is made of it


def test_submission_says_nothing_of_every_task(submission):
    content = submission.snapshot

    assert content["nothing"] == {"reason": REASON}
    assert {(task["status"], task["reason"]) for part in content["parts"] for task in part["tasks"]} == {
        ("nothing_to_report", REASON)
    }
    assert {part["text"] for part in content["parts"]} == {""}


def test_report_with_content_says_so(complete_report, head):
    assert services.submit_report(complete_report, by=head, now=DURING).snapshot["nothing"] is None


def test_document_prints_one_sentence_in_place_of_the_body(submission):
    page = preview_html(agency_report_tree(submission.snapshot))

    assert (
        "Trong năm 2026, Sở Y tế không phát sinh nhiệm vụ thuộc Kế hoạch số 96/KH-UBND. "
        "Lý do: Đơn vị mới thành lập, chưa được giao nhiệm vụ."
    ) in page
    assert "Nội dung thứ 1" not in page
    assert "Trên đây là báo cáo" in page


def test_sent_declaration_is_on_time_and_called_by_its_name(submission, declared):
    row = standing(declared)

    assert (row.label, row.says_nothing, row.is_late, row.days_words) == (
        "Đã nộp: không phát sinh", True, False, "đúng hạn",
    )  # fmt: skip


def test_declaration_that_is_not_sent_is_the_agencys_alone(declared):
    row = standing(declared)

    assert (row.label, row.says_nothing) == ("Đang soạn", False)


def test_officers_list_and_leaders_page_show_it_apart(client, submission, declared, officer, leader):
    client.force_login(officer)
    page = client.get(declared.cycle.get_absolute_url() + "?loc=khong-phat-sinh").content.decode()
    assert "Không phát sinh (1)" in page
    assert "Đã nộp: không phát sinh" in page
    assert page.count("/tham-tra/") == 1

    client.force_login(leader)
    page = client.get(declared.cycle.get_absolute_url() + "tinh-hinh/").content.decode()
    assert "Báo cáo không phát sinh (1)" in page
    assert REASON not in page  # no agency's words before publication


def test_reviewer_learns_the_reason_with_the_submission_alone(client, declared, head, officer):
    client.force_login(officer)
    assert REASON not in client.get(declared.url("review")).content.decode()

    services.submit_report(declared, by=head, now=LATER)

    assert client.get(declared.url("review")).content.decode().count("Lý do: " + REASON) == 1


def test_areas_count_it_as_nothing_and_not_as_unknown(submission, declared):
    rows = consolidation.area_counts(declared.cycle)

    assert [(row["with_results"], row["nothing"], row["unknown"]) for row in rows] == [(0, 1, 3), (0, 1, 3)]


def test_merged_report_lists_it_with_the_reason_and_not_as_missing(submission, declared, officer, focal_head):
    services.accept_report(declared, by=officer, now=LATER)

    content = consolidation.consolidated_report(declared.cycle, signer=focal_head, version=1, now=DURING)

    assert content["reporting"]["nothing"] == [{"agency": "Sở Y tế", "reason": REASON}]
    assert content["reporting"]["on_time"] == ["Sở Y tế"]
    assert all("Sở Y tế" not in part["missing"] for part in content["parts"])
    areas = [part for part in content["parts"] if part["kind"] == "area"]
    assert [part["nothing"] for part in areas] == [[{"agency": "Sở Y tế", "reason": REASON}]] * 2
    page = preview_html(consolidated_report_tree(content))
    assert "- Không phát sinh trong năm (01): Sở Y tế (Đơn vị mới thành lập, chưa được giao nhiệm vụ)." in page


def test_merged_report_keeps_a_waiting_declaration_to_itself(submission, declared, focal_head):
    content = consolidation.consolidated_report(declared.cycle, signer=focal_head, version=1, now=DURING)

    assert content["reporting"]["nothing"] == []
    assert content["reporting"]["waiting"] == ["Sở Y tế"]


def test_funding_page_shows_it_apart_from_the_missing(client, submission, declared, budget_officer):
    rows, nothing, missing = consolidation.funding_parts(declared.cycle)
    assert (rows, nothing) == ([], [{"agency": "Sở Y tế", "reason": REASON}])
    assert "Sở Y tế" not in missing

    client.force_login(budget_officer)
    page = client.get(declared.cycle.get_absolute_url() + "kinh-phi/").content.decode()
    assert "1 cơ quan không phát sinh, 3 cơ quan chưa có" in page


# The pages


def test_whole_report_is_declared_and_taken_back_on_its_pages(client, report, clerk):
    client.force_login(clerk)
    assert report.url("declare_nothing") in client.get(report.get_absolute_url()).content.decode()

    page = client.post(report.url("declare_nothing"), {"reason": REASON}, follow=True)
    assert page.redirect_chain == [(report.url("check"), 302)]
    for address in (report.get_absolute_url(), report.url("check"), report.url("part", "chi-dao")):
        shown = client.get(address).content.decode()
        assert "Đã khai không phát sinh cả báo cáo" in shown
        assert report.url("revoke_nothing") in shown
    assert "đơn vị đã khai không phát sinh cả báo cáo" in shown
    assert "<textarea" not in shown

    client.post(report.url("revoke_nothing"))
    assert "<textarea" in client.get(report.url("part", "chi-dao")).content.decode()


def test_declaring_without_a_reason_or_over_a_text_says_what_to_do(client, report, clerk):
    client.force_login(clerk)
    page = client.post(report.url("declare_nothing"), {"reason": ""}).content.decode()
    assert "Hãy ghi rõ lý do cả năm không phát sinh." in page

    fill(report)
    page = client.get(report.url("declare_nothing")).content.decode()
    assert "Các phần đã có nội dung, số liệu hoặc việc đã làm" in page
    page = client.post(report.url("declare_nothing"), {"reason": REASON}).content.decode()
    assert "Chưa khai được vì còn nội dung" in page
    report.refresh_from_db()
    assert report.nothing_at is None
