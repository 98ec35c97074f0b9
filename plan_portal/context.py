from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from reports import navigation


def site(request: HttpRequest) -> dict:
    """Return what every page shows, read when used: the demonstration's mark, places, unread mails, whom to call."""
    context = {"is_demo": settings.DEMO}
    user = getattr(request, "user", None)
    if user and user.is_authenticated:
        context["places"] = SimpleLazyObject(lambda: navigation.places_for(user))
        context["unread_notices"] = SimpleLazyObject(lambda: navigation.unread_notices(user))
        context["contact"] = SimpleLazyObject(navigation.contact)
    return context
