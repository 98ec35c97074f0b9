from django.db import models
from django.db.models import Q

from assignments.models import Agency, Plan, User
from reports.models.cycle import ReportingCycle
from reports.models.evidence import StoredFile
from reports.models.submission import Submission


class SignedCopyQuerySet(models.QuerySet):
    def of_cycle(self, cycle: ReportingCycle):
        """Return what was declared of a year's standing submissions, the newest of each report last."""
        standing = self.filter(submission__report__cycle=cycle, submission__withdrawn_at=None)
        return standing.select_related("submission").order_by("submission__number", "declared_at", "pk")


class SignedCopy(models.Model):
    """What an agency declares about the paper of a submission: number, symbol, day and, where there is one, the
    signed PDF. The newest row holds. That it is signed is the agency's word: nothing here verifies a signature.
    """

    submission = models.ForeignKey(
        Submission, verbose_name="lần nộp", on_delete=models.PROTECT, related_name="signed_copies"
    )
    number = models.CharField("số, ký hiệu", max_length=60)
    issued_on = models.DateField("ngày ban hành")
    stored = models.ForeignKey(
        StoredFile, verbose_name="bản ký (PDF)", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField("tên tệp", max_length=200, blank=True)
    declared_at = models.DateTimeField("khai lúc")
    declared_by = models.ForeignKey(User, verbose_name="người khai", on_delete=models.PROTECT, related_name="+")

    objects = SignedCopyQuerySet.as_manager()

    class Meta:
        verbose_name = "bản ký"
        verbose_name_plural = "bản ký"
        ordering = ["submission", "declared_at", "pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def filename(self) -> str:
        """What the documents with its number and day are called when downloaded, without the ending."""
        return f"{self.submission.filename}-co-so"

    def file_address(self, kind: str) -> str:
        """Return where the document of a kind ("pdf", "docx") with its number and day is downloaded."""
        return self.submission.report.url(f"numbered_{kind}", self.submission.number, self.filename)

    @property
    def document_address(self) -> str:
        """The address that says how far these documents are."""
        return self.submission.report.url("numbered_document", self.submission.number)


class ImplementationPlan(models.Model):
    """An agency's own plan to carry out the provincial plan (its last paragraph; no date, not said to be yearly).

    Either number, day and file of it, or why there is none yet.
    """

    plan = models.ForeignKey(Plan, verbose_name="kế hoạch", on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey(
        Agency, verbose_name="cơ quan", on_delete=models.PROTECT, related_name="implementation_plans"
    )
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    stored = models.ForeignKey(
        StoredFile, verbose_name="tệp", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField("tên tệp", max_length=200, blank=True)
    why_not_yet = models.TextField("vì sao chưa có", blank=True)
    saved_at = models.DateTimeField("ghi lúc")
    saved_by = models.ForeignKey(User, verbose_name="người ghi", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "kế hoạch triển khai của cơ quan"
        verbose_name_plural = "kế hoạch triển khai của cơ quan"
        ordering = ["plan", "agency"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "agency"], name="implementation_plan_once_per_agency"),
            models.CheckConstraint(
                condition=(~Q(number="") & Q(issued_on__isnull=False, why_not_yet=""))
                | (Q(number="", issued_on=None, stored=None) & ~Q(why_not_yet="")),
                name="implementation_plan_or_why_not",
            ),
        ]

    def __str__(self) -> str:
        return self.number or "chưa ban hành"
