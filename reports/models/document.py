from django.db import models
from django.db.models import Q

from reports.models.consolidated import ConsolidatedReport
from reports.models.paper import SignedCopy
from reports.models.printout import Printout
from reports.models.submission import Submission

Source = Submission | SignedCopy | ConsolidatedReport | Printout

# What fails so often is not tried again before somebody asks for it.
MOST_ATTEMPTS = 3


class Document(models.Model):
    """A file made from a snapshot: made once, served for ever.

    What a signed copy declares, the number and day, is printed over the submission that it belongs to. `address`
    is the hash of everything printed in it, of its kind and of the layout's version, so the same content is the
    same row. The brief for leaders (bản tóm tắt) is made of a published version beside the whole report.
    A row without a file is the order to make it; whoever works on it holds `lease_until` and says in `step` how
    far they have come. `sha256` and `size` are the made file's.
    """

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"
        XLSX = "xlsx", "Excel"

    class Subject(models.TextChoices):
        REPORT = "report", "Báo cáo"
        BRIEF = "brief", "Bản tóm tắt"

    subject = models.CharField("văn bản", max_length=10, choices=Subject, default=Subject.REPORT)
    kind = models.CharField("loại tệp", max_length=10, choices=Kind, default=Kind.PDF)
    address = models.CharField("địa chỉ nội dung (SHA-256)", max_length=64, unique=True)
    submission = models.ForeignKey(
        Submission, verbose_name="lần nộp", null=True, on_delete=models.PROTECT, related_name="documents"
    )
    consolidated_report = models.ForeignKey(
        ConsolidatedReport,
        verbose_name="báo cáo tổng hợp",
        null=True,
        on_delete=models.PROTECT,
        related_name="documents",
    )
    signed_copy = models.ForeignKey(
        SignedCopy,
        verbose_name="bản ký",
        null=True,
        on_delete=models.PROTECT,
        related_name="documents",
    )
    printout = models.ForeignKey(
        Printout, verbose_name="bản in", null=True, on_delete=models.PROTECT, related_name="documents"
    )
    file = models.FileField("tệp", upload_to="documents/%Y/", blank=True)
    sha256 = models.CharField("SHA-256 của tệp", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("kích thước (byte)", default=0)
    requested_at = models.DateTimeField("yêu cầu lúc")
    lease_until = models.DateTimeField("đang được tạo đến", null=True)
    step = models.PositiveSmallIntegerField("bước đang làm", default=0)
    attempts = models.PositiveSmallIntegerField("số lần thử", default=0)
    made_at = models.DateTimeField("tạo xong lúc", null=True)
    failure = models.TextField("lỗi", blank=True)

    class Meta:
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        ordering = ["requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(submission__isnull=False, signed_copy=None, consolidated_report=None, printout=None)
                | Q(submission=None, signed_copy__isnull=False, consolidated_report=None, printout=None)
                | Q(submission=None, signed_copy=None, consolidated_report__isnull=False, printout=None)
                | Q(submission=None, signed_copy=None, consolidated_report=None, printout__isnull=False),
                name="document_has_one_source",
            ),
            models.CheckConstraint(
                condition=Q(made_at=None, file="", sha256="")
                | (Q(made_at__isnull=False) & ~Q(file="") & ~Q(sha256="")),
                name="made_document_has_file_and_hash",
            ),
            models.CheckConstraint(
                condition=Q(subject="report") | Q(consolidated_report__isnull=False),
                name="brief_is_of_a_published_version",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def source(self) -> Source:
        """What the document is made from: the table holds exactly one of the four."""
        source = self.submission or self.signed_copy or self.consolidated_report or self.printout
        assert source is not None
        return source

    @property
    def is_ready(self) -> bool:
        return self.made_at is not None

    @property
    def has_failed(self) -> bool:
        """Whether it is not tried again by itself; before that, a failure is that of the last attempt."""
        return not self.is_ready and bool(self.failure) and self.attempts >= MOST_ATTEMPTS
