"""The merged report's document: its outline, whose words stand where, its appendices, the same numbers everywhere."""

import re
from collections import Counter
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from reports.charts import Chart
from reports.documents.attribution import Attribution
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.tree import (
    LANDSCAPE_TEXT_BOX_MM,
    TEXT_BOX_MM,
    Appendix,
    Document,
    Heading,
    Note,
    Paragraph,
    Table,
    Verification,
)
from reports.documents.xlsx import render_xlsx
from reports.figures import parse_number
from tests.reports.documents.samples import (
    AGENCIES,
    AREAS,
    DECISIONS,
    FOR_ALL,
    JOINT,
    LOCAL,
    OPENING,
    consolidated_content,
    figure,
    merged_content,
)


@pytest.fixture(scope="module")
def merged() -> Document:
    return consolidated_report_tree(merged_content(), number="125", issued_on=date(2026, 11, 25))


def said(block) -> str:
    return "".join(run.text for run in block.runs) if isinstance(block, Paragraph) else block.text


def blocks_after(document: Document, heading: str) -> list:
    """Return the blocks between a heading and the next one."""
    start = next(
        place
        for place, block in enumerate(document.body)
        if isinstance(block, Heading) and f"{block.number}. {block.text}" == heading
    )
    found = []
    for block in document.body[start + 1 :]:
        if isinstance(block, Heading):
            return found
        found.append(block)
    return found


def texts_after(document: Document, heading: str) -> list[str]:
    return [said(block) for block in blocks_after(document, heading) if isinstance(block, Paragraph | Note)]


def headings(document: Document, level: int) -> list[str]:
    return [f"{b.number}. {b.text}" for b in document.body if isinstance(b, Heading) and b.level == level]


def tables(blocks) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def every_table(document: Document) -> list[Table]:
    return tables([*document.body, *(block for one in document.appendices for block in one.blocks)])


def appendix(document: Document, title: str) -> Appendix:
    [found] = [one for one in document.appendices if one.title == title]
    return found


# The outline


def test_merged_report_has_the_sections_of_the_provinces_outline(merged):
    assert headings(merged, 1) == [
        "I. Tình hình chung, công tác lãnh đạo, chỉ đạo, triển khai",
        "II. Kết quả thực hiện các nội dung của Kế hoạch",
        "III. Kết quả thực hiện các chỉ tiêu, số liệu",
        "IV. Kinh phí thực hiện",
        "V. Đánh giá chung",
        "VI. Phương hướng, nhiệm vụ năm 2027",
        "VII. Đề xuất, kiến nghị",
    ]
    assert headings(merged, 2) == [
        "1. Tình hình gửi báo cáo",
        "2. Công tác lãnh đạo, chỉ đạo, triển khai",
        *(f"{number}. {area['title']}" for number, area in enumerate(AREAS, start=1)),
        "1. Nội dung đề nghị Ủy ban nhân dân tỉnh xem xét, quyết định",
        "2. Đề xuất, kiến nghị khác",
    ]


def test_appendices_are_numbered_and_enclosed_in_the_numbered_report(merged):
    assert [(one.number, one.title, one.landscape) for one in merged.appendices] == [
        ("I", "Biểu số liệu", True),
        ("II", "Mức độ thực hiện nhiệm vụ được phân công", True),
        ("III", "Tình hình gửi báo cáo", True),
        ("IV", "Danh mục đề xuất, kiến nghị", False),
        ("V", "Nguồn nội dung tổng hợp", True),
    ]
    assert {one.note for one in merged.appendices} == {
        "(Kèm theo Báo cáo số 125/BC-SLĐTBXH ngày 25 tháng 11 năm 2026 của Sở Lao động - Thương binh và Xã hội)"
    }


def test_appendices_that_have_nothing_are_left_out_and_the_others_close_up():
    document = consolidated_report_tree(merged_content(tables=[]))

    assert [(one.number, one.title) for one in document.appendices][:2] == [
        ("I", "Mức độ thực hiện nhiệm vụ được phân công"),
        ("II", "Tình hình gửi báo cáo"),
    ]
    assert texts_after(document, "1. Tình hình gửi báo cáo")[-1] == "Tình hình gửi báo cáo từng phần tại Phụ lục II."


def test_merged_report_carries_its_workbook_and_its_code():
    verification = Verification("ABCD2345EFGH", "https://example/xac-thuc/ABCD2345EFGH/")

    document = consolidated_report_tree(merged_content(), verification=verification)

    assert (document.workbook, document.verification) == ("so-lieu-tong-hop-2026.xlsx", verification)


def test_merged_report_has_its_charts_once(merged):
    charts = [block for block in merged.body if isinstance(block, Chart)]

    assert Counter(chart.form for chart in charts) == {"lines": 1, "bars": 1, "stacked": 1, "targets": 9}
    assert len({chart.title for chart in charts}) == len(charts)
    received, years, areas = charts[:3]
    assert (received.categories[0], received.categories[-1]) == ("12/10", "13/11")
    assert received.series[0].values[-1] == 16
    assert years.categories == ("Năm 2024", "Năm 2025", "Năm 2026")
    assert [series.values[0] for series in areas.series] == [18, 2, 4]
    assert all(len(chart.categories) <= 4 for chart in charts[3:])


def test_correction_says_what_it_changes():
    document = consolidated_report_tree(merged_content(version=2, changes="Bổ sung báo cáo của UBND huyện Chi Lăng."))

    assert document.note == "(Bản thứ 2, thay thế bản thứ 1)"
    assert said(document.body[1]) == ("Nội dung thay đổi so với bản trước: Bổ sung báo cáo của UBND huyện Chi Lăng.")


# Whose words


def paragraph(text: str, *agencies: str, unreviewed: bool = False) -> dict:
    return {
        "text": text,
        "sources": [{"agency": agency, "unreviewed": unreviewed} for agency in agencies],
        "for_decision": False,
    }


def attributed(*written: dict, others: int = 0) -> list[str]:
    """Return the written paragraphs with their sources, where so many other agencies are merged, cited nowhere."""
    cited = dict.fromkeys(source["agency"] for one in written for source in one["sources"])
    merged = [*cited, *(f"Đơn vị {n}" for n in range(others))]
    attribution = Attribution([{"paragraphs": list(written)}], merged=merged, appendix="Phụ lục V")
    blocks = attribution.blocks(written, part="Nội dung 1")
    return [said(block) for block in blocks]


def test_paragraphs_of_one_agency_that_follow_one_another_are_led_in_once():
    assert attributed(
        paragraph("Một.", "Sở Y tế"), paragraph("Hai.", "Sở Y tế"), paragraph("Ba.", "Sở Tư pháp", unreviewed=True)
    ) == ["Sở Y tế: Một.", "Hai.", "Sở Tư pháp (không qua thẩm tra): Ba."]


def test_officers_own_words_are_told_from_those_of_the_agency_before_them():
    assert attributed(paragraph("Mở đầu."), paragraph("Một.", "Sở Y tế"), paragraph("Kết luận.")) == [
        "Mở đầu.",
        "Sở Y tế: Một.",
        "Cơ quan tổng hợp: Kết luận.",
    ]


def test_paragraph_of_a_few_agencies_ends_with_their_names():
    assert attributed(paragraph("Đầu.\nCuối.", "Sở Y tế", "Sở Tư pháp"), others=9) == [
        "Đầu.",
        "Cuối. (Sở Y tế; Sở Tư pháp)",
    ]


@pytest.mark.parametrize(
    ("others", "names"),
    [
        (0, "tất cả 06 đơn vị được tổng hợp"),
        (2, "06 đơn vị, trừ Đơn vị 0; Đơn vị 1"),
        (5, "06 đơn vị, xem số 1 Phụ lục V"),
    ],
)
def test_paragraph_of_many_agencies_says_who_they_are_in_few_words(others, names):
    agencies = [f"Sở {n}" for n in range(6)]

    assert attributed(paragraph("Chung.", *agencies), others=others) == [f"Chung. ({names})"]


def test_every_paragraph_stands_once_and_shows_whose_it_is(merged):
    body = "\n".join(said(block) for block in merged.body if isinstance(block, Paragraph))

    for part in merged_content()["parts"]:
        for written in part["paragraphs"]:
            if written["text"] not in (OPENING, JOINT, LOCAL, FOR_ALL):
                assert body.count(written["text"]) == 1
    assert body.count(JOINT) == body.count(f"{JOINT} (Sở Nội vụ; Sở Kế hoạch và Đầu tư; Sở Tài chính)") == 12
    assert len(re.findall(rf"{re.escape(LOCAL)} \(07 đơn vị, xem số \d+ Phụ lục V\)", body)) == 12


def test_appendix_of_sources_counts_paragraphs_and_names_those_behind_many(merged):
    counts, listed = tables(appendix(merged, "Nguồn nội dung tổng hợp").blocks)

    assert [row[1] for row in counts.rows][:2] == [f"{AGENCIES[0]} (không qua thẩm tra)", AGENCIES[1]]
    assert [column.title for column in counts.columns][2:5] == ["Chỉ đạo", "Nội dung 1", "Nội dung 2"]
    # Its own, one shared by three, one by all; of the proposals two for decision beside.
    assert counts.rows[1][2:] == ("5", "5", "5", "5", "5", "5", "5", "3", "4", "5", "5", "5")
    position, part, _, agencies = listed.rows[0]
    assert (position, part) == ("1", "Công tác lãnh đạo, chỉ đạo, triển khai")
    assert agencies == "; ".join(AGENCIES[11:18])
    assert len(listed.rows) == 12


# Gaps


def test_gaps_of_a_part_are_stated_in_words(merged):
    assert texts_after(merged, f"1. {AREAS[0]['title']}")[-2:] == [
        "Không phát sinh (02 đơn vị): UBND huyện Văn Quan (Không có vụ việc thuộc thẩm quyền);"
        " UBND huyện Bắc Sơn (Không có vụ việc thuộc thẩm quyền).",
        "04/24 đơn vị chưa có nội dung báo cáo phần này: đã nêu tại khoản 1 mục I.",
    ]


def test_part_that_nobody_wrote_says_so():
    content = merged_content()
    content["parts"][8]["paragraphs"] = []

    assert texts_after(consolidated_report_tree(content), "IV. Kinh phí thực hiện")[0] == "Chưa có nội dung tổng hợp."


# Figures


def figures(**row) -> Document:
    answered = figure("B1.1", "Cán bộ được tập huấn", "người", **row)
    return consolidated_report_tree(
        merged_content(tables=[{"code": "B1", "title": "Cán bộ", "source": "", "rows": [answered]}])
    )


def test_figures_state_how_many_targets_are_reached(merged):
    assert texts_after(merged, "III. Kết quả thực hiện các chỉ tiêu, số liệu")[0] == (
        "Báo cáo tổng hợp 51 chỉ tiêu trong 10 biểu, chi tiết tại Phụ lục I. Trong 28 chỉ tiêu có mục tiêu: 13 đạt,"
        " 15 chưa tới mức đề ra cho các năm sau."
    )


def test_merged_row_says_who_answered_and_lists_every_answer():
    document = figures(
        total="42", last={"year": 2025, "total": "40", "included": None},
        answers=[
            {"agency": "Sở Y tế", "total": "42", "included": None, "has_no_data": False},
            {"agency": "Sở Tư pháp", "total": None, "included": None, "has_no_data": True},
        ],
        missing=["Sở Tài chính"],
    )  # fmt: skip

    total, by_agency = tables(appendix(document, "Biểu số liệu").blocks)
    assert total.rows[0][3:] == (
        "42", "", "", "40", "+2", "", "",
        "01/03 đơn vị có số liệu. Không có số liệu: Sở Tư pháp. Chưa báo cáo: Sở Tài chính.",
    )  # fmt: skip
    assert by_agency.caption == "B1.1. Cán bộ được tập huấn (người): số liệu của từng đơn vị"
    assert by_agency.rows == (
        ("1", "Sở Y tế", "42"),
        ("2", "Sở Tư pháp", "Không có số liệu"),
        ("3", "Sở Tài chính", "Chưa báo cáo"),
    )


def test_row_that_is_not_merged_says_so_and_lists_its_answer():
    document = figures(
        merge="none",
        answers=[{"agency": "Sở Y tế", "total": "42", "included": None, "has_no_data": False}],
        missing=[],
    )

    total, by_agency = tables(appendix(document, "Biểu số liệu").blocks)
    assert total.rows[0][3] == "Theo từng đơn vị"
    assert by_agency.rows == (("1", "Sở Y tế", "42"),)


def test_responsibilities_are_listed_by_task_and_status(merged):
    [table] = tables(appendix(merged, "Mức độ thực hiện nhiệm vụ được phân công").blocks)

    assert len({row[0] for row in table.rows}) == 27
    assert [(row[0], row[2], row[3]) for row in table.rows if row[0] == "NV-14.1"] == [
        ("NV-14.1", "Hoàn thành", "4"),
        ("NV-14.1", "Đang thực hiện", "3"),
        ("NV-14.1", "Chưa báo cáo", "4"),
    ]
    assert all("…" not in row[1] for row in table.rows)


def test_matrix_has_a_row_for_every_agency_and_a_column_for_every_part(merged):
    [table] = tables(appendix(merged, "Tình hình gửi báo cáo").blocks)

    assert (len(table.rows), len(table.columns)) == (24, 14)
    assert table.rows[-1] == ("24", AGENCIES[-1], *["Quá hạn"] * 12)
    assert table.rows[0][2:4] == ("Chấp nhận", "Chấp nhận")


def test_proposals_are_listed_with_what_has_to_be_decided(merged):
    assert texts_after(merged, "1. Nội dung đề nghị Ủy ban nhân dân tỉnh xem xét, quyết định")[1] == (
        f"{DECISIONS[1]} (Sở Nội vụ; Sở Kế hoạch và Đầu tư)"
    )
    [table] = tables(appendix(merged, "Danh mục đề xuất, kiến nghị").blocks)
    assert [row[3] for row in table.rows][:4] == ["Có", "Có", "Có", ""]
    assert table.rows[1][1:3] == (DECISIONS[1], "Sở Nội vụ; Sở Kế hoạch và Đầu tư")


# Everywhere the same


def test_tables_fill_their_sheet_and_have_as_many_cells_as_columns(merged):
    for table in tables(merged.body):
        assert table.width_mm == TEXT_BOX_MM, table.caption
    for one in merged.appendices:
        for table in tables(one.blocks):
            assert table.width_mm == (LANDSCAPE_TEXT_BOX_MM if one.landscape else TEXT_BOX_MM), table.caption
    assert all(len(row) == len(table.columns) for table in every_table(merged) for row in table.rows)


def test_totals_of_the_workbook_are_those_of_the_document(merged):
    """Every number of the figures' appendix reads as the same number in a cell of its sheet."""
    workbook = openpyxl.load_workbook(BytesIO(render_xlsx(merged)))
    sheets = {page["A1"].value: page for page in workbook.worksheets}
    compared = 0
    for table in tables(appendix(merged, "Biểu số liệu").blocks):
        page = sheets[table.caption]
        cells = list(page.iter_rows(min_row=4, values_only=True))
        for printed, kept in zip(table.rows, cells, strict=True):
            for place, column in enumerate(table.columns):
                if column.title in ("Tổng số", "Trong đó nữ/tử số") and re.fullmatch(r"[\d.,]+", printed[place]):
                    assert kept[place] == float(parse_number(printed[place]) or 0)
                    compared += 1
    assert compared > 200


def test_first_and_second_schema_still_print():
    old = consolidated_report_tree(consolidated_content())

    assert (old.appendices, old == consolidated_report_tree(consolidated_content(schema=2))) == ((), True)
    assert texts_after(old, "IV. Kinh phí thực hiện")[1].startswith("Sở Nội vụ: Được giao 120 triệu đồng")
