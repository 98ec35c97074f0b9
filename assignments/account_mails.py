"""The mails that let a person in: an invitation to a new account, a password's reset, a further role."""

from collections.abc import Iterable

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from assignments.models import Membership, User


def password_link(user: User) -> str:
    """Return the address under which the person sets a password, good for PASSWORD_RESET_TIMEOUT seconds.

    It works once: a new password, another e-mail address or a sign-in makes it invalid.
    """
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    return settings.SITE_URL + path


def send_password_link(user: User, memberships: Iterable[Membership]) -> None:
    """Send the link. An account that never had a password gets it as an invitation to its roles."""
    _send(
        "password_reset" if user.has_usable_password() else "invitation",
        user,
        link=password_link(user),
        days=settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
        memberships=memberships,
    )


def send_new_role(membership: Membership) -> None:
    """Tell a person who signs in already of a role that was added."""
    _send("new_role", membership.user, link=settings.SITE_URL + reverse("home"), membership=membership)


def _send(name: str, user: User, **context) -> None:
    context |= {"user": user, "site_url": settings.SITE_URL}
    message = EmailMultiAlternatives(
        subject=render_to_string(f"emails/{name}_subject.txt", context).strip(),
        body=render_to_string(f"emails/{name}.txt", context),
        to=[user.email],
    )
    message.attach_alternative(render_to_string(f"emails/{name}.html", context), "text/html")
    message.send()
