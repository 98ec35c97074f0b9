"""The mails that tell what has happened to a year, and to its merged report."""

import datetime

from django.conf import settings
from django.urls import reverse

from reports.announcement import facts_of_year
from reports.emails.contacts import officers_in_charge
from reports.emails.letter import Letter, NothingToSay, one_line, rendered
from reports.models import ConsolidationEvent, CycleEvent, Mail

CYCLE_MOVED_ON = "kỳ báo cáo đã mở hoặc đổi ngày mở trước khi thư được gửi"
MERGED_REPORT_MOVED_ON = "báo cáo tổng hợp đã chuyển sang bước khác trước khi thư được gửi"


def compose_cycle_news(mail: Mail, event: CycleEvent, now: datetime.datetime) -> Letter:
    """Tell officers that a year will open, unless it has, or its day was moved since."""
    cycle = event.cycle
    if cycle.opened_at or cycle.opens_on.isoformat() != event.changes["opens_on"][1]:
        raise NothingToSay(CYCLE_MOVED_ON)
    context = {
        "recipient": mail.recipient,
        "event": event,
        "cycle": cycle,
        "plan": cycle.plan,
        "year": str(cycle.year),
        "facts": facts_of_year(cycle),
        "settings_link": settings.SITE_URL + reverse("cycle_settings", args=[cycle.plan.slug, cycle.year]),
        "contacts": officers_in_charge([cycle.plan.focal_agency], now),
    }
    context["words"] = one_line(f"emails/_{mail.kind}_words.txt", context)
    return rendered(mail.kind, context)


def compose_merged_report_news(mail: Mail, event: ConsolidationEvent, now: datetime.datetime) -> Letter:
    """Tell what became of the merged report, unless something else has become of it since."""
    news = event.consolidation.events.exclude(kind__in=ConsolidationEvent.BESIDE)
    if mail.kind == Mail.Kind.CONSOLIDATED_PUBLISHED:
        # What is published stays so until the next version is.
        news = news.filter(kind=ConsolidationEvent.Kind.PUBLISHED)
    if news.latest("at", "pk") != event:
        raise NothingToSay(MERGED_REPORT_MOVED_ON)
    cycle = event.consolidation.cycle
    focal_agency = cycle.plan.focal_agency
    published = event.published
    address = [cycle.plan.slug, cycle.year]
    context = {
        "recipient": mail.recipient,
        "event": event,
        "plan": cycle.plan,
        "year": str(cycle.year),
        "focal_agency": focal_agency,
        "published": published,
        "version": published.version if published else cycle.consolidated_reports.count() + 1,
        "changes": (published or event.consolidation).changes,
        "link": settings.SITE_URL + reverse("consolidated", args=address),
        "preview_link": settings.SITE_URL + reverse("consolidated_preview", args=address),
        "contacts": officers_in_charge([focal_agency], now),
    }
    context["words"] = one_line(f"emails/_{mail.kind}_words.txt", context)
    return rendered(mail.kind, context)
