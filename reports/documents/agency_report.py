"""The yearly report of one agency, from the snapshot of its submission."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from reports.documents.figures_appendix import figures_appendix
from reports.documents.frame import enclosure_note, framed, issuer_in_province, plan_citation
from reports.documents.tree import Block, Column, Document, Heading, Note, Paragraph, Run, Table
from reports.documents.wording import (
    STATUS_NAMES,
    day_in_text,
    labelled_paragraphs,
    paragraphs,
    printable,
    roman,
    sentence,
    two_digits,
)

NOTHING_TO_REPORT = "nothing_to_report"

# What an empty common part says: these may be left out of a report, the others may not.
EMPTY_COMMON_PARTS = {
    "kinh-phi": "Không có nội dung báo cáo.",
    "kien-nghi": "Không có đề xuất, kiến nghị.",
}
NOT_WRITTEN_YET = "Chưa có nội dung."
# A letter's words are copied as far as somebody copied them: nothing is claimed of the rest.
IN_THE_LETTER = "Theo báo cáo giấy."

FIGURES_ENCLOSED = "Số liệu cụ thể tại Phụ lục kèm theo Báo cáo này."


def agency_report_tree(content: dict[str, Any], *, number: str = "", issued_on: date | None = None) -> Document:
    """Return the document of an agency's report.

    `content` is the snapshot's JSON (schema 1 or 2, kind "agency_report"); `number` is the official number, bare
    ("5") or whole ("05/BC-SYT"). Without number or date the copy leaves them blank.
    """
    content = printable(content)
    letter = content["letter"]
    number = number or (letter["number"] if letter else "")
    enclosed = enclosure_note(content, number=number, issued_on=issued_on)
    appendix = None if content.get("nothing") else figures_appendix(content, note=enclosed)
    return framed(
        content,
        _body(content, names_appendix=appendix is not None),
        subject=subject_of(content),
        note=(
            f"(Nội dung được nhập từ Báo cáo số {letter['number']} của {content['agency']['name']},"
            f" nhận ngày {day_in_text(date.fromisoformat(letter['received_on']))})"
            if letter
            else ""
        ),
        number=number,
        issued_on=issued_on,
        appendices=(appendix,) if appendix else (),
        workbook=f"so-lieu-{content['agency']['slug']}-{content['year']}.xlsx" if appendix else "",
    )


def subject_of(content: dict[str, Any]) -> str:
    """Return the report's subject (trích yếu)."""
    plan = content["plan"]
    return f"Kết quả triển khai thực hiện {plan_citation(plan)} về {plan['short_title']}, năm {content['year']}"


def _body(content: dict[str, Any], *, names_appendix: bool) -> Iterator[Block]:
    plan, agency, year = content["plan"], content["agency"], content["year"]
    data_to = day_in_text(date.fromisoformat(content["data_to"]))
    yield from paragraphs(
        f"Thực hiện {plan_citation(plan)} về {plan['short_title']}, {agency['name']} báo cáo kết quả triển khai"
        f" thực hiện năm {year}, số liệu tính đến ngày {data_to}, như sau:"
    )
    if content.get("nothing"):
        yield from _nothing(content)
        return
    unwritten = IN_THE_LETTER if content["letter"] else NOT_WRITTEN_YET
    section = 0
    # The figures are the appendix.
    answered = [part for part in content["parts"] if part["kind"] != "figures"]
    for kind, run in groupby(answered, key=lambda part: part["kind"]):
        parts = list(run)
        if kind == "area":
            section += 1
            yield Heading(1, roman(section), "Kết quả thực hiện các nội dung của Kế hoạch")
            for part in parts:
                yield from _area(part, unwritten)
        elif kind == "responsibility":
            section += 1
            yield Heading(1, roman(section), "Kết quả thực hiện nhiệm vụ được phân công")
            for position, part in enumerate(parts, start=1):
                yield from _responsibility(part, position, unwritten)
        else:
            for part in parts:
                section += 1
                yield Heading(1, roman(section), part_title(part, year))
                empty = unwritten if content["letter"] else EMPTY_COMMON_PARTS.get(part["key"], unwritten)
                yield from paragraphs(part["text"] or empty)
                if part["key"] == "chi-dao":
                    yield from _implementation_plan(content.get("implementation_plan"))
    if names_appendix:
        yield from paragraphs(FIGURES_ENCLOSED)
    yield from paragraphs(_closing(content))


def _nothing(content: dict[str, Any]) -> Iterator[Block]:
    plan, agency, year = content["plan"], content["agency"], content["year"]
    yield from paragraphs(
        f"Trong năm {year}, {agency['name']} không phát sinh nhiệm vụ thuộc Kế hoạch số {plan['number']}."
        f" Lý do: {sentence(content['nothing']['reason'])}"
    )
    yield from _implementation_plan(content.get("implementation_plan"))
    yield from paragraphs(_closing(content))


def part_title(part: dict[str, Any], year: int) -> str:
    """Return a common part's title; "next year" is written out, as the document outlives the year."""
    title: str = part["title"]
    return title.replace("năm sau", f"năm {year + 1}")


def _implementation_plan(plan: dict[str, Any] | None) -> Iterator[Block]:
    if not plan:
        return
    if plan["number"]:
        issued_on = day_in_text(date.fromisoformat(plan["issued_on"]))
        yield from paragraphs(f"Kế hoạch triển khai của đơn vị: số {plan['number']} ngày {issued_on}.")
    else:
        yield from paragraphs(f"Đơn vị chưa ban hành kế hoạch triển khai. Lý do: {sentence(plan['why_not_yet'])}")


def _evidence(part: dict[str, Any]) -> Iterator[Block]:
    """Count the files: an official paper does not list them, its reader on paper has none."""
    files = sum(len(task.get("evidence", ())) for task in part["tasks"])
    if files:
        yield Note(f"Minh chứng: {two_digits(files)} tệp gửi kèm trên hệ thống.")


def _area(part: dict[str, Any], unwritten: str) -> Iterator[Block]:
    yield Heading(2, str(part["number"]), part["title"])
    tasks = part["tasks"]
    statuses = {task["status"] for task in tasks}
    if statuses == {NOTHING_TO_REPORT}:
        reasons = {task["reason"] for task in tasks}
        if len(reasons) == 1:
            reason = reasons.pop()
            yield from paragraphs(f"Không phát sinh.{f' Lý do: {sentence(reason)}' if reason else ''}")
            yield from paragraphs(part["text"])
            return
        yield from paragraphs("Không phát sinh.")
    yield from paragraphs(part["text"])
    if statuses - {""}:
        yield _statuses(part)
        yield from _evidence(part)
    elif not part["text"]:
        yield from paragraphs(unwritten)


def _statuses(part: dict[str, Any]) -> Table:
    tasks = part["tasks"]
    caption = f"Mức độ thực hiện các nhiệm vụ của nội dung {part['number']}"
    code, status = Column("Mã", 18), Column("Mức độ", 28, centred=True)
    if any(task["reason"] for task in tasks):
        return Table(
            caption,
            (code, Column("Nhiệm vụ theo Kế hoạch", 82), status, Column("Lý do", 37)),
            tuple((*_status_cells(task), task["reason"]) for task in tasks),
        )
    return Table(
        caption,
        (code, Column("Nhiệm vụ theo Kế hoạch", 119), status),
        tuple(_status_cells(task) for task in tasks),
    )


def _status_cells(task: dict[str, Any]) -> tuple[str, str, str]:
    return task["code"], task["text"], STATUS_NAMES[task["status"]]


def _responsibility(part: dict[str, Any], position: int, unwritten: str) -> Iterator[Block]:
    (task,) = part["tasks"]
    yield Heading(2, str(position), f"Nhiệm vụ {task['code']}")
    yield Paragraph((Run(f"Theo Kế hoạch: “{task['text']}”", "italic"),), keeps_next=True)
    yield stated_status(task)
    yield from paragraphs(part["text"])
    if part["difficulties"]:
        yield from labelled_paragraphs("Khó khăn, vướng mắc", part["difficulties"])
    yield from _evidence(part)


def stated_status(task: dict[str, Any]) -> Paragraph:
    """Return the sentence that states how far a responsibility has come, and why where it has not."""
    reason = f" Lý do: {sentence(task['reason'])}" if task["reason"] else ""
    return Paragraph((Run("Mức độ thực hiện:", "bold"), Run(f" {STATUS_NAMES[task['status']]}.{reason}")))


def _closing(content: dict[str, Any]) -> str:
    plan, agency = content["plan"], content["agency"]
    report = (
        f"Trên đây là báo cáo kết quả triển khai thực hiện Kế hoạch số {plan['number']} năm {content['year']}"
        f" của {agency['name']}"
    )
    if not content["addressee"]:
        return f"{report}./."
    return f"{report}, gửi {content['addressee']} tổng hợp, báo cáo {issuer_in_province(plan)}./."
