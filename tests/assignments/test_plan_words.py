"""The shipped plan against its own full text."""

import unicodedata
from collections import Counter

from assignments.data_file import fold_space
from assignments.plan_file import read_plan
from tests.assignments.plan_source import FULL_TEXT, NOT_QUOTED, PLAN_FILE, plan_content

PLAN = read_plan(PLAN_FILE)
LINES = FULL_TEXT.splitlines()


def quotations(content):
    """Yield every text of the parsed file that must be the plan's own."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for item in content:
            yield from quotations(item)
    elif isinstance(content, dict):
        for key, value in content.items():
            if key not in NOT_QUOTED:
                yield from quotations(value)


def test_quotations_all_stand_in_the_full_text():
    folded = fold_space(FULL_TEXT)
    content = plan_content()
    del content["issuer"]
    found = list(quotations(content))

    assert [text for text in found if fold_space(text) not in folded] == []
    # The plan's own 8 and 17 in its lists, 6 titles, 19 measures, 14 names, 27 responsibilities, 11 documents of
    # 4 texts and 3 other forms of their numbers.
    assert len(found) == 138


def test_full_text_is_in_nfc_and_has_one_paragraph_to_a_line():
    assert unicodedata.is_normalized("NFC", FULL_TEXT)
    assert len(LINES) == 110
    assert all(line == fold_space(line) and line for line in LINES)


def test_plan_counts_are_those_printed():
    assert [len(area.measures) for area in PLAN.areas] == [3, 2, 4, 4, 4, 2]
    assert [len(p.responsibilities) for p in PLAN.agencies] == [6, 3, 1, 1, 2, 2, 1, 1, 1, 1, 2, 1, 3, 2]
    assert [len(p.members) for p in PLAN.agencies] == [0] * 13 + [11]
    assert [area.number for area in PLAN.areas] == list(range(1, 7))
    assert [participant.number for participant in PLAN.agencies] == list(range(1, 15))
    assert (len(PLAN.purposes), len(PLAN.requirements), len(PLAN.funding_rules), len(PLAN.recipients)) == (3, 3, 2, 9)
    assert len(PLAN.cited_documents) == 11


def test_full_text_between_first_section_and_signature_is_what_the_file_quotes():
    def numbered(texts):
        return [f"{number}. {text}" for number, text in enumerate(texts, start=1)]

    def dashed(texts, *, alone_without=False):
        return [text if alone_without and len(texts) == 1 else f"- {text}" for text in texts]

    said = [
        PLAN.preamble,
        "I. MỤC ĐÍCH",
        *numbered(PLAN.purposes),
        "II. YÊU CẦU",
        *numbered(PLAN.requirements),
        "II. NỘI DUNG",
        *(
            line
            for area in PLAN.areas
            for line in [f"{area.number}. {area.title}", *dashed([measure.text for measure in area.measures])]
        ),
        "IV. KINH PHÍ THỰC HIỆN",
        *numbered(PLAN.funding_rules),
        "V. TỔ CHỨC THỰC HIỆN",
        *(
            line
            for agency in PLAN.agencies
            for line in [
                f"{agency.number}. {agency.name}",
                *dashed([task.text for task in agency.responsibilities], alone_without=True),
            ]
        ),
        PLAN.reporting_duty,
        "Nơi nhận:",
        *dashed(PLAN.recipients),
        "|",
        *PLAN.signer_lines,
        PLAN.signer_name,
        "|",
    ]

    assert LINES[LINES.index(PLAN.title) + 1 :] == said


def test_misprints_of_the_plan_are_kept():
    text = fold_space(FULL_TEXT)

    assert text.count("Hội Liên hiện Phụ nữ") == 1
    assert text.count("sở, ban, ngành. huyện, thành phố") == 1
    assert text.count("21/CT-TW") == 2
    assert text.count("VSTBPN") == 6
    assert text.count("VSTBCPN") == 18
    assert "Hội Liên hiện Phụ nữ" in PLAN.areas[0].measures[0].text
    assert "sở, ban, ngành. huyện, thành phố" in PLAN.agencies[5].responsibilities[0].text


def test_responsibilities_are_proposed_for_every_area():
    main = Counter(task.proposed_main_area for agency in PLAN.agencies for task in agency.responsibilities)

    assert main == {1: 4, 2: 8, 3: 5, 4: 4, 5: 2, 6: 4}


def test_agencies_of_the_plan_are_the_24_reporting_ones_and_five_more():
    reporting = [agency.slug for participant in PLAN.agencies for agency in participant.reporting_agencies]

    assert len(reporting) == 24
    assert reporting[13:] == [
        "huyen-trang-dinh", "huyen-binh-gia", "huyen-van-lang", "huyen-cao-loc", "huyen-van-quan", "huyen-bac-son",
        "huyen-huu-lung", "huyen-chi-lang", "huyen-loc-binh", "huyen-dinh-lap", "thanh-pho-lang-son",
    ]  # fmt: skip
    assert [agency.slug for agency in PLAN.other_agencies] == [
        "uy-ban-nhan-dan-tinh", "tinh-uy", "hoi-dong-nhan-dan-tinh", "van-phong-uy-ban-nhan-dan-tinh",
        "bo-lao-dong-thuong-binh-va-xa-hoi",
    ]  # fmt: skip
    assert [participant.number for participant in PLAN.agencies if participant.is_invited] == [12, 13]
