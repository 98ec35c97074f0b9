"""Sentences and tables of the merged report; the brief says some of them too."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from reports.consolidation.figures import TargetRow
from reports.documents.attribution import UNREVIEWED
from reports.documents.tree import LANDSCAPE_TEXT_BOX_MM, Column, Table
from reports.documents.wording import STATUS_NAMES, enumeration, lower_first, shortened, two_digits
from reports.matrix import SHORT_TITLES

COUNTED_STATUSES = ("done", "under_way", "not_started", "nothing_to_report")
# The whole measure is in the plan: in full, its words would take a page where the agencies' should stand.
MEASURE_LENGTH = 220
# Of the tables of agencies by parts, on a sheet that lies.
POSITION_MM = 12
NARROWEST_NAME_MM = 36
COLUMN_TITLES = SHORT_TITLES | {"phuong-huong": "Năm sau"}


def state_of_reporting(reporting: dict[str, Any]) -> str:
    """Return how many have reported, on time and late."""
    sent = len({*reporting["on_time"], *reporting["late"], *reporting["waiting"]})
    return (
        f"{two_digits(sent)}/{two_digits(reporting['expected'])} đơn vị đã gửi báo cáo: đúng hạn"
        f" {two_digits(len(reporting['on_time']))}, quá hạn {two_digits(len(reporting['late']))}."
    )


def counted_responsibilities(agencies: Sequence[dict[str, Any]]) -> str:
    """Return how far the agencies' own responsibilities are, in one sentence."""
    statuses = Counter(task["status"] for entry in agencies for task in entry["tasks"])
    counts = ", ".join(
        f"{lower_first(STATUS_NAMES[status])} {two_digits(statuses[status])}"
        for status in (*COUNTED_STATUSES, "")
        if statuses[status]
    )
    return (
        f"{two_digits(len(agencies))} đơn vị có {two_digits(statuses.total())} lượt nhiệm vụ được phân công:"
        f" {counts}."
    )


def counted_targets(targets: Sequence[TargetRow]) -> str:
    """Return how many targets are reached; empty where there is none."""
    if not targets:
        return ""
    met = Counter(target.met for target in targets)
    unknown = sum(target.value is None for target in targets)
    counts = {
        "chưa đạt": met[False],
        "chưa tới mức đề ra cho các năm sau": met[None] - unknown,
        "chưa có số liệu": unknown,
    }
    others = "".join(f", {two_digits(count)} {words}" for words, count in counts.items() if count)
    return f"Trong {two_digits(len(targets))} chỉ tiêu có mục tiêu: {two_digits(met[True])} đạt{others}."


def targets_table(targets: Sequence[TargetRow]) -> Table:
    """Return the merged indicators against their targets."""
    return Table(
        "Kết quả so với mục tiêu",
        (
            Column("Mã", 20),
            Column("Chỉ tiêu", 58),
            Column("Năm trước", 19, centred=True, numeric=True),
            Column("Kết quả", 20, centred=True, numeric=True),
            Column("Mục tiêu", 30, centred=True),
            Column("Đạt/ Chưa đạt", 18, centred=True),
        ),
        tuple(
            (
                target.code,
                f"{target.name} ({target.unit})",
                target.last_words,
                target.value_words,
                target.target_words,
                target.met_words,
            )
            for target in targets
        ),
    )


def responsibilities_table(agencies: Sequence[dict[str, Any]]) -> Table:
    """Return every responsibility with how far it is and who says so: one row for each task and status."""
    tasks: dict[str, str] = {}
    stated: dict[tuple[str, str], list[str]] = {}
    for entry in agencies:
        for task in entry["tasks"]:
            tasks[task["code"]] = task["text"]
            name = f"{entry['agency']}{UNREVIEWED if entry['unreviewed'] else ''}"
            stated.setdefault((task["code"], task["status"]), []).append(
                with_reason({"agency": name, "reason": task["reason"]})
            )
    return Table(
        "Mức độ thực hiện nhiệm vụ được phân công",
        (
            Column("Mã", 22),
            Column("Nhiệm vụ theo Kế hoạch", 108),
            Column("Mức độ", 28, centred=True),
            Column("Số đơn vị", 18, centred=True, numeric=True),
            Column("Đơn vị", 76),
        ),
        tuple(
            (code, tasks[code], STATUS_NAMES[status], str(len(names)), enumeration(names))
            for code in sorted(tasks)
            for status in (*COUNTED_STATUSES, "")
            if (names := stated.get((code, status)))
        ),
    )


def table_by_part(
    caption: str, parts: Sequence[tuple[str, str]], rows: Sequence[tuple[str, Sequence[str]]], *, numeric: bool
) -> Table:
    """Return a table of agencies by the parts of the report, for a sheet on its side."""
    width = (LANDSCAPE_TEXT_BOX_MM - POSITION_MM - NARROWEST_NAME_MM) // len(parts)
    return Table(
        caption,
        (
            Column("STT", POSITION_MM, centred=True, numeric=True),
            Column("Đơn vị", LANDSCAPE_TEXT_BOX_MM - POSITION_MM - width * len(parts)),
            *(
                Column(COLUMN_TITLES.get(key, title.partition(":")[0]), width, centred=True, numeric=numeric)
                for key, title in parts
            ),
        ),
        tuple((str(position), name, *cells) for position, (name, cells) in enumerate(rows, start=1)),
        named_by=1,
    )


def counts_of_measures(part: dict[str, Any]) -> Table:
    return Table(
        f"Số đơn vị theo mức độ thực hiện các nhiệm vụ của nội dung {part['number']}",
        (
            Column("Mã", 18),
            Column("Nhiệm vụ theo Kế hoạch", 75),
            *(Column(STATUS_NAMES[status], 18, centred=True, numeric=True) for status in COUNTED_STATUSES),
        ),
        tuple(
            (
                measure["code"],
                shortened(measure["text"], MEASURE_LENGTH),
                *(str(measure["counts"].get(status, 0)) for status in COUNTED_STATUSES),
            )
            for measure in part["measures"]
        ),
    )


def with_reason(entry: dict[str, Any]) -> str:
    reason = " ".join(entry["reason"].split()).rstrip(" .;")
    return f"{entry['agency']} ({reason})" if reason else entry["agency"]
