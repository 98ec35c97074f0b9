import datetime

from django.db import models
from django.db.models import Min, Q
from django.urls import reverse
from django.utils.functional import cached_property

from assignments.models import Agency, Assignment, ContentArea, Task, User
from reports import deadlines
from reports.models.cycle import ReportingCycle
from reports.models.saving import SavedPart
from reports.outline import COMMON_PARTS, FIGURES_TITLE


class ReportQuerySet(models.QuerySet):
    """Lists of reports. Who may see which is `reports.access.visible_to`'s to say."""

    def with_first_received_at(self):
        """Add `first_received_at`: when the first submission that was not withdrawn arrived, or NULL."""
        standing = Q(submissions__withdrawn_at=None)
        return self.annotate(first_received_at=Min("submissions__received_at", filter=standing))

    def awaiting_review(self):
        return self.filter(status=Report.Status.SUBMITTED)

    def owed(self):
        """Return the reports that an agency still has to send, or to send again."""
        return self.exclude(status__in=[Report.Status.SUBMITTED, Report.Status.ACCEPTED]).filter(excused_at=None)


class Report(models.Model):
    """What one agency reports in one cycle. Made by the system, never by a person.

    `status` is moved by `reports.workflow` alone. Late, overdue and days left are derived from dates.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Đang soạn"
        AWAITING_APPROVAL = "awaiting_approval", "Chờ lãnh đạo duyệt"
        SUBMITTED = "submitted", "Đã nộp"
        RETURNED = "returned", "Bị trả lại"
        ACCEPTED = "accepted", "Đã chấp nhận"

    cycle = models.ForeignKey(
        ReportingCycle, verbose_name="kỳ báo cáo", on_delete=models.PROTECT, related_name="reports"
    )
    agency = models.ForeignKey(Agency, verbose_name="cơ quan", on_delete=models.PROTECT, related_name="reports")
    issuer_name = models.CharField("tên cơ quan khi mở kỳ", max_length=200)
    participant_number = models.PositiveSmallIntegerField("số thứ tự trong kế hoạch")
    is_invited = models.BooleanField("được đề nghị", default=False)
    status = models.CharField("trạng thái", max_length=20, choices=Status, default=Status.DRAFT)
    writers = models.ManyToManyField(User, verbose_name="người đã soạn", blank=True, related_name="+")
    extended_due_at = models.DateTimeField("được gia hạn đến trước", null=True, blank=True)
    returned_at = models.DateTimeField("trả lại lần cuối lúc", null=True, blank=True)
    taken_at = models.DateTimeField("nhận thẩm tra lúc", null=True, blank=True)
    taken_by = models.ForeignKey(
        User, verbose_name="người thẩm tra", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    excused_at = models.DateTimeField("miễn báo cáo lúc", null=True, blank=True)
    excused_by = models.ForeignKey(
        User, verbose_name="người miễn", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    excused_reason = models.TextField("lý do miễn", blank=True)
    nothing_at = models.DateTimeField("khai không phát sinh lúc", null=True, blank=True)
    nothing_by = models.ForeignKey(
        User, verbose_name="người khai", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    nothing_reason = models.TextField("lý do không phát sinh", blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "báo cáo"
        verbose_name_plural = "báo cáo"
        ordering = ["cycle", "participant_number", "agency__name"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "agency"], name="one_report_per_agency_and_cycle"),
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None) | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="report_taken_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(excused_at=None, excused_by=None, excused_reason="")
                | (Q(excused_at__isnull=False, excused_by__isnull=False) & ~Q(excused_reason="")),
                name="report_excused_at_by_and_why",
            ),
            models.CheckConstraint(
                condition=Q(nothing_at=None, nothing_by=None, nothing_reason="")
                | (Q(nothing_at__isnull=False, nothing_by__isnull=False) & ~Q(nothing_reason="")),
                name="report_nothing_at_by_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | Q(returned_at__isnull=False),
                name="returned_report_says_when",
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None) | Q(status__in=["submitted", "accepted"]),
                name="only_submitted_is_taken",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer_name}, {self.cycle.year}"

    def get_absolute_url(self) -> str:
        return self.url("report")

    def url(self, name: str, *args) -> str:
        """Return the address of one of this report's pages."""
        return reverse(name, args=[self.cycle.plan.slug, self.cycle.year, self.agency.slug, *args])

    @property
    def working_status(self) -> "Report.Status":
        """The state in which the agency writes: returned once, it stays a returned report."""
        return self.Status.RETURNED if self.returned_at else self.Status.DRAFT

    @property
    def is_open_for_writing(self) -> bool:
        return self.status in (self.Status.DRAFT, self.Status.RETURNED) and not self.excused_at

    @property
    def is_owed(self) -> bool:
        """Whether the agency still has to send it, or to send it again."""
        return not self.excused_at and self.status not in (self.Status.SUBMITTED, self.Status.ACCEPTED)

    @property
    def due_at(self) -> datetime.datetime:
        """The instant before which the first submission is on time."""
        return self.extended_due_at or self.cycle.due_at

    @property
    def last_day(self) -> datetime.date:
        """The last day on which the first submission is on time."""
        return deadlines.last_day(self.due_at)

    @property
    def extension_words(self) -> str:
        """The original and the granted date, as everything says them; empty without an extension."""
        return deadlines.extension_words(self.cycle.due_at, self.extended_due_at)

    @property
    def last_return(self) -> "ReportEvent | None":
        """Why the report came back last: from the focal agency, or unapproved from the agency's own head.

        What a head did not approve is over once the report was submitted, though it be withdrawn again.
        """
        kind = ReportEvent.Kind
        returns = self.events.filter(kind__in=(kind.RETURNED, kind.REOPENED)).order_by("at", "pk")
        steps = self.events.filter(kind__in=(kind.SENT_DOWN, kind.SUBMITTED, kind.ENTERED)).order_by("at", "pk")
        back, step = returns.select_related("by").last(), steps.select_related("by").last()
        if step and step.kind == kind.SENT_DOWN and (back is None or (back.at, back.pk) < (step.at, step.pk)):
            return step
        return back

    def reopened_parts(self) -> models.QuerySet["ReportPart"]:
        """Return the parts that the agency may change after a return, in order."""
        return self.parts.filter(is_reopened=True).select_related("area")

    @property
    def implementation_plan(self):
        """What the agency says of its own plan to carry out this one, or None."""
        return self.agency.implementation_plans.filter(plan=self.cycle.plan_id).first()

    @cached_property
    def standing_submission(self):
        """The newest submission that was not withdrawn, or None."""
        standing = [s for s in self.submissions.all() if s.withdrawn_at is None]
        return max(standing, key=lambda submission: submission.number, default=None)


class ReportPart(SavedPart):
    """One page of a report: an area, a responsibility of the agency's own, or a common part.

    `text` is the answer; `difficulties` belongs to responsibilities; `figures` are a part of their own. Nobody
    overwrites what they have not seen: see `version`. `search_text` is what is written here without accents.
    """

    class Kind(models.TextChoices):
        COMMON = "common", "Phần chung"
        AREA = "area", "Nội dung"
        RESPONSIBILITY = "responsibility", "Nhiệm vụ được phân công"
        FIGURES = "figures", "Số liệu"

    report = models.ForeignKey(Report, verbose_name="báo cáo", on_delete=models.CASCADE, related_name="parts")
    key = models.SlugField("tên trong địa chỉ", max_length=40)
    kind = models.CharField("loại", max_length=20, choices=Kind)
    position = models.PositiveSmallIntegerField("thứ tự")
    area = models.ForeignKey(
        ContentArea,
        verbose_name="nội dung",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField("nội dung báo cáo", blank=True)
    difficulties = models.TextField("khó khăn, vướng mắc", blank=True)
    search_text = models.TextField("nội dung không dấu", blank=True, editable=False)
    carried_from = models.PositiveSmallIntegerField("lấy từ báo cáo năm", null=True, blank=True)
    is_reopened = models.BooleanField("được mở khi trả lại", default=True)

    class Meta:
        verbose_name = "phần báo cáo"
        verbose_name_plural = "phần báo cáo"
        ordering = ["report", "position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "key"], name="part_key_once_per_report"),
            models.CheckConstraint(
                condition=Q(kind="area", area__isnull=False) | (~Q(kind="area") & Q(area=None)),
                name="area_part_has_area",
            ),
            models.CheckConstraint(
                condition=Q(saved_at=None, saved_by=None) | Q(saved_at__isnull=False, saved_by__isnull=False),
                name="part_saved_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What the part is called on pages, in mails and in documents."""
        if self.area:
            return f"Nội dung {self.area.number}"
        if self.kind == self.Kind.RESPONSIBILITY:
            return "Nhiệm vụ " + self.key.removeprefix("nhiem-vu-").replace("-", ".")
        if self.kind == self.Kind.FIGURES:
            return FIGURES_TITLE
        return COMMON_PARTS[self.key]

    @cached_property
    def task_rows(self) -> list["TaskProgress"]:
        """The part's tasks and how far they got, read once; they change with the part's version alone."""
        # By its tasks alone: the default order goes on to the part's, the report's, the cycle's.
        return list(self.progress.select_related("task").order_by("task__position"))

    @property
    def is_writable(self) -> bool:
        """Whether the agency may change this part in the state the report is in."""
        return self.report.is_open_for_writing and self.is_reopened and not self.report.nothing_at


class TaskProgress(models.Model):
    """How far a task got in this report's year; its rows are the assignments fixed on opening."""

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", "Chưa thực hiện"
        UNDER_WAY = "under_way", "Đang thực hiện"
        DONE = "done", "Hoàn thành"
        NOTHING_TO_REPORT = "nothing_to_report", "Không phát sinh"

    NEEDS_REASON = (Status.NOT_STARTED, Status.NOTHING_TO_REPORT)

    part = models.ForeignKey(ReportPart, verbose_name="phần", on_delete=models.CASCADE, related_name="progress")
    task = models.ForeignKey(Task, verbose_name="nhiệm vụ", on_delete=models.PROTECT, related_name="+")
    assigned_part = models.CharField("phần việc", max_length=20, choices=Assignment.Part, blank=True)
    status = models.CharField("mức độ", max_length=20, choices=Status, blank=True)
    reason = models.TextField("lý do", blank=True)

    class Meta:
        verbose_name = "mức độ thực hiện"
        verbose_name_plural = "mức độ thực hiện"
        ordering = ["part", "task__position"]
        constraints = [models.UniqueConstraint(fields=["part", "task"], name="progress_once_per_task")]

    def __str__(self) -> str:
        return f"{self.task}: {self.status or '-'}"

    @property
    def lacks_reason(self) -> bool:
        return self.status in self.NEEDS_REASON and not self.reason.strip()


class ReportEventQuerySet(models.QuerySet):
    def moved_since(self, cycle: ReportingCycle, moment: datetime.datetime):
        """Return what changed, from a moment on, what the reports of a cycle say to the merged report."""
        return self.filter(report__cycle=cycle, kind__in=ReportEvent.MOVES, at__gte=moment)

    def outdating_since(self, cycle: ReportingCycle, moment: datetime.datetime):
        """Return what changed, from a moment on, any word of the merged report of a cycle."""
        kinds = (*ReportEvent.MOVES, *ReportEvent.STATED)
        return self.filter(report__cycle=cycle, kind__in=kinds, at__gte=moment)


class ReportEvent(models.Model):
    """Something that happened to a report. Rows are added, never changed."""

    class Kind(models.TextChoices):
        OPENED = "opened", "Mở kỳ báo cáo"
        SENT_UP = "sent_up", "Trình lãnh đạo"
        SENT_DOWN = "sent_down", "Lãnh đạo chưa duyệt"
        SUBMITTED = "submitted", "Nộp báo cáo"
        ENTERED = "entered", "Nhập thay báo cáo giấy"
        WITHDRAWN = "withdrawn", "Thu hồi"
        TAKEN = "taken", "Nhận thẩm tra"
        RETURNED = "returned", "Trả lại"
        ACCEPTED = "accepted", "Chấp nhận"
        REOPENED = "reopened", "Mở lại"
        PUBLISHED = "published", "Đưa vào báo cáo tổng hợp"
        THREAD_OPENED = "thread_opened", "Nêu ý kiến thẩm tra"
        THREAD_ANSWERED = "thread_answered", "Trả lời ý kiến thẩm tra"
        THREAD_RESOLVED = "thread_resolved", "Kết thúc ý kiến thẩm tra"
        EXTENSION_ASKED = "extension_asked", "Xin gia hạn"
        EXTENSION_GRANTED = "extension_granted", "Gia hạn"
        EXTENSION_REFUSED = "extension_refused", "Không gia hạn"
        EXCUSED = "excused", "Miễn báo cáo"
        EXCUSE_ENDED = "excuse_ended", "Thôi miễn báo cáo"
        URGED = "urged", "Đôn đốc ngay"
        SIGNED = "signed", "Ghi số, ký hiệu và bản ký"
        DECLARED_NOTHING = "declared_nothing", "Khai không phát sinh cả báo cáo"
        REVOKED_NOTHING = "revoked_nothing", "Bỏ khai không phát sinh"

    # What outdates the merged report: what changes the reports' words that are in it, and what it states of an agency
    # whatever the agency's words are.
    MOVES = (Kind.SUBMITTED, Kind.ENTERED, Kind.WITHDRAWN, Kind.RETURNED, Kind.ACCEPTED, Kind.REOPENED)
    STATED = (Kind.EXTENSION_GRANTED, Kind.EXCUSED, Kind.EXCUSE_ENDED)

    report = models.ForeignKey(Report, verbose_name="báo cáo", on_delete=models.PROTECT, related_name="events")
    kind = models.CharField("việc", max_length=20, choices=Kind)
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(
        User, verbose_name="người làm", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    from_status = models.CharField("từ trạng thái", max_length=20, blank=True)
    to_status = models.CharField("sang trạng thái", max_length=20, blank=True)
    reason = models.TextField("lý do", blank=True)
    note = models.TextField("ghi chú", blank=True)

    objects = ReportEventQuerySet.as_manager()

    class Meta:
        verbose_name = "nhật ký"
        verbose_name_plural = "nhật ký"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.at:%d/%m/%Y})"
