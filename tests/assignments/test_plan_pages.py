"""The plan's pages: what stands on them, where links lead, and what search finds."""

import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assignments.models import Agency, Assignment, CitedDocument
from assignments.plan_search import Search, find_in_plan
from assignments.text import fold
from tests import factories
from tests.assignments.plan_source import FULL_TEXT, plan_content

pytestmark = pytest.mark.long

PLAN = ["96-kh-ubnd-2018"]


@pytest.fixture
def page(client, loaded_clerk):
    """Return the text of one of the plan's pages as the clerk of Sở Y tế gets it."""
    client.force_login(loaded_clerk)

    def get(name, **query):
        return client.get(reverse(name, args=PLAN), query).content.decode()

    return get


def text_of(html):
    """Return what a page shows, without tags, white space folded."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def anchors_of(html):
    return set(re.findall(r'id="([^"]+)"', html))


def test_plan_page_says_every_measure_and_responsibility(page):
    shown = text_of(page("plan"))
    content = plan_content()

    said = [
        *(f"{area['number']}. {area['title']}" for area in content["areas"]),
        *(measure["text"] for area in content["areas"] for measure in area["measures"]),
        *(f"{agency['number']}. {agency['name']}" for agency in content["agencies"]),
        *(task["text"] for agency in content["agencies"] for task in agency["responsibilities"]),
        *(member["name"] for member in content["agencies"][13]["members"]),
        *(document["subject"] for document in content["cited_documents"]),
        content["reporting_duty"],
    ]
    assert [text for text in said if text not in shown] == []


def test_plan_page_has_an_anchor_for_every_link_in_it(page):
    html = page("plan")

    assert set(re.findall(r'href="#([^"]+)"', html)) - anchors_of(html) == set()
    expected = {f"noi-dung-{number}" for number in range(1, 7)} | {f"co-quan-{number}" for number in range(1, 15)}
    assert expected | {"ND-1.1", "ND-6.2", "NV-01.1", "NV-14.2"} <= anchors_of(html)


def test_plan_page_marks_who_leads_as_proposed(page):
    shown = text_of(page("plan"))

    assert "Chủ trì (đề xuất) : Sở TTTT ; Đài PT-TH tỉnh Phối hợp (đề xuất) : Sở LĐTBXH ;" in shown


def test_plan_page_shows_settled_leader_without_mark_and_part_of_a_group_by_name(page, loaded_plan):
    measure = loaded_plan.tasks.get(code="ND-4.4")
    measure.assignments.exclude(agency__slug__in=["huyen-bac-son", "so-ke-hoach-va-dau-tu"]).delete()
    measure.assignments.filter(part=Assignment.Part.LEAD).update(is_proposal=False)

    shown = text_of(page("plan"))

    assert "Chủ trì : UBND huyện Bắc Sơn Phối hợp (đề xuất) : Sở KHĐT" in shown


def test_plan_page_leaves_out_assignments_that_have_ended(page, loaded_plan):
    measure = loaded_plan.tasks.get(code="ND-4.2")
    measure.assignments.filter(part=Assignment.Part.LEAD).update(valid_to="2020-01-01")

    html = page("plan")

    block = html[html.index('id="ND-4.2"') : html.index('id="ND-4.3"')]
    assert "Chủ trì" not in block
    assert "Phối hợp" in block


def test_plan_page_leads_members_of_an_agency_to_their_part(page):
    shown = text_of(page("plan"))

    assert "Phần của cơ quan bạn: 7. Sở Y tế (1 nhiệm vụ)." in shown
    assert shown.count("cơ quan của bạn") == 1


def test_plan_page_leads_a_district_to_its_group(client, loaded_plan):
    member = factories.MembershipFactory(agency=Agency.objects.get(slug="huyen-bac-son"))
    client.force_login(member.user)

    shown = text_of(client.get(reverse("plan", args=PLAN)).content.decode())

    assert "Phần của cơ quan bạn: 14. UBND các huyện, thành phố (2 nhiệm vụ)." in shown


@pytest.mark.parametrize(("name", "query"), [("plan", {}), ("plan_text", {}), ("plan_search", {"q": "phụ nữ"})])
def test_page_takes_as_many_queries_for_a_larger_plan(
    client, loaded_clerk, loaded_plan, django_assert_max_num_queries, name, query
):
    client.force_login(loaded_clerk)
    address = reverse(name, args=PLAN)
    with django_assert_max_num_queries(30) as before:
        client.get(address, query)
    area = loaded_plan.areas.get(number=1)
    for number in range(10):
        measure = factories.MeasureFactory(area=area, code=f"ND-1.{number + 10}", position=100 + number)
        agency = factories.AgencyFactory()
        Assignment.objects.create(task=measure, agency=agency, part="lead", valid_from="2018-05-29")
        participant = factories.ParticipantFactory(plan=loaded_plan, number=number + 20, agency=agency)
        factories.ResponsibilityFactory(participant=participant, code=f"NV-{number + 20}.1")
        CitedDocument.objects.create(plan=loaded_plan, position=number + 20, number=str(number), subject="phụ nữ")

    with django_assert_max_num_queries(30) as after:
        client.get(address, query)

    assert len(after.captured_queries) == len(before.captured_queries)


def test_full_text_page_says_every_paragraph(page):
    html = page("plan_text")
    shown = text_of(html)
    paragraphs = [line for line in FULL_TEXT.splitlines() if line.strip("-|")]

    assert [paragraph for paragraph in paragraphs if paragraph not in shown] == []
    assert {f"muc-{number}" for number in range(1, 6)} | {"doan-1", "doan-102"} <= anchors_of(html)
    assert set(re.findall(r'href="#([^"]+)"', html)) - anchors_of(html) == set()
    assert re.findall(r'<h2 id="muc-[0-9]">([^<]*)</h2>', html) == [
        "I. MỤC ĐÍCH", "II. YÊU CẦU", "II. NỘI DUNG", "IV. KINH PHÍ THỰC HIỆN", "V. TỔ CHỨC THỰC HIỆN",
    ]  # fmt: skip
    assert len(re.findall(r"<h3 id=", html)) == 6 + 14


def test_search_without_tones_finds_toned_words(page):
    html = page("plan_search", q="tao hon")

    assert re.findall(r"<mark>([^<]*)</mark>", html) == ["tảo hôn", "tảo hôn"]
    assert 'href="/96-kh-ubnd-2018/#ND-4.1"' in html
    assert 'href="/96-kh-ubnd-2018/#NV-11.1"' in html
    assert "Có 2 chỗ chứa “tao hon”." in text_of(html)


def test_search_hits_lead_to_anchors_that_exist(page, loaded_plan):
    anchors = {name: anchors_of(page(name)) for name in ("plan", "plan_text")}

    groups = find_in_plan(loaded_plan, "phụ nữ")

    assert [group.page for group in groups] == ["plan", "plan", "plan_text"]
    assert [hit.anchor for group in groups for hit in group.hits if hit.anchor not in anchors[group.page]] == []


def test_search_finds_the_rest_of_the_text_on_its_own_page(loaded_plan):
    (group,) = find_in_plan(loaded_plan, "chị em phụ nữ")

    assert (group.title, group.page) == ("Phần khác trong toàn văn", "plan_text")
    assert [(hit.title, hit.anchor) for hit in group.hits] == [("I. MỤC ĐÍCH", "doan-11")]


def test_search_finds_a_district_in_its_group(loaded_plan):
    (group,) = find_in_plan(loaded_plan, "cao loc")

    assert [(hit.title, hit.anchor) for hit in group.hits] == [("Cơ quan 14", "co-quan-14")]


def test_search_escapes_what_was_typed(page):
    html = page("plan_search", q="<script>alert(1)</script>")

    assert "<script>alert" not in html
    assert "Không có chỗ nào trong kế hoạch chứa “&lt;script&gt;alert(1)&lt;/script&gt;”" in html


@pytest.mark.parametrize("query", ["", "   ", "\x00"])
def test_search_for_nothing_says_how_to_search(page, query):
    assert "Gõ một từ hoặc một cụm từ liền nhau" in page("plan_search", q=query)


@pytest.mark.parametrize("query", ["...", "a" * 5000, "(", "\\"])
def test_search_for_what_is_not_there_says_so(page, query):
    html = page("plan_search", q=query)

    assert "Không có chỗ nào trong kế hoạch chứa" in html
    assert "<mark>" not in html


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("TẢO HÔN", "nạn tảo hôn, hôn nhân", ["tảo hôn"]),
        ("đào tạo", "dao tao; Đào tạo", ["dao tao", "Đào tạo"]),
        ("tin", "tinh thần, tin, bài", ["tin"]),
        ("21-CT/TW", "số 21- CT/TW và 21/CT-TW", ["21- CT/TW", "21/CT-TW"]),
        ("bình đẳng giới", "công tác BĐG và bình đẳng giới", ["BĐG", "bình đẳng giới"]),
        ("VSTBPN", "Ban VSTBCPN", ["VSTBCPN"]),
        ("Hội Liên hiệp Phụ nữ", "Hội Liên hiện Phụ nữ", ["Hội Liên hiện Phụ nữ"]),
        ("Sở LĐTBXH", "gửi Sở Lao động - Thương binh và Xã hội", ["Sở Lao động - Thương binh và Xã hội"]),
        ("hoà", "hòa giải", ["hòa"]),
    ],
)
def test_search_finds_whole_words_whatever_their_marks(query, text, found):
    assert [piece.text for piece in Search(query).excerpt(text) if piece.is_match] == found


def test_excerpt_of_a_long_text_is_what_surrounds_the_first_match():
    text = " ".join(f"chữ{number}" for number in range(100))

    pieces = Search("chữ50").excerpt(text)

    assert [piece.text for piece in pieces if piece.is_match] == ["chữ50"]
    assert "".join(piece.text for piece in pieces) == (
        "…" + " ".join(f"chữ{number}" for number in range(38, 76)) + "…"
    )


@given(text=st.text(alphabet="aàảâđĐ eêộ.İ-", max_size=80), query=st.text(alphabet="aảđ eộ-", max_size=8))
def test_marked_pieces_fold_to_what_was_searched(text, query):
    pieces = Search(query).excerpt(text)

    assert "".join(piece.text for piece in pieces).strip("…") in text
    words = re.findall(r"\w+", fold(query))
    assert all(re.findall(r"\w+", fold(piece.text)) == words for piece in pieces if piece.is_match)
