"""A plan as a data file: its shape and its checks. Nothing here touches the database.

The keys of the file are the fields of `PlanData` and of the tables below it. Beside it lies the plan's full text,
one paragraph to a line, and what the file quotes must stand there to the letter.
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from assignments.data_file import SLUG, DataFileError, Place, Reader, Text, decode, parse, read_text

# The form of a plan's name in addresses, which all its pages begin with.
PLAN_SLUG = re.compile(r"[0-9]+-[a-z0-9-]+")

Quote = Annotated[str, Text(quoted=True)]
Number = Annotated[int, range(1, 1000)]


@dataclass(frozen=True, kw_only=True)
class LetterheadLine:
    text: str
    bold: bool


@dataclass(frozen=True, kw_only=True)
class AgencyData:
    """A public body; `parent` is the slug of another agency of the file."""

    slug: Annotated[str, Text(form=SLUG, at_most=80)]
    name: Annotated[str, Text(at_most=200)]
    short_name: Annotated[str, Text(at_most=60)]
    letterhead: list[LetterheadLine] = field(default_factory=list)
    notation: Annotated[str, Text(at_most=30)] = ""
    signer_lines: list[str] = field(default_factory=list)
    place: Annotated[str, Text(at_most=60)] = "Lạng Sơn"
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)
class MeasureData:
    """A bullet of an area. Who leads and who helps is proposed, by the agencies' numbers in the plan."""

    text: Quote
    proposed_leads: list[Number]
    proposed_coordinators: list[Number] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AreaData:
    number: Number
    title: Quote
    measures: list[MeasureData]


@dataclass(frozen=True, kw_only=True)
class ResponsibilityData:
    """What one agency is given to do. The areas it belongs to are proposed, by their numbers."""

    text: Quote
    proposed_main_area: Number
    proposed_other_areas: list[Number] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ParticipantData:
    """An agency's place in the plan, its name as printed; a group has members instead of an agency."""

    number: Number
    name: Annotated[str, Text(quoted=True, at_most=200)]
    responsibilities: list[ResponsibilityData]
    role: Literal["responsible", "focal", "budget"] = "responsible"
    is_invited: bool = False
    agency: AgencyData | None = None
    members: list[AgencyData] = field(default_factory=list)

    @property
    def reporting_agencies(self) -> list[AgencyData]:
        return [self.agency] if self.agency else self.members


@dataclass(frozen=True, kw_only=True)
class CitedDocumentData:
    """Another document that the plan cites, with the other forms in which its number is printed."""

    kind: Annotated[str, Text(quoted=True, at_most=60)]
    number: Annotated[str, Text(quoted=True, at_most=60)]
    also_printed_as: list[Quote] = field(default_factory=list)
    issued_on: datetime.date | None = None
    issuer: Annotated[str, Text(quoted=True, at_most=200)]
    subject: Quote


@dataclass(frozen=True, kw_only=True)
class PlanData:
    """A whole plan. In the file `full_text` is the name of the text's file, here it is the text.

    `recipient_agencies` are slugs of agencies of the file: the bodies that its recipients name one by one.
    """

    number: Annotated[str, Text(quoted=True, at_most=40)]
    slug: Annotated[str, Text(form=PLAN_SLUG, at_most=60)]
    title: Quote
    short_title: Annotated[str, Text(quoted=True, at_most=200)]
    issuer: Annotated[str, Text(at_most=200)]
    issued_on: datetime.date
    signer_lines: list[Quote]
    signer_name: Annotated[str, Text(quoted=True, at_most=100)]
    full_text: str
    report_due_day: Number
    report_due_month: Number
    preamble: Quote
    purposes: list[Quote]
    requirements: list[Quote]
    funding_rules: list[Quote]
    reporting_duty: Quote
    recipients: list[Quote]
    recipient_agencies: list[str] = field(default_factory=list)
    areas: list[AreaData]
    agencies: list[ParticipantData]
    other_agencies: list[AgencyData] = field(default_factory=list)
    cited_documents: list[CitedDocumentData] = field(default_factory=list)

    def every_agency(self) -> Iterator[tuple["Place", AgencyData]]:
        """Yield all agencies, with their places in the file: first those that only parent or receive."""
        for index, agency in enumerate(self.other_agencies):
            yield Place("other_agencies").item(index), agency
        for index, participant in enumerate(self.agencies):
            place = Place("agencies").item(index, f"số {participant.number}")
            if participant.agency:
                yield place.key("agency"), participant.agency
            for member_index, member in enumerate(participant.members):
                yield place.key("members").item(member_index), member


def read_plan(path: Path) -> PlanData:
    """Read a plan file and the full text that it names.

    Raises DataFileError with every problem that can be seen at once: errors of encoding and syntax stand
    alone and name the line, others name the place in the file.
    """
    content = parse(read_text(path), path.name)
    name, full_text, problems = content.get("full_text"), None, []
    if isinstance(name, str):
        try:
            full_text = read_text(path.parent / name)
        except DataFileError as error:
            problems = error.problems
    return check_plan(content, full_text, problems)


def read_plan_texts(name: str, content: bytes, text_name: str, full_text: bytes) -> PlanData:
    """Read a plan file and its full text that came in together; raises DataFileError as `read_plan` does."""
    try:
        parsed = parse(decode(content, name), name)
    except RecursionError as error:
        raise DataFileError([f"{name}: bảng lồng nhau quá sâu"]) from error
    try:
        text, problems = decode(full_text, text_name), []
    except DataFileError as error:
        text, problems = None, error.problems
    return check_plan(parsed, text, problems)


def check_plan(content: dict[str, Any], full_text: str | None, problems: Iterable[str] = ()) -> PlanData:
    """Return the plan that a parsed file says, with its full text in place of that text's file name.

    Without a full text quotations are not checked. Raises DataFileError with what does not fit, after the
    `problems` known before.
    """
    reader = Reader(full_text)
    plan = reader.table(PlanData, content, Place())
    found = [*problems, *(reader.problems or _contradictions(plan))]
    if found:
        raise DataFileError(found)
    return replace(plan, full_text=full_text)


def _contradictions(plan: PlanData) -> Iterator[str]:
    """Yield what does not fit together in a plan whose every part is well-formed."""
    try:
        datetime.date(plan.issued_on.year, plan.report_due_month, plan.report_due_day)
    except ValueError:
        yield f"report_due_day, report_due_month: không có ngày {plan.report_due_day}/{plan.report_due_month}"
    yield from _agency_contradictions(plan)
    participant_numbers = {participant.number for participant in plan.agencies}
    area_numbers = {area.number for area in plan.areas}
    for area_index, area in enumerate(plan.areas):
        for index, measure in enumerate(area.measures):
            place = Place("areas").item(area_index, f"số {area.number}").key("measures").item(index)
            numbers = [*measure.proposed_leads, *measure.proposed_coordinators]
            yield from _number_problems(place, numbers, participant_numbers, "cơ quan")
    for participant_index, participant in enumerate(plan.agencies):
        for index, task in enumerate(participant.responsibilities):
            place = Place("agencies").item(participant_index, f"số {participant.number}")
            numbers = [task.proposed_main_area, *task.proposed_other_areas]
            yield from _number_problems(place.key("responsibilities").item(index), numbers, area_numbers, "nội dung")


def _agency_contradictions(plan: PlanData) -> Iterator[str]:
    places: dict[str, Place] = {}
    for place, agency in plan.every_agency():
        if agency.slug in places:
            yield place.key("slug").problem(f'"{agency.slug}" đã dùng ở {places[agency.slug].path}')
        places.setdefault(agency.slug, place)
    for place, agency in plan.every_agency():
        if agency.parent is not None and agency.parent not in places:
            yield place.key("parent").problem(f'không có cơ quan nào là "{agency.parent}"')
    for index, slug in enumerate(plan.recipient_agencies):
        place = Place("recipient_agencies").item(index)
        if slug not in places:
            yield place.problem(f'không có cơ quan nào là "{slug}"')
        if slug in plan.recipient_agencies[:index]:
            yield place.problem(f'"{slug}" ghi hai lần')
    for index, participant in enumerate(plan.agencies):
        if bool(participant.agency) == bool(participant.members):
            yield (
                Place("agencies")
                .item(index, f"số {participant.number}")
                .problem('phải có "agency" hoặc "members", chỉ một trong hai')
            )
    focal = [participant.number for participant in plan.agencies if participant.role == "focal"]
    if len(focal) != 1:
        yield f'agencies: phải có đúng một cơ quan đầu mối (role = "focal"), đang có {len(focal)}'


def _number_problems(place: Place, numbers: list[int], known: set[int], what: str) -> Iterator[str]:
    for number, times in Counter(numbers).items():
        if number not in known:
            yield place.problem(f"không có {what} số {number} trong kế hoạch")
        if times > 1:
            yield place.problem(f"{what} số {number} ghi {times} lần")
