"""What loading a plan leaves in the database, the first time and every other."""

import datetime
import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from assignments.data_file import DataFileError
from assignments.models import Agency, Assignment, Participant, Plan, Task
from assignments.plan_file import check_plan, read_plan
from assignments.plan_loading import load_plan
from tests import factories
from tests.assignments.plan_source import FULL_TEXT, PLAN_FILE, plan_content

pytestmark = pytest.mark.long

ISSUED_ON = datetime.date(2018, 5, 29)


def tables():
    """Return every row of the app's tables, primary keys included."""
    models = apps.get_app_config("assignments").get_models(include_auto_created=True)
    return {model._meta.db_table: list(model.objects.order_by("pk").values()) for model in models}


def run(*arguments):
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def test_load_counts_what_the_plan_says(loaded_plan):
    assert loaded_plan.areas.count() == 6
    assert loaded_plan.tasks.filter(kind=Task.Kind.MEASURE).count() == 19
    assert loaded_plan.tasks.filter(kind=Task.Kind.RESPONSIBILITY).count() == 27
    assert loaded_plan.participants.count() == 14
    assert loaded_plan.cited_documents.count() == 11
    assert loaded_plan.reporting_agencies().count() == 24
    assert Agency.objects.count() == 29


def test_load_keeps_the_plans_words(loaded_plan):
    content = plan_content()

    assert loaded_plan.source_text == FULL_TEXT
    for key in ("title", "short_title", "signer_lines", "preamble", "purposes", "reporting_duty", "recipients"):
        assert getattr(loaded_plan, key) == content[key]
    assert loaded_plan.issued_on == ISSUED_ON
    assert loaded_plan.focal_agency.slug == "so-lao-dong-thuong-binh-va-xa-hoi"
    assert loaded_plan.participants.get(role=Participant.Role.BUDGET).agency.slug == "so-tai-chinh"


def test_load_knows_the_bodies_named_among_the_recipients(loaded_plan):
    assert set(loaded_plan.recipient_agencies.values_list("name", flat=True)) == {
        "Bộ Lao động - Thương binh và Xã hội",
        "Tỉnh ủy Lạng Sơn",
        "Hội đồng nhân dân tỉnh Lạng Sơn",
        "Ủy ban nhân dân tỉnh Lạng Sơn",
        "Ủy ban MTTQ Việt Nam tỉnh",
        "Văn phòng Ủy ban nhân dân tỉnh Lạng Sơn",
    }


def test_load_again_adds_the_recipients_of_a_plan_loaded_without_them_and_takes_none_away(loaded_plan):
    other = factories.AgencyFactory()
    loaded_plan.recipient_agencies.set([other])

    loaded = load_plan(read_plan(PLAN_FILE))

    assert (loaded.made, loaded.mended) == (6, 0)
    assert loaded_plan.recipient_agencies.count() == 7
    assert other in loaded_plan.recipient_agencies.all()


def test_load_codes_tasks_by_area_and_agency(loaded_plan):
    tasks = {task.code: task for task in loaded_plan.tasks.all()}

    assert list(tasks)[:4] == ["ND-1.1", "ND-1.2", "ND-1.3", "ND-2.1"]
    assert list(tasks)[19:21] == ["NV-01.1", "NV-01.2"]
    assert list(tasks)[-1] == "NV-14.2"
    assert tasks["NV-07.1"].participant.agency.slug == "so-y-te"
    assert tasks["NV-07.1"].text.startswith("Lồng ghép BĐG trong xây dựng")


def test_load_marks_proposals_and_what_the_plan_says_itself(loaded_plan):
    assigned = Assignment.objects.filter(task__plan=loaded_plan)
    stated = assigned.filter(is_proposal=False)

    assert {a.task.kind for a in stated.select_related("task")} == {Task.Kind.RESPONSIBILITY}
    # 25 responsibilities of single agencies, 2 of each of the 11 districts.
    assert stated.count() == 25 + 2 * 11
    assert set(assigned.values_list("valid_from", flat=True)) == {ISSUED_ON}
    measure = loaded_plan.tasks.get(code="ND-4.2")
    leads = measure.assignments.filter(part=Assignment.Part.LEAD)
    assert [(a.agency.slug, a.is_proposal) for a in leads] == [("ban-dan-toc-tinh", True)]
    assert measure.assignments.filter(part=Assignment.Part.COORDINATE).count() == 3 + 11


def test_load_puts_tasks_into_areas(loaded_plan):
    measure = loaded_plan.tasks.get(code="ND-4.1").task_areas.get()
    responsibility = loaded_plan.tasks.get(code="NV-09.1").task_areas.all()

    assert (measure.area.number, measure.is_main, measure.is_proposal) == (4, True, False)
    assert [(t.area.number, t.is_main, t.is_proposal) for t in responsibility] == [
        (4, True, True), (1, False, True), (6, False, True),
    ]  # fmt: skip


def test_agency_has_what_its_documents_need(loaded_plan):
    focal = Agency.objects.get(slug="so-lao-dong-thuong-binh-va-xa-hoi")
    district = Agency.objects.get(slug="huyen-trang-dinh")

    assert focal.letterhead == [
        {"text": "UBND tỉnh Lạng Sơn", "bold": False},
        {"text": "Sở Lao động -", "bold": True},
        {"text": "Thương binh và Xã hội", "bold": True},
    ]
    assert (focal.notation, focal.signer_lines, focal.place) == ("SLĐTBXH", ["GIÁM ĐỐC"], "Lạng Sơn")
    assert focal.parent.slug == "uy-ban-nhan-dan-tinh"
    assert district.name == "Ủy ban nhân dân huyện Tràng Định"
    assert (district.short_name, district.place) == ("UBND huyện Tràng Định", "Tràng Định")
    assert district.signer_lines == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]
    assert set(Agency.objects.values_list("telephone", flat=True)) == {""}


@pytest.mark.django_db
def test_load_twice_changes_nothing():
    first = run("load_plan", PLAN_FILE)
    before = tables()
    second = run("load_plan", PLAN_FILE)

    assert first.startswith("Đã nạp Kế hoạch số 96/KH-UBND: 6 nội dung, 19 giải pháp, 14 cơ quan với 27 nhiệm vụ,")
    assert second == "Kế hoạch số 96/KH-UBND: không có gì thay đổi.\n"
    assert tables() == before


def test_load_again_leaves_what_people_changed(loaded_plan):
    Agency.objects.filter(slug="so-y-te").update(telephone="0205 3811 111", short_name="Sở YT")
    measure = loaded_plan.tasks.get(code="ND-4.2")
    measure.assignments.filter(part=Assignment.Part.COORDINATE).delete()
    measure.assignments.update(is_proposal=False)
    loaded_plan.tasks.get(code="NV-07.1").task_areas.filter(is_main=False).delete()
    group = loaded_plan.participants.get(number=14)
    group.members.remove(Agency.objects.get(slug="huyen-dinh-lap"))
    before = tables()

    loaded = load_plan(read_plan(PLAN_FILE))

    assert (loaded.made, loaded.mended) == (0, 0)
    assert tables() == before


def test_load_again_brings_the_plans_words_back(loaded_plan):
    before = tables()
    loaded_plan.tasks.filter(code="ND-4.2").update(text="Sửa tay")
    Plan.objects.update(preamble="Sửa tay")
    loaded_plan.cited_documents.filter(position=3).update(subject="Sửa tay")

    loaded = load_plan(read_plan(PLAN_FILE))

    after = tables()
    assert (loaded.made, loaded.mended) == (11, 2)
    cited_before, cited_after = (rows.pop("assignments_citeddocument") for rows in (before, after))
    assert [row | {"id": 0} for row in cited_after] == [row | {"id": 0} for row in cited_before]
    assert after == before


def test_file_that_drops_a_measure_is_refused_whole(loaded_plan):
    content = plan_content()
    content["preamble"] = content["purposes"][0]
    content["areas"][3]["measures"].pop()
    before = tables()

    with pytest.raises(DataFileError) as refusal:
        load_plan(check_plan(content, FULL_TEXT))

    assert refusal.value.problems == ["thiếu nhiệm vụ, giải pháp ND-4.4 đã nạp trước đây"]
    assert tables() == before


def test_plan_with_the_address_of_another_is_refused(loaded_plan):
    content = plan_content() | {"number": "61-KH/TU"}

    with pytest.raises(DataFileError) as refusal:
        load_plan(check_plan(content, FULL_TEXT))

    assert refusal.value.problems == ['slug: "96-kh-ubnd-2018" đã dùng cho Kế hoạch số 96/KH-UBND']


@pytest.mark.django_db
def test_bad_file_is_refused_whole_with_exit_status_1(tmp_path):
    bad = tmp_path / "ke-hoach.toml"
    bad.write_text(PLAN_FILE.read_text().replace('notation = "STP"', 'notaton = "STP"'))
    (tmp_path / "ke-hoach-96.txt").write_text(FULL_TEXT)
    before = tables()

    with pytest.raises(CommandError) as refusal:
        run("load_plan", bad)

    assert str(refusal.value) == (
        f'Không nạp {bad}, cơ sở dữ liệu giữ nguyên:\n- agencies[5].agency (số 6): khóa lạ "notaton"'
    )
    assert refusal.value.returncode == 1
    assert tables() == before


def test_export_is_the_plan_in_its_order(loaded_plan):
    output = run("export_plan", "96/KH-UBND")
    exported = json.loads(output)
    content = plan_content()

    assert "Tảo hôn" not in output
    assert "tảo hôn" in output
    assert [(area["number"], area["title"], area["measures"]) for area in exported["areas"]] == [
        (area["number"], area["title"], [measure["text"] for measure in area["measures"]])
        for area in content["areas"]
    ]
    assert [(agency["number"], agency["name"], agency["responsibilities"]) for agency in exported["agencies"]] == [
        (agency["number"], agency["name"], [task["text"] for task in agency["responsibilities"]])
        for agency in content["agencies"]
    ]
    assert [agency["members"] for agency in exported["agencies"]] == [
        *[[]] * 13,
        [member["name"] for member in content["agencies"][13]["members"]],
    ]
    for key in ("number", "title", "preamble", "purposes", "requirements", "funding_rules", "recipients"):
        assert exported[key] == content[key]
    assert len(exported["recipient_agencies"]) == 6
    assert "Tỉnh ủy Lạng Sơn" in exported["recipient_agencies"]
    assert [document["number"] for document in exported["cited_documents"]] == [
        document["number"] for document in content["cited_documents"]
    ]


@pytest.mark.django_db
def test_export_of_an_unknown_plan_is_one_clear_line_with_exit_status_1():
    with pytest.raises(CommandError) as refusal:
        run("export_plan", "97/KH-UBND")

    assert str(refusal.value) == "Chưa nạp kế hoạch nào có số 97/KH-UBND."
    assert refusal.value.returncode == 1
