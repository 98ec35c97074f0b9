import datetime

from django.db import models

from assignments.models.periods import Period, PeriodQuerySet


class AgencyQuerySet(PeriodQuerySet):
    pass


class Agency(Period):
    """A public body with a life of its own, which outlives any plan.

    `letterhead` is a list of {"text", "bold"}: the left cell of the decree's letterhead, broken into lines by
    hand because some names are wider than its 66 mm. `signer_lines` are the authority and position printed
    over the signature where the person's own membership names none.
    """

    slug = models.SlugField("tên trong địa chỉ", max_length=80, unique=True)
    name = models.CharField("tên cơ quan", max_length=200)
    short_name = models.CharField("tên ngắn", max_length=60)
    letterhead = models.JSONField("tiêu đề văn bản", default=list)
    notation = models.CharField("chữ viết tắt trong số ký hiệu", max_length=30, blank=True)
    place = models.CharField("địa danh", max_length=60, default="Lạng Sơn")
    signer_lines = models.JSONField("quyền hạn, chức vụ người ký", default=list, blank=True)
    telephone = models.CharField("điện thoại", max_length=30, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name="cơ quan chủ quản",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    successors = models.ManyToManyField(
        "self", verbose_name="cơ quan kế thừa", symmetrical=False, blank=True, related_name="predecessors"
    )
    valid_from = models.DateField("từ ngày", default=datetime.date(2004, 1, 1))

    objects = AgencyQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = "cơ quan"
        verbose_name_plural = "cơ quan"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
