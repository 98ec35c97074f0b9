"""Rows that hold from one day to another: both ends inclusive, an open end is NULL."""

import datetime

from django.db import models
from django.db.models import F, Q


class PeriodQuerySet(models.QuerySet):
    """Rows of a model with `valid_from` and `valid_to`."""

    def on(self, day: datetime.date):
        """Return the rows that hold on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))

    def not_over_by(self, day: datetime.date):
        """Return the rows that hold on a day or will hold after it."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day))

    def within(self, first: datetime.date, last: datetime.date | None):
        """Return the rows that hold on at least one day of a period; `last` None leaves its end open."""
        beginning_in_time = self if last is None else self.filter(valid_from__lte=last)
        return beginning_in_time.not_over_by(first)


class Period(models.Model):
    """A fact that holds from one day to another."""

    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="%(class)s_period_in_order",
                violation_error_message="Ngày kết thúc phải bằng hoặc sau ngày bắt đầu.",
            )
        ]
