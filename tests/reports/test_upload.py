"""Evidence in pieces: the protocol, the lines that break, the people it is not for."""

import base64
import datetime
import io
import os
import unicodedata

import pytest
from django.test import Client

from reports import services, uploads
from reports.models import Evidence, Report, Upload
from reports.services import evidence as evidence_services
from tests import sample_files as sample
from tests.conftest import DURING
from tests.simultaneous import at_the_same_moment

pytestmark = pytest.mark.long

NAME = "Kế hoạch tuyên truyền.pdf"
PDF = sample.pdf("x" * 3000)
SIZE = len(PDF)
TUS = {"Tus-Resumable": "1.0.0"}


def at(report) -> Report:
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


@pytest.fixture
def start(report):
    return at(report).url("start_upload", "noi-dung-1", "ND-1.1")


@pytest.fixture
def signed_in(client, clerk):
    client.force_login(clerk)
    return client


def begin(client, start, *, name=NAME, size=SIZE):
    named = base64.b64encode(name.encode()).decode()
    return client.post(start, headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": f"filename {named}"})


def send(client, address, piece, offset, **headers):
    return client.patch(
        address,
        piece,
        content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": str(offset)} | headers,
    )


def arrived(client, address) -> str:
    return client.head(address, headers=TUS)["Upload-Offset"]


def test_file_in_three_pieces_becomes_evidence(signed_in, start, clerk):
    created = begin(signed_in, start)
    address = created["Location"]

    answers = [send(signed_in, address, PDF[place : place + 1500], place) for place in (0, 1500, 3000)]

    assert (created.status_code, created["Tus-Resumable"]) == (201, "1.0.0")
    assert [(answer.status_code, answer["Upload-Offset"]) for answer in answers] == [
        (204, "1500"),
        (204, "3000"),
        (204, str(SIZE)),
    ]
    evidence = Evidence.objects.get()
    assert (evidence.name, evidence.added_by, evidence.progress.task.code) == (NAME, clerk, "ND-1.1")
    with evidence.stored.file.open() as kept:
        assert kept.read() == PDF
    assert not uploads.path_of(Upload.objects.get()).exists()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\x01\u200b\0b\n.pdf", "ab.pdf"),
        ("C:\\" + "thư mục\\" * 30 + NAME, NAME),
        (unicodedata.normalize("NFD", "ế") * 90 + ".pdf", "ế" * 90 + ".pdf"),
        ("ế" * 300 + ".pdf", "ế" * 196 + ".pdf"),
    ],
    ids=["unseen", "folders", "decomposed", "long"],
)
def test_name_is_kept_as_it_is_read(signed_in, start, sent, kept):
    address = begin(signed_in, start, name=sent)["Location"]
    begun = Upload.objects.get().name
    send(signed_in, address, PDF, 0)

    assert (begun[:196], Evidence.objects.get().name) == (kept[:196], kept)


def test_broken_line_goes_on_where_it_stopped(signed_in, start):
    address = begin(signed_in, start)["Location"]
    send(signed_in, address, PDF[:1000], 0)
    # A piece that was written and never counted, because the process ended in between.
    with uploads.path_of(Upload.objects.get()).open("ab") as file:
        file.write(b"half a piece")

    head = signed_in.head(address, headers=TUS)
    answer = send(signed_in, address, PDF[1000:], int(head["Upload-Offset"]))

    assert (head.status_code, head["Upload-Offset"], head["Upload-Length"]) == (200, "1000", str(SIZE))
    assert head["Cache-Control"] == "no-store"
    assert answer.status_code == 204
    with Evidence.objects.get().stored.file.open() as kept:
        assert kept.read() == PDF


def test_piece_at_the_wrong_place_is_refused_and_changes_nothing(signed_in, start):
    address = begin(signed_in, start)["Location"]
    send(signed_in, address, PDF[:1000], 0)

    for offset in (0, 999, 2000):
        answer = send(signed_in, address, PDF[1000:2000], offset)
        assert (answer.status_code, answer["Upload-Offset"]) == (409, "1000")
    too_much = send(signed_in, address, PDF[1000:] + b"more", 1000)

    assert too_much.status_code == 409
    assert arrived(signed_in, address) == "1000"


def test_last_piece_whose_answer_was_lost_makes_one_piece_of_evidence(signed_in, start):
    address = begin(signed_in, start)["Location"]
    send(signed_in, address, PDF, 0)

    again = send(signed_in, address, PDF, 0)

    assert (again.status_code, again["Upload-Offset"]) == (409, str(SIZE))
    assert arrived(signed_in, address) == str(SIZE)
    assert Evidence.objects.count() == 1


def test_process_that_ends_before_the_evidence_leaves_the_last_piece_to_be_sent_again(signed_in, start):
    address = begin(signed_in, start)["Location"]
    uploads.add_piece(Upload.objects.get(), PDF, offset=0)
    assert arrived(signed_in, address) == "0"

    assert send(signed_in, address, PDF, 0).status_code == 204
    assert Evidence.objects.count() == 1


def test_file_that_could_not_be_kept_goes_on_where_it_stopped(signed_in, start, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    signed_in.raise_request_exception = False
    address = begin(signed_in, start)["Location"]
    send(signed_in, address, PDF[:2000], 0)
    (tmp_path / "files").touch()  # in the way of the folder in which files are kept
    assert send(signed_in, address, PDF[2000:], 2000).status_code == 500

    (tmp_path / "files").unlink()
    assert arrived(signed_in, address) == "2000"
    assert send(signed_in, address, PDF[2000:], 2000).status_code == 204

    with Evidence.objects.get().stored.file.open() as kept:
        assert kept.read() == PDF


@pytest.mark.parametrize("left", [0, 600])
def test_piece_after_pieces_that_were_lost_is_refused_and_begun_anew(signed_in, start, left):
    address = begin(signed_in, start)["Location"]
    send(signed_in, address, PDF[:1000], 0)
    os.truncate(uploads.path_of(Upload.objects.get()), left)

    answer = send(signed_in, address, PDF[1000:], 1000)

    assert (answer.status_code, answer["Upload-Offset"]) == (409, str(left))
    assert arrived(signed_in, address) == str(left)
    assert send(signed_in, address, PDF[left:], left).status_code == 204
    with Evidence.objects.get().stored.file.open() as kept:
        assert kept.read() == PDF


@pytest.mark.django_db(transaction=True)
def test_last_piece_twice_at_the_same_moment_makes_one_piece_of_evidence(report, clerk):
    progress = report.parts.get(key="noi-dung-1").progress.get(task__code="ND-1.1")
    upload = services.start_upload(progress, by=clerk, now=DURING, name=NAME, size=SIZE)

    def receive():
        return services.receive_piece(
            Upload.objects.select_related("progress__part").get(pk=upload.pk),
            by=clerk,
            now=DURING,
            offset=0,
            piece=PDF,
        )

    answers = at_the_same_moment([receive, receive])

    assert [answer for answer in answers if not isinstance(answer, int | uploads.WrongOffset)] == []
    assert Evidence.objects.count() == 1


def test_file_that_is_not_taken_is_refused_with_its_words_and_forgotten(signed_in, start):
    page = b"<!doctype html><title>x</title>"
    address = begin(signed_in, start, size=len(page))["Location"]

    answer = send(signed_in, address, page, 0)

    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert answer.content.decode().startswith("Không nhận được loại tệp này")
    assert signed_in.head(address, headers=TUS).status_code == 404
    assert Upload.objects.count() == Evidence.objects.count() == 0


class EndedMeanwhile(io.BytesIO):
    """A piece on its way while the same upload ends in another request."""

    def read(self, size: int | None = -1) -> bytes:
        Upload.objects.all().delete()
        return super().read(size)


def test_piece_of_an_upload_that_ended_meanwhile_is_told(signed_in, start):
    address = begin(signed_in, start)["Location"]

    answer = signed_in.patch(
        address,
        PDF,
        content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": "0"},
        **{"wsgi.input": EndedMeanwhile(PDF)},
    )

    assert answer.status_code == 410
    assert answer.content.decode().startswith("Lần gửi này đã kết thúc.")


def test_same_file_again_is_refused_kindly(signed_in, start):
    for expected in (204, 422):
        address = begin(signed_in, start)["Location"]
        answer = send(signed_in, address, PDF, 0)
        assert answer.status_code == expected

    assert answer.content.decode().startswith("Nhiệm vụ này đã có tệp giống hệt")


def test_size_above_the_limit_is_refused_before_anything_is_sent(signed_in, start, settings):
    answer = begin(signed_in, start, size=settings.UPLOAD_MAX_BYTES + 1)

    assert answer.status_code == 422
    assert answer.content.decode().startswith("Tệp lớn hơn 20 MB.")
    assert Upload.objects.count() == 0


def test_full_task_is_refused_before_anything_is_sent(signed_in, start, monkeypatch):
    monkeypatch.setattr(evidence_services, "MOST_FILES_PER_TASK", 0)

    assert begin(signed_in, start).status_code == 422


def test_person_leaves_no_more_than_so_many_files_unfinished(signed_in, start, monkeypatch):
    monkeypatch.setattr(evidence_services, "MOST_UNFINISHED_UPLOADS", 1)
    first = begin(signed_in, start)["Location"]

    assert begin(signed_in, start).content.decode().startswith("Bạn có 1 tệp đang gửi dở.")
    send(signed_in, first, PDF, 0)
    assert begin(signed_in, start).status_code == 201


def test_request_that_is_not_of_the_protocol_is_refused(signed_in, start):
    address = begin(signed_in, start)["Location"]

    assert signed_in.post(start, headers={"Upload-Length": "1"}).status_code == 412
    assert signed_in.post(start, headers=TUS | {"Upload-Length": "-1"}).status_code == 400
    assert signed_in.head(address).status_code == 412
    assert signed_in.patch(address, PDF, headers=TUS | {"Upload-Offset": "0"}).status_code == 415
    assert send(signed_in, address, PDF, "x").status_code == 400
    assert send(signed_in, address, b"x" * (2 * 1024 * 1024 + 1), 0).status_code == 413
    assert arrived(signed_in, address) == "0"


def test_empty_file_is_refused(signed_in, start):
    assert begin(signed_in, start, size=0).content.decode().startswith("Tệp rỗng (0 byte).")


# Whom it is for


def test_upload_is_its_senders_alone(signed_in, start, head, other_agency_clerk, officer):
    address = begin(signed_in, start)["Location"]

    for person, status in ((head, 404), (other_agency_clerk, 404), (officer, 403)):
        other = Client()
        other.force_login(person)
        assert other.head(address, headers=TUS).status_code == status
        assert send(other, address, PDF, 0).status_code == status
    assert arrived(signed_in, address) == "0"


def test_upload_belongs_to_its_task(signed_in, start, report):
    token = begin(signed_in, start)["Location"].rstrip("/").rpartition("/")[2]

    elsewhere = at(report).url("upload", "noi-dung-1", "ND-1.2", token)

    assert signed_in.head(elsewhere, headers=TUS).status_code == 404


def test_part_that_is_locked_midway_takes_no_further_piece(signed_in, start, complete_report, head):
    address = begin(signed_in, start)["Location"]
    send(signed_in, address, PDF[:1000], 0)
    services.submit_report(at(complete_report), by=head, now=DURING)

    answer = send(signed_in, address, PDF[1000:], 1000)

    assert answer.status_code == 422
    assert answer.content.decode().startswith("Nội dung 1 đang khóa (báo cáo ở trạng thái “Đã nộp”)")
    assert begin(signed_in, start).status_code == 422
    assert Evidence.objects.count() == 0


def test_session_that_ended_midway_is_told_and_goes_on_after_signing_in(signed_in, start, clerk):
    address = begin(signed_in, start)["Location"]
    send(signed_in, address, PDF[:1000], 0)
    signed_in.logout()

    assert send(signed_in, address, PDF[1000:], 1000).status_code == 401
    assert signed_in.head(address, headers=TUS).status_code == 401
    assert begin(signed_in, start).status_code == 401

    signed_in.force_login(clerk)
    assert send(signed_in, address, PDF[1000:], int(arrived(signed_in, address))).status_code == 204


def test_request_from_another_site_is_refused(clerk, start):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk)

    assert begin(strict, start).status_code == 403


# What is given up


def test_upload_that_was_given_up_is_cleared_away_after_a_day(signed_in, start):
    address = begin(signed_in, start)["Location"]
    send(signed_in, address, PDF[:1000], 0)
    begun = Upload.objects.get()
    path = uploads.path_of(begun)
    a_day = datetime.timedelta(days=1)

    assert uploads.clear_given_up(begun.started_at + a_day) == 0
    assert path.exists()
    later = begun.started_at + a_day + datetime.timedelta(minutes=1)
    os.utime(path, (begun.started_at.timestamp(),) * 2)
    assert uploads.clear_given_up(later) == 1

    assert not path.exists()
    assert signed_in.head(address, headers=TUS).status_code == 404


@pytest.mark.django_db
def test_clearing_away_does_not_stop_at_what_is_gone_already(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "uploads").mkdir()
    gone = tmp_path / "uploads" / "finished"
    gone.symlink_to(tmp_path / "no file")  # listed, and not there when it is looked at

    assert uploads.clear_given_up(DURING) == 0
