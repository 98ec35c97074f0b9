"""What a step of a report, an extension, an excuse or another date of the year does to the merged report that was
published, or is proposed."""

import datetime

from reports.models import Consolidation, ReportingCycle


def mark_published_outdated(cycle: ReportingCycle, now: datetime.datetime) -> None:
    """Say that a published version, or the one proposed, no longer holds what the reports say or is said of them.

    Once it is outdated it stays so: `outdated_at` is since when.

    Waits for a proposal or a publication under way, which may have read the reports before this change.
    """
    ReportingCycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)
    cycle.consolidated_reports.filter(outdated_at=None).update(outdated_at=now)
    proposed = Consolidation.objects.filter(cycle=cycle, status=Consolidation.Status.PROPOSED, outdated_at=None)
    proposed.update(outdated_at=now)
