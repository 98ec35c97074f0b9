"""Somebody leaves an agency: the role goes to a successor, and not a letter of the draft moves."""

import datetime
import re

import pytest

from assignments.forms import HandOverForm
from assignments.models import Membership, Role, User
from reports import services
from reports.models import Report, ReportPart, TaskProgress
from tests import factories
from tests.conftest import DURING

pytestmark = pytest.mark.long

PAGE = "/co-quan/so-y-te/hand-over/"
TODAY = datetime.date(2026, 10, 20)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(DURING, tick=False)


def handing_over(leaving, **fields):
    return {
        "replaced": str(leaving.memberships.get().pk),
        "replacement": "",
        "email": "moi@so-y-te.example",
        "full_name": "Lương Thị Mới",
        "position": "Chuyên viên",
        "signer_lines": "",
        "last_day": "30/10/2026",
    } | fields


def said(response):
    return [str(message) for message in response.context["messages"]]


def words_of(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page.split("<main", 1)[1]).split())


def draft(report) -> tuple:
    return (
        Report.objects.values().get(pk=report.pk),
        list(ReportPart.objects.filter(report=report).values()),
        list(TaskProgress.objects.filter(part__report=report).values()),
        list(report.writers.values_list("pk", flat=True)),
    )


@pytest.fixture
def drafted(report, clerk):
    for key in ("chi-dao", "noi-dung-1"):
        part = report.parts.get(key=key)
        services.save_part(
            part, by=clerk, now=DURING, version=0, text=f"Nháp {key}.", progress={"ND-1.1": ("done", "")}
        )
    return report


def test_role_goes_to_a_successor_today_and_ends_after_the_last_day(
    client, drafted, clerk, head, agency, time_machine
):
    client.force_login(head)
    before = draft(drafted)

    response = client.post(PAGE, handing_over(clerk), follow=True)

    assert response.redirect_chain == [("/co-quan/so-y-te/", 302)]
    assert said(response) == [
        "Lương Thị Mới nhận vai trò chuyên viên báo cáo từ hôm nay; Nông Thị Chuyên giữ vai trò đến hết 30/10/2026. "
        "Các phần báo cáo do Nông Thị Chuyên ghi lần cuối vẫn ở cơ quan: Công tác lãnh đạo, chỉ đạo, triển khai, "
        "Nội dung 1."
    ]
    successor = Membership.objects.get(user__email="moi@so-y-te.example")
    assert (successor.agency, successor.role, successor.valid_from, successor.valid_to) == (
        agency, Role.CLERK, TODAY, None,
    )  # fmt: skip
    assert clerk.memberships.get().valid_to == datetime.date(2026, 10, 30)
    assert draft(drafted) == before
    time_machine.move_to("2026-10-31 00:00+07:00")
    client.force_login(User.objects.get(pk=successor.user_id))
    assert "Nháp chi-dao." in client.get(drafted.url("part", "chi-dao")).content.decode()
    client.force_login(clerk)
    assert client.get(drafted.url("part", "chi-dao")).status_code == 404
    assert draft(drafted) == before


def test_page_says_who_wrote_what_before_anything_is_done(client, drafted, head, clerk):
    client.force_login(head)

    words = words_of(client.get(PAGE).content.decode())

    assert "Nông Thị Chuyên ghi lần cuối: Công tác lãnh đạo, chỉ đạo, triển khai, Nội dung 1." in words


def test_last_day_gone_by_ends_the_role_at_once(client, report, clerk, head):
    client.force_login(head)

    client.post(PAGE, handing_over(clerk, last_day="01/10/2026"))

    assert clerk.memberships.get().valid_to == datetime.date(2026, 10, 19)


def test_role_is_handed_over_to_a_colleague(client, report, clerk, head):
    client.force_login(head)

    client.post(PAGE, handing_over(head, replacement=str(clerk.pk), email="", full_name="", last_day="20/10/2026"))

    assert set(clerk.memberships.values_list("role", flat=True)) == {"clerk", "head"}
    assert head.memberships.get().valid_to == TODAY


def test_successor_with_the_role_already_is_refused_and_nothing_ends(client, report, agency, clerk, head):
    other = factories.MembershipFactory(agency=agency).user
    client.force_login(head)

    response = client.post(PAGE, handing_over(clerk, replacement=str(other.pk)))

    assert response.context["form"].errors == {"replacement": ["Người này đã có vai trò này trong cơ quan."]}
    assert clerk.memberships.get().valid_to is None


def test_handing_over_without_a_successor_asks_for_one(client, report, clerk, head):
    client.force_login(head)

    response = client.post(PAGE, handing_over(clerk, email="", full_name=""))

    assert list(response.context["form"].errors) == ["email", "full_name"]
    assert clerk.memberships.get().valid_to is None


def test_head_who_hands_over_lands_on_home(client, report, clerk, head):
    client.force_login(head)

    response = client.post(PAGE, handing_over(head, last_day="01/10/2026"), follow=True)

    assert response.redirect_chain == [("/", 302)]
    assert head.memberships.get().valid_to == datetime.date(2026, 10, 19)


def test_stand_ins_end_with_whom_they_stand_in_for(client, report, agency, clerk, head):
    """One is in the midst of it, one begins before the last day, one would begin after it."""
    last_day = datetime.date(2026, 10, 30)
    days = [
        (datetime.date(2026, 10, 1), datetime.date(2026, 12, 31)),
        (datetime.date(2026, 10, 25), datetime.date(2026, 10, 28)),
        (datetime.date(2026, 10, 31), datetime.date(2026, 12, 31)),
    ]
    for first, last in days:
        Membership.objects.create(
            user=factories.UserFactory(), agency=agency, role=Role.HEAD, stands_in_for=head,
            valid_from=first, valid_to=last,
        )  # fmt: skip
    client.force_login(head)

    client.post(PAGE, handing_over(head))

    stand_ins = Membership.objects.filter(stands_in_for=head).order_by("pk")
    assert list(stand_ins.values_list("valid_from", "valid_to")) == [(days[0][0], last_day), days[1]]


def test_role_that_ends_before_the_last_day_is_not_made_longer(client, report, clerk, head):
    clerk.memberships.update(valid_to=datetime.date(2026, 10, 25))
    client.force_login(head)

    response = client.post(PAGE, handing_over(clerk), follow=True)

    assert clerk.memberships.get().valid_to == datetime.date(2026, 10, 25)
    assert said(response) == [
        "Lương Thị Mới nhận vai trò chuyên viên báo cáo từ hôm nay; Nông Thị Chuyên giữ vai trò đến hết 25/10/2026."
    ]


@pytest.mark.parametrize(
    ("last_day", "errors"),
    [
        ("21/10/2027", {}),
        (
            "22/10/2027",
            {"last_day": ["Ngày làm việc cuối tối đa là một năm kể từ hôm nay. Hãy kiểm tra lại năm."]},
        ),
    ],
)
def test_last_day_is_at_most_a_year_away(head, clerk, last_day, errors):
    form = HandOverForm([clerk.memberships.get()], head, TODAY, handing_over(clerk, last_day=last_day))

    assert form.errors == errors
