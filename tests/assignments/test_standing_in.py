"""One person stands in for another for a stated time; a role is handed over when somebody leaves."""

import datetime
import re

import pytest
from django.test import Client

from assignments.models import Membership, Role, User
from tests import factories
from tests.simultaneous import at_the_same_moment

pytestmark = pytest.mark.long

PAGE = "/co-quan/so-y-te/"
STAND_IN = "/co-quan/so-y-te/stand-in/"
TODAY = datetime.date(2026, 10, 20)
YESTERDAY = datetime.date(2026, 10, 19)
LAST = datetime.date(2026, 10, 30)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-10-20 00:30+07:00")


@pytest.fixture
def colleague(agency):
    return factories.UserFactory(full_name="Vi Văn Thay", email="thay@so-y-te.example")


@pytest.fixture
def colleague_who_is_clerk(agency, colleague):
    factories.MembershipFactory(user=colleague, agency=agency)
    return colleague


def standing_in(absent, **fields):
    """Return what the form sends: the absent person's membership, a newcomer, ten days."""
    return {
        "thay-replaced": str(absent.memberships.filter(stands_in_for=None).get().pk),
        "thay-replacement": "",
        "thay-email": "moi@so-y-te.example",
        "thay-full_name": "Lương Thị Mới",
        "thay-position": "Trưởng phòng",
        "thay-signer_lines": "TUQ. GIÁM ĐỐC\nTRƯỞNG PHÒNG",
        "thay-valid_from": "20/10/2026",
        "thay-valid_to": "30/10/2026",
    } | {f"thay-{name}": value for name, value in fields.items()}


def said(response):
    return [str(message) for message in response.context["messages"]]


def words_of(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page.split("<main", 1)[1]).split())


# Giving


def test_head_lets_a_newcomer_stand_in_who_is_mailed_for_whom_and_until_when(
    client, head, agency, worker, mailoutbox
):
    client.force_login(head)

    with worker():
        response = client.post(STAND_IN, standing_in(head), follow=True)

    assert said(response) == [
        "Lương Thị Mới làm thay Hoàng Văn Đứng từ 20/10/2026 đến hết 30/10/2026. Đã gửi thư tới moi@so-y-te.example."
    ]
    membership = Membership.objects.get(user__email="moi@so-y-te.example")
    assert (membership.agency, membership.role, membership.stands_in_for) == (agency, Role.HEAD, head)
    assert (membership.valid_from, membership.valid_to) == (TODAY, LAST)
    assert membership.signer_lines == ["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"]
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["moi@so-y-te.example"], "Mời sử dụng Cổng theo dõi kế hoạch")
    ]
    assert (
        "- Lãnh đạo đơn vị, làm thay Hoàng Văn Đứng, Sở Y tế, từ 20/10/2026 đến hết 30/10/2026" in mailoutbox[0].body
    )


def test_colleague_who_is_to_stand_in_later_is_mailed_at_once_and_has_the_role_from_that_day(
    client, head, agency, colleague_who_is_clerk, worker, mailoutbox, time_machine
):
    client.force_login(head)
    chosen = str(colleague_who_is_clerk.pk)

    with worker():
        client.post(STAND_IN, standing_in(head, replacement=chosen, email="", full_name="", valid_from="25/10/2026"))

    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["thay@so-y-te.example"], "Thêm vai trò trên Cổng theo dõi kế hoạch")
    ]
    assert "làm thay Hoàng Văn Đứng, Sở Y tế, từ 25/10/2026 đến hết 30/10/2026" in mailoutbox[0].body

    def is_head() -> bool:
        return agency in User.objects.get(pk=colleague_who_is_clerk.pk).agencies_as(Role.HEAD)

    days = {}
    for day in ("2026-10-24", "2026-10-25", "2026-10-30", "2026-10-31"):
        time_machine.move_to(f"{day} 00:00+07:00")
        days[day] = is_head()
    assert days == {"2026-10-24": False, "2026-10-25": True, "2026-10-30": True, "2026-10-31": False}


def test_page_says_who_is_away_and_who_stands_in(client, head, clerk):
    client.force_login(head)
    client.post(STAND_IN, standing_in(head, replacement=str(clerk.pk)))
    client.force_login(clerk)

    words = words_of(client.get(PAGE).content.decode())

    assert "Lãnh đạo đơn vị vắng mặt 20/10/2026 - 30/10/2026: Nông Thị Chuyên làm thay" in words
    assert "Lãnh đạo đơn vị làm thay Hoàng Văn Đứng" in words
    assert "từ 20/10/2026 đến hết 30/10/2026" in words


@pytest.mark.parametrize("who", ["clerk", "other_agency_clerk", "officer", "leader"])
def test_standing_in_is_given_by_heads_and_administrators_alone(request, client, head, who):
    client.force_login(request.getfixturevalue(who))

    response = client.post(STAND_IN, standing_in(head))

    assert response.status_code == (403 if who == "clerk" else 404)
    assert Membership.objects.exclude(stands_in_for=None).count() == 0


def test_administrator_lets_somebody_stand_in(client, administrator, clerk):
    client.force_login(administrator)

    client.post(STAND_IN, standing_in(clerk))

    assert Membership.objects.get(stands_in_for=clerk).user.email == "moi@so-y-te.example"


# Refusing


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        (
            {"email": "", "full_name": ""},
            {
                "email": ["Hãy chọn một đồng nghiệp, hoặc điền địa chỉ thư điện tử của người khác."],
                "full_name": ["Hãy chọn một đồng nghiệp, hoặc điền họ và tên của người khác."],
            },
        ),
        ({"valid_from": "19/10/2026"}, {"valid_from": ["Ngày bắt đầu không thể trước hôm nay (20/10/2026)."]}),
        ({"valid_to": "19/10/2026"}, {"valid_to": ["Ngày kết thúc phải bằng hoặc sau ngày bắt đầu."]}),
        (
            {"valid_to": "30/10/2096"},
            {"valid_to": ["Việc làm thay tối đa một năm. Nếu thay hẳn, hãy dùng mục Bàn giao."]},
        ),
    ],
)
def test_standing_in_without_a_person_or_a_sound_time_is_refused(client, head, fields, errors):
    client.force_login(head)

    response = client.post(STAND_IN, standing_in(head, **fields))

    assert refusals(response) == errors
    assert Membership.objects.exclude(stands_in_for=None).count() == 0


def refusals(response) -> dict:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_nobody_stands_in_for_themselves(client, head):
    client.force_login(head)

    chosen = client.post(STAND_IN, standing_in(head, replacement=str(head.pk)))
    typed = client.post(STAND_IN, standing_in(head, email=head.email))

    assert refusals(chosen) == {"replacement": ["Hãy chọn người khác với người được thay."]}
    assert refusals(typed) == {"replacement": ["Người làm thay phải là người khác."]}


def test_who_has_the_role_already_is_not_given_it_again(client, head, agency, colleague):
    factories.MembershipFactory(user=colleague, agency=agency, role=Role.HEAD)
    client.force_login(head)

    response = client.post(STAND_IN, standing_in(head, replacement=str(colleague.pk)))

    assert refusals(response) == {"replacement": ["Người này đã có vai trò này trong cơ quan."]}


@pytest.mark.parametrize(("first", "last"), [("25/10/2026", "28/10/2026"), ("30/10/2026", "05/11/2026")])
def test_days_of_standing_in_do_not_overlap(client, head, clerk, first, last):
    client.force_login(head)
    client.post(STAND_IN, standing_in(head, replacement=str(clerk.pk)))

    again = client.post(STAND_IN, standing_in(head, replacement=str(clerk.pk), valid_from=first, valid_to=last))
    invited = client.post(
        "/co-quan/so-y-te/invite/", {"email": clerk.email, "full_name": "Nông Thị Chuyên", "role": "head"}
    )

    sentence = (
        "Nông Thị Chuyên được giao làm thay Hoàng Văn Đứng từ 20/10/2026 đến hết 30/10/2026. "
        "Hãy kết thúc việc làm thay đó trước."
    )
    assert (refusals(again), refusals(invited)) == ({"replacement": [sentence]}, {"email": [sentence]})
    assert Membership.objects.exclude(stands_in_for=None).count() == 1


def test_standing_in_may_follow_on_the_next_day(client, head, clerk):
    client.force_login(head)
    client.post(STAND_IN, standing_in(head, replacement=str(clerk.pk)))

    client.post(
        STAND_IN,
        standing_in(head, replacement=str(clerk.pk), valid_from="31/10/2026", valid_to="05/11/2026"),
    )

    assert Membership.objects.exclude(stands_in_for=None).count() == 2


@pytest.mark.django_db(transaction=True)
def test_standing_in_given_twice_at_the_same_moment_is_given_once(client, head, clerk):
    client.force_login(head)
    data = standing_in(head, replacement=str(clerk.pk))

    def click():
        own = Client()
        own.cookies = client.cookies
        return own.post(STAND_IN, data).status_code

    assert sorted(at_the_same_moment([click] * 4)) == [200, 200, 200, 302]
    assert Membership.objects.exclude(stands_in_for=None).count() == 1


def test_stand_in_is_not_stood_in_for(client, head, clerk):
    client.force_login(head)
    client.post(STAND_IN, standing_in(head, replacement=str(clerk.pk)))
    stand_in = Membership.objects.get(stands_in_for=head)

    response = client.post(STAND_IN, standing_in(head) | {"thay-replaced": str(stand_in.pk)})

    assert list(refusals(response)) == ["replaced"]


@pytest.fixture
def acting_head(head, clerk, agency):
    """The clerk, who stands in for the head these days."""
    Membership.objects.create(
        user=clerk, agency=agency, role=Role.HEAD, stands_in_for=head, valid_from=TODAY, valid_to=LAST
    )
    return clerk


def test_who_stands_in_for_a_head_only_looks_at_the_people(client, head, acting_head):
    before = list(Membership.objects.order_by("pk").values())
    client.force_login(acting_head)
    person = {"email": "ban@so-y-te.example", "full_name": "Ban Văn Bạn"}

    answers = [
        client.post("/co-quan/so-y-te/invite/", person | {"role": "clerk"}),
        client.post("/co-quan/so-y-te/invite/", person | {"role": "head"}),
        client.post(STAND_IN, standing_in(head, valid_from="31/10/2026", valid_to="30/06/2027")),
        client.get("/co-quan/so-y-te/hand-over/"),
        client.post("/co-quan/so-y-te/hand-over/", person | {"replaced": str(head.memberships.get().pk)}),
        end(client, head.memberships.get(), even_last="on"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 6
    assert list(Membership.objects.order_by("pk").values()) == before
    page = client.get(PAGE).content.decode()
    assert "Nông Thị Chuyên" in page
    assert "/co-quan/so-y-te/invite/" not in page
    assert "/co-quan/so-y-te/hand-over/" not in page


def test_head_who_stands_in_for_another_head_keeps_the_people(client, head, agency, colleague):
    factories.MembershipFactory(user=colleague, agency=agency, role=Role.HEAD)
    Membership.objects.create(
        user=head,
        agency=agency,
        role=Role.HEAD,
        stands_in_for=colleague,
        valid_from=datetime.date(2026, 10, 1),
        valid_to=LAST,
    )
    client.force_login(head)

    assert client.get("/co-quan/so-y-te/hand-over/").status_code == 200


def test_standing_in_does_not_go_beyond_the_end_of_the_role(client, head, clerk, administrator):
    clerk.memberships.update(valid_to=datetime.date(2026, 10, 29))
    client.force_login(head)

    response = client.post(STAND_IN, standing_in(clerk))

    assert refusals(response) == {
        "replacement": ["Nông Thị Chuyên giữ vai trò này đến hết 29/10/2026; không thể giao làm thay lâu hơn."]
    }
    assert Membership.objects.exclude(stands_in_for=None).count() == 0


# Ending early


def end(client, membership, **fields):
    return client.post(f"{PAGE}end/{membership.pk}/", fields, follow=True)


def test_standing_in_is_ended_early(client, head, clerk, agency, time_machine):
    client.force_login(head)
    client.post(STAND_IN, standing_in(head, replacement=str(clerk.pk)))
    membership = Membership.objects.get(stands_in_for=head)
    time_machine.move_to("2026-10-25 09:00+07:00")
    client.force_login(head)

    response = end(client, membership)

    assert said(response)[-1] == "Nông Thị Chuyên đã thôi làm thay Hoàng Văn Đứng."
    membership.refresh_from_db()
    assert (membership.valid_from, membership.valid_to) == (TODAY, datetime.date(2026, 10, 24))
    assert User.objects.get(pk=clerk.pk).agencies_as(Role.HEAD) == set()


def test_standing_in_that_has_not_begun_is_called_off(client, head, clerk):
    client.force_login(head)
    client.post(STAND_IN, standing_in(head, replacement=str(clerk.pk), valid_from="25/10/2026"))

    end(client, Membership.objects.get(stands_in_for=head))

    assert Membership.objects.exclude(stands_in_for=None).count() == 0


def test_standing_in_is_given_and_ended_twice_in_one_day(client, head, clerk):
    client.force_login(head)

    for _ in range(2):
        client.post(STAND_IN, standing_in(head, replacement=str(clerk.pk)))
        end(client, Membership.objects.get(stands_in_for=head, valid_to=LAST))

    membership = Membership.objects.get(stands_in_for=head)
    assert (membership.valid_from, membership.valid_to) == (YESTERDAY, YESTERDAY)


def test_person_whose_standing_in_ended_is_invited_with_a_role_of_their_own(client, head, clerk):
    client.force_login(head)
    client.post(STAND_IN, standing_in(head, replacement=str(clerk.pk)))
    end(client, Membership.objects.get(stands_in_for=head))

    client.post("/co-quan/so-y-te/invite/", {"email": clerk.email, "full_name": "Nông Thị Chuyên", "role": "head"})

    own = clerk.memberships.get(role=Role.HEAD, stands_in_for=None)
    assert (own.valid_from, own.valid_to) == (TODAY, None)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("clerk", "Nông Thị Chuyên là chuyên viên báo cáo duy nhất của Sở Y tế"),
        ("head", "Hoàng Văn Đứng là lãnh đạo đơn vị duy nhất của Sở Y tế"),
    ],
)
def test_last_clerk_or_head_is_ended_only_when_it_is_said_twice(request, client, clerk, head, who, words):
    client.force_login(head)
    membership = request.getfixturevalue(who).memberships.get()

    response = end(client, membership)

    page = response.content.decode()
    assert (response.status_code, response.redirect_chain) == (200, [])
    assert words in words_of(page)
    assert 'href="/co-quan/so-y-te/hand-over/">Bàn giao cho người khác</a>' in page
    membership.refresh_from_db()
    assert membership.valid_to is None
    end(client, membership, even_last="on")
    membership.refresh_from_db()
    assert membership.valid_to == YESTERDAY


def test_stand_in_does_not_keep_a_head_from_being_the_last(client, head, clerk):
    """The stand-in's role ends by itself, and then nobody is left."""
    client.force_login(head)
    client.post(STAND_IN, standing_in(head, replacement=str(clerk.pk)))

    end(client, head.memberships.get())

    assert head.memberships.get().valid_to is None


def test_one_of_two_clerks_is_ended_at_once(client, head, clerk, colleague_who_is_clerk):
    client.force_login(head)

    end(client, clerk.memberships.get())

    assert clerk.memberships.get().valid_to == YESTERDAY


def test_stand_ins_end_with_the_role_they_stand_in_for(client, administrator, head, acting_head, agency, colleague):
    later = {"valid_from": datetime.date(2026, 10, 25), "valid_to": LAST}
    Membership.objects.create(user=colleague, agency=agency, role=Role.HEAD, stands_in_for=head, **later)
    Membership.objects.create(user=colleague, agency=agency, role=Role.CLERK, stands_in_for=acting_head, **later)
    client.force_login(administrator)

    end(client, head.memberships.get(), even_last="on")

    stand_ins = Membership.objects.exclude(stands_in_for=None).values_list("user", "role", "valid_from", "valid_to")
    assert sorted(stand_ins) == sorted(
        [
            (acting_head.pk, "head", YESTERDAY, YESTERDAY),
            (colleague.pk, "clerk", later["valid_from"], LAST),
        ]
    )
    assert User.objects.get(pk=acting_head.pk).agencies_as(Role.HEAD) == set()
