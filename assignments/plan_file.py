"""A plan as a data file: its shape, its reading and its checks. Nothing here touches the database.

The file is TOML in UTF-8 and NFC; its keys are the fields of `PlanData` and of the tables below it. Beside it
lies the plan's full text, one paragraph to a line, and what the file quotes must stand there to the letter.
White space is folded: a text may be broken into lines anywhere.
"""

import datetime
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from functools import cache, partial
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, cast, get_args, get_origin, get_type_hints


class PlanFileError(Exception):
    """A plan file that cannot be used. `problems` are sentences for the person who wrote it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Text:
    """What a text must be: the plan's own words, of a certain form, no longer than its column."""

    quoted: bool = False
    form: re.Pattern[str] | None = None
    at_most: int | None = None


SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
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
    """A whole plan. In the file `full_text` is the name of the text's file, here it is the text."""

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
    areas: list[AreaData]
    agencies: list[ParticipantData]
    other_agencies: list[AgencyData] = field(default_factory=list)
    cited_documents: list[CitedDocumentData] = field(default_factory=list)

    def every_agency(self) -> Iterator[tuple["Place", AgencyData]]:
        """Yield all agencies, with their places in the file: first those that only parent or receive."""
        for index, agency in enumerate(self.other_agencies):
            yield Place("other_agencies").item(index), agency
        for index, participant in enumerate(self.agencies):
            place = Place("agencies").item(index, participant.number)
            if participant.agency:
                yield place.key("agency"), participant.agency
            for member_index, member in enumerate(participant.members):
                yield place.key("members").item(member_index), member


@dataclass(frozen=True)
class Place:
    """Where in the file: `agencies[5].responsibilities[2]`, and the number of the nearest numbered table."""

    path: str = ""
    number: int | None = None

    def __str__(self) -> str:
        return f"{self.path} (số {self.number})" if self.number else self.path

    def key(self, name: str) -> "Place":
        return Place(f"{self.path}.{name}" if self.path else name, self.number)

    def item(self, index: int, number: int | None = None) -> "Place":
        return Place(f"{self.path}[{index}]", number or self.number)

    def problem(self, reason: str) -> str:
        return f"{self}: {reason}" if self.path else reason


def read_plan(path: Path) -> PlanData:
    """Read a plan file and the full text that it names.

    Raises PlanFileError with every problem that can be seen at once: errors of encoding and syntax stand
    alone and name the line, others name the place in the file.
    """
    content = _parse(_read_text(path), path.name)
    name, full_text, problems = content.get("full_text"), None, []
    if isinstance(name, str):
        try:
            full_text = _read_text(path.parent / name)
        except PlanFileError as error:
            problems = error.problems
    return check_plan(content, full_text, problems)


def check_plan(content: dict[str, Any], full_text: str | None, problems: Iterable[str] = ()) -> PlanData:
    """Return the plan that a parsed file says, with its full text in place of that text's file name.

    Without a full text quotations are not checked. Raises PlanFileError with what does not fit, after the
    `problems` known before.
    """
    reader = _Reader(full_text)
    plan = reader.table(PlanData, content, Place())
    found = [*problems, *(reader.problems or _contradictions(plan))]
    if found:
        raise PlanFileError(found)
    return replace(plan, full_text=full_text)


def fold_space(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return " ".join(text.split())


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise PlanFileError([f"không có tệp {path}"]) from error
    except (OSError, ValueError) as error:
        raise PlanFileError([f"không đọc được tệp {path}: là thư mục hoặc không có quyền đọc"]) from error
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PlanFileError([f"{path.name}, dòng {line}: không phải UTF-8"]) from error
    if not text.strip():
        raise PlanFileError([f"tệp {path} trống"])
    decomposed = [
        number for number, line in enumerate(text.split("\n"), start=1) if not unicodedata.is_normalized("NFC", line)
    ]
    if decomposed:
        others = f", và {len(decomposed) - 1} dòng sau đó" if decomposed[1:] else ""
        raise PlanFileError(
            [f"{path.name}, dòng {decomposed[0]}{others}: chữ có dấu không ở dạng Unicode dựng sẵn (NFC)"]
        )
    return text


def _parse(text: str, file_name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        reason, _, position = str(error).partition(" (at ")
        found = re.match(r"line (\d+), column (\d+)", position)
        where = "dòng {}, cột {}".format(*found.groups()) if found else f"dòng {text.count(chr(10)) + 1}, cuối tệp"
        is_repeated = re.match(r"Cannot (overwrite|declare|redefine|mutate)", reason)
        said = "khóa này đã viết ở trên" if is_repeated else f"sai cú pháp TOML ({reason})"
        raise PlanFileError([f"{file_name}, {where}: {said}"]) from error


SCALARS = {
    str: "một chuỗi chữ",
    int: "một số nguyên",
    bool: "true hoặc false",
    datetime.date: "một ngày, viết như 2018-05-29",
}


# Reading the hints of a class anew for every table took most of the time.
_kinds_of = cache(partial(get_type_hints, include_extras=True))


class _Reader:
    """Makes the dataclasses above of TOML's values and gathers what does not fit them."""

    def __init__(self, full_text: str | None) -> None:
        self.full_text = None if full_text is None else fold_space(full_text)
        self.problems: list[str] = []

    def table(self, shape: type, content: object, place: Place) -> Any:
        """Return the dataclass that a table says; None where something in it does not fit."""
        if not isinstance(content, dict):
            return self._refuse(place, "phải là một bảng")
        problems_before = len(self.problems)
        kinds = _kinds_of(shape)
        for key in sorted(content.keys() - kinds.keys()):
            self._refuse(place, f'khóa lạ "{key}"')
        values = {}
        for key_field in fields(shape):
            key, kind = key_field.name, kinds[key_field.name]
            is_required = key_field.default is MISSING and key_field.default_factory is MISSING
            if key in content:
                values[key] = self._value(kind, content[key], place.key(key))
                if is_required and content[key] == []:
                    self._refuse(place.key(key), "để trống")
            elif is_required:
                self._refuse(place, f'thiếu "{key}"')
        return shape(**values) if len(self.problems) == problems_before else None

    def _value(self, kind: Any, value: object, place: Place) -> Any:
        if isinstance(kind, UnionType):
            kind = get_args(kind)[0]
        arguments = get_args(kind)
        if is_dataclass(kind):
            return self.table(cast(type, kind), value, place)
        if get_origin(kind) is list:
            return self._list(arguments[0], value, place)
        if get_origin(kind) is Literal:
            if value in arguments:
                return value
            return self._refuse(place, f"phải là một trong: {', '.join(arguments)}")
        base, rule = arguments if arguments else (kind, None)
        if type(value) is not base:
            return self._refuse(place, f"phải là {SCALARS[base]}")
        if base is str:
            return self._text(rule or Text(), fold_space(str(value)), place)
        if isinstance(rule, range) and value not in rule:
            return self._refuse(place, f"phải từ {rule.start} đến {rule.stop - 1}")
        return value

    def _list(self, kind: Any, value: object, place: Place) -> list | None:
        if not isinstance(value, list):
            return self._refuse(place, "phải là một danh sách")
        places: dict[object, Place] = {}
        items = []
        for index, item in enumerate(value):
            number = item.get("number") if isinstance(item, dict) else None
            item_place = place.item(index, number if isinstance(number, int) else None)
            if isinstance(number, int | str):
                if number in places:
                    self._refuse(item_place, f"số {number} đã dùng ở {places[number].path}")
                places.setdefault(number, item_place)
            items.append(self._value(kind, item, item_place))
        return items

    def _text(self, rule: Text, text: str, place: Place) -> str | None:
        if not text:
            return self._refuse(place, "để trống")
        if not unicodedata.is_normalized("NFC", text):
            return self._refuse(place, "chữ có dấu không ở dạng Unicode dựng sẵn (NFC)")
        if not text.isprintable():
            return self._refuse(place, "có ký tự không in được")
        if rule.form and not rule.form.fullmatch(text):
            return self._refuse(place, f'"{text}" sai dạng: chỉ chữ thường không dấu, chữ số và gạch nối')
        if rule.at_most and len(text) > rule.at_most:
            return self._refuse(place, f"dài {len(text)} ký tự, nhiều nhất là {rule.at_most}")
        if rule.quoted and self.full_text is not None and text not in self.full_text:
            return self._refuse(place, "không có đúng như vậy trong toàn văn của kế hoạch")
        return text

    def _refuse(self, place: Place, reason: str) -> Any:
        """Note a problem and return None, the value of what has one."""
        self.problems.append(place.problem(reason))
        return None


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
            place = Place("areas").item(area_index, area.number).key("measures").item(index)
            numbers = [*measure.proposed_leads, *measure.proposed_coordinators]
            yield from _number_problems(place, numbers, participant_numbers, "cơ quan")
    for participant_index, participant in enumerate(plan.agencies):
        for index, task in enumerate(participant.responsibilities):
            place = Place("agencies").item(participant_index, participant.number)
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
    for index, participant in enumerate(plan.agencies):
        if bool(participant.agency) == bool(participant.members):
            yield (
                Place("agencies")
                .item(index, participant.number)
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
