"""Bad plan files are refused whole, and what is said of them names the place."""

import copy
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assignments import models, plan_file
from assignments.data_file import DataFileError
from assignments.plan_file import PLAN_SLUG, check_plan, read_plan
from assignments.urls import PlanSlugConverter
from tests.assignments.plan_source import FULL_TEXT, NOT_QUOTED, PLAN_FILE, plan_content

TEXT = PLAN_FILE.read_text()


def places(content, path=()):
    """Yield the path of every value in a parsed file."""
    if path:
        yield path
    pairs = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in pairs:
        yield from places(value, (*path, key))


def at(path):
    """Return the value at a path of the shipped file."""
    value = CONTENT
    for key in path:
        value = value[key]
    return value


def put(content, path, value):
    for key in path[:-1]:
        content = content[key]
    content[path[-1]] = value


CONTENT = plan_content()
PLACES = list(places(CONTENT))


def problems_of(content):
    try:
        check_plan(content, FULL_TEXT)
    except DataFileError as refusal:
        return refusal.problems
    return []


@pytest.fixture
def refused(tmp_path):
    """Write a plan file beside the shipped full text and return what is said of it."""

    def read(content):
        path = tmp_path / "ke-hoach.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        (tmp_path / "ke-hoach-96.txt").write_text(FULL_TEXT)
        with pytest.raises(DataFileError) as refusal:
            read_plan(path)
        return refusal.value.problems

    return read


def line_of(fragment):
    return TEXT[: TEXT.index(fragment)].count("\n") + 1


def test_unknown_key_is_named_with_its_place():
    content = plan_content()
    content["agencies"][5]["responsibilities"][1]["colour"] = "red"

    assert problems_of(content) == ['agencies[5].responsibilities[1] (số 6): khóa lạ "colour"']


def test_missing_text_is_named_with_its_place():
    content = plan_content()
    del content["agencies"][5]["responsibilities"][1]["text"]

    assert problems_of(content) == ['agencies[5].responsibilities[1] (số 6): thiếu "text"']


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_empty_text_is_refused(text):
    content = plan_content()
    content["areas"][3]["measures"][0]["text"] = text

    assert problems_of(content) == ["areas[3].measures[0].text (số 4): để trống"]


def test_empty_list_of_measures_is_refused():
    content = plan_content()
    content["areas"][3]["measures"] = []

    assert problems_of(content) == ["areas[3].measures (số 4): để trống"]


def test_number_twice_names_both_places():
    content = plan_content()
    content["agencies"][8]["number"] = 8

    assert problems_of(content) == ["agencies[8] (số 8): số 8 đã dùng ở agencies[7]"]


def test_cited_number_twice_is_refused():
    content = plan_content()
    content["cited_documents"][3]["number"] = "11-NQ/TW"

    assert problems_of(content) == ["cited_documents[3]: số 11-NQ/TW đã dùng ở cited_documents[2]"]


def test_agency_twice_names_both_places():
    content = plan_content()
    content["agencies"][13]["members"][5]["slug"] = "so-y-te"

    assert problems_of(content) == ['agencies[13].members[5].slug (số 14): "so-y-te" đã dùng ở agencies[6].agency']


def test_recipient_that_is_not_there_or_there_twice_is_refused():
    content = plan_content()
    content["recipient_agencies"][1:3] = ["tinh-uy-khac", "bo-lao-dong-thuong-binh-va-xa-hoi"]

    assert problems_of(content) == [
        'recipient_agencies[1]: không có cơ quan nào là "tinh-uy-khac"',
        'recipient_agencies[2]: "bo-lao-dong-thuong-binh-va-xa-hoi" ghi hai lần',
    ]


def test_agency_that_is_not_there_is_refused_as_leader():
    content = plan_content()
    content["areas"][0]["measures"][2]["proposed_leads"] = [15]

    assert problems_of(content) == ["areas[0].measures[2] (số 1): không có cơ quan số 15 trong kế hoạch"]


def test_agency_that_is_not_there_is_refused_as_parent():
    content = plan_content()
    content["agencies"][6]["agency"]["parent"] = "so-khong-co"

    assert problems_of(content) == ['agencies[6].agency.parent (số 7): không có cơ quan nào là "so-khong-co"']


def test_area_that_is_not_there_is_refused():
    content = plan_content()
    content["agencies"][6]["responsibilities"][0]["proposed_other_areas"] = [7]

    assert problems_of(content) == ["agencies[6].responsibilities[0] (số 7): không có nội dung số 7 trong kế hoạch"]


def test_agency_that_leads_and_helps_in_one_measure_is_refused():
    content = plan_content()
    content["areas"][0]["measures"][1]["proposed_coordinators"] = [1, 5]

    assert problems_of(content) == ["areas[0].measures[1] (số 1): cơ quan số 5 ghi 2 lần"]


def test_participant_without_agency_and_members_is_refused():
    content = plan_content()
    del content["agencies"][6]["agency"]

    assert problems_of(content) == ['agencies[6] (số 7): phải có "agency" hoặc "members", chỉ một trong hai']


def test_plan_with_two_focal_agencies_is_refused():
    content = plan_content()
    content["agencies"][1]["role"] = "focal"

    assert problems_of(content) == ['agencies: phải có đúng một cơ quan đầu mối (role = "focal"), đang có 2']


def test_due_day_that_no_month_has_is_refused():
    content = plan_content()
    content["report_due_day"] = 31

    assert problems_of(content) == ["report_due_day, report_due_month: không có ngày 31/11"]


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("title", 96, "title: phải là một chuỗi chữ"),
        ("issued_on", "29/5/2018", "issued_on: phải là một ngày, viết như 2018-05-29"),
        ("report_due_day", True, "report_due_day: phải là một số nguyên"),
        ("report_due_day", 0, "report_due_day: phải từ 1 đến 999"),
        ("purposes", "Một mục đích", "purposes: phải là một danh sách"),
        ("areas", ["Tuyên truyền"], "areas[0]: phải là một bảng"),
        ("slug", "Kế hoạch 96", 'slug: "Kế hoạch 96" sai dạng: chỉ chữ thường không dấu, chữ số và gạch nối'),
        ("issuer", "UBND\u0000", "issuer: có ký tự không in được"),
        ("issuer", "UBND ti\u0309nh", "issuer: chữ có dấu không ở dạng Unicode dựng sẵn (NFC)"),
        ("issuer", "U" * 201, "issuer: dài 201 ký tự, nhiều nhất là 200"),
    ],
)
def test_wrong_value_is_refused(key, value, problem):
    assert problems_of(plan_content() | {key: value}) == [problem]


def test_unknown_role_is_refused():
    content = plan_content()
    content["agencies"][3]["role"] = "boss"

    assert problems_of(content) == ["agencies[3].role (số 4): phải là một trong: responsible, focal, budget"]


def test_text_that_is_not_in_the_full_text_is_refused():
    content = plan_content()
    text = content["areas"][0]["measures"][0]["text"]
    content["areas"][0]["measures"][0]["text"] = text.replace("Hội Liên hiện Phụ nữ", "Hội Liên hiệp Phụ nữ")

    assert problems_of(content) == [
        "areas[0].measures[0].text (số 1): không có đúng như vậy trong toàn văn của kế hoạch"
    ]


def test_one_wrong_letter_in_any_quotation_is_refused():
    quoted = [path for path in PLACES if isinstance(at(path), str) and not NOT_QUOTED & {*path}]

    content, unnoticed = plan_content(), []
    for path in quoted:
        text = at(path)
        put(content, path, text[: len(text) // 2] + "@" + text[len(text) // 2 + 1 :])
        if not problems_of(content):
            unnoticed.append(path)
        put(content, path, text)

    assert unnoticed == [("issuer",)]
    assert len(quoted) == 139


def test_text_broken_into_lines_is_read_as_one_line():
    content = plan_content()
    content["reporting_duty"] = content["reporting_duty"].replace(" ", "\n  ")

    assert check_plan(content, FULL_TEXT) == read_plan(PLAN_FILE)


def test_several_problems_are_told_at_once():
    content = plan_content()
    del content["title"]
    content["areas"][1]["number"] = 1
    content["agencies"][0]["agency"]["colour"] = "red"

    assert problems_of(content) == [
        'thiếu "title"',
        "areas[1] (số 1): số 1 đã dùng ở areas[0]",
        'agencies[0].agency (số 1): khóa lạ "colour"',
    ]


def test_key_twice_names_the_line(refused):
    line = line_of("issued_on = 2018-05-29")

    assert refused(TEXT.replace("issued_on = 2018-05-29", "issued_on = 2018-05-29\nissued_on = 2018-05-29", 1)) == [
        f"ke-hoach.toml, dòng {line + 1}, cột 23: khóa này đã viết ở trên"
    ]


def test_wrong_syntax_names_the_line(refused):
    line = line_of("report_due_day = 10")

    assert refused(TEXT.replace("report_due_day = 10", "report_due_day = mười")) == [
        f"ke-hoach.toml, dòng {line}, cột 18: sai cú pháp TOML (Invalid value)"
    ]


def test_text_without_end_names_the_last_line(refused):
    assert refused('number = """96/KH-UBND') == [
        "ke-hoach.toml, dòng 1, cuối tệp: sai cú pháp TOML (Unterminated string)"
    ]


def test_bytes_that_are_not_utf_8_name_the_line(refused):
    line = line_of("Sở Thông tin và Truyền thông")
    content = TEXT.encode().replace("Sở Thông tin và Truyền thông".encode(), b"S\xf0 Th\xf4ng tin", 1)

    assert refused(content) == [f"ke-hoach.toml, dòng {line}: không phải UTF-8"]


def test_decomposed_letters_name_the_line(refused):
    line = line_of("Sở Thông tin và Truyền thông")
    decomposed = unicodedata.normalize("NFD", "Sở Thông tin và Truyền thông")

    assert refused(TEXT.replace("Sở Thông tin và Truyền thông", decomposed, 1)) == [
        f"ke-hoach.toml, dòng {line}: chữ có dấu không ở dạng Unicode dựng sẵn (NFC)"
    ]


def test_empty_file_is_refused(refused, tmp_path):
    assert refused("\n \n") == [f"tệp {tmp_path / 'ke-hoach.toml'} trống"]


def test_missing_full_text_is_told_with_the_other_problems(refused, tmp_path):
    content = TEXT.replace("ke-hoach-96.txt", "khong-co.txt").replace('notation = "STP"', 'notaton = "STP"')

    assert refused(content) == [
        f"không có tệp {tmp_path / 'khong-co.txt'}",
        'agencies[5].agency (số 6): khóa lạ "notaton"',
    ]


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(DataFileError) as refusal:
        read_plan(tmp_path / "khong-co.toml")

    assert refusal.value.problems == [f"không có tệp {tmp_path / 'khong-co.toml'}"]


def test_folder_instead_of_a_file_is_refused(tmp_path):
    with pytest.raises(DataFileError) as refusal:
        read_plan(tmp_path)

    assert refusal.value.problems == [f"không đọc được tệp {tmp_path}: là thư mục hoặc không có quyền đọc"]


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path):
    (tmp_path / "ke-hoach-96.txt").write_bytes(FULL_TEXT.replace("\n", "\r\n").encode("utf-8-sig"))
    (tmp_path / "ke-hoach.toml").write_bytes(TEXT.replace("\n", "\r\n").encode("utf-8-sig"))

    assert read_plan(tmp_path / "ke-hoach.toml") == read_plan(PLAN_FILE)


@pytest.mark.parametrize(
    ("shape", "model"),
    [
        (plan_file.PlanData, models.Plan),
        (plan_file.AgencyData, models.Agency),
        (plan_file.ParticipantData, models.Participant),
        (plan_file.CitedDocumentData, models.CitedDocument),
    ],
)
def test_longest_texts_are_those_of_the_columns(shape, model):
    columns = {field.name: field.max_length for field in model._meta.get_fields() if hasattr(field, "max_length")}
    kinds = {key: kind for key, kind in shape.__annotations__.items() if kind is str or "Text(" in repr(kind)}
    limits = {key: getattr(kind, "__metadata__", [plan_file.Text()])[0].at_most for key, kind in kinds.items()}

    assert limits == {key: columns.get(key) for key in limits}


def test_slug_of_a_plan_has_the_form_of_its_address():
    assert PLAN_SLUG.pattern == PlanSlugConverter.regex


STRAY_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]), st.just({}), st.dates(),
    st.lists(st.integers(), max_size=3),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(path=st.sampled_from(PLACES), value=STRAY_VALUES)
def test_any_value_anywhere_is_read_or_refused_in_words(path, value):
    content = copy.deepcopy(CONTENT)
    put(content, path, value)

    assert all(isinstance(problem, str) and problem for problem in problems_of(content))
