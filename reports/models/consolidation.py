from django.db import models
from django.db.models import Q

from assignments.models import ContentArea, User
from reports.models.consolidated import ConsolidatedReport
from reports.models.cycle import ReportingCycle
from reports.models.report import Report
from reports.models.saving import Saved, SavedPart
from reports.outline import COMMON_PARTS, FIGURES_TITLE


class Consolidation(models.Model):
    """The merged report of a cycle while it is written by the focal agency's officers, one to a cycle.

    Proposed, it is locked: `proposed_content` (canonical JSON) is what the head approves. Published, that is
    frozen in a ConsolidatedReport, and this goes on as the draft of the next version. `changes` says what the
    next version changes, for whoever has read the last. `outdated_at` says since when a report that the proposal
    holds, or lacks, has moved on.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Đang soạn"
        PROPOSED = "proposed", "Đã trình lãnh đạo"

    cycle = models.OneToOneField(
        ReportingCycle, verbose_name="kỳ báo cáo", on_delete=models.PROTECT, related_name="consolidation"
    )
    status = models.CharField("trạng thái", max_length=20, choices=Status, default=Status.DRAFT)
    recipients = models.JSONField("nơi nhận", default=list)
    changes = models.TextField("nội dung thay đổi so với bản trước", blank=True)
    proposed_content = models.TextField("nội dung đã trình (JSON chuẩn)", blank=True)
    outdated_at = models.DateTimeField("bản trình không còn mới từ", null=True, blank=True)

    class Meta:
        verbose_name = "bản tổng hợp đang soạn"
        verbose_name_plural = "bản tổng hợp đang soạn"
        ordering = ["cycle"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", proposed_content="") | (Q(status="proposed") & ~Q(proposed_content="")),
                name="proposed_consolidation_has_content",
            ),
            models.CheckConstraint(
                condition=Q(outdated_at=None) | Q(status="proposed"), name="only_proposal_is_outdated"
            ),
        ]

    def __str__(self) -> str:
        return f"Bản tổng hợp năm {self.cycle.year}"

    @property
    def recipient_names(self) -> list[str]:
        """The recipients without the dashes and semicolons that a plan's own list is printed with."""
        return [name.strip(" \t-;.") for name in self.recipients]

    @property
    def is_proposed(self) -> bool:
        return self.status == self.Status.PROPOSED

    @property
    def proposal(self) -> "ConsolidationEvent":
        """Who proposed it last, and when; raises DoesNotExist where nobody ever did."""
        return self.events.filter(kind=ConsolidationEvent.Kind.PROPOSED).select_related("by").latest("at", "pk")

    @property
    def sent_back(self) -> "ConsolidationEvent | None":
        """Who gave the proposal back unapproved, and why, as long as nothing has become of it since."""
        event = self.events.exclude(kind__in=ConsolidationEvent.BESIDE).select_related("by").last()
        return event if event and event.kind == ConsolidationEvent.Kind.SENT_BACK else None


class ConsolidationPart(SavedPart):
    """One part of the merged report as the officers write it: an area, a common part, or what the figures say.

    Nobody overwrites what they have not seen: a save says for each paragraph which words it is based on. What was
    accepted after `sources_seen_at` is new to the officers until they use it, set it aside or say that they have
    seen it.
    """

    class Kind(models.TextChoices):
        COMMON = "common", "Phần chung"
        AREA = "area", "Nội dung"
        FIGURES = "figures", "Số liệu"

    consolidation = models.ForeignKey(
        Consolidation, verbose_name="bản tổng hợp", on_delete=models.CASCADE, related_name="parts"
    )
    key = models.SlugField("tên trong địa chỉ", max_length=40)
    kind = models.CharField("loại", max_length=20, choices=Kind)
    position = models.PositiveSmallIntegerField("thứ tự")
    area = models.ForeignKey(
        ContentArea, verbose_name="nội dung", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sources_seen_at = models.DateTimeField("đã xem nguồn đến lúc", null=True, blank=True)

    class Meta:
        verbose_name = "phần của bản tổng hợp"
        verbose_name_plural = "phần của bản tổng hợp"
        ordering = ["consolidation", "position"]
        constraints = [
            models.UniqueConstraint(fields=["consolidation", "key"], name="consolidation_part_key_once"),
            models.CheckConstraint(
                condition=Q(kind="area", area__isnull=False) | (~Q(kind="area") & Q(area=None)),
                name="consolidation_area_part_has_area",
            ),
            models.CheckConstraint(
                condition=Q(saved_at=None, saved_by=None) | Q(saved_at__isnull=False, saved_by__isnull=False),
                name="consolidation_part_saved_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What the part is called on pages and in documents."""
        if self.area:
            return f"Nội dung {self.area.number}"
        return FIGURES_TITLE if self.kind == self.Kind.FIGURES else COMMON_PARTS[self.key]


class ConsolidatedParagraph(Saved):
    """A paragraph of the officers' text. In the proposals, `for_decision` asks the People's Committee to decide.

    Whose words it has now is noted as for a part; `saved_page` is empty where a button wrote them.
    """

    part = models.ForeignKey(
        ConsolidationPart, verbose_name="phần", on_delete=models.CASCADE, related_name="paragraphs"
    )
    position = models.PositiveIntegerField("thứ tự")
    text = models.TextField("nội dung", blank=True)
    for_decision = models.BooleanField("đề nghị UBND tỉnh quyết định", default=False)

    class Meta:
        verbose_name = "đoạn của bản tổng hợp"
        verbose_name_plural = "đoạn của bản tổng hợp"
        ordering = ["part", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(saved_at=None, saved_by=None) | Q(saved_at__isnull=False, saved_by__isnull=False),
                name="paragraph_saved_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ParagraphSource(models.Model):
    """A paragraph of an agency's accepted report that the officers took into their text, or set aside.

    One without a row is not used yet. It is known by its report, the report's part it stands in (`origin`), the
    SHA-256 of its words and which one of several with the same words it is, so that a new round in which the
    words stayed changes nothing. `paragraph` None: set aside.
    """

    part = models.ForeignKey(ConsolidationPart, verbose_name="phần", on_delete=models.CASCADE, related_name="sources")
    report = models.ForeignKey(Report, verbose_name="báo cáo", on_delete=models.PROTECT, related_name="+")
    origin = models.SlugField("phần của báo cáo", max_length=40)
    digest = models.CharField("SHA-256 của đoạn", max_length=64)
    occurrence = models.PositiveSmallIntegerField("lần xuất hiện", default=0)
    text = models.TextField("đoạn trong báo cáo của đơn vị")
    paragraph = models.ForeignKey(
        ConsolidatedParagraph,
        verbose_name="đoạn của bản tổng hợp",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="sources",
    )
    taken_at = models.DateTimeField("chọn lúc")
    taken_by = models.ForeignKey(User, verbose_name="người chọn", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "nguồn của đoạn"
        verbose_name_plural = "nguồn của đoạn"
        ordering = ["part", "report__participant_number", "report", "origin", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "origin", "digest", "occurrence"], name="source_stands_in_one_place"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ConsolidationEvent(models.Model):
    """Something that happened to the merged report of a cycle. Rows are added, never changed."""

    class Kind(models.TextChoices):
        PROPOSED = "proposed", "Trình lãnh đạo"
        WITHDRAWN = "withdrawn", "Rút lại để sửa"
        SENT_BACK = "sent_back", "Lãnh đạo chưa duyệt"
        PUBLISHED = "published", "Ban hành"
        SIGNED = "signed", "Ghi bản ký"
        DOWNLOADED = "downloaded", "Tải trọn bộ hồ sơ năm"

    # What changes nothing in how far the merged report is.
    BESIDE = (Kind.SIGNED, Kind.DOWNLOADED)

    consolidation = models.ForeignKey(
        Consolidation, verbose_name="bản tổng hợp", on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField("việc", max_length=20, choices=Kind)
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(User, verbose_name="người làm", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("lý do", blank=True)
    published = models.ForeignKey(
        ConsolidatedReport,
        verbose_name="phiên bản",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
    )

    class Meta:
        verbose_name = "nhật ký bản tổng hợp"
        verbose_name_plural = "nhật ký bản tổng hợp"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["published", "signed"]) | Q(published__isnull=False),
                name="publication_event_names_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.at:%d/%m/%Y})"


class SignedConsolidatedReport(models.Model):
    """The signed PDF of a published version, as the focal agency uploaded it. The newest row holds.

    That it is signed is the agency's word: nothing here verifies a signature.
    """

    consolidated_report = models.ForeignKey(
        ConsolidatedReport, verbose_name="báo cáo tổng hợp", on_delete=models.PROTECT, related_name="signed_copies"
    )
    stored = models.ForeignKey(
        "reports.StoredFile", verbose_name="bản ký (PDF)", on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField("tên tệp", max_length=200)
    uploaded_at = models.DateTimeField("tải lên lúc")
    uploaded_by = models.ForeignKey(User, verbose_name="người tải lên", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "bản ký của báo cáo tổng hợp"
        verbose_name_plural = "bản ký của báo cáo tổng hợp"
        ordering = ["consolidated_report", "uploaded_at", "pk"]

    def __str__(self) -> str:
        return self.file_name
