from django.db import models
from django.db.models import F, Q

from assignments.models import User
from reports.models.report import Report


class ContactCall(models.Model):
    """A telephone call about a report, as the officer who made it notes it. Rows are added, never changed.

    `name` and `telephone` are whom it went to and under which number, as they were; `at` is when it was made, which
    may be a while before it is noted.
    """

    class Outcome(models.TextChoices):
        PROMISED = "promised", "Đã gọi, hẹn ngày nộp"
        REACHED = "reached", "Đã gọi, đã nhắc"
        NOT_REACHED = "not_reached", "Không liên lạc được"

    report = models.ForeignKey(Report, verbose_name="báo cáo", on_delete=models.PROTECT, related_name="calls")
    at = models.DateTimeField("gọi lúc")
    noted_at = models.DateTimeField("ghi lúc")
    by = models.ForeignKey(User, verbose_name="người gọi", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("gọi cho", max_length=200)
    telephone = models.CharField("số máy", max_length=30, blank=True)
    outcome = models.CharField("kết quả", max_length=20, choices=Outcome)
    promised_for = models.DateField("hẹn nộp ngày", null=True, blank=True)
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        verbose_name = "cuộc gọi"
        verbose_name_plural = "cuộc gọi"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="promised", promised_for__isnull=False)
                | (~Q(outcome="promised") & Q(promised_for=None)),
                name="promise_says_for_when",
            ),
            models.CheckConstraint(condition=Q(at__lte=F("noted_at")), name="call_noted_after_it_was_made"),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.words}"

    @property
    def words(self) -> str:
        """What came of it, as a list says it."""
        if self.promised_for:
            return f"Đã gọi, hẹn nộp ngày {self.promised_for:%d/%m/%Y}"
        return self.get_outcome_display()
