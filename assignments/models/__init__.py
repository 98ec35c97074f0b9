"""Who must do what: the plan, the agencies, their people and their assignments."""

from assignments.models.agency import Agency, AgencyQuerySet
from assignments.models.people import Membership, MembershipQuerySet, Role, User
from assignments.models.plan import (
    Assignment,
    AssignmentQuerySet,
    CitedDocument,
    ContentArea,
    Participant,
    Plan,
    Task,
    TaskArea,
)

__all__ = [
    "Agency",
    "AgencyQuerySet",
    "Assignment",
    "AssignmentQuerySet",
    "CitedDocument",
    "ContentArea",
    "Membership",
    "MembershipQuerySet",
    "Participant",
    "Plan",
    "Role",
    "Task",
    "TaskArea",
    "User",
]
