"""Gathering a cycle's reports into one (tổng hợp): whose words may be merged, and what is frozen of them."""

from reports.consolidation.content import consolidated_report
from reports.consolidation.figures import merged_tables, targets_of
from reports.consolidation.reporting import (
    area_counts,
    funding_parts,
    is_merged_unreviewed,
    mergeable_submission,
    reporting_state,
    reports_of,
    years_of,
)

__all__ = [
    "area_counts",
    "consolidated_report",
    "funding_parts",
    "is_merged_unreviewed",
    "mergeable_submission",
    "merged_tables",
    "reporting_state",
    "reports_of",
    "targets_of",
    "years_of",
]
