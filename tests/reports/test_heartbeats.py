"""The sweep's signs of life, and what an administrator sees when they stop."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from assignments.models import Role
from reports import deadlines, heartbeats, tasks
from reports.models import Heartbeat
from tests import factories

NOW = datetime.datetime(2026, 11, 9, 22, 0, tzinfo=deadlines.VIETNAM)
MINUTE = datetime.timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def test_scheduler_that_never_ran_is_not_alive():
    assert heartbeats.last_sweep() is None
    assert not heartbeats.is_scheduler_alive(NOW)


@pytest.mark.parametrize(("minutes", "is_alive"), [(0, True), (4, True), (4.1, False), (5, False), (1440, False)])
def test_scheduler_is_alive_until_its_last_sweep_is_four_minutes_old(minutes, is_alive):
    heartbeats.record_sweep(NOW)

    assert heartbeats.is_scheduler_alive(NOW + minutes * MINUTE) is is_alive


def test_sweep_is_one_row_with_the_time_of_the_last():
    heartbeats.record_sweep(NOW)
    heartbeats.record_sweep(NOW + 3 * MINUTE)

    assert dict(Heartbeat.objects.values_list("name", "at")) == {"sweep": NOW + 3 * MINUTE}


def test_sweep_is_recorded_when_it_runs_even_where_a_step_fails():
    """A plan whose reports are due on 31 February cannot be opened."""
    factories.PlanFactory(report_due_day=31, report_due_month=2)
    with time_machine.travel(NOW, tick=False), pytest.raises(ExceptionGroup):
        tasks.sweep()

    assert heartbeats.last_sweep() == NOW


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (None, "Bộ lập lịch chưa chạy lần nào"),
        (NOW - 5 * MINUTE, "Bộ lập lịch không chạy từ 21:55 09/11/2026"),
        (NOW - MINUTE, ""),
    ],
)
def test_administrators_home_says_since_when_the_scheduler_stands_still(client, administrator, last, words):
    if last:
        heartbeats.record_sweep(last)
    client.force_login(administrator)
    with time_machine.travel(NOW, tick=False):
        page = client.get(reverse("home")).content.decode()

    assert ("Bộ lập lịch" in page, words in page) == (bool(words), True)


@pytest.mark.parametrize("person", ["officer", "clerk", "head", "leader", "budget_officer"])
def test_administrator_with_another_role_reads_it_on_that_roles_home(client, cycle, request, province, person):
    user = request.getfixturevalue(person)
    client.force_login(user)
    with time_machine.travel(NOW, tick=False):
        without = client.get(reverse("home"), follow=True).content.decode()
        factories.MembershipFactory(user=user, agency=province, role=Role.ADMINISTRATOR)
        page = client.get(reverse("home"), follow=True).content.decode()

    assert ("Bộ lập lịch" in without, "Bộ lập lịch chưa chạy lần nào" in page) == (False, True)
    assert page.count("<h1") == 1
    assert "Việc thiết lập hệ thống" not in page
