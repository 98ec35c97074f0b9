"""What is done to people: inviting, standing in, handing over, ending a role, making the first administrator.

Every function is one transaction, takes who (`by`) and when (`now`), and raises PermissionDenied or
PeopleRefused, whose words are for the user.
"""

import datetime

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction
from django.utils import timezone

from assignments import access, tasks
from assignments.models import Agency, Membership, Plan, Role, User
from assignments.models.people import MembershipQuerySet
from assignments.text import fold

SETUP_SALT = "assignments.first_administrator"
SETUP_LINK_LASTS = datetime.timedelta(days=7)
ONE_DAY = datetime.timedelta(days=1)

ANOTHER_NAME = (
    "Địa chỉ này đã có tài khoản mang tên khác. Hãy kiểm tra lại địa chỉ; nếu đúng là người ấy, hãy ghi họ tên như "
    "trong hệ thống, hoặc nhờ quản trị hệ thống thêm vai trò."
)
NO_LEADERS_HERE = (
    "Vai trò lãnh đạo tỉnh chỉ giao được trong cơ quan có tên riêng ở mục Nơi nhận của kế hoạch, như Ủy ban nhân dân "
    "tỉnh, Tỉnh ủy, Hội đồng nhân dân tỉnh. Hãy mở trang của cơ quan đó, hoặc chọn vai trò khác."
)


class PeopleRefused(Exception):
    """What was asked for cannot be done; the words say why, and what to do instead."""


# Inviting


@transaction.atomic
def invite(
    agency: Agency,
    *,
    email: str,
    full_name: str,
    role: str,
    telephone: str = "",
    position: str = "",
    signer_lines: list[str],
    by: User,
    now: datetime.datetime,
) -> Membership:
    """Give a person a role in the agency from today, and mail them: a link to set a password, or the news.

    An account that is there keeps its name and telephone; a role that ended yesterday goes on. Raises
    PeopleRefused where the person has the role already, and for a leader in an agency that no plan goes to.
    """
    access.check_may_give(by, agency, role)
    _check_may_have(agency, role)
    user = _account(agency, email, full_name, telephone)
    membership = _begin(user, agency, role, today=timezone.localdate(now))
    membership.position, membership.signer_lines = position, signer_lines
    membership.save()
    _welcome(membership, now)
    return membership


def _check_may_have(agency: Agency, role: str) -> None:
    """Refuse to make somebody a leader in an agency that no plan goes to."""
    if role == Role.LEADER and not access.may_have_leaders(agency):
        raise PeopleRefused(NO_LEADERS_HERE)


def _account(agency: Agency, email: str, full_name: str, telephone: str) -> User:
    """Return the account of an address, made where there is none, and locked.

    Raises PeopleRefused where it is of another name and agency: a slip in an address would open this agency's
    report to another's people. The name is not told: whoever invites may not know the person.
    """
    account, _ = User.objects.get_or_create(
        email=email.lower(),
        defaults={"full_name": full_name, "telephone": telephone, "password": make_password(None)},
    )
    if fold(account.full_name) != fold(full_name) and not account.memberships.filter(agency=agency).exists():
        raise PeopleRefused(ANOTHER_NAME)
    return User.objects.select_for_update().get(pk=account.pk)


def _begin(user: User, agency: Agency, role: str, *, today: datetime.date) -> Membership:
    held = user.memberships.filter(agency=agency, role=role)
    _check_free(held, today, None)
    membership = held.filter(valid_to=today - ONE_DAY, stands_in_for=None).first()
    if membership is None:
        return Membership(user=user, agency=agency, role=role, valid_from=today)
    membership.valid_to = None
    return membership


def _check_free(held: MembershipQuerySet, first: datetime.date, last: datetime.date | None) -> None:
    """Refuse to give a role a second time for days on which the person holds it."""
    overlapping = held.within(first, last).select_related("user", "stands_in_for").first()
    if overlapping is None:
        return
    if overlapping.stands_in_for is None:
        raise PeopleRefused("Người này đã có vai trò này trong cơ quan.")
    raise PeopleRefused(
        f"{overlapping.user} được giao làm thay {overlapping.stands_in_for} từ {overlapping.valid_from:%d/%m/%Y} "
        f"đến hết {overlapping.valid_to:%d/%m/%Y}. Hãy kết thúc việc làm thay đó trước."
    )


def _welcome(membership: Membership, now: datetime.datetime) -> None:
    """Mail a person who got a role: the link to set a password, or the news."""
    if membership.user.has_usable_password():
        tasks.send_new_role.delay_on_commit(membership.pk)
    else:
        send_invitation(membership.user, now=now)


def invite_again(membership: Membership, *, by: User, now: datetime.datetime) -> None:
    """Mail the link to set a password once more. Raises PeopleRefused where one has been set."""
    access.check_may_give(by, membership.agency, membership.role)
    if membership.user.has_usable_password():
        raise PeopleRefused(
            f"{membership.user} đã đặt mật khẩu. Khi quên, người dùng chọn “Quên mật khẩu” ở trang đăng nhập."
        )
    send_invitation(membership.user, now=now)


@transaction.atomic
def send_invitation(user: User, *, now: datetime.datetime) -> None:
    """Mail the link to set a password: an invitation, or a reset for an account that has had one."""
    user.invited_at = now
    user.save(update_fields=["invited_at"])
    tasks.send_password_link.delay_on_commit(user.pk)


# Standing in, handing over


@transaction.atomic
def stand_in(
    absent: Membership,
    *,
    email: str,
    full_name: str,
    valid_from: datetime.date,
    valid_to: datetime.date,
    telephone: str = "",
    position: str = "",
    signer_lines: list[str],
    by: User,
    now: datetime.datetime,
) -> Membership:
    """Give an absent person's role to somebody else for a stated time, and mail that person.

    The absent person keeps the role, and may act as well; the stand-in's ends by itself. Raises PeopleRefused
    where the person has the role in that time already, for a role that is itself a stand-in's, and for a time
    after the end of the absent person's role.
    """
    agency, role = absent.agency, absent.role
    access.check_may_give(by, agency, role)
    _check_may_have(agency, role)
    if absent.stands_in_for:
        raise PeopleRefused(f"{absent.user} cũng chỉ làm thay. Hãy chọn người giữ vai trò chính thức.")
    if absent.valid_to and valid_to > absent.valid_to:
        raise PeopleRefused(
            f"{absent.user} giữ vai trò này đến hết {absent.valid_to:%d/%m/%Y}; không thể giao làm thay lâu hơn."
        )
    user = _account(agency, email, full_name, telephone)
    if user == absent.user:
        raise PeopleRefused("Người làm thay phải là người khác.")
    _check_free(user.memberships.filter(agency=agency, role=role), valid_from, valid_to)
    membership = Membership.objects.create(
        user=user,
        agency=agency,
        role=role,
        position=position,
        signer_lines=signer_lines,
        stands_in_for=absent.user,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _welcome(membership, now)
    return membership


@transaction.atomic
def hand_over(
    leaving: Membership,
    *,
    last_day: datetime.date,
    email: str,
    full_name: str,
    telephone: str = "",
    position: str = "",
    signer_lines: list[str],
    by: User,
    now: datetime.datetime,
) -> Membership:
    """Give a role to a successor from today, and end it for whoever leaves after their last day.

    Until then both hold it. A last day gone by ends it at once; a role that ends before the last day is not made
    longer. What was written is the agency's and stays where it is. Raises PeopleRefused where the successor has
    the role already.
    """
    if leaving.stands_in_for:
        raise PeopleRefused(
            f"{leaving.user} chỉ làm thay đến hết {leaving.valid_to:%d/%m/%Y} nên không cần bàn giao."
        )
    successor = invite(
        leaving.agency,
        email=email,
        full_name=full_name,
        role=leaving.role,
        telephone=telephone,
        position=position,
        signer_lines=signer_lines,
        by=by,
        now=now,
    )
    today = timezone.localdate(now)
    last_day = max(last_day, today - ONE_DAY)
    _end(leaving, min(last_day, leaving.valid_to or last_day), today=today)
    return successor


# Ending a role


class LastOfRole(PeopleRefused):
    """Ending this role would leave the agency without a clerk, or without a head: to be said twice."""


@transaction.atomic
def end_membership(membership: Membership, *, by: User, now: datetime.datetime, even_last: bool = False) -> None:
    """End a role at once, or call off one that has not begun; whoever stands in for the person in it ends as well.

    Raises PeopleRefused for the last role as administrator of the one who asks, and LastOfRole for an agency's
    last clerk or head unless `even_last`.
    """
    access.check_may_give(by, membership.agency, membership.role)
    if membership.user == by and membership.role == Role.ADMINISTRATOR:
        others = by.memberships.current().filter(role=Role.ADMINISTRATOR).exclude(pk=membership.pk)
        if not others.exists():
            raise PeopleRefused("Không thể tự thôi vai trò quản trị hệ thống. Hãy nhờ người quản trị khác.")
    today = timezone.localdate(now)
    if membership.valid_from <= today and not even_last and _is_last(membership):
        raise LastOfRole(
            f"{membership.user} là {membership.get_role_display().lower()} duy nhất của {membership.agency}. "
            "Hãy bàn giao vai trò cho người khác, hoặc xác nhận là vẫn kết thúc."
        )
    _end(membership, today - ONE_DAY, today=today)


def _is_last(membership: Membership) -> bool:
    if membership.role not in (Role.CLERK, Role.HEAD) or membership.stands_in_for or not membership.user.is_active:
        return False
    colleagues = membership.agency.memberships.current().with_role(Role(membership.role)).filter(stands_in_for=None)
    return not colleagues.exclude(pk=membership.pk).exists()


def _end(membership: Membership, last_day: datetime.date, *, today: datetime.date) -> None:
    """End a role after a day, and whoever stands in for the person in it.

    A role that began later is kept as of that day, for its last day counts; one that has not begun is called off.
    Where the person had begun and ended the role that day already, one row of it is enough.
    """
    if membership.stands_in_for is None:
        stand_ins = membership.agency.memberships.filter(role=membership.role, stands_in_for=membership.user)
        for stand_in in stand_ins.not_over_by(last_day + ONE_DAY):
            _end(stand_in, last_day, today=today)
    if membership.valid_from > max(last_day, today):
        membership.delete()
        return
    membership.valid_from = min(membership.valid_from, last_day)
    membership.valid_to = last_day
    twins = membership.user.memberships.filter(
        agency=membership.agency, role=membership.role, valid_from=membership.valid_from
    )
    if twins.exclude(pk=membership.pk).exists():
        membership.delete()
    else:
        membership.save(update_fields=["valid_from", "valid_to"])


# Agencies


@transaction.atomic
def save_letterhead(
    agency: Agency, *, letterhead: list[dict], notation: str, place: str, signer_lines: list[str], by: User
) -> None:
    """Keep what is printed at the head and the foot of an agency's next reports; what was sent stays as it was."""
    access.check_is_administrator(by)
    agency.letterhead, agency.notation, agency.place, agency.signer_lines = letterhead, notation, place, signer_lines
    agency.save(update_fields=["letterhead", "notation", "place", "signer_lines"])


# The first administrator


def first_administrator_token() -> str | None:
    """Return what opens the page for the first administrator; None as long as there is an administrator.

    It holds how many there have ever been, so that it is dead once it has made one.
    """
    if _has_administrator():
        return None
    return signing.dumps(_administrators_ever(), salt=SETUP_SALT)


def check_first_administrator_token(token: str) -> Agency:
    """Return the agency in which the token may make an administrator now: the focal one of the newest plan.

    Raises PeopleRefused, with what to do, for any other token.
    """
    try:
        administrators_then = signing.loads(token, salt=SETUP_SALT, max_age=SETUP_LINK_LASTS)
    except signing.SignatureExpired as error:
        raise PeopleRefused(f"Đường dẫn này đã quá {SETUP_LINK_LASTS.days} ngày nên không còn dùng được.") from error
    except signing.BadSignature as error:
        raise PeopleRefused("Đường dẫn này không đúng. Hãy sao chép lại toàn bộ đường dẫn đã được in ra.") from error
    if _has_administrator() or _administrators_ever() != administrators_then:
        raise PeopleRefused("Đường dẫn này đã được dùng: hệ thống đã có người quản trị.")
    plan = Plan.objects.first()
    agency = plan and plan.focal_agency
    if not agency:
        raise PeopleRefused("Hệ thống chưa có kế hoạch. Hãy nạp kế hoạch (manage.py load_plan) rồi mở lại đường dẫn.")
    return agency


@transaction.atomic
def create_first_administrator(
    token: str, *, full_name: str, email: str, password: str, now: datetime.datetime
) -> User:
    """Create the account that sets up everything else.

    Raises PeopleRefused for a token that is no longer good: of two at the same moment the second.
    """
    Plan.objects.select_for_update().first()
    agency = check_first_administrator_token(token)
    user = User.objects.create_user(email, full_name, password)
    user.memberships.create(agency=agency, role=Role.ADMINISTRATOR, valid_from=timezone.localdate(now))
    return user


def _has_administrator() -> bool:
    return Membership.objects.current().with_role(Role.ADMINISTRATOR).exists()


def _administrators_ever() -> int:
    return Membership.objects.filter(role=Role.ADMINISTRATOR).count()
