"""Saving while one writes: nobody overwrites what they have not seen, and nobody is in their own way."""

import datetime
import random
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports import services
from reports.forms.part import PartForm
from reports.merging import joined, merged
from reports.models import Report
from reports.services import SaveConflict
from tests import factories
from tests.conftest import DURING
from tests.simultaneous import at_the_same_moment

LATER = DURING + datetime.timedelta(minutes=5)
PAGE, OTHER_PAGE = "1" * 32, "2" * 32
LOGIN_AGAIN = "/tai-khoan/dang-nhap-lai/"


@pytest.fixture
def part(report):
    return report.parts.get(key="chi-dao")


def save(part, by, text, *, version, page=PAGE, edit=0, now=DURING, **answers):
    part = type(part).objects.get(pk=part.pk)
    return services.save_part(
        part, by=by, now=now, version=version, page=page, edit=edit, text=text, progress=answers
    )


def text_of(part):
    part.refresh_from_db()
    return part.text, part.version


# The rule


def test_page_whose_answers_were_lost_goes_on_from_the_version_it_knows(part, clerk):
    save(part, clerk, "Một", version=0, edit=1)
    save(part, clerk, "Một hai", version=0, edit=2)
    save(part, clerk, "Một hai ba", version=1, edit=3)

    assert text_of(part) == ("Một hai ba", 3)


def test_request_that_a_newer_one_of_the_same_page_overtook_changes_nothing(part, clerk):
    save(part, clerk, "Mới hơn", version=0, edit=2)

    after = save(part, clerk, "Cũ hơn", version=0, edit=1)

    assert (after.text, after.version) == ("Mới hơn", 1)
    assert text_of(part) == ("Mới hơn", 1)


def test_overtaken_request_brings_nothing_back_that_was_taken_out_again(part, clerk):
    save(part, clerk, "", version=0, edit=2)

    save(part, clerk, "Viết rồi xóa", version=0, edit=1)

    assert text_of(part) == ("", 0)


def test_same_request_twice_is_one_save(part, clerk):
    for _ in range(2):
        save(part, clerk, "Một", version=0, edit=1)

    assert text_of(part) == ("Một", 1)


def test_form_without_scripts_sent_twice_from_one_page_keeps_the_second(part, clerk):
    save(part, clerk, "Lần đầu", version=0)
    save(part, clerk, "Lần sau", version=0)

    assert text_of(part) == ("Lần sau", 2)


def test_lost_answer_does_not_hide_that_somebody_else_saved_since(part, clerk, head):
    save(part, clerk, "Của chuyên viên", version=0, page=PAGE, edit=1)
    save(part, head, "Của lãnh đạo", version=1, page=OTHER_PAGE, edit=1)

    with pytest.raises(SaveConflict):
        save(part, clerk, "Của chuyên viên, viết thêm", version=0, page=PAGE, edit=2)

    assert text_of(part) == ("Của lãnh đạo", 2)


def test_two_pages_of_one_person_are_two_writers(part, clerk):
    save(part, clerk, "Cửa sổ một", version=0, page=PAGE, edit=1)

    with pytest.raises(SaveConflict):
        save(part, clerk, "Cửa sổ hai", version=0, page=OTHER_PAGE, edit=1)


def test_saves_without_a_page_are_not_of_one_page(part, clerk, head):
    save(part, clerk, "Của chuyên viên", version=0, page="")

    with pytest.raises(SaveConflict):
        save(part, head, "Của lãnh đạo", version=0, page="")


def test_same_words_from_two_people_are_no_conflict(part, clerk, head):
    save(part, clerk, "Như nhau", version=0, page=PAGE, edit=1)

    after = save(part, head, "Như nhau", version=0, page=OTHER_PAGE, edit=1, now=LATER)

    assert (after.version, after.saved_by, after.saved_at) == (1, clerk, DURING)


def test_save_that_changes_nothing_keeps_version_time_and_name(part, clerk, head):
    save(part, clerk, "Đã viết", version=0)

    save(part, head, "Đã viết", version=1, page=OTHER_PAGE, now=LATER)

    part.refresh_from_db()
    assert (part.version, part.saved_at, part.saved_by) == (1, DURING, clerk)


def test_status_alone_is_a_change(report, clerk):
    part = report.parts.get(key="noi-dung-1")
    save(part, clerk, "", version=0, **{"ND-1.1": ("done", "")})

    part.refresh_from_db()
    assert part.version == 1


def test_save_keeps_what_is_written_without_accents_for_the_search(report, clerk):
    part = report.parts.get(key="noi-dung-1")

    save(part, clerk, "Đã họp", version=0, **{"ND-1.1": ("not_started", "Chưa có kinh phí")})

    part.refresh_from_db()
    assert part.search_text.split("\n") == ["da hop", "", "chua co kinh phi", ""]


@pytest.mark.django_db(transaction=True)
def test_people_who_save_at_the_same_moment_make_one_save_and_conflicts(part, clerk):
    texts = [f"Bản {number}" for number in range(8)]

    results = at_the_same_moment(
        [
            lambda number=number, text=text: save(part, clerk, text, version=0, page=f"{number:032}", edit=1)
            for number, text in enumerate(texts)
        ]
    )

    saved = [result for result in results if not isinstance(result, Exception)]
    assert [type(result) for result in results if isinstance(result, Exception)] == [SaveConflict] * 7
    assert text_of(part) == (saved[0].text, 1)


@pytest.mark.django_db(transaction=True)
def test_requests_of_one_page_in_any_order_at_once_leave_its_newest_words(part, clerk):
    edits = list(range(1, 13))
    random.Random(96).shuffle(edits)

    results = at_the_same_moment(
        [lambda edit=edit: save(part, clerk, f"Sau lần sửa {edit}", version=0, edit=edit) for edit in edits]
    )

    assert [result for result in results if isinstance(result, Exception)] == []
    assert text_of(part)[0] == "Sau lần sửa 12"


# Both in one


@pytest.mark.parametrize(
    ("saved", "mine", "expected"),
    [
        ("", "", ""),
        ("A", "A", "A"),
        ("A", "", "A"),
        ("", "B", "B"),
        ("A\nB", "A\nC", "A\nB\nC"),
        ("Đầu\nGiữa\nCuối", "Đầu\nCuối\nThêm", "Đầu\nGiữa\nCuối\nThêm"),
        ("A\n\nB", "A\n\nC", "A\n\nB\nC"),
    ],
)
def test_merged_text_has_every_line_of_both(saved, mine, expected):
    assert merged(saved, mine) == expected


@pytest.mark.parametrize(
    ("saved", "mine", "expected"),
    [("", "B", "B"), ("A", "", "A"), ("Thiếu người.", "Thiếu người", "Thiếu người."), ("A.", "B.", "A; B.")],
)
def test_joined_line_says_nothing_twice(saved, mine, expected):
    assert joined(saved, mine) == expected


def test_merged_text_of_very_many_lines_is_one_after_the_other():
    assert merged("A\n" * 3_000, "B") == "A\n" * 3_000 + "\nB"


# The page


@pytest.fixture
def address(report):
    return report.url("part", "chi-dao")


def post(client, address, text, *, htmx=True, **fields):
    data = {"version": 0, "page": PAGE, "edit": 1, "text": text} | fields
    return client.post(address, data, headers={"HX-Request": "true"} if htmx else {})


def test_page_carries_a_name_of_its_own_that_no_browser_remembers(client, clerk, address):
    client.force_login(clerk)

    forms = [client.get(address).context["form"] for _ in range(2)]

    assert all(len(form["page"].value()) == 32 for form in forms)
    assert forms[0]["page"].value() != forms[1]["page"].value()
    assert 'autocomplete="off"' in client.get(address).content.decode()


def test_autosave_answers_with_the_time_the_name_and_the_version(client, clerk, address, part, time_machine):
    time_machine.move_to(DURING, tick=False)
    client.force_login(clerk)

    response = post(client, address, "Đã chỉ đạo.", edit=7)

    words = response.content.decode()
    assert response.status_code == 200
    assert "Đã lưu 09:00" in words
    assert "Nông Thị Chuyên, 09:00 20/10/2026" in words
    assert 'name="version" id="id_version" value="1"' in words
    assert 'data-edit="7"' in words
    assert text_of(part) == ("Đã chỉ đạo.", 1)


def test_autosave_of_what_is_too_long_is_refused_with_the_sentence(client, clerk, address, part):
    client.force_login(clerk)

    response = post(client, address, "x" * 50_001)

    assert response.status_code == 422
    assert 'id="id_text_error"' in response.content.decode()
    assert text_of(part) == ("", 0)


def test_autosave_over_somebody_elses_save_shows_both(client, clerk, head, address, part):
    save(part, head, "Của lãnh đạo.", version=0, page=OTHER_PAGE)
    client.force_login(clerk)

    response = post(client, address, "Của chuyên viên.")

    words = response.content.decode()
    assert response.status_code == 409
    assert "Của lãnh đạo." in words
    assert "Của chuyên viên." in words
    assert 'name="seen_version" value="1"' in words
    assert text_of(part) == ("Của lãnh đạo.", 1)


def test_conflict_names_the_statuses_that_differ(client, clerk, head, report):
    part = report.parts.get(key="noi-dung-1")
    save(part, head, "", version=0, page=OTHER_PAGE, **{"ND-1.1": ("not_started", "Chưa có kinh phí.")})
    client.force_login(clerk)

    response = post(client, report.url("part", "noi-dung-1"), "", **{"status-ND-1.1": "done"})

    words = " ".join(response.content.decode().split())
    assert "bản đã lưu ghi “Chưa thực hiện”, của bạn là “Hoàn thành”" in words
    assert "<strong>Lý do ND-1.1</strong>: bản đã lưu ghi “Chưa có kinh phí.”, của bạn là “để trống”" in words


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("mine", "Của chuyên viên."), ("both", "Của lãnh đạo.\nCủa chuyên viên."), ("theirs", "Của lãnh đạo.")],
)
def test_choice_after_a_conflict_is_done(client, clerk, head, address, part, choice, expected):
    save(part, head, "Của lãnh đạo.", version=0, page=OTHER_PAGE)
    client.force_login(clerk)

    post(client, address, "Của chuyên viên.", htmx=False, choice=choice, seen_version=1)

    assert text_of(part)[0] == expected


def test_both_versions_keep_the_status_and_the_reason_where_only_the_other_wrote_some(client, clerk, head, report):
    part = report.parts.get(key="noi-dung-1")
    measures = {"ND-1.1": ("not_started", "Chưa có kinh phí."), "ND-1.2": ("", "")}
    save(part, head, "", version=0, page=OTHER_PAGE, **measures)
    client.force_login(clerk)
    mine = {"status-ND-1.2": "done", "reason-ND-1.2": "Xong tháng 9."}

    post(client, report.url("part", part.key), "Mới.", htmx=False, choice="both", seen_version=1, **mine)

    assert text_of(part)[0] == "Mới."
    assert list(part.progress.values_list("status", "reason")) == [
        ("not_started", "Chưa có kinh phí."),
        ("done", "Xong tháng 9."),
    ]


def test_both_versions_join_the_reasons_and_say_which_status_stays(client, clerk, head, report):
    part = report.parts.get(key="noi-dung-1")
    save(part, head, "", version=0, page=OTHER_PAGE, **{"ND-1.1": ("not_started", "Chưa có kinh phí.")})
    client.force_login(clerk)
    mine = {"status-ND-1.1": "nothing_to_report", "reason-ND-1.1": "Thiếu người."}

    answer = client.post(
        report.url("part", part.key),
        {"version": 0, "page": PAGE, "edit": 1, "text": "", "choice": "both", "seen_version": 1} | mine,
        follow=True,
    )

    row = part.progress.get(task__code="ND-1.1")
    assert (row.status, row.reason) == ("not_started", "Chưa có kinh phí; Thiếu người.")
    assert [str(message) for message in answer.context["messages"]] == [
        "Đã ghép hai bản và lưu. Hãy đọc lại, bỏ những chỗ trùng nhau. "
        "Mức độ, số liệu khác nhau giữ theo bản đã lưu: "
        "Mức độ thực hiện ND-1.1 giữ “Chưa thực hiện”, không lấy “Không phát sinh”."
    ]


@pytest.mark.parametrize("choice", ["mine", "both"])
def test_choice_of_what_changed_again_meanwhile_is_a_conflict_again(client, clerk, head, address, part, choice):
    save(part, head, "Của lãnh đạo.", version=0, page=OTHER_PAGE)
    save(part, head, "Của lãnh đạo, sửa.", version=1, page=OTHER_PAGE)
    client.force_login(clerk)

    response = post(client, address, "Của chuyên viên.", htmx=False, choice=choice, seen_version=1)

    assert [difference.saved for difference in response.context["differences"]] == ["Của lãnh đạo, sửa."]
    assert text_of(part) == ("Của lãnh đạo, sửa.", 2)


def test_words_given_up_are_shown_once_more(client, clerk, head, address, part):
    save(part, head, "Của lãnh đạo.", version=0, page=OTHER_PAGE)
    client.force_login(clerk)

    response = post(client, address, "Của chuyên viên.", htmx=False, choice="theirs", seen_version=1)

    assert response.context["form"]["text"].value() == "Của lãnh đạo."
    assert response.context["given_up"]["text"].value() == "Của chuyên viên."


def test_words_for_a_report_that_was_sent_meanwhile_are_shown_to_be_copied(client, clerk, address, report, part):
    Report.objects.filter(pk=report.pk).update(status="awaiting_approval")
    client.force_login(clerk)

    full, own = (post(client, address, "Viết muộn.", htmx=htmx) for htmx in (False, True))

    assert "Viết muộn." in full.content.decode()
    assert own.status_code == 423
    assert "đang khóa vì báo cáo ở trạng thái “Chờ lãnh đạo duyệt”" in own.content.decode()
    assert text_of(part) == ("", 0)


@pytest.mark.parametrize("route", ["part", "start_from_last_year"])
@pytest.mark.parametrize("tail", ["", "x" * 50_000])
def test_everything_typed_for_a_report_that_was_sent_meanwhile_is_shown(client, clerk, report, route, tail):
    Report.objects.filter(pk=report.pk).update(status="awaiting_approval")
    client.force_login(clerk)
    measure = {"status-ND-1.1": "not_started", "reason-ND-1.1": "Chưa có kinh phí."}

    words = post(client, report.url(route, "noi-dung-1"), f"Viết muộn.{tail}", htmx=False, **measure).content.decode()

    assert f'Kết quả thực hiện: <span class="answer">Viết muộn.{tail}</span>' in words
    assert 'Mức độ thực hiện ND-1.1: <span class="answer">Chưa thực hiện</span>' in words
    assert 'Lý do ND-1.1: <span class="answer">Chưa có kinh phí.</span>' in words
    assert 'href="#id_text"' not in words


def test_reason_given_up_is_shown_once_more(client, clerk, head, report):
    part = report.parts.get(key="noi-dung-1")
    save(part, head, "Của lãnh đạo.", version=0, page=OTHER_PAGE)
    client.force_login(clerk)
    mine = {"reason-ND-1.1": "Chưa có kinh phí.", "choice": "theirs", "seen_version": 1}

    response = post(client, report.url("part", part.key), "Của chuyên viên.", htmx=False, **mine)

    assert response.context["given_up"].typed_words == [
        ("Kết quả thực hiện", "Của chuyên viên."),
        ("Lý do ND-1.1", "Chưa có kinh phí."),
    ]


def test_page_reached_from_the_check_page_leads_back_there(client, clerk, address):
    client.force_login(clerk)

    response = client.post(f"{address}?back=check", {"version": 0, "text": "Đã chỉ đạo.", "next": "1"})

    assert response.url == address.replace("chi-dao", "kiem-tra")


@pytest.mark.long
def test_autosave_asks_as_often_for_many_measures(client, clerk, report, areas):
    """Its own tasks, written all at once, and a part that the same person saved before."""
    client.force_login(clerk)
    address = report.url("part", "noi-dung-1")

    def queries(edit: int) -> int:
        form = PartForm(report.parts.get(key="noi-dung-1"))
        answers = {f"status-{row.task.code}": "done" if edit % 2 else "under_way" for row in form.rows}
        version = report.parts.get(key="noi-dung-1").version
        with CaptureQueriesContext(connection) as captured:
            response = post(client, address, f"Lần {edit}", version=version, edit=edit, **answers)
        assert response.status_code == 200
        return len(captured)

    queries(1)
    few = queries(2)
    part = report.parts.get(key="noi-dung-1")
    for number in range(10):
        part.progress.create(task=factories.MeasureFactory(area=areas[0], code=f"ND-1.{number + 10}"))

    assert queries(3) == few
    assert few <= 13


# A session that ended


def test_save_without_a_session_is_told_to_sign_in(client, address):
    assert post(client, address, "Viết.").status_code == 401
    assert post(client, address, "Viết.", htmx=False).status_code == 302


def test_sign_in_again_says_who_is_signed_in(client, clerk):
    password = {"login": clerk.email, "password": factories.PASSWORD}

    before, after = client.get(LOGIN_AGAIN), client.post(LOGIN_AGAIN, password)

    assert "data-signed-in" not in before.content.decode()
    assert f'data-signed-in="{clerk.email}"' in after.content.decode()
    assert client.get("/").status_code == 200


def test_sign_in_again_needs_the_token_and_hands_out_the_next(clerk):
    client = Client(enforce_csrf_checks=True)
    password = {"login": clerk.email, "password": factories.PASSWORD}
    token = client.get(LOGIN_AGAIN).context["csrf_token"]

    assert client.post(LOGIN_AGAIN, password).status_code == 403
    after = client.post(LOGIN_AGAIN, password | {"csrfmiddlewaretoken": str(token)})

    newest = re.search(r'data-token="(\w+)"', after.content.decode())[1]
    for sent, status in ((token, 403), (newest, 302)):
        assert client.post("/tai-khoan/dang-xuat/", {"csrfmiddlewaretoken": str(sent)}).status_code == status


def test_guesses_in_the_dialog_count_with_those_of_the_sign_in_page(client, clerk):
    wrong = {"login": clerk.email, "password": "sai-mat-khau"}
    for _ in range(5):
        client.post("/tai-khoan/dang-nhap/", wrong)

    response = client.post(LOGIN_AGAIN, wrong | {"password": factories.PASSWORD})

    assert "Đã thử quá nhiều lần." in response.content.decode()
    assert "data-signed-in" not in response.content.decode()


def test_refused_page_sent_again_by_a_reload_is_no_longer_the_page_that_saved(client, clerk, report):
    client.force_login(clerk)
    address = report.url("part", "danh-gia")
    refused = client.post(
        address, {"version": 0, "page": "a" * 32, "edit": 1, "text": "ñy ban nh©n d©n huyÖn Léc B×nh"}
    )
    page = re.search(r'name="page" value="(\w+)"', refused.content.decode())[1]

    assert page != "a" * 32
    post(client, address, "Viết lại cả đoạn.", page=page, edit=1)
    again = client.post(
        address, {"version": 0, "page": "a" * 32, "edit": 1, "text": "ñy ban nh©n d©n huyÖn Léc B×nh"}
    )
    reloaded = re.search(r'name="page" value="(\w+)"', again.content.decode())[1]
    response = post(client, address, "Đoạn cũ và một từ.", page=reloaded, edit=1)

    assert response.status_code == 409
    assert report.parts.get(key="danh-gia").text == "Viết lại cả đoạn."
