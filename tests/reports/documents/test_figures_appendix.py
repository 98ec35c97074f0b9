"""The figures of a report as its appendix: what every shape of answer prints as."""

from datetime import date

import pytest

from reports.documents.agency_report import agency_report_tree
from reports.documents.tree import LANDSCAPE_TEXT_BOX_MM, Document, Paragraph, Table
from tests.reports.documents.samples import FIGURES_WORDS, agency_content, common, figure, figures_content


def tables(document: Document) -> list[Table]:
    (appendix,) = document.appendices
    return [block for block in appendix.blocks if isinstance(block, Table)]


def cells(**answer) -> dict[str, str]:
    """Return the printed row of one figure by its column's title, the empty ones left out."""
    content = figures_content()
    content["tables"] = [
        {"code": "B1", "title": "Biểu", "source": "", "rows": [figure("B1.1", "Chỉ tiêu", "người", **answer)]}
    ]
    (table,) = tables(agency_report_tree(content))
    titles = [column.title for column in table.columns]
    printed = dict(zip(titles, table.rows[0], strict=True))
    assert (printed.pop("STT"), printed.pop("ĐVT")) == ("1", "người")
    return {title: text for title, text in printed.items() if text}


def texts(blocks) -> list[str]:
    return ["".join(run.text for run in block.runs) for block in blocks if isinstance(block, Paragraph)]


def test_report_without_figures_has_no_appendix_and_names_none():
    document = agency_report_tree(agency_content())

    assert document.appendices == ()
    assert [text for text in texts(document.body) if "Phụ lục" in text] == []


def test_report_with_figures_names_its_appendix_before_it_closes():
    assert texts(agency_report_tree(figures_content()).body)[-2] == "Số liệu cụ thể tại Phụ lục kèm theo Báo cáo này."


def test_appendix_lies_on_its_side_under_its_title():
    (appendix,) = agency_report_tree(figures_content()).appendices

    assert (appendix.number, appendix.title, appendix.landscape) == ("", "Biểu số liệu", True)
    assert appendix.note.replace("\N{NO-BREAK SPACE}", " ") == (
        "(Kèm theo Báo cáo số       /BC-SYT ngày     tháng     năm 2026 của Sở Y tế)"
    )
    assert texts(appendix.blocks) == [FIGURES_WORDS]


def test_appendix_of_a_numbered_report_says_which_it_is():
    (appendix,) = agency_report_tree(figures_content(), number="7", issued_on=date(2026, 11, 5)).appendices

    assert appendix.note == "(Kèm theo Báo cáo số 07/BC-SYT ngày 05 tháng 11 năm 2026 của Sở Y tế)"


def test_figures_part_is_no_section_of_the_body():
    body = agency_report_tree(figures_content()).body

    assert [text for text in texts(body) if text == FIGURES_WORDS] == []
    assert [block.text for block in body if getattr(block, "level", 0) == 1][-1] == "Đề xuất, kiến nghị"


def test_tables_fill_the_sheet_and_name_rows_by_indicator():
    for table in tables(agency_report_tree(figures_content())):
        assert table.width_mm == LANDSCAPE_TEXT_BOX_MM
        assert table.columns[table.named_by].title == "Chỉ tiêu"


def test_table_is_called_by_code_title_and_source():
    assert [table.caption for table in tables(agency_report_tree(figures_content()))] == [
        "B1. Cán bộ nữ lãnh đạo, quản lý (Căn cứ: Nghị quyết số 28/NQ-CP)",
        "B5. Sức khỏe sinh sản",
    ]


def test_count_is_compared_with_last_year():
    assert cells(total="1260", last={"year": 2025, "total": "1200.5", "included": None}) == {
        "Chỉ tiêu": "Chỉ tiêu",
        "Tổng số": "1.260",
        "Năm trước": "1.200,5",
        "Tăng/ giảm": "+59,5",
    }


def test_zero_is_a_number():
    assert cells(total="0", last={"year": 2025, "total": "4", "included": None}) == {
        "Chỉ tiêu": "Chỉ tiêu",
        "Tổng số": "0",
        "Năm trước": "4",
        "Tăng/ giảm": "-4",
    }


def test_women_of_a_total_are_a_share_in_percent():
    assert cells(
        shape="by_sex",
        total="1260",
        included="845",
        last={"year": 2025, "total": "1200", "included": "750"},
        target={"year": 2026, "comparison": "at_least", "value": "60.0"},
    ) == {
        "Chỉ tiêu": "Chỉ tiêu",
        "Tổng số": "1.260",
        "Trong đó nữ/tử số": "845",
        "Tỷ lệ": "67,1%",
        "Năm trước": "750/1.200 (62,5%)",
        "Tăng/ giảm": "+4,6 điểm %",
        "Mục tiêu": "từ 60% trở lên",
        "Đạt/ Chưa đạt": "Đạt",
    }


def test_ratio_names_what_is_divided_and_by_what():
    printed = cells(
        shape="ratio",
        factor=100_000,
        computed_unit="/100.000 trẻ",
        included_label="Số ca tử vong",
        total_label="Số trẻ đẻ sống",
        total="20000",
        included="9",
        target={"year": 2026, "comparison": "at_most", "value": "42"},
    )

    assert printed == {
        "Chỉ tiêu": "Chỉ tiêu (tử số: số ca tử vong; mẫu số: số trẻ đẻ sống)",
        "Tổng số": "20.000",
        "Trong đó nữ/tử số": "9",
        "Tỷ lệ": "45",
        "Mục tiêu": "không quá 42",
        "Đạt/ Chưa đạt": "Chưa đạt",
    }


@pytest.mark.parametrize(("value", "word"), [("62", None), ("80", "Đạt")])
def test_target_of_a_later_year_is_not_missed_yet(value, word):
    printed = cells(total=value, target={"year": 2030, "comparison": "at_least", "value": "75"})

    assert printed["Mục tiêu"] == "từ 75 trở lên (năm 2030)"
    assert printed.get("Đạt/ Chưa đạt") == word


def test_share_of_nothing_is_a_dash_and_reaches_no_target():
    printed = cells(
        shape="by_sex", total="0", included="0", target={"year": 2026, "comparison": "at_least", "value": "60"}
    )

    assert printed == {
        "Chỉ tiêu": "Chỉ tiêu",
        "Tổng số": "0",
        "Trong đó nữ/tử số": "0",
        "Tỷ lệ": "-",
        "Mục tiêu": "từ 60% trở lên",
    }


def test_no_data_is_said_with_its_reason():
    assert cells(shape="by_sex", has_no_data=True, reason="Huyện chưa gửi số liệu", basis="estimate") == {
        "Chỉ tiêu": "Chỉ tiêu",
        "Tổng số": "Không có số liệu",
        "Ghi chú": "Lý do: Huyện chưa gửi số liệu.",
    }


def test_empty_answer_is_never_printed_as_zero():
    assert cells(last={"year": 2025, "total": "4", "included": None}) == {
        "Chỉ tiêu": "Chỉ tiêu",
        "Tổng số": "Chưa báo cáo",
        "Năm trước": "4",
    }


@pytest.mark.parametrize(
    ("last", "change", "remark"),
    [
        ({"total": "1470", "is_comparable": False}, None, "Tăng/giảm: chưa đủ đơn vị để so sánh."),
        ({"total": "600", "agencies": 14}, "+60", "Số năm trước của cùng 14 đơn vị."),
    ],
)
def test_merged_row_says_of_whom_last_years_figure_is(last, change, remark):
    printed = cells(total="660", answers=[], missing=[], last={"year": 2025, "included": None} | last)

    assert (printed.get("Tăng/ giảm"), printed["Ghi chú"]) == (change, remark)


@pytest.mark.parametrize(("answer", "printed"), [("1", "Có"), ("0", "Không")])
def test_yes_or_no_is_a_word(answer, printed):
    assert cells(shape="yes_no", total=answer, last={"year": 2025, "total": "0", "included": None}) == {
        "Chỉ tiêu": "Chỉ tiêu",
        "Tổng số": printed,
        "Năm trước": "Không",
    }


def test_estimate_and_explanation_stand_in_the_remarks():
    assert cells(total="5", basis="estimate", explanation="Sắp xếp lại tổ chức bộ máy")["Ghi chú"] == (
        "Ước cả năm. Sắp xếp lại tổ chức bộ máy."
    )


def test_words_on_figures_are_printed_where_there_is_no_table():
    content = agency_content()
    content["parts"].append({**common("so-lieu", "Biểu số liệu", FIGURES_WORDS), "kind": "figures"})

    (appendix,) = agency_report_tree(content).appendices

    assert texts(appendix.blocks) == [FIGURES_WORDS]
