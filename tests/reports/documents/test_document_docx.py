"""Word files, read back: words, styles, pages, and the order of elements that the schema wants."""

import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import docx
import pytest
import resvg_py
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml import etree
from PIL import Image

from reports.charts import svg
from reports.documents.agency_report import agency_report_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.docx import EMU_PER_MM, HIGHEST_CHART_MM, PACKAGE, PROJECT, WORDPROCESSING, render_docx
from reports.documents.tree import Document
from tests.reports.documents.published import CHARTS, VERIFICATION, published_tree
from tests.reports.documents.reading import words, words_of
from tests.reports.documents.samples import (
    consolidated_content,
    district_content,
    figures_content,
    focal_content,
)

TREES = {
    "figures": agency_report_tree(figures_content()),
    "focal": agency_report_tree(focal_content(), number="5", issued_on=date(2026, 2, 5)),
    "district": agency_report_tree(district_content(letter={"number": "45/BC-UBND", "received_on": "2026-11-05"})),
    "merged": consolidated_report_tree(consolidated_content(), number="312"),
    "published": published_tree(),
}

DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/"

FONTS = PROJECT / "static" / "fonts" / "tinos"

# The order that the schema gives the children of an element, of those that occur here.
ORDER = {
    "pPr": "pStyle keepNext keepLines pBdr spacing ind jc outlineLvl rPr sectPr",
    "rPr": "rFonts b bCs i iCs caps sz szCs lang",
    "tblPr": "tblStyle tblW tblInd tblBorders tblLayout tblCellMar tblLook tblCaption",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "tcPr": "tcW vAlign",
    "trPr": "cantSplit tblHeader",
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "tc": "tcPr p",
    "p": "pPr r",
    "r": "rPr br t drawing fldChar instrText",
    "sectPr": "headerReference type pgSz pgMar pgNumType cols titlePg",
    "style": "name basedOn next uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr",
    "settings": "zoom defaultTabStop characterSpacingControl compat themeFontLang decimalSymbol listSeparator",
}


def opened(document: Document) -> WordDocument:
    return docx.Document(BytesIO(render_docx(document)))


def parts_of(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(file)) as package:
        return {name: package.read(name) for name in package.namelist()}


def words_in(file: bytes) -> str:
    body = etree.fromstring(parts_of(file)["word/document.xml"])
    return words("".join(text.text or "" for text in body.iter(qn("w:t"))))


@pytest.mark.parametrize("name", TREES)
def test_word_file_holds_every_word_of_the_tree(name):
    written = words_in(render_docx(TREES[name]))

    assert [text for text in words_of(TREES[name]) if text not in written] == []


@pytest.mark.parametrize("name", TREES)
def test_elements_stand_in_the_order_of_the_schema(name):
    for part, content in parts_of(render_docx(TREES[name])).items():
        if not part.startswith("word/") or part.endswith((".rels", ".png")):
            continue
        for element in etree.fromstring(content).iter(f"{{{WORDPROCESSING}}}*"):
            order = ORDER.get(etree.QName(element).localname, "").split()
            if order:
                places = [order.index(etree.QName(child).localname) for child in element]
                assert places == sorted(places), etree.tostring(element)[:300]


@pytest.mark.parametrize("name", TREES)
def test_styles_that_are_used_are_defined_once(name):
    parts = parts_of(render_docx(TREES[name]))
    styles = [style.get(qn("w:styleId")) for style in etree.fromstring(parts["word/styles.xml"]).iter(qn("w:style"))]
    body = etree.fromstring(parts["word/document.xml"])
    used = {element.get(qn("w:val")) for tag in ("w:pStyle", "w:tblStyle") for element in body.iter(qn(tag))}

    assert len(styles) == len(set(styles))
    assert used - set(styles) == set()


def test_every_part_has_its_type_and_every_relationship_its_part():
    parts = parts_of(render_docx(TREES["published"]))
    types = etree.fromstring(parts["[Content_Types].xml"])
    declared = {one.get("PartName").removeprefix("/") for one in types if one.get("PartName")}

    assert next(iter(parts)) == "[Content_Types].xml"
    by_extension = (".rels", ".png")
    assert declared == {name for name in parts if not name.endswith(by_extension)} - {"[Content_Types].xml"}
    for relationships, folder in (("_rels/.rels", ""), ("word/_rels/document.xml.rels", "word/")):
        for relationship in etree.fromstring(parts[relationships]):
            assert folder + relationship.get("Target") in parts


def test_file_describes_itself_and_no_moment():
    properties = opened(TREES["figures"]).core_properties

    assert properties.title == TREES["figures"].title
    assert properties.author == "Sở Y tế"
    assert properties.language == "vi"
    assert b"dcterms" not in parts_of(render_docx(TREES["figures"]))["docProps/core.xml"]


def test_sheets_have_the_decrees_margins_and_the_appendix_lies_on_its_side():
    body, appendix = opened(TREES["figures"]).sections

    assert (body.page_width.mm, body.page_height.mm) == (pytest.approx(210, abs=0.1), pytest.approx(297, abs=0.1))
    assert appendix.orientation == WD_ORIENT.LANDSCAPE
    assert appendix.page_width.mm == pytest.approx(297, abs=0.1)
    for section in (body, appendix):
        margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
        assert [margin.mm for margin in margins] == pytest.approx([20, 15, 20, 30], abs=0.1)


def test_page_number_is_a_field_in_the_header_that_the_first_page_of_a_section_lacks():
    sections = opened(TREES["figures"]).sections

    for section in sections:
        assert section.different_first_page_header_footer
        assert section.first_page_header.is_linked_to_previous
        (paragraph,) = section.header.paragraphs
        assert [field.text for field in paragraph._p.iter(qn("w:instrText"))] == [" PAGE "]
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


def test_fonts_and_language_are_vietnamese_for_every_script():
    styles = opened(TREES["figures"]).styles.element
    (fonts,) = styles.iter(qn("w:rFonts"))
    (language,) = styles.iter(qn("w:lang"))

    assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {"Times New Roman"}
    assert (language.get(qn("w:val")), language.get(qn("w:eastAsia"))) == ("vi-VN", "vi-VN")


def test_body_text_is_set_as_the_decree_says():
    style = opened(TREES["figures"]).styles["Body Text"]

    assert style.paragraph_format.first_line_indent.mm == pytest.approx(10, abs=0.1)
    assert style.paragraph_format.space_before == Pt(6)
    assert style.paragraph_format.alignment == 3
    assert opened(TREES["figures"]).styles.element.find(f".//{qn('w:sz')}").get(qn("w:val")) == "28"


def test_headings_are_heading_styles_and_the_text_keeps_its_case():
    paragraphs = [p for p in opened(TREES["figures"]).paragraphs if p.style.name.startswith(("heading", "Heading"))]

    assert (paragraphs[0].text, paragraphs[0].style.style_id) == (
        "I. Công tác lãnh đạo, chỉ đạo, triển khai",
        "Heading1",
    )
    assert {p.style.style_id for p in paragraphs} == {"Heading1", "Heading2"}
    assert opened(TREES["figures"]).styles["Heading 1"].font.all_caps


def test_letterhead_has_cells_of_66_and_99_mm_and_rules_of_the_decrees_lengths():
    letterhead = opened(TREES["focal"]).tables[0]
    widths = [cell.width for cell in letterhead.rows[0].cells]
    issuer, motto = [
        (Mm(width) - rule.paragraph_format.left_indent - rule.paragraph_format.right_indent) / Mm(1)
        for width, rule in zip((66, 99), (cell.paragraphs[-1] for cell in letterhead.rows[0].cells), strict=True)
    ]

    assert [width.mm for width in widths] == pytest.approx([66, 99], abs=0.05)
    assert [p.text for p in letterhead.rows[0].cells[0].paragraphs] == [
        "UBND tỉnh Lạng Sơn",
        "Sở Lao động -",
        "Thương binh và Xã hội",
        "",
    ]
    # Measured in Tinos Bold: 59.2 mm and 60.5 mm of text.
    assert 59.2 / 3 <= issuer <= 59.2 / 2
    assert motto == pytest.approx(60.5, abs=0.6)


def test_tables_repeat_their_header_have_fixed_widths_and_keep_rows_whole():
    tables = opened(TREES["figures"]).tables[1:]
    numbers = [table for table in tables if table.style.name == "Bảng số liệu"]

    assert len(numbers) == 7
    for table in numbers:
        assert table._tbl.tblPr.find(qn("w:tblLayout")).get(qn("w:type")) == "fixed"
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert [int(cell._tc.tcPr.find(qn("w:tcW")).get(qn("w:w"))) for cell in table.rows[-1].cells] == widths


def test_end_of_the_text_recipients_and_signature_stay_together():
    document = opened(TREES["figures"])
    signature = document.tables[6]
    closing = next(p for p in document.paragraphs if p.text.endswith("./."))

    assert closing.paragraph_format.keep_with_next
    assert closing._p.getnext() is signature._tbl
    assert [[p.text for p in cell.paragraphs] for cell in signature.rows[0].cells] == [
        ["Nơi nhận:", "- Như trên;", "- Lưu: VT."],
        ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Văn A"],
    ]


def test_charts_and_qr_code_are_pictures_with_words_for_who_does_not_see_them():
    parts = parts_of(render_docx(TREES["published"]))
    body = etree.fromstring(parts["word/document.xml"])
    targets = {one.get("Id"): one.get("Target") for one in etree.fromstring(parts["word/_rels/document.xml.rels"])}

    described = [one.get("descr") for one in body.iter(f"{DRAWN}wordprocessingDrawing}}docPr")]
    assert described == [
        *(f"{chart.title}. {chart.description}" for chart in CHARTS),
        "Mã QR dẫn đến trang xác thực của văn bản",
    ]
    pictures = [targets[one.get(qn("r:embed"))] for one in body.iter(f"{DRAWN}main}}blip")]
    assert pictures == [f"media/{number}.png" for number in range(1, 6)]
    for target, extent in zip(pictures, body.iter(f"{DRAWN}wordprocessingDrawing}}extent"), strict=True):
        with Image.open(BytesIO(parts[f"word/{target}"])) as picture:
            width, height = (int(extent.get(name)) / EMU_PER_MM for name in ("cx", "cy"))
            assert width == pytest.approx(24 if target == "media/5.png" else 117, abs=0.01)
            assert height / width == pytest.approx(picture.height / picture.width, abs=0.001)


def test_chart_too_high_for_a_sheet_is_made_smaller():
    tall = replace(CHARTS[3], categories=tuple(str(year) for year in range(2000, 2030)))
    tall = replace(tall, series=tuple(replace(one, values=(1,) * 30) for one in tall.series))

    body = etree.fromstring(parts_of(render_docx(replace(TREES["published"], body=(tall,))))["word/document.xml"])

    (chart, _) = body.iter(f"{DRAWN}wordprocessingDrawing}}extent")
    assert int(chart.get("cy")) / EMU_PER_MM == pytest.approx(HIGHEST_CHART_MM, abs=0.01)
    assert int(chart.get("cx")) / EMU_PER_MM < 117


def test_charts_are_lettered_without_the_machines_fonts():
    picture = parts_of(render_docx(TREES["published"]))["word/media/1.png"]

    drawing = {"svg_string": svg(CHARTS[0]), "background": "#ffffff", "zoom": 2}
    fonts = [str(path) for path in FONTS.glob("*.ttf")]
    assert picture == resvg_py.svg_to_bytes(**drawing, skip_system_fonts=True, font_files=fonts)
    assert picture != resvg_py.svg_to_bytes(**drawing, skip_system_fonts=True)


def test_code_and_address_stand_beside_the_qr_code_after_the_signature():
    document = opened(TREES["published"])
    table = document.tables[-3]

    assert [p.text for p in table.rows[0].cells[1].paragraphs] == [
        f"Mã tra cứu: {VERIFICATION.code}",
        f"Kiểm tra văn bản tại: {VERIFICATION.address}",
    ]
    assert document.tables[-4].rows[0].cells[1].paragraphs[-1].text == "Nguyễn Văn A"
    assert document.tables[-4].rows[0].cells[1].paragraphs[-1].paragraph_format.keep_with_next


def test_numbers_stand_at_the_right_of_their_cells():
    (table,) = [one for one in opened(TREES["published"]).tables if one.rows[0].cells[-1].text == "Tỷ lệ"]

    assert [[cell.paragraphs[0].style.style_id for cell in row.cells] for row in table.rows] == [
        ["DauCot"] * 3,
        ["OBang", "OBangSo", "OBangSo"],
        ["OBang", "OBangSo", "OBangSo"],
    ]
    assert table.rows[1].cells[1].paragraphs[0].style.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.RIGHT


def test_hostile_text_stays_text():
    hostile = '</w:t><w:fldSimple w:instr="INCLUDETEXT file:///etc/passwd"/> & \x00\x1b]]>'
    content = figures_content()
    content["agency"]["name"] = content["parts"][0]["text"] = hostile
    content["tables"][0]["title"] = f"\"{hostile}'"

    file = render_docx(agency_report_tree(content))

    assert words('</w:t><w:fldSimple w:instr="INCLUDETEXT file:///etc/passwd"/> &') in words_in(file)
    body = etree.fromstring(parts_of(file)["word/document.xml"])
    assert list(body.iter(qn("w:fldSimple"))) == []


def test_package_without_its_words_is_well_formed():
    for path in PACKAGE.rglob("*"):
        if path.is_file():
            etree.parse(path)


@pytest.mark.long
def test_same_document_gives_same_bytes_in_processes_of_different_hash_seeds():
    program = (
        "import django, hashlib\n"
        "django.setup()\n"
        "from reports.documents.docx import render_docx\n"
        "from tests.reports.documents.published import published_tree\n"
        "print(hashlib.sha256(render_docx(published_tree())).hexdigest())\n"
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

    assert digests == {hashlib.sha256(render_docx(TREES["published"])).hexdigest()}
