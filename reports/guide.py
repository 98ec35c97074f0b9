"""The users' guides: the project's own Markdown files in docs/guide, as pages of the portal."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import markdown
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from markdown.extensions.toc import TocExtension

from assignments.text import fold

GUIDES = Path(__file__).resolve().parent.parent / "docs" / "guide"
IMAGES = GUIDES / "images"
INDEX = "index"


@dataclass(frozen=True)
class Guide:
    """A guide's title and its words as HTML; nothing from users comes into either."""

    title: str
    html: str


def names() -> list[str]:
    """Return the names of the guides that there are."""
    return sorted(path.stem for path in GUIDES.glob("*.md"))


@cache
def guide(name: str) -> Guide:
    """Return the guide of a name among `names`, with links and pictures that lead within the portal."""
    text = (GUIDES / f"{name}.md").read_text()
    text = re.sub(r"\]\(([a-z-]+)\.md(#[a-z0-9-]+)?\)", lambda m: f"]({_address(m[1])}{m[2] or ''})", text)
    text = re.sub(r"\]\(images/([a-z0-9-]+\.png)\)", lambda m: f"]({reverse('guide_image', args=[m[1]])})", text)
    contents = TocExtension(slugify=lambda value, separator: slugify(fold(value)))
    html = markdown.markdown(text, extensions=["tables", contents], output_format="html")
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    return Guide(title[1] if title else name, mark_safe(html))  # noqa: S308 - the project's own file


def _address(name: str) -> str:
    return reverse("guides") if name == INDEX else reverse("guide", args=[name])
