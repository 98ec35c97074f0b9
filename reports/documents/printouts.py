"""What officers put on paper about a year: the urging letter (công văn đôn đốc), the list that proves the reminders.

Layout: Nghị định 30/2020/NĐ-CP, Phụ lục I. A công văn has no title; what it is about stands under its number, and
several addressees stand one below the other.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from reports.documents.frame import AS_ABOVE, letterhead_of, recipient_lines
from reports.documents.tree import Appendix, Block, Column, Document, Paragraph, Run, Signature, Table
from reports.documents.wording import day_of_issue, enumeration, lower_first, paragraphs, printable, two_digits

BLANK_NUMBER = "\N{NO-BREAK SPACE}" * 8
# More would fill the first page: those are named in the table alone.
MOST_ADDRESSEES = 15
EVERYBODY_LISTED = "Các cơ quan, đơn vị nêu tại danh sách dưới đây"

MISSING_COLUMNS = (
    Column("STT", 12, centred=True),
    Column("Cơ quan, đơn vị", 83),
    Column("Thời hạn", 30, centred=True),
    Column("Tình trạng", 40),
)
PROOF_COLUMNS = (
    Column("STT", 12, centred=True),
    Column("Cơ quan", 42),
    Column("Việc", 50),
    Column("Lúc", 26, centred=True),
    Column("Gửi, gọi tới", 52),
    Column("Kết quả", 70),
)


def printout_tree(kind: str, content: dict[str, Any]) -> Document:
    """Return what is printed of a printout's content."""
    content = printable(content)
    return _letter(content) if kind == "urging_letter" else _proof(content)


def _letter(content: dict[str, Any]) -> Document:
    rows = content["rows"]
    names = [row["agency"] for row in rows]
    return Document(
        title=f"Công văn {content['subject']} - {content['agency']['name']}",
        author=content["agency"]["name"],
        letterhead=letterhead_of(
            content, number=f"Số: {_letter_number(content)}", issued_on=None, about=f"V/v {content['subject']}"
        ),
        type_name="",
        subject="",
        note="",
        addressee="",
        addressees=tuple(names if len(names) <= MOST_ADDRESSEES else [EVERYBODY_LISTED]),
        body=tuple(_letter_body(content, rows)),
        signature=Signature(tuple(content["signer"]["lines"]), content["signer"]["name"]),
        recipients=recipient_lines(content["recipients"], AS_ABOVE),
    )


def _letter_body(content: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Iterator[Block]:
    yield from paragraphs(content["opening"])
    yield Table(
        caption=f"Danh sách {two_digits(len(rows))} cơ quan, đơn vị chưa gửi báo cáo",
        columns=MISSING_COLUMNS,
        rows=tuple(
            (str(number), row["agency"], row["last_day"], row["state"]) for number, row in enumerate(rows, start=1)
        ),
        named_by=1,
    )
    until = f"chậm nhất {day_of_issue(0, date.fromisoformat(content['report_by']))}"
    ordered = [row for row in rows if not row["is_invited"]]
    invited = [row["agency"] for row in rows if row["is_invited"]]
    if ordered:
        yield from paragraphs(f"{_open_ended(content['request'])} {until}.")
    if invited:
        yield from paragraphs(
            f"Trân trọng đề nghị {enumeration(invited)} {_open_ended(content['invitation'])} {until}."
        )
    yield Paragraph((Run(f"{_open_ended(content['closing'])}./."),))


def _open_ended(text: str) -> str:
    """Return a text that a sentence goes on after."""
    return text.rstrip(" .;,/")


def _letter_number(content: dict[str, Any]) -> str:
    unit = f"-{content['unit']}" if content["unit"] else ""
    return f"{BLANK_NUMBER}/{content['agency']['notation']}{unit}"


def _proof(content: dict[str, Any]) -> Document:
    number = f"{BLANK_NUMBER}/{content['agency']['notation']}"
    issued = day_of_issue(content["year"], None)
    title = (
        f"Các lần nhắc việc, đôn đốc nộp báo cáo năm {content['year']}"
        f" thực hiện Kế hoạch số {content['plan']['number']}"
    )
    scope = f" Chỉ gồm: {content['chosen']}." if content["chosen"] else ""
    blocks: list[Block] = [
        *paragraphs(f"Lập từ Cổng theo dõi kế hoạch lúc {content['at']}.{scope} {_counted(content['rows'])}"),
        Table(
            caption=f"Từng lần nhắc, thư và cuộc gọi ({two_digits(len(content['rows']))} mục)",
            columns=PROOF_COLUMNS,
            rows=tuple(
                (str(number), row["agency"], _what(row), row["at"], _to(row), _result(row))
                for number, row in enumerate(content["rows"], start=1)
            ),
            named_by=1,
        ),
    ]
    if content["left_out"]:
        blocks += paragraphs(
            f"Bản in dừng ở {len(content['rows'])} mục; {content['left_out']} mục sau đó có trong tệp Excel cùng tên."
        )
    return Document(
        title=f"Phụ lục: {lower_first(title)}",
        author=content["agency"]["name"],
        letterhead=letterhead_of(content, number="", issued_on=None),
        type_name="",
        subject="",
        note="",
        addressee="",
        body=(),
        signature=Signature((), ""),
        recipients=(),
        is_annex=True,
        appendices=(
            Appendix(
                number="",
                title=title,
                note=f"(Kèm theo Văn bản số {number} {issued} của {content['agency']['name']})",
                blocks=tuple(blocks),
                landscape=True,
            ),
        ),
    )


def _counted(rows: Sequence[dict[str, Any]]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    return "; ".join(f"{state.lower()}: {two_digits(count)}" for state, count in counts.items()).capitalize() + "."


def _what(row: dict[str, Any]) -> str:
    return f"{row['what']} ({row['by']})" if row["by"] else row["what"]


def _to(row: dict[str, Any]) -> str:
    return f"{row['name']}, {row['address']}" if row["address"] else row["name"]


def _result(row: dict[str, Any]) -> str:
    done = f"{row['state']} {row['done_at']}".strip()
    return ". ".join(
        part for part in (done, row["why"], f"Máy chủ thư: {row['answer']}" if row["answer"] else "") if part
    )
