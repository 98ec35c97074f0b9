"""What stands beside the box while somebody writes: guidance, last year's answer, how long the text is."""

from reports import guidance, last_year
from reports.forms.fields import TEXT_MAX_LENGTH
from reports.forms.part import PartForm
from reports.models import Report, ReportPart, TaskProgress

NOTHING = TaskProgress.Status.NOTHING_TO_REPORT


def part_help(report: Report, part: ReportPart, form: PartForm) -> dict:
    """Return the help of a part's page: two queries."""
    before = last_year.of(report)
    text = form["text"].value() or ""
    return {
        "guidance": guidance.text_for(report.cycle.plan, part),
        "last_year": before.year,
        "last_answer": before.answer(part.key),
        "why_no_last_answer": before.why_none(part.key),
        "share_of_last_year": before.share(part.key, text),
        "part_says_nothing": bool(form.rows) and all(row.status == NOTHING for row in form.rows),
        "text_length": len(text),
        "text_limit": TEXT_MAX_LENGTH,
    }
