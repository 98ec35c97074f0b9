"""The markup that the PDF is made from and the preview shows."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from reports.charts import svg
from reports.documents.agency_report import agency_report_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.html import page_html, preview_html
from tests.reports.documents.published import CHARTS, NUMBERS, VERIFICATION, published_tree
from tests.reports.documents.samples import agency_content, consolidated_content, figures_content

HOSTILE = '<script>alert(1)</script> <link rel="attachment" href="file:///etc/passwd"> {{ 7|add:1 }} &amp;'


class Elements(HTMLParser):
    """Collects the elements of a piece of markup with their attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def heading_levels(markup: str) -> list[int]:
    return [int(tag[1]) for tag, _ in Elements(markup).found if re.fullmatch("h[1-6]", tag)]


@pytest.mark.parametrize(
    "tree",
    [
        agency_report_tree(agency_content()),
        agency_report_tree(figures_content()),
        consolidated_report_tree(consolidated_content()),
    ],
)
def test_page_headings_start_at_one_and_skip_no_level(tree):
    levels = heading_levels(page_html(tree))

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert set(levels) == {1, 2, 3}
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_preview_headings_are_one_level_lower_than_on_paper():
    tree = agency_report_tree(figures_content())

    assert heading_levels(preview_html(tree)) == [level + 1 for level in heading_levels(page_html(tree))]


def test_page_states_language_title_and_author():
    elements = Elements(page_html(agency_report_tree(agency_content()))).found

    assert ("html", {"lang": "vi"}) in elements
    assert ("meta", {"name": "author", "content": "Sở Y tế"}) in elements


def test_preview_needs_no_inline_style_or_script():
    elements = Elements(preview_html(consolidated_report_tree(consolidated_content()))).found

    assert not [tag for tag, attributes in elements if tag in ("style", "script") or "style" in attributes]
    assert elements[0] == ("article", {"class": "document"})


def test_text_with_markup_stays_text_everywhere():
    content = agency_content(addressee=HOSTILE, recipients=[HOSTILE, "Lưu: VT"])
    content["agency"] |= {"name": HOSTILE, "letterhead": [{"text": HOSTILE, "bold": True}], "notation": HOSTILE}
    content["signer"] = {"lines": [HOSTILE], "name": HOSTILE}
    for part in content["parts"]:
        part |= {"text": HOSTILE, "difficulties": HOSTILE, "title": HOSTILE}
        for task in part["tasks"]:
            task |= {"text": HOSTILE, "reason": HOSTILE}

    markup = page_html(agency_report_tree(content))

    allowed = {
        "html", "head", "meta", "title", "body", "article", "div", "span", "h1", "h2", "h3", "p", "b", "i", "br",
        "table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "ul", "li",
    }  # fmt: skip
    assert {tag for tag, _ in Elements(markup).found} <= allowed
    assert markup.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 20
    assert "{{ 7|add:1 }} &amp;amp;" in markup


def test_every_table_is_a_region_that_a_keyboard_scrolls_and_has_one_name_per_row():
    found = Elements(preview_html(agency_report_tree(figures_content()))).found

    regions = [attributes for tag, attributes in found if "doc-table" in (attributes.get("class") or "").split()]
    assert len(regions) == 7
    for region in regions:
        assert (region["role"], region["tabindex"]) == ("region", "0")
        assert region["aria-label"]
    assert [attributes["scope"] for tag, attributes in found if tag == "th"].count("row") == 8 + 17


def test_chart_is_drawn_in_its_figure_with_its_name_under_it():
    markup = page_html(published_tree())

    figures = re.findall(r'<figure class="doc-chart">(.*?)</figure>', markup, re.DOTALL)
    assert len(figures) == len(CHARTS)
    for chart, figure in zip(CHARTS, figures, strict=True):
        assert figure == f"{svg(chart)}<figcaption>{chart.title}</figcaption>"


def test_published_document_says_where_it_is_checked_once_with_a_named_qr_code():
    markup = preview_html(published_tree())
    found = Elements(markup).found

    ((_, drawing),) = [one for one in found if one[1].get("aria-labelledby") == "doc-qr-title"]
    assert (drawing["role"], drawing["viewbox"]) == ("img", "0 0 41 41")
    assert '<title id="doc-qr-title">Mã QR dẫn đến trang xác thực của văn bản</title>' in markup
    assert markup.count(VERIFICATION.address) == 1
    assert f"<p>Mã tra cứu: <b>{VERIFICATION.code}</b></p>" in markup
    assert "doc-verification" not in preview_html(replace(published_tree(), verification=None))


def test_numbers_stand_at_the_right_of_their_columns():
    markup = page_html(replace(published_tree(), body=(NUMBERS,), appendices=()))

    assert re.findall(r"<t[dh][^>]*>.*?</t[dh]>", markup)[3:] == [
        '<th scope="row">Nội dung 1</th>',
        '<td class="doc-numeric">1.260</td>',
        '<td class="doc-numeric">35,1%</td>',
        '<th scope="row">Nội dung 2</th>',
        '<td class="doc-numeric">-</td>',
        '<td class="doc-numeric">Không có số liệu</td>',
    ]
