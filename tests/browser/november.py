"""Prepare a database for the days after the deadline: two reports accepted, four waiting for review, the rest late.

The people are the demonstration's, and so is their password. With `publish` the merged report of the prepared
year is written word for word, proposed and published.
"""

import datetime
import sys
from contextlib import redirect_stdout

import django
from django.core.management import call_command

ACCEPTED = ("so-y-te", "huyen-trang-dinh")
SUBMITTED = ("so-noi-vu", "so-thong-tin-va-truyen-thong", "so-tu-phap", "huyen-van-lang")


def main(*arguments: str) -> None:
    django.setup()
    if "publish" in arguments:
        publish()
        return
    if "send-again" in arguments:
        send_again(arguments[-1])
        return
    with redirect_stdout(sys.stderr):
        call_command("migrate", verbosity=0)
        call_command("load_plan", "assignments/data/ke-hoach-96.toml")
        call_command("load_indicators", "assignments/data/chi-tieu.toml")
    prepare()


def lines_of(title: str, name: str) -> tuple[str, str]:
    """Return the two paragraphs that an agency writes for a part."""
    return (
        f"{title}: {name} đã tổ chức 12 hội nghị cho 1.260 lượt người, trong đó nữ 54%.",
        f"{title}: so với năm trước, kết quả của {name} vượt kế hoạch đề ra.",
    )


def prepare() -> None:
    from django.utils import timezone

    from assignments.models import Plan, Role
    from reports import deadlines, demo, opening, services

    plan, now = Plan.objects.get(), timezone.now()
    cast = demo.make_people(plan, now)
    today = deadlines.day_of(now)
    cycle = opening.planned_cycle(plan, today.year)
    cycle.opens_on = today - datetime.timedelta(days=40)
    cycle.due_at = deadlines.midnight(today)
    cycle.save()
    opening.open_cycle(plan, today.year, by=None, now=now - datetime.timedelta(days=40))
    for report in cycle.reports.select_related("cycle__plan", "agency").filter(agency__slug__in=ACCEPTED + SUBMITTED):
        sent = now - datetime.timedelta(days=3)
        write(report, by=cast[report.agency.slug, Role.CLERK], now=sent - datetime.timedelta(hours=1))
        services.submit_report(report, by=cast[report.agency.slug, Role.HEAD], now=sent)
        if report.agency.slug in ACCEPTED:
            services.accept_report(report, by=cast[demo.FOCAL, Role.OFFICER], now=now - datetime.timedelta(days=2))


def write(report, *, by, now: datetime.datetime) -> None:
    """Write every part of a report: two paragraphs where there is text, every task done, every figure answered."""
    from reports import demo_figures, services
    from reports.models import ReportPart, TaskProgress

    for part in report.parts.select_related("report__agency", "area"):
        if part.kind == ReportPart.Kind.FIGURES:
            answers = demo_figures.answers_of(part, last=False)
            services.save_figures(part, by=by, now=now, version=part.version, answers=answers, text="")
            continue
        progress = {row.task.code: (TaskProgress.Status.DONE, "") for row in part.progress.all()}
        text = "\n".join(lines_of(part.title, report.issuer_name))
        services.save_part(part, by=by, now=now, version=part.version, text=text, progress=progress)


def publish() -> None:
    from django.utils import timezone

    from assignments.models import User
    from reports import deadlines, demo, services
    from reports.models import Consolidation

    draft = Consolidation.objects.select_related("cycle__plan").get()
    officer, head = (User.objects.get(email=f"{box}@{demo.FOCAL}.example") for box in ("dau-moi", "lanh-dao"))
    now = timezone.now()
    services.take_over_all(draft, by=officer, now=now)
    services.propose(draft, by=officer, now=now)
    services.publish_consolidated_report(
        draft.cycle, by=head, now=now, number="125/BC-SLĐTBXH", issued_on=deadlines.day_of(now)
    )


def send_again(slug: str) -> None:
    """Let an agency send its reopened report again, and the second officer accept it."""
    from django.utils import timezone

    from assignments.models import User
    from reports import demo, services
    from reports.models import Report

    report = Report.objects.select_related("cycle__plan", "agency").get(agency__slug=slug)
    head, officer = (
        User.objects.get(email=email) for email in (f"lanh-dao@{slug}.example", f"dau-moi-2@{demo.FOCAL}.example")
    )
    services.submit_report(report, by=head, now=timezone.now())
    services.accept_report(report, by=officer, now=timezone.now())


if __name__ == "__main__":
    main(*sys.argv[1:])
