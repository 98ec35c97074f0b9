from django.db import models


class Heartbeat(models.Model):
    """When something that nobody watches was last seen at work: the sweep."""

    name = models.CharField("tên", max_length=150, unique=True)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "nhịp hoạt động"
        verbose_name_plural = "nhịp hoạt động"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
