from django.db import models
from django.db.models import Q

from assignments.models import Indicator
from reports.models.report import ReportPart


class IndicatorValueQuerySet(models.QuerySet):
    def answered(self):
        """Return the rows with a number, or with "no data"."""
        return self.exclude(total=None, included=None, has_no_data=False)


class IndicatorValue(models.Model):
    """What an agency answers to an indicator in a report's year; its rows are fixed on opening.

    `total` alone is a count (1 or 0 for yes or no); `included` is the women among a total, or a ratio's numerator
    over the denominator `total`. Empty is not zero: an answer is numbers, or `has_no_data` with a `reason`.
    """

    class Basis(models.TextChoices):
        ACTUAL = "actual", "Thực hiện đến ngày chốt số liệu"
        ESTIMATE = "estimate", "Ước cả năm"

    part = models.ForeignKey(ReportPart, verbose_name="phần", on_delete=models.CASCADE, related_name="figures")
    indicator = models.ForeignKey(Indicator, verbose_name="chỉ tiêu", on_delete=models.PROTECT, related_name="values")
    total = models.DecimalField("tổng số", max_digits=20, decimal_places=4, null=True, blank=True)
    included = models.DecimalField("trong đó", max_digits=20, decimal_places=4, null=True, blank=True)
    has_no_data = models.BooleanField("không có số liệu", default=False)
    reason = models.TextField("lý do không có số liệu", blank=True)
    explanation = models.TextField("giải thích tăng, giảm", blank=True)
    basis = models.CharField("thời điểm số liệu", max_length=10, choices=Basis, default=Basis.ACTUAL)

    objects = IndicatorValueQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu"
        verbose_name_plural = "số liệu"
        ordering = ["part", "indicator__table__position", "indicator__position"]
        constraints = [
            models.UniqueConstraint(fields=["part", "indicator"], name="figure_once_per_indicator"),
            models.CheckConstraint(
                condition=Q(has_no_data=False) | Q(total=None, included=None), name="no_data_has_no_numbers"
            ),
            models.CheckConstraint(condition=Q(total=None) | Q(total__gte=0), name="figure_total_not_negative"),
            models.CheckConstraint(
                condition=Q(included=None) | Q(included__gte=0), name="figure_included_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}: {self.total}"

    @property
    def is_answered(self) -> bool:
        return self.has_no_data or self.total is not None or self.included is not None
