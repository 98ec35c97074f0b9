"""Changes in two steps: what was typed is shown with what it would do, then done if it would still do just that."""

import hashlib
from dataclasses import dataclass, field

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from assignments.requests import SignedInRequest
from reports import deadlines
from reports.models import Report, ReportingCycle
from reports.services import Preview, Told

# The buttons of a page that shows what a change would do.
CONFIRMED, EDIT = "confirmed", "edit"


@dataclass
class Effects:
    """What a change would do, in sentences each with the agencies meant, and what speaks against it.

    `is_new` says that something else was shown before: another officer was faster, or the day went by.
    """

    lines: list[tuple[str, list[str]]] = field(default_factory=list)
    warnings: list[tuple[str, list[str]]] = field(default_factory=list)
    is_new: bool = False

    @property
    def seal(self) -> str:
        """What the confirming button carries: another text has another one."""
        return hashlib.sha256(repr((self.lines, self.warnings)).encode()).hexdigest()[:16]

    def say(self, sentence: str, reports: list[Report] | None = None) -> None:
        self.lines.append((sentence, [report.issuer_name for report in reports or ()]))

    def warn(self, sentence: str, reports: list[Report] | None = None) -> None:
        self.warnings.append((sentence, [report.issuer_name for report in reports or ()]))


def is_confirmed(request: SignedInRequest, effects: Effects) -> bool:
    """Tell whether the button below these very effects was pressed; if it stood below others, mark these as new."""
    sealed = request.POST.get(CONFIRMED)
    effects.is_new = sealed is not None and sealed != effects.seal
    return sealed == effects.seal


def wants_preview(request: SignedInRequest) -> bool:
    """Tell whether the form was sent to see what it would do, and not to be typed in again."""
    return request.method == "POST" and EDIT not in request.POST


def change_page(
    request: SignedInRequest,
    cycle: ReportingCycle,
    form: forms.Form,
    *,
    title: str,
    button: str,
    back: str,
    intro: str = "",
    effects: Effects | None = None,
    **more: object,
) -> HttpResponse:
    """Render the form, or with `effects` what it would do; `button` does it, `back` leads away."""
    context = {
        "cycle": cycle,
        "form": form,
        "title": title,
        "button": button,
        "back": back,
        "intro": intro,
        "effects": effects,
        **more,
    }
    return render(request, "reports/change_form.html", context)


def tell(preview: Preview, effects: Effects) -> Effects:
    """Add what becomes of the reports of a year to what a change would do."""
    for day, reports in preview.days:
        effects.say(f"{len(reports)} đơn vị có hạn mới: hết ngày {day:%d/%m/%Y}", reports)
    if preview.kept:
        effects.say(f"{len(preview.kept)} đơn vị giữ hạn riêng đã được gia hạn", preview.kept)
    if preview.to_on_time:
        effects.say(f"{len(preview.to_on_time)} báo cáo đã nộp chuyển sang đúng hạn", preview.to_on_time)
    _tell_of_reminders(preview, effects)
    if preview.to_late:
        effects.warn(f"{len(preview.to_late)} báo cáo đã nộp chuyển sang nộp chậm", preview.to_late)
    if preview.overtaken:
        effects.warn(
            f"{len(preview.overtaken)} đơn vị có hạn riêng sớm hơn hạn chung mới; hãy gia hạn thêm cho họ",
            preview.overtaken,
        )
    return effects


def say_who_is_told(told: Told, effects: Effects) -> Effects:
    """Add who gets a mail about a new deadline, and whose agency has nobody to get one."""
    if told.agencies_people:
        people, agencies = len(told.agencies_people), len(told.reports)
        effects.say(f"Báo hạn mới bằng thư, kèm lý do: {people} người ở {agencies} đơn vị", told.reports)
    if told.officers:
        effects.say(f"Báo hạn mới cho {len(told.officers)} chuyên viên đầu mối khác")
    if told.unreached:
        effects.warn(
            f"{len(told.unreached)} đơn vị có hạn mới nhưng chưa có đầu mối để báo; hãy gọi điện", told.unreached
        )
    return effects


def _tell_of_reminders(preview: Preview, effects: Effects) -> None:
    if preview.is_paused:
        effects.say("Đang tạm dừng nhắc: không thư nhắc nào được gửi cho đến khi nhắc trở lại")
    elif not preview.firing:
        effects.say("Không có thư nhắc nào gửi ngay vì thay đổi này")
    when = "khi nhắc trở lại" if preview.is_paused else "ngay trong giờ gửi thư"
    for firing in preview.firing:
        effects.say(f"Thư nhắc gửi {when}, {firing.words}")


def warn_of_day_off(cycle_day, corrections: deadlines.Corrections, effects: Effects) -> None:
    """Warn where a last on-time day is none on which people work, and name the next one."""
    if why := deadlines.why_off(cycle_day, corrections):
        following = deadlines.working_day_from(cycle_day, corrections)
        effects.warn(
            f"Ngày cuối {cycle_day:%d/%m/%Y} không phải ngày làm việc ({why}); ngày làm việc tiếp theo là "
            f"{deadlines.WEEKDAYS[following.weekday()]} {following:%d/%m/%Y}"
        )


def warn_of_published(cycle: ReportingCycle, effects: Effects) -> None:
    """Warn where a change outdates the merged report that was published last."""
    last = cycle.consolidated_reports.order_by("version").last()
    if last and not last.outdated_at:
        effects.warn(
            f"Báo cáo tổng hợp đã ban hành (phiên bản {last.version}) không còn mới sau thay đổi này; "
            "cần ban hành phiên bản mới"
        )
