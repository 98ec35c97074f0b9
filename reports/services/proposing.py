"""The merged report on its way to the head of the focal agency: proposed, withdrawn, sent back."""

import datetime
from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from assignments.models import Agency, Role, User
from reports import access, consolidation, snapshots
from reports.consolidation.sources import PartSources, gather, overview
from reports.models import ConsolidatedParagraph, Consolidation, ConsolidationEvent, Mail, ReportingCycle
from reports.services.telling import tell
from reports.workflow import TransitionRefused

Event = ConsolidationEvent.Kind

NOTHING_ACCEPTED = "Chưa có báo cáo nào được chấp nhận nên chưa thể trình báo cáo tổng hợp."
NOTHING_WRITTEN = "Bản tổng hợp chưa có đoạn nào. Hãy đưa nội dung của các đơn vị vào các phần rồi trình lại."
NO_CHANGES_SAID = "Hãy ghi phiên bản này thay đổi những gì so với phiên bản đã ban hành, rồi trình lại."
STALE_SOURCES = "Bản tổng hợp còn dẫn nội dung không còn trong báo cáo nào được chấp nhận"
STALE_WAY_OUT = (
    "Hãy bỏ đoạn hoặc bỏ nguồn cũ ở các phần này, hoặc chờ báo cáo của đơn vị được chấp nhận lại, rồi trình."
)
CHANGED_SINCE_SEEN = (
    "Bản tổng hợp đã thay đổi sau khi bạn mở trang nên chưa trình. "
    "Hãy xem lại tình trạng mới dưới đây rồi xác nhận lại."
)
ALREADY_PROPOSED = "Báo cáo tổng hợp đã được trình lãnh đạo trước đó."
NOT_PROPOSED = "Báo cáo tổng hợp không ở trạng thái chờ phê duyệt. Hãy tải lại trang để xem tình trạng mới nhất."


def content_to_propose(draft: Consolidation, *, by: User, now: datetime.datetime) -> dict:
    """Return the next version as it would be proposed now; who signs it is known when it is published."""
    version = draft.cycle.consolidated_reports.count() + 1
    return consolidation.consolidated_report(draft.cycle, signer=by, version=version, now=now)


def content_seen(content: dict) -> str:
    """Return by what a page remembers the content that it showed for proposing.

    Without what moves although neither the officers' text nor an accepted report does: who begins to write, whose
    deadline passes, whose report arrives.
    """
    return snapshots.fingerprint({k: v for k, v in content.items() if k not in ("matrix", "reporting", "years")})


def why_not_to_propose(draft: Consolidation) -> str:
    """Return what keeps the merged report from being proposed, in words; empty where nothing does.

    A year in which every accepted report says that nothing happened can be proposed without a paragraph. Words that
    no accepted report says any more are not proposed as that agency's.
    """
    cycle = draft.cycle
    gathered = gather(draft)
    if not gathered.merged:
        return NOTHING_ACCEPTED
    is_written = ConsolidatedParagraph.objects.filter(part__consolidation=draft).exclude(text="").exists()
    if not is_written and not all(one.content.get("nothing") for one in gathered.merged):
        return NOTHING_WRITTEN
    if stale := _stale_words(gathered.parts.values()):
        return f"{STALE_SOURCES}: {stale}. {STALE_WAY_OUT}"
    if cycle.consolidated_reports.exists() and not draft.changes:
        return NO_CHANGES_SAID
    return ""


def _stale_words(parts: Iterable[PartSources]) -> str:
    """Return which parts cite what no accepted report says any more, and whose words those were."""
    return "; ".join(
        f"{part.part.title} ({', '.join(dict.fromkeys(row.report.issuer_name for row in part.stale))})"
        for part in parts
        if part.stale
    )


def remaining_words(parts: Iterable[dict[str, int]]) -> str:
    """Return what the officers have not decided on yet, or have to look at again; empty where that is nothing.

    `parts` are the counts of the merged report's parts, as `sources.overview` has them.
    """
    counts = Counter[str]()
    for part in parts:
        counts.update(part)
    unused, new, stale = counts["unused"], counts["new"], counts["stale"]
    words = []
    if unused:
        words.append(f"{unused} đoạn của các đơn vị chưa dùng" + (f" (trong đó {new} đoạn mới)" if new else ""))
    if stale:
        words.append(f"{stale} nguồn không còn trong báo cáo được chấp nhận")
    return ", ".join(words)


@transaction.atomic
def save_frame(draft: Consolidation, *, by: User, recipients: list[str], changes: str, seen: str) -> None:
    """Write down whom the merged report goes to and what the next version changes.

    `seen` is `frame_seen` of what the writer's page showed: nobody overwrites what they have not seen. Raises
    TransitionRefused where somebody did, and while the report is proposed.
    """
    cycle = lock_merged_report(draft)
    access.check_is_officer(by, cycle)
    if draft.is_proposed:
        raise TransitionRefused(ALREADY_PROPOSED)
    if seen != frame_seen(draft):
        raise TransitionRefused("Người khác vừa sửa nội dung này. Hãy xem lại rồi ghi lại.")
    draft.recipients, draft.changes = recipients, changes
    draft.save(update_fields=["recipients", "changes"])


def frame_seen(draft: Consolidation) -> str:
    """Return by what a page remembers which recipients and which changes it showed."""
    return snapshots.fingerprint({"recipients": draft.recipients, "changes": draft.changes})


@transaction.atomic
def propose(draft: Consolidation, *, by: User, now: datetime.datetime, seen: str | None = None) -> ConsolidationEvent:
    """Propose the merged report to the focal agency's heads, who are told by mail; its parts are locked.

    What it says now is what the head approves; what is not used yet is kept in the event, for the head to know.
    `seen` is `content_seen` of what the officer has checked.
    Raises TransitionRefused where that is no longer what it says, and where there is nothing to propose.
    """
    cycle = lock_merged_report(draft)
    access.check_is_officer(by, cycle)
    if draft.is_proposed:
        raise TransitionRefused(ALREADY_PROPOSED)
    if refusal := why_not_to_propose(draft):
        raise TransitionRefused(refusal)
    content = content_to_propose(draft, by=by, now=now)
    if seen is not None and seen != content_seen(content):
        raise TransitionRefused(CHANGED_SINCE_SEEN)
    draft.status, draft.proposed_content = Consolidation.Status.PROPOSED, snapshots.canonical(content)
    draft.save(update_fields=["status", "proposed_content"])
    remaining = remaining_words(counts for _, counts in overview(draft))
    event = draft.events.create(
        kind=Event.PROPOSED, at=now, by=by, reason=f"Khi trình còn {remaining}." if remaining else ""
    )
    heads = access.people_of(focal_agency_of(cycle), Role.HEAD)
    tell(Mail.Kind.CONSOLIDATION_PROPOSED, [head for head in heads if head != by], event)
    return event


@transaction.atomic
def withdraw_proposal(draft: Consolidation, *, by: User, now: datetime.datetime) -> ConsolidationEvent:
    """Take the proposal back: the officers write on."""
    cycle = lock_merged_report(draft)
    access.check_is_officer(by, cycle)
    return _reopen(draft, Event.WITHDRAWN, by=by, now=now)


@transaction.atomic
def send_back(draft: Consolidation, *, by: User, now: datetime.datetime, reason: str) -> ConsolidationEvent:
    """Give the proposal back unapproved, with the reason; the officers are told by mail and write on."""
    cycle = lock_merged_report(draft)
    access.check_may_publish(by, cycle)
    if not reason.strip():
        raise TransitionRefused("Hãy ghi rõ lý do.")
    event = _reopen(draft, Event.SENT_BACK, by=by, now=now, reason=reason.strip())
    officers = access.officers_of(focal_agency_of(cycle))
    tell(Mail.Kind.CONSOLIDATION_SENT_BACK, [o for o in officers if o != by], event)
    return event


def back_to_draft(draft: Consolidation) -> None:
    """Let the officers write on."""
    draft.status, draft.proposed_content, draft.outdated_at = Consolidation.Status.DRAFT, "", None
    draft.save(update_fields=["status", "proposed_content", "outdated_at", "changes"])


def _reopen(
    draft: Consolidation, kind: ConsolidationEvent.Kind, *, by: User, now: datetime.datetime, reason: str = ""
) -> ConsolidationEvent:
    if not draft.is_proposed:
        raise TransitionRefused(NOT_PROPOSED)
    back_to_draft(draft)
    return draft.events.create(kind=kind, at=now, by=by, reason=reason)


def lock_merged_report(draft: Consolidation) -> ReportingCycle:
    """Lock the year and its merged report, and read again what that is; every save of its parts locks it too.

    In this order: no report moves meanwhile.
    """
    cycle = ReportingCycle.objects.select_for_update(no_key=True).get(pk=draft.cycle_id)
    draft.refresh_from_db(from_queryset=Consolidation.objects.select_for_update(no_key=True))
    draft.cycle = cycle
    return cycle


def focal_agency_of(cycle: ReportingCycle) -> Agency:
    """Return the agency that merges the reports: who proposes and who publishes are its people."""
    focal = cycle.plan.focal_agency
    assert focal is not None
    return focal
