"""Accepted reports to merge: what their agencies say, part by part."""

import datetime

from reports import services
from reports.models import Report
from tests.conftest import DURING

HOUR = datetime.timedelta(hours=1)


def accept(report, *, head, officer, now=DURING, **texts):
    """Submit a report with these texts and nothing else ("noi_dung_1" for noi-dung-1), and accept it."""
    report = Report.objects.get(pk=report.pk)
    for part in report.parts.all():
        key = part.key.replace("-", "_")
        part.text, part.difficulties = texts.get(key, ""), texts.get(f"{key}_difficulties", "")
        part.save()
        part.progress.update(status="done", reason="")
    texts_needed = {"chi-dao", "danh-gia", "phuong-huong"}
    for part in report.parts.filter(key__in=texts_needed, text=""):
        part.text = f"{part.title}: đã làm."
        part.save()
    for part in report.parts.filter(kind__in=("area", "responsibility"), text=""):
        part.progress.update(status="nothing_to_report", reason="Không phát sinh.")
    services.submit_report(report, by=head, now=now)
    services.accept_report(report, by=officer, now=now + HOUR)
    return report


def part_of(cycle, key):
    return cycle.consolidation.parts.select_related("area", "saved_by", "consolidation__cycle__plan").get(key=key)


def texts_of(part):
    return list(part.paragraphs.order_by("position").values_list("text", flat=True))
