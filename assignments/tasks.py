"""Work for the worker: mails that let a person into their account."""

from celery import shared_task

from assignments import account_mails
from assignments.models import Membership, User


@shared_task
def send_password_link(user_id: int) -> None:
    """Mail the link with which an account's password is set: an invitation, or a reset."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user:
        account_mails.send_password_link(user)


@shared_task
def send_new_role(membership_id: int) -> None:
    """Mail a person who has an account that it has got a further role."""
    membership = Membership.objects.current().filter(pk=membership_id, user__is_active=True).first()
    if membership:
        account_mails.send_new_role(membership)
