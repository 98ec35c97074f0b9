"""The matrix of agencies and parts: every state of a cell, the totals, what a merged report keeps of it."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import Role, Task, TaskArea
from reports import deadlines, matrix, opening, services, standing
from reports.models import Report
from tests import factories, sample_files
from tests.conftest import fill

BEFORE = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=deadlines.VIETNAM)
AFTER = datetime.datetime(2026, 11, 12, 9, 0, tzinfo=deadlines.VIETNAM)
COLUMNS = [
    "chi-dao",
    "noi-dung-1",
    "noi-dung-2",
    "so-lieu",
    "kinh-phi",
    "danh-gia",
    "phuong-huong",
    "kien-nghi",
]


def matrix_at(cycle, now) -> matrix.Matrix:
    reports = cycle.reports.select_related("cycle__plan", "agency")
    return matrix.matrix_of(cycle, standing.standings(reports, now=now, corrections={}))


def cells(report, now=BEFORE) -> dict[str, str]:
    row = next(row for row in matrix_at(report.cycle, now).rows if row.report == report)
    return {cell.column.key: cell.key for cell in row.cells}


def all_in(state: str, **others: str) -> dict[str, str]:
    """Return what a report without figures reads where every part is in one state."""
    return dict.fromkeys(COLUMNS, state) | {"so-lieu": "empty"} | {k.replace("_", "-"): v for k, v in others.items()}


def submit(report, head, now=BEFORE):
    services.submit_report(report, by=head, now=now)
    return report


def test_columns_are_the_parts_of_the_merged_report(cycle):
    columns = matrix_at(cycle, BEFORE).columns

    assert [column.key for column in columns] == COLUMNS
    assert [column.title for column in columns[:4]] == [
        "Công tác lãnh đạo, chỉ đạo, triển khai",
        "Nội dung 1: Nội dung thứ 1",
        "Nội dung 2: Nội dung thứ 2",
        "Biểu số liệu",
    ]


def test_report_nobody_touched_is_missing_until_the_deadline_and_late_after_it(report):
    last_second = deadlines.midnight(datetime.date(2026, 11, 10)) - datetime.timedelta(seconds=1)

    assert cells(report, last_second) == all_in("missing")
    assert cells(report, last_second + datetime.timedelta(seconds=1)) == all_in("late")


def test_part_that_was_begun_is_a_draft_and_nothing_more_is_told(report, clerk):
    part = report.parts.get(key="noi-dung-2")
    nothing = {"ND-2.1": ("nothing_to_report", "Không có.")}
    services.save_part(part, by=clerk, now=BEFORE, version=0, text="", progress=nothing)

    assert cells(report) == all_in("missing", noi_dung_2="draft")
    assert cells(report, AFTER) == all_in("late")


def test_part_of_a_responsibility_counts_in_its_main_area(report, clerk, areas):
    TaskArea.objects.create(task=Task.objects.get(code="NV-07.1"), area=areas[1], is_main=True)
    part = report.parts.get(key="nhiem-vu-07-1")
    services.save_part(part, by=clerk, now=BEFORE, version=0, text="Đã ký.", progress={})

    assert cells(report) == all_in("missing", noi_dung_2="draft")


def test_part_of_a_responsibility_without_a_main_area_counts_where_its_words_are_merged(report, clerk, areas):
    TaskArea.objects.create(task=Task.objects.get(code="NV-07.1"), area=areas[1], is_main=False)
    part = report.parts.get(key="nhiem-vu-07-1")
    services.save_part(part, by=clerk, now=BEFORE, version=0, text="Đã ký.", progress={})

    assert matrix.places_of(report.cycle)["nhiem-vu-07-1"] == "danh-gia"
    assert cells(report) == all_in("missing", danh_gia="draft")


def test_report_that_waits_for_its_head_is_a_draft(complete_report, clerk, head):
    complete_report.parts.update(version=1)
    services.send_up(complete_report, by=clerk, now=BEFORE)

    assert cells(complete_report) == all_in("draft")


def test_submitted_report_says_what_was_said(complete_report, head):
    complete_report.parts.filter(key="kien-nghi").update(text="")
    complete_report.parts.filter(key="noi-dung-1").update(text="")
    complete_report.parts.get(key="noi-dung-1").progress.update(status="nothing_to_report", reason="Không có việc.")
    submit(complete_report, head)

    assert cells(complete_report, AFTER) == all_in("submitted", noi_dung_1="nothing", kien_nghi="empty")


def test_figures_that_were_answered_are_submitted(health_indicators, complete_report, head):
    assert cells(complete_report)["so-lieu"] == "missing"

    submit(complete_report, head)

    assert cells(complete_report) == all_in("submitted", so_lieu="submitted")


def test_accepted_report_is_accepted_but_for_what_is_nothing(complete_report, head, officer):
    complete_report.parts.filter(key="noi-dung-1").update(text="")
    complete_report.parts.get(key="noi-dung-1").progress.update(status="nothing_to_report", reason="Không có việc.")
    services.accept_report(submit(complete_report, head), by=officer, now=BEFORE)

    assert cells(complete_report, AFTER) == all_in("accepted", noi_dung_1="nothing")


def test_returned_report_owes_the_parts_that_reopened(complete_report, head, officer):
    submit(complete_report, head)
    services.return_report(
        complete_report, by=officer, now=BEFORE, reason="Bổ sung.", reopened_keys=["noi-dung-2", "danh-gia"]
    )

    assert cells(complete_report) == all_in("submitted", noi_dung_2="returned", danh_gia="returned")
    assert cells(complete_report, AFTER) == all_in("submitted", noi_dung_2="late", danh_gia="late")


def test_return_that_reopens_a_responsibility_shows_in_its_main_area(complete_report, head, officer, areas):
    TaskArea.objects.create(task=Task.objects.get(code="NV-07.1"), area=areas[1], is_main=True)
    submit(complete_report, head)
    services.return_report(
        complete_report, by=officer, now=BEFORE, reason="Bổ sung.", reopened_keys=["nhiem-vu-07-1"]
    )

    assert cells(complete_report) == all_in("submitted", noi_dung_2="returned")


def test_return_that_reopens_a_responsibility_without_a_main_area_shows_in_the_assessment(
    complete_report, head, officer
):
    submit(complete_report, head)
    services.return_report(
        complete_report, by=officer, now=BEFORE, reason="Bổ sung.", reopened_keys=["nhiem-vu-07-1"]
    )

    assert cells(complete_report) == all_in("submitted", danh_gia="returned")


def test_returned_report_sent_up_again_is_still_returned_and_sent_again_submitted(
    complete_report, clerk, head, officer
):
    submit(complete_report, head)
    services.return_report(complete_report, by=officer, now=BEFORE, reason="Bổ sung.", reopened_keys=["danh-gia"])
    services.send_up(complete_report, by=clerk, now=BEFORE)

    assert cells(complete_report) == all_in("submitted", danh_gia="returned")

    submit(complete_report, head, now=BEFORE + datetime.timedelta(hours=1))

    assert cells(complete_report) == all_in("submitted")


def test_submission_taken_back_tells_nothing(complete_report, head):
    submit(complete_report, head)
    services.withdraw_report(complete_report, by=head, now=BEFORE)

    assert cells(complete_report) == all_in("missing")


def test_report_that_says_nothing_happened_is_nothing_in_every_part(report, clerk, head):
    services.declare_nothing(report, by=clerk, now=BEFORE, reason="Không phát sinh trong năm.")

    assert cells(report) == all_in("missing")

    submit(report, head)

    assert cells(report) == all_in("nothing")


def test_letter_leaves_empty_what_was_not_entered(health_indicators, report, officer):
    services.enter_report(
        report,
        by=officer,
        now=BEFORE,
        letter_number="12/BC-SYT",
        received_on=BEFORE.date(),
        scan=SimpleUploadedFile("a.pdf", sample_files.pdf()),
        texts={"noi-dung-1": "Đã làm.", "danh-gia": "Tốt."},
    )

    assert cells(report) == all_in("empty", noi_dung_1="submitted", danh_gia="submitted")


def test_excused_report_is_excused_in_every_part(report, officer):
    report.excused_at, report.excused_by, report.excused_reason = BEFORE, officer, "Mới thành lập."
    report.save()

    assert cells(report, AFTER) == dict.fromkeys(COLUMNS, "excused")


def test_every_state_has_a_word_and_a_symbol_of_its_own():
    states = matrix.STATES.values()

    assert len({state.word for state in states}) == len({state.symbol for state in states}) == len(states)
    assert {state.tone for state in states} == {"secondary", "info", "danger", "primary", "warning", "success"}


# Totals, blocks, the snapshot


def test_totals_count_what_came_of_what_is_expected(cycle, complete_report, head, officer, budget_agency):
    complete_report.parts.filter(key="kien-nghi").update(text="")
    services.accept_report(submit(complete_report, head), by=officer, now=BEFORE)
    excused = cycle.reports.get(agency=budget_agency)
    excused.excused_at, excused.excused_by, excused.excused_reason = BEFORE, officer, "Mới thành lập."
    excused.save()

    found = matrix_at(cycle, BEFORE)

    totals = dict(zip(COLUMNS, [(t.received, t.accepted, t.expected) for t in found.totals], strict=True))
    assert totals == dict.fromkeys(COLUMNS, (1, 1, 3)) | {"so-lieu": (0, 0, 0), "kien-nghi": (0, 0, 2)}
    assert [(row.report.agency.name, row.tally.received, row.tally.expected) for row in found.rows] == [
        ("Sở Lao động - Thương binh và Xã hội", 0, 7),
        ("Sở Tài chính", 0, 0),
        ("Sở Tư pháp", 0, 7),
        ("Sở Y tế", 6, 6),
    ]
    assert (found.tally.received, found.tally.expected) == (6, 20)


def test_totals_of_no_reports_are_zero(cycle):
    found = matrix.matrix_of(cycle, [])

    assert [(tally.received, tally.expected) for tally in found.totals] == [(0, 0)] * len(COLUMNS)
    assert found.blocks == []


@pytest.fixture
def districts(cycle, officer):
    """Group 14 with two members, of which the second has reported."""
    members = [
        factories.AgencyFactory(slug=slug, name=name) for slug, name in (("h-a", "Huyện A"), ("h-b", "Huyện B"))
    ]
    group = factories.ParticipantFactory(plan=cycle.plan, number=14, agency=None, name="UBND các huyện")
    group.members.set(members)
    opening.open_cycle(cycle.plan, cycle.year, by=None, now=BEFORE)
    head = factories.MembershipFactory(agency=members[1], role=Role.HEAD).user
    submit(fill(Report.objects.get(agency=members[1])), head)
    return members


def test_blocks_open_a_group_into_its_members(cycle, districts):
    blocks = matrix_at(cycle, BEFORE).blocks

    assert [(block.number, block.name, block.is_group, len(block.rows)) for block in blocks] == [
        (1, "Sở Lao động - Thương binh và Xã hội", False, 1),
        (4, "Sở Tài chính", False, 1),
        (6, "Sở Tư pháp", False, 1),
        (7, "Sở Y tế", False, 1),
        (14, "UBND các huyện", True, 2),
    ]
    assert [tally.received for tally in blocks[-1].totals] == [1, 1, 1, 0, 1, 1, 1, 1]
    assert (blocks[-1].tally.received, blocks[-1].tally.expected) == (7, 14)


def test_blocks_with_somebody_late_come_first_and_late_members_first_in_them(cycle, districts):
    for report in cycle.reports.exclude(agency__in=[districts[0].pk, districts[1].pk]).exclude(
        agency__slug="so-y-te"
    ):
        report.extended_due_at = deadlines.midnight(datetime.date(2026, 12, 1))
        report.save()

    blocks = matrix_at(cycle, AFTER).blocks

    assert [(block.number, block.late) for block in blocks] == [(7, 1), (14, 1), (1, 0), (4, 0), (6, 0)]
    assert [row.report.issuer_name for row in blocks[1].rows] == ["Huyện A", "Huyện B"]


def test_snapshot_keeps_plan_order(cycle, complete_report, head):
    submit(complete_report, head)

    snapshot = matrix_at(cycle, AFTER).snapshot()

    assert [column["key"] for column in snapshot["columns"]] == COLUMNS
    assert snapshot["rows"][2:] == [
        {"agency": "Sở Tư pháp", "number": 6, "cells": list(all_in("late").values())},
        {"agency": "Sở Y tế", "number": 7, "cells": list(all_in("submitted").values())},
    ]


@pytest.mark.long
def test_matrix_asks_as_often_for_many_agencies(cycle, complete_report, head):
    submit(complete_report, head)
    found = standing.standings(cycle.reports.select_related("cycle__plan", "agency"), now=BEFORE, corrections={})
    with CaptureQueriesContext(connection) as few:
        matrix.matrix_of(cycle, found[-1:])

    with CaptureQueriesContext(connection) as many:
        matrix.matrix_of(cycle, found)

    assert len(many) == len(few) == 5
