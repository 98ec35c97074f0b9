"""The tables of figures of a report, its own or the merged one, as its appendix."""

from collections.abc import Iterator, Sequence
from typing import Any

from reports import figure_rows
from reports.documents.tree import Appendix, Block, Column, Table
from reports.documents.wording import lower_first, paragraphs, sentence, two_digits

TITLE = "Biểu số liệu"

COLUMNS = (
    Column("STT", 12, centred=True, numeric=True),
    Column("Chỉ tiêu", 52),
    Column("ĐVT", 17, centred=True),
    Column("Tổng số", 19, centred=True, numeric=True),
    Column("Trong đó nữ/tử số", 19, centred=True, numeric=True),
    Column("Tỷ lệ", 15, centred=True, numeric=True),
    Column("Năm trước", 24, centred=True, numeric=True),
    Column("Tăng/ giảm", 17, centred=True, numeric=True),
    Column("Mục tiêu", 23, centred=True),
    Column("Đạt/ Chưa đạt", 16, centred=True),
    Column("Ghi chú", 38),
)
BY_AGENCY_COLUMNS = (
    Column("STT", 15, centred=True, numeric=True),
    Column("Đơn vị", 117),
    Column("Tổng số", 40, centred=True, numeric=True),
    Column("Trong đó nữ/tử số", 40, centred=True, numeric=True),
    Column("Tỷ lệ", 40, centred=True, numeric=True),
)
ONE_NUMBER_BY_AGENCY_COLUMNS = (
    Column("STT", 15, centred=True, numeric=True),
    Column("Đơn vị", 187),
    Column("Tổng số", 50, centred=True, numeric=True),
)

# More agencies than these are counted in a row's remarks; the table by agency names them all.
NAMED_IN_REMARKS = 2


def figures_appendix(content: dict[str, Any], *, note: str, number: str = "") -> Appendix | None:
    """Return the appendix of an agency's printable snapshot, or None where the report has no figures.

    Under the tables stand the agency's own words on its figures.
    """
    tables = content.get("tables") or []
    words = "\n".join(part["text"] for part in content["parts"] if part["kind"] == "figures")
    if not tables and not words:
        return None
    blocks: tuple[Block, ...] = (*tables_of_figures(tables, content["year"]), *paragraphs(words))
    return Appendix(number=number, title=TITLE, note=note, blocks=blocks, landscape=True)


def tables_of_figures(tables: Sequence[dict[str, Any]], year: int) -> Iterator[Table]:
    """Yield a snapshot's tables: of one agency, or merged, with what each agency answered after its table."""
    for table in tables:
        source = f" (Căn cứ: {table['source']})" if table["source"] else ""
        yield Table(
            caption=f"{table['code']}. {table['title']}{source}",
            columns=COLUMNS,
            rows=tuple(_cells(position, row, year) for position, row in enumerate(table["rows"], start=1)),
            named_by=1,
        )
        for row in table["rows"]:
            if _is_by_agency(row):
                columns = BY_AGENCY_COLUMNS if figure_rows.is_split(row) else ONE_NUMBER_BY_AGENCY_COLUMNS
                yield Table(
                    caption=f"{row['code']}. {row['name']} ({row['unit']}): số liệu của từng đơn vị",
                    columns=columns,
                    rows=tuple(cells[: len(columns)] for cells in _by_agency(row)),
                    named_by=1,
                )


def _cells(position: int, row: dict[str, Any], year: int) -> tuple[str, ...]:
    return (
        str(position),
        _name(row),
        row["unit"],
        figure_rows.total_words(row),
        figure_rows.included_words(row),
        figure_rows.computed_words(row),
        figure_rows.last_words(row),
        figure_rows.change_words(row),
        figure_rows.target_words(row, year),
        figure_rows.reached_words(row, year),
        " ".join(_remarks(row)),
    )


def _is_by_agency(row: dict[str, Any]) -> bool:
    """Tell whether a merged row was asked of several agencies, or is not merged at all."""
    answers, missing = row.get("answers") or [], row.get("missing") or []
    return len(answers) + len(missing) > 1 or (bool(answers) and row["merge"] == "none")


def _by_agency(row: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield what each agency answered, in the plan's order, then who has not."""
    for position, answer in enumerate(row["answers"], start=1):
        own = row | answer | {"answers": None}
        yield (
            str(position),
            answer["agency"],
            figure_rows.total_words(own),
            figure_rows.included_words(own),
            figure_rows.computed_words(own),
        )
    for position, agency in enumerate(row["missing"], start=len(row["answers"]) + 1):
        yield str(position), agency, figure_rows.NOT_ANSWERED, "", ""


def _name(row: dict[str, Any]) -> str:
    name: str = row["name"]
    if row["shape"] != "ratio":
        return name
    return f"{name} (tử số: {lower_first(row['included_label'])}; mẫu số: {lower_first(row['total_label'])})"


def _remarks(row: dict[str, Any]) -> Iterator[str]:
    if row["basis"] == "estimate" and not row["has_no_data"]:
        yield "Có số ước cả năm." if "answers" in row else "Ước cả năm."
    if row["has_no_data"] and row["reason"]:
        yield f"Lý do: {sentence(row['reason'])}"
    if row["explanation"]:
        yield sentence(row["explanation"])
    if "answers" in row:
        yield from _answered(row)
        yield from _compared(row)


def _answered(row: dict[str, Any]) -> Iterator[str]:
    """Yield who is in a merged row: one agency by its name, several by their number."""
    answers, missing = row["answers"], row["missing"]
    with_numbers = [answer["agency"] for answer in answers if not answer["has_no_data"]]
    without = [answer["agency"] for answer in answers if answer["has_no_data"]]
    asked = len(answers) + len(missing)
    if len(with_numbers) == asked == 1:
        yield f"{with_numbers[0]}."
    elif with_numbers:
        yield f"{two_digits(len(with_numbers))}/{two_digits(asked)} đơn vị có số liệu."
    yield from _named("Không có số liệu", without)
    yield from _named("Chưa báo cáo", missing)


def _compared(row: dict[str, Any]) -> Iterator[str]:
    """Yield of whom last year's figure is, where it is not simply everybody's."""
    last = row["last"] or {}
    if not figure_rows.is_comparable(row):
        yield "Tăng/giảm: chưa đủ đơn vị để so sánh."
    elif "agencies" in last:
        yield f"Số năm trước của cùng {two_digits(last['agencies'])} đơn vị."


def _named(label: str, agencies: Sequence[str]) -> Iterator[str]:
    if len(agencies) > NAMED_IN_REMARKS:
        yield f"{label}: {two_digits(len(agencies))} đơn vị."
    elif agencies:
        yield f"{label}: {'; '.join(agencies)}."
