"""The charts of the merged report, the same in its full document, in the brief and on the leaders' page."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from reports.charts import Chart, Series
from reports.consolidation.figures import TargetRow
from reports.documents.wording import day_in_text, lower_first

# Two charts of so many names, each over its bar, fill a page.
MOST_TARGETS = 4

AREA_STATES = (
    ("Có kết quả", "with_results"),
    ("Không phát sinh", "nothing"),
    ("Chưa có báo cáo", "unknown"),
)


def received_chart(reporting: dict[str, Any]) -> Iterator[Chart]:
    """Yield how the reports came in, day by day; nothing where no day is known."""
    counts = {date.fromisoformat(row["day"]): row["count"] for row in reporting.get("received_by_day") or ()}
    if not counts:
        return
    first, last = min(counts), max(counts)
    days = [first + timedelta(days=passed) for passed in range((last - first).days + 1)]
    totals = [sum(count for day, count in counts.items() if day <= until) for until in days]
    yield Chart(
        form="lines",
        title="Số đơn vị đã gửi báo cáo theo ngày",
        description=(
            f"Từ ngày {day_in_text(first)} đến ngày {day_in_text(last)} có {totals[-1]}/{reporting['expected']} đơn"
            " vị gửi báo cáo lần đầu."
        ),
        categories=tuple(f"{day.day:02d}/{day.month}" for day in days),
        series=(
            Series("Đã gửi", tuple(totals)),
            Series("Phải gửi", (reporting["expected"],) * len(days)),
        ),
        unit="đơn vị",
    )


def areas_chart(areas: Sequence[dict[str, Any]]) -> Iterator[Chart]:
    """Yield the areas by how many agencies have results, had nothing to report, or said nothing yet."""
    counted = [area for area in areas if area.get("counts")]
    if not counted:
        return
    yield Chart(
        form="stacked",
        title="Số đơn vị theo nội dung của Kế hoạch",
        description="Có kết quả, không phát sinh, chưa có báo cáo: "
        + "; ".join(
            f"nội dung {area['number']} {', '.join(str(area['counts'][key]) for _, key in AREA_STATES)}"
            for area in counted
        )
        + " đơn vị.",
        categories=tuple(f"Nội dung {area['number']}" for area in counted),
        series=tuple(Series(name, tuple(area["counts"][key] for area in counted)) for name, key in AREA_STATES),
        unit="đơn vị",
    )


def target_charts(targets: Iterable[TargetRow], year: int) -> Iterator[Chart]:
    """Yield the shares in percent beside their targets, a chart for each table and no chart longer than a page.

    What has other units stands in the table of targets alone.
    """
    shown = [target for target in targets if target.is_percent and target.value is not None]
    for title, own in groupby(shown, key=lambda target: target.table):
        rows = list(own)
        for first in range(0, len(rows), MOST_TARGETS):
            yield _target_chart(title, rows[first : first + MOST_TARGETS], year)


def _target_chart(table: str, rows: Sequence[TargetRow], year: int) -> Chart:
    codes = rows[0].code if len(rows) == 1 else f"{rows[0].code} đến {rows[-1].code}"
    return Chart(
        form="targets",
        title=f"{table}: kết quả năm {year} so với mục tiêu ({codes})",
        description=f"{'; '.join(map(_described, rows))}.",
        categories=tuple(f"{row.code}. {row.name}" for row in rows),
        series=(
            Series("Kết quả", tuple(row.value for row in rows)),
            Series("Mục tiêu", tuple(row.aim for row in rows)),
        ),
        unit="%",
    )


def _described(row: TargetRow) -> str:
    met = f", {lower_first(row.met_words)}" if row.met_words else ""
    return f"{row.code}: {row.value_words}, mục tiêu {row.target_words}{met}"


def years_chart(years: Sequence[dict[str, int]]) -> Iterator[Chart]:
    """Yield the reports on time and late year by year; nothing for a single year."""
    if len(years) < 2:
        return
    yield Chart(
        form="bars",
        title="Tình hình gửi báo cáo qua các năm",
        description="; ".join(
            f"Năm {row['year']}: {row['received']}/{row['expected']} đơn vị gửi báo cáo, đúng hạn {row['on_time']},"
            f" quá hạn {row['late']}"
            for row in years
        )
        + ".",
        categories=tuple(f"Năm {row['year']}" for row in years),
        series=(
            Series("Phải gửi", tuple(row["expected"] for row in years)),
            Series("Gửi đúng hạn", tuple(row["on_time"] for row in years)),
            Series("Gửi quá hạn", tuple(row["late"] for row in years)),
        ),
        unit="đơn vị",
    )
