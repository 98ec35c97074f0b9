"""What an administrator does while setting up: trying the mail server."""

import datetime

from assignments import access as plan_access
from assignments.models import User
from reports.mail_testing import Outcome, try_to_send
from reports.models import MailTest
from reports.setting_up import mail_server


def send_test_mail(address: str, *, by: User, now: datetime.datetime) -> tuple[MailTest, Outcome]:
    """Send a test mail at once, after 10 s at most, and keep how it went.

    Not in a transaction: none is held open while a server is waited for.
    """
    plan_access.check_is_administrator(by)
    outcome = try_to_send(address)
    answer = outcome.answer if outcome.has_left else f"{outcome.answer}\n{outcome.advice}".strip()
    test = MailTest.objects.create(
        at=now, by=by, address=address, server=mail_server(), has_left=outcome.has_left, answer=answer
    )
    return test, outcome
