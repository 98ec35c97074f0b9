"""A document with everything that one can have: all kinds of blocks, charts, a code to check it by, a workbook."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from reports.charts import Chart, Series
from reports.documents.agency_report import agency_report_tree
from reports.documents.tree import Column, Document, Table, Verification
from tests.reports.documents.samples import figures_content

AREAS = ("Nội dung 1", "Nội dung 2", "Nội dung 3")

CHARTS = (
    Chart(
        "lines",
        "Báo cáo nhận được theo ngày",
        "Số báo cáo đã nhận tăng từ 2 lên 18.",
        tuple(f"{day:02d}/11" for day in range(1, 10)),
        (Series("Đã nhận", tuple(range(2, 20, 2))),),
        "báo cáo",
    ),
    Chart(
        "stacked",
        "Mức độ thực hiện theo nội dung",
        "Nội dung 1 hoàn thành nhiều nhất.",
        AREAS,
        (Series("Hoàn thành", (12, 3, 9)), Series("Đang thực hiện", (3, 8, 1)), Series("Chưa thực hiện", (1, 0, 2))),
        "nhiệm vụ",
    ),
    Chart(
        "targets",
        "Kết quả so với mục tiêu",
        "Một chỉ tiêu đạt, một chưa đạt, một chưa có số liệu.",
        AREAS,
        (Series("Kết quả", (Decimal("35.1"), 60, None)), Series("Mục tiêu", (40, 60, 70))),
        "%",
    ),
    Chart(
        "bars",
        "Báo cáo nhận được qua các năm",
        "Năm 2026 nhận được 24 báo cáo.",
        ("2025", "2026"),
        (Series("Đã nhận", (22, 24)), Series("Đúng hạn", (Decimal("19.5"), None))),
        "báo cáo",
    ),
)
VERIFICATION = Verification("LS26-7KQM-4XRD", "https://ke-hoach-96.example/xac-thuc/LS26-7KQM-4XRD/")

NUMBERS = Table(
    "Số đơn vị theo nội dung",
    (Column("Nội dung", 85), Column("Số đơn vị", 40, numeric=True), Column("Tỷ lệ", 40, numeric=True)),
    (("Nội dung 1", "1.260", "35,1%"), ("Nội dung 2", "-", "Không có số liệu")),
)


def published_tree() -> Document:
    """Return the report of Sở Y tế with all of it, its charts before the last sentence."""
    tree = agency_report_tree(figures_content(), number="5", issued_on=date(2026, 11, 5))
    body = (*tree.body[:-1], NUMBERS, *CHARTS, tree.body[-1])
    return replace(tree, body=body, verification=VERIFICATION, workbook="so-lieu.xlsx")
