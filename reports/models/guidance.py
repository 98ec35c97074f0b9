from django.db import models

from assignments.models import Plan, User


class Guidance(models.Model):
    """How to write one part of a report, in the officer's words; where there is no row, the outline's own hold."""

    plan = models.ForeignKey(Plan, verbose_name="kế hoạch", on_delete=models.CASCADE, related_name="+")
    key = models.SlugField("phần", max_length=40)
    text = models.TextField("hướng dẫn", blank=True)
    saved_at = models.DateTimeField("ghi lúc")
    saved_by = models.ForeignKey(User, verbose_name="người ghi", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "hướng dẫn viết"
        verbose_name_plural = "hướng dẫn viết"
        ordering = ["plan", "key"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="guidance_once_per_part")]

    def __str__(self) -> str:
        return self.key
