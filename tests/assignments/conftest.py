import functools

import pytest

from assignments.models import Agency, Role
from assignments.plan_file import read_plan
from assignments.plan_loading import load_plan
from plan_portal.celery import app
from tests import factories
from tests.assignments.plan_source import PLAN_FILE


@pytest.fixture
def loaded_plan(db):
    """The shipped plan with its agencies."""
    return load_plan(read_plan(PLAN_FILE)).plan


@pytest.fixture
def loaded_clerk(loaded_plan):
    """A clerk of Sở Y tế, number 7 of the shipped plan."""
    agency = Agency.objects.get(slug="so-y-te")
    return factories.MembershipFactory(agency=agency, role=Role.CLERK).user


@pytest.fixture
def worker(django_capture_on_commit_callbacks):
    """Return a block at whose end the tasks that were begun in it, on commit, have been done."""
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield functools.partial(django_capture_on_commit_callbacks, execute=True)
    app.conf.update(task_always_eager=False, task_eager_propagates=False)
