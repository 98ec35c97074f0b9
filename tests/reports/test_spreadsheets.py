"""The tables of figures as a workbook: what is written into it, and what is read out of one that was filled in."""

import datetime
import io
import zipfile
from decimal import Decimal

import pytest
from openpyxl import Workbook

from assignments.models import Indicator, IndicatorTable, Target
from reports import opening, services
from reports.figure_tables import rows_of
from reports.figures import FigureInput
from reports.files import FileRefused
from reports.forms.fields import REASON_MAX_LENGTH
from reports.models import IndicatorValue, Report
from reports.spreadsheets import layout
from reports.spreadsheets.cells import read_cells
from reports.spreadsheets.preview import preview_of
from reports.spreadsheets.reading import CellsRefused, FiguresRead, read_figures
from tests import factories
from tests.conftest import DURING, YEAR, fill
from tests.reports.workbooks import downloaded, figures_part, filled, opened, saved, with_cell

pytestmark = pytest.mark.long

D = Decimal
# The sheets of the workbook, from 1: the guide, B3 (meetings; people by sex), B5 (a share; yes or no; money; a rate).
B3, B5 = 2, 3
ACTUAL = "Thực hiện đến ngày chốt số liệu"


@pytest.fixture
def indicators(plan, agency, health_indicators):
    table = factories.IndicatorTableFactory(
        plan=plan, code="B5", position=2, title="Phòng, chống bạo lực", source="Nghị quyết số 28/NQ-CP"
    )
    own = {"table": table, "participants": [plan.participant_of(agency)]}
    factories.IndicatorFactory(
        **own, code="B5.1", position=1, shape="ratio", unit="% nạn nhân", total_label="Nạn nhân",
        included_label="Nạn nhân được hỗ trợ",
    )  # fmt: skip
    factories.IndicatorFactory(
        **own, code="B5.2", position=2, shape="yes_no", unit="có/không", total_label="Có mô hình"
    )
    factories.IndicatorFactory(**own, code="B5.3", position=3, unit="triệu đồng", decimals=1)
    factories.IndicatorFactory(
        **own, code="B5.4", position=4, shape="ratio", unit="ca/100.000", factor=100_000,
        total_label="Trẻ đẻ sống", included_label="Ca tử vong",
    )  # fmt: skip


@pytest.fixture
def cycle(indicators, cycle):
    """The year 2026, in which Sở Y tế is asked for six figures in two tables."""
    return cycle


def read(report: Report, content: bytes) -> FiguresRead:
    part = figures_part(report)
    return read_figures(io.BytesIO(content), part, rows_of(part))


def problems(report: Report, content: bytes) -> list[tuple[str, str]]:
    with pytest.raises(CellsRefused) as refusal:
        read(report, content)
    return [(f"{p.place.sheet}!{p.place.cell}", p.sentence) for p in refusal.value.problems]


def refusal(report: Report, content: bytes) -> str:
    with pytest.raises(FileRefused) as error:
        read(report, content)
    return str(error.value)


def save(report, by, answers):
    part = figures_part(report)
    return services.save_figures(part, by=by, now=DURING, version=part.version, answers=answers, text=part.text)


def changes(report: Report, content: bytes) -> list[tuple[str, str, str, str]]:
    preview = preview_of(read(report, content), rows_of(figures_part(report)))
    return [(c.row.code, c.what, c.before, c.after) for c in preview.changes]


# What is written


def values(content: bytes, sheet: str) -> list[tuple]:
    return list(opened(content)[sheet].iter_rows(values_only=True))


def test_workbook_has_the_guide_a_sheet_for_each_table_and_its_identity_out_of_sight(report):
    workbook = opened(downloaded(report))

    assert [(sheet.title, sheet.sheet_state) for sheet in workbook.worksheets] == [
        ("Hướng dẫn", "visible"),
        ("Biểu B3", "visible"),
        ("Biểu B5", "visible"),
        ("Nhận dạng", "veryHidden"),
    ]


def test_sheet_has_headings_units_and_how_to_answer(report):
    rows = values(downloaded(report), "Biểu B5")

    assert [row[0] for row in rows[:4]] == [
        "B5. Phòng, chống bạo lực",
        "Căn cứ: Nghị quyết số 28/NQ-CP",
        "Sở Y tế. Báo cáo năm 2026, số liệu từ 15/12/2025 đến hết 31/10/2026.",
        "Chỉ điền các ô nền vàng. Không phát sinh thì ghi 0; ô để trống là chưa có số liệu.",
    ]
    assert rows[4] == (
        "Mã", "Chỉ tiêu", "Đơn vị tính", "Cách ghi", "Tổng số hoặc mẫu số", "Trong đó hoặc tử số", "Tỷ lệ (tự tính)",
        "Không có số liệu", "Lý do không có số liệu", "Giải thích tăng, giảm", "Thời điểm số liệu",
        "Năm 2025: tổng số hoặc mẫu số", "Năm 2025: trong đó hoặc tử số", "Năm 2025: tỷ lệ", "Mục tiêu",
    )  # fmt: skip
    assert [row[:4] for row in rows[5:]] == [
        ("B5.1", "Số thử B5.1", "% nạn nhân", "Cột E: Nạn nhân. Cột F: Nạn nhân được hỗ trợ."),
        ("B5.2", "Số thử B5.2", "có/không", "Cột E: chọn Có hoặc Không."),
        ("B5.3", "Số thử B5.3", "triệu đồng", "Cột E: Tổng số. Nhiều nhất 1 chữ số sau dấu phẩy."),
        ("B5.4", "Số thử B5.4", "ca/100.000", "Cột E: Trẻ đẻ sống. Cột F: Ca tử vong."),
    ]


def test_sheet_has_the_answers_last_year_and_the_target(plan, agency, head, clerk, report):
    Target.objects.create(indicator=Indicator.objects.get(code="B3.2"), year=2030, value=D("45.5"))
    opened_at = DURING.replace(year=YEAR - 1)
    before = opening.open_cycle(plan, YEAR - 1, by=None, now=opened_at)[0]
    last = fill(Report.objects.select_related("cycle__plan", "agency").get(cycle=before, agency=agency))
    services.submit_report(last, by=head, now=opened_at)
    answers = {
        "B3.1": FigureInput(has_no_data=True, reason="Mất sổ."),
        "B3.2": FigureInput(D(1260), D(540), explanation="- Mở thêm lớp\n- Có kinh phí", basis="estimate"),
    }
    save(report, clerk, answers)

    rows = values(downloaded(report), "Biểu B3")

    assert rows[5][4:] == (None, "", "", "Không có số liệu", "Mất sổ.", None, ACTUAL, 1, None, None, "")
    assert rows[6][4:6] == (1260, 540)
    assert rows[6][7:] == (
        None, None, "- Mở thêm lớp\n- Có kinh phí", "Ước cả năm", 10, 4, 40, "2030: từ 45,5%",
    )  # fmt: skip


def test_share_is_our_own_formula_with_its_result_stored(clerk, report):
    save(report, clerk, {"B5.1": FigureInput(D(205), D(85)), "B5.4": FigureInput(D(9800), D(4))})
    content = downloaded(report)
    stored = {sheet["title"]: sheet["rows"] for sheet in read_cells(content)}["Biểu B5"]

    sheet = opened(content)["Biểu B5"]
    assert sheet["G6"].value == '=IFERROR(IF(OR(E6="",F6="",E6=0),"",ROUND(F6/E6*100,1)),"")'
    assert sheet["G9"].value == '=IFERROR(IF(OR(E9="",F9="",E9=0),"",ROUND(F9/E9*100000,1)),"")'
    assert [sheet[cell].data_type for cell in ("G7", "G8")] == ["s", "s"]
    assert [sheet[cell].protection.locked for cell in ("G6", "G9")] == [True, True]
    assert (stored["6"]["7"]["value"], stored["9"]["7"]["value"]) == (41.5, 40.8)


DANGEROUS = [
    ("=1+1", '=HYPERLINK("https://x.example","y")'),
    ("+84 205", "@SUM(A1)"),
    ("-5% so với năm trước", "https://x.example"),
    ("{=1+1}", "_x0041_ & <b>"),
]


@pytest.mark.parametrize(("reason", "explanation"), DANGEROUS)
def test_text_is_a_string_cell_and_comes_back_as_it_was(report, clerk, reason, explanation):
    Indicator.objects.filter(code="B3.1").update(name=reason, guidance=explanation)
    answer = FigureInput(has_no_data=True, reason=reason, explanation=explanation)
    save(report, clerk, {"B3.1": answer})
    content = downloaded(report)

    cells = [opened(content)["Biểu B3"][place] for place in ("B6", "I6", "J6")]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [
        (text, "s", None) for text in (reason, reason, explanation)
    ]
    assert read(report, content).answers["B3.1"] == answer


def test_only_answer_cells_may_be_changed(report):
    workbook = opened(downloaded(report))

    sheet = workbook["Biểu B5"]
    assert [s.protection.sheet for s in workbook.worksheets] == [True] * 4
    assert sheet.protection.password is None
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    of_every_row = {f"{column}{row}" for column in "EHIJK" for row in (6, 7, 8, 9)}
    assert unlocked == of_every_row | {"F6", "F9"}


def test_answers_are_checked_while_they_are_typed(report):
    sheet = opened(downloaded(report))["Biểu B5"]
    rules = {
        cell: (rule.type, rule.operator, rule.formula1, rule.formula2)
        for rule in sheet.data_validations.dataValidation
        for cell in str(rule.sqref).split()
    }

    assert {cell: rules[cell] for cell in ("E6", "F6", "E7", "E8", "E9", "F9", "H6", "I6", "J6", "K6")} == {
        "E6": ("whole", "greaterThanOrEqual", "0", None),
        "F6": ("whole", None, "0", "E6"),  # between, which is what Excel takes where nothing is said
        "E7": ("list", None, '"Có,Không"', None),
        "E8": ("decimal", "greaterThanOrEqual", "0", None),
        "E9": ("whole", "greaterThanOrEqual", "0", None),
        "F9": ("whole", "greaterThanOrEqual", "0", None),
        "H6": ("list", None, '"Không có số liệu"', None),
        "I6": ("textLength", "lessThanOrEqual", "2000", None),
        "J6": ("textLength", "lessThanOrEqual", "2000", None),
        "K6": ("list", None, '"Thực hiện đến ngày chốt số liệu,Ước cả năm"', None),
    }
    assert "F7" not in rules
    coloured = {str(found.sqref): [rule.formula for rule in found.rules] for found in sheet.conditional_formatting}
    assert coloured == {"E6:F6": [['AND($E6<>"",N($F6)>N($E6))']]}
    assert layout.LONGEST_REMARK == REASON_MAX_LENGTH


def test_sheet_prints_on_one_page_wide_with_its_headings(report):
    sheet = opened(downloaded(report))["Biểu B5"]

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)  # one wide unless said
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.freeze_panes == "C6"


def test_same_content_gives_the_same_bytes(clerk, report):
    first, second = downloaded(report), downloaded(report)
    save(report, clerk, {"B3.1": FigureInput(D(1))})

    assert first == second
    assert downloaded(report) != first


# What is read


def test_filled_in_workbook_is_read_as_it_was_meant(report):
    cells = {
        "Biểu B3!E6": 0,
        "Biểu B3!E7": "1.260", "Biểu B3!F7": 540.0, "Biểu B3!J7": " Mở thêm lớp. ", "Biểu B3!K7": "ước cả năm",
        "Biểu B5!E6": None,
        "Biểu B5!E7": "KHÔNG",
        "Biểu B5!E8": 1234.5,
        "Biểu B5!H9": "Không có số liệu", "Biểu B5!I9": "Chưa thống kê.",
    }  # fmt: skip

    found = read(report, filled(downloaded(report), cells))

    assert found.answers == {
        "B3.1": FigureInput(D(0)),
        "B3.2": FigureInput(D(1260), D(540), explanation="Mở thêm lớp.", basis="estimate"),
        "B5.1": FigureInput(),
        "B5.2": FigureInput(D(0)),
        "B5.3": FigureInput(D("1234.5")),
        "B5.4": FigureInput(has_no_data=True, reason="Chưa thống kê."),
    }
    assert (found.formulas, found.left_out, found.not_read) == ([], [], [])
    assert str(found.places["B3.2", "included"]) == "Trang “Biểu B3”, ô F7"


def test_untouched_workbook_changes_nothing(report, clerk):
    save(report, clerk, {"B5.3": FigureInput(D("0.3")), "B5.2": FigureInput(D(1)), "B3.2": FigureInput(D(10), D(4))})
    content = downloaded(report)

    assert changes(report, content) == []
    assert changes(report, filled(content, {})) == []


def test_number_is_what_excel_shows_of_it(report):
    content = with_cell(downloaded(report), B5, "E8", '<c r="E8"><v>0.30000000000000004</v></c>')

    assert read(report, content).answers["B5.3"] == FigureInput(D("0.3"))


def test_formula_gives_its_stored_result_and_is_named(report):
    content = with_cell(downloaded(report), B3, "E7", '<c r="E7"><f>SUM(Q1:Q9)</f><v>1260</v></c>')
    content = with_cell(content, B3, "J7", '<c r="J7" t="str"><f>"Mở thêm"</f><v>Mở thêm</v></c>')

    found = read(report, content)

    assert found.answers["B3.2"] == FigureInput(D(1260), explanation="Mở thêm")
    assert [(str(place), value) for place, value in found.formulas] == [
        ("Trang “Biểu B3”, ô E7", "1.260"),
        ("Trang “Biểu B3”, ô J7", "Mở thêm"),
    ]


@pytest.mark.parametrize(
    "xml",
    [
        '<c r="E6"><f>1+1</f></c>',
        '<c r="E6" t="str"><f>IF(1,"","")</f><v></v></c>',
        '<c r="E6"><f t="shared" ref="E6:E7" si="0">1+1</f></c>',
        '<c r="E6"><f t="array" ref="E6">1+1</f></c>',
    ],
)
def test_formula_without_a_stored_result_is_an_error(report, xml):
    assert problems(report, with_cell(downloaded(report), B3, "E6", xml)) == [
        (
            "Biểu B3!E6",
            "Ô là công thức mà tệp không lưu kết quả. Hãy mở tệp bằng Excel rồi lưu lại, hoặc ghi kết quả thay công "
            "thức.",
        )
    ]


# Column, XML of the cell, and the sentence; each stands in a row of its own.
DATE = "Excel đã hiểu ô này là ngày tháng. Hãy xóa ô, chọn định dạng Số (hoặc Văn bản) rồi ghi lại."
DIVIDED = "Ô đang báo lỗi #DIV/0!. Hãy sửa công thức, hoặc ghi kết quả thay công thức."
NO_RESULT = (
    "Ô là công thức mà tệp không lưu kết quả. Hãy mở tệp bằng Excel rồi lưu lại, hoặc ghi kết quả thay công thức."
)
HOW_TO_WRITE = "Hãy viết như 1.234,5: dấu chấm ngăn hàng nghìn, dấu phẩy trước phần thập phân."
WRONG_CELLS = [
    ("E", "<v>-3</v>", "Số không được âm. Hãy ghi số từ 0 trở lên."),
    ("E", "<v>1.5</v>", "Phải là số nguyên."),
    ("E", "<v>0.123456</v>", "Nhiều nhất 4 chữ số sau dấu phẩy. Hãy làm tròn số này."),
    ("E", "<v>1E+20</v>", "Nhiều nhất 15 chữ số. Hãy kiểm tra lại số này."),
    ("E", "<v>1E+999</v>", "Số quá lớn. Hãy kiểm tra lại số này."),
    ("E", f"<v>{'9' * 400}</v>", "Nhiều nhất 15 chữ số. Hãy kiểm tra lại số này."),
    ("E", "b:<v>1</v>", "Ô ghi giá trị đúng, sai (TRUE, FALSE). Hãy ghi lại."),
    ("E", "e:<v>#DIV/0!</v>", DIVIDED),
    ("E", "e:<f>1/0</f><v>#DIV/0!</v>", DIVIDED),
    ("E", "d:<v>2026-05-01T00:00:00</v>", DATE),
    ("E", "str:<v>12 cuộc</v>", f"Chỉ ghi số, không ghi chữ hay đơn vị. {HOW_TO_WRITE}"),
    (
        "E",
        "str:<v>1,234</v>",
        "“1,234” có thể hiểu hai cách. Hãy viết 1.234 nếu dấu phẩy ngăn hàng nghìn, hoặc 1,2340 nếu là số thập phân.",
    ),
    (
        "E",
        "str:<v>-</v>",
        "Nếu không có số liệu, hãy để trống ô này, đánh dấu “Không có số liệu” và ghi lý do.",
    ),
    ("E", "<f>1+1</f>", NO_RESULT),
    ("E", 'str:<f>IF(1,"","")</f><v></v>', NO_RESULT),
    ("E", '<f t="shared" ref="E20:E21" si="0">1+1</f>', NO_RESULT),
    ("E", '<f t="array" ref="E22">1+1</f>', NO_RESULT),
    ("F", "<v>3</v>", "Chỉ tiêu này chỉ có một số. Hãy để trống ô này."),
    ("H", "str:<v>x</v>", "Hãy chọn “Không có số liệu” trong danh sách, hoặc để trống."),
    ("I", "d:<v>2026-05-01</v>", DATE),
    ("J", f"str:<v>{'x' * 2001}</v>", "Nhiều nhất 2.000 ký tự. Hãy viết ngắn lại."),
    (
        "J",
        "str:<v>§· tæ chøc tËp huÊn cho c¸n bé n÷</v>",
        "Chữ được gõ bằng bảng mã cũ TCVN3 (phông chữ .VnTime): “tæ” đọc là “tổ”. Hãy chuyển sang Unicode bằng công "
        "cụ chuyển mã của bộ gõ tiếng Việt (trong UniKey: mục Công cụ).",
    ),
    (
        "K",
        "str:<v>Sang năm</v>",
        "Hãy chọn “Thực hiện đến ngày chốt số liệu”, “Ước cả năm” trong danh sách, hoặc để trống.",
    ),
]


def test_every_cell_that_cannot_be_used_is_said_with_its_reason(plan, agency, health_indicators):
    """All at once, so that the file is mended once."""
    table = factories.IndicatorTableFactory(plan=plan, code="B9", position=9)
    own = [plan.participant_of(agency)]
    for number in range(len(WRONG_CELLS)):
        factories.IndicatorFactory(table=table, code=f"B9.{number + 1}", position=number, participants=own)
    cycle = opening.open_cycle(plan, YEAR, by=None, now=DURING)[0]
    report = cycle.reports.get(agency=agency)
    content, expected = downloaded(report), []
    for row, (column, xml, sentence) in enumerate(WRONG_CELLS, start=6):
        kind, _, inside = xml.rpartition(":<")
        kind = f' t="{kind}"' if kind else ""
        place = f"{column}{row}"
        content = with_cell(content, 3, place, f'<c r="{place}"{kind}>{"<" if kind else ""}{inside}</c>')
        expected.append((f"Biểu B9!{place}", sentence))

    assert problems(report, content) == expected


def test_contradictions_are_refused_and_gaps_are_not(report):
    cells = {
        "Biểu B3!E7": 10, "Biểu B3!F7": 11,
        "Biểu B5!E6": 5, "Biểu B5!F6": 6,
        "Biểu B5!E7": 2,
        "Biểu B5!E8": 3, "Biểu B5!H8": "Không có số liệu",
        "Biểu B5!E9": 5, "Biểu B5!F9": 6,
    }  # fmt: skip
    gaps = {"Biểu B3!F7": 11, "Biểu B5!H8": "Không có số liệu", "Biểu B5!E9": 0}

    assert problems(report, filled(downloaded(report), cells)) == [
        ("Biểu B3!F7", "“Trong đó nữ” (11) không thể lớn hơn “Tổng số” (10)."),
        ("Biểu B5!F6", "“Nạn nhân được hỗ trợ” (6) không thể lớn hơn “Nạn nhân” (5)."),
        ("Biểu B5!E7", "Hãy chọn Có hoặc Không."),
        ("Biểu B5!E8", "Đã đánh dấu “Không có số liệu” nhưng vẫn ghi số. Hãy xóa số hoặc bỏ đánh dấu."),
    ]
    assert read(report, filled(downloaded(report), gaps)).answers["B3.2"] == FigureInput(included=D(11))


def test_percentage_format_is_refused_where_a_number_is_meant(report):
    workbook = opened(downloaded(report))
    workbook["Biểu B3"]["E6"] = 0.35
    workbook["Biểu B3"]["E6"].number_format = "0%"

    assert problems(report, saved(workbook)) == [
        ("Biểu B3!E6", "Ô đang định dạng phần trăm. Hãy đổi sang định dạng Số rồi ghi lại số.")
    ]


def test_date_that_excel_made_of_a_number_is_refused(report):
    workbook = opened(downloaded(report))
    workbook["Biểu B3"]["E6"] = datetime.date(2026, 5, 1)

    assert problems(report, saved(workbook)) == [("Biểu B3!E6", DATE)]


# Rows and sheets that were moved


def test_moved_rows_columns_and_sheets_are_found_by_their_codes_and_headings(report):
    workbook = opened(downloaded(report))
    sheet = workbook["Biểu B5"]
    sheet["E8"] = 7.5
    sheet.insert_rows(7)
    sheet["A7"] = "Phần này do phòng Kế hoạch điền"
    sheet.insert_cols(1)
    sheet.title = "Bao luc"
    workbook.move_sheet(sheet, -2)
    workbook.create_sheet("Tính thử")["E6"] = 1

    found = read(report, saved(workbook))

    assert found.answers["B5.3"] == FigureInput(D("7.5"))
    assert str(found.places["B5.3", "total"]) == "Trang “Bao luc”, ô F9"
    assert (found.left_out, found.not_read) == ([], ["Tính thử"])


def test_rows_that_are_left_out_are_named_and_keep_what_they_have(report, clerk):
    save(report, clerk, {"B3.1": FigureInput(D(5))})
    workbook = opened(downloaded(report))
    del workbook["Biểu B3"]
    workbook["Biểu B5"].delete_rows(9)
    workbook["Biểu B5"]["E8"] = 3

    content = saved(workbook)

    assert read(report, content).left_out == ["B3.1", "B3.2", "B5.4"]
    assert changes(report, content) == [("B5.3", "Tổng số", "", "3")]


def test_rows_that_cannot_be_told_apart_are_refused(report):
    workbook = opened(downloaded(report))
    sheet = workbook["Biểu B3"]
    sheet["A6"], sheet["E6"] = "B7.1", 1
    copy = workbook.copy_worksheet(workbook["Biểu B5"])
    copy.title = "Bản sao"
    sheet["B7"] = "Số khác"
    sheet["C7"] = "lượt"
    sheet["A9"], sheet["E10"] = "Người lập biểu", 4
    copy.delete_rows(7, 3)

    assert problems(report, saved(workbook)) == [
        ("Biểu B3!A6", "Mã “B7.1” không có trong báo cáo này. Hãy sửa lại mã, hoặc xóa dòng."),
        (
            "Biểu B3!B7",
            "Không khớp mã B3.2, đúng ra là “Số thử B3.2”. Có thể dòng này đã bị xê dịch: hãy kiểm tra lại số rồi "
            "ghi lại cho đúng.",
        ),
        (
            "Biểu B3!C7",
            "Không khớp mã B3.2, đúng ra là “người”. Có thể dòng này đã bị xê dịch: hãy kiểm tra lại số rồi ghi lại "
            "cho đúng.",
        ),
        ("Biểu B3!E10", "Có nội dung nhưng dòng này không có mã. Hãy xóa, hoặc chuyển về đúng dòng."),
        ("Bản sao!A6", "Mã B5.1 đã có ở Trang “Biểu B5”, ô A6. Hãy chỉ giữ một dòng."),
    ]


def test_sheet_without_its_headings_is_refused(report):
    workbook = opened(downloaded(report))
    workbook["Biểu B3"]["J5"] = "Ghi chú"
    workbook["Biểu B5"].delete_rows(5)

    assert problems(report, saved(workbook)) == [
        (
            "Biểu B3!",
            "Không thấy cột “Giải thích tăng, giảm”. Hãy ghi lại tiêu đề cột như trong tệp tải từ cổng.",
        ),
        (
            "Biểu B5!",
            "Không thấy cột “Mã”, “Chỉ tiêu”, “Đơn vị tính”, “Tổng số hoặc mẫu số”, “Trong đó hoặc tử số”, “Không có "
            "số liệu”, “Lý do không có số liệu”, “Giải thích tăng, giảm”, “Thời điểm số liệu”. Hãy ghi lại tiêu đề "
            "cột như trong tệp tải từ cổng.",
        ),
    ]


def test_merged_cells_count_for_the_row_they_begin_in(report):
    workbook = opened(downloaded(report))
    workbook["Biểu B3"]["E6"] = 5
    workbook["Biểu B3"].merge_cells("E6:E7")

    answers = read(report, saved(workbook)).answers

    assert (answers["B3.1"].total, answers["B3.2"].total) == (5, None)


# Whose file it is

NEW_ONE = "Hãy tải tệp mới ở trang Biểu số liệu, chép số liệu sang rồi gửi lại."


def test_file_of_another_agency_or_year_says_whose_it_is(plan, report, other_agency):
    content = downloaded(report)
    after = opening.open_cycle(plan, YEAR + 1, by=None, now=DURING.replace(year=YEAR + 1))[0]
    next_year = after.reports.get(agency=report.agency)
    Indicator.objects.get(code="B3.1").participants.add(plan.participant_of(other_agency))
    opening.open_cycle(plan, YEAR, by=None, now=DURING)
    other = report.cycle.reports.get(agency=other_agency)

    found = "Tệp này là của Sở Y tế, năm 2026, Kế hoạch số 96/KH-UBND; báo cáo đang mở là của"
    what_to_do = "Kế hoạch số 96/KH-UBND. Hãy chọn đúng tệp, hoặc mở đúng báo cáo rồi gửi lại."
    assert refusal(next_year, content) == f"{found} Sở Y tế, năm 2027, {what_to_do}"
    assert refusal(other, content) == f"{found} Sở Tư pháp, năm 2026, {what_to_do}"


def test_old_template_says_which_indicators_changed(plan, report):
    content = downloaded(report)
    Indicator.objects.filter(code="B3.2").update(unit="lượt người")
    Indicator.objects.filter(code="B5.3").update(is_retired=True)
    table = IndicatorTable.objects.get(code="B5")
    factories.IndicatorFactory(
        table=table, code="B5.9", position=9, participants=[plan.participant_of(report.agency)]
    )
    opening.open_cycle(plan, YEAR, by=None, now=DURING)

    assert refusal(report, content) == (
        "Tệp này theo mẫu cũ: từ khi tải tệp, chỉ tiêu đã thay đổi (B3.2 đổi tên, đơn vị hoặc cách ghi; B5.9 mới "
        f"thêm; B5.3 không còn). {NEW_ONE}"
    )


def test_template_of_an_older_format_is_recognised(report, monkeypatch):
    monkeypatch.setattr(layout.Identity, "__init__", _with_format(layout.Identity.__init__, "0"))
    content = downloaded(report)
    monkeypatch.undo()

    assert refusal(report, content) == f"Tệp này theo mẫu cũ của cổng. {NEW_ONE}"


def _with_format(make, number):
    return lambda self, **fields: make(self, **fields, format=number)


def test_workbook_without_its_identity_is_no_workbook_of_ours(report):
    workbook = opened(downloaded(report))
    del workbook["Nhận dạng"]

    assert refusal(report, saved(workbook)) == (
        f"Tệp này không phải tệp biểu số liệu tải từ cổng, hoặc trang nhận dạng đã bị xóa. {NEW_ONE}"
    )


# Two people


def test_rows_that_others_filled_in_since_are_kept_and_the_same_row_is_marked(report, clerk, head):
    save(report, head, {"B5.3": FigureInput(D(1))})
    content = filled(downloaded(report), {"Biểu B3!E6": 12, "Biểu B5!E8": 2})
    save(report, head, {"B3.2": FigureInput(D(10), D(4)), "B5.3": FigureInput(D(3)), "B3.1": FigureInput(D(12))})

    preview = preview_of(read(report, content), rows_of(figures_part(report)))

    assert preview.answers == {"B5.3": FigureInput(D(2))}
    assert [(c.before, c.after, c.overwrites) for c in preview.changes] == [("3", "2", True)]
    assert preview.kept == ["B3.2"]


def test_preview_names_what_would_still_be_missing(report, clerk):
    cells = {"Biểu B3!E6": 12, "Biểu B5!E7": "Có", "Biểu B5!E8": 1, "Biểu B5!H9": "Không có số liệu"}
    preview = preview_of(read(report, filled(downloaded(report), cells)), rows_of(figures_part(report)))

    assert preview.lacking == ["chưa có số liệu ở B3.2, B5.1", "chưa ghi lý do không có số liệu ở B5.4"]


# Other programs


def test_inline_strings_and_lost_styles_read_alike(report, clerk):
    """What programs write that know neither shared strings nor styles."""
    save(report, clerk, {"B3.2": FigureInput(D(10), D(4), explanation="Mở thêm & giữ")})
    content, bare = downloaded(report), Workbook()
    for sheet in opened(content).worksheets:
        copy = bare.create_sheet(sheet.title)
        for row in sheet.iter_rows(values_only=True):
            copy.append(row)

    assert "xl/sharedStrings.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert "xl/sharedStrings.xml" not in zipfile.ZipFile(io.BytesIO(saved(bare))).namelist()
    assert read(report, saved(bare)).answers == read(report, content).answers


def test_decomposed_letters_and_control_characters_come_in_clean(report):
    decomposed = "Mơ\u0309 thêm lơ\u0301p_x000D_\nnăm 2026"
    content = filled(downloaded(report), {"Biểu B3!E6": 1, "Biểu B3!J6": decomposed})

    assert read(report, content).answers["B3.1"].explanation == "Mở thêm lớp\nnăm 2026"


def test_values_are_what_the_database_kept(report, clerk):
    """There and back: what is saved from a workbook is what the workbook of it says."""
    answers = {
        "B3.1": FigureInput(D("999999999999999")),
        "B5.3": FigureInput(D("99999999999.5"), explanation="Đã quyết toán"),
        "B5.1": FigureInput(D(0), D(0), basis="estimate"),
    }
    save(report, clerk, answers)

    assert {code: read(report, downloaded(report)).answers[code] for code in answers} == answers
    assert IndicatorValue.objects.get(part__report=report, indicator__code="B3.1").total == D("999999999999999")
