"""The roll-call: who is asked, the page behind the link, what an answer does; and the alarm about agencies."""

import datetime
import re

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assignments import addresses
from assignments.models import Membership, User
from reports import deadlines, delivery, roll_calls, services
from reports.contacts import NO_CLERK, NOBODY, UNCONFIRMED, contact_gaps
from reports.models import Mail, RollCall, RollCallEntry
from tests import factories

pytestmark = pytest.mark.long

PAGE = "/96-kh-ubnd-2018/2026/diem-danh/"
NOW = datetime.datetime(2026, 9, 20, 9, 0, tzinfo=deadlines.VIETNAM)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def called(season, officer):
    return services.call_roll(season, by=officer, now=NOW)


@pytest.fixture
def entry(called, clerk):
    return called.entries.select_related("roll_call", "user", "agency").get(user=clerk)


@pytest.fixture
def link(entry):
    return f"/diem-danh/{roll_calls.token_of(entry)}/"


@pytest.fixture(autouse=True)
def _in_september(time_machine):
    time_machine.move_to(NOW, tick=False)


def answer_of(entry) -> tuple:
    entry.refresh_from_db()
    return entry.answer, entry.answered_at, entry.successor_name, entry.successor_telephone


# Asking


def test_roll_call_asks_every_clerk_and_head_once_and_nobody_else(called, mail_server):
    assert delivery.deliver_waiting(lambda: NOW) == 4
    assert mail_server.recipients == [
        "chuyenvien@so-tu-phap.example",
        "chuyenvien@so-y-te.example",
        "giamdoc@so-ldtbxh.example",
        "lanhdao@so-y-te.example",
    ]


def test_person_with_two_roles_in_an_agency_is_asked_once(season, clerk, agency, officer):
    factories.MembershipFactory(user=clerk, agency=agency, role="head")

    called = services.call_roll(season, by=officer, now=NOW)

    assert called.entries.filter(user=clerk).count() == 1


def test_mail_asks_by_name_and_its_link_opens_the_page(called, clerk, mail_server, client):
    delivery.deliver_waiting(lambda: NOW)
    [message] = [m for m in mail_server.messages if m["To"] == clerk.email]

    assert message["Subject"].strip() == "Điểm danh đầu mối: Ông/Bà còn phụ trách báo cáo của Sở Y tế?"
    text = message.get_body(("plain",)).get_content()
    assert "Ông/Bà là chuyên viên báo cáo của Sở Y tế" in text
    assert "trước khi hết ngày 20/10/2026" in text
    [path] = re.findall(r"http://127\.0\.0\.1:8000(/diem-danh/\S+/)", text)
    assert client.get(path).status_code == 200


def test_roll_is_called_at_most_once_a_week(called, season, officer):
    with pytest.raises(services.RollCallRefused, match="từ ngày 27/09/2026 có thể gửi lại"):
        services.call_roll(season, by=officer, now=NOW + 7 * DAY - datetime.timedelta(seconds=1))
    services.call_roll(season, by=officer, now=NOW + 7 * DAY)

    assert RollCall.objects.count() == 2


def test_roll_is_called_by_officers_alone(season, focal_head):
    with pytest.raises(PermissionDenied):
        services.call_roll(season, by=focal_head, now=NOW)


def test_mail_to_somebody_who_left_meanwhile_does_not_leave(called, clerk, mail_server):
    Membership.objects.filter(user=clerk).update(valid_to=NOW.date() - DAY)

    assert delivery.deliver_waiting(lambda: NOW) == 3
    assert Mail.objects.get(recipient=clerk).why == "không còn là đầu mối khi thư được gửi"


def test_officer_sees_the_mail_before_it_leaves_and_the_answers_afterwards(client, season, officer, clerk):
    client.force_login(officer)
    before = client.get(PAGE)
    assert before.context["letter"].subject.startswith("Điểm danh đầu mối")
    assert (len(before.context["people"]), RollCall.objects.count(), Mail.objects.count()) == (4, 0, 0)

    client.post(PAGE)
    entry = RollCallEntry.objects.get(user=clerk)
    services.answer_roll_call(
        entry, answer="no_longer", now=NOW, successor_name="Bế Thị Mới", successor_telephone="0912 345 678"
    )

    page = client.get(PAGE)
    assert next(e.user.full_name for e in page.context["entries"]) == "Nông Thị Chuyên"
    assert "Bế Thị Mới" in page.content.decode()
    assert 'href="tel:0912345678"' in page.content.decode()


# Answering


def test_link_shows_name_and_agency_alone_and_changes_nothing(client, entry, link):
    page = client.get(link)

    assert "Nông Thị Chuyên còn là đầu mối của Sở Y tế?" in page.content.decode()
    assert entry.user.email not in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert answer_of(entry) == ("", None, "", "")


def test_one_click_answers_without_a_password_and_confirms_the_address(entry, link, clerk):
    addresses.mark_refused(clerk.email, "550 5.1.1", now=NOW)
    client = Client(enforce_csrf_checks=True)
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.get(link).content.decode())[1]

    done = client.post(link, {"answer": "still", "csrfmiddlewaretoken": token}, follow=True)

    assert done.redirect_chain == [(link, 302)]
    assert "Đã ghi câu trả lời: vẫn là đầu mối" in done.content.decode()
    assert answer_of(entry) == ("still", NOW, "", "")
    clerk.refresh_from_db()
    assert (clerk.address_is_confirmed, clerk.address_is_refused) == (True, False)
    assert "_auth_user_id" not in client.session


def test_address_that_changed_meanwhile_is_not_confirmed(client, entry, link, clerk):
    User.objects.filter(pk=clerk.pk).update(email="moi@so-y-te.example")

    client.post(link, {"answer": "still"})

    clerk.refresh_from_db()
    assert (answer_of(entry)[0], clerk.confirmed_at) == ("still", None)


def test_answer_may_be_changed_and_the_last_one_counts(client, entry, link, clerk):
    client.post(link, {"answer": "no_longer", "successor_name": "Bế Thị Mới", "successor_telephone": "0912 345 678"})
    assert answer_of(entry) == ("no_longer", NOW, "Bế Thị Mới", "0912 345 678")
    clerk.refresh_from_db()
    assert not clerk.address_is_confirmed

    client.post(link, {"answer": "still", "successor_name": "Bế Thị Mới"})

    assert answer_of(entry) == ("still", NOW, "", "")


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_answer_that_is_none_is_not_kept(client, entry, link, answer):
    assert client.post(link, {"answer": answer}).status_code == 200
    assert answer_of(entry) == ("", None, "", "")


def test_link_is_dead_once_the_roll_call_is_closed(client, entry, link, time_machine):
    time_machine.move_to(datetime.datetime(2026, 10, 20, 23, 59, tzinfo=deadlines.VIETNAM), tick=False)
    assert client.get(link).status_code == 200
    time_machine.move_to(datetime.datetime(2026, 10, 21, tzinfo=deadlines.VIETNAM), tick=False)

    assert client.post(link, {"answer": "still"}).status_code == 410
    assert answer_of(entry)[0] == ""


def test_link_is_dead_for_who_has_no_role_any_more(client, entry, link, clerk):
    Membership.objects.filter(user=clerk).update(valid_to=NOW.date() - DAY)

    page = client.get(link)

    assert page.status_code == 410
    assert "Nông Thị Chuyên" not in page.content.decode()


def test_link_of_another_entry_cannot_be_made_from_ones_own(client, called, entry, link):
    other = called.entries.exclude(pk=entry.pk).first()
    forged = signing.Signer(salt="something.else").sign_object(
        [other.pk, other.roll_call_id, other.user_id, other.agency_id]
    )
    mixed = signing.Signer(salt=roll_calls.SALT).sign_object(
        [other.pk, entry.roll_call_id, entry.user_id, entry.agency_id]
    )

    for token in (
        forged,
        mixed,
        "x",
        f"{roll_calls.token_of(other)}x",
        signing.Signer(salt=roll_calls.SALT).sign("a"),
    ):
        assert client.post(f"/diem-danh/{token}/", {"answer": "still"}).status_code == 404
    assert not called.entries.exclude(answer="").exists()


def test_guessing_is_slowed_and_so_are_answers_without_end(client, link):
    assert [client.post(link, {"answer": "still"}).status_code for _ in range(21)] == [302] * 20 + [429]
    assert {client.get("/diem-danh/x/").status_code for _ in range(60)} == {404}

    assert client.get("/diem-danh/x/").status_code == 429


# The alarm


def gaps(season, now=NOW) -> dict[str, list[str]]:
    return {gap.agency.slug: gap.reasons for gap in contact_gaps(season.plan, now)}


def confirm(*people):
    for person in people:
        addresses.confirm(person, now=NOW)


def test_agencies_are_told_in_which_nobody_is_surely_reached(season, clerk, head, other_agency_clerk, focal_head):
    confirm(clerk, focal_head)
    addresses.mark_refused(head.email, "550 5.1.1 No such user", now=NOW)

    assert gaps(season) == {
        "so-lao-dong-thuong-binh-va-xa-hoi": [NO_CLERK],
        "so-tai-chinh": [NOBODY],
        "so-tu-phap": [UNCONFIRMED],
        "so-y-te": ["thư không tới Hoàng Văn Đứng (lanhdao@so-y-te.example): 550 5.1.1 No such user"],
    }


def test_closed_account_counts_as_nobody(season, other_agency_clerk):
    confirm(other_agency_clerk)
    User.objects.filter(pk=other_agency_clerk.pk).update(is_active=False)

    assert gaps(season)["so-tu-phap"] == [NOBODY]


def test_who_says_no_raises_the_alarm_until_the_role_ends(season, called, entry, clerk, head):
    confirm(clerk, head)
    services.answer_roll_call(
        entry, answer="no_longer", now=NOW, successor_name="Bế Thị Mới", successor_telephone="12"
    )

    assert gaps(season)["so-y-te"] == ["Nông Thị Chuyên trả lời không còn phụ trách; người mới: Bế Thị Mới, 12"]
    Membership.objects.filter(user=clerk).update(valid_to=NOW.date() - DAY)
    assert gaps(season)["so-y-te"] == [NO_CLERK]


def test_silence_raises_the_alarm_after_three_days_unless_a_colleague_answered(season, called, clerk, head, entry):
    confirm(clerk, head)

    assert "so-y-te" not in gaps(season, NOW + 3 * DAY - datetime.timedelta(seconds=1))
    assert gaps(season, NOW + 3 * DAY)["so-y-te"] == ["chưa ai trả lời điểm danh ngày 20/09/2026"]
    services.answer_roll_call(entry, answer="still", now=NOW)
    assert "so-y-te" not in gaps(season, NOW + 3 * DAY)


def test_alarm_asks_the_same_queries_for_more_agencies(season, called):
    counts = []
    for number in (20, 21, 22):
        factories.MembershipFactory(agency=factories.ParticipantFactory(plan=season.plan, number=number).agency)
        with CaptureQueriesContext(connection) as queries:
            assert contact_gaps(season.plan, NOW)
        counts.append(len(queries))

    assert counts == [counts[0]] * 3


def test_alarm_is_loud_before_the_season_and_brief_within_it(client, season, officer, time_machine):
    client.force_login(officer)
    assert "4 cơ quan có thể không liên lạc được</h2>" in client.get("/96-kh-ubnd-2018/2026/").content.decode()

    time_machine.move_to(datetime.datetime(2026, 11, 5, tzinfo=deadlines.VIETNAM), tick=False)
    client.force_login(officer)

    page = client.get("/96-kh-ubnd-2018/2026/").content.decode()
    assert "<summary>4 cơ quan có thể không liên lạc được</summary>" in page


def test_administrator_sees_the_alarm_with_telephones_at_home(client, season, administrator):
    client.force_login(administrator)

    page = client.get("/").content.decode()

    assert 'href="/co-quan/so-tai-chinh/"' in page
    assert 'href="tel:02053812000"' in page
