"""The administrator's pages for the years and the calendar. Nothing of a report is here."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from reports import deadlines
from reports.models import CalendarException, ReportingCycle


class CycleForm(forms.ModelForm):
    def clean_jump_percent(self) -> int:
        if not 1 <= self.cleaned_data["jump_percent"] <= 1000:
            raise forms.ValidationError("Mức phải giải thích phải từ 1% đến 1.000%. Vui lòng nhập lại.")
        return self.cleaned_data["jump_percent"]

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if {"data_from", "data_to"} <= data.keys() and data["data_from"] > data["data_to"]:
            self.add_error("data_to", "Ngày chốt số liệu phải bằng hoặc sau ngày bắt đầu.")
        if {"opens_on", "due_at"} <= data.keys() and deadlines.day_of(data["due_at"]) <= data["opens_on"]:
            self.add_error("due_at", "Hạn nộp phải sau ngày mở kỳ.")
        if "due_at" in data and deadlines.day_of(data["due_at"]).year not in (
            self.instance.year,
            self.instance.year + 1,
        ):
            self.add_error(
                "due_at", f"Hạn nộp của kỳ {self.instance.year} phải trong năm {self.instance.year} hoặc năm sau."
            )
        return data


@admin.register(ReportingCycle)
class ReportingCycleAdmin(admin.ModelAdmin):
    """A year's dates and how far a figure may move unexplained. The portal makes, and opens, the year itself."""

    form = CycleForm
    fields = ("plan", "opens_on", "data_from", "data_to", "due_at", "jump_percent", "opened_at", "opened_by")
    list_display = ("__str__", "plan", "opens_on", "data_from", "data_to", "due_at", "opened_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ReportingCycle | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: ReportingCycle | None = None):
        opened = ("opens_on",) if obj and obj.opened_at else ()
        return ("plan", "opened_at", "opened_by", *opened)


@admin.register(CalendarException)
class CalendarExceptionAdmin(admin.ModelAdmin):
    list_display = ("day", "is_working_day", "note")
    date_hierarchy = "day"
