from django.http import HttpRequest

from assignments.models import User


class SignedInRequest(HttpRequest):
    """A request behind `LoginRequiredMiddleware`, where the user is never anonymous."""

    user: User
