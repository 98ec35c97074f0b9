"""The users' guides say what is there: every picture, link and button that they name."""

import re
from pathlib import Path

import pytest

from reports.guide import guide

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ROOT / "docs" / "guide"
# Its quotations are the plan's, and its tables have tests of their own.
OF_RULES = "han-nop"
TASKS = sorted(path.stem for path in GUIDES.glob("*.md") if path.stem != OF_RULES)
# A heading of this guide, or of another: [words](other.md#heading).
LINK_TO_HEADING = re.compile(r"\]\((?:([a-z-]+)\.md)?#([a-z0-9-]+)\)")


def text_of(name: str) -> str:
    return (GUIDES / f"{name}.md").read_text()


def every_word_on_pages() -> str:
    """Return the templates and the code, where forms and buttons have their words; white space folded."""
    paths = [
        *(ROOT / "templates").rglob("*.html"),
        *(path for app in ("assignments", "reports") for path in (ROOT / app).rglob("*.py")),
    ]
    text = " ".join(path.read_text() for path in paths)
    # A sentence that is broken into two strings of code is one.
    return " ".join(re.sub(r'"\s*\n\s*f?"', "", text).split())


def test_every_role_has_a_guide():
    assert TASKS == [
        "chuyen-vien",
        "chuyen-vien-dau-moi",
        "index",
        "lanh-dao-don-vi",
        "lanh-dao-tinh",
        "quan-tri",
        "tong-hop-du-toan",
    ]


def test_every_picture_and_link_of_the_guides_is_there():
    named = {target for name in [*TASKS, OF_RULES] for target in re.findall(r"\]\(([^)#]+)", text_of(name))}

    assert {target for target in named if not (GUIDES / target).exists()} == set()


def test_every_heading_that_a_guide_links_to_is_there():
    links = {(target or name, place) for name in TASKS for target, place in LINK_TO_HEADING.findall(text_of(name))}
    headings = {(name, heading) for name in TASKS for heading in re.findall(r' id="([^"]+)"', guide(name).html)}

    assert len(links) > 0
    assert links - headings == set()


def test_every_picture_is_in_a_guide():
    named = {Path(target).name for name in TASKS for target in re.findall(r"\]\((images/[^)]+)", text_of(name))}

    assert {path.name for path in (GUIDES / "images").glob("*.png")} == named


def test_every_name_that_a_guide_quotes_stands_on_a_page():
    words = every_word_on_pages()
    quoted = {(name, quotation) for name in TASKS for quotation in re.findall(r"“([^”]+)”", text_of(name))}

    assert {(name, quotation) for name, quotation in quoted if quotation not in words} == set()


@pytest.mark.parametrize("name", TASKS)
def test_guide_is_a_page_whose_links_and_pictures_answer(client, clerk, name):
    client.force_login(clerk)
    page = client.get("/huong-dan-su-dung/" if name == "index" else f"/huong-dan-su-dung/{name}/")
    article = re.search(r'<article class="guide">(.*)</article>', page.content.decode(), re.DOTALL).group(1)

    addresses = re.findall(r'(?:href|src)="([^"]+)"', article)

    assert page.status_code == 200
    assert "<h1" in article
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, b"".join(answer) != b"") == (200, True), address


def test_guide_that_is_not_there_and_its_pictures_are_not_found(client, clerk):
    client.force_login(clerk)

    assert client.get("/huong-dan-su-dung/khong-co/").status_code == 404
    assert client.get("/huong-dan-su-dung/images/khong-co.png").status_code == 404
