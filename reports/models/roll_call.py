import datetime

from django.db import models
from django.db.models import F, Q

from assignments.models import Agency, User
from reports.models.cycle import ReportingCycle
from reports.models.mail import Mail


class RollCall(models.Model):
    """The question "are you still the contact?" (điểm danh đầu mối), put to everybody of a plan's agencies at once.

    It may be answered, and an answer changed, before `closes_at`.
    """

    cycle = models.ForeignKey(
        ReportingCycle, verbose_name="kỳ báo cáo", on_delete=models.PROTECT, related_name="roll_calls"
    )
    sent_at = models.DateTimeField("gửi lúc")
    sent_by = models.ForeignKey(User, verbose_name="người gửi", on_delete=models.PROTECT, related_name="+")
    closes_at = models.DateTimeField("trả lời trước thời điểm")

    class Meta:
        verbose_name = "lần điểm danh đầu mối"
        verbose_name_plural = "lần điểm danh đầu mối"
        ordering = ["sent_at"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("sent_at")), name="roll_call_closes_after_it_was_sent")
        ]

    def __str__(self) -> str:
        return f"Điểm danh đầu mối ngày {self.sent_at:%d/%m/%Y}"


class RollCallEntry(models.Model):
    """One person asked for one agency, and what they answered; `address` is where the question was mailed to."""

    class Answer(models.TextChoices):
        STILL = "still", "Vẫn là đầu mối"
        NO_LONGER = "no_longer", "Không còn phụ trách"

    roll_call = models.ForeignKey(
        RollCall, verbose_name="lần điểm danh", on_delete=models.PROTECT, related_name="entries"
    )
    user = models.ForeignKey(User, verbose_name="người được hỏi", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, verbose_name="cơ quan", on_delete=models.PROTECT, related_name="+")
    address = models.EmailField("địa chỉ")
    mail = models.OneToOneField(Mail, verbose_name="thư", on_delete=models.PROTECT, related_name="roll_call_entry")
    answer = models.CharField("trả lời", max_length=20, choices=Answer, blank=True)
    answered_at = models.DateTimeField("trả lời lúc", null=True, blank=True)
    successor_name = models.CharField("người phụ trách mới", max_length=100, blank=True)
    successor_telephone = models.CharField("điện thoại người mới", max_length=30, blank=True)

    class Meta:
        verbose_name = "người được điểm danh"
        verbose_name_plural = "người được điểm danh"
        ordering = ["roll_call", "agency__name", "user__full_name"]
        constraints = [
            models.UniqueConstraint(fields=["roll_call", "user", "agency"], name="roll_call_asks_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="roll_call_answered_and_when",
            ),
            models.CheckConstraint(
                condition=Q(answer="no_longer") | Q(successor_name="", successor_telephone=""),
                name="successor_of_who_left_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.agency}: {self.get_answer_display() or 'chưa trả lời'}"

    def is_open(self, now: datetime.datetime) -> bool:
        """Tell whether the question may be answered now."""
        return now < self.roll_call.closes_at
