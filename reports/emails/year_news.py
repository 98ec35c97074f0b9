"""The mails that tell what has happened to a year, and to its merged report."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from assignments import access as plan_access
from reports import access, deadlines
from reports.announcement import facts_of_year
from reports.emails.contacts import officers_in_charge
from reports.emails.letter import Letter, NothingToSay, one_line, rendered
from reports.models import CalendarException, ConsolidationEvent, CycleEvent, Mail, Report
from reports.moved_deadlines import Moved, moved_by

CYCLE_MOVED_ON = "kỳ báo cáo đã mở hoặc đổi ngày mở trước khi thư được gửi"
DEADLINE_MOVED_ON = "hạn nộp đã thay đổi lần nữa, hoặc kỳ đã kết thúc, trước khi thư được gửi"
NOT_OWED_ANY_MORE = "cơ quan đã nộp, được miễn hoặc có hạn riêng trước khi thư được gửi"
MERGED_REPORT_MOVED_ON = "báo cáo tổng hợp đã chuyển sang bước khác trước khi thư được gửi"


def compose_cycle_news(mail: Mail, event: CycleEvent, now: datetime.datetime) -> Letter:
    """Tell of what has happened to a year. Raises NothingToSay where something else has happened since."""
    if mail.kind == Mail.Kind.DEADLINE_MOVED:
        return _compose_moved_deadline(mail, event, now)
    return _compose_announcement(mail, event, now)


def _compose_announcement(mail: Mail, event: CycleEvent, now: datetime.datetime) -> Letter:
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
        "contacts": officers_in_charge([cycle.plan.focal_agency], now, reader=mail.recipient),
    }
    context["words"] = one_line(f"emails/_{mail.kind}_words.txt", context)
    return rendered(mail.kind, context)


@dataclass(frozen=True)
class MovedItem:
    """A report of the reader's own agency whose last day is another."""

    moved: Moved
    now: datetime.datetime

    @property
    def report(self) -> Report:
        return self.moved.report

    @property
    def days_words(self) -> str:
        return deadlines.days_left_words(deadlines.after(self.moved.after), self.now)

    @property
    def is_overdue(self) -> bool:
        return self.moved.after < deadlines.day_of(self.now)

    @property
    def words(self) -> str:
        return one_line("emails/_deadline_moved_item_words.txt", {"item": self})

    @property
    def link(self) -> str:
        return settings.SITE_URL + self.report.get_absolute_url()


def _compose_moved_deadline(mail: Mail, event: CycleEvent, now: datetime.datetime) -> Letter:
    """Tell an agency's people of the new last day of what they owe, and officers of everybody's.

    Somebody with several reports reads of all of them in one mail.
    """
    cycle = event.cycle
    moved_again = cycle.events.filter(kind=event.kind, changes__has_key="due_at", pk__gt=event.pk)
    if cycle.closed_at or moved_again.exists():
        raise NothingToSay(DEADLINE_MOVED_ON)
    was, due_at = (datetime.datetime.fromisoformat(said) for said in event.changes["due_at"])
    owed = list(cycle.reports.owed().select_related("cycle__plan", "agency"))
    moved = moved_by(owed, was=was, due_at=due_at, corrections=CalendarException.objects.as_corrections())
    agencies = mail.recipient.agencies_as(*access.AGENCY_ROLES)
    items = [MovedItem(one, now) for one in moved if one.report.agency in agencies]
    if not items and not plan_access.is_officer(mail.recipient, cycle.plan):
        raise NothingToSay(NOT_OWED_ANY_MORE)
    context = {
        "recipient": mail.recipient,
        "event": event,
        "plan": cycle.plan,
        "year": str(cycle.year),
        "was": deadlines.last_day(was),
        "last_day": deadlines.last_day(due_at),
        "subject_day": items[0].moved.after if len(items) == 1 else deadlines.last_day(due_at),
        "items": items,
        "moved": len(moved),
        "extended": sum(report.extended_due_at is not None for report in owed),
        "settings_link": settings.SITE_URL + cycle.url("cycle_settings"),
        "contacts": officers_in_charge([cycle.plan.focal_agency], now, reader=mail.recipient),
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
        "contacts": officers_in_charge([focal_agency], now, reader=mail.recipient),
    }
    context["words"] = one_line(f"emails/_{mail.kind}_words.txt", context)
    return rendered(mail.kind, context)
