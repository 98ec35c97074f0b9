"""Charts: one drawing that says everything in words and numbers, where nothing covers anything else."""

import re
from decimal import Decimal
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import FONT_SIZE, TONES, WIDTH, Chart, Series, hatching, svg, width_of, wrapped

SVG = "{http://www.w3.org/2000/svg}"
FONT = Path(__file__).resolve().parents[2] / "static" / "fonts" / "tinos" / "Tinos-Regular.ttf"

AREAS = (
    "1. Tăng cường tuyên truyền, giáo dục nâng cao nhận thức cho đội ngũ cán bộ đảng viên, công chức, viên chức",
    "2. Tổ chức triển khai các hoạt động thực hiện chính sách, pháp luật về bình đẳng giới",
    "3. Đẩy mạnh thực hiện chủ trương xây dựng đội ngũ cán bộ nữ lãnh đạo, quản lý",
    "4. Hỗ trợ, tạo điều kiện để các tầng lớp phụ nữ được tham gia, học tập, đào tạo nghề",
    "5. Đổi mới tổ chức và phương thức hoạt động của các cấp Hội Liên hiệp Phụ nữ",
    "6. Thanh tra, kiểm tra",
)
STATES = ("Chấp nhận", "Đã nộp, chờ thẩm tra", "Trả lại", "Đang soạn", "Chưa có thông tin")


def chart(form, categories, *series, unit="cơ quan", title="Sáu nội dung", description="Mười chín trên hai mươi tư."):
    return Chart(form, title, description, tuple(categories), tuple(Series(*one) for one in series), unit)


COUNTS = [(15, 20, 3, 0, 24, 1), (5, 2, 3, 0, 0, 1), (1, 1, 3, 0, 0, 1), (2, 0, 8, 0, 0, 1), (1, 1, 7, 24, 0, 20)]
STACKED = chart("stacked", AREAS, *zip(STATES, COUNTS, strict=True))
TARGETS = chart(
    "targets",
    [f"CT-{n}. Tỷ lệ nữ tham gia quản lý, lãnh đạo ở các cơ quan, đơn vị cấp tỉnh thứ {n}" for n in range(24)],
    ("Kết quả", [None if n == 5 else Decimal(n * 10) / 3 for n in range(24)]),
    ("Mục tiêu", [None if n == 6 else 60 for n in range(24)]),
    unit="%",
)
BARS = chart(
    "bars",
    [str(year) for year in range(2019, 2027)],
    ("Phải gửi", [24] * 8),
    ("Đúng hạn", [20, 22, 24, 0, None, 21, 24, 18]),
    ("Quá hạn", [3, 2, 0, 0, None, 2, 0, 1]),
)
LINES = chart(
    "lines",
    [f"{day:02d}/10" for day in range(1, 32)],
    ("Đã gửi", [min(24, max(0, day - 5)) for day in range(25)] + [None] * 6),
    ("Phải gửi", [24] * 31),
    unit="báo cáo",
)
ALL = [STACKED, TARGETS, BARS, LINES]


def drawn(one):
    return ElementTree.fromstring(svg(one))


def labels(root):
    return [text.text for text in root.iter(f"{SVG}text")]


def words(root):
    """Return all labels as one text, as they are read from top to bottom."""
    return " ".join(labels(root))


@cache
def font():
    with TTFont(FONT) as file:
        widths, letters = file["hmtx"].metrics, file.getBestCmap()
        return {chr(code): widths[name][0] / file["head"].unitsPerEm for code, name in letters.items()}


def box(text):
    """Return a label's left, top, right and bottom, measured in the letters that PDFs are printed in."""
    width = FONT_SIZE * sum(font()[letter] for letter in text.text)
    start = {"middle": 0.5, "end": 1}.get(text.get("text-anchor"), 0)
    left, baseline = float(text.get("x")) - start * width, float(text.get("y"))
    return left, baseline - 0.7 * FONT_SIZE, left + width, baseline + 0.2 * FONT_SIZE


def covers(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def misplaced(root):
    """Return the labels that cover one another, and those that leave the drawing."""
    boxes = [(text.text, box(text)) for text in root.iter(f"{SVG}text")]
    height = float(root.get("height"))
    outside = [
        text for text, (left, top, right, bottom) in boxes
        if left < -0.5 or top < 0 or right > WIDTH + 0.5 or bottom > height
    ]  # fmt: skip
    return outside + [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if covers(one, other)]


# What is said


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.form)
def test_drawing_is_an_image_with_title_and_description(one):
    root = drawn(one)

    named = root.get("aria-labelledby").split()
    assert root.get("role") == "img"
    assert [(child.tag, child.get("id"), child.text) for child in list(root)[:2]] == [
        (f"{SVG}title", named[0], "Sáu nội dung"),
        (f"{SVG}desc", named[1], "Mười chín trên hai mươi tư."),
    ]


def test_ids_of_two_charts_differ():
    ids = [element.get("id") for one in ALL for element in drawn(one).iter() if element.get("id")]

    assert len(ids) == len(set(ids)) == 8


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.form)
def test_every_name_is_written(one):
    said = words(drawn(one))

    shown = one.categories if one.form != "lines" else one.categories[-1:]
    assert [name for name in (*shown, *(series.name for series in one.series)) if name not in said] == []


def test_stacked_bars_say_their_numbers_on_them_or_below():
    one = chart("stacked", ["Nội dung 1", "Nội dung 2"], ("Có", [75, 1]), ("Không", [3, 1]), ("Chưa", [2, 78]))

    assert labels(drawn(one)) == [
        *("Đơn vị tính: cơ quan", "Có", "Không", "Chưa"),
        *("Nội dung 1", "75", "3", "Chưa: 2"),
        *("Nội dung 2", "78", "Có: 1; Không: 1"),
    ]


def test_targets_say_both_numbers_and_what_is_not_known():
    one = chart(
        "targets", ["Nữ lãnh đạo", "Tuổi thọ", "Mù chữ"],
        ("Kết quả", [Decimal("27.5"), None, 0]), ("Mục tiêu", [25, 75, None]), unit="%",
    )  # fmt: skip

    assert labels(drawn(one)) == [
        *("Kết quả", "Mục tiêu"),
        *("Nữ lãnh đạo", "Kết quả: 27,5%; Mục tiêu: 25%"),
        *("Tuổi thọ", "Kết quả: chưa có; Mục tiêu: 75%"),
        *("Mù chữ", "Kết quả: 0%; Mục tiêu: chưa có"),
    ]


def test_targets_of_different_units_have_scales_of_their_own():
    one = chart("targets", ["Người", "Tỷ lệ"], ("Kết quả", [50000, 40]), ("Mục tiêu", [100000, 80]), unit="")

    bars = [rect.get("width") for rect in drawn(one).iter(f"{SVG}rect") if rect.get("height") == "14"]
    assert bars == ["177", "177"]


def test_bars_write_numbers_as_vietnamese_do_and_a_dash_for_none():
    one = chart("bars", ["2025", "2026"], ("Người", [Decimal("1234567.5"), None]), unit="người")

    assert labels(drawn(one)) == ["Đơn vị tính: người", "2025", "1.234.567,5", "2026", "-"]


def test_line_stops_where_nothing_is_known_yet_and_its_key_says_how_far_it_came():
    one = chart("lines", ["01/10", "02/10", "03/10"], ("Đã gửi", [1, 3, None]), ("Phải gửi", [4, 4, 4]))

    root = drawn(one)
    paths = [path.get("d") for path in root.iter(f"{SVG}path") if path.get("stroke-width") == "2.5"]
    received, expected = paths[2:]
    assert {"Đã gửi: 3", "Phải gửi: 4", "0", "2", "4"} <= set(labels(root))
    assert (received.count("H"), expected.count("H")) == (2, 3)
    assert expected.endswith(f"H{WIDTH}")


@pytest.mark.parametrize("form", ["lines", "stacked", "targets", "bars"])
@pytest.mark.parametrize("values", [(), (None, None)])
def test_chart_without_figures_says_so(form, values):
    one = chart(form, ["A", "B"][: len(values)], ("Kết quả", values), ("Mục tiêu", values))

    assert labels(drawn(one)) == ["Chưa có số liệu."]


@pytest.mark.parametrize("form", ["lines", "stacked", "targets", "bars"])
def test_chart_of_zeros_is_drawn(form):
    one = chart(form, ["A", "B"], ("Kết quả", [0, 0]), ("Mục tiêu", [0, 0]))

    assert misplaced(drawn(one)) == []


def test_sixth_series_is_refused():
    with pytest.raises(ValueError, match="at most 5 series"):
        svg(chart("bars", ["2026"], *((f"Dãy {n}", [n]) for n in range(6))))


def test_text_that_looks_like_markup_is_written_as_it_is():
    one = chart("bars", ["<b>&"], ("A", [1]), title="<script>", description='"&"')

    assert "<b>&" in labels(drawn(one))
    assert "<script" not in svg(one)


# How it looks


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.form)
def test_no_label_covers_another_or_leaves_the_drawing(one):
    assert misplaced(drawn(one)) == []


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.form)
def test_drawing_has_only_what_an_archived_pdf_takes(one):
    root = drawn(one)

    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    attributes = {name for element in root.iter() for name in element.attrib}
    colours = {element.get(name) for element in root.iter() for name in ("fill", "stroke") if element.get(name)}
    assert tags <= {"svg", "title", "desc", "rect", "path", "text"}
    assert attributes & {"style", "class", "opacity", "fill-opacity", "transform", "filter", "clip-path"} == set()
    assert {colour for colour in colours if not re.fullmatch(r"#[0-9a-f]{6}", colour)} <= {"none"}
    assert root.get("font-family").startswith("Tinos")
    assert root.get("font-size") == "13"


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.form)
def test_same_chart_is_the_same_text(one):
    assert svg(one) == svg(chart(one.form, one.categories, *((s.name, s.values) for s in one.series), unit=one.unit))


def luminance(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_tones_differ_in_grey_and_carry_readable_numbers():
    lightness = [116 * luminance(tone.fill) ** (1 / 3) - 16 for tone in TONES]

    assert [(a, b) for a, b in pairwise(lightness) if b - a < 7] == []
    assert [tone for tone in TONES if contrast(tone.fill, tone.ink) < 4.5] == []
    assert len({(tone.pattern, tone.fill) for tone in TONES}) == len({tone.dashes for tone in TONES}) == 5


VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵbcdđfghjklmnpqrstvwxz"


def test_no_letter_is_wider_than_it_is_taken_for():
    letters = VIETNAMESE + VIETNAMESE.upper() + "0123456789 .,:;-–—…%()[]/+=<>&@'\"!?*°×“”"

    assert [letter for letter in letters if width_of(letter) < FONT_SIZE * font()[letter]] == []


# Anything that a year may bring

NAMES = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyAĐỨỢWẫ 0123456789%/-.", min_size=1, max_size=90).filter(str.strip)
VALUES = st.one_of(
    st.none(), st.integers(0, 30), st.integers(0, 10**9), st.decimals(0, 10**9, places=2, allow_nan=False)
)


@st.composite
def charts(draw):
    form = draw(st.sampled_from(["lines", "stacked", "targets", "bars"]))
    categories = draw(st.lists(NAMES, max_size=24))
    count = 2 if form == "targets" else draw(st.integers(1, 5))
    column = st.lists(VALUES, min_size=len(categories), max_size=len(categories))
    return chart(form, categories, *((draw(NAMES), tuple(draw(column))) for _ in range(count)), unit=draw(NAMES))


@given(charts())
def test_any_chart_is_well_formed_and_covers_nothing(one):
    assert misplaced(drawn(one)) == []


@given(st.text("aAmWđĐ /", max_size=200), st.integers(60, 360))
def test_wrapping_loses_no_letter(text, width):
    assert "".join(wrapped(text, width)).replace(" ", "") == text.replace(" ", "")


@given(
    st.sampled_from(["rising", "falling", "level"]), st.floats(0, 200), st.floats(0, 200), st.floats(0.1, 360),
    st.floats(5, 20),
)  # fmt: skip
def test_pattern_stays_inside_its_box(pattern, x, y, width, height):
    path = hatching(pattern, x, y, width, height)

    for point in re.findall(r"([ML])(-?[\d.]+) (-?[\d.]+)", path):
        assert x - 0.1 <= float(point[1]) <= x + width + 0.1
        assert y - 0.1 <= float(point[2]) <= y + height + 0.1
