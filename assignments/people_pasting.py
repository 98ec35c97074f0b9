"""People from a pasted table: accounts and roles that each row would make or change, and writing them, all or none.

An account is known by its address. A role that is handed over ends, for whoever held it, with the day before.
"""

import datetime
from dataclasses import dataclass, field

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from assignments import access, services, tasks
from assignments.models import Agency, Membership, Participant, Plan, Role, User
from assignments.pasted_table import Line, ListChanged, Preview, Row, nearest
from assignments.text import fold

ONE_DAY = datetime.timedelta(days=1)
POSITION_LABELS = {"position": "Chức vụ", "signer_lines": "Chức vụ khi ký"}


@dataclass
class PersonLine(Line):
    """A row, with the account and the role as they would be; nothing of it is saved. `is_new`: it gives a role."""

    user: User = field(default_factory=User)
    membership: Membership | None = None
    leaving: Membership | None = None
    has_new_telephone: bool = False
    changed_fields: set[str] = field(default_factory=set)


def preview_people(rows: list[Row], *, today: datetime.date) -> Preview[PersonLine]:
    """Return what the rows would make and change; the number of queries is the same for any number of rows."""
    return Preview(_Comparing(rows, today).lines)


@transaction.atomic
def save_people(
    rows: list[Row], *, seen: str, send_mails: bool, by: User, now: datetime.datetime
) -> Preview[PersonLine]:
    """Write the rows that were shown: all of them, and exactly what was `seen` (the preview's mark).

    With `send_mails` everybody who got a role is mailed: a link to set a password, or the news. Raises
    ListChanged where the rows would do something else by now, or may not be saved at all.
    """
    access.check_is_administrator(by)
    Plan.objects.select_for_update().first()
    today = timezone.localdate(now)
    preview = preview_people(rows, today=today)
    if preview.mark != seen or not preview.may_be_saved:
        raise ListChanged
    try:
        with transaction.atomic():
            _write([*preview.new, *preview.changed], by=by, now=now)
    except IntegrityError as error:
        raise ListChanged from error
    if send_mails:
        _welcome([line.membership for line in preview.new if line.membership], now)
    return preview


def _write(lines: list[PersonLine], *, by: User, now: datetime.datetime) -> None:
    accounts = {line.user.email: line.user for line in lines}
    # Only what changes: an update of 500 rows takes as long as its columns are many.
    reached_anew = {line.user.pk: line.user for line in lines if line.user.pk and line.has_new_telephone}
    User.objects.bulk_create(user for user in accounts.values() if not user.pk)
    User.objects.bulk_update(reached_anew.values(), ["telephone"])
    memberships = [line.membership for line in lines if line.membership]
    for line in lines:
        if line.membership:
            line.membership.user = line.user
    kept = [line.membership for line in lines if line.membership and line.membership.pk and line.changed_fields]
    changed = {name for line in lines for name in line.changed_fields}
    Membership.objects.bulk_create(membership for membership in memberships if not membership.pk)
    if kept:
        Membership.objects.bulk_update(kept, sorted(changed))
    for leaving in {line.leaving.pk: line.leaving for line in lines if line.leaving}.values():
        services.end_membership(leaving, by=by, now=now, even_last=True)


def _welcome(memberships: list[Membership], now: datetime.datetime) -> None:
    invited = {m.user_id: m.user for m in memberships if not m.user.has_usable_password()}
    _send_invitations(list(invited.values()), now)
    for membership in memberships:
        if membership.user_id not in invited:
            tasks.send_new_role.delay_on_commit(membership.pk)


# Invitations sent later


def waiting_for_invitation() -> QuerySet[User]:
    """Return the people with a role of today who have never set a password."""
    return User.objects.filter(
        pk__in=Membership.objects.current().with_role(*Role).values("user"),
        password__startswith=UNUSABLE_PASSWORD_PREFIX,
    )


@transaction.atomic
def invite_everybody(*, again: bool, by: User, now: datetime.datetime) -> int:
    """Mail the link to set a password to everybody who waits for it; return how many.

    Who was invited before is mailed `again` only when that is asked for.
    """
    access.check_is_administrator(by)
    waiting = waiting_for_invitation()
    people = list(waiting if again else waiting.filter(invited_at=None))
    _send_invitations(people, now)
    return len(people)


def _send_invitations(people: list[User], now: datetime.datetime) -> None:
    User.objects.filter(pk__in=[user.pk for user in people]).update(invited_at=now)
    for user in people:
        tasks.send_password_link.delay_on_commit(user.pk)


# What a row says


class _Comparing:
    def __init__(self, rows: list[Row], today: datetime.date) -> None:
        self.today = today
        self._read_agencies()
        addresses = {row.said[key] for row in rows for key in ("email", "replaces") if key in row.said}
        held = Membership.objects.not_over_by(today - ONE_DAY).select_related("agency", "stands_in_for", "user")
        accounts = User.objects.filter(email__in=addresses).prefetch_related(Prefetch("memberships", held))
        self.accounts = {user.email: user for user in accounts}
        self.held = {user.email: list(user.memberships.all()) for user in accounts}
        self.first_rows: dict[tuple, int] = {}
        self.lines = [self._line(row) for row in rows]

    def _read_agencies(self) -> None:
        self.agencies: dict[str, list[Agency]] = {}
        agencies = list(Agency.objects.on(self.today).prefetch_related("predecessors"))
        for agency in agencies:
            for name in {agency.slug, fold(agency.name), fold(agency.short_name)}:
                self.agencies.setdefault(name, []).append(agency)
        self.names = [agency.name for agency in agencies] + [agency.short_name for agency in agencies]
        places = Participant.objects.exclude(agency=None).values_list("agency", "role")
        self.places = {(agency_id, role) for agency_id, role in places}
        self.with_leaders = set(Plan.recipient_agencies.through.objects.values_list("agency", flat=True))

    def _line(self, row: Row) -> PersonLine:
        said = row.said
        email = said.get("email", "")
        line = PersonLine(row.number, _title(said.get("full_name", ""), email), problems=list(row.problems))
        agency = self._agency(line, said["agency"]) if "agency" in said else None
        role = said.get("role")
        if email and "full_name" in said:
            self._account(line, said)
        if agency and role:
            self._refuse_wrong_place(line, agency, role)
        if line.problems or agency is None or role is None:
            return line
        first = self.first_rows.setdefault((email, agency.pk, role), row.number)
        if first != row.number:
            line.problems.append(f"Trùng người, cơ quan và vai trò với dòng {first}. Hãy bỏ một dòng.")
            return line
        self._role(line, agency, role, said)
        if "replaces" in said:
            self._hand_over(line, agency, role, said["replaces"])
        return line

    def _agency(self, line: PersonLine, words: str) -> Agency | None:
        found = self.agencies.get(words) or self.agencies.get(fold(words), [])
        if len(found) == 1:
            return found[0]
        if found:
            addresses = ", ".join(agency.slug for agency in found)
            line.problems.append(f"Cơ quan: có {len(found)} cơ quan tên “{words}”. Hãy ghi một trong: {addresses}.")
        else:
            line.problems.append(
                f"Cơ quan: không có cơ quan “{words}” đang hoạt động.{nearest(words, self.names)} Nếu là cơ quan "
                "mới, hãy thêm cơ quan trước."
            )
        return None

    def _account(self, line: PersonLine, said: dict) -> None:
        """Find or propose the account; one address is one person's."""
        email, name = said["email"], said["full_name"]
        account = self.accounts.get(email)
        if account is None:
            account = User(
                email=email, full_name=name, telephone=said.get("telephone", ""), password=make_password(None)
            )
            self.accounts[email] = account
            line.change("Tài khoản", "", "tạo mới")
            line.change("Điện thoại", "", account.telephone)
        elif not account.is_active:
            line.problems.append("Tài khoản của địa chỉ này đã đóng. Hãy mở lại ở mục Quản trị, Người dùng.")
        elif fold(account.full_name) != fold(name):
            line.problems.append(
                f"Địa chỉ này là của {account.full_name}. Mỗi người một địa chỉ riêng; nếu vẫn là người ấy, hãy ghi "
                "tên đúng như vậy."
            )
        elif "telephone" in said:
            line.has_new_telephone = line.change("Điện thoại", account.telephone, said["telephone"])
            account.telephone = said["telephone"]
        line.user = account

    def _refuse_wrong_place(self, line: PersonLine, agency: Agency, role: Role) -> None:
        if role == Role.OFFICER and (agency.pk, Participant.Role.FOCAL) not in self.places:
            line.problems.append(
                f"Vai trò: {agency.short_name} không phải cơ quan đầu mối. Người soạn báo cáo của cơ quan là “Chuyên "
                "viên báo cáo”."
            )
        if role == Role.BUDGET_OFFICER and (agency.pk, Participant.Role.BUDGET) not in self.places:
            line.problems.append(
                f"Vai trò: {agency.short_name} không phải cơ quan tổng hợp dự toán của kế hoạch. Hãy chọn vai trò "
                "khác."
            )
        if role == Role.LEADER and agency.pk not in self.with_leaders:
            line.problems.append(
                f"Vai trò: {agency.short_name} không có tên riêng ở mục Nơi nhận của kế hoạch nên không có lãnh đạo "
                "tỉnh. Lãnh đạo của cơ quan báo cáo là “Lãnh đạo đơn vị”."
            )

    def _role(self, line: PersonLine, agency: Agency, role: Role, said: dict) -> None:
        held = [m for m in self.held.get(line.user.email, []) if m.agency == agency and m.role == role]
        current = [m for m in held if m.valid_to is None or m.valid_to >= self.today]
        if any(m.stands_in_for or m.valid_from > self.today or m.valid_to for m in current):
            line.problems.append(
                "Vai trò: người này đang được giao làm thay, hoặc giữ vai trò này trong một thời gian đã định. Hãy "
                "sửa ở trang người dùng của cơ quan."
            )
            return
        membership = next(iter(current), None)
        if membership is None:
            line.is_new = True
            ended = [m for m in held if m.stands_in_for is None]
            membership = ended[0] if ended else Membership(agency=agency, role=role, valid_from=self.today)
            membership.valid_to = None
            line.changed_fields.add("valid_to")
            line.change("Vai trò", "", f"{role.label}, {agency.name}")
        line.membership = membership
        for name, label in POSITION_LABELS.items():
            if name in said:
                if line.change(label, _as_read(getattr(membership, name)), _as_read(said[name])):
                    line.changed_fields.add(name)
                setattr(membership, name, said[name])

    def _hand_over(self, line: PersonLine, agency: Agency, role: Role, address: str) -> None:
        if role == Role.ADMINISTRATOR:
            line.problems.append("Nhận bàn giao từ: vai trò quản trị được bàn giao ở trang người dùng của cơ quan.")
            return
        places = {agency.pk, *(one.pk for one in agency.predecessors.all())}
        found = [
            m
            for m in self.held.get(address, [])
            if m.role == role
            and m.agency_id in places
            and m.stands_in_for is None
            and m.valid_from <= self.today
            and (m.valid_to is None or m.valid_to >= self.today)
        ]
        if address == line.user.email:
            found = [m for m in found if m.agency_id != agency.pk]
        if not found:
            line.problems.append(
                f"Nhận bàn giao từ: {address} không giữ vai trò {role.label.lower()} ở {agency.short_name} hay cơ "
                "quan được kế thừa. Hãy kiểm tra địa chỉ, hoặc để trống."
            )
            return
        line.leaving = found[0]
        line.change("Thôi vai trò", found[0].user.full_name, f"{role.label}, {found[0].agency.name}")


def _title(name: str, email: str) -> str:
    return f"{name} ({email})" if name and email else name or email


def _as_read(value: str | list[str]) -> str:
    return " | ".join(value) if isinstance(value, list) else value
