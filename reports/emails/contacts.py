"""Whom a reader of a mail may ask, or chase: names with a telephone."""

import datetime
from collections.abc import Iterable

from assignments.models import Agency, Membership, Role, User
from reports import deadlines


def officers_in_charge(focal_agencies: Iterable[Agency | None], now: datetime.datetime, *, reader: User) -> list[str]:
    """Return whom to ask at each focal agency, with a telephone: its officers, or the agency itself.

    An agency whose officer reads the mail is left out: it is the reader whom others ask.
    """
    is_officer = Membership.objects.on(deadlines.day_of(now)).with_role(Role.OFFICER).filter(user=reader)
    own = set(is_officer.values_list("agency_id", flat=True))
    others = {agency for agency in focal_agencies if agency and agency.pk not in own}
    agencies = sorted(others, key=lambda agency: agency.name)
    officers = people_lines(agencies, (Role.OFFICER,), now)
    return [
        f"{agency.name}: {'; '.join(officers[agency])}"
        if officers[agency]
        else _with_telephone(agency.name, agency.telephone)
        for agency in agencies
    ]


def people_lines(
    agencies: Iterable[Agency], roles: tuple[Role, ...], now: datetime.datetime
) -> dict[Agency, list[str]]:
    """Return each agency's active people in these roles as text: name, position, telephone."""
    memberships = Membership.objects.on(deadlines.day_of(now)).with_role(*roles).filter(agency__in=agencies)
    people = {(m.agency, m.user): m for m in memberships.select_related("user", "agency")}
    lines: dict[Agency, list[str]] = {agency: [] for agency in agencies}
    for m in sorted(people.values(), key=lambda m: m.user.full_name):
        position = m.position or m.get_role_display().lower()
        telephone = m.user.telephone or m.agency.telephone
        lines[m.agency].append(_with_telephone(f"{m.user.full_name}, {position}", telephone))
    return lines


def _with_telephone(line: str, telephone: str) -> str:
    return f"{line}, điện thoại {telephone}" if telephone else line
