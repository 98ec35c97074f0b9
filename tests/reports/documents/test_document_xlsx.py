"""Workbooks, read back: sheets and their names, numbers that are numbers, texts that stay texts, print settings."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from reports.charts import Chart, Series
from reports.documents.agency_report import agency_report_tree
from reports.documents.docx import PROJECT
from reports.documents.tree import Appendix, Column, Document, Heading, Table, Verification
from reports.documents.xlsx import printed_number, render_xlsx
from tests.reports.documents.samples import agency_content, figures_content

CHART = Chart(
    "bars",
    "Báo cáo nhận được qua các năm",
    "Số báo cáo nhận được và số gửi đúng hạn.",
    ("Năm 2025", "Năm 2026"),
    (Series("Đã nhận", (22, 24)), Series("Đúng hạn", (Decimal("19.5"), None))),
    "báo cáo",
)


def opened(document: Document) -> Workbook:
    return load_workbook(BytesIO(render_xlsx(document)))


def with_body(*blocks) -> Document:
    return replace(agency_report_tree(agency_content()), body=blocks, appendices=())


def table(*rows: tuple[str, ...], caption: str = "Bảng", numeric: bool = True) -> Table:
    columns = tuple(Column(f"Cột {place}", 40, numeric=numeric and place > 0) for place in range(len(rows[0])))
    return Table(caption, columns, rows)


def test_workbook_lists_its_tables_and_gives_each_a_sheet():
    workbook = opened(agency_report_tree(figures_content()))

    assert workbook.sheetnames == [
        "Mục lục",
        "1. Mức độ thực hiện… nội dung 1",
        "2. Mức độ thực hiện… nội dung 2",
        "3. Mức độ thực hiện… nội dung 3",
        "4. Mức độ thực hiện… nội dung 4",
        "5. Mức độ thực hiện… nội dung 5",
        "6. B1. Cán bộ nữ lãnh… quản lý",
        "7. B5. Sức khỏe sinh sản",
    ]
    contents = [[cell.value for cell in row if cell.value is not None] for row in workbook["Mục lục"].iter_rows()]
    assert contents[4:6] == [
        ["STT", "Trang tính", "Tên bảng", "Thuộc phần"],
        [
            1,
            "1. Mức độ thực hiện… nội dung 1",
            "Mức độ thực hiện các nhiệm vụ của nội dung 1",
            "1. Tăng cường tuyên truyền, giáo dục nâng cao nhận thức cho đội ngũ cán bộ đảng viên, công chức,"
            " viên chức và các tầng lớp nhân dân",
        ],
    ]
    assert contents[-1][1:] == ["7. B5. Sức khỏe sinh sản", "B5. Sức khỏe sinh sản", "Phụ lục. Biểu số liệu"]


def test_every_cell_of_a_table_stands_where_it_is_printed():
    tree = agency_report_tree(figures_content())
    tables = [block for block in (*tree.body, *tree.appendices[0].blocks) if isinstance(block, Table)]

    for printed, sheet in zip(tables, opened(tree).worksheets[1:], strict=True):
        assert sheet["A1"].value == printed.caption
        assert [cell.value for cell in sheet[3]] == [column.title for column in printed.columns]
        for printed_row, row in zip(printed.rows, sheet.iter_rows(min_row=4), strict=True):
            for column, text, cell in zip(printed.columns, printed_row, row, strict=True):
                assert shown(cell) == text if column.numeric else (cell.value or "") == text


def shown(cell) -> str:
    """Return what a Vietnamese reader sees of a cell, for the number formats in use."""
    if cell.data_type != "n" or cell.value is None:
        return cell.value or ""
    pattern = cell.number_format.split(";")[0]
    value = abs(cell.value) * (100 if pattern.endswith("0%") else 1)
    digits, _, words = pattern.removeprefix("+").partition('"')
    decimals = len(digits.removesuffix("%").partition(".")[2])
    whole, _, fraction = f"{value:,.{decimals}f}".partition(".")
    whole = whole.replace(",", "." if "#" in digits else "")
    least = len(digits.removesuffix("%").partition(".")[0]) if "#" not in digits else 1
    sign = "" if ";" not in cell.number_format else "-" if cell.value < 0 else "+"
    unit = "%" if digits.endswith("%") else words.rstrip('"')
    return f"{sign}{whole.zfill(least)}{',' if fraction else ''}{fraction}{unit}"


@pytest.mark.parametrize(
    ("text", "value", "number_format"),
    [
        ("845", 845, "0"),
        ("03", 3, "00"),
        ("0", 0, "0"),
        ("1.260", 1260, "#,##0"),
        ("1.234,5", 1234.5, "#,##0.0"),
        ("113,2", 113.2, "0.0"),
        ("1,2340", 1.234, "0.0000"),
        ("35,1%", 0.351, "0.0%"),
        ("100%", 1, "0%"),
        ("-0,8", -0.8, "+0.0;-0.0;0.0"),
        ("+95", 95, "+0;-0;0"),
        ("+3,2 điểm %", 3.2, '+0.0" điểm %";-0.0" điểm %";0.0" điểm %"'),
    ],
)
def test_number_as_it_is_printed_becomes_a_number_that_looks_so(text, value, number_format):
    sheet = opened(with_body(table(("Hàng", text)))).worksheets[1]

    assert (sheet["B4"].data_type, sheet["B4"].value, sheet["B4"].number_format) == ("n", value, number_format)
    assert sheet["B4"].alignment.horizontal == "right"
    assert shown(sheet["B4"]) == text


@pytest.mark.parametrize(
    "text",
    ["Không có số liệu", "-", "845/1.260 (67,1%)", "từ 60% trở lên", "1.5", "1,234", "1e3", "12 (2025)", "%"],
)
def test_word_in_a_numeric_column_stays_a_word(text):
    sheet = opened(with_body(table(("Hàng", text)))).worksheets[1]

    assert printed_number(text) is None
    assert (sheet["B4"].data_type, sheet["B4"].value) == ("s", text)


def test_number_in_a_column_of_words_stays_a_text_without_a_warning():
    file = render_xlsx(with_body(table(("1", "845"), numeric=False)))
    sheet = load_workbook(BytesIO(file)).worksheets[1]

    assert [(cell.data_type, cell.value) for cell in sheet[4]] == [("s", "1"), ("s", "845")]
    with ZipFile(BytesIO(file)) as package:
        assert b'<ignoredError sqref="A1:B4" numberStoredAsText="1"/>' in package.read("xl/worksheets/sheet2.xml")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+SUM(A1:A9)", "-2+3", "@SUM(A1)", "https://so-y-te.example/", "mailto:a@b.example", "{=A1}"],
)
@pytest.mark.parametrize("numeric", [True, False])
def test_text_becomes_no_formula_and_no_link(text, numeric):
    file = render_xlsx(with_body(table((text, text), caption=text, numeric=numeric)))
    sheet = load_workbook(BytesIO(file)).worksheets[1]

    assert [(cell.data_type, cell.value, cell.hyperlink) for cell in (*sheet[4], sheet["A1"])] == [
        ("s", text, None)
    ] * 3
    with ZipFile(BytesIO(file)) as package:
        assert not [name for name in package.namelist() if "externalLink" in name or "sheet2.xml.rels" in name]


def test_sheet_names_are_legal_and_differ():
    captions = [
        "A/B: [1]*?\\",
        "'Trích'",
        "history",
        "Cùng tên",
        "cùng tên",
        "x" * 200,
        "B1. Tên (Căn cứ: Nghị quyết)",
    ]

    names = opened(with_body(*(table(("a", "1"), caption=caption) for caption in captions))).sheetnames

    assert names == [
        "Mục lục",
        "1. A B 1",
        "2. Trích",
        "3. history",
        "4. Cùng tên",
        "5. cùng tên",
        f"6. {'x' * 27}…",
        "7. B1. Tên",
    ]
    assert all(len(name) <= 31 for name in names)


def test_chart_is_a_table_of_its_values():
    workbook = opened(with_body(Heading(1, "I", "Tình hình"), CHART))
    sheet = workbook.worksheets[1]

    assert sheet.title == "1. Báo cáo nhận được… các năm"
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Báo cáo nhận được qua các năm (báo cáo)", None, None],
        ["Số báo cáo nhận được và số gửi đúng hạn.", None, None],
        ["Nội dung", "Đã nhận", "Đúng hạn"],
        ["Năm 2025", 22, 19.5],
        ["Năm 2026", 24, None],
    ]


def test_sheets_print_lying_one_page_wide_with_their_headings_repeated():
    for sheet in opened(agency_report_tree(figures_content())).worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in [(1, 0), (None, 0)]
        if sheet.title != "Mục lục":
            assert sheet.print_title_rows == "$3:$3"
            assert sheet.freeze_panes.endswith("4")


def test_columns_are_as_wide_as_on_paper_and_rows_show_their_longest_text():
    tall = Table("Bảng", (Column("A", 37), Column("B", 74)), (("x" * 50, "y"),))

    sheet = opened(with_body(tall)).worksheets[1]

    assert [round(sheet.column_dimensions[letter].width) for letter in "AB"] == [21, 41]
    assert sheet.row_dimensions[4].height == 45


def test_text_longer_than_a_cell_is_cut_at_a_word_and_says_where_to_read_on():
    whole, long = "a" * 32_767, "Đề nghị bố trí kinh phí. " * 1_400

    cut = opened(with_body(table((whole, long)))).worksheets[1]["B4"].value

    words = cut.removesuffix("… (xem đủ trong văn bản)")
    assert 32_700 < len(cut) <= 32_767
    assert words != cut
    assert long.startswith(words)
    assert not long[len(words)].isalnum()
    assert opened(with_body(table((whole, "1")))).worksheets[1]["A4"].value == whole


def test_description_of_a_chart_stands_over_its_columns_in_lines():
    sheet = opened(
        with_body(replace(CHART, description="Số báo cáo nhận được và số gửi đúng hạn. " * 10))
    ).worksheets[1]

    assert [str(cells) for cells in sheet.merged_cells.ranges] == ["A2:C2"]
    assert sheet["A2"].alignment.wrap_text
    assert sheet.row_dimensions[2].height == 90


def test_workbook_says_what_it_belongs_to():
    tree = replace(
        agency_report_tree(figures_content(), number="5"),
        verification=Verification("ABCD-EFGH-2345", "https://ke-hoach.example/xac-thuc/ABCD-EFGH-2345/"),
    )
    workbook = opened(tree)

    assert (workbook.properties.title, workbook.properties.creator) == (tree.title, "Sở Y tế")
    assert [workbook["Mục lục"].cell(row, 1).value for row in range(1, 5)] == [
        f"Báo cáo {tree.subject}",
        "Sở Y tế",
        f"{tree.letterhead.number}. {tree.letterhead.place_and_date}",
        "Mã tra cứu: ABCD-EFGH-2345. Kiểm tra tại https://ke-hoach.example/xac-thuc/ABCD-EFGH-2345/",
    ]


def test_document_without_tables_has_a_list_that_says_so():
    workbook = opened(with_body())

    assert workbook.sheetnames == ["Mục lục"]
    assert "Văn bản này không có bảng số liệu." in [cell.value for cell in workbook["Mục lục"]["A"]]


def test_appendices_are_named_by_their_numbers():
    tree = with_body()
    appendix = Appendix("II", "Tình hình gửi báo cáo", "", (table(("a", "1")),))

    (row,) = list(opened(replace(tree, appendices=(appendix,)))["Mục lục"].iter_rows(min_row=6, values_only=True))

    assert row == (1, "1. Bảng", "Bảng", "Phụ lục II. Tình hình gửi báo cáo")


@pytest.mark.long
def test_same_document_gives_same_bytes_in_processes_of_different_hash_seeds():
    program = (
        "import django, hashlib\n"
        "django.setup()\n"
        "from reports.documents.agency_report import agency_report_tree\n"
        "from reports.documents.xlsx import render_xlsx\n"
        "from tests.reports.documents.samples import figures_content\n"
        "print(hashlib.sha256(render_xlsx(agency_report_tree(figures_content()))).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=PROJECT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "UTC"), ("2", "Asia/Ho_Chi_Minh"))
    }

    assert digests == {hashlib.sha256(render_xlsx(agency_report_tree(figures_content()))).hexdigest()}
