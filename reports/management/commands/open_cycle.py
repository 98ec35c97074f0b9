from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assignments.models import Plan
from reports import opening


class Command(BaseCommand):
    """Open a plan's reporting year. Doing it again adds agencies that have come since, and nothing else."""

    help = "Mở kỳ báo cáo của một kế hoạch, ví dụ: open_cycle 96/KH-UBND 2026"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="số, ký hiệu của kế hoạch, ví dụ 96/KH-UBND")
        parser.add_argument("year", type=int, help="năm báo cáo")

    def handle(self, *args, plan: str, year: int, **options) -> None:
        try:
            found = Plan.objects.get(number=plan)
        except Plan.DoesNotExist as error:
            raise CommandError(f"Không có kế hoạch số {plan}. Hãy nạp kế hoạch bằng load_plan trước.") from error
        if not found.issued_on.year <= year <= timezone.localdate().year + 1:
            raise CommandError(f"Năm {year} không hợp lệ: kế hoạch ban hành năm {found.issued_on.year}.")
        _, made = opening.open_cycle(found, year, by=None, now=timezone.now())
        self.stdout.write(f"Kỳ báo cáo năm {year} đã mở; tạo thêm {made} báo cáo.")
