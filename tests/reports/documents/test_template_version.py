"""The version in every document's address follows what documents look like."""

import hashlib
from datetime import date

from reports.documents import TEMPLATE_VERSION
from reports.documents.agency_report import agency_report_tree
from reports.documents.consolidated_report import consolidated_report_tree
from reports.documents.html import page_html
from reports.documents.pdf import FONTS, STYLESHEETS
from tests.reports.documents.samples import agency_content, consolidated_content, focal_content

VERSION_PRINTED_SO = ("1", "978f8485cf014d59810e1270d23db0850a5fee7d1bfa91e45d89f0dac2ee37f3")


def test_template_version_is_raised_when_documents_print_differently():
    """On a failure: raise TEMPLATE_VERSION, then pin it here with the new digest.

    Before the first release the digest alone may be renewed: no document of that version is kept anywhere.
    """
    pages = (
        agency_report_tree(agency_content()),
        agency_report_tree(focal_content(), number="5", issued_on=date(2026, 2, 5)),
        consolidated_report_tree(consolidated_content(), number="312"),
    )
    digest = hashlib.sha256()
    for page in pages:
        digest.update(page_html(page).encode())
    for path in (*STYLESHEETS, *sorted(FONTS.glob("*.ttf"))):
        digest.update(path.read_bytes())

    assert (TEMPLATE_VERSION, digest.hexdigest()) == VERSION_PRINTED_SO
