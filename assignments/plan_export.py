"""A loaded plan as plain data, to hand on or to compare."""

from typing import Any

from assignments.models import Plan
from assignments.plan_reading import measures_by_area, participants_of


def plan_as_data(plan: Plan) -> dict[str, Any]:
    """Return the plan's own words in its order, ready for JSON; proposals of areas and leads are left out."""
    return {
        "number": plan.number,
        "title": plan.title,
        "short_title": plan.short_title,
        "issuer": plan.issuer,
        "issued_on": plan.issued_on.isoformat(),
        "signer_lines": plan.signer_lines,
        "signer_name": plan.signer_name,
        "preamble": plan.preamble,
        "purposes": plan.purposes,
        "requirements": plan.requirements,
        "areas": [
            {"number": area.number, "title": area.title, "measures": [measure.text for measure in measures]}
            for area, measures in measures_by_area(plan)
        ],
        "funding_rules": plan.funding_rules,
        "agencies": [
            {
                "number": participant.number,
                "name": participant.name,
                "is_invited": participant.is_invited,
                "responsibilities": [task.text for task in participant.responsibilities.all()],
                "members": [agency.name for agency in participant.members.all()],
            }
            for participant in participants_of(plan)
        ],
        "reporting_duty": plan.reporting_duty,
        "report_due_day": plan.report_due_day,
        "report_due_month": plan.report_due_month,
        "recipients": plan.recipients,
        "recipient_agencies": [agency.name for agency in plan.recipient_agencies.all()],
        "cited_documents": [
            {
                "kind": document.kind,
                "number": document.number,
                "also_printed_as": document.also_printed_as,
                "issued_on": document.issued_on and document.issued_on.isoformat(),
                "issuer": document.issuer,
                "subject": document.subject,
            }
            for document in plan.cited_documents.all()
        ],
    }
