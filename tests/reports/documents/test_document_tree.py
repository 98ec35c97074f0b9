"""The words of both reports, before any file is made."""

from datetime import date

import pytest

from reports.documents.agency_report import agency_report_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.tree import TEXT_BOX_MM, Column, Document, Heading, IssuerLine, Note, Paragraph, Table
from reports.documents.wording import (
    day_in_text,
    labelled_paragraphs,
    paragraphs,
    printable,
    roman,
    shortened,
)
from tests.reports.documents.samples import (
    AGENCIES,
    AREAS,
    FOCAL_NAME,
    agency_content,
    consolidated_content,
    district_content,
    figures_content,
    focal_content,
)


def texts_after(document: Document, heading: str) -> list[str]:
    """Return the plain texts of the blocks between this heading and the next one."""
    start = next(
        place
        for place, block in enumerate(document.body)
        if isinstance(block, Heading) and f"{block.number}. {block.text}" == heading
    )
    texts = []
    for block in document.body[start + 1 :]:
        if isinstance(block, Heading):
            break
        if isinstance(block, Paragraph):
            texts.append("".join(run.text for run in block.runs))
        elif isinstance(block, Note):
            texts.append(block.text)
    return texts


def headings(document: Document, level: int) -> list[str]:
    return [
        f"{block.number}. {block.text}"
        for block in document.body
        if isinstance(block, Heading) and block.level == level
    ]


def tables(document: Document) -> list[Table]:
    return [block for block in document.body if isinstance(block, Table)]


def test_agency_report_has_the_seven_sections_of_the_outline():
    document = agency_report_tree(agency_content())

    assert headings(document, 1) == [
        "I. Công tác lãnh đạo, chỉ đạo, triển khai",
        "II. Kết quả thực hiện các nội dung của Kế hoạch",
        "III. Kết quả thực hiện nhiệm vụ được phân công",
        "IV. Kinh phí thực hiện",
        "V. Đánh giá chung",
        "VI. Phương hướng, nhiệm vụ năm 2027",
        "VII. Đề xuất, kiến nghị",
    ]
    assert headings(document, 2)[:6] == [f"{n}. {area['title']}" for n, area in enumerate(AREAS, start=1)]


def test_agency_report_subject_names_plan_and_year():
    document = agency_report_tree(agency_content())

    assert document.type_name == "Báo cáo"
    assert document.subject == (
        "Kết quả triển khai thực hiện Kế hoạch số 96/KH-UBND ngày 29/5/2018 của UBND tỉnh"
        " về thực hiện Chỉ thị số 21-CT/TW, năm 2026"
    )
    assert document.author == "Sở Y tế"
    assert document.language == "vi"
    assert document.title == f"Báo cáo k{document.subject[1:]} - Sở Y tế"


def test_letterhead_of_unsigned_copy_leaves_number_and_day_blank():
    letterhead = agency_report_tree(agency_content()).letterhead

    assert letterhead.issuer == (IssuerLine("UBND tỉnh Lạng Sơn", bold=False), IssuerLine("Sở Y tế", bold=True))
    assert letterhead.number.replace("\N{NO-BREAK SPACE}", " ") == "Số:       /BC-SYT"
    assert letterhead.place_and_date.replace("\N{NO-BREAK SPACE}", " ") == ("Lạng Sơn, ngày     tháng     năm 2026")


@pytest.mark.parametrize(
    ("number", "printed"), [("5", "Số: 05/BC-SYT"), ("05/BC-SYT", "Số: 05/BC-SYT"), ("312", "Số: 312/BC-SYT")]
)
def test_letterhead_of_numbered_report_pads_bare_number(number, printed):
    assert agency_report_tree(agency_content(), number=number).letterhead.number == printed


@pytest.mark.parametrize(
    ("issued_on", "printed"),
    [
        (date(2026, 2, 5), "Lạng Sơn, ngày 05 tháng 02 năm 2026"),
        (date(2026, 3, 9), "Lạng Sơn, ngày 09 tháng 3 năm 2026"),
        (date(2026, 11, 25), "Lạng Sơn, ngày 25 tháng 11 năm 2026"),
    ],
)
def test_date_of_issue_pads_days_under_ten_and_months_one_and_two(issued_on, printed):
    assert agency_report_tree(agency_content(), issued_on=issued_on).letterhead.place_and_date == printed


def test_addressee_of_focal_agencys_own_report_is_absent_with_its_recipient_line():
    document = agency_report_tree(focal_content())

    assert document.addressee == ""
    assert document.recipients == ("- UBND tỉnh;", "- Lưu: VT, BĐG.")
    assert texts_after(document, "VII. Đề xuất, kiến nghị")[-1] == (
        f"Trên đây là báo cáo kết quả triển khai thực hiện Kế hoạch số 96/KH-UBND năm 2026 của {FOCAL_NAME}./."
    )


def test_closing_of_agency_report_sends_it_to_the_focal_agency():
    document = agency_report_tree(agency_content())

    assert document.addressee == FOCAL_NAME
    assert document.recipients == ("- Như trên;", "- Lưu: VT.")
    assert texts_after(document, "VII. Đề xuất, kiến nghị") == [
        "Không có đề xuất, kiến nghị.",
        "Trên đây là báo cáo kết quả triển khai thực hiện Kế hoạch số 96/KH-UBND năm 2026 của Sở Y tế,"
        f" gửi {FOCAL_NAME} tổng hợp, báo cáo UBND tỉnh./.",
    ]


def test_recipients_with_their_own_punctuation_are_closed_once():
    document = agency_report_tree(agency_content(recipients=["- Như trên;", "Lưu: VT, KGVX (PT)."]))

    assert document.recipients == ("- Như trên;", "- Lưu: VT, KGVX (PT).")


def test_area_with_work_states_its_text_and_every_measure():
    document = agency_report_tree(agency_content())

    assert texts_after(document, f"3. {AREAS[2]['title']}")[0].startswith("Tổ chức 12 hội nghị")
    table = tables(document)[2]
    assert [column.title for column in table.columns] == ["Mã", "Nhiệm vụ theo Kế hoạch", "Mức độ"]
    assert [(row[0], row[2]) for row in table.rows] == [(f"ND-3.{n}", "Hoàn thành") for n in range(1, 5)]


def test_tasks_of_an_area_are_quoted_whole():
    measures = [row[1] for table in tables(agency_report_tree(agency_content())) for row in table.rows]

    assert measures == [words for area in AREAS[:5] for words in area["measures"]]


def test_workbook_comes_with_a_report_that_has_figures():
    assert agency_report_tree(agency_content()).workbook == ""
    assert agency_report_tree(figures_content()).workbook == "so-lieu-so-y-te-2026.xlsx"


def test_table_of_few_lines_is_kept_whole_and_a_longer_one_goes_on():
    column = Column("Nhiệm vụ", TEXT_BOX_MM)
    row = ("x" * 80,)

    assert [Table("Bảng", (column,), (row,) * count).is_long for count in (12, 13)] == [False, True]


def test_area_with_unbegun_measure_gives_its_reason():
    table = tables(agency_report_tree(agency_content()))[3]

    assert [column.title for column in table.columns][-1] == "Lý do"
    assert table.rows[1][2:] == ("Chưa thực hiện", "Chờ hướng dẫn của Trung ương.")


def test_area_without_work_for_one_reason_is_one_sentence():
    document = agency_report_tree(agency_content())

    assert texts_after(document, f"6. {AREAS[5]['title']}") == [
        "Không phát sinh. Lý do: Không có vụ việc thuộc thẩm quyền."
    ]
    assert len(tables(document)) == 5


def test_area_without_work_for_several_reasons_lists_them():
    content = agency_content()
    content["parts"][6]["tasks"][0]["reason"] = "Chưa đến kỳ."

    document = agency_report_tree(content)

    assert texts_after(document, f"6. {AREAS[5]['title']}") == ["Không phát sinh."]
    assert [row[3] for row in tables(document)[5].rows] == ["Chưa đến kỳ.", "Không có vụ việc thuộc thẩm quyền."]


def test_area_of_a_draft_without_text_and_statuses_says_so():
    content = agency_content()
    content["parts"][1] |= {"text": "", "tasks": [t | {"status": ""} for t in content["parts"][1]["tasks"]]}

    document = agency_report_tree(content)

    assert texts_after(document, f"1. {AREAS[0]['title']}") == ["Chưa có nội dung."]


def test_responsibility_is_quoted_whole_with_status_result_and_difficulties():
    content = agency_content()
    words = content["parts"][7]["tasks"][0]["text"]

    document = agency_report_tree(content)

    heading = headings(document, 2)[6]
    assert heading == "1. Nhiệm vụ NV-07.1"
    assert texts_after(document, heading) == [
        f"Theo Kế hoạch: “{words}”",
        "Mức độ thực hiện: Đang thực hiện.",
        "Tỷ số giới tính khi sinh ước cả năm 113,2 bé trai/100 bé gái, giảm 0,8 điểm so với năm 2025.",
        "Thanh tra 18 cơ sở siêu âm, xử lý vi phạm 02 cơ sở.",
        "Khó khăn, vướng mắc: Thiết bị siêu âm tư nhân phân tán, khó kiểm soát.",
    ]


def test_responsibility_not_begun_gives_its_reason():
    content = agency_content()
    content["parts"][7]["tasks"][0] |= {"status": "not_started", "reason": "Chưa bố trí được kinh phí"}

    document = agency_report_tree(content)

    assert texts_after(document, headings(document, 2)[6])[1] == (
        "Mức độ thực hiện: Chưa thực hiện. Lý do: Chưa bố trí được kinh phí."
    )


def test_report_entered_from_a_letter_carries_its_number_and_says_so():
    document = agency_report_tree(district_content(letter={"number": "45/BC-UBND", "received_on": "2026-11-05"}))

    assert document.letterhead.number == "Số: 45/BC-UBND"
    assert document.note == (
        "(Nội dung được nhập từ Báo cáo số 45/BC-UBND của UBND huyện Tràng Định, nhận ngày 05/11/2026)"
    )
    assert document.letterhead.issuer == (
        IssuerLine("Ủy ban nhân dân", bold=True),
        IssuerLine("huyện Tràng Định", bold=True),
    )
    assert document.signature.lines == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")


def test_merged_report_has_the_sections_of_the_outline():
    document = consolidated_report_tree(consolidated_content())

    assert headings(document, 1) == [
        "I. Tình hình chung, công tác lãnh đạo, chỉ đạo, triển khai",
        "II. Kết quả thực hiện các nội dung của Kế hoạch",
        "III. Kết quả thực hiện nhiệm vụ được phân công",
        "IV. Kinh phí thực hiện",
        "V. Đánh giá chung",
        "VI. Phương hướng, nhiệm vụ năm 2027",
        "VII. Đề xuất, kiến nghị",
    ]
    assert document.addressee == "Ủy ban nhân dân tỉnh Lạng Sơn"
    assert document.subject.startswith("Tổng hợp kết quả triển khai thực hiện Kế hoạch số 96/KH-UBND")


def test_merged_report_states_who_reported_and_who_did_not():
    document = consolidated_report_tree(consolidated_content())

    assert texts_after(document, "1. Tình hình gửi báo cáo") == [
        "21/24 đơn vị đã gửi báo cáo: đúng hạn 18, quá hạn 03.",
        f"- Gửi đúng hạn (18): {'; '.join(AGENCIES[:18])}.",
        "- Gửi quá hạn (03): UBND huyện Văn Quan; UBND huyện Bắc Sơn; UBND huyện Hữu Lũng.",
        "- Đã gửi, chưa thẩm tra xong nên chưa tổng hợp vào báo cáo này (01): UBND huyện Hữu Lũng.",
        "03/24 đơn vị chưa gửi báo cáo: UBND huyện Chi Lăng; UBND huyện Lộc Bình; UBND huyện Đình Lập.",
    ]


def test_merged_paragraphs_name_their_agency_and_mark_the_unreviewed():
    document = consolidated_report_tree(consolidated_content())

    texts = texts_after(document, "IV. Kinh phí thực hiện")
    assert texts[0] == (f"{FOCAL_NAME} (không qua thẩm tra): Được giao 120 triệu đồng, đã sử dụng 96,5 triệu đồng.")
    assert texts[1] == "Sở Nội vụ: Được giao 120 triệu đồng, đã sử dụng 96,5 triệu đồng."
    assert len(texts) == 20 + 1


def test_merged_area_counts_statuses_and_states_gaps():
    document = consolidated_report_tree(consolidated_content())

    table = tables(document)[0]
    assert [column.title for column in table.columns][2:] == [
        "Hoàn thành",
        "Đang thực hiện",
        "Chưa thực hiện",
        "Không phát sinh",
    ]
    assert table.rows[0][0] == "ND-1.1"
    assert table.rows[0][2:] == ("13", "5", "0", "2")
    assert texts_after(document, f"1. {AREAS[0]['title']}")[-2:] == [
        "Không phát sinh (02 đơn vị): UBND huyện Văn Quan (Không có vụ việc thuộc thẩm quyền); UBND huyện Bắc Sơn.",
        "04/24 đơn vị chưa có nội dung báo cáo phần này: đã nêu tại khoản 1 mục I.",
    ]


def test_merged_part_names_missing_agencies_that_differ_from_section_one():
    content = consolidated_content()
    content["parts"][8]["missing"] = ["Sở Tài chính"]

    document = consolidated_report_tree(content)

    assert texts_after(document, "IV. Kinh phí thực hiện")[-1] == (
        "01/24 đơn vị chưa có nội dung báo cáo phần này: Sở Tài chính."
    )


def test_snapshot_of_the_first_schema_keeps_its_part_on_responsibilities():
    document = consolidated_report_tree(consolidated_content())

    assert texts_after(document, f"1. {FOCAL_NAME} (không qua thẩm tra)")[1] == "Mức độ thực hiện: Đang thực hiện."
    assert document.appendices == ()


def test_second_version_of_merged_report_says_what_it_replaces():
    document = consolidated_report_tree(consolidated_content(version=2))

    assert document.note == "(Bản thứ 2, thay thế bản thứ 1)"


@pytest.mark.parametrize("content", [agency_content(), focal_content(), district_content()])
def test_body_ends_with_the_decrees_closing_mark(content):
    last = agency_report_tree(content).body[-1]

    assert isinstance(last, Paragraph)
    assert last.runs[-1].text.endswith("./.")


def test_columns_of_every_table_fill_the_text_box():
    content = agency_content()
    content["parts"][6]["tasks"][0]["reason"] = "Chưa đến kỳ."

    for table in tables(agency_report_tree(content)) + tables(consolidated_report_tree(consolidated_content())):
        assert table.width_mm == TEXT_BOX_MM


def test_printable_composes_letters_and_drops_what_cannot_be_printed():
    pasted = "Đe\u0302\u0301n\x00 \u202ehạn\u200b\r\n\n  nộp\t\u00a0báo\ud800 cáo \uf0b7"

    assert printable({"texts": [pasted], "year": 2026}) == {"texts": ["Đến hạn\nnộp báo cáo"], "year": 2026}


@pytest.mark.parametrize("first", ["- Kế hoạch", "+ Kế hoạch", "1. Kế hoạch", "a) Kế hoạch"])
def test_label_before_an_enumeration_stands_alone_and_keeps_its_first_line(first):
    label, line = labelled_paragraphs("Sở Y tế", first)

    assert label.runs[0].text == "Sở Y tế:"
    assert label.keeps_next
    assert line.runs[0].text == first


def test_label_before_a_number_in_a_sentence_leads_it_in():
    (paragraph,) = labelled_paragraphs("Sở Y tế", "12 hội nghị được tổ chức.")

    assert [run.text for run in paragraph.runs] == ["Sở Y tế:", " 12 hội nghị được tổ chức."]


def test_line_that_ends_in_a_colon_keeps_the_next():
    assert [paragraph.keeps_next for paragraph in paragraphs("Văn bản đã ban hành:\n- Kế hoạch.")] == [True, False]


def test_merged_area_that_nobody_reported_says_so():
    content = consolidated_content()
    content["parts"][1] |= {"measures": [], "paragraphs": [], "nothing": [], "missing": list(AGENCIES)}

    document = consolidated_report_tree(content)

    assert texts_after(document, f"1. {AREAS[0]['title']}") == [
        "Chưa có nội dung tổng hợp.",
        f"24/24 đơn vị chưa có nội dung báo cáo phần này: {'; '.join(AGENCIES)}.",
    ]


def test_own_plan_stands_in_the_part_on_direction():
    document = agency_report_tree(figures_content())

    assert texts_after(document, "I. Công tác lãnh đạo, chỉ đạo, triển khai")[-1] == (
        "Kế hoạch triển khai của đơn vị: số 35/KH-SYT ngày 12/02/2026."
    )


def test_own_plan_that_is_not_there_yet_is_explained():
    plan = {"number": "", "issued_on": None, "why_not_yet": "Chờ kiện toàn Ban Vì sự tiến bộ của phụ nữ"}

    document = agency_report_tree(figures_content(implementation_plan=plan))

    assert texts_after(document, "I. Công tác lãnh đạo, chỉ đạo, triển khai")[-1] == (
        "Đơn vị chưa ban hành kế hoạch triển khai. Lý do: Chờ kiện toàn Ban Vì sự tiến bộ của phụ nữ."
    )


def test_evidence_is_counted_and_not_listed():
    document = agency_report_tree(figures_content())

    assert texts_after(document, headings(document, 2)[6])[-1] == "Minh chứng: 02 tệp gửi kèm trên hệ thống."
    assert [block.text for block in document.body if isinstance(block, Note)] == [
        "Minh chứng: 02 tệp gửi kèm trên hệ thống."
    ]


def test_snapshot_of_the_first_schema_prints_as_before():
    old, new = agency_report_tree(agency_content()), agency_report_tree(agency_content(tables=[], nothing=None))

    assert old == new
    assert old.appendices == ()


def test_shortened_keeps_whole_words_within_the_length():
    assert shortened("Tổ chức tập huấn kiến thức giới, kỹ năng", 33) == "Tổ chức tập huấn kiến thức giới…"
    assert shortened("Tổ chức", 7) == "Tổ chức"
    assert shortened("x" * 50, 10) == "x" * 10 + "…"


def test_day_in_text_pads_like_the_decree():
    assert [day_in_text(date(2018, 5, 29)), day_in_text(date(2019, 2, 5))] == ["29/5/2018", "05/02/2019"]


def test_roman_numbers_the_sections():
    assert [roman(number) for number in (1, 4, 7, 9, 10, 14)] == ["I", "IV", "VII", "IX", "X", "XIV"]
