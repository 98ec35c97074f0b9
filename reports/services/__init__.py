"""Everything that people do to reports: writing, sending, deciding, publishing.

Every function is one transaction, takes who (`by`) and when (`now`), and raises PermissionDenied or an
exception whose words are for the user.
"""

from reports.services.accepting import accept_several
from reports.services.calling import note_call
from reports.services.carrying import start_from_last_year
from reports.services.consolidating import (
    add_paragraph,
    add_to_paragraph,
    drop_stale,
    join_with_previous,
    merge_sources,
    move_paragraph,
    ordered_paragraphs,
    release_source,
    remove_paragraph,
    save_consolidation_part,
    see_sources,
    set_aside,
    split_paragraph,
    stale_seen,
    take_over,
    take_over_all,
    unused_seen,
)
from reports.services.cycles import (
    CycleChangeRefused,
    Dates,
    change_cycle,
    change_milestones,
    close_cycle,
    contradictions,
    correct_day,
    reopen_cycle,
    why_not_close,
)
from reports.services.deciding import accept_report, reopen_report, return_report, take_report
from reports.services.evidence import add_evidence, receive_piece, remove_evidence, start_upload
from reports.services.excusing import end_excuse, excuse_report
from reports.services.extending import (
    ask_extension,
    due_at_now,
    extend_many,
    grant_extension,
    refuse_extension,
    why_not_ask,
    why_not_extend,
    why_not_grant,
)
from reports.services.figures import save_figures
from reports.services.guidance import restore_guidance, save_guidance
from reports.services.nothing import (
    answered_parts,
    clear_nothing_to_report,
    declare_nothing,
    mark_nothing_to_report,
    revoke_nothing,
)
from reports.services.notices import choose_topics, mark_read
from reports.services.paper import declare_signed_copy, save_implementation_plan
from reports.services.pausing import pause_reminders, resume_reminders
from reports.services.previewing import Preview, preview, reports_to_preview, with_correction
from reports.services.printing import chat_text, letter_content, letter_wording, print_letter, print_proof
from reports.services.proposing import (
    ALREADY_PROPOSED,
    NOT_PROPOSED,
    content_seen,
    content_to_propose,
    frame_seen,
    propose,
    remaining_words,
    save_frame,
    send_back,
    why_not_to_propose,
    withdraw_proposal,
)
from reports.services.publishing import keep_signed_report, publish_consolidated_report, record_number
from reports.services.roll_call import (
    RollCallRefused,
    answer_roll_call,
    call_roll,
    last_roll_call,
    may_answer,
    people_to_ask,
    sample_roll_call,
    why_not_to_call,
)
from reports.services.sending import enter_report, send_down, send_up, submit_report, withdraw_report
from reports.services.setting_up import send_test_mail
from reports.services.threads import answer_thread, open_thread, resolve_thread
from reports.services.urging import planned_urgings, sample_letters, urge
from reports.services.writing import SaveConflict, save_part

__all__ = [
    "ALREADY_PROPOSED",
    "NOT_PROPOSED",
    "CycleChangeRefused",
    "Dates",
    "Preview",
    "RollCallRefused",
    "SaveConflict",
    "accept_report",
    "accept_several",
    "add_evidence",
    "add_paragraph",
    "add_to_paragraph",
    "answer_roll_call",
    "answer_thread",
    "answered_parts",
    "ask_extension",
    "call_roll",
    "change_cycle",
    "change_milestones",
    "chat_text",
    "choose_topics",
    "clear_nothing_to_report",
    "close_cycle",
    "content_seen",
    "content_to_propose",
    "contradictions",
    "correct_day",
    "declare_nothing",
    "declare_signed_copy",
    "drop_stale",
    "due_at_now",
    "end_excuse",
    "enter_report",
    "excuse_report",
    "extend_many",
    "frame_seen",
    "grant_extension",
    "join_with_previous",
    "keep_signed_report",
    "last_roll_call",
    "letter_content",
    "letter_wording",
    "mark_nothing_to_report",
    "mark_read",
    "may_answer",
    "merge_sources",
    "move_paragraph",
    "note_call",
    "open_thread",
    "ordered_paragraphs",
    "pause_reminders",
    "people_to_ask",
    "planned_urgings",
    "preview",
    "print_letter",
    "print_proof",
    "propose",
    "publish_consolidated_report",
    "receive_piece",
    "record_number",
    "refuse_extension",
    "release_source",
    "remaining_words",
    "remove_evidence",
    "remove_paragraph",
    "reopen_cycle",
    "reopen_report",
    "reports_to_preview",
    "resolve_thread",
    "restore_guidance",
    "resume_reminders",
    "return_report",
    "revoke_nothing",
    "sample_letters",
    "sample_roll_call",
    "save_consolidation_part",
    "save_figures",
    "save_frame",
    "save_guidance",
    "save_implementation_plan",
    "save_part",
    "see_sources",
    "send_back",
    "send_down",
    "send_test_mail",
    "send_up",
    "set_aside",
    "split_paragraph",
    "stale_seen",
    "start_from_last_year",
    "start_upload",
    "submit_report",
    "take_over",
    "take_over_all",
    "take_report",
    "unused_seen",
    "urge",
    "why_not_ask",
    "why_not_close",
    "why_not_extend",
    "why_not_grant",
    "why_not_to_call",
    "why_not_to_propose",
    "with_correction",
    "withdraw_proposal",
    "withdraw_report",
]
