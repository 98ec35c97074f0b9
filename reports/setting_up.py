"""What is set up and what is not yet: the administrator's checklist, read from the data each time."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from assignments.models import Agency, Membership, Participant, Plan, Role
from assignments.people_pasting import waiting_for_invitation
from reports import access, deadlines, heartbeats, letterheads, navigation
from reports.models import MailTest, ReportingCycle

MOST_NAMES = 4


@dataclass(frozen=True)
class Step:
    """One step: what it is for, what is there, what is missing (empty when it is done), and where to do it."""

    key: str
    title: str
    purpose: str
    present: str
    missing: str
    action: str
    address: str

    @property
    def is_done(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Situation:
    """What every step looks at, read once."""

    plan: Plan | None
    today: datetime.date
    participants: list[Participant]
    agencies: list[Agency]
    focal: Agency | None

    @property
    def reporting_and_focal(self) -> list[Agency]:
        return [*self.agencies, *([self.focal] if self.focal and self.focal not in self.agencies else [])]


def steps(now: datetime.datetime) -> list[Step]:
    """Return the steps in the order in which they are taken."""
    situation = _situation(deadlines.day_of(now))
    ways: list[Callable[[Situation], Step]] = [_plan, _agencies, _letterheads, _people, _dates, _mail]
    return [*(way(situation) for way in ways), _scheduler(now)]


def _situation(today: datetime.date) -> Situation:
    plan = Plan.objects.first()
    if plan is None:
        return Situation(None, today, [], [], None)
    participants = list(plan.participants.select_related("agency").prefetch_related("members"))
    agencies = list(plan.reporting_agencies().on(today))
    return Situation(plan, today, participants, agencies, plan.focal_agency)


def _plan(situation: Situation) -> Step:
    plan = situation.plan
    return Step(
        "plan",
        "Kế hoạch",
        "Nội dung, giải pháp và nhiệm vụ mà các cơ quan báo cáo, đúng từng chữ như bản đã ban hành.",
        f"Đã nạp {plan} ngày {plan.issued_on:%d/%m/%Y}." if plan else "",
        "" if plan else "Chưa nạp kế hoạch nào.",
        "Xem hoặc nạp kế hoạch",
        reverse("plan_file"),
    )


def _agencies(situation: Situation) -> Step:
    in_force = {agency.pk for agency in situation.agencies}
    empty = [
        str(participant)
        for participant in situation.participants
        if not in_force & {participant.agency_id, *(member.pk for member in participant.members.all())}
    ]
    silent = [agency.short_name for agency in situation.agencies if not agency.telephone]
    missing = [
        f"Không còn cơ quan nào hoạt động ở số: {_names(empty)}." if empty else "",
        f"{len(silent)} cơ quan chưa có số điện thoại chung để đôn đốc: {_names(silent)}." if silent else "",
        "" if situation.plan else "Danh sách cơ quan đến cùng kế hoạch.",
    ]
    return Step(
        "agencies",
        "Cơ quan",
        "Cơ quan nào phải báo cáo, ở số nào trong kế hoạch, gọi số nào khi đôn đốc.",
        f"{len(situation.agencies)} cơ quan phải báo cáo." if situation.agencies else "",
        " ".join(filter(None, missing)),
        "Nhập danh sách từ Excel",
        reverse("paste_agencies"),
    )


def _letterheads(situation: Situation) -> Step:
    agencies = situation.reporting_and_focal
    lacking = {agency.short_name: what for agency in agencies if (what := letterheads.lacking(agency))}
    missing = ""
    if lacking:
        missing = (
            f"{len(lacking)} cơ quan còn thiếu: "
            + _names([f"{n} ({', '.join(w)})" for n, w in lacking.items()])
            + "."
        )
    elif not agencies:
        missing = "Chưa có cơ quan nào."
    return Step(
        "letterheads",
        "Tiêu đề văn bản",
        "Tên cơ quan, ký hiệu, địa danh và chức vụ người ký in trên mỗi báo cáo theo Nghị định 30/2020/NĐ-CP.",
        f"{len(agencies) - len(lacking)} trong {len(agencies)} cơ quan đã đủ." if agencies else "",
        missing,
        "Xem và sửa tiêu đề",
        reverse("letterheads"),
    )


def _people(situation: Situation) -> Step:
    held = set(Membership.objects.current().with_role(*Role).values_list("agency", "role"))
    contacts = {agency_id for agency_id, role in held if role in access.AGENCY_ROLES}
    without = [agency.short_name for agency in situation.agencies if agency.pk not in contacts]
    waiting = waiting_for_invitation().filter(invited_at=None).count()
    focal = situation.focal
    missing = [
        f"{len(without)} cơ quan chưa có đầu mối (chuyên viên hoặc lãnh đạo): {_names(without)}." if without else "",
        f"{focal.short_name} chưa có chuyên viên đầu mối." if focal and (focal.pk, Role.OFFICER) not in held else "",
        f"{waiting} người chưa được gửi thư mời." if waiting else "",
        "" if situation.plan else "Chưa có cơ quan nào.",
    ]
    return Step(
        "people",
        "Người dùng",
        "Ai soạn, ai duyệt, ai thẩm tra, ai đọc; người được mời tự đặt mật khẩu qua thư.",
        f"{len(situation.agencies) - len(without)} trong {len(situation.agencies)} cơ quan đã có đầu mối.",
        " ".join(filter(None, missing)),
        "Gửi thư mời" if waiting and not without else "Nhập danh sách từ Excel",
        reverse("invite_everybody" if waiting and not without else "paste_people"),
    )


def coming_cycle(plan: Plan, today: datetime.date) -> ReportingCycle | None:
    """Return the cycle that is to be opened next, else the newest that is open."""
    planned = plan.cycles.filter(opened_at=None, year__gte=today.year).order_by("year").first()
    return planned or navigation.current_cycle(plan)


def _dates(situation: Situation) -> Step:
    cycle = coming_cycle(situation.plan, situation.today) if situation.plan else None
    present = missing = ""
    if cycle:
        opening = "đã mở" if cycle.opened_at else f"mở ngày {cycle.opens_on:%d/%m/%Y}"
        last_day = deadlines.last_day(cycle.due_at)
        present = f"{cycle}: {opening}, hạn nộp đến hết ngày {last_day:%d/%m/%Y}."
    else:
        missing = "Chưa có kỳ báo cáo nào. Kỳ của năm được tạo sau khi nạp kế hoạch và tiến trình nền chạy."
    return Step(
        "dates",
        "Các mốc thời gian",
        "Ngày mở kỳ và hạn nộp của năm; thư nhắc đi theo các mốc này.",
        present,
        missing,
        "Xem và sửa các mốc" if cycle else "",
        cycle.url("cycle_settings") if cycle else "",
    )


def mail_server() -> str:
    """Return the mail server that the settings name, as host:port; "" where mails are only written to files."""
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return ""
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def _mail(situation: Situation) -> Step:
    server = mail_server()
    tests = MailTest.objects.filter(server=server)
    worked = tests.filter(has_left=True).first()
    newest = tests.first()
    missing = ""
    if not server:
        missing = "Chưa khai máy chủ thư (EMAIL_URL): thư chỉ được ghi vào tệp trên máy chủ, không tới ai."
    elif newest and not newest.has_left:
        missing = f"Lần thử gần nhất ({_moment(newest.at)}) không gửi được."
    elif not worked:
        missing = f"Chưa thử gửi thư qua {server}."
    return Step(
        "mail",
        "Gửi thư",
        "Thư mời, thư nhắc và phiếu tiếp nhận đi qua máy chủ thư của tỉnh.",
        f"Thư thử qua {server} đi được lúc {_moment(worked.at)}." if worked and server else "",
        missing,
        "Gửi thư thử",
        reverse("mail_test"),
    )


def _scheduler(now: datetime.datetime) -> Step:
    last = heartbeats.last_sweep()
    is_alive = heartbeats.is_scheduler_alive(now)
    return Step(
        "scheduler",
        "Tiến trình nền",
        "Mở kỳ đúng ngày, gửi thư nhắc, tạo tệp PDF mà không cần ai bấm nút.",
        f"Lần chạy gần nhất: {_moment(last)}." if last else "",
        "" if is_alive else "Không thấy chạy; cách xử lý ở đầu trang này.",
        "",
        "",
    )


def _moment(instant: datetime.datetime) -> str:
    return f"{instant.astimezone(deadlines.VIETNAM):%H:%M ngày %d/%m/%Y}"


def _names(names: list[str]) -> str:
    shown = "; ".join(names[:MOST_NAMES])
    return f"{shown} và {len(names) - MOST_NAMES} cơ quan khác" if len(names) > MOST_NAMES else shown
