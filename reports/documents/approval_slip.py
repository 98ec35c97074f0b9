"""The slip (phiếu trình) that goes to a head with a report who approves on paper: one page of facts to decide by."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reports.documents.agency_report import subject_of
from reports.documents.frame import letterhead_of
from reports.documents.tree import Letterhead
from reports.documents.wording import STATUS_NAMES, enumeration, lower_first, printable, two_digits

# More sentences than these would not leave room for the opinion on the page.
NAMED_GAPS = 4
NAMED_PARTS = 8


@dataclass(frozen=True, slots=True)
class ApprovalSlip:
    """What the slip says; `facts` are pairs of a label and its sentence."""

    letterhead: Letterhead
    subject: str
    agency: str
    facts: tuple[tuple[str, str], ...]
    signer_lines: tuple[str, ...]


def approval_slip(
    content: dict[str, Any], *, due: str, missing: Sequence[str], changed: Sequence[str] | None
) -> ApprovalSlip:
    """Return the slip of an agency's report as it stands.

    `content` is what a submission would freeze; `due` the last day in words; `missing` the sentences of what is
    still lacking; `changed` the titles of the parts that changed since it was last sent, None where it never was.
    """
    content = printable(content)
    letterhead = letterhead_of(content, number="", issued_on=None)
    return ApprovalSlip(
        letterhead=letterhead,
        subject=f"Về việc nộp Báo cáo {lower_first(subject_of(content))}",
        agency=content["agency"]["name"],
        facts=tuple(
            (label, words)
            for label, words in (
                ("Nơi nhận báo cáo", content["addressee"] or ""),
                ("Hạn nộp", due),
                ("Người soạn", enumeration(content["people"]["writers"])),
                *_contents(content),
                ("Thay đổi từ lần trình, nộp trước", _changed(changed)),
                ("Còn thiếu", _missing(missing)),
            )
            if words
        ),
        signer_lines=tuple(content["signer"]["lines"]),
    )


def _contents(content: dict[str, Any]) -> Iterable[tuple[str, str]]:
    if content["nothing"]:
        yield "Nội dung", f"Khai không phát sinh cả năm. Lý do: {content['nothing']['reason']}"
        return
    areas = [part for part in content["parts"] if part["kind"] == "area"]
    duties = [part for part in content["parts"] if part["kind"] == "responsibility"]
    yield "Nội dung của Kế hoạch", f"{two_digits(len(areas))} nội dung, {_tasks(areas)}" if areas else ""
    yield "Nhiệm vụ được phân công", _tasks(duties) if duties else ""
    yield "Số liệu", _figures([row for table in content["tables"] for row in table["rows"]])
    files = sum(len(task["evidence"]) for part in content["parts"] for task in part["tasks"])
    yield "Minh chứng", f"{two_digits(files)} tệp gửi kèm trên hệ thống." if files else ""


def _tasks(parts: list[dict[str, Any]]) -> str:
    statuses = Counter(task["status"] for part in parts for task in part["tasks"])
    counts = ", ".join(
        f"{lower_first(name)} {two_digits(statuses[status])}"
        for status, name in STATUS_NAMES.items()
        if statuses[status]
    )
    return f"{two_digits(statuses.total())} nhiệm vụ: {counts}."


def _figures(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    without = sum(row["has_no_data"] for row in rows)
    empty = sum(row["total"] is None and not row["has_no_data"] for row in rows)
    explained = sum(bool(row["explanation"]) for row in rows)
    counts = {
        "có số liệu": len(rows) - without - empty,
        "không có số liệu": without,
        "chưa báo cáo": empty,
        "tăng, giảm nhiều so với năm trước, có giải thích": explained,
    }
    said = ", ".join(f"{label} {two_digits(count)}" for label, count in counts.items() if count)
    return f"{two_digits(len(rows))} chỉ tiêu: {said}."


def _changed(titles: Sequence[str] | None) -> str:
    if titles is None:
        return "Trình lần đầu trong năm."
    if not titles:
        return "Không có phần nào thay đổi."
    if len(titles) > NAMED_PARTS:
        return f"{two_digits(len(titles))} phần, xem bản dự thảo kèm theo."
    return f"{enumeration(titles)}."


def _missing(sentences: Sequence[str]) -> str:
    if not sentences:
        return "Không. Báo cáo đã đủ các mục phải có."
    more = len(sentences) - NAMED_GAPS
    rest = f" Và {two_digits(more)} mục khác." if more > 0 else ""
    return f"{' '.join(sentences[:NAMED_GAPS])}{rest}"
