from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from assignments.models import Role, User
from reports import demo

DATA = Path(__file__).resolve().parents[3] / "assignments" / "data"

SHOWN = (
    (demo.FOCAL, Role.OFFICER, "chuyên viên cơ quan đầu mối: theo dõi, thẩm tra"),
    (demo.FOCAL, Role.HEAD, "lãnh đạo cơ quan đầu mối: ban hành báo cáo tổng hợp"),
    ("so-y-te", Role.CLERK, "chuyên viên, báo cáo vừa bị trả lại"),
    ("so-y-te", Role.HEAD, "lãnh đạo đơn vị"),
    ("uy-ban-mttq-viet-nam-tinh", Role.HEAD, "lãnh đạo đơn vị, có báo cáo chờ duyệt"),
    ("thanh-pho-lang-son", Role.CLERK, "chuyên viên, báo cáo đang soạn dở"),
    ("thanh-pho-lang-son", Role.HEAD, "lãnh đạo đơn vị đó"),
    (demo.BUDGET, Role.BUDGET_OFFICER, "chuyên viên tổng hợp dự toán"),
    (demo.PROVINCE, Role.LEADER, "lãnh đạo tỉnh"),
    (demo.COUNCIL, Role.LEADER, "lãnh đạo ở Thường trực Hội đồng nhân dân tỉnh"),
    (demo.PROVINCE, Role.ADMINISTRATOR, "quản trị hệ thống"),
)


class Command(BaseCommand):
    """Make the demonstration in an empty database, once; then say who may sign in as what.

    Refuses a database that holds anybody who is not of the demonstration.
    """

    help = "Tạo dữ liệu trình diễn trong cơ sở dữ liệu trống và in tài khoản đăng nhập."

    def handle(self, *args, **options) -> None:
        if User.objects.exclude(email__endswith=".example").exists():
            raise CommandError(
                "Cơ sở dữ liệu này có người dùng thật; dữ liệu trình diễn chỉ nạp vào cơ sở dữ liệu riêng."
            )
        if not User.objects.exists():
            call_command("load_plan", DATA / "ke-hoach-96.toml", stdout=self.stdout)
            call_command("load_indicators", DATA / "chi-tieu.toml", stdout=self.stdout)
            with transaction.atomic():
                demo.load(timezone.now())
        self.stdout.write(f"Tài khoản trình diễn (mật khẩu chung: {demo.PASSWORD}):")
        for slug, role, words in SHOWN:
            user = User.objects.filter(memberships__agency__slug=slug, memberships__role=role).earliest("pk")
            self.stdout.write(f"  {user.email:60} {words}")
        self.stdout.write(
            "Cơ quan khác: chuyen-vien@<tên trong địa chỉ>.example, lanh-dao@<tên trong địa chỉ>.example"
        )
