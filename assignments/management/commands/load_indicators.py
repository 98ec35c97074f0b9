from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assignments.data_file import DataFileError
from assignments.indicator_file import read_indicators
from assignments.indicator_loading import load_indicators


class Command(BaseCommand):
    help = "Nạp biểu số liệu, chỉ tiêu đề xuất từ tệp TOML. Chỉ thêm cái chưa có; tệp có lỗi thì không nạp gì cả."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="TỆP")

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            loaded = load_indicators(read_indicators(file))
        except DataFileError as error:
            problems = "".join(f"\n- {problem}" for problem in error.problems)
            raise CommandError(f"Không nạp {file}, cơ sở dữ liệu giữ nguyên:{problems}", returncode=1) from error
        if not (loaded.tables or loaded.indicators):
            self.stdout.write(f"Biểu số liệu của {loaded.plan}: không có gì thay đổi.")
            return
        self.stdout.write(
            f"Đã nạp biểu số liệu của {loaded.plan}: thêm {loaded.tables} biểu, {loaded.indicators} chỉ tiêu."
        )
