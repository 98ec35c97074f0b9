"""Workbooks as people and programs leave them: filled in, saved again, or made to do harm."""

import io
import re
import zipfile
from collections.abc import Mapping

from openpyxl import Workbook, load_workbook

from reports.figure_tables import rows_of
from reports.models import Report, ReportPart
from reports.spreadsheets.writing import figures_workbook


def figures_part(report: Report) -> ReportPart:
    """Return the figures of a report as they stand now, with what pages read of it."""
    part = ReportPart.objects.get(report=report, kind="figures")
    part.report = Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)
    return part


def downloaded(report: Report) -> bytes:
    """Return the workbook that a download would give now."""
    part = figures_part(report)
    return figures_workbook(part, rows_of(part))


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def filled(content: bytes, cells: Mapping[str, object]) -> bytes:
    """Return the workbook with cells, named like "Biểu B3!E6", filled in and saved by another program."""
    workbook = opened(content)
    for place, value in cells.items():
        sheet, _, cell = place.rpartition("!")
        workbook[sheet][cell] = value
    return saved(workbook)


def with_part(content: bytes, name: str, change) -> bytes:
    """Return the archive with one part's XML changed by a function from text to text."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.namelist():
            text = before.read(entry)
            after.writestr(entry, change(text.decode()) if entry == name else text)
    return file.getvalue()


def with_cell(content: bytes, sheet: int, place: str, xml: str) -> bytes:
    """Return the workbook with a cell's XML put in place of what stood there; sheets count from 1."""
    cell = re.compile(rf'<c r="{place}"(?: [^>]*)?(?:/>|(?<!/)>.*?</c>)')

    def change(text: str) -> str:
        assert len(cell.findall(text)) == 1
        return cell.sub(xml, text)

    return with_part(content, f"xl/worksheets/sheet{sheet}.xml", change)
