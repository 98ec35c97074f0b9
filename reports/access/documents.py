"""Finished documents, each found with one question: every download comes here."""

from assignments.models import Participant, Role, User
from reports.access.merged_report import read_once_published
from reports.access.people import AGENCY_ROLES
from reports.models import Document

# What a download needs to know of a document.
HANDED_OUT = ("file", "size", "address", "kind")


def find_made_of_submission(
    user: User, plan_slug: str, year: int, agency_slug: str, number: int, kind: str
) -> Document | None:
    """Return the finished document of a submission, None also where the user may not see it: one query.

    What get_report_or_404 and get_submission_or_404 let through, and nothing else; they say why where there is none.
    """
    report = "submission__report__"
    found = Document.objects.filter(
        **{f"{report}cycle__plan__slug": plan_slug, f"{report}cycle__year": year},
        submission__number=number,
        kind=kind,
        made_at__isnull=False,
    )
    own = [agency for agency in user.agencies_as(*AGENCY_ROLES) if agency.slug == agency_slug]
    if own:
        found = found.filter(**{f"{report}agency": own[0]})
    else:
        focal = user.agencies_as(Role.OFFICER, Role.HEAD)
        plan = f"{report}cycle__plan__participants__"
        found = found.filter(
            **{f"{report}agency__slug": agency_slug, "submission__withdrawn_at": None},
            **{f"{plan}role": Participant.Role.FOCAL, f"{plan}agency__in": focal},
        )
    return found.only(*HANDED_OUT).order_by("-pk").first()


def find_made_of_published(
    user: User, plan_slug: str, year: int, version: int, kind: str, subject: str
) -> Document | None:
    """Return the finished document of a published version, None also where the user may not read it: one query."""
    cycle = "consolidated_report__cycle__"
    found = Document.objects.filter(
        read_once_published(user, cycle),
        **{f"{cycle}plan__slug": plan_slug, f"{cycle}year": year},
        consolidated_report__version=version,
        kind=kind,
        subject=subject,
        made_at__isnull=False,
    )
    return found.only(*HANDED_OUT).order_by("-pk").first()
