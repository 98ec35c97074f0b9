"""Work for the worker: mails that let a person into their account."""

from celery import shared_task
from django.utils import timezone

from assignments import account_mails
from assignments.models import Membership, User


@shared_task
def send_password_link(user_id: int) -> None:
    """Mail the link with which an account's password is set: an invitation, or a reset."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user:
        memberships = user.memberships.not_over_by(timezone.localdate())
        account_mails.send_password_link(user, memberships.select_related("agency", "stands_in_for"))


@shared_task
def send_new_role(membership_id: int) -> None:
    """Mail a person who has an account that it has got a further role."""
    memberships = Membership.objects.not_over_by(timezone.localdate())
    membership = memberships.filter(pk=membership_id, user__is_active=True).first()
    if membership:
        account_mails.send_new_role(membership)
