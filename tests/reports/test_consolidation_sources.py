"""Every paragraph of an accepted report stands once among the sources of the merged report."""

import datetime
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import Task, TaskArea
from reports import opening, services
from reports.consolidation import reports_of
from reports.consolidation.sources import gather, overview, paragraphs_of, sources_of
from reports.models import ParagraphSource, Report
from tests import factories
from tests.conftest import DURING
from tests.reports.consolidating import HOUR, accept, part_of, texts_of

LATER = DURING + datetime.timedelta(days=1)


@pytest.fixture
def accepted(report, head, officer):
    return accept(
        report,
        head=head,
        officer=officer,
        chi_dao="Ban hành kế hoạch.\n\n- Họp quý I.\n- Họp quý II.",
        noi_dung_1="Tổ chức hội nghị.",
        nhiem_vu_07_1="Lồng ghép giới.",
        nhiem_vu_07_1_difficulties="Thiếu kinh phí.",
        danh_gia="Thực hiện tốt.",
        phuong_huong="Tiếp tục.",
    )


def stands(cycle):
    """Return part key -> the words of its sources, for the parts that have some."""
    parts = gather(cycle.consolidation).parts
    return {key: [source.text for source in one.sources] for key, one in parts.items() if one.sources}


def states(cycle, key):
    return [(source.text, source.state.value) for source in sources_of(part_of(cycle, key)).sources]


def test_paragraphs_are_the_lines_that_say_something():
    assert paragraphs_of("Một.\n\n  \n - Hai. \nBa\u0302n") == ["Một.", "- Hai.", "Bân"]


def test_sources_stand_in_the_part_they_belong_to(cycle, accepted):
    assert stands(cycle) == {
        "chi-dao": ["Ban hành kế hoạch.", "- Họp quý I.", "- Họp quý II."],
        "noi-dung-1": ["Tổ chức hội nghị."],
        # A responsibility without a main area is told with the difficulties.
        "danh-gia": ["Lồng ghép giới.", "Thiếu kinh phí.", "Thực hiện tốt."],
        "phuong-huong": ["Tiếp tục."],
    }


def test_result_of_a_responsibility_stands_in_its_main_area(cycle, accepted, areas):
    task = Task.objects.get(code="NV-07.1")
    TaskArea.objects.create(task=task, area=areas[0], is_main=False)
    TaskArea.objects.create(task=task, area=areas[1], is_main=True)

    assert stands(cycle)["noi-dung-2"] == ["Lồng ghép giới."]
    assert stands(cycle)["danh-gia"] == ["Thiếu kinh phí.", "Thực hiện tốt."]


def test_source_that_was_taken_stays_where_it_was_taken(cycle, accepted, officer, areas):
    services.take_over_all(cycle.consolidation, by=officer, now=LATER, part=part_of(cycle, "danh-gia"))

    TaskArea.objects.create(task=Task.objects.get(code="NV-07.1"), area=areas[1], is_main=True)

    assert stands(cycle)["danh-gia"] == ["Lồng ghép giới.", "Thiếu kinh phí.", "Thực hiện tốt."]
    assert "noi-dung-2" not in stands(cycle)


def test_same_words_twice_are_two_sources(cycle, report, head, officer):
    accept(report, head=head, officer=officer, chi_dao="Đã họp.\nĐã họp.", nhiem_vu_07_1="Có.",
           nhiem_vu_07_1_difficulties="Có.", noi_dung_1="Có.")  # fmt: skip

    sources = [source for one in gather(cycle.consolidation).parts.values() for source in one.sources]

    assert Counter(source.text for source in sources)["Đã họp."] == 2
    assert len({source.key for source in sources}) == len(sources)
    services.take_over_all(cycle.consolidation, by=officer, now=LATER)
    assert ParagraphSource.objects.count() == len(sources)


def test_report_that_is_not_accepted_is_no_source(cycle, complete_report, head):
    services.submit_report(complete_report, by=head, now=DURING)

    assert stands(cycle) == {}


def test_report_that_says_nothing_happened_is_no_source(cycle, report, head, officer):
    report = Report.objects.get(pk=report.pk)
    services.declare_nothing(report, by=head, now=DURING, reason="Không có việc.")
    services.submit_report(Report.objects.get(pk=report.pk), by=head, now=DURING)
    services.accept_report(Report.objects.get(pk=report.pk), by=officer, now=LATER)

    assert stands(cycle) == {}


def test_state_follows_from_the_officers_text(cycle, accepted, officer):
    part = part_of(cycle, "chi-dao")
    keys = [source.key for source in sources_of(part).sources]
    services.take_over(part, keys[:2], by=officer, now=LATER)
    services.set_aside(part, keys[2:], by=officer, now=LATER)
    first = part.paragraphs.order_by("position").first()

    services.save_consolidation_part(part, by=officer, now=LATER, texts={first.pk: "Ban hành KH."})

    assert states(cycle, "chi-dao") == [
        ("Ban hành kế hoạch.", "shortened"),
        ("- Họp quý I.", "used"),
        ("- Họp quý II.", "set_aside"),
    ]


def test_part_says_what_it_does_not_use_yet(cycle, accepted, other_agency, officer, head):
    part = part_of(cycle, "chi-dao")

    assert sources_of(part).unused_reports == [accepted]
    services.take_over(part, [sources_of(part).sources[0].key], by=officer, now=LATER)
    assert sources_of(part).unused_reports == []


def test_overview_counts_every_part(cycle, accepted, officer):
    part = part_of(cycle, "chi-dao")
    services.take_over(part, [sources_of(part).sources[0].key], by=officer, now=LATER)

    rows = {part.key: counts for part, counts in overview(cycle.consolidation)}

    assert list(rows) == [
        "chi-dao", "noi-dung-1", "noi-dung-2", "so-lieu", "kinh-phi", "danh-gia", "phuong-huong", "kien-nghi",
    ]  # fmt: skip
    assert rows["chi-dao"] == {
        "sources": 3, "used": 1, "shortened": 0, "set_aside": 0, "unused": 2, "new": 0, "stale": 0,
    }  # fmt: skip
    assert rows["kinh-phi"] == {
        "sources": 0, "used": 0, "shortened": 0, "set_aside": 0, "unused": 0, "new": 0, "stale": 0,
    }  # fmt: skip


# What happens to reports after somebody wrote


def reopen_and_say(report, head, officer, text, *, now=LATER):
    report = Report.objects.get(pk=report.pk)
    services.reopen_report(report, by=officer, now=now, reason="Bổ sung số liệu.")
    report.parts.filter(key="chi-dao").update(text=text)
    services.submit_report(Report.objects.get(pk=report.pk), by=head, now=now + HOUR)
    services.accept_report(Report.objects.get(pk=report.pk), by=officer, now=now + 2 * HOUR)


def test_source_of_a_report_that_is_reopened_is_stale_and_the_text_stays(cycle, accepted, officer):
    part = part_of(cycle, "chi-dao")
    services.take_over_all(cycle.consolidation, by=officer, now=LATER, part=part)

    services.reopen_report(Report.objects.get(pk=accepted.pk), by=officer, now=LATER, reason="Bổ sung.")

    gathered = sources_of(part)
    assert [row.text for row in gathered.stale] == ["Ban hành kế hoạch.", "- Họp quý I.", "- Họp quý II."]
    assert gathered.counts["sources"] == 0
    assert texts_of(part) == ["Ban hành kế hoạch.", "- Họp quý I.", "- Họp quý II."]


def test_new_round_changes_only_what_says_something_else(cycle, accepted, head, officer):
    part = part_of(cycle, "chi-dao")
    services.take_over_all(cycle.consolidation, by=officer, now=LATER, part=part)

    reopen_and_say(accepted, head, officer, "Ban hành kế hoạch.\n- Họp quý I, 30 người.\n- Họp quý II.")

    assert states(cycle, "chi-dao") == [
        ("Ban hành kế hoạch.", "used"),
        ("- Họp quý I, 30 người.", "unused"),
        ("- Họp quý II.", "used"),
    ]
    gathered = sources_of(part)
    assert [row.text for row in gathered.stale] == ["- Họp quý I."]
    assert [source.text for source in gathered.new] == ["- Họp quý I, 30 người."]
    assert texts_of(part) == ["Ban hành kế hoạch.", "- Họp quý I.", "- Họp quý II."]


def test_source_set_aside_is_forgotten_with_its_words_and_known_again_with_them(cycle, accepted, head, officer):
    part = part_of(cycle, "chi-dao")
    services.set_aside(part, [source.key for source in sources_of(part).sources], by=officer, now=LATER)

    reopen_and_say(accepted, head, officer, "Nội dung khác.")
    assert sources_of(part).counts["stale"] == 0
    reopen_and_say(accepted, head, officer, "- Họp quý I.", now=LATER + 5 * HOUR)

    assert states(cycle, "chi-dao") == [("- Họp quý I.", "set_aside")]


def test_what_was_accepted_before_the_part_was_begun_is_not_new(cycle, accepted, officer):
    part = part_of(cycle, "chi-dao")
    assert sources_of(part).new == []

    services.take_over(part, [sources_of(part).sources[0].key], by=officer, now=LATER)

    assert sources_of(part).new == []


def test_what_is_accepted_while_one_writes_stays_new_until_it_is_seen(
    cycle, report, other_agency, head, officer, second_officer
):
    part = part_of(cycle, "chi-dao")
    services.add_paragraph(part, by=officer, now=DURING)
    accept(report, head=head, officer=second_officer, now=DURING, chi_dao="Mới gửi.")
    paragraph = part.paragraphs.get()

    services.save_consolidation_part(part, by=officer, now=LATER, texts={paragraph.pk: "Viết tiếp."})
    assert [source.text for source in sources_of(part).new] == ["Mới gửi."]

    services.see_sources(part, by=officer, until=DURING)  # The page was opened before.
    assert [source.text for source in sources_of(part).new] == ["Mới gửi."]
    services.see_sources(part, by=officer, until=LATER)
    assert sources_of(part).new == []
    assert sources_of(part).counts["unused"] == 1


@pytest.mark.long
def test_gathering_asks_as_often_for_many_sources_as_for_few(cycle, accepted, officer, other_agency):
    with CaptureQueriesContext(connection) as few:
        overview(cycle.consolidation)
    clerk = factories.MembershipFactory(agency=other_agency, role="clerk").user
    services.take_over_all(cycle.consolidation, by=officer, now=LATER)
    accept(
        cycle.reports.get(agency=other_agency), head=clerk, officer=officer, now=LATER,
        chi_dao="\n".join(f"Việc {number}." for number in range(40)),
    )  # fmt: skip

    with CaptureQueriesContext(connection) as many:
        counts = {part.key: counts for part, counts in overview(cycle.consolidation)}

    assert counts["chi-dao"]["sources"] == 43
    assert len(many) == len(few)


def test_agencies_of_a_group_stand_by_name_with_d_and_its_sister_side_by_side(cycle):
    group = factories.ParticipantFactory(plan=cycle.plan, number=14, agency=None, name="Ủy ban nhân dân các huyện")
    for name in ("Văn Quan", "Đình Lập", "Cao Lộc"):
        group.members.add(factories.AgencyFactory(name=f"Ủy ban nhân dân huyện {name}"))
    opening.open_cycle(cycle.plan, cycle.year, by=None, now=DURING)

    names = [report.issuer_name.removeprefix("Ủy ban nhân dân huyện ") for report in reports_of(cycle)]

    assert names[-3:] == ["Cao Lộc", "Đình Lập", "Văn Quan"]
