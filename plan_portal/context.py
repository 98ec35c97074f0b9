from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from reports import navigation


def site(request: HttpRequest) -> dict:
    """Return what every page shows: is it the demonstration, where to go, whom to call. Read when used."""
    context = {"is_demo": settings.DEMO}
    if getattr(request, "user", None) and request.user.is_authenticated:
        context["places"] = SimpleLazyObject(lambda: navigation.places_for(request.user))
        context["contact"] = SimpleLazyObject(navigation.contact)
    return context
