import datetime

from django.db import models
from django.db.models import Q

from assignments.models import User
from reports import deadlines
from reports.models.report import Report


class ExtensionQuerySet(models.QuerySet):
    def open(self):
        """Return the requests that wait for an answer: those of reports that are still to be sent or judged."""
        return self.filter(decided_at=None, report__excused_at=None)


class Extension(models.Model):
    """More time for one report: asked for by its agency, or given by an officer unasked; granted or refused.

    `wanted_until` and `granted_until` are exclusive instants, as every deadline. What was granted last stands in the
    report's `extended_due_at`. One that an officer gives unasked has nothing in the `asked_` fields.
    """

    class Decision(models.TextChoices):
        GRANTED = "granted", "Được gia hạn"
        REFUSED = "refused", "Không gia hạn"

    report = models.ForeignKey(Report, verbose_name="báo cáo", on_delete=models.PROTECT, related_name="extensions")
    asked_at = models.DateTimeField("xin lúc", null=True, blank=True)
    asked_by = models.ForeignKey(
        User, verbose_name="người xin", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_reason = models.TextField("lý do xin", blank=True)
    wanted_until = models.DateTimeField("xin đến trước", null=True, blank=True)
    decided_at = models.DateTimeField("trả lời lúc", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name="người trả lời", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.CharField("kết quả", max_length=10, choices=Decision, blank=True)
    reason = models.TextField("lý do trả lời", blank=True)
    granted_until = models.DateTimeField("được gia hạn đến trước", null=True, blank=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = "gia hạn"
        verbose_name_plural = "gia hạn"
        ordering = ["report", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(decided_at=None), name="one_open_extension_per_report"
            ),
            models.CheckConstraint(
                condition=Q(asked_at=None, asked_by=None, asked_reason="", wanted_until=None)
                | (
                    Q(asked_at__isnull=False, asked_by__isnull=False, wanted_until__isnull=False)
                    & ~Q(asked_reason="")
                ),
                name="extension_asked_at_by_why_and_until",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, decision="", reason="", granted_until=None)
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(reason="")
                    & (Q(decision="granted", granted_until__isnull=False) | Q(decision="refused", granted_until=None))
                ),
                name="extension_decided_at_by_and_why",
            ),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=False) | Q(decision="granted"), name="unasked_extension_is_granted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.get_decision_display() or 'chờ trả lời'}"

    @property
    def wanted_day(self) -> datetime.date | None:
        """The last on-time day that was asked for."""
        return deadlines.last_day(self.wanted_until) if self.wanted_until else None

    @property
    def granted_day(self) -> datetime.date | None:
        """The last on-time day that was granted."""
        return deadlines.last_day(self.granted_until) if self.granted_until else None
