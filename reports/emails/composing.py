"""What a mail says, from the state at the moment it leaves."""

import datetime
from dataclasses import replace

from reports import muting
from reports.emails.letter import Letter, NothingToSay
from reports.emails.reminding import compose_reminder
from reports.emails.report_news import compose_report_news
from reports.emails.roll_call import compose_roll_call
from reports.emails.year_news import compose_cycle_news, compose_merged_report_news
from reports.models import Mail

RECIPIENT_LEFT = "tài khoản của người nhận đã ngừng hoạt động"


def compose(mail: Mail, now: datetime.datetime) -> Letter:
    """Return the mail's words as of now. Raises NothingToSay where it should not leave any more.

    Reminders that have lost their reason are recorded as skipped.
    """
    if not mail.recipient.is_active:
        raise NothingToSay(RECIPIENT_LEFT)
    if mail.kind == Mail.Kind.REMINDER:
        return compose_reminder(mail, now)
    if mail.kind == Mail.Kind.ROLL_CALL:
        return compose_roll_call(mail, now)
    if mail.consolidation_event:
        letter = compose_merged_report_news(mail, mail.consolidation_event, now)
    elif mail.cycle_event:
        letter = compose_cycle_news(mail, mail.cycle_event, now)
    else:
        letter = compose_report_news(mail, now)
    return replace(letter, is_muted=muting.is_muted(mail))
