from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assignments.data_file import DataFileError
from assignments.models import Task
from assignments.plan_file import read_plan
from assignments.plan_loading import load_plan


class Command(BaseCommand):
    help = "Nạp một kế hoạch từ tệp TOML. Nạp lại cùng một tệp không thay đổi gì; tệp có lỗi thì không nạp gì cả."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="TỆP")

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            loaded = load_plan(read_plan(file))
        except DataFileError as error:
            problems = "".join(f"\n- {problem}" for problem in error.problems)
            raise CommandError(f"Không nạp {file}, cơ sở dữ liệu giữ nguyên:{problems}", returncode=1) from error
        plan = loaded.plan
        if not (loaded.made or loaded.mended):
            self.stdout.write(f"{plan}: không có gì thay đổi.")
            return
        tasks = plan.tasks.filter
        self.stdout.write(
            f"Đã nạp {plan}: {plan.areas.count()} nội dung,"
            f" {tasks(kind=Task.Kind.MEASURE).count()} giải pháp,"
            f" {plan.participants.count()} cơ quan với {tasks(kind=Task.Kind.RESPONSIBILITY).count()} nhiệm vụ,"
            f" {plan.cited_documents.count()} văn bản được dẫn chiếu;"
            f" thêm {loaded.made} mục, sửa {loaded.mended} mục."
        )
