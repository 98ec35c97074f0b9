"""What a merged report proposes, and whether the People's Committee is asked to decide any of it."""

from typing import Any

PROPOSALS = "kien-nghi"


def proposals_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the paragraphs of the proposals; `content` is a merged report's snapshot of any schema."""
    return [
        paragraph for part in content["parts"] if part["key"] == PROPOSALS for paragraph in part.get("paragraphs", ())
    ]


def unmarked_proposals(content: dict[str, Any]) -> int:
    """Return how many proposals there are where none asks for a decision; 0 where one does."""
    proposals = proposals_of(content)
    return 0 if any(proposal.get("for_decision") for proposal in proposals) else len(proposals)
