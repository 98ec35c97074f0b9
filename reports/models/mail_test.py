from django.db import models

from assignments.models import User


class MailTest(models.Model):
    """One test mail that an administrator sent, with what the mail server answered, or the error in words."""

    at = models.DateTimeField("lúc")
    by = models.ForeignKey(User, verbose_name="người thử", on_delete=models.PROTECT, related_name="+")
    address = models.EmailField("gửi tới")
    server = models.CharField("máy chủ thư", max_length=250)
    has_left = models.BooleanField("đã gửi được")
    answer = models.TextField("trả lời của máy chủ", blank=True)

    class Meta:
        verbose_name = "lần thử gửi thư"
        verbose_name_plural = "lần thử gửi thư"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.address}, {self.server}"
