"""The merged report: every accepted agency's words once, every gap stated, frozen when published."""

import datetime
import json
from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import Membership, Role, Task, TaskArea
from reports import access, consolidation, deadlines, opening, services, snapshots
from reports.models import ConsolidatedReport, Report, TaskProgress
from tests import factories
from tests.conftest import DURING

LATER = DURING + datetime.timedelta(days=30)
FOCAL, FINANCE, JUSTICE, HEALTH = (
    "Sở Lao động - Thương binh và Xã hội",
    "Sở Tài chính",
    "Sở Tư pháp",
    "Sở Y tế",
)


def at(report) -> Report:
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


@pytest.fixture
def reports(cycle, officer, focal_head) -> dict[str, Report]:
    """The year's four reports by agency, each complete in words of its own; one head signs for all."""
    reports = {report.issuer_name: at(report) for report in cycle.reports.all()}
    for name, report in reports.items():
        for part in report.parts.all():
            part.text = words(name, part.key)
            part.difficulties = words(name, part.key, "khó khăn") if part.kind == "responsibility" else ""
            part.save()
            part.progress.update(status="done")
        if name != FOCAL:
            Membership.objects.create(
                user=focal_head, agency=report.agency, role=Role.HEAD, valid_from=datetime.date(2018, 1, 1)
            )
    return reports


def words(name: str, key: str, what: str = "kết quả") -> str:
    return f"[{name}, {key}: {what}]"


def submit(report, by, now=DURING):
    services.submit_report(at(report), by=by, now=now)


def accept(report, head, officer, now=DURING):
    submit(report, head, now)
    services.accept_report(at(report), by=officer, now=now)


def merged(report, head) -> dict:
    """Return the merged report with every source taken over by an officer."""
    cycle = at(report).cycle
    officer = access.officers_of(cycle.plan.focal_agency)[0]
    services.take_over_all(cycle.consolidation, by=officer, now=DURING)
    return as_it_stands(report, head)


def as_it_stands(report, head) -> dict:
    return consolidation.consolidated_report(at(report).cycle, signer=head, version=1, now=DURING)


def part_of(content, key) -> dict:
    [part] = [part for part in content["parts"] if part["key"] == key]
    return part


def publish(report, head, now=LATER) -> ConsolidatedReport:
    return factories.publish(
        at(report).cycle, by=head, now=now, number="125/BC-SLĐTBXH", issued_on=datetime.date(2026, 11, 20)
    )


# Whose words


def test_every_accepted_agencys_words_stand_exactly_once(reports, focal_head, officer):
    for report in reports.values():
        accept(report, focal_head, officer)

    content = merged(reports[HEALTH], focal_head)

    written = [words(name, part.key) for name, report in reports.items() for part in report.parts.all()]
    hardships = [words(name, part.key, "khó khăn") for name, report in reports.items()
                 for part in report.parts.filter(kind="responsibility")]  # fmt: skip
    text = json.dumps(content, ensure_ascii=False)
    assert len(written) == 4 * 7 + 2
    assert len(hardships) == 2
    assert {text.count(sentence) for sentence in written + hardships} == {1}


def test_every_part_names_its_agencies_in_the_plans_order(reports, focal_head, officer):
    for name in (HEALTH, FINANCE, FOCAL, JUSTICE):
        accept(reports[name], focal_head, officer)

    content = merged(reports[HEALTH], focal_head)

    assert [part["key"] for part in content["parts"]] == [
        *("chi-dao", "noi-dung-1", "noi-dung-2", "so-lieu", "kinh-phi", "danh-gia", "phuong-huong", "kien-nghi")
    ]
    for key in ("chi-dao", "noi-dung-1", "noi-dung-2", "kinh-phi", "phuong-huong", "kien-nghi"):
        assert part_of(content, key)["paragraphs"] == [
            {
                "text": words(name, key),
                "sources": [{"agency": name, "unreviewed": False}],
                "for_decision": False,
            }
            for name in (FOCAL, FINANCE, JUSTICE, HEALTH)
        ]


def test_responsibilities_state_how_far_they_are_and_of_missing_agencies_nothing(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)

    content = merged(reports[HEALTH], focal_head)

    assert content["responsibilities"] == {
        "agencies": [
            {"agency": FOCAL, "unreviewed": False, "tasks": [responsibility("01", "")]},
            {"agency": HEALTH, "unreviewed": False, "tasks": [responsibility("07", "done")]},
        ]
    }


def responsibility(number: str, status: str) -> dict:
    return {"code": f"NV-{number}.1", "text": f"Nhiệm vụ NV-{number}.1.", "status": status, "reason": ""}


def test_paragraph_of_several_agencies_names_each_once_in_the_plans_order(reports, focal_head, officer):
    for name in (HEALTH, FINANCE):
        accept(reports[name], focal_head, officer)
    merged(reports[HEALTH], focal_head)
    part = at(reports[HEALTH]).cycle.consolidation.parts.get(key="danh-gia")
    first = part.paragraphs.first()
    part.sources.update(paragraph=first)
    part.paragraphs.exclude(pk=first.pk).delete()
    part.paragraphs.create(position=9, text="")

    [paragraph] = part_of(merged(reports[HEALTH], focal_head), "danh-gia")["paragraphs"]

    assert [source["agency"] for source in paragraph["sources"]] == [FINANCE, HEALTH]


def test_paragraph_for_decision_is_marked(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)
    merged(reports[HEALTH], focal_head)
    part = at(reports[HEALTH]).cycle.consolidation.parts.get(key="kien-nghi")
    part.paragraphs.update(for_decision=True)

    content = merged(reports[HEALTH], focal_head)

    assert [paragraph["for_decision"] for paragraph in part_of(content, "kien-nghi")["paragraphs"]] == [True]


def test_words_stand_in_the_merged_report_only_where_an_officer_took_them(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)

    content = as_it_stands(reports[HEALTH], focal_head)

    assert [part["paragraphs"] for part in content["parts"]] == [[]] * 8


def test_results_of_a_responsibility_are_results_in_its_main_area(reports, focal_head, officer):
    """Whoever has nothing in the area's measures but does a task of it has results there, everywhere the same."""
    area = reports[HEALTH].cycle.plan.areas.get(number=1)
    TaskArea.objects.create(task=Task.objects.get(code="NV-07.1"), area=area, is_main=True)
    part = reports[HEALTH].parts.get(key="noi-dung-1")
    part.progress.update(status="nothing_to_report", reason="Không có.")
    reports[HEALTH].parts.filter(pk=part.pk).update(text="")
    accept(reports[HEALTH], focal_head, officer)

    content = merged(reports[HEALTH], focal_head)

    said = part_of(content, "noi-dung-1")
    assert words(HEALTH, "nhiem-vu-07-1") in [paragraph["text"] for paragraph in said["paragraphs"]]
    assert (said["nothing"], said["counts"]) == ([], {"with_results": 1, "nothing": 0, "unknown": 3})
    column = [column["key"] for column in content["matrix"]["columns"]].index("noi-dung-1")
    assert {row["agency"]: row["cells"][column] for row in content["matrix"]["rows"]}[HEALTH] == "accepted"
    live = consolidation.area_counts(at(reports[HEALTH]).cycle)[0]
    assert live["with_results"] == 1


def test_area_counts_how_far_its_measures_are(reports, focal_head, officer):
    progress = TaskProgress.objects.filter(task__code="ND-1.2")
    progress.filter(part__report=reports[HEALTH]).update(status="under_way")
    progress.filter(part__report=reports[JUSTICE]).update(status="nothing_to_report", reason="Không thuộc nhiệm vụ.")
    for name in (HEALTH, JUSTICE, FOCAL):
        accept(reports[name], focal_head, officer)

    assert part_of(merged(reports[HEALTH], focal_head), "noi-dung-1")["measures"] == [
        {"code": "ND-1.1", "text": "Giải pháp ND-1.1.", "counts": {"done": 3}},
        {"code": "ND-1.2", "text": "Giải pháp ND-1.2.",
         "counts": {"done": 1, "under_way": 1, "nothing_to_report": 1}},
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", " \n\u00a0"])
def test_agency_with_nothing_to_report_is_named_with_its_reasons(text, reports, focal_head, officer):
    area = reports[HEALTH].parts.get(key="noi-dung-1")
    reports[HEALTH].parts.filter(pk=area.pk).update(text=text)
    for code, reason in (("ND-1.1", "Không thuộc nhiệm vụ."), ("ND-1.2", "Đã làm xong năm 2025.")):
        area.progress.filter(task__code=code).update(status="nothing_to_report", reason=reason)
    accept(reports[HEALTH], focal_head, officer)

    part = part_of(merged(reports[HEALTH], focal_head), "noi-dung-1")

    assert part["nothing"] == [{"agency": HEALTH, "reason": "Không thuộc nhiệm vụ.; Đã làm xong năm 2025."}]
    assert part["paragraphs"] == []


def test_same_reason_for_every_measure_is_given_once(reports, focal_head, officer):
    area = reports[HEALTH].parts.get(key="noi-dung-1")
    reports[HEALTH].parts.filter(pk=area.pk).update(text="")
    area.progress.update(status="nothing_to_report", reason="Không thuộc nhiệm vụ.")
    accept(reports[HEALTH], focal_head, officer)

    part = part_of(merged(reports[HEALTH], focal_head), "noi-dung-1")
    assert part["nothing"] == [{"agency": HEALTH, "reason": "Không thuộc nhiệm vụ."}]


def say_nothing_beside_the_text(report, key):
    """Let a submission say of a part that there was nothing to report, beside its text, as earlier ones could."""
    submission = report.submissions.get()
    content = submission.snapshot
    for task in next(part for part in content["parts"] if part["key"] == key)["tasks"]:
        task |= {"status": "nothing_to_report", "reason": "Không có."}
    report.submissions.update(content=snapshots.canonical(content))


def test_words_of_an_area_with_nothing_to_report_are_kept(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)
    say_nothing_beside_the_text(reports[HEALTH], "noi-dung-1")

    part = part_of(merged(reports[HEALTH], focal_head), "noi-dung-1")
    assert [paragraph["text"] for paragraph in part["paragraphs"]] == [words(HEALTH, "noi-dung-1")]
    assert (part["nothing"], part["counts"]) == ([], {"with_results": 1, "nothing": 0, "unknown": 3})


def test_empty_common_part_leaves_no_empty_paragraph(reports, focal_head, officer):
    reports[HEALTH].parts.filter(key="kien-nghi").update(text=" \n")
    accept(reports[HEALTH], focal_head, officer)

    assert part_of(merged(reports[HEALTH], focal_head), "kien-nghi")["paragraphs"] == []


# Who is missing, who waits


def test_missing_waiting_late_and_returned_agencies_are_stated(reports, focal_head, officer):
    accept(reports[FOCAL], focal_head, officer)
    accept(reports[FINANCE], focal_head, officer, now=LATER)
    submit(reports[HEALTH], focal_head)

    content = merged(reports[HEALTH], focal_head)

    assert content["reporting"] == {
        "expected": 4,
        "on_time": [FOCAL, HEALTH],
        "late": [FINANCE],
        "waiting": [HEALTH],
        "missing": [JUSTICE],
        "excused": [],
        "is_closed": False,
        "extended": [],
        "nothing": [],
        "received_by_day": [{"day": "2026-10-20", "count": 2}, {"day": "2026-11-19", "count": 1}],
    }
    # None of them is asked for figures.
    assert {part["key"]: part["missing"] for part in content["parts"]} == {
        **{part["key"]: [JUSTICE, HEALTH] for part in content["parts"]},
        "so-lieu": [],
    }


def test_years_count_what_came_in_this_year_and_before(reports, focal_head, officer, plan):
    accept(reports[FOCAL], focal_head, officer)
    submit(reports[HEALTH], focal_head, now=LATER)
    Report.objects.filter(pk=reports[JUSTICE].pk).update(
        excused_at=DURING, excused_by=officer, excused_reason="Mới thành lập."
    )
    opened = datetime.datetime(2025, 10, 1, 8, 0, tzinfo=deadlines.VIETNAM)
    opening.open_cycle(plan, 2025, by=None, now=opened)

    assert consolidation.years_of(at(reports[FOCAL]).cycle) == [
        {"year": 2025, "expected": 4, "received": 0, "on_time": 0, "late": 0},
        {"year": 2026, "expected": 3, "received": 2, "on_time": 1, "late": 1},
    ]


def test_matrix_says_of_every_agency_how_far_its_parts_are(reports, focal_head, officer):
    accept(reports[FOCAL], focal_head, officer)

    matrix = merged(reports[FOCAL], focal_head)["matrix"]

    assert [column["key"] for column in matrix["columns"]][:2] == ["chi-dao", "noi-dung-1"]
    assert {row["agency"]: row["cells"][0] for row in matrix["rows"]} == {
        FOCAL: "accepted",
        FINANCE: "missing",
        JUSTICE: "missing",
        HEALTH: "missing",
    }


def test_returned_agency_waits_and_its_words_are_left_out(reports, focal_head, officer):
    accept(reports[FOCAL], focal_head, officer)
    accept(reports[HEALTH], focal_head, officer)
    services.reopen_report(at(reports[HEALTH]), by=officer, now=LATER, reason="Số liệu sai.")

    content = merged(reports[HEALTH], focal_head)

    assert content["reporting"]["waiting"] == [HEALTH]
    assert words(HEALTH, "chi-dao") not in json.dumps(content, ensure_ascii=False)


def test_withdrawn_submission_is_missing_and_not_waiting(reports, focal_head, officer):
    accept(reports[FOCAL], focal_head, officer)
    submit(reports[HEALTH], focal_head)
    services.withdraw_report(at(reports[HEALTH]), by=focal_head, now=DURING)

    reporting = merged(reports[HEALTH], focal_head)["reporting"]
    assert (reporting["waiting"], reporting["missing"]) == ([], [FINANCE, JUSTICE, HEALTH])


def test_letter_received_in_time_is_on_time_whenever_it_was_entered(reports, focal_head, officer):
    services.enter_report(
        at(reports[HEALTH]),
        by=officer,
        now=LATER,
        letter_number="187/BC-SYT",
        received_on=datetime.date(2026, 11, 9),
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts={},
    )

    assert merged(reports[HEALTH], focal_head)["reporting"]["on_time"] == [HEALTH]


def test_excused_agency_lowers_the_number_that_is_expected(reports, focal_head, officer):
    accept(reports[FOCAL], focal_head, officer)
    Report.objects.filter(pk=reports[JUSTICE].pk).update(
        excused_at=DURING, excused_by=officer, excused_reason="Mới thành lập."
    )

    content = merged(reports[FOCAL], focal_head)

    reporting = content["reporting"]
    assert (reporting["expected"], reporting["excused"], reporting["missing"]) == (3, [JUSTICE], [FINANCE, HEALTH])
    assert part_of(content, "chi-dao")["missing"] == [FINANCE, HEALTH]


def test_agency_expected_is_in_exactly_one_place(reports, focal_head, officer):
    accept(reports[FOCAL], focal_head, officer)
    submit(reports[HEALTH], focal_head, now=LATER)
    Report.objects.filter(pk=reports[JUSTICE].pk).update(
        excused_at=DURING, excused_by=officer, excused_reason="Mới thành lập."
    )

    reporting = merged(reports[FOCAL], focal_head)["reporting"]

    placed = Counter(name for place in ("on_time", "late", "missing", "excused") for name in reporting[place])
    assert placed == Counter(list(reports))
    assert reporting["expected"] == sum(len(reporting[place]) for place in ("on_time", "late", "missing"))


# The focal agency's own report


def unreviewed(content) -> dict[str, set[bool]]:
    flags: dict[str, set[bool]] = {}
    sources = [source for part in content["parts"] for p in part["paragraphs"] for source in p["sources"]]
    for source in sources:
        flags.setdefault(source["agency"], set()).add(source["unreviewed"])
    return flags


def test_focal_report_that_no_officer_may_review_is_merged_and_marked(reports, focal_head, officer):
    reports[FOCAL].writers.add(officer)
    submit(reports[FOCAL], focal_head)

    content = merged(reports[FOCAL], focal_head)

    assert unreviewed(content) == {FOCAL: {True}}
    assert content["reporting"]["waiting"] == []
    assert part_of(content, "chi-dao")["missing"] == [FINANCE, JUSTICE, HEALTH]


def test_focal_report_that_another_officer_may_review_waits_for_them(reports, focal_head, officer, second_officer):
    reports[FOCAL].writers.add(officer)
    submit(reports[FOCAL], focal_head)

    content = merged(reports[FOCAL], focal_head)

    assert unreviewed(content) == {}
    assert content["reporting"]["waiting"] == [FOCAL]


def test_focal_report_accepted_by_another_officer_is_not_marked(reports, focal_head, officer, second_officer):
    reports[FOCAL].writers.add(officer)
    accept(reports[FOCAL], focal_head, second_officer)

    assert unreviewed(merged(reports[FOCAL], focal_head)) == {FOCAL: {False}}


def test_other_agencys_report_is_never_merged_unreviewed(reports, focal_head, officer):
    reports[HEALTH].writers.add(officer)
    submit(reports[HEALTH], focal_head)

    content = merged(reports[HEALTH], focal_head)

    assert unreviewed(content) == {}
    assert content["reporting"]["waiting"] == [HEALTH]


# Published


def test_published_report_is_signed_by_the_head_of_the_focal_agency(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)

    published = publish(reports[HEALTH], focal_head)

    assert (published.version, published.published_by, published.published_at) == (1, focal_head, LATER)
    assert (published.number, published.issued_on) == ("125/BC-SLĐTBXH", datetime.date(2026, 11, 20))
    assert published.outdated_at is None
    assert published.snapshot["signer"] == {"lines": ["GIÁM ĐỐC"], "name": "Lương Văn Trưởng"}
    assert published.snapshot["agency"]["name"] == FOCAL
    assert (published.snapshot["kind"], published.snapshot["version"]) == ("consolidated_report", 1)
    assert published.sha256 == snapshots.sha256(published.content)


def test_published_report_stays_as_it_was_when_its_reports_move_on(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)
    content = publish(reports[HEALTH], focal_head).content

    accept(reports[JUSTICE], focal_head, officer, now=LATER)
    services.reopen_report(at(reports[HEALTH]), by=officer, now=LATER, reason="Số liệu sai.")

    published = ConsolidatedReport.objects.get()
    assert published.content == content
    assert published.sha256 == snapshots.sha256(content)


def reopen_health(reports, focal_head, officer, now):
    services.reopen_report(at(reports[HEALTH]), by=officer, now=now, reason="Số liệu sai.")


def submit_justice(reports, focal_head, officer, now):
    submit(reports[JUSTICE], focal_head, now)


def enter_justice(reports, focal_head, officer, now):
    services.enter_report(
        at(reports[JUSTICE]),
        by=officer,
        now=now,
        letter_number="12/BC-STP",
        received_on=datetime.date(2026, 11, 18),
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts={},
    )


def accept_finance(reports, focal_head, officer, now):
    services.accept_report(at(reports[FINANCE]), by=officer, now=now)


def return_finance(reports, focal_head, officer, now):
    services.return_report(
        at(reports[FINANCE]), by=officer, now=now, reason="Số liệu sai.", reopened_keys=["kinh-phi"]
    )


def withdraw_finance(reports, focal_head, officer, now):
    services.withdraw_report(at(reports[FINANCE]), by=focal_head, now=now)


def extend(report, officer, now, *, day):
    granted_until = deadlines.after(datetime.date(2026, 12, day))
    services.grant_extension(at(report), by=officer, now=now, granted_until=granted_until, reason="Lý do khách quan.")


def extend_justice(reports, focal_head, officer, now):
    extend(reports[JUSTICE], officer, now, day=1)


def extend_health_that_is_accepted(reports, focal_head, officer, now):
    extend(reports[HEALTH], officer, now, day=1)


def excuse_justice(reports, focal_head, officer, now):
    services.excuse_report(at(reports[JUSTICE]), by=officer, now=now, reason="Sáp nhập.")


def move_the_last_day_of_the_figures(reports, focal_head, officer, now):
    cycle = at(reports[HEALTH]).cycle
    dates = factories.changed_dates(cycle, data_to=cycle.data_to + datetime.timedelta(days=1))
    services.change_cycle(cycle, by=officer, now=now, dates=dates, reason="Bổ sung số liệu.")


@pytest.mark.parametrize(
    "step",
    [
        reopen_health,
        submit_justice,
        enter_justice,
        accept_finance,
        return_finance,
        withdraw_finance,
        extend_justice,
        extend_health_that_is_accepted,
        excuse_justice,
        move_the_last_day_of_the_figures,
    ],
)
def test_published_report_is_outdated_by_what_moves_afterwards(step, reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)
    submit(reports[FINANCE], focal_head)
    publish(reports[HEALTH], focal_head)
    after = LATER + datetime.timedelta(days=1)

    step(reports, focal_head, officer, after)

    assert ConsolidatedReport.objects.get().outdated_at == after


def test_published_report_is_outdated_by_the_end_of_the_year_and_by_its_reopening(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)
    first = publish(reports[HEALTH], focal_head)
    closed = LATER + datetime.timedelta(days=1)

    services.close_cycle(at(reports[HEALTH]).cycle, by=officer, now=closed)

    first.refresh_from_db()
    assert first.outdated_at == closed
    second = publish(reports[HEALTH], focal_head, now=closed + datetime.timedelta(days=1))
    reopened = closed + datetime.timedelta(days=2)
    services.reopen_cycle(at(reports[HEALTH]).cycle, by=officer, now=reopened, reason="Còn đơn vị xin gửi.")
    second.refresh_from_db()
    assert second.outdated_at == reopened


def test_published_report_is_outdated_by_an_excuse_that_ends(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)
    excuse_justice(reports, focal_head, officer, LATER)
    publish(reports[HEALTH], focal_head)
    after = LATER + datetime.timedelta(days=1)

    services.end_excuse(at(reports[JUSTICE]), by=officer, now=after, reason="Nhầm đơn vị.")

    assert ConsolidatedReport.objects.get().outdated_at == after


def test_what_outdates_by_what_is_stated_of_an_agency_is_in_the_document(reports, focal_head, officer):
    """What outdates without touching a report's words changes what the next version says of the agencies."""
    accept(reports[HEALTH], focal_head, officer)
    first = publish(reports[HEALTH], focal_head).snapshot["reporting"]
    extend_health_that_is_accepted(reports, focal_head, officer, LATER)
    excuse_justice(reports, focal_head, officer, LATER)

    second = publish(reports[HEALTH], focal_head, now=LATER + datetime.timedelta(days=1)).snapshot["reporting"]

    assert (first["extended"], first["excused"]) == ([], [])
    assert second["extended"] == [f"{HEALTH} (hạn gốc 09/11/2026, được gia hạn đến hết 01/12/2026)"]
    assert second["excused"] == [JUSTICE]


def write_justice(reports, focal_head, officer):
    part = reports[JUSTICE].parts.get(key="chi-dao")
    services.save_part(part, by=focal_head, now=LATER, version=part.version, text="Đang viết.", progress={})


def take_finance(reports, focal_head, officer):
    services.take_report(at(reports[FINANCE]), by=officer, now=LATER)


def ask_for_more_time_and_refuse_it(reports, focal_head, officer):
    report = at(reports[JUSTICE])
    wanted_until = deadlines.after(datetime.date(2026, 12, 1))
    services.ask_extension(report, by=focal_head, now=LATER, wanted_until=wanted_until, reason="Lý do.")
    services.refuse_extension(report, by=officer, now=LATER, reason="Không đủ căn cứ.")


@pytest.mark.parametrize("step", [write_justice, take_finance, ask_for_more_time_and_refuse_it])
def test_published_report_is_not_outdated_by_what_changes_no_words_in_it(step, reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)
    submit(reports[FINANCE], focal_head)
    publish(reports[HEALTH], focal_head)

    step(reports, focal_head, officer)

    assert ConsolidatedReport.objects.get().outdated_at is None


def test_outdated_report_keeps_since_when(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)
    publish(reports[HEALTH], focal_head)
    first, second = LATER + datetime.timedelta(days=1), LATER + datetime.timedelta(days=2)

    submit(reports[JUSTICE], focal_head, now=first)
    submit(reports[FINANCE], focal_head, now=second)

    assert ConsolidatedReport.objects.get().outdated_at == first


def test_correction_is_the_next_version_and_is_not_outdated(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)
    publish(reports[HEALTH], focal_head)
    accept(reports[JUSTICE], focal_head, officer, now=LATER)

    publish(reports[HEALTH], focal_head, now=LATER + datetime.timedelta(days=1))

    first, second = ConsolidatedReport.objects.all()
    assert (first.version, first.outdated_at, second.version, second.outdated_at) == (1, LATER, 2, None)
    assert second.snapshot["version"] == 2
    assert words(JUSTICE, "chi-dao") not in first.content
    assert words(JUSTICE, "chi-dao") in second.content


def test_next_year_is_not_outdated_by_this_one(reports, focal_head, officer, plan):
    accept(reports[HEALTH], focal_head, officer)
    publish(reports[HEALTH], focal_head)
    earlier = plan.cycles.create(
        year=2025,
        opens_on=datetime.date(2025, 10, 1),
        data_from=datetime.date(2024, 12, 15),
        data_to=datetime.date(2025, 10, 31),
        due_at=deadlines.midnight(datetime.date(2025, 11, 10)),
    )
    ConsolidatedReport.objects.update(cycle=earlier)

    submit(reports[JUSTICE], focal_head, now=LATER)

    assert ConsolidatedReport.objects.get().outdated_at is None


# What is read live


def test_area_counts_put_every_expected_agency_in_one_place(reports, focal_head, officer):
    """Of area 2 health says there was nothing, finance says so beside a text; the focal agency sent nothing."""
    reports[HEALTH].parts.get(key="noi-dung-2").progress.update(status="nothing_to_report", reason="Không có.")
    reports[HEALTH].parts.filter(key="noi-dung-2").update(text=" ")
    for name in (HEALTH, FINANCE):
        submit(reports[name], focal_head)
    say_nothing_beside_the_text(reports[FINANCE], "noi-dung-2")
    Report.objects.filter(pk=reports[JUSTICE].pk).update(
        excused_at=DURING, excused_by=officer, excused_reason="Mới thành lập."
    )

    counts = consolidation.area_counts(at(reports[HEALTH]).cycle)

    assert [(row["area"].number, row["with_results"], row["nothing"], row["unknown"]) for row in counts] == [
        (1, 2, 0, 1),
        (2, 1, 1, 1),
    ]


def test_area_counts_know_nothing_of_an_area_that_a_letter_left_open(reports, focal_head, officer):
    services.enter_report(
        at(reports[HEALTH]),
        by=officer,
        now=DURING,
        letter_number="187/BC-SYT",
        received_on=datetime.date(2026, 10, 19),
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts={"noi-dung-1": "Lời trong công văn."},
    )

    counts = consolidation.area_counts(at(reports[HEALTH]).cycle)

    assert [(row["with_results"], row["nothing"], row["unknown"]) for row in counts] == [(1, 0, 3), (0, 0, 4)]


def test_funding_parts_are_of_the_newest_submission_that_was_not_taken_back(reports, focal_head, officer):
    submit(reports[HEALTH], focal_head)
    services.return_report(
        at(reports[HEALTH]), by=officer, now=DURING, reason="Số liệu sai.", reopened_keys=["kinh-phi"]
    )
    reports[HEALTH].parts.filter(key="kinh-phi").update(text="120 triệu đồng.")
    submit(reports[HEALTH], focal_head, now=LATER)
    reports[HEALTH].parts.filter(key="kinh-phi").update(text="Chưa nộp.")
    submit(reports[JUSTICE], focal_head)
    services.withdraw_report(at(reports[JUSTICE]), by=focal_head, now=DURING)
    reports[FINANCE].parts.filter(key="kinh-phi").update(text="\u00a0")
    submit(reports[FINANCE], focal_head)

    rows, nothing, missing = consolidation.funding_parts(at(reports[HEALTH]).cycle)

    assert rows == [{"agency": HEALTH, "text": "120 triệu đồng.", "submitted_at": LATER}]
    assert (nothing, missing) == ([], [FOCAL, FINANCE, JUSTICE])


@pytest.mark.long
def test_merging_asks_as_many_questions_for_many_reports_as_for_one(reports, focal_head, officer):
    accept(reports[HEALTH], focal_head, officer)
    merged(reports[HEALTH], focal_head)
    with CaptureQueriesContext(connection) as one:
        as_it_stands(reports[HEALTH], focal_head)
    for name in (JUSTICE, FINANCE):
        accept(reports[name], focal_head, officer)
    merged(reports[HEALTH], focal_head)
    with CaptureQueriesContext(connection) as many:
        as_it_stands(reports[HEALTH], focal_head)

    assert len(many) == len(one)
