"""PDFs held against PDF/A-3a and PDF/UA-1 by a validator, and their structure read back."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import pikepdf
import pytest
from openpyxl import load_workbook
from page import ValidationProfile, validate_pdf_bytes
from pypdf import PdfReader

from reports.documents.brief import brief_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.pdf import render_pdf
from reports.documents.tree import Document, Heading, Table
from reports.documents.xlsx import render_xlsx
from tests.reports.documents.published import CHARTS, VERIFICATION, published_tree
from tests.reports.documents.reading import printed_lines, words
from tests.reports.documents.samples import merged_content

NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
}


@pytest.fixture(scope="module")
def published_pdf() -> bytes:
    return render_pdf(published_tree())


@pytest.fixture(scope="module")
def published(published_pdf) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(published_pdf)) as pdf:
        yield pdf


def merged_tree() -> Document:
    return consolidated_report_tree(merged_content(), number="312", verification=VERIFICATION)


@pytest.fixture(scope="module")
def merged_pdf() -> bytes:
    return render_pdf(merged_tree())


# A stream that happens to end in a carriage return, before the line feed that comes ahead of "endstream", is counted
# by the validator as one byte too long. Lengths are measured here in its place.
STREAM_LENGTH = "PDFA3A-STREAM-LENGTH-001"
STREAM = re.compile(rb"/Length (\d+)>>\nstream\n")


def wrong_lengths(pdf: bytes) -> list[int]:
    """Return where streams begin that do not end where they say."""
    starts = {stream.end(): int(stream[1]) for stream in STREAM.finditer(pdf)}
    assert len(starts) == pdf.count(b"\nendstream")
    return [start for start, length in starts.items() if not pdf[start + length :].startswith(b"\nendstream")]


def findings(pdf: bytes) -> dict[str, object]:
    """Return what a validator and a second reader find wrong, and how many rules the validator knows."""
    reports = {
        profile.name: validate_pdf_bytes(pdf, profile=profile)
        for profile in (ValidationProfile.PDF_A_3A, ValidationProfile.PDF_UA_1)
    }
    with pikepdf.open(BytesIO(pdf)) as opened:
        return {
            **{
                name: [(one.rule_id, one.message) for one in report.failures if one.rule_id != STREAM_LENGTH]
                for name, report in reports.items()
            },
            "lengths": wrong_lengths(pdf),
            "syntax": opened.check_pdf_syntax(),
            "rules": {name: report.rules.total for name, report in reports.items()},
        }


NOTHING = {
    "PDF_A_3A": [],
    "PDF_UA_1": [],
    "lengths": [],
    "syntax": [],
    "rules": {"PDF_A_3A": 156, "PDF_UA_1": 104},
}


def test_agency_report_with_charts_and_workbook_keeps_to_both_standards(published_pdf):
    assert findings(published_pdf) == NOTHING


@pytest.mark.long
def test_merged_report_keeps_to_both_standards(merged_pdf):
    assert findings(merged_pdf) == NOTHING


def test_brief_keeps_to_both_standards():
    assert findings(render_pdf(brief_tree(merged_content(), number="312", verification=VERIFICATION))) == NOTHING


@pytest.mark.long
def test_no_page_of_the_merged_report_ends_in_a_heading_or_the_name_of_a_table(merged_pdf):
    captions = {words(block.caption) for block in merged_tree().body if isinstance(block, Table)}

    endings = [printed_lines(page)[-1] for page in PdfReader(BytesIO(merged_pdf)).pages]

    assert len(endings) > 90
    assert [one for one in endings if (one.font, one.size) == ("Tinos-Bold", 14)] == []
    assert [one for one in endings if words(one.text) in captions] == []


def test_file_says_both_standards_uncompressed(published_pdf, published):
    metadata = published.Root.Metadata
    assert "/Filter" not in metadata
    assert b'pdfuaid:part="1"' in published_pdf

    described = {}
    for one in ElementTree.fromstring(metadata.read_bytes()).iter(f"{{{NAMESPACES['rdf']}}}Description"):
        described |= one.attrib
    said = {
        f"{prefix}:{name}": described.get(f"{{{NAMESPACES[prefix]}}}{name}")
        for prefix, name in (("pdfaid", "part"), ("pdfaid", "conformance"), ("pdfuaid", "part"))
    }
    assert said == {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}


def test_title_author_and_language_are_said_twice_alike(published):
    tree = published_tree()
    metadata = ElementTree.fromstring(published.Root.Metadata.read_bytes())
    title = metadata.find(".//dc:title/rdf:Alt/rdf:li", NAMESPACES)
    author = metadata.find(".//dc:creator/rdf:Seq/rdf:li", NAMESPACES)

    assert title.text == str(published.docinfo.Title) == tree.title
    assert author.text == str(published.docinfo.Author) == tree.author
    assert str(published.Root.Lang) == "vi"
    assert published.Root.ViewerPreferences.DisplayDocTitle is True


def elements(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """Return the elements of the tag tree in reading order."""
    found = []

    def walk(kids) -> None:
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                found.append(kid)
                walk(kid.get("/K", pikepdf.Array()))

    walk(pdf.Root.StructTreeRoot.K)
    return found


@pytest.fixture(scope="module")
def tags(published) -> list[pikepdf.Dictionary]:
    return elements(published)


def test_headings_are_tagged_in_order_once_each(tags):
    tree = published_tree()

    levels = [str(one.S) for one in tags if str(one.S)[:2] == "/H"]

    headings = [f"/H{block.level + 1}" for block in tree.body if isinstance(block, Heading)]
    assert levels == ["/H1", *headings, "/H2"]


def test_outline_holds_every_heading_and_appendix(published):
    tree = published_tree()

    def titles(items) -> list[str]:
        return [title for item in items for title in (item.title, *titles(item.children))]

    with published.open_outline() as outline:
        said = titles(outline.root)

    assert said == [
        f"Báo cáo {tree.subject}",
        *(f"{block.number}. {block.text}" for block in tree.body if isinstance(block, Heading)),
        "Phụ lục Biểu số liệu",
    ]


def test_tables_tell_which_cells_head_columns_and_which_rows(tags):
    tree = published_tree()
    tables = [one for one in (*tree.body, *tree.appendices[0].blocks) if isinstance(one, Table)]

    scopes = [str(one.A.Scope) for one in tags if str(one.S) == "/TH"]

    assert scopes.count("/Row") == sum(len(table.rows) for table in tables)
    # A table that crosses pages has its heads on each.
    columns = [len(table.columns) for table in tables]
    assert scopes.count("/Column") >= sum(columns)
    assert len([one for one in tags if str(one.S) == "/Caption"]) == len(tables) + len(CHARTS)
    for one in tags:
        if str(one.S) == "/TH":
            group = str(one.P.P.S)
            assert str(one.A.Scope) == {"/THead": "/Column", "/TBody": "/Row"}[group]


def test_charts_and_qr_code_are_figures_with_words(tags):
    figures = [one for one in tags if str(one.S) == "/Figure"]

    assert [str(one.Alt) for one in figures] == [
        *(chart.title for chart in CHARTS),
        "Mã QR dẫn đến trang xác thực của văn bản",
    ]


def test_every_font_is_embedded(published):
    fonts = [one for one in published.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]
    descriptors = [one for one in published.objects if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one]

    composite = [one for one in fonts if one.Subtype == "/Type0"]
    assert {str(one.BaseFont).split("+")[1] for one in composite} == {
        "Tinos",
        "Tinos-Bold",
        "Tinos-Italic",
        "Tinos-Bold-Italic",
    }
    assert {one.Subtype for one in fonts} == {"/Type0", "/CIDFontType2"}
    assert len(descriptors) == len(composite) == 4
    assert all("/ToUnicode" in one for one in composite)


def test_workbook_travels_inside_as_the_data_of_the_document(published):
    (specification,) = published.Root.AF
    attached = published.attachments["so-lieu.xlsx"].get_file()
    content = attached.read_bytes()

    assert specification.AFRelationship == "/Data"
    assert str(specification.Desc) == "Các bảng số liệu của văn bản này"
    assert str(specification.UF) == "so-lieu.xlsx"
    assert attached.mime_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert attached.obj.Params.CreationDate == "D:20000101000000Z"
    assert content == render_xlsx(published_tree())
    assert load_workbook(BytesIO(content)).sheetnames[0] == "Mục lục"


def test_document_without_a_workbook_has_nothing_inside():
    plain = replace(published_tree(), body=(), appendices=(), workbook="")

    with pikepdf.open(BytesIO(render_pdf(plain))) as pdf:
        assert list(pdf.attachments) == []
        assert "/AF" not in pdf.Root
