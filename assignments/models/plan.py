import re

from django.db import models
from django.db.models import Q
from django.urls import reverse

from assignments.models.agency import Agency, AgencyQuerySet
from assignments.models.periods import Period, PeriodQuerySet


class Plan(models.Model):
    """A provincial plan, with its own words.

    `report_due_day` and `report_due_month` are the day *before which* the yearly report must arrive: "trước
    ngày 10/11" is day 10, month 11, and a report of 9 November 23:59:59 is on time. `recipients` are its lines as
    printed; `recipient_agencies` the bodies named in them one by one, whose leaders follow the plan.
    """

    number = models.CharField("số, ký hiệu", max_length=40, unique=True)
    slug = models.SlugField("tên trong địa chỉ", max_length=60, unique=True)
    title = models.TextField("tên kế hoạch")
    short_title = models.CharField("trích yếu rút gọn", max_length=200)
    issuer = models.CharField("cơ quan ban hành", max_length=200)
    issued_on = models.DateField("ngày ban hành")
    signer_lines = models.JSONField("quyền hạn, chức vụ người ký", default=list)
    signer_name = models.CharField("người ký", max_length=100)
    preamble = models.TextField("mở đầu")
    purposes = models.JSONField("mục đích", default=list)
    requirements = models.JSONField("yêu cầu", default=list)
    funding_rules = models.JSONField("kinh phí", default=list)
    reporting_duty = models.TextField("chế độ báo cáo")
    recipients = models.JSONField("nơi nhận", default=list)
    recipient_agencies = models.ManyToManyField(
        Agency, verbose_name="cơ quan ở nơi nhận", blank=True, related_name="received_plans"
    )
    source_text = models.TextField("toàn văn")
    report_due_day = models.PositiveSmallIntegerField("báo cáo trước ngày")
    report_due_month = models.PositiveSmallIntegerField("báo cáo trước tháng")

    class Meta:
        verbose_name = "kế hoạch"
        verbose_name_plural = "kế hoạch"
        ordering = ["-issued_on"]

    def __str__(self) -> str:
        return f"Kế hoạch số {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("plan", args=[self.slug])

    @property
    def focal_agency(self) -> Agency | None:
        """The agency that gathers and merges the reports."""
        return Agency.objects.filter(participations__plan=self, participations__role=Participant.Role.FOCAL).first()

    @property
    def issuing_body(self) -> str:
        """The issuer's name written out, as a letter addresses it: UBND tỉnh X is Ủy ban nhân dân tỉnh X."""
        return re.sub(r"^UBND\b", "Ủy ban nhân dân", self.issuer)

    def reporting_agencies(self) -> AgencyQuerySet:
        """Return the agencies that owe a report: every participant's own agency and the members of groups."""
        return Agency.objects.filter(Q(participations__plan=self) | Q(group_memberships__plan=self)).distinct()

    def participant_of(self, agency: Agency) -> "Participant":
        """Return the place an agency has in the plan, by itself or in a group; raises DoesNotExist."""
        return self.participants.filter(Q(agency=agency) | Q(members=agency)).distinct().get()


class CitedDocument(models.Model):
    """Another document that the plan cites, as it is printed there; `also_printed_as` are misprints of its number."""

    plan = models.ForeignKey(Plan, verbose_name="kế hoạch", on_delete=models.CASCADE, related_name="cited_documents")
    position = models.PositiveSmallIntegerField("thứ tự")
    kind = models.CharField("loại văn bản", max_length=60)
    number = models.CharField("số, ký hiệu", max_length=60)
    also_printed_as = models.JSONField("cách in khác của số, ký hiệu", default=list, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    issuer = models.CharField("cơ quan ban hành", max_length=200)
    subject = models.TextField("trích yếu")

    class Meta:
        verbose_name = "văn bản được dẫn chiếu"
        verbose_name_plural = "văn bản được dẫn chiếu"
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="cited_document_once_per_plan")]

    def __str__(self) -> str:
        return f"{self.kind} số {self.number}"


class ContentArea(models.Model):
    """One of the plan's numbered areas of work (nội dung)."""

    plan = models.ForeignKey(Plan, verbose_name="kế hoạch", on_delete=models.CASCADE, related_name="areas")
    number = models.PositiveSmallIntegerField("số thứ tự")
    title = models.TextField("tên nội dung")

    class Meta:
        verbose_name = "nội dung"
        verbose_name_plural = "nội dung"
        ordering = ["plan", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="area_number_once_per_plan")]

    def __str__(self) -> str:
        return f"Nội dung {self.number}"

    def measures(self) -> models.QuerySet["Task"]:
        """Return the measures that the plan lists under this area, in its order."""
        return Task.objects.filter(kind=Task.Kind.MEASURE, task_areas__area=self, task_areas__is_main=True)


class Participant(models.Model):
    """An agency's place in a plan, or a group's, whose members report instead of it."""

    class Role(models.TextChoices):
        RESPONSIBLE = "responsible", "Thực hiện"
        FOCAL = "focal", "Đầu mối, tổng hợp"
        BUDGET = "budget", "Tổng hợp dự toán"

    plan = models.ForeignKey(Plan, verbose_name="kế hoạch", on_delete=models.CASCADE, related_name="participants")
    number = models.PositiveSmallIntegerField("số thứ tự")
    name = models.CharField("tên như in trong kế hoạch", max_length=200)
    agency = models.ForeignKey(
        Agency,
        verbose_name="cơ quan",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="participations",
    )
    members = models.ManyToManyField(
        Agency, verbose_name="thành viên của nhóm", blank=True, related_name="group_memberships"
    )
    role = models.CharField("vai trò", max_length=20, choices=Role, default=Role.RESPONSIBLE)
    is_invited = models.BooleanField("được đề nghị (không phải được giao)", default=False)

    class Meta:
        verbose_name = "cơ quan trong kế hoạch"
        verbose_name_plural = "cơ quan trong kế hoạch"
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="participant_number_once_per_plan"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(role="focal"), name="one_focal_participant_per_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class Task(models.Model):
    """One thing to be done, in the plan's own words, without the bullet's dash.

    A measure (ND-4.1, a bullet of section III) is everyone's; a responsibility (NV-07.1, a bullet of section
    V) belongs to one participant. The numbers collide, hence the prefixes.
    """

    class Kind(models.TextChoices):
        MEASURE = "measure", "Giải pháp"
        RESPONSIBILITY = "responsibility", "Nhiệm vụ được phân công"

    plan = models.ForeignKey(Plan, verbose_name="kế hoạch", on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField("loại", max_length=20, choices=Kind)
    code = models.CharField("mã", max_length=20)
    position = models.PositiveSmallIntegerField("thứ tự trong kế hoạch")
    text = models.TextField("nguyên văn")
    participant = models.ForeignKey(
        Participant,
        verbose_name="cơ quan được phân công",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="responsibilities",
    )
    areas = models.ManyToManyField(ContentArea, through="TaskArea", related_name="tasks", verbose_name="nội dung")

    class Meta:
        verbose_name = "nhiệm vụ, giải pháp"
        verbose_name_plural = "nhiệm vụ, giải pháp"
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="task_code_once_per_plan"),
            models.CheckConstraint(
                condition=Q(kind="measure", participant=None) | Q(kind="responsibility", participant__isnull=False),
                name="responsibility_has_participant",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class TaskArea(models.Model):
    """The area a task belongs to. The plan puts measures into areas; for responsibilities it is a proposal."""

    task = models.ForeignKey(Task, verbose_name="nhiệm vụ", on_delete=models.CASCADE, related_name="task_areas")
    area = models.ForeignKey(
        ContentArea, verbose_name="nội dung", on_delete=models.CASCADE, related_name="task_areas"
    )
    is_main = models.BooleanField("nội dung chính", default=False)
    is_proposal = models.BooleanField("đề xuất phân loại của hệ thống", default=True)

    class Meta:
        verbose_name = "nội dung của nhiệm vụ"
        verbose_name_plural = "nội dung của nhiệm vụ"
        ordering = ["task", "-is_main", "area"]
        constraints = [
            models.UniqueConstraint(fields=["task", "area"], name="task_area_once"),
            models.UniqueConstraint(fields=["task"], condition=Q(is_main=True), name="one_main_area_per_task"),
        ]

    def __str__(self) -> str:
        return f"{self.task} – {self.area}"


class AssignmentQuerySet(PeriodQuerySet):
    pass


class Assignment(Period):
    """A task given to an agency, to lead or to help. What the plan does not say itself is a proposal."""

    class Part(models.TextChoices):
        LEAD = "lead", "Chủ trì"
        COORDINATE = "coordinate", "Phối hợp"

    task = models.ForeignKey(Task, verbose_name="nhiệm vụ", on_delete=models.CASCADE, related_name="assignments")
    agency = models.ForeignKey(Agency, verbose_name="cơ quan", on_delete=models.PROTECT, related_name="assignments")
    part = models.CharField("phần việc", max_length=20, choices=Part)
    is_proposal = models.BooleanField("đề xuất phân công của hệ thống", default=False)
    valid_from = models.DateField("từ ngày")

    objects = AssignmentQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = "phân công"
        verbose_name_plural = "phân công"
        ordering = ["task", "part", "agency"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["task", "agency", "valid_from"], name="assignment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.agency}"
