"""The page on which officers write a part of the merged report, and its text for Word."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import services
from reports.consolidation.sources import sources_of
from reports.merging import base_of
from reports.models import ConsolidatedParagraph, Consolidation
from tests import factories
from tests.conftest import DURING
from tests.reports.consolidating import HOUR, accept, part_of, texts_of

pytestmark = pytest.mark.long

LATER = DURING + datetime.timedelta(days=1)
PAGE = "1" * 32
OPENED = int(LATER.timestamp())
ADDRESS = "/96-kh-ubnd-2018/2026/tong-hop/chi-dao/"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(LATER, tick=False)


@pytest.fixture
def part(cycle, report, head, officer, areas):
    accept(report, head=head, officer=officer, chi_dao="Một.\nHai.\nBa.", noi_dung_1="Hội nghị.")
    return part_of(cycle, "chi-dao")


@pytest.fixture
def written(part, officer):
    services.take_over_all(part.consolidation, by=officer, now=DURING + 2 * HOUR, part=part)
    return part


@pytest.fixture
def page(client, officer):
    client.force_login(officer)
    return client


def form_of(part):
    """Return the boxes of a page that shows the part now, and what they are based on."""
    boxes = {}
    for paragraph in part.paragraphs.order_by("position"):
        boxes |= {f"text-{paragraph.pk}": paragraph.text, f"base-{paragraph.pk}": base_of(paragraph.text)}
    return boxes


def post(client, part, texts=None, *, boxes=None, htmx=False, **fields):
    """Send the page's form, as it shows the part now or with these boxes, and texts by their place in it."""
    boxes = form_of(part) if boxes is None else dict(boxes)
    names = [name for name in boxes if name.startswith("text-")]
    typed = {names[place]: text for place, text in (texts or {}).items()}
    data = {"version": part.version, "page": PAGE, "edit": 1, "opened": OPENED} | boxes | typed | fields
    return client.post(ADDRESS, data, headers={"HX-Request": "true"} if htmx else {})


def keys(part):
    return [source.key for source in sources_of(part).sources]


def shown_on(client):
    """Return which sources the page shows as not used yet, as its form sends them."""
    return re.search(r'name="shown" value="([^"]*)"', client.get(ADDRESS).content.decode())[1]


def words_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def said(response):
    return [str(message) for message in response.wsgi_request._messages]


# What it shows


def test_page_shows_the_sources_by_agency_with_their_state(page, part, officer):
    one, two, _ = keys(part)
    services.take_over(part, [one], by=officer, now=DURING + 2 * HOUR)
    services.set_aside(part, [two], by=officer, now=DURING + 2 * HOUR)

    words = words_of(page.get(ADDRESS))

    assert "3 đoạn trong báo cáo đã chấp nhận: 1 dùng nguyên văn, 0 rút gọn hoặc sửa, 1 để riêng, 1 chưa" in words
    assert (
        "Sở Y tế Đã dùng nguyên văn xem trong bài Một. Để riêng, không dùng Hai. Lấy lại Chọn Chưa dùng Ba." in words
    )


def test_page_states_the_gaps(page, part):
    words = words_of(page.get(ADDRESS))

    assert "3/4 đơn vị chưa gửi báo cáo: Sở Lao động - Thương binh và Xã hội; Sở Tài chính; Sở Tư pháp." in words
    assert "Báo cáo đã chấp nhận, chưa dùng đoạn nào ở phần này (1): Sở Y tế." in words


def test_page_names_the_agencies_whose_reports_say_nothing_in_the_part(page, part):
    words = words_of(page.get(ADDRESS.replace("chi-dao", "kinh-phi")))

    assert "Báo cáo đã chấp nhận, không viết gì cho phần này (1): Sở Y tế." in words
    assert "Chưa có báo cáo nào được chấp nhận mà viết cho phần này." in words


def test_page_marks_what_is_new_and_what_is_stale(page, cycle, written, head, officer):
    report = cycle.reports.get(agency__slug="so-y-te")
    services.reopen_report(report, by=officer, now=DURING + 3 * HOUR, reason="Bổ sung.")
    report.parts.filter(key="chi-dao").update(text="Một.\nHai, 30 người.\nBa.")
    services.submit_report(type(report).objects.get(pk=report.pk), by=head, now=DURING + 4 * HOUR)
    services.accept_report(type(report).objects.get(pk=report.pk), by=officer, now=DURING + 5 * HOUR)

    words = words_of(page.get(ADDRESS))

    assert "1 đoạn mới được chấp nhận từ khi bạn viết phần này" in words
    assert "Chọn Chưa dùng Mới Hai, 30 người." in words
    assert "1 đoạn nguồn của bài không còn trong báo cáo nào đã chấp nhận" in words
    assert "Sở Y tế Không còn trong báo cáo Hai. Xem báo cáo Bỏ nguồn này" in words
    assert texts_of(written) == ["Một.", "Hai.", "Ba."]


def test_sources_have_no_boxes_of_their_own(page, part):
    assert page.get(ADDRESS).content.decode().count("<textarea") == 0


def test_head_of_the_focal_agency_reads_and_finds_no_form(client, written, focal_head):
    client.force_login(focal_head)

    response = client.get(ADDRESS)

    assert "<textarea" not in response.content.decode()
    assert 'name="do"' not in response.content.decode()
    assert "Bài do chuyên viên cơ quan đầu mối viết; bạn xem được, không sửa được. Một." in words_of(response)


def test_proposed_part_is_read_and_not_written(page, written):
    Consolidation.objects.update(status="proposed", proposed_content="{}")

    response = page.get(ADDRESS)

    assert 'name="do"' not in response.content.decode()
    assert "Bài đang khóa vì báo cáo tổng hợp đã trình lãnh đạo." in words_of(response)


def test_unknown_part_is_not_found(page, cycle):
    assert page.get(ADDRESS.replace("chi-dao", "khong-co")).status_code == 404


def test_page_leads_to_the_parts_around_it(page, part):
    content = page.get(ADDRESS.replace("chi-dao", "noi-dung-1")).content.decode()

    assert f'<a href="{ADDRESS}">‹ Công tác lãnh đạo, chỉ đạo, triển khai</a>' in content
    assert f'<a href="{ADDRESS.replace("chi-dao", "noi-dung-2")}">Nội dung 2 ›</a>' in content


# Saving while one writes


def test_autosave_answers_as_for_a_report(page, written):
    response = post(page, written, {0: "Một, viết thêm."}, htmx=True, edit=7)

    content = response.content.decode()
    assert response.status_code == 200
    assert "Vi Thị Đầu, 09:00 21/10/2026" in content
    assert f'name="version" id="id_version" value="{written.version + 1}"' in content
    assert 'data-edit="7"' in content
    assert texts_of(written)[0] == "Một, viết thêm."


def test_autosave_tells_whose_report_was_accepted_since_the_page_was_opened(
    page, cycle, written, other_agency, officer
):
    clerk = factories.MembershipFactory(agency=other_agency, role="clerk").user
    accept(cycle.reports.get(agency=other_agency), head=clerk, officer=officer, now=LATER)

    response = post(page, written, {0: "Một A."}, htmx=True)

    assert "Mới: từ khi bạn mở trang, báo cáo của Sở Tư pháp được chấp nhận." in words_of(response)
    assert texts_of(written) == ["Một A.", "Hai.", "Ba."]


def write_as_another(part, second_officer, place, text):
    """Save another text for a paragraph in somebody else's name; return the boxes as they were before."""
    boxes = form_of(part)
    pk = part.paragraphs.order_by("position")[place].pk
    services.save_consolidation_part(
        part_of(part.consolidation.cycle, part.key), by=second_officer, now=LATER, page="2" * 32, texts={pk: text}
    )
    return boxes


def remove_first_as_another(part, second_officer):
    boxes = form_of(part)
    first = part.paragraphs.order_by("position").first()
    services.remove_paragraph(part_of(part.consolidation.cycle, "chi-dao"), first.pk, by=second_officer, now=LATER)
    return boxes


def seen_in(response):
    """Return by which fields a choice says what it was made beside."""
    return dict(re.findall(r'name="(seen-\d+)" value="(\w+)"', response.content.decode()))


def test_autosave_over_somebody_elses_save_shows_both(page, written, second_officer):
    boxes = write_as_another(written, second_officer, 0, "Của người khác.")

    response = post(page, written, {0: "Của tôi.", 1: "Hai của tôi."}, boxes=boxes, htmx=True)

    words = words_of(response)
    assert response.status_code == 409
    assert "Vi Văn Hai vừa sửa đoạn mà bạn cũng sửa Lưu lúc 09:00 21/10/2026" in words
    assert "Đoạn 1: bản đã lưu Của người khác. Đoạn 1: của bạn Của tôi." in words
    assert "Đoạn 2" not in words
    assert "mức độ thực hiện" not in words
    assert texts_of(written) == ["Của người khác.", "Hai của tôi.", "Ba."]


def test_autosave_beside_somebody_elses_save_is_saved_and_learns_their_words(page, written, second_officer):
    boxes = write_as_another(written, second_officer, 1, "Hai <b>của người khác</b>.\nDòng hai.")
    first, second, _ = (p.pk for p in written.paragraphs.order_by("position"))

    response = post(page, written, {0: "Của tôi."}, boxes=boxes, htmx=True)

    content = response.content.decode()
    assert response.status_code == 200
    assert texts_of(written) == ["Của tôi.", "Hai <b>của người khác</b>.\nDòng hai.", "Ba."]
    assert re.findall(r"<li (.*?)>(.*?)</li>", content, re.DOTALL) == [
        (f'data-paragraph="{first}" data-base="{base_of("Của tôi.")}"', ""),
        (
            f'data-paragraph="{second}" data-base="{base_of(texts_of(written)[1])}" data-by-others',
            "Hai &lt;b&gt;của người khác&lt;/b&gt;.\nDòng hai.",
        ),
    ]
    assert "Đoạn 2 vừa được Vi Văn Hai sửa lúc 09:00; ô của đoạn lấy chữ mới" in words_of(response)


def test_autosave_of_a_page_that_shows_another_order_says_so(page, written, second_officer):
    boxes = form_of(written)
    last = written.paragraphs.order_by("position").last().pk
    services.move_paragraph(
        part_of(written.consolidation.cycle, "chi-dao"), last, up=True, by=second_officer, now=LATER
    )

    response = post(page, written, {0: "Một A."}, boxes=boxes, htmx=True)

    assert "Có người vừa thêm, bỏ hoặc chuyển đoạn ở phần này; tải lại trang để xem." in words_of(response)
    assert texts_of(written) == ["Một A.", "Ba.", "Hai."]


def test_page_without_scripts_shows_the_conflict_and_everything_else_as_saved(page, written, second_officer):
    boxes = write_as_another(written, second_officer, 0, "Của người khác.")
    write_as_another(written, second_officer, 2, "Ba của người khác.")

    response = post(page, written, {0: "Của tôi.", 1: "Hai của tôi."}, boxes=boxes)

    form = response.context["form"]
    assert [row.text.value() for row in form.rows] == ["Của tôi.", "Hai của tôi.", "Ba của người khác."]
    assert [row.base for row in form.rows] == [base_of(t) for t in ("Một.", "Hai của tôi.", "Ba của người khác.")]
    assert seen_in(response) == {f"seen-{form.rows[0].pk}": base_of("Của người khác.")}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("mine", "Của tôi."), ("both", "Của người khác.\nCủa tôi."), ("theirs", "Của người khác.")],
)
def test_choice_after_a_conflict_is_done(page, written, second_officer, choice, expected):
    boxes = write_as_another(written, second_officer, 0, "Của người khác.")
    write_as_another(written, second_officer, 2, "Ba của người khác.")
    seen = seen_in(post(page, written, {0: "Của tôi."}, boxes=boxes, htmx=True))

    response = post(page, written, {0: "Của tôi.", 1: "Hai của tôi."}, boxes=boxes, choice=choice, **seen)

    assert texts_of(written) == [expected, "Hai của tôi.", "Ba của người khác."]
    if choice == "theirs":
        assert "Nội dung bạn đã nhập, không được ghi" in words_of(response)
        assert response.context["given_up"].typed_words == [("Đoạn 1", "Của tôi.")]


def test_choice_beside_words_that_changed_once_more_is_asked_again(page, written, second_officer):
    boxes = write_as_another(written, second_officer, 0, "Của người khác.")
    seen = seen_in(post(page, written, {0: "Của tôi."}, boxes=boxes, htmx=True))
    write_as_another(written, second_officer, 0, "Lại của người khác.")

    response = post(page, written, {0: "Của tôi."}, boxes=boxes, choice="mine", **seen)

    assert "Đoạn 1: bản đã lưu Lại của người khác. Đoạn 1: của bạn Của tôi." in words_of(response)
    assert texts_of(written)[0] == "Lại của người khác."


def test_choice_is_done_for_what_it_was_made_of_and_another_dispute_is_asked_about(page, written, second_officer):
    boxes = write_as_another(written, second_officer, 0, "Của người khác.")
    seen = seen_in(post(page, written, {0: "Của tôi."}, boxes=boxes, htmx=True))
    write_as_another(written, second_officer, 1, "Hai của người khác.")

    response = post(page, written, {0: "Của tôi.", 1: "Hai của tôi."}, boxes=boxes, choice="both", **seen)

    assert texts_of(written) == ["Của người khác.\nCủa tôi.", "Hai của người khác.", "Ba."]
    assert [d.label for d in response.context["differences"]] == ["Đoạn 2"]
    values = [row.text.value() for row in response.context["form"].rows]
    assert values == ["Của người khác.\nCủa tôi.", "Hai của tôi.", "Ba."]


def test_words_for_a_paragraph_that_was_removed_are_shown_and_kept(page, written, second_officer):
    boxes = remove_first_as_another(written, second_officer)

    response = post(page, written, {0: "Một, viết thêm."}, boxes=boxes)

    assert "Đoạn đã bị bỏ ở bản đã lưu: của bạn Một, viết thêm." in words_of(response)
    assert texts_of(written) == ["Hai.", "Ba."]
    post(page, written, {0: "Một, viết thêm."}, boxes=boxes, choice="mine", **seen_in(response))
    assert texts_of(written) == ["Hai.", "Ba.", "Một, viết thêm."]


def test_too_long_text_is_refused_at_its_box(page, written):
    response = post(page, written, {0: "x" * 50_001}, htmx=True)

    first = written.paragraphs.order_by("position").first()
    assert response.status_code == 422
    assert f'id="id_text-{first.pk}_error"' in response.content.decode()
    assert texts_of(written)[0] == "Một."


def test_autosave_into_a_proposed_report_says_that_it_is_locked(page, written):
    Consolidation.objects.update(status="proposed", proposed_content="{}")

    response = post(page, written, {0: "Muộn."}, htmx=True)

    assert response.status_code == 423
    assert "đã trình lãnh đạo" in words_of(response)


def test_what_was_typed_into_a_proposed_report_is_shown_to_be_copied(page, written):
    Consolidation.objects.update(status="proposed", proposed_content="{}")

    response = post(page, written, {0: "Muộn."})

    assert "Nội dung bạn đã nhập, không được ghi Nếu còn cần" in words_of(response)
    assert "Đoạn 1: Muộn." in words_of(response)


def test_mark_for_a_decision_is_saved(page, cycle, officer):
    part = part_of(cycle, "kien-nghi")
    paragraph = services.add_paragraph(part, by=officer, now=DURING)
    data = {"version": 1, "page": PAGE, "edit": 1, "opened": OPENED, f"text-{paragraph.pk}": "Bố trí kinh phí."}

    data[f"base-{paragraph.pk}"] = base_of("")
    page.post(ADDRESS.replace("chi-dao", "kien-nghi"), data | {f"decide-{paragraph.pk}": "on"})

    paragraph.refresh_from_db()
    assert (paragraph.text, paragraph.for_decision) == ("Bố trí kinh phí.", True)


# Buttons: each saves what is typed and then does its work


def test_button_saves_what_is_typed_first(page, written, cycle, other_agency, officer):
    clerk = factories.MembershipFactory(agency=other_agency, role="clerk").user
    accept(cycle.reports.get(agency=other_agency), head=clerk, officer=officer, chi_dao="Tư pháp.")

    response = post(page, written, {0: "Một, viết thêm."}, do="take:all", shown=shown_on(page))

    assert response.status_code == 302
    assert response.url == ADDRESS + "#nguon"
    assert texts_of(written) == ["Tư pháp.", "Một, viết thêm.", "Hai.", "Ba."]


def test_buttons_of_sources(page, part):
    one, two, three = keys(part)

    post(page, part, do=f"take:{three}")
    assert texts_of(part) == ["Ba."]
    part.refresh_from_db()
    post(page, part, {0: "Ba."}, do="merge", source=[one, two])
    assert texts_of(part) == ["Một. Hai.", "Ba."]
    part.refresh_from_db()
    response = post(page, part, do="merge")
    assert said(response)[-1:] == ["Không có đoạn nào để thực hiện: chưa chọn đoạn, hoặc người khác đã chọn trước."]


def test_buttons_for_all_of_an_agency(page, part):
    post(page, part, do="take:agency.so-tu-phap", shown=shown_on(page))
    assert texts_of(part) == []

    post(page, part, do="take:agency.so-y-te", shown=shown_on(page))

    assert texts_of(part) == ["Một.", "Hai.", "Ba."]


@pytest.mark.parametrize(("verb", "expected"), [("add", ["Ba.\nMột."]), ("cite", ["Ba."])])
def test_ticked_source_is_added_to_the_chosen_paragraph(page, part, officer, verb, expected):
    one, _, three = keys(part)
    services.take_over(part, [three], by=officer, now=DURING + 2 * HOUR)

    post(page, part, do=verb, source=[one], target=part.paragraphs.get().pk)

    assert texts_of(part) == expected
    assert part.sources.filter(paragraph=part.paragraphs.get()).count() == 2


def test_buttons_of_paragraphs(page, written):
    def press(do):
        written.refresh_from_db()
        response = post(page, written, do=do)
        return response.url.removeprefix(ADDRESS)

    one, two, three = [p.pk for p in written.paragraphs.order_by("position")]
    assert press(f"up:{two}") == f"#doan-{two}"
    assert press(f"down:{two}") == f"#doan-{two}"
    assert press(f"join:{two}") == f"#doan-{one}"
    assert texts_of(written) == ["Một.\nHai.", "Ba."]
    assert press(f"split:{one}") == f"#doan-{one}"
    assert press(f"remove:{three}") == "#bai"
    assert press(f"new:{one}").startswith("#doan-")
    assert texts_of(written) == ["Một.", "", "Hai."]


CHANGED_SINCE_SEEN = (
    "Chưa thực hiện: phần này đã thay đổi từ khi bạn mở trang, hoặc nút đã được bấm hai lần. "
    "Hãy xem lại bài dưới đây, còn cần thì bấm lại."
)


def test_button_on_what_somebody_else_removed_says_so(page, written, second_officer):
    first = written.paragraphs.order_by("position").first()
    boxes = remove_first_as_another(written, second_officer)

    response = post(page, written, boxes=boxes, do=f"up:{first.pk}")

    assert said(response)[-1:] == [CHANGED_SINCE_SEEN]


@pytest.mark.parametrize("verb", ["join", "up", "down", "split", "new", "remove"])
def test_button_of_a_page_that_shows_another_order_changes_nothing(page, written, second_officer, verb):
    one, two, _ = (p.pk for p in written.paragraphs.order_by("position"))
    boxes = form_of(written)
    moved = part_of(written.consolidation.cycle, "chi-dao")
    services.move_paragraph(moved, one, up=False, by=second_officer, now=LATER)

    response = post(page, written, do=f"{verb}:{two}", boxes=boxes)

    assert response.status_code == 302
    assert said(response) == [CHANGED_SINCE_SEEN]
    assert texts_of(written) == ["Hai.", "Một.", "Ba."]


@pytest.mark.parametrize(("do", "expected"), [("new", ["Một.", "Hai.", "Ba.", ""]), ("up", ["Một.", "Ba.", "Hai."])])
def test_button_pressed_twice_does_its_work_once(page, written, do, expected):
    last = written.paragraphs.order_by("position").last()
    boxes = form_of(written)
    press = do if do == "new" else f"{do}:{last.pk}"

    post(page, written, do=press, boxes=boxes)
    second = post(page, written, do=press, boxes=boxes)

    assert said(second)[-1:] == [CHANGED_SINCE_SEEN]
    assert texts_of(written) == expected


def test_button_of_the_page_that_saved_last_works_though_the_answer_was_late(page, written):
    last = written.paragraphs.order_by("position").last()
    boxes = form_of(written)
    post(page, written, {0: "Một A."}, boxes=boxes, htmx=True, edit=1)  # The page never learns that it was saved.

    post(page, written, {0: "Một A."}, boxes=boxes, do=f"up:{last.pk}", edit=2)

    assert texts_of(written) == ["Một A.", "Ba.", "Hai."]


@pytest.mark.parametrize("whose", ["all", "agency.so-tu-phap"])
def test_button_for_all_takes_only_what_the_page_showed(page, part, cycle, other_agency, officer, whose):
    clerk = factories.MembershipFactory(agency=other_agency, role="clerk").user
    shown = shown_on(page)
    accept(cycle.reports.get(agency=other_agency), head=clerk, officer=officer, now=LATER, chi_dao="Chưa ai thấy.")

    post(page, part, do=f"take:{whose}", shown=shown)

    assert texts_of(part) == (["Một.", "Hai.", "Ba."] if whose == "all" else [])


def test_paragraphs_that_would_be_too_long_together_are_not_joined(page, written):
    second = written.paragraphs.order_by("position")[1]

    response = post(page, written, {0: "a" * 30_000, 1: "b" * 30_000}, do=f"join:{second.pk}")

    assert said(response)[-1:] == [
        "Chưa gộp được: đoạn sau khi gộp sẽ dài 60.001 ký tự, mỗi đoạn dài nhất 50.000 ký tự. "
        "Hãy để thành nhiều đoạn."
    ]
    assert [len(text) for text in texts_of(written)] == [30_000, 30_000, 3]


def test_words_that_came_back_come_back_once(page, written, second_officer):
    boxes = remove_first_as_another(written, second_officer)
    typed = {"texts": {0: "Một, viết thêm."}, "boxes": boxes}
    seen = seen_in(post(page, written, htmx=True, **typed))

    for edit in (1, 1, 2):
        post(page, written, choice="mine", edit=edit, **typed, **seen)
    post(page, written, htmx=True, edit=3, **typed)

    assert texts_of(written) == ["Hai.", "Ba.", "Một, viết thêm."]


@pytest.mark.parametrize("do", ["", "no such verb", "take:<script>", "up:" + "9" * 40, "unknown:1"])
def test_button_that_is_none_changes_nothing(page, written, do):
    response = post(page, written, do=do)

    assert response.status_code == 302
    assert texts_of(written) == ["Một.", "Hai.", "Ba."]


def test_save_and_next_leads_to_the_next_part(page, written):
    response = post(page, written, {0: "Một."}, next="1")

    assert response.url == ADDRESS.replace("chi-dao", "noi-dung-1")


# Everything at once


ALL_ADDRESS = "/96-kh-ubnd-2018/2026/tong-hop/dua-vao-bai/"


def test_everything_unused_is_taken_over_after_a_confirmation(page, part, cycle):
    overview = page.get(ALL_ADDRESS.replace("dua-vao-bai/", "")).content.decode()
    asked = page.get(ALL_ADDRESS)
    response = page.post(ALL_ADDRESS, {"seen": asked.context["seen"]})

    assert f'href="{ALL_ADDRESS}">Đưa tất cả đoạn chưa dùng vào bài</a>' in overview
    assert "Nội dung thứ 1" in overview
    assert "6 đoạn của 1 đơn vị chưa được dùng sẽ được đưa nguyên văn" in words_of(asked)
    assert said(response) == ["Đã đưa 6 đoạn của 1 đơn vị vào bài. Hãy đọc lại và biên tập các phần."]
    assert texts_of(part) == ["Một.", "Hai.", "Ba."]
    assert texts_of(part_of(cycle, "noi-dung-1")) == ["Hội nghị."]
    assert "Không còn đoạn nào chưa dùng" in words_of(page.get(ALL_ADDRESS))


def test_everything_is_not_taken_over_with_what_nobody_was_shown(page, part, cycle, other_agency, officer):
    seen = page.get(ALL_ADDRESS).context["seen"]
    clerk = factories.MembershipFactory(agency=other_agency, role="clerk").user
    accept(cycle.reports.get(agency=other_agency), head=clerk, officer=officer, now=LATER, chi_dao="Chưa ai thấy.")

    response = page.post(ALL_ADDRESS, {"seen": seen})

    assert response.url == ALL_ADDRESS
    assert said(response) == [
        "Các đoạn chưa dùng đã thay đổi sau khi bạn mở trang nên chưa đưa đoạn nào vào. Hãy xem lại rồi xác nhận lại."
    ]
    assert texts_of(part) == []


def test_nothing_is_taken_over_into_a_proposed_report(page, part):
    Consolidation.objects.update(status="proposed", proposed_content="{}")

    response = page.post(ALL_ADDRESS, {"seen": ""})

    assert response.url == ALL_ADDRESS.replace("dua-vao-bai/", "")
    assert said(response) == ["Báo cáo tổng hợp đã được trình lãnh đạo trước đó."]
    assert texts_of(part) == []


# How dear it is


def test_page_asks_as_often_for_many_sources_as_for_few(page, cycle, written, other_agency, officer):
    with CaptureQueriesContext(connection) as few:
        page.get(ADDRESS)
    clerk = factories.MembershipFactory(agency=other_agency, role="clerk").user
    lines = "\n".join(f"Việc thứ {number}." for number in range(60))
    accept(cycle.reports.get(agency=other_agency), head=clerk, officer=officer, now=DURING, chi_dao=lines)
    services.take_over(part_of(cycle, "chi-dao"), keys(written)[:30], by=officer, now=DURING + 2 * HOUR)

    with CaptureQueriesContext(connection) as many:
        response = page.get(ADDRESS)

    assert "63 đoạn trong báo cáo đã chấp nhận" in words_of(response)
    assert len(many) == len(few)


def test_save_asks_as_often_for_many_paragraphs_as_for_few(page, cycle, written, other_agency, officer):
    with CaptureQueriesContext(connection) as few:
        post(page, written, {0: "Một A.", 1: "Hai A."}, htmx=True)
    clerk = factories.MembershipFactory(agency=other_agency, role="clerk").user
    lines = "\n".join(f"Việc thứ {number}." for number in range(60))
    accept(cycle.reports.get(agency=other_agency), head=clerk, officer=officer, now=DURING, chi_dao=lines)
    services.take_over_all(cycle.consolidation, by=officer, now=DURING + 2 * HOUR, part=part_of(cycle, "chi-dao"))
    written.refresh_from_db()

    with CaptureQueriesContext(connection) as many:
        post(page, written, {place: f"Khác {place}." for place in range(63)}, htmx=True, page="3" * 32)

    assert texts_of(written)[62] == "Khác 62."
    assert len(many) == len(few)


def test_part_of_more_than_a_thousand_paragraphs_is_saved(page, part, officer):
    ConsolidatedParagraph.objects.bulk_create(
        ConsolidatedParagraph(part=part, position=number, text=f"Đoạn {number}.") for number in range(1, 1_101)
    )

    response = post(page, part, {place: f"Sửa {place}." for place in range(1_100)}, htmx=True)

    assert response.status_code == 200
    assert texts_of(part)[1_099] == "Sửa 1099."


# For Word


def test_text_for_word_is_the_part_as_plain_text(page, written, officer):
    services.add_paragraph(written, by=officer, now=LATER)

    response = page.get(ADDRESS + "sao-chep/")
    file = page.get(ADDRESS + "chi-dao.txt")

    text = "Công tác lãnh đạo, chỉ đạo, triển khai\nMột.\nHai.\nBa.\n"
    assert response.context["text"] == text
    assert file.content.decode("utf-8-sig") == text.replace("\n", "\r\n")
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert file["Content-Disposition"] == 'attachment; filename="tong-hop-2026-chi-dao.txt"'


def test_text_for_word_of_an_area_begins_with_its_name(page, cycle, part, officer):
    services.take_over_all(cycle.consolidation, by=officer, now=LATER)

    file = page.get(ADDRESS.replace("chi-dao", "noi-dung-1") + "noi-dung-1.txt")

    assert file.content.decode("utf-8-sig") == "Nội dung 1. Nội dung thứ 1\r\nHội nghị.\r\n"


def test_text_under_another_name_is_not_found(page, written):
    assert page.get(ADDRESS + "khac.txt").status_code == 404
