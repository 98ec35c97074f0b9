"""How to write each part of a report: the outline's own words, or the officer's where there are some."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assignments.models import Plan
from reports import outline
from reports.models import Guidance, ReportPart

STARTING_TEXTS = Path(__file__).parent / "data" / "guidance.toml"

# One guidance serves every responsibility.
RESPONSIBILITIES = "nhiem-vu"
ANY_AREA = "noi-dung"


@dataclass(frozen=True)
class Entry:
    """The guidance of one part; `own` is the officer's row, None while the starting text holds."""

    key: str
    title: str
    starting_text: str
    own: Guidance | None

    @property
    def text(self) -> str:
        return self.own.text if self.own else self.starting_text


def text_for(plan: Plan, part: ReportPart) -> str:
    """Return the guidance that is shown while a part is written; empty where there is none: one query."""
    key = RESPONSIBILITIES if part.kind == ReportPart.Kind.RESPONSIBILITY else part.key
    own = Guidance.objects.filter(plan=plan, key=key).first()
    return own.text if own else starting_text(plan, key)


def entries(plan: Plan) -> list[Entry]:
    """Return the guidance of every part a report on this plan may have, in the outline's order: two queries."""
    own = {row.key: row for row in Guidance.objects.filter(plan=plan).select_related("saved_by")}
    common = list(outline.COMMON_PARTS.items())
    titles = [
        *common[:1],
        *((outline.area_key(area.number), f"Nội dung {area.number}. {area.title}") for area in plan.areas.all()),
        (RESPONSIBILITIES, "Nhiệm vụ được phân công"),
        *common[1:],
        (outline.FIGURES, outline.FIGURES_TITLE),
    ]
    return [Entry(key, title, starting_text(plan, key), own.get(key)) for key, title in titles]


def starting_text(plan: Plan, key: str) -> str:
    """Return the words that came with the portal: the plan's own for its areas, else those of any area."""
    texts = _starting_texts()
    of_plan = texts["plans"].get(plan.slug, {})
    return of_plan.get(key) or texts["parts"].get(key) or texts["parts"][ANY_AREA]


@cache
def _starting_texts() -> dict:
    texts = tomllib.loads(STARTING_TEXTS.read_text(encoding="utf-8"))
    return {
        "parts": {key: text.strip() for key, text in texts["parts"].items()},
        "plans": {slug: {key: text.strip() for key, text in plan.items()} for slug, plan in texts["plans"].items()},
    }
