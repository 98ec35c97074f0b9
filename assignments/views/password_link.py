"""The page behind a link that was mailed: whoever sets a password there got the mail."""

from allauth.account.forms import ResetPasswordKeyForm
from allauth.account.views import PasswordResetFromKeyView
from django.http import HttpResponse
from django.utils import timezone

from assignments import addresses


class PasswordLinkView(PasswordResetFromKeyView):
    """Sets a password, the first one or another; that confirms the address which the link was mailed to."""

    def form_valid(self, form: ResetPasswordKeyForm) -> HttpResponse:
        response = super().form_valid(form)
        addresses.confirm(self.reset_user, now=timezone.now())
        return response


password_link = PasswordLinkView.as_view()
