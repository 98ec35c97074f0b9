import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from assignments.models import Plan, User
from reports import deadlines


def default_milestones() -> list[dict]:
    """Return when who is reminded: days before (negative) or after the last on-time day, rising.

    Leaders get no mail: from that day on their page names the agency. The officer may change them for each cycle.
    """
    return [
        {"days": -30, "to": ["clerk"]},
        {"days": -14, "to": ["clerk"]},
        {"days": -7, "to": ["clerk"]},
        {"days": -3, "to": ["clerk", "head"]},
        {"days": -1, "to": ["clerk", "head"]},
        {"days": 1, "to": ["clerk", "head"]},
        {"days": 3, "to": ["clerk", "head"]},
        {"days": 7, "to": ["clerk", "head", "officer"]},
        {"days": 10, "to": ["leader"]},
    ]


class ReportingCycle(models.Model):
    """One year of reporting on a plan.

    `due_at` is exclusive: "trước ngày 10/11" is 10 November 00:00 Vietnam time, and 9 November 23:59:59 is on
    time. `data_from` and `data_to` say which days the figures cover (thời gian chốt số liệu); they and the
    deadline are separate facts. A figure that moved by more than `jump_percent` since the year before asks for
    a word of explanation.
    """

    plan = models.ForeignKey(Plan, verbose_name="kế hoạch", on_delete=models.PROTECT, related_name="cycles")
    year = models.PositiveSmallIntegerField("năm")
    opens_on = models.DateField("ngày mở kỳ")
    data_from = models.DateField("số liệu từ ngày")
    data_to = models.DateField("số liệu đến hết ngày")
    due_at = models.DateTimeField("hạn nộp (trước thời điểm)")
    jump_percent = models.PositiveSmallIntegerField("mức tăng, giảm phải giải thích (%)", default=30)
    milestones = models.JSONField("mốc nhắc", default=default_milestones)
    opened_at = models.DateTimeField("mở lúc", null=True, blank=True)
    opened_by = models.ForeignKey(
        User, verbose_name="người mở", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    closed_by = models.ForeignKey(
        User, verbose_name="người kết thúc", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "kỳ báo cáo"
        verbose_name_plural = "kỳ báo cáo"
        ordering = ["-year", "plan"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "year"], name="cycle_once_per_plan_and_year"),
            models.CheckConstraint(condition=Q(data_from__lte=F("data_to")), name="cycle_data_period_in_order"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(opened_at__isnull=False, closed_at__isnull=False, closed_by__isnull=False),
                name="cycle_closed_at_and_by_once_opened",
            ),
        ]

    def __str__(self) -> str:
        return f"Kỳ báo cáo năm {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("cycle", args=[self.plan.slug, self.year])

    def url(self, name: str, *args) -> str:
        """Return the address of one of this year's pages."""
        return reverse(name, args=[self.plan.slug, self.year, *args])

    @property
    def last_day(self) -> datetime.date:
        """The last on-time day of a report without an extension."""
        return deadlines.last_day(self.due_at)

    @property
    def leader_days(self) -> int | None:
        """How many days overdue an agency is when the leaders' page begins to name it; None: never."""
        return min((row["days"] for row in self.milestones if "leader" in row["to"]), default=None)


class CycleEvent(models.Model):
    """Something that happened to a year of reporting. Rows are added, never changed.

    `by` None is the system. `changes` says what was and what is: {"due_at": ["2026-11-10T00:00:00+07:00",
    "2026-11-16T00:00:00+07:00"]}, a list of two JSON values for every field that changed.
    """

    class Kind(models.TextChoices):
        ANNOUNCED = "announced", "Báo trước ngày mở kỳ"
        OPENED = "opened", "Mở kỳ báo cáo"
        DATES_CHANGED = "dates_changed", "Sửa ngày của kỳ"
        MILESTONES_CHANGED = "milestones_changed", "Sửa mốc nhắc"
        CALENDAR_CORRECTED = "calendar_corrected", "Sửa ngày nghỉ, ngày làm bù"
        CLOSED = "closed", "Kết thúc kỳ báo cáo"
        REOPENED = "reopened", "Mở lại kỳ báo cáo"
        REMINDERS_PAUSED = "reminders_paused", "Tạm dừng nhắc"
        REMINDERS_RESUMED = "reminders_resumed", "Nhắc trở lại"

    # What outdates the merged report: its period, who is late in it, and whether who is missing may still send.
    OUTDATE = (Kind.DATES_CHANGED, Kind.CLOSED, Kind.REOPENED)

    cycle = models.ForeignKey(
        ReportingCycle, verbose_name="kỳ báo cáo", on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField("việc", max_length=20, choices=Kind)
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(
        User, verbose_name="người làm", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField("lý do", blank=True)
    changes = models.JSONField("thay đổi", default=dict, blank=True)

    class Meta:
        verbose_name = "nhật ký kỳ báo cáo"
        verbose_name_plural = "nhật ký kỳ báo cáo"
        ordering = ["at", "pk"]
        constraints = [
            # Opening, and telling of it ahead, closing and reminding again explain themselves.
            models.CheckConstraint(
                condition=Q(kind__in=["announced", "opened", "closed", "reminders_resumed"]) | ~Q(reason=""),
                name="cycle_event_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.at:%d/%m/%Y})"


class CalendarExceptionQuerySet(models.QuerySet):
    def as_corrections(self) -> dict[datetime.date, bool]:
        """Return what `reports.deadlines` takes: day -> is it a working day."""
        return dict(self.values_list("day", "is_working_day"))


class CalendarException(models.Model):
    """A day that is, or is not, a working day against what the public calendar says."""

    day = models.DateField("ngày", unique=True)
    is_working_day = models.BooleanField("là ngày làm việc")
    note = models.CharField("căn cứ", max_length=200, blank=True)

    objects = CalendarExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = "ngày nghỉ, ngày làm bù"
        verbose_name_plural = "ngày nghỉ, ngày làm bù"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"
