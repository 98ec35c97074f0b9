"""The administrator's pages for the years and the calendar. Nothing of a report is here."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from reports.models import CalendarException, ReportingCycle


class CycleForm(forms.ModelForm):
    def clean_jump_percent(self) -> int:
        if not 1 <= self.cleaned_data["jump_percent"] <= 1000:
            raise forms.ValidationError("Mức phải giải thích phải từ 1% đến 1.000%. Vui lòng nhập lại.")
        return self.cleaned_data["jump_percent"]


@admin.register(ReportingCycle)
class ReportingCycleAdmin(admin.ModelAdmin):
    """How far a figure may move unexplained in a year. Its dates are changed, with a reason, on their own page."""

    form = CycleForm
    fields = ("plan", "dates", "opens_on", "data_from", "data_to", "due_at", "jump_percent", "opened_at", "opened_by")
    readonly_fields = tuple(field for field in fields if field != "jump_percent")
    list_display = ("__str__", "plan", "opens_on", "data_from", "data_to", "due_at", "opened_at", "dates")

    @admin.display(description="sửa ngày, mốc nhắc, lịch")
    def dates(self, cycle: ReportingCycle) -> str:
        return format_html('<a href="{}">Trang Kỳ báo cáo năm {}</a>', cycle.url("cycle_settings"), str(cycle.year))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ReportingCycle | None = None) -> bool:
        return False


@admin.register(CalendarException)
class CalendarExceptionAdmin(admin.ModelAdmin):
    """The days that differ from the public calendar. They are corrected, with a reason, on a year's own page."""

    list_display = ("day", "is_working_day", "note")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: CalendarException | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CalendarException | None = None) -> bool:
        return False
