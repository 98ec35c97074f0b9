"""Seconds and megabytes of an agency's report and of a merged report of 24 agencies.

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
WAYS = ("render_pdf", "bare WeasyPrint")


def measure(case: str, way: str) -> str:
    """Return one line of figures; imports are inside so that each process pays for its own alone."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
    django.setup()
    from pypdf import PdfReader
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from reports.documents.html import page_html
    from reports.documents.pdf import STYLESHEETS, render_pdf

    tree = agency_tree() if case == CASES[0] else merged_tree()
    page = page_html(tree)

    def bare() -> bytes:
        fonts = FontConfiguration()
        styles = [CSS(filename=path, font_config=fonts) for path in STYLESHEETS]
        return HTML(string=page).write_pdf(stylesheets=styles, font_config=fonts, presentational_hints=True)

    make: Callable[[], bytes] = bare if way == WAYS[1] else lambda: render_pdf(tree)
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        pdf = make()
        times.append(time.perf_counter() - started)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pages = len(PdfReader(BytesIO(pdf)).pages)
    return (
        f"{case:22} {way:18} {pages:4} pages {times[0]:6.2f} s first {statistics.median(times):6.2f} s median"
        f" {memory:6.0f} MB held {len(pdf) / 1024:6.0f} KB file"
    )


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
