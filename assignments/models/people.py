from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from assignments.models.agency import Agency
from assignments.models.periods import Period, PeriodQuerySet


class UserManager(BaseUserManager["User"]):
    """Accounts, found by e-mail address whatever its capitals."""

    def create_user(self, email: str, full_name: str, password: str | None = None, **fields) -> "User":
        """Create an account; without a password nobody can sign in until one is set by link."""
        user = self.model(email=email.strip().lower(), full_name=full_name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the account of an address, compared as the limits on guessing count it: in Python's lower case.

        A database's own idea of capitals makes more spellings one ("ı" and "i"), each with guesses of its own.
        """
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who signs in; what they may do is in their memberships alone.

    An address is confirmed by whoever acts on what was mailed to it, and refused by a mail server, in its own words
    (`refusal`). Both are kept with the address that they are about: they say nothing of one that came after it.
    """

    email = models.EmailField("địa chỉ thư điện tử", unique=True)
    full_name = models.CharField("họ và tên", max_length=100)
    telephone = models.CharField("điện thoại", max_length=30, blank=True)
    is_active = models.BooleanField("đang hoạt động", default=True)
    invited_at = models.DateTimeField("mời lúc", null=True, blank=True)
    confirmed_address = models.EmailField("địa chỉ đã xác nhận", blank=True)
    confirmed_at = models.DateTimeField("xác nhận địa chỉ lúc", null=True, blank=True)
    refused_address = models.EmailField("địa chỉ bị từ chối", blank=True)
    refused_at = models.DateTimeField("địa chỉ bị từ chối lúc", null=True, blank=True)
    refusal = models.TextField("trả lời của máy chủ thư", blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects = UserManager()

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"
        ordering = ["full_name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="email_once_whatever_its_capitals"),
            models.CheckConstraint(
                condition=Q(confirmed_address="", confirmed_at=None)
                | (~Q(confirmed_address="") & Q(confirmed_at__isnull=False)),
                name="address_confirmed_and_when",
            ),
            models.CheckConstraint(
                condition=Q(refused_address="", refused_at=None, refusal="")
                | (~Q(refused_address="") & Q(refused_at__isnull=False) & ~Q(refusal="")),
                name="address_refused_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def address_is_confirmed(self) -> bool:
        """Whether somebody acted on what was mailed to the address that the person has now."""
        return self.confirmed_address == self.email

    @property
    def address_is_refused(self) -> bool:
        """Whether a mail server took nothing for the address that the person has now."""
        return self.refused_address == self.email

    @cached_property
    def current_memberships(self) -> list["Membership"]:
        """Today's memberships with their agencies; read once per object, that is once per request."""
        return list(self.memberships.current().select_related("agency").order_by("pk"))

    def agencies_as(self, *roles: "Role") -> set[Agency]:
        """Return the agencies in which the person has one of the roles today."""
        return {m.agency for m in self.current_memberships if m.role in roles}

    @property
    def is_administrator(self) -> bool:
        return bool(self.agencies_as(Role.ADMINISTRATOR))

    # What django.contrib.admin asks. An administrator keeps agencies, people, plan and dates, and no report
    # text is registered there.
    is_staff = is_administrator

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_administrator

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_administrator


class Role(models.TextChoices):
    CLERK = "clerk", "Chuyên viên báo cáo"
    HEAD = "head", "Lãnh đạo đơn vị"
    OFFICER = "officer", "Chuyên viên cơ quan đầu mối"
    BUDGET_OFFICER = "budget_officer", "Chuyên viên tổng hợp dự toán"
    LEADER = "leader", "Lãnh đạo tỉnh"
    ADMINISTRATOR = "administrator", "Quản trị hệ thống"


class MembershipQuerySet(PeriodQuerySet):
    def current(self):
        """Return today's memberships. Who a person is today is the one question asked of the clock here."""
        return self.on(timezone.localdate())

    def with_role(self, *roles: Role):
        """Return the memberships in one of the roles, of people whose account is active."""
        return self.filter(role__in=roles, user__is_active=True)


class Membership(Period):
    """A person's role in an agency, with what is printed under a document that they sign.

    `signer_lines` (KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC) are the person's, not the agency's: a deputy signs for the
    director. Empty means the agency's own. Whoever `stands_in_for` somebody holds the role for a stated time.
    """

    user = models.ForeignKey(User, verbose_name="người dùng", on_delete=models.CASCADE, related_name="memberships")
    agency = models.ForeignKey(Agency, verbose_name="cơ quan", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField("vai trò", max_length=20, choices=Role)
    position = models.CharField("chức vụ", max_length=100, blank=True)
    signer_lines = models.JSONField("quyền hạn, chức vụ khi ký", default=list, blank=True)
    stands_in_for = models.ForeignKey(
        User, verbose_name="thay cho", null=True, blank=True, on_delete=models.PROTECT, related_name="stand_ins"
    )
    valid_from = models.DateField("từ ngày", default=timezone.localdate)

    objects = MembershipQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = "vai trò"
        verbose_name_plural = "vai trò"
        ordering = ["agency", "role", "user"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["user", "agency", "role", "valid_from"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(stands_in_for=None) | (Q(valid_to__isnull=False) & ~Q(stands_in_for=F("user"))),
                name="stand_in_has_an_end",
                violation_error_message="Người làm thay phải là người khác và phải có ngày kết thúc.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.agency}"

    @property
    def role_words(self) -> str:
        """The role as people read it, with whom it stands in for."""
        role = self.get_role_display()
        return f"{role}, làm thay {self.stands_in_for}" if self.stands_in_for else role
