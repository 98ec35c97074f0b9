"""The demonstration: 24 agencies in every state, this year and one year back, through the real services.

All events lie before now, whatever today's date is. The words come from data/demo-year.toml, where {now|last}
holds the figures of the two years; people and figures are invented.
"""

import datetime
import re
import tomllib
from itertools import cycle as endless
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from assignments.models import Agency, Membership, Plan, Role, User
from reports import (
    deadlines,
    demo_clocks,
    demo_figures,
    demo_merging,
    demo_papers,
    demo_review,
    opening,
    outline,
    services,
)
from reports.models import Mail, Report, ReportingCycle, ReportPart, TaskProgress

PROSE = Path(__file__).parent / "data" / "demo-year.toml"
PASSWORD = "trinh-dien-96"  # noqa: S105 - printed for whoever tries the demonstration
PLAN_NUMBER = "96/KH-UBND"

FOCAL = "so-lao-dong-thuong-binh-va-xa-hoi"
BUDGET = "so-tai-chinh"
PROVINCE = "uy-ban-nhan-dan-tinh"
COUNCIL = "hoi-dong-nhan-dan-tinh"

# How far each agency has come this year; every state of a report is among them.
ACCEPTED = "accepted"
TAKEN = "taken"
SUBMITTED = "submitted"
SUBMITTED_LATE = "submitted late"
RETURNED = "returned"
MENDED = "mended and submitted again"
AWAITING = "awaiting approval"
ENTERED = "entered"
DRAFT = "draft"
UNTOUCHED = "untouched"
EXCUSED = "excused"

THIS_YEAR = {
    FOCAL: ACCEPTED,
    "so-noi-vu": ACCEPTED,
    "so-ke-hoach-va-dau-tu": SUBMITTED,
    BUDGET: ACCEPTED,
    "so-thong-tin-va-truyen-thong": ACCEPTED,
    "so-tu-phap": TAKEN,
    "so-y-te": RETURNED,
    "so-van-hoa-the-thao-va-du-lich": ACCEPTED,
    "cong-an-tinh": MENDED,
    "dai-phat-thanh-va-truyen-hinh-tinh": SUBMITTED,
    "ban-dan-toc-tinh": ACCEPTED,
    "uy-ban-mttq-viet-nam-tinh": AWAITING,
    "hoi-lien-hiep-phu-nu-tinh": ACCEPTED,
    "huyen-trang-dinh": ACCEPTED,
    "huyen-binh-gia": ENTERED,
    "huyen-van-lang": ACCEPTED,
    "huyen-cao-loc": DRAFT,
    "huyen-van-quan": SUBMITTED_LATE,
    "huyen-bac-son": EXCUSED,
    "huyen-huu-lung": ACCEPTED,
    "huyen-chi-lang": AWAITING,
    "huyen-loc-binh": ACCEPTED,
    "huyen-dinh-lap": UNTOUCHED,
    "thanh-pho-lang-son": DRAFT,
}
LAST_YEAR_LATE = ("huyen-bac-son", "huyen-van-quan", "uy-ban-mttq-viet-nam-tinh")
LAST_YEAR_MISSING = ("huyen-dinh-lap",)
WITHOUT_PEOPLE = ("huyen-dinh-lap",)
WHERE_NO_HEAD_SIGNED_IN = ("dai-phat-thanh-va-truyen-hinh-tinh",)

RETURN_REASON = (
    "Đề nghị bổ sung số liệu so sánh với năm trước ở phần kết quả và nêu rõ nguyên nhân của các chỉ tiêu chưa đạt."
)
FAMILY_NAMES = ("Nguyễn", "Hoàng", "Nông", "Lý", "Vi", "Triệu", "Lương", "Chu", "Hứa", "Đàm", "Bế", "Lộc")
WOMEN = ("Thị Hạnh", "Thị Thúy", "Minh Nguyệt", "Thị Hòa", "Thu Hương", "Thị Bích", "Kim Oanh", "Thị Lan")
MEN = ("Văn Hùng", "Quốc Tuấn", "Đình Khoa", "Văn Sơn", "Mạnh Cường", "Văn Thành", "Đức Long")


def load(now: datetime.datetime) -> ReportingCycle:
    """Make the people and both years; return this year's cycle. The plan must be loaded and nothing else."""
    plan = Plan.objects.get(number=PLAN_NUMBER)
    cast = make_people(plan, now)
    _write_implementation_plans(plan, cast)
    year = now.year if deadlines.day_of(now) > datetime.date(now.year, 10, 10) else now.year - 1
    _play_last_year(plan, year - 1, cast)
    cycle = _play_this_year(plan, year, cast, now)
    Mail.objects.filter(sent_at=None).update(cancelled_at=now, why="Dữ liệu trình diễn, không gửi.")
    return cycle


class Cast:
    """The people of the demonstration, by agency and role."""

    def __init__(self) -> None:
        self._people: dict[tuple[str, Role], list[User]] = {}
        self._password = make_password(PASSWORD)
        self._names = zip(endless(FAMILY_NAMES), endless(WOMEN + MEN), strict=False)

    def add(self, agency: Agency, role: Role, mailbox: str, **membership) -> User:
        family, given = next(self._names)
        user = User.objects.create(
            email=f"{mailbox}@{agency.slug}.example",
            full_name=f"{family} {given}",
            telephone=f"0205 3810 {100 + User.objects.count()}",
            password=self._password,
        )
        Membership.objects.create(
            user=user, agency=agency, role=role, valid_from=datetime.date(2018, 6, 1), **membership
        )
        self._people.setdefault((agency.slug, role), []).append(user)
        return user

    def everyone(self, slug: str, role: Role) -> list[User]:
        return self._people[slug, role]

    def __getitem__(self, key: tuple[str, Role]) -> User:
        return self._people[key][0]


def make_people(plan: Plan, now: datetime.datetime) -> Cast:
    cast = Cast()
    for agency in plan.reporting_agencies().order_by("pk"):
        if agency.slug in WITHOUT_PEOPLE:
            continue
        cast.add(agency, Role.CLERK, "chuyen-vien", position="Chuyên viên")
        cast.add(agency, Role.HEAD, "lanh-dao")
    focal, budget, province, council = (Agency.objects.get(slug=slug) for slug in (FOCAL, BUDGET, PROVINCE, COUNCIL))
    cast.add(focal, Role.OFFICER, "dau-moi", position="Chuyên viên phòng Bảo trợ xã hội - Bình đẳng giới")
    cast.add(focal, Role.OFFICER, "dau-moi-2", position="Chuyên viên phòng Bảo trợ xã hội - Bình đẳng giới")
    cast.add(budget, Role.BUDGET_OFFICER, "du-toan", position="Chuyên viên phòng Quản lý ngân sách")
    cast.add(province, Role.LEADER, "lanh-dao-tinh", position="Phó Chủ tịch")
    cast.add(province, Role.ADMINISTRATOR, "quan-tri", position="Quản trị hệ thống")
    cast.add(council, Role.LEADER, "thuong-truc", position="Phó Chủ tịch, Thường trực Hội đồng nhân dân tỉnh")
    signed_in = User.objects.exclude(
        memberships__agency__slug__in=WHERE_NO_HEAD_SIGNED_IN, memberships__role=Role.HEAD
    )
    signed_in.update(last_login=now, confirmed_address=F("email"), confirmed_at=now)
    return cast


def _write_implementation_plans(plan: Plan, cast: Cast) -> None:
    said = deadlines.midnight(plan.issued_on) + datetime.timedelta(days=120)
    for place, agency in enumerate(plan.reporting_agencies().order_by("pk")):
        if agency.slug not in WITHOUT_PEOPLE:
            demo_papers.write_implementation_plan(plan, agency, place, by=cast[agency.slug, Role.CLERK], now=said)


# The years


def _play_last_year(plan: Plan, year: int, cast: Cast) -> None:
    """Everything came, some of it late, one agency not at all; accepted, merged and published."""
    opened = deadlines.midnight(datetime.date(year, 10, 1)) + datetime.timedelta(hours=8)
    cycle, _ = opening.open_cycle(plan, year, by=None, now=opened)
    prose = read_prose(year, last=True)
    for place, report in enumerate(_reports(cycle)):
        slug = report.agency.slug
        if slug in LAST_YEAR_MISSING:
            continue
        days = 45 if slug in LAST_YEAR_LATE else 12 + place
        sent = opened + datetime.timedelta(days=days, minutes=37 * place)
        _write(report, prose[slug], by=cast[slug, Role.CLERK], now=sent - datetime.timedelta(days=4), last=True)
        services.submit_report(report, by=cast[slug, Role.HEAD], now=sent)
        services.accept_report(report, by=cast[FOCAL, Role.OFFICER], now=sent + datetime.timedelta(days=3, hours=1))
    demo_merging.publish_last_year(
        cycle, cast[FOCAL, Role.OFFICER], cast[FOCAL, Role.HEAD], on=datetime.date(year, 12, 5)
    )


def _play_this_year(plan: Plan, year: int, cast: Cast, now: datetime.datetime) -> ReportingCycle:
    """Play the year so far: what was on time spreads from the opening to the deadline, or to now."""
    opened = deadlines.midnight(datetime.date(year, 10, 1)) + datetime.timedelta(hours=8)
    cycle, _ = opening.open_cycle(plan, year, by=None, now=opened)
    prose = read_prose(year)
    on_time = min(now, cycle.due_at) - opened
    late = min(now, cycle.due_at + datetime.timedelta(days=9))
    for place, report in enumerate(_reports(cycle)):
        slug = report.agency.slug
        sent = _in_office_hours(opened + on_time * (0.3 + place / 40), place)
        if THIS_YEAR[slug] == SUBMITTED_LATE:
            sent = _in_office_hours(late - datetime.timedelta(days=1), place)
        _play_report(report, THIS_YEAR[slug], prose[slug], cast, sent=sent, until=now)
    demo_clocks.play(cycle, cast[FOCAL, Role.OFFICER], lambda slug: cast[slug, Role.CLERK], now)
    demo_merging.begin_this_year(cycle, *cast.everyone(FOCAL, Role.OFFICER))
    return cycle


def _play_report(
    report: Report, end: str, prose: dict, cast: Cast, *, sent: datetime.datetime, until: datetime.datetime
) -> None:
    """Take one report to where this year's list says; no step is later than `until`."""
    slug = report.agency.slug
    officer, second_officer = cast.everyone(FOCAL, Role.OFFICER)
    day = min(datetime.timedelta(days=1), (until - sent) / 8)
    if end in (UNTOUCHED, EXCUSED):
        return
    if end == ENTERED:
        scan = SimpleUploadedFile("ban-chup.pdf", _scan_of(report))
        texts = {key: text.strip() for key, text in prose["parts"].items()}
        services.enter_report(
            report,
            by=second_officer,
            now=sent,
            letter_number="187/BC-UBND",
            received_on=deadlines.day_of(sent),
            scan=scan,
            texts=texts,
        )
        return
    clerk, head = cast[slug, Role.CLERK], cast[slug, Role.HEAD]
    if end == DRAFT:
        _write(report, prose, by=clerk, now=sent, most=5)
        carried = report.parts.select_related("report__cycle", "area").get(key="noi-dung-5")
        services.start_from_last_year(
            carried, by=clerk, now=sent, version=carried.version, text="", progress=_progress(carried, prose)
        )
        _write_figures(report.parts.get(kind=ReportPart.Kind.FIGURES), by=clerk, now=sent, most=4)
        return
    _write(report, prose, by=clerk, now=sent - datetime.timedelta(hours=20))
    demo_papers.attach_evidence(report, by=clerk, now=sent - datetime.timedelta(hours=19))
    if end == AWAITING:
        services.send_up(report, by=clerk, now=sent)
        return
    submission = services.submit_report(report, by=clerk if slug in WHERE_NO_HEAD_SIGNED_IN else head, now=sent)
    if end == TAKEN:
        demo_papers.declare_number(submission, 187, by=clerk, now=sent + day / 2)
    if end in (TAKEN, ACCEPTED, RETURNED, MENDED):
        services.take_report(report, by=officer, now=sent + day)
    if end == ACCEPTED:
        services.accept_report(report, by=officer, now=sent + 3 * day)
    review = demo_review.Review(report, officer, clerk, start=sent + day, step=day)
    if end == TAKEN:
        review.discuss(demo_review.TAKEN)
    if end == MENDED:
        review.return_and_mend(head, RETURN_REASON)
    if end == RETURNED:
        demo_review.Review(report, officer, clerk, start=sent, step=day).discuss(demo_review.RETURNED)
        keys = ["noi-dung-4", "danh-gia", outline.FIGURES]
        services.return_report(report, by=officer, now=sent + 3 * day, reason=RETURN_REASON, reopened_keys=keys)


def _in_office_hours(moment: datetime.datetime, place: int) -> datetime.datetime:
    """Return the last time before a moment that falls between 8:00 and 16:59 in Vietnam, by the place's own hour."""
    local = moment.astimezone(deadlines.VIETNAM)
    that_day = local.replace(hour=8 + place % 9, minute=7 * place % 60, second=13 * place % 60)
    return that_day if that_day <= moment else that_day - datetime.timedelta(days=1)


def _reports(cycle: ReportingCycle):
    return cycle.reports.select_related("cycle__plan", "agency")


# The words


def read_prose(year: int, *, last: bool = False) -> dict[str, dict]:
    """Return every agency's words in one of the two years, by slug."""
    text = PROSE.read_text(encoding="utf-8")
    text = re.sub(r"\{([^{}|]*)\|([^{}|]*)\}", r"\2" if last else r"\1", text)
    for words, number in (("{Y}", year), ("{Y-1}", year - 1), ("{Y+1}", year + 1)):
        text = text.replace(words, str(number))
    return {agency["slug"]: agency for agency in tomllib.loads(text)["agencies"]}


def _write(
    report: Report, prose: dict, *, by: User, now: datetime.datetime, most: int | None = None, last: bool = False
) -> None:
    """Write the report's parts, or the first few of them; `last` is the first of the two years."""
    for part in report.parts.select_related("report")[:most]:
        if part.kind == ReportPart.Kind.FIGURES:
            _write_figures(part, by=by, now=now, last=last)
            continue
        services.save_part(
            part,
            by=by,
            now=now,
            version=part.version,
            text=prose["parts"].get(part.key, "").strip(),
            difficulties=prose.get("difficulties", {}).get(part.key, ""),
            progress=_progress(part, prose),
        )


def _write_figures(
    part: ReportPart, *, by: User, now: datetime.datetime, most: int | None = None, last: bool = False
) -> None:
    answers = dict(list(demo_figures.answers_of(part, last=last).items())[:most])
    text = demo_figures.read_figures()["notes"]
    services.save_figures(part, by=by, now=now, version=part.version, answers=answers, text=text)


def _progress(part: ReportPart, prose: dict) -> dict[str, tuple[str, str]]:
    reason = prose.get("nothing", {}).get(part.key)
    if reason:
        return {row.task.code: (TaskProgress.Status.NOTHING_TO_REPORT, reason) for row in part.progress.all()}
    status = endless((TaskProgress.Status.DONE, TaskProgress.Status.DONE, TaskProgress.Status.UNDER_WAY))
    for _ in range((part.report.participant_number + part.report.agency_id) % 3):
        next(status)  # no two neighbours alike
    return {row.task.code: (next(status), "") for row in part.progress.all()}


def _scan_of(report: Report) -> bytes:
    """Return a PDF to stand for the scan of a letter: the agency's report of the year before."""
    from reports.documents.orders import tree_of
    from reports.documents.pdf import render_pdf

    year_before = Report.objects.get(agency=report.agency, cycle__year=report.cycle.year - 1)
    return render_pdf(tree_of(year_before.standing_submission))
