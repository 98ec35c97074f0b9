from django.db import models
from django.db.models import Q

from assignments.models import User
from reports.models.report import ReportPart
from reports.models.submission import Submission


class ThreadQuerySet(models.QuerySet):
    def open(self):
        """Return what the officers have not resolved."""
        return self.filter(resolved_at=None)

    def with_words(self):
        """Read ahead everything that a page or a mail shows of a thread: three queries."""
        said = models.Prefetch("comments", Comment.objects.select_related("by").order_by("at", "pk"))
        people = self.select_related("part__area", "part__report", "submission", "opened_by", "resolved_by")
        return people.prefetch_related(said)


class Thread(models.Model):
    """A remark of the focal agency on one part of a report: opened by an officer, answered by the agency, resolved
    by an officer. `submission` is the round on which it was opened; earlier rounds keep theirs.
    """

    part = models.ForeignKey(ReportPart, verbose_name="phần", on_delete=models.PROTECT, related_name="threads")
    submission = models.ForeignKey(
        Submission, verbose_name="lần nộp", on_delete=models.PROTECT, related_name="threads"
    )
    opened_at = models.DateTimeField("nêu lúc")
    opened_by = models.ForeignKey(User, verbose_name="người nêu", on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, verbose_name="người kết thúc", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = "ý kiến thẩm tra"
        verbose_name_plural = "ý kiến thẩm tra"
        ordering = ["part__position", "opened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="thread_resolved_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"Ý kiến về {self.part}"

    @property
    def anchor(self) -> str:
        """Its place on the pages that show it."""
        return f"y-kien-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None

    @property
    def remark(self) -> "Comment":
        """What the officer said on opening it."""
        return self.comments.all()[0]

    @property
    def closing(self) -> "Comment | None":
        """What an officer said on resolving it, where anything was said."""
        said = [c for c in self.comments.all() if (c.at, c.by_id) == (self.resolved_at, self.resolved_by_id)]
        return said[-1] if said else None

    @property
    def answers(self) -> list["Comment"]:
        """What the agency said, oldest first."""
        return [comment for comment in self.comments.all() if comment not in (self.remark, self.closing)]

    @property
    def state(self) -> tuple[str, str]:
        """The colour and the word for how far it is."""
        if not self.is_open:
            return "success", "Đã kết thúc"
        return ("info", "Đơn vị đã trả lời") if self.answers else ("warning", "Chờ đơn vị trả lời")


class Comment(models.Model):
    """What somebody said in a thread. Rows are added, never changed."""

    thread = models.ForeignKey(
        Thread, verbose_name="ý kiến thẩm tra", on_delete=models.PROTECT, related_name="comments"
    )
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(User, verbose_name="người viết", on_delete=models.PROTECT, related_name="+")
    text = models.TextField("nội dung")

    class Meta:
        verbose_name = "lời trao đổi"
        verbose_name_plural = "lời trao đổi"
        ordering = ["thread", "at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]

    def __str__(self) -> str:
        return self.text[:60]
