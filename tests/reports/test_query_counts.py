"""Lists ask the database as often for thirty agencies as for four."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import deadlines, opening, services
from reports.models import Report
from tests import factories
from tests.conftest import fill

pytestmark = pytest.mark.long

SENT = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=deadlines.VIETNAM)


def _queries(client, address: str) -> int:
    client.get(address)  # content types and the like are read once per process
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def _add_accepted_agencies(cycle, officer, numbers: range) -> None:
    for number in numbers:
        participant = factories.ParticipantFactory(plan=cycle.plan, number=number)
        head = factories.MembershipFactory(agency=participant.agency, role="head").user
        opening.open_cycle(cycle.plan, cycle.year, by=None, now=SENT)
        report = fill(Report.objects.get(agency=participant.agency))
        services.submit_report(report, by=head, now=SENT)
        services.accept_report(report, by=officer, now=SENT)


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("officer", ""),
        ("officer", "?loc=da-chap-nhan"),
        ("officer", "theo-doi.xlsx"),
        ("officer", "hang-doi/"),
        ("officer", "nhac-viec/"),
        ("officer", "tong-hop/"),
        ("officer", "tinh-hinh/"),
        ("leader", "tinh-hinh/"),
        ("budget_officer", "kinh-phi/"),
    ],
)
def test_list_asks_as_often_for_many_agencies(request, client, cycle, officer, who, page):
    client.force_login(request.getfixturevalue(who))
    address = cycle.get_absolute_url() + page
    _add_accepted_agencies(cycle, officer, range(20, 21))
    few = _queries(client, address)

    _add_accepted_agencies(cycle, officer, range(21, 33))

    assert _queries(client, address) == few
