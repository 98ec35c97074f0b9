"""The merged report of a year, from the snapshot that the focal agency publishes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from reports.documents.agency_report import part_title, stated_status
from reports.documents.frame import framed, plan_citation
from reports.documents.tree import Block, Column, Document, Heading, Note, Paragraph, Run, Table
from reports.documents.wording import (
    STATUS_NAMES,
    day_in_text,
    enumeration,
    labelled_paragraphs,
    lower_first,
    paragraphs,
    printable,
    roman,
    shortened,
    two_digits,
)

COUNTED_STATUSES = ("done", "under_way", "not_started", "nothing_to_report")
EMPTY_PROPOSALS = "Các đơn vị đã báo cáo không có đề xuất, kiến nghị."
EMPTY_PART = "Chưa có đơn vị báo cáo nội dung này."

# A part that lacks more agencies than this refers to their list in section I in place of naming them again.
NAMED_AGAIN = 3


def consolidated_report_tree(content: dict[str, Any], *, number: str = "", issued_on: date | None = None) -> Document:
    """Return the document of the merged report.

    `content` is the snapshot's JSON (schema 1 or 2, kind "consolidated_report"); `number` and `issued_on` as for an
    agency's report. Every paragraph names the agency it comes from, every gap is stated.
    """
    content = printable(content)
    plan, version = content["plan"], content["version"]
    return framed(
        content,
        _body(content),
        subject=(
            f"Tổng hợp kết quả triển khai thực hiện {plan_citation(plan)} về {plan['short_title']},"
            f" năm {content['year']}"
        ),
        note=f"(Bản thứ {version}, thay thế bản thứ {version - 1})" if version > 1 else "",
        number=number,
        issued_on=issued_on,
    )


def _body(content: dict[str, Any]) -> Iterator[Block]:
    plan, agency, year = content["plan"], content["agency"], content["year"]
    data_to = day_in_text(date.fromisoformat(content["data_to"]))
    yield from paragraphs(
        f"Thực hiện {plan_citation(plan)} về {plan['short_title']}, {agency['name']} tổng hợp kết quả triển khai"
        f" thực hiện năm {year} của các đơn vị, số liệu tính đến ngày {data_to}, như sau:"
    )
    absent = {*content["reporting"]["waiting"], *content["reporting"]["missing"]}
    section = 0
    areas_begun = False
    for part in content["parts"]:
        if part["kind"] == "area":
            if not areas_begun:
                areas_begun = True
                section += 1
                yield Heading(1, roman(section), "Kết quả thực hiện các nội dung của Kế hoạch")
            yield Heading(2, str(part["number"]), part["title"])
            if part["measures"]:
                yield _counts(part)
            yield from _attributed(part, absent)
            continue
        section += 1
        if part["key"] == "chi-dao":
            yield Heading(1, roman(section), f"Tình hình chung, {lower_first(part['title'])}")
            yield Heading(2, "1", "Tình hình gửi báo cáo")
            yield from _reporting(content["reporting"])
            yield Heading(2, "2", part["title"])
            yield from _attributed(part, absent)
        elif part["kind"] == "responsibilities":
            yield Heading(1, roman(section), part["title"])
            yield from _responsibilities(part, absent)
        else:
            yield Heading(1, roman(section), part_title(part, year))
            yield from _attributed(part, absent)
    yield from paragraphs(_closing(content))


def _reporting(reporting: dict[str, Any]) -> Iterator[Block]:
    expected = reporting["expected"]
    missing = reporting["missing"]
    sent = len({*reporting["on_time"], *reporting["late"], *reporting["waiting"]})
    yield from paragraphs(f"{two_digits(sent)}/{two_digits(expected)} đơn vị đã gửi báo cáo.")
    yield from _listed("Gửi đúng hạn", reporting["on_time"])
    yield from _listed("Gửi quá hạn", reporting["late"])
    yield from _listed("Đã gửi, chưa thẩm tra xong nên chưa tổng hợp vào báo cáo này", reporting["waiting"])
    yield from _listed("Không phát sinh trong năm", [_with_reason(entry) for entry in reporting.get("nothing", ())])
    if missing:
        yield Paragraph(
            (
                Run(f"{two_digits(len(missing))}/{two_digits(expected)} đơn vị chưa gửi báo cáo:", "bold"),
                Run(f" {enumeration(missing)}."),
            )
        )
    yield from _listed("Được miễn báo cáo", reporting["excused"])


def _listed(label: str, names: Sequence[str]) -> Iterator[Block]:
    if names:
        yield from paragraphs(f"- {label} ({two_digits(len(names))}): {enumeration(names)}.")


def _counts(part: dict[str, Any]) -> Table:
    return Table(
        f"Số đơn vị theo mức độ thực hiện các nhiệm vụ của nội dung {part['number']}",
        (
            Column("Mã", 18),
            Column("Nhiệm vụ theo Kế hoạch", 67),
            *(Column(STATUS_NAMES[status], 20, centred=True) for status in COUNTED_STATUSES),
        ),
        tuple(
            (
                measure["code"],
                shortened(measure["text"]),
                *(str(measure["counts"].get(status, 0)) for status in COUNTED_STATUSES),
            )
            for measure in part["measures"]
        ),
    )


def _attributed(part: dict[str, Any], absent: set[str]) -> Iterator[Block]:
    written = [paragraph for paragraph in part["paragraphs"] if paragraph["text"]]
    for paragraph in written:
        yield from labelled_paragraphs(_source(paragraph), paragraph["text"])
    if not written:
        yield from paragraphs(EMPTY_PROPOSALS if part["key"] == "kien-nghi" else EMPTY_PART)
    if part["nothing"]:
        names = enumeration([_with_reason(entry) for entry in part["nothing"]])
        yield Note(f"Không phát sinh ({two_digits(len(part['nothing']))} đơn vị): {names}.")
    yield from _gap(part["missing"], absent)


def _source(entry: dict[str, Any]) -> str:
    return f"{entry['agency']} (không qua thẩm tra)" if entry["unreviewed"] else entry["agency"]


def _with_reason(entry: dict[str, Any]) -> str:
    reason = " ".join(entry["reason"].split()).rstrip(" .;")
    return f"{entry['agency']} ({reason})" if reason else entry["agency"]


def _gap(missing: Sequence[str], absent: set[str]) -> Iterator[Block]:
    if not missing:
        return
    if len(missing) > NAMED_AGAIN and set(missing) == absent:
        names = "đã nêu tại khoản 1 mục I"
    else:
        names = enumeration(missing)
    yield Note(f"Chưa có nội dung báo cáo của {two_digits(len(missing))} đơn vị: {names}.")


def _responsibilities(part: dict[str, Any], absent: set[str]) -> Iterator[Block]:
    statuses = Counter(task["status"] for entry in part["agencies"] for task in entry["tasks"])
    counts = ", ".join(
        f"{lower_first(STATUS_NAMES[status])} {two_digits(statuses[status])}"
        for status in COUNTED_STATUSES
        if statuses[status]
    )
    if counts:
        yield from paragraphs(
            f"{two_digits(len(part['agencies']))} đơn vị báo cáo {two_digits(statuses.total())} nhiệm vụ"
            f" được phân công: {counts}."
        )
    for position, entry in enumerate(part["agencies"], start=1):
        yield Heading(2, str(position), _source(entry))
        for task in entry["tasks"]:
            yield Paragraph((Run(f"{task['code']}. {shortened(task['text'])}", "italic"),), keeps_next=True)
            yield stated_status(task)
            yield from paragraphs(task["result"])
            if task["difficulties"]:
                yield from labelled_paragraphs("Khó khăn, vướng mắc", task["difficulties"])
    yield from _gap(part["missing"], absent)


def _closing(content: dict[str, Any]) -> str:
    plan, agency = content["plan"], content["agency"]
    return (
        f"Trên đây là báo cáo tổng hợp kết quả triển khai thực hiện Kế hoạch số {plan['number']} năm"
        f" {content['year']}, {agency['name']} kính báo cáo {content['addressee']}./."
    )
