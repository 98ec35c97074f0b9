from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict:
    """Return what every page needs to know of the site: is it the demonstration."""
    return {"is_demo": settings.DEMO}
