"""What the mails say: composed from the state at the moment they leave, in text and in HTML."""

from reports.emails.composing import compose
from reports.emails.letter import HeldBack, Letter, NothingToSay
from reports.emails.queueing import queue, queue_gathered, receipt_copies
from reports.emails.reminding import MISSING_SHOWN, NOTHING_LEFT, digest, reminder_letter
from reports.emails.roll_call import roll_call_letter

__all__ = [
    "MISSING_SHOWN",
    "NOTHING_LEFT",
    "HeldBack",
    "Letter",
    "NothingToSay",
    "compose",
    "digest",
    "queue",
    "queue_gathered",
    "receipt_copies",
    "reminder_letter",
    "roll_call_letter",
]
