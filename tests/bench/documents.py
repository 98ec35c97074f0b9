"""Seconds and megabytes of the merged report of 24 agencies and of 80, beside bare WeasyPrint on the same page.

    .venv/bin/python -m tests.bench.documents

Each way runs in a process of its own, which makes the file a few times and says the median and the most memory it
ever held. The portal's way is all of it: the snapshot's JSON, tree, page, PDF/A-3a and PDF/UA-1 with tags and the
workbook inside. Bare is WeasyPrint as it comes, given the finished page and the same styles and fonts: no tags, no
standards, no attachment, the collector on. On a machine that does other work besides, seconds of the processor say
more than those of the clock; ratios are made of both.
"""

import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO

AGENCIES = (24, 80)
ROUNDS = {24: 3, 80: 2}
MOST_TIME = 1.1
MOST_MEMORY = 1.2


def measure(way: str, agencies: int) -> dict:
    """Return the figures of one way, in this process."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")
    django.setup()
    from tests.reports.documents.samples import merged_content

    make = WAYS[way](json.dumps(merged_content(agencies=agencies)))
    seconds, processor = [], []
    for _ in range(ROUNDS[agencies]):
        started, busy = time.perf_counter(), time.process_time()
        made = make()
        seconds.append(time.perf_counter() - started)
        processor.append(time.process_time() - busy)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": statistics.median(seconds),
        "processor": statistics.median(processor),
        "megabytes": megabytes,
        "kilobytes": len(made) / 1024,
        "pages": pages_of(made) if made.startswith(b"%PDF") else 0,
    }


def pages_of(pdf: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(pdf)).pages)


# The ways import what they need themselves, so that each process pays for its own alone.


def tree_of(snapshot: str):
    from reports.documents.consolidated_report import consolidated_report_tree
    from tests.reports.documents.published import VERIFICATION

    return consolidated_report_tree(json.loads(snapshot), number="312", verification=VERIFICATION)


def portal(snapshot: str) -> Callable[[], bytes]:
    from reports.documents.pdf import render_pdf

    return lambda: render_pdf(tree_of(snapshot))


def bare(snapshot: str) -> Callable[[], bytes]:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from reports.documents.html import page_html
    from reports.documents.pdf import STYLESHEETS

    page = page_html(tree_of(snapshot))

    def make() -> bytes:
        fonts = FontConfiguration()
        styles = [CSS(filename=path, font_config=fonts) for path in STYLESHEETS]
        return HTML(string=page).write_pdf(stylesheets=styles, font_config=fonts, presentational_hints=True)

    return make


def docx(snapshot: str) -> Callable[[], bytes]:
    from reports.documents.docx import render_docx

    return lambda: render_docx(tree_of(snapshot))


def xlsx(snapshot: str) -> Callable[[], bytes]:
    from reports.documents.xlsx import render_xlsx

    return lambda: render_xlsx(tree_of(snapshot))


WAYS = {"bare": bare, "portal": portal, "docx": docx, "xlsx": xlsx}


def contents(agencies: int) -> str:
    """Return how much there is in the report, counted in its page."""
    program = (
        "import json, django; django.setup()\n"
        "from reports.documents.html import page_html\n"
        "from tests.bench.documents import tree_of\n"
        "from tests.reports.documents.samples import merged_content\n"
        f"page = page_html(tree_of(json.dumps(merged_content(agencies={agencies}))))\n"
        "print(page.count('<table'), 'tables,', page.count('doc-chart'), 'charts,', page.count('<td'), 'cells')\n"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "plan_portal.settings", **os.environ}
    said = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
    )
    return said.stdout.strip()


def run(way: str, agencies: int) -> dict:
    """Return the figures of one way, measured in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench.documents", way, str(agencies)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(said.stdout.splitlines()[-1])


def report() -> None:
    per_page = {}
    for agencies in AGENCIES:
        print(f"Merged report of {agencies} agencies: {contents(agencies)}; load {os.getloadavg()[0]:.1f}")
        figures = {way: run(way, agencies) for way in WAYS}
        for way, one in figures.items():
            pages = f"{one['pages']} pages" if one["pages"] else ""
            print(
                f"  {way:8} {one['seconds']:6.2f} s {one['processor']:6.2f} s of processor"
                f" {one['megabytes']:5.0f} MB {one['kilobytes']:6.0f} KB {pages}"
            )
        ours, theirs = figures["portal"], figures["bare"]
        per_page[agencies] = ours["processor"] / ours["pages"]
        print(
            f"  portal / bare: {ours['seconds'] / theirs['seconds']:.2f} of the clock,"
            f" {ours['processor'] / theirs['processor']:.2f} of the processor (goal {MOST_TIME}),"
            f" {ours['megabytes'] / theirs['megabytes']:.2f} of memory (goal {MOST_MEMORY})"
        )
    few, many = (1000 * per_page[agencies] for agencies in AGENCIES)
    print(f"A page takes {few:.0f} ms of processor in the small one and {many:.0f} ms in the large: {many / few:.2f}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
    else:
        report()
        if importlib.util.find_spec("tests.bench.document_delivery"):
            subprocess.run([sys.executable, "-m", "tests.bench.document_delivery"], check=True)
