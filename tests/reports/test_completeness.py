"""What a report still lacks, rule by rule, in the sentences that people read."""

import pytest

from reports import completeness
from reports.models import Report


def sentences(report) -> list[str]:
    return [gap.sentence for gap in completeness.missing_in(report)]


def part_of(report, key):
    return next(part for part in completeness.parts_of(report) if part.key == key)


def gaps_of(report, key) -> list[str]:
    return [gap.sentence for gap in completeness.missing_in_part(part_of(report, key))]


def set_progress(report, code, status, reason=""):
    [row] = [row for part in report.parts.all() for row in part.progress.filter(task__code=code)]
    row.status, row.reason = status, reason
    row.save()


def set_text(report, key, text):
    report.parts.filter(key=key).update(text=text)


def test_untouched_report_lacks_everything_in_the_order_of_its_parts(report):
    assert sentences(report) == [
        "Công tác lãnh đạo, chỉ đạo, triển khai: chưa có nội dung.",
        "Nội dung 1: chưa chọn mức độ thực hiện cho ND-1.1, ND-1.2.",
        "Nội dung 2: chưa chọn mức độ thực hiện cho ND-2.1.",
        "Nhiệm vụ 07.1: chưa chọn mức độ thực hiện cho NV-07.1.",
        "Đánh giá chung: chưa có nội dung.",
        "Phương hướng, nhiệm vụ năm sau: chưa có nội dung.",
    ]


def test_complete_report_lacks_nothing(complete_report):
    assert sentences(complete_report) == []


def test_report_of_nothing_but_reasons_and_the_required_parts_is_complete(report):
    for part in report.parts.all():
        part.progress.update(status="nothing_to_report", reason="Không thuộc nhiệm vụ.")
    for key in ("chi-dao", "danh-gia", "phuong-huong"):
        set_text(report, key, "Đã làm.")

    assert sentences(report) == []


def test_task_has_a_status(complete_report):
    for status in ("not_started", "under_way", "done", "nothing_to_report"):
        set_progress(complete_report, "ND-1.2", status, "Có lý do.")
        assert sentences(complete_report) == []

    set_progress(complete_report, "ND-1.2", "", "Có lý do.")
    assert sentences(complete_report) == ["Nội dung 1: chưa chọn mức độ thực hiện cho ND-1.2."]


@pytest.mark.parametrize("status", ["not_started", "nothing_to_report"])
def test_idle_task_has_a_reason(status, complete_report):
    for reason in ("", "   ", "\u00a0\n"):
        set_progress(complete_report, "ND-1.1", status, reason)
        assert sentences(complete_report) == ["Nội dung 1: chưa ghi lý do cho ND-1.1."]

    set_progress(complete_report, "ND-1.1", status, "Chưa có kinh phí.")
    assert sentences(complete_report) == []


def test_task_at_work_needs_no_reason(complete_report):
    for status in ("under_way", "done"):
        set_progress(complete_report, "ND-1.1", status, "")
        assert sentences(complete_report) == []


def test_all_idle_tasks_of_an_area_are_named_in_one_sentence(complete_report):
    set_progress(complete_report, "ND-1.1", "not_started")
    set_progress(complete_report, "ND-1.2", "nothing_to_report")

    assert sentences(complete_report) == ["Nội dung 1: chưa ghi lý do cho ND-1.1, ND-1.2."]


@pytest.mark.parametrize("status", ["under_way", "done"])
def test_work_has_a_text(status, complete_report):
    set_progress(complete_report, "NV-07.1", status)

    for text in ("", "  \n", "\u00a0\t\u2003"):
        set_text(complete_report, "nhiem-vu-07-1", text)
        assert sentences(complete_report) == ["Nhiệm vụ 07.1: chưa viết kết quả của việc đã làm hoặc đang làm."]


def test_area_with_one_task_at_work_among_idle_ones_needs_a_text(complete_report):
    set_progress(complete_report, "ND-1.1", "not_started", "Chưa có kinh phí.")
    set_progress(complete_report, "ND-1.2", "under_way")
    set_text(complete_report, "noi-dung-1", "")

    assert sentences(complete_report) == ["Nội dung 1: chưa viết kết quả của việc đã làm hoặc đang làm."]


def test_area_where_nothing_was_done_needs_no_text(complete_report):
    set_text(complete_report, "noi-dung-2", "")

    for status in ("not_started", "nothing_to_report"):
        set_progress(complete_report, "ND-2.1", status, "Chưa có kinh phí.")
        assert sentences(complete_report) == []


def test_common_parts_have_a_text_save_funding_and_proposals(complete_report):
    complete_report.parts.filter(kind="common").update(text=" \u00a0")

    assert sentences(complete_report) == [
        "Công tác lãnh đạo, chỉ đạo, triển khai: chưa có nội dung.",
        "Đánh giá chung: chưa có nội dung.",
        "Phương hướng, nhiệm vụ năm sau: chưa có nội dung.",
    ]


def test_part_with_two_gaps_says_both(complete_report):
    set_progress(complete_report, "ND-1.1", "")
    set_progress(complete_report, "ND-1.2", "done")
    set_text(complete_report, "noi-dung-1", "")

    assert gaps_of(complete_report, "noi-dung-1") == [
        "Nội dung 1: chưa chọn mức độ thực hiện cho ND-1.1.",
        "Nội dung 1: chưa viết kết quả của việc đã làm hoặc đang làm.",
    ]


def state_of(report, key):
    [state] = [state for state in completeness.part_states(report) if state.part.key == key]
    return state.is_done, state.label, state.tone


def test_part_never_saved_reads_not_written(report):
    assert state_of(report, "noi-dung-1") == (False, "Chưa viết", "secondary")


def test_part_saved_with_a_gap_reads_lacking(report, clerk):
    report.parts.filter(key="noi-dung-1").update(text="Đã viết.", saved_at=report.cycle.due_at, saved_by=clerk)

    assert state_of(report, "noi-dung-1") == (False, "Còn thiếu", "warning")


def test_part_with_everything_reads_enough(complete_report, clerk):
    complete_report.parts.update(saved_at=complete_report.cycle.due_at, saved_by=clerk)

    assert {state.label for state in completeness.part_states(complete_report)} == {"Đã đủ"}
    assert state_of(complete_report, "noi-dung-1") == (True, "Đã đủ", "success")


def test_area_with_nothing_to_report_reads_so(complete_report, clerk):
    complete_report.parts.update(saved_at=complete_report.cycle.due_at, saved_by=clerk)
    set_progress(complete_report, "ND-2.1", "nothing_to_report", "Không thuộc nhiệm vụ.")
    set_text(complete_report, "noi-dung-2", "")

    assert state_of(complete_report, "noi-dung-2") == (True, "Không phát sinh", "success")


def test_area_with_nothing_to_report_and_a_text_says_two_things(complete_report):
    set_progress(complete_report, "ND-2.1", "nothing_to_report", "Không thuộc nhiệm vụ.")

    assert [gap.sentence for gap in completeness.missing_in(complete_report)] == [
        "Nội dung 2: ghi “Không phát sinh” nhưng vẫn có nội dung; hãy chọn lại mức độ hoặc xóa nội dung."
    ]


def test_empty_part_that_may_be_empty_reads_optional(report):
    assert state_of(report, "kien-nghi") == (True, "Không bắt buộc", "secondary")


def test_part_states_ask_four_questions(complete_report, django_assert_num_queries):
    report = Report.objects.get(pk=complete_report.pk)

    with django_assert_num_queries(4):
        states = completeness.part_states(report)
        labels = [(state.label, state.tone, state.part.title, state.gaps) for state in states]

    assert len(labels) == 8
