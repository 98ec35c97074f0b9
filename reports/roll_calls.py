"""The link with which somebody answers a roll-call without signing in: bound to person, agency and roll-call."""

from django.core import signing

from reports.models import RollCallEntry

SALT = "reports.roll_call"


def token_of(entry: RollCallEntry) -> str:
    """Return what opens the page of one entry. It is good until the roll-call closes, and gives no other right."""
    named = [entry.pk, entry.roll_call_id, entry.user_id, entry.agency_id]
    return signing.Signer(salt=SALT).sign_object(named)


def entry_of(token: str) -> RollCallEntry | None:
    """Return the entry that a token names; None for any other text."""
    try:
        pk, roll_call, user, agency = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    entries = RollCallEntry.objects.filter(pk=pk, roll_call=roll_call, user=user, agency=agency)
    return entries.select_related("roll_call__cycle__plan", "user", "agency").first()
