"""Whether this process answers, whether it can work, and whether all is well. None of it says anything secret."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.utils import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from plan_portal import probes


@login_not_required
def live(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and its migrations are applied, else 503."""
    try:
        waiting = probes.waiting_migrations()
    except DatabaseError:
        return HttpResponse("database\n", content_type="text/plain", status=503)
    if waiting:
        return HttpResponse("migrations\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def status(request: HttpRequest) -> HttpResponse:
    """Answer within two seconds what every probe found: 200 where all is well, else 503.

    For whoever shows HEALTH_TOKEN (`Authorization: Bearer`); without one in the settings the address does not exist.
    """
    if not settings.HEALTH_TOKEN:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.HEALTH_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    findings = probes.all_findings(timezone.now())
    is_well = all(finding.is_well for finding in findings.values())
    checks = {name: {"ok": finding.is_well, "words": finding.words} for name, finding in findings.items()}
    return JsonResponse({"ok": is_well, "checks": checks}, status=200 if is_well else 503)
