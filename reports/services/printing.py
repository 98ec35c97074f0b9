"""Putting on paper what officers take out of the portal: the urging letter, the list that proves the reminders."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from assignments.models import User
from reports import access, deadlines, snapshots, tasks
from reports.documents import orders
from reports.documents.frame import issuer_in_province, plan_citation
from reports.documents.wording import day_of_issue
from reports.models import Printout, ReportingCycle
from reports.proof import Entry
from reports.standing import Standing

# A table of a thousand rows is some sixty pages; whatever is more goes out as an Excel file.
MOST_PROOF_ROWS = 1_000
DRAFTING_UNIT = "BĐG"
DAYS_GIVEN = 7
MOMENT = "%H:%M %d/%m/%Y"


def letter_wording(cycle: ReportingCycle, *, by: User, now: datetime.datetime) -> dict[str, Any]:
    """Return the words that an urging letter begins with; unit, recipients and who signs are the last letter's."""
    head = _head(cycle, by)
    plan, focal = head["plan"], head["agency"]["name"]
    before = deadlines.day_of(cycle.due_at)
    last = cycle.printouts.filter(kind=Printout.Kind.URGING_LETTER).last()
    kept = last.snapshot if last else {}
    contact = f"{by.full_name}, điện thoại {by.telephone}" if by.telephone else by.full_name
    return {
        "subject": f"đôn đốc gửi báo cáo kết quả thực hiện Kế hoạch số {plan['number']} năm {cycle.year}",
        "opening": (
            f"Thực hiện {plan_citation(plan)}, các cơ quan, đơn vị gửi báo cáo kết quả thực hiện năm {cycle.year}"
            f" về {focal} trước {day_of_issue(0, before)} để tổng hợp, báo cáo {issuer_in_province(plan)}."
            f" Đến {day_of_issue(0, deadlines.day_of(now))}, {focal}"
            " chưa nhận được báo cáo của các cơ quan, đơn vị sau:"
        ),
        "request": (
            f"{focal} đề nghị các cơ quan, đơn vị nêu trên nghiêm túc thực hiện chế độ báo cáo theo Kế hoạch,"
            f" khẩn trương hoàn thành và gửi báo cáo tại địa chỉ {settings.SITE_URL}"
        ),
        "invitation": "quan tâm, phối hợp gửi báo cáo để có đủ căn cứ tổng hợp chung",
        "closing": f"Trong quá trình thực hiện, nếu có vướng mắc, đề nghị liên hệ {contact}",
        "report_by": deadlines.day_of(now) + datetime.timedelta(days=DAYS_GIVEN),
        "recipients": kept.get("recipients") or ["Như trên", f"{issuer_in_province(plan)} (để báo cáo)", "Lưu: VT"],
        "unit": kept.get("unit", DRAFTING_UNIT),
        **_signer(kept.get("signer") or _expected_signer(cycle)),
    }


def _expected_signer(cycle: ReportingCycle) -> dict[str, Any]:
    """Return the focal agency's head where it has one alone; nobody where it has none, or several."""
    focal = cycle.plan.focal_agency
    assert focal is not None  # an officer is one of its people
    heads = list(access.heads_of(focal).select_related("user"))
    if len(heads) == 1:
        return snapshots.signer_of(focal, heads[0].user)
    return {"lines": focal.signer_lines, "name": ""}


def _signer(signer: dict[str, Any]) -> dict[str, Any]:
    return {"signer_lines": signer["lines"], "signer_name": signer["name"]}


def letter_content(
    cycle: ReportingCycle, chosen: Sequence[Standing], wording: dict[str, Any], *, by: User
) -> dict[str, Any]:
    """Return everything that an urging letter prints: the agencies chosen, when each was due and how late it is."""
    words = {name: said for name, said in wording.items() if name not in ("signer_lines", "signer_name")}
    return {
        **_head(cycle, by),
        **words,
        "signer": {"lines": wording["signer_lines"], "name": wording["signer_name"]},
        "report_by": wording["report_by"].isoformat(),
        "rows": [
            {
                "agency": row.report.issuer_name,
                "is_invited": row.report.is_invited,
                "last_day": f"{row.last_day:%d/%m/%Y}",
                "state": _lateness(row),
            }
            for row in chosen
        ],
    }


def _lateness(row: Standing) -> str:
    returned = "Trả lại để bổ sung, " if row.report.returned_at else ""
    if not row.is_overdue:
        return f"{returned}{row.days_words}".capitalize()
    days = -deadlines.days_left(row.due_at, row.now)
    return f"{returned}chậm {days} ngày".capitalize()


def chat_text(cycle: ReportingCycle, chosen: Sequence[Standing], *, until: datetime.date, by: User) -> str:
    """Return a short text to paste into a chat group: who is missing, until when, where, whom to call."""
    late = "; ".join(f"{row.report.issuer_name} ({_lateness(row).lower()})" for row in chosen)
    ask = f"{by.full_name}, {by.telephone}" if by.telephone else by.full_name
    address = settings.SITE_URL + reverse("home")
    return (
        f"Báo cáo năm {cycle.year} thực hiện Kế hoạch {cycle.plan.number}: còn {len(chosen)} cơ quan chưa gửi:"
        f" {late}.\n"
        f"Đề nghị gửi chậm nhất ngày {until:%d/%m/%Y} tại {address}\n"
        f"Cần hỗ trợ: {ask}."
    )


@transaction.atomic
def print_letter(cycle: ReportingCycle, content: dict[str, Any], *, by: User, now: datetime.datetime) -> Printout:
    """Freeze an urging letter and order its files; the same words again are the same letter."""
    access.check_is_officer(by, cycle)
    return _printed(cycle, Printout.Kind.URGING_LETTER, content, by, now)


@transaction.atomic
def print_proof(
    cycle: ReportingCycle, entries: Sequence[Entry], *, chosen: str, by: User, now: datetime.datetime
) -> Printout:
    """Freeze the list that proves the reminders, oldest first, and order its PDF."""
    access.check_reads_every_agency(by, cycle.plan)
    focal = cycle.plan.focal_agency
    assert focal is not None  # who asks is one of its people
    shown = entries[:MOST_PROOF_ROWS]
    content = {
        **snapshots.head("proof", cycle, focal, by),
        "at": f"{now.astimezone(deadlines.VIETNAM):{MOMENT}}",
        "chosen": chosen,
        "rows": [_row(entry) for entry in shown],
        "left_out": len(entries) - len(shown),
    }
    return _printed(cycle, Printout.Kind.PROOF, content, by, now)


def _row(entry: Entry) -> dict[str, str]:
    done_at = entry.done_at if entry.done_at and entry.done_at != entry.at else None
    return {
        "agency": entry.agency,
        "what": entry.what,
        "at": f"{entry.at.astimezone(deadlines.VIETNAM):{MOMENT}}",
        "name": entry.name,
        "address": entry.address,
        "state": entry.state.value,
        "done_at": f"{done_at.astimezone(deadlines.VIETNAM):{MOMENT}}" if done_at else "",
        "answer": entry.answer,
        "why": entry.why,
        "by": entry.by,
    }


def _head(cycle: ReportingCycle, by: User) -> dict[str, Any]:
    focal = cycle.plan.focal_agency
    assert focal is not None  # an officer is one of its people
    return snapshots.head("urging_letter", cycle, focal, by)


def _printed(
    cycle: ReportingCycle, kind: Printout.Kind, content: dict[str, Any], by: User, now: datetime.datetime
) -> Printout:
    canonical = snapshots.canonical(content)
    printout, _ = Printout.objects.get_or_create(
        cycle=cycle,
        kind=kind,
        sha256=snapshots.sha256(canonical),
        defaults={"content": canonical, "made_at": now, "made_by": by},
    )
    orders.order(printout, now=now)
    tasks.make_documents.delay_on_commit()
    return printout
