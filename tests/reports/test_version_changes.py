"""What a version of the merged report says otherwise than the one before, whatever the older one's schema."""

from reports.consolidation.versions import version_changes


def part(key, *texts, title="Công tác lãnh đạo", number=None, missing=()):
    paragraphs = [{"text": text} for text in texts]
    return {"key": key, "title": title, "number": number, "paragraphs": paragraphs, "missing": list(missing)}


def lines(change) -> list[str]:
    """Return a part's lines with what was removed in brackets and what was added in braces."""
    marks = {"kept": "{}", "removed": "[{}]", "added": "{{{}}}"}
    return ["".join(marks[piece.kind].format(piece.text) for piece in line) for line in change.lines]


def test_only_changed_paragraphs_are_shown_with_one_gap_for_those_between():
    old = {"parts": [part("chi-dao", "Một.", "Hai.", "Ba bốn năm sáu bảy.", "Tám.")]}
    new = {"parts": [part("chi-dao", "Một.", "Hai.", "Ba bốn năm sáu chín.", "Tám.")]}

    [change] = version_changes(old, new).parts

    assert change.title == "Công tác lãnh đạo"
    assert lines(change) == ["", "Ba bốn năm sáu [bảy]{chín}.", ""]


def test_same_content_is_no_change():
    content = {"parts": [part("chi-dao", "Một.", missing=["Sở Y tế"])], "tables": []}

    assert not version_changes(content, content)


def test_agencies_that_joined_and_left_are_named():
    changes = version_changes(
        {"parts": [part("chi-dao", missing=["Sở Tư pháp", "Sở Y tế"])]},
        {"parts": [part("chi-dao", missing=["Sở Y tế", "Công an tỉnh"])]},
    )

    assert (changes.joined, changes.left) == (["Sở Tư pháp"], ["Công an tỉnh"])


def test_agencies_excused_and_extended_are_named_and_an_excused_one_has_not_joined():
    changes = version_changes(
        {
            "parts": [part("chi-dao", missing=["Sở Tư pháp"])],
            "reporting": {"excused": ["Công an tỉnh"], "extended": ["Sở Y tế (đến hết 20/11/2026)"]},
        },
        {
            "parts": [part("chi-dao", missing=["Công an tỉnh"])],
            "reporting": {"excused": ["Sở Tư pháp"], "extended": ["Sở Y tế (đến hết 22/11/2026)"]},
        },
    )

    assert (changes.joined, changes.left) == ([], [])
    assert [(change.label, change.added, change.dropped) for change in changes.stated] == [
        ("Được miễn báo cáo", ["Sở Tư pháp"], ["Công an tỉnh"]),
        ("Được gia hạn", ["Sở Y tế (đến hết 22/11/2026)"], ["Sở Y tế (đến hết 20/11/2026)"]),
    ]


def test_another_period_the_end_of_the_year_and_who_is_late_are_said():
    old = {
        "data_to": "2026-10-31",
        "parts": [part("chi-dao")],
        "reporting": {"late": ["Sở Tư pháp"], "is_closed": False},
    }
    new = {"data_to": "2026-11-15", "parts": [part("chi-dao")], "reporting": {"late": [], "is_closed": True}}

    changes = version_changes(old, new)

    assert changes.year == ["Số liệu tính đến ngày 15/11/2026, trước là ngày 31/10/2026.", "Kỳ báo cáo đã kết thúc."]
    assert version_changes(new, old).year[1] == "Kỳ báo cáo đã được mở lại."
    assert [(change.label, change.added, change.dropped) for change in changes.stated] == [
        ("Gửi quá hạn", [], ["Sở Tư pháp"])
    ]


def test_version_of_the_first_schema_is_compared_by_its_texts():
    old = {
        "parts": [
            part("chi-dao", "Một."),
            {"key": "nhiem-vu", "kind": "responsibilities", "title": "Nhiệm vụ", "agencies": [], "missing": []},
        ]
    }
    new = {
        "parts": [part("chi-dao", "Một."), part("noi-dung-1", "Hai.", title="Tuyên truyền", number=1)],
        "tables": [],
    }

    changes = version_changes(old, new)

    assert [(change.title, lines(change)) for change in changes.parts] == [("1. Tuyên truyền", ["{Hai.}"])]
    assert (changes.figures, changes.year) == ([], [])
