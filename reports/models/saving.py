from django.db import models

from assignments.models import User


class Saved(models.Model):
    """What was saved by a person from an open page.

    `saved_page` and `saved_edit` say which open page saved last and with which of its edits, so that nobody
    conflicts with themselves.
    """

    saved_page = models.CharField("trang ghi", max_length=32, blank=True)
    saved_edit = models.PositiveIntegerField("lần sửa của trang ghi", default=0)
    saved_at = models.DateTimeField("ghi lúc", null=True, blank=True)
    saved_by = models.ForeignKey(
        User, verbose_name="người ghi", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class SavedPart(Saved):
    """A part of something written by several people: `version` grows by one with every save that changes it."""

    version = models.PositiveIntegerField("lần ghi", default=0)

    class Meta:
        abstract = True
