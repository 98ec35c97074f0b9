"""The WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")

application = get_wsgi_application()
# Read every view now: a process that takes requests is not to keep the first one waiting for two seconds.
_ = get_resolver().url_patterns
