"""What differs between two versions of a report, word by word and number by number."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports import differences, snapshots
from reports.differences import ADDED, KEPT, REMOVED, Change, Piece, compare_words
from reports.models import Report

WORDS = st.lists(st.sampled_from(["12", "1.260", "35,5%", "hội", "nghị", "người", ".", ",", " ", "\n", "  "]))
TEXTS = st.one_of(WORDS.map("".join), st.text(max_size=200))


def shown(pieces: list[Piece]) -> str:
    """Return the pieces as people mark up a text: [-removed-], {+added+}."""
    marks = {KEPT: "{}", REMOVED: "[-{}-]", ADDED: "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces)


@given(TEXTS, TEXTS)
@example(old="\x00", new=" ")
def test_pieces_without_what_was_added_are_the_old_text_and_without_what_was_removed_the_new(old, new):
    pieces = compare_words(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.kind != REMOVED) == new


@given(TEXTS)
def test_text_compared_with_itself_is_kept_in_one_piece(text):
    assert compare_words(text, text) == ([Piece(KEPT, text)] if text else [])


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        (
            "Đã tổ chức 12 hội nghị cho 1.260 lượt người.",
            "Đã tổ chức 15 hội nghị cho 1.300 lượt người.",
            "Đã tổ chức [-12 -]{+15 +}hội nghị cho [-1.260 -]{+1.300 +}lượt người.",
        ),
        ("Đạt 35,5%.", "Đạt 36%.", "Đạt [-35,5%-]{+36%+}."),
        ("Đã mở lớp.", "Đã mở lớp, in tờ rơi.", "Đã mở lớp{+, in tờ rơi+}."),
        ("", "Mới viết.", "{+Mới viết.+}"),
        ("Đã xóa.", "", "[-Đã xóa.-]"),
        ("Một.\nHai.", "Một. Hai.", "Một.[-\n-]{+ +}Hai."),
        ("Một.\nHai.", "Một.\n\nHai, ba.", "Một.[-\n-]{+\n\n+}Hai{+, ba+}."),
        ("Một.\nHai.\nBa.", "Không.\nMột.\nBa.", "{+Không.\n+}Một.\n[-Hai.\n-]Ba."),
        # Common words between two longer changes are no help to a reader.
        (
            "Sở ban hành năm văn bản và mở các lớp cho cán bộ cơ sở",
            "Trong năm, huyện phát tờ rơi và nói chuyện ở chợ phiên vùng cao",
            "[-Sở ban hành năm văn bản và mở các lớp cho cán bộ cơ sở-]"
            "{+Trong năm, huyện phát tờ rơi và nói chuyện ở chợ phiên vùng cao+}",
        ),
    ],
)
def test_changed_words_are_marked_and_others_kept(old, new, marked):
    assert shown(compare_words(old, new)) == marked


def test_line_break_alone_is_no_difference_to_a_reader():
    assert not differences.differs(compare_words("Một.\nHai.", "Một. Hai."))
    assert differences.differs(compare_words("Một. Hai.", "Một. Ba."))


@pytest.mark.parametrize("separator", ["", "\n"])
def test_texts_of_too_many_words_stand_whole(separator):
    old, new = (separator.join(mark * 25_000) for mark in (".,", ";."))

    pieces = compare_words(f"Như nhau.\n{old}", f"Như nhau.\n{new}")

    assert max(len(piece.text) for piece in pieces) >= len(old)
    assert "".join(piece.text for piece in pieces if piece.kind != ADDED) == f"Như nhau.\n{old}"
    assert "".join(piece.text for piece in pieces if piece.kind != REMOVED) == f"Như nhau.\n{new}"


# Parts of a report


@pytest.fixture
def told(health_indicators, complete_report, head):
    """Return a function that says what the report says now."""

    def say() -> dict:
        report = Report.objects.select_related("cycle__plan", "agency").get(pk=complete_report.pk)
        return snapshots.agency_report(report, signer=head)

    return say


def test_unchanged_report_has_no_difference(told):
    found = differences.between(told(), told())

    assert list(found) == [
        "chi-dao", "noi-dung-1", "noi-dung-2", "nhiem-vu-07-1", "kinh-phi", "danh-gia", "phuong-huong", "kien-nghi",
        "so-lieu",
    ]  # fmt: skip
    assert not any(found.values())


def test_part_differs_by_its_words_statuses_and_reasons(told, complete_report):
    before = told()
    part = complete_report.parts.get(key="noi-dung-1")
    part.text = "Đã tổ chức 15 hội nghị cho 1.260 lượt người."
    part.save()
    part.progress.filter(task__code="ND-1.2").update(status="not_started", reason="Chưa có kinh phí.")

    found = differences.between(before, told())

    assert [key for key, difference in found.items() if difference] == ["noi-dung-1"]
    difference = found["noi-dung-1"]
    assert shown(difference.text) == "Đã tổ chức [-12 -]{+15 +}hội nghị cho 1.260 lượt người."
    assert difference.tasks == [
        Change(
            code="ND-1.2",
            name="Giải pháp ND-1.2.",
            old="Hoàn thành",
            new="Chưa thực hiện",
            words=(Piece(ADDED, "Chưa có kinh phí."),),
        )
    ]


def test_figure_differs_by_its_old_number_new_number_and_change(told, complete_report):
    before = told()
    figures = complete_report.parts.get(key="so-lieu").figures
    figures.filter(indicator__code="B3.1").update(total=5, basis="estimate")
    figures.filter(indicator__code="B3.2").update(total=20, included=9, explanation="Thêm 2 xã.")

    difference = differences.between(before, told())["so-lieu"]

    assert difference.figures == [
        Change("B3.1", "Số thử B3.1", "1", "5, ước cả năm", by="+4"),
        Change(
            "B3.2", "Số thử B3.2", "4/10 (40%)", "9/20 (45%)", by="+5 điểm %",
            words=(Piece(ADDED, "Thêm 2 xã."),),
        ),
    ]  # fmt: skip


def test_figure_that_lost_its_number_says_so_and_has_no_change(told, complete_report):
    before = told()
    figures = complete_report.parts.get(key="so-lieu").figures
    figures.filter(indicator__code="B3.1").update(total=None, has_no_data=True, reason="Chưa thống kê.")

    difference = differences.between(before, told())["so-lieu"]

    assert difference.figures == [
        Change(
            "B3.1", "Số thử B3.1", "1", "Không có số liệu", words=(Piece(ADDED, "Chưa thống kê."),)
        )
    ]  # fmt: skip


def test_part_and_figures_that_the_old_version_lacks_are_compared_with_nothing(told):
    after = told()
    before = after | {"tables": [], "parts": [part for part in after["parts"] if part["key"] != "noi-dung-2"]}

    found = differences.between(before, after)

    assert shown(found["noi-dung-2"].text) == "{+Đã tổ chức 12 hội nghị cho 1.260 lượt người.+}"
    assert [(task.old, task.new) for task in found["noi-dung-2"].tasks] == [("Chưa chọn mức độ", "Hoàn thành")]
    assert [(figure.old, figure.new, figure.by) for figure in found["so-lieu"].figures] == [
        ("Chưa báo cáo", "1", ""),
        ("Chưa báo cáo", "4/10 (40%)", ""),
    ]
