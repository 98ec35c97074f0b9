"""What no option of gunicorn's command sets: its own lines look like everybody's."""

from django.conf import settings

logconfig_dict = settings.LOGGING
