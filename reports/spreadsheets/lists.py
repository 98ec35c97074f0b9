"""Writes lists as workbooks in the columns in which they are pasted back: a template, and what is there already."""

import io
from collections.abc import Mapping, Sequence

from assignments.pasted_table import Column
from reports.spreadsheets.workbook import new_workbook

MOST_WIDTH, LEAST_WIDTH = 48, 14
ABOUT = "Hướng dẫn"


def list_workbook(columns: tuple[Column, ...], rows: Sequence[Mapping[str, str]], *, title: str) -> bytes:
    """Return a workbook: on its first sheet the list under a line of headings, on its second what the columns are."""
    file = io.BytesIO()
    with new_workbook(file) as workbook:
        bold = workbook.add_format({"bold": True, "bg_color": "#F3ECE2", "text_wrap": True, "valign": "top"})
        plain = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        sheet = workbook.add_worksheet(title)
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(columns):
            longest = max((len(row.get(column.key, "")) for row in rows), default=0)
            # Cells to be filled in are texts: a telephone number keeps its zero, a date its day and month.
            sheet.set_column(place, place, min(MOST_WIDTH, max(LEAST_WIDTH, longest)), plain)
            sheet.write_string(0, place, column.label, bold)
            for line, row in enumerate(rows, start=1):
                if row.get(column.key):
                    sheet.write_string(line, place, row[column.key], plain)
        about = workbook.add_worksheet(ABOUT)
        about.set_column(0, 0, 26)
        about.set_column(1, 1, 90)
        for line, column in enumerate(columns):
            about.write_string(line, 0, column.label + (" (bắt buộc)" if column.is_required else ""), bold)
            about.write_string(line, 1, column.help, plain)
    return file.getvalue()
