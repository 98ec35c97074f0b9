"""The brief of the merged report for leaders (bản tóm tắt): at most four pages, whatever the report holds.

Every list has an end and every text is cut to a length, and says where in the report the rest stands. Every word
on results is an official's: of an area the opening sentence of the officers' text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from reports.consolidation import targets_of
from reports.consolidation.figures import TargetRow
from reports.documents.attribution import source_name
from reports.documents.consolidated_report import FOR_DECISION, subject_of, upgraded
from reports.documents.frame import enclosure_note, framed
from reports.documents.merged_charts import target_charts, years_chart
from reports.documents.merged_tables import (
    counted_responsibilities,
    counted_targets,
    state_of_reporting,
    targets_table,
)
from reports.documents.tree import (
    TEXT_BOX_MM,
    Block,
    Column,
    Document,
    Heading,
    Paragraph,
    Run,
    Signature,
    Table,
    Verification,
)
from reports.documents.wording import (
    enumeration,
    labelled_paragraphs,
    lower_first,
    paragraphs,
    printable,
    shortened,
    two_digits,
)

TYPE_NAME = "Bản tóm tắt"

# With everything at its longest these fill four pages, two charts that were pushed to the next page included.
YEARS = 3
NAMED_MISSING = 6
NAMED_OTHERS = 3
NAMED_TARGETS = 6
DRAWN_TARGETS = 2
NAMED_DECISIONS = 4
NAMED_SOURCES = 2
AGENCY_LENGTH = 45
INDICATOR_LENGTH = 70
UNIT_LENGTH = 20
# The longest title of an area in the plan has as many.
TITLE_LENGTH = 201
SENTENCE_LENGTH = 130
DECISION_LENGTH = 230
CHANGES_LENGTH = 200

END_OF_SENTENCE = re.compile(r"[.!?;]\s+")
# What is shorter is a number of an enumeration or a heading.
SHORTEST_SENTENCE = 30

NO_DECISION = "Không có nội dung đề nghị quyết định."
NO_WORDS = "Chưa có nội dung tổng hợp."


def brief_tree(
    content: dict[str, Any],
    *,
    number: str = "",
    issued_on: date | None = None,
    verification: Verification | None = None,
) -> Document:
    """Return the brief of a merged report; the parameters are those of `consolidated_report_tree`.

    It comes with the report: it has no number, addressee, signature or recipients of its own.
    """
    content = upgraded(printable(content))
    document = framed(
        content,
        _body(content),
        subject=f"Báo cáo {lower_first(subject_of(content))}",
        note=enclosure_note(content, number=number, issued_on=issued_on),
        number=number,
        issued_on=issued_on,
        verification=verification,
    )
    return replace(
        document,
        title=f"{TYPE_NAME} {lower_first(document.subject)} - {document.author}",
        type_name=TYPE_NAME,
        letterhead=replace(document.letterhead, number=""),
        addressee="",
        signature=Signature((), ""),
        recipients=(),
    )


def _body(content: dict[str, Any]) -> Iterator[Block]:
    if content["changes"]:
        yield from labelled_paragraphs(
            "Nội dung thay đổi so với bản trước", shortened(_one_line(content["changes"]), CHANGES_LENGTH)
        )
    yield Heading(1, "I", "Tình hình gửi báo cáo")
    yield from _reporting(content["reporting"])
    yield from years_chart((content.get("years") or [])[-YEARS:])
    yield Heading(1, "II", "Kết quả thực hiện các nội dung của Kế hoạch")
    yield _areas([part for part in content["parts"] if part["kind"] == "area"])
    responsibilities = content.get("responsibilities", {}).get("agencies", [])
    if responsibilities:
        yield from paragraphs(counted_responsibilities(responsibilities))
    yield Heading(1, "III", "Chỉ tiêu so với mục tiêu")
    yield from _targets(targets_of(content.get("tables") or [], content["year"]), content["year"])
    yield Heading(1, "IV", FOR_DECISION)
    yield from _decisions(content["parts"])


def _reporting(reporting: dict[str, Any]) -> Iterator[Block]:
    yield from paragraphs(state_of_reporting(reporting))
    for label, names, most in (
        (f"{'không' if reporting.get('is_closed') else 'chưa'} gửi báo cáo", reporting["missing"], NAMED_MISSING),
        ("gửi quá hạn", reporting["late"], NAMED_OTHERS),
        ("đã gửi, chưa thẩm tra xong", reporting["waiting"], NAMED_OTHERS),
    ):
        if names:
            lead = Run(f"{two_digits(len(names))}/{two_digits(reporting['expected'])} đơn vị {label}:", "bold")
            yield Paragraph((lead, Run(f" {_first(names, most)}.")))


def _first(names: Sequence[str], most: int) -> str:
    said = enumeration([shortened(name, AGENCY_LENGTH) for name in names[:most]])
    more = len(names) - most
    return f"{said} và {two_digits(more)} đơn vị khác (khoản 1 mục I Báo cáo)" if more > 0 else said


def _areas(areas: Sequence[dict[str, Any]]) -> Table:
    return Table(
        "Số đơn vị theo từng nội dung (theo báo cáo được chấp nhận) và nhận định chung",
        (
            Column("Số", 10, centred=True, numeric=True),
            Column("Nội dung", 52),
            Column("Có kết quả", 15, centred=True, numeric=True),
            Column("Không phát sinh", 16, centred=True, numeric=True),
            Column("Chưa có báo cáo", 15, centred=True, numeric=True),
            Column("Nhận định", TEXT_BOX_MM - 108),
        ),
        tuple(
            (
                str(area["number"]),
                shortened(area["title"], TITLE_LENGTH),
                *(str((area.get("counts") or {}).get(key, "")) for key in ("with_results", "nothing", "unknown")),
                _opening(area["paragraphs"]),
            )
            for area in areas
        ),
        named_by=1,
    )


def _opening(written: Sequence[dict[str, Any]]) -> str:
    """Return the opening sentence of what the officers say of an area as a whole, else of what stands first.

    What they wrote themselves is about all; then what several agencies say; one agency's words name it.
    """
    if not written:
        return NO_WORDS
    paragraph = min(written, key=lambda one: 0 if not one["sources"] else 1 if len(one["sources"]) > 1 else 2)
    said = shortened(_first_sentence(_one_line(paragraph["text"])), SENTENCE_LENGTH)
    if len(paragraph["sources"]) != 1:
        return said
    return f"{shortened(source_name(paragraph['sources'][0]), AGENCY_LENGTH)}: {said}"


def _first_sentence(text: str) -> str:
    """Return the text up to a full stop that closes a sentence: one in "TP. Lạng Sơn" or in 1.234 does not."""
    for end in END_OF_SENTENCE.finditer(text, SHORTEST_SENTENCE):
        if text[end.end() : end.end() + 1].isupper() and not text[end.start() - 1].isupper():
            return text[: end.start() + 1]
    return text


def _targets(targets: Sequence[TargetRow], year: int) -> Iterator[Block]:
    """Yield how many targets are reached, then those that are not before those that are."""
    if not targets:
        yield from paragraphs("Không có chỉ tiêu có mục tiêu trong năm.")
        return
    shown = sorted(targets, key=lambda target: (False, None, True).index(target.met))[:NAMED_TARGETS]
    rest = " Các chỉ tiêu còn lại tại mục III Báo cáo." if len(targets) > len(shown) else ""
    yield from paragraphs(f"{counted_targets(targets)}{rest}")
    named = [
        replace(
            target,
            table="Chỉ tiêu",
            name=shortened(target.name, INDICATOR_LENGTH),
            unit=shortened(target.unit, UNIT_LENGTH),
        )
        for target in shown
    ]
    yield targets_table(named)
    drawn = [target for target in named if target.is_percent and target.value is not None]
    yield from target_charts(drawn[:DRAWN_TARGETS], year)


def _decisions(parts: Sequence[dict[str, Any]]) -> Iterator[Block]:
    deciding = [
        paragraph
        for part in parts
        if part["key"] == "kien-nghi"
        for paragraph in part["paragraphs"]
        if paragraph["for_decision"]
    ]
    if not deciding:
        yield from paragraphs(NO_DECISION)
    for position, paragraph in enumerate(deciding[:NAMED_DECISIONS], start=1):
        text = _one_line(paragraph["text"])
        said = shortened(text, DECISION_LENGTH)
        notes = [*_sources(paragraph["sources"]), *(["xem mục VII Báo cáo"] if said != text else [])]
        note = (Run(f" ({', '.join(notes)})", "italic"),) if notes else ()
        yield Paragraph((Run(f"{position}. {said}"), *note))
    more = len(deciding) - NAMED_DECISIONS
    if more > 0:
        yield from paragraphs(f"Và {two_digits(more)} nội dung khác tại mục VII Báo cáo.")


def _sources(sources: Sequence[dict[str, Any]]) -> Iterator[str]:
    if len(sources) > NAMED_SOURCES:
        yield f"{two_digits(len(sources))} đơn vị"
    elif sources:
        yield enumeration([shortened(source_name(source), AGENCY_LENGTH) for source in sources])


def _one_line(text: str) -> str:
    return " ".join(text.split())
