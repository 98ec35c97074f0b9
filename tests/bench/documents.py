"""Seconds and megabytes of an agency's report and of a merged report of 24 agencies, as PDF and as Word file.

    .venv/bin/python -m tests.bench.documents

Each is made three times in a process of its own, beside bare WeasyPrint on the same page, styles and fonts (no tags,
its own fetcher, the collector on); the median is printed, and the most memory the process ever held.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO

ROUNDS = 3
CASES = ("agency report", "merged report of 24")


def measure(case: str, way: str) -> str:
    """Return one line of figures."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
    django.setup()
    from pypdf import PdfReader

    tree = agency_tree() if case == CASES[0] else merged_tree()
    make = WAYS[way](tree)
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        made = make()
        times.append(time.perf_counter() - started)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # A Word file has as many pages as its reader gives it.
    pages = "" if way == "render_docx" else f"{len(PdfReader(BytesIO(made)).pages)} pages"
    return (
        f"{case:22} {way:18} {pages:>9} {times[0]:6.3f} s first {statistics.median(times):6.3f} s median"
        f" {memory:6.0f} MB held {len(made) / 1024:6.0f} KB file"
    )


# The ways import what they need themselves, so that each process pays for its own alone.


def pdf(tree) -> Callable[[], bytes]:
    from reports.documents.pdf import render_pdf

    return lambda: render_pdf(tree)


def bare(tree) -> Callable[[], bytes]:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from reports.documents.html import page_html
    from reports.documents.pdf import STYLESHEETS

    page = page_html(tree)

    def make() -> bytes:
        fonts = FontConfiguration()
        styles = [CSS(filename=path, font_config=fonts) for path in STYLESHEETS]
        return HTML(string=page).write_pdf(stylesheets=styles, font_config=fonts, presentational_hints=True)

    return make


def docx(tree) -> Callable[[], bytes]:
    from reports.documents.docx import render_docx

    return lambda: render_docx(tree)


WAYS = {"render_pdf": pdf, "bare WeasyPrint": bare, "render_docx": docx}


def agency_tree():
    from reports.documents.agency_report import agency_report_tree
    from tests.reports.documents.samples import agency_content

    return agency_report_tree(agency_content())


def merged_tree():
    """Return the merged report in which all 24 agencies wrote three times the usual."""
    from reports.documents.consolidated_report import consolidated_report_tree
    from tests.reports.documents.samples import AGENCIES, WORK, consolidated_content

    content = consolidated_content()
    content["reporting"] |= {"on_time": list(AGENCIES), "late": [], "waiting": [], "missing": []}
    for part in content["parts"]:
        part["missing"] = []
        if "paragraphs" in part:
            part["paragraphs"] = [
                {"agency": name, "text": "\n".join([WORK] * 3), "unreviewed": False} for name in AGENCIES
            ]
            part["nothing"] = []
    return consolidated_report_tree(content)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(measure(*sys.argv[1:]))
    else:
        for case in CASES:
            for way in WAYS:
                subprocess.run([sys.executable, "-m", "tests.bench.documents", case, way], check=True)
