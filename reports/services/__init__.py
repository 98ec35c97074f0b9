"""Everything that people do to reports: writing, sending, deciding, publishing.

Every function is one transaction, takes who (`by`) and when (`now`), and raises PermissionDenied or an
exception whose words are for the user.
"""

from reports.services.carrying import start_from_last_year
from reports.services.deciding import accept_report, reopen_report, return_report, take_report
from reports.services.evidence import add_evidence, receive_piece, remove_evidence, start_upload
from reports.services.figures import save_figures
from reports.services.guidance import restore_guidance, save_guidance
from reports.services.nothing import (
    answered_parts,
    clear_nothing_to_report,
    declare_nothing,
    mark_nothing_to_report,
    revoke_nothing,
)
from reports.services.paper import declare_signed_copy, save_implementation_plan
from reports.services.publishing import publish_consolidated_report
from reports.services.sending import enter_report, send_down, send_up, submit_report, withdraw_report
from reports.services.writing import SaveConflict, save_part

__all__ = [
    "SaveConflict",
    "accept_report",
    "add_evidence",
    "answered_parts",
    "clear_nothing_to_report",
    "declare_nothing",
    "declare_signed_copy",
    "enter_report",
    "mark_nothing_to_report",
    "publish_consolidated_report",
    "receive_piece",
    "remove_evidence",
    "reopen_report",
    "restore_guidance",
    "return_report",
    "revoke_nothing",
    "save_figures",
    "save_guidance",
    "save_implementation_plan",
    "save_part",
    "send_down",
    "send_up",
    "start_from_last_year",
    "start_upload",
    "submit_report",
    "take_report",
    "withdraw_report",
]
