"""What stands around the body of every report: letterhead, title, addressee, signature, recipients."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from reports.documents.tree import Appendix, Block, Document, IssuerLine, Letterhead, Signature, Verification
from reports.documents.wording import day_in_text, day_of_issue, lower_first

TYPE_NAME = "Báo cáo"
TYPE_ABBREVIATION = "BC"
AS_ABOVE = "Như trên"


def framed(
    content: dict[str, Any],
    body: Iterable[Block],
    *,
    subject: str,
    note: str,
    number: str,
    issued_on: date | None,
    appendices: tuple[Appendix, ...] = (),
    verification: Verification | None = None,
    workbook: str = "",
) -> Document:
    """Return the report with the body given, its frame read from printable snapshot content."""
    agency = content["agency"]
    addressee = content["addressee"] or ""
    return Document(
        title=f"{TYPE_NAME} {lower_first(subject)} - {agency['name']}",
        author=agency["name"],
        letterhead=letterhead_of(
            content, number=f"Số: {_whole_number(number, agency['notation'])}", issued_on=issued_on
        ),
        type_name=TYPE_NAME,
        subject=subject,
        note=note,
        addressee=addressee,
        body=tuple(body),
        signature=Signature(tuple(content["signer"]["lines"]), content["signer"]["name"]),
        recipients=recipient_lines(content["recipients"], addressee),
        appendices=appendices,
        verification=verification,
        workbook=workbook,
    )


def letterhead_of(content: dict[str, Any], *, number: str, issued_on: date | None, about: str = "") -> Letterhead:
    """Return the letterhead of the content's agency; `number` as it is printed, "" for a paper without one."""
    agency = content["agency"]
    return Letterhead(
        issuer=tuple(IssuerLine(line["text"], line["bold"]) for line in agency["letterhead"]),
        number=number,
        place_and_date=f"{agency['place']}, {day_of_issue(content['year'], issued_on)}",
        about=about,
    )


def plan_citation(plan: dict[str, Any]) -> str:
    """Return the plan's number, date and issuer as a report cites them."""
    return (
        f"Kế hoạch số {plan['number']} ngày {day_in_text(date.fromisoformat(plan['issued_on']))}"
        f" của {issuer_in_province(plan)}"
    )


def issuer_in_province(plan: dict[str, Any]) -> str:
    """Return the plan's issuer as the province's own papers call it: UBND tỉnh, without the name."""
    issuer: str = plan["issuer"]
    return "UBND tỉnh" if issuer.startswith("UBND tỉnh ") else issuer


def enclosure_note(content: dict[str, Any], *, number: str, issued_on: date | None) -> str:
    """Return what an appendix says of the report it comes with; blanks as in the letterhead."""
    agency = content["agency"]
    return (
        f"(Kèm theo {TYPE_NAME} số {_whole_number(number, agency['notation'])}"
        f" {day_of_issue(content['year'], issued_on)} của {agency['name']})"
    )


def _whole_number(number: str, notation: str) -> str:
    """Return box 3: a bare number gets its notation and leading zero, a blank is left for the records clerk."""
    if "/" in number:
        return number
    blank = "\N{NO-BREAK SPACE}" * 6
    return f"{number.zfill(2) if number else blank}/{TYPE_ABBREVIATION}-{notation}"


def recipient_lines(recipients: list[str], addressee: str) -> tuple[str, ...]:
    """Return the lines under "Nơi nhận:"; without an addressee nobody is "as above"."""
    names = [recipient.strip(" -;.") for recipient in recipients]
    names = [name for name in names if addressee or name != AS_ABOVE]
    return tuple(f"- {name}{'.' if name is names[-1] else ';'}" for name in names)
