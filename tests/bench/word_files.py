"""What LibreOffice makes of the Word files: pages and words, beside the PDF of the same tree.

    .venv/bin/python -m tests.bench.word_files FOLDER

Needs libreoffice-writer-nogui and fonts-liberation2 (the widths of Times New Roman), which the tests do without. The
files stay in FOLDER, to be looked at side by side.
"""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import django
from pypdf import PdfReader


def main(folder: Path) -> None:
    """Write every sample as PDF and Word file, convert the latter, and print what differs."""
    from reports.documents.docx import render_docx
    from reports.documents.pdf import render_pdf
    from tests.reports.documents.reading import words, words_of

    converted = folder / "converted"
    for name, tree in samples().items():
        (folder / f"{name}.pdf").write_bytes(render_pdf(tree))
        (folder / f"{name}.docx").write_bytes(render_docx(tree))
        subprocess.run(
            ["soffice", "--headless", "--convert-to", "pdf", "--outdir", converted, folder / f"{name}.docx"],
            check=True,
            capture_output=True,
        )
        pages = PdfReader(converted / f"{name}.pdf").pages
        # Page numbers stand between the words of two pages.
        printed = words("".join(page.extract_text().lstrip("0123456789 \n") for page in pages))
        lost = [text for text in words_of(tree) if text not in printed]
        own = len(PdfReader(folder / f"{name}.pdf").pages)
        print(
            f"{name:10} {own:3} pages in the PDF, {len(pages):3} in LibreOffice; texts not found whole: {len(lost)}"
        )
        for text in lost:
            print(f"  {text[:110]}")


def samples() -> dict:
    """Return the trees to compare: a department's with figures, the focal agency's, a district's, the merged one."""
    from reports.documents.agency_report import agency_report_tree
    from reports.documents.consolidated_report import consolidated_report_tree
    from tests.reports.documents.samples import (
        consolidated_content,
        district_content,
        figures_content,
        focal_content,
    )

    return {
        "figures": agency_report_tree(figures_content()),
        "focal": agency_report_tree(focal_content(), number="5", issued_on=date(2026, 2, 5)),
        "district": agency_report_tree(district_content()),
        "merged": consolidated_report_tree(consolidated_content(), number="312"),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
    django.setup()
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    main(target)
