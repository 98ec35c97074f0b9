import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from assignments.models import Plan
from assignments.plan_export import plan_as_data


class Command(BaseCommand):
    help = "In nguyên văn một kế hoạch đã nạp, dạng JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", metavar="SỐ", help="số, ký hiệu của kế hoạch, ví dụ 96/KH-UBND")

    def handle(self, *, number: str, **options: object) -> None:
        plan = Plan.objects.filter(number=number).first()
        if plan is None:
            raise CommandError(f"Chưa nạp kế hoạch nào có số {number}.", returncode=1)
        self.stdout.write(json.dumps(plan_as_data(plan), ensure_ascii=False, indent=2))
