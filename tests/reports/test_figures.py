"""How numbers are read and written, what is computed of them, and what is wrong with an answer."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignments.models import Indicator
from reports import figures
from reports.figures import FigureInput, LastFigure, NumberNotUnderstood, format_number, parse_number

D = Decimal
HOW_TO_WRITE = "Hãy viết như 1.234,5: dấu chấm ngăn hàng nghìn, dấu phẩy trước phần thập phân."


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None),
        (" \u00a0 ", None),
        ("0", D(0)),
        ("007", D(7)),
        ("1260", D(1260)),
        ("1.260", D(1260)),
        ("1.234.567", D(1234567)),
        ("1 234", D(1234)),
        ("1\u00a0234\u202f567", D(1234567)),
        ("1.234,5", D("1234.5")),
        ("1234,5", D("1234.5")),
        ("1 234,56", D("1234.56")),
        ("35,1", D("35.1")),
        ("0,125", D("0.125")),
        ("1,2340", D("1.234")),
        ("1.260,250", D("1260.25")),
        ("99999999999,9999", D("99999999999.9999")),
        ("999999999999999", D("999999999999999")),
    ],
)
def test_number_written_the_vietnamese_way_is_read(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "1,234.5", "1.5", "1.23", "0.500", "12.3456", "1.2.3", "1,234", "12,500", "1,2,3", ",5", "5,", ".5", "1.",
        "1e3", "-3", "−3", "-", "+3", "12 người", "35,1%", "1 23", "1.234 567", "1 234.567", "1\n234", "một",
        "=1+1", "1/2", "٣", "１２", "½", "0x10", "1_000", "NaN", "Infinity", "1,23456", "9999999999999999",
        "100000000000,0001",
    ],
)  # fmt: skip
def test_number_that_is_foreign_or_could_be_two_is_refused(text):
    with pytest.raises(NumberNotUnderstood):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-", "Nếu không có số liệu, hãy để trống ô này, đánh dấu “Không có số liệu” và ghi lý do."),
        ("-3", "Số không được âm. Hãy ghi số từ 0 trở lên."),
        (
            "1,234",
            "“1,234” có thể hiểu hai cách. Hãy viết 1.234 nếu dấu phẩy ngăn hàng nghìn, hoặc 1,2340 nếu là số thập "
            "phân.",
        ),
        ("1.5", f"“1.5” không rõ là số nào. {HOW_TO_WRITE}"),
        ("12 người", f"Chỉ ghi số, không ghi chữ hay đơn vị. {HOW_TO_WRITE}"),
        ("1,234.5", f"Không đọc được “1,234.5”. {HOW_TO_WRITE}"),
        ("1,23456", "Nhiều nhất 4 chữ số sau dấu phẩy. Hãy làm tròn số này."),
        ("9999999999999999", "Nhiều nhất 15 chữ số. Hãy kiểm tra lại số này."),
    ],
)
def test_refusal_of_a_number_says_how_to_write_it(text, sentence):
    with pytest.raises(NumberNotUnderstood) as refusal:
        parse_number(text)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, ""),
        (D(0), "0"),
        (D("0.0000"), "0"),
        (D("1260.0000"), "1.260"),
        (D("1E+3"), "1.000"),
        (D("1234567.8"), "1.234.567,8"),
        (D("1.234"), "1,2340"),
        (D("0.125"), "0,125"),
        (D("-0.5"), "-0,5"),
        (D("-1260"), "-1.260"),
    ],
)
def test_number_is_written_the_vietnamese_way(number, text):
    assert format_number(number) == text


numbers = st.decimals(min_value=0, max_value=D("99999999999.9999"), places=4)


@given(numbers)
def test_number_that_was_written_is_read_back_as_the_same(number):
    assert parse_number(format_number(number)) == number
    assert D(figures.plain(number)) == number


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_sentence(text):
    sentence, number = "", None
    try:
        number = parse_number(text)
    except NumberNotUnderstood as refusal:
        sentence = str(refusal)

    assert sentence.endswith(".") or number is None or number >= 0


@given(st.text(alphabet="0123456789.,  -e", max_size=12))
def test_text_of_digits_and_marks_never_reads_as_two_numbers(text):
    """What is read has the same digits, and the comma alone parts the decimals."""
    try:
        number = parse_number(text)
    except NumberNotUnderstood:
        return
    if number is not None:
        whole, _, decimals = text.partition(",")
        digits = "".join(filter(str.isdigit, whole))
        assert number == D(f"{digits}.{decimals.strip() or '0'}")


# What is computed


def indicator(shape="count", **fields) -> Indicator:
    labels = {"included_label": "Trong đó nữ"} if shape in ("by_sex", "ratio") else {}
    return Indicator(**{"code": "B1.1", "name": "Số thử", "unit": "người", "shape": shape, **labels, **fields})


@pytest.mark.parametrize(
    ("of", "total", "included", "share"),
    [
        (indicator("by_sex"), D(205), D(85), D("41.5")),
        (indicator("by_sex"), D(3), D(2), D("66.7")),
        (indicator("by_sex"), D(0), D(0), None),
        (indicator("by_sex"), D(10), None, None),
        (indicator("by_sex", factor=1000), D(10), D(5), D("50.0")),
        (indicator("ratio", unit="ca/100.000", factor=100_000), D(9800), D(4), D("40.8")),
        (indicator("ratio", unit="bé trai/100 bé gái"), D(200), D(223), D("111.5")),
        (indicator("ratio", unit="%"), D(8), D("0.02"), D("0.3")),
        (indicator("count"), D(12), D(3), None),
        (indicator("yes_no"), D(1), None, None),
    ],
)
def test_share_is_computed_of_two_numbers(of, total, included, share):
    assert figures.computed(of, total, included) == share


@pytest.mark.parametrize(
    ("now", "before", "percent", "jumped"),
    [
        (D(130), D(100), D("30.0"), False),
        (D(131), D(100), D("31.0"), True),
        (D(70), D(100), D("-30.0"), False),
        (D(69), D(100), D("-31.0"), True),
        (D(0), D(100), D("-100.0"), True),
        (D(1), D(0), None, True),
        (D(0), D(0), None, False),
        (None, D(5), None, False),
        (D(5), None, None, False),
    ],
)
def test_jump_is_a_change_by_more_than_the_share(now, before, percent, jumped):
    assert figures.change_percent(now, before) == percent
    assert figures.is_jump(now, before, 30) is jumped


# What is wrong with an answer


def problems(of: Indicator, answer: FigureInput, last: LastFigure | None = None) -> list[tuple[str, str]]:
    return [(problem.field, problem.sentence) for problem in figures.problems_of(of, answer, last, 30)]


def summaries(of: Indicator, answer: FigureInput, last: LastFigure | None = None) -> list[str]:
    return [problem.summary for problem in figures.problems_of(of, answer, last, 30)]


@pytest.mark.parametrize(
    ("of", "answer"),
    [
        (indicator(), FigureInput(total=D(0))),
        (indicator("by_sex"), FigureInput(total=D(10), included=D(10))),
        (indicator("by_sex"), FigureInput(total=D(0), included=D(0))),
        (indicator("ratio", unit="bé trai/100 bé gái"), FigureInput(total=D(200), included=D(223))),
        (indicator("ratio", unit="%"), FigureInput(total=D(9), included=D(5))),
        (indicator("yes_no"), FigureInput(total=D(0))),
        (indicator(unit="triệu đồng", decimals=1), FigureInput(total=D("12.5"))),
        (indicator(), FigureInput(has_no_data=True, reason="Chưa tách được theo giới.")),
    ],
)
def test_answer_with_its_numbers_or_a_reason_is_right(of, answer):
    assert problems(of, answer) == []


def test_empty_answer_is_not_zero():
    assert problems(indicator(), FigureInput()) == [("total", "Chưa có số liệu. Nếu không phát sinh, hãy ghi 0.")]
    assert problems(indicator(), FigureInput(explanation="Mất sổ.", reason="Mất sổ.")) == [
        ("total", "Chưa có số liệu. Nếu không phát sinh, hãy ghi 0.")
    ]


def test_split_answer_has_both_numbers():
    assert problems(indicator("by_sex"), FigureInput(total=D(5))) == [("included", "Hãy ghi đủ cả hai số.")]
    assert problems(indicator("by_sex"), FigureInput(included=D(5))) == [("total", "Hãy ghi đủ cả hai số.")]


@pytest.mark.parametrize("of", [indicator("by_sex"), indicator("ratio", unit="% cơ quan")])
def test_part_is_never_larger_than_the_whole(of):
    assert problems(of, FigureInput(total=D(1260), included=D(1261))) == [
        ("included", "“Trong đó nữ” (1.261) không thể lớn hơn “Tổng số” (1.260).")
    ]


def test_number_of_people_is_whole():
    assert problems(indicator(), FigureInput(total=D("12.5"))) == [("total", "Phải là số nguyên.")]
    assert problems(indicator(decimals=1), FigureInput(total=D("12.55"))) == [
        ("total", "Phải là nhiều nhất 1 chữ số sau dấu phẩy.")
    ]


def test_yes_or_no_is_no_other_number():
    assert problems(indicator("yes_no"), FigureInput(total=D(2))) == [("total", "Hãy chọn Có hoặc Không.")]


def test_no_data_has_a_reason_and_no_numbers():
    assert problems(indicator(), FigureInput(has_no_data=True, reason="  ")) == [
        ("reason", "Hãy ghi lý do không có số liệu.")
    ]
    assert problems(indicator(), FigureInput(total=D(0), has_no_data=True, reason="Chưa thống kê.")) == [
        ("total", "Đã đánh dấu “Không có số liệu” nhưng vẫn ghi số. Hãy xóa số hoặc bỏ đánh dấu.")
    ]


def test_jump_since_last_year_needs_an_explanation():
    last = LastFigure(2025, D(100), D(40))
    jumped = FigureInput(total=D(100), included=D(60))

    assert problems(indicator("by_sex"), jumped, last) == [
        ("explanation", "Tăng hoặc giảm quá 30% so với năm trước. Hãy giải thích ngắn gọn.")
    ]
    explained = FigureInput(total=D(100), included=D(60), explanation="Mở thêm lớp cho nữ.")
    assert problems(indicator("by_sex"), explained, last) == []
    assert problems(indicator("by_sex"), FigureInput(total=D(130), included=D(40)), last) == []
    assert problems(indicator("yes_no"), FigureInput(total=D(1)), LastFigure(2025, D(0), None)) == []


def test_problems_of_a_row_are_all_named():
    answer = FigureInput(total=D("10.5"), included=D(12))

    assert summaries(indicator("by_sex"), answer, LastFigure(2025, D(5), D(5))) == [
        "số lẻ không phù hợp với đơn vị tính ở",
        "số trong đó lớn hơn tổng số ở",
        "chưa giải thích mức tăng, giảm quá 30% ở",
    ]


@given(
    st.sampled_from(["count", "by_sex", "ratio", "yes_no"]),
    st.none() | numbers,
    st.none() | numbers,
    st.booleans(),
    st.sampled_from(["", "Có lý do."]),
)
def test_answer_without_problems_is_complete_and_consistent(shape, total, included, has_no_data, words):
    of = indicator(shape, unit="%")
    answer = FigureInput(total, included, has_no_data, reason=words, explanation=words)

    if problems(of, answer) == []:
        assert has_no_data == (total is None)
        assert not (has_no_data and not words)
        if of.is_split and not has_no_data:
            assert included is not None
            assert included <= total
            share = figures.computed(of, total, included)
            assert share is None or 0 <= share <= 100
