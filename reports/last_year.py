"""What an agency said the year before, and how much of it a part says again.

Measured: two texts of 50,000 characters, the longest a part may be, take 13 ms word by word (100 ms letter by
letter), so the limit of the field is the limit here.
"""

from dataclasses import dataclass

from rapidfuzz.distance import Indel

from reports.models import Report, ReportPart, Submission, TaskProgress

# Compared word by word. Where a sentence stays and its figures are new, five words in a hundred have changed.
NEARLY_THE_SAME = 95
# Below this many characters two honest texts may well say the same.
SHORTEST_COMPARED = 80


@dataclass(frozen=True)
class LastAnswer:
    """A part as the agency sent it the year before."""

    year: int
    text: str
    difficulties: str
    tasks: list[dict]

    @property
    def stated_tasks(self) -> list[tuple[str, str, str]]:
        """Return code, status in words and reason of every task that had a status."""
        return [
            (task["code"], TaskProgress.Status(task["status"]).label, task["reason"])
            for task in self.tasks
            if task["status"]
        ]


@dataclass(frozen=True)
class LastYear:
    """What an agency sent the year before: its newest submission that stands, or None."""

    year: int
    snapshot: dict | None

    def answer(self, key: str) -> LastAnswer | None:
        """Return what was said in a part; None where the report or the part did not exist."""
        parts = self.snapshot["parts"] if self.snapshot else []
        part = next((part for part in parts if part["key"] == key), None)
        if part is None:
            return None
        return LastAnswer(self.year, part["text"], part["difficulties"], part["tasks"])

    def why_none(self, key: str) -> str:
        """Return the sentence that says why there is no answer; empty where there is one."""
        if self.snapshot is None:
            return f"Đơn vị không có báo cáo năm {self.year} trên hệ thống."
        if self.answer(key) is None:
            return f"Báo cáo năm {self.year} chưa có phần này."
        return ""

    def share(self, key: str, text: str) -> int | None:
        """Return how much of a part is last year's, in percent; None where that is nothing to speak of."""
        answer = self.answer(key)
        if answer is None or len(text) < SHORTEST_COMPARED:
            return None
        share = similarity(text, answer.text)
        return share if share >= NEARLY_THE_SAME else None


def of(report: Report) -> LastYear:
    """Return what the report's agency sent for the same plan the year before: one query."""
    year = report.cycle.year - 1
    submission = (
        Submission.objects.filter(
            report__agency=report.agency_id,
            report__cycle__plan=report.cycle.plan_id,
            report__cycle__year=year,
            withdrawn_at=None,
        )
        .order_by("-number")
        .first()
    )
    return LastYear(year, submission.snapshot if submission else None)


@dataclass(frozen=True)
class Repetition:
    """A part of a submission that says again what the year before said, or was carried over from it."""

    title: str
    share: int | None
    carried_from: int | None


def repetitions(submission: Submission) -> list[Repetition]:
    """Return the parts of a submission that are nearly last year's, for whoever reviews it: one query.

    The sources of figures are the same every year.
    """
    before = of(submission.report)
    found = []
    for part in submission.snapshot["parts"]:
        if part["kind"] == ReportPart.Kind.FIGURES:
            continue
        share, carried_from = before.share(part["key"], part["text"]), part.get("carried_from")
        if share or carried_from:
            title = f"Nội dung {part['number']}. {part['title']}" if part["number"] else part["title"]
            found.append(Repetition(title, share, carried_from))
    return found


def similarity(text: str, other: str) -> int:
    """Return how many of the words of two texts stand in both, in the same order, in whole percent rounded down."""
    return int(100 * Indel.normalized_similarity(text.split(), other.split(), score_cutoff=NEARLY_THE_SAME / 100))


def is_still_carried(part: ReportPart) -> bool:
    """Tell whether the text of a part is still what was carried over from the year before.

    The mark goes when the text is emptied or fewer than NEARLY_THE_SAME percent of its words are last year's;
    it does not come back by itself.
    """
    if not part.carried_from or not part.text.strip():
        return False
    answer = of(part.report).answer(part.key)
    return answer is not None and similarity(part.text, answer.text) >= NEARLY_THE_SAME
