"""Real PDFs, read back: words, millimetres, fonts, and what the renderer may open."""

import gc
import os
import subprocess
import sys
import unicodedata
from contextlib import closing
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from pypdf import PageObject, PdfReader
from weasyprint.urls import FatalURLFetchingError

from reports.documents.agency_report import agency_report_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.html import page_html
from reports.documents.pdf import FONTS, PROJECT, FontFetcher, RenderingError, html_to_pdf, render_pdf
from reports.documents.tree import Heading, Paragraph, Run
from tests.reports.documents.published import CHARTS, VERIFICATION, published_tree
from tests.reports.documents.reading import MM_PER_POINT, Line, printed_lines, words, words_of
from tests.reports.documents.samples import (
    agency_content,
    consolidated_content,
    district_content,
    figures_content,
    focal_content,
)

# Every day the digest in test_template_version.py tells whether anything prints differently.
pytestmark = pytest.mark.long

VIETNAMESE_LETTERS = [
    unicodedata.normalize("NFC", letter + tone)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
] + ["đ", "Đ"]


def line(page: PageObject, start: str) -> Line:
    """Return the page's one line that starts with this text."""
    (found,) = [found for found in printed_lines(page) if found.text.replace("\xa0", " ").startswith(start)]
    return found


def rule_lengths(page: PageObject) -> list[float]:
    """Return the lengths in mm of the rules drawn under letterhead and subject, tables aside."""
    return [
        float(operands[2]) * 0.75 * MM_PER_POINT
        for operands, operator in page.get_contents().operations
        if operator == b"re" and float(operands[3]) == 1
    ]


def words_in(pdf: bytes) -> str:
    """Return the words of the whole file, page numbers left out so that a sentence may cross a page."""
    reader = PdfReader(BytesIO(pdf))
    texts = []
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        texts.append(text.removeprefix(str(number)) if number > 1 else text)
    return words("".join(texts))


def upright(page: PageObject) -> bool:
    return page.mediabox.height > page.mediabox.width


@pytest.fixture(scope="module")
def agency_pdf() -> bytes:
    return render_pdf(agency_report_tree(agency_content()))


@pytest.fixture(scope="module")
def agency_pages(agency_pdf) -> list[PageObject]:
    return list(PdfReader(BytesIO(agency_pdf)).pages)


@pytest.fixture(scope="module")
def focal_page() -> PageObject:
    tree = agency_report_tree(focal_content(), number="5", issued_on=date(2026, 2, 5))
    return PdfReader(BytesIO(render_pdf(tree))).pages[0]


@pytest.fixture(scope="module")
def merged_pdf() -> bytes:
    return render_pdf(consolidated_report_tree(consolidated_content(), number="312"))


@pytest.mark.parametrize(
    "tree",
    [
        agency_report_tree(agency_content()),
        agency_report_tree(focal_content(), number="5", issued_on=date(2026, 2, 5)),
        agency_report_tree(district_content(letter={"number": "45/BC-UBND", "received_on": "2026-11-05"})),
        agency_report_tree(figures_content()),
    ],
    ids=["department", "focal", "district", "figures"],
)
def test_pdf_holds_every_word_of_the_tree(tree):
    printed = words_in(render_pdf(tree))

    assert [text for text in words_of(tree) if text not in printed] == []


def test_merged_pdf_holds_every_word_of_the_tree(merged_pdf):
    tree = consolidated_report_tree(consolidated_content(), number="312")
    printed = words_in(merged_pdf)

    assert [text for text in words_of(tree) if text not in printed] == []


def test_pdf_describes_itself(agency_pdf):
    reader = PdfReader(BytesIO(agency_pdf))

    assert reader.metadata.title == agency_report_tree(agency_content()).title
    assert reader.metadata.author == "Sở Y tế"
    assert reader.trailer["/Root"]["/Lang"] == "vi"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert "/CreationDate" not in reader.metadata


def test_pdf_outline_follows_the_headings(agency_pdf):
    reader = PdfReader(BytesIO(agency_pdf))
    (title, sections) = reader.outline

    tree = agency_report_tree(agency_content())
    assert title["/Title"] == f"Báo cáo {tree.subject}"
    assert [entry["/Title"] for entry in sections if not isinstance(entry, list)] == [
        f"{block.number}. {block.text}" for block in tree.body if isinstance(block, Heading) and block.level == 1
    ]


@pytest.mark.parametrize("name", ["agency_pdf", "merged_pdf"])
def test_pdf_embeds_tinos_and_nothing_else(name, request):
    fonts = set()
    for page in PdfReader(BytesIO(request.getfixturevalue(name))).pages:
        for font in page["/Resources"]["/Font"].values():
            (descendant,) = font["/DescendantFonts"]
            assert "/FontFile2" in descendant["/FontDescriptor"]
            fonts.add(font["/BaseFont"].split("+")[1])

    assert fonts == {"Tinos", "Tinos-Bold", "Tinos-Italic", "Tinos-Bold-Italic"}


def test_every_face_has_every_vietnamese_letter_and_the_same_letters():
    assert len(VIETNAMESE_LETTERS) == 146

    faces = {}
    for path in FONTS.glob("*.ttf"):
        with TTFont(path) as font:
            faces[path.stem] = set(font.getBestCmap())

    assert set(faces) == {"Tinos-Regular", "Tinos-Italic", "Tinos-Bold", "Tinos-BoldItalic"}
    assert len({frozenset(letters) for letters in faces.values()}) == 1
    assert [letter for letter in VIETNAMESE_LETTERS if ord(letter) not in faces["Tinos-Regular"]] == []


def test_every_vietnamese_letter_is_read_back():
    content = agency_content()
    content["parts"][0]["text"] = " ".join(VIETNAMESE_LETTERS)

    text = PdfReader(BytesIO(render_pdf(agency_report_tree(content)))).pages[0].extract_text()

    assert "".join(VIETNAMESE_LETTERS) in unicodedata.normalize("NFC", "".join(text.split()))


def test_page_number_is_absent_on_the_first_page_and_centred_in_the_top_margin_after(agency_pages):
    assert len(agency_pages) > 2
    assert [one for one in printed_lines(agency_pages[0]) if one.y < 20] == []
    for number, page in enumerate(agency_pages[1:], start=2):
        (printed,) = [one for one in printed_lines(page) if one.y < 20]
        assert (printed.text, printed.font, printed.size) == (str(number), "Tinos", 14)
        assert printed.x == pytest.approx(30 + 165 / 2, abs=1.5)


def test_sheet_is_a4_with_the_decrees_margins(agency_pages):
    page = agency_pages[0]
    assert float(page.mediabox.width) * MM_PER_POINT == pytest.approx(210, abs=0.05)
    assert float(page.mediabox.height) * MM_PER_POINT == pytest.approx(297, abs=0.05)

    for page in agency_pages:
        body = [one for one in printed_lines(page) if one.y > 20]
        assert min(one.x for one in body) == pytest.approx(30, abs=0.1)
        assert max(one.y for one in body) < 277

    first, second = printed_lines(agency_pages[0])[10:12]
    assert (first.text[:9], first.size) == ("Thực hiện", 14)
    assert first.x == pytest.approx(40, abs=0.1)
    assert second.x == pytest.approx(30, abs=0.1)
    assert second.y - first.y == pytest.approx(14 * 1.15 * MM_PER_POINT, abs=0.05)


def test_letterhead_stands_in_cells_of_66_and_99_mm(focal_page):
    assert [(one.text.replace("\xa0", " "), one.font, one.size) for one in printed_lines(focal_page)[:7]] == [
        ("UBND TỈNH LẠNG SƠN", "Tinos", 13),
        ("SỞ LAO ĐỘNG -", "Tinos-Bold", 13),
        ("THƯƠNG BINH VÀ XÃ HỘI", "Tinos-Bold", 13),
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Tinos-Bold", 13),
        ("Độc lập - Tự do - Hạnh phúc", "Tinos-Bold", 14),
        ("Số: 05/BC-SLĐTBXH", "Tinos", 13),
        ("Lạng Sơn, ngày 05 tháng 02 năm 2026", "Tinos-Italic", 14),
    ]
    # Measured in Tinos Bold: 59.2 mm, 95.7 mm and 60.5 mm of text, each centred in its cell.
    assert line(focal_page, "THƯƠNG BINH").x == pytest.approx(30 + (66 - 59.2) / 2, abs=0.5)
    assert line(focal_page, "CỘNG HÒA").x == pytest.approx(96 + (99 - 95.7) / 2, abs=0.5)
    assert line(focal_page, "Độc lập").x == pytest.approx(96 + (99 - 60.5) / 2, abs=0.5)
    assert line(focal_page, "UBND TỈNH LẠNG").y == pytest.approx(line(focal_page, "CỘNG HÒA").y, abs=0.05)
    assert line(focal_page, "Số:").y == pytest.approx(line(focal_page, "Lạng Sơn, ngày").y, abs=0.05)


def test_rules_have_the_decrees_lengths(focal_page):
    issuer, motto, subject = rule_lengths(focal_page)

    assert 59.2 / 3 <= issuer <= 59.2 / 2
    assert motto == pytest.approx(60.5, abs=0.3)
    assert 165 / 3 <= subject <= 165 / 2


def test_appendix_lies_on_its_side_and_counts_its_own_pages():
    tree = agency_report_tree(figures_content())
    (appendix,) = tree.appendices
    longer = replace(appendix, blocks=appendix.blocks * 4)

    pages = list(PdfReader(BytesIO(render_pdf(replace(tree, appendices=(longer,) * 2)))).pages)

    body = [page for page in pages if upright(page)]
    lying = [page for page in pages if not upright(page)]
    assert pages == body + lying
    numbers = [[one.text for one in printed_lines(page) if one.y < 20] for page in lying]
    pages_each = len(lying) // 2
    assert numbers == [[], *([str(n)] for n in range(2, pages_each + 1))] * 2
    for page in lying:
        assert float(page.mediabox.width) * MM_PER_POINT == pytest.approx(297, abs=0.05)
        assert min(one.x for one in printed_lines(page)) > 30


def test_title_is_centred_in_bold_14_point(agency_pages):
    type_name, subject = line(agency_pages[0], "BÁO CÁO"), line(agency_pages[0], "Kết quả triển khai")

    assert (type_name.font, type_name.size, subject.font, subject.size) == ("Tinos-Bold", 14, "Tinos-Bold", 14)
    assert subject.y - type_name.y == pytest.approx(14 * 1.15 * MM_PER_POINT, abs=0.1)


def test_recipients_and_signature_share_height_and_page(agency_pages):
    page = agency_pages[-1]
    recipients, authority, name = line(page, "Nơi nhận:"), line(page, "KT. GIÁM ĐỐC"), line(page, "Nguyễn Văn A")

    assert (recipients.font, recipients.size, recipients.x) == (
        "Tinos-Bold-Italic",
        12,
        pytest.approx(30, abs=0.1),
    )
    assert (line(page, "- Như trên;").font, line(page, "- Như trên;").size) == ("Tinos", 11)
    assert (authority.font, authority.size, name.font, name.size) == ("Tinos-Bold", 14, "Tinos-Bold", 14)
    assert recipients.y == pytest.approx(authority.y, abs=1)
    assert authority.x > 30 + 165 / 2
    assert name.y - line(page, "PHÓ GIÁM ĐỐC").y > 21


def paragraphs_long(count: int) -> tuple[Paragraph, ...]:
    return (Paragraph((Run("Dòng chữ."),)),) * count


@pytest.mark.parametrize("count", range(22, 31))
def test_page_breaks_leave_no_heading_and_no_signature_alone(count):
    """Push a heading, then the end of the document, over the foot of a page, one line at a time."""
    base = agency_report_tree(agency_content())
    tree = replace(
        base,
        body=(
            *paragraphs_long(count),
            Heading(1, "I", "Đề mục"),
            Heading(2, "1", "Tiểu mục"),
            *paragraphs_long(count + 3),
        ),
    )

    pages = list(PdfReader(BytesIO(render_pdf(tree))).pages)

    for page in pages:
        texts = [one.text for one in printed_lines(page)]
        assert not texts[-1].startswith(("I. ", "1. "))
        if "Nơi nhận:" in texts:
            assert "Dòng chữ." in texts
            assert {"KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Văn A", "- Như trên;", "- Lưu: VT."} <= set(texts)


def test_signature_stays_on_the_page_as_long_as_there_is_room():
    tree = agency_report_tree(agency_content())
    names = []
    for count in range(12, 24):
        pages = PdfReader(BytesIO(render_pdf(replace(tree, body=paragraphs_long(count), appendices=())))).pages
        names.append((len(pages), line(pages[-1], "Nguyễn Văn A").y))

    lowest = max(y for pages, y in names if pages == 1)
    assert {pages for pages, _ in names} == {1, 2}
    # The foot of the text box, less the paragraph that was one too many: its line, what is above it, a descender.
    assert lowest > 277 - (14 * 1.15 + 6 + 4) * MM_PER_POINT


@pytest.fixture(scope="module")
def published_pages() -> list[PageObject]:
    """Return the pages of a document with charts, a QR code and a long table in an appendix on its side."""
    tree = published_tree()
    (appendix,) = tree.appendices
    table = appendix.blocks[0]
    appendix = replace(appendix, blocks=(replace(table, rows=table.rows * 12), *appendix.blocks[1:]))
    return list(PdfReader(BytesIO(render_pdf(replace(tree, appendices=(appendix,))))).pages)


def test_long_table_repeats_its_heading_row_and_splits_no_row(published_pages):
    lying = [page for page in published_pages if not upright(page)]
    texts = [words(page.extract_text()) for page in lying]

    assert len(lying) > 2
    for text in texts[:-1]:
        assert text.count(words("Trong đó nữ/tử số")) == 1
    # The name of the ratio, three lines long, stands whole on each page or not at all.
    for text in texts:
        assert text.count(words("Cơ quan có lãnh đạo chủ chốt là nữ (tử số:")) == text.count(
            words("mẫu số: tổng số cơ quan)")
        )


def test_chart_stands_on_one_page_with_its_name_under_it(published_pages):
    texts = [page.extract_text() for page in published_pages]

    for chart in CHARTS:
        ((page, text),) = [pair for pair in zip(published_pages, texts, strict=True) if chart.title in pair[1]]
        name = line(page, chart.title)
        assert (name.font, name.size) == ("Tinos-Italic", 12)
        printed = words(text)
        assert words(chart.categories[0]) in printed
        assert words(chart.categories[-1]) in printed


def test_chart_higher_than_a_page_is_made_smaller_and_keeps_its_name():
    years = tuple(str(year) for year in range(1980, 2025))
    tall = replace(CHARTS[3], categories=years, series=(replace(CHARTS[3].series[0], values=(1,) * 45),))

    pages = list(PdfReader(BytesIO(render_pdf(replace(published_tree(), body=(tall,), appendices=())))).pages)

    (page,) = [page for page in pages if tall.title in page.extract_text()]
    assert {*years} <= set(page.extract_text().split())
    assert line(page, tall.title).y < 277


def test_qr_code_stands_under_the_signature_on_its_page(published_pages):
    (page,) = [page for page in published_pages if "Nơi nhận:" in page.extract_text()]

    code = line(page, "Mã tra cứu:")
    assert code.y > line(page, "Nguyễn Văn A").y
    assert code.x == pytest.approx(30 + 24, abs=0.1)
    assert (code.size, line(page, "Kiểm tra văn bản tại:").size) == (11, 11)
    assert VERIFICATION.address in page.extract_text().replace("\n", "")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:1/font.ttf",
        "https://127.0.0.1:1/",
        "ftp://127.0.0.1/",
        (FONTS / "OFL.txt").as_uri(),
        (FONTS / ".." / "tinos" / "Tinos-Regular.ttf").as_uri(),
        (FONTS / "Tinos-Regular.ttf").as_uri() + "?",
        "file://localhost" + str(FONTS / "Tinos-Regular.ttf"),
        (PROJECT / "manage.py").as_uri(),
    ],
)
def test_fetcher_refuses_everything_but_data_and_its_fonts(address):
    with pytest.raises(ValueError, match="not allowed in a document"):
        FontFetcher().fetch(address)


def test_fetcher_opens_its_fonts_and_data():
    font = FONTS / "Tinos-Regular.ttf"

    with closing(FontFetcher().fetch(font.as_uri())) as response:
        assert response.read() == font.read_bytes()
    assert FontFetcher().fetch("data:text/plain,abc").read() == b"abc"


def test_page_that_asks_for_another_file_is_not_rendered():
    page = page_html(agency_report_tree(agency_content()))
    page = page.replace("</head>", '<link rel="attachment" href="file:///etc/passwd"></head>')

    with pytest.raises(RenderingError, match="file:///etc/passwd") as raised:
        html_to_pdf(page)
    assert isinstance(raised.value.__cause__, FatalURLFetchingError)


def test_hostile_text_is_printed_as_text():
    hostile = '<script>alert(1)</script> <link rel=attachment href="file:///etc/passwd">\x00\x1b {{ 7|add:1 }}'
    content = agency_content()
    content["parts"][0]["text"] = f"{hostile}\n{'dài' * 200}"
    content["agency"]["name"] = hostile

    pdf = render_pdf(agency_report_tree(content))

    reader = PdfReader(BytesIO(pdf))
    assert words('<link rel=attachment href="file:///etc/passwd"> {{ 7|add:1 }}') in words_in(pdf)
    assert words("dài" * 200) in words_in(pdf)
    assert list(reader.attachments) == []
    assert b"/JavaScript" not in pdf


def test_letter_that_the_fonts_lack_prints_as_a_box_and_spoils_no_other():
    content = agency_content()
    content["parts"][0]["text"] = "Đạt 😀 và ✓ cả 中 năm"

    printed = words_in(render_pdf(agency_report_tree(content)))

    assert words("Đạt □ và □ cả □ năm") in printed


def test_same_document_gives_same_bytes_in_processes_of_different_hash_seeds(tmp_path):
    program = (
        "import django, hashlib\n"
        "django.setup()\n"
        "from reports.documents.pdf import render_pdf\n"
        "from tests.reports.documents.published import published_tree\n"
        "pdf = render_pdf(published_tree())\n"
        "print(hashlib.sha256(pdf).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=PROJECT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "TMPDIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "UTC"), ("2", "Asia/Ho_Chi_Minh"))
    }

    assert len(digests) == 1


def test_rendering_leaves_collector_and_environment_as_they_were():
    before = dict(os.environ)

    render_pdf(agency_report_tree(agency_content()))

    assert gc.isenabled()
    assert dict(os.environ) == before
