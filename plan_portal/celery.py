"""The Celery application: the alarm clock over a database that is the queue."""

import os

from celery import Celery
from celery.signals import before_task_publish

from plan_portal import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plan_portal.settings")

app = Celery("plan_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@before_task_publish.connect
def carry_request_id(headers: dict, **kwargs: object) -> None:
    """Tell the task which request ordered it, so that its lines in the log say so."""
    if identifier := logs.request_id():
        headers["request_id"] = identifier
