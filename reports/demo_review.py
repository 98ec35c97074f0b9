"""The review of the demonstration: remarks in every state, and a report that was mended and sent again."""

import dataclasses
import datetime

from assignments.models import User
from reports import outline, services
from reports.figures import answer_of
from reports.models import Report, ReportPart, TaskProgress, Thread

# (part, remark, answer, last word), None where nobody has said it yet; a remark without a last word is open.
TAKEN = (
    ("noi-dung-1", "Đề nghị nêu rõ kết quả tuyên truyền tại các xã đặc biệt khó khăn.", None, None),
    (
        "danh-gia",
        "Đề nghị nêu nguyên nhân của từng hạn chế.",
        "Đơn vị xin bổ sung: nguyên nhân chủ yếu là cán bộ kiêm nhiệm, kinh phí tập huấn bố trí muộn.",
        None,
    ),
    (
        "kinh-phi",
        "Số kinh phí là của cả năm hay đến ngày 31/10?",
        "Số đến hết ngày 31/10, theo bảng đối chiếu với Kho bạc Nhà nước.",
        "Đã rõ.",
    ),
)
RETURNED = (
    ("noi-dung-4", "Đề nghị bổ sung số liệu so sánh với năm trước.", None, None),
    (
        "danh-gia",
        "Đề nghị nêu nguyên nhân của các chỉ tiêu chưa đạt.",
        "Đơn vị đang rà soát cùng các phòng chuyên môn, sẽ bổ sung khi nộp lại.",
        None,
    ),
)
MENDED = (
    ("noi-dung-1", "Đề nghị rà soát số buổi tuyên truyền, nêu riêng số buổi tại các xã biên giới.", None, None),
    ("noi-dung-4", "Đề nghị nêu địa bàn của các nạn nhân được tiếp nhận.", None, None),
)
ANSWER = "Đơn vị đã rà soát, bổ sung trong lần nộp lại."
# What the mended report says instead, and more.
CORRECTED = ("428 buổi", "431 buổi")
ADDED = {
    "noi-dung-1": " Tại các xã biên giới có 57 buổi cho 6.120 lượt người.",
    "noi-dung-4": " Trong số nạn nhân có 05 người ở huyện Cao Lộc, 03 người ở huyện Lộc Bình.",
}


@dataclasses.dataclass(frozen=True)
class Review:
    """How one report is reviewed: by whom, from when on, one step after the other."""

    report: Report
    officer: User
    clerk: User
    start: datetime.datetime
    step: datetime.timedelta

    def discuss(self, remarks: tuple) -> list[Thread]:
        """Make the remarks one step after the start, answer them after two steps, close them after three."""
        threads = []
        for key, remark, answer, last_word in remarks:
            part = _part(self.report, key)
            thread = services.open_thread(part, by=self.officer, now=self.start + self.step, text=remark)
            if answer:
                services.answer_thread(thread, by=self.clerk, now=self.start + 2 * self.step, text=answer)
            if last_word:
                services.resolve_thread(thread, by=self.officer, now=self.start + 3 * self.step, text=last_word)
            threads.append(thread)
        return threads

    def return_and_mend(self, head: User, reason: str) -> None:
        """Return the submitted report for its remarks, mend it and submit it again; one remark stays to be closed."""
        report, start, step = self.report, self.start, self.step
        first, _ = threads = self.discuss(MENDED)
        keys = [key for key, *_ in MENDED] + [outline.FIGURES]
        services.return_report(report, by=self.officer, now=start + 2 * step, reason=reason, reopened_keys=keys)
        mended = start + 3 * step
        for thread in threads:
            services.answer_thread(thread, by=self.clerk, now=mended, text=ANSWER)
            _mend_text(_part(report, thread.part.key), by=self.clerk, now=mended)
        _mend_figures(_part(report, outline.FIGURES), by=self.clerk, now=mended)
        services.submit_report(report, by=head, now=start + 4 * step)
        services.take_report(report, by=self.officer, now=start + 5 * step)
        services.resolve_thread(first, by=self.officer, now=start + 5 * step)


def _part(report: Report, key: str) -> ReportPart:
    part = report.parts.select_related("area").get(key=key)
    part.report = report
    return part


def _mend_text(part: ReportPart, *, by: User, now: datetime.datetime) -> None:
    text = part.text.replace(*CORRECTED) + ADDED[part.key]
    progress = {row.task.code: (TaskProgress.Status.DONE, "") for row in part.task_rows}
    services.save_part(part, by=by, now=now, version=part.version, text=text, progress=progress)


def _mend_figures(part: ReportPart, *, by: User, now: datetime.datetime) -> None:
    """Count one more of the first thing that the agency counts."""
    row = part.figures.filter(total__isnull=False, indicator__shape="count").select_related("indicator")[0]
    answer = answer_of(row)
    assert answer.total is not None
    answers = {row.indicator.code: dataclasses.replace(answer, total=answer.total + 1)}
    services.save_figures(part, by=by, now=now, version=part.version, answers=answers, text=part.text)
