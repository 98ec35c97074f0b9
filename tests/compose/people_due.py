"""Give the agencies that have not reported many clerks more: python - NAME COUNT, in a container of the web.

Each is due the reminder that is due now. Their addresses are NAME-1@langson.example and so on.
"""

import datetime
import sys

import django


def main(name: str, count: int) -> None:
    django.setup()
    from assignments.models import Membership, Role, User
    from reports.models import Report, ReportingCycle

    cycle = ReportingCycle.objects.exclude(opened_at=None).latest("year")
    agencies = list(cycle.reports.filter(status=Report.Status.DRAFT).values_list("agency", flat=True))
    users = User.objects.bulk_create(
        User(email=f"{name}-{number}@langson.example", full_name=f"Nguyễn Thị Số {number}", password="!")
        for number in range(1, count + 1)
    )
    Membership.objects.bulk_create(
        Membership(
            user=user,
            agency_id=agencies[number % len(agencies)],
            role=Role.CLERK,
            valid_from=datetime.date(2018, 1, 1),
        )
        for number, user in enumerate(users)
    )


main(sys.argv[1], int(sys.argv[2]))
