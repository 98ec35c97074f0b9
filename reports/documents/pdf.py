"""The document as PDF. The only file that imports WeasyPrint."""

import gc
import os
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

import pydyf
from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.document import Document as Layout
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports.documents.html import page_html
from reports.documents.tree import Document
from reports.documents.xlsx import CONTENT_TYPE, CREATED, render_xlsx

PROJECT = Path(__file__).resolve().parents[2]
FONTS = PROJECT / "static" / "fonts" / "tinos"
STYLESHEETS = (PROJECT / "static" / "css" / "document.css", PROJECT / "templates" / "documents" / "print.css")
MISSING_LETTER = "□"
NO_SYSTEM_FONTS = Path(__file__).with_name("no-system-fonts.conf")
# WeasyPrint says one standard in a file: PDF/A-3a. That it is PDF/UA-1 too stands here.
ACCESSIBLE_TOO = Path(__file__).with_name("pdf-ua-1.rdf")
COLOURS = "sRGB2014"
WORKBOOK_DESCRIPTION = "Các bảng số liệu của văn bản này"


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
    """Return the document as a PDF to keep and to read aloud: PDF/A-3a and PDF/UA-1 in one file.

    The workbook of its tables travels inside where the document names one. The same document gives the same bytes.
    Raises RenderingError. Takes about 0.05 s a page: for workers, not for requests.
    """
    with _garbage_collected_afterwards():
        return html_to_pdf(page_html(document), [_workbook(document)] if document.workbook else [])


def html_to_pdf(html: str, attachments: Sequence[Attachment] = ()) -> bytes:
    """Return an HTML page as PDF in the documents' style, or raise RenderingError.

    A letter that the fonts lack (an emoji, a tick) prints as a box: left in, it would print as nothing and make
    the text of the whole file unreadable to some readers.
    """
    for letter in sorted(set(html) - _letters_of_the_fonts()):
        html = html.replace(letter, MISSING_LETTER)
    fetcher = FontFetcher()
    with _without_system_fonts():
        fonts = FontConfiguration()
    options: dict[str, Any] = {"url_fetcher": fetcher, "font_config": fonts}
    try:
        styles = [CSS(filename=path, **options) for path in STYLESHEETS]
        with _thriftily_written():
            return HTML(string=html, url_fetcher=fetcher).write_pdf(
                stylesheets=styles,
                font_config=fonts,
                pdf_variant="pdf/a-3a",
                color_profiles={COLOURS: _colours()},
                output_intent=COLOURS,
                presentational_hints=True,
                attachments=attachments,
                finisher=_finish,
            )
    except FatalURLFetchingError as error:
        # A BaseException, which would pass every "except Exception" up to the worker's main loop.
        raise RenderingError(str(error)) from error


def _workbook(document: Document) -> Attachment:
    """Return the workbook as it lies in the PDF; its type is said, as what a name means differs by machine."""
    content = b64encode(render_xlsx(document)).decode()
    return Attachment(
        url=f"data:{CONTENT_TYPE};base64,{content}",
        name=document.workbook,
        description=WORKBOOK_DESCRIPTION,
        created=CREATED,
        modified=CREATED,
        relationship="Data",
    )


def _colours() -> ColorProfile:
    """Return WeasyPrint's own profile of sRGB, which it opens and does not close where it is left to itself."""
    profile = BytesIO(resources.files("weasyprint.pdf").joinpath(f"{COLOURS}.icc").read_bytes())
    return ColorProfile(profile, COLOURS, "relative-colorimetric", ["r", "g", "b"])


class _Written(pydyf.Object):
    """An object as it stands in the file: bytes in place of lists and dictionaries that nobody adds to any more."""

    def __init__(self, written: pydyf.Object) -> None:
        super().__init__()
        self.number, self.generation, self.free = written.number, written.generation, written.free
        self._data = b"" if written.free == "f" else written.data
        self._compressible = written.compressible

    @property
    def data(self) -> bytes:
        return self._data

    @property
    def compressible(self) -> bool:
        return self._compressible


class _ThriftyPdf(pydyf.PDF):
    """A PDF that keeps what is finished as bytes, and its list of pages.

    Left to itself it holds every page's drawing in pieces to the end, writes all of it twice (the file's ID is a hash
    of it) and makes the list of pages anew for every tag: thousands of times hundreds.
    """

    _references: tuple[bytes, ...] = ()
    _drawn_last: int | None = None

    @property
    def page_references(self) -> tuple[bytes, ...]:
        if len(self._references) != self.pages["Count"]:
            self._references = super().page_references
        return self._references

    def add_page(self, page: pydyf.Dictionary) -> None:
        """Add a page; the one before it is drawn by now."""
        if self._drawn_last is not None:
            drawing = self.objects[self._drawn_last]
            self.objects[self._drawn_last] = _Written(drawing)
            drawing.stream.clear()
        self._drawn_last = _number(page["Contents"])
        super().add_page(page)

    def add_object(self, object_: pydyf.Object) -> None:
        """Add an object; a tag that comes with its content gets no more of it."""
        super().add_object(object_)
        if isinstance(object_, pydyf.Dictionary) and object_.get("Type") == "/StructElem" and object_["K"]:
            self.objects[-1] = _Written(object_)

    def pack(self) -> None:
        """Keep everything as bytes: to be called when nothing is added any more."""
        for place, written in enumerate(self.objects):
            if not isinstance(written, _Written):
                self.objects[place] = _Written(written)


@contextmanager
def _thriftily_written() -> Iterator[None]:
    """Let WeasyPrint, which makes its PDF itself, make a thrifty one."""
    usual = pydyf.PDF
    pydyf.PDF = _ThriftyPdf
    try:
        yield
    finally:
        pydyf.PDF = usual


def _finish(_layout: Layout, pdf: _ThriftyPdf) -> None:
    """Say what the file keeps to, and which cells of a table head columns and which rows; then pack it."""
    metadata = pdf.objects[_number(pdf.catalog["Metadata"])]
    # Whoever looks for the standards reads them without unpacking anything.
    metadata.compress = False
    (packet,) = metadata.stream
    metadata.stream = [packet.replace(b"</rdf:RDF>", ACCESSIBLE_TOO.read_bytes() + b"</rdf:RDF>")]
    if "AF" in pdf.catalog:
        # It comes with every attachment named twice.
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for element in pdf.objects:
        if isinstance(element, pydyf.Dictionary) and element.get("S") == "/TH":
            row = pdf.objects[_number(element["P"])]
            group = pdf.objects[_number(row["P"])]
            element["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"
    pdf.pack()


def _number(reference: bytes) -> int:
    """Return the number of an object that is referred to, such as b"12 0 R"."""
    return int(reference.split()[0])


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
