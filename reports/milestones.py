"""The milestones of a cycle, as the officer reads and types them: who is reminded how many days before or after.

Leaders are not reminded: theirs is the day from which their page names who is overdue.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from assignments.models import Role

LEADERS: tuple[str, ...] = (Role.LEADER,)
# Who is reminded, rising; a milestone goes to one of these.
CIRCLES: tuple[tuple[str, ...], ...] = (
    (Role.CLERK,),
    (Role.CLERK, Role.HEAD),
    (Role.CLERK, Role.HEAD, Role.OFFICER),
    LEADERS,
)
NAMES = {
    Role.CLERK: "chuyên viên đơn vị",
    Role.HEAD: "lãnh đạo đơn vị",
    Role.OFFICER: "chuyên viên cơ quan đầu mối",
    Role.LEADER: "lãnh đạo tỉnh",
}


@dataclass(frozen=True)
class Reminded:
    """Those who are reminded together, with the days before the last on-time day (0: that day) and after it."""

    roles: tuple[str, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def who(self) -> str:
        names = [NAMES[Role(role)] for role in self.roles]
        return " và ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    @property
    def is_leaders(self) -> bool:
        return self.roles == LEADERS

    @property
    def sentence(self) -> str:
        """Say when they are reminded: "Nhắc chuyên viên đơn vị: 30, 14, 7 ngày trước hạn"."""
        if self.is_leaders:
            return f"Nêu tên trên trang của lãnh đạo tỉnh: từ {_listed(self.after[:1])} ngày sau hạn"
        times = [f"{_listed(self.before)} ngày trước hạn"] if self.before != (0,) and self.before else []
        if self.before and self.before[-1] == 0:
            before = self.before[:-1]
            times = ([f"{_listed(before)} ngày trước hạn"] if before else []) + ["ngày cuối"]
        if self.after:
            times.append(f"{_listed(self.after)} ngày sau hạn")
        return f"Nhắc {self.who}: {'; '.join(times)}"


def reminded(rows: Iterable[dict]) -> list[Reminded]:
    """Return a cycle's milestones by who is reminded, fewest people first; every usual circle is there, empty too."""
    days: dict[tuple[str, ...], list[int]] = {circle: [] for circle in CIRCLES}
    for row in rows:
        circle = tuple(role for role in NAMES if role in row["to"])
        days.setdefault(circle, []).append(row["days"])
    return [
        Reminded(
            roles=circle,
            before=tuple(sorted((-day for day in found if day <= 0), reverse=True)),
            after=tuple(sorted(day for day in found if day > 0)),
        )
        for circle, found in days.items()
    ]


def sentences(rows: Iterable[dict]) -> list[str]:
    """Return the milestones as sentences."""
    return [group.sentence for group in reminded(rows) if group.before or group.after]


def rows_of(groups: Iterable[Reminded]) -> list[dict]:
    """Return what a cycle keeps: one row for each day, rising."""
    rows = [
        {"days": day, "to": [str(role) for role in group.roles]}
        for group in groups
        for day in (*(-day for day in group.before), *group.after)
    ]
    return sorted(rows, key=lambda row: row["days"])


def _listed(days: Iterable[int]) -> str:
    return ", ".join(str(day) for day in days)


def milestone_words(days: int) -> str:
    """Say when a milestone is: "trước hạn 7 ngày"."""
    if days == 0:
        return "ngày cuối"
    return f"quá hạn {days} ngày" if days > 0 else f"trước hạn {-days} ngày"
