"""Writes the matrix of a cycle as a workbook: what the page shows, to be sorted and sent on."""

import datetime
import io
from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from assignments.models import User
from reports import deadlines
from reports.matrix import Matrix, Row, Tally
from reports.models import ReportingCycle
from reports.spreadsheets.workbook import new_workbook

SHEET = "Theo dõi"
TITLE_ROW, NOTE_ROW, HEADING_ROW = 0, 1, 3
HEADING_HEIGHT = 32
BEFORE = (("Số trong kế hoạch", 9), ("Cơ quan", 38), ("Tình trạng", 24), ("Ngày cuối", 24), ("Hạn", 22))
AFTER = (("Đã nhận", 9), ("Phải có", 9), ("Người thẩm tra", 20), ("Liên hệ", 22), ("Điện thoại", 15))
PART_WIDTH = 15
A4 = 9

# The page's colours: behind the words, and of the words.
COLOURS = {
    "secondary": ("#E7E4DF", "#3A3733"),
    "info": ("#D6ECF5", "#0B4A60"),
    "primary": ("#D9E4FB", "#163D86"),
    "warning": ("#FDEBC3", "#5A3C00"),
    "success": ("#D6F0DC", "#10502A"),
    "danger": ("#FBDCD9", "#7D120C"),
}


def matrix_workbook(
    cycle: ReportingCycle, matrix: Matrix, contacts: Mapping[int, User], *, chosen: str, now: datetime.datetime
) -> bytes:
    """Return the matrix as an Excel file of one sheet, in the page's order.

    `contacts` are whom to call, by the report's id; `chosen` says in words which agencies were asked for.
    """
    file = io.BytesIO()
    with new_workbook(file) as workbook:
        title = f"Theo dõi báo cáo năm {cycle.year} thực hiện Kế hoạch số {cycle.plan.number}"
        workbook.set_properties({"title": title})
        sheet = workbook.add_worksheet(SHEET)
        _set_up(sheet, matrix)
        sheet.write_string(TITLE_ROW, 0, title, workbook.add_format({"bold": True, "font_size": 14}))
        at = f"Tình hình lúc {now.astimezone(deadlines.VIETNAM):%H:%M ngày %d/%m/%Y}."
        sheet.write_string(NOTE_ROW, 0, f"{at} Chỉ gồm: {chosen}." if chosen else at)
        look = {"border": 1, "text_wrap": True, "valign": "top"}
        heading = workbook.add_format(look | {"bold": True, "bg_color": "#E7E4DF", "align": "center"})
        plain = workbook.add_format(look)
        bold = workbook.add_format(look | {"bold": True})
        tones = {
            tone: workbook.add_format(look | {"bg_color": behind, "font_color": words})
            for tone, (behind, words) in COLOURS.items()
        }
        titles = [*(name for name, _ in BEFORE), *(c.short for c in matrix.columns), *(name for name, _ in AFTER)]
        _write(sheet, HEADING_ROW, titles, heading)
        place = HEADING_ROW
        for row in (row for block in matrix.blocks for row in block.rows):
            place += 1
            _write(sheet, place, _before(row), plain)
            for column, cell in enumerate(row.cells, start=len(BEFORE)):
                sheet.write_string(place, column, cell.state.word, tones[cell.state.tone])
            _write(sheet, place, _after(row, contacts.get(row.report.pk)), plain, begin=len(BEFORE) + len(row.cells))
        for name, of in (("Đã nhận", "received"), ("Trong đó đã chấp nhận", "accepted"), ("Phải có", "expected")):
            place += 1
            _write(sheet, place, ["", name, "", "", "", *(getattr(tally, of) for tally in matrix.totals)], bold)
        _write(sheet, place - 2, _sum(matrix.tally), bold, begin=len(BEFORE) + len(matrix.columns))
    return file.getvalue()


def _before(row: Row) -> list[int | str]:
    standing = row.standing
    last_day = f"{standing.last_day:%d/%m/%Y}"
    if row.report.extension_words:
        last_day = f"{last_day} ({row.report.extension_words})"
    return [row.report.participant_number, row.report.issuer_name, standing.label, last_day, standing.days_words]


def _after(row: Row, contact: User | None) -> list[int | str]:
    reviewer = row.report.taken_by.full_name if row.report.taken_by else ""
    telephone = (contact and contact.telephone) or row.report.agency.telephone
    name = contact.full_name if contact else "chưa có đầu mối"
    return [*_sum(row.tally), reviewer, name, telephone]


def _sum(tally: Tally) -> list[int | str]:
    return [tally.received, tally.expected]


def _write(sheet: Worksheet, row: int, values: list[int | str] | list[str], look, *, begin: int = 0) -> None:
    for column, value in enumerate(values, start=begin):
        if isinstance(value, int):
            sheet.write_number(row, column, value, look)
        else:
            sheet.write_string(row, column, value, look)


def _set_up(sheet: Worksheet, matrix: Matrix) -> None:
    """Set the widths, and A4, lying, one page wide."""
    widths = [*(width for _, width in BEFORE), *(PART_WIDTH for _ in matrix.columns), *(width for _, width in AFTER)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_row(HEADING_ROW, HEADING_HEIGHT)
    sheet.freeze_panes(HEADING_ROW + 1, 2)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)
