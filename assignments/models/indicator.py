import re

from django.db import models
from django.db.models import F, Q

from assignments.models.plan import Participant, Plan

# Codes stand in addresses of rows, in names of fields and in sheets.
CODE = re.compile(r"[A-Z0-9]+([.-][A-Za-z0-9]+)*", re.ASCII)
CODE_IN_WORDS = "chỉ chữ cái không dấu, chữ số, dấu chấm và gạch nối, bắt đầu bằng chữ hoa hoặc chữ số"


PERCENT = re.compile(r"[%‰]|phần trăm|phần nghìn", re.IGNORECASE)


def why_not_merged(shape: str, unit: str, merge: str) -> str:
    """Return why what is counted so cannot be merged by a rule, as a sentence; empty where it can.

    Percentages are never added, nor averaged: of two numbers the sums are divided, of one nothing is known.
    """
    is_split = shape in (Indicator.Shape.BY_SEX, Indicator.Shape.RATIO)
    if merge == Indicator.Merge.RATIO_OF_SUMS and not is_split:
        return "Chỉ tính được tỷ lệ của tổng tử số và tổng mẫu số khi nhập hai số."
    if merge != Indicator.Merge.SUM:
        return ""
    if shape == Indicator.Shape.RATIO:
        return "Tỷ lệ không cộng được; hãy chọn tỷ lệ của tổng tử số và tổng mẫu số."
    if shape == Indicator.Shape.YES_NO:
        return "Có hoặc không thì không cộng được; hãy chọn lấy số mới nhất hoặc không tổng hợp."
    if shape == Indicator.Shape.COUNT and PERCENT.search(unit):
        return (
            "Tỷ lệ phần trăm không cộng được; hãy nhập tử số và mẫu số, hoặc chọn lấy số mới nhất"
            " hoặc không tổng hợp."
        )
    return ""


class IndicatorTableQuerySet(models.QuerySet):
    def for_year(self, year: int):
        """Return the tables that are filled in for a year."""
        return self.filter(first_year__lte=year).filter(Q(last_year=None) | Q(last_year__gte=year))


class IndicatorTable(models.Model):
    """A table of figures (biểu số liệu) that holds for some years: a strategy's targets are one for each period."""

    plan = models.ForeignKey(Plan, verbose_name="kế hoạch", on_delete=models.CASCADE, related_name="indicator_tables")
    code = models.CharField("mã biểu", max_length=20)
    title = models.CharField("tên biểu", max_length=200)
    source = models.CharField("căn cứ", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự")
    first_year = models.PositiveSmallIntegerField("từ năm")
    last_year = models.PositiveSmallIntegerField("đến năm", null=True, blank=True)
    is_proposal = models.BooleanField("biểu do hệ thống đề xuất", default=True)

    objects = IndicatorTableQuerySet.as_manager()

    class Meta:
        verbose_name = "biểu số liệu"
        verbose_name_plural = "biểu số liệu"
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="indicator_table_once_per_plan"),
            models.CheckConstraint(
                condition=Q(last_year=None) | Q(last_year__gte=F("first_year")), name="indicator_table_years_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}. {self.title}"


class Indicator(models.Model):
    """One row of a table: what is counted, in which unit, and how agencies' values merge.

    A count is one number. By sex, it is a total and the women among them; a ratio is a denominator and a
    numerator times `factor` (100 for %, 1.000, 100.000). What is computed is never stored. `decimals` is how many
    decimals the numbers may have: none where people or cases are counted. `merge` says how values of several
    agencies become the province's: percentages are never added.
    """

    class Shape(models.TextChoices):
        COUNT = "count", "Một số"
        BY_SEX = "by_sex", "Tổng số và số nữ"
        RATIO = "ratio", "Tử số và mẫu số"
        YES_NO = "yes_no", "Có hoặc không"

    class Merge(models.TextChoices):
        SUM = "sum", "Cộng các đơn vị"
        RATIO_OF_SUMS = "ratio_of_sums", "Tỷ lệ của tổng tử số và tổng mẫu số"
        LATEST = "latest", "Lấy số mới nhất"
        NONE = "none", "Không tổng hợp"

    class Better(models.TextChoices):
        UP = "up", "Càng cao càng tốt"
        DOWN = "down", "Càng thấp càng tốt"

    table = models.ForeignKey(
        IndicatorTable, verbose_name="biểu", on_delete=models.CASCADE, related_name="indicators"
    )
    code = models.CharField("mã", max_length=20)
    name = models.CharField("chỉ tiêu", max_length=300)
    unit = models.CharField("đơn vị tính", max_length=60)
    shape = models.CharField("cách nhập", max_length=20, choices=Shape, default=Shape.COUNT)
    factor = models.PositiveIntegerField("hệ số của tỷ lệ", default=100)
    decimals = models.PositiveSmallIntegerField("số chữ số thập phân", default=0)
    total_label = models.CharField("mẫu số (hoặc tổng số)", max_length=200, default="Tổng số")
    included_label = models.CharField("tử số (hoặc trong đó)", max_length=200, blank=True)
    merge = models.CharField("cách tổng hợp", max_length=20, choices=Merge, default=Merge.SUM)
    better = models.CharField("chiều hướng", max_length=10, choices=Better, blank=True)
    guidance = models.TextField("hướng dẫn", blank=True)
    position = models.PositiveSmallIntegerField("thứ tự")
    is_proposal = models.BooleanField("chỉ tiêu do hệ thống đề xuất", default=True)
    is_retired = models.BooleanField("không thu thập nữa", default=False)
    participants = models.ManyToManyField(
        Participant, verbose_name="cơ quan cung cấp số liệu", blank=True, related_name="indicators"
    )

    class Meta:
        verbose_name = "chỉ tiêu"
        verbose_name_plural = "chỉ tiêu"
        ordering = ["table", "position"]
        constraints = [
            models.UniqueConstraint(fields=["table", "code"], name="indicator_code_once_per_table"),
            models.CheckConstraint(
                condition=Q(shape__in=["count", "yes_no"]) | ~Q(included_label=""), name="split_indicator_has_labels"
            ),
            models.CheckConstraint(condition=Q(factor__gt=0), name="indicator_factor_positive"),
            models.CheckConstraint(condition=Q(decimals__lte=4), name="indicator_decimals_at_most_four"),
        ]

    def __str__(self) -> str:
        return f"{self.code}. {self.name}"

    @property
    def is_split(self) -> bool:
        """Whether it is entered as two numbers, from which a share or a rate is computed."""
        return self.shape in (self.Shape.BY_SEX, self.Shape.RATIO)

    @property
    def is_share(self) -> bool:
        """Whether the second number is a part of the first and can never be larger."""
        return self.shape == self.Shape.BY_SEX or (self.is_split and self.factor == 100 and "%" in self.unit)

    @property
    def computed_unit(self) -> str:
        """The unit of what is computed: percent for the women among a total, its own for a ratio."""
        return "%" if self.shape == self.Shape.BY_SEX else self.unit


class Target(models.Model):
    """What an indicator should reach in a year, in the unit of what is computed."""

    class Comparison(models.TextChoices):
        AT_LEAST = "at_least", "từ"
        AT_MOST = "at_most", "không quá"

    indicator = models.ForeignKey(
        Indicator, verbose_name="chỉ tiêu", on_delete=models.CASCADE, related_name="targets"
    )
    year = models.PositiveSmallIntegerField("năm")
    comparison = models.CharField("so sánh", max_length=10, choices=Comparison, default=Comparison.AT_LEAST)
    value = models.DecimalField("mục tiêu", max_digits=14, decimal_places=4)

    class Meta:
        verbose_name = "mục tiêu"
        verbose_name_plural = "mục tiêu"
        ordering = ["indicator", "year"]
        constraints = [models.UniqueConstraint(fields=["indicator", "year"], name="target_once_per_year")]

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.year}: {self.get_comparison_display()} {self.value.normalize():f}"
