from django.db import models
from django.db.models import Q

from assignments.models import User
from reports.models.report import TaskProgress


class StoredFile(models.Model):
    """A file that came in, kept once under the hash of its bytes and never deleted: snapshots name it."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"
        XLSX = "xlsx", "Excel"
        JPEG = "jpeg", "Ảnh JPEG"
        PNG = "png", "Ảnh PNG"

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    kind = models.CharField("loại", max_length=10, choices=Kind)
    size = models.PositiveIntegerField("kích thước (byte)")
    file = models.FileField("tệp", upload_to="files/%Y/")
    received_at = models.DateTimeField("nhận lúc")

    class Meta:
        verbose_name = "tệp lưu"
        verbose_name_plural = "tệp lưu"
        ordering = ["received_at"]

    def __str__(self) -> str:
        return self.sha256


class EvidenceQuerySet(models.QuerySet):
    def standing(self):
        """Return what has not been taken away."""
        return self.filter(removed_at=None)


class Evidence(models.Model):
    """A file that proves what is said of a task (minh chứng), under the name its sender gave it."""

    progress = models.ForeignKey(
        TaskProgress, verbose_name="nhiệm vụ", on_delete=models.PROTECT, related_name="evidence"
    )
    stored = models.ForeignKey(StoredFile, verbose_name="tệp", on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField("tên tệp", max_length=200)
    added_at = models.DateTimeField("đính kèm lúc")
    added_by = models.ForeignKey(User, verbose_name="người đính kèm", on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField("gỡ lúc", null=True, blank=True)
    removed_by = models.ForeignKey(
        User, verbose_name="người gỡ", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "minh chứng"
        verbose_name_plural = "minh chứng"
        ordering = ["progress", "added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["progress", "stored"], condition=Q(removed_at=None), name="evidence_once_per_task"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="evidence_removed_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """A file on its way in pieces: how much has arrived, so that a broken line goes on where it stopped."""

    token = models.CharField("mã", max_length=32, unique=True)
    progress = models.ForeignKey(TaskProgress, verbose_name="nhiệm vụ", on_delete=models.CASCADE, related_name="+")
    name = models.CharField("tên tệp", max_length=200)
    size = models.PositiveIntegerField("kích thước (byte)")
    received = models.PositiveIntegerField("đã nhận (byte)", default=0)
    started_at = models.DateTimeField("bắt đầu lúc")
    started_by = models.ForeignKey(User, verbose_name="người gửi", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "tệp đang gửi"
        verbose_name_plural = "tệp đang gửi"
        ordering = ["started_at"]

    def __str__(self) -> str:
        return self.name
