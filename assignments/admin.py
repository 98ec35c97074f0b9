"""The administrator's pages: agencies, people, the plan's participants and assignments. No report text is here.

Nothing is deleted: agencies, roles and assignments end on a day, accounts are closed.
"""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from assignments import access, services
from assignments.fields import LetterheadField, LinesField, LowerCaseEmailField, TelephoneField
from assignments.models import Agency, Assignment, Membership, Participant, Plan, Role, User

admin.site.unregister([Group, EmailAddress])


class NothingDeleted:
    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ComesFromTheFile(NothingDeleted):
    """What the plan file says, and loading it again would write back."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


# Agencies


class AgencyForm(forms.ModelForm):
    letterhead = LetterheadField(
        label="Tiêu đề văn bản",
        help_text="Ô bên trái đầu văn bản, mỗi dòng một hàng, ngắt dòng như khi in. Dòng in đậm bắt đầu bằng dấu *.",
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
    )
    signer_lines = LinesField(
        label="Quyền hạn, chức vụ người ký",
        required=False,
        help_text="Mỗi dòng một hàng, ví dụ TM. ỦY BAN NHÂN DÂN, dòng dưới CHỦ TỊCH. "
        "Dùng khi người ký không có dòng riêng.",
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )
    telephone = TelephoneField(label="Điện thoại", required=False)


@admin.register(Agency)
class AgencyAdmin(NothingDeleted, admin.ModelAdmin):
    form = AgencyForm
    fields = (
        "name", "slug", "short_name", "letterhead", "notation", "place", "signer_lines", "telephone", "parent",
        "successors", "valid_from", "valid_to",
    )  # fmt: skip
    prepopulated_fields = {"slug": ("name",)}
    filter_horizontal = ("successors",)
    list_display = ("name", "short_name", "notation", "telephone", "valid_to")
    search_fields = ("name", "short_name", "slug")

    def get_readonly_fields(self, request: HttpRequest, obj: Agency | None = None):
        """Keep the name in addresses: links in mails, and the plan file, know the agency by it."""
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Agency | None = None):
        return {} if obj else self.prepopulated_fields


# People


class MembershipForm(forms.ModelForm):
    signer_lines = LinesField(
        label="Quyền hạn, chức vụ khi ký",
        required=False,
        help_text="Mỗi dòng một hàng. Để trống thì dùng của cơ quan.",
        widget=forms.Textarea(attrs={"rows": 2, "cols": 24}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("agency", "role") if self.instance.pk else ():
            self.fields[name].disabled = True

    def clean_role(self) -> str:
        role, agency = self.cleaned_data["role"], self.cleaned_data.get("agency")
        if role == Role.LEADER and agency and not (self.instance.pk or access.may_have_leaders(agency)):
            raise forms.ValidationError(services.NO_LEADERS_HERE)
        return role


class MembershipFormSet(forms.BaseInlineFormSet):
    acting_user: User

    def clean(self) -> None:
        super().clean()
        if self.instance == self.acting_user and not any(map(_is_administrator_today, self.forms)):
            raise forms.ValidationError("Không thể tự thôi vai trò quản trị hệ thống. Hãy nhờ người quản trị khác.")


def _is_administrator_today(form: forms.ModelForm) -> bool:
    row, today = form.instance, timezone.localdate()
    return (
        row.role == Role.ADMINISTRATOR and row.valid_from <= today and (row.valid_to is None or row.valid_to >= today)
    )


class MembershipInline(NothingDeleted, admin.StackedInline):
    model = Membership
    fk_name = "user"
    form = MembershipForm
    formset = MembershipFormSet
    fields = ("agency", "role", "position", "signer_lines", "stands_in_for", "valid_from", "valid_to")
    autocomplete_fields = ("stands_in_for",)
    extra = 0

    def get_formset(self, request: HttpRequest, obj: User | None = None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        return type("MembershipFormSet", (formset,), {"acting_user": request.user})


class UserForm(forms.ModelForm):
    email = LowerCaseEmailField(label="Địa chỉ thư điện tử", max_length=254, help_text="Dùng làm tên đăng nhập.")
    telephone = TelephoneField(label="Điện thoại", required=False)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Địa chỉ này đã có tài khoản. Hãy tìm tài khoản đó và thêm vai trò.")
        return email


@admin.register(User)
class UserAdmin(NothingDeleted, admin.ModelAdmin):
    """Accounts: a new one is mailed an invitation to set a password; no password is seen or set here."""

    form = UserForm
    fields = (
        "full_name", "email", "telephone", "is_active", "invited_at", "last_login", "confirmed_address",
        "confirmed_at", "refused_address", "refused_at", "refusal",
    )  # fmt: skip
    inlines = (MembershipInline,)
    list_display = ("full_name", "email", "mail_state", "telephone", "roles", "is_active", "last_login")
    list_filter = ("is_active", "memberships__role")
    search_fields = ("full_name", "email")
    actions = ("send_password_links",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        current = Membership.objects.current().select_related("agency")
        return super().get_queryset(request).prefetch_related(Prefetch("memberships", current))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None):
        own = ("is_active",) if obj == request.user else ()
        return (*self.fields[4:], *own)

    @admin.display(description="vai trò")
    def roles(self, user: User) -> str:
        return "; ".join(f"{m.get_role_display()}, {m.agency.short_name}" for m in user.memberships.all())

    @admin.display(description="thư")
    def mail_state(self, user: User) -> str:
        if user.address_is_refused:
            return f"không tới: {user.refusal}"
        return "đã xác nhận" if user.address_is_confirmed else "chưa xác nhận"

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        services.send_invitation(obj, now=timezone.now())

    @admin.action(description="Gửi thư để đặt mật khẩu")
    def send_password_links(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        active = [user for user in chosen if user.is_active]
        for user in active:
            services.send_invitation(user, now=timezone.now())
        messages.success(request, f"Đã gửi thư tới {len(active)} người.")


# The plan


@admin.register(Plan)
class PlanAdmin(ComesFromTheFile, admin.ModelAdmin):
    """What the plan file says, to look at."""

    list_display = ("number", "short_title", "issued_on")
    fields = (
        "number", "title", "short_title", "issuer", "issued_on", "recipient_agencies", "report_due_day",
        "report_due_month",
    )  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        return False


class ParticipantForm(forms.ModelForm):
    def clean_role(self) -> str:
        role = self.cleaned_data["role"]
        focal = self.instance.plan.participants.filter(role=Participant.Role.FOCAL).exclude(pk=self.instance.pk)
        if role == Participant.Role.FOCAL and focal.exists():
            raise forms.ValidationError(f"Kế hoạch chỉ có một cơ quan đầu mối, hiện là: {focal.get().name}.")
        return role


@admin.register(Participant)
class ParticipantAdmin(ComesFromTheFile, admin.ModelAdmin):
    form = ParticipantForm
    fields = ("plan", "number", "name", "is_invited", "role", "agency", "members")
    readonly_fields = ("plan", "number", "name", "is_invited")
    filter_horizontal = ("members",)
    list_display = ("__str__", "agency", "role", "is_invited")
    list_filter = ("plan", "role")


class AssignmentForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("task", "agency") if self.instance.pk else ():
            self.fields[name].disabled = True


@admin.register(Assignment)
class AssignmentAdmin(NothingDeleted, admin.ModelAdmin):
    form = AssignmentForm
    fields = ("task", "agency", "part", "is_proposal", "valid_from", "valid_to")
    list_display = ("task", "agency", "part", "is_proposal", "valid_from", "valid_to")
    list_select_related = ("task", "agency")
    list_filter = ("part", "is_proposal", "task__kind")
    search_fields = ("task__code", "task__text", "agency__name", "agency__slug")
