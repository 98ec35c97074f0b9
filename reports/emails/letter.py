"""A mail's words, and why it may have nothing to say any more."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.template.loader import render_to_string

from reports.models import Mail, ReminderDue, WaitingReminder

SUBJECT_LENGTH = Mail._meta.get_field("subject").max_length


@dataclass(frozen=True)
class Letter:
    """A mail's words, and the reminders that it carries.

    `is_muted`: its recipient reads it in the portal alone. `aside` is the part of a reminder that they do.
    """

    subject: str
    text: str
    html: str
    reminders: list[ReminderDue] = field(default_factory=list)
    waiting: list[WaitingReminder] = field(default_factory=list)
    is_muted: bool = False
    aside: "Letter | None" = None


class NothingToSay(Exception):
    """The mail has lost its reason to leave; the words say why, for the record."""


class HeldBack(NothingToSay):
    """All that the mail was to say waits until reminding goes on: its rows are without a mail again."""


def rendered(name: str, context: dict, rows: Iterable[ReminderDue] = ()) -> Letter:
    """Return the letter that emails/<name>_subject.txt, <name>.txt and <name>.html make of the facts."""
    subject = one_line(f"emails/{name}_subject.txt", context)
    text = render_to_string(f"emails/{name}.txt", context)
    return Letter(
        subject=subject[:SUBJECT_LENGTH],
        text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
        html=render_to_string(f"emails/{name}.html", context | {"subject": subject}),
        reminders=list(rows),
    )


def one_line(template: str, context: dict) -> str:
    """Return a template's words as plain text with its white space folded."""
    return " ".join(render_to_string(template, context).split())
