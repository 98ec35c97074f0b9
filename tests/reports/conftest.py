"""A season under way, and a real mail server to deliver to."""

import pytest

from tests.reports.mail_server import MailServer


@pytest.fixture
def season(report, clerk, head, other_agency_clerk, focal_head, officer):
    """The year 2026 with people at three of its four agencies; Sở Tài chính has nobody."""
    officer.telephone = "0205 3871 234"
    officer.save()
    return report.cycle


@pytest.fixture
def mail_server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
