"""Work for the worker: mails that let a person into their account."""

import contextlib
import logging
import smtplib
from collections.abc import Iterator

from celery import shared_task
from django.utils import timezone

from assignments import account_mails, addresses
from assignments.models import Membership, User

logger = logging.getLogger(__name__)


@shared_task
def send_password_link(user_id: int) -> None:
    """Mail the link with which an account's password is set: an invitation, or a reset."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user:
        memberships = user.memberships.not_over_by(timezone.localdate())
        with _refusal_noted(user):
            account_mails.send_password_link(user, memberships.select_related("agency", "stands_in_for"))


@shared_task
def send_new_role(membership_id: int) -> None:
    """Mail a person who has an account that it has got a further role."""
    memberships = Membership.objects.not_over_by(timezone.localdate())
    membership = memberships.filter(pk=membership_id, user__is_active=True).first()
    if membership:
        with _refusal_noted(membership.user):
            account_mails.send_new_role(membership)


@contextlib.contextmanager
def _refusal_noted(user: User) -> Iterator[None]:
    """Mark the person's address where the server says that it takes no mail; every other error is raised."""
    try:
        yield
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refusal:
        if not addresses.is_refused_for_good(refusal):
            raise
        _, answer = addresses.answer_in(refusal)
        logger.warning("account mail to user %s: the server answered %s", user.pk, answer)
        addresses.mark_refused(user.email, answer, now=timezone.now())
