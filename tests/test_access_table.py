"""Who gets which answer at every address: a hand-written table of route x role x method.

A route that is missing here fails the suite. The stage: Sở Y tế's report was submitted by its head and accepted
by an officer, and the merged report is published once.
"""

import datetime
import hashlib
import io
import re
from copy import deepcopy

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from assignments.models import Membership
from reports import deadlines, roll_calls, services
from reports.models import (
    ConsolidatedReport,
    Evidence,
    Printout,
    RollCallEntry,
    SignedConsolidatedReport,
    SignedCopy,
    Thread,
)
from tests import factories, sample_files

ROLES = (
    "anonymous",
    "clerk",
    "head",
    "other_agency_clerk",
    "officer",
    "focal_head",
    "budget_officer",
    "leader",
    "administrator",
)

PLAN = ("96-kh-ubnd-2018",)
CYCLE = (*PLAN, 2026)
REPORT = (*CYCLE, "so-y-te")
SUBMISSION = (*REPORT, 1)
VERSION = (*CYCLE, 1)
PRINTOUT = (*CYCLE, "PRINTOUT")
MERGED_PART = (*CYCLE, "chi-dao")
AGENCY = ("so-y-te",)
MEMBER = (*AGENCY, "MEMBERSHIP")
TASK = (*REPORT, "noi-dung-1", "ND-1.1")
PDF = sample_files.pdf()

# 200 page, 302 redirect, 403 known but not allowed, 404 not to be known of, 405 wrong method.
# Anonymous people are sent to the sign-in page (302) from everywhere but the few public addresses.
#                            anon clerk head other offic fhead budg  lead  admin
TABLE = {
    # anyone
    "health_live": ((), """   200  200  200  200  200  200  200  200  200
                              200  200  200  200  200  200  200  200  200"""),
    "health_ready": ((), """  200  200  200  200  200  200  200  200  200
                              200  200  200  200  200  200  200  200  200"""),
    # Without a HEALTH_TOKEN it does not exist; who shows one need not be signed in.
    "health_status": ((), """ 404  404  404  404  404  404  404  404  404
                              404  404  404  404  404  404  404  404  404"""),
    "account_login": ((), """ 200  302  302  302  302  302  302  302  302
                              200  302  302  302  302  302  302  302  302"""),
    "account_sign_in_again": ((), """
                              200  200  200  200  200  200  200  200  200
                              200  200  200  200  200  200  200  200  200"""),
    "account_logout": ((), """302  200  200  200  200  200  200  200  200
                              302  302  302  302  302  302  302  302  302"""),
    "account_signup": ((), """200  302  302  302  302  302  302  302  302
                              200  302  302  302  302  302  302  302  302"""),
    "account_inactive": ((), """
                              200  200  200  200  200  200  200  200  200
                              405  405  405  405  405  405  405  405  405"""),
    "account_reauthenticate": ((), """
                              302  200  200  200  200  200  200  200  200
                              302  200  200  200  200  200  200  200  200"""),
    "account_change_password": ((), """
                              302  200  200  200  200  200  200  200  200
                              302  200  200  200  200  200  200  200  200"""),
    "account_reset_password": ((), """
                              200  200  200  200  200  200  200  200  200
                              200  200  200  200  200  200  200  200  200"""),
    "account_reset_password_done": ((), """
                              200  200  200  200  200  200  200  200  200
                              405  405  405  405  405  405  405  405  405"""),
    "account_reset_password_from_key": (("1", "no-such-key"), """
                              200  200  200  200  200  200  200  200  200
                              200  200  200  200  200  200  200  200  200"""),
    "account_reset_password_from_key_done": ((), """
                              200  200  200  200  200  200  200  200  200
                              405  405  405  405  405  405  405  405  405"""),
    "first_administrator": (("no-such-token",), """
                              404  404  404  404  404  404  404  404  404
                              404  404  404  404  404  404  404  404  404"""),
    "verify_code": ((), """   200  200  200  200  200  200  200  200  200
                              405  405  405  405  405  405  405  405  405"""),
    "verify": (("CODE",), """ 200  200  200  200  200  200  200  200  200
                              405  405  405  405  405  405  405  405  405"""),
    "roll_call_answer": (("ROLL_CALL",), """
                              200  200  200  200  200  200  200  200  200
                              200  200  200  200  200  200  200  200  200"""),
    # everyone signed in
    "home": ((), """          302  200  200  200  302  200  302  302  200
                              302  405  405  405  405  405  405  405  405"""),
    "plan": (PLAN, """        302  200  200  200  200  200  200  200  200
                              302  405  405  405  405  405  405  405  405"""),
    "plan_text": (PLAN, """   302  200  200  200  200  200  200  200  200
                              302  405  405  405  405  405  405  405  405"""),
    "plan_search": (PLAN, """ 302  200  200  200  200  200  200  200  200
                              302  405  405  405  405  405  405  405  405"""),
    # one's own mails
    "notices": ((), """       302  200  200  200  200  200  200  200  200
                              302  405  405  405  405  405  405  405  405"""),
    "read_notices": ((), """  302  405  405  405  405  405  405  405  405
                              302  302  302  302  302  302  302  302  302"""),
    "choose_topics": ((), """ 302  405  405  405  405  405  405  405  405
                              302  302  302  302  302  302  302  302  302"""),
    # an agency's people
    "agencies": ((), """      302  403  403  403  403  403  403  403  200
                              302  405  405  405  405  405  405  405  405"""),
    "agency_people": (AGENCY, """
                              302  200  200  404  404  404  404  404  200
                              302  405  405  405  405  405  405  405  405"""),
    "invite": (AGENCY, """    302  405  405  405  405  405  405  405  405
                              302  403  200  404  404  404  404  404  200"""),
    "invite_again": (MEMBER, """
                              302  405  405  405  405  405  405  405  405
                              302  403  302  404  404  404  404  404  302"""),
    "stand_in": (AGENCY, """  302  405  405  405  405  405  405  405  405
                              302  403  200  404  404  404  404  404  200"""),
    "hand_over": (AGENCY, """ 302  403  200  404  404  404  404  404  200
                              302  403  200  404  404  404  404  404  200"""),
    "end_membership": (MEMBER, """
                              302  405  405  405  405  405  405  405  405
                              302  403  200  404  404  404  404  404  200"""),
    # the users' guides
    "guides": ((), """         302  200  200  200  200  200  200  200  200
                              302  405  405  405  405  405  405  405  405"""),
    "guide": (("quan-tri",), """
                              302  200  200  200  200  200  200  200  200
                              302  405  405  405  405  405  405  405  405"""),
    "guide_image": (("thiet-lap.png",), """
                              302  200  200  200  200  200  200  200  200
                              302  405  405  405  405  405  405  405  405"""),
    # setting up: the administrator's
    "setup": ((), """
                              302  403  403  403  403  403  403  403  200
                              302  405  405  405  405  405  405  405  405"""),
    "agencies_xlsx": ((), """
                              302  403  403  403  403  403  403  403  200
                              302  405  405  405  405  405  405  405  405"""),
    "people_xlsx": ((), """
                              302  403  403  403  403  403  403  403  200
                              302  405  405  405  405  405  405  405  405"""),
    "paste_agencies": ((), """
                              302  403  403  403  403  403  403  403  200
                              302  403  403  403  403  403  403  403  200"""),
    "save_pasted_agencies": ((), """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  403  403  403  403  403  200"""),
    "paste_people": ((), """
                              302  403  403  403  403  403  403  403  200
                              302  403  403  403  403  403  403  403  200"""),
    "save_pasted_people": ((), """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  403  403  403  403  403  200"""),
    "invite_everybody": ((), """
                              302  403  403  403  403  403  403  403  200
                              302  405  405  405  405  405  405  405  405"""),
    "send_invitations": ((), """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  403  403  403  403  403  200"""),
    "letterheads": ((), """
                              302  403  403  403  403  403  403  403  200
                              302  405  405  405  405  405  405  405  405"""),
    "letterhead": (AGENCY, """
                              302  403  403  403  403  403  403  403  200
                              302  403  403  403  403  403  403  403  200"""),
    "letterhead_preview": (AGENCY, """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  403  403  403  403  403  200"""),
    "plan_file": ((), """
                              302  403  403  403  403  403  403  403  200
                              302  403  403  403  403  403  403  403  200"""),
    "load_plan_file": ((), """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  403  403  403  403  403  302"""),
    "mail_test": ((), """
                              302  403  403  403  403  403  403  403  200
                              302  403  403  403  403  403  403  403  200"""),
    # one's own agencies' reports of all years
    "search": ((), """        302  200  200  200  403  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    # the year
    "cycle": (CYCLE, """      302  403  403  403  200  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "cycle_xlsx": (CYCLE, """ 302  403  403  403  200  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "urge": (CYCLE, """       302  403  403  403  200  403  403  403  403
                              302  403  403  403  302  403  403  403  403"""),
    "roll_call": (CYCLE, """  302  403  403  403  200  403  403  403  403
                              302  403  403  403  302  403  403  403  403"""),
    "urging_letter": (CYCLE, """
                              302  403  403  403  200  403  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    "print_proof": (CYCLE, """302  405  405  405  405  405  405  405  405
                              302  403  403  403  302  302  403  403  403"""),
    "printout": (PRINTOUT, """302  403  403  403  200  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "printout_document": (PRINTOUT, """
                              302  403  403  403  200  200  403  403  403
                              302  403  403  403  302  302  403  403  403"""),
    "printout_pdf": ((*PRINTOUT, "PRINTOUT_FILE"), """
                              302  403  403  403  202  202  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "printout_docx": ((*PRINTOUT, "PRINTOUT_FILE"), """
                              302  403  403  403  202  202  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "proof": (CYCLE, """      302  403  403  403  200  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "proof_xlsx": (CYCLE, """ 302  403  403  403  200  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "reminding": (CYCLE, """  302  403  403  403  200  403  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "rehearse": (CYCLE, """   302  403  403  403  200  403  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "pause_reminders": (CYCLE, """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  403  422  403  403  403  403"""),
    "resume_reminders": (CYCLE, """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  403  302  403  403  403  403"""),
    "queue": (CYCLE, """      302  403  403  403  200  403  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "accept_several": (CYCLE, """
                              302  403  403  403  302  403  403  403  403
                              302  403  403  403  302  403  403  403  403"""),
    "open_cycle": (CYCLE, """ 302  405  405  405  405  405  405  405  405
                              302  403  403  403  302  403  403  403  403"""),
    # its dates, milestones, days off and end; more time for its reports
    "cycle_settings": (CYCLE, """
                              302  403  403  403  200  403  403  403  200
                              302  405  405  405  405  405  405  405  405"""),
    "change_dates": (CYCLE, """
                              302  403  403  403  200  403  403  403  200
                              302  403  403  403  200  403  403  403  200"""),
    "change_milestones": (CYCLE, """
                              302  403  403  403  200  403  403  403  200
                              302  403  403  403  200  403  403  403  200"""),
    "correct_day": (CYCLE, """
                              302  403  403  403  200  403  403  403  200
                              302  403  403  403  200  403  403  403  200"""),
    "close_cycle": (CYCLE, """
                              302  403  403  403  200  403  403  403  200
                              302  403  403  403  200  403  403  403  200"""),
    "reopen_cycle": (CYCLE, """
                              302  403  403  403  200  403  403  403  200
                              302  403  403  403  200  403  403  403  200"""),
    "extensions": (CYCLE, """
                              302  403  403  403  200  403  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "extend_many": (CYCLE, """
                              302  403  403  403  200  403  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    "summary": (CYCLE, """    302  403  403  403  200  200  403  200  403
                              302  405  405  405  405  405  405  405  405"""),
    "indicators": (CYCLE, """ 302  403  403  403  200  403  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "add_table": (CYCLE, """  302  403  403  403  200  403  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    "edit_table": ((*CYCLE, "B3"), """
                              302  403  403  403  200  403  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    "add_indicator": ((*CYCLE, "B3"), """
                              302  403  403  403  200  403  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    "edit_indicator": ((*CYCLE, "B3.1"), """
                              302  403  403  403  200  403  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    "add_to_reports": (CYCLE, """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  403  302  403  403  403  403"""),
    "guidance": (CYCLE, """   302  403  403  403  200  403  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "edit_guidance": ((*CYCLE, "chi-dao"), """
                              302  403  403  403  200  403  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    "restore_guidance": ((*CYCLE, "chi-dao"), """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  403  302  403  403  403  403"""),
    "funding": (CYCLE, """    302  403  403  403  200  200  200  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "consolidated": (CYCLE, """
                              302  200  200  200  200  200  200  200  403
                              302  405  405  405  405  405  405  405  405"""),
    "consolidated_preview": (CYCLE, """
                              302  403  403  403  200  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "consolidated_changes": (CYCLE, """
                              302  403  403  403  200  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "consolidated_frame": (CYCLE, """
                              302  403  403  403  200  403  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    "take_over_all": (CYCLE, """
                              302  403  403  403  200  403  403  403  403
                              302  403  403  403  302  403  403  403  403"""),
    "drop_stale": (CYCLE, """
                              302  403  403  403  200  403  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    "propose": (CYCLE, """    302  403  403  403  200  403  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    # once published, nothing is proposed
    "withdraw_proposal": (CYCLE, """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  403  302  403  403  403  403"""),
    "send_back": (CYCLE, """  302  405  405  405  405  405  405  405  405
                              302  403  403  403  403  302  403  403  403"""),
    "publish": (CYCLE, """    302  405  405  405  405  405  405  405  405
                              302  403  403  403  403  302  403  403  403"""),
    "signed_report": (VERSION, """
                              302  403  403  403  200  200  403  403  403
                              302  403  403  403  200  200  403  403  403"""),
    "signed_report_file": ((*VERSION, "SIGNED"), """
                              302  200  200  200  200  200  200  200  403
                              302  405  405  405  405  405  405  405  405"""),
    "consolidation_part": (MERGED_PART, """
                              302  403  403  403  200  200  403  403  403
                              302  403  403  403  200  403  403  403  403"""),
    "consolidation_part_copy": (MERGED_PART, """
                              302  403  403  403  200  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "consolidation_part_text": ((*MERGED_PART, "chi-dao"), """
                              302  403  403  403  200  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "consolidated_document": (VERSION, """
                              302  200  200  200  200  200  200  200  403
                              302  302  302  302  302  302  302  302  403"""),
    "consolidated_pdf": ((*VERSION, "bao-cao-tong-hop-2026"), """
                              302  202  202  202  202  202  202  202  403
                              302  405  405  405  405  405  405  405  405"""),
    "consolidated_docx": ((*VERSION, "bao-cao-tong-hop-2026"), """
                              302  202  202  202  202  202  202  202  403
                              302  405  405  405  405  405  405  405  405"""),
    "consolidated_xlsx": ((*VERSION, "bao-cao-tong-hop-2026"), """
                              302  202  202  202  202  202  202  202  403
                              302  405  405  405  405  405  405  405  405"""),
    "brief_pdf": ((*VERSION, "ban-tom-tat-2026"), """
                              302  202  202  202  202  202  202  202  403
                              302  405  405  405  405  405  405  405  405"""),
    "brief_docx": ((*VERSION, "ban-tom-tat-2026"), """
                              302  202  202  202  202  202  202  202  403
                              302  405  405  405  405  405  405  405  405"""),
    "brief_xlsx": ((*VERSION, "ban-tom-tat-2026"), """
                              302  202  202  202  202  202  202  202  403
                              302  405  405  405  405  405  405  405  405"""),
    "year_package": (CYCLE, """
                              302  403  403  403  200  200  403  403  403
                              302  403  403  403  200  200  403  403  403"""),
    # what one agency was sent and told, and a call noted
    "report_proof": (REPORT, """
                              302  200  200  404  200  200  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "report_proof_xlsx": (REPORT, """
                              302  200  200  404  200  200  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "call": (REPORT, """      302  403  403  404  200  403  404  404  404
                              302  403  403  404  200  403  404  404  404"""),
    # one agency's report
    "report": (REPORT, """    302  200  200  404  302  302  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "part": ((*REPORT, "noi-dung-1"), """
                              302  200  200  404  403  403  404  404  404
                              302  200  200  404  403  403  404  404  404"""),
    "nothing": ((*REPORT, "noi-dung-1"), """
                              302  405  405  405  405  405  405  405  405
                              302  302  302  404  403  403  404  404  404"""),
    "clear_nothing": ((*REPORT, "noi-dung-1"), """
                              302  405  405  405  405  405  405  405  405
                              302  302  302  404  403  403  404  404  404"""),
    "start_from_last_year": ((*REPORT, "noi-dung-1"), """
                              302  405  405  405  405  405  405  405  405
                              302  200  200  404  403  403  404  404  404"""),
    "declare_nothing": (REPORT, """
                              302  200  200  404  403  403  404  404  404
                              302  200  200  404  403  403  404  404  404"""),
    "revoke_nothing": (REPORT, """
                              302  405  405  405  405  405  405  405  405
                              302  302  302  404  403  403  404  404  404"""),
    "figures": (REPORT, """   302  200  200  404  403  403  404  404  404
                              302  200  200  404  403  403  404  404  404"""),
    "check": (REPORT, """     302  200  200  404  403  403  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "send_up": (REPORT, """   302  405  405  405  405  405  405  405  405
                              302  302  403  404  403  403  404  404  404"""),
    "send_down": (REPORT, """ 302  405  405  405  405  405  405  405  405
                              302  403  200  404  403  403  404  404  404"""),
    "submit": (REPORT, """    302  405  405  405  405  405  405  405  405
                              302  403  200  404  403  403  404  404  404"""),
    "withdraw": (REPORT, """  302  405  405  405  405  405  405  405  405
                              302  403  302  404  403  403  404  404  404"""),
    # its own deadline
    "ask_extension": (REPORT, """
                              302  200  200  404  403  403  404  404  404
                              302  200  200  404  403  403  404  404  404"""),
    "extend": (REPORT, """
                              302  403  403  404  200  403  404  404  404
                              302  403  403  404  200  403  404  404  404"""),
    "excuse": (REPORT, """
                              302  403  403  404  200  403  404  404  404
                              302  403  403  404  200  403  404  404  404"""),
    "submission": (SUBMISSION, """
                              302  200  200  404  200  200  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "submission_document": (SUBMISSION, """
                              302  200  200  404  200  200  404  404  404
                              302  302  302  404  302  302  404  404  404"""),
    "submission_pdf": ((*SUBMISSION, "bao-cao-so-y-te-2026"), """
                              302  202  202  404  202  202  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "submission_docx": ((*SUBMISSION, "bao-cao-so-y-te-2026"), """
                              302  202  202  404  202  202  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "submission_xlsx": ((*SUBMISSION, "bao-cao-so-y-te-2026"), """
                              302  202  202  404  202  202  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    # with the number and day that were declared
    "numbered_document": (SUBMISSION, """
                              302  200  200  404  200  200  404  404  404
                              302  302  302  404  302  302  404  404  404"""),
    "numbered_pdf": ((*SUBMISSION, "bao-cao-so-y-te-2026-co-so"), """
                              302  202  202  404  202  202  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "numbered_docx": ((*SUBMISSION, "bao-cao-so-y-te-2026-co-so"), """
                              302  202  202  404  202  202  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "numbered_xlsx": ((*SUBMISSION, "bao-cao-so-y-te-2026-co-so"), """
                              302  202  202  404  202  202  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    # the report as it stands, before it is sent: once sent, its receipt
    "preview": (REPORT, """   302  302  302  404  403  403  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "draft_docx": ((*REPORT, "du-thao-bao-cao-so-y-te-2026"), """
                              302  302  302  404  403  403  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "approval_slip": (REPORT, """
                              302  200  200  404  403  403  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "letter_scan": (SUBMISSION, """
                              302  404  404  404  404  404  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    # its figures as an Excel file: to read at any time, taken back while they may be written
    "figures_xlsx": (REPORT, """
                              302  200  200  404  403  403  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "figures_upload": (REPORT, """
                              302  405  405  405  405  405  405  405  405
                              302  302  302  404  403  403  404  404  404"""),
    "figures_fill": (REPORT, """
                              302  405  405  405  405  405  405  405  405
                              302  302  302  404  403  403  404  404  404"""),
    "review": (REPORT, """    302  403  403  404  200  200  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "remark": ((*REPORT, "noi-dung-1"), """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  404  200  403  404  404  404"""),
    "threads": (REPORT, """   302  200  200  404  403  403  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "answer": ((*REPORT, "THREAD"), """
                              302  405  405  405  405  405  405  405  405
                              302  200  200  404  403  403  404  404  404"""),
    "resolve": ((*REPORT, "THREAD"), """
                              302  405  405  405  405  405  405  405  405
                              302  403  403  404  302  403  404  404  404"""),
    "take": (REPORT, """      302  405  405  405  405  405  405  405  405
                              302  403  403  404  302  403  404  404  404"""),
    "return": (REPORT, """    302  405  405  405  405  405  405  405  405
                              302  403  403  404  200  403  404  404  404"""),
    "accept": (REPORT, """    302  405  405  405  405  405  405  405  405
                              302  403  403  404  302  403  404  404  404"""),
    "reopen": (REPORT, """    302  405  405  405  405  405  405  405  405
                              302  403  403  404  200  403  404  404  404"""),
    "enter": (REPORT, """     302  403  403  404  302  403  404  404  404
                              302  403  403  404  302  403  404  404  404"""),
    # files that came in
    "evidence": (TASK, """    302  200  200  404  403  403  404  404  404
                              302  302  302  404  403  403  404  404  404"""),
    "evidence_file": ((*TASK, "EVIDENCE"), """
                              302  200  200  404  403  403  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "remove_evidence": ((*TASK, "EVIDENCE"), """
                              302  405  405  405  405  405  405  405  405
                              302  302  302  404  403  403  404  404  404"""),
    "start_upload": (TASK, """302  405  405  405  405  405  405  405  405
                              302  400  400  404  403  403  404  404  404"""),
    # asked by HEAD and PATCH alone: tests/reports/test_upload.py
    "upload": ((*TASK, "no-such-upload"), """
                              302  405  405  405  405  405  405  405  405
                              302  405  405  405  405  405  405  405  405"""),
    "submitted_file": ((*SUBMISSION, "ND-1.1", hashlib.sha256(PDF).hexdigest()), """
                              302  200  200  404  200  200  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "signed_copy": (SUBMISSION, """
                              302  200  200  404  403  403  404  404  404
                              302  200  200  404  403  403  404  404  404"""),
    "signed_copy_file": ((*SUBMISSION, "COPY"), """
                              302  200  200  404  200  200  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "implementation_plans": (PLAN, """
                              302  403  403  403  200  200  403  403  403
                              302  405  405  405  405  405  405  405  405"""),
    "implementation_plan": ((*PLAN, *AGENCY), """
                              302  200  200  404  200  200  404  404  404
                              302  200  200  404  403  403  404  404  404"""),
    "implementation_plan_file": ((*PLAN, *AGENCY), """
                              302  200  200  404  200  200  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    # mails written to files: there are none where tests run, so nobody may know of them
    "dev_mail": ((), """      302  404  404  404  404  404  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
    "dev_mail_message": (("a.log",), """
                              302  404  404  404  404  404  404  404  404
                              302  405  405  405  405  405  405  405  405"""),
}  # fmt: skip


@pytest.fixture
def stage(request, health_indicators, cycle, complete_report):
    """Everybody of the cast, and the report as far as it can come."""
    people = {role: request.getfixturevalue(role) for role in ROLES if role != "anonymous"}
    sent = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=deadlines.VIETNAM)
    add_files(complete_report, people["clerk"], sent)
    submission = services.submit_report(complete_report, by=people["head"], now=sent)
    declare_signed(submission, people["clerk"], sent)
    part = complete_report.parts.get(key="noi-dung-1")
    thread = services.open_thread(part, by=people["officer"], now=sent, text="Bao nhiêu hội nghị?")
    services.resolve_thread(thread, by=people["officer"], now=sent)
    services.accept_report(complete_report, by=people["officer"], now=sent + datetime.timedelta(days=1))
    published = factories.publish(
        cycle,
        by=people["focal_head"],
        now=sent + datetime.timedelta(days=20),
        number="",
        issued_on=datetime.date(2026, 11, 22),
    )
    wording = services.letter_wording(cycle, by=people["officer"], now=sent)
    letter = services.letter_content(cycle, [], wording, by=people["officer"])
    services.print_letter(cycle, letter, by=people["officer"], now=sent)
    # Asked this very day: the link is open, and whoever sends it has to wait a week.
    services.call_roll(cycle, by=people["officer"], now=timezone.now())
    scan = SimpleUploadedFile("ban-ky.pdf", PDF)
    services.keep_signed_report(published, by=people["officer"], now=sent, scan=scan)
    return people


def add_files(report, clerk, now):
    """Add a piece of evidence and an implementation plan with its file."""
    progress = report.parts.get(key="noi-dung-1").progress.get(task__code="ND-1.1")
    services.add_evidence(progress, by=clerk, now=now, name="a.pdf", file=io.BytesIO(PDF))
    services.save_implementation_plan(
        report.cycle.plan,
        report.agency,
        by=clerk,
        now=now,
        number="15/KH-SYT",
        issued_on=datetime.date(2026, 3, 15),
        file=SimpleUploadedFile("ke-hoach.pdf", PDF),
    )


def declare_signed(submission, clerk, now):
    scan = SimpleUploadedFile("ban-ky.pdf", PDF)
    services.declare_signed_copy(submission, by=clerk, now=now, number="125/BC-SYT", issued_on=now.date(), scan=scan)


def rows_found(args) -> list:
    """Return the arguments with the numbers of the rows that some of them stand for."""
    rows = {
        "MEMBERSHIP": lambda: Membership.objects.get(user__full_name="Nông Thị Chuyên").pk,
        "EVIDENCE": lambda: Evidence.objects.get().pk,
        "COPY": lambda: SignedCopy.objects.get().pk,
        "THREAD": lambda: Thread.objects.get().pk,
        "SIGNED": lambda: SignedConsolidatedReport.objects.get().pk,
        "PRINTOUT": lambda: Printout.objects.get().pk,
        "PRINTOUT_FILE": lambda: Printout.objects.get().filename,
        "CODE": lambda: ConsolidatedReport.objects.get().grouped_code,
        "ROLL_CALL": lambda: roll_calls.token_of(RollCallEntry.objects.get(user__full_name="Nông Thị Chuyên")),
    }
    return [rows[arg]() if arg in rows else arg for arg in args]


@pytest.fixture
def clients(stage):
    """A browser for every role in order; beginning one anew for every request took most of the time."""
    clients = {role: Client() for role in ROLES}
    for role in set(ROLES) - {"anonymous"}:
        clients[role].force_login(stage[role])
    return clients


# Whom a mistake would let in first; the other roles answer in the long run.
STRANGERS = ("anonymous", "other_agency_clerk")


def _answer(client: Client, method: str, address: str) -> int:
    """Return the status; what the request wrote is taken back before the next."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer = getattr(client, method)(address)
        answer.getvalue()  # a file that is handed out is closed when it was read
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.status_code


@pytest.mark.parametrize(
    "roles", [STRANGERS, pytest.param([role for role in ROLES if role not in STRANGERS], marks=pytest.mark.long)]
)
def test_every_route_answers_every_role_as_the_table_says(clients, roles):
    columns = [(method, role) for method in ("get", "post") for role in ROLES]
    actual, wanted = {}, {}
    for name, (args, answers) in TABLE.items():
        address = reverse(name, args=rows_found(args))
        expected = dict(zip(columns, map(int, answers.split()), strict=True))
        wanted[name] = {column: status for column, status in expected.items() if column[1] in roles}
        actual[name] = {column: _answer(clients[column[1]], column[0], address) for column in wanted[name]}

    assert actual == wanted


def _routes(resolver: URLResolver):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        elif pattern.namespace != "admin":
            yield from _routes(pattern)


def test_table_names_every_route_once():
    names = list(_routes(get_resolver()))

    assert sorted(names) == sorted(TABLE)


# What anybody reads without signing in: signs of life, the ways in, and the pages that vouch for what was published.
PUBLIC = {
    "health_live",
    "health_ready",
    "account_login",
    "account_sign_in_again",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "verify_code",
    "verify",
    "roll_call_answer",
}


def test_stranger_reads_the_public_pages_and_no_other():
    assert {name for name, (_, answers) in TABLE.items() if answers.split()[0] == "200"} == PUBLIC


@pytest.mark.long
def test_admin_pages_are_for_administrators_alone(clients):
    models = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
    pages = [reverse("admin:index"), *(reverse(f"admin:{model}_changelist") for model in models)]
    for address in [*pages, *(reverse(f"admin:{model}_add") for model in models)]:
        for role in set(ROLES) - {"anonymous", "administrator"}:
            assert clients[role].get(address, follow=True).status_code == 403, f"{address} as {role}"
            assert clients[role].post(address, follow=True).status_code == 403, f"{address} as {role}"
        assert clients["anonymous"].get(address).status_code == 302
    administrator = clients["administrator"]
    assert {address: administrator.get(address).status_code for address in pages} == dict.fromkeys(pages, 200)


def test_no_report_text_is_in_the_admin():
    registered = {model.__name__ for model in admin.site._registry if model._meta.app_label == "reports"}

    assert registered <= {"ReportingCycle", "CalendarException"}


CSRF_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
REPORT_ROUTES = [name for name, (args, _) in TABLE.items() if args[:3] == REPORT]


@pytest.mark.long
def test_foreign_report_answers_exactly_as_one_that_is_not_there(stage, other_agency):
    client = Client()
    client.force_login(stage["clerk"])
    for name in REPORT_ROUTES:
        args = rows_found(TABLE[name][0])
        for method in ("get", "post"):
            foreign = getattr(client, method)(reverse(name, args=[*CYCLE, other_agency.slug, *args[3:]]))
            absent = getattr(client, method)(reverse(name, args=[*CYCLE, "so-khong-co", *args[3:]]))

            assert foreign.status_code == absent.status_code, name
            assert foreign.status_code in (404, 405), name
            assert CSRF_TOKEN.sub(b"", foreign.content) == CSRF_TOKEN.sub(b"", absent.content), name
