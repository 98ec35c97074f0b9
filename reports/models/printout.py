import json
from typing import Any

from django.db import models
from django.urls import reverse

from assignments.models import User
from reports.models.cycle import ReportingCycle


class Printout(models.Model):
    """What an officer had put on paper about a year, frozen: an urging letter, the list that proves the reminders.

    `content` is canonical JSON of everything printed in it, so the same words are the same row. Rows are added, never
    changed; the files are `Document`s of it.
    """

    class Kind(models.TextChoices):
        URGING_LETTER = "urging_letter", "Công văn đôn đốc"
        PROOF = "proof", "Phụ lục nhắc việc, đôn đốc"

    cycle = models.ForeignKey(
        ReportingCycle, verbose_name="kỳ báo cáo", on_delete=models.PROTECT, related_name="printouts"
    )
    kind = models.CharField("loại", max_length=20, choices=Kind)
    content = models.TextField("nội dung")
    sha256 = models.CharField("SHA-256 của nội dung", max_length=64)
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(User, verbose_name="người lập", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "bản in"
        verbose_name_plural = "bản in"
        ordering = ["made_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["cycle", "kind", "sha256"], name="printout_once_per_content")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.made_at:%d/%m/%Y})"

    def get_absolute_url(self) -> str:
        return reverse("printout", args=self._address)

    @property
    def snapshot(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.content)
        return content

    @property
    def document_address(self) -> str:
        """Where the state of its files is shown."""
        return reverse("printout_document", args=self._address)

    @property
    def filename(self) -> str:
        """The name, without an ending, under which its files are saved."""
        name = "cong-van-don-doc" if self.kind == self.Kind.URGING_LETTER else "phu-luc-nhac-viec"
        return f"{name}-{self.cycle.year}-{self.pk}"

    def file_address(self, kind: str) -> str:
        return reverse(f"printout_{kind}", args=[*self._address, self.filename])

    @property
    def _address(self) -> list:
        return [self.cycle.plan.slug, self.cycle.year, self.pk]
