"""Orders carried out: taken by one worker at a time, renewed, given up, and what people read meanwhile."""

import datetime
import hashlib
import threading
from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from reports import deadlines, services, tasks
from reports.documents import making, orders
from reports.models import Document, Submission
from tests.conftest import fill
from tests.simultaneous import at_the_same_moment

pytestmark = pytest.mark.long

SENT = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=deadlines.VIETNAM)
SECOND = datetime.timedelta(seconds=1)


def at(moment: datetime.datetime) -> making.Clock:
    return lambda: moment


def do_not_ring() -> None:
    """Be the only worker."""


@pytest.fixture
def submission(complete_report, head):
    return services.submit_report(complete_report, by=head, now=SENT)


@pytest.fixture
def word(submission) -> Document:
    """The order for a Word file, and no other: it is made in no time."""
    Document.objects.exclude(kind="docx").delete()
    return Document.objects.get()


def break_content(submission) -> str:
    """Leave nothing to print of a submission; return what it said."""
    said = submission.content
    Submission.objects.update(content="{}")
    return said


def test_order_of_a_dead_worker_is_taken_over_when_its_lease_ends(word):
    making.Lease.take(at(SENT))

    assert making.make_waiting(at(SENT + making.LEASE - SECOND), do_not_ring) == 0
    assert making.make_waiting(at(SENT + making.LEASE), do_not_ring) == 1

    word.refresh_from_db()
    assert (word.attempts, word.is_ready, word.lease_until, word.failure) == (2, True, None, "")


def test_lease_renewed_in_time_is_nobody_elses(word):
    lease = making.Lease.take(at(SENT))
    for seconds in range(15, 300, 15):
        lease.clock = at(SENT + seconds * SECOND)
        assert lease.renew()
        assert making.Lease.take(at(SENT + (seconds + 10) * SECOND)) is None

    word.refresh_from_db()
    assert word.attempts == 1


def test_worker_that_lost_its_lease_leaves_the_document_to_the_other(word):
    slow = making.Lease.take(at(SENT))
    other = making.Lease.take(at(SENT + making.LEASE))

    assert (slow.renew(), making.make(slow)) == (False, False)
    word.refresh_from_db()
    assert not word.is_ready
    assert making.make(other)
    word.refresh_from_db()
    assert (word.made_at, word.attempts) == (SENT + making.LEASE, 2)


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_take_every_order_once(submission):
    leases = at_the_same_moment([lambda: making.Lease.take(at(SENT))] * 5)

    taken = [lease.document.pk for lease in leases if lease]
    assert sorted(taken) == sorted(Document.objects.values_list("pk", flat=True))
    assert len(leases) - len(taken) == 2


def test_worker_that_finds_more_than_one_order_rings_for_another_once(submission):
    rung = []

    assert making.make_waiting(at(SENT), lambda: rung.append("ring")) == 3

    assert rung == ["ring"]


def test_worker_leaves_the_rest_to_the_next_round_and_rings_for_it(submission):
    moments = iter(SENT + making.ROUND * step for step in range(100))
    rung = []

    assert making.make_waiting(lambda: next(moments), lambda: rung.append("ring")) == 1

    assert rung == ["ring", "ring"]
    assert Document.objects.filter(made_at=None).count() == 2


def test_finished_document_has_the_hash_and_size_of_its_file(word):
    tasks.make_documents()

    word.refresh_from_db()
    with word.file.open() as file:
        content = file.read()
    assert word.size == len(content)
    assert word.sha256 == hashlib.sha256(content).hexdigest()


def test_worker_that_lost_its_lease_leaves_the_finished_file_alone(word, monkeypatch):
    slow = making.Lease.take(at(SENT))
    other = making.Lease.take(at(SENT + making.LEASE))
    assert making.make(other)
    word.refresh_from_db()
    written = []
    monkeypatch.setattr(making, "_written", lambda *args: written.append(args))

    assert not making.make(slow)

    assert written == []
    assert default_storage.exists(word.file.name)


def test_worker_that_loses_its_lease_while_it_writes_takes_its_own_file_away(word, monkeypatch):
    slow = making.Lease.take(at(SENT))
    write = making._written
    names = []

    def written(lease, content):
        if lease is slow:
            assert making.make(making.Lease.take(at(SENT + making.LEASE)))
        names.append(write(lease, content))
        return names[-1]

    monkeypatch.setattr(making, "_written", written)

    assert not making.make(slow)

    word.refresh_from_db()
    others, own = names
    assert (word.file.name, default_storage.exists(others), default_storage.exists(own)) == (others, True, False)


def test_file_that_a_dead_worker_left_is_not_touched(word):
    tasks.make_documents()
    word.refresh_from_db()
    left = word.file.name
    Document.objects.update(made_at=None, file="", sha256="")

    tasks.make_documents()

    word.refresh_from_db()
    assert word.file.name != left
    assert default_storage.exists(left)


def test_asking_again_leaves_the_last_attempt_under_way_to_its_worker(word, submission):
    said = break_content(submission)
    for attempt in range(2):
        making.make_waiting(at(SENT + attempt * making.LEASE), do_not_ring)
    Submission.objects.update(content=said)
    last = making.Lease.take(at(SENT + 2 * making.LEASE))
    word.refresh_from_db()
    assert (word.attempts, word.failure, word.has_failed) == (making.MOST_ATTEMPTS, "", False)

    orders.order_again(submission, now=SENT + 2 * making.LEASE)

    assert making.make(last)


def test_asking_again_does_not_shorten_the_wait_of_what_is_still_tried(word, submission):
    break_content(submission)
    making.make_waiting(at(SENT), do_not_ring)
    before = Document.objects.values("attempts", "failure", "lease_until").get(pk=word.pk)

    orders.order_again(submission, now=SENT)

    assert Document.objects.values("attempts", "failure", "lease_until").get(pk=word.pk) == before


def test_made_document_whose_file_is_gone_is_no_longer_there_after_the_migration(submission):
    tasks.make_documents()
    gone, kept, *_ = Document.objects.exclude(made_at=None)
    default_storage.delete(gone.file.name)

    import_module("reports.migrations.0011_hash_of_made_documents").fill(apps, None)

    assert not Document.objects.filter(pk=gone.pk).exists()
    assert Document.objects.get(pk=kept.pk).sha256 == kept.sha256
    orders.order_again(submission, now=SENT)
    assert Document.objects.filter(address=gone.address, made_at=None).exists()


def test_document_that_cannot_be_made_says_why_and_is_tried_again_later(word, submission):
    said = break_content(submission)

    assert making.make_waiting(at(SENT), do_not_ring) == 0
    word.refresh_from_db()
    assert (word.failure, word.attempts) == (making.UNEXPECTED, 1)
    assert orders.files_of(submission).of("docx").progress == "lần trước chưa tạo được, sẽ thử lại ngay"
    Submission.objects.update(content=said)
    assert making.make_waiting(at(SENT + SECOND), do_not_ring) == 0
    assert making.make_waiting(at(SENT + making.LEASE), do_not_ring) == 1


def test_document_that_cannot_be_made_keeps_no_other_waiting(submission, other_agency, cycle, head):
    break_content(submission)
    other = cycle.reports.get(agency=other_agency)
    fill(other)
    later = services.submit_report(_headed(other, head), by=head, now=SENT + SECOND)

    making.make_waiting(at(SENT + 2 * SECOND), do_not_ring)

    assert {file.state for file in orders.files_of(later).all} == {"ready"}


def _headed(report, head):
    report.agency.memberships.create(user=head, role="head", valid_from=datetime.date(2018, 1, 1))
    del head.current_memberships
    return report


def test_document_that_failed_often_enough_is_left_until_somebody_asks(client, submission, word, head):
    said = break_content(submission)
    for attempt in range(5):
        making.make_waiting(at(SENT + attempt * making.LEASE), do_not_ring)
    word.refresh_from_db()
    assert (word.attempts, word.has_failed) == (3, True)
    Submission.objects.update(content=said)
    client.force_login(head)
    page = client.get(submission.get_absolute_url()).content.decode()
    assert f"Chưa tạo được bản Word: {making.UNEXPECTED}" in page

    client.post(submission.document_address)

    assert making.make_waiting(at(SENT + datetime.timedelta(hours=1)), do_not_ring) == 3


def test_document_that_killed_every_worker_is_given_up_with_words(word):
    Document.objects.update(attempts=making.MOST_ATTEMPTS, lease_until=SENT + making.LEASE)

    making.make_waiting(at(SENT), do_not_ring)
    word.refresh_from_db()
    assert not word.has_failed
    making.make_waiting(at(SENT + making.LEASE), do_not_ring)

    word.refresh_from_db()
    assert (word.has_failed, word.failure) == (True, making.STOPPED)


def test_disk_that_takes_no_file_is_said_so(word, settings, tmp_path):
    (tmp_path / "a-file").write_text("")
    settings.MEDIA_ROOT = str(tmp_path / "a-file")

    making.make_waiting(at(SENT), do_not_ring)

    word.refresh_from_db()
    assert word.failure == making.NOT_WRITTEN


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "Đang tạo bản PDF: đang chờ đến lượt…"),
        ({"lease_until": SENT}, "Đang tạo bản PDF: đang tạo, thường mất vài giây…"),
        ({"lease_until": SENT, "step": 5}, "Đang tạo bản PDF: đang dàn trang, bước 5/7…"),
        ({"lease_until": SENT, "step": 7}, "Đang tạo bản PDF: đang hoàn thiện tệp, bước 7/7…"),
    ],
)
def test_page_says_how_far_a_document_is_and_asks_again_by_itself(client, submission, head, facts, words):
    Document.objects.filter(kind="pdf").update(**facts)
    client.force_login(head)

    page = client.get(submission.get_absolute_url()).content.decode()
    asked = client.get(submission.document_address).content.decode()

    assert words in page
    assert words in asked
    assert f'hx-get="{submission.document_address}" hx-trigger="every 2s"' in asked
    assert "Tải lại trang này</a> sau ít giây" in page


def test_page_stops_asking_when_every_file_is_there(client, submission, head):
    making.make_waiting(at(SENT), do_not_ring)
    client.force_login(head)

    asked = client.get(submission.document_address).content.decode()

    assert "hx-get" not in asked
    assert asked.count("Tải bản") == 3


def test_file_of_an_older_layout_is_handed_out_while_the_new_one_is_made(client, submission, head):
    making.make_waiting(at(SENT), do_not_ring)
    make_older()
    orders.order(submission, now=SENT)
    client.force_login(head)

    page = client.get(submission.get_absolute_url()).content.decode()
    answer = client.get(submission.file_address("docx"))

    assert "Tải bản Word" in page
    assert "Đang tạo bản Word theo mẫu mới: đang chờ đến lượt…" in page
    assert (answer.status_code, len(answer.getvalue())) == (200, orders.files_of(submission).of("docx").made.size)
    making.make_waiting(at(SENT), do_not_ring)
    assert {file.made.address for file in orders.files_of(submission).all} == {
        orders.address_of(submission, kind) for kind in orders.KINDS
    }


def make_older() -> None:
    """Let every document be one of an older layout."""
    for place, document in enumerate(Document.objects.all()):
        Document.objects.filter(pk=document.pk).update(address=f"{place:064}")


def test_files_of_many_sources_are_one_query(submission, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(orders.files_of_all([submission] * 3)) == 3


def test_order_of_all_documents_of_a_source_is_one_query(submission, django_assert_num_queries):
    Document.objects.all().delete()

    with django_assert_num_queries(1):
        orders.order(submission, now=SENT)

    assert Document.objects.count() == 3


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_long_document_outlives_many_leases_and_is_made_once(report, head, monkeypatch):
    monkeypatch.setattr(making, "LEASE", datetime.timedelta(seconds=1))
    monkeypatch.setattr(making, "RENEWED_EVERY_SECONDS", 0.2)
    services.submit_report(fill(report, text="\n".join(["Đã tổ chức 12 hội nghị. " * 20] * 90)), by=head, now=SENT)
    Document.objects.exclude(kind="pdf").delete()
    now = timezone.now
    made, steps, taken = [], set(), []

    def work() -> None:
        made.append(making.make_waiting(now, do_not_ring))
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    started = now()
    while worker.is_alive():
        worker.join(0.3)
        steps.add(Document.objects.get().step)
        if Document.objects.get().lease_until:
            taken.append(making.Lease.take(now))

    assert now() - started > 2 * making.LEASE
    assert (made, {*taken}, Document.objects.get().attempts) == ([1], {None}, 1)
    assert 5 in steps


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_worker_told_to_stop_hands_back_the_document_that_takes_long(report, head, monkeypatch):
    monkeypatch.setattr(making, "RENEWED_EVERY_SECONDS", 0.2)
    monkeypatch.setattr(making, "STOPPED_AFTER", datetime.timedelta(seconds=0.5))
    services.submit_report(fill(report, text="\n".join(["Đã tổ chức 12 hội nghị. " * 20] * 30)), by=head, now=SENT)
    Document.objects.exclude(kind="pdf").delete()
    told, made = threading.Event(), []

    def work() -> None:
        made.append(making.make_waiting(timezone.now, do_not_ring, should_stop=told.is_set))
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    while Document.objects.get().lease_until is None:
        worker.join(0.05)
    told.set()
    worker.join()

    pdf = Document.objects.get()
    assert (made, pdf.lease_until, pdf.attempts, pdf.is_ready) == ([0], None, 0, False)


def test_worker_told_to_stop_takes_no_other_order(submission):
    assert making.make_waiting(at(SENT), do_not_ring, should_stop=lambda: True) == 0

    assert not Document.objects.exclude(attempts=0).exists()


def test_accepting_orders_what_a_newer_layout_asks_for_and_nothing_else(submission, complete_report, officer):
    before = set(Document.objects.values_list("pk", flat=True))
    Document.objects.filter(kind="xlsx").delete()
    services.accept_report(complete_report, by=officer, now=SENT + SECOND)

    assert {file.state for file in orders.files_of(submission).all} == {"being_made"}
    assert len(before & set(Document.objects.values_list("pk", flat=True))) == 2
