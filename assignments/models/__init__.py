"""Who must do what: the plan, the agencies, their people and their assignments."""

from assignments.models.agency import Agency, AgencyQuerySet
from assignments.models.indicator import Indicator, IndicatorTable, Target
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
    "Indicator",
    "IndicatorTable",
    "Membership",
    "MembershipQuerySet",
    "Participant",
    "Plan",
    "Role",
    "Target",
    "Task",
    "TaskArea",
    "User",
]
