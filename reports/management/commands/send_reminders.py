from django.core.management.base import BaseCommand

from reports import tasks


class Command(BaseCommand):
    help = "Mở kỳ báo cáo đến ngày, ghi nhận các lần nhắc đến hạn và gửi thư; chạy lại không gửi trùng."

    def handle(self, *args, **options) -> None:
        for name, count in tasks.sweep().items():
            self.stdout.write(f"{name}: {count}")
