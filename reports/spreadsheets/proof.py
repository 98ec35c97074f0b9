"""Writes what can be proved of a year's reminding as a workbook, to be sorted, filtered and handed on."""

import datetime
import io
from collections.abc import Iterable

from reports import deadlines
from reports.models import ReportingCycle
from reports.proof import Entry
from reports.spreadsheets.workbook import new_workbook

SHEET = "Nhắc việc"
TITLE_ROW, NOTE_ROW, HEADING_ROW = 0, 1, 3
HEADING_HEIGHT = 32
A4 = 9
MOMENT = "dd/mm/yyyy hh:mm:ss"
COLUMNS = (
    ("STT", 6),
    ("Cơ quan", 30),
    ("Việc", 34),
    ("Ghi nhận lúc", 19),
    ("Gửi, gọi tới", 22),
    ("Địa chỉ, số máy", 28),
    ("Gửi, gọi lúc", 19),
    ("Kết quả", 12),
    ("Trả lời của máy chủ thư", 36),
    ("Vì sao không gửi", 34),
    ("Người thực hiện", 20),
)


def proof_workbook(cycle: ReportingCycle, entries: Iterable[Entry], *, chosen: str, now: datetime.datetime) -> bytes:
    """Return the entries as an Excel file of one sheet; `chosen` says what was asked for. Texts stay texts."""
    file = io.BytesIO()
    with new_workbook(file) as workbook:
        title = f"Các lần nhắc, đôn đốc nộp báo cáo năm {cycle.year} thực hiện Kế hoạch số {cycle.plan.number}"
        workbook.set_properties({"title": title})
        sheet = workbook.add_worksheet(SHEET)
        for column, (_, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
        sheet.set_row(HEADING_ROW, HEADING_HEIGHT)
        sheet.freeze_panes(HEADING_ROW + 1, 2)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADING_ROW)
        sheet.write_string(TITLE_ROW, 0, title, workbook.add_format({"bold": True, "font_size": 14}))
        at = f"Lập lúc {now.astimezone(deadlines.VIETNAM):%H:%M ngày %d/%m/%Y}."
        sheet.write_string(NOTE_ROW, 0, f"{at} Chỉ gồm: {chosen}." if chosen else at)
        look = {"border": 1, "text_wrap": True, "valign": "top"}
        heading = workbook.add_format(look | {"bold": True, "bg_color": "#E7E4DF", "align": "center"})
        plain = workbook.add_format(look)
        moment = workbook.add_format(look | {"num_format": MOMENT, "align": "left"})
        for column, (name, _) in enumerate(COLUMNS):
            sheet.write_string(HEADING_ROW, column, name, heading)
        row = HEADING_ROW
        for number, entry in enumerate(entries, start=1):
            row = HEADING_ROW + number
            sheet.write_number(row, 0, number, plain)
            for column, value in enumerate(_values(entry), start=1):
                if isinstance(value, datetime.datetime):
                    # A cell has no time zone: what it says is Vietnam's.
                    sheet.write_datetime(
                        row, column, value.astimezone(deadlines.VIETNAM).replace(tzinfo=None), moment
                    )
                else:
                    sheet.write_string(row, column, value, plain)
        sheet.autofilter(HEADING_ROW, 0, row, len(COLUMNS) - 1)
    return file.getvalue()


def _values(entry: Entry) -> list[str | datetime.datetime]:
    return [
        entry.agency,
        entry.what,
        entry.at,
        entry.name,
        entry.address,
        entry.done_at or "",
        entry.state.value,
        entry.answer,
        entry.why,
        entry.by,
    ]
