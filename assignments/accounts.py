"""How django-allauth works here: nobody signs up by themselves, mails leave from the worker."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from assignments import tasks
from assignments.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict) -> None:
        """Leave the mail to the worker, so that the answer takes as long for an address nobody has."""
        tasks.send_password_link.delay_on_commit(user.pk)
