"""How django-allauth works here: nobody signs up by themselves, and guesses are counted where they are made."""

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation alone."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": "Đã thử quá nhiều lần. Hãy đợi 5 phút rồi thử lại, hoặc chọn “Quên mật khẩu”."
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer everybody with pages, never with allauth's JSON."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the outermost trusted proxy saw; the peer's own where proxies were passed by."""
        try:
            return super().get_client_ip(request)
        except ImproperlyConfigured:
            return request.META["REMOTE_ADDR"]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """Return what guesses are counted by: the account, and not also the host name, which a guesser chooses."""
        return credentials["email"].lower()
