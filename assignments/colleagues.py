"""Who works for an agency these days, who is away, and who stands in."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assignments.models import Agency, Membership, Role

ORDER = [Role.HEAD, *(role for role in Role if role != Role.HEAD)]


@dataclass(frozen=True)
class Colleague:
    """A person's role in an agency; `stand_ins` hold it in their place, now or soon."""

    membership: Membership
    stand_ins: list[Membership]
    has_begun: bool


def colleagues_of(agencies: Iterable[Agency], today: datetime.date) -> dict[Agency, list[Colleague]]:
    """Return the people of each agency, heads first, then by given name: one query."""
    memberships = Membership.objects.not_over_by(today).filter(agency__in=agencies)
    stand_ins = defaultdict(list)
    people: dict[Agency, list[Membership]] = {agency: [] for agency in agencies}
    for membership in memberships.select_related("user", "agency", "stands_in_for").order_by("valid_from", "pk"):
        people[membership.agency].append(membership)
        if membership.stands_in_for_id:
            stand_ins[membership.agency, membership.role, membership.stands_in_for_id].append(membership)
    return {
        agency: [
            Colleague(m, [] if m.stands_in_for_id else stand_ins[agency, m.role, m.user_id], m.valid_from <= today)
            for m in sorted(of_agency, key=_by_role_and_given_name)
        ]
        for agency, of_agency in people.items()
    }


def _by_role_and_given_name(membership: Membership) -> tuple:
    """Heads first; people of a role by given name, which is the last word."""
    name = membership.user.full_name
    return ORDER.index(Role(membership.role)), name.split()[-1:], name, membership.valid_from
