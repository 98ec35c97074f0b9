"""The document as PDF. The only file that imports WeasyPrint."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports.documents.html import page_html
from reports.documents.tree import Document

PROJECT = Path(__file__).resolve().parents[2]
FONTS = PROJECT / "static" / "fonts" / "tinos"
STYLESHEETS = (PROJECT / "static" / "css" / "document.css", PROJECT / "templates" / "documents" / "print.css")
MISSING_LETTER = "□"
NO_SYSTEM_FONTS = Path(__file__).with_name("no-system-fonts.conf")


class RenderingError(Exception):
    """A PDF could not be made; nothing was kept."""


class FontFetcher(URLFetcher):
    """Opens data: addresses and the project's own font files, and nothing else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data", "file"], allow_redirects=False, fail_on_errors=True)
        self._font_addresses = {font.as_uri() for font in FONTS.glob("*.ttf")}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the response, or raise ValueError for an address that is not allowed."""
        if not url.startswith("data:") and url not in self._font_addresses:
            raise ValueError(f"Address not allowed in a document: {url[:200]}")
        return super().fetch(url, headers)


def render_pdf(document: Document) -> bytes:
    """Return the document as a tagged PDF (PDF/UA-1): the same document gives the same bytes.

    Raises RenderingError. Takes about 0.07 s a page: for workers, not for requests.
    """
    with _garbage_collected_afterwards():
        return html_to_pdf(page_html(document))


def html_to_pdf(html: str) -> bytes:
    """Return an HTML page as PDF in the documents' style, or raise RenderingError.

    A letter that the fonts lack (an emoji, a tick) prints as a box: left in, it would print as nothing and make
    the text of the whole file unreadable to some readers.
    """
    letters = _letters_of_the_fonts()
    html = "".join(letter if letter in letters else MISSING_LETTER for letter in html)
    fetcher = FontFetcher()
    with _without_system_fonts():
        fonts = FontConfiguration()
    options: dict[str, Any] = {"url_fetcher": fetcher, "font_config": fonts}
    try:
        styles = [CSS(filename=path, **options) for path in STYLESHEETS]
        return HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1", presentational_hints=True
        )
    except FatalURLFetchingError as error:
        # A BaseException, which would pass every "except Exception" up to the worker's main loop.
        raise RenderingError(str(error)) from error


@cache
def _letters_of_the_fonts() -> frozenset[str]:
    with TTFont(FONTS / "Tinos-Regular.ttf", lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap())) | {"\n"}


@contextmanager
def _without_system_fonts() -> Iterator[None]:
    """Hide the machine's fonts from Fontconfig, so that every machine prints alike."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(NO_SYSTEM_FONTS)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@contextmanager
def _garbage_collected_afterwards() -> Iterator[None]:
    """Keep the collector off a layout's millions of objects (measured: a fifth of the time) until it is done."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
        gc.collect()
