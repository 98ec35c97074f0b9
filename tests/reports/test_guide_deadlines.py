"""The worked examples of the users' guide on deadlines, line by line: its tables are the tests' data."""

import datetime
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports import deadlines, services
from reports.standing import standing_of
from tests import sample_files
from tests.conftest import fill

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "han-nop.md"


def tables() -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the guide's tables by their headings."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    heading: tuple[str, ...] | None = None
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            heading = None
        elif heading is None:
            heading = cells(line)
            found[heading] = []
        elif not set(line) <= set("| -"):
            found[heading].append(cells(line))
    return found


def cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip("|").split("|"))


def rows(*heading: str) -> list[tuple[str, ...]]:
    return TABLES[heading]


def at(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text, "%d/%m/%Y %H:%M:%S").replace(tzinfo=deadlines.VIETNAM)


def day(text: str) -> datetime.date:
    return at(f"{text} 00:00:00").date()


def due(text: str) -> datetime.datetime:
    return deadlines.after(day(text))


TABLES = tables()
LATE = {"nộp chậm": True, "đúng hạn": False}
LAST = "Ngày cuối nộp đúng hạn"


def test_guide_has_these_tables_and_no_other():
    assert {heading: len(found) for heading, found in TABLES.items()} == {
        (LAST, "Tiếp nhận lúc", "Kết quả"): 4,
        (LAST, "Xem lúc", "Hệ thống ghi"): 6,
        ("Ngày", "Là ngày", "Vì sao"): 10,
        ("Ngày cuối", "Cảnh báo", "Ngày làm việc tiếp theo"): 5,
        (LAST, "Trả lại lúc", "Ngày cuối nộp lại", "Vì sao"): 9,
        ("Hạn chung (ngày cuối)", "Gia hạn đến hết", "Hạn của đơn vị", "Hệ thống ghi"): 4,
        ("Các việc đã xảy ra", "Gia hạn đến hết", "Kết quả"): 8,
    }


@pytest.mark.parametrize(("last", "received", "result"), rows(LAST, "Tiếp nhận lúc", "Kết quả"))
def test_example_of_on_time_and_late(last, received, result):
    assert deadlines.is_late(at(received), due(last)) is LATE[result]


@pytest.mark.parametrize(("last", "seen", "words"), rows(LAST, "Xem lúc", "Hệ thống ghi"))
def test_example_of_days_left(last, seen, words):
    assert deadlines.days_left_words(due(last), at(seen)) == words


@pytest.mark.parametrize(("date", "kind", "why"), rows("Ngày", "Là ngày", "Vì sao"))
def test_example_of_working_days(date, kind, why):
    assert deadlines.is_working_day(day(date), {}) is (kind == "làm việc"), why


@pytest.mark.parametrize(("last", "why", "following"), rows("Ngày cuối", "Cảnh báo", "Ngày làm việc tiếp theo"))
def test_example_of_a_last_day_that_is_a_day_off(last, why, following):
    assert deadlines.why_off(day(last), {}) == ("" if why == "không" else why)
    assert deadlines.working_day_from(day(last), {}) == day(following)


@pytest.mark.parametrize(
    ("last", "returned", "again", "why"), rows(LAST, "Trả lại lúc", "Ngày cuối nộp lại", "Vì sao")
)
def test_example_of_a_return(last, returned, again, why):
    assert deadlines.last_day(deadlines.due_after_return(due(last), at(returned), {})) == day(again), why


@pytest.mark.parametrize(
    ("common", "extended", "own", "words"),
    rows("Hạn chung (ngày cuối)", "Gia hạn đến hết", "Hạn của đơn vị", "Hệ thống ghi"),
)
def test_example_of_an_extension(report, common, extended, own, words):
    report.cycle.due_at = due(common)
    report.extended_due_at = None if extended == "không" else due(extended)

    assert report.last_day == day(own)
    assert report.extension_words == ("" if words == "không" else words)


@pytest.mark.parametrize(("story", "extended", "result"), rows("Các việc đã xảy ra", "Gia hạn đến hết", "Kết quả"))
def test_example_of_what_decides_lateness(report, clerk, head, officer, story, extended, result):
    received = None
    for step in story.split("; "):
        what, when = re.fullmatch(r"(\D+?) (\d.*)", step).groups()
        if what == "nhận giấy":
            received = day(when)
        else:
            play(report, what, at(when), clerk=clerk, head=head, officer=officer, received=received)
    if extended != "không":
        now = at("13/11/2026 09:00:00")
        services.grant_extension(report, by=officer, now=now, granted_until=due(extended), reason="Lũ quét.")

    standing = standing_of(report, now=at("01/12/2026 08:00:00"), corrections={})

    assert standing.is_late is LATE[result]
    assert standing.days_words == result


def play(report, what, now, *, clerk, head, officer, received):
    if what == "nộp":
        fill(report)
        services.submit_report(report, by=head, now=now)
    elif what == "thu hồi":
        services.withdraw_report(report, by=head, now=now)
    elif what == "trả lại":
        services.take_report(report, by=officer, now=now)
        services.return_report(report, by=officer, now=now, reason="Bổ sung số liệu.", reopened_keys=["chi-dao"])
    elif what == "nhập":
        services.enter_report(
            report,
            by=officer,
            now=now,
            letter_number="187/BC-SYT",
            received_on=received,
            scan=SimpleUploadedFile("ban-chup.pdf", sample_files.pdf()),
            texts={part.key: "Đã họp." for part in report.parts.all()},
        )
    else:
        raise ValueError(what)
