"""Workbooks that nobody should send: each is refused, soon, and never opened by the portal itself."""

import io
import time
import zipfile

import pytest

from reports.figure_tables import rows_of
from reports.figures import FigureInput
from reports.files import FileRefused
from reports.spreadsheets import cells
from reports.spreadsheets.cells import NotReadable, read_cells
from reports.spreadsheets.reading import read_figures
from tests import sample_files
from tests.reports.workbooks import downloaded, figures_part, with_cell, with_part

pytestmark = pytest.mark.long

SHEET = "xl/worksheets/sheet2.xml"
NOT_READABLE = (
    "Không đọc được tệp Excel này, hoặc tệp quá lớn. Hãy mở tệp bằng Excel, bỏ các trang tính thừa, chọn Lưu thành, "
    "loại Excel (.xlsx), rồi gửi lại."
)


@pytest.fixture
def cycle(health_indicators, cycle):
    """The year 2026, in which Sở Y tế is asked for two figures in one table."""
    return cycle


def read(report, content: bytes):
    part = figures_part(report)
    return read_figures(io.BytesIO(content), part, rows_of(part))


def refusal(report, content: bytes) -> str:
    with pytest.raises(FileRefused) as error:
        read(report, content)
    return str(error.value)


def with_new_part(content: bytes, name: str, text: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return file.getvalue()


# Refused before anything is opened


def test_what_is_no_workbook_is_refused_unread(report, monkeypatch):
    """The judge of files refuses these; the reader of cells is not started."""
    monkeypatch.setattr(cells.subprocess, "run", None)
    macros = with_new_part(downloaded(report), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    as_xlsm = with_part(
        downloaded(report),
        "[Content_Types].xml",
        lambda xml: xml.replace(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
    )
    zeros = with_new_part(downloaded(report), "xl/media/zeros.xml", b"\0" * 60 * 1024**2)

    for content in (macros, as_xlsm):
        assert refusal(report, content).startswith("Tệp có macro nên không nhận.")
    assert refusal(report, zeros).startswith("Tệp này bung ra tới 61 MB, lớn bất thường so với tệp gửi lên.")
    assert refusal(report, sample_files.old_office_file()).startswith("Tệp kiểu cũ (.doc, .xls) không nhận được.")
    for content in (sample_files.docx(), sample_files.pdf(), b"ma,so\n"):
        assert refusal(report, content).startswith("Không nhận được loại tệp này: ở đây chỉ nhận Excel (.xlsx).")
    assert refusal(report, b"").startswith("Tệp rỗng (0 byte).")


# Refused by the reader


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


DOCTYPES = (
    f'<!DOCTYPE x [<!ENTITY e0 "ha">{ENTITIES}]>',
    '<!DOCTYPE x [<!ENTITY e9 SYSTEM "file:///etc/hostname">]>',
)


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_entities_are_refused(report, part, doctype):
    content = with_part(
        downloaded(report), part, lambda xml: xml.replace("?>", f"?>{doctype}", 1).replace("Biểu B3", "&e9;")
    )

    assert refusal(report, content) == NOT_READABLE


def test_damaged_workbooks_are_refused(report):
    content = downloaded(report)
    broken = [
        with_part(content, SHEET, lambda xml: xml[:-200]),
        with_part(content, SHEET, lambda xml: xml.replace('r="6"', 'r="sáu"', 1)),
        with_part(content, "xl/sharedStrings.xml", lambda xml: xml.partition("<si>")[0] + "</sst>"),
        with_cell(content, 2, "E6", '<c r="E6"><v>bốn</v></c>'),
    ]

    assert [refusal(report, each) for each in broken] == [NOT_READABLE] * len(broken)


def test_reader_that_takes_too_much_is_stopped(report, monkeypatch):
    """One formula of 1 MB, shared by thousands of cells, which openpyxl works out for each."""
    formula = "A1+" * 300_000 + "A1"
    cell = '<c><f t="shared" si="0"/></c>'
    rows = "".join(f'<row r="{row}">{cell * 40}</row>' for row in range(20, 200))
    rows = f'<row r="19"><c r="A19"><f t="shared" ref="A19:AN200" si="0">{formula}</f></c></row>{rows}</sheetData>'
    content = with_part(downloaded(report), SHEET, lambda xml: xml.replace("</sheetData>", rows))
    monkeypatch.setattr(cells, "WALL_SECONDS", 60)

    assert len(content) < 200_000
    assert refusal(report, content) == NOT_READABLE


def test_one_long_text_in_every_cell_is_not_handed_over(report):
    cell = '<c t="s"><v>0</v></c>'
    rows = "".join(f'<row r="{row}">{cell * 40}</row>' for row in range(20, 300))
    content = with_part(downloaded(report), SHEET, lambda xml: xml.replace("</sheetData>", f"{rows}</sheetData>"))
    content = with_part(
        content, "xl/sharedStrings.xml", lambda xml: xml.replace("<si>", f"<si><t>{'a' * 10_000}</t></si><si>", 1)
    )

    assert refusal(report, content) == NOT_READABLE


def test_reader_has_none_of_the_portals_secrets(monkeypatch):
    seen = {}
    monkeypatch.setattr(cells.subprocess, "run", lambda *args, **options: seen.update(options) or _Child())

    assert read_cells(b"") == []
    assert seen["env"] == {}


class _Child:
    stdout = b"[]"


# Read, and harmless


def test_sheet_that_says_it_has_a_million_rows_is_read_as_far_as_a_table_goes(report):
    million = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    content = with_part(
        downloaded(report),
        SHEET,
        lambda xml: xml.replace('<dimension ref="A1:O7"/>', '<dimension ref="A1:XFD1048576"/>').replace(
            "</sheetData>", f"{million}</sheetData>"
        ),
    )
    assert content != downloaded(report)

    started = time.monotonic()
    found = read(report, content)

    assert found.answers == {"B3.1": FigureInput(), "B3.2": FigureInput()}
    assert time.monotonic() - started < 10


def test_external_link_is_not_followed_and_its_stored_result_is_taken(report):
    content = with_cell(downloaded(report), 2, "E6", '<c r="E6"><f>[1]Sheet1!$A$1</f><v>7</v></c>')
    content = with_new_part(
        content,
        "xl/externalLinks/_rels/externalLink1.xml.rels",
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        b'Id="rId1" Type="x" Target="http://192.0.2.1/x.xlsx" TargetMode="External"/></Relationships>',
    )

    found = read(report, content)

    assert found.answers["B3.1"] == FigureInput(7)
    assert [str(place) for place, _ in found.formulas] == ["Trang “Biểu B3”, ô E6"]


def test_what_is_read_of_a_file_that_is_no_archive_is_said_as_not_readable():
    with pytest.raises(NotReadable):
        read_cells(b"PK\x03\x04")
