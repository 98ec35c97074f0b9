"""The brief for leaders: what it says, and that it is never longer than four pages."""

import re
from datetime import date
from io import BytesIO

import pikepdf
import pytest

from reports.charts import Chart
from reports.documents.brief import brief_tree
from reports.documents.pdf import render_pdf
from reports.documents.tree import TEXT_BOX_MM, Document, Heading, Paragraph, Table, Verification
from tests.reports.documents.samples import DECISIONS, consolidated_content, merged_content

LONG = "Nội dung rất dài của một đơn vị không biết dừng ở đâu, "


def texts(document: Document, heading: str) -> list[str]:
    """Return the plain texts of the paragraphs under a heading."""
    found, said = [], False
    for block in document.body:
        if isinstance(block, Heading):
            said = block.number == heading
        elif said and isinstance(block, Paragraph):
            found.append("".join(run.text for run in block.runs))
    return found


def tables(document: Document) -> list[Table]:
    return [block for block in document.body if isinstance(block, Table)]


def at_its_longest(agencies: int):
    """Return a merged report in which everything that has words has as many as it may."""

    def longer(value, key=""):
        if isinstance(value, dict):
            return {k: longer(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [longer(item, key) for item in value]
        if key in ("text", "changes", "reason"):
            return f"{value} {LONG * 40}"
        if key in ("title", "name", "agency") or (key in ("late", "waiting", "missing") and isinstance(value, str)):
            return f"{value} {LONG * 4}"[:200]
        return f"{value} {LONG}"[:60] if key in ("unit", "computed_unit") else value

    content = merged_content(agencies=agencies, changes="Bổ sung.")
    head = {key: content[key] for key in ("agency", "plan", "signer")}
    content = longer(content) | head
    names = [row["agency"] for row in content["matrix"]["rows"]]
    content["reporting"] |= {"missing": names[10:], "late": names[:10], "waiting": names[4:9]}
    deciding = [paragraph | {"for_decision": True} for paragraph in content["parts"][-1]["paragraphs"]]
    content["parts"][-1]["paragraphs"] = deciding
    for row in (row for table in content["tables"] for row in table["rows"]):
        row["target"] = {"year": 2026, "comparison": "at_least", "value": "99999999999"}
    content["years"] = [content["years"][0] | {"year": year} for year in range(2019, 2027)]
    return content


def pages(content) -> int:
    verification = Verification("ABCD2345EFGH", "https://example/xac-thuc/ABCD2345EFGH/")
    tree = brief_tree(content, number="125", issued_on=date(2026, 11, 25), verification=verification)
    with pikepdf.open(BytesIO(render_pdf(tree))) as pdf:
        return len(pdf.pages)


@pytest.mark.parametrize("agencies", [24, 80])
def test_brief_of_a_province_has_at_most_four_pages(agencies):
    assert pages(merged_content(agencies=agencies)) <= 4


@pytest.mark.long
@pytest.mark.parametrize("agencies", [24, 80])
def test_brief_of_the_longest_report_has_at_most_four_pages(agencies):
    assert pages(at_its_longest(agencies)) <= 4


def test_brief_comes_with_its_report_and_is_not_signed():
    brief = brief_tree(merged_content(), number="125", issued_on=date(2026, 11, 25))

    assert (brief.type_name, brief.letterhead.number, brief.addressee) == ("Bản tóm tắt", "", "")
    assert (brief.signature.lines, brief.recipients, brief.appendices, brief.workbook) == ((), (), (), "")
    assert brief.note == (
        "(Kèm theo Báo cáo số 125/BC-SLĐTBXH ngày 25 tháng 11 năm 2026 của Sở Lao động - Thương binh và Xã hội)"
    )
    assert brief.subject.startswith("Báo cáo tổng hợp kết quả triển khai thực hiện Kế hoạch số 96/KH-UBND")
    assert brief.title.startswith("Bản tóm tắt báo cáo tổng hợp")


def test_brief_states_who_has_reported():
    brief = brief_tree(merged_content())

    assert texts(brief, "I") == [
        "21/24 đơn vị đã gửi báo cáo: đúng hạn 18, quá hạn 03.",
        "03/24 đơn vị chưa gửi báo cáo: UBND huyện Chi Lăng; UBND huyện Lộc Bình; UBND huyện Đình Lập.",
        "03/24 đơn vị gửi quá hạn: UBND huyện Văn Quan; UBND huyện Bắc Sơn; UBND huyện Hữu Lũng.",
        "01/24 đơn vị đã gửi, chưa thẩm tra xong: UBND huyện Hữu Lũng.",
    ]


def test_brief_names_a_few_of_many_missing_and_says_where_the_others_are():
    content = merged_content()
    content["reporting"]["missing"] = [f"Đơn vị {n}" for n in range(1, 11)]

    assert texts(brief_tree(content), "I")[1] == (
        "10/24 đơn vị chưa gửi báo cáo: Đơn vị 1; Đơn vị 2; Đơn vị 3; Đơn vị 4; Đơn vị 5; Đơn vị 6"
        " và 04 đơn vị khác (khoản 1 mục I Báo cáo)."
    )


def test_brief_has_a_line_for_each_area_with_the_officers_opening_sentence():
    content = merged_content()
    area = content["parts"][1]
    area["paragraphs"] = [
        {"text": "Của một đơn vị.", "sources": [{"agency": "Sở Y tế", "unreviewed": False}], "for_decision": False},
        {"text": "Đã đạt 1.234,5 triệu đồng, đúng Nghị định 30. Câu thứ hai.", "sources": [], "for_decision": False},
    ]
    content["parts"][2]["paragraphs"] = [area["paragraphs"][0]]
    content["parts"][3]["paragraphs"] = []

    rows = tables(brief_tree(content))[0].rows

    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows[0][2:] == ("18", "2", "4", "Đã đạt 1.234,5 triệu đồng, đúng Nghị định 30.")
    assert rows[1][-1] == "Sở Y tế: Của một đơn vị."
    assert rows[2][-1] == "Chưa có nội dung tổng hợp."


def test_brief_names_areas_by_their_whole_titles():
    content = merged_content()
    title = "Xây dựng và triển khai thực hiện các hoạt động hỗ trợ, tạo điều kiện để phụ nữ được tham gia học tập"
    content["parts"][1]["title"] = title

    assert tables(brief_tree(content))[0].rows[0][1] == title


def test_brief_shows_targets_that_are_missed_before_those_that_are_reached():
    content = merged_content()
    for table in content["tables"]:
        for row in table["rows"]:
            row["target"] = None
    first, second = (row for row in content["tables"][0]["rows"][:2])
    first["target"] = {"year": 2026, "comparison": "at_least", "value": "10"}
    second["target"] = {"year": 2026, "comparison": "at_least", "value": "90"}

    brief = brief_tree(content)

    assert texts(brief, "III") == ["Trong 02 chỉ tiêu có mục tiêu: 01 đạt, 01 chưa đạt."]
    assert [(row[0], row[-1]) for row in tables(brief)[1].rows] == [("B1.2", "Chưa đạt"), ("B1.1", "Đạt")]
    charts = [block for block in brief.body if isinstance(block, Chart)]
    assert [chart.form for chart in charts] == ["bars", "targets"]
    assert charts[1].categories == (
        "B1.2. Lãnh đạo, quản lý từ cấp phó trưởng phòng và tương đương trở lên",
        "B1.1. Cán bộ, công chức, viên chức, người lao động của cơ quan, đơn vị",
    )


def test_brief_asks_for_the_decisions_that_the_officers_marked():
    said = texts(brief_tree(merged_content()), "IV")

    assert said[1] == f"2. {DECISIONS[1]} (Sở Nội vụ; Sở Kế hoạch và Đầu tư)"
    assert len(said) == 3


def test_brief_cuts_a_long_decision_and_refers_to_the_report():
    content = merged_content()
    paragraphs = content["parts"][-1]["paragraphs"]
    paragraphs[0] |= {"text": LONG * 20, "sources": []}
    content["parts"][-1]["paragraphs"] = [paragraphs[0] | {"text": f"{n} {LONG * 20}"} for n in range(7)]

    said = texts(brief_tree(content), "IV")

    assert all(len(text) < 270 and text.endswith("… (xem mục VII Báo cáo)") for text in said[:4])
    assert said[4:] == ["Và 03 nội dung khác tại mục VII Báo cáo."]


def test_brief_of_an_older_version_says_what_it_has():
    brief = brief_tree(consolidated_content())

    assert texts(brief, "III") == ["Không có chỉ tiêu có mục tiêu trong năm."]
    assert texts(brief, "IV") == ["Không có nội dung đề nghị quyết định."]
    assert tables(brief)[0].rows[0][2:5] == ("", "", "")


def test_columns_of_the_brief_fill_the_text_box():
    assert {table.width_mm for table in tables(brief_tree(merged_content()))} == {TEXT_BOX_MM}


def test_brief_never_says_an_ellipsis_inside_a_number():
    for table in tables(brief_tree(merged_content())):
        for row in table.rows:
            assert not any(re.search(r"\d…", cell) for cell in row)
