"""Letting go, in one step, of the sources that no accepted report says any more."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied

from reports import services
from reports.consolidation.sources import gather
from reports.models import Consolidation, Report
from reports.workflow import TransitionRefused
from tests import factories
from tests.conftest import DURING
from tests.reports.consolidating import HOUR, accept, part_of, texts_of

pytestmark = pytest.mark.long

LATER = DURING + datetime.timedelta(days=1)
ADDRESS = "/96-kh-ubnd-2018/2026/tong-hop/bo-nguon-cu/"


@pytest.fixture
def stale(cycle, report, other_agency, head, officer):
    """The direction after Sở Y tế's report was reopened: one of its paragraphs edited, one joined to another."""
    clerk = factories.MembershipFactory(agency=other_agency, role="clerk").user
    accept(report, head=head, officer=officer, chi_dao="Một.\nHai.\nBa.")
    accept(cycle.reports.get(agency=other_agency), head=clerk, officer=officer, chi_dao="Tư pháp.")
    part = part_of(cycle, "chi-dao")
    services.take_over_all(cycle.consolidation, by=officer, now=DURING + 2 * HOUR)
    # In plan order Sở Tư pháp comes first.
    ids = list(part.paragraphs.order_by("position").values_list("pk", flat=True))
    services.join_with_previous(part_of(cycle, "chi-dao"), ids[1], by=officer, now=LATER)
    services.save_consolidation_part(
        part_of(cycle, "chi-dao"), by=officer, now=LATER, texts={ids[2]: "Hai, chuyên viên sửa."}
    )
    services.reopen_report(Report.objects.get(pk=report.pk), by=officer, now=LATER, reason="Bổ sung.")
    return part_of(cycle, "chi-dao")


def seen(cycle):
    return services.stale_seen(gather(cycle.consolidation))


def ids_of(part):
    return list(part.paragraphs.order_by("position").values_list("pk", flat=True))


def cited(part):
    return [[row.report.issuer_name for row in p.sources.all()] for p in part.paragraphs.order_by("position")]


def test_stale_paragraphs_are_told_apart(cycle, stale):
    told = gather(cycle.consolidation).parts["chi-dao"].stale_paragraphs

    assert [(one.paragraph.text, one.has_no_other, one.is_word_for_word) for one in told] == [
        ("Tư pháp.\nMột.", False, False),
        ("Hai, chuyên viên sửa.", True, False),
        ("Ba.", True, True),
    ]


def test_stale_sources_go_and_words_stay_where_nobody_drops_them(cycle, stale, officer):
    sources, paragraphs = services.drop_stale(
        cycle.consolidation, dropping=[], part=stale, by=officer, now=LATER, seen=seen(cycle)
    )

    assert (sources, paragraphs) == (3, 0)
    assert texts_of(stale) == ["Tư pháp.\nMột.", "Hai, chuyên viên sửa.", "Ba."]
    assert cited(stale) == [["Sở Tư pháp"], [], []]
    assert gather(cycle.consolidation).parts["chi-dao"].counts["stale"] == 0


def test_paragraph_goes_with_its_words_where_it_has_no_other_source(cycle, stale, officer):
    joined, edited, whole = ids_of(stale)

    counts = services.drop_stale(
        cycle.consolidation, dropping=[joined, whole], part=stale, by=officer, now=LATER, seen=seen(cycle)
    )

    assert counts == (3, 1)
    assert ids_of(stale) == [joined, edited]
    assert texts_of(stale) == ["Tư pháp.\nMột.", "Hai, chuyên viên sửa."]
    stale.refresh_from_db()
    assert (stale.saved_by, stale.saved_at, stale.saved_page) == (officer, LATER, "")


def test_whole_merged_report_goes_without_stale_sources_in_one_step(cycle, stale, officer):
    before = sum(len(one.stale) for one in gather(cycle.consolidation).parts.values())

    sources, _ = services.drop_stale(cycle.consolidation, dropping=[], by=officer, now=LATER, seen=seen(cycle))

    assert sources == before == 5
    assert services.why_not_to_propose(cycle.consolidation) == ""


def test_nothing_goes_that_was_not_shown(cycle, stale, officer):
    shown = seen(cycle)
    whole = ids_of(stale)[2]
    services.save_consolidation_part(stale, by=officer, now=LATER, texts={whole: "Ba, viết tiếp."})

    with pytest.raises(TransitionRefused, match="đã thay đổi sau khi bạn mở trang"):
        services.drop_stale(cycle.consolidation, dropping=[whole], by=officer, now=LATER, seen=shown)

    assert texts_of(stale)[2] == "Ba, viết tiếp."
    assert len(gather(cycle.consolidation).parts["chi-dao"].stale) == 3


def test_only_officers_drop_and_not_what_is_proposed(cycle, stale, officer, focal_head):
    shown = seen(cycle)
    with pytest.raises(PermissionDenied):
        services.drop_stale(cycle.consolidation, dropping=[], by=focal_head, now=LATER, seen=shown)
    Consolidation.objects.update(status="proposed", proposed_content="{}")
    with pytest.raises(TransitionRefused, match="đã trình lãnh đạo"):
        services.drop_stale(cycle.consolidation, dropping=[], by=officer, now=LATER, seen=shown)

    assert len(gather(cycle.consolidation).parts["chi-dao"].stale) == 3


# The page


def words_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_page_shows_what_becomes_of_each_paragraph_and_does_it(client, time_machine, cycle, stale, officer):
    time_machine.move_to(LATER, tick=False)
    client.force_login(officer)
    joined, edited, whole = ids_of(stale)

    response = client.get(ADDRESS, {"phan": "chi-dao"})

    words = words_of(response)
    assert "3 nguồn của bài không còn trong báo cáo nào được chấp nhận" in words
    assert "Tư pháp. Một. Nguồn sẽ bỏ: Sở Y tế. Đoạn còn nguồn khác nên giữ chữ" in words
    checked = re.findall(r'name="paragraph-(\d+)" value="(\w+)"[^>]* checked', response.content.decode())
    assert checked == [(str(edited), "keep"), (str(whole), "drop")]
    answers = {f"paragraph-{pk}": answer for pk, answer in checked}
    response = client.post(
        f"{ADDRESS}?phan=chi-dao", {"seen": response.context["form"].initial["seen"]} | answers, follow=True
    )
    assert "Đã bỏ 3 nguồn không còn trong báo cáo được chấp nhận, 1 đoạn bỏ cùng chữ." in words_of(response)
    assert ids_of(stale) == [joined, edited]
    assert "không có gì để bỏ" in words_of(client.get(ADDRESS, {"phan": "chi-dao"}))


def test_way_to_the_page_stands_where_the_sources_are_in_the_way(client, time_machine, cycle, stale, officer):
    time_machine.move_to(LATER, tick=False)
    client.force_login(officer)

    part = client.get(ADDRESS.replace("bo-nguon-cu", "chi-dao")).content.decode()
    propose = client.get(ADDRESS.replace("bo-nguon-cu", "trinh")).content.decode()

    assert f'href="{ADDRESS}?phan=chi-dao"' in part
    assert f'href="{ADDRESS}"' in propose
