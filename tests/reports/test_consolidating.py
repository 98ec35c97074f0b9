"""Writing the merged report: nobody overwrites what they have not seen, and no source is used twice."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from reports import services
from reports.consolidation.sources import sources_of
from reports.merging import base_of
from reports.models import Consolidation, ConsolidationPart, ParagraphSource
from reports.services import SaveConflict
from reports.services.consolidating import REMOVED_BASE, flowing
from reports.workflow import TransitionRefused
from tests import factories
from tests.conftest import DURING
from tests.reports.consolidating import HOUR, accept, part_of, texts_of
from tests.simultaneous import at_the_same_moment

LATER = DURING + datetime.timedelta(days=1)
PAGE, OTHER_PAGE = "1" * 32, "2" * 32


@pytest.fixture
def part(cycle, report, head, officer):
    """The direction, with three sources of Sở Y tế."""
    accept(report, head=head, officer=officer, chi_dao="Một.\nHai.\nBa.")
    return part_of(cycle, "chi-dao")


@pytest.fixture
def written(part, officer):
    """The same with every source taken over."""
    services.take_over_all(part.consolidation, by=officer, now=DURING + 2 * HOUR, part=part)
    return part


@pytest.fixture
def other_head(other_agency):
    return factories.MembershipFactory(agency=other_agency, role="clerk").user


def keys(part):
    return [source.key for source in sources_of(part).sources]


def who(officer):
    return {"by": officer, "now": LATER}


def fresh(part):
    return ConsolidationPart.objects.select_related("consolidation__cycle__plan", "saved_by").get(pk=part.pk)


def paragraphs(part):
    return list(part.paragraphs.order_by("position"))


def seen(part):
    """Return by paragraph what a page that shows the part now is based on."""
    return {p.pk: base_of(p.text, p.for_decision) for p in paragraphs(part)}


def save(part, by, texts, *, bases=None, page=PAGE, edit=0, now=LATER, **more):
    """Save texts by their paragraphs' place, typed on a page that shows what `bases` says, by default the present."""
    ids = [p.pk for p in paragraphs(part)]
    return services.save_consolidation_part(
        fresh(part), by=by, now=now, page=page, edit=edit, bases=bases or seen(part),
        texts={ids[place]: text for place, text in texts.items()}, **more,
    )  # fmt: skip


# Taking over


def test_take_over_makes_a_paragraph_of_each_source_word_for_word(part, officer):
    count = services.take_over(part, keys(part)[:2], **who(officer))

    assert count == 2
    assert texts_of(part) == ["Một.", "Hai."]
    assert list(ParagraphSource.objects.values_list("text", "paragraph__text", "taken_by", "taken_at")) == [
        ("Một.", "Một.", officer.pk, LATER),
        ("Hai.", "Hai.", officer.pk, LATER),
    ]
    part.refresh_from_db()
    assert (part.version, part.saved_by, part.saved_at, part.sources_seen_at) == (1, officer, LATER, LATER)


def test_take_over_twice_takes_once(part, officer):
    chosen = keys(part)[:2]
    services.take_over(part, chosen, **who(officer))

    assert services.take_over(part, chosen, **who(officer)) == 0
    assert texts_of(part) == ["Một.", "Hai."]
    assert fresh(part).version == 1


def test_take_over_puts_a_paragraph_where_the_plan_has_its_agency(part, cycle, other_agency, other_head, officer):
    services.take_over(part, keys(part)[2:], **who(officer))
    own = services.add_paragraph(part, **who(officer))
    services.move_paragraph(part, own.pk, up=True, **who(officer))
    save(part, officer, {0: "Mở đầu."})
    # Number 6 comes before Sở Y tế, number 7.
    accept(cycle.reports.get(agency=other_agency), head=other_head, officer=officer, now=LATER, chi_dao="Tư pháp.")

    services.take_over_all(part.consolidation, by=officer, now=LATER, part=fresh(part))

    assert texts_of(part) == ["Mở đầu.", "Tư pháp.", "Một.", "Hai.", "Ba."]
    assert [p.position for p in paragraphs(part)] == [1, 2, 3, 4, 5]


def test_take_over_all_takes_every_part(part, officer):
    count = services.take_over_all(part.consolidation, by=officer, now=LATER)

    assert count == ParagraphSource.objects.count() == 5
    assert texts_of(part) == ["Một.", "Hai.", "Ba."]
    assert services.take_over_all(part.consolidation, by=officer, now=LATER) == 0


def test_merge_makes_one_paragraph_with_all_its_sources(part, officer):
    services.merge_sources(part, keys(part), **who(officer))

    assert texts_of(part) == ["Một. Hai. Ba."]
    assert paragraphs(part)[0].sources.count() == 3
    assert sources_of(part).counts["used"] == 3


@pytest.mark.parametrize(
    ("texts", "flow"),
    [
        (["Họp 5 lần", "Tập huấn 2 lớp"], "Họp 5 lần. Tập huấn 2 lớp"),
        (["Họp “Gia đình.”", "Đã xong (2 lớp)", "Hết!"], "Họp “Gia đình.” Đã xong (2 lớp). Hết!"),
        (["Đã làm:", "- Một;", "- Hai.", "Còn lại."], "Đã làm:\n- Một;\n- Hai.\nCòn lại."),
        (["Gồm:", "02 lớp."], "Gồm: 02 lớp."),
        (["Một mình"], "Một mình"),
    ],
)
def test_merged_sources_flow_and_lists_stay_lists(texts, flow):
    assert flowing(texts) == flow


def test_merged_paragraph_is_split_where_its_sources_begin(cycle, report, head, officer):
    accept(report, head=head, officer=officer, chi_dao="Họp 5 lần\nTập huấn 2 lớp\nBan hành kế hoạch")
    part = part_of(cycle, "chi-dao")
    services.merge_sources(part, keys(part), **who(officer))
    merged = paragraphs(part)[0]
    save(part, officer, {0: "Mở đầu: " + merged.text.replace("2 lớp", "hai lớp")})

    assert services.split_paragraph(fresh(part), merged.pk, **who(officer)) == 3

    # The source whose words were changed is nowhere said word for word.
    assert texts_of(part) == ["Mở đầu:", "Họp 5 lần. Tập huấn hai lớp.", "Ban hành kế hoạch"]
    assert [[source.text for source in p.sources.all()] for p in paragraphs(part)] == [
        ["Tập huấn 2 lớp"],
        ["Họp 5 lần"],
        ["Ban hành kế hoạch"],
    ]


@pytest.mark.parametrize(
    ("with_words", "text", "state"), [(True, "Một.\nHai.", "used"), (False, "Một.", "shortened")]
)
def test_source_is_added_to_a_paragraph_with_its_words_or_without(part, officer, with_words, text, state):
    one, two, _ = keys(part)
    services.take_over(part, [one], **who(officer))

    services.add_to_paragraph(part, [two], paragraph_id=paragraphs(part)[0].pk, with_words=with_words, **who(officer))

    assert texts_of(part) == [text]
    assert [source.state.value for source in sources_of(part).sources] == ["used", state, "unused"]


@pytest.mark.parametrize("change", ["merge", "add", "join"])
def test_paragraph_is_not_made_longer_than_its_box(cycle, report, head, officer, change):
    accept(report, head=head, officer=officer, chi_dao="\n".join(letter * 25_000 for letter in "ab"))
    part = part_of(cycle, "chi-dao")
    one, two = keys(part)
    makes = {
        "merge": lambda: services.merge_sources(part, [one, two], **who(officer)),
        "add": lambda: services.add_to_paragraph(
            part, [two], paragraph_id=paragraphs(part)[0].pk, with_words=True, **who(officer)
        ),
        "join": lambda: services.join_with_previous(part, paragraphs(part)[1].pk, **who(officer)),
    }
    services.take_over(part, {"merge": [], "add": [one], "join": [one, two]}[change], **who(officer))
    before = texts_of(part)

    with pytest.raises(TransitionRefused, match=r"sẽ dài 50\.00[12] ký tự, mỗi đoạn dài nhất 50\.000 ký tự"):
        makes[change]()

    assert texts_of(part) == before
    assert fresh(part).version == (0 if change == "merge" else 1)


def test_source_set_aside_is_taken_back(part, officer):
    services.set_aside(part, keys(part)[:1], **who(officer))
    assert texts_of(part) == []
    assert sources_of(part).counts["set_aside"] == 1

    services.release_source(part, part.sources.get().pk, **who(officer))

    assert sources_of(part).counts["unused"] == 3
    assert fresh(part).version == 2


def test_source_that_a_paragraph_gives_up_leaves_its_words(written, officer):
    services.release_source(written, paragraphs(written)[0].sources.get().pk, **who(officer))

    assert texts_of(written) == ["Một.", "Hai.", "Ba."]
    assert sources_of(written).counts["unused"] == 1


def test_source_of_another_part_is_not_released(written, cycle, officer):
    other = part_of(cycle, "danh-gia")

    with pytest.raises(TransitionRefused):
        services.release_source(other, written.sources.first().pk, **who(officer))

    assert written.sources.count() == 3


# Paragraphs


def test_paragraph_that_is_removed_makes_its_sources_unused(written, officer):
    services.remove_paragraph(written, paragraphs(written)[1].pk, **who(officer))

    assert texts_of(written) == ["Một.", "Ba."]
    assert [source.state.value for source in sources_of(written).sources] == ["used", "unused", "used"]


def test_paragraph_moves_and_stops_at_the_ends(written, officer):
    last = paragraphs(written)[2].pk
    services.move_paragraph(written, last, up=True, **who(officer))
    assert texts_of(written) == ["Một.", "Ba.", "Hai."]
    services.move_paragraph(written, last, up=True, **who(officer))
    version = fresh(written).version
    services.move_paragraph(written, last, up=True, **who(officer))

    assert texts_of(written) == ["Ba.", "Một.", "Hai."]
    assert fresh(written).version == version


def test_own_paragraph_begins_after_another(written, officer):
    services.add_paragraph(written, after=paragraphs(written)[0].pk, **who(officer))

    assert texts_of(written) == ["Một.", "", "Hai.", "Ba."]


def test_join_and_split_undo_each_other(written, officer):
    joined = services.join_with_previous(written, paragraphs(written)[1].pk, **who(officer))
    assert texts_of(written) == ["Một.\nHai.", "Ba."]
    assert joined.sources.count() == 2

    services.split_paragraph(written, joined.pk, **who(officer))

    assert texts_of(written) == ["Một.", "Hai.", "Ba."]
    assert [p.sources.get().text for p in paragraphs(written)] == ["Một.", "Hai.", "Ba."]


def test_split_of_one_line_changes_nothing(written, officer):
    version = written.version

    assert services.split_paragraph(written, paragraphs(written)[0].pk, **who(officer)) == 1
    assert fresh(written).version == version


def test_paragraph_of_another_part_is_not_touched(written, cycle, officer):
    with pytest.raises(TransitionRefused):
        services.remove_paragraph(part_of(cycle, "danh-gia"), paragraphs(written)[0].pk, **who(officer))

    assert texts_of(written) == ["Một.", "Hai.", "Ba."]


# Saving


def test_save_writes_texts_and_the_mark_for_a_decision(cycle, officer):
    part = part_of(cycle, "kien-nghi")
    for _ in range(2):
        services.add_paragraph(part, by=officer, now=DURING)
    second = paragraphs(part)[1]

    save(part, officer, {0: "Một.", 1: "Hai."}, for_decision={second.pk})

    assert list(part.paragraphs.order_by("position").values_list("text", "for_decision")) == [
        ("Một.", False),
        ("Hai.", True),
    ]
    part.refresh_from_db()
    assert (part.version, part.saved_by, part.saved_at) == (3, officer, LATER)


def test_save_that_changes_nothing_keeps_version_time_and_name(written, second_officer):
    before = (written.version, written.saved_at, written.saved_by)

    save(written, second_officer, {0: "Một."})

    after = fresh(written)
    assert (after.version, after.saved_at, after.saved_by) == before


def test_page_whose_answers_were_lost_goes_on(written, officer):
    bases = seen(written)
    save(written, officer, {0: "Một A."}, bases=bases, edit=1)
    save(written, officer, {0: "Một A B."}, bases=bases, edit=2)

    assert texts_of(written)[0] == "Một A B."


def test_page_whose_answers_were_lost_goes_on_though_somebody_else_wrote_another_paragraph(
    written, officer, second_officer
):
    bases = seen(written)
    save(written, officer, {0: "Một A."}, bases=bases, edit=1)
    save(written, second_officer, {1: "Hai B."}, bases=bases, page=OTHER_PAGE, edit=1)
    save(written, officer, {0: "Một A B."}, bases=bases, edit=2)

    assert texts_of(written) == ["Một A B.", "Hai B.", "Ba."]


@pytest.mark.parametrize("is_somebody_between", [False, True])
def test_overtaken_save_of_the_same_page_changes_nothing(written, officer, second_officer, is_somebody_between):
    bases = seen(written)
    save(written, officer, {0: "Mới hơn."}, bases=bases, edit=2)
    if is_somebody_between:
        save(written, second_officer, {1: "Hai B."}, page=OTHER_PAGE)
    save(written, officer, {0: "Cũ hơn."}, bases=bases, edit=1)

    assert texts_of(written)[0] == "Mới hơn."


def test_saves_of_different_paragraphs_join(written, officer, second_officer):
    bases = seen(written)
    ids = [p.pk for p in paragraphs(written)]

    # Every page sends all its boxes, with what stood in them when it was opened.
    save(written, second_officer, {0: "Một.", 1: "Hai của người khác.", 2: "Ba."}, bases=bases, page=OTHER_PAGE)
    save(written, officer, {0: "Một của tôi.", 1: "Hai.", 2: "Ba."}, bases=bases)

    assert texts_of(written) == ["Một của tôi.", "Hai của người khác.", "Ba."]
    assert [p.pk for p in paragraphs(written)] == ids
    assert [p.saved_by for p in paragraphs(written)] == [officer, second_officer, None]
    assert fresh(written).version == 3


def test_save_over_somebody_elses_words_is_a_conflict_of_that_paragraph_alone(written, officer, second_officer):
    bases = seen(written)
    save(written, second_officer, {0: "Của người khác."}, bases=bases, page=OTHER_PAGE)

    with pytest.raises(SaveConflict) as conflict:
        save(written, officer, {0: "Của tôi.", 1: "Hai của tôi.", 2: "Ba."}, bases=bases)

    assert texts_of(written) == ["Của người khác.", "Hai của tôi.", "Ba."]
    assert conflict.value.saved == paragraphs(written)[0]
    assert conflict.value.saved.saved_by == second_officer


def test_words_of_others_that_the_page_never_saw_are_not_its_own_after_it_saved_something_else(
    written, officer, second_officer
):
    bases = seen(written)
    save(written, second_officer, {0: "Của người khác."}, bases=bases, page=OTHER_PAGE)
    save(written, officer, {0: "Một.", 1: "Hai của tôi."}, bases=bases, edit=1)

    with pytest.raises(SaveConflict):
        save(written, officer, {0: "Một của tôi.", 1: "Hai của tôi."}, bases=bases, edit=2)

    assert texts_of(written) == ["Của người khác.", "Hai của tôi.", "Ba."]


def test_words_that_a_button_changed_are_no_longer_the_pages_own(written, officer, second_officer):
    bases = seen(written)
    save(written, officer, {0: "Một A."}, bases=bases, edit=1)
    services.join_with_previous(fresh(written), paragraphs(written)[1].pk, **who(second_officer))

    with pytest.raises(SaveConflict) as conflict:
        save(written, officer, {0: "Một A B."}, bases=bases, edit=2)

    assert texts_of(written) == ["Một A.\nHai.", "Ba."]
    assert conflict.value.saved.saved_by == second_officer


def test_both_who_write_the_same_are_in_nobodys_way(written, officer, second_officer):
    bases = seen(written)
    save(written, second_officer, {0: "Như nhau."}, bases=bases, page=OTHER_PAGE)
    save(written, officer, {0: "Như nhau."}, bases=bases)

    assert texts_of(written)[0] == "Như nhau."


def test_mark_for_a_decision_is_one_with_its_words(cycle, officer, second_officer):
    part = part_of(cycle, "kien-nghi")
    for _ in range(2):
        services.add_paragraph(part, by=officer, now=DURING)
    bases = seen(part)
    first, second = (p.pk for p in paragraphs(part))
    save(part, second_officer, {0: "", 1: ""}, bases=bases, page=OTHER_PAGE, for_decision={first})

    with pytest.raises(SaveConflict):
        save(part, officer, {0: "Một.", 1: "Hai."}, bases=bases, for_decision={second})

    assert list(part.paragraphs.order_by("position").values_list("text", "for_decision")) == [
        ("", True),
        ("Hai.", True),
    ]


def test_save_joins_with_paragraphs_that_somebody_moved(written, officer, second_officer):
    bases = seen(written)
    first = paragraphs(written)[0].pk
    services.move_paragraph(fresh(written), first, up=False, **who(second_officer))

    services.save_consolidation_part(
        fresh(written), by=officer, now=LATER, page=PAGE, texts={first: "Một A."}, bases=bases
    )

    assert texts_of(written) == ["Hai.", "Một A.", "Ba."]


@pytest.mark.parametrize("change", ["move", "word", "remove", "add"])
def test_change_that_follows_is_not_let_through_by_a_page_that_does_not_know_the_paragraphs(
    written, officer, second_officer, change
):
    bases, shown = seen(written), [p.pk for p in paragraphs(written)]
    texts = {p.pk: p.text for p in paragraphs(written)} | {shown[0]: "Một A."}
    changes = {
        "move": lambda: services.move_paragraph(fresh(written), shown[1], up=False, **who(second_officer)),
        "word": lambda: save(written, second_officer, {2: "Ba B."}, page=OTHER_PAGE),
        "remove": lambda: services.remove_paragraph(fresh(written), shown[2], **who(second_officer)),
        "add": lambda: services.add_paragraph(fresh(written), **who(second_officer)),
    }
    changes[change]()
    before = texts_of(written)

    with pytest.raises(SaveConflict):
        services.save_consolidation_part(
            fresh(written), by=officer, now=LATER, page=PAGE, texts=texts, bases=bases, shown=shown
        )

    assert texts_of(written) == ["Một A.", *before[1:]]


def test_change_of_what_is_no_longer_so_is_a_conflict(written, officer):
    with pytest.raises(SaveConflict):
        services.remove_paragraph(written, paragraphs(written)[0].pk, version=0, **who(officer))

    assert texts_of(written) == ["Một.", "Hai.", "Ba."]


def test_words_typed_into_a_paragraph_that_was_removed_come_back(written, officer, second_officer):
    bases, texts = seen(written), {p.pk: p.text for p in paragraphs(written)}
    removed = paragraphs(written)[0].pk
    services.remove_paragraph(fresh(written), removed, **who(second_officer))
    texts[removed] = "Một, viết thêm."
    with pytest.raises(SaveConflict):
        services.save_consolidation_part(fresh(written), page=PAGE, texts=texts, bases=bases, **who(officer))
    assert texts_of(written) == ["Hai.", "Ba."]

    bases[removed] = REMOVED_BASE
    services.save_consolidation_part(fresh(written), page=PAGE, texts=texts, bases=bases, **who(officer))

    assert texts_of(written) == ["Hai.", "Ba.", "Một, viết thêm."]


def test_paragraph_that_was_removed_stays_so_where_nobody_typed_in_it(written, officer, second_officer):
    bases, texts = seen(written), {p.pk: p.text for p in paragraphs(written)}
    first, second, _ = texts
    services.remove_paragraph(fresh(written), first, **who(second_officer))
    texts[second] = "Hai của tôi."

    services.save_consolidation_part(fresh(written), page=PAGE, texts=texts, bases=bases, **who(officer))

    assert texts_of(written) == ["Hai của tôi.", "Ba."]


def test_paragraph_that_somebody_added_meanwhile_stays(written, officer, second_officer):
    bases, texts = seen(written), {p.pk: f"{p.text} Sửa." for p in paragraphs(written)}
    services.add_paragraph(fresh(written), **who(second_officer))

    services.save_consolidation_part(fresh(written), page=PAGE, texts=texts, bases=bases, **who(officer))

    assert texts_of(written) == ["Một. Sửa.", "Hai. Sửa.", "Ba. Sửa.", ""]


# Who, and when


CHANGES = {
    "save": lambda part, by: services.save_consolidation_part(
        part, by=by, now=LATER, texts={paragraphs(part)[0].pk: "Khác."}
    ),
    "take": lambda part, by: services.take_over(part, [], by=by, now=LATER),
    "take all": lambda part, by: services.take_over_all(part.consolidation, by=by, now=LATER),
    "merge": lambda part, by: services.merge_sources(part, [], by=by, now=LATER),
    "aside": lambda part, by: services.set_aside(part, [], by=by, now=LATER),
    "release": lambda part, by: services.release_source(part, part.sources.first().pk, by=by, now=LATER),
    "seen": lambda part, by: services.see_sources(part, by=by, until=LATER),
    "new": lambda part, by: services.add_paragraph(part, by=by, now=LATER),
    "remove": lambda part, by: services.remove_paragraph(part, paragraphs(part)[0].pk, by=by, now=LATER),
    "move": lambda part, by: services.move_paragraph(part, paragraphs(part)[1].pk, up=True, by=by, now=LATER),
    "join": lambda part, by: services.join_with_previous(part, paragraphs(part)[1].pk, by=by, now=LATER),
    "split": lambda part, by: services.split_paragraph(part, paragraphs(part)[0].pk, by=by, now=LATER),
}


@pytest.mark.parametrize("change", CHANGES)
def test_part_is_locked_while_it_is_proposed(written, officer, change):
    Consolidation.objects.update(status="proposed", proposed_content="{}")

    with pytest.raises(TransitionRefused, match="đã trình lãnh đạo"):
        CHANGES[change](fresh(written), officer)

    assert texts_of(written) == ["Một.", "Hai.", "Ba."]
    assert fresh(written).version == written.version


@pytest.mark.parametrize("change", CHANGES)
def test_only_officers_write(written, focal_head, change):
    with pytest.raises(PermissionDenied):
        CHANGES[change](fresh(written), focal_head)

    assert texts_of(written) == ["Một.", "Hai.", "Ba."]


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_officers_who_take_everything_at_the_same_moment_take_it_once(part, officer, second_officer):
    results = at_the_same_moment(
        [
            lambda by=by: services.take_over_all(part.consolidation, by=by, now=LATER, part=fresh(part))
            for by in (officer, second_officer)
        ]
    )

    assert sorted(results) == [0, 3]
    assert texts_of(part) == ["Một.", "Hai.", "Ba."]


@pytest.mark.django_db(transaction=True)
def test_officers_who_write_different_parts_at_the_same_moment_are_in_nobodys_way(
    cycle, written, officer, second_officer
):
    other = part_of(cycle, "danh-gia")
    services.add_paragraph(other, by=officer, now=DURING)

    results = at_the_same_moment(
        [
            lambda: save(written, officer, {0: "Chỉ đạo."}).version,
            lambda: save(other, second_officer, {0: "Đánh giá."}).version,
        ]
    )

    assert results == [2, 2]
    assert (texts_of(written)[0], texts_of(other)) == ("Chỉ đạo.", ["Đánh giá."])


@pytest.mark.django_db(transaction=True)
def test_text_and_removal_at_the_same_moment_are_one_change_and_one_conflict(written, officer, second_officer):
    first, bases = paragraphs(written)[0].pk, seen(written)

    results = at_the_same_moment(
        [
            lambda: services.save_consolidation_part(
                fresh(written), page=PAGE, texts={first: "Viết thêm."}, bases=bases, **who(officer)
            ),
            lambda: services.remove_paragraph(fresh(written), first, version=1, **who(second_officer)),
        ]
    )

    assert [type(result) for result in results if isinstance(result, Exception)] == [SaveConflict]
    assert texts_of(written) in (["Viết thêm.", "Hai.", "Ba."], ["Hai.", "Ba."])


@pytest.mark.django_db(transaction=True)
def test_officers_who_write_different_paragraphs_at_the_same_moment_both_save(written, officer, second_officer):
    bases = seen(written)
    texts = {p.pk: p.text for p in paragraphs(written)}
    first, second, _ = texts

    at_the_same_moment(
        [
            lambda: services.save_consolidation_part(
                fresh(written), page=PAGE, texts=texts | {first: "Một A."}, bases=bases, **who(officer)
            ),
            lambda: services.save_consolidation_part(
                fresh(written), page=OTHER_PAGE, texts=texts | {second: "Hai B."}, bases=bases, **who(second_officer)
            ),
        ]
    )

    assert texts_of(written) == ["Một A.", "Hai B.", "Ba."]
    assert fresh(written).version == 3
