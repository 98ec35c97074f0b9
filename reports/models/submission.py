import json

from django.db import models
from django.db.models import Q

from assignments.models import User
from reports.models.report import Report


def filename_of(agency_slug: str, year: int) -> str:
    """Return what the files of a submission are called when downloaded, without the ending."""
    return f"bao-cao-{agency_slug}-{year}"


class Submission(models.Model):
    """What a report said when it was submitted: canonical JSON that is never changed.

    `received_at` decides lateness: the second of the submit, or the day a letter came. Officers, budget
    officers and leaders read the newest standing submission, never the working text. `receipt_number` is the
    number of its receipt (phiếu tiếp nhận) as a register of incoming documents gives it: 05/PTN-96-KH-UBND/2026
    is the fifth submission of the year on that plan, withdrawn ones counted. `on_behalf_of` is
    whom the submitter stood in for.
    """

    report = models.ForeignKey(Report, verbose_name="báo cáo", on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField("lần nộp")
    receipt_number = models.CharField("số phiếu tiếp nhận", max_length=60, unique=True)
    content = models.TextField("nội dung (JSON chuẩn)")
    sha256 = models.CharField("SHA-256", max_length=64)
    submitted_at = models.DateTimeField("nộp lúc")
    submitted_by = models.ForeignKey(
        User, verbose_name="người nộp", on_delete=models.PROTECT, related_name="submissions"
    )
    on_behalf_of = models.ForeignKey(
        User, verbose_name="nộp thay cho", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField("tiếp nhận lúc")
    without_head = models.BooleanField("chuyên viên nộp vì chưa có lãnh đạo sử dụng hệ thống", default=False)
    letter_number = models.CharField("số, ký hiệu báo cáo giấy", max_length=60, blank=True)
    letter_scan = models.FileField("bản chụp báo cáo giấy", upload_to="letters/%Y/", blank=True)
    withdrawn_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, verbose_name="người thu hồi", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "lần nộp"
        verbose_name_plural = "lần nộp"
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="submission_number_once_per_report"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="submission_withdrawn_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(letter_number="", letter_scan="") | (~Q(letter_number="") & ~Q(letter_scan="")),
                name="letter_has_number_and_scan",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_number

    def get_absolute_url(self) -> str:
        return self.report.url("submission", self.number)

    @property
    def is_entered(self) -> bool:
        """Whether an officer entered it for an agency whose report came by letter."""
        return bool(self.letter_number)

    @property
    def filename(self) -> str:
        """What its files are called when downloaded, without the ending."""
        return filename_of(self.report.agency.slug, self.report.cycle.year)

    def file_address(self, kind: str) -> str:
        """Return where its document of a kind ("pdf", "docx") is downloaded."""
        return self.report.url(f"submission_{kind}", self.number, self.filename)

    @property
    def document_address(self) -> str:
        """The address that says how far its documents are."""
        return self.report.url("submission_document", self.number)

    @property
    def snapshot(self) -> dict:
        return json.loads(self.content)

    @property
    def evidence(self) -> list[dict]:
        """The files it names, by task: {"code", "text", "files": [{"name", "size", "kind", "sha256", "address"}]}."""
        return [
            {
                "code": task["code"],
                "text": task["text"],
                "files": [
                    file | {"address": self.report.url("submitted_file", self.number, task["code"], file["sha256"])}
                    for file in task["evidence"]
                ],
            }
            for part in self.snapshot["parts"]
            for task in part["tasks"]
            if task.get("evidence")
        ]
