from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from assignments.models import User


class SignedInRequest(HttpRequest):
    """A request behind `SignedInMiddleware`, where the user is never anonymous."""

    user: User
    htmx: HtmxDetails
