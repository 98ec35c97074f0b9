"""Agencies from a pasted table: what each row would make or change, and writing it, all rows or none.

A row is an agency that is known by the name in its address or by its name, whatever the accents; every other is
new. An empty cell leaves alone what is there.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from assignments import access
from assignments.models import Agency, Participant, Plan, User
from assignments.pasted_table import Line, ListChanged, Preview, Row, nearest
from assignments.text import fold

COMMITTEE = "Ủy ban nhân dân "
COMMITTEES_SIGNER = ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]
LABELS = {
    "name": "Tên cơ quan",
    "short_name": "Tên ngắn",
    "telephone": "Điện thoại",
    "letterhead": "Tiêu đề văn bản",
    "notation": "Ký hiệu",
    "signer_lines": "Chức vụ người ký",
    "place": "Địa danh",
    "slug": "Tên trong địa chỉ",
    "valid_from": "Từ ngày",
    "valid_to": "Đến hết ngày",
}


@dataclass
class AgencyLine(Line):
    """A row, with the agency as it would be and its further ties; nothing of it is saved."""

    agency: Agency = field(default_factory=Agency)
    participant: Participant | None = None
    parent: Agency | None = None
    new_predecessors: list[Agency] = field(default_factory=list)
    changed_fields: set[str] = field(default_factory=set)


def preview_agencies(rows: list[Row]) -> Preview[AgencyLine]:
    """Return what the rows would make and change; the number of queries is the same for any number of rows."""
    return Preview(_Comparing(rows).lines)


@transaction.atomic
def save_agencies(rows: list[Row], *, seen: str, by: User, now: datetime.datetime) -> Preview[AgencyLine]:
    """Write the rows that were shown: all of them, and exactly what was `seen` (the preview's mark).

    Raises ListChanged where the rows would do something else by now, or may not be saved at all.
    """
    access.check_is_administrator(by)
    Plan.objects.select_for_update().first()
    preview = preview_agencies(rows)
    if preview.mark != seen or not preview.may_be_saved:
        raise ListChanged
    try:
        with transaction.atomic():
            _write([*preview.new, *preview.changed])
    except IntegrityError as error:
        raise ListChanged from error
    return preview


def _write(lines: list[AgencyLine]) -> None:
    Agency.objects.bulk_create(line.agency for line in lines if line.is_new)
    for line in lines:
        if line.parent:
            line.agency.parent = line.parent
            line.changed_fields.add("parent")
    # Only what changes: an update of 500 rows takes as long as its columns are many.
    changed = {name for line in lines for name in line.changed_fields}
    if changed:
        Agency.objects.bulk_update([line.agency for line in lines if line.changed_fields], sorted(changed))
    joining = [(line.participant, line.agency) for line in lines if line.participant]
    for participant, agency in joining:
        if participant.agency:
            participant.agency = agency
    Participant.objects.bulk_update([p for p, _ in joining if p.agency], ["agency"])
    Participant.members.through.objects.bulk_create(
        Participant.members.through(participant=participant, agency=agency)
        for participant, agency in joining
        if not participant.agency
    )
    Agency.successors.through.objects.bulk_create(
        Agency.successors.through(from_agency=predecessor, to_agency=line.agency)
        for line in lines
        for predecessor in line.new_predecessors
    )


class _Comparing:
    def __init__(self, rows: list[Row]) -> None:
        self.plan = Plan.objects.first()
        participants = _participants_of(self.plan)
        self.participants = {participant.number: participant for participant in participants}
        self.places = {agency.pk: p for p in participants for agency in _agencies_of(p)}
        agencies = list(Agency.objects.select_related("parent").prefetch_related("predecessors"))
        self.by_slug = {agency.slug: agency for agency in agencies}
        self.by_name: dict[str, list[Agency]] = defaultdict(list)
        for agency in agencies:
            self._add_names(agency)
        self.taken: dict[str, int] = {}  # addresses and places of earlier rows
        self.lines = [self._line(row) for row in rows]
        for line, row in zip(self.lines, rows, strict=True):
            self._tie(line, row)
        self._refuse_circles()

    def _add_names(self, agency: Agency) -> None:
        for name in {fold(agency.name), fold(agency.short_name)}:
            self.by_name[name].append(agency)

    # The agency itself

    def _line(self, row: Row) -> AgencyLine:
        said = row.said
        line = AgencyLine(row.number, said.get("name", ""), problems=list(row.problems))
        known = self._known(line, said)
        if known:
            line.title = known.name
        if known is None:
            line.is_new = True
            line.agency = _proposed(said)
            if not line.problems and line.agency.slug in self.by_slug:
                line.problems.append(
                    f"Tên trong địa chỉ “{line.agency.slug}” là của {self.by_slug[line.agency.slug].name}. Hãy điền "
                    "tên khác vào cột “Tên trong địa chỉ”."
                )
        else:
            line.agency = known
        before = {name: "" if line.is_new else _as_read(name, getattr(line.agency, name)) for name in LABELS}
        # Found by its name, an agency keeps it as it is written: one typed without accents renames nobody.
        kept = {"slug"} if "slug" in said else {"slug", "name"}
        for name in LABELS:
            if name in said and not (known and name in kept):
                setattr(line.agency, name, said[name])
            if line.change(LABELS[name], before[name], _as_read(name, getattr(line.agency, name))) and known:
                line.changed_fields.add(name)
        self._refuse_second_row(line)
        agency = line.agency
        if agency.valid_to and agency.valid_to < agency.valid_from:
            line.problems.append("Đến hết ngày: phải bằng hoặc sau “Từ ngày”.")
        if line.is_new and not line.problems:
            self.by_slug[agency.slug] = agency
            self._add_names(agency)
        return line

    def _known(self, line: AgencyLine, said: dict) -> Agency | None:
        """Return the agency that a row speaks of, None for a new one; a row that names two has a problem."""
        by_address = self.by_slug.get(said.get("slug", ""))
        same_name = [a for a in self.by_name.get(fold(said.get("name", "")), []) if a.pk]
        if by_address:
            others = [a for a in same_name if a != by_address and fold(a.name) == fold(said.get("name", ""))]
            if others:
                line.problems.append(
                    f"Tên cơ quan là của {others[0].slug}, tên trong địa chỉ là của {by_address.name}. Hãy sửa một "
                    "trong hai."
                )
            return by_address
        in_force = [a for a in same_name if a.valid_to is None] or same_name
        if len(in_force) > 1:
            addresses = ", ".join(a.slug for a in in_force)
            line.problems.append(
                f"Có {len(in_force)} cơ quan cùng tên ({addresses}). Hãy điền cột “Tên trong địa chỉ”."
            )
        if not in_force:
            return None
        if "slug" in said:
            line.problems.append(
                f"Cơ quan này đã có tên trong địa chỉ là {in_force[0].slug}, không đổi được. Hãy để trống cột đó, "
                "hoặc đặt tên cơ quan khác đi nếu là cơ quan mới."
            )
        return in_force[0]

    def _refuse_second_row(self, line: AgencyLine) -> None:
        first = self.taken.setdefault(f"agency {line.agency.slug}", line.number)
        if first != line.number:
            line.problems.append(f"Trùng cơ quan với dòng {first}. Hãy bỏ một dòng.")

    # Its ties to others, which may stand further down

    def _tie(self, line: AgencyLine, row: Row) -> None:
        if "number" in row.said:
            self._place_in_plan(line, row.said["number"])
        if "parent" in row.said:
            parent = self._find(line, "Cơ quan chủ quản", row.said["parent"])
            before = line.agency.parent.name if line.agency.parent else ""
            if parent and line.change("Cơ quan chủ quản", before, parent.name):
                line.parent = parent
        known = {a.pk for a in line.agency.predecessors.all()} if line.agency.pk else set()
        for name in row.said.get("predecessors", []):
            predecessor = self._find(line, "Kế thừa của", name)
            if predecessor and not (predecessor.pk and predecessor.pk in known):
                line.change("Kế thừa của", "", predecessor.name)
                line.new_predecessors.append(predecessor)

    def _find(self, line: AgencyLine, label: str, words: str) -> Agency | None:
        found = [self.by_slug[words]] if words in self.by_slug else self.by_name.get(fold(words), [])
        found = [agency for agency in found if agency is not line.agency]
        if len(found) == 1:
            return found[0]
        if found:
            line.problems.append(f"{label}: có {len(found)} cơ quan tên “{words}”. Hãy ghi tên trong địa chỉ.")
        else:
            names = [agency.name for agency in self.by_slug.values() if agency is not line.agency]
            line.problems.append(f"{label}: không có cơ quan “{words}”.{nearest(words, names)}")
        return None

    def _place_in_plan(self, line: AgencyLine, number: int) -> None:
        label = "Số trong kế hoạch"
        participant = self.participants.get(number)
        if participant is None:
            line.problems.append(self._no_such_number(number))
            return
        present = self.places.get(line.agency.pk) if line.agency.pk else None
        if present == participant:
            return
        if present:
            line.problems.append(
                f"{label}: cơ quan đang ở số {present.number}; mỗi cơ quan chỉ có một số. Hãy để trống cột này, hoặc "
                "sửa ở mục Quản trị, Cơ quan trong kế hoạch."
            )
            return
        line.participant = participant
        if participant.agency is None:
            line.change(label, "", f"{number} (thành viên của nhóm)")
            return
        first = self.taken.setdefault(f"number {number}", line.number)
        if first != line.number:
            line.problems.append(f"{label}: số {number} đã ghi ở dòng {first}, và chỉ có một cơ quan.")
        line.change(label, "", f"{number}, thay {participant.agency.name}")

    def _no_such_number(self, number: int) -> str:
        if not self.participants:
            return "Số trong kế hoạch: chưa nạp kế hoạch nào. Hãy nạp kế hoạch trước."
        return (
            f"Số trong kế hoạch: {self.plan} không có cơ quan số {number}; các số từ {min(self.participants)} đến "
            f"{max(self.participants)}."
        )

    def _refuse_circles(self) -> None:
        above = {line.agency.slug: line.parent for line in self.lines if line.parent}
        for line in self.lines:
            agency, passed = line.parent, set()
            while agency is not None and agency.slug not in passed:
                if agency.slug == line.agency.slug:
                    line.problems.append("Cơ quan chủ quản: hai cơ quan là chủ quản của nhau. Hãy sửa một dòng.")
                passed.add(agency.slug)
                agency = above.get(agency.slug, agency.parent)


def _participants_of(plan: Plan | None) -> list[Participant]:
    return list(plan.participants.select_related("agency").prefetch_related("members")) if plan else []


def _agencies_of(participant: Participant) -> Iterator[Agency]:
    if participant.agency:
        yield participant.agency
    yield from participant.members.all()


def _proposed(said: dict) -> Agency:
    """Return a new agency with what follows from its name where the row leaves it open."""
    name: str = said.get("name", "")
    below = name.removeprefix(COMMITTEE)
    is_committee = below != name
    address = slugify(fold(below if below.partition(" ")[0] not in ("", "tỉnh") else name))[:80].strip("-")
    agency = Agency(name=name, slug=address, short_name=(f"UBND {below}" if is_committee else name)[:60])
    if is_committee:
        agency.letterhead = [{"text": COMMITTEE.strip(), "bold": True}, {"text": below, "bold": True}]
        agency.notation, agency.signer_lines = "UBND", list(COMMITTEES_SIGNER)
    elif name:
        agency.letterhead = [{"text": name, "bold": True}]
    return agency


def _as_read(name: str, value: object) -> str:
    if name == "letterhead" and isinstance(value, list):
        return " | ".join(f"*{line['text']}" if line["bold"] else line["text"] for line in value)
    if isinstance(value, list):
        return " | ".join(value)
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/%Y}"
    return str(value or "")


def agency_rows(agencies: list[Agency], plan: Plan | None) -> list[dict[str, str]]:
    """Return agencies as the rows that would be pasted for them, by column."""
    numbers = {agency.pk: str(p.number) for p in _participants_of(plan) for agency in _agencies_of(p)}
    return [
        {name: _as_read(name, getattr(agency, name)) for name in LABELS}
        | {
            "number": numbers.get(agency.pk, ""),
            "parent": agency.parent.name if agency.parent else "",
            "predecessors": "; ".join(a.name for a in agency.predecessors.all()),
        }
        for agency in agencies
    ]
