"""The merged report of a year (báo cáo tổng hợp), from the snapshot that the focal agency publishes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from reports.consolidation import targets_of
from reports.documents.agency_report import part_title, stated_status
from reports.documents.attribution import Attribution, source_name
from reports.documents.figures_appendix import TITLE as FIGURES_TITLE
from reports.documents.figures_appendix import tables_of_figures
from reports.documents.frame import enclosure_note, framed, plan_citation
from reports.documents.merged_charts import areas_chart, received_chart, target_charts, years_chart
from reports.documents.merged_tables import (
    counted_responsibilities,
    counted_targets,
    counts_of_measures,
    responsibilities_table,
    state_of_reporting,
    table_by_part,
    targets_table,
    with_reason,
)
from reports.documents.tree import (
    Appendix,
    Block,
    Column,
    Document,
    Heading,
    Note,
    Paragraph,
    Run,
    Table,
    Verification,
)
from reports.documents.wording import (
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
from reports.matrix import STATES

EMPTY_PROPOSALS = "Các đơn vị đã báo cáo không có đề xuất, kiến nghị."
EMPTY_PART = "Chưa có nội dung tổng hợp."
FOR_DECISION = "Nội dung đề nghị Ủy ban nhân dân tỉnh xem xét, quyết định"
OTHER_PROPOSALS = "Đề xuất, kiến nghị khác"


# A part that lacks more agencies than this refers to their list in section I in place of naming them again.
NAMED_AGAIN = 3


def consolidated_report_tree(
    content: dict[str, Any],
    *,
    number: str = "",
    issued_on: date | None = None,
    verification: Verification | None = None,
) -> Document:
    """Return the document of the merged report.

    `content` is the snapshot's JSON (schema 1 to 3, kind "consolidated_report"); `number` and `issued_on` as for an
    agency's report; `verification` is printed where the version is published. Every paragraph names the agencies
    it comes from, every gap is stated.
    """
    content = upgraded(printable(content))
    version = content["version"]
    report = _MergedReport(content, enclosure_note(content, number=number, issued_on=issued_on))
    body = tuple(report.body())
    return framed(
        content,
        body,
        subject=subject_of(content),
        note=f"(Bản thứ {version}, thay thế bản thứ {version - 1})" if version > 1 else "",
        number=number,
        issued_on=issued_on,
        appendices=tuple(report.appendices()),
        verification=verification,
        workbook=f"so-lieu-tong-hop-{content['year']}.xlsx",
    )


def subject_of(content: dict[str, Any]) -> str:
    """Return the merged report's subject (trích yếu)."""
    plan = content["plan"]
    return (
        f"Tổng hợp kết quả triển khai thực hiện {plan_citation(plan)} về {plan['short_title']}, năm {content['year']}"
    )


def upgraded(content: dict[str, Any]) -> dict[str, Any]:
    """Return printable content in the shape of schema 3: before, a paragraph was one agency's whole text."""
    if content["schema"] >= 3:
        return content
    return content | {
        "changes": "",
        "parts": [
            part
            | {
                "paragraphs": [
                    {
                        "text": paragraph["text"],
                        "sources": [{"agency": paragraph["agency"], "unreviewed": paragraph["unreviewed"]}],
                        "for_decision": False,
                    }
                    for paragraph in part.get("paragraphs", ())
                    if paragraph["text"]
                ]
            }
            for part in content["parts"]
        ],
    }


class _MergedReport:
    """The blocks of one merged report; its body decides what its appendices are."""

    def __init__(self, content: dict[str, Any], enclosed: str):
        self.content = content
        self.enclosed = enclosed
        self.tables = content.get("tables") or []
        self.responsibilities = content.get("responsibilities", {}).get("agencies", [])
        self.matrix = content.get("matrix") or {"columns": [], "rows": []}
        self.proposals = [
            paragraph
            for part in content["parts"]
            if part["key"] == "kien-nghi" and content["schema"] >= 3
            for paragraph in part["paragraphs"]
        ]
        present = {
            "figures": self.tables,
            "responsibilities": self.responsibilities,
            "matrix": self.matrix["rows"],
            "proposals": self.proposals,
            "sources": content["schema"] >= 3 and any(part["paragraphs"] for part in content["parts"]),
        }
        keys = [key for key, found in present.items() if found]
        self.numbers = {key: roman(position) for position, key in enumerate(keys, start=1)}
        reporting = content["reporting"]
        self.absent = {*reporting["waiting"], *reporting["missing"]}
        self.places = {row["agency"]: place for place, row in enumerate(self.matrix["rows"])}
        self.attribution = Attribution(
            content["parts"],
            merged=self._in_plan_order({*reporting["on_time"], *reporting["late"]} - self.absent),
            appendix=f"Phụ lục {self.numbers.get('sources', '')}",
        )

    def _in_plan_order(self, agencies: Iterable[str]) -> list[str]:
        return sorted(agencies, key=lambda agency: (self.places.get(agency, len(self.places)), agency))

    # The body

    def body(self) -> Iterator[Block]:
        content = self.content
        plan, agency, year = content["plan"], content["agency"], content["year"]
        data_to = day_in_text(date.fromisoformat(content["data_to"]))
        yield from paragraphs(
            f"Thực hiện {plan_citation(plan)} về {plan['short_title']}, {agency['name']} tổng hợp kết quả triển khai"
            f" thực hiện năm {year} của các đơn vị, số liệu tính đến ngày {data_to}, như sau:"
        )
        if content["changes"]:
            yield from labelled_paragraphs("Nội dung thay đổi so với bản trước", content["changes"])
        section = 0
        areas = [part for part in content["parts"] if part["kind"] == "area"]
        for part in content["parts"]:
            if part["kind"] == "area":
                if part is areas[0]:
                    section += 1
                    yield Heading(1, roman(section), "Kết quả thực hiện các nội dung của Kế hoạch")
                    yield from self._areas(areas)
                yield from self._area(part)
                continue
            section += 1
            yield Heading(1, roman(section), _section_title(part, year))
            if part["key"] == "chi-dao":
                yield Heading(2, "1", "Tình hình gửi báo cáo")
                yield from self._reporting()
                yield Heading(2, "2", part["title"])
                yield from self._written(part)
            elif part["kind"] == "figures":
                yield from self._figures(part)
            elif part["kind"] == "responsibilities":
                yield from _old_responsibilities(part)
                yield from self._gap(part)
            elif part["key"] == "kien-nghi":
                yield from self._proposals(part)
            else:
                yield from self._written(part)
        yield from paragraphs(self._closing())

    def _reporting(self) -> Iterator[Block]:
        reporting = self.content["reporting"]
        expected, missing = reporting["expected"], reporting["missing"]
        yield from paragraphs(state_of_reporting(reporting))
        yield from _listed("Gửi đúng hạn", reporting["on_time"])
        yield from _listed("Gửi quá hạn", reporting["late"])
        yield from _listed("Đã gửi, chưa thẩm tra xong nên chưa tổng hợp vào báo cáo này", reporting["waiting"])
        yield from _listed(
            "Không phát sinh trong năm", [with_reason(entry) for entry in reporting.get("nothing", ())]
        )
        if missing:
            not_sent = "không gửi" if reporting.get("is_closed") else "chưa gửi"
            yield Paragraph(
                (
                    Run(f"{two_digits(len(missing))}/{two_digits(expected)} đơn vị {not_sent} báo cáo:", "bold"),
                    Run(f" {enumeration(missing)}."),
                )
            )
        yield from _listed("Được miễn báo cáo", reporting["excused"])
        yield from _listed("Được gia hạn", reporting.get("extended", ()))
        if "matrix" in self.numbers:
            yield from paragraphs(f"Tình hình gửi báo cáo từng phần tại Phụ lục {self.numbers['matrix']}.")
        yield from received_chart(reporting)
        yield from years_chart(self.content.get("years") or [])

    def _areas(self, areas: Sequence[dict[str, Any]]) -> Iterator[Block]:
        if self.responsibilities:
            yield from paragraphs(
                f"{counted_responsibilities(self.responsibilities)} Mức độ thực hiện từng nhiệm vụ được phân công"
                f" tại Phụ lục {self.numbers['responsibilities']}."
            )
        yield from areas_chart(areas)

    def _area(self, part: dict[str, Any]) -> Iterator[Block]:
        yield Heading(2, str(part["number"]), part["title"])
        if part["measures"]:
            yield counts_of_measures(part)
        yield from self._written(part)

    def _figures(self, part: dict[str, Any]) -> Iterator[Block]:
        if not self.tables:
            yield from self._written(part)
            return
        year = self.content["year"]
        targets = targets_of(self.tables, year)
        rows = sum(len(table["rows"]) for table in self.tables)
        yield from paragraphs(
            f"Báo cáo tổng hợp {two_digits(rows)} chỉ tiêu trong {two_digits(len(self.tables))} biểu, chi tiết tại"
            f" Phụ lục {self.numbers['figures']}. {counted_targets(targets)}".strip()
        )
        if targets:
            yield targets_table(targets)
            yield from target_charts(targets, year)
        if part["paragraphs"]:
            yield from self.attribution.blocks(part["paragraphs"], part=part["title"])
        yield from self._gap(part)

    def _proposals(self, part: dict[str, Any]) -> Iterator[Block]:
        deciding = [paragraph for paragraph in part["paragraphs"] if paragraph["for_decision"]]
        others = [paragraph for paragraph in part["paragraphs"] if not paragraph["for_decision"]]
        if not deciding:
            yield from self._written(part)
        else:
            yield Heading(2, "1", FOR_DECISION)
            yield from self.attribution.blocks(deciding, part=part["title"])
            if others:
                yield Heading(2, "2", OTHER_PROPOSALS)
                yield from self.attribution.blocks(others, part=part["title"])
            yield from self._gap(part)
        if "proposals" in self.numbers:
            yield from paragraphs(f"Danh mục đề xuất, kiến nghị tại Phụ lục {self.numbers['proposals']}.")

    def _written(self, part: dict[str, Any]) -> Iterator[Block]:
        if part["paragraphs"]:
            yield from self.attribution.blocks(part["paragraphs"], part=_part_name(part))
        else:
            yield from paragraphs(EMPTY_PROPOSALS if part["key"] == "kien-nghi" else EMPTY_PART)
        if part["nothing"]:
            names = enumeration([with_reason(entry) for entry in part["nothing"]])
            yield Note(f"Không phát sinh ({two_digits(len(part['nothing']))} đơn vị): {names}.")
        yield from self._gap(part)

    def _gap(self, part: dict[str, Any]) -> Iterator[Block]:
        missing = part["missing"]
        if not missing:
            return
        if len(missing) > NAMED_AGAIN and set(missing) == self.absent:
            names = "đã nêu tại khoản 1 mục I"
        else:
            names = enumeration(missing)
        expected = self.content["reporting"]["expected"]
        yield Note(
            f"{two_digits(len(missing))}/{two_digits(expected)} đơn vị chưa có nội dung báo cáo phần này: {names}."
        )

    def _closing(self) -> str:
        plan, agency = self.content["plan"], self.content["agency"]
        return (
            f"Trên đây là báo cáo tổng hợp kết quả triển khai thực hiện Kế hoạch số {plan['number']} năm"
            f" {self.content['year']}, {agency['name']} kính báo cáo {self.content['addressee']}./."
        )

    # The appendices, after the body

    def appendices(self) -> Iterator[Appendix]:
        contents = {
            "figures": (FIGURES_TITLE, lambda: tables_of_figures(self.tables, self.content["year"]), True),
            "responsibilities": (
                "Mức độ thực hiện nhiệm vụ được phân công",
                lambda: (responsibilities_table(self.responsibilities),),
                True,
            ),
            "matrix": ("Tình hình gửi báo cáo", self._matrix, True),
            "proposals": ("Danh mục đề xuất, kiến nghị", lambda: (self._proposals_table(),), False),
            "sources": ("Nguồn nội dung tổng hợp", self._sources, True),
        }
        for key, number in self.numbers.items():
            title, blocks, landscape = contents[key]
            yield Appendix(number, title, self.enclosed, tuple(blocks()), landscape=landscape)

    def _proposals_table(self) -> Table:
        return Table(
            "Đề xuất, kiến nghị của các đơn vị",
            (
                Column("STT", 12, centred=True, numeric=True),
                Column("Đề xuất, kiến nghị", 83),
                Column("Đơn vị đề xuất", 40),
                Column("Đề nghị UBND tỉnh quyết định", 30, centred=True),
            ),
            tuple(
                (
                    str(position),
                    " ".join(paragraph["text"].split()),
                    self.attribution.names_of(paragraph["sources"]),
                    "Có" if paragraph["for_decision"] else "",
                )
                for position, paragraph in enumerate(self.proposals, start=1)
            ),
            named_by=1,
        )

    def _matrix(self) -> Iterator[Block]:
        yield table_by_part(
            "Tình hình gửi báo cáo theo đơn vị và phần",
            [(column["key"], column["title"]) for column in self.matrix["columns"]],
            [(row["agency"], [STATES[cell].word for cell in row["cells"]]) for row in self.matrix["rows"]],
            numeric=False,
        )

    def _sources(self) -> Iterator[Block]:
        """Yield how many paragraphs of each part an agency's words stand in, and who is behind a paragraph that
        only says how many they are."""
        parts = self.content["parts"]
        sources = [(source, part["key"]) for part in parts for p in part["paragraphs"] for source in p["sources"]]
        counts = Counter((source["agency"], key) for source, key in sources)
        yield table_by_part(
            "Số đoạn có nội dung của từng đơn vị",
            [(part["key"], _part_name(part)) for part in parts],
            [
                (
                    source_name(self.attribution.everybody[agency]),
                    [str(counts[agency, part["key"]] or "") for part in parts],
                )
                for agency in self._in_plan_order(self.attribution.everybody)
            ],
            numeric=True,
        )
        if self.attribution.listed:
            yield Table(
                "Đoạn tổng hợp từ nhiều đơn vị",
                (
                    Column("Số", 11, centred=True, numeric=True),
                    Column("Phần", 40),
                    Column("Đoạn", 81),
                    Column("Đơn vị", 120),
                ),
                tuple(
                    (
                        str(position),
                        part,
                        shortened(" ".join(paragraph["text"].split())),
                        enumeration([source_name(source) for source in paragraph["sources"]]),
                    )
                    for position, (part, paragraph) in enumerate(self.attribution.listed, start=1)
                ),
            )


def _part_name(part: dict[str, Any]) -> str:
    return f"Nội dung {part['number']}" if part["kind"] == "area" else part["title"]


def _section_title(part: dict[str, Any], year: int) -> str:
    if part["key"] == "chi-dao":
        return f"Tình hình chung, {lower_first(part['title'])}"
    if part["kind"] == "figures":
        return "Kết quả thực hiện các chỉ tiêu, số liệu"
    return part_title(part, year)


def _listed(label: str, names: Sequence[str]) -> Iterator[Block]:
    if names:
        yield from paragraphs(f"- {label} ({two_digits(len(names))}): {enumeration(names)}.")


def _old_responsibilities(part: dict[str, Any]) -> Iterator[Block]:
    """Yield what agencies wrote on their own responsibilities: before schema 3 a part of its own."""
    for position, entry in enumerate(part["agencies"], start=1):
        yield Heading(2, str(position), source_name(entry))
        for task in entry["tasks"]:
            yield Paragraph((Run(f"{task['code']}. {task['text']}", "italic"),), keeps_next=True)
            yield stated_status(task)
            yield from paragraphs(task["result"])
            if task["difficulties"]:
                yield from labelled_paragraphs("Khó khăn, vướng mắc", task["difficulties"])
