from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from assignments import services


class Command(BaseCommand):
    help = "Print the link that makes the first administrator; nothing where there is one already."

    def handle(self, *args, **options):
        token = services.first_administrator_token()
        if token:
            self.stdout.write(settings.SITE_URL + reverse("first_administrator", args=[token]))
