"""The demonstration's years: every accepted paragraph stands once among the sources of one part."""

import datetime
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from reports import deadlines, demo
from reports.consolidation.sources import gather
from reports.management.commands.load_demo import DATA
from reports.models import Consolidation, Report
from reports.outline import MERGED_PARTS

pytestmark = [pytest.mark.long, pytest.mark.django_db]

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=deadlines.VIETNAM)


@pytest.fixture
def consolidations(time_machine):
    time_machine.move_to(NOW, tick=False)
    call_command("load_plan", DATA / "ke-hoach-96.toml", stdout=StringIO())
    call_command("load_indicators", DATA / "chi-tieu.toml", stdout=StringIO())
    demo.load(NOW)
    return Consolidation.objects.select_related("cycle__plan")


def accepted_paragraphs(consolidation):
    """Return how often every paragraph stands in the accepted reports of a year: (agency, part, words)."""
    paragraphs = Counter()
    for report in consolidation.cycle.reports.filter(status=Report.Status.ACCEPTED).select_related("agency"):
        for part in report.standing_submission.snapshot["parts"]:
            for line in f"{part['text']}\n{part['difficulties']}".split("\n"):
                if line.strip():
                    paragraphs[report.agency.slug, part["key"], line.strip()] += 1
    return paragraphs


def test_every_accepted_paragraph_of_the_demonstration_stands_once_in_one_part(consolidations):
    for consolidation in consolidations:
        parts = gather(consolidation).parts

        sources = [source for one in parts.values() for source in one.sources]
        assert Counter((s.report.agency.slug, s.origin, s.text) for s in sources) == accepted_paragraphs(
            consolidation
        )
        assert len({source.key for source in sources}) == len(sources) > 200
        assert sum(sum(one.counts[state] for state in ("used", "shortened", "set_aside", "unused"))
                   for one in parts.values()) == len(sources)  # fmt: skip
        for key, one in parts.items():
            # A responsibility stands in an area, or with its difficulties in the assessment.
            strangers = {s.origin for s in one.sources if s.origin != key and not s.origin.startswith("nhiem-vu-")}
            assert strangers == set()
            if key in MERGED_PARTS and key != "danh-gia":
                assert {s.origin for s in one.sources} <= {key}

        # Every responsibility of the plan has a main area: only its difficulties are told with the assessment.
        assert {s.place.rpartition(": ")[2] for s in parts["danh-gia"].sources} == {"", "khó khăn, vướng mắc"}
