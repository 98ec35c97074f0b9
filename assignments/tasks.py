"""Work for the worker: mails that let a person into their account."""

from celery import shared_task
from django.contrib.auth import get_user_model

from assignments import account_mails


@shared_task
def send_password_link(user_id: int) -> None:
    """Mail the link with which an account's password is set: an invitation, or a reset."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if user:
        account_mails.send_password_link(user)
