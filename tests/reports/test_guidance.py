"""How to write each part: the starting texts, the officer's own, and where they are shown."""

import re

import pytest

from reports import guidance, services
from reports.models import Guidance
from tests import factories
from tests.conftest import DURING


def entry(plan, key):
    return next(entry for entry in guidance.entries(plan) if entry.key == key)


def shown(client, report, key):
    return client.get(report.url("part", key)).content.decode()


def test_every_part_has_a_short_starting_text(plan):
    for number in range(1, 7):
        factories.ContentAreaFactory(plan=plan, number=number)

    entries = guidance.entries(plan)

    assert [entry.key for entry in entries] == [
        "chi-dao",
        *(f"noi-dung-{number}" for number in range(1, 7)),
        *("nhiem-vu", "kinh-phi", "danh-gia", "phuong-huong", "kien-nghi", "so-lieu"),
    ]
    assert len({entry.text for entry in entries}) == len(entries)
    for entry_ in entries:
        lines = entry_.text.splitlines()
        assert 2 <= len(lines) <= 4, entry_.key
        assert all(re.match(r"- \S", line) and len(line) < 120 for line in lines), entry_.key


def test_area_of_another_plan_has_the_words_of_any_area(db):
    plan = factories.PlanFactory(slug="12-kh-ubnd-2030")
    factories.ContentAreaFactory(plan=plan, number=1)

    assert entry(plan, "noi-dung-1").text.startswith("- Việc đã làm trong năm")


def test_part_shows_the_starting_text_above_its_box(client, report, clerk):
    client.force_login(clerk)

    page = shown(client, report, "nhiem-vu-07-1")

    assert page.index("- Việc đã làm: văn bản tham mưu") < page.index("<textarea")


def test_officers_words_take_the_place_of_the_starting_text(client, report, clerk, officer):
    services.save_guidance(report.cycle.plan, "nhiem-vu", by=officer, now=DURING, text="Nêu số văn bản.")
    services.save_guidance(report.cycle.plan, "nhiem-vu", by=officer, now=DURING, text="Nêu số văn bản, ngày.")
    client.force_login(clerk)

    page = shown(client, report, "nhiem-vu-07-1")

    assert "Nêu số văn bản, ngày." in page
    assert "văn bản tham mưu" not in page
    assert Guidance.objects.count() == 1


def test_empty_words_show_nothing(client, report, clerk, officer):
    services.save_guidance(report.cycle.plan, "chi-dao", by=officer, now=DURING, text="")
    client.force_login(clerk)

    assert "Gợi ý nội dung" not in shown(client, report, "chi-dao")


def test_officer_edits_and_restores_on_the_page(client, cycle, officer):
    client.force_login(officer)
    address = cycle.get_absolute_url() + "huong-dan/"
    assert address in client.get(cycle.get_absolute_url()).content.decode()  # in the navigation

    page = client.post(address + "kinh-phi/", {"text": "•\tNêu dự toán được giao."}, follow=True)
    assert page.redirect_chain == [(address, 302)]
    assert "- Nêu dự toán được giao." in page.content.decode()
    assert Guidance.objects.get().saved_by == officer

    page = client.post(address + "kinh-phi/restore/", follow=True).content.decode()
    assert "Nêu dự toán được giao." not in page
    assert "Khôi phục hướng dẫn ban đầu" not in page
    assert Guidance.objects.count() == 0


@pytest.mark.parametrize("text", ["x" * 1001, "TiÕp tôc triÓn khai"])
def test_guidance_too_long_or_in_an_old_encoding_is_refused_and_kept_in_the_box(client, cycle, officer, text):
    client.force_login(officer)

    page = client.post(cycle.get_absolute_url() + "huong-dan/chi-dao/", {"text": text})

    assert page.status_code == 200
    assert f"{text}</textarea>" in page.content.decode()
    assert Guidance.objects.count() == 0


def test_guidance_of_a_part_that_is_not_there_is_not_found(client, cycle, officer):
    client.force_login(officer)

    assert client.get(cycle.get_absolute_url() + "huong-dan/khong-co/").status_code == 404
    assert client.post(cycle.get_absolute_url() + "huong-dan/khong-co/restore/").status_code == 404
