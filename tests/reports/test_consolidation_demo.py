"""The demonstration's years: every accepted paragraph among the sources, the same totals in every form."""

import datetime
from collections import Counter
from decimal import Decimal
from io import BytesIO, StringIO

import docx
import pytest
from django.core.management import call_command
from lxml import html
from openpyxl import load_workbook
from pypdf import PdfReader

from assignments.models import User
from reports import consolidation as merged
from reports import deadlines, demo, figure_rows
from reports.consolidation.sources import gather
from reports.documents import figures_appendix, orders
from reports.documents.docx import render_docx
from reports.documents.pdf import render_pdf
from reports.documents.xlsx import render_xlsx
from reports.figures import format_number
from reports.management.commands.load_demo import DATA
from reports.models import Consolidation, Report
from reports.outline import MERGED_PARTS

pytestmark = [pytest.mark.long, pytest.mark.django_db]

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=deadlines.VIETNAM)


@pytest.fixture
def consolidations(time_machine):
    time_machine.move_to(NOW, tick=False)
    call_command("load_plan", DATA / "ke-hoach-96.toml", stdout=StringIO())
    call_command("load_indicators", DATA / "chi-tieu.toml", stdout=StringIO())
    demo.load(NOW)
    return Consolidation.objects.select_related("cycle__plan")


def accepted_paragraphs(consolidation):
    """Return how often every paragraph stands in the accepted reports of a year: (agency, part, words)."""
    paragraphs = Counter()
    for report in consolidation.cycle.reports.filter(status=Report.Status.ACCEPTED).select_related("agency"):
        for part in report.standing_submission.snapshot["parts"]:
            for line in f"{part['text']}\n{part['difficulties']}".split("\n"):
                if line.strip():
                    paragraphs[report.agency.slug, part["key"], line.strip()] += 1
    return paragraphs


def test_every_accepted_paragraph_of_the_demonstration_stands_once_in_one_part(consolidations):
    for consolidation in consolidations:
        parts = gather(consolidation).parts

        sources = [source for one in parts.values() for source in one.sources]
        assert Counter((s.report.agency.slug, s.origin, s.text) for s in sources) == accepted_paragraphs(
            consolidation
        )
        assert len({source.key for source in sources}) == len(sources) > 200
        assert sum(sum(one.counts[state] for state in ("used", "shortened", "set_aside", "unused"))
                   for one in parts.values()) == len(sources)  # fmt: skip
        for key, one in parts.items():
            # A responsibility stands in an area, or with its difficulties in the assessment.
            strangers = {s.origin for s in one.sources if s.origin != key and not s.origin.startswith("nhiem-vu-")}
            assert strangers == set()
            if key in MERGED_PARTS and key != "danh-gia":
                assert {s.origin for s in one.sources} <= {key}

        # Every responsibility of the plan has a main area: only its difficulties are told with the assessment.
        assert {s.place.rpartition(": ")[2] for s in parts["danh-gia"].sources} == {"", "khó khăn, vướng mắc"}


# The columns of the tables of figures: what is counted, its unit, the total, and the included.
NAME, UNIT, TOTAL, INCLUDED = 1, 2, 3, 4
HEADINGS = [column.title for column in figures_appendix.COLUMNS]


def figures_in(tables):
    """Return (unit, total, included) of every row of figures among tables, each a list of rows of cells."""
    return [
        (row[UNIT], row[TOTAL], row[INCLUDED]) for heading, *rows in tables if heading == HEADINGS for row in rows
    ]


def tables_of_page(page):
    for table in html.fromstring(page).iter("table"):
        yield [[" ".join(cell.text_content().split()) for cell in row.iter("th", "td")] for row in table.iter("tr")]


def tables_of_docx(content):
    for table in docx.Document(BytesIO(content)).tables:
        yield [[" ".join(cell.text.split()) for cell in row.cells] for row in table.rows]


def tables_of_xlsx(content):
    for sheet in load_workbook(BytesIO(content)).worksheets:
        rows = [[printed(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        begin = next((place for place, row in enumerate(rows) if row == HEADINGS), None)
        if begin is not None:
            yield rows[begin:]


def printed(value):
    """Return a cell of a workbook as a document prints it."""
    return format_number(Decimal(str(value))) if isinstance(value, int | float) else value or ""


def test_totals_of_the_published_year_are_the_same_on_page_and_in_every_file(consolidations, client):
    cycle = consolidations.get(cycle__year=NOW.year - 1).cycle
    rows = [row for table in merged.merged_tables(cycle) for row in table["rows"]]
    counted = [(row["unit"], figure_rows.total_words(row), figure_rows.included_words(row)) for row in rows]
    published = cycle.consolidated_reports.get()
    tree = orders.tree_of(published)

    client.force_login(User.objects.get(email=f"dau-moi@{demo.FOCAL}.example"))
    page = client.get(f"{cycle.get_absolute_url()}tong-hop/xem-truoc/").content.decode()
    sheets = PdfReader(BytesIO(render_pdf(tree))).pages
    words = "".join("".join(sheet.extract_text() for sheet in sheets).split())

    assert len([total for _, total, _ in counted if total[0].isdigit()]) > 20
    assert figures_in(tables_of_page(page)) == counted
    assert figures_in(tables_of_docx(render_docx(tree))) == counted
    assert figures_in(tables_of_xlsx(render_xlsx(tree))) == counted
    # A ratio's name is followed by what is divided by what.
    simple = [(row["name"], *cells) for row, cells in zip(rows, counted, strict=True) if row["shape"] != "ratio"]
    assert [cells for cells in simple if "".join("".join(cells).split()) not in words] == []
    shown = client.get(f"{cycle.get_absolute_url()}tinh-hinh/").content.decode()
    targets = [one for one in merged.targets_of(merged.merged_tables(cycle), cycle.year) if one.value is not None]
    assert targets
    assert [one.code for one in targets if one.value_words not in shown] == []
