from django.db import models
from django.db.models import Q

from assignments.models import User
from reports.models.consolidation import Consolidation, ConsolidationEvent
from reports.models.cycle import CycleEvent, ReportingCycle
from reports.models.report import Report, ReportEvent


class MailTopic(models.TextChoices):
    """What a person may switch off the mails about; what is not here always leaves."""

    REMINDER_FOLLOW = "reminder_follow", "Nhắc về cơ quan chưa nộp báo cáo"
    REMINDER_REVIEW = "reminder_review", "Nhắc về báo cáo chờ thẩm tra lâu"
    REMINDER_DECISION = "reminder_decision", "Nhắc về báo cáo tổng hợp chờ phê duyệt lâu"
    REPORT_SENT_UP = "report_sent_up", "Báo cáo trình lãnh đạo duyệt"
    REPORT_SENT_DOWN = "report_sent_down", "Lãnh đạo chưa duyệt, chuyển lại báo cáo"
    REPORT_ACCEPTED = "report_accepted", "Báo cáo được chấp nhận"
    THREAD_OPENED = "thread_opened", "Ý kiến thẩm tra mới"
    THREAD_ANSWERED = "thread_answered", "Cơ quan trả lời ý kiến thẩm tra"
    CONSOLIDATION_PROPOSED = "consolidation_proposed", "Báo cáo tổng hợp trình phê duyệt"
    CONSOLIDATION_SENT_BACK = "consolidation_sent_back", "Báo cáo tổng hợp chưa được phê duyệt"
    CONSOLIDATED_PUBLISHED = "consolidated_published", "Báo cáo tổng hợp đã ban hành"


class MutedTopic(models.Model):
    """A kind of mail that a person does not want; what it would have said they read in the portal."""

    user = models.ForeignKey(User, verbose_name="người dùng", on_delete=models.CASCADE, related_name="muted_topics")
    topic = models.CharField("loại thư", max_length=30, choices=MailTopic)
    muted_at = models.DateTimeField("tắt lúc")

    class Meta:
        verbose_name = "loại thư đã tắt"
        verbose_name_plural = "loại thư đã tắt"
        ordering = ["user", "topic"]
        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="topic_muted_once"),
            models.CheckConstraint(condition=Q(topic__in=MailTopic.values), name="muted_topic_may_be_muted"),
        ]

    def __str__(self) -> str:
        return self.get_topic_display()


class MailQuerySet(models.QuerySet):
    def notices(self):
        """Return the mails whose words are there to be read in the portal, newest first."""
        return self.filter(noticed_at__isnull=False).order_by("-noticed_at", "-pk")

    def unread(self):
        return self.filter(noticed_at__isnull=False, read_at=None)


class Mail(models.Model):
    """One mail to one person, from the decision to send it to the server's answer.

    `key` says what it is (one reminder per person and day, one mail per event) and is unique: making the row
    is the claim. A reminder carries its `reminders`, any other mail tells of its `event`, what happened
    to a report, of its `consolidation_event` or of its `cycle_event`. The words are composed when the mail is about
    to leave, and kept as sent. From then on (`noticed_at`) it is a notice in the portal too, whatever becomes of the
    mail, until its recipient says that they have read it. `attempts` counts how often it was tried, a worker's death
    not counting as an end; no reminder joins a mail that somebody has begun to send. One that was sent may come back
    (`bounced_at`), with what the mail server over there said.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", "Nhắc việc"
        REPORT_SENT_UP = "report_sent_up", "Báo cáo trình lãnh đạo"
        REPORT_SENT_DOWN = "report_sent_down", "Lãnh đạo chưa duyệt báo cáo"
        REPORT_SUBMITTED = "report_submitted", "Phiếu tiếp nhận báo cáo"
        REPORT_RETURNED = "report_returned", "Báo cáo bị trả lại"
        REPORT_ACCEPTED = "report_accepted", "Báo cáo được chấp nhận"
        THREAD_OPENED = "thread_opened", "Ý kiến thẩm tra"
        THREAD_ANSWERED = "thread_answered", "Trả lời ý kiến thẩm tra"
        EXTENSION_ASKED = "extension_asked", "Đề nghị gia hạn"
        EXTENSION_GRANTED = "extension_granted", "Được gia hạn"
        EXTENSION_REFUSED = "extension_refused", "Không gia hạn"
        REPORT_EXCUSED = "report_excused", "Được miễn báo cáo"
        EXCUSE_ENDED = "excuse_ended", "Thôi miễn báo cáo"
        CYCLE_ANNOUNCED = "cycle_announced", "Kỳ báo cáo sắp mở"
        DEADLINE_MOVED = "deadline_moved", "Điều chỉnh hạn nộp chung"
        CONSOLIDATION_PROPOSED = "consolidation_proposed", "Báo cáo tổng hợp trình lãnh đạo"
        CONSOLIDATION_SENT_BACK = "consolidation_sent_back", "Lãnh đạo chưa duyệt báo cáo tổng hợp"
        CONSOLIDATED_PUBLISHED = "consolidated_published", "Báo cáo tổng hợp đã ban hành"
        ROLL_CALL = "roll_call", "Điểm danh đầu mối"

    key = models.CharField("khóa", max_length=80, unique=True)
    kind = models.CharField("loại", max_length=30, choices=Kind)
    recipient = models.ForeignKey(User, verbose_name="người nhận", on_delete=models.PROTECT, related_name="mails")
    event = models.ForeignKey(
        ReportEvent,
        verbose_name="việc được báo",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mails",
    )
    consolidation_event = models.ForeignKey(
        ConsolidationEvent,
        verbose_name="việc của bản tổng hợp được báo",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mails",
    )
    cycle_event = models.ForeignKey(
        CycleEvent,
        verbose_name="việc của kỳ báo cáo được báo",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mails",
    )
    due_from = models.DateTimeField("gửi từ lúc")
    lease_until = models.DateTimeField("đang gửi đến", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("số lần thử", default=0)
    sent_at = models.DateTimeField("gửi lúc", null=True, blank=True)
    cancelled_at = models.DateTimeField("thôi gửi lúc", null=True, blank=True)
    address = models.EmailField("địa chỉ đã gửi", blank=True)
    subject = models.CharField("tiêu đề", max_length=250, blank=True)
    text = models.TextField("nội dung", blank=True)
    server_answer = models.TextField("trả lời của máy chủ", blank=True)
    bounced_at = models.DateTimeField("bị trả về lúc", null=True, blank=True)
    bounce = models.TextField("lời báo không gửi được", blank=True)
    why = models.CharField("vì sao thôi gửi", max_length=200, blank=True)
    noticed_at = models.DateTimeField("hiện trong hệ thống lúc", null=True, blank=True)
    read_at = models.DateTimeField("đọc lúc", null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = "thư"
        verbose_name_plural = "thư"
        ordering = ["due_from", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(sent_at=None) | Q(cancelled_at=None), name="mail_sent_or_cancelled"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, why="") | (Q(cancelled_at__isnull=False) & ~Q(why="")),
                name="cancelled_mail_says_why",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["reminder", "roll_call"], event=None, consolidation_event=None, cycle_event=None
                )
                | (
                    ~Q(kind__in=["reminder", "roll_call"])
                    & (
                        Q(event__isnull=False, consolidation_event=None, cycle_event=None)
                        | Q(event=None, consolidation_event__isnull=False, cycle_event=None)
                        | Q(event=None, consolidation_event=None, cycle_event__isnull=False)
                    )
                ),
                name="mail_tells_of_event_unless_reminder",
            ),
            models.CheckConstraint(
                condition=Q(bounced_at=None, bounce="")
                | (Q(bounced_at__isnull=False, sent_at__isnull=False) & ~Q(bounce="")),
                name="only_sent_mail_bounces",
            ),
            models.CheckConstraint(
                condition=Q(noticed_at=None, subject="") | (Q(noticed_at__isnull=False) & ~Q(subject="")),
                name="notice_has_words",
            ),
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(noticed_at__isnull=False), name="only_notice_is_read"
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient"],
                condition=Q(noticed_at__isnull=False, read_at=None),
                name="mail_unread",
            ),
            models.Index(fields=["due_from"], condition=Q(sent_at=None, cancelled_at=None), name="mail_waiting"),
        ]

    def __str__(self) -> str:
        return self.key


class ReminderClaim(models.Model):
    """That somebody is to be reminded of something: the row is the claim, and what became of it stays readable."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "Chờ gửi"
        SENT = "sent", "Đã gửi"
        SKIPPED = "skipped", "Bỏ qua"

    claimed_at = models.DateTimeField("ghi nhận lúc")
    outcome = models.CharField("kết quả", max_length=10, choices=Outcome, default=Outcome.PENDING)
    why = models.CharField("vì sao không gửi", max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ["claimed_at", "pk"]


class ReminderDue(ReminderClaim):
    """A reminder that fell due.

    `due_at` is the deadline counted from, so that a moved deadline starts a new count. `days` is the
    milestone: days before (negative) or after the last on-time day. `asked_by` is the officer who asked for it, on
    whatever day that was; none where a milestone came.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", "Thư điện tử"

    report = models.ForeignKey(Report, verbose_name="báo cáo", on_delete=models.PROTECT, related_name="reminders")
    due_at = models.DateTimeField("hạn được tính")
    days = models.SmallIntegerField("mốc (ngày)")
    recipient = models.ForeignKey(
        User,
        verbose_name="người nhận",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reminders",
    )
    channel = models.CharField("kênh", max_length=10, choices=Channel, default=Channel.MAIL)
    lacks_contact = models.BooleanField("không có đầu mối", default=False)
    asked_by = models.ForeignKey(
        User, verbose_name="người đôn đốc", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    mail = models.ForeignKey(
        Mail, verbose_name="thư", null=True, blank=True, on_delete=models.PROTECT, related_name="reminders"
    )

    class Meta(ReminderClaim.Meta):
        verbose_name = "lần nhắc"
        verbose_name_plural = "lần nhắc"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "due_at", "days", "recipient", "channel"], name="reminder_claimed_once"
            ),
            models.UniqueConstraint(
                fields=["report", "due_at", "days", "channel"],
                condition=Q(recipient=None),
                name="reminder_without_recipient_once",
            ),
            models.CheckConstraint(
                condition=(Q(outcome="skipped") & ~Q(why="")) | (~Q(outcome="skipped") & Q(why="")),
                name="skipped_reminder_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.days:+d} ngày"


class WaitingReminder(ReminderClaim):
    """A reminder that something has waited for a decision for so many working days.

    It is a report that waits for review, or the merged report that waits for its head. `since` is when it came, so
    that the next round starts a new count.
    """

    report = models.ForeignKey(
        Report,
        verbose_name="báo cáo chờ thẩm tra",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="waiting_reminders",
    )
    consolidation = models.ForeignKey(
        Consolidation,
        verbose_name="bản tổng hợp chờ phê duyệt",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="waiting_reminders",
    )
    since = models.DateTimeField("chờ từ lúc")
    working_days = models.PositiveSmallIntegerField("đã chờ (ngày làm việc)")
    recipient = models.ForeignKey(
        User,
        verbose_name="người nhận",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="waiting_reminders",
    )
    mail = models.ForeignKey(
        Mail, verbose_name="thư", null=True, blank=True, on_delete=models.PROTECT, related_name="waiting_reminders"
    )

    class Meta(ReminderClaim.Meta):
        verbose_name = "lần nhắc việc đang chờ"
        verbose_name_plural = "lần nhắc việc đang chờ"
        constraints = [
            models.CheckConstraint(
                condition=Q(report__isnull=False, consolidation=None) | Q(report=None, consolidation__isnull=False),
                name="waiting_reminder_is_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["report", "since", "working_days", "recipient"], name="waiting_review_claimed_once"
            ),
            models.UniqueConstraint(
                fields=["report", "since", "working_days"],
                condition=Q(recipient=None),
                name="waiting_review_passed_over_once",
            ),
            models.UniqueConstraint(
                fields=["consolidation", "since", "working_days", "recipient"], name="waiting_decision_claimed_once"
            ),
            models.UniqueConstraint(
                fields=["consolidation", "since", "working_days"],
                condition=Q(recipient=None),
                name="waiting_decision_passed_over_once",
            ),
            models.CheckConstraint(
                condition=(Q(outcome="skipped") & ~Q(why=""))
                | (~Q(outcome="skipped") & Q(why="", recipient__isnull=False)),
                name="skipped_waiting_reminder_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.working_days} ngày làm việc"

    @property
    def subject(self) -> Report | Consolidation:
        """What waits."""
        waits = self.report or self.consolidation
        assert waits is not None
        return waits

    @property
    def cycle(self) -> ReportingCycle:
        return self.subject.cycle
