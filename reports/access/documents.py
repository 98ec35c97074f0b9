"""Finished documents, each found with one question: every download comes here.

Who the person is today, and whether they may have the file, is asked in the same statement. It is SQL because putting
it together from the models took longer than everything else that a download does. It lets through what the doors in
`reports.access` let through, and nothing else; they say why where there is none.
"""

import datetime

from assignments.models import User
from reports.models import Document

# Years, rounds and versions are small; SQLite fails on a number that an address makes too large for it.
LARGEST_NUMBER = 32_767

# An agency's own people have every round; the focal agency's officers and heads what was not withdrawn.
MADE_OF_SUBMISSION = """
    WITH held AS (
        SELECT agency_id, role FROM assignments_membership
        WHERE user_id = %(user)s AND valid_from <= %(today)s AND (valid_to IS NULL OR valid_to >= %(today)s)
    )
    SELECT document.id, document.file, document.size, document.address, document.kind
    FROM reports_document AS document
    JOIN reports_submission AS submission ON submission.id = document.submission_id
    JOIN reports_report AS report ON report.id = submission.report_id
    JOIN assignments_agency AS agency ON agency.id = report.agency_id
    JOIN reports_reportingcycle AS cycle ON cycle.id = report.cycle_id
    JOIN assignments_plan AS plan ON plan.id = cycle.plan_id
    WHERE plan.slug = %(plan)s AND cycle.year = %(year)s AND agency.slug = %(agency)s
      AND submission.number = %(number)s AND document.kind = %(kind)s AND document.made_at IS NOT NULL
      AND EXISTS (
        SELECT 1 FROM held WHERE role IN ('clerk', 'head') AND held.agency_id = report.agency_id
        UNION ALL
        SELECT 1 FROM held
        JOIN assignments_participant AS place ON place.agency_id = held.agency_id AND place.plan_id = plan.id
        WHERE held.role IN ('officer', 'head') AND place.role = 'focal' AND submission.withdrawn_at IS NULL
      )
    ORDER BY document.id DESC LIMIT 1
"""

# Everyone with a part in the plan reads what was published, and the leaders of the bodies that it goes to.
MADE_OF_PUBLISHED = """
    WITH held AS (
        SELECT agency_id, role FROM assignments_membership
        WHERE user_id = %(user)s AND valid_from <= %(today)s AND (valid_to IS NULL OR valid_to >= %(today)s)
    )
    SELECT document.id, document.file, document.size, document.address, document.kind
    FROM reports_document AS document
    JOIN reports_consolidatedreport AS published ON published.id = document.consolidated_report_id
    JOIN reports_reportingcycle AS cycle ON cycle.id = published.cycle_id
    JOIN assignments_plan AS plan ON plan.id = cycle.plan_id
    WHERE plan.slug = %(plan)s AND cycle.year = %(year)s AND published.version = %(version)s
      AND document.kind = %(kind)s AND document.subject = %(subject)s AND document.made_at IS NOT NULL
      AND EXISTS (
        SELECT 1 FROM held
        JOIN reports_report AS report ON report.agency_id = held.agency_id AND report.cycle_id = cycle.id
        WHERE held.role IN ('clerk', 'head')
        UNION ALL
        SELECT 1 FROM held
        JOIN assignments_plan_recipient_agencies AS recipient
          ON recipient.agency_id = held.agency_id AND recipient.plan_id = plan.id
        WHERE held.role = 'leader'
        UNION ALL
        SELECT 1 FROM held
        JOIN assignments_participant AS place ON place.agency_id = held.agency_id AND place.plan_id = plan.id
        WHERE held.role IN ('officer', 'head') AND place.role = 'focal'
           OR held.role = 'budget_officer' AND place.role = 'budget'
      )
    ORDER BY document.id DESC LIMIT 1
"""


def find_made_of_submission(
    user: User, plan_slug: str, year: int, agency_slug: str, number: int, kind: str, *, today: datetime.date
) -> Document | None:
    """Return the finished document of a submission, None also where the user may not see it: one query."""
    asked = {"plan": plan_slug, "year": year, "agency": agency_slug, "number": number, "kind": kind}
    return _first(MADE_OF_SUBMISSION, user, today, asked)


def find_made_of_published(
    user: User, plan_slug: str, year: int, version: int, kind: str, subject: str, *, today: datetime.date
) -> Document | None:
    """Return the finished document of a published version, None also where the user may not read it: one query."""
    asked = {"plan": plan_slug, "year": year, "version": version, "kind": kind, "subject": subject}
    return _first(MADE_OF_PUBLISHED, user, today, asked)


def _first(statement: str, user: User, today: datetime.date, asked: dict) -> Document | None:
    if any(isinstance(value, int) and value > LARGEST_NUMBER for value in asked.values()):
        return None
    found = Document.objects.raw(statement, asked | {"user": user.pk, "today": today})
    return next(iter(found), None)
