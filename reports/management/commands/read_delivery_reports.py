"""manage.py read_delivery_reports: read the mailbox of delivery reports once, whenever the sweep would do it next."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.delivery_reports import MailboxUnusable, read_mailbox


class Command(BaseCommand):
    help = "Read the mailbox that DELIVERY_REPORTS_URL names, and mark mails and addresses that mail did not reach."

    def handle(self, *args, **options) -> None:
        if not settings.DELIVERY_REPORTS_URL:
            raise CommandError("DELIVERY_REPORTS_URL is not set (see .env.example)")
        try:
            noted = read_mailbox(settings.DELIVERY_REPORTS_URL, timezone.now())
        except MailboxUnusable as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Thư không tới đã ghi nhận: {noted}")
