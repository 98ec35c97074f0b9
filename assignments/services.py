"""What is done to people: inviting, ending a role, making the first administrator.

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

SETUP_SALT = "assignments.first_administrator"
SETUP_LINK_LASTS = datetime.timedelta(days=7)
ONE_DAY = datetime.timedelta(days=1)


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
    PeopleRefused where the person has the role already.
    """
    access.check_may_give(by, agency, role)
    account, _ = User.objects.get_or_create(
        email=email.lower(),
        defaults={"full_name": full_name, "telephone": telephone, "password": make_password(None)},
    )
    user = User.objects.select_for_update().get(pk=account.pk)
    membership = _begin(user, agency, role, today=timezone.localdate(now))
    membership.position, membership.signer_lines = position, signer_lines
    membership.save()
    if user.has_usable_password():
        tasks.send_new_role.delay_on_commit(membership.pk)
    else:
        send_invitation(user, now=now)
    return membership


def _begin(user: User, agency: Agency, role: str, *, today: datetime.date) -> Membership:
    earlier = user.memberships.filter(agency=agency, role=role)
    if earlier.exclude(valid_to__lt=today).exists():
        raise PeopleRefused("Người này đã có vai trò này trong cơ quan.")
    membership = earlier.filter(valid_to=today - ONE_DAY).first()
    if membership is None:
        return Membership(user=user, agency=agency, role=role, valid_from=today)
    membership.valid_to = None
    return membership


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


# Ending a role


@transaction.atomic
def end_membership(membership: Membership, *, by: User, now: datetime.datetime) -> None:
    """End a role at once. The row stays: a role that began today is kept as of yesterday, for its last day counts.

    Raises PeopleRefused for the last role as administrator of the one who asks.
    """
    access.check_may_give(by, membership.agency, membership.role)
    if membership.user == by and membership.role == Role.ADMINISTRATOR:
        others = by.memberships.current().filter(role=Role.ADMINISTRATOR).exclude(pk=membership.pk)
        if not others.exists():
            raise PeopleRefused("Không thể tự thôi vai trò quản trị hệ thống. Hãy nhờ người quản trị khác.")
    yesterday = timezone.localdate(now) - ONE_DAY
    membership.valid_from = min(membership.valid_from, yesterday)
    membership.valid_to = yesterday
    membership.save(update_fields=["valid_from", "valid_to"])


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
