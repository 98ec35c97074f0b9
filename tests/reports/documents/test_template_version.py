"""The version in every document's address follows what documents look like."""

import hashlib
from datetime import date
from io import BytesIO
from zipfile import ZipFile

from reports.documents import TEMPLATE_VERSION
from reports.documents.agency_report import agency_report_tree
from reports.documents.brief import brief_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.docx import render_docx
from reports.documents.html import page_html
from reports.documents.pdf import ACCESSIBLE_TOO, FONTS, STYLESHEETS
from reports.documents.xlsx import render_xlsx
from tests.reports.documents.published import VERIFICATION, published_tree
from tests.reports.documents.samples import (
    agency_content,
    consolidated_content,
    figures_content,
    focal_content,
    merged_content,
)

VERSION_PRINTED_SO = ("3", "88a0a2042af2d9af43fb27cd395ba10352a46c2120deb8bb795552f345612e63")


def test_template_version_is_raised_when_documents_print_differently():
    """On a failure: raise TEMPLATE_VERSION, then pin it here with the new digest.

    Before the first release the digest alone may be renewed: no document of that version is kept anywhere.
    """
    pages = (
        agency_report_tree(agency_content()),
        agency_report_tree(focal_content(), number="5", issued_on=date(2026, 2, 5)),
        agency_report_tree(figures_content()),
        consolidated_report_tree(consolidated_content(), number="312"),
        consolidated_report_tree(merged_content(), number="312", verification=VERIFICATION),
        brief_tree(merged_content(), number="312", verification=VERIFICATION),
        published_tree(),
    )
    digest = hashlib.sha256()
    for page in pages:
        digest.update(page_html(page).encode())
        for packed in (render_docx(page), render_xlsx(page)):
            with ZipFile(BytesIO(packed)) as package:
                for name in package.namelist():
                    digest.update(package.read(name))
    for path in (*STYLESHEETS, ACCESSIBLE_TOO, *sorted(FONTS.glob("*.ttf"))):
        digest.update(path.read_bytes())

    assert (TEMPLATE_VERSION, digest.hexdigest()) == VERSION_PRINTED_SO
