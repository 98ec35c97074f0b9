import datetime
import hashlib
import json

from django.conf import settings
from django.db import models
from django.urls import reverse

from assignments.models import User
from reports.models.cycle import ReportingCycle

# Letters and digits that nobody takes for one another.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
CODE_GROUP = 4


def publication_code(sha256: str, number: str, issued_on: datetime.date) -> str:
    """Return the code of what was published: 60 bits of the hash of its content, number and day."""
    digest = hashlib.sha256(f"{sha256} {number} {issued_on.isoformat()}".encode()).digest()
    return "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in digest[:CODE_LENGTH])


def in_groups(code: str) -> str:
    """Return a code as people read it out: 7KQ2-M9XD-3HTW."""
    return "-".join(code[start : start + CODE_GROUP] for start in range(0, len(code), CODE_GROUP))


def filename_of(subject: str, year: int, version: int) -> str:
    """Return what the files of a version are called: of the whole "report", or of the "brief" for leaders."""
    name = "ban-tom-tat" if subject == "brief" else "bao-cao-tong-hop"
    return f"{name}-{year}-phien-ban-{version}" if version > 1 else f"{name}-{year}"


class ConsolidatedReport(models.Model):
    """The merged report of a cycle (báo cáo tổng hợp), as published by the focal agency's head and frozen.

    A correction is the next version, which says in `changes` what it changes. `code` is what is printed in its
    documents and asked for on the public page that vouches for them. `outdated_at` says since when a report that
    it holds, or lacks, has moved on.
    """

    cycle = models.ForeignKey(
        ReportingCycle,
        verbose_name="kỳ báo cáo",
        on_delete=models.PROTECT,
        related_name="consolidated_reports",
    )
    version = models.PositiveSmallIntegerField("phiên bản")
    content = models.TextField("nội dung (JSON chuẩn)")
    sha256 = models.CharField("SHA-256", max_length=64)
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    issued_on = models.DateField("ngày ban hành")
    changes = models.TextField("nội dung thay đổi so với bản trước", blank=True)
    code = models.CharField("mã tra cứu", max_length=16, unique=True)
    published_at = models.DateTimeField("công bố lúc")
    published_by = models.ForeignKey(User, verbose_name="người ban hành", on_delete=models.PROTECT, related_name="+")
    outdated_at = models.DateTimeField("không còn mới từ", null=True, blank=True)

    class Meta:
        verbose_name = "báo cáo tổng hợp"
        verbose_name_plural = "báo cáo tổng hợp"
        ordering = ["cycle", "version"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "version"], name="consolidated_version_once_per_cycle")
        ]

    def __str__(self) -> str:
        return f"Báo cáo tổng hợp năm {self.cycle.year}, phiên bản {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("consolidated", args=[self.cycle.plan.slug, self.cycle.year])

    @property
    def filename(self) -> str:
        """What its files are called when downloaded, without the ending."""
        return filename_of("report", self.cycle.year, self.version)

    @property
    def brief_filename(self) -> str:
        """What the files of its brief for leaders (bản tóm tắt) are called, without the ending."""
        return filename_of("brief", self.cycle.year, self.version)

    def file_address(self, kind: str) -> str:
        """Return where its document of a kind ("pdf", "docx", "xlsx") is downloaded."""
        return self._url(f"consolidated_{kind}", self.filename)

    def brief_address(self, kind: str) -> str:
        """Return where the brief is downloaded as a kind of file."""
        return self._url(f"brief_{kind}", self.brief_filename)

    @property
    def grouped_code(self) -> str:
        """The code as it is printed."""
        return in_groups(self.code)

    @property
    def verification_address(self) -> str:
        """The public page that vouches for its files, with the site's name."""
        return settings.SITE_URL + reverse("verify", args=[self.grouped_code])

    @property
    def document_address(self) -> str:
        """The address that says how far its documents are."""
        return self._url("consolidated_document")

    def _url(self, name: str, *args) -> str:
        return reverse(name, args=[self.cycle.plan.slug, self.cycle.year, self.version, *args])

    @property
    def signed_copy(self):
        """The signed PDF that holds, or None: the newest of those that the focal agency uploaded."""
        return max(self.signed_copies.all(), key=lambda copy: (copy.uploaded_at, copy.pk), default=None)

    @property
    def snapshot(self) -> dict:
        return json.loads(self.content)
